"""Verbs over reviews: audits, management reviews, a manager's or an owner's look (GR6.2, GR1.3).

All of them are planned for a day, held with who was there, what was looked at, found and decided,
or cancelled with a reason. What is found leads on: to nonconformities and suggestions.
"""

from collections.abc import Sequence
from typing import Annotated

from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, check_version
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.declare import Process
from fitsm_graph.model.sms_system import FROM_CUSTOMER, LOOKED_AT, SPEAKS_OF
from fitsm_graph.sms.due_rules import OF_A_PROCESS, ReviewKind
from fitsm_graph.sms.within import (
    OF_A_SERVICE_NAMED,
    Read,
    check_of_service,
    led,
    lines,
    moment,
    owned,
    process_named,
    read,
)

KIND = "Review"
AReview = Annotated[str, Of(KIND)]
AService = Annotated[str, Of("Service")]
ACustomer = Annotated[str, Of("Customer")]


@verb(
    "review.plan",
    room=Process.SMS,
    requirement="GR6.2",
    on=KIND,
    subject=OF_A_SERVICE_NAMED,
)
async def plan_review(
    tx: Tx,
    policies: Policies,
    kind_of_review: ReviewKind,
    *,
    due_at: Moment,
    process: Process | None = None,
    service: AService = "",
    customer: ACustomer = "",
    title: str = "",
    description: str = "",
    plan: str = "",
    owner: Annotated[str, Of("Party")] = "",
) -> Properties:
    """Plan an audit or a review; those of the programme are planned by themselves (GR6.2).

    Args:
        tx: The transaction.
        policies: In force.
        kind_of_review: What is looked at, and by whom.
        due_at: By when it is to be held, RFC 3339.
        process: The process that is looked at; left out: the system as a whole.
        service: The service that is looked at: in a service review, and in nothing else.
        customer: The customer with whom that is; left out: with none.
        title: What it is called; as its kind says when left out.
        description: What is to be looked at.
        plan: Name of the plan that it is held by.
        owner: Person or group that holds it.

    Examples:
        fsg review plan audit --due-at 2027-06-01T09:00Z --owner audit
        fsg review plan process_review --process chm --due-at 2027-03-01T09:00Z
        fsg review plan service_review --service mail --customer acme --due-at 2027-04-01T09:00Z

    Raises:
        NotFound: The service, the customer or the owner is not there.
        BadInput: A review of a process or of a service names none, or one that it is not of.
    """
    check_of_service(kind_of_review, service, customer=customer, process=process)
    of_process = _looked_at(kind_of_review, process)
    it = await read(tx, owner=owner, service=service, customer=customer)
    due = to_text(from_text(due_at, path=("dueAt",)))
    fields = {"title": title.strip() or title_of(kind_of_review, of_process), "due_at": due}
    fields |= {"kind_of_review": kind_of_review, "of_process": of_process, "plan": plan}
    fields |= {"description": description.strip(), "status": life_of(policies, KIND).initial}
    made = tx.create(KIND, fields)
    owned(tx, it, made, owner)
    _of_service(tx, it, made, service, customer)
    return made


@verb("review.move", room=Process.SMS, requirement="GR6.2", on=KIND)
async def move_review(
    tx: Tx, policies: Policies, ref: AReview, why: str, *, due_at: Moment
) -> Properties:
    """Move a planned review to another day, and say why (GR6.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the review.
        why: Why it is moved.
        due_at: By when it is to be held, RFC 3339.

    Examples:
        fsg review move RVW-000001 "the auditor is ill" --due-at 2027-06-15T09:00Z

    Raises:
        NotFound: There is no such review.
        Refused: It was held or cancelled.
    """
    said = told(why, "why", "say why it is moved", "GR6.2")
    due = to_text(from_text(due_at, path=("dueAt",)))
    it = await read(tx, ref)
    review = it.record(KIND, ref)
    led(policies, KIND, review, "move", "plan another one")
    return tx.update(KIND, review, {"due_at": due, "why": said})


@verb("review.hold", room=Process.SMS, requirement="GR6.2", on=KIND)
async def hold_review(
    tx: Tx,
    policies: Policies,
    ref: AReview,
    findings: Sequence[str],
    *,
    attended: Sequence[str] = (),
    inputs: Sequence[str] = (),
    decisions: Sequence[str] = (),
    looked_at: Sequence[Annotated[str, Of("Document")]] = (),
    since: Moment | None = None,
    expected_version: int | None = None,
) -> Properties:
    """Say that a review was held: who was there, what was looked at, found and decided (GR6.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the review.
        findings: What was found: trends, nonconformities, poor records; that nothing was, too.
        attended: Keys or names of who was there.
        inputs: What was looked at.
        decisions: What was decided, and who does it.
        looked_at: Documents that were looked at, such as a conformity report.
        since: Beginning of the time that was looked at, RFC 3339.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg review hold RVW-000001 "a third of the changes has no aim" --attended ada

    Raises:
        NotFound: There is no such review, or no such document.
        BadInput: Nothing is said of what was found.
        Refused: It was held or cancelled already.
        Conflict: VERSION_CONFLICT.
    """
    found = _found(findings)
    it = await read(tx, ref, documents=looked_at)
    review = it.record(KIND, ref)
    check_version(review, expected_version)
    target = led(policies, KIND, review, "hold", "plan another one")
    for document in it.documents(looked_at, "lookedAt"):
        tx.relate(LOOKED_AT.type, review["id"], document)
    said = {"attended": lines(attended), "inputs": lines(inputs), "decisions": lines(decisions)}
    after = {"findings": found, "since": moment(since, "since")}
    after |= {"held_at": tx.at, "closed_at": tx.at}
    return tx.update(KIND, review, {**target, **said, **after})


@verb("review.cancel", room=Process.SMS, requirement="GR6.2", on=KIND)
async def cancel_review(tx: Tx, policies: Policies, ref: AReview, why: str) -> Properties:
    """Say that a planned review is not held, and why (GR6.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the review.
        why: Why it is not held.

    Examples:
        fsg review cancel RVW-000001 "the audit looked at the same"

    Raises:
        NotFound: There is no such review.
        Refused: It was held or cancelled already.
    """
    said = told(why, "why", "say why it is not held", "GR6.2")
    it = await read(tx, ref)
    review = it.record(KIND, ref)
    target = led(policies, KIND, review, "cancel", "plan another one")
    return tx.update(KIND, review, {**target, "why": said, "closed_at": tx.at})


def _looked_at(kind: ReviewKind, process: Process | None) -> str:
    """The process that a review looks at; empty: the system as a whole.

    Raises:
        BadInput: It has to be of a process.
    """
    named = process_named(process)
    if kind in OF_A_PROCESS and not named:
        what = f"a {kind.value.replace('_', ' ')} is of a process"
        raise BadInput(what, remedy="name the process", path=("process",))
    return named


def _of_service(tx: Tx, it: Read, review: Properties, service: str, customer: str) -> None:
    """Say which service a review looks at, and with whom, where it does."""
    for type, found in (
        (SPEAKS_OF.type, it.other("service", service)),
        (FROM_CUSTOMER.type, it.other("customer", customer)),
    ):
        if found:
            tx.relate(type, review["id"], found)


def _found(findings: Sequence[str]) -> list[str]:
    """What was found.

    Raises:
        BadInput: Nothing is said of it.
    """
    found = lines(findings)
    if found is None:
        remedy = "say what was found; also that nothing was"
        raise BadInput("'findings' is missing", remedy=remedy, path=("findings",))
    return found


def title_of(kind: ReviewKind, process: str) -> str:
    """What a review is called that nobody named.

    >>> title_of(ReviewKind.PROCESS_REVIEW, "chm"), title_of(ReviewKind.KPI_REVIEW, "pm")
    ('Process review, CHM', 'KPI review, PM')
    """
    words = kind.value.replace("_", " ").capitalize().replace("Kpi", "KPI")
    return f"{words}, {process.upper()}" if process else words
