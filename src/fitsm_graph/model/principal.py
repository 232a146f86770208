"""Who acts: the account that signed in or that a token stands for."""

from dataclasses import dataclass

from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord


@dataclass(frozen=True, slots=True)
class ScopeRule:
    """What a configuration scope holds: CI types with their subtypes, without some of them.

    Attributes:
        included: Names of types; empty: all.
        excluded: Names of types.
    """

    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A role of FitSM-3 that the person of an account holds now.

    Attributes:
        process: The process that it is held over, if any.
        service: Id of the service that it is held over, or empty.
    """

    word: RoleWord
    process: Process | None = None
    service: str = ""


@dataclass(frozen=True, slots=True)
class Principal:
    """An account with what it may do and see.

    Attributes:
        login: Key of its account; the actor in the ledger.
        roles: Names of the roles it holds here.
        via_token: Key of the token it came with; empty for a session.
        limits: What limits its sight, of the account and of the token: a CI is seen when each of
            them has a scope that holds its type. Empty: everything is seen.
        sources: Sources of sync that it may write, and nothing else; None: no such limit.
        held: What its person holds now.
        lent: What those hold now who delegated their votes on changes to its person.
        person: Id of its person; empty: it acts for nobody.
        parties: Ids of its person and of the groups that this one belongs to.
    """

    login: str
    roles: frozenset[str]
    via_token: str = ""
    limits: tuple[tuple[ScopeRule, ...], ...] = ()
    sources: frozenset[str] | None = None
    held: tuple[Held, ...] = ()
    lent: tuple[Held, ...] = ()
    person: str = ""
    parties: frozenset[str] = frozenset()
