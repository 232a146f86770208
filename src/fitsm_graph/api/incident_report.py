"""The regular report of incidents, for any period (PR9.5).

incidentReport(since: "2026-11-01T00:00:00Z", until: "2026-12-01T00:00:00Z") {
registered resolved resolutionBroken byService { name registered } ageing { name count } }
"""

from datetime import timedelta
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import DateTime
from fitsm_graph.isrm.reporting import report
from fitsm_graph.kernel.clock import from_text, stored_moment
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.registry_types import camel_case
from fitsm_graph.sms.rights import READ, READ_LARGE, may

MOST_AT_ONCE = timedelta(days=366)
"""The longest period that whoever may read is told of."""


@strawberry.type(description="Counts, times and target results of some incidents in a period.")
class IncidentReportLine:
    """One may stand in several lines: of each service that it reaches."""

    name: str
    registered: int
    resolved: int
    response_met: int
    response_broken: int
    resolution_met: int
    resolution_broken: int
    hours_to_respond: float | None = strawberry.field(description="Median since registration.")
    hours_to_resolve: float | None = strawberry.field(description="Likewise.")


@strawberry.type(description="Incidents of the backlog by how long they are open.")
class IncidentAge:
    """At the end of the period."""

    name: str
    count: int


@strawberry.type(description="A resolved incident that others learn little from.")
class PoorRecord:
    """Work for the process manager."""

    key: str
    title: str
    lacks: list[str]


@strawberry.type(description="The regular report of incidents over a period (PR9.5).")
class IncidentReport:
    """Half-open; as the records are now."""

    since: DateTime
    until: DateTime
    registered: int
    resolved: int
    given_up: int
    reopened: int = strawberry.field(description="Resolved ones that had been opened again.")
    major: int = strawberry.field(description="Declared major incidents.")
    response_met: int
    response_broken: int
    resolution_met: int
    resolution_broken: int
    hours_to_respond: float | None = strawberry.field(description="Median since registration.")
    hours_to_resolve: float | None = strawberry.field(description="Likewise.")
    backlog: int = strawberry.field(description="Open at the end of the period.")
    ageing: list[IncidentAge]
    by_priority: list[IncidentReportLine]
    by_category: list[IncidentReportLine]
    by_group: list[IncidentReportLine] = strawberry.field(description="By who answers for it.")
    by_service: list[IncidentReportLine]
    by_cause: list[IncidentReportLine] = strawberry.field(
        description="By the element that its cause lay in."
    )
    poor: list[PoorRecord]


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    return {
        "incident_report": strawberry.field(
            resolver=answering(incident_report),
            graphql_type=IncidentReport,
            description=incident_report.__doc__,
        )
    }


async def incident_report(info: Info, since: DateTime, until: DateTime) -> object:
    """Incidents of a period: how many, how long, how well, and what is left (PR9.5)."""
    context, what = info.context, asked_of(info)
    reader = context.allow(READ)
    first = stored_moment(since, path=("since",))
    last = stored_moment(until, path=("until",))
    if last <= first:
        told = "the period ends before it begins"
        raise BadInput(told, remedy="give an end after the beginning", path=("until",))
    if from_text(last) - from_text(first) > MOST_AT_ONCE and not may(
        reader, READ_LARGE, context.rights
    ):
        raise BadInput(
            f"the period has more than {MOST_AT_ONCE.days} days",
            why=f"every incident of it is read, which asks for the right '{READ_LARGE}'",
            remedy="ask for one year after another",
            path=("since",),
            requirement="PR9.5",
        )
    sight = context.sight
    seen = {"types": sorted(sight or ()), "all": sight is None}
    rows = await context.graph.rows("isrm.incidents_between", since=first, until=last, **seen)
    told_of = _typed("IncidentReport", report(rows, first, last))
    for name, kind in (("ageing", "IncidentAge"), ("poor", "PoorRecord")):
        told_of[name] = [_typed(kind, each) for each in told_of[name]]
    for name in ("byPriority", "byCategory", "byGroup", "byService", "byCause"):
        told_of[name] = [_typed("IncidentReportLine", each) for each in told_of[name]]
    return pick({**told_of, "since": first, "until": last}, what)


def _typed(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"__typename": kind, **{camel_case(name): each for name, each in values.items()}}
