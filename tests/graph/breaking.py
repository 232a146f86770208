"""A client, a server and a database that break at a chosen commit of a run; all in one process.

`World.drive` sends rows as a script does that was told to resume whatever goes on: every request
is repeated until it is answered, and a client that died is followed by another. What breaks is the
same as in a power cut: what a server knew is gone, what it had in flight is committed or is not,
and what a dead client asked for goes on being done.
"""

import asyncio
import hashlib
import io
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import chain
from typing import Any

from neo4j import AsyncTransaction
from neo4j.exceptions import ServiceUnavailable

from fitsm_graph.confm.sync_sessions import Sessions, Who
from fitsm_graph.confm.sync_vanish import ALL_COMPLETE
from fitsm_graph.confm.sync_views import some_runs
from fitsm_graph.discovery import ndjson
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.turns import BoltReader
from fitsm_graph.graph.tx import Reader
from fitsm_graph.kernel.errors import FitsmError, Unavailable
from fitsm_graph.kernel.ids import new_id
from graph.syncing import REGISTRY, REQUEST, Record, digest, estate, record, run

WHO = Who(REGISTRY, REQUEST)
PLACE = "test/default"
SIZE = 7
"""Rows of a chunk."""
TRIES = 60
BREAKS = (
    "server before",
    "server after",
    "server during",
    "database before",
    "database after",
    "database away",
    "client before",
    "client after",
)
"""Who breaks, and when: before the commit, after it and before its answer; `during`: the commit is
done while the next server is at work; `away`: for longer than a write is tried again."""
LOST = "acknowledged before"
"""The control: what was not committed is said to be."""
LONGEST_AWAY = 12.0
_OF_ONE_RUN = {"run", "element"}


class Dead(Exception):
    """The server that was asked is no more."""


class _Bolt:
    """A transaction whose commit may break."""

    def __init__(self, bolt: AsyncTransaction, graph: "Breaking") -> None:
        self._bolt, self._graph = bolt, graph

    async def run(self, text: str, given: Mapping[str, Any]) -> Any:
        self._graph.check()
        return await self._bolt.run(text, given)  # type: ignore[arg-type]  # the product's own text

    async def rollback(self) -> None:
        await self._bolt.rollback()

    async def commit(self) -> None:
        world = self._graph.world
        whom, _, when = world.next_commit().partition(" ")
        await world.rest()
        self._graph.check()
        if f"{whom} {when}" == LOST:
            await self._bolt.rollback()
            return
        if whom == "client" and when == "before":
            world.client_died.set()
            await world.rest()
        if when not in {"before", "during"} or whom == "client":
            await self._bolt.commit()
        if whom == "client":
            world.client_died.set()
        elif whom == "database":
            world.away_until = time.monotonic() + (when == "away") * world.away_seconds
            raise ServiceUnavailable("killed")
        elif whom == "server":
            await self._die(world, late=when == "during")

    async def _die(self, world: "World", *, late: bool) -> None:
        self._graph.dead = True
        if late:
            world.server_died.set()
            await asyncio.sleep(world.chance.random() * 0.05)
            await self._bolt.commit()
        raise Dead


class Breaking(Graph):
    """One server's way to the database."""

    def __init__(self, endpoint: Endpoint, world: "World") -> None:
        super().__init__(endpoint, pool_size=10)
        self.world = world
        self.dead = False

    def check(self) -> None:
        if self.dead:
            raise Dead
        if time.monotonic() < self.world.away_until:
            raise ServiceUnavailable("away")

    @asynccontextmanager
    async def _transaction(self, mode: str) -> AsyncIterator[tuple[AsyncTransaction, Reader]]:
        self.check()
        async with super()._transaction(mode) as (bolt, _):
            breaking: Any = _Bolt(bolt, self)
            yield breaking, BoltReader(breaking, self._sent)

    async def ask(self, text: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        self.check()
        await self.world.rest()
        found = await super().ask(text, given)
        await self.world.rest()
        self.check()
        return found


class World:
    """A source that is synced, while this and that breaks.

    Args:
        endpoint: The database, which really stays up.
        breaks: What breaks, by number of the commit.
        seed: Of the pauses that are made here and there, so that much happens in between.
        away_seconds: How long a database is away.
        serve: Makes what a server drives runs with.

    Attributes:
        commits: How many were tried.
        broke: What broke, with the number of the commit.
        refused: Codes of what ended a client otherwise than by its death.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        breaks: Mapping[int, str] | None = None,
        seed: int = 0,
        away_seconds: float = LONGEST_AWAY,
        serve: Callable[[Graph], Sessions] = Sessions,
    ) -> None:
        self._endpoint = endpoint
        self._breaks = dict(breaks or {})
        self._serve = serve
        self.chance = random.Random(seed)
        self.away_seconds = away_seconds
        self.away_until = 0.0
        self.commits = 0
        self.broke: list[tuple[int, str]] = []
        self.refused: list[str] = []
        self.client_died, self.server_died = asyncio.Event(), asyncio.Event()
        self._graphs: list[Breaking] = []
        self._asked: list[asyncio.Task[Any]] = []
        self._start()

    def _start(self) -> None:
        self._graphs.append(Breaking(self._endpoint, self))
        self._sessions = self._serve(self._graphs[-1])

    async def close(self) -> None:
        """End all that is still being done for whoever died."""
        for task in self._asked:
            task.cancel()
        await asyncio.gather(*self._asked, return_exceptions=True)
        for graph in self._graphs:
            await graph.close()

    def next_commit(self) -> str:
        self.commits += 1
        found = self._breaks.pop(self.commits, "")
        self.broke += [(self.commits, found)] if found else []
        return found

    async def rest(self) -> None:
        """Now and then others get a turn."""
        if self.chance.random() < 0.2:
            await asyncio.sleep(self.chance.random() * 0.02)

    # --- the client --------------------------------------------------------------------------

    async def drive(self, rows: Sequence[Record]) -> Any:
        """Send rows as one snapshot, client after client; give the summary of the run's end."""
        for _ in range(TRIES):
            try:
                return await self._client(rows)
            except asyncio.CancelledError:
                continue
            except FitsmError as error:
                self.refused.append(error.code)
        raise AssertionError("no run comes to its end")

    async def _client(self, rows: Sequence[Record]) -> Any:
        runs = (await self._ask(lambda: some_runs(self._graphs[-1], PLACE, None)))["runs"]
        left = next((each["run"] for each in runs if each["status"] == "running"), "")
        fence = new_id(self._graphs[-1].clock.now())
        begun = await self._ask(
            lambda: (
                self._sessions.resume(WHO, left)
                if left
                else self._sessions.begin(WHO, *PLACE.split("/"), "snapshot", fence=fence)
            )
        )
        run, fence = begun["run"], begun["fence"]
        parts = [rows[start : start + SIZE] for start in range(0, len(rows), SIZE)]
        try:
            for number, part in enumerate(parts, start=1):
                await self._ask(lambda n=number, part=part: self._chunk(run, fence, n, part))
            end = {"chunks": len(parts)}
            return await self._ask(lambda: self._sessions.end(WHO, run, fence, ALL_COMPLETE, **end))
        except FitsmError:
            with suppress(FitsmError):
                await self._ask(lambda: self._sessions.abort(WHO, run, fence))
            raise

    def _chunk(self, run: str, fence: str, number: int, part: Sequence[Record]) -> Any:
        data = b"\n".join(json.dumps(each).encode() for each in part)
        hashed = hashlib.blake2b(data).hexdigest()
        seen = ndjson.unread(io.BytesIO(data), first=(number - 1) * SIZE + 1)
        return self._sessions.take(WHO, run, fence, number, hashed, seen)

    async def _ask(self, request: Callable[[], Any]) -> Any:
        """A request, repeated until somebody answers; what a dead client asked for goes on."""
        for _ in range(TRIES):
            task = asyncio.create_task(_awaited(request))
            self._asked.append(task)
            await self._answered(task)
            if self.client_died.is_set():
                self.client_died.clear()
                raise asyncio.CancelledError
            if self.server_died.is_set():
                self.server_died.clear()
                self._start()
                continue
            try:
                return task.result()
            except Dead:
                self._start()
            except (Unavailable, ServiceUnavailable):
                await asyncio.sleep(0.2)
        raise AssertionError("nobody answers")

    async def _answered(self, task: asyncio.Task[Any]) -> None:
        deaths = [asyncio.create_task(e.wait()) for e in (self.client_died, self.server_died)]
        await asyncio.wait({task, *deaths}, return_when=asyncio.FIRST_COMPLETED)
        for each in deaths:
            each.cancel()


async def _awaited(request: Callable[[], Any]) -> Any:
    return await request()


# --- the source, and what becomes of it ----------------------------------------------------------


def first_rows(hosts: int = 6, machines: int = 30) -> list[Record]:
    """An estate, machines that go away later, and one row that cannot go in."""
    leaving = [record("Server", f"leaving-{n}") for n in range(2)]
    return [*estate(hosts, machines), *leaving, record("Server", "bad", cpu_count="x")]


def later_rows(hosts: int = 6, machines: int = 30) -> list[Record]:
    """The same source the next day: some changed, some moved, some came, some are gone."""
    rows = [*estate(hosts, machines), record("Server", "bad", cpu_count="x")]
    for n, row in enumerate(rows):
        if row["type"] == "VirtualMachine" and n % 3 == 0:
            row["attributes"]["cpu_count"] += 100
        if row["type"] == "VirtualMachine" and n % 5 == 0:
            row["relations"][0]["to"] = {"key": f"host-{n % hosts}"}
    return [*rows, *(record("Server", f"new-{n}", ("USES", f"vm-{n}")) for n in range(hosts))]


async def outcome(graph: Graph) -> Any:
    """All that lives but who may come in, proposals without their run, and rows that are parked.

    Who is reminded of what is a matter of time, and not of sync.
    """
    records, relations = await digest(graph)
    of_others = {"Account", "ApiToken", "Reminder"}
    kept = [
        [labels, [each for each in values if each[0] not in _OF_ONE_RUN]]
        for labels, values in records
        if not of_others & {*labels}
    ]
    text = "MATCH (p:ParkedRow) RETURN p.record_key, p.place ORDER BY p.key"
    return kept, relations, await run(graph, text)


def differences(found: Any, wanted: Any) -> list[str]:
    """What is only in one of two outcomes, and what is in one of them more often."""
    here, there = (Counter(map(repr, chain.from_iterable(told))) for told in (found, wanted))
    more, less = (here - there).elements(), (there - here).elements()
    return [*(f"+ {one}" for one in more), *(f"- {one}" for one in less)]
