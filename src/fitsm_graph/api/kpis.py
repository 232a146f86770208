"""Key performance indicators over the API: what each says of a period, and of those before (PR14).

kpis(process: "isrm", trend: 6) { key value standing target trend { until value } }

One statement for each indicator and period, and no more than `MOST` of them in an answer.
"""

from collections.abc import Sequence
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import JSON, DateTime
from fitsm_graph.api.wholes import period_of, who_sees_all
from fitsm_graph.csi.kpis import Indicator, Measured, check_names, in_force, measured
from fitsm_graph.flow.periods import last_whole
from fitsm_graph.flow.policies import InForce
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.roles import PROCESSES

LONGEST_TREND = 24
"""Periods of one trend."""
MOST = 1_000
"""Statements of one answer."""


@strawberry.type(description="What an indicator says of one period.")
class KPIPoint:
    """Half-open, UTC."""

    since: DateTime
    until: DateTime
    value: float | None = strawberry.field(
        description="In the unit of the indicator; null: there is nothing to measure."
    )
    numerator: int
    denominator: int
    standing: str = strawberry.field(description="As in `kpis`.")


@strawberry.type(description="A key performance indicator of a process, and what it says.")
class KPIResult:
    """Computed when it is asked for."""

    key: str
    definition: str = strawberry.field(description="Key of the policy that defines it.")
    title: str
    why: str = strawberry.field(description="Why it matters.")
    process: str
    unit: str = strawberry.field(description="`share`, `hours`, `days` or `count`.")
    better: str = strawberry.field(description="Which values are: `higher` or `lower`.")
    target: float
    tolerance: float
    owner: str = strawberry.field(description="Key of the role that answers for it.")
    every: str = strawberry.field(description="The periods of its trend: `week`, `month`, …")
    formula: str = strawberry.field(description="Name of the query, a file of `cypher/kpi/`.")
    formula_digest: str
    parameters: JSON = strawberry.field(description="What the formula is given.")
    says: str = strawberry.field(description="What the formula tells, in a sentence.")
    counts: str = strawberry.field(description="What the numerator counts.")
    of: str = strawberry.field(description="What the denominator counts.")
    known: str = strawberry.field(
        description="What is known as it is now only, and not as it was then; empty: nothing."
    )
    since: DateTime
    until: DateTime
    value: float | None = strawberry.field(
        description="In the unit; null: there is nothing to measure."
    )
    numerator: int
    denominator: int
    standing: str = strawberry.field(
        description="`met`, `tolerated` or `missed`; or `nothing_to_measure`."
    )
    trend: list[KPIPoint] = strawberry.field(
        description="Whole periods that were over by the end, in order."
    )


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    return {
        "kpis": strawberry.field(
            resolver=answering(kpis), graphql_type=list[KPIResult], description=kpis.__doc__
        )
    }


async def kpis(
    info: Info,
    *,
    process: str = "",
    keys: list[str] | None = None,
    since: DateTime | None = None,
    until: DateTime | None = None,
    trend: int = 0,
) -> object:
    """What indicators say of a period; of the last whole one of each when left out (PR14.1)."""
    context = who_sees_all(info)
    chosen = _chosen(context, process, keys)
    _check_size(len(chosen), trend)
    told = [await _told(context, it, since, until, trend) for it in chosen]
    return [pick(each, asked_of(info)) for each in told]


async def _told(
    context: Context, it: InForce, since: str | None, until: str | None, trend: int
) -> dict[str, Any]:
    """What one indicator says of its period and of those before; each is computed once."""
    indicator: Indicator = it.value
    now = to_text(context.now)
    end = min(to_text(from_text(until, path=("until",))), now) if until else now
    before = last_whole(indicator.every, from_text(end), max(trend, 1))
    meant = period_of(since, until, now, before[-1].since) if since or until else before[-1]
    shown = before if trend else []
    found = {
        each: await measured(context.graph, context.policies, indicator, each)
        for each in dict.fromkeys((*shown, meant))
    }
    points = [_point(found[each]) for each in shown]
    return {**_defined(it), **_point(found[meant]), "trend": points, "__typename": "KPIResult"}


def _chosen(context: Context, process: str, keys: Sequence[str] | None) -> list[InForce]:
    """Definitions in force that are meant.

    Raises:
        BadInput: There is no such process or indicator.
    """
    known = [each.value for each in PROCESSES]
    if process and process.lower() not in known:
        what = f"there is no process '{process[:40]}'"
        raise BadInput(what, remedy=did_you_mean(process.lower(), known), path=("process",))
    check_names(context.policies, keys or ())
    return [
        each
        for each in in_force(context.policies)
        if process.lower() in {"", each.value.formula.process}
        and (keys is None or each.name in keys)
    ]


def _check_size(count: int, trend: int) -> None:
    """Refuse what would take too many statements.

    Raises:
        BadInput: Too long a trend, or of too many indicators.
    """
    if not 0 <= trend <= LONGEST_TREND:
        remedy = f"0 to {LONGEST_TREND} periods"
        raise BadInput("so long a trend is not told", remedy=remedy, path=("trend",))
    if count * (trend + 1) > MOST:
        raise BadInput(
            "too much is asked for at once",
            why=f"it would take {count * (trend + 1):,} statements, and {MOST:,} are the most",
            remedy="ask for one process after another, or for a shorter trend",
            path=("trend",),
        )


def _defined(it: InForce) -> dict[str, Any]:
    """What is said of an indicator whatever the period."""
    indicator: Indicator = it.value
    formula = indicator.formula
    return {
        "key": it.name,
        "definition": it.key,
        "title": indicator.title,
        "why": indicator.why,
        "process": formula.process.value,
        "unit": formula.unit.value,
        "better": indicator.better.value,
        "target": indicator.target,
        "tolerance": indicator.tolerance,
        "owner": indicator.owner_key,
        "every": indicator.every.value,
        "formula": formula.name,
        "formulaDigest": formula.digest,
        "parameters": dict(indicator.parameters),
        "says": formula.says,
        "counts": formula.counts,
        "of": formula.of,
        "known": formula.known,
    }


def _point(found: Measured) -> dict[str, Any]:
    """What was measured of one period."""
    return {
        "since": found.period.since,
        "until": found.period.until,
        "value": found.value,
        "numerator": found.numerator,
        "denominator": found.denominator,
        "standing": found.standing.value,
    }
