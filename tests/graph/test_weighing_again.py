"""Open incidents are weighed again by themselves, where something is different (PR9.1)."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.service import register_element, relate, unrelate
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import LEASE, Job, Scheduler, Turn
from fitsm_graph.flow.target_form import TARGETS
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.matrix import URGENCY
from fitsm_graph.isrm.weighing_again import COMPUTED, EVERY, weighing_again
from fitsm_graph.kernel.clock import ManualClock
from fitsm_graph.sms import policies as rules
from graph.conformity_story import DAY, HOUR, START, SYSTEM, Story
from graph.dying import Dying
from graph.syncing import KINDS, REGISTRY, emptied, run

pytestmark = pytest.mark.asyncio(loop_scope="session")
ENTRIES = """MATCH (e:LedgerEntry {verb: 'incident.weigh'})-[:CHANGED]->(i:Incident)
  RETURN i.key, e.reason, e.via, e.actor ORDER BY e.seq"""
SETTLED = timedelta(minutes=10)
"""As the rules of urgency say that come with the product."""
FULL = bool(os.environ.get("FITSM_FULL"))


class Desk(Story):
    """Incidents on hosts that services come to need, or need no more."""

    def job(self, by: Graph | None = None) -> Job:
        async def policies() -> Policies:
            return self.policies

        async def reaches() -> Reaches:
            return Reaches(await self.snapshot.current())

        return weighing_again(by or self.graph, policies, reaches)

    async def needed(self, host: str, *, criticality: int = 1) -> str:
        """A new service that needs a host."""
        self.count += 1
        key = f"service-{self.count}"
        draft = ElementDraft(kind="Service", key=key, name=key, criticality=criticality)
        await self.graph.write(register_element, SYSTEM, REGISTRY, draft)
        await self.tied(key, host)
        return key

    async def tied(self, service: str, host: str) -> None:
        tie = RelationDraft(type="DEPENDS_ON", source=service, target=host)
        await self.graph.write(relate, SYSTEM, REGISTRY, tie)

    async def freed(self, service: str, host: str) -> None:
        await self.graph.write(unrelate, SYSTEM, REGISTRY, "DEPENDS_ON", service, host)

    async def trouble(self, **more: Any) -> tuple[str, str]:
        """A host that is down, and its incident."""
        host = await self.element()
        return host, await self.incident(host, effect="down", **more)

    async def shown(self, key: str) -> dict[str, Any]:
        ((found,),) = await run(self.graph, "MATCH (i:Incident {key: $k}) RETURN i", k=key)
        return dict(found)

    async def seq(self) -> int:
        return (await self.graph.head()).seq

    async def round(self, job: Job) -> str:
        """All turns of a round."""
        said, cursor = [], ""
        while True:
            went = await job.run(Turn(self.clock.now(), cursor))
            said += [went.said] if went.said else []
            if not went.again:
                return "; ".join(said)
            cursor = went.cursor


@pytest_asyncio.fixture(loop_scope="session")
async def desk(neo4j_endpoint: Endpoint) -> AsyncIterator[Desk]:
    clock = ManualClock(START)
    async with emptied(neo4j_endpoint, clock) as graph:
        made = Desk(graph, clock)
        await made.people()
        yield made


async def test_what_comes_to_need_it_makes_it_graver(desk: Desk) -> None:
    """An entry says so where something differs, and there is none where nothing does."""
    job = desk.job()
    host, key = await desk.trouble()
    _, other = await desk.trouble()
    began = await desk.seq()
    assert await desk.round(job) == ""
    assert await desk.seq() == began, "nothing has changed"
    before = await desk.shown(key)
    assert (before["priority"], before["computed_impact"]) == (4, "low")
    await desk.needed(host)
    assert (await desk.shown(key))["priority"] == 4, "nobody has weighed it yet"
    began = await desk.seq()
    assert await desk.round(job) == "1 incident weighed again"
    after = await desk.shown(key)
    assert (after["impact"], after["urgency"], after["priority"]) == ("high", "medium", 2)
    assert after["services"] == [f"service-{desk.count}"]
    assert any(f"service-{desk.count}" in said for said in after["because"])
    why = "the graph has changed: impact low → high, urgency low → medium, priority 4 → 2"
    more = "targets of priority 4 → 2, other services, other criteria of a major incident"
    told = [[key, f"{why}, {more}", "scheduler", "system"]]
    assert await run(desk.graph, ENTRIES) == told
    for again in (job, desk.job()):
        assert await desk.round(again) == ""
    assert await desk.seq() == began + 1
    assert (await desk.shown(other))["priority"] == 4


async def test_time_makes_it_more_urgent_and_moves_no_promise(desk: Desk) -> None:
    """Priority 4 has ten days: with less than half of them it is medium, with a quarter high."""
    job = desk.job()
    _, key = await desk.trouble()
    first = await desk.shown(key)
    await desk.round(job)
    for days, urgency, priority in ((4.9, "low", 4), (0.2, "medium", 4), (2.5, "high", 3)):
        desk.clock.advance(days * DAY)
        await desk.round(job)
        now = await desk.shown(key)
        assert (now["urgency"], now["priority"]) == (urgency, priority)
        assert now["resolution_due_at"] == first["resolution_due_at"]
        assert now["target_priority"] == 4
    assert [reason for _, reason, *_ in await run(desk.graph, ENTRIES)] == [
        "less of its time is left: urgency low → medium",
        "less of its time is left: urgency medium → high, priority 4 → 3",
    ]
    assert "less than 25%" in " ".join(now["because"])
    desk.clock.advance(40 * DAY)
    assert await desk.round(job) == "", "it is as urgent as can be"


async def test_what_waits_has_as_much_time_as_before(desk: Desk) -> None:
    job = desk.job()
    _, key = await desk.trouble()
    await desk.act("incident.wait", key, "supplier", "a part is on its way")
    desk.clock.advance(30 * DAY)
    assert await desk.round(job) == ""
    await desk.act("incident.resume", key)
    assert await desk.round(job) == ""
    desk.clock.advance(8 * DAY)
    assert await desk.round(job) == "1 incident weighed again"


async def test_what_a_person_decided_stays(desk: Desk) -> None:
    job = desk.job()
    host, key = await desk.trouble()
    await desk.act("incident.prioritise", key, impact="medium", override_reason="an open day")
    await desk.needed(host)
    await desk.round(job)
    now = await desk.shown(key)
    assert (now["impact"], now["override_impact"]) == ("medium", "medium")
    assert (now["computed_impact"], now["override_reason"]) == ("high", "an open day")
    assert now["priority"] == 3, "medium × medium"
    assert now["computed_priority"] == 2


async def test_a_major_one_stays_the_first(desk: Desk) -> None:
    job = desk.job()
    host, key = await desk.trouble()
    await desk.act("incident.declare_major", key, "ann", "nobody can work")
    await desk.needed(host)
    await desk.round(job)
    now = await desk.shown(key)
    assert (now["priority"], now["target_priority"]) == (1, 1)
    assert now["computed_priority"] == 2


async def test_what_is_over_is_left_as_it_was(desk: Desk) -> None:
    job = desk.job()
    host, key = await desk.trouble()
    await desk.resolved(key)
    await desk.needed(host)
    desk.clock.advance(20 * DAY)
    began = await desk.seq()
    assert await desk.round(job) == ""
    assert await desk.seq() == began


async def test_what_comes_and_goes_does_not_flap(desk: Desk) -> None:
    job = desk.job()
    host, key = await desk.trouble()
    service = await desk.needed(host)
    for _ in range(4):
        await desk.round(job)
        await desk.freed(service, host)
        desk.clock.advance(EVERY)
        await desk.round(job)
        assert (await desk.shown(key))["priority"] == 2
        await desk.tied(service, host)
        desk.clock.advance(EVERY)
    assert len(await run(desk.graph, ENTRIES)) == 1
    await desk.freed(service, host)
    desk.clock.advance(SETTLED)
    assert await desk.round(job) == "1 incident weighed again"
    assert (await desk.shown(key))["priority"] == 4


async def test_how_long_is_a_policy(desk: Desk) -> None:
    """A provider who waits for an hour, and one whose rules say nothing of it."""
    job = desk.job()
    held = desk.policies.find(URGENCY, DEFAULT)
    assert held is not None
    slow = replace(held, value=replace(held.value, settles_after=HOUR))
    host, key = await desk.trouble()
    service = await desk.needed(host)
    await desk.round(job)
    await desk.freed(service, host)
    desk.policies = desk.policies.with_(slow)
    desk.clock.advance(HOUR - timedelta(seconds=9))
    assert await desk.round(job) == ""
    desk.policies = desk.policies.with_(held)
    assert await desk.round(job) == "1 incident weighed again"
    assert (await desk.shown(key))["priority"] == 4


async def test_what_was_promised_is_of_the_version_that_was_in_force(desk: Desk) -> None:
    """Other targets are approved meanwhile: they count for what reaches other services only."""
    await desk.graph.write(rules.seed_policies, SYSTEM, KINDS, rules.from_files())
    job = desk.job()
    host, key = await desk.trouble()
    first = await desk.shown(key)
    held = desk.policies.find(TARGETS, DEFAULT)
    assert held is not None
    assert held.key in first["agreed"]
    desk.policies = desk.policies.with_(replace(held, key=f"{TARGETS}/{DEFAULT}/2"))
    desk.clock.advance(8 * DAY)
    assert await desk.round(job) == "1 incident weighed again"
    now = await desk.shown(key)
    assert (now["urgency"], now["agreed"]) == ("high", first["agreed"])
    await desk.needed(host)
    await desk.round(job)
    assert f"{TARGETS}/{DEFAULT}/2" in (await desk.shown(key))["agreed"]


async def test_one_that_cannot_be_weighed_keeps_no_other_waiting(desk: Desk) -> None:
    """A class that a person decided on is one of the matrix no more."""
    job = desk.job()
    _, odd = await desk.trouble()
    await desk.act("incident.prioritise", odd, impact="medium", override_reason="an open day")
    host, key = await desk.trouble()
    await desk.needed(host)
    spoilt = "MATCH (i:Incident {key: $k}) SET i.override_impact = 'huge'"
    await run(desk.graph, spoilt, k=odd)
    assert await desk.round(job) == f"1 incident weighed again; 1 left: {odd} (UNKNOWN_CLASS)"
    assert (await desk.shown(key))["priority"] == 2


async def test_a_turn_has_an_end_and_the_next_goes_on(desk: Desk) -> None:
    """Whoever is killed is followed by one that writes the rest, each once."""
    host = await desk.element()
    keys = [
        await desk.incident(host, effect="down", begun=False, owner="")
        for _ in range(2 * COMPUTED + 5)
    ]
    for each in (host, host, host):
        await desk.needed(each)
    job = desk.job()
    went = await job.run(Turn(desk.clock.now(), ""))
    assert (went.said, went.again) == (f"{COMPUTED} incidents weighed again", True)
    dying = Dying(desk.graph.endpoint, clock=desk.clock)
    dying.left = 7
    first = Scheduler(desk.graph, [desk.job(dying)])
    for _ in range(3):
        await first.tick()
    await dying.close()
    assert len(await run(desk.graph, ENTRIES)) == COMPUTED + 7
    desk.clock.advance(LEASE * 2)
    second = Scheduler(desk.graph, [desk.job()])
    for _ in range(6):
        await second.tick()
        desk.clock.advance(EVERY)
    assert sorted(key for key, *_ in await run(desk.graph, ENTRIES)) == sorted(keys)


async def test_two_at_once_write_it_once(desk: Desk) -> None:
    host = await desk.element()
    keys = [await desk.incident(host, effect="down", begun=False, owner="") for _ in range(5)]
    await desk.needed(host)
    await asyncio.gather(*(desk.round(desk.job()) for _ in range(2)))
    assert sorted(key for key, *_ in await run(desk.graph, ENTRIES)) == sorted(keys)


# --- against a reading of the rules that shares no code -------------------------------------------

MATRIX = {"hh": 1, "hm": 2, "hl": 3, "mh": 2, "mm": 3, "ml": 4, "lh": 3, "lm": 4, "ll": 4}
HOURS = {1: 4, 2: 8, 3: 72, 4: 240}
"""Priorities by first letters of the classes, and hours to resolve each, as they are seeded."""


def expected(criticalities: list[int], hours: float) -> tuple[int, int]:
    """Priority, and the one of its targets, of an incident that puts services DOWN for so long."""
    grave = 1 in criticalities or len(criticalities) >= 3
    impact = "h" if grave else "m" if criticalities else "l"
    calm = "m" if criticalities else "l"
    promised = MATRIX[impact + calm]
    left = max(0.0, 1 - hours / HOURS[promised])
    urgency = "h" if left < 0.25 else "m" if left < 0.5 else calm
    return MATRIX[impact + urgency], promised


@pytest.mark.parametrize("seed", range(20 if FULL else 4))
async def test_it_is_what_the_rules_say_after_whatever_happens(desk: Desk, seed: int) -> None:
    chance, job = random.Random(seed), desk.job()
    needs: dict[str, dict[str, int]] = {}
    began: dict[str, tuple[str, Any]] = {}
    for _ in range(40 if FULL else 14):
        match chance.choice(("new", "need", "need", "free", "wait", "resolve")):
            case "new":
                host, key = await desk.trouble(begun=False, owner="")
                needs[host], began[key] = {}, (host, desk.clock.now())
            case "need" if needs:
                host, criticality = chance.choice(list(needs)), chance.choice((1, 2, 3))
                needs[host][await desk.needed(host, criticality=criticality)] = criticality
            case "free" if any(needs.values()):
                host = chance.choice([each for each, held in needs.items() if held])
                await desk.freed(service := chance.choice(list(needs[host])), host)
                del needs[host][service]
            case "wait":
                desk.clock.advance(HOUR * chance.choice((1, 5, 20, 70)))
            case "resolve" if began:
                await desk.resolved(key := chance.choice(list(began)))
                del began[key]
            case _:
                continue
        desk.clock.advance(SETTLED + timedelta(seconds=1))
        await desk.round(job)
        for key, (host, since) in began.items():
            now, hours = await desk.shown(key), (desk.clock.now() - since) / HOUR
            wanted = expected(list(needs[host].values()), hours)
            assert (now["priority"], now["target_priority"]) == wanted, (key, needs[host], hours)
    before = await desk.seq()
    await desk.round(desk.job())
    assert await desk.seq() == before, "one that knows nothing yet finds nothing different"
