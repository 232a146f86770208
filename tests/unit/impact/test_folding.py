"""Changes laid over a topology and folded aside: whatever is folded when, the rows are the same."""

import asyncio
import itertools
import threading

import pytest

from fitsm_graph.impact.changes import compacted
from fitsm_graph.impact.folding import Folding
from fitsm_graph.impact.mapped import Mapped, map_topology
from fitsm_graph.impact.records import ElementRow, TopologyChange
from fitsm_graph.kernel.errors import Broken
from unit.impact.graphs import Graph
from unit.impact.test_topology import assert_same_arrays, built, contents


async def followed(graph, mapped, folds, version):
    changes = list(graph.changes)
    graph.changes.clear()
    return await folds.after(mapped, changes, version)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("patience", [0, 3])
async def test_whatever_is_folded_when_the_rows_are_the_same(seed, patience):
    """With patience, a folding gets the time to end before the next questions come."""
    graph = Graph(seed, size=300)
    mapped, folds = map_topology(built(graph)), Folding(few_rows=0)
    overlay, begun = [], 0
    for version in range(1, 121):
        for _ in range(graph.random.randint(1, 3)):
            graph.step()
        mapped = await followed(graph, mapped, folds, version)
        overlay.append(len(mapped.topology.links) + len(mapped.topology.texts))
        begun += folds.is_going
        if patience and version % patience == 0:
            await asyncio.sleep(0.01)
        assert mapped.version == version
        if version % 20 == 0:
            assert contents(mapped.topology) == (graph.elements, graph.relations)
    fresh = built(graph, mapped.version)
    assert_same_arrays(compacted(mapped.topology), fresh)
    assert_same_arrays(mapped.compacted().network, map_topology(fresh).network)
    assert begun, "nothing was folded aside: the test shows nothing"
    assert any(after < before for before, after in itertools.pairwise(overlay))


class Held:
    """Foldings that end when they are told to."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.count = 0

    def fold(self, mapped: Mapped) -> Mapped:
        """Fold when that is allowed."""
        self.count += 1
        assert self.may_end.wait(10)
        return mapped.compacted()


async def test_nobody_waits_for_a_folding_and_there_is_one_at_a_time():
    graph, held = Graph(7, size=300), Held()
    mapped, folds = map_topology(built(graph)), Folding(few_rows=0, fold=held.fold)
    for version in range(1, 15):
        graph.step()
        mapped = await asyncio.wait_for(followed(graph, mapped, folds, version), 5)
        assert contents(mapped.topology) == (graph.elements, graph.relations)
    assert folds.is_going
    assert held.count == 1
    held.may_end.set()
    await asyncio.wait([folds._going])
    beside = len(mapped.topology.links) + len(mapped.topology.texts)
    graph.step()
    mapped = await followed(graph, mapped, folds, 15)
    assert len(mapped.topology.links) + len(mapped.topology.texts) < beside
    assert contents(mapped.topology) == (graph.elements, graph.relations)


async def test_what_came_meanwhile_is_not_lost():
    """The control of the others: without what came while folding, rows are missing."""
    graph, held = Graph(3, size=300), Held()
    mapped, folds = map_topology(built(graph)), Folding(few_rows=0, fold=held.fold)
    version = 0
    while not folds.is_going:
        version += 1
        graph.step()
        mapped = await followed(graph, mapped, folds, version)
    graph.step()
    graph.step()
    mapped = await followed(graph, mapped, folds, version + 1)
    folds._since.clear()
    held.may_end.set()
    await asyncio.wait([folds._going])

    async def all_is_there() -> None:
        last = mapped
        for number in range(50):
            graph.step()
            last = await followed(graph, last, folds, version + 2 + number)
        assert contents(last.topology) == (graph.elements, graph.relations)

    with pytest.raises((AssertionError, Broken)):
        await all_is_there()


async def test_changes_that_do_not_fit_are_forgotten():
    graph, held = Graph(5, size=300), Held()
    mapped, folds = map_topology(built(graph)), Folding(few_rows=0, fold=held.fold)
    version = 0
    while not folds.is_going:
        version += 1
        graph.step()
        mapped = await followed(graph, mapped, folds, version)
    gone = TopologyChange(ElementRow("never-was"), None)
    with pytest.raises(Broken, match="SNAPSHOT_DIVERGED"):
        await folds.after(mapped, [gone], version + 1)
    assert not folds.is_going
    held.may_end.set()
    graph.step()
    mapped = await followed(graph, mapped, folds, version + 1)
    assert contents(mapped.topology) == (graph.elements, graph.relations)


async def test_what_is_small_or_mostly_new_is_folded_at_once():
    graph = Graph(2, size=300)
    mapped = map_topology(built(graph))
    for _ in range(12):
        graph.step()
    changes = list(graph.changes)
    at_once, aside = Folding(), Folding(few_rows=0)
    small = await at_once.after(mapped, changes, 1)
    assert not small.topology.links
    assert not at_once.is_going
    beside = await aside.after(mapped, changes, 1)
    assert beside.topology.links or beside.topology.texts
    assert aside.is_going
    strict = Folding(few_rows=0, most_aside=0.0)
    assert not (await strict.after(mapped, changes, 1)).topology.links
