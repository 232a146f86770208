"""Whether a release goes on with its next wave: what its waves have done, and its phases (PR13)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.flow.policies import InForce
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import BadInput, Refused
from fitsm_graph.model.rdm import ReleaseType
from fitsm_graph.model.rdm_records import KindOfTest
from fitsm_graph.rdm.deploying import level_of
from fitsm_graph.rdm.stopping import stopped_by
from fitsm_graph.rdm.strategies import STRATEGY
from fitsm_graph.rdm.within import row_from
from fitsm_graph.sms import service as sms
from graph.acting import SYSTEM, Acting, acting
from graph.syncing import run

pytestmark = pytest.mark.asyncio(loop_scope="session")
SMOKE = KindOfTest.FUNCTIONAL


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def it(neo4j_endpoint: Endpoint) -> AsyncIterator[Acting]:
    async with acting(neo4j_endpoint) as made:
        yield made


async def accepted(it: Acting, *hits: str) -> tuple[str, list[str]]:
    """A release that may be deployed now, and keys of its waves."""
    changes = [await it.approved(each, effect="at_risk") for each in hits]
    release = str((await it.act("dan", "release.register", "spring"))["key"])
    minor = {"type": ReleaseType.MINOR, "override_reason": "nobody sees it"}
    await it.act("ann", "release.classify", release, **minor)
    await it.act("ann", "release.include", release, changes)
    times = {"starts_at": it.soon(seconds=30), "ends_at": it.soon(days=30)}
    await it.act("ann", "release.schedule", release, **times)
    await it.act("ann", "release.plan", release)
    await it.act("ann", "release.build", release, "1.0")
    await it.act("eve", "test_result.record", release, SMOKE, passed=3, failed=0)
    waves = await run(
        it.graph,
        """MATCH (:Release {key: $k})<-[:WAVE_OF]-(d {status: 'planned'})
        RETURN d.key ORDER BY d.wave""",
        k=release,
    )
    for (wave,) in waves:
        await it.act("eve", "deployment.plan_back_out", wave, "the old one")
    await it.act("ann", "release.accept", release)
    it.clock.advance(timedelta(minutes=1))
    return release, [wave for (wave,) in waves]


async def begun(it: Acting) -> tuple[str, str, str]:
    """A release of which the first of two waves is being deployed: the host, and what is on it."""
    if not await run(it.graph, "MATCH (g:CI {key: 'guest'}) RETURN g.key"):
        await it.element("guest")
        await it.depends("guest", "host")
    release, (first, second) = await accepted(it, "host", "guest")
    await it.act("eve", "deployment.begin", first)
    return release, first, second


async def stops(it: Acting, release: str) -> list[tuple[str, str, tuple[str, ...]]]:
    given = {"ref": release, "actor": "", "at": ""}
    row = row_from((await it.graph.rows("rdm.release_context", **given))[0])
    stop = level_of(it.policies, row.release).stop
    reaching = Reaches(await it.snapshot.current())
    found = await stopped_by(it.graph, reaching, row, stop)
    return [(each.rule, each.why, each.records) for each in found]


async def incident(it: Acting, element: str, effect: str) -> str:
    hit = [(element, effect)]
    return str((await it.act("dan", "incident.register", "it is slow", affects=hit))["key"])


async def test_incidents_on_what_a_wave_reaches_say_to_stop(it: Acting) -> None:
    """So many since it began; who goes on says why, and that is kept."""
    earlier = await incident(it, "host", "at_risk")
    release, first, second = await begun(it)
    keys = [await incident(it, "guest", "at_risk") for _ in range(4)]
    await incident(it, "other", "at_risk")
    assert await stops(it, release) == []
    keys.append(await incident(it, "host", "at_risk"))
    ((rule, why, records),) = await stops(it, release)
    assert (rule, set(records)) == ("incidents", set(keys)), earlier
    assert why == f"5 incidents on what {first} reaches, since it began"
    await it.act("eve", "deployment.complete", first)
    with pytest.raises(BadInput, match="OVERRIDE_REASON") as refused:
        await it.act("eve", "deployment.begin", second)
    assert keys[0] in refused.value.problem.why
    given = {"override_reason": "all of them are one cable"}
    await it.act("eve", "deployment.begin", second, **given)
    kept = await it.record(second)
    assert kept["override_reason"] == given["override_reason"]
    assert kept["stopped_by"][0].startswith("5 incidents")
    with pytest.raises(BadInput, match="OVERRIDE_REASON"):
        await it.act("eve", "deployment.complete", second)
    await it.act("eve", "deployment.complete", second, **given)
    assert (await it.record(release))["status"] == "deployed"


async def test_a_test_of_a_wave_that_failed_says_to_stop_until_it_passes(it: Acting) -> None:
    release, first, second = await begun(it)
    for wave in ("", second, "DEP-000099"):
        counts = {"passed": 1, "failed": 0, "wave": wave}
        with pytest.raises(BadInput, match="has begun"):
            await it.act("eve", "test_result.record", release, SMOKE, **counts)
    given = {"suite": "smoke", "wave": first}
    result = await it.act("eve", "test_result.record", release, SMOKE, passed=4, failed=1, **given)
    assert await stops(it, release) == [
        ("tests", f"1 test result of {first} failed", (result["key"],))
    ]
    await it.act("eve", "deployment.complete", first)
    with pytest.raises(BadInput, match="OVERRIDE_REASON"):
        await it.act("eve", "deployment.begin", second)
    await it.act("eve", "test_result.record", release, SMOKE, passed=5, failed=0, **given)
    assert await stops(it, release) == []
    await it.act("eve", "deployment.begin", second)


PHASES = [
    {
        "name": "pilot",
        "groups": ["pilots"],
        "go_on": {"after": "P2D", "incidents": 1, "passed": ["canary"]},
    },
    {"name": "half", "share": 50, "go_on": {"incidents": 0}},
    {"name": "all", "share": 100, "customers": ["physics"], "functions": "search as well"},
]


def phased(it: Acting, phases: Any) -> None:
    document = {
        "approach": "phased",
        "order": "providers_first",
        "worst": "at_risk",
        "types": ["minor", "major", "emergency"],
        "frequency": "now and then",
        "phases": phases,
        "applies_to": {"elements": ["other"]},
    }
    rule = KINDS.kind(STRATEGY).checked("phased", document)
    it.policies = it.policies.with_(InForce(f"{STRATEGY}/phased/1", STRATEGY, "phased", "", rule))


async def test_a_release_goes_to_all_users_phase_by_phase(it: Acting) -> None:
    """The elements stay the same; each phase waits for the conditions of the one before."""
    phased(it, PHASES)
    with pytest.raises(Refused, match="PHASE_FOR_NOBODY"):
        await accepted(it, "other")
    for kind, key in (("Group", "pilots"), ("Customer", "physics")):
        await it.graph.write(sms.register_party, SYSTEM, kind, {"key": key, "name": key})
    release, (pilot, half, everybody) = await accepted(it, "other")
    assert [(await it.record(each))["phase"] for each in (pilot, half, everybody)] == [
        *("pilot", "half", "all")
    ]
    assert (await it.record(release))["phases_planned"] == 3
    assert "50 % of users" in (await it.record(half))["because"][-1]
    to = "MATCH (d:Deployment {key: $k})-[:OPENS_TO]->(p) RETURN p.key"
    assert await run(it.graph, to, k=pilot) == [["pilots"]]
    assert await run(it.graph, to, k=everybody) == [["physics"]]
    await it.act("eve", "deployment.begin", pilot)
    await it.act("eve", "deployment.complete", pilot)
    with pytest.raises(Refused, match="PHASE_NOT_OVER") as refused:
        await it.act("eve", "deployment.begin", half)
    assert "canary tests of it have not passed" in refused.value.problem.why
    it.clock.advance(timedelta(days=2))
    with pytest.raises(Refused, match="PHASE_NOT_OVER"):
        await it.act("eve", "deployment.begin", half)
    given = {"passed": 4, "failed": 0, "wave": pilot}
    await it.act("eve", "test_result.record", release, KindOfTest.CANARY, **given)
    await incident(it, "other", "at_risk")
    await it.act("eve", "deployment.begin", half)
    await incident(it, "other", "at_risk")
    await it.act("eve", "deployment.complete", half)
    with pytest.raises(Refused, match="1 incident since it began, of 0"):
        await it.act("eve", "deployment.begin", everybody)
    await it.act("eve", "deployment.back_out", half, "off again for half of them")
    assert (await it.record(release))["status"] == "deploying"
    await it.act("eve", "deployment.back_out", pilot, "the old one")
    assert (await it.record(release))["status"] == "backed_out"


async def test_a_service_that_is_worse_than_the_plan_allows_says_to_stop(it: Acting) -> None:
    """What was wrong before does not, nor what the plan allows, nor what it does not reach."""
    before = await incident(it, "spare", "degraded")
    release, first, second = await begun(it)
    assert await stops(it, release) == []
    await incident(it, "other", "down")
    await incident(it, "host", "at_risk")
    assert await stops(it, release) == [], "the wave allows it to be at risk"
    key = await incident(it, "host", "down")
    told = "which the plan does not allow"
    assert await stops(it, release) == [
        ("services", f"mail (mail) is DOWN, {told}", (key,)),
        ("services", f"web (web) is DOWN, {told}", (key,)),
    ], before
    await it.act("eve", "deployment.complete", first)
    assert any("which the plan" in each for each in (await it.record(first))["stopped_by"])
    with pytest.raises(BadInput, match="OVERRIDE_REASON"):
        await it.act("eve", "deployment.begin", second)
