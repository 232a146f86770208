"""What was a success and what failed among the releases of a period (PR13.6).

releasesReport(since: "2026-10-01T00:00:00Z", until: "2027-01-01T00:00:00Z") {
count successful failed backedOut byType { name count } releases { key outcome incidents } }
"""

from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.reported import period_of, typed
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import DateTime
from fitsm_graph.rdm.reporting import releases_report as report

_MINUTES = "From the beginning to the outcome; of several, the median."
_GOOD = "Found to be a success by the last review."


@strawberry.type
class _Outcomes:
    """What became of some releases, in numbers."""

    count: int
    successful: int
    failed: int
    backed_out: int
    late: int = strawberry.field(description="After the end of the planned time.")
    changes: int
    waves: int
    failures: int = strawberry.field(description="How often a wave has failed.")
    minutes: float | None = strawberry.field(description=_MINUTES)
    reviewed: int
    found_good: int = strawberry.field(description=_GOOD)
    incidents: int = strawberry.field(description="That reviews found to have begun near them.")


@strawberry.type(description="Numbers of some releases whose outcome was known in a period.")
class ReleasesReportLine(_Outcomes):
    """Those of a type, or of a strategy."""

    name: str


@strawberry.type(description="A release whose outcome was known in a period.")
class ReleaseOfPeriod:
    """As it is now."""

    key: str
    title: str
    type: str | None
    outcome: str | None
    deployed_at: DateTime
    owner: str | None
    changes: int
    waves: int
    failures: int
    late: bool
    minutes: float | None
    found_good: bool | None = strawberry.field(description="Null: it was not reviewed.")
    incidents: list[str]


@strawberry.type(description="The report of the releases of a period (PR13.6).")
class ReleasesReport(_Outcomes):
    """Half-open; of those whose outcome was known in it."""

    since: DateTime
    until: DateTime
    by_type: list[ReleasesReportLine]
    by_strategy: list[ReleasesReportLine]
    releases: list[ReleaseOfPeriod]


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    return {
        "releases_report": strawberry.field(
            resolver=answering(releases_report),
            graphql_type=ReleasesReport,
            description=releases_report.__doc__,
        )
    }


async def releases_report(info: Info, since: DateTime, until: DateTime) -> object:
    """Releases whose outcome was known in a period: successes and failures (PR13.6)."""
    context, what = info.context, asked_of(info)
    first, last = period_of(context, since, until, "PR13.6")
    rows = await context.graph.rows("rdm.releases_between", since=first, until=last)
    told = typed("ReleasesReport", report(rows))
    for name in ("byType", "byStrategy"):
        told[name] = [typed("ReleasesReportLine", each) for each in told[name]]
    told["releases"] = [typed("ReleaseOfPeriod", each) for each in told["releases"]]
    return pick({**told, "since": first, "until": last}, what)
