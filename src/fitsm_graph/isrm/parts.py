"""Incidents that report the same: grouped as parts of one, and split off again (PR9.1)."""

from typing import Annotated

from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.weighing import Behind
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.cases import INCIDENT, Case, allowed, case_of, changed
from fitsm_graph.isrm.service import reassessed
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.isrm import CHILD_OF

AnIncident = Annotated[str, Of(INCIDENT)]


@verb("incident.merge", room=Process.ISRM, requirement="PR9.1", on=INCIDENT)
async def merge_incident(
    tx: Tx, policies: Policies, reaching: Reaches, ref: AnIncident, into: AnIncident
) -> Properties:
    """Make an open incident a part of another that reports the same; it ends with that (PR9.1).

    The other one is weighed again: how many report it is a criterion of a major incident.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what the affected elements do to services.
        ref: Id or key of the incident that becomes a part.
        into: Id or key of the incident that goes on.

    Examples:
        fsg incident merge INC-000002 INC-000001

    Raises:
        NotFound: One of them is not there.
        Refused: One is over, PART_OF_ITSELF, PARTS_NESTED, or MAJOR_PART.
    """
    part, whole = await case_of(tx, INCIDENT, ref), await case_of(tx, INCIDENT, into)
    for each in (part, whole):
        allowed(policies, each, "incident.merge")
    _check(part, whole)
    if part.row["whole"] is None:
        tx.relate(CHILD_OF.type, part.record["id"], whole.record["id"])
        reach = reaching.of(whole.effects, whole.record["key"])
        known = whole.record.get("customers_reached") or 0, whole.record.get("users_reached") or 0
        many = len(whole.parts) + 2
        after = reassessed(tx, policies, whole, reach, Behind(*known), linked=many)
        changed(tx, policies, whole, after)
    return part.record


@verb("incident.split", room=Process.ISRM, requirement="PR9.1", on=INCIDENT)
async def split_incident(tx: Tx, policies: Policies, ref: AnIncident) -> Properties:
    """Say that an incident is no part of another after all (PR9.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the incident that is a part.

    Examples:
        fsg incident split INC-000002

    Raises:
        NotFound: There is no such incident.
        Refused: NO_PART, or it is over.
    """
    case = await case_of(tx, INCIDENT, ref)
    record = allowed(policies, case, "incident.split")
    if case.row["whole"] is None:
        raise Refused(
            f"{record['key']} is part of no other",
            code="NO_PART",
            remedy="nothing has to be done",
            requirement="PR9.1",
        )
    tx.unrelate(CHILD_OF.type, record["id"], case.row["whole_id"], case.row["bond"])
    return record


def _check(part: Case, whole: Case) -> None:
    """Refuse parts of parts, a part of two, and a major one in one that is not."""
    mine, other = part.record["key"], whole.record["key"]
    if mine == other:
        raise Refused(
            f"{mine} cannot be part of itself",
            code="PART_OF_ITSELF",
            remedy="name another incident",
            path=("into",),
            requirement="PR9.1",
        )
    held = part.row["whole"]
    why = ""
    if held not in {None, other}:
        why = f"{mine} is part of {held} already"
    elif whole.row["whole"] is not None:
        why = f"{other} is part of {whole.row['whole']} itself"
    elif part.parts:
        why = f"{mine} has parts of its own"
    if why:
        raise Refused(
            f"{mine} cannot be part of {other}",
            code="PARTS_NESTED",
            why=f"{why}, and parts have no parts",
            remedy="merge them into the one on top; split off first what is in the way",
            path=("into",),
            requirement="PR9.1",
        )
    if part.is_major and not whole.is_major:
        raise Refused(
            f"{mine} is a major incident, and {other} is none",
            code="MAJOR_PART",
            why="it would end with the other one, without coordination and review of its own",
            remedy=f"merge {other} into {mine}, or declare {other} a major one first",
            path=("into",),
            requirement="PR9.6",
        )
