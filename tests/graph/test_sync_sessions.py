"""Runs that clients drive chunk by chunk, on a real Neo4j: resumed, fenced, never twice."""

import hashlib
import io
import json
import random
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.confm.sync_sessions import Sessions, Who
from fitsm_graph.confm.sync_vanish import ALL_COMPLETE, Ending, Part
from fitsm_graph.discovery import ndjson
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import ManualClock
from fitsm_graph.kernel.errors import BadInput, Conflict, FitsmError, Forbidden, NotFound
from graph.ledger.driving import START
from graph.syncing import REGISTRY, REQUEST, Record, digest, emptied, estate, record, run, send

WHO = Who(REGISTRY, REQUEST)


@pytest_asyncio.fixture(loop_scope="session")
async def graph(neo4j_endpoint: Endpoint) -> AsyncIterator[Graph]:
    async with emptied(neo4j_endpoint) as made:
        yield made


def payload(rows: Iterable[Record]) -> bytes:
    return b"\n".join(json.dumps(each).encode() for each in rows)


async def put(sessions: Sessions, begun: Any, number: int, rows: Sequence[Record]) -> Any:
    data = payload(rows)
    seen = ndjson.read(io.BytesIO(data))
    hashed = hashlib.blake2b(data, digest_size=16).hexdigest()
    return await sessions.take(WHO, begun["run"], begun["fence"], number, hashed, seen)


def parts_of(rows: Sequence[Record], size: int) -> list[Sequence[Record]]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]


async def whole(sessions: Sessions, rows: Sequence[Record], size: int) -> Any:
    begun = await sessions.begin(WHO, "test", "default", "snapshot")
    for number, part in enumerate(parts_of(rows, size), start=1):
        await put(sessions, begun, number, part)
    return await sessions.end(WHO, begun["run"], begun["fence"], ALL_COMPLETE)


async def clear(graph: Graph) -> None:
    await run(graph, "MATCH (n) WHERE NOT n:Migration AND NOT n:LedgerHead DETACH DELETE n")


@pytest.mark.parametrize(("size", "seed"), [(1, 1), (7, 2), (7, 3), (5000, 4)])
async def test_orders_and_chunk_sizes_give_the_same_graph(graph: Graph, size: int, seed: int):
    await send(graph, estate())
    expected = await digest(graph)
    await clear(graph)
    rows = estate()
    random.Random(seed).shuffle(rows)
    told = await whole(Sessions(graph), rows, size)
    assert told["status"] == "completed"
    assert told["problemCount"] == 0
    assert told["counts"]["created"] == len(rows)
    assert await digest(graph) == expected
    head = (await graph.head()).seq
    again = await whole(Sessions(graph), rows, size)
    assert again["counts"]["unchanged"] == len(rows)
    assert (await graph.head()).seq == head


async def test_a_repeated_chunk_is_answered_alike_and_another_payload_is_a_conflict(graph: Graph):
    sessions, rows = Sessions(graph), estate()
    begun = await sessions.begin(WHO, "test", "default", "snapshot")
    first = await put(sessions, begun, 1, [*rows[:9], record("Server", "bad", cpu_count="x")])
    head = (await graph.head()).seq
    again = await put(sessions, begun, 1, [*rows[:9], record("Server", "bad", cpu_count="x")])
    assert again == {**first, "replayed": True}
    assert dict(first["results"])["line 10"] == "rejected"
    assert [each["code"] for each in first["problems"]] == ["ATTRIBUTE_VALUE"]
    assert (await graph.head()).seq == head
    with pytest.raises(Conflict) as other:
        await put(sessions, begun, 1, rows[:8])
    assert other.value.code == "CHUNK_MISMATCH"
    end = await sessions.end(WHO, begun["run"], begun["fence"], Ending(), chunks=1)
    assert await sessions.end(WHO, begun["run"], begun["fence"], Ending()) == {
        **end,
        "replayed": True,
    }


async def test_every_step_can_be_asked_twice(graph: Graph):
    sessions, fence = Sessions(graph), "a" * 20
    begun = await sessions.begin(WHO, "test", "default", "snapshot", fence=fence)
    assert await Sessions(graph).begin(WHO, "test", "default", "snapshot", fence=fence) == begun
    await put(sessions, begun, 1, [record("Server", "a")])
    again = await sessions.begin(WHO, "test", "default", "snapshot", fence=fence)
    assert again == {**begun, "lastChunk": 1}
    told = await sessions.abort(WHO, begun["run"], fence)
    assert await sessions.abort(WHO, begun["run"], fence) == {**told, "replayed": True}
    with pytest.raises(BadInput):
        await sessions.begin(WHO, "test", "default", "snapshot", fence="short")


async def test_an_end_with_missing_chunks_is_refused(graph: Graph):
    sessions = Sessions(graph)
    begun = await sessions.begin(WHO, "test", "default", "snapshot")
    await put(sessions, begun, 1, [record("Server", "a")])
    await put(sessions, begun, 3, [record("Server", "c")])
    for count in (None, 4):
        with pytest.raises(Conflict, match="missing: 2") as missing:
            await sessions.end(WHO, begun["run"], begun["fence"], ALL_COMPLETE, chunks=count)
        assert missing.value.code == "CHUNKS_MISSING"
    await put(sessions, begun, 2, [record("Server", "b")])
    told = await sessions.end(WHO, begun["run"], begun["fence"], ALL_COMPLETE, chunks=3)
    assert told["status"] == "completed"


async def test_each_step_by_another_process_gives_the_same_graph(graph: Graph):
    await send(graph, estate()[:-3])
    rows = estate()
    await send(graph, rows)
    expected = await digest(graph)
    await clear(graph)
    await send(graph, estate()[:-3])
    begun = await Sessions(graph).begin(WHO, "test", "default", "snapshot")
    for number, part in enumerate(parts_of(rows, 4), start=1):
        await put(Sessions(graph), begun, number, part)
    told = await Sessions(graph).end(WHO, begun["run"], begun["fence"], ALL_COMPLETE)
    assert told["status"] == "completed"
    assert await digest(graph) == expected


async def test_who_resumed_a_run_has_fenced_the_other_out(graph: Graph):
    first, second = Sessions(graph), Sessions(graph)
    begun = await first.begin(WHO, "test", "default", "snapshot")
    await put(first, begun, 1, estate()[:9])
    with pytest.raises(Conflict) as busy:
        await second.begin(WHO, "test", "default", "snapshot")
    assert busy.value.code == "SYNC_RUNNING"
    taken = await second.resume(WHO, begun["run"])
    assert (taken["run"], taken["lastChunk"]) == (begun["run"], 1)
    before = await digest(graph)
    for act in (
        put(first, begun, 2, estate()[9:]),
        first.end(WHO, begun["run"], begun["fence"], ALL_COMPLETE),
        first.abort(WHO, begun["run"], begun["fence"]),
    ):
        with pytest.raises(Conflict) as lost:
            await act
        assert lost.value.code == "SYNC_LEASE_LOST"
    assert await digest(graph) == before
    await put(second, taken, 2, estate()[9:])
    told = await second.end(WHO, taken["run"], taken["fence"], ALL_COMPLETE)
    assert told["status"] == "completed"
    with pytest.raises(Conflict) as over:
        await second.resume(WHO, begun["run"])
    assert over.value.code == "RUN_OVER"


async def test_a_run_is_gone_on_with_in_the_mode_in_which_it_began(graph: Graph):
    sessions = Sessions(graph)
    begun = await sessions.begin(WHO, "test", "default", "delta")
    with pytest.raises(BadInput, match="is a delta, not a snapshot"):
        await sessions.resume(WHO, begun["run"], "snapshot")
    await put(sessions, begun, 1, [record("Server", "a")])  # whoever drives it is not out
    assert (await sessions.resume(WHO, begun["run"], "delta"))["taken"] == [1]


async def test_the_fence_is_compared_in_the_transaction_that_writes(graph: Graph):
    """The look at the fence before a chunk is taken out: the transaction must refuse by itself."""
    sessions = Sessions(graph)
    begun = await sessions.begin(WHO, "test", "default", "snapshot")
    session = sessions._known[begun["fence"]]
    await Sessions(graph).resume(WHO, begun["run"])
    before = await digest(graph)
    seen = ndjson.read(io.BytesIO(payload(estate())))
    with pytest.raises(Conflict) as lost:
        await session.writer.elements(session.intake.rows(seen))
    assert lost.value.code == "SYNC_LEASE_LOST"
    assert await digest(graph) == before
    session.writer.run.token = ""  # the control: without a fence, the same rows go in
    seen = ndjson.read(io.BytesIO(payload([record("Server", "control")])))
    await session.writer.elements(session.intake.rows(seen))
    assert await digest(graph) != before


async def test_a_lease_that_ran_out_is_taken_over_and_the_run_is_left(neo4j_endpoint: Endpoint):
    async with emptied(neo4j_endpoint):
        clock = ManualClock(START)
        graph = Graph(neo4j_endpoint, clock=clock)
        try:
            first, second = Sessions(graph), Sessions(graph)
            begun = await first.begin(WHO, "test", "default", "snapshot")
            await put(first, begun, 1, [record("Server", "a")])
            clock.advance(timedelta(minutes=2))
            other = await second.begin(WHO, "test", "default", "snapshot")
            assert other["run"] == "test/default/2"
            with pytest.raises(FitsmError):
                await put(first, begun, 2, [record("Server", "b")])
            states = await run(graph, "MATCH (r:RunState) RETURN r.number, r.status ORDER BY r.key")
            assert states == [[1, "abandoned"], [2, "running"]]
        finally:
            await graph.close()


async def test_a_run_without_an_end_makes_nothing_vanish(graph: Graph):
    await send(graph, [record("Server", f"s{n}") for n in range(20)])
    sessions = Sessions(graph)
    begun = await sessions.begin(WHO, "test", "default", "snapshot")
    await put(sessions, begun, 1, [record("Server", "new")])
    told = await sessions.abort(WHO, begun["run"], begun["fence"])
    assert told["status"] == "aborted"
    assert await run(graph, "MATCH (p:RetirementProposal) RETURN p") == []
    assert await run(graph, "MATCH (s:Server) RETURN count(s)") == [[21]]
    begun = await sessions.begin(WHO, "test", "default", "snapshot")
    told = await sessions.end(WHO, begun["run"], begun["fence"], Ending())
    assert (told["status"], told["retirementCount"]) == ("completed", 0)


async def test_declared_types_and_parts_hold(graph: Graph):
    sessions = Sessions(graph)
    parts = [Part("hosts", ("Server",)), Part("machines", ("VirtualMachine",), ("hosts",))]
    rows = [record("Server", f"s{n}") for n in range(20)]
    rows += [record("VirtualMachine", f"v{n}") for n in range(20)]
    begun = await sessions.begin(WHO, "test", "default", "snapshot", parts=parts)
    answer = await put(sessions, begun, 1, [*rows, record("Rack", "r")])
    assert [each["code"] for each in answer["problems"]] == ["UNDECLARED_TYPE"]
    await sessions.end(WHO, begun["run"], begun["fence"], ALL_COMPLETE)
    for failed, gone in ((["hosts"], 0), (["machines"], 1), ([], 2)):
        begun = await sessions.begin(WHO, "test", "default", "snapshot", parts=parts)
        await put(Sessions(graph), begun, 1, rows[1:-1])
        told = await Sessions(graph).end(
            WHO, begun["run"], begun["fence"], ALL_COMPLETE, failed=failed
        )
        found = await run(graph, "MATCH (p:RetirementProposal) RETURN count(p)")
        assert (told["status"], found) == ("completed", [[gone]])
    with pytest.raises((BadInput, NotFound)):
        await sessions.begin(WHO, "test", "default", "snapshot", types=["Nonsense"])
    lost = [Part("a", (), ("b",))]
    with pytest.raises(BadInput):
        await sessions.begin(WHO, "test", "default", "snapshot", parts=lost)


async def test_a_token_of_one_source_writes_no_other_by_any_step(graph: Graph):
    sessions = Sessions(graph)
    begun = await sessions.begin(WHO, "other", "default", "delta")
    mine = Who(REGISTRY, Request(actor="t", via="sync", sources=frozenset({"test"})))
    steps = (
        sessions.begin(mine, "third", "default", "delta"),
        sessions.resume(mine, begun["run"]),
        sessions.take(mine, begun["run"], begun["fence"], 1, "x", []),
        sessions.end(mine, begun["run"], begun["fence"], Ending()),
        sessions.abort(mine, begun["run"], begun["fence"]),
        send(graph, [record("Server", "a")], source="other2", request=mine.request),
    )
    for step in steps:
        with pytest.raises(Forbidden) as refused:
            await step
        assert refused.value.code == "SOURCE_NOT_YOURS"
    own = await sessions.begin(mine, "test", "default", "delta")
    assert own["run"] == "test/default/1"


@pytest.mark.parametrize(("mode", "gone"), [("delta", 0), ("enrich", 0), ("snapshot", 2)])
async def test_a_run_that_was_resumed_keeps_its_mode(graph: Graph, mode: str, gone: int):
    """Were it taken for a snapshot, what a delta does not mention would be gone."""
    await send(graph, [record("Server", f"s{n}") for n in range(20)])
    begun = await Sessions(graph).begin(WHO, "test", "default", mode)
    for _ in range(2):
        begun = await Sessions(graph).resume(WHO, begun["run"])
    await put(Sessions(graph), begun, 1, [record("Server", f"s{n}") for n in range(18)])
    told = await Sessions(graph).end(WHO, begun["run"], begun["fence"], ALL_COMPLETE)
    assert (told["status"], told["mode"], told["retirementCount"]) == ("completed", mode, gone)
    assert await run(graph, "MATCH (p:RetirementProposal) RETURN count(p)") == [[gone]]
    kept = await run(graph, "MATCH (r:RunState {key: $key}) RETURN r.mode", key=begun["run"])
    assert kept == [[mode]]


async def test_a_run_that_was_left_is_ended_from_a_file(graph: Graph):
    """Whoever has all rows at hand needs none of the chunks that were taken in before."""
    await send(graph, estate())
    expected = await digest(graph)
    await clear(graph)
    sessions = Sessions(graph)
    begun = await sessions.begin(WHO, "test", "default", "snapshot")
    await put(sessions, begun, 1, estate()[:9])
    await put(sessions, begun, 2, estate()[9:20])
    report = await send(graph, estate(), resume=begun["run"])
    assert (report.run, report.status) == (begun["run"], "completed")
    assert await digest(graph) == expected
    assert await run(graph, "MATCH (r:SyncRun) RETURN r.key, r.status") == [
        [begun["run"], "completed"]
    ]
    with pytest.raises(Conflict) as late:
        await put(sessions, begun, 3, estate()[20:])
    assert late.value.code == "RUN_OVER"
    assert (await send(graph, estate())).counts["unchanged"] == len(estate())


async def test_only_a_run_of_this_scope_and_mode_that_is_not_over_is_gone_on_with(graph: Graph):
    over = await send(graph, [record("Server", "a")])
    sessions = Sessions(graph)
    begun = await sessions.begin(WHO, "test", "default", "delta")
    for key, kind, code in (
        (begun["run"], BadInput, "BAD_INPUT"),
        ("other/default/2", BadInput, "BAD_INPUT"),
        ("test/default/x", BadInput, "BAD_INPUT"),
        (over.run, Conflict, "RUN_OVER"),
        ("test/default/7", NotFound, "NOT_FOUND"),
    ):
        with pytest.raises(kind) as refused:
            await send(graph, [record("Server", "a")], resume=key)
        assert refused.value.code == code, key
    await put(sessions, begun, 1, [record("Server", "b")])  # nobody has taken it over
    report = await send(graph, [record("Server", "b")], resume=begun["run"], mode="delta")
    assert report.status == "completed"


def placed(count: int, role: str) -> list[Record]:
    rows = [record("Server", f"s{n}", ("MOUNTED_IN", "rack"), role=role) for n in range(count)]
    return [record("Rack", "rack"), *rows]


@pytest.mark.parametrize("mode", ["snapshot", "delta"])
async def test_what_a_run_wrote_that_broke_off_is_put_right_by_the_next(graph: Graph, mode: str):
    """A wrong file is sent, seen to be wrong and broken off; the right one is sent again."""
    await send(graph, placed(20, "right"))
    expected = await digest(graph)
    sessions = Sessions(graph)
    begun = await sessions.begin(WHO, "test", "default", mode)
    stray = record("Server", "stray", ("MOUNTED_IN", "rack"))
    await put(sessions, begun, 1, [*placed(20, "wrong"), stray])
    await sessions.abort(WHO, begun["run"], begun["fence"])
    assert await run(graph, "MATCH (s:Server {role: 'wrong'}) RETURN count(s)") == [[20]]
    report = await send(graph, placed(20, "right"))
    assert report.counts["updated"] == 20
    assert [each.key for each in report.retirements] == ["stray"], "nobody else would ever say so"
    await run(graph, "MATCH (n) WHERE n:RetirementProposal OR n.key = 'stray' DETACH DELETE n")
    assert await digest(graph) == expected
    assert (await send(graph, placed(20, "right"))).counts["unchanged"] == 21
