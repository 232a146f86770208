"""The one place where rights are decided: role × verb.

A role lists the verbs it may use, `*` for any run of characters. Reading is a verb as well.
Every way in asks here, and nowhere else.
"""

from fnmatch import fnmatchcase
from functools import lru_cache
from types import MappingProxyType

from fitsm_graph.kernel.errors import BadInput, Forbidden, Unauthenticated
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.model.principal import Principal

READ = "read"
READ_LEDGER = "ledger.read"
REGISTER_DOCUMENT = "document.register"
RETIRE_DOCUMENT = "document.retire"
CHECK_POLICY = "policy.check"
"""Have a document read as a policy, without writing anything."""
READ_LARGE = "read.large"
"""Pages and answers beyond what is good for a page on a screen: for exports and reports."""

READ_SENSITIVE = "read.sensitive"
"""Values of attributes that their type declares sensitive."""

PROCESS_VERBS = tuple(f"{info.group}.*" for info in RECORDS.values() if info.group)
"""Verbs on the records of processes."""

ROLES = MappingProxyType(
    {
        "administrator": ("*",),
        "editor": (
            READ,
            READ_LEDGER,
            "element.*",
            "party.*",
            "sync.*",
            "run.*",
            "retirement.*",
            *PROCESS_VERBS,
            "policy.draft",
            "policy.change",
            CHECK_POLICY,
        ),
        "process_manager": (
            READ,
            READ_LEDGER,
            READ_LARGE,
            READ_SENSITIVE,
            "element.*",
            "party.*",
            "sync.*",
            "run.*",
            "retirement.*",
            *PROCESS_VERBS,
            "types.*",
            "scope.*",
            "policy.*",
            "document.*",
        ),
        "auditor": (READ, READ_LEDGER, READ_LARGE),
        "reader": (READ,),
        "sync": ("sync.*",),
    }
)
"""What each role may do; a principal may do what any of its roles may."""


OF_A_SOURCE = (READ, READ_LEDGER, "sync.*")
"""What somebody who may write some sources only can do at most."""


def may(principal: Principal, verb: str) -> bool:
    """Say whether a principal may use a verb."""
    return _may(principal.roles, verb, of_sources=principal.sources is not None)


@lru_cache(maxsize=4_096)
def _may(roles: frozenset[str], verb: str, *, of_sources: bool) -> bool:
    """The same for anybody with these roles: it is asked several times for every request."""
    if of_sources and not any(fnmatchcase(verb, each) for each in OF_A_SOURCE):
        return False
    return any(fnmatchcase(verb, pattern) for role in roles for pattern in ROLES.get(role, ()))


def require(principal: Principal | None, verb: str) -> Principal:
    """Refuse a principal that may not use a verb.

    Raises:
        Unauthenticated: Nobody is signed in.
        Forbidden: The principal lacks the right.
    """
    if principal is None:
        raise Unauthenticated(
            "nobody is signed in",
            remedy="sign in, or send an API token: Authorization: Bearer fsg_…",
        )
    if not may(principal, verb):
        raise Forbidden(
            f"{principal.login} may not do this",
            why=_why_not(principal, verb),
            remedy="ask an administrator for a role that has it",
        )
    return principal


def _why_not(principal: Principal, verb: str) -> str:
    if principal.sources is not None:
        names = ", ".join(sorted(principal.sources))
        return f"its token is for writing the source {names}, and '{verb}' is something else"
    return f"'{verb}' is not among the rights of {', '.join(sorted(principal.roles))}"


def check_roles(roles: list[str]) -> list[str]:
    """Refuse names of roles that do not exist.

    Raises:
        BadInput: With the nearest known name.
    """
    for role in roles:
        if role not in ROLES:
            raise BadInput(
                f"there is no role '{role}'", remedy=did_you_mean(role, ROLES), path=("roles",)
            )
    return sorted(set(roles))
