"""What may help with an incident: known errors, the same cause before, changes before it (PR9.2).

incidentHints(of: "INC-000001") { knownErrors { key workaround at } changes { key hops } }
"""

from datetime import timedelta
from typing import Any

import numpy as np
import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import DateTime
from fitsm_graph.graph.tx import found
from fitsm_graph.impact.explain import visible_mask
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.walks import Way, Ways, reach
from fitsm_graph.isrm.cases import INCIDENT, Case, asked_for
from fitsm_graph.isrm.hints import (
    known_errors,
    near_releases,
    suspected_changes,
    suspected_deviations,
    types_near,
)
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.sms.rights import READ

MOST_HOPS = 6
MOST_DAYS = 366


@strawberry.type(description="A way that helps against a known error.")
class WorkaroundHint:
    """`tryKnownError` or `tryWorkaround`, by its key, says whether it helped."""

    key: str = strawberry.field(
        description="Of the known error, which keeps its first one itself, or of a `Workaround`."
    )
    workaround: str
    carried_out_by: str | None
    verified_at: DateTime | None
    used: int = strawberry.field(description="How often it was tried.")
    helped: int = strawberry.field(description="How often it helped.")


@strawberry.type(description="A known error that an incident may come from.")
class KnownErrorHint:
    """`tryKnownError` says whether its workaround helped."""

    key: str
    title: str
    workaround: str
    at: str = strawberry.field(
        description="Known at the `element`, a `service`, its `type`, or a `supertype` of that."
    )
    used: int = strawberry.field(description="How often it was tried.")
    helped: int = strawberry.field(description="How often it helped.")
    shown: int = strawberry.field(
        description="For how many incidents it was shown when somebody began to deal with them."
    )
    workarounds: list[WorkaroundHint] = strawberry.field(
        description="All that help against it, this one too: first what helped the most often."
    )
    step_list: str | None = strawberry.field(
        description="Step list for what comes from it: `beginIncidentSteps` begins it."
    )


@strawberry.type(description="An incident whose cause lay in the same element.")
class SameCauseHint:
    """How it was resolved may help again."""

    key: str
    title: str
    resolution: str
    resolved_at: DateTime | None


@strawberry.type(description="A change that was under way before an incident began.")
class ChangeHint:
    """The nearer in the graph and in time, the more suspect."""

    key: str
    title: str
    status: str
    hops: int = strawberry.field(description="Steps of dependency from what is affected.")
    starts_at: DateTime
    ends_at: DateTime | None
    hours_before: float = strawberry.field(description="Between its end and the incident.")
    weight: float = strawberry.field(description="How suspect it is, from 0 to 1.")


@strawberry.type(description="A deviation that was found before an incident began.")
class DeviationHint:
    """The nearer in the graph and in time, the more suspect."""

    key: str
    title: str
    status: str
    source: str = strawberry.field(description="How it came to light.")
    hops: int = strawberry.field(description="Steps of dependency from what is affected.")
    found_at: DateTime
    closed_at: DateTime | None
    hours_before: float = strawberry.field(description="Between it and the incident.")
    weight: float = strawberry.field(description="How suspect it is, from 0 to 1.")


@strawberry.type(description="A release that was deployed near an incident, or is to be.")
class ReleaseHint:
    """What was deployed lately may have caused it; what is to come may have to wait."""

    key: str
    title: str
    status: str
    hops: int = strawberry.field(description="Steps of dependency from what is affected.")
    planned_starts_at: DateTime | None
    planned_ends_at: DateTime | None
    deployed_at: DateTime | None = strawberry.field(description="Null: it is to be deployed.")
    outcome: str | None


@strawberry.type(description="What may help with an incident (PR9.2).")
class IncidentHints:
    """The likeliest first."""

    known_errors: list[KnownErrorHint]
    same_cause: list[SameCauseHint]
    changes: list[ChangeHint]
    deviations: list[DeviationHint]
    releases: list[ReleaseHint] = strawberry.field(
        description="Those deployed lately, the latest first, and then those that are planned."
    )


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    return {
        "incident_hints": strawberry.field(
            resolver=answering(incident_hints),
            graphql_type=IncidentHints,
            description=incident_hints.__doc__,
        )
    }


async def incident_hints(info: Info, of: strawberry.ID, days: int = 14) -> object:
    """Known errors, incidents of the same cause, and changes some days before it (PR9.2)."""
    context, what = info.context, asked_of(info)
    context.allow(READ)
    if not 0 < days <= MOST_DAYS:
        raise BadInput(f"{days} days are too many or none", remedy=f"1 to {MOST_DAYS}")
    given = asked_for(INCIDENT, str(of))
    row = found(await context.graph.rows("isrm.case_context", **given), "incident", str(of))
    case = Case(INCIDENT, row)
    began = str(case.record["starts_at"])
    since = to_text(from_text(began) - timedelta(days=days))
    (told,) = await context.graph.rows(
        "isrm.hints",
        **await _around(context, case),
        incident=case.record["id"],
        since=since,
        until=began,
    )
    shown = {
        "__typename": "IncidentHints",
        "knownErrors": [_known(each) for each in known_errors(told["known"])],
        "sameCause": [_typed("SameCauseHint", each) for each in told["past"]],
        "changes": [
            _typed("ChangeHint", each) for each in suspected_changes(told["changes"], began)
        ],
        "deviations": [
            _typed("DeviationHint", each)
            for each in suspected_deviations(told["deviations"], began)
        ],
        "releases": [_typed("ReleaseHint", each) for each in near_releases(told["releases"])],
    }
    return pick(shown, what)


async def _around(context: Context, case: Case) -> dict[str, Any]:
    """What the incident affects, reaches and depends on, as far as the reader sees it."""
    standing = await context.impact.snapshot.current()
    topology = standing.mapped.topology
    seen = visible_mask(topology, context.sight)
    numbers = [n for n in map(topology.find, case.effects) if n >= 0 and seen[n]]
    walked = reach(Ways(topology, Way.UPSTREAM), np.asarray(numbers, np.int32), MOST_HOPS)
    near = [int(number) for number in walked.elements if seen[number]]
    reached = Reaches(standing).of(case.effects, str(case.record["key"]))
    types = {topology.row(number).type for number in numbers}
    return {
        "elements": [topology.id(number) for number in numbers],
        "services": [each.id for each in reached.services],
        "types": types_near(context.registry, types),
        "cone": [{"id": topology.id(n), "hops": int(walked.hops[n])} for n in near],
    }


def _known(row: dict[str, Any]) -> dict[str, Any]:
    ways = [_typed("WorkaroundHint", each) for each in row["workarounds"]]
    return _typed("KnownErrorHint", {**row, "workarounds": ways})


def _typed(name: str, row: dict[str, Any]) -> dict[str, Any]:
    named = {"starts_at": "startsAt", "ends_at": "endsAt", "resolved_at": "resolvedAt"}
    named |= {"found_at": "foundAt", "closed_at": "closedAt"}
    more = {"hours_before": "hoursBefore", "step_list": "stepList", "deployed_at": "deployedAt"}
    more |= {"carried_out_by": "carriedOutBy", "verified_at": "verifiedAt"}
    more |= {"planned_starts_at": "plannedStartsAt", "planned_ends_at": "plannedEndsAt"}
    return {"__typename": name, **{({**named, **more}).get(k, k): v for k, v in row.items()}}
