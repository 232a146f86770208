"""Verbs over maintenance windows: planned and cancelled (PR12.6)."""

from collections.abc import Sequence
from typing import Annotated

from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact import effects
from fitsm_graph.impact.effects import Hit
from fitsm_graph.kernel.errors import BadInput, Refused
from fitsm_graph.model.chm import COVERS
from fitsm_graph.model.declare import Process


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
