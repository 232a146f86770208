"""Verbs over waves that write in this room alone: how one is undone, that one failed (PR13.5)."""

from datetime import timedelta
from typing import Any

from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import told
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.rdm import ReleaseOutcome
from fitsm_graph.model.rdm_records import EVALUATES
from fitsm_graph.rdm.classifying import type_of
from fitsm_graph.rdm.deployment_rules import DEPLOYMENT, BackOut, DeploymentRule, Level
from fitsm_graph.rdm.within import AWave, Row, Wave, check_other, step, wave_moved, wave_row


@verb("deployment.plan_back_out", room=Process.RDM, requirement="PR13.5", on="Deployment")
async def plan_deployment_back_out(
    tx: Tx, policies: Policies, ref: AWave, steps: str, *, tested: bool = False
) -> Properties:
    """Say how a wave of a release is undone where it fails, and whether that was tried (PR13.5).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the wave.
        steps: What is done, step by step.
        tested: Somebody has seen that it works.

    Examples:
        fsg deployment plan-back-out DEP-000001 "load version 2026.4 again, restart" --tested

    Raises:
        NotFound: There is no such wave.
        Refused: It is being deployed, or over.
    """
    said = told(steps, "steps", "say how it is undone", "PR13.5")
    row, wave = await wave_row(tx, ref)
    step(policies, row.release, "deployment.plan_back_out")
    wave_moved(policies, wave.wave, "deployment.plan_back_out", tx.at)
    return tx.update("Deployment", wave.wave, {"back_out": said, "back_out_tested": tested})


@verb("deployment.fail", room=Process.RDM, requirement="PR13.5", on="Deployment")
async def fail_deployment(
    tx: Tx, policies: Policies, ref: AWave, result: str, *, expected_version: int | None = None
) -> Properties:
    """Say that a wave failed; after more failures than are borne the release has, too (PR13.5).

    Its elements stay in the state that it names until it is begun again or backed out.

    Args:
        tx: The transaction.
        policies: In force; say how many failures a release bears.
        ref: Id or key of the wave.
        result: What happened.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg deployment fail DEP-000002 "the service does not start"

    Raises:
        NotFound: There is no such wave.
        Refused: It is not being deployed.
        Conflict: VERSION_CONFLICT.
    """
    said = told(result, "result", "say what happened", "PR13.5")
    row, wave = await wave_row(tx, ref, expected_version)
    after = wave_moved(policies, wave.wave, "deployment.fail", tx.at)
    target = step(policies, row.release, "deployment.fail")
    failures = row.release.get("failures", 0) + 1
    change: dict[str, Any] = {"failures": failures}
    if failures > level_of(policies, row.release).failures:
        change |= {"status": target, **over(policies, row, ReleaseOutcome.FAILED, tx.at)}
    tx.update("Release", row.release, change)
    return tx.update("Deployment", wave.wave, {**after, "result": said})


@verb("deployment.review", room=Process.RDM, requirement="PR13.6", on="Deployment")
async def review_deployment(
    tx: Tx, policies: Policies, ref: AWave, findings: str, *, success: bool
) -> Properties:
    """Say whether one wave of a release was a success (PR13.6).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the wave.
        findings: What was found.
        success: It was one.

    Examples:
        fsg deployment review DEP-000001 "as planned" --success

    Raises:
        NotFound: There is no such wave.
        Refused: It is not deployed, or SELF_REVIEW.
    """
    said = told(findings, "findings", "say what was found", "PR13.6")
    row, wave = await wave_row(tx, ref)
    wave_moved(policies, wave.wave, "deployment.review", tx.at)
    check_other(row, [wave.wave.get("deployer")], "SELF_REVIEW", "review it")
    began, ended = wave.wave.get("starts_at"), wave.wave.get("ends_at")
    review = tx.create(
        "DeploymentReview",
        {
            "success": success,
            "findings": said,
            "reviewer": tx.actor,
            "minutes": minutes_between(began, ended),
        },
    )
    tx.relate(EVALUATES.type, review["id"], wave.wave["id"])
    return wave.wave


# --- what verbs over waves share -----------------------------------------------------------------


def level_of(policies: Policies, release: Properties) -> Level:
    """What the deployment of a release takes, by its type.

    Raises:
        Refused: NO_POLICY_IN_FORCE.
    """
    rule: DeploymentRule = policies.value(DEPLOYMENT, DEFAULT)
    return rule.levels[type_of(release)]


def over(policies: Policies, row: Row, outcome: ReleaseOutcome, at: str) -> dict[str, Any]:
    """New values of a release whose outcome is known: what is due from now on."""
    level, now = level_of(policies, row.release), from_text(at)
    return {
        "outcome": outcome,
        "deployed_at": at,
        "watched_until": to_text(now + level.watch),
        "review_due_at": to_text(now + level.review),
    }


def check_back_out(policies: Policies, row: Row, wave: Wave) -> None:
    """Refuse a wave that cannot be undone as its type wants it.

    Raises:
        Refused: BACK_OUT_MISSING.
    """
    wanted = level_of(policies, row.release).back_out
    has = wave.wave.get("back_out")
    lacks = {
        BackOut.NONE: False,
        BackOut.PLANNED: not has,
        BackOut.TESTED: not has or not wave.wave.get("back_out_tested"),
    }
    if lacks[wanted]:
        what = "has been tested" if has else "is there"
        raise Refused(
            f"no back-out plan of {wave.wave['key']} {what}",
            code="BACK_OUT_MISSING",
            why=f"a {type_of(row.release)} release is deployed with one that is {wanted}",
            remedy="`deployment plan-back-out` first",
            requirement="PR13.5",
        )


def check_turn(row: Row, wave: Wave) -> None:
    """Refuse a wave before those that come first are deployed.

    Raises:
        Refused: WAVE_ORDER.
    """
    first = [
        each.wave
        for each in row.waves
        if each.wave["wave"] < wave.wave["wave"] and each.wave["status"] != "deployed"
    ]
    if first:
        raise Refused(
            f"{first[0]['key']} comes before {wave.wave['key']}",
            code="WAVE_ORDER",
            why=f"wave {first[0]['wave']} is {first[0]['status']}, and what follows rests on it",
            remedy="deploy the waves in their order",
            requirement="PR13.3",
        )


def check_last(row: Row, wave: Wave, begun: frozenset[str]) -> None:
    """Refuse to undo a wave before those that came after it are undone.

    Raises:
        Refused: WAVE_ORDER.
    """
    last = [
        each.wave
        for each in row.waves
        if each.wave["wave"] > wave.wave["wave"] and each.wave["status"] in begun
    ]
    if last:
        raise Refused(
            f"{last[-1]['key']} is undone before {wave.wave['key']}",
            code="WAVE_ORDER",
            why=f"wave {last[-1]['wave']} was deployed after it, and rests on it",
            remedy="back the waves out in the reverse of their order",
            requirement="PR13.5",
        )


def minutes_between(began: str | None, ended: str | None) -> int | None:
    """Whole minutes from one moment to another; None where one is not known."""
    if not began or not ended:
        return None
    return int((from_text(ended) - from_text(began)) / timedelta(minutes=1))
