"""What is due is done once, whoever is there, and goes on where it was left."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from fitsm_graph.flow.scheduler import LEASE, Job, Scheduler, Turn, Went
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.kernel.errors import BadInput, Refused
from graph.syncing import emptied, run

pytestmark = pytest.mark.asyncio(loop_scope="session")
NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Work:
    """A job that counts, and says how far it has come."""

    def __init__(self, takes: float = 0) -> None:
        self.takes = takes
        self.done: list[str] = []
        self.fails = False

    async def __call__(self, turn: Turn) -> Went:
        if self.fails:
            raise Refused("not today")
        await asyncio.sleep(self.takes)
        self.done.append(turn.cursor)
        return Went(f"turn {len(self.done)}", str(int(turn.cursor or 0) + 1))


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def kept(neo4j_endpoint: Endpoint) -> AsyncIterator[tuple[Graph, ManualClock]]:
    clock = ManualClock(NINE)
    async with emptied(neo4j_endpoint, clock=clock) as graph:
        yield graph, clock


@pytest_asyncio.fixture(loop_scope="session")
async def fresh(kept: tuple[Graph, ManualClock]) -> tuple[Graph, ManualClock]:
    """The same graph, where nothing is due."""
    await run(kept[0], "MATCH (duty:Duty) DELETE duty")
    return kept


Fresh = tuple[Graph, ManualClock]


async def test_it_is_done_when_it_is_due_and_goes_on_where_it_was(fresh: Fresh) -> None:
    graph, clock = fresh
    work = Work()
    scheduler = Scheduler(graph, [Job("count", HOUR, work)])
    assert await scheduler.tick() == ["count"]
    assert await scheduler.tick() == []  # not due again
    clock.advance(HOUR)
    assert await scheduler.tick() == ["count"]
    assert work.done == ["", "1"]
    state = (await scheduler.states())["count"]
    assert (state["said"], state["cursor"], state["error"]) == ("turn 2", "2", "")
    assert state["next_at"] == to_text(clock.now() + HOUR)


async def test_somebody_else_goes_on_once_the_lease_is_over(fresh: Fresh) -> None:
    graph, clock = fresh
    work = Work()
    first, second = (Scheduler(graph, [Job("count", HOUR, work)]) for _ in range(2))
    assert await first.tick() == ["count"]
    clock.advance(HOUR - LEASE / 2)
    await first.tick()  # it holds on to the lease
    clock.advance(LEASE / 2)
    assert await second.tick() == []
    clock.advance(LEASE)  # the first was killed
    assert await second.tick() == ["count"]
    assert work.done == ["", "1"]
    assert await first.tick() == []


async def test_who_stops_lets_the_lease_go(fresh: Fresh) -> None:
    graph, _ = fresh
    work = Work()
    first, second = (Scheduler(graph, [Job("count", HOUR, work)]) for _ in range(2))
    await first.tick()
    with pytest.raises(BadInput):
        await second.run("count")
    await first.let_go()
    assert (await second.run("count"))["said"] == "turn 2"
    with pytest.raises(BadInput):
        await second.run("cuont")


async def test_a_lease_that_was_lost_meanwhile_sets_nothing_back(fresh: Fresh) -> None:
    graph, clock = fresh
    work = Work()
    other = Scheduler(graph, [Job("count", HOUR, work)])

    async def slow(_turn: Turn) -> Went:
        clock.advance(LEASE * 2)
        assert await other.tick() == ["count"]
        return Went("late", "99")

    late = Scheduler(graph, [Job("count", HOUR, slow), Job("more", HOUR, work)])
    assert await late.tick() == []  # neither is kept, and the second is not begun
    states = await late.states()
    assert (states["count"]["said"], "more" in states) == ("turn 1", False)


async def test_a_job_that_fails_is_told_and_the_others_are_done(fresh: Fresh) -> None:
    graph, clock = fresh
    bad, good = Work(), Work()
    bad.fails = True
    scheduler = Scheduler(graph, [Job("bad", HOUR, bad), Job("good", HOUR, good)])
    for _ in range(2):
        assert await scheduler.tick() == ["bad", "good"]
        clock.advance(HOUR)
    state = (await scheduler.states())["bad"]
    assert (state["error"], state["failures"]) == ("not today", 2)
    bad.fails = False
    await scheduler.tick()
    state = (await scheduler.states())["bad"]
    assert (state["error"], state["failures"], bad.done) == ("", 0, [""])


async def test_of_many_who_ask_at_once_one_does_it(fresh: Fresh) -> None:
    graph, _ = fresh
    work = Work(0.3)
    many = [Scheduler(graph, [Job("count", HOUR, work)]) for _ in range(12)]
    done = await asyncio.gather(*(each.tick() for each in many))
    assert sum(map(len, done)) == len(work.done) == 1


async def test_without_the_lease_many_would_do_it(fresh: Fresh) -> None:
    """The control of the test before."""
    graph, _ = fresh
    work = Work(0.3)

    class Greedy(Scheduler):
        async def _hold(self) -> bool:
            await super()._hold()
            return True

    many = [Greedy(graph, [Job("count", HOUR, work)]) for _ in range(12)]
    await asyncio.gather(*(each.tick() for each in many))
    assert len(work.done) > 1


async def test_it_runs_beside_a_server_and_stops_with_it(fresh: Fresh) -> None:
    graph, _ = fresh
    work, begun = Work(), asyncio.Event()

    async def signalled(turn: Turn) -> Went:
        begun.set()
        return await work(turn)

    async with Scheduler(graph, [Job("count", HOUR, signalled)]).running():
        await asyncio.wait_for(begun.wait(), 10)
    assert len(work.done) == 1
    other = Scheduler(graph, [Job("count", HOUR, work)])
    assert (await other.run("count"))["said"] == "turn 2", "the lease was let go at once"


async def test_where_nothing_happens_next_to_nothing_is_written(fresh: Fresh) -> None:
    graph, clock = fresh

    async def nothing(turn: Turn) -> Went:
        return Went(cursor=turn.cursor)

    scheduler = Scheduler(graph, [Job("look", timedelta(seconds=1), nothing)])
    await scheduler.tick()
    before = graph.statements
    for _ in range(14):
        clock.advance(timedelta(seconds=1))
        assert await scheduler.tick() == ["look"]
    assert graph.statements == before
    clock.advance(timedelta(seconds=2))
    await scheduler.tick()
    assert graph.statements == before + 2, "the lease is renewed, and what was done is kept"


async def test_the_control_what_happens_is_kept_each_time(fresh: Fresh) -> None:
    graph, clock = fresh
    scheduler = Scheduler(graph, [Job("count", timedelta(seconds=1), Work())])
    await scheduler.tick()
    before = graph.statements
    for _ in range(14):
        clock.advance(timedelta(seconds=1))
        await scheduler.tick()
    assert graph.statements == before + 14
