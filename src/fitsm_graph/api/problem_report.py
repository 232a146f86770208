"""The regular report of problems, for any period (PR10.2).

problemReport(since: "2026-11-01T00:00:00Z", until: "2026-12-01T00:00:00Z") {
registered resolved open ageing { name count } byService { name open } withoutWorkaround { key } }
"""

from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.incident_report import PoorRecord, service_meant
from fitsm_graph.api.reported import period_of, typed
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import DateTime
from fitsm_graph.flow.quality import stages_of
from fitsm_graph.model.registry_types import camel_case
from fitsm_graph.pm.reporting import GROUPS, report


@strawberry.type(description="Problems that are open, by how long they are.")
class ProblemAge:
    """At the end of the period."""

    name: str
    count: int


@strawberry.type
class _Numbers:
    """What became of some problems, and how old those are that are left."""

    registered: int
    resolved: int
    resolved_late: int = strawberry.field(description="Of these, after the day that was due.")
    given_up: int = strawberry.field(description="Rejected ones.")
    known: int = strawberry.field(description="Of which a first known error was registered.")
    open: int = strawberry.field(description="Neither resolved nor given up by the end.")
    reassigned: int = strawberry.field(
        description="How often one of them was given from one owner to another in the period."
    )
    days_to_known_error: float | None = strawberry.field(
        description="Median from registration to the first known error, of those in the period."
    )
    days_to_resolve: float | None = strawberry.field(description="Likewise to the end.")
    ageing: list[ProblemAge]


@strawberry.type(description="Counts, times and ages of some problems in a period.")
class ProblemReportLine(_Numbers):
    """One may stand in several lines: of each service that its incidents reached."""

    name: str


@strawberry.type(description="A known error against which nothing helps yet (PR10.3).")
class HelplessError:
    """At the end of the period, as far as is known now."""

    key: str
    title: str
    since: DateTime


@strawberry.type(description="The regular report of problems over a period (PR10.2).")
class ProblemReport(_Numbers):
    """Half-open; as the records are now."""

    since: DateTime
    until: DateTime
    by_service: list[ProblemReportLine] = strawberry.field(
        description="By services that its incidents reached, or that it is suspected in."
    )
    by_element: list[ProblemReportLine] = strawberry.field(
        description="By the elements that the cause is suspected in."
    )
    by_cause: list[ProblemReportLine] = strawberry.field(
        description="By the elements in which a confirmed cause lies."
    )
    by_category: list[ProblemReportLine]
    by_source: list[ProblemReportLine] = strawberry.field(description="By where it came from.")
    by_group: list[ProblemReportLine] = strawberry.field(description="By who answers for it.")
    without_workaround: list[HelplessError]
    poor: list[PoorRecord] = strawberry.field(
        description="Open ones, and ones resolved in the period, that lack something."
    )


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    field = strawberry.field(
        resolver=answering(problem_report),
        graphql_type=ProblemReport,
        description=problem_report.__doc__,
    )
    return {"problem_report": field}


async def problem_report(
    info: Info, since: DateTime, until: DateTime, service: strawberry.ID | None = None
) -> object:
    """Problems of a period: how many, how long, how old, and against what nothing helps (PR10.2).

    Of all services, or of those alone that one is concerned by, by id or key.
    """
    context, what = info.context, asked_of(info)
    first, last = period_of(context, since, until, "PR10.2")
    meant = await service_meant(context, service)
    sight = context.sight
    seen = {"types": sorted(sight or ()), "all": sight is None}
    rule = stages_of(context.policies, "Problem")
    given = {"since": first, "until": last, "rule": rule, **seen}
    rows = await context.graph.rows("pm.problems_between", **given)
    told = _typed("ProblemReport", report(rows, first, last, meant))
    for name in GROUPS:
        field = camel_case(name)
        told[field] = [_typed("ProblemReportLine", each) for each in told[field]]
    for field, kind in (("withoutWorkaround", "HelplessError"), ("poor", "PoorRecord")):
        told[field] = [typed(kind, each) for each in told[field]]
    return pick({**told, "since": first, "until": last}, what)


def _typed(kind: str, numbers: dict[str, Any]) -> dict[str, Any]:
    ages = [typed("ProblemAge", each) for each in numbers["ageing"]]
    return {**typed(kind, numbers), "ageing": ages}
