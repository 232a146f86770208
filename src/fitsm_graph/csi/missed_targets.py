"""Suggestions from targets: services that were dealt with late, or away for too long (PR14.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fitsm_graph.csi.suggestions import SuggestionSource, register_suggestion
from fitsm_graph.flow.availability import Span, earliest, looked_at, promises, spans_of
from fitsm_graph.flow.periods import Period, between
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.sight import check_sees_all
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.declare import Process


@verb("suggestion.from_targets", room=Process.CSI, requirement="PR14.1", on="Suggestion")
async def suggest_from_targets(
    tx: Tx, policies: Policies, late: Annotated[str, Of("Service")], *, since: Moment, until: Moment
) -> Properties:
    """Suggest to better a service whose targets of a period were missed (PR14.1).

    Found again, of another period too, it is the same suggestion, counted, with what is known now.

    Args:
        tx: The transaction.
        policies: In force.
        late: Id or key of the service.
        since: Beginning of the period, RFC 3339; included.
        until: Its end; not included.

    Examples:
        fsg suggestion from-targets mail --since 2026-11-01T00:00Z --until 2026-12-01T00:00Z

    Raises:
        NotFound: There is no such service.
        BadInput: The period ends before it begins.
        Forbidden: Who acts does not see all elements.
        Refused: TARGET_NOT_MISSED, when nothing of the period was late.
    """
    check_sees_all(tx.sight, tx.actor)
    period = between(since, until)
    row = found(
        await tx.rows(TARGETS_OF, **asked(policies, [late], period, tx.at)), "service", late
    )
    service = row["service"]
    missed = missed_of(policies, row, period, tx.at)
    if not missed.late and not missed.away:
        raise Refused(
            f"no target of {service['key']} was missed from {period.since} until {period.until}",
            code="TARGET_NOT_MISSED",
            why=f"of what was responded to ({row['answered']}) and resolved ({row['resolved']}) "
            "then, nothing was late, and no period that ended then had less availability than "
            "was agreed on",
            remedy="nothing has to be done; or look at another period",
            requirement="PR14.1",
        )
    return await register_suggestion(
        tx,
        policies,
        f"{service['name']} misses its targets",
        source=SuggestionSource.MEASUREMENT,
        finding=finding_of(service["key"]),
        description=_said(row, period, missed),
        would_improve=[service["id"]],
    )


def finding_of(service: str) -> str:
    """What tells the finding from others, by the key of the service."""
    return f"targets/{service}"


# --- what was missed -----------------------------------------------------------------------------

TARGETS_OF = "csi.targets_of_services"
"""The statement that tells what was late, and when services were away."""


@dataclass(frozen=True, slots=True)
class Missed:
    """What a service has missed in a period.

    Attributes:
        late: How often something was answered or resolved late.
        away: Keys of agreements with how many of their periods ended then in which it was not
            there for as much of the time as was agreed on.
    """

    late: int
    away: Mapping[str, int]


def asked(policies: Policies, services: Sequence[str], period: Period, now: str) -> dict[str, Any]:
    """What the statement is given.

    Args:
        policies: In force.
        services: Keys or ids of the services.
        period: That is looked at.
        now: In the stored form.
    """
    span = _span(period, now)
    since = min(period.since, to_text(earliest(policies, *span))) if span else period.since
    given = {"services": list(services), "since": period.since, "until": period.until}
    return {**given, "earliest": since}


def missed_of(policies: Policies, row: Mapping[str, Any], period: Period, now: str) -> Missed:
    """What a service has missed, by its row of the statement."""
    away: dict[str, int] = {}
    span = _span(period, now)
    if span is not None:
        down = spans_of(row["down"], from_text(now))
        for each in promises(policies, [row["service"]["key"]]):
            count = each.missed(down, *span)
            away |= {each.agreement.key: count} if count else {}
    return Missed(row["answered_late"] + row["resolved_late"], away)


def _span(period: Period, now: str) -> Span | None:
    return looked_at(from_text(period.since), from_text(period.until), from_text(now))


def _said(row: Mapping[str, Any], period: Period, missed: Missed) -> str:
    """How much was late or away in a period, in sentences."""
    late = f"{row['answered_late']} of {row['answered']} answered late"
    cases = f"{row['resolved_late']} of {plural(row['resolved'], 'case')} resolved late"
    away = [
        f" Less availability than {key} says in {plural(count, 'period')}."
        for key, count in missed.away.items()
    ]
    return f"From {period.since} until {period.until}: {late}, {cases}.{''.join(away)}"
