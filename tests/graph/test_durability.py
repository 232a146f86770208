"""What was acknowledged survives `kill -9`: eight writers of verbs, each with its list of answers.

A write has one of three outcomes for its client: acknowledged with the number of its entry,
refused, or unknown because the answer was lost. After the kills every acknowledged write must be
there, once and whole, under its number; an unknown one is there wholly or not at all; a refused
one is not there; and the ledger verifies.
"""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from backends import throwaway_server
from fitsm_graph.confm.service import register_element
from fitsm_graph.graph import verify
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.local import LocalServer
from fitsm_graph.graph.migrations import migrate
from fitsm_graph.kernel.clock import SystemClock
from fitsm_graph.kernel.errors import FitsmError, Unavailable
from fitsm_graph.sms.service import register_party
from graph.support import asking, service
from graph.syncing import REGISTRY, run

WRITERS = 8
KILLS = 20 if os.environ.get("FITSM_FULL") else 2
SECONDS_BETWEEN = (0.5, 2.0)
STORED = """
MATCH (n:Service)
OPTIONAL MATCH (n)-[owned:OWNED_BY]->(:Group)
WITH n, count(owned) AS owners
OPTIONAL MATCH (entry:LedgerEntry {seq: n.created, actor: n.name})
RETURN n.key, n.created, owners, count(entry)
"""


@dataclass
class Writer:
    """A client that registers services one after another, and notes what it was told."""

    graph: Graph
    name: str
    acknowledged: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(self, over: asyncio.Event) -> None:
        """Write until it is over."""
        turn = 0
        while not over.is_set():
            turn += 1
            await self._once(f"{self.name}-{turn}")

    async def _once(self, key: str) -> None:
        draft = service(key, name=self.name, owner="ops")
        try:
            made = await self.graph.write(
                register_element, asking(actor=self.name), REGISTRY, draft
            )
        except Unavailable:
            self.unknown.append(key)
        except FitsmError:
            self.refused.append(key)
        else:
            self.acknowledged[key] = made.seq or 0
            self.heard.set()


def faults(writers: list[Writer], stored: list[list[Any]]) -> Counter[str]:
    """How many writes break the promise, by kind.

    Args:
        writers: What the clients know.
        stored: Key, number of the entry, owners and entries of each service that is there.
    """
    told = {key: seq for each in writers for key, seq in each.acknowledged.items()}
    unknown = {key for each in writers for key in each.unknown}
    found = Counter(key for key, *_ in stored)
    numbers = {key: seq for key, seq, *_ in stored}
    return +Counter(
        lost=sum(numbers.get(key) != seq for key, seq in told.items()),
        doubled=sum(times > 1 for times in found.values()),
        cut=sum((owners, entries) != (1, 1) for *_, owners, entries in stored),
        invented=sum(key not in told and key not in unknown for key in found),
    )


async def kill(server: LocalServer) -> None:
    os.kill(server.status().pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while server.status().running:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with throwaway_server() as server:
        yield server


@asynccontextmanager
async def writing(endpoint: Endpoint) -> AsyncIterator[list[Writer]]:
    """Eight clients that share nothing but the database, and write meanwhile."""
    writers = [Writer(Graph(endpoint, pool_size=2), f"w{number}") for number in range(WRITERS)]
    over = asyncio.Event()
    tasks = [asyncio.create_task(each.write(over)) for each in writers]
    try:
        yield writers
    finally:
        over.set()
        await asyncio.gather(*tasks)
        for each in writers:
            await each.graph.close()


def count(writers: list[Writer]) -> int:
    return sum(len(each.acknowledged) for each in writers)


async def prepare(endpoint: Endpoint) -> None:
    graph = Graph(endpoint)
    await migrate(graph.driver, SystemClock())
    await graph.write(register_party, asking(), "Group", {"key": "ops", "name": "ops"})
    await graph.close()


@pytest.mark.timeout(90 + 40 * KILLS)
async def test_kill_9_loses_nothing_acknowledged(server: LocalServer) -> None:
    endpoint = (await asyncio.to_thread(server.up)).endpoint
    await prepare(endpoint)
    chance, ready = random.Random(7), []
    async with writing(endpoint) as writers:
        for _ in range(KILLS):
            writers[0].heard.clear()
            await asyncio.wait_for(writers[0].heard.wait(), 30)  # else a kill shows nothing
            await asyncio.sleep(chance.uniform(*SECONDS_BETWEEN))
            await kill(server)
            ready.append((await asyncio.to_thread(server.up)).seconds)
    graph = Graph(endpoint)
    stored = await run(graph, STORED)
    assert faults(writers, stored) == Counter()
    verdict = await verify.full(graph)
    assert verdict.holds, verdict.findings
    assert verdict.entries == len(stored) + 1
    assert max(ready) < 60
    await break_promises(graph, writers)
    await graph.close()
    report(writers, ready)


async def break_promises(graph: Graph, writers: list[Writer]) -> None:
    """The control: a write that vanishes, and one that is cut, are found."""
    gone, cut = list(writers[0].acknowledged)[:2]
    await run(graph, "MATCH (n:Service {key: $key}) DETACH DELETE n", key=gone)
    await run(graph, "MATCH (:Service {key: $key})-[r:OWNED_BY]->() DELETE r", key=cut)
    assert faults(writers, await run(graph, STORED)) == Counter(lost=1, cut=1)
    assert not (await verify.full(graph)).holds


def report(writers: list[Writer], ready: list[float]) -> None:
    """Show the figures with `pytest -s`."""
    counts = {
        "acknowledged": count(writers),
        "unknown": sum(len(each.unknown) for each in writers),
        "refused": sum(len(each.refused) for each in writers),
    }
    print(f"{KILLS} kills: {counts}, ready again after {max(ready):.1f} s at most")  # noqa: T201
