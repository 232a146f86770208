"""The verb that sets what cannot come into the graph aside, so that a change is not stuck (PR12.5).

What was planned may not fit any more when it is carried out: an element was retired meanwhile, or a
type is another one by then. Neither may it be left out in silence, nor keep a change from its end.
"""

from typing import Any

from fitsm_graph.chm import difference
from fitsm_graph.chm.within import AChange, change_row, step
from fitsm_graph.flow.due import responsible
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.declare import Process


@verb("change.set_aside", room=Process.CHM, requirement="PR12.5", on="Change")
async def set_item_aside(
    tx: Tx, policies: Policies, ref: AChange, why: str, *, expected_version: int | None = None
) -> Properties:
    """Set the next item of the planned difference of a change aside, and say why (PR12.5).

    It is the one that `change apply` would carry out next. Only who answers for change management
    does so, once the change is implemented; `differenceAside` says which items were, and why.

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the change.
        why: Why it is not carried out.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change set-aside CHG-000001 "the server was retired meanwhile"

    Raises:
        NotFound: There is no such change.
        Refused: It is not implemented, or over; DIFFERENCE_DONE, or NOT_RESPONSIBLE.
        Conflict: VERSION_CONFLICT.
    """
    said = told(why, "why", "say why it is not carried out", "PR12.5")
    change = (await change_row(tx, ref, expected_version)).change
    step(policies, change, "change.set_aside")
    await _check_responsible(tx, change)
    items = difference.length_of(change.get("difference"))
    done = check_left(change, items)
    aside: list[str] = list(change.get("difference_aside") or [""] * items)
    aside[done] = said
    after: dict[str, Any] = {"difference_done": done + 1, "difference_aside": aside}
    return tx.update("Change", change, after)


def check_left(change: Properties, items: int) -> int:
    """How many items of a planned difference are through; refused where that is all.

    Raises:
        Refused: DIFFERENCE_DONE.
    """
    done: int = change.get("difference_done", 0)
    if done >= items:
        raise Refused(
            f"nothing is left of the planned difference of {change['key']}",
            code="DIFFERENCE_DONE",
            why="all items are carried out, or set aside" if items else "it has none",
            remedy="go on with the change",
            requirement="PR12.5",
        )
    return done


async def _check_responsible(tx: Tx, change: Properties) -> None:
    """Refuse who does not answer for change management."""
    wanted = responsible(Process.CHM)
    holds = (await tx.one("chm.roles_held", actor=tx.actor, at=tx.at))["holds"]
    if not tx.as_person or not set(wanted) & set(holds):
        raise Refused(
            f"{tx.actor} does not set aside what {change['key']} planned",
            code="NOT_RESPONSIBLE",
            why=f"only who answers for the process does: {', '.join(wanted)}",
            remedy="`change apply` it, or ask one of them",
            requirement="PR12.5",
        )
