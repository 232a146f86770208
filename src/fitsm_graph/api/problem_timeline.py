"""The timeline of a problem: incidents, changes and releases where it may lie (PR10.2).

problemTimeline(of: "PRB-000001") { startsAt what key title hops after hoursAfter }
"""

from datetime import timedelta
from typing import Any

import numpy as np
import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import DateTime
from fitsm_graph.graph.changes import Properties
from fitsm_graph.impact.explain import visible_mask
from fitsm_graph.impact.walks import Way, Ways, reach
from fitsm_graph.kernel.clock import from_text, stored_moment, to_text
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.pm.timeline import timeline
from fitsm_graph.sms.rights import READ

MOST_HOPS = 12
MOST = 1_000
BEFORE = timedelta(days=14)
"""So long before the first incident of a problem, what went on is told as well."""


@strawberry.type(description="Something that went on where a problem may lie.")
class ProblemEvent:
    """In the order in which they began."""

    what: str = strawberry.field(description="`incident`, `change` or `release`.")
    key: str
    title: str
    status: str = strawberry.field(description="Of the incident, change or wave, as it is now.")
    starts_at: DateTime
    ends_at: DateTime | None
    hops: int = strawberry.field(description="Steps of dependency from what is suspected or hit.")
    element: str = strawberry.field(description="Key of the nearest element that it was about.")
    wave: str | None = strawberry.field(description="Key of the wave, of a release.")
    own: bool = strawberry.field(description="The incident comes from the problem.")
    after: str | None = strawberry.field(
        description="Key of the change or release that began last before the incident."
    )
    hours_after: float | None = strawberry.field(description="How long before.")


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    return {
        "problem_timeline": strawberry.field(
            resolver=answering(problem_timeline),
            graphql_type=list[ProblemEvent],
            description=problem_timeline.__doc__,
        )
    }


async def problem_timeline(
    info: Info,
    of: strawberry.ID,
    *,
    since: DateTime | None = None,
    until: DateTime | None = None,
    hops: int = 3,
    first: int = 200,
) -> object:
    """Incidents, changes and releases on what a problem may lie in or behind, in order (PR10.2).

    From two weeks before its first incident until it was over, unless said otherwise. More than
    `first` are refused, and not cut.
    """
    context, what = info.context, asked_of(info)
    context.allow(READ)
    if not 0 <= hops <= MOST_HOPS or not 0 < first <= MOST:
        told = f"{hops} steps or {first} events are too many or none"
        raise BadInput(told, remedy=f"up to {MOST_HOPS} steps, 1 to {MOST:,} events")
    (row,) = await context.graph.rows("pm.problem_hits", ref=str(of))
    if row["problem"] is None:
        raise NotFound(f"there is no problem '{of}'", remedy="check the id or key", path=("of",))
    begins, ends = _between(context, row, since, until)
    cone = await _cone(context, row["hits"], hops)
    (told_of,) = await context.graph.rows(
        "pm.timeline",
        problem=row["problem"]["id"],
        cone=[{"id": id, "hops": far} for id, (far, _) in cone.items()],
        since=begins,
        until=ends,
    )
    events = timeline(told_of["events"])
    if len(events) > first:
        raise BadInput(
            f"there are {len(events):,} events, more than {first:,}",
            why="an order of which the end is cut says what came last, and is wrong",
            remedy="ask for a shorter time, fewer steps, or a greater `first`",
            path=("first",),
        )
    return [pick(_typed(each, cone), what) for each in events]


def _between(
    context: Context, row: Properties, since: str | None, until: str | None
) -> tuple[str, str]:
    problem = row["problem"]
    known = min(row["first"] or problem["created_at"], problem["created_at"])
    usual = to_text(from_text(known) - BEFORE)
    begins = stored_moment(since, path=("since",)) if since else usual
    over = problem.get("closed_at") or to_text(context.now)
    ends = stored_moment(until, path=("until",)) if until else max(over, begins)
    if ends < begins:
        told = "the time ends before it begins"
        raise BadInput(told, remedy="give a later end", path=("until",))
    return begins, ends


async def _cone(context: Context, hits: list[str], hops: int) -> dict[str, tuple[int, str]]:
    """Elements that are hit or suspected, and what those need, with steps and key, if seen."""
    topology = (await context.impact.snapshot.current()).mapped.topology
    seen = visible_mask(topology, context.sight)
    numbers = [n for n in map(topology.find, hits) if n >= 0 and seen[n]]
    walked = reach(Ways(topology, Way.UPSTREAM), np.asarray(numbers, np.int32), hops)
    return {
        topology.id(n): (int(walked.hops[n]), topology.key_and_name(n)[0])
        for n in map(int, walked.elements)
        if seen[n]
    }


def _typed(event: dict[str, Any], cone: dict[str, tuple[int, str]]) -> dict[str, Any]:
    return {
        "__typename": "ProblemEvent",
        "what": event["what"],
        "key": event["key"],
        "title": event["title"],
        "status": event["status"],
        "startsAt": event["starts_at"],
        "endsAt": event["ends_at"],
        "hops": event["hops"],
        "element": cone[event["at"]][1],
        "wave": event["of"],
        "own": event["own"],
        "after": event["after"],
        "hoursAfter": event["hours_after"],
    }
