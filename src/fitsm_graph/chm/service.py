"""Verbs of change management (PR12): maintenance windows."""

from collections.abc import Sequence

from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact import effects
from fitsm_graph.kernel.errors import BadInput, Refused
from fitsm_graph.model.chm import COVERS, WindowStatus
from fitsm_graph.model.declare import Process


@verb("maintenance.plan", room=Process.CHM, requirement="PR12.6")
async def plan_maintenance(
    tx: Tx,
    title: str,
    covers: Sequence[tuple[str, str]],
    *,
    starts_at: str,
    ends_at: str,
    description: str = "",
) -> Properties:
    """Plan a window in which elements are out of operation (PR12.6).

    Args:
        tx: The transaction.
        title: What is going to be done, in a line.
        covers: Id or key of each element, with ``down``, ``degraded`` or ``at_risk``.
        starts_at: Beginning, RFC 3339; included.
        ends_at: End, RFC 3339; not included.
        description: What is known.

    Raises:
        NotFound: An element is not there.
        BadInput: With what is wrong.
    """
    if not title.strip():
        raise BadInput("a window needs a title", remedy="say what is to be done", path=("title",))
    first, last = effects.half_open(starts_at, ends_at)
    refs = [ref for ref, _ in covers]
    rows = await tx.rows("impact.elements_named", refs=refs)
    ids = effects.named(effects.seen(tx, rows), refs, "covers")
    hit = effects.effects(covers, ids, "covers")
    window = tx.create(
        "MaintenanceWindow",
        {
            "title": title.strip(),
            "description": description,
            "starts_at": first,
            "ends_at": last,
            "status": WindowStatus.PLANNED,
        },
    )
    for element, effect in hit.items():
        tx.relate(COVERS.type, window["id"], element, {"effect": effect})
    return window


@verb("maintenance.cancel", room=Process.CHM, requirement="PR12.6")
async def cancel_maintenance(
    tx: Tx, ref: str, *, expected_version: int | None = None
) -> Properties:
    """Cancel a window; one that has begun ends now, one to come never begins (PR12.6).

    Raises:
        NotFound: There is no such window.
        Refused: It is over or cancelled already.
        Conflict: VERSION_CONFLICT.
    """
    row = found(await tx.rows("chm.window_by_ref", ref=ref), "maintenance window", ref)
    window = row["window"]
    check_version(window, expected_version)
    if window["status"] == WindowStatus.CANCELLED or window["ends_at"] <= tx.at:
        raise Refused(
            f"{window['key']} is over",
            code="ILLEGAL_TRANSITION",
            why=f"it is {window['status']} and ended at {window['ends_at']}",
            remedy="plan another window",
            requirement="PR12.6",
        )
    after = {"status": WindowStatus.CANCELLED, "ends_at": max(window["starts_at"], tx.at)}
    return tx.update("MaintenanceWindow", window, after)
