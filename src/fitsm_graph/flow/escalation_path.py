"""Escalation paths: who is told when, the later the higher (PR9.3, PR10.2).

A path has steps in the order of time, as shares of the time that a target gives:

    lines: [service-desk, operations, development]
    steps:
      - {at: 0.5, to: [{role: process_manager}]}
      - {at: 1, to: [{role: service_owner}, {group: service-desk}]}

Lines are the groups that a record is handed to one after another, where the graph knows nobody who
owns what it affects.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.verb import Request
from fitsm_graph.model.roles import RoleWord

PATH = "escalation-path"
LATEST = 20.0
"""Times the target's time after which nobody is told any more."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody by role, or a group or person by key.

    Attributes:
        by: ``role``, ``group`` or ``person``.
    """

    by: str
    name: str


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """Who is told at a share of the target's time; 1 is when it breaks."""

    at: float
    to: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class EscalationPath:
    """Steps, the earliest first.

    Attributes:
        lines: Keys of groups, the first line of support first.
    """

    steps: tuple[EscalationStep, ...]
    lines: tuple[str, ...] = ()

    def due(self, used: float) -> tuple[EscalationStep, ...]:
        """Steps that are due when a share of the target's time is used."""
        return tuple(each for each in self.steps if each.at <= used)


def parse_path(_name: str, document: Any, read: Reader) -> EscalationPath | None:
    """Read an escalation path."""
    given = read.fields(document, (), ("lines", "steps"), ("steps",))
    steps: list[EscalationStep] = []
    for place, said in enumerate(read.items(given.get("steps"), ("steps",), "steps")):
        path: Path = ("steps", place)
        step = read.fields(said, path, ("at", "to"), ("at",))
        at = read.number(step.get("at"), (*path, "at"), 0, LATEST)
        if steps and at <= steps[-1].at:
            what = "the step is not later than the one before it"
            read.wrong("POLICY_ORDER", (*path, "at"), what, "the earliest first, each later")
        steps.append(EscalationStep(at, _recipients(step.get("to"), (*path, "to"), read)))
    return EscalationPath(tuple(steps), _lines(given.get("lines"), read))


def _lines(given: object, read: Reader) -> tuple[str, ...]:
    if given is None:
        return ()
    path: Path = ("lines",)
    keys = [
        read.text(each, (*path, place))
        for place, each in enumerate(read.items(given, path, "keys of groups"))
    ]
    read.once(keys, path)
    return tuple(dict.fromkeys(each for each in keys if each))


def _recipients(given: object, path: Path, read: Reader) -> tuple[Recipient, ...]:
    if not given:
        what = "the step leads to nobody"
        read.wrong("ESCALATION_TO_NOBODY", path, what, "name a role, a group or a person")
        return ()
    found = []
    for place, said in enumerate(read.items(given, path, "recipients")):
        here = (*path, place)
        one = read.fields(said, here, ("role", "group", "person"))
        if len(one) != 1:
            read.wrong("POLICY_FORM", here, "a recipient is one of the three", "{role: sms_owner}")
            continue
        ((by, name),) = one.items()
        known = [each.value for each in RoleWord]
        word = read.one_of(name, (*here, by), known) if by == "role" else str(name or "")
        found.append(Recipient(by, word))
    return tuple(found)


def parties_of(path: EscalationPath) -> tuple[str, ...]:
    """Keys of the groups and persons that a path leads to."""
    named = [each.name for step in path.steps for each in step.to if each.by != "role"]
    return tuple(dict.fromkeys([*path.lines, *named]))


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step that is due and was not taken.

    Attributes:
        number: Of the step in its path, from 1 on.
        target: Whose time it is.
        since: When it became due.
    """

    number: int
    step: EscalationStep
    target: str
    since: datetime

    def request(self, record: Properties) -> Request:
        """To take the step because time made it due, of a record as it was then.

        It is taken once, however often this is begun: whoever takes it meanwhile gives the record
        another version, and the next turn looks again.
        """
        return Request(
            actor="system",
            via="scheduler",
            reason=f"{self.target} since {self.since.isoformat()}",
            idempotency_key=f"{record['id']}/{self.number}/{record['version']}",
            payload={"ref": record["id"], "step": self.number},
        )


def path_in_force(policies: Policies, name: str = DEFAULT) -> EscalationPath:
    """The path of a name that is in force; one without steps where none is."""
    found = policies.find(PATH, name)
    return found.value if found is not None else EscalationPath(())


def roles_of(step: EscalationStep) -> list[RoleWord]:
    """Roles that a step leads to."""
    return [RoleWord(each.name) for each in step.to if each.by == "role"]


def next_line(lines: Sequence[str], owners: Iterable[str]) -> str:
    """The line of support after the one that a record is with; empty: there is none.

    Args:
        lines: Keys of groups, the first line first.
        owners: Keys of who answers for the record now.
    """
    places = [lines.index(each) for each in owners if each in lines]
    following = max(places, default=-1) + 1
    return lines[following] if following < len(lines) else ""


def first_owner(
    rows: Iterable[Mapping[str, Any]], former: Iterable[str]
) -> Mapping[str, Any] | None:
    """Who owns what a record affects most, other than who answers for it now.

    Args:
        rows: Owners of affected elements, those of the hardest effect first.
        former: Ids of who answers for the record.
    """
    known = set(former)
    return next((row for row in rows if row["id"] not in known), None)
