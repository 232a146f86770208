"""Who acts: the account that signed in or that a token stands for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    """An account with what it may do.

    Attributes:
        login: Key of its account; the actor in the ledger.
        roles: Names of the roles it holds here.
        via_token: Key of the token it came with; empty for a session.
    """

    login: str
    roles: frozenset[str]
    via_token: str = ""
