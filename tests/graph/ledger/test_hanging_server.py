"""A server that takes what it is sent and answers nothing is not waited for without end."""

import asyncio

import pytest

from fitsm_graph.confm.service import register_element
from fitsm_graph.graph.driver import answered_within, translated
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.errors import Unavailable
from graph.ledger.cutting import Cutter, cutting
from graph.support import REGISTRY, asking, count, service

SECONDS = 0.3


def _never() -> bool:
    return False


async def _asked(client: Graph) -> None:
    async with client.driver.session() as session:
        await (await session.run("RETURN 1")).consume()


async def test_it_is_given_up_and_asked_again_once_it_answers(graph: Graph) -> None:
    async with cutting(graph.endpoint, _never) as (cutter, through):
        client = Graph(through)
        await client.head()
        cutter.awake.clear()
        with pytest.raises(Unavailable, match="does not answer"):
            await _given_up(client)
        cutter.awake.set()
        await client.write(register_element, asking(), REGISTRY, service("", name="mail"))
        await client.close()
    assert await count(graph, "(n:Service)") == 1


async def _given_up(client: Graph) -> None:
    with translated():
        async with answered_within(SECONDS, late=0.0):
            await _asked(client)


async def test_the_driver_alone_would_wait(graph: Graph) -> None:
    """The control: nobody has told it how long, and the local server does not either."""
    async with cutting(graph.endpoint, _never) as (cutter, through):
        client = Graph(through)
        await client.head()
        waiting = await _waits(client, cutter)
        assert not waiting.done()
        cutter.awake.set()
        await waiting
        await client.close()


async def _waits(client: Graph, cutter: Cutter) -> "asyncio.Task[None]":
    cutter.awake.clear()
    waiting = asyncio.create_task(_asked(client))
    await asyncio.wait({waiting}, timeout=3 * SECONDS)
    return waiting


async def test_what_takes_as_long_as_that_by_itself_is_told_as_it_is() -> None:
    with pytest.raises(TimeoutError):
        async with answered_within(SECONDS), asyncio.timeout(0.0):
            await asyncio.sleep(SECONDS)
