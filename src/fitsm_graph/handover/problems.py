"""Problems that other processes raise (the arrows that lead to PM)."""

from collections.abc import Sequence
from typing import Annotated, Any

from fitsm_graph.chm.approving import ChangeOutcome
from fitsm_graph.chm.within import AChange, change_row
from fitsm_graph.csi.weak_services import MOST_NAMED, some_point_below
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import kept
from fitsm_graph.flow.sight import check_sees_all
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.pm import ARISES_FROM
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
    said: dict[str, Any] = {"title": title, "description": description}
    said["source"] = ProblemSource.MAJOR_INCIDENT
    return await _from_incident(tx, policies, reaching, incident, **said)


@verb(
    "problem.from_incident",
    room=Process.PM,
    raised_in=Process.ISRM,
    requirement="PR10.1",
    on="Problem",
)
async def raise_problem_from_incident(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    raised_from: Annotated[str, Of("Incident")],
    *,
    investigates: Sequence[Annotated[str, Of("Element")]] = (),
    title: str = "",
    description: str = "",
) -> Properties:
    """Raise a problem from an incident whose cause nobody knows (PR10.1).

    It is of the category that the incident is of.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services.
        raised_from: Id or key of the incident.
        investigates: Elements that the cause is suspected in.
        title: What happens, in a line; that of the incident when left out.
        description: What is known.

    Examples:
        fsg problem from-incident INC-000001 --investigates sto-a

    Raises:
        NotFound: There is no such incident, or an element is not there.
        Refused: CAUSED_BY_ANOTHER.
    """
    incident = (await kept(tx, "Incident", raised_from)).record
    said: dict[str, Any] = {"title": title, "description": description}
    said["investigates"] = investigates
    return await _from_incident(tx, policies, reaching, incident, **said)


async def _from_incident(
    tx: Tx, policies: Policies, reaching: Reaches, incident: Properties, *, title: str, **said: Any
) -> Properties:
    """A problem that an incident shows: called as that is, and of its category."""
    said |= {"incidents": [incident["key"]], "category": incident.get("category") or ""}
    return await register_problem(tx, policies, reaching, title or incident["title"], **said)


@verb(
    "problem.from_change",
    room=Process.PM,
    raised_in=Process.CHM,
    requirement="PR10.1",
    on="Problem",
)
async def raise_problem_from_change(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    raised_from: AChange,
    *,
    title: str = "",
    description: str = "",
) -> Properties:
    """Raise a problem from a change that went wrong, in what it altered (PR10.1).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services.
        raised_from: Id or key of the change.
        title: What happens, in a line; that of the change when left out.
        description: What is known.

    Examples:
        fsg problem from-change CHG-000001 --title "controllers refuse new firmware"

    Raises:
        NotFound: There is no such change.
        Refused: CHANGE_NOT_FAILED.
    """
    row = await change_row(tx, raised_from)
    change = row.change
    if change.get("outcome") in {None, ChangeOutcome.SUCCESSFUL}:
        raise Refused(
            f"{change['key']} has not gone wrong",
            code="CHANGE_NOT_FAILED",
            why=f"it is {change.get('outcome') or change['status']}",
            remedy="`fsg problem register`, with what is known",
            path=("raisedFrom",),
            requirement="PR10.1",
        )
    made = await register_problem(
        tx,
        policies,
        reaching,
        title or change["title"],
        investigates=[each["id"] for each in row.alters if tx.sees(each["labels"])],
        description=description,
        source=ProblemSource.CHANGE,
    )
    tx.relate(ARISES_FROM.type, made["id"], change["id"])
    return made


@verb(
    "problem.from_single_point",
    room=Process.PM,
    raised_in=Process.CSI,
    requirement="PR10.1",
    on="Problem",
)
async def raise_problem_from_single_point(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    endangers: Annotated[str, Of("Element")],
    *,
    title: str = "",
    description: str = "",
) -> Properties:
    """Raise a problem from what takes an element down alone, which it investigates (PR10.1).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what takes it down.
        endangers: Id or key of the element: a service, mostly.
        title: What is wrong, in a line; made of its key when left out.
        description: What is known.

    Examples:
        fsg problem from-single-point svc-mail

    Raises:
        NotFound: There is no such element.
        Forbidden: Who acts does not see all elements.
        Refused: NO_SINGLE_POINT.
    """
    check_sees_all(tx.sight, tx.actor)
    rows = await tx.rows("confm.elements_by_ref", refs=[endangers])
    element = found(rows, "element", endangers)["element"]
    points = some_point_below(reaching.standing, element, "PR10.1")
    return await register_problem(
        tx,
        policies,
        reaching,
        title or f"{element['key']} goes down with one element",
        investigates=points[:MOST_NAMED],
        description=description,
        source=ProblemSource.ANALYSIS,
    )
