"""What is due of problems: steps of the path are taken, and known errors told (PR10.2, PR10.4)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from fitsm_graph.flow.escalations_due import escalating
from fitsm_graph.flow.notices import NoticeRules, parse_notices
from fitsm_graph.flow.outbox import Outbox
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.reading import Reader
from fitsm_graph.flow.scheduler import Turn
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms.roles import assign_role
from fitsm_graph.sms.service import tie
from graph.conformity_story import DAY, SYSTEM, Story, told
from graph.syncing import run

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def policies_of(story: Story) -> Policies:
    return story.policies


async def turn(story: Story, *, days: float) -> str:
    """What the job does so many days later."""
    story.clock.advance(timedelta(days=days))

    async def policies() -> Policies:
        return story.policies

    async def reaches() -> Reaches:
        return Reaches(await story.snapshot.current())

    job = escalating(story.graph, policies, reaches)
    return (await job.run(Turn(story.clock.now(), ""))).said


async def steps(story: Story, key: str) -> list[Any]:
    asked = """MATCH (:Problem {key: $key})<-[:ESCALATES]-(e) RETURN e.step, e.by_rule,
      [(e)-[:ESCALATED_TO]->(p) | p.key], e.vacant ORDER BY e.step"""
    return await run(story.graph, asked, key=key)


async def test_time_takes_the_steps_of_the_path(neo4j_endpoint: Endpoint) -> None:
    """Each once, the lowest first, and none of a problem that is over."""
    async with told(neo4j_endpoint) as story:
        key = await story.problem(owner="bob", diagnosed=False)
        over = await story.problem(owner="bob", diagnosed=False)
        await story.act("problem.reject", over, "it is none")
        ((created, due),) = await run(
            story.graph, "MATCH (p:Problem {key: $key}) RETURN p.created_at, p.due_at", key=key
        )
        whole = (datetime.fromisoformat(due) - datetime.fromisoformat(created)) / DAY
        assert await turn(story, days=whole / 2 - 1) == ""
        assert await turn(story, days=1.1) == "1 step taken"
        assert await turn(story, days=0.1) == "", "it is not taken again"
        assert await steps(story, key) == [[1, True, ["bob"], []]]
        assert await turn(story, days=whole) == "1 step taken"
        assert await turn(story, days=0.1) == "1 step taken", "one after the other"
        assert await turn(story, days=0.1) == ""
        assert [[number, sorted(to)] for number, _, to, _ in await steps(story, key)] == [
            [1, ["bob"]],
            [2, ["ann", "bob"]],
            [3, ["olga"]],
        ]
        assert await turn(story, days=whole) == "1 step taken"
        assert await turn(story, days=whole) == "", "there is none above the top"
        assert await steps(story, over) == []


async def test_a_known_error_is_told_to_who_works_with_it(neo4j_endpoint: Endpoint) -> None:
    """PR10.4: staff of ISRM, who owns the services, and who watches them; not who told it."""
    async with told(neo4j_endpoint) as story:
        hit = await story.element(critical=True)
        service = hit.replace("host", "service")
        given = {"process": Process.ISRM}
        await story.graph.write(assign_role, SYSTEM, RoleWord.PROCESS_STAFF, "cas", **given)
        await story.graph.write(tie, SYSTEM, "WATCHES", "sam", service)
        problem = await story.problem(investigates=[hit])

        async def policies() -> Policies:
            return story.policies

        async def reaches() -> Reaches:
            return Reaches(await story.snapshot.current())

        outbox = Outbox(story.graph, policies, reaches, {})
        went = await outbox.notify(Turn(story.clock.now(), ""))
        known = await story.known(problem)
        await outbox.notify(Turn(story.clock.now(), went.cursor))
        asked = """MATCH (d:Delivery {verb: 'known_error.communicate', channel: 'in_app'})
          MATCH (p:Person {id: d.person}) RETURN p.key, d.key, d.subject, d.body ORDER BY p.key"""
        rows = await run(story.graph, asked)
        assert {row[0] for row in rows} == {"ann", "cas", "sam"}
        assert {row[1] for row in rows} == {known}
        assert all(row[2].startswith(f"Known error {known}: ") for row in rows)
        assert all(service in row[3] for row in rows), "what it reaches is named"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"role": "process_staff", "process": "isrm"}, ""),
        ({"role": "process_staff", "process": "sales"}, "POLICY_VALUE"),
        ({"role": "service_owner", "process": "isrm"}, "POLICY_FORM"),
        ({"group": "ops", "process": "isrm"}, "POLICY_FORM"),
        ({"process": "isrm"}, "POLICY_FORM"),
    ],
)
async def test_people_of_another_process_are_named_with_it(said: Any, code: str) -> None:
    rule = {"after": "known_error.communicate", "template": "x", "to": [said], "by": ["in_app"]}
    reader = Reader()
    found = parse_notices("x", {"rules": [rule]}, reader)
    assert [each.code for each in reader.problems][:1] == ([code] if code else [])
    if not code:
        assert isinstance(found, NoticeRules)
        assert found.rules[0].to.elsewhere == ((RoleWord.PROCESS_STAFF, Process.ISRM),)
