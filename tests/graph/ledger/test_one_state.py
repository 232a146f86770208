"""A reading is of one state, however fast others write."""

import asyncio
from itertools import count as counting

from fitsm_graph.graph import feed
from fitsm_graph.graph.graph import Graph
from graph.ledger.reading import image_of
from graph.support import register, run, update


async def both(graph: Graph, pause: float = 0.02) -> tuple[str, str]:
    """Two services that every write changes together, read one after the other."""
    first = await run(graph, "MATCH (n:Service {key: 'a'}) RETURN n.name")
    await asyncio.sleep(pause)
    second = await run(graph, "MATCH (n:Service {key: 'b'}) RETURN n.name")
    return first[0][0], second[0][0]


async def in_step(graph: Graph, over: asyncio.Event) -> None:
    """Change one, then the other, as fast as can be."""
    for number in counting():
        await update(graph, "a", {"name": str(number)})
        await update(graph, "b", {"name": str(number)})
        if over.is_set():
            return


async def test_others_wait_at_last_for_a_reading(graph: Graph) -> None:
    await register(graph, "a", name="-1")
    await register(graph, "b", name="-1")
    over = asyncio.Event()
    writer = asyncio.create_task(in_step(graph, over))
    await asyncio.sleep(0.1)
    try:
        torn = [await both(graph, 0.3) for _ in range(5)]
        for _ in range(10):
            seq, (first, second) = await feed.stable(graph, lambda _seq: both(graph))
            written = seq - 2
            assert (int(first), int(second)) == ((written + 1) // 2 - 1, written // 2 - 1)
    finally:
        over.set()
        await writer
    assert any(int(a) - int(b) not in {0, 1} for a, b in torn), "the control: nothing was torn"


async def test_a_writer_waits_while_the_turn_is_held(graph: Graph) -> None:
    await register(graph, "a")
    async with feed.held(graph) as seq:
        assert seq == 1
        waiting = asyncio.create_task(update(graph, "a", {"name": "x"}))
        done, _ = await asyncio.wait([waiting], timeout=0.5)
        assert not done
    assert (await waiting).seq == 2


async def test_the_whole_of_a_graph_that_is_written_to_is_one_state(graph: Graph) -> None:
    for key in "ab":
        await register(graph, key, name="-1")
    over = asyncio.Event()
    writer = asyncio.create_task(in_step(graph, over))
    try:
        for _ in range(5):
            seq, image = await feed.whole(graph)
            names = {
                one.properties["key"]: one.properties["name"] for one in image.records.values()
            }
            written = seq - 2
            assert (int(names["a"]), int(names["b"])) == ((written + 1) // 2 - 1, written // 2 - 1)
    finally:
        over.set()
        await writer
    seq, image = await feed.whole(graph)
    raw = await image_of(graph)
    assert {id: one.properties for id, one in image.records.items()} == {
        id: held for id, (_, held) in raw.records.items()
    }
