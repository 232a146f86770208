"""Waves of a release deployed, undone and evaluated; its changes with it (RDM, CHM and CONFM).

A release is deployed as a logical unit: its changes are implemented when the last wave is deployed,
and not before. Until then nothing of them is in the CMDB that a back-out would have to take away.
"""

from typing import Any

from fitsm_graph.chm import assessing
from fitsm_graph.chm.approving import ChangeOutcome
from fitsm_graph.chm.difference import length_of
from fitsm_graph.chm.implementing import ended
from fitsm_graph.flow.planned import items_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.handover.differences import carried_out
from fitsm_graph.handover.releases import row_of
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import BadInput, Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.rdm import ReleaseOutcome, ReleaseType
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.rdm import phasing, plans, stopping
from fitsm_graph.rdm.accepting import check_changes
from fitsm_graph.rdm.classifying import type_of
from fitsm_graph.rdm.deploying import check_back_out, check_last, check_turn, level_of, over
from fitsm_graph.rdm.inclusion import approved_states
from fitsm_graph.rdm.within import BEGUN, AWave, Row, Wave, step, wave_moved, wave_row


@verb("deployment.begin", room=Process.RDM, also=Process.CHM, requirement="PR13.5", on="Deployment")
async def begin_deployment(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    reaching: Reaches,
    ref: AWave,
    *,
    override_reason: str = "",
    expected_version: int | None = None,
) -> Properties:
    """Begin to deploy a wave; from now on its elements are in the state it names (PR13.5).

    The release is accepted, the waves before are deployed, the wave can be undone, and it is safe
    now. Before the first, changes are held against their approval, the plan against the graph.

    Args:
        tx: The transaction.
        policies: In force.
        registry: The types in force.
        reaching: Says what the wave does to services now.
        ref: Id or key of the wave.
        override_reason: Why it is begun although something says to stop.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg deployment begin DEP-000001

    Raises:
        NotFound: There is no such wave.
        BadInput: OVERRIDE_REASON.
        Refused: It is not accepted; WAVE_ORDER, BACK_OUT_MISSING, NOT_SCHEDULED, FROZEN,
            OUTSIDE_ITS_WINDOW, CHANGE_WITHDRAWN, REASSESS_FIRST, WAVE_UNSAFE, PHASE_NOT_OVER.
        Conflict: VERSION_CONFLICT.
    """
    row, wave = await wave_row(tx, ref, expected_version)
    target = step(policies, row.release, "deployment.begin")
    after = wave_moved(policies, wave.wave, "deployment.begin", tx.at)
    _check_ready(policies, row, wave)
    _check_time(policies, row, tx.at)
    check_changes(policies, row)
    if row.release.get("begun_at") is None:
        _check_first(policies, registry, reaching, row, tx.at)
    else:
        plans.check_order(row, wave, reaching)
    plans.check_safe(row, wave, reaching)
    await _check_phase(tx, reaching, row, wave)
    more = await _going_on(tx, policies, reaching, row, override_reason)
    _begun(tx, row, target)
    more |= {"deployer": tx.actor, "attempts": wave.wave.get("attempts", 0) + 1}
    return tx.update("Deployment", wave.wave, {**after, **more})


@verb(
    "deployment.complete",
    room=Process.RDM,
    also=(Process.CHM, Process.CONFM),
    requirement="PR13.6",
    on="Deployment",
)
async def complete_deployment(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    reaching: Reaches,
    ref: AWave,
    *,
    result: str = "",
    override_reason: str = "",
    expected_version: int | None = None,
) -> Properties:
    """Say that a wave is deployed; with the last, changes are implemented and in the CMDB (PR13.6).

    Where the changes plan one item of a difference in all, it is carried out in this transaction.
    So are types that one of them brings, before all else.
    Several may rest on each other: they follow one by one, with `change apply`, and the release is
    not closed before. What says to stop is kept at the wave; the last one is completed against it
    with a reason only, since a release that is deployed is not backed out.

    Args:
        tx: The transaction.
        policies: In force.
        registry: The types in force.
        reaching: Says how services are now.
        ref: Id or key of the wave.
        result: What there is to say of how it went.
        override_reason: Why it is completed although something says to stop.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg deployment complete DEP-000001

    Raises:
        NotFound: There is no such wave.
        BadInput: OVERRIDE_REASON.
        Refused: It is not being deployed, or TASKS_OPEN; or what the item's own verb refuses.
        Conflict: VERSION_CONFLICT.
    """
    row, wave = await wave_row(tx, ref, expected_version)
    after = wave_moved(policies, wave.wave, "deployment.complete", tx.at)
    target = step(policies, row.release, "deployment.complete")
    others = [each for each in row.waves if each.wave["id"] != wave.wave["id"]]
    last = all(each.wave["status"] == "deployed" for each in others)
    more = await _going_on(tx, policies, reaching, row, override_reason, needed=last)
    if last:
        await _deployed(tx, policies, registry, row, target)
    return tx.update("Deployment", wave.wave, {**after, **more, "result": result.strip()})


@verb(
    "deployment.back_out", room=Process.RDM, also=Process.CHM, requirement="PR13.5", on="Deployment"
)
async def back_out_deployment(
    tx: Tx, policies: Policies, ref: AWave, result: str, *, expected_version: int | None = None
) -> Properties:
    """Say that a wave was undone; waves are undone in the reverse of their order (PR13.5).

    With the first of them nothing of the release is left, and its changes are backed out.

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the wave.
        result: What happened, and what is there now.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg deployment back-out DEP-000002 "version 2026.4 is back"

    Raises:
        NotFound: There is no such wave.
        Refused: It has not begun, WAVE_ORDER, or the release is deployed as a whole.
        Conflict: VERSION_CONFLICT.
    """
    said = told(result, "result", "say what happened", "PR13.5")
    row, wave = await wave_row(tx, ref, expected_version)
    after = wave_moved(policies, wave.wave, "deployment.back_out", tx.at)
    target = step(policies, row.release, "deployment.back_out")
    check_last(row, wave, BEGUN)
    others = [each for each in row.waves if each.wave["id"] != wave.wave["id"]]
    if not any(each.wave["status"] in BEGUN for each in others):
        outcome = ReleaseOutcome.BACKED_OUT
        tx.update("Release", row.release, {"status": target, **over(policies, row, outcome, tx.at)})
        end_changes(tx, policies, row, ChangeOutcome.BACKED_OUT)
    return tx.update("Deployment", wave.wave, {**after, "result": said})


# --- within --------------------------------------------------------------------------------------


def _check_ready(policies: Policies, row: Row, wave: Wave) -> None:
    check_turn(row, wave)
    check_back_out(policies, row, wave)


def _check_first(
    policies: Policies, registry: TypeRegistry, reaching: Reaches, row: Row, at: str
) -> None:
    """Refuse to begin with what nobody approved, or with a plan of something else."""
    for each in row.changes:
        assessing.check_approval(row_of(each), reaching, at)
    plans.check_plan(policies, registry, reaching, row)


async def _check_phase(tx: Tx, reaching: Reaches, row: Row, wave: Wave) -> None:
    met = await phasing.conditions(tx, reaching, row, wave, tx.at)
    phasing.check_conditions(row, wave, met)


async def _going_on(
    tx: Tx, policies: Policies, reaching: Reaches, row: Row, reason: str, *, needed: bool = True
) -> dict[str, Any]:
    """What a wave keeps of what says to stop, and why somebody goes on."""
    stop = level_of(policies, row.release).stop
    found = await stopping.stopped_by(tx, reaching, row, stop)
    return stopping.kept(found, reason, needed=needed)


def _check_time(policies: Policies, row: Row, at: str) -> None:
    """Refuse a moment that is not the release's own, or a freeze; an emergency does not wait."""
    if type_of(row.release) is ReleaseType.EMERGENCY:
        return
    starts, ends = row.release.get("planned_starts_at"), row.release.get("planned_ends_at")
    if starts is None or ends is None:
        raise Refused(
            f"{row.release['key']} has no planned time",
            code="NOT_SCHEDULED",
            why="others learn from the schedule of changes when it is deployed",
            remedy="`release schedule` first",
            requirement="PR13.3",
        )
    if not starts <= at < ends:
        raise Refused(
            f"it is not the time of {row.release['key']}",
            code="OUTSIDE_ITS_WINDOW",
            why=f"it is planned from {starts} until {ends}, and it is {at}",
            remedy="wait for it, or back out what has begun",
            requirement="PR13.3",
        )
    for each in row.changes:
        timed = {**each["change"], "planned_starts_at": starts, "planned_ends_at": ends}
        assessing.check_time(policies, timed, at)


def _begun(tx: Tx, row: Row, target: str) -> None:
    """Keep that a release is being deployed, and by whom; its changes know it as well."""
    release = row.release
    deployers = sorted({*(release.get("deployers") or ()), tx.actor})
    after = {"status": target, "deployers": deployers}
    after["begun_at"] = release.get("begun_at") or tx.at
    tx.update("Release", release, after)
    for each in row.changes:
        if not each["change"].get("begun_by"):
            tx.update("Change", each["change"], {"begun_by": tx.actor})


async def _deployed(
    tx: Tx, policies: Policies, registry: TypeRegistry, row: Row, target: str
) -> None:
    """All of a release is deployed: its changes are implemented, and the CMDB learns of it."""
    outcome = over(policies, row, ReleaseOutcome.SUCCESSFUL, tx.at)
    tx.update("Release", row.release, {"status": target, **outcome})
    done = end_changes(tx, policies, row, ChangeOutcome.SUCCESSFUL)
    planned = [each for each in done if length_of(each.get("difference"))]
    if sum(length_of(each["difference"]) for each in planned) != 1:
        planned = [each for each in planned if next(items_of(each["difference"]))[0] == "types"]
    if len(planned) != 1:
        return
    part, item = next(items_of(planned[0]["difference"]))
    try:
        await carried_out(tx, registry, part, item)
    except BadInput:
        if part != "types":
            raise
        return  # they do not fit what is in force now; the wave is over, `change apply` says why
    tx.update("Change", planned[0], {"difference_done": 1})


def end_changes(tx: Tx, policies: Policies, row: Row, outcome: ChangeOutcome) -> list[Properties]:
    """Give the changes of a release their outcome, as they are then; those withdrawn have none."""
    may, done = set(approved_states(policies)), []
    for each in row.changes:
        if each["change"]["status"] in may:
            since = row.release.get("begun_at") or tx.at
            result = f"with {row.release['key']}"
            one = row_of(each)
            done.append(ended(tx, policies, one, outcome, result, since=since))
    return done
