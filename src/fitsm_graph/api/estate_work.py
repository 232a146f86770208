"""What waits for those who answer for elements of the estate, in one list (PR11.2).

estateWork { total counts { kind count } work { kind subject toDo due element { key } } }
"""

from collections import Counter
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.paging import page_after, page_size, read_cursor, write_cursor
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import DateTime
from fitsm_graph.confm.owing import Whose, Work, WorkKind, owner_work
from fitsm_graph.graph.tx import found
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.sms.rights import READ

KIND = "EstateTask"
KINDS = [each.value for each in WorkKind]


@strawberry.type(description="An element that something waits at.")
class TaskElement:
    """In short."""

    id: strawberry.ID
    key: str
    name: str
    kind: str
    type: str | None


@strawberry.type(description="Something that waits for whoever answers for an element.")
class EstateTask:
    """What is due comes first, then what waits for longest."""

    kind: str = strawberry.field(
        description="`attestation`, `source`, `review`, `retirement`, `deviation`, `incomplete`."
    )
    subject: str = strawberry.field(description="Key of the record or element that it is about.")
    element: TaskElement | None
    to_do: str
    missing: list[str] = strawberry.field(
        description="What is not known: attributes, relationship types; `fresh`: it is too old."
    )
    since: DateTime
    due: DateTime | None


@strawberry.type(description="How much of one kind waits.")
class EstateTaskCount:
    """On this page or not."""

    kind: str
    count: int


@strawberry.type(description="What waits for who answers for elements (PR11.2).")
class EstateWork:
    """Of elements that the reader sees."""

    elements: int = strawberry.field(description="How many they answer for.")
    total: int
    counts: list[EstateTaskCount]
    work: list[EstateTask]
    end_cursor: str | None = strawberry.field(
        description="For `after`; null: there is no further page."
    )


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    run = estate_work
    field = strawberry.field(
        resolver=answering(run), graphql_type=EstateWork, description=run.__doc__
    )
    return {"estate_work": field}


async def estate_work(
    info: Info,
    *,
    of: strawberry.ID | None = None,
    kinds: list[str] | None = None,
    first: int = 50,
    after: str | None = None,
) -> object:
    """What waits for a person and their groups, or a group, as owners of elements (PR11.2).

    For whoever asks, where nobody is named: elements below the bar of completeness, attestations,
    open deviations, proposals to retire, sources that are overdue, reviews.
    """
    context = info.context
    principal = context.allow(READ)
    size = page_size(first)
    place = read_cursor(after, KIND, 6) if after else None
    for at, each in enumerate(kinds or ()):
        if each not in KINDS:
            remedy = did_you_mean(each, KINDS)
            raise BadInput(f"no work is '{each[:60]}'", remedy=remedy, path=("kinds", at))
    parties = frozenset(principal.parties) if of is None else await _behind(context, str(of))
    whose = Whose(parties, context.sight, principal.sources)
    given = (context.policies, context.registry, context.now, whose)
    everything, elements = await owner_work(context.graph, *given)
    rows = [each for each in everything if kinds is None or each.kind.value in kinds]
    page, more = page_after(rows, lambda each: each.place, place, size)
    counts = Counter(each.kind.value for each in everything)
    data = {
        "__typename": "EstateWork",
        "elements": elements,
        "total": len(rows),
        "counts": [
            {"__typename": "EstateTaskCount", "kind": each, "count": counts[each]}
            for each in KINDS
            if counts[each]
        ],
        "work": [_row(each) for each in page],
        "endCursor": write_cursor(KIND, page[-1].place) if more else None,
    }
    return pick(data, asked_of(info))


async def _behind(context: Context, ref: str) -> frozenset[str]:
    rows = await context.graph.rows("confm.behind_party", ref=ref)
    return frozenset(found(rows, "person or group", ref)["parties"])


def _row(each: Work) -> dict[str, Any]:
    element = None if each.element is None else {"__typename": "TaskElement", **each.element}
    return {
        "__typename": KIND,
        "kind": each.kind.value,
        "subject": each.subject,
        "element": element,
        "toDo": each.to_do,
        "missing": list(each.missing),
        "since": each.since,
        "due": each.due,
    }
