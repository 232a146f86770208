"""Queries of conformity of releases, on records that conform, that do not, and on none (PR13)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.csi.conformity import Finding, Verdict, examined
from fitsm_graph.flow.periods import Period
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from graph.syncing import emptied, run

pytestmark = pytest.mark.asyncio(loop_scope="session")
EVER = Period("2026-01-01T00:00:00.000000Z", "2027-01-01T00:00:00.000000Z")
AT = "2026-06-01T00:00:00.000000Z"
LATER = "2026-06-05T00:00:00.000000Z"
GOOD = """
CREATE (change:Record:Change {id: 'c', key: 'CHG-1', status: 'implemented', outcome: 'successful'})
CREATE (release:Record:Release {
  id: 'r', key: 'REL-1', created_at: $at, strategy: 'release-strategy/rolling/1', type: 'major',
  begun_at: $at, deployed_at: $at, planned_ends_at: $later, outcome: 'successful', build: '1',
  watched_until: $at, review_due_at: $later, status: 'closed', isrm_told: 'a rule'})
CREATE (release)-[:CONTAINS]->(change)
CREATE (release)<-[:TELLS_OF]-(:Record:CommunicationAction {
  id: 'm', status: 'performed', due_at: $later, closed_at: $at})
CREATE (release)<-[:CRITERION_OF]-(:Record:AcceptanceCriterion {id: 'a', met: true})
CREATE (release)<-[:TEST_OF]-(:Record:TestResult {
  id: 't', build: '1', passed: 3, failed: 0, skipped: 1})
CREATE (release)<-[:WAVE_OF]-(:Record:Deployment {
  id: 'w', key: 'DEP-1', starts_at: $at, back_out: 'x', back_out_tested: true, attempts: 1,
  status: 'reviewed'})
CREATE (release)<-[:EVALUATES]-(:Record:DeploymentReview {
  id: 'v', created_at: $later, success: true})
"""
WRONG = {
    "PR13.1": {
        "strategy_set_aside": "SET release.plan_reason = 'in a hurry'",
        "without_strategy": """CREATE (release)-[:LEFT_OUT {because:
            '1 element that it alters have no release strategy'}]->(change)""",
    },
    "PR13.2": {
        "change_withdrawn": "SET change.status = 'cancelled' REMOVE release.outcome",
        "empty": "DETACH DELETE change",
        "change_without_outcome": "REMOVE change.outcome",
    },
    "PR13.3": {
        "later_than_planned": "SET release.planned_ends_at = '2026-05-01T00:00:00.000000Z'",
        "people_late": "SET told.due_at = '2026-05-01T00:00:00.000000Z'",
        "nobody_told": "SET told.status = 'planned'",
    },
    "PR13.4": {
        "criterion_waived": "SET criterion.met = false, criterion.waived_build = '1'",
        "untested": "SET test.build = '0'",
        "mostly_skipped": "SET test.skipped = 9",
    },
    "PR13.5": {
        "no_back_out": "SET wave.back_out = ''",
        "failed_untested": "SET wave.attempts = 2, wave.back_out_tested = false",
        "left_failed": "SET wave.status = 'failed', release.outcome = 'failed'",
    },
    "PR13.6": {
        "review_overdue": "DETACH DELETE review",
        "reviewed_too_early": "SET release.watched_until = '2026-07-01T00:00:00.000000Z'",
        "success_with_incidents": "SET review.incidents = ['INC-1']",
        "isrm_not_told": "SET release.isrm_told = ''",
    },
}
NAMED = """MATCH (release:Release), (change:Change), (told:CommunicationAction),
(criterion:AcceptanceCriterion), (test:TestResult), (wave:Deployment), (review:DeploymentReview) """


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def graph(neo4j_endpoint: Endpoint) -> AsyncIterator[Graph]:
    async with emptied(neo4j_endpoint) as made:
        yield made


async def look(graph: Graph, requirement: str, wrong: str | None) -> Finding:
    """What a query finds after one thing is wrong."""
    await run(graph, "MATCH (n:Record) DETACH DELETE n")
    if wrong is not None:
        await run(graph, GOOD, at=AT, later=LATER)
        await run(graph, NAMED + wrong if wrong else "RETURN 1")
    (found,) = await examined(graph, [requirement], EVER)
    return found


@pytest.mark.parametrize("requirement", WRONG)
async def test_what_conforms_and_what_is_not_there(graph: Graph, requirement: str) -> None:
    none = await look(graph, requirement, None)
    assert none.verdict is Verdict.NOTHING_TO_CHECK
    good = await look(graph, requirement, "")
    assert (good.verdict, good.violations) == (Verdict.CONFORMING, ()), good
    assert sum((good.evidence or {}).values()) == good.checked


CASES: list[Any] = [(each, name) for each, many in WRONG.items() for name in many]


@pytest.mark.parametrize(("requirement", "indicator"), CASES)
async def test_what_does_not_conform(graph: Graph, requirement: str, indicator: str) -> None:
    found = await look(graph, requirement, WRONG[requirement][indicator])
    assert found.verdict is Verdict.NONCONFORMING
    assert indicator in {each.indicator for each in found.violations}
    assert all(each.why and each.id for each in found.violations)
