"""Runs of sync while client, server and database are killed: nothing is lost, nothing twice.

The server is the real command in a process of its own, ended by SIGKILL; the client breaks off by
an error nobody catches, and another one resumes; the database is away behind a wire that is cut in
the middle of what it says. In the end the graph is what a run without any kill gives.
"""

import asyncio
import json
import os
import random
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from e2e.calling import emptied as empty
from e2e.staging import Stage, staged
from fitsm_graph.discovery.client import Sync
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.errors import FitsmError
from graph.syncing import Record, digest, estate, run

KILLS = 20 if os.environ.get("FITSM_FULL") else 6
ROWS_IN_A_CHUNK = 4


class Killed(Exception):
    """The client is no more."""


class Client:
    """Drives one run to its end, however often it dies."""

    def __init__(self, stage: Stage, rows: list[Record]) -> None:
        self.stage, self.rows = stage, rows
        self.run = ""
        self.killed: list[str] = []
        self.summary: dict[str, Any] = {}

    def drive(self, kills: list[tuple[int, str]]) -> None:
        """Send all rows; at some of them somebody dies.

        A client that died goes on as a new one that knows the run's key only.
        """
        while True:
            try:
                self._once(kills)
            except Killed:
                continue
            return

    def _once(self, kills: list[tuple[int, str]]) -> None:
        with httpx.Client(timeout=60.0, trust_env=False) as http:
            self._send(http, kills)

    def _send(self, http: httpx.Client, kills: list[tuple[int, str]]) -> None:
        sync = Sync(self.stage.url, self.stage.token, source="kills", resume=self.run, client=http)
        sync.__enter__()
        self.run = sync.run
        for number, row in enumerate(self.rows, start=1):
            sync.put(row)
            if kills and number == kills[0][0]:
                self._kill(kills.pop(0)[1])
            if number % ROWS_IN_A_CHUNK == 0:
                sync.flush()
        sync.__exit__(None, None, None)
        self.summary = sync.summary

    def _kill(self, whom: str) -> None:
        """Kill the client at once, the others while it is sending what comes next."""
        self.killed.append(whom)
        if whom == "client":
            raise Killed  # nothing is told to the server, as by a kill
        act = self.stage.kill_server if whom == "server" else self.stage.lose_database
        threading.Timer(random.Random(len(self.killed)).uniform(0, 0.05), act).start()


async def outcome(endpoint: Endpoint) -> tuple[Any, int]:
    graph = Graph(endpoint)
    try:
        elements = await run(graph, "MATCH (e:Element) RETURN count(e)")
        return await digest(graph), elements[0][0]
    finally:
        await graph.close()


@pytest.mark.timeout(1200)
def test_kills_of_client_server_and_database_change_nothing(
    neo4j_endpoint: Endpoint, tmp_path: Path
) -> None:
    rows = estate(10, 60)
    asyncio.run(empty(neo4j_endpoint))
    with staged(neo4j_endpoint, tmp_path) as stage:
        unharmed = Client(stage, rows)
        unharmed.drive([])
        expected, count = asyncio.run(outcome(neo4j_endpoint))
        assert count == len(rows)
        asyncio.run(_forget_all_but_access(neo4j_endpoint))
        pick = random.Random(11)
        whom = [("client", "database", "server")[n % 3] for n in range(KILLS)]
        client = Client(stage, rows)
        client.drive(sorted(zip(pick.sample(range(2, len(rows)), KILLS), whom, strict=True)))
        assert sorted(client.killed) == sorted(whom)
        assert client.summary["status"] == "completed"
        assert client.summary["problemCount"] == 0
        assert asyncio.run(outcome(neo4j_endpoint)) == (expected, count)
        again = Client(stage, rows)
        again.drive([])
        assert again.summary["counts"]["unchanged"] == len(rows)


async def _forget_all_but_access(endpoint: Endpoint) -> None:
    graph = Graph(endpoint)
    try:
        kept = "n:Account OR n:ApiToken OR n:Credential OR n:Migration OR n:LedgerHead"
        kept += " OR n:LedgerEntry OR n:CIType OR n:RelationshipType"
        await run(graph, f"MATCH (n) WHERE NOT ({kept}) DETACH DELETE n")
    finally:
        await graph.close()


def test_a_client_that_does_not_send_a_lost_chunk_again_is_found_out(
    neo4j_endpoint: Endpoint, tmp_path: Path
) -> None:
    """The control: where a chunk is left out, the end is refused, and the graph is another."""
    rows = estate(10, 60)
    asyncio.run(empty(neo4j_endpoint))
    with staged(neo4j_endpoint, tmp_path) as stage:
        sync = Sync(stage.url, stage.token, source="kills")
        sync.__enter__()
        for number, row in enumerate(rows, start=1):
            sync.put(row)
            if number == 20:
                sync._lines, sync._size = [], 0
                sync._number += 1
        with pytest.raises(FitsmError) as missing:
            sync.__exit__(None, None, None)
        assert missing.value.code == "CHUNKS_MISSING"
        assert json.dumps(sync.summary) == "{}"
        _, count = asyncio.run(outcome(neo4j_endpoint))
        assert count < len(rows)
