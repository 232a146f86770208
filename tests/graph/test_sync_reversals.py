"""A reversal breaks off at any of its commits, and whoever reverts again goes on with it."""

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.confm.service import update_element
from fitsm_graph.confm.sync_revert import revert_run
from fitsm_graph.confm.sync_sessions import Sessions
from fitsm_graph.confm.sync_vanish import ALL_COMPLETE
from fitsm_graph.confm.sync_writer import Chunks
from fitsm_graph.graph import verify
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.errors import BadInput, Conflict, Refused
from graph.breaking import WHO, Breaking, Dead, World
from graph.syncing import REGISTRY, REQUEST, Record, digest, emptied, record, run, send

DRY = replace(REQUEST, dry_run=True)
COMMITS = 6
"""Of a reversal of two entries: lease, index, the two, the index once more, its end."""


@pytest_asyncio.fixture(loop_scope="session")
async def graph(neo4j_endpoint: Endpoint) -> AsyncIterator[Graph]:
    async with emptied(neo4j_endpoint) as made:
        yield made


def rows(role: str) -> list[Record]:
    return [record("Server", f"s{n}", role=role) for n in range(4)]


async def wrong_run(graph: Graph) -> str:
    """A run of two entries that ought not to have been."""
    await send(graph, rows("old"))
    report = await send(graph, rows("wrong"), chunks=Chunks(first=2, most=2))
    assert len(report.seqs) >= 2
    return report.run


async def living(graph: Graph) -> Any:
    records, relations = await digest(graph)
    return [each for each in records if "Server" in each[0]], relations


async def broken_at(graph: Graph, number: int, when: str, key: str) -> World:
    """A reversal whose server dies at a commit."""
    world = World(graph.endpoint, {number: f"server {when}"})
    server = Breaking(graph.endpoint, world)
    try:
        await revert_run(server, REGISTRY, REQUEST, key)
    except Dead:
        pass
    finally:
        await server.close()
        await world.close()
    return world


ALL = [(number, when) for number in range(1, COMMITS + 1) for when in ("before", "after")]
CHOSEN = ALL if os.environ.get("FITSM_FULL") else ALL[1::3]


@pytest.mark.parametrize(("number", "when"), CHOSEN)
async def test_a_reversal_that_broke_off_is_gone_on_with(graph: Graph, number: int, when: str):
    await send(graph, rows("old"))
    wanted = await living(graph)
    await run(graph, "MATCH (n) WHERE NOT n:Migration AND NOT n:LedgerHead DETACH DELETE n")
    await run(graph, "MATCH (h:LedgerHead) SET h.seq = 0, h.at = '', h.hash = $none", none="0" * 64)
    key = await wrong_run(graph)
    world = await broken_at(graph, number, when, key)
    assert world.broke == [(number, f"server {when}")]
    status = await run(graph, "MATCH (r:RunState {key: $key}) RETURN r.status", key=key)
    if status == [["reverted"]]:  # the last commit was done, and only nobody heard of it
        assert (number, when) == (COMMITS, "after")
        assert await living(graph) == wanted
        return
    made = await revert_run(graph, REGISTRY, REQUEST, key)
    assert await living(graph) == wanted
    assert len(made.seqs) == made.entries <= 2
    assert (await verify.full(graph)).findings == ()
    states = await run(graph, "MATCH (r:RunState) RETURN r.status, r.mode ORDER BY r.number")
    assert states[1:] == [["reverted", "snapshot"], ["completed", "revert"]]
    assert await run(graph, "MATCH (s:SyncScope) RETURN s.lease_token") == [[None]]
    assert (await send(graph, rows("old"))).counts["unchanged"] == 4


async def half_reverted(graph: Graph) -> str:
    key = await wrong_run(graph)
    await broken_at(graph, 4, "before", key)  # one entry is undone, and the other is not
    roles = await run(graph, "MATCH (s:Server) RETURN s.role, count(*) ORDER BY s.role")
    assert roles == [["old", 2], ["wrong", 2]]
    return key


async def test_until_then_its_scope_is_held_and_it_takes_no_records(graph: Graph):
    await half_reverted(graph)
    with pytest.raises(Conflict) as busy:
        await send(graph, rows("new"))
    assert busy.value.code == "SYNC_RUNNING"
    assert "reverts" in busy.value.problem.remedy
    sessions = Sessions(graph)
    taken = await sessions.resume(WHO, "test/default/3")
    for act in (
        sessions.take(WHO, taken["run"], taken["fence"], 1, "x", []),
        sessions.end(WHO, taken["run"], taken["fence"], ALL_COMPLETE),
    ):
        with pytest.raises(BadInput, match="takes no records"):
            await act
    await sessions.abort(WHO, taken["run"], taken["fence"])
    report = await send(graph, rows("wrong"))  # what was put back is looked at, though said before
    assert (report.counts["updated"], report.counts["unchanged"]) == (2, 2)


async def test_what_others_changed_of_the_remainder_still_keeps_it_from_being_undone(graph: Graph):
    key = await half_reverted(graph)
    put_back = await run(graph, "MATCH (s:Server {role: 'old'}) RETURN s.key ORDER BY s.key")
    left = await run(graph, "MATCH (s:Server {role: 'wrong'}) RETURN s.key ORDER BY s.key")
    await graph.write(update_element, REQUEST, REGISTRY, put_back[0][0], {"role": "mine"})
    made = await revert_run(graph, REGISTRY, DRY, key)
    assert made.entries == 1
    await graph.write(update_element, REQUEST, REGISTRY, left[0][0], {"role": "mine"})
    with pytest.raises(Refused) as refused:
        await revert_run(graph, REGISTRY, REQUEST, key)
    assert refused.value.code == "REVERT_CONFLICT"
    assert left[0][0] in refused.value.problem.why
    assert put_back[0][0] not in refused.value.problem.why
