"""The service management system (GR1–GR7) as far as the processes need it."""

from enum import StrEnum
from typing import Annotated

from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import (
    Carried,
    Doc,
    Indexed,
    Personal,
    Process,
    Unique,
    record,
    relation,
)
from fitsm_graph.model.record import Record
from fitsm_graph.model.roles import RoleWord


@record(
    owner=Process.SMS,
    prefix="PER",
    asked=True,
    group="person",
    columns=("name", "groups", "roles"),
)
class Person(Record):
    """Somebody who holds roles, owns records or uses services."""

    name: Annotated[str | None, Personal(), Indexed(), Doc("What people call them.")]
    email: Annotated[str | None, Personal(), Indexed(), Doc("Where messages reach them.")] = None


@record(
    owner=Process.SMS,
    prefix="GRP",
    asked=True,
    called="person_group",
    group="group",
    columns=("name", "purpose", "persons"),
)
class Group(Record):
    """Persons who act together: a support group, the CAB, stakeholders."""

    name: Annotated[str, Indexed(), Doc("What people call it.")]
    purpose: Annotated[str, Doc("What it is for.")] = ""


@record(
    owner=Process.SMS,
    prefix="ROL",
    asked=True,
    group="role",
    columns=("word", "process", "over", "holders"),
)
class Role(Record):
    """A role of FitSM-3 over the system, a process or a service, held by persons for a time.

    Its key says the same: `sms_owner`, `process_manager/chm`, `service_owner/<key of the service>`.
    """

    name: Annotated[str, Indexed(), Doc("What people call it.")]
    word: Annotated[
        RoleWord | None, Doc("Which of the roles of FitSM-3 it is; null: one that FitSM lacks.")
    ] = None
    process: Annotated[Process | None, Doc("The process that it is held over, if any.")] = None


@record(
    owner=Process.SMS,
    prefix="CUS",
    asked=True,
    group="customer",
    columns=("name", "user_count", "services"),
)
class Customer(Record):
    """Organisation or part of one that commissions services for its users (FitSM-0)."""

    name: Annotated[str, Indexed(), Doc("What people call it.")]
    user_count: Annotated[int, Doc("How many users stand behind it.")] = 0


@record(owner=Process.SMS, prefix="ACC")
class Account(Record):
    """Somebody or something that signs in. The key is the login; the secret is kept apart."""

    roles: Annotated[list[str], Doc("What it may do: `sms/rights.py` lists the roles.")]
    disabled: Annotated[bool, Doc("Refused at the door.")] = False
    password_set_at: Annotated[str | None, Doc("When its password was set last, UTC.")] = None
    sees: Annotated[
        list[str] | None,
        Doc("Keys of configuration scopes that limit what it sees; empty: none do."),
    ] = None


@record(owner=Process.SMS, prefix="TOK")
class ApiToken(Record):
    """A token that acts for an account; only a digest of it is kept, and apart from here."""

    account: Annotated[str, Indexed(), Doc("Login it acts for.")]
    hint: Annotated[str, Unique(), Doc("First characters, by which it is looked up.")]
    scopes: Annotated[list[str], Doc("What it may do, at most what the account may.")]
    expires_at: Annotated[str, Doc("When it ends, UTC.")]
    revoked: Annotated[bool, Doc("Ended before its time.")] = False
    sees: Annotated[
        list[str] | None, Doc("Configuration scopes that limit it beyond what limits its account.")
    ] = None
    sources: Annotated[
        list[str] | None,
        Doc("Sources of sync or ways in that it may write, nothing else; empty: no such limit."),
    ] = None


@record(owner=Process.SMS, prefix="WHK")
class Webhook(Record):
    """An address that is told of what happens (PR9.4).

    What is sent is signed by a secret that follows from the product's own and stands nowhere.
    """

    name: Annotated[str, Indexed(), Doc("What people call it.")]
    url: Annotated[str, Doc("Where it is; it may hold a secret of the receiver's.")]
    verbs: Annotated[list[str], Doc("Names of verbs that it is told of; * for any run of letters.")]
    account: Annotated[str, Doc("Login of who made it.")]
    secret_number: Annotated[int, Doc("Which of its secrets signs, from 1 on.")]
    rotated_at: Annotated[str | None, Doc("Since when that one does, UTC.")] = None
    revoked: Annotated[bool, Doc("It is told nothing more.")] = False


@record(owner=Process.SMS, prefix="DOC")
class PersistedDocument(Record):
    """A GraphQL document that may be asked for by its digest; hardened sites answer no others."""

    name: Annotated[str, Indexed(), Doc("What people call it.")]
    digest: Annotated[str, Unique(), Doc("SHA-256 of its text, 64 hexadecimal digits.")]
    text: Annotated[str, Doc("The document as it is executed.")]


class PolicyStatus(StrEnum):
    """Where a version of a policy stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    RETIRED = "retired"


@record(owner=Process.SMS, prefix="POL")
class Policy(Record):
    """One version of a rule that is data: a table, a calendar, a path, a life (GR2.4).

    Its key is `<kind>/<name>/<number>`. At most one version of a kind and name is approved, and
    that one is in force.
    """

    kind: Annotated[str, Indexed(), Doc("What it is a policy of, such as `priority-matrix`.")]
    name: Annotated[str, Indexed(), Doc("Which one of its kind, such as `default`.")]
    number: Annotated[int, Doc("Of the version, from 1 on.")]
    status: Annotated[PolicyStatus, Indexed(), Doc("`draft`, `approved` or `retired`.")]
    document: Annotated[str, Doc("What it says, as canonical JSON.")]
    digest: Annotated[str, Doc("SHA-256 of kind, name and document, 64 hexadecimal digits.")]
    authors: Annotated[
        list[str], Doc("Logins of all who drafted or changed it; none of them may approve it.")
    ]
    reason: Annotated[str, Doc("Why there is this version.")] = ""
    parties: Annotated[
        list[str] | None,
        Doc("Keys of persons, groups and customers that it names; they have to be there."),
    ] = None
    approver: Annotated[str | None, Doc("Login of who approved it; null: nobody has.")] = None
    approved_at: Annotated[str | None, Doc("When it came into force, UTC.")] = None
    reviewed_at: Annotated[
        str | None, Doc("When somebody looked at it last and left it in force, UTC.")
    ] = None
    retired_at: Annotated[str | None, Doc("When it was in force no more, or given up, UTC.")] = None


BELONGS_TO = relation(
    "BELONGS_TO",
    owner=Process.SMS,
    sources=("Person",),
    targets=("Group",),
    doc="Acts with it.",
    field="groups",
    back="persons",
)
HOLDS = relation(
    "HOLDS",
    owner=Process.SMS,
    sources=("Person",),
    targets=("Role",),
    doc="Holds the role for a time.",
    field="roles",
    back="holders",
    carries=(
        Carried("starts_at", str, "From when on, UTC; included."),
        Carried("ends_at", str, "Until when, UTC; null: until it is ended.", optional=True),
    ),
    called="Tenure",
)
OVER = relation(
    "OVER",
    owner=Process.SMS,
    sources=("Role",),
    targets=("Service",),
    doc="The service that the role is held over.",
    field="over",
    back="roles",
    one=True,
)
ACTS_FOR = relation(
    "ACTS_FOR",
    owner=Process.SMS,
    sources=("Account",),
    targets=("Person",),
    doc="The person who signs in with the account, and whose roles it has.",
)
RECEIVES = relation(
    "RECEIVES",
    owner=Process.SMS,
    sources=("Customer",),
    targets=("Service",),
    doc="The service is delivered to the customer's users.",
    field="services",
)
USER_OF = relation(
    "USER_OF",
    owner=Process.SMS,
    sources=("Person",),
    targets=("Customer",),
    doc="Uses what the customer receives, and is told of what reaches it (PR9.4).",
    field="user_of",
    back="users",
)
WATCHES = relation(
    "WATCHES",
    owner=Process.SMS,
    sources=("Person",),
    targets=ELEMENT_KINDS,
    doc="Wants to be told of what reaches it (PR9.4).",
    field="watches",
)
ANSWERS_FOR = relation(
    "ANSWERS_FOR",
    owner=Process.SMS,
    sources=("Person", "Group"),
    targets=("Policy",),
    doc="Owns the version of the policy (GR2.4).",
)
APPROVED_BY = relation(
    "APPROVED_BY",
    owner=Process.SMS,
    sources=("Policy",),
    targets=("Account",),
    doc="The account that approved the version (GR2.4); none for what came with the product.",
)
