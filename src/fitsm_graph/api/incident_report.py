"""The regular reports of incidents and of service requests, for any period (PR9.5).

incidentReport(since: "2026-11-01T00:00:00Z", until: "2026-12-01T00:00:00Z") {
registered resolved resolutionBroken byService { name registered } ageing { name count } }
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.reported import period_of, typed
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import DateTime
from fitsm_graph.flow.availability import (
    Promise,
    Span,
    earliest,
    looked_at,
    measured,
    promises,
    spans_of,
    taken_down,
)
from fitsm_graph.flow.quality import stages_of
from fitsm_graph.graph.tx import found
from fitsm_graph.isrm.reporting import report, request_report
from fitsm_graph.kernel.clock import from_text, to_text


@strawberry.type
class _Counts:
    """What became of some incidents or requests, and whether that was in time."""

    registered: int
    response_met: int
    response_broken: int
    resolution_met: int
    resolution_broken: int
    reassigned: int = strawberry.field(
        description="How often one of them was given from one owner to another in the period."
    )
    hours_to_respond: float | None = strawberry.field(description="Median since registration.")
    hours_to_resolve: float | None = strawberry.field(description="Likewise.")


@strawberry.type(description="Counts, times and target results of some incidents in a period.")
class IncidentReportLine(_Counts):
    """One may stand in several lines: of each service that it reaches."""

    name: str
    resolved: int


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


@strawberry.type(
    description="What an agreement says of the availability of a service, and what it was."
)
class AvailabilityLine:
    """Over the periods of the agreement that end in the time of the report, else the last one."""

    service: str
    agreement: str = strawberry.field(description="Version of the targets, in force now.")
    kind: str = strawberry.field(description="`sla`, `ola` or `ua`; empty: it does not say.")
    parties: list[str] = strawberry.field(description="With whom it was agreed on.")
    agreed: float = strawberry.field(description="Percent of the service time of each period.")
    per: str = strawberry.field(description="How long those are: `month`.")
    since: DateTime
    until: DateTime
    periods: int
    missed: int = strawberry.field(description="In how many of them it was away for too long.")
    measured: float | None = strawberry.field(description="Percent; null: no service time yet.")
    worst: float | None = strawberry.field(description="Percent of the worst period.")
    hours_of_service: float = strawberry.field(description="Service time of them so far.")
    hours_down: float = strawberry.field(description="Of these, those in which it was DOWN.")
    kept: bool | None = strawberry.field(description="Null: it is not over, and may be kept yet.")


@strawberry.type(description="The regular report of incidents over a period (PR9.5).")
class IncidentReport(_Counts):
    """Half-open; as the records are now."""

    since: DateTime
    until: DateTime
    resolved: int
    given_up: int
    reopened: int = strawberry.field(description="Resolved ones that had been opened again.")
    major: int = strawberry.field(description="Declared major incidents.")
    backlog: int = strawberry.field(description="Open at the end of the period.")
    hours_in_effect: float = strawberry.field(
        description="Hours of the period in which one of them or more was in effect; each once."
    )
    hours_down: float = strawberry.field(
        description="Likewise of those that take a service down, or the one that is meant."
    )
    ageing: list[IncidentAge]
    by_priority: list[IncidentReportLine]
    by_category: list[IncidentReportLine]
    by_group: list[IncidentReportLine] = strawberry.field(description="By who answers for it.")
    by_service: list[IncidentReportLine]
    by_cause: list[IncidentReportLine] = strawberry.field(
        description="By the element that its cause lay in."
    )
    poor: list[PoorRecord]
    availability: list[AvailabilityLine] = strawberry.field(
        description="Of the service that is meant, else of all that agreements name for it."
    )


@strawberry.type(description="The regular report of service requests over a period (PR9.5).")
class ServiceRequestReport(_Counts):
    """Half-open; as the records are now."""

    since: DateTime
    until: DateTime
    resolved: int = strawberry.field(description="Fulfilled ones.")
    given_up: int = strawberry.field(description="Rejected or withdrawn ones.")
    reopened: int = strawberry.field(description="Fulfilled ones that had been opened again.")
    backlog: int = strawberry.field(description="Neither delivered nor given up by the end.")
    ageing: list[IncidentAge]
    by_priority: list[IncidentReportLine]
    by_offering: list[IncidentReportLine] = strawberry.field(description="By what is asked for.")
    by_service: list[IncidentReportLine]
    by_group: list[IncidentReportLine] = strawberry.field(description="By who answers for it.")


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    kinds: dict[Callable[..., Any], Any] = {
        incident_report: IncidentReport,
        service_request_report: ServiceRequestReport,
    }
    return {
        run.__name__: strawberry.field(
            resolver=answering(run), graphql_type=kind, description=run.__doc__
        )
        for run, kind in kinds.items()
    }


async def incident_report(
    info: Info, since: DateTime, until: DateTime, service: strawberry.ID | None = None
) -> object:
    """Incidents of a period: how many, how long, how well, and what is left (PR9.5).

    Of all services, or of those alone that reach one, by id or key.
    """
    context, what = info.context, asked_of(info)
    first, last = period_of(context, since, until, "PR9.5")
    meant = await service_meant(context, service)
    sight = context.sight
    seen = {"types": sorted(sight or ()), "all": sight is None}
    span = looked_at(from_text(first), from_text(last), context.now)
    agreed = promises(context.policies, [meant] if meant else []) if span else []
    since_when = to_text(earliest(context.policies, *span)) if span else first
    given = {"since": min(first, since_when), "until": last, **seen}
    given["rule"] = stages_of(context.policies, "Incident")["over"]
    rows = await context.graph.rows("isrm.incidents_between", **given)
    now = to_text(context.now)
    told_of = typed("IncidentReport", report(rows, first, last, meant, now))
    records = [row["record"] for row in rows]
    told_of["availability"] = _lines(agreed, records, span, context.now) if span else []
    for name, kind in (("ageing", "IncidentAge"), ("poor", "PoorRecord")):
        told_of[name] = [typed(kind, each) for each in told_of[name]]
    for name in ("byPriority", "byCategory", "byGroup", "byService", "byCause"):
        told_of[name] = [typed("IncidentReportLine", each) for each in told_of[name]]
    return pick({**told_of, "since": first, "until": last}, what)


def _lines(
    agreed: Iterable[Promise],
    incidents: Iterable[Mapping[str, Any]],
    span: Span,
    now: datetime,
) -> list[dict[str, Any]]:
    """What agreements say of the availability of services, held against what it was."""
    by_service = defaultdict(list)
    for incident in incidents:
        for service in taken_down(incident):
            by_service[service].append(incident)
    lines = []
    for each in agreed:
        down = spans_of(by_service[each.service], now)
        line = asdict(measured(each, down, each.periods(*span), now))
        ends = {name: to_text(line[name]) for name in ("since", "until")}
        lines.append(typed("AvailabilityLine", {**line, **ends, "parties": list(line["parties"])}))
    return lines


async def service_request_report(
    info: Info, since: DateTime, until: DateTime, service: strawberry.ID | None = None
) -> object:
    """Service requests of a period: how many, how long, how well, and what is left (PR9.5).

    Of all services, or of what one offers, by id or key.
    """
    context, what = info.context, asked_of(info)
    first, last = period_of(context, since, until, "PR9.5")
    meant = await service_meant(context, service)
    rows = await context.graph.rows("isrm.requests_between", since=first, until=last)
    told_of = typed("ServiceRequestReport", request_report(rows, first, last, meant))
    told_of["ageing"] = [typed("IncidentAge", each) for each in told_of["ageing"]]
    for name in ("byPriority", "byOffering", "byService", "byGroup"):
        told_of[name] = [typed("IncidentReportLine", each) for each in told_of[name]]
    return pick({**told_of, "since": first, "until": last}, what)


async def service_meant(context: Context, ref: str | None) -> str:
    """Key of the service that is meant; empty: all are.

    Raises:
        NotFound: There is no such service.
    """
    if ref is None:
        return ""
    rows = await context.graph.rows("confm.elements_by_ref", refs=[str(ref)])
    services = [row for row in rows if "Service" in row["labels"]]
    return str(found(services, "service", str(ref))["element"]["key"])
