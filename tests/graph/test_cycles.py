"""Releases of a fixed cycle are planned ahead, and take in nothing after their cut-off (PR13.1)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.chm.service import register_change
from fitsm_graph.confm.drafts import ElementDraft
from fitsm_graph.confm.service import register_element
from fitsm_graph.flow.policies import InForce
from fitsm_graph.flow.scheduler import Scheduler
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.handover.releases import include_in_release, schedule_release
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.kernel.errors import NotFound, Refused
from fitsm_graph.rdm.cycles import next_of, plan_release_ahead, planning_ahead
from fitsm_graph.rdm.service import cancel_release
from fitsm_graph.rdm.strategies import STRATEGY
from graph.syncing import POLICIES, REGISTRY, emptied, run

REQUEST = Request(actor="tester", via="test")
MONTHLY = {
    "approach": "fixed_cycle",
    "order": "providers_first",
    "worst": "at_risk",
    "types": ["minor", "major"],
    "frequency": "every four weeks",
    "cycle": "P28D",
    "cut_off": "P7D",
    "lasts": "PT2H",
    "applies_to": {"types": ["Server"]},
}
RULE = KINDS.kind(STRATEGY).checked("monthly", MONTHLY)
CYCLES = POLICIES.with_(InForce(f"{STRATEGY}/monthly/1", STRATEGY, "monthly", "", RULE))
START = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


class Planning:
    def __init__(self, graph: Graph, clock: ManualClock) -> None:
        self.graph, self.clock = graph, clock
        self.snapshot = Snapshot(graph, REGISTRY)

    async def reaches(self) -> Reaches:
        return Reaches(await self.snapshot.current())

    async def turn(self) -> None:
        async def policies() -> Any:
            return CYCLES

        self.clock.advance(timedelta(hours=1))
        job = planning_ahead(self.graph, policies, self.reaches)
        went = await Scheduler(self.graph, (job,)).run("cycles")
        assert not went["error"], went

    async def releases(self) -> list[Any]:
        return await run(
            self.graph,
            """MATCH (r:Release {cycle_of: 'monthly'})
            RETURN r.key, r.planned_starts_at, r.cut_off_at, r.title
            ORDER BY r.planned_starts_at""",
        )


@pytest_asyncio.fixture
async def it(neo4j_endpoint: Endpoint) -> AsyncIterator[Planning]:
    clock = ManualClock(START)
    async with emptied(neo4j_endpoint, clock) as graph:
        draft = ElementDraft(kind="CI", type="Server", key="host", name="host")
        await graph.write(register_element, REQUEST, REGISTRY, draft)
        yield Planning(graph, clock)


async def test_two_are_always_ahead(it: Planning) -> None:
    await it.turn()
    first, second = await it.releases()
    begins = datetime(2026, 12, 22, 10, tzinfo=UTC)
    assert first[1:] == [
        to_text(begins),
        to_text(begins - timedelta(days=7)),
        "monthly 2026-12-22",
    ]
    assert second[1] == to_text(begins + timedelta(days=28))
    await it.turn()
    assert len(await it.releases()) == 2
    it.clock.advance(timedelta(days=28))
    await it.turn()
    assert [each[1] for each in await it.releases()][2:] == [to_text(begins + timedelta(days=56))]
    await it.graph.write(cancel_release, REQUEST, CYCLES, second[0], "no need")
    await it.turn()
    assert len(await it.releases()) == 4, "what was given up is made up for"


@pytest.mark.parametrize(
    "moved", [timedelta(days=3), timedelta(days=400), timedelta(days=-14), timedelta(days=28)]
)
async def test_what_is_scheduled_otherwise_moves_no_cycle(it: Planning, moved: timedelta) -> None:
    """Put off, put far off, brought forward, put onto the day of the one after it."""
    await it.turn()
    _, (key, starts, *_) = await it.releases()
    second = datetime.fromisoformat(starts)
    begins = second + moved
    window = (to_text(begins), to_text(begins + timedelta(hours=2)))
    await it.graph.write(schedule_release, REQUEST, CYCLES, await it.reaches(), key, *window)
    for _ in range(2):
        it.clock.advance(timedelta(days=28))
        await it.turn()
    made = await run(
        it.graph,
        """MATCH (r:Release {cycle_of: 'monthly'}) WHERE r.key <> $k
        RETURN r.planned_starts_at ORDER BY r.planned_starts_at""",
        k=key,
    )
    first = second - timedelta(days=28)
    assert made == [[to_text(first + timedelta(days=28 * each))] for each in (0, 2, 3)]


async def test_after_its_cut_off_it_takes_in_nothing(it: Planning) -> None:
    await it.turn()
    (key, starts, *_), _ = await it.releases()
    given = (CYCLES, await it.reaches())
    change = await it.graph.write(register_change, REQUEST, *given, "x", [("host", "at_risk")])
    lent = (CYCLES, REGISTRY, await it.reaches())
    await it.graph.write(include_in_release, REQUEST, *lent, key, [change.value["key"]])
    it.clock.set(datetime.fromisoformat(starts) - timedelta(days=6))
    with pytest.raises(Refused, match="CUT_OFF_OVER"):
        await it.graph.write(include_in_release, REQUEST, *lent, key, [change.value["key"]])


async def test_only_a_strategy_with_a_cycle_has_a_next_release(it: Planning) -> None:
    with pytest.raises(NotFound, match="no release strategy 'rolling' has a cycle"):
        await it.graph.write(plan_release_ahead, REQUEST, CYCLES, await it.reaches(), "rolling")


@pytest.mark.parametrize(("days", "expected"), [(-1, 28), (0, 28), (27, 28), (28, 56), (60, 84)])
def test_whole_cycles_lie_between_them(days: int, expected: int) -> None:
    """From the last one on; cycles in which nobody was there are left out."""
    last = START - timedelta(days=days)
    assert next_of(RULE, to_text(last), START) == last + timedelta(days=expected)
