"""Who answers for a record is reminded of an update for users that is due, once (PR9.4)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
import yaml

from fitsm_graph.background import SOON, looks_of
from fitsm_graph.confm.drafts import ElementDraft
from fitsm_graph.confm.service import register_element
from fitsm_graph.flow.due import Due
from fitsm_graph.flow.outbox import Outbox
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import LEASE, Scheduler, Turn
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.request_rules import OfferingStep
from fitsm_graph.isrm.updates import UPDATES
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.kernel.places import SCHEMA
from fitsm_graph.model.declare import Process
from fitsm_graph.sms.due import raise_reminder, reminding, reminding_soon
from graph.conformity_story import START, SYSTEM, Story
from graph.dying import Dying
from graph.syncing import KINDS, REGISTRY, emptied, run

pytestmark = pytest.mark.asyncio(loop_scope="session")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
RAISED = """MATCH (r:Reminder {matter: 'user_update'})-[:REMINDS_OF]->(case)
  OPTIONAL MATCH (r)-[:OWNED_BY]->(p)
  RETURN case.key, p.key, r.due_at, r.status ORDER BY r.due_at, r.key"""


class Desk(Story):
    """People who deal with incidents and requests, and are reminded of users who wait."""

    def scheduler(self, by: Graph | None = None) -> Scheduler:
        graph = by or self.graph

        async def reaches() -> Reaches:
            return Reaches(await self.snapshot.current())

        outbox = Outbox(graph, self.in_force, reaches, {})
        looks = looks_of(KINDS, reaches)
        jobs = (
            reminding(graph, self.in_force, looks, apart=SOON),
            reminding_soon(graph, self.in_force, SOON),
        )
        return Scheduler(graph, (*outbox.jobs()[:1], *jobs))

    async def in_force(self) -> Policies:
        return self.policies

    async def reminded(self, *jobs: str) -> list[list[Any]]:
        """Let a new scheduler do what is due; every reminder, whose, and since when."""
        scheduler = self.scheduler()
        for name in jobs or ("remind-soon",):
            await scheduler.run(name)
        await scheduler.let_go()
        return await run(self.graph, RAISED)

    async def due_at(self, key: str) -> datetime:
        """When users are to hear again, from when they heard last and the seeded rules."""
        asked = """MATCH (c:ProcessRecord {key: $k})
        RETURN c.priority, c.users_updated_at, c.created_at"""
        ((priority, told, made),) = await run(self.graph, asked, k=key)
        return datetime.fromisoformat(told or made) + EVERY[priority]

    async def asked(self, owner: str = "") -> str:
        """A service request that somebody may answer for."""
        self.count += 1
        name = f"service-{self.count}"
        draft = ElementDraft(kind="Service", key=name, name=name, criticality=3)
        await self.graph.write(register_element, SYSTEM, REGISTRY, draft)
        steps = [OfferingStep("make it")]
        offering = await self.act("request_offering.register", "a mailbox", name, steps=steps)
        key = str(await self.act("service_request.register", offering))
        if owner:
            await self.act("service_request.assign", key, owner)
        return key


def _seeded() -> dict[int, timedelta]:
    """How often users hear, by priority, as the file of the policies says."""
    text = (SCHEMA / "policies" / "incidents.yaml").read_text(encoding="utf-8")
    said = yaml.safe_load(text)[f"{UPDATES}/default"]["every"]
    spans = {"PT1H": 1, "PT4H": 4, "P1D": 24, "P3D": 72}
    return {int(number): timedelta(hours=spans[span]) for number, span in said.items()}


EVERY = _seeded()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(neo4j_endpoint: Endpoint) -> AsyncIterator[Desk]:
    clock = ManualClock(START)
    async with emptied(neo4j_endpoint, clock) as graph:
        made = Desk(graph, clock)
        await made.people()
        yield made


async def test_who_owns_it_is_told_once_and_where_nobody_does_the_manager(desk: Desk) -> None:
    owned = await desk.incident(await desk.element(critical=True), effect="down", owner="bob")
    nobodys = await desk.incident(await desk.element(critical=True), effect="down", owner="")
    due = [await desk.due_at(key) for key in (owned, nobodys)]
    desk.clock.set(due[0] - SECOND)
    assert await desk.reminded() == [], "nothing is due yet"
    desk.clock.set(due[1])
    wanted = [
        [owned, "bob", to_text(due[0]), "open"],
        [nobodys, "ann", to_text(due[1]), "open"],
    ]
    assert await desk.reminded() == wanted
    before = (await desk.graph.head()).seq
    desk.clock.advance(10 * MINUTE)
    assert await desk.reminded() == wanted, "once"
    assert (await desk.graph.head()).seq == before
    assert await desk.reminded("remind", "remind-soon") == wanted, "the other job leaves it alone"
    await desk.act("incident.update_users", owned, "we are at it")
    assert [status for *_, status in await desk.reminded()] == ["settled", "open"]
    again = await desk.due_at(owned)
    desk.clock.set(again)
    told = await desk.reminded()
    assert [owned, "bob", to_text(again), "open"] in told
    assert len(told) == 3


async def test_a_request_is_no_different(desk: Desk) -> None:
    owned, nobodys = await desk.asked("bob"), await desk.asked()
    desk.clock.set(max([await desk.due_at(owned), await desk.due_at(nobodys)]))
    told = await desk.reminded()
    assert {(key, owner) for key, owner, *_ in told} == {(owned, "bob"), (nobodys, "ann")}


async def test_they_are_told_in_a_message(desk: Desk) -> None:
    key = await desk.incident(owner="bob")
    scheduler = desk.scheduler()
    await scheduler.run("notify")
    desk.clock.set(await desk.due_at(key))
    for name in ("remind-soon", "notify", "remind-soon", "remind", "notify"):
        await scheduler.run(name)
    told = await run(
        desk.graph,
        """MATCH (d:Delivery {verb: 'reminder.raise'}) MATCH (p:Person {id: d.person})
        WHERE d.subject CONTAINS $key RETURN p.key""",
        key=key,
    )
    assert told == [["bob"]]


async def test_what_is_over_or_ruled_by_nothing_is_told_to_nobody(desk: Desk) -> None:
    """Beside one that goes on and is told of."""
    over, going = await desk.incident(owner="bob"), await desk.incident(owner="bob")
    await desk.resolved(over)
    async with desk.without(UPDATES):
        await desk.incident(owner="bob")
    desk.clock.set(await desk.due_at(going))
    desk.clock.advance(timedelta(days=1))
    assert {key for key, *_ in await desk.reminded()} == {going}
    await desk.resolved(going)
    assert [status for *_, status in await desk.reminded()] == ["settled"]


async def test_other_matters_are_left_to_others(desk: Desk) -> None:
    """What is looked at every minute settles nothing that it has not looked at."""
    late = Due("review", Process.SMS, "RVW-000009", "x", to_text(desk.clock.now()))
    await desk.graph.write(raise_reminder, SYSTEM, desk.policies, late)
    status = "MATCH (r:Reminder {matter: 'review'}) RETURN r.status"
    await desk.reminded()
    assert await run(desk.graph, status) == [["open"]]
    await desk.reminded("remind")
    assert await run(desk.graph, status) == [["settled"]]


async def test_one_that_is_killed_is_followed_by_one_that_tells_the_rest(desk: Desk) -> None:
    host = await desk.element()
    keys = [await desk.incident(host, owner="", begun=False) for _ in range(12)]
    desk.clock.set(await desk.due_at(keys[-1]))
    dying = Dying(desk.graph.endpoint, clock=desk.clock)
    dying.left = 5
    first = desk.scheduler(dying)
    await first.run("remind-soon")
    await dying.close()
    assert len(await run(desk.graph, RAISED)) == 5
    desk.clock.advance(LEASE * 2)
    second = desk.scheduler()
    for _ in range(3):
        await second.tick()
        desk.clock.advance(MINUTE)
    assert sorted(key for key, *_ in await run(desk.graph, RAISED)) == sorted(keys)


async def test_two_at_once_tell_it_once(desk: Desk) -> None:
    host = await desk.element()
    keys = [await desk.incident(host, owner="", begun=False) for _ in range(4)]
    desk.clock.set(await desk.due_at(keys[-1]))
    jobs = [reminding_soon(desk.graph, desk.in_force, SOON) for _ in range(2)]
    await asyncio.gather(*(each.run(Turn(desk.clock.now(), "")) for each in jobs))
    assert sorted(key for key, *_ in await run(desk.graph, RAISED)) == sorted(keys)
