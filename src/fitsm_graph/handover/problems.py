"""Problems that other processes raise (the arrows that lead to PM)."""

from typing import Annotated

from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import kept
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.pm.service import ProblemSource, register_problem


@verb(
    "problem.from_major_incident",
    room=Process.PM,
    raised_in=Process.ISRM,
    requirement="PR9.6",
    on="Problem",
)
async def raise_problem_from_major_incident(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    raised_from: Annotated[str, Of("Incident")],
    *,
    title: str = "",
    description: str = "",
) -> Properties:
    """Raise a problem from a major incident, whose cause has to be found (PR9.6).

    It is of the category that the incident is of.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services.
        raised_from: Id or key of the incident.
        title: What happens, in a line; that of the incident when left out.
        description: What is known.

    Examples:
        fsg problem from-major-incident INC-000001

    Raises:
        NotFound: There is no such incident.
        Refused: NOT_MAJOR, or CAUSED_BY_ANOTHER.
    """
    incident = (await kept(tx, "Incident", raised_from)).record
    if not incident.get("major_since"):
        raise Refused(
            f"{incident['key']} was no major incident",
            code="NOT_MAJOR",
            why="nobody has declared it one",
            remedy="`fsg problem register` takes any incidents",
            requirement="PR9.6",
        )
    return await register_problem(
        tx,
        policies,
        reaching,
        title or incident["title"],
        incidents=[incident["key"]],
        description=description,
        source=ProblemSource.MAJOR_INCIDENT,
        category=incident.get("category") or "",
    )
