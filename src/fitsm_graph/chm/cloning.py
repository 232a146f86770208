"""A change made like another one: what was asked for once is asked for again (PR12.1)."""

from collections.abc import Mapping
from typing import Any

from fitsm_graph.chm.within import AChange, change_row, planned, registered
from fitsm_graph.flow.cloning import check_live, made_like, taken_over
from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.model.chm_records import BACKS_OUT, TASK_OF
from fitsm_graph.model.declare import Process

OF_A_TASK = ("title", "description", "kind_of_work")


@verb("change.clone", room=Process.CHM, requirement="PR12.1", on="Change", anytime=True)
async def clone_change(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    ref: AChange,
    *,
    title: str = "",
    planned_starts_at: Moment | None = None,
    planned_ends_at: Moment | None = None,
) -> Properties:
    """Register a change like another one, whatever became of that (PR12.1).

    It alters the same elements, with the same words, tasks and back-out plan, which counts as not
    tested. Its type, impact and risk are computed anew; it waits to be assessed and approved like
    any other. A planned difference is not taken over: the graph has moved on.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what the elements do to services meanwhile.
        ref: Id or key of the other change.
        title: What is going to be altered, in a line; that of the other when left out.
        planned_starts_at: When that is to begin, RFC 3339; not planned yet when left out.
        planned_ends_at: When it is to be over; given with the beginning or not at all.

    Examples:
        fsg change clone CHG-000001 --title "firmware of the controllers, next version"

    Raises:
        NotFound: There is no such change.
        BadInput: With what is wrong.
        Refused: CLONE_OF_RETIRED.
    """
    other = await change_row(tx, ref)
    check_live(tx, "Change", other.alters)
    fields = taken_over(policies, "Change", other.change, title)
    fields |= planned(planned_starts_at, planned_ends_at, tx.at)
    change = await registered(tx, policies, reaching, fields, other.hit)
    made_like(tx, change, other.change)
    for task in other.tasks:
        _add(tx, policies, change, task)
    if other.back_out is not None:
        given = {"steps": other.back_out["steps"], "tested": False, "author": tx.actor}
        plan = tx.create("BackOutPlan", given)
        tx.relate(BACKS_OUT.type, plan["id"], change["id"])
    return change


def _add(tx: Tx, policies: Policies, change: Properties, task: Mapping[str, Any]) -> None:
    """Give a change a task like another one, without its owner and its day."""
    initial = life_of(policies, "ChangeTask").initial
    given = {name: task[name] for name in OF_A_TASK if name in task}
    made = tx.create("ChangeTask", {**given, "due_at": None, "status": initial})
    tx.relate(TASK_OF.type, made["id"], change["id"])
