"""What a period tells is suggested by itself: indicators, checks, incidents, changes (PR14.1)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.service import register_element, relate
from fitsm_graph.csi.findings_due import finding
from fitsm_graph.csi.measuring import measure_kpi
from fitsm_graph.csi.opportunity_rules import RULES
from fitsm_graph.csi.recurrences import failing_types
from fitsm_graph.csi.suggestions import reject_suggestion
from fitsm_graph.flow.periods import SETTLED
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Turn
from fitsm_graph.graph.driver import Endpoint
from graph.syncing import POLICIES, REGISTRY, run
from graph.test_opportunities import APRIL, DAY, MARCH, REQUEST, Office, office


def ruled(**more: Any) -> Policies:
    """The policies with other rules of what is looked for; what is not named is not."""
    (found,) = [each for each in POLICIES if each.kind == RULES]
    nothing = {"recurring": 0, "failing": 0, "missed": False, "nonconforming": 0}
    value = replace(found.value, shared_fate=False, **{**nothing, **more})
    return Policies({**POLICIES.held, (RULES, "default"): replace(found, value=value)})


async def gone_through(it: Office, at: Any) -> dict[str, int]:
    """What is suggested once the job has taken all its turns."""
    it.clock.set(at + SETTLED)

    async def policies() -> Policies:
        return it.policies

    job, cursor, again, turns = finding(it.graph, policies), "", True, 0
    while again:
        went = await job.run(Turn(it.clock.now(), cursor))
        cursor, again, turns = went.cursor, went.again, turns + 1
    assert turns > 10, "each requirement has a turn of its own"
    once_more = await job.run(Turn(it.clock.now(), cursor))
    assert (once_more.said, once_more.again) == ("", False)
    return await it.seen()


@asynccontextmanager
async def desk(endpoint: Endpoint, **more: Any) -> AsyncIterator[Office]:
    """Two incidents of February at a, one at b; looked for is only what is named."""
    async with office(endpoint, ruled(**more)) as it:
        await it.late("b", resolved=MARCH - 2 * DAY)
        yield it


async def test_incidents_that_come_again_are_suggested_once_for_each_period(
    neo4j_endpoint: Endpoint,
) -> None:
    async with desk(neo4j_endpoint, recurring=2) as it:
        [[a]] = await run(it.graph, "MATCH (e:Element {key: 'a'}) RETURN e.id")
        assert await gone_through(it, MARCH) == {f"recurring/{a}": 1}
        assert await gone_through(it, MARCH + DAY) == {f"recurring/{a}": 1}, "counted once"
        asked = """MATCH (s:Suggestion)-[:WOULD_IMPROVE]->(e) RETURN e.key, s.description"""
        [[key, said]] = await run(it.graph, asked)
        assert (key, "2 incidents, INC-000001, INC-000002" in said) == ("a", True)
        assert await gone_through(it, APRIL) == {f"recurring/{a}": 1}, "none came in March"


async def test_fewer_than_the_rules_say_are_none(neo4j_endpoint: Endpoint) -> None:
    async with desk(neo4j_endpoint, recurring=3) as it:
        assert await gone_through(it, MARCH) == {}


async def test_targets_that_indicators_missed_are_suggested(neo4j_endpoint: Endpoint) -> None:
    async with desk(neo4j_endpoint, missed=True) as it:
        it.clock.set(MARCH + SETTLED)
        kept = await it.act(measure_kpi, "incident_resolved_in_time")
        assert kept["standing"] == "missed"
        assert await gone_through(it, MARCH) == {"kpi/incident_resolved_in_time": 1}
        [[key]] = await run(it.graph, "MATCH (s:Suggestion) RETURN s.key")
        await it.act(reject_suggestion, key, "it was a hard month")
        again = await it.seen()
        assert await gone_through(it, MARCH + DAY) == again, "what was decided rests"


async def test_checks_that_many_fail_are_suggested(neo4j_endpoint: Endpoint) -> None:
    async with desk(neo4j_endpoint, nonconforming=3) as it:
        found = await gone_through(it, MARCH)
        assert found["conformity/PR9.1/unclassified"] == 1
        assert "conformity/PR9.1/without_element" not in found
    async with desk(neo4j_endpoint, nonconforming=4) as it:
        assert "conformity/PR9.1/unclassified" not in await gone_through(it, MARCH)


async def test_redundancy_that_falls_together_is_suggested(neo4j_endpoint: Endpoint) -> None:
    async with desk(neo4j_endpoint) as it:
        (found,) = [each for each in it.policies if each.kind == RULES]
        strict = replace(found, value=replace(found.value, shared_fate=True))
        it.policies = Policies({**it.policies.held, (RULES, "default"): strict})
        await it.look(MARCH)
        assert "shared-fate/twin" not in await it.seen(), "b and c have nothing in common"
        floor = ElementDraft(kind="CI", type="Server", key="floor", name="floor")
        await it.graph.write(register_element, REQUEST, REGISTRY, floor)
        for member in "bc":
            tie = RelationDraft(type="DEPENDS_ON", source=member, target="floor")
            await it.graph.write(relate, REQUEST, REGISTRY, tie)
        await it.look(APRIL)
        assert (await it.seen())["shared-fate/twin"] == 1
        asked = """MATCH (:Suggestion {finding: 'shared-fate/twin'})-[:WOULD_IMPROVE]->(e)
          RETURN e.key ORDER BY e.key"""
        assert await run(it.graph, asked) == [["floor"], ["twin"]]


def test_a_type_of_change_fails_by_number_and_by_share() -> None:
    rows = [
        {"type": "normal", "changes": 20, "failed": ["a", "b", "c"]},
        {"type": "major", "changes": 3, "failed": ["d", "e", "f"]},
        {"type": "standard", "changes": 2, "failed": ["g", "h"]},
    ]
    assert failing_types(rows, least=3, share=0.2) == ["major"]
    assert failing_types(rows, least=3, share=0.1) == ["normal", "major"]
    assert failing_types(rows, least=2, share=0.5) == ["major", "standard"]
    assert failing_types([], least=1, share=0) == []
