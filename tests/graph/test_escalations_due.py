"""Changes, releases and improvements go up a path, by hand and by what is due (PR9.3, FitSM-3)."""

from datetime import timedelta
from typing import Any

import pytest

from fitsm_graph.flow.escalations_due import COURSES, due_of_records, escalating
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Turn
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.roles import RoleWord
from graph.conformity_story import DAY, Story, told
from graph.syncing import run

pytestmark = pytest.mark.asyncio(loop_scope="session")
KINDS = ("Change", "Release", "Improvement")
STEPS = """MATCH (:ProcessRecord {key: $key})<-[:ESCALATES]-(e)-[:ESCALATED_TO]->(p)
  WITH e, p ORDER BY p.key RETURN e.step, e.by_rule, collect(p.key) ORDER BY e.step"""


async def made(story: Story, kind: str, days: int) -> str:
    """A record of a kind that is due in so many days; Bob answers for it."""
    element = await story.element(critical=True)
    begins, ends = (to_text(story.clock.now() + timedelta(days=each)) for each in (days - 1, days))
    planned = {"planned_starts_at": begins, "planned_ends_at": ends}
    if kind == "Change":
        key = await story.act("change.register", "new fans", [(element, "down")], **planned)
    elif kind == "Release":
        key = await story.act("release.register", "new fans", urgent=True)
        await story.act("release.schedule", key, begins, ends)
    else:
        key = await story.improvement(due_at=ends)
    await story.act(f"{kind.lower()}.assign", key, "bob")
    return str(key)


async def turn(story: Story, *, days: float) -> str:
    """What the job does so many days later."""
    story.clock.advance(timedelta(days=days))

    async def policies() -> Policies:
        return story.policies

    async def reaches() -> Reaches:
        return Reaches(await story.snapshot.current())

    job = escalating(story.graph, policies, reaches)
    return (await job.run(Turn(story.clock.now(), ""))).said


@pytest.mark.parametrize("kind", KINDS)
async def test_time_takes_the_steps_of_the_path(neo4j_endpoint: Endpoint, kind: str) -> None:
    """Each once, the lowest first; what is on time is left alone."""
    async with told(neo4j_endpoint) as story:
        key, later = await made(story, kind, 40), await made(story, kind, 400)
        assert await turn(story, days=39) == ""
        assert await due_of_records(story.graph, story.policies, story.clock.now()) == []
        assert await turn(story, days=1.1) == "1 step taken"
        assert await turn(story, days=0.1) == "", "it is not taken again"
        assert await run(story.graph, STEPS, key=key) == [[1, True, ["ann", "bob"]]]
        assert await turn(story, days=10) == "1 step taken"
        assert await turn(story, days=40) == "1 step taken"
        assert await turn(story, days=100) == "", "there is none above the top"
        found = await run(story.graph, STEPS, key=key)
        assert [[number, people] for number, _, people in found] == [
            [1, ["ann", "bob"]],
            [2, ["olga"]],
            [3, ["sam"]],
        ]
        assert await run(story.graph, STEPS, key=later) == []


async def test_what_has_time_keeps_none_out_that_is_late(neo4j_endpoint: Endpoint) -> None:
    """However many are planned to end earlier, and have a path of which nothing is due yet."""
    async with told(neo4j_endpoint) as story:
        late = await made(story, "Change", 40)
        early = [await made(story, "Change", 39) for _ in range(3)]
        taken = "MATCH (c:Change) WHERE c.key IN $keys SET c.escalation_level = 1"
        await run(story.graph, taken, keys=early)
        story.clock.advance(timedelta(days=41))
        now = story.clock.now()
        found = await due_of_records(story.graph, story.policies, now, limit=1)
        assert [each.record["key"] for each in found] == [late]


@pytest.mark.parametrize("kind", KINDS)
async def test_people_take_a_step_before_it_is_due(neo4j_endpoint: Endpoint, kind: str) -> None:
    async with told(neo4j_endpoint) as story:
        key = await made(story, kind, 40)
        verb = COURSES[kind].verb
        await story.act(verb, key, "nobody answers")
        assert await run(story.graph, STEPS, key=key) == [[1, False, ["ann", "bob"]]]
        assert await turn(story, days=41) == "", "the first step is taken already"
        await story.act(f"{kind.lower()}.cancel", key, why="too late")
        with pytest.raises(Refused, match="ILLEGAL_TRANSITION"):
            await story.act(verb, key, "nobody answers")
        assert await turn(story, days=100) == "", "what is over is nobody's business"


async def test_who_owns_a_service_that_is_reached_is_told(neo4j_endpoint: Endpoint) -> None:
    async with told(neo4j_endpoint) as story:
        key = await made(story, "Change", 40)
        await story.act(
            "role.assign", RoleWord.SERVICE_OWNER, "cas", service=f"service-{story.count}"
        )
        for _ in range(2):
            await story.act("change.escalate_up", key, "nobody answers")
        found: Any = await run(story.graph, STEPS, key=key)
        assert found[1] == [2, False, ["cas", "olga"]]


async def test_one_that_was_taken_meanwhile_is_not_taken_twice(neo4j_endpoint: Endpoint) -> None:
    """Two processes see the same step; whoever is second meets another version."""
    async with told(neo4j_endpoint) as story:
        key = await made(story, "Improvement", 10)
        story.clock.advance(DAY * 11)
        (due,) = await due_of_records(story.graph, story.policies, story.clock.now())
        assert (due.kind, due.record["key"], due.step.number) == ("Improvement", key, 1)
        assert await turn(story, days=0) == "1 step taken"
        assert await due_of_records(story.graph, story.policies, story.clock.now()) == []
        assert len(await run(story.graph, STEPS, key=key)) == 1
