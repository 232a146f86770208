"""A service request made like another one: what was asked for once is asked for again (PR9.1)."""

from typing import Annotated

from fitsm_graph.flow.cloning import check_live, made_like, original, taken_over
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.isrm.request_rules import REQUEST
from fitsm_graph.isrm.requests import ARequest, requested
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
