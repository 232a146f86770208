"""Suggestions from targets: services whose incidents or requests were dealt with late (PR14.1)."""

from collections.abc import Mapping
from typing import Annotated, Any

from fitsm_graph.csi.suggestions import SuggestionSource, register_suggestion
from fitsm_graph.flow.periods import between
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.sight import check_sees_all
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import verb
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
    first, last = period.since, period.until
    rows = await tx.rows("csi.targets_of_services", services=[late], since=first, until=last)
    row = found(rows, "service", late)
    service = row["service"]
    if not were_late(row):
        raise Refused(
            f"no target of {service['key']} was missed from {first} until {last}",
            code="TARGET_NOT_MISSED",
            why=f"of what was responded to ({row['answered']}) and resolved ({row['resolved']}) "
            "then, nothing was late",
            remedy="nothing has to be done; or look at another period",
            requirement="PR14.1",
        )
    return await register_suggestion(
        tx,
        policies,
        f"{service['name']} misses its targets",
        source=SuggestionSource.MEASUREMENT,
        finding=finding_of(service["key"]),
        description=_said(row, first, last),
        would_improve=[service["id"]],
    )


def finding_of(service: str) -> str:
    """What tells the finding from others, by the key of the service."""
    return f"targets/{service}"


def were_late(row: Mapping[str, Any]) -> int:
    """How often something of a row of `csi.targets_of_services` was late."""
    late: int = row["answered_late"] + row["resolved_late"]
    return late


def _said(row: Mapping[str, Any], first: str, last: str) -> str:
    """How much was late in a period, in a sentence."""
    return (
        f"From {first} until {last}: {row['answered_late']} of {row['answered']} answered late, "
        f"{row['resolved_late']} of {plural(row['resolved'], 'case')} resolved late."
    )
