"""The planned difference of a change, carried out in the graph (the arrow from CHM to CONFM)."""

from typing import Any

from fitsm_graph.chm.approving import ChangeOutcome
from fitsm_graph.chm.setting_aside import check_left
from fitsm_graph.chm.within import AChange, change_row, step
from fitsm_graph.confm import service as confm
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.types import Definitions, define_types
from fitsm_graph.flow.planned import items_of, planned_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.errors import Conflict, Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.registry import TypeRegistry


@verb("change.apply", room=Process.CHM, also=Process.CONFM, requirement="PR12.5", on="Change")
async def apply_difference(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    ref: AChange,
    *,
    expected_version: int | None = None,
) -> Properties:
    """Carry out the next item of the planned difference of a change in the graph (PR12.5).

    Items are carried out one by one, each by the rules of configuration management and in a
    transaction of its own, so that nobody waits for a large change; `differenceDone` counts them.

    Args:
        tx: The transaction.
        policies: In force.
        registry: The types in force.
        ref: Id or key of the change.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change apply CHG-000001

    Raises:
        NotFound: There is no such change, or an item names what is not there.
        Refused: The change has not begun, was undone or is over; DIFFERENCE_DONE, or what the
            item's own verb refuses.
        Conflict: VERSION_CONFLICT, or what is to be added is there already.
        BadInput: With what is wrong with the item.
    """
    row = await change_row(tx, ref, expected_version)
    step(policies, row.change, "change.apply")
    _check_not_undone(row.change)
    items = list(items_of(row.change.get("difference")))
    done = check_left(row.change, len(items))
    await carried_out(tx, registry, *items[done])
    return tx.update("Change", row.change, {"difference_done": done + 1})


async def carried_out(tx: Tx, registry: TypeRegistry, part: str, item: Any) -> None:
    """Carry out one item of a planned difference, by the rules of configuration management."""
    match part:
        case "types":
            await define_types(tx, types_of(item))
        case "add":
            await _added(tx, registry, item)
        case "change":
            await confm.update_element(tx, registry, item["key"], planned_of(item))
        case "relate":
            await confm.relate(tx, registry, RelationDraft(**item))
        case "unrelate":
            await confm.unrelate(tx, registry, **item)
        case _:
            await confm.retire_element(tx, registry, item)


def types_of(item: Any) -> Definitions:
    """Types that an item of a planned difference defines."""
    return Definitions({"": item.get("ci_types", {})}, {"": item.get("relationship_types", {})})


def _check_not_undone(change: Properties) -> None:
    """Refuse to carry out what was planned for a change that was undone, also after its review."""
    if change.get("outcome") == ChangeOutcome.BACKED_OUT:
        raise Refused(
            f"{change['key']} was undone",
            code="ILLEGAL_TRANSITION",
            why="what it planned did not come about",
            remedy="register another change that refers to it",
            requirement="PR12.5",
        )


async def _added(tx: Tx, registry: TypeRegistry, item: Any) -> None:
    """Register what is to be added; what a source saw first becomes what was planned."""
    try:
        await confm.register_element(tx, registry, ElementDraft(**item))
    except Conflict:
        rows = await tx.rows("confm.elements_by_ref", refs=[item["key"]])
        if not rows or not _is_planned(tx, rows[0], item):
            raise
        await confm.update_element(tx, registry, item["key"], planned_of(item))


def _is_planned(tx: Tx, row: Properties, item: Any) -> bool:
    """Whether what has the key already is of the planned kind and type, and may be seen."""
    same = item["kind"] in row["labels"] and row["element"].get("type", "") == item.get("type", "")
    return same and tx.sees(row["labels"])
