"""Verbs over what customers say: complaints, and how content they are (PR14.1)."""

from typing import Annotated

from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import titled, told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.declare import Process
from fitsm_graph.model.sms_system import FROM_CUSTOMER, SPEAKS_OF
from fitsm_graph.sms.due_rules import rule_in
from fitsm_graph.sms.within import Read, led, moment, owned, read

COMPLAINT, SATISFACTION = "Complaint", "SatisfactionResult"
AComplaint = Annotated[str, Of(COMPLAINT)]
AResult = Annotated[str, Of(SATISFACTION)]
ACustomer = Annotated[str, Of("Customer")]
AService = Annotated[str, Of("Service")]


@verb("complaint.register", room=Process.SMS, requirement="PR14.1", on=COMPLAINT)
async def register_complaint(
    tx: Tx,
    policies: Policies,
    title: str,
    customer: ACustomer,
    *,
    service: AService = "",
    description: str = "",
    due_at: Moment | None = None,
    owner: Annotated[str, Of("Party")] = "",
) -> Properties:
    """Register what a customer is not content with (PR14.1).

    Args:
        tx: The transaction.
        policies: In force.
        title: What it is, in a line.
        customer: Who complains.
        service: The service that it is about.
        description: What they say.
        due_at: By when it is to be answered, RFC 3339; as the rule says otherwise.
        owner: Person or group that answers it.

    Examples:
        fsg complaint register "down each Monday" CUS-000001 --service mail --owner desk

    Raises:
        NotFound: The customer, the service or the owner is not there.
    """
    due = moment(due_at, "dueAt") or to_text(from_text(tx.at) + rule_in(policies).complaints)
    it = await read(tx, customer=customer, service=service, owner=owner)
    said = {"title": titled(title), "description": description.strip(), "due_at": due}
    made = tx.create(COMPLAINT, {**said, "status": life_of(policies, COMPLAINT).initial})
    _voiced(tx, it, made, customer, service)
    owned(tx, it, made, owner)
    return made


@verb("complaint.answer", room=Process.SMS, requirement="PR14.1", on=COMPLAINT)
async def answer_complaint(tx: Tx, policies: Policies, ref: AComplaint, answer: str) -> Properties:
    """Say what a customer who complained was told (PR14.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the complaint.
        answer: What they were told.

    Examples:
        fsg complaint answer CPL-000001 "the backup runs at night from now on"

    Raises:
        NotFound: There is no such complaint.
        Refused: It is closed.
    """
    said = told(answer, "answer", "say what they were told", "PR14.1")
    it = await read(tx, ref)
    record = it.record(COMPLAINT, ref)
    target = led(policies, COMPLAINT, record, "answer")
    first = record.get("answered_at") or tx.at
    return tx.update(COMPLAINT, record, {**target, "answer": said, "answered_at": first})


@verb("complaint.close", room=Process.SMS, requirement="PR14.1", on=COMPLAINT)
async def close_complaint(tx: Tx, policies: Policies, ref: AComplaint, outcome: str) -> Properties:
    """Close a complaint that was answered, and say whether that settled it (PR14.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the complaint.
        outcome: Whether that settled it.

    Examples:
        fsg complaint close CPL-000001 "they are content"

    Raises:
        NotFound: There is no such complaint.
        Refused: It was not answered, or is closed.
    """
    said = told(outcome, "outcome", "say whether that settled it", "PR14.1")
    it = await read(tx, ref)
    record = it.record(COMPLAINT, ref)
    target = led(policies, COMPLAINT, record, "close", "answer it first")
    return tx.update(COMPLAINT, record, {**target, "outcome": said, "closed_at": tx.at})


@verb("satisfaction_result.record", room=Process.SMS, requirement="PR14.1", on=SATISFACTION)
async def record_satisfaction_result(
    tx: Tx,
    policies: Policies,
    title: str,
    customer: ACustomer,
    score: int,
    *,
    service: AService = "",
    answers: int = 1,
    since: Moment | None = None,
    until: Moment | None = None,
    description: str = "",
    owner: Annotated[str, Of("Party")] = "",
) -> Properties:
    """Record how content a customer is, by a survey or a review of the service (PR14.1).

    Args:
        tx: The transaction.
        policies: In force.
        title: Where that was said, in a line.
        customer: Who said it.
        score: How content, 0 not at all to 100 wholly.
        service: The service that it is about.
        answers: How many said so.
        since: Beginning of the time they speak of, RFC 3339.
        until: Its end.
        description: What they said.
        owner: Person or group that sees to what follows.

    Examples:
        fsg satisfaction-result record "survey of spring" CUS-000001 70 --service mail --answers 41

    Raises:
        NotFound: The customer, the service or the owner is not there.
        BadInput: The score is out of range.
    """
    _check_counted(score, answers)
    it = await read(tx, customer=customer, service=service, owner=owner)
    fields = {
        "title": titled(title),
        "description": description.strip(),
        "score": score,
        "answers": answers,
        "since": moment(since, "since"),
        "until": moment(until, "until"),
    }
    made = tx.create(SATISFACTION, {**fields, "status": life_of(policies, SATISFACTION).initial})
    _voiced(tx, it, made, customer, service)
    owned(tx, it, made, owner)
    return made


@verb("satisfaction_result.close", room=Process.SMS, requirement="PR14.1", on=SATISFACTION)
async def close_satisfaction_result(
    tx: Tx, policies: Policies, ref: AResult, outcome: str
) -> Properties:
    """Say what follows from what a customer said; also that nothing has to (PR14.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the result.
        outcome: What follows.

    Examples:
        fsg satisfaction-result close SAT-000001 "the search gets better with the next release"

    Raises:
        NotFound: There is no such result.
        Refused: It is closed already.
    """
    said = told(outcome, "outcome", "say what follows", "PR14.1")
    it = await read(tx, ref)
    record = it.record(SATISFACTION, ref)
    target = led(policies, SATISFACTION, record, "close")
    return tx.update(SATISFACTION, record, {**target, "outcome": said, "closed_at": tx.at})


def _check_counted(score: int, answers: int) -> None:
    """Refuse a score out of range, or one that nobody gave."""
    if not 0 <= score <= 100:
        raise BadInput(f"{score} is no score", remedy="give 0 to 100", path=("score",))
    if answers < 1:
        raise BadInput("nobody said so", remedy="give 1 or more", path=("answers",))


def _voiced(tx: Tx, it: Read, record: Properties, customer: str, service: str) -> None:
    """Say whose voice a record is, and of which service."""
    tx.relate(FROM_CUSTOMER.type, record["id"], it.other("customer", customer))
    about = it.other("service", service)
    if about:
        tx.relate(SPEAKS_OF.type, record["id"], about)
