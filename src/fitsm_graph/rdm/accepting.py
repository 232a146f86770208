"""Verbs by which a release is built, tested, held against its criteria and accepted (PR13.4)."""

from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.declare import Process
from fitsm_graph.model.rdm_records import TEST_OF, TESTS_WAVE, KindOfTest
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.rdm import gate, junit, plans
from fitsm_graph.rdm.acceptance import Judged
from fitsm_graph.rdm.inclusion import approved_states
from fitsm_graph.rdm.within import (
    BEGUN,
    ARelease,
    AWave,
    Row,
    check_other,
    release_row,
    step,
    withdrawn,
)

LONGEST_BUILD = 200


@verb("release.build", room=Process.RDM, requirement="PR13.4", on="Release")
async def build_release(
    tx: Tx, policies: Policies, ref: ARelease, build: str, *, expected_version: int | None = None
) -> Properties:
    """Say what was built of a release; results of tests of another build count no more (PR13.4).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the release.
        build: What was built: a version, a tag, a digest.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg release build REL-000001 2027.1-rc2

    Raises:
        NotFound: There is no such release.
        Refused: It is not planned, or accepted already.
        Conflict: VERSION_CONFLICT.
    """
    said = told(build, "build", "say what was built", "PR13.4")
    if len(said) > LONGEST_BUILD:
        most = f"{LONGEST_BUILD} characters at most"
        raise BadInput("the name of the build is too long", remedy=most, path=("build",))
    row = await release_row(tx, ref, expected_version)
    target = step(policies, row.release, "release.build")
    return tx.update(
        "Release", row.release, {"status": target, "build": said, "built_by": tx.actor}
    )


@verb("test_result.record", room=Process.RDM, requirement="PR13.4", on="TestResult")
async def record_test_result(
    tx: Tx,
    policies: Policies,
    release: ARelease,
    kind_of_test: KindOfTest,
    *,
    passed: int | None = None,
    failed: int | None = None,
    skipped: int = 0,
    junit_xml: str = "",
    build: str = "",
    suite: str = "",
    details: str = "",
    wave: AWave = "",
) -> Properties:
    """Record how tests of a release went: counts, or JUnit XML as test runners write it (PR13.4).

    Args:
        tx: The transaction.
        policies: In force.
        release: Id or key of the release.
        kind_of_test: What was looked at.
        passed: Tests that passed.
        failed: Tests that failed or broke.
        skipped: Tests that were not carried out.
        junit_xml: Text of a JUnit XML file, instead of counts.
        build: What was tested; what the release was built as when left out.
        suite: What the tests are called together; the latest result of a suite counts.
        details: Address of the whole result.
        wave: Id or key of the wave that was tested where it is deployed; the build when left out.

    Examples:
        fsg test-result record REL-000001 functional --passed 120 --failed 0
        fsg test-result record REL-000001 unit --junit-xml "$(cat build/junit.xml)" --suite portal

    Raises:
        NotFound: There is no such release.
        BadInput: JUNIT_INVALID, or counts are missing or make no sense; or the wave is missing.
        Refused: The release is not built, or accepted already.
    """
    counts = junit.counted(junit_xml) if junit_xml else _counts(passed, failed, skipped)
    row = await release_row(tx, release)
    tested = row.release
    step(policies, tested, "test_result.record")
    where = _wave_tested(row, wave)
    said = {"suite": suite.strip()[:LONGEST_BUILD], "url": details.strip(), "tester": tx.actor}
    said |= {"build": build.strip() or tested["build"], "kind_of_test": kind_of_test}
    result = tx.create("TestResult", {**said, **counts.stored()})
    _tied(tx, result, tested, where)
    return result


@verb("release.evaluate", room=Process.RDM, requirement="PR13.4", on="Release")
async def evaluate_release(
    tx: Tx, policies: Policies, reaching: Reaches, ref: ARelease
) -> Properties:
    """Hold a release against its criteria of acceptance, and keep what was found (PR13.4).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what its elements do to services.
        ref: Id or key of the release.

    Examples:
        fsg release evaluate REL-000001

    Raises:
        NotFound: There is no such release.
        Refused: It is not planned, or accepted already.
    """
    row = await release_row(tx, ref)
    step(policies, row.release, "release.evaluate")
    _evaluated(tx, policies, reaching, row)
    return row.release


@verb("release.waive", room=Process.RDM, requirement="PR13.4", on="Release")
async def waive_criterion(
    tx: Tx,
    policies: Policies,
    ref: ARelease,
    criterion: str,
    why: str,
    *,
    expected_version: int | None = None,
) -> Properties:
    """Decide that a build of a release need not meet a criterion, and say why (PR13.4).

    It takes a role that the policy names, and nobody decides on what they asked for.

    Args:
        tx: The transaction.
        policies: In force; say who decides.
        ref: Id or key of the release.
        criterion: Its name.
        why: Why it need not be met.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg release waive REL-000001 security "the scanner is out of order; tested by hand"

    Raises:
        NotFound: There is no such release.
        BadInput: It has no such criterion.
        Refused: NOT_AN_APPROVER, SELF_APPROVAL, or it is not built.
        Conflict: VERSION_CONFLICT.
    """
    said = told(why, "why", "say why it need not be met", "PR13.4")
    row = await release_row(tx, ref, expected_version)
    step(policies, row.release, "release.waive")
    _check_decides(tx, policies, row, "waive what it has to meet")
    known = {each["name"]: each for each in row.criteria}
    if criterion not in known:
        what = f"{row.release['key']} has no criterion '{criterion[:60]}'"
        remedy = did_you_mean(criterion[:60], known)
        raise BadInput(what, remedy=remedy, path=("criterion",), requirement="PR13.4")
    given = {"waived_by": tx.actor, "waived_build": row.release["build"], "waiver": said}
    tx.update("AcceptanceCriterion", known[criterion], given)
    return row.release


@verb("release.accept", room=Process.RDM, requirement="PR13.4", on="Release")
async def accept_release(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    reaching: Reaches,
    ref: ARelease,
    *,
    expected_version: int | None = None,
) -> Properties:
    """Accept a release for deployment: it meets its criteria, and its plan holds (PR13.4).

    Args:
        tx: The transaction.
        policies: In force; say who accepts.
        registry: The types in force.
        reaching: Says whether the graph still is what the plan was proven on.
        ref: Id or key of the release.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg release accept REL-000001

    Raises:
        NotFound: There is no such release.
        Refused: CRITERIA_OPEN, CHANGE_WITHDRAWN, REPLAN_FIRST, NOT_AN_APPROVER, SELF_APPROVAL; or
            it is not built.
        Conflict: VERSION_CONFLICT.
    """
    row = await release_row(tx, ref, expected_version)
    target = step(policies, row.release, "release.accept")
    _check_decides(tx, policies, row, "accept it")
    check_changes(policies, row)
    plans.check_plan(policies, registry, reaching, row)
    gate.check_met(_evaluated(tx, policies, reaching, row), row.release)
    after = {"status": target, "accepted_by": tx.actor, "accepted_at": tx.at}
    return tx.update("Release", row.release, after)


# --- within --------------------------------------------------------------------------------------


def _evaluated(
    tx: Tx, policies: Policies, reaching: Reaches, row: Row
) -> list[tuple[Judged, Properties]]:
    waves = [each.wave for each in row.waves]
    return gate.criteria(tx, policies, reaching, row, row.release, waves)


def _tied(tx: Tx, result: Properties, tested: Properties, wave: Properties | None) -> None:
    tx.relate(TEST_OF.type, result["id"], tested["id"])
    if wave is not None:
        tx.relate(TESTS_WAVE.type, result["id"], wave["id"])


def _wave_tested(row: Row, wave: str) -> Properties | None:
    """The wave that was tested; None: the build was, and nothing of it is deployed yet."""
    begun = {
        each.wave[name]: each.wave
        for each in row.waves
        for name in ("id", "key")
        if each.wave["status"] in BEGUN
    }
    if (wave or begun) and wave not in begun:
        raise BadInput(
            f"no wave of {row.release['key']} that has begun is named",
            why="while a release is deployed its waves are tested, one by one",
            remedy=did_you_mean(wave[:60], [e.wave["key"] for e in row.waves]),
            path=("wave",),
            requirement="PR13.4",
        )
    return begun[wave] if wave else None


def _check_decides(tx: Tx, policies: Policies, row: Row, what: str) -> None:
    check_other(row, [row.release.get("requester")], "SELF_APPROVAL", what)
    gate.check_approver(tx, policies, row)


def check_changes(policies: Policies, row: Row) -> None:
    """Refuse a release of which a change is not approved any more.

    Raises:
        Refused: CHANGE_WITHDRAWN.
    """
    may = set(approved_states(policies))
    for each in row.changes:
        change = each["change"]
        if change["status"] not in may:
            raise withdrawn(row, change)


def _counts(passed: int | None, failed: int | None, skipped: int) -> junit.Counted:
    if passed is None or failed is None:
        raise BadInput(
            "counts are missing",
            why="how many passed and how many failed decides",
            remedy="give `passed` and `failed`, or `junitXml`",
            path=("passed" if passed is None else "failed",),
            requirement="PR13.4",
        )
    if min(passed, failed, skipped) < 0 or max(passed, failed, skipped) > 10_000_000:
        told = "whole numbers from 0 to 10,000,000"
        raise BadInput("these are no counts", remedy=told, path=("passed",))
    return junit.Counted(passed, failed, skipped)
