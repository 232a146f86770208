"""The one place where rights are decided: role × verb × scope.

What each role may do is the policy `rights/default`; an administrator may do everything, so that no
policy can lock everybody out. Roles are those of an account, which hold for every process, and
those of FitSM-3 that its person holds over a process or a service. Reading is a verb as well. Every
way in asks here, and nowhere else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.verb import VERBS
from fitsm_graph.kernel.errors import BadInput, Forbidden, Unauthenticated
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.declare import RECORDS, Process
from fitsm_graph.model.principal import Principal
from fitsm_graph.model.roles import PROCESSES, ROLE, RoleWord, role_key

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
READ_DUTIES, RUN_DUTIES = "duties.read", "duties.run"
"""How messages are delivered and what is due; having a delivery tried once more."""
APPROVE_RIGHTS = "rights.approve"
"""Bring another table of rights into force: beside the right to approve policies."""
QUESTIONS = (
    *(READ, READ_LEDGER, READ_LARGE, READ_SENSITIVE, CHECK_POLICY),
    *(READ_DUTIES, RUN_DUTIES, APPROVE_RIGHTS),
)
"""Rights that are no verbs: nothing that the ledger keeps is written by them."""

ADMINISTRATOR = "administrator"
ACCOUNT_ROLES = (ADMINISTRATOR, "editor", "process_manager", "auditor", "reader", "sync")
"""What an account itself can be, over every process."""
PERSON = "person"
"""As a scope of a token: what its account's person may, by the roles held then."""
OF_A_SOURCE = (READ, READ_LEDGER, "sync.*", "arrival.*", "incident.report_alert")
"""What somebody who can write some sources only can do at most: each verb looks at which."""
RIGHTS = "rights"
DEFAULT = "default"


class Where(StrEnum):
    """On what a role may use a verb."""

    ANYWHERE = "anywhere"
    PROCESS = "process"
    RECORDS = "records"
    OWN = "own"
    SERVICE = "service"
    GOVERNED = "governed"
    NAMES = "names"
    STEPS = "steps"


Given = Mapping[Where, tuple[str, ...]]
"""Patterns of verbs by on what they may be used; of `names`, words of roles."""


@dataclass(frozen=True, slots=True, eq=False)
class Rights:
    """What each role may do; the value of the policy."""

    roles: Mapping[str, Given]

    def patterns(self, word: str, where: Where) -> tuple[str, ...]:
        """Verbs that a role may use on something."""
        return self.roles.get(word, {}).get(where, ())


NO_RIGHTS = Rights({})


@dataclass(frozen=True, slots=True)
class Claim:
    """What a principal would have to be to a record, to use a verb on it; any of them is enough.

    Attributes:
        owner: Somebody who owns it.
        requester: Whoever asked for it.
        services: Ids of services, of which it would have to be one, or be about one: a description
            of it, a review.
        processes: Processes, to one of which it would have to belong: a policy, a document of the
            management system, a review.
        roles: Keys of roles, of which it would have to be one.
    """

    owner: bool = False
    requester: bool = False
    services: frozenset[str] = frozenset()
    processes: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        parties = self.owner or self.requester or bool(self.services)
        return parties or bool(self.processes or self.roles)

    def met(self, record: Mapping[str, Any]) -> bool:
        """Whether it is: of a record ``{id, key, process, owns, asked, about}``."""
        return bool(
            (self.owner and record["owns"])
            or (self.requester and record["asked"])
            or record["id"] in self.services
            or not self.services.isdisjoint(record["about"])
            or record["process"] in self.processes
            or record["key"] in self.roles
        )


def rights_in(policies: Policies) -> Rights:
    """The rights that are in force; none but the administrator's where no version is."""
    found = policies.find(RIGHTS, DEFAULT)
    return found.value if found is not None else NO_RIGHTS


def may(principal: Principal, verb: str, rights: Rights) -> bool:
    """Say whether a principal may use a verb, whatever it is used on."""
    if principal.sources is not None and not _among(OF_A_SOURCE, verb):
        return False
    if ADMINISTRATOR in principal.roles:
        return True
    votes = verb in VERBS and VERBS[verb].votes
    held = (*principal.held, *(principal.lent if votes else ()))
    return any(_gives(rights, word, verb, None) for word in principal.roles) or any(
        _gives(rights, each.word, verb, each.process) for each in held
    )


def may_where_named(principal: Principal, verb: str, rights: Rights) -> bool:
    """Say whether a principal may use a verb on what names it: the verb looks whether it does."""
    if principal.sources is not None or not takes_steps(verb) or not may(principal, READ, rights):
        return False
    words = {*principal.roles, *(each.word for each in principal.held)}
    if principal.parties:
        words.add(RoleWord.REQUESTER)
    return any(_among(rights.patterns(word, Where.STEPS), verb) for word in words)


def takes_steps(verb: str) -> bool:
    """Whether a verb is one by which whoever a step names takes it."""
    return verb in VERBS and VERBS[verb].takes_step


def gives_roles(verb: str) -> bool:
    """Whether by a verb somebody comes to hold a role, or holds it no more."""
    return verb in VERBS and VERBS[verb].on == ROLE


def is_told_of_a_record(verb: str) -> bool:
    """Whether a verb is used on a record that is there, and that may be one's own."""
    known = VERBS.get(verb)
    if known is None:
        return False
    return known.refers if known.subject is None else known.subject.kind != ROLE


def claim_on(principal: Principal, verb: str, rights: Rights) -> Claim:
    """What a principal has to be to a record in order to use a verb on it, if that can help."""
    if principal.sources is not None:
        return Claim()
    owner, requester = (
        bool(principal.parties) and _among(rights.patterns(word, Where.OWN), verb)
        for word in (RoleWord.CASE_OWNER, RoleWord.REQUESTER)
    )
    services = frozenset(
        each.service
        for each in principal.held
        if each.service and _among(rights.patterns(each.word, Where.SERVICE), verb)
    )
    over = list(_over(principal))
    processes = frozenset(
        process for word, process in over if _among(rights.patterns(word, Where.GOVERNED), verb)
    )
    roles = frozenset(
        role_key(RoleWord(named), process)
        for word, process in over
        for named in rights.patterns(word, Where.NAMES)
        if gives_roles(verb)
    )
    return Claim(owner, requester, services, processes, roles)


def subject_of(verb: str, given: Mapping[str, Any]) -> str:
    """What a verb is used on: the record that it is told of, or what its declaration finds.

    Args:
        verb: Its name.
        given: What it is told, by name.
    """
    subject = VERBS[verb].subject if verb in VERBS else None
    return subject.named(given) if subject else str(given.get("ref") or "")


def kind_of_subject(verb: str) -> str:
    """Kind of what a verb is used on, as `subject_of` names it; `Element`: any of these."""
    subject = VERBS[verb].subject
    return subject.kind if subject else VERBS[verb].on or "Element"


def require(principal: Principal | None, verb: str, rights: Rights) -> Principal:
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
    if not may(principal, verb, rights):
        raise Forbidden(
            f"{principal.login} may not do this",
            why=_why_not(principal, verb),
            remedy="ask an administrator for a role that has it",
        )
    return principal


def check_roles(roles: list[str], *, token: bool = False) -> list[str]:
    """Refuse names of roles that an account, or a token, cannot have.

    Raises:
        BadInput: With the nearest known name.
    """
    known = (*ACCOUNT_ROLES, PERSON) if token else ACCOUNT_ROLES
    for role in roles:
        if role not in known:
            raise BadInput(
                f"there is no role '{role}'", remedy=did_you_mean(role, known), path=("roles",)
            )
    return sorted(set(roles))


def processes_of(verb: str) -> frozenset[Process]:
    """The processes that a verb belongs to: that of its record, or those of its rooms.

    One that raises a record out of that of another process belongs to both: whoever finds that
    something has to change is seldom who manages changes.
    """
    known = VERBS.get(verb)
    if known is None:
        return frozenset()
    raising = frozenset() if known.raised_in is None else frozenset({known.raised_in})
    return raising | ({RECORDS[known.on].owner} if known.on else known.rooms)


# --- within --------------------------------------------------------------------------------------


def _over(principal: Principal) -> Iterator[tuple[str, str]]:
    """Roles of a principal with the process that each is held over; those of an account: all."""
    yield from ((word, process.value) for word in principal.roles for process in PROCESSES)
    yield from ((each.word, each.process.value) for each in principal.held if each.process)


@lru_cache(maxsize=8_192)
def _gives(rights: Rights, word: str, verb: str, over: Process | None) -> bool:
    """Whether a role gives a verb; over no process: over each of them."""
    if _among(rights.patterns(word, Where.ANYWHERE), verb):
        return True
    over_these = frozenset(PROCESSES if over is None else (over,))
    if not processes_of(verb) & over_these:
        return False
    on_record = bool(VERBS[verb].on)
    return _among(rights.patterns(word, Where.PROCESS), verb) or (
        on_record and _among(rights.patterns(word, Where.RECORDS), verb)
    )


def _among(patterns: tuple[str, ...], verb: str) -> bool:
    return any(fnmatchcase(verb, pattern) for pattern in patterns)


def _why_not(principal: Principal, verb: str) -> str:
    if principal.sources is not None:
        names = ", ".join(sorted(principal.sources))
        return f"its token is for writing the source {names}, and '{verb}' is something else"
    held = sorted({*principal.roles, *(each.word.value for each in principal.held)})
    return f"'{verb}' is not among the rights of {', '.join(held)}"
