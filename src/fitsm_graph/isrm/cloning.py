"""Requests and incidents made like others: asked for again, or the same elsewhere (PR9.1)."""

from collections.abc import Sequence
from typing import Annotated

from fitsm_graph.flow.cloning import Original, check_live, made_like, original, taken_over
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.effects import Hit
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.cases import INCIDENT
from fitsm_graph.isrm.entering import asked_for, entered_as
from fitsm_graph.isrm.request_rules import REQUEST
from fitsm_graph.isrm.requests import ARequest, requested
from fitsm_graph.isrm.service import AnIncident
from fitsm_graph.model.declare import Process
from fitsm_graph.model.isrm import REQUESTED_BY, REQUESTS


@verb("service_request.clone", room=Process.ISRM, requirement="PR9.1", on=REQUEST, anytime=True)
async def clone_service_request(
    tx: Tx,
    policies: Policies,
    ref: ARequest,
    *,
    title: str = "",
    requester: Annotated[str, Of("Person")] = "",
) -> Properties:
    """Ask for the same as another request did, whatever became of that (PR9.1).

    It has the words and the category of the other, and the steps that its offering has now. It is
    prioritised anew, and its time begins now; what a person decided of the other does not hold.

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the other request.
        title: What is asked for, in a line; that of the other when left out.
        requester: Id or key of the person who asks for it; that of the other when left out.

    Examples:
        fsg service-request clone SRQ-000001 --requester eve

    Raises:
        NotFound: The request or the person is not there.
        Refused: It is offered no more, or CLONE_OF_RETIRED.
    """
    other = await original(tx, REQUEST, ref)
    (offering,) = other.led_to(REQUESTS.type)
    persons = [] if requester else other.led_to(REQUESTED_BY.type)
    check_live(tx, REQUEST, [offering, *persons])
    who = requester or next((each["id"] for each in persons), "")
    fields = taken_over(policies, REQUEST, other.record, title)
    made = await requested(tx, policies, offering["id"], fields, requester=who)
    return made_like(tx, made, other.record)


@verb("incident.clone", room=Process.ISRM, requirement="PR9.1", on=INCIDENT, anytime=True)
async def clone_incident(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    ref: AnIncident,
    affects: Sequence[Hit] = (),
    *,
    title: str = "",
    reporter: Annotated[str, Of("Person")] = "",
) -> Properties:
    """Register the same incident again, such as at another place, whatever became of that (PR9.1).

    It has the words and the category of the other, and begins now. What it affects is weighed as
    the graph is now, and open incidents like it are looked for, as for each that is registered.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what the affected elements do to services.
        ref: Id or key of the other incident.
        affects: The elements that suffer from it; those of the other when left out.
        title: What is wrong, in a line; that of the other when left out.
        reporter: Id or key of the person who reports it.

    Examples:
        fsg incident clone INC-000001 rack-7 --title "no power in rack 7"

    Raises:
        NotFound: The incident, an element or the person is not there.
        BadInput: With what is wrong.
        Refused: CLONE_OF_RETIRED.
    """
    refs = [element for element, _ in affects]
    given = {"refs": refs, **asked_for(policies, "", reporter, like=ref)}
    row = await tx.one("isrm.registration_context", **given)
    other = Original(found([row["original"]] if row["original"] else [], "incident", ref))
    if not affects:
        check_live(tx, INCIDENT, other.ties)
    hit = affects or [Hit(each["id"], each["properties"]["effect"]) for each in other.ties]
    fields = {"category": "", **taken_over(policies, INCIDENT, other.record, title)}
    described = {"description": "", **fields, "starts_at": tx.at}
    made = await entered_as(tx, policies, reaching, described, hit, row, reporter=reporter)
    return made_like(tx, made, other.record)
