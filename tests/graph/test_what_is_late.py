"""What is late in changes, releases, improvements and problems is told, and settles by itself."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.background import looks_of
from fitsm_graph.chm.approving import ChangeOutcome
from fitsm_graph.chm.late import void_because
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Scheduler
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.unanswered import closing_unanswered
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.sms.due import reminding
from fitsm_graph.sms.due_rules import DocumentKind
from graph.acting import Acting, acting, ruled
from graph.syncing import KINDS, run

OPEN = """MATCH (r:Reminder {status: 'open'}) OPTIONAL MATCH (r)-[:OWNED_BY]->(p)
RETURN r.matter, r.subject, p.key, r.title ORDER BY r.matter, r.subject"""


BY_ITSELF = {"cab_meeting", "verification"}


@pytest_asyncio.fixture
async def it(neo4j_endpoint: Endpoint) -> AsyncIterator[Acting]:
    async with acting(neo4j_endpoint) as made:
        yield made


async def turn(it: Acting, name: str = "remind") -> None:
    """Let a new scheduler do what is due."""

    async def policies() -> Policies:
        return it.policies

    async def reaches() -> Reaches:
        return Reaches(await it.snapshot.current())

    jobs = (
        reminding(it.graph, policies, looks_of(KINDS, reaches)),
        closing_unanswered(it.graph, policies),
    )
    scheduler = Scheduler(it.graph, jobs)
    it.clock.advance(timedelta(minutes=11))
    went = await scheduler.run(name)
    assert not went["error"], went
    await scheduler.let_go()


async def due(it: Acting) -> dict[str, tuple[str, str]]:
    """Matters that are reminded of: subject and who sees to it; what comes by itself left out."""
    await turn(it)
    rows = await run(it.graph, OPEN)
    return {matter: (subject, who) for matter, subject, who, _ in rows if matter not in BY_ITSELF}


async def implemented(it: Acting, *hits: str, outcome: str = "successful", **more: Any) -> str:
    """A change that is done, an hour later."""
    window = {"planned_starts_at": it.soon(seconds=20), "planned_ends_at": it.soon(hours=1)}
    key = await it.approved(*hits, **window, **more)
    it.clock.advance(timedelta(seconds=30))
    await it.act("ann", "change.begin", key)
    await it.act("ann", "change.complete", key, outcome=ChangeOutcome(outcome))
    return key


async def test_a_review_and_a_task_that_are_late_are_told(it: Acting) -> None:
    failed = await implemented(it, outcome="failed")
    other = await it.change()
    task = await it.act("ann", "change_task.register", other, "pull it", due_at=it.soon(days=3))
    await it.act("ann", "change_task.assign", task["key"], "eve")
    gone = await it.change()
    await it.act("ann", "change_task.register", gone, "pull it too", due_at=it.soon(days=3))
    await it.act("ann", "change.cancel", gone, why="no need")
    assert await due(it) == {}, "not yet"
    it.clock.advance(timedelta(days=6))
    assert await due(it) == {"change_review": (failed, "ann"), "change_task": (task["key"], "eve")}
    await it.act("ann", "change.review", failed, "wrong screws", aim_met=False)
    await it.act("ann", "change_task.complete", task["key"], note="it is pulled")
    assert await due(it) == {}


async def test_an_approval_that_holds_no_more_is_told(it: Acting) -> None:
    """As its time is over, as the graph is another, as its plan is another."""
    key = await it.approved("host")
    assert await due(it) == {}
    it.clock.advance(timedelta(days=31))
    assert await due(it) == {"approval_void": (key, "ann")}
    await it.act("ann", "change.assess", key)
    assert await due(it) == {}, "it waits to be approved"
    await it.act("ann", "change.approve", key)
    assert await due(it) == {}
    await it.depends("mail", "other")
    await it.depends("other", "host")
    assert await due(it) == {"approval_void": (key, "ann")}
    ((*_, title),) = [row for row in await run(it.graph, OPEN) if row[0] == "approval_void"]
    assert "its plan or the graph under it changed since entry" in title
    with pytest.raises(Refused, match="REASSESS_FIRST"):
        await it.act(
            "ann", "change.schedule", key, starts_at=it.soon(days=1), ends_at=it.soon(days=2)
        )
    await it.act("ann", "change.assess", key)
    await it.act("ann", "change.approve", key)
    assert await due(it) == {}
    await it.act("ann", "change.plan", key, changes=[("host", "degraded")])
    assert await due(it) == {"approval_void": (key, "ann")}
    await it.act("ann", "change.cancel", key, why="no need")
    assert await due(it) == {}


async def test_what_people_are_to_be_told_of_a_release_is_told_and_its_review(it: Acting) -> None:
    release = (await it.act("dan", "release.register", "spring"))["key"]
    told = await it.act("ann", "communication.register", release, "new", due_at=it.soon(days=2))
    taught = await it.act("ann", "training.register", release, "how", due_at=it.soon(days=2))
    await it.act("ann", "training.register", release, "later", due_at=it.soon(days=20))
    await it.act("ann", "communication.assign", told["key"], "eve")
    assert await due(it) == {}
    it.clock.advance(timedelta(days=3))
    wanted = {"communication": (told["key"], "eve"), "training": (taught["key"], "ann")}
    assert await due(it) == wanted
    await it.act("ann", "communication.perform", told["key"])
    assert (await due(it)).keys() == {"training"}
    await it.act("ann", "release.cancel", release, "no need")
    assert await due(it) == {}


async def test_acts_of_a_plan_of_communication_are_reminded_of(it: Acting) -> None:
    """GR2.4: what the management system plans to say is as late as anything else."""
    plan = await it.act(
        *("ann", "management_document.register", "who is told what", DocumentKind.PLAN),
        text="everybody, every quarter",
    )
    given = {"to": ["bob", "cas"], "due_at": it.soon(days=2), "owner": "eve"}
    act = await it.act("ann", "communication.plan", plan["key"], "goals of the year", **given)
    assert await due(it) == {}
    it.clock.advance(timedelta(days=3))
    assert await due(it) == {"communication": (act["key"], "eve")}
    done = await it.act("eve", "communication.perform", act["key"], note="in the hall")
    assert (done["people_told"], done["performed_by"]) == (2, "eve")
    assert await due(it) == {}
    late = await it.act("ann", "communication.plan", plan["key"], "more of it", **given)
    assert (await due(it))["communication"] == (late["key"], "eve")
    await it.act("ann", "management_document.retire", plan["key"], "there is a better one")
    assert await due(it) == {}
    with pytest.raises(Refused, match="PLAN_RETIRED"):
        await it.act("ann", "communication.plan", plan["key"], "once more")


async def test_what_an_improvement_has_brought_is_to_be_looked_at(it: Acting) -> None:
    suggestion = (await it.act("dan", "suggestion.register", "two of them"))["key"]
    classes = {"value": "high", "effort": "low", "urgency": "high"}
    await it.act("ann", "suggestion.evaluate", suggestion, **classes)
    key = (await it.act("ann", "suggestion.accept", suggestion, "worth it"))["key"]
    given = {"due_at": it.soon(days=3), "owner": "eve"}
    action = await it.act("ann", "improvement_action.register", key, "buy it", **given)
    await it.act("ann", "improvement_action.complete", action["key"], note="two")
    await it.act("ann", "improvement.implement", key)
    it.clock.advance(timedelta(days=29))
    assert "improvement_effect" not in await due(it)
    it.clock.advance(timedelta(days=2))
    assert (await due(it))["improvement_effect"] == (key, "ann")
    it.policies = ruled(it.policies, "effect-review", after="P90D")
    assert "improvement_effect" not in await due(it), "as the rule says"


async def test_a_problem_whose_change_is_done_is_to_be_resolved(it: Acting) -> None:
    """Not by one that failed, and not while another one of it goes on."""
    problem = (await it.act("dan", "problem.register", "it stops", investigates=["other"]))["key"]
    given = {"title": "mend it", "changes": [("other", "at_risk")]}
    first, second = [
        (await it.act("dan", "change.from_problem", problem, **given))["key"] for _ in range(2)
    ]
    await finished(it, first, "failed")
    assert "problem_solved" not in await due(it)
    third = (await it.act("dan", "change.from_problem", problem, **given))["key"]
    await finished(it, second, "successful")
    assert "problem_solved" not in await due(it), "another one goes on"
    await it.act("ann", "change.cancel", third, why="no need")
    assert (await due(it))["problem_solved"] == (problem, "ann")
    await it.act("ann", "problem.diagnose", problem, "a fuse")
    await it.act("ann", "problem.resolve", problem, "a new one")
    assert "problem_solved" not in await due(it)


async def finished(it: Acting, key: str, outcome: str) -> None:
    window = {"planned_starts_at": it.soon(seconds=20), "planned_ends_at": it.soon(hours=1)}
    await it.act("ann", "change.plan", key, **window)
    await it.act("ann", "change.assess", key)
    await it.act("ann", "change.approve", key)
    it.clock.advance(timedelta(seconds=30))
    await it.act("ann", "change.begin", key)
    await it.act("ann", "change.complete", key, outcome=ChangeOutcome(outcome))


async def test_problems_come_of_what_went_wrong_and_of_single_points(it: Acting) -> None:
    failed = await implemented(it, "host", "spare", outcome="failed")
    raised = await it.act("dan", "problem.from_change", failed)
    assert (raised["source"], raised["title"]) == ("change", "x")
    ties = await run(
        it.graph,
        """MATCH (p:Problem {key: $k}) RETURN [(p)-[:ARISES_FROM]->(c) | c.key],
        COLLECT { MATCH (p)-[:INVESTIGATES]->(e) RETURN e.key ORDER BY e.key }""",
        k=raised["key"],
    )
    assert ties == [[[failed], ["host", "spare"]]]
    well = await implemented(it, "other")
    for key in (well, await it.change()):
        with pytest.raises(Refused, match="CHANGE_NOT_FAILED"):
            await it.act("dan", "problem.from_change", key)
    incident = (await it.act("dan", "incident.register", "dark", [("host", "degraded")]))["key"]
    known = await it.act("dan", "problem.from_incident", incident, investigates=["host"])
    assert (known["source"], known["title"]) == ("incidents", "dark")
    with pytest.raises(Refused, match="CAUSED_BY_ANOTHER"):
        await it.act("dan", "problem.from_incident", incident)
    weak = await it.act("dan", "problem.from_single_point", "web")
    assert weak["source"] == "analysis"
    points = await run(
        it.graph,
        "MATCH (p:Problem {key: $k})-[:INVESTIGATES]->(e) RETURN e.key ORDER BY e.key",
        k=weak["key"],
    )
    assert points == [["host"], ["spare"]]
    with pytest.raises(Refused, match="NO_SINGLE_POINT"):
        await it.act("dan", "problem.from_single_point", "other")


async def test_what_nobody_answers_is_closed_by_time(it: Acting) -> None:
    """With its parts; not what was opened again, and not what is not resolved."""
    first, second, third = [
        (await it.act("dan", "incident.register", each, [("host", "degraded")]))["key"]
        for each in ("one", "two", "three")
    ]
    for key in (first, second):
        await it.act("ann", "incident.resolve", key, "as it was")
    it.clock.advance(timedelta(days=6))
    await it.act("dan", "incident.reopen", second, "it is not")
    await turn(it, "close-unanswered")
    assert (await it.record(first))["status"] == "resolved", "they have a day more"
    it.clock.advance(timedelta(days=1, hours=1))
    await turn(it, "close-unanswered")
    closed = await it.record(first)
    assert (closed["status"], closed["confirmed"]) == ("closed", False)
    assert closed["closed_at"] == to_text(it.clock.now())
    assert {(await it.record(key))["status"] for key in (second, third)} & {"closed"} == set()
    entries = await run(
        it.graph,
        """MATCH (e:LedgerEntry {verb: 'incident.close'})
        RETURN e.actor, e.via, e.reason""",
    )
    said = "no user has answered within 7 days of its resolution"
    assert entries == [["system", "scheduler", said]]
    before = (await it.graph.head()).seq
    await turn(it, "close-unanswered")
    assert (await it.graph.head()).seq == before


async def test_whether_an_approval_holds_says_why_it_does_not(it: Acting) -> None:
    key = await it.approved("host")
    (row,) = await it.graph.rows("chm.change_context", ref=key)
    reaching = Reaches(await it.snapshot.current())
    assert void_because(row, reaching, it.soon()) == ""
    assert "its approval held until" in void_because(row, reaching, it.soon(days=31))
