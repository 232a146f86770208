"""Sync on a real Neo4j: nothing twice, any order, nothing lost."""

import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.confm.drafts import RelationDraft
from fitsm_graph.confm.service import relate, retire_element
from fitsm_graph.confm.sync import Chunks, sync
from fitsm_graph.confm.sync_report import SyncReport
from fitsm_graph.discovery import detect
from fitsm_graph.graph import verify
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.sms.service import register_party
from graph.syncing import REGISTRY, REQUEST, Record, digest, emptied, estate, record, run, send

DEMO = Path(__file__).parents[3] / "shared/samples/discovery/netbox/netbox-demo-v3.6.json"


@pytest_asyncio.fixture(loop_scope="session")
async def graph(neo4j_endpoint: Endpoint) -> AsyncIterator[Graph]:
    async with emptied(neo4j_endpoint) as made:
        yield made


async def test_of_rows_with_one_key_the_last_stands_even_if_it_was_known(graph: Graph):
    await send(graph, [record("Server", "a", role="known")])
    rows = [record("Server", "a", role=role) for role in ("new", "known")]
    report = await send(graph, rows, chunks=Chunks(first=1, most=1))
    assert [each.code for each in report.notices] == ["REPEATED_KEY"]
    assert await run(graph, "MATCH (e:Element) RETURN e.role") == [["known"]]
    assert (await send(graph, rows[1:])).counts["unchanged"] == 1


async def test_a_row_that_was_refused_still_counts_as_seen(graph: Graph):
    rows = [record("Server", "a"), record("VirtualMachine", "v", ("RUNS_ON", "missing"))]
    await send(graph, rows)
    head = (await graph.head()).seq
    buckets = await run(graph, "MATCH (b:HashBucket) RETURN count(b)")
    again = await send(graph, [record("Server", "a", cpu_count="four"), rows[1]])
    assert again.retirements == []
    assert (await graph.head()).seq == head
    assert await run(graph, "MATCH (b:HashBucket) RETURN count(b)") == buckets
    gone = await send(graph, rows[:1])
    assert [each.key for each in gone.retirements] == ["v"]


async def test_many_buckets_become_few_and_say_the_same(graph: Graph):
    rows = estate(30, 60)
    await send(graph, rows, chunks=Chunks(first=2, most=2))
    assert await run(graph, "MATCH (b:HashBucket) RETURN count(b)") == [[1]]
    assert (await send(graph, rows)).counts["unchanged"] == len(rows)


async def test_relations_to_elements_that_come_later_exist_after_the_first_run(graph: Graph):
    rows = estate()
    report = await send(graph, rows, chunks=Chunks(first=3, most=3))
    assert report.status == "completed"
    assert report.problems == []
    stated = sum(len(row["relations"]) + len(row.get("members", ())) for row in rows)
    assert report.counts["created"] == len(rows)
    assert report.counts["relations_created"] == stated
    found = await run(graph, "MATCH (:Element)-[r]->(:Element) RETURN count(r)")
    assert found == [[stated]]


async def test_the_same_snapshot_again_makes_no_entry_and_writes_no_record(graph: Graph):
    first = await send(graph, estate())
    before, head = await digest(graph), (await graph.head()).seq
    again = await send(graph, estate())
    assert (await graph.head()).seq == head == first.seqs[-1]
    assert again.seqs == []
    assert again.counts["unchanged"] == len(estate())
    assert not again.changed
    assert await digest(graph) == before
    assert await run(graph, "MATCH (n:Record) RETURN max(n.version)") == [[head]]


async def test_losing_the_index_costs_time_and_changes_nothing(graph: Graph):
    await send(graph, estate())
    before, head = await digest(graph), (await graph.head()).seq
    await run(graph, "MATCH (n:HashBucket) DETACH DELETE n")
    again = await send(graph, estate(), chunks=Chunks(first=4, most=4))
    assert (await graph.head()).seq == head
    assert await digest(graph) == before
    assert again.counts["unchanged"] == len(estate())
    assert len((await send(graph, estate())).chunks) == 1  # the index is back: only the end


@pytest.mark.parametrize(("size", "seed"), [(1, 1), (7, 2), (5000, 3)])
async def test_order_and_chunk_size_do_not_matter(graph: Graph, size: int, seed: int):
    await send(graph, estate())
    expected = await digest(graph)
    await run(graph, "MATCH (n) WHERE NOT n:Migration AND NOT n:LedgerHead DETACH DELETE n")
    rows = estate()
    random.Random(seed).shuffle(rows)
    report = await send(graph, rows, chunks=Chunks(first=size, most=size, seconds=60))
    assert report.problems == []
    assert await digest(graph) == expected


async def test_a_link_seen_from_both_ends_is_one_and_ends_with_the_last_who_says_so(graph: Graph):
    def hosts(*ends: str) -> list[Record]:
        other = {"a": "b", "b": "a"}
        return [
            record("Server", key, *([("CONNECTED_TO", other[key])] if key in ends else []))
            for key in ("a", "b")
        ]

    def count() -> Any:
        return run(graph, "MATCH (:Server)-[r:CONNECTED_TO]->(:Server) RETURN count(r)")

    assert (await send(graph, hosts("a", "b"))).counts["relations_created"] == 1
    assert await count() == [[1]]
    assert (await send(graph, hosts("b"))).counts["relations_ended"] == 0
    assert await count() == [[1]]
    assert (await send(graph, hosts())).counts["relations_ended"] == 1
    assert await count() == [[0]]


async def test_what_a_person_related_is_left_alone(graph: Graph):
    await send(graph, [record("Server", "h"), record("VirtualMachine", "v")])
    await graph.write(relate, REQUEST, REGISTRY, RelationDraft(type="USES", source="v", target="h"))
    rows = [record("Server", "h"), record("VirtualMachine", "v", ("USES", "h"))]
    assert (await send(graph, rows)).counts["relations_kept"] == 1
    assert (await send(graph, [rows[0], record("VirtualMachine", "v")])).counts[
        "relations_ended"
    ] == 0
    assert await run(graph, "MATCH ()-[r:USES]->() RETURN r.by") == [[None]]


async def test_a_machine_moves_and_a_port_changes_hands(graph: Graph):
    def rows(host: str, device: str) -> list[Record]:
        return [
            record("Server", "h1"),
            record("Server", "h2"),
            record("Rack", "r", ("LOCATED_IN", host.replace("h", "s"))),
            record("Site", "s1"),
            record("Site", "s2"),
            *[
                record("Switch", d, *([("HAS_INTERFACE", "if")] if d == device else []))
                for d in ("d1", "d2")
            ],
            record("NetworkInterface", "if"),
        ]

    await send(graph, rows("h1", "d2"))
    moved = await send(graph, rows("h2", "d1"), chunks=Chunks(first=1, most=1))
    assert moved.problems == []
    held = await run(graph, "MATCH (d)-[:HAS_INTERFACE]->() RETURN d.key")
    stands = await run(graph, "MATCH (:Rack)-[:LOCATED_IN]->(s) RETURN s.key")
    assert (held, stands) == ([["d1"]], [["s2"]])


async def test_bad_rows_are_parked_with_all_problems_and_the_good_go_in(graph: Graph):
    rows = [
        record("Server", "good"),
        b"{broken",
        record("Nonsense", "x"),
        record("Server", "wrong", colour="red", cpu_count="four"),
        record("VirtualMachine", "vm", ("RUNS_ON", "good"), ("RUNS_ON", "missing")),
        record("Site", "site", ("RUNS_ON", "good")),
        record("Vlan", "vlan"),
        record("Server", "good2", asset_tag="T"),
        record("Server", "good3", asset_tag="t "),
    ]
    report = await send(graph, rows)
    found = Counter((each.path[0], each.code) for each in report.problems)
    assert found == {
        ("line 2", "NOT_JSON"): 1,
        ("line 3", "UNKNOWN_TYPE"): 1,
        ("line 4", "ATTRIBUTE_UNKNOWN"): 1,
        ("line 4", "ATTRIBUTE_VALUE"): 1,
        ("line 5", "UNKNOWN_END"): 1,
        ("line 6", "RELATION_NOT_ALLOWED"): 1,
        ("line 7", "ATTRIBUTE_REQUIRED"): 1,
        ("line 9", "DUPLICATE"): 1,
    }
    live = await run(graph, "MATCH (e:Element) RETURN e.key ORDER BY e.key")
    assert live == [["good"], ["good2"], ["site"], ["vm"]]
    assert report.counts["rejected"] == 5
    later = await send(graph, [*rows[4:5], record("Server", "missing")], mode="delta")
    assert later.problems == []
    assert await run(graph, "MATCH (:Element {key: 'vm'})-[r:RUNS_ON]->() RETURN count(r)") == [[2]]


async def test_what_vanished_is_proposed_for_retirement_and_left_alone(graph: Graph):
    await send(graph, [record("Server", key) for key in ("a", "b", "c")])
    head = (await graph.head()).seq
    report = await send(graph, [record("Server", "a")])
    assert [each.key for each in report.retirements] == ["b", "c"]
    assert (await graph.head()).seq == head
    assert await run(graph, "MATCH (e:Element) RETURN count(e)") == [[3]]
    await graph.write(retire_element, REQUEST, REGISTRY, "b")
    assert [e.key for e in (await send(graph, [record("Server", "a")])).retirements] == ["c"]


@pytest.mark.parametrize("mode", ["delta", "enrich"])
async def test_absence_means_nothing_unless_all_of_a_snapshot_was_read(graph: Graph, mode: str):
    await send(graph, [record("Server", key) for key in ("a", "b")])
    assert (await send(graph, [record("Server", "a")], mode=mode)).retirements == []
    broken = await send(graph, [record("Server", "a"), b"{"])
    assert broken.retirements == []
    assert not broken.complete
    assert "NOT_COMPLETE" in {each.code for each in broken.notices}
    gone = await send(graph, [{"op": "delete", "type": "Server", "key": "b"}], mode="delta")
    assert [each.key for each in gone.retirements] == ["b"]


async def test_enriching_creates_nothing(graph: Graph):
    await send(graph, [record("Server", "a")])
    rows = [record("Server", "a", os_name="Linux"), record("Server", "new")]
    report = await send(graph, rows, mode="enrich", source="scan")
    assert [each.code for each in report.problems] == ["NOT_KNOWN"]
    assert await run(graph, "MATCH (e:Element) RETURN e.key, e.os_name") == [["a", "Linux"]]


async def test_types_stay_and_owners_are_parties(graph: Graph):
    await graph.write(register_party, REQUEST, "Group", {"key": "ops", "name": "Operations"})
    await send(graph, [record("Server", "a", ("OWNED_BY", "ops"))])
    assert await run(graph, "MATCH (:Server)-[:OWNED_BY]->(g:Group) RETURN g.key") == [["ops"]]
    changed = await send(graph, [record("Switch", "a")])
    assert [each.code for each in changed.problems] == ["TYPE_CHANGED"]


async def test_shared_identifiers_are_told_and_a_changed_unique_value_is_free_again(graph: Graph):
    uuid = {"identifiers": [{"kind": "system_uuid", "value": "AB"}]}
    rows = [record("Server", "a", asset_tag="T1") | uuid, record("Server", "b") | uuid]
    report = await send(graph, rows)
    assert [each.code for each in report.notices] == ["SHARED_IDENTIFIER"]
    rows = [record("Server", "a", asset_tag="T2") | uuid, record("Server", "b", asset_tag="T1")]
    assert (await send(graph, rows[:1])).problems == []
    assert (await send(graph, rows)).problems == []
    held = await run(graph, "MATCH (e)-[:IDENTIFIED_BY]->(i) RETURN e.key, i.key ORDER BY i.key")
    assert held == [["b", "asset_tag|t1"], ["a", "asset_tag|t2"], ["a", "system_uuid|ab"]]


async def test_every_chunk_can_be_undone_from_the_ledger(graph: Graph):
    await send(graph, estate())
    rows = estate()
    rows[0]["relations"] = []
    await send(graph, rows)
    verdict = await verify.full(graph)
    assert verdict.findings == ()


async def test_the_netbox_demo_loads_and_again_is_unchanged(graph: Graph):
    if not DEMO.exists():
        pytest.skip("samples folder ../shared/samples is missing")

    async def load() -> SyncReport:
        with DEMO.open("rb") as file:
            chosen, stream = detect.open_format(file)
            seen = chosen.read(stream)
            return await sync(graph, REGISTRY, seen, source="netbox", request=REQUEST)

    first = await load()
    assert first.problems == []
    dump = Counter(each["model"] for each in json.loads(DEMO.read_text(encoding="utf-8")))
    counts = dict(await run(graph, "MATCH (c:CI) RETURN c.type, count(*)"))
    assert counts["PowerFeed"] == dump["dcim.powerfeed"]
    assert counts["VirtualMachine"] == dump["virtualization.virtualmachine"]
    assert counts["NetworkInterface"] == dump["dcim.interface"] + dump["virtualization.vminterface"]
    related = await run(graph, "MATCH (:Element)-[r]->(:Element) RETURN count(r)")
    assert related == [[first.counts["relations_created"]]]
    again = await load()
    assert again.seqs == []
    assert again.counts["unchanged"] == first.counts["created"]
