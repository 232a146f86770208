"""Verbs of change management (PR12): changes and maintenance windows."""

from collections.abc import Sequence
from typing import Annotated, Any

from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact import effects
from fitsm_graph.impact.effects import Hit
from fitsm_graph.kernel.errors import BadInput, Refused
from fitsm_graph.model.chm import CHANGES, COVERS
from fitsm_graph.model.declare import Process

AChange = Annotated[str, Of("Change")]


@verb("change.register", room=Process.CHM, requirement="PR12.1", on="Change")
async def register_change(
    tx: Tx,
    policies: Policies,
    title: str,
    changes: Sequence[Hit],
    *,
    planned_starts_at: Moment | None = None,
    planned_ends_at: Moment | None = None,
    description: str = "",
) -> Properties:
    """Register a change with the elements it alters and what it does to them meanwhile (PR12.1).

    Args:
        tx: The transaction.
        policies: In force; the life of changes says where one begins.
        title: What is going to be altered, in a line.
        changes: The elements that it alters, and their state while it is being implemented.
        planned_starts_at: When that is to begin, RFC 3339; not planned yet when left out.
        planned_ends_at: When it is to be over; given with the beginning or not at all.
        description: What is known.

    Examples:
        fsg change register "firmware of the controllers" sto-a=degraded sto-b=at_risk

    Raises:
        NotFound: An element is not there.
        BadInput: With what is wrong.
    """
    if not title.strip():
        raise BadInput("a change needs a title", remedy="say what is altered", path=("title",))
    planned = _planned(planned_starts_at, planned_ends_at)
    rows = await tx.rows("impact.elements_named", refs=[ref for ref, _ in changes])
    hit = effects.hit(tx, rows, changes, "changes")
    fields = {"title": title.strip(), "description": description, **planned}
    change = tx.create("Change", {**fields, "status": life_of(policies, "Change").initial})
    for element, effect in hit.items():
        tx.relate(CHANGES.type, change["id"], element, {"effect": effect})
    return change


@verb("change.begin", room=Process.CHM, requirement="PR12.2", on="Change")
async def begin_change(
    tx: Tx, policies: Policies, ref: AChange, *, expected_version: int | None = None
) -> Properties:
    """Begin to implement a change; from now on its elements are in the state it names (PR12.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the change.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change begin CHG-000001

    Raises:
        NotFound: There is no such change.
        Refused: Its implementation began already, or it was cancelled.
        Conflict: VERSION_CONFLICT.
    """
    return await _moved(tx, policies, ref, "change.begin", expected_version)


@verb("change.complete", room=Process.CHM, requirement="PR12.2", on="Change")
async def complete_change(
    tx: Tx, policies: Policies, ref: AChange, *, expected_version: int | None = None
) -> Properties:
    """Say that a change is implemented; its elements are as before from now on (PR12.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the change.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change complete CHG-000001

    Raises:
        NotFound: There is no such change.
        Refused: It is not being implemented.
        Conflict: VERSION_CONFLICT.
    """
    return await _moved(tx, policies, ref, "change.complete", expected_version)


@verb("change.cancel", room=Process.CHM, requirement="PR12.2", on="Change")
async def cancel_change(
    tx: Tx, policies: Policies, ref: AChange, *, expected_version: int | None = None
) -> Properties:
    """Give a change up, before it begins or while it is being implemented (PR12.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the change.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change cancel CHG-000001

    Raises:
        NotFound: There is no such change.
        Refused: It is implemented or cancelled already.
        Conflict: VERSION_CONFLICT.
    """
    return await _moved(tx, policies, ref, "change.cancel", expected_version)


async def _moved(
    tx: Tx, policies: Policies, ref: str, verb: str, expected_version: int | None
) -> Properties:
    """Move a change on by a verb of its life."""
    change: Properties = found(await tx.rows("chm.change_by_ref", ref=ref), "change", ref)["change"]
    check_version(change, expected_version)
    remedy = "look at its history, or register another change"
    moved = life_of(policies, "Change").move(change, verb, tx.at, remedy=remedy)
    return tx.update("Change", change, moved)


def _planned(starts: str | None, ends: str | None) -> dict[str, Any]:
    if starts is None and ends is None:
        return {}
    if starts is None or ends is None:
        missing = "plannedStartsAt" if starts is None else "plannedEndsAt"
        raise BadInput(
            "half of the planned time is missing",
            why="the schedule of changes shows from when until when",
            remedy="give beginning and end, or neither",
            path=(missing,),
            requirement="PR12.6",
        )
    first, last = effects.half_open(starts, ends, ("plannedStartsAt", "plannedEndsAt"))
    return {"planned_starts_at": first, "planned_ends_at": last}


@verb("maintenance.plan", room=Process.CHM, requirement="PR12.6", on="MaintenanceWindow")
async def plan_maintenance(
    tx: Tx,
    policies: Policies,
    title: str,
    covers: Sequence[Hit],
    *,
    starts_at: Moment,
    ends_at: Moment,
    description: str = "",
) -> Properties:
    """Plan a window in which elements are out of operation (PR12.6).

    Args:
        tx: The transaction.
        policies: In force; the life of maintenance windows says where one begins.
        title: What is going to be done, in a line.
        covers: The elements that are out of operation, and how far.
        starts_at: Beginning, RFC 3339; included.
        ends_at: End, RFC 3339; not included.
        description: What is known.

    Examples:
        fsg maintenance plan "new batteries" rack-4 --starts-at 2027-01-10T02:00Z \
          --ends-at 2027-01-10T06:00Z

    Raises:
        NotFound: An element is not there.
        BadInput: With what is wrong.
    """
    if not title.strip():
        raise BadInput("a window needs a title", remedy="say what is to be done", path=("title",))
    first, last = effects.half_open(starts_at, ends_at)
    rows = await tx.rows("impact.elements_named", refs=[ref for ref, _ in covers])
    hit = effects.hit(tx, rows, covers, "covers")
    window = tx.create(
        "MaintenanceWindow",
        {
            "title": title.strip(),
            "description": description,
            "starts_at": first,
            "ends_at": last,
            "status": life_of(policies, "MaintenanceWindow").initial,
        },
    )
    for element, effect in hit.items():
        tx.relate(COVERS.type, window["id"], element, {"effect": effect})
    return window


@verb("maintenance.cancel", room=Process.CHM, requirement="PR12.6", on="MaintenanceWindow")
async def cancel_maintenance(
    tx: Tx,
    policies: Policies,
    ref: Annotated[str, Of("MaintenanceWindow")],
    *,
    expected_version: int | None = None,
) -> Properties:
    """Cancel a window; one that has begun ends now, one to come never begins (PR12.6).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the window.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg maintenance cancel MWN-000001

    Raises:
        NotFound: There is no such window.
        Refused: It is over or cancelled already.
        Conflict: VERSION_CONFLICT.
    """
    rows = await tx.rows("chm.window_by_ref", ref=ref)
    record = found(rows, "maintenance window", ref)["window"]
    check_version(record, expected_version)
    life, another = life_of(policies, "MaintenanceWindow"), "plan another window"
    moved = life.move(record, "maintenance.cancel", tx.at, remedy=another)
    if record["ends_at"] <= tx.at:
        raise Refused(
            f"{record['key']} is over",
            code="ILLEGAL_TRANSITION",
            why=f"it is {record['status']} and ended at {record['ends_at']}",
            remedy=another,
            requirement="PR12.6",
        )
    return tx.update("MaintenanceWindow", record, moved)
