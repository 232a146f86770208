"""Trends of incidents over the API: what had more of them than before (PR10.1).

incidentTrends { tested trends { dimension name observed expected qValue significant } }

Nothing is written by asking; `beginTrendReview` makes findings of the same answer.
"""

from collections.abc import Mapping
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import DateTime
from fitsm_graph.api.wholes import who_sees_all
from fitsm_graph.flow.periods import period_meant
from fitsm_graph.flow.policies import InForce
from fitsm_graph.flow.sight import check_sees_all
from fitsm_graph.impact.common import CommonNeed
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.pm.looking import Looked, look
from fitsm_graph.pm.trend_rules import RULES
from fitsm_graph.pm.trends import OF_ELEMENTS, Trend
from fitsm_graph.sms.rights import READ

MOST = 1_000


@strawberry.type(description="An element, in short.")
class TrendElement:
    """As it is now."""

    id: strawberry.ID
    key: str
    name: str
    kind: str


@strawberry.type(description="What was counted of one subject, and whether it stands out.")
class IncidentTrend:
    """Against its own past."""

    dimension: str = strawberry.field(
        description="`service`, `component`, `ci`, `group`, `type`, `category` or `cause`."
    )
    name: str = strawberry.field(description="The word, or the key of the element.")
    element: TrendElement | None = strawberry.field(description="Null: it is a word.")
    observed: int = strawberry.field(description="Incidents in the period.")
    past: int = strawberry.field(description="Incidents in its own past.")
    expected: float = strawberry.field(description="Of the period, at the past rate.")
    excess: float = strawberry.field(description="How many more there were.")
    p_value: float = strawberry.field(description="Chance of as many or more at that rate, exact.")
    q_value: float = strawberry.field(
        description="The same, corrected for all tests (Benjamini–Hochberg)."
    )
    significant: bool
    minutes: float = strawberry.field(description="How long they lasted, within the period.")
    cost: float = strawberry.field(description="The same, by priority and services reached.")
    excess_cost: float = strawberry.field(description="The part beyond expectation: the rank.")
    hangs_on: TrendElement | None = strawberry.field(
        description="The nearest element that all need whose incidents are counted, of findings."
    )
    hops: int | None = strawberry.field(description="Steps to it from the farthest of them.")
    incidents: list[strawberry.ID] = strawberry.field(description="Ids of those of the period.")


@strawberry.type(description="Incidents of a period, held against their own past (PR10.1).")
class IncidentTrends:
    """Half-open; all subjects are tested together."""

    rules: str = strawberry.field(description="Key of the version of the rules.")
    since: DateTime
    until: DateTime
    past_since: DateTime
    incidents: int = strawberry.field(description="Of the period.")
    tested: int = strawberry.field(description="Subjects that were tested.")
    young: int = strawberry.field(description="Subjects without a past of their own.")
    significant: int = strawberry.field(description="Subjects that stand out.")
    trends: list[IncidentTrend] = strawberry.field(
        description="Those that stand out, by rank; then the others, if they are asked for."
    )


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    return {
        "incident_trends": strawberry.field(
            resolver=answering(incident_trends),
            graphql_type=IncidentTrends,
            description=incident_trends.__doc__,
        )
    }


async def incident_trends(
    info: Info,
    *,
    rules: str = "default",
    since: DateTime | None = None,
    until: DateTime | None = None,
    first: int = 50,
    everything: bool = False,
) -> object:
    """What had more incidents in a period than in its own past; the last whole one (PR10.1)."""
    context = who_sees_all(info)
    if not 0 <= first <= MOST:
        told = f"'first' is {first}"
        raise BadInput(told, remedy=f"0 to {MOST:,}", path=("first",))
    looked = await _looked(context, rules, since, until)
    found = looked.trends
    shown = (found.tested if everything else found.significant)[:first]
    needs = dict(zip(found.significant, looked.shared, strict=False))
    period = found.window.period
    answer = {
        "__typename": "IncidentTrends",
        "rules": looked.rules_key,
        "since": period.since,
        "until": period.until,
        "pastSince": found.window.past_since,
        "incidents": found.incidents,
        "tested": len(found.tested),
        "young": found.young,
        "significant": len(found.significant),
        "trends": [_told(looked, each, needs.get(each)) for each in shown],
    }
    return pick(answer, asked_of(info))


async def looked_through(context: Context, given: Mapping[str, Any]) -> Looked:
    """A period as it is counted before somebody makes findings of it."""
    principal = context.allow(READ)
    check_sees_all(context.sight, principal.login)
    return await _looked(context, given["rules"], given["since"], given["until"])


async def _looked(context: Context, rules: str, since: str | None, until: str | None) -> Looked:
    version = _version(context, rules)
    period = period_meant(
        version.value.every,
        to_text(context.now),
        since,
        until,
        requirement="PR10.1",
        remedy="give an end that has passed; what is still to come cannot be counted",
    )
    standing = await context.impact.snapshot.current()
    return await look(context.graph, standing.mapped, version, period)


def _version(context: Context, rules: str) -> InForce:
    found = context.policies.find(RULES, rules)
    if found is None:
        known = [each.name for each in context.policies if each.kind == RULES]
        told = f"no rules of trends '{rules[:60]}' are in force"
        raise NotFound(told, remedy=did_you_mean(rules[:60], known), path=("rules",))
    return found


def _told(looked: Looked, trend: Trend, need: CommonNeed | None) -> dict[str, Any]:
    of_element = trend.subject.dimension in OF_ELEMENTS
    element = _element(looked, trend.subject.name) if of_element else None
    return {
        "__typename": "IncidentTrend",
        "dimension": trend.subject.dimension.value,
        "name": element["key"] if element else trend.subject.name,
        "element": element,
        "observed": trend.observed,
        "past": trend.past,
        "expected": float(trend.expected),
        "excess": float(trend.excess),
        "pValue": float(trend.p_value),
        "qValue": float(trend.q_value),
        "significant": trend.significant,
        "minutes": float(trend.minutes),
        "cost": float(trend.cost),
        "excessCost": float(trend.excess_cost),
        "hangsOn": _element(looked, need.element) if need is not None else None,
        "hops": need.hops if need is not None else None,
        "incidents": list(trend.incidents),
    }


def _element(looked: Looked, id: str) -> dict[str, Any]:
    it = looked.elements[id]
    return {
        "__typename": "TrendElement",
        "id": id,
        "key": it["key"],
        "name": it["name"],
        "kind": it["kind"],
    }
