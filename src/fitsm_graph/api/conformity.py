"""Conformity over the API: what each requirement finds in the records, and what that amounts to."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import DateTime
from fitsm_graph.api.wholes import period_of, who_sees_all
from fitsm_graph.csi.conformity import (
    Finding,
    as_plain,
    capabilities,
    examined,
    progress,
    wanted,
)
from fitsm_graph.flow.periods import Period, Step, periods
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput

USUAL = timedelta(days=90)
"""How far back is looked where nothing is said."""
LONG = timedelta(days=180)
"""How far back a trend goes where nothing is said."""
MOST = 1_000
"""Violations that are told of each requirement."""


@strawberry.type(description="A record that lacks what a requirement asks for.")
class ConformityViolation:
    """It fails one check of the query."""

    id: strawberry.ID
    kind: str
    key: str
    indicator: str = strawberry.field(description="Which of the checks it fails.")
    why: str


@strawberry.type(description="How many records of a kind a finding rests on.")
class ConformityEvidence:
    """So that nobody takes two records for a proof."""

    what: str
    count: int


@strawberry.type(description="What is found of one requirement.")
class ConformityFinding:
    """Nothing to check is not conforming."""

    requirement: str
    title: str
    verdict: str = strawberry.field(
        description="`conforming`, `nonconforming`; or `nothing_to_check`; `not_examined` as there "
        "is no query yet; `not_provable` by records."
    )
    checked: int
    conforming: int
    share: float | None = strawberry.field(description="Of the records that conform.")
    violations: list[ConformityViolation]
    evidence: list[ConformityEvidence]


@strawberry.type(description="An estimate of how capable a process is, from records alone.")
class ProcessCapability:
    """0 nothing is done, 1 done, 2 done as defined and recorded, 3 measured and improved."""

    process: str
    level: int
    why: str


@strawberry.type(description="What requirements find in the records of a period.")
class Conformity:
    """Computed when it is asked for."""

    since: DateTime
    until: DateTime
    findings: list[ConformityFinding]
    capabilities: list[ProcessCapability]


@strawberry.type(description="What is found of one requirement in one period of a trend.")
class ConformityShare:
    """Without the records; `conformity` tells them."""

    requirement: str
    verdict: str = strawberry.field(description="As in `conformity`.")
    checked: int
    conforming: int
    share: float | None = strawberry.field(description="Of the records that conform.")


@strawberry.type(description="One period of a trend of conformity.")
class ConformityPeriod:
    """Half-open, UTC."""

    since: DateTime
    until: DateTime
    shares: list[ConformityShare]
    capabilities: list[ProcessCapability]


strawberry.enum(Step, name="ConformityStep", description="How long the periods of a trend are.")


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    return {
        "conformity": strawberry.field(
            resolver=answering(conformity), graphql_type=Conformity, description=conformity.__doc__
        ),
        "conformityTrend": strawberry.field(
            resolver=answering(conformity_trend),
            graphql_type=list[ConformityPeriod],
            description=conformity_trend.__doc__,
        ),
    }


async def conformity(
    info: Info,
    *,
    requirement: str = "",
    since: DateTime | None = None,
    until: DateTime | None = None,
    first: int = 20,
) -> object:
    """What one requirement, a group such as PR12, or all of the processes find (PR14.1)."""
    context = who_sees_all(info)
    if not 0 <= first <= MOST:
        raise BadInput("that many are not told", remedy=f"0 to {MOST}", path=("first",))
    period = period_of(since, until, to_text(context.now), to_text(context.now - USUAL))
    findings = await examined(
        context.graph, wanted(requirement), period, first, policies=context.policies
    )
    data = {
        "since": period.since,
        "until": period.until,
        "findings": [as_plain(each) for each in findings],
        "capabilities": await _levels(context.graph, findings, period),
        "__typename": "Conformity",
    }
    return pick(data, asked_of(info))


async def conformity_trend(
    info: Info,
    *,
    requirement: str = "",
    since: DateTime | None = None,
    until: DateTime | None = None,
    by: Step = Step.MONTH,
) -> object:
    """What requirements find in one period after another, each as it stood at its end (PR14.1)."""
    context = who_sees_all(info)
    whole = period_of(since, until, to_text(context.now), to_text(context.now - LONG))
    told = []
    policies = context.policies
    for period in periods(whole, by):
        findings = await examined(context.graph, wanted(requirement), period, 0, policies=policies)
        told.append(
            {
                "since": period.since,
                "until": period.until,
                "shares": [as_plain(each) for each in findings],
                "capabilities": await _levels(context.graph, findings, period),
            }
        )
    return [pick(each, asked_of(info)) for each in told]


async def _levels(
    graph: Graph, findings: Sequence[Finding], period: Period
) -> list[dict[str, Any]]:
    """Levels at the end of a period; what was measured is looked for half a year back at least."""
    since = min(period.since, to_text(from_text(period.until) - LONG))
    known = await progress(graph, Period(since, period.until))
    return [
        {"process": each.process.value, "level": each.level, "why": each.why}
        for each in capabilities(findings, known)
    ]
