"""Messages to people, and what is due: shown, read, sent once more (PR9.4)."""

from collections.abc import Callable
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.elements import connection
from fitsm_graph.api.paging import connection_of, page_size, read_cursor
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import DateTime, Party
from fitsm_graph.flow.outbox import COLLECTED, DEAD, HELD, SENT, WAITING
from fitsm_graph.flow.scheduler import LEASE_KEY
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.registry_types import camel_case
from fitsm_graph.sms.rights import READ, READ_DUTIES, RUN_DUTIES

NOTIFICATION, DELIVERY = "Notification", "Delivery"
STATUSES = (WAITING, SENT, DEAD, HELD, COLLECTED)
MOST_AT_ONCE = 1_000


@strawberry.type(description="A message to whoever asks, as shown in the product.")
class Notification:
    """It is about a record, after a verb."""

    id: strawberry.ID
    verb: str
    key: str = strawberry.field(description="Of the record that it is about.")
    subject: str
    body: str
    created_at: DateTime
    read_at: DateTime | None


@strawberry.type(description="A message to somebody over one channel, and how its delivery went.")
class Delivery:
    """Its words are shown to the person only."""

    id: strawberry.ID
    verb: str
    key: str = strawberry.field(description="Of the record that it is about.")
    channel: str
    status: str = strawberry.field(
        description="`waiting`, `sent`, `dead`; of a digest's part, `held` and then `collected`; of"
        " a digest that is being made, `collecting`."
    )
    attempts: int
    created_at: DateTime
    next_at: DateTime | None
    sent_at: DateTime | None
    error: str | None


@strawberry.type(description="Something that is due again and again, and how it went last.")
class Duty:
    """One process at a time does what is due."""

    name: str
    began_at: DateTime | None
    ended_at: DateTime | None
    next_at: DateTime | None
    said: str | None
    error: str | None
    failures: int


@strawberry.type(description="Something that fell due, and that somebody is to see to (GR5.2).")
class DueMatter:
    """A reminder that is open."""

    key: str = strawberry.field(description="Of the reminder.")
    matter: str = strawberry.field(description="What fell due, such as `known_error_review`.")
    of_process: str
    subject: str = strawberry.field(description="Key of the record or policy by which it is due.")
    title: str
    due_at: DateTime
    owner: Party | None = strawberry.field(description="Who is to see to it; null: nobody.")


@strawberry.type(description="Who does what is due, how it went, and what people are to see to.")
class Duties:
    """The lease passes on when its holder stops."""

    held_until: DateTime | None
    jobs: list[Duty]
    due: list[DueMatter] = strawberry.field(description="What fell due, the longest due first.")
    due_count: int = strawberry.field(description="How much fell due, on this page or not.")


@strawberry.type(description="How many messages were read by this.")
class NotificationsRead:
    """Nothing that the ledger keeps."""

    ok: bool
    read: int


@strawberry.type(description="A delivery that is tried once more.")
class DeliveryReplayed:
    """Nothing that the ledger keeps."""

    ok: bool


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    kinds: dict[Callable[..., Any], Any] = {
        notifications: connection(NOTIFICATION, Notification, "Messages, the newest first."),
        deliveries: connection(DELIVERY, Delivery, "Messages, the newest first."),
        duties: Duties,
    }
    return {
        run.__name__: strawberry.field(
            resolver=answering(run), graphql_type=kind, description=run.__doc__
        )
        for run, kind in kinds.items()
    }


def verbs() -> dict[str, Any]:
    """Fields of the mutation type."""
    kinds: dict[Callable[..., Any], Any] = {
        read_notifications: NotificationsRead,
        replay_delivery: DeliveryReplayed,
    }
    return {
        run.__name__: strawberry.field(
            resolver=answering(run), graphql_type=kind, description=run.__doc__
        )
        for run, kind in kinds.items()
    }


# --- of whoever asks -----------------------------------------------------------------------------


async def notifications(
    info: Info, *, unread: bool = False, first: int = 50, after: str | None = None
) -> object:
    """Messages to the person whose account asks, the newest first (PR9.4)."""
    context = info.context
    person = context.allow(READ).person
    given = {"person": person, "unread": unread}
    return await _page(info, NOTIFICATION, "flow.notices_of", given, first, after)


async def read_notifications(info: Info, *, ids: list[strawberry.ID] | None = None) -> object:
    """Say that messages were read: those named, or all (PR9.4)."""
    context = info.context
    person = context.allow(READ).person
    if ids is not None and len(ids) > MOST_AT_ONCE:
        raise BadInput("too many at once", remedy=f"name {MOST_AT_ONCE} at most", path=("ids",))
    read = 0
    if person and (ids is None or ids):
        given = {"person": person, "ids": [str(each) for each in ids or ()]}
        rows = await context.graph.keep("flow.read_notices", **given, now=to_text(context.now))
        read = int(rows[0]["read"])
    return pick({"ok": True, "read": read, "__typename": "NotificationsRead"}, asked_of(info))


# --- of all --------------------------------------------------------------------------------------


async def deliveries(
    info: Info,
    *,
    status: str | None = None,
    first: int = 50,
    after: str | None = None,
) -> object:
    """Messages to everybody and how their delivery went; not their words (PR9.4)."""
    info.context.allow(READ_DUTIES)
    if status is not None and status not in STATUSES:
        remedy = did_you_mean(status, STATUSES)
        raise BadInput(f"no message is '{status[:60]}'", remedy=remedy, path=("status",))
    statuses = [status] if status is not None else list(STATUSES)
    return await _page(info, DELIVERY, "flow.deliveries", {"statuses": statuses}, first, after)


async def replay_delivery(info: Info, *, id: strawberry.ID) -> object:
    """Try a delivery once more that was given up or waits (PR9.4)."""
    context = info.context
    context.allow(RUN_DUTIES)
    now = to_text(context.now)
    if not await context.graph.keep("flow.replay_delivery", id=str(id), now=now):
        raise NotFound(
            f"no delivery '{str(id)[:60]}' waits or was given up",
            why="what was sent is not sent again",
            remedy="`deliveries` lists them by status",
        )
    return pick({"ok": True, "__typename": "DeliveryReplayed"}, asked_of(info))


async def duties(
    info: Info, *, mine: bool = False, process: str | None = None, first: int = 50
) -> object:
    """What is due: jobs that are done again and again, and what people are to see to (PR9.4).

    Of whoever asks alone, with `mine`: then without jobs, which need a right of their own.
    """
    context = info.context
    principal = context.allow(READ if mine else READ_DUTIES)
    known: dict[str, Any] = {}
    if not mine:
        rows = (await context.graph.rows("flow.duties"))[0]["duties"]
        known = {each["key"]: each for each in rows}
    lease = known.pop(LEASE_KEY, {})
    jobs = [
        {**_camel(each), "name": name, "__typename": "Duty", "failures": each.get("failures", 0)}
        for name, each in sorted(known.items())
    ]
    parties = sorted(principal.parties) if mine else None
    given = {"parties": parties, "process": process, "limit": page_size(first)}
    (found,) = await context.graph.rows("sms.work_list", **given)
    due = [_matter(each) for each in found["due"]]
    data = {"heldUntil": lease.get("until"), "jobs": jobs, "due": due, "dueCount": found["total"]}
    return pick({**data, "__typename": "Duties"}, asked_of(info))


def _matter(row: dict[str, Any]) -> dict[str, Any]:
    owner = row["owner"]
    party = None if owner is None else {**owner, "__typename": "Party"}
    plain = {camel_case(name): value for name, value in row["reminder"].items()}
    return {**plain, "owner": party, "__typename": "DueMatter"}


async def _page(
    info: Info,
    kind: str,
    statement: str,
    given: dict[str, Any],
    first: int,
    after: str | None,
) -> object:
    context: Context = info.context
    found = await context.graph.rows(
        statement,
        before=read_cursor(after, kind, 1)[0] if after else None,
        limit=page_size(first) + 1,
        **given,
    )
    rows = [{**_camel(each), "__typename": kind} for each in found[0]["deliveries"]]
    data = connection_of(kind, rows, first, after, found[0]["total"])
    answer: object = pick(data, asked_of(info))
    return answer


def _camel(row: dict[str, Any]) -> dict[str, Any]:
    empty = dict.fromkeys(("readAt", "nextAt", "sentAt", "error", "beganAt", "endedAt", "said"))
    return {**empty, **{camel_case(name): value for name, value in row.items()}}
