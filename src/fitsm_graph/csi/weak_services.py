"""Suggestions from the graph: services that one element takes down alone (PR14.1)."""

from collections.abc import Mapping
from typing import Annotated, Any

from fitsm_graph.csi.suggestions import SuggestionSource, register_suggestion
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.sight import check_sees_all
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.records import Kind
from fitsm_graph.impact.snapshot import Standing
from fitsm_graph.impact.upstream import single_points_of_failure
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.declare import Process

MOST_NAMED = 20
"""Elements that a suggestion is linked with, and records that it names; all are counted."""


@verb("suggestion.from_service", room=Process.CSI, requirement="PR14.1", on="Suggestion")
async def suggest_from_service(
    tx: Tx, policies: Policies, reaching: Reaches, weak: Annotated[str, Of("Service")]
) -> Properties:
    """Suggest more redundancy below a service that one element takes down alone (PR14.1).

    Found again, it is the same suggestion, counted, with what is known now.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services.
        weak: Id or key of the service.

    Examples:
        fsg suggestion from-service svc-portal

    Raises:
        NotFound: There is no such service.
        Forbidden: Who acts does not see all elements.
        Refused: NO_SINGLE_POINT.
    """
    check_sees_all(tx.sight, tx.actor)
    rows = await tx.rows("confm.elements_by_ref", refs=[weak])
    service = found([row for row in rows if "Service" in row["labels"]], "service", weak)["element"]
    points = some_point_below(reaching.standing, service, "PR14.1")
    critical = service.get("criticality")
    level = f" of criticality {critical}" if critical else ""
    return await register_suggestion(
        tx,
        policies,
        f"{service['name']}{level} goes down with one element",
        source=SuggestionSource.MEASUREMENT,
        finding=finding_of(service["key"]),
        description=f"{plural(len(points), 'element')} can take it down alone.",
        would_improve=[service["id"], *points[:MOST_NAMED]],
    )


def finding_of(service: str) -> str:
    """What tells the finding from others, by the key of the service."""
    return f"single-points/{service}"


def points_below(standing: Standing, service: str) -> list[str]:
    """Ids of the elements that take a service down alone, nearest first; none where it is DOWN.

    Groups are left out: they are no things, and fail only as their members do.
    """
    topology = standing.mapped.topology
    number = topology.find(service)
    if number < 0:
        return []
    seen = single_points_of_failure(standing.mapped.network, standing.before, number)
    things = [each for each in seen.elements if topology.kind(each) is not Kind.GROUP]
    return [topology.id(each) for each in things]


def some_point_below(standing: Standing, element: Mapping[str, Any], requirement: str) -> list[str]:
    """The same for somebody who wants something done about them.

    Args:
        standing: Elements with their states.
        element: Properties of what goes down.
        requirement: That asks for something to be done.

    Raises:
        Refused: NO_SINGLE_POINT.
    """
    points = points_below(standing, element["id"])
    if not points:
        raise Refused(
            f"no element takes {element['key']} down alone",
            code="NO_SINGLE_POINT",
            why="whatever fails alone, it goes on; or it is DOWN already",
            remedy="nothing has to be done; `impact` shows what two failures would do",
            requirement=requirement,
        )
    return points
