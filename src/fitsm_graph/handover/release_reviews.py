"""A release evaluated; changes of one that failed have failed with it (PR13.6)."""

from typing import Any

from fitsm_graph.chm.approving import ChangeOutcome
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.handover.deployments import end_changes
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.rdm import ReleaseOutcome, ReleaseType
from fitsm_graph.model.rdm_records import EVALUATES
from fitsm_graph.rdm.classifying import type_of
from fitsm_graph.rdm.deploying import minutes_between
from fitsm_graph.rdm.reporting import incidents_near
from fitsm_graph.rdm.within import (
    ARelease,
    Row,
    check_other,
    give_up_waves,
    release_row,
    step,
    wave_moved,
)


@verb("release.review", room=Process.RDM, also=Process.CHM, requirement="PR13.6", on="Release")
async def review_release(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    ref: ARelease,
    findings: str,
    *,
    success: bool,
    expected_version: int | None = None,
) -> Properties:
    """Say whether a release was a success; incidents near it are kept with the review (PR13.6).

    That of a major or an emergency release is reviewed by somebody who neither asked for it nor
    deployed any of it. Changes of a release that failed and was not undone have failed with it.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what gets worse with its elements.
        ref: Id or key of the release.
        findings: What was found.
        success: It was one.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg release review REL-000001 "no incidents, as planned" --success

    Raises:
        NotFound: There is no such release.
        BadInput: It says nothing.
        Refused: It is not deployed, or SELF_REVIEW, NOT_A_SUCCESS.
        Conflict: VERSION_CONFLICT.
    """
    said = told(findings, "findings", "say what was found", "PR13.6")
    row = await release_row(tx, ref, expected_version)
    release = row.release
    target = step(policies, release, "release.review")
    _check_reviewer(row)
    _check_success(row, success=success)
    near = await incidents_near(tx, reaching, release, row.effects)
    _kept(tx, row, {"success": success, "findings": said, "incidents": near or None})
    for each in row.waves:
        if each.wave["status"] != "planned":
            after = wave_moved(policies, each.wave, "release.review", tx.at)
            tx.update("Deployment", each.wave, after)
    give_up_waves(tx, policies, row, "release.review")
    if release["outcome"] == ReleaseOutcome.FAILED:
        end_changes(tx, policies, row, ChangeOutcome.FAILED)
    return tx.update("Release", release, {"status": target, "review_due_at": None})


# --- within --------------------------------------------------------------------------------------


def _check_reviewer(row: Row) -> None:
    if type_of(row.release) is not ReleaseType.MINOR:
        involved = [row.release.get("requester"), *(row.release.get("deployers") or ())]
        check_other(row, involved, "SELF_REVIEW", "review it")


def _check_success(row: Row, *, success: bool) -> None:
    """What failed or was undone was no success."""
    if success and row.release["outcome"] != ReleaseOutcome.SUCCESSFUL:
        raise Refused(
            f"{row.release['key']} was no success",
            code="NOT_A_SUCCESS",
            why=f"it is {row.release['outcome']}",
            remedy="say what was found, and that it was none",
            requirement="PR13.6",
        )


def _kept(tx: Tx, row: Row, said: dict[str, Any]) -> None:
    """The record of a review."""
    release = row.release
    took = minutes_between(release.get("begun_at"), release.get("deployed_at"))
    review = tx.create("DeploymentReview", {**said, "reviewer": tx.actor, "minutes": took})
    tx.relate(EVALUATES.type, review["id"], release["id"])
