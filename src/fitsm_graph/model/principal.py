"""Who acts: the account that signed in or that a token stands for."""

from dataclasses import dataclass


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
class Principal:
    """An account with what it may do and see.

    Attributes:
        login: Key of its account; the actor in the ledger.
        roles: Names of the roles it holds here.
        via_token: Key of the token it came with; empty for a session.
        limits: What limits its sight, of the account and of the token: a CI is seen when each of
            them has a scope that holds its type. Empty: everything is seen.
        sources: Sources of sync that it may write, and nothing else; None: no such limit.
    """

    login: str
    roles: frozenset[str]
    via_token: str = ""
    limits: tuple[tuple[ScopeRule, ...], ...] = ()
    sources: frozenset[str] | None = None
