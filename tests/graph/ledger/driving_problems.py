"""Verbs over trends of incidents, and over what is looked into of problems, driven."""

from datetime import timedelta
from typing import Any

from fitsm_graph.flow.periods import Period
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.isrm.service import register_incident
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.pm import findings, trending
from fitsm_graph.pm.looking import look
from fitsm_graph.pm.trend_rules import RULES
from graph.syncing import POLICIES, REGISTRY, run

SECOND = timedelta(seconds=1)
UNDECIDED = """MATCH (:TrendReview {key: $key})<-[:FOUND_IN]-(f) WHERE f.status = 'open'
  RETURN f.key ORDER BY f.rank"""


async def reviewed(do: Any, count: int, times: int) -> list[str]:
    """Register incidents, look through just that time so often; the findings, by rank."""
    since = to_text(do.clock.now() + SECOND)
    for _ in range(count):
        await do.act(register_incident, "it stops", [("host", "degraded")])
    period = Period(since, to_text(do.clock.now() + SECOND))
    topology = (await Snapshot(do.graph, REGISTRY).current()).mapped.topology
    version = POLICIES.find(RULES, DEFAULT)
    assert version is not None
    looked = await look(do.graph, topology, version, period)
    given = {"since": period.since, "until": period.until}
    for _ in range(times):
        review = await do.act(trending.begin_trend_review, looked, **given)
    return [key for (key,) in await run(do.graph, UNDECIDED, key=review["key"])]


async def trended(do: Any) -> None:
    """A finding is dismissed and comes back; others lead to a problem."""
    first, *rest = await reviewed(do, 4, 2)
    await do.act(findings.dismiss_trend_finding, first, "a test")
    for key in rest:
        await do.act(findings.dismiss_trend_finding, key, "likewise")
    await do.act(trending.conclude_trend_review, "TRV-000001", "tests")
    first, *rest = await reviewed(do, 9, 1)
    problem = await do.act(findings.accept_trend_finding, first)
    for key in rest:
        await do.act(findings.merge_trend_finding, key, problem["key"])
    await do.act(trending.conclude_trend_review, "TRV-000002", "the host")
