"""Verbs over goals of the service management plan: set, reported on, decided on (GR5.1)."""

from typing import Annotated, Any

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
from fitsm_graph.model.sms_system import GOAL_OF
from fitsm_graph.sms.within import led, owned, process_named, read, worded

KIND = "Goal"
AGoal = Annotated[str, Of(KIND)]


@verb("goal.set", room=Process.SMS, requirement="GR5.1", on=KIND)
async def set_goal(
    tx: Tx,
    policies: Policies,
    title: str,
    due_at: Moment,
    *,
    measure: str = "",
    process: Process | None = None,
    plan: Annotated[str, Of("ManagementDocument")] = "",
    description: str = "",
    owner: Annotated[str, Of("Party")] = "",
) -> Properties:
    """Set a goal of the system or of a process, with the day by which it is to be reached (GR5.1).

    Args:
        tx: The transaction.
        policies: In force.
        title: What is to be so, in a line.
        due_at: By when, RFC 3339.
        measure: By what one will see whether it is reached.
        process: The process that it is of; the system as a whole when left out.
        plan: Id or key of the document that it stands in, such as the service management plan.
        description: What is known of it.
        owner: Person or group that answers for it.

    Examples:
        fsg goal set "all services have an owner" 2027-06-30T00:00Z --plan MGD-000001 --owner ada

    Raises:
        NotFound: The document or the owner is not there.
        BadInput: The day is over.
    """
    due = to_text(from_text(due_at, path=("dueAt",)))
    if due <= tx.at:
        remedy = "give a day to come"
        raise BadInput("the day of the goal is over", remedy=remedy, path=("dueAt",))
    it = await read(tx, plan, owner=owner)
    said: dict[str, Any] = {"title": titled(title), "due_at": due, "measure": measure.strip()}
    said |= {"of_process": process_named(process), "set_by": tx.actor}
    said |= {"description": worded(description, "description")}
    made = tx.create(KIND, {**said, "status": life_of(policies, KIND).initial})
    if plan:
        document = it.record("ManagementDocument", plan)
        tx.relate(GOAL_OF.type, made["id"], document["id"])
    owned(tx, it, made, owner)
    return made


@verb("goal.report", room=Process.SMS, requirement="GR5.1", on=KIND)
async def report_on_goal(tx: Tx, policies: Policies, ref: AGoal, note: str) -> Properties:
    """Say how far a goal is (GR5.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the goal.
        note: How far it is.

    Examples:
        fsg goal report GOL-000001 "nine services of twelve have one"

    Raises:
        NotFound: There is no such goal.
        Refused: It is decided already.
    """
    said = told(note, "note", "say how far it is", "GR5.1")
    record = (await read(tx, ref)).record(KIND, ref)
    target = led(policies, KIND, record, "report")
    return tx.update(KIND, record, {**target, "note": said, "reported_at": tx.at})


@verb("goal.reach", room=Process.SMS, requirement="GR5.1", on=KIND)
async def reach_goal(tx: Tx, policies: Policies, ref: AGoal, evidence: str) -> Properties:
    """Say that a goal is reached, and what shows that (GR5.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the goal.
        evidence: What shows it.

    Examples:
        fsg goal reach GOL-000001 "the list of services of 2027-06-01: all twelve have one"

    Raises:
        NotFound: There is no such goal.
        Refused: It is decided already.
    """
    return await _decided(tx, policies, ref, "reach", evidence)


@verb("goal.miss", room=Process.SMS, requirement="GR5.1", on=KIND)
async def miss_goal(tx: Tx, policies: Policies, ref: AGoal, evidence: str) -> Properties:
    """Say that a goal was not reached, and what shows that (GR5.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the goal.
        evidence: What shows it, and why it was not reached.

    Examples:
        fsg goal miss GOL-000001 "three services have none: nobody was there for them"

    Raises:
        NotFound: There is no such goal.
        Refused: It is decided already.
    """
    return await _decided(tx, policies, ref, "miss", evidence)


@verb("goal.give_up", room=Process.SMS, requirement="GR5.1", on=KIND)
async def give_goal_up(tx: Tx, policies: Policies, ref: AGoal, why: str) -> Properties:
    """Give a goal up before it is decided whether it is reached, and say why (GR5.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the goal.
        why: Why it is given up.

    Examples:
        fsg goal give-up GOL-000001 "the services are handed over to somebody else"

    Raises:
        NotFound: There is no such goal.
        Refused: It is decided already.
    """
    return await _decided(tx, policies, ref, "give_up", why, path="why")


async def _decided(
    tx: Tx, policies: Policies, ref: str, does: str, said: str, *, path: str = "evidence"
) -> Properties:
    """Close a goal, with what was said of it."""
    remedy = "say what shows it" if path == "evidence" else "say why it is given up"
    text = worded(told(said, path, remedy, "GR5.1"), path)
    record = (await read(tx, ref)).record(KIND, ref)
    target = led(policies, KIND, record, does)
    after = {**target, "evidence": text, "decided_by": tx.actor, "closed_at": tx.at}
    return tx.update(KIND, record, after)
