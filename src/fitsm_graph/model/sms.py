"""The service management system (GR1–GR7) as far as the processes need it."""

from typing import Annotated

from fitsm_graph.model.declare import Doc, Indexed, Personal, Process, Unique, record, relation
from fitsm_graph.model.record import Record


@record(owner=Process.SMS, prefix="PER")
class Person(Record):
    """Somebody who holds roles, owns records or uses services."""

    name: Annotated[str | None, Personal(), Indexed(), Doc("What people call them.")]
    email: Annotated[str | None, Personal(), Doc("Where messages reach them.")] = None


@record(owner=Process.SMS, prefix="GRP")
class Group(Record):
    """Persons who act together: a support group, the CAB, stakeholders."""

    name: Annotated[str, Indexed(), Doc("What people call it.")]
    purpose: Annotated[str, Doc("What it is for.")] = ""


@record(owner=Process.SMS, prefix="ROL")
class Role(Record):
    """A role of FitSM-3, held by persons over a scope and a period."""

    name: Annotated[str, Indexed(), Doc("What FitSM calls it.")]
    process: Annotated[str, Doc("The process it belongs to, or empty.")] = ""


@record(owner=Process.SMS, prefix="CUS")
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
        Doc("Sources of sync that it may write, and nothing else; empty: no such limit."),
    ] = None


@record(owner=Process.SMS, prefix="DOC")
class PersistedDocument(Record):
    """A GraphQL document that may be asked for by its digest; hardened sites answer no others."""

    name: Annotated[str, Indexed(), Doc("What people call it.")]
    digest: Annotated[str, Unique(), Doc("SHA-256 of its text, 64 hexadecimal digits.")]
    text: Annotated[str, Doc("The document as it is executed.")]


BELONGS_TO = relation(
    "BELONGS_TO", owner=Process.SMS, sources=("Person",), targets=("Group",), doc="Acts with it."
)
HOLDS = relation(
    "HOLDS",
    owner=Process.SMS,
    sources=("Person",),
    targets=("Role",),
    doc="Holds the role over a scope, from and until.",
)
RECEIVES = relation(
    "RECEIVES",
    owner=Process.SMS,
    sources=("Customer",),
    targets=("Service",),
    doc="The service is delivered to the customer's users.",
)
