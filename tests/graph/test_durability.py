"""What Neo4j acknowledged survives `kill -9`: eight writers, each with its list, server killed.

A write has one of three outcomes for its client: acknowledged, refused, or unknown because the
answer was lost. After the kills every acknowledged write must be there, once and whole; an unknown
one is there wholly or not at all; a refused one is not there.
"""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

import neo4j
import pytest
from neo4j.exceptions import DriverError, Neo4jError

from backends import throwaway_server
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.local import LocalServer

WRITERS = 8
KILLS = 20 if os.environ.get("FITSM_FULL") else 5
SECONDS_BETWEEN = (0.5, 2.0)
WRITE = """
CREATE (w:Written {id: $id})
CREATE (w)-[:HAS_PART]->(:Part {of: $id, no: 1})
CREATE (w)-[:HAS_PART]->(:Part {of: $id, no: 2})
"""
STORED = """
MATCH (w:Written) OPTIONAL MATCH (w)-[:HAS_PART]->(p:Part)
WITH w, count(p) AS parts RETURN w.id AS id, parts
"""


@dataclass
class Ledger:
    """What a client knows about its own writes."""

    acknowledged: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class Writers:
    """Eight threads that write as fast as they are answered, and go on after each failure."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.over = threading.Event()
        self.ledgers = [Ledger() for _ in range(WRITERS)]
        self._threads = [
            threading.Thread(target=self._write, args=(number, ledger))
            for number, ledger in enumerate(self.ledgers)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join()

    def ids(self, outcome: str) -> list[str]:
        return [each for ledger in self.ledgers for each in getattr(ledger, outcome)]

    def _write(self, number: int, ledger: Ledger) -> None:
        auth = (self.endpoint.user, self.endpoint.password)
        with neo4j.GraphDatabase.driver(self.endpoint.uri, auth=auth) as driver:
            turn = 0
            while not self.over.is_set():
                turn += 1
                self._write_once(driver, f"{number}-{turn}", ledger)

    def _write_once(self, driver: neo4j.Driver, key: str, ledger: Ledger) -> None:
        with driver.session(database="neo4j") as session:
            try:
                transaction = session.begin_transaction()
                transaction.run(WRITE, id=key).consume()
            except (DriverError, Neo4jError):
                ledger.refused.append(key)
                time.sleep(0.1)
                return
            try:
                transaction.commit()
            except DriverError:
                ledger.unknown.append(key)
            except Neo4jError:
                ledger.refused.append(key)
            else:
                ledger.acknowledged.append(key)


def faults(writers: Writers, stored: list[tuple[str, int]]) -> Counter[str]:
    """How many writes break the promise, by kind; `stored` has (id, number of parts) as found."""
    found = Counter(key for key, _ in stored)
    return +Counter(
        lost=sum(key not in found for key in writers.ids("acknowledged")),
        doubled=sum(times > 1 for times in found.values()),
        cut=sum(parts != 2 for _, parts in stored),
        resurrected=sum(key in found for key in writers.ids("refused")),
    )


def kill(server: LocalServer) -> None:
    os.kill(server.status().pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while server.status().running:
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with throwaway_server() as server:
        yield server


@pytest.mark.timeout(60 + 40 * KILLS)
def test_kill_9_loses_nothing_acknowledged(server: LocalServer) -> None:
    endpoint = server.up().endpoint
    chance = random.Random(7)
    ready = []
    with Writers(endpoint) as writers:
        for _ in range(KILLS):
            before = len(writers.ids("acknowledged"))
            time.sleep(chance.uniform(*SECONDS_BETWEEN))
            kill(server)
            assert len(writers.ids("acknowledged")) > before, "killed while nobody wrote"
            ready.append(server.up().seconds)
    auth = (endpoint.user, endpoint.password)
    with neo4j.GraphDatabase.driver(endpoint.uri, auth=auth) as driver:
        stored = [tuple(each) for each in driver.execute_query(STORED).records]
        assert faults(writers, stored) == Counter()
        assert max(ready) < 60

        # The check itself can fail: a write that vanishes, and one that is cut, are found.
        gone, cut = writers.ids("acknowledged")[:2]
        driver.execute_query("MATCH (w:Written {id: $id}) DETACH DELETE w", id=gone)
        driver.execute_query("MATCH (p:Part {of: $id, no: 1}) DETACH DELETE p", id=cut)
        stored = [tuple(each) for each in driver.execute_query(STORED).records]
        assert faults(writers, stored) == Counter(lost=1, cut=1)
    report(writers, ready)


def report(writers: Writers, ready: list[float]) -> None:
    """Show the figures with `pytest -s`."""
    counts = {name: len(writers.ids(name)) for name in ("acknowledged", "unknown", "refused")}
    print(f"{KILLS} kills: {counts}, ready again after {max(ready):.1f} s at most")  # noqa: T201
