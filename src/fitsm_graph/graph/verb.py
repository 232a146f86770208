"""What a verb is: a named act of a process, with the requirement it serves.

    @verb("ci.register", room=Process.CONFM, requirement="PR11.3")
    async def register_ci(tx: Tx, …) -> Properties: …

It reads once, decides purely, and states its changes to the transaction; it never writes,
commits or asks for the time. A handover names all the rooms in which it may change records.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

from fitsm_graph.graph.sight import Sight, Sources
from fitsm_graph.graph.tx import Tx
from fitsm_graph.model.declare import Process

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a verb is used on where no `ref` tells it; rights are asked for there.

    Attributes:
        kind: Of the record.
        named: Finds its id or key in what the verb is told, by name; empty: it is used on none.
    """

    kind: str
    named: Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb's place in the product.

    Attributes:
        on: Kind of the record that it answers with, where it is offered as its signature says:
            as a mutation and as a command; empty: somebody else offers it.
        anytime: It is possible in every state of the record, so that no life has to name it.
        raised_in: The room that hands over, where the verb makes a record of another room out of
            one of its own: who has the right there has it as well.
        subject: What it is used on, where that is not the record that `ref` names.
        takes_step: Whoever a step of the record names may use it; it sees itself to that.
        votes: Whoever was given votes of others may use it as those may; it says on what.
    """

    name: str
    rooms: frozenset[Process]
    requirement: str
    run: Callable[..., Awaitable[Any]]
    on: str = ""
    anytime: bool = False
    raised_in: Process | None = None
    subject: Subject | None = None
    takes_step: bool = False
    votes: bool = False

    @property
    def refers(self) -> bool:
        """Whether it is told of a record that is there, by `ref`; else it makes one."""
        return "ref" in inspect.signature(self.run).parameters


VERBS: dict[str, Verb] = {}
_VERB_OF: dict[Any, Verb] = {}


def verb(
    name: str,
    *,
    room: Process,
    requirement: str,
    also: Process | tuple[Process, ...] = (),
    on: str = "",
    anytime: bool = False,
    raised_in: Process | None = None,
    subject: Subject | None = None,
    takes_step: bool = False,
    votes: bool = False,
) -> Callable[
    [Callable[Concatenate[Tx, P], Awaitable[R]]], Callable[Concatenate[Tx, P], Awaitable[R]]
]:
    """Declare a verb and list it; `also` names the other rooms of a handover, `on` its record.

    `raised_in` is one of these rooms too: that whose record another one is made of. For the others
    see `Verb`.
    """

    def declare(
        run: Callable[Concatenate[Tx, P], Awaitable[R]],
    ) -> Callable[Concatenate[Tx, P], Awaitable[R]]:
        more = (also,) if isinstance(also, Process) else also
        raising = () if raised_in is None else (raised_in,)
        rooms = frozenset((room, *more, *raising))
        made = Verb(
            name, rooms, requirement, run, on, anytime, raised_in, subject, takes_step, votes
        )
        VERBS[name] = made
        _VERB_OF[run] = made
        return run

    return declare


def word_of(given: Mapping[str, Any], name: str) -> str:
    """A word that a verb is told, be it of an enum; empty: none."""
    value = given.get(name)
    return str(getattr(value, "value", value) or "")


def verb_of(run: Callable[..., Awaitable[Any]]) -> Verb:
    """The declaration of a verb's function."""
    return _VERB_OF[run]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Who asks for a verb, how, why, and with which promises.

    Attributes:
        actor: Login of the account that acts.
        via: The way in: graphql, cli, sync, system.
        change: Key of the change it is done under.
        run: Key of the sync run it belongs to.
        idempotency_key: A repeat with the same key answers with the first outcome.
        dry_run: Decide and tell, without lock, key or write.
        sight: CI types that the actor sees; None: all.
        sources: Sources of sync that the actor may write, and nothing else; None: no such limit.
        as_person: It acts with the roles that its account's person holds; a token may not.
        only_named: It has the right on what names the actor only, such as a step of theirs.
    """

    actor: str
    via: str = "system"
    reason: str = ""
    change: str = ""
    run: str = ""
    idempotency_key: str = ""
    dry_run: bool = False
    sight: Sight = None
    sources: Sources = None
    as_person: bool = True
    only_named: bool = False
    payload: dict[str, Any] = field(default_factory=dict)
