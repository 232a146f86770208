"""Verbs of releases driven on one graph: deployed, failed and undone, given up."""

from datetime import timedelta
from typing import Any

from fitsm_graph.chm import approvals, assessments
from fitsm_graph.chm import service as chm
from fitsm_graph.graph.verb import VERBS, Request
from fitsm_graph.handover import deployments, release_reviews, releases
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.declare import Process
from fitsm_graph.model.rdm import ReleaseType
from fitsm_graph.model.rdm_records import KindOfTest
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.rdm import accepting, closing, deploying, planning, returning
from fitsm_graph.rdm import service as rdm
from fitsm_graph.sms import roles

OTHER = Request(actor="other", via="test", reason="to see")


async def releasing(do: Any) -> None:
    """A release to its end, one that is undone, and one that is given up."""
    for process in (Process.CHM, Process.RDM):
        await do.act(roles.assign_role, RoleWord.PROCESS_MANAGER, "eve", process=process)
    added = {"add": [{"kind": "Service", "key": "released", "name": "Released"}]}
    first = await _approved(do, "new version", difference_of_graph=added)
    other = (await do.act(chm.register_change, "not yet", [("host", "at_risk")]))["key"]
    release = await _prepared(do, first, other)
    await _deployed(do, release)
    await _undone(do)
    gone = (await do.act(rdm.register_release, "never"))["key"]
    await do.act(rdm.cancel_release, gone, "no need")
    for process in (Process.CHM, Process.RDM):
        await do.act(roles.end_role, f"process_manager/{process}", "eve")


async def _approved(do: Any, title: str, **plan: Any) -> str:
    key = (await do.act(chm.register_change, title, [("host", "degraded")]))["key"]
    if plan:
        await do.act(chm.plan_change, key, **plan)
    await do.act(assessments.assess_change, key)
    await do.act(approvals.approve_change, key, request=OTHER)
    return str(key)


async def _prepared(do: Any, first: str, other: str) -> str:
    release = str((await do.act(rdm.register_release, "spring"))["key"])
    await do.act(rdm.describe_release, release, description="all that is new")
    await do.act(returning.return_release, release, "who tests it")
    await do.act(returning.answer_release, release, "ops")
    await do.act(releases.include_in_release, release, [first, other])
    await do.act(releases.include_in_release, release, [other])
    major = {"type": ReleaseType.MAJOR, "override_reason": "everybody sees it"}
    await do.act(rdm.classify_release, release, **major)
    await do.act(rdm.classify_release, release)
    second = await _approved(do, "another version")
    await do.act(releases.include_in_release, release, [second])
    await do.act(rdm.exclude_from_release, release, [second])
    soon = do.clock.now() + timedelta(minutes=1)
    window = (to_text(soon), to_text(soon + timedelta(hours=4)))
    await do.act(releases.schedule_release, release, *window)
    await do.act(VERBS["release.escalate_up"].run, release, "nobody answers", by_rule=True)
    await do.act(planning.plan_release, release)
    await do.act(planning.plan_release, release)
    for group in ("communication", "training"):
        for number, done in ((1, "perform"), (2, "cancel")):
            told = {"owner": "ops"} | ({"to": ["ops"]} if group == "communication" else {})
            planned = await do.act(VERBS[f"{group}.register"].run, release, "x", **told)
            assert planned["key"].endswith(str(number))
            more = ["no need"] if done == "cancel" else []
            await do.act(VERBS[f"{group}.{done}"].run, planned["key"], *more)
    await do.act(accepting.build_release, release, "1.0")
    kind = KindOfTest.FUNCTIONAL
    await do.act(accepting.record_test_result, release, kind, passed=3, failed=1)
    await do.act(accepting.evaluate_release, release)
    await do.act(accepting.waive_criterion, release, "functional", "known", request=OTHER)
    await do.act(deploying.plan_deployment_back_out, "DEP-000002", "the old one", tested=True)
    await do.act(accepting.accept_release, release, request=OTHER)
    do.clock.set(soon)
    return release


async def _deployed(do: Any, release: str) -> None:
    wave = "DEP-000002"
    await do.act(deployments.begin_deployment, wave)
    await do.act(deploying.fail_deployment, wave, "it does not start")
    smoke = {"passed": 3, "failed": 1, "suite": "smoke", "wave": wave}
    await do.act(accepting.record_test_result, release, KindOfTest.FUNCTIONAL, **smoke)
    nevertheless = {"override_reason": "this test is known to be wrong"}
    await do.act(deployments.begin_deployment, wave, **nevertheless)
    await do.act(deployments.complete_deployment, wave, **nevertheless)
    await do.act(deploying.review_deployment, wave, "well", success=True, request=OTHER)
    await do.act(release_reviews.review_release, release, "well", success=True, request=OTHER)
    await do.act(closing.close_release, release)


async def _undone(do: Any) -> None:
    change = await _approved(do, "worse version")
    release = (await do.act(rdm.register_release, "summer", urgent=True))["key"]
    await do.act(releases.include_in_release, release, [change])
    await do.act(planning.plan_release, release)
    await do.act(accepting.build_release, release, "2.0")
    kind = KindOfTest.FUNCTIONAL
    await do.act(accepting.record_test_result, release, kind, passed=3, failed=0)
    await do.act(deploying.plan_deployment_back_out, "DEP-000003", "the old one")
    await do.act(accepting.accept_release, release, request=OTHER)
    await do.act(deployments.begin_deployment, "DEP-000003")
    await do.act(deploying.fail_deployment, "DEP-000003", "it broke")
    await do.act(deployments.back_out_deployment, "DEP-000003", "the old one runs")
    await do.act(release_reviews.review_release, release, "bad", success=False, request=OTHER)
