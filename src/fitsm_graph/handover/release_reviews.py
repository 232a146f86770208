"""A release evaluated and closed; what is left open of its changes is closed with it (PR13.6)."""

from fitsm_graph.chm.approving import ChangeOutcome
from fitsm_graph.chm.difference import length_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.handover.deployments import end_changes
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.kernel.text import first_of
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
    review = tx.create(
        "DeploymentReview",
        {
            "success": success,
            "findings": said,
            "reviewer": tx.actor,
            "minutes": minutes_between(release.get("begun_at"), release.get("deployed_at")),
            "incidents": near or None,
        },
    )
    tx.relate(EVALUATES.type, review["id"], release["id"])
    for each in row.waves:
        if each.wave["status"] != "planned":
            after = wave_moved(policies, each.wave, "release.review", tx.at)
            tx.update("Deployment", each.wave, after)
    give_up_waves(tx, policies, row, "release.review")
    if release["outcome"] == ReleaseOutcome.FAILED:
        end_changes(tx, policies, row, ChangeOutcome.FAILED)
    return tx.update("Release", release, {"status": target, "review_due_at": None})


@verb("release.close", room=Process.RDM, requirement="PR13.6", on="Release")
async def close_release(
    tx: Tx, policies: Policies, ref: ARelease, *, expected_version: int | None = None
) -> Properties:
    """Close a release: it is reviewed, in the CMDB, and those concerned are told (PR13.6).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the release.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg release close REL-000001

    Raises:
        NotFound: There is no such release.
        Refused: It is not reviewed, or DIFFERENCE_OPEN, COMMUNICATION_OPEN.
        Conflict: VERSION_CONFLICT.
    """
    row = await release_row(tx, ref, expected_version)
    target = step(policies, row.release, "release.close")
    _check_differences(row)
    _check_told(row)
    return tx.update("Release", row.release, {"status": target, "closed_at": tx.at})


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


def _check_differences(row: Row) -> None:
    """What went well left the graph as it was planned."""
    left = [
        change["key"]
        for change in (each["change"] for each in row.changes)
        if change.get("outcome") == ChangeOutcome.SUCCESSFUL
        and change.get("difference_done", 0) < length_of(change.get("difference"))
    ]
    if left:
        raise Refused(
            f"changes of {row.release['key']} are not in the graph yet",
            code="DIFFERENCE_OPEN",
            why=f"items of the planned difference of {first_of(left)} are left",
            remedy="`change apply` until nothing is left",
            requirement="PR13.6",
        )


def _check_told(row: Row) -> None:
    """Those who were to be told are told, also of the results."""
    left = [each["key"] for each in row.telling if each["status"] == "planned"]
    if left:
        raise Refused(
            f"people are still to be told of {row.release['key']}",
            code="COMMUNICATION_OPEN",
            why=f"{first_of(left)} is planned, and nobody has done it",
            remedy="`communication perform` or `communication cancel`",
            requirement="PR13.6",
        )
