"""A service request is given back for information, and goes on once there is an answer (PR9.2)."""

from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.returning import asked, said, with_answer
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx, check_version
from fitsm_graph.graph.verb import verb
from fitsm_graph.isrm.cases import NOT_WAITING, case_of, moved
from fitsm_graph.isrm.desk import WaitingFor
from fitsm_graph.isrm.request_rules import REQUEST
from fitsm_graph.isrm.requests import ARequest
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.declare import Process


@verb("service_request.return", room=Process.ISRM, requirement="PR9.2", on=REQUEST)
async def return_service_request(
    tx: Tx, policies: Policies, ref: ARequest, question: str, *, expected_version: int | None = None
) -> Properties:
    """Give a request back to its requester for information; its clocks wait meanwhile (PR9.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the request.
        question: What is missing.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg service-request return SRQ-000001 "for which building?"

    Raises:
        NotFound: There is no such request.
        Refused: It waits already, is fulfilled, or is over.
        Conflict: VERSION_CONFLICT.
    """
    missing = asked(question, "PR9.2")
    case = await case_of(tx, REQUEST, ref)
    check_version(case.record, expected_version)
    more = {"waiting_for": WaitingFor.USER, "waiting_reason": missing}
    return moved(tx, policies, case, "service_request.return", **more)


@verb("service_request.answer", room=Process.ISRM, requirement="PR9.2", on=REQUEST)
async def answer_service_request(
    tx: Tx, policies: Policies, ref: ARequest, answer: str, *, expected_version: int | None = None
) -> Properties:
    """Give the information that a request waits for; it goes on then, with its clocks (PR9.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the request.
        answer: What was missing; it is added to what is known.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg service-request answer SRQ-000001 "for the new one"

    Raises:
        NotFound: There is no such request.
        Refused: It does not wait, or NOTHING_ASKED.
        Conflict: VERSION_CONFLICT.
    """
    known = said(answer, "PR9.2")
    case = await case_of(tx, REQUEST, ref)
    record = case.record
    check_version(record, expected_version)
    described = with_answer(record, record.get("waiting_reason") or "", known)
    more = {"description": described, **NOT_WAITING}
    after = moved(tx, policies, case, "service_request.answer", **more)
    if record.get("waiting_for") != WaitingFor.USER:
        raise Refused(
            f"{record['key']} does not wait for a user",
            code="NOTHING_ASKED",
            why=f"it waits for: {record.get('waiting_reason') or 'nobody knows what'}",
            remedy="add a comment; who deals with it resumes it",
            requirement="PR9.2",
        )
    return after
