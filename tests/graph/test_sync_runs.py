"""Runs of sync on a real Neo4j: plans, leases, others at the same time."""

import asyncio
import io
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.confm.service import update_element
from fitsm_graph.confm.sync import Chunks, SyncReport, sync
from fitsm_graph.confm.sync_keeping import renew
from fitsm_graph.confm.sync_runs import Run, end, take_lease
from fitsm_graph.discovery import ndjson
from fitsm_graph.graph import verify
from fitsm_graph.graph.driver import Endpoint, connect_for_bulk
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.errors import BadInput, Conflict
from fitsm_graph.model.observation import Unread
from graph.syncing import REGISTRY, REQUEST, digest, emptied, estate, record, run, send


@pytest_asyncio.fixture(loop_scope="session")
async def graph(neo4j_endpoint: Endpoint) -> AsyncIterator[Graph]:
    async with emptied(neo4j_endpoint) as made:
        yield made


async def test_a_source_that_breaks_off_frees_the_scope_and_nothing_vanishes(graph: Graph):
    await send(graph, estate())

    def broken() -> Iterator[Any]:
        yield from ndjson.read(io.BytesIO(json.dumps(record("Server", "new")).encode()))
        raise OSError("the cable was pulled")

    with pytest.raises(OSError, match="pulled"):
        await sync(graph, REGISTRY, broken(), source="test", request=REQUEST)
    found = await run(graph, "MATCH (s:SyncScope) RETURN s.lease_token, s.last_status")
    assert found == [[None, "failed"]]
    assert (await send(graph, estate())).counts["unchanged"] == len(estate())


async def test_a_plan_writes_nothing_and_holds_only_while_the_graph_stands_still(graph: Graph):
    await send(graph, [record("Server", "a", role="x"), record("Server", "b")])
    before = await digest(graph)
    everything = await run(graph, "MATCH (n) RETURN count(n)")
    rows = [record("Server", "a", role="y"), record("VirtualMachine", "v", ("RUNS_ON", "a"))]
    plan = await send(graph, rows, plan_only=True)
    assert (plan.status, plan.run) == ("planned", "")
    assert {(each.op, each.key, each.detail) for each in plan.changes} == {
        ("update", "a", "role"),
        ("create", "v", ""),
        ("relate", "v", "a"),
    }
    assert [each.key for each in plan.retirements] == ["b"]
    assert await digest(graph) == before
    assert await run(graph, "MATCH (n) RETURN count(n)") == everything
    with pytest.raises(Conflict, match="the plan no longer holds") as other:
        await send(graph, rows[:1], plan=plan.plan)
    assert other.value.code == "PLAN_STALE"
    await graph.write(update_element, REQUEST, REGISTRY, "b", {"role": "z"})
    with pytest.raises(
        Conflict, match=r"the graph moved since .*: b by element.update of tester \(entry"
    ):
        await send(graph, rows, plan=plan.plan)
    plan = await send(graph, rows, plan_only=True)
    done = await send(graph, rows, plan=plan.plan)
    words = ("created", "updated", "relations_created")
    assert {w: done.counts[w] for w in words} == {w: plan.counts[w] for w in words}


async def test_a_plan_counts_as_the_apply_does(graph: Graph):
    rows = [*estate(), record("Server", "one", ("CONNECTED_TO", "host-0"), asset_tag="T1")]
    chunks = Chunks(first=3, most=3)
    plan = await send(graph, rows, plan_only=True, chunks=chunks)
    done = await send(graph, rows, chunks=chunks)
    assert {each.code for each in plan.problems} == {"DUPLICATE"}
    assert plan.counts == done.counts
    assert [each.sentence() for each in plan.problems] == [e.sentence() for e in done.problems]


async def test_atomic_writes_all_or_nothing(graph: Graph):
    rows = [record("Server", "a"), record("VirtualMachine", "v", ("RUNS_ON", "missing"))]
    refused = await send(graph, rows, atomic=True)
    assert refused.status == "refused"
    assert [each.code for each in refused.problems] == ["UNKNOWN_END"]
    assert await run(graph, "MATCH (n:Record) RETURN count(n)") == [[0]]
    assert (await send(graph, [*rows, record("Server", "missing")], atomic=True)).counts[
        "created"
    ] == 3


async def test_a_second_run_of_a_scope_is_refused_with_the_holder(graph: Graph):
    first = Run("test", "default", "snapshot", token="first")
    first.number = int((await graph.write(take_lease, REQUEST, first)).value)
    with pytest.raises(Conflict) as refused:
        await send(graph, estate())
    assert refused.value.code == "SYNC_RUNNING"
    assert "test/default/1" in refused.value.problem.why
    assert (await send(graph, estate(), scope="other")).status == "completed"


async def test_two_runs_at_once_one_is_refused_and_the_scope_is_free_again(graph: Graph):
    # Row by row, so that neither can be through before the other has asked for the scope, however
    # long that one was sent to wait before it asked again.
    slowly = Chunks(first=1, most=1)
    results = await asyncio.gather(
        *(send(graph, estate(), chunks=slowly) for _ in range(2)), return_exceptions=True
    )
    kinds = Counter(type(each).__name__ for each in results)
    assert kinds == {"SyncReport": 1, "Conflict": 1}
    assert (await send(graph, estate())).counts["unchanged"] == len(estate())


async def test_a_run_that_lost_its_scope_writes_no_more(graph: Graph):
    def taken_over_meanwhile() -> Iterator[Any]:
        with (
            connect_for_bulk(graph.endpoint) as driver,
            driver.session() as session,
        ):
            session.run("MATCH (s:SyncScope) SET s.lease_token = 'other'").consume()
        lines = [json.dumps(row).encode() for row in estate()]
        yield from ndjson.read(io.BytesIO(b"\n".join(lines)))

    with pytest.raises(Conflict) as lost:
        await sync(graph, REGISTRY, taken_over_meanwhile(), source="test", request=REQUEST)
    assert lost.value.code == "SYNC_LEASE_LOST"
    assert await run(graph, "MATCH (n:Record) RETURN count(n)") == [[0]]
    assert await run(graph, "MATCH (s:SyncScope) RETURN s.lease_token") == [["other"]]


async def test_a_lease_that_is_over_is_not_taken_anew_by_who_had_it(graph: Graph):
    """Whoever renews holds on; a run that is out must not come back as another one."""
    old, new = (Run("test", "default", "snapshot", token=each) for each in ("old", "new"))
    old.number = int((await graph.write(take_lease, REQUEST, old)).value)
    await graph.write(renew, REQUEST, old)
    await graph.write(end, REQUEST, old, "aborted", {})
    for holder in (None, new):
        if holder is not None:
            await graph.write(take_lease, REQUEST, holder)
        with pytest.raises(Conflict) as lost:
            await graph.write(renew, REQUEST, old)
        assert lost.value.code == "SYNC_LEASE_LOST"


async def test_an_end_whose_acknowledgement_was_lost_is_an_end(graph: Graph):
    one = Run("test", "default", "snapshot", token="one")
    one.number = int((await graph.write(take_lease, REQUEST, one)).value)
    for _ in range(2):
        await graph.write(end, REQUEST, one, "completed", {"problems": 0})
    for status, problems in (("failed", 0), ("completed", 1)):  # the control: another end is none
        with pytest.raises(Conflict):
            await graph.write(end, REQUEST, one, status, {"problems": problems})


async def test_others_may_write_between_the_chunks(graph: Graph):
    await send(graph, estate())
    rows = [row | {"attributes": {**row["attributes"], "description": "new"}} for row in estate()]
    stop = False

    async def busy() -> int:
        done = 0
        while not stop:
            await graph.write(update_element, REQUEST, REGISTRY, "host-0", {"role": f"r{done}"})
            done += 1
        return done

    working = asyncio.create_task(busy())
    report = await send(graph, rows, chunks=Chunks(first=2, most=2))
    stop = True
    assert await working > 2
    assert report.problems == []
    assert report.counts["updated"] == len(rows)
    count = await run(graph, "MATCH (:Element)-[r]->(:Element) RETURN count(r)")
    stated = sum(len(row["relations"]) + len(row.get("members", ())) for row in rows)
    assert count == [[stated]]


async def test_statements_of_a_chunk_do_not_grow_with_it(graph: Graph):
    report = await send(graph, estate(2, 20))
    assert max(each.statements for each in report.chunks if each.phase != "end") == 4
    for hosts, machines in ((20, 200), (40, 400)):
        report = await send(graph, estate(hosts, machines))
        assert max(each.statements for each in report.chunks) == 5, "the hash comes after"
    assert (await verify.full(graph)).holds


@pytest.mark.parametrize("wrong", [{"source": "a b"}, {"scope": ""}, {"mode": "full"}])
async def test_wrong_names_are_refused(graph: Graph, wrong: dict[str, str]):
    with pytest.raises(BadInput):
        await send(graph, [], **wrong)


async def test_a_line_that_came_just_so_is_not_read(graph: Graph):
    first = await send(graph, estate())
    opened: list[bytes] = []
    again = await sent_watched(graph, [json.dumps(each) for each in estate()], opened)
    assert (again.counts["unchanged"], opened) == (len(estate()), [])
    assert again.counts["read"] == first.counts["read"]
    spaced = [json.dumps(each, separators=(" , ", " : ")) for each in estate()]
    other = await sent_watched(graph, spaced, opened)
    assert (other.counts["unchanged"], len(opened)) == (len(estate()), len(estate()))


async def sent_watched(graph: Graph, lines: list[str], opened: list[bytes]) -> SyncReport:
    """Sync lines, and note each that is read."""

    def watched(row: Unread) -> Unread:
        def read(data: bytes, place: str) -> list[Any]:
            opened.append(data)
            return list(row.open(data, place))

        return replace(row, open=read)

    rows = ndjson.unread(io.BytesIO("\n".join(lines).encode()))
    seen = [watched(each) if isinstance(each, Unread) else each for each in rows]
    return await sync(graph, REGISTRY, seen, source="test", request=REQUEST)


async def test_a_line_is_read_again_once_something_else_was_said(graph: Graph):
    old, new = record("Server", "a", role="x"), record("Server", "a", role="y")
    for said in (old, new, old):
        await send(graph, [said])
    assert await run(graph, "MATCH (n:CI {key: 'a'}) RETURN n.role") == [["x"]]
    report = await send(graph, [new, old])
    assert report.counts["updated"] + report.counts["unchanged"] >= 1
    assert await run(graph, "MATCH (n:CI {key: 'a'}) RETURN n.role") == [["x"]]


async def test_a_line_with_something_to_tell_is_told_each_time(graph: Graph):
    """What it drops is a notice, and a notice that comes once only is a silent cut."""
    said = [record("Server", "a", role="x", admin_password="hunter2")]
    reports = [await send(graph, said) for _ in range(2)]
    assert [len(each.notices) for each in reports] == [1, 1]
    assert reports[1].counts["unchanged"] == 1
