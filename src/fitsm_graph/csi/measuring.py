"""Verbs by which what indicators say is kept, suggested from, and aimed at (PR14.1, PR14.3)."""

from fitsm_graph.csi.kpis import (
    Indicator,
    Measured,
    Standing,
    defined,
    given_to,
    query_of,
    told,
)
from fitsm_graph.csi.suggestions import AnImprovement, SuggestionSource, register_suggestion
from fitsm_graph.flow.lives import stepped
from fitsm_graph.flow.periods import Period, period_meant
from fitsm_graph.flow.policies import InForce, Policies
from fitsm_graph.flow.sight import check_sees_all
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.canonical import digest_value
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.csi import AIMS_AT
from fitsm_graph.model.declare import Process


@verb("kpi_value.measure", room=Process.CSI, requirement="PR14.1", on="KPIValue")
async def measure_kpi(
    tx: Tx,
    policies: Policies,
    kpi: str,
    *,
    since: Moment | None = None,
    until: Moment | None = None,
) -> Properties:
    """Keep what an indicator says of a period that is over; kept once, however often (PR14.1).

    Args:
        tx: The transaction.
        policies: In force.
        kpi: Name of its definition, such as incident_reopened.
        since: Beginning of the period, RFC 3339; with until. The last whole one when left out.
        until: Its end, RFC 3339; not included.

    Examples:
        fsg kpi-value measure incident_reopened
        fsg kpi-value measure ci_owned --since 2026-10-01T00:00Z --until 2026-11-01T00:00Z

    Raises:
        NotFound: No definition of that name is in force.
        BadInput: Only one end of the period is given, or it ends before it begins.
        Forbidden: Who acts does not see all records.
        Refused: PERIOD_NOT_OVER.
    """
    it = defined(policies, kpi)
    period = period_of(tx, it.value, since, until)
    row = await tx.one("csi.kpi_value_context", identity=identity_of(it, period))
    if row["known"] is not None:
        return tx.update("KPIValue", row["known"], {})
    return keep(tx, it, await measured_in(tx, policies, it.value, period))


@verb("suggestion.from_kpi", room=Process.CSI, requirement="PR14.1", on="Suggestion")
async def suggest_from_kpi(
    tx: Tx,
    policies: Policies,
    missed: str,
    *,
    since: Moment | None = None,
    until: Moment | None = None,
) -> Properties:
    """Suggest an improvement of what an indicator missed; missed again, it is counted (PR14.1).

    Args:
        tx: The transaction.
        policies: In force.
        missed: Name of the indicator, such as incident_reopened.
        since: Beginning of the period, RFC 3339; with until. The last whole one when left out.
        until: Its end, RFC 3339; not included.

    Examples:
        fsg suggestion from-kpi incident_reopened

    Raises:
        NotFound: No definition of that name is in force.
        BadInput: Only one end of the period is given, or it ends before it begins.
        Forbidden: Who acts does not see all records.
        Refused: PERIOD_NOT_OVER, or TARGET_NOT_MISSED.
    """
    it = defined(policies, missed)
    indicator: Indicator = it.value
    measured = await measured_in(tx, policies, indicator, period_of(tx, indicator, since, until))
    if measured.standing is not Standing.MISSED:
        raise Refused(
            f"{indicator.name} does not miss its target",
            code="TARGET_NOT_MISSED",
            why=_in_words(indicator, measured),
            remedy="nothing has to be done; or look at another period",
            requirement="PR14.1",
        )
    return await register_suggestion(
        tx,
        policies,
        f"{indicator.title}: the target is missed",
        source=SuggestionSource.MEASUREMENT,
        finding=f"kpi/{indicator.name}",
        description=f"{_in_words(indicator, measured)}. {indicator.why}",
    )


@verb("improvement.aim", room=Process.CSI, requirement="PR14.3", on="Improvement")
async def aim_improvement(tx: Tx, policies: Policies, ref: AnImprovement, kpi: str) -> Properties:
    """Say which indicator an improvement is to better; what that said last is kept (PR14.3).

    Its review measures the same from the implementation on, and keeps that as well.

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the improvement.
        kpi: Name of the indicator, such as incident_reopened.

    Examples:
        fsg improvement aim IMP-000001 incident_reopened

    Raises:
        NotFound: There is no such improvement or definition.
        Forbidden: Who acts does not see all records.
        Refused: It is implemented, or over.
    """
    it = defined(policies, kpi)
    row = found(await tx.rows("csi.improvement_context", ref=ref), "improvement", ref)
    improvement = row["improvement"]
    stepped(policies, "Improvement", improvement, "improvement.aim")
    value = keep(
        tx, it, await measured_in(tx, policies, it.value, period_of(tx, it.value, None, None))
    )
    for former in row["aims"]:
        tx.unrelate(AIMS_AT.type, improvement["id"], former["id"], former["link"])
    tx.relate(AIMS_AT.type, improvement["id"], value["id"])
    return tx.update("Improvement", improvement, {})


# --- what they share -----------------------------------------------------------------------------


def period_of(tx: Tx, indicator: Indicator, since: str | None, until: str | None) -> Period:
    """The period that is meant, which is over: the last whole one where nothing is said.

    Raises:
        BadInput: Only one end of the period is given, or it ends before it begins.
        Refused: PERIOD_NOT_OVER.
    """
    return period_meant(
        indicator.every,
        tx.at,
        since,
        until,
        requirement="PR14.1",
        remedy="`fsg kpi` shows what it says so far; keep it when the period is over",
    )


async def measured_in(tx: Tx, policies: Policies, indicator: Indicator, period: Period) -> Measured:
    """What an indicator says of a period, to somebody who sees all records.

    Raises:
        Forbidden: They see a part.
    """
    check_sees_all(tx.sight, tx.actor)
    row = await tx.one(query_of(indicator).name, **given_to(policies, indicator, period))
    return told(policies, indicator, period, row)


def keep(tx: Tx, it: InForce, measured: Measured) -> Properties:
    """State that a value is kept, with what it came from."""
    indicator: Indicator = it.value
    return tx.create(
        "KPIValue",
        {
            "kpi": it.name,
            "of_process": indicator.formula.process,
            "since": measured.period.since,
            "until": measured.period.until,
            "unit": indicator.formula.unit,
            "target": indicator.target,
            "definition": it.key,
            "formula": indicator.formula.name,
            "formula_digest": indicator.formula.digest,
            "identity": identity_of(it, measured.period),
            "value": measured.value,
            "numerator": measured.numerator,
            "denominator": measured.denominator,
            "standing": measured.standing,
        },
    )


def identity_of(it: InForce, period: Period) -> str:
    """What tells a value from others: the version of its definition, its formula, its period."""
    return digest_value([it.key, it.value.formula.digest, period.since, period.until])


def _in_words(indicator: Indicator, measured: Measured) -> str:
    said = "there is nothing to measure" if measured.value is None else f"it is {measured.value:g}"
    bound = "at least" if indicator.better.value == "higher" else "at most"
    unit = indicator.formula.unit.value
    period = f"from {measured.period.since} until {measured.period.until}"
    return (
        f"{period} {said} ({unit}: {measured.numerator} of {measured.denominator}); "
        f"the target is {bound} {indicator.target:g}"
    )
