"""Suggestions from what comes again: incidents, changes that fail, shared fate (PR14.1).

Each is one finding with its own key; found again, it is the same suggestion, counted.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from fitsm_graph.csi.suggestions import SuggestionSource, register_suggestion
from fitsm_graph.csi.weak_services import MOST_NAMED
from fitsm_graph.flow.periods import Period, between
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.sight import check_sees_all
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.redundancy import fates_of, redundant_needs
from fitsm_graph.impact.snapshot import Standing
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.kernel.text import first_of, plural
from fitsm_graph.model.declare import Process

MOST_NEEDS = 50
"""Redundant needs of a service that are examined, the nearest first."""


@verb("suggestion.from_incidents", room=Process.CSI, requirement="PR14.1", on="Suggestion")
async def suggest_from_incidents(
    tx: Tx,
    policies: Policies,
    recurring: Annotated[str, Of("Element")],
    *,
    since: Moment,
    until: Moment,
) -> Properties:
    """Suggest to better an element at which incidents came again in a period (PR14.1).

    Args:
        tx: The transaction.
        policies: In force.
        recurring: Id or key of the element that their cause lay in, or that they affected.
        since: Beginning of the period, RFC 3339; included.
        until: Its end; not included.

    Examples:
        fsg suggestion from-incidents sto-a --since 2026-11-01T00:00Z --until 2026-12-01T00:00Z

    Raises:
        BadInput: The period ends before it begins.
        Forbidden: Who acts does not see all elements.
        Refused: NO_OPPORTUNITY, when there were fewer than two, or there is no such element.
    """
    check_sees_all(tx.sight, tx.actor)
    period = between(since, until)
    given = {"refs": [recurring], "since": period.since, "until": period.until, "least": 2}
    rows = await tx.rows("csi.recurring_incidents", **given)
    if not rows:
        raise _nothing(f"no incidents came again at '{recurring[:80]}'", period)
    row = rows[0]
    return await register_suggestion(
        tx,
        policies,
        f"Incidents come again at the same {'service' if row['is_service'] else 'element'}",
        source=SuggestionSource.INCIDENT,
        finding=finding_of_incidents(row["id"]),
        description=f"{_when(period)}: {plural(len(row['incidents']), 'incident')}, "
        f"{first_of(row['incidents'], MOST_NAMED)}.",
        would_improve=[row["id"]],
    )


@verb("suggestion.from_changes", room=Process.CSI, requirement="PR14.1", on="Suggestion")
async def suggest_from_changes(
    tx: Tx, policies: Policies, failing: str, *, since: Moment, until: Moment
) -> Properties:
    """Suggest to better a kind of change that failed in a period (PR14.1).

    Args:
        tx: The transaction.
        policies: In force.
        failing: Type of the changes: standard, normal, major or emergency.
        since: Beginning of the period, RFC 3339; included.
        until: Its end; not included.

    Examples:
        fsg suggestion from-changes normal --since 2026-11-01T00:00Z --until 2026-12-01T00:00Z

    Raises:
        BadInput: The period ends before it begins.
        Forbidden: Who acts does not see all elements.
        Refused: NO_OPPORTUNITY, when none failed.
    """
    check_sees_all(tx.sight, tx.actor)
    period = between(since, until)
    rows = await tx.rows("csi.changes_by_type", since=period.since, until=period.until)
    row = next((each for each in rows if each["type"] == failing and each["failed"]), None)
    if row is None:
        raise _nothing(f"no change of the type '{failing[:40]}' failed", period)
    many = plural(row["changes"], "change")
    return await register_suggestion(
        tx,
        policies,
        f"Changes of the type {failing} fail",
        source=SuggestionSource.CHANGE,
        finding=finding_of_changes(failing),
        description=f"{_when(period)}: {len(row['failed'])} of {many} failed, "
        f"{first_of(row['failed'], MOST_NAMED)}.",
    )


@verb("suggestion.from_shared_fate", room=Process.CSI, requirement="PR14.1", on="Suggestion")
async def suggest_from_shared_fate(
    tx: Tx, policies: Policies, reaching: Reaches, redundant: Annotated[str, Of("Service")]
) -> Properties:
    """Suggest to part what is redundant below a service, and falls with one element (PR14.1).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services.
        redundant: Id or key of the service.

    Examples:
        fsg suggestion from-shared-fate svc-portal

    Raises:
        NotFound: There is no such service.
        Forbidden: Who acts does not see all elements.
        Refused: NO_OPPORTUNITY, when its redundancy shares no fate.
    """
    check_sees_all(tx.sight, tx.actor)
    rows = await tx.rows("confm.elements_by_ref", refs=[redundant])
    services = [row for row in rows if "Service" in row["labels"]]
    service = found(services, "service", redundant)["element"]
    shared = shared_below(reaching.standing, service["id"])
    if not shared:
        raise Refused(
            f"what is redundant below {service['key']} shares no fate",
            code="NO_OPPORTUNITY",
            why="no element takes several of its members down so that what needs them fails",
            remedy="nothing has to be done",
            requirement="PR14.1",
        )
    return await register_suggestion(
        tx,
        policies,
        f"Redundancy below {service['name']} falls with one element",
        source=SuggestionSource.MEASUREMENT,
        finding=finding_of_fate(service["key"]),
        description=f"{plural(len(shared), 'element')} can take redundant members down together.",
        would_improve=[service["id"], *shared[:MOST_NAMED]],
    )


def finding_of_incidents(element: str) -> str:
    """What tells the finding from others, by the id of the element."""
    return f"recurring/{element}"


def finding_of_changes(type: str) -> str:
    """The same, by the type of the changes."""
    return f"failing-changes/{type}"


def finding_of_fate(service: str) -> str:
    """The same, by the key of the service."""
    return f"shared-fate/{service}"


def failing_types(rows: Iterable[Mapping[str, Any]], *, least: int, share: float) -> list[str]:
    """Types of changes of which so many failed, and such a share.

    Args:
        rows: Of `csi.changes_by_type`.
        least: How many have to have failed.
        share: What part of all of the type.
    """
    return [
        each["type"]
        for each in rows
        if len(each["failed"]) >= least and len(each["failed"]) >= share * each["changes"]
    ]


def shared_below(standing: Standing, service: str) -> list[str]:
    """Ids of elements that take redundant members below a service down together, each once."""
    topology, network = standing.mapped.topology, standing.mapped.network
    number = topology.find(service)
    if number < 0:
        return []
    needs = redundant_needs(network, number, deep=True)[:MOST_NEEDS]
    providers = [each.element for fate in fates_of(standing, needs) for each in fate.providers]
    return [topology.id(each) for each in dict.fromkeys(providers)]


def _when(period: Period) -> str:
    return f"From {period.since} until {period.until}"


def _nothing(what: str, period: Period) -> Refused:
    return Refused(
        f"{what} from {period.since} until {period.until}",
        code="NO_OPPORTUNITY",
        why="looked at is what was registered or ended then",
        remedy="nothing has to be done; or look at another period",
        requirement="PR14.1",
    )
