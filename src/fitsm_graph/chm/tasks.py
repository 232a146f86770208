"""Verbs over what it takes to carry a change out: its tasks, and how it is undone (PR12.5)."""

from typing import Annotated

from fitsm_graph.chm.within import AChange, change_row, step
from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import Kept, kept, own, titled, told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, check_version
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.model.chm_records import BACKS_OUT, TASK_OF, TaskKind
from fitsm_graph.model.declare import Process

ATask = Annotated[str, Of("ChangeTask")]


@verb("change_task.register", room=Process.CHM, requirement="PR12.5", on="ChangeTask")
async def register_change_task(
    tx: Tx,
    policies: Policies,
    task_of: AChange,
    title: str,
    *,
    kind_of_work: TaskKind = TaskKind.TECHNICAL,
    owner: Annotated[str, Of("Party")] = "",
    due_at: Moment | None = None,
    description: str = "",
) -> Properties:
    """Add a task to a change: work on its elements, or anything else that it takes (PR12.5).

    Args:
        tx: The transaction.
        policies: In force.
        task_of: Id or key of the change.
        title: What is to be done, in a line.
        kind_of_work: What kind of work it is.
        owner: Person or group that does it.
        due_at: By when it is to be done, RFC 3339.
        description: What is known.

    Examples:
        fsg change-task register CHG-000001 "order two controllers" --kind-of-work acquisition

    Raises:
        NotFound: The change or the owner is not there.
        Refused: The change is implemented, or over.
    """
    due = to_text(from_text(due_at, path=("dueAt",))) if due_at else None
    it = await kept(tx, "Change", task_of, owner)
    step(policies, it.record, "change_task.register")
    task = tx.create(
        "ChangeTask",
        {
            "title": titled(title),
            "description": description,
            "kind_of_work": kind_of_work,
            "due_at": due,
            "status": life_of(policies, "ChangeTask").initial,
        },
    )
    tx.relate(TASK_OF.type, task["id"], it.record["id"])
    if owner:
        own(tx, Kept(task, {}, it.owners), owner)
    return task


@verb("change_task.complete", room=Process.CHM, requirement="PR12.5", on="ChangeTask")
async def complete_change_task(
    tx: Tx, policies: Policies, ref: ATask, *, note: str = "", expected_version: int | None = None
) -> Properties:
    """Say that a task of a change is done (PR12.5).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the task.
        note: What there is to report.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change-task complete CTK-000001 --note "delivered"

    Raises:
        NotFound: There is no such task.
        Refused: It is over already.
        Conflict: VERSION_CONFLICT.
    """
    return await _ended(tx, policies, ref, "change_task.complete", note, expected_version)


@verb("change_task.cancel", room=Process.CHM, requirement="PR12.5", on="ChangeTask")
async def cancel_change_task(
    tx: Tx, policies: Policies, ref: ATask, why: str, *, expected_version: int | None = None
) -> Properties:
    """Give a task of a change up, and say why (PR12.5).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the task.
        why: Why it is given up.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change-task cancel CTK-000001 "the spare is on the shelf"

    Raises:
        NotFound: There is no such task.
        Refused: It is over already.
        Conflict: VERSION_CONFLICT.
    """
    said = told(why, "why", "say why it is given up", "PR12.5")
    return await _ended(tx, policies, ref, "change_task.cancel", said, expected_version)


@verb("change.plan_back_out", room=Process.CHM, requirement="PR12.3", on="Change")
async def plan_back_out(
    tx: Tx, policies: Policies, ref: AChange, steps: str, *, tested: bool = False
) -> Properties:
    """Say how a change is undone where it fails, and whether that was tried (PR12.3).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the change.
        steps: What is done, step by step.
        tested: Somebody has seen that it works.

    Examples:
        fsg change plan-back-out CHG-000001 "load firmware 4.2 again, restart" --tested

    Raises:
        NotFound: There is no such change.
        Refused: It is implemented, or over.
    """
    said = told(steps, "steps", "say how it is undone", "PR12.3")
    row = await change_row(tx, ref)
    step(policies, row.change, "change.plan_back_out")
    given = {"steps": said, "tested": tested, "author": tx.actor}
    if row.back_out is None:
        plan = tx.create("BackOutPlan", given)
        tx.relate(BACKS_OUT.type, plan["id"], row.change["id"])
    else:
        tx.update("BackOutPlan", row.back_out, given)
    return row.change


async def _ended(
    tx: Tx, policies: Policies, ref: str, verb: str, note: str, expected: int | None
) -> Properties:
    task = (await kept(tx, "ChangeTask", ref)).record
    check_version(task, expected)
    target = stepped(policies, "ChangeTask", task, verb)
    after = {"status": target, "closed_at": tx.at} | ({"note": note} if note else {})
    return tx.update("ChangeTask", task, after)
