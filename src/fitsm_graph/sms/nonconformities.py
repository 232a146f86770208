"""Verbs over nonconformities: raised, explained, corrected, closed by somebody else (GR7.1)."""

from typing import Annotated, Any

from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import titled, told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.model.declare import Process
from fitsm_graph.model.process import process_of
from fitsm_graph.model.sms_system import FOUND_IN
from fitsm_graph.sms.due_rules import rule_in
from fitsm_graph.sms.within import check_other, led, moment, owned, process_named, read

KIND = "Nonconformity"
OneFound = Annotated[str, Of(KIND)]


@verb("nonconformity.register", room=Process.SMS, requirement="GR7.1", on=KIND)
async def register_nonconformity(
    tx: Tx,
    policies: Policies,
    title: str,
    of_requirement: str,
    *,
    found_in: Annotated[str, Of("Review")] = "",
    process: Process | None = None,
    description: str = "",
    due_at: Moment | None = None,
    owner: Annotated[str, Of("Party")] = "",
) -> Properties:
    """Register that a requirement is not fulfilled (GR7.1).

    Args:
        tx: The transaction.
        policies: In force.
        title: What is not as it should be, in a line.
        of_requirement: Such as PR12.4, or one of a document of your own.
        found_in: The review that brought it to light.
        process: The process that it is in; as the requirement says when left out.
        description: What was seen.
        due_at: By when it is to be corrected, RFC 3339; as the rule says otherwise.
        owner: Who sees to it.

    Examples:
        fsg nonconformity register "changes without an aim" PR12.3 --found-in RVW-000001 --owner ada

    Raises:
        NotFound: The review or the owner is not there.
        Refused: The review was not held.
    """
    of = told(of_requirement, "of_requirement", "say which requirement it is", "GR7.1")
    it = await read(tx, review=found_in, owner=owner)
    review = _held(policies, it.other("review", found_in))
    said = {
        "title": titled(title),
        "description": description.strip(),
        "of_requirement": of,
        "of_process": process_named(process or process_of(of)),
        "raised_by": tx.actor,
        "due_at": moment(due_at, "dueAt") or _in_time(policies, tx.at),
        "status": life_of(policies, KIND).initial,
    }
    made = tx.create(KIND, said)
    if review:
        tx.relate(FOUND_IN.type, made["id"], review["id"])
    owned(tx, it, made, owner)
    return made


@verb("nonconformity.analyse", room=Process.SMS, requirement="GR7.1", on=KIND)
async def analyse_nonconformity(
    tx: Tx, policies: Policies, ref: OneFound, cause: str, *, due_at: Moment | None = None
) -> Properties:
    """Say why a nonconformity came about (GR7.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the nonconformity.
        cause: Why it came about.
        due_at: By when it is to be corrected, RFC 3339; as before when left out.

    Examples:
        fsg nonconformity analyse NCF-000001 "the form does not ask for it"

    Raises:
        NotFound: There is no such nonconformity.
        Refused: It is corrected or closed.
    """
    said = told(cause, "cause", "say why it came about", "GR7.1")
    it = await read(tx, ref)
    record = it.record(KIND, ref)
    after: dict[str, Any] = led(policies, KIND, record, "analyse")
    due = moment(due_at, "dueAt")
    return tx.update(KIND, record, {**after, "cause": said, **({"due_at": due} if due else {})})


@verb("nonconformity.correct", room=Process.SMS, requirement="GR7.1", on=KIND)
async def correct_nonconformity(
    tx: Tx, policies: Policies, ref: OneFound, correction: str
) -> Properties:
    """Say what was done about a nonconformity and its cause (GR7.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the nonconformity.
        correction: What was done.

    Examples:
        fsg nonconformity correct NCF-000001 "the form asks for it; the old ones were completed"

    Raises:
        NotFound: There is no such nonconformity.
        Refused: Its cause is not known, or it is closed.
    """
    said = told(correction, "correction", "say what was done", "GR7.1")
    it = await read(tx, ref)
    record = it.record(KIND, ref)
    target = led(policies, KIND, record, "correct", "say first why it came about")
    done = {"correction": said, "corrected_by": tx.actor, "corrected_at": tx.at}
    return tx.update(KIND, record, {**target, **done})


@verb("nonconformity.reopen", room=Process.SMS, requirement="GR7.1", on=KIND)
async def reopen_nonconformity(tx: Tx, policies: Policies, ref: OneFound, why: str) -> Properties:
    """Say that what was done about a nonconformity is not enough (GR7.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the nonconformity.
        why: Why it is not enough.

    Examples:
        fsg nonconformity reopen NCF-000001 "two of five new ones lack it"

    Raises:
        NotFound: There is no such nonconformity.
        Refused: It is not corrected, or closed.
    """
    said = told(why, "why", "say why it is not enough", "GR7.1")
    it = await read(tx, ref)
    record = it.record(KIND, ref)
    target = led(policies, KIND, record, "reopen")
    again = {"evidence": said, "corrected_by": "", "corrected_at": None}
    return tx.update(KIND, record, {**target, **again})


@verb("nonconformity.close", room=Process.SMS, requirement="GR7.1", on=KIND)
async def close_nonconformity(
    tx: Tx, policies: Policies, ref: OneFound, evidence: str
) -> Properties:
    """Close a nonconformity that somebody else corrected, with what shows that it is gone (GR7.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the nonconformity.
        evidence: What shows that it is gone.

    Examples:
        fsg nonconformity close NCF-000001 "of 20 changes since, all have an aim"

    Raises:
        NotFound: There is no such nonconformity.
        Refused: SEPARATION_OF_DUTIES, or it is not corrected.
    """
    said = told(evidence, "evidence", "say what shows that it is gone", "GR7.1")
    it = await read(tx, ref)
    record = it.record(KIND, ref)
    target = led(policies, KIND, record, "close", "say first what was done about it")
    check_other(tx, it, [record["corrected_by"]], f"close {record['key']}", "GR7.1")
    return tx.update(
        KIND, record, {**target, "evidence": said, "closed_by": tx.actor, "closed_at": tx.at}
    )


@verb("nonconformity.reject", room=Process.SMS, requirement="GR7.1", on=KIND)
async def reject_nonconformity(tx: Tx, policies: Policies, ref: OneFound, why: str) -> Properties:
    """Say that a nonconformity was none; not by whoever answers to it alone (GR7.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the nonconformity.
        why: What shows that it was none.

    Examples:
        fsg nonconformity reject NCF-000001 "standard changes need no aim of their own"

    Raises:
        NotFound: There is no such nonconformity.
        Refused: It is corrected or closed.
    """
    said = told(why, "why", "say what shows that it was none", "GR7.1")
    it = await read(tx, ref)
    record = it.record(KIND, ref)
    target = led(policies, KIND, record, "reject")
    return tx.update(
        KIND, record, {**target, "evidence": said, "closed_by": tx.actor, "closed_at": tx.at}
    )


def _in_time(policies: Policies, at: str) -> str:
    """By when what is raised now is to be corrected."""
    return to_text(from_text(at) + rule_in(policies).nonconformities)


def _held(policies: Policies, review: Properties | None) -> Properties | None:
    """A review that was held, so that something was found in it; None: none is named.

    Raises:
        Refused: ILLEGAL_TRANSITION.
    """
    if review is not None:
        life_of(policies, "Review").step(review, "nonconformity.register", remedy="hold it first")
    return review
