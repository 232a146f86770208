"""What a source no longer has, on a real Neo4j: weighed, held, proposed, decided, taken back."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.confm.service import update_element
from fitsm_graph.confm.sync_blast import Blasts
from fitsm_graph.confm.sync_decisions import approve_run
from fitsm_graph.confm.sync_proposals import approve, dismiss
from fitsm_graph.confm.sync_revert import revert_run
from fitsm_graph.confm.sync_vanish import Ending, Part, without_parts
from fitsm_graph.graph import verify
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.kernel.errors import BadInput, Conflict, Refused
from graph.syncing import IN, REGISTRY, REQUEST, Record, digest, emptied, estate, record, run, send

DRY = Request(actor="tester", via="sync", dry_run=True)


@pytest_asyncio.fixture(loop_scope="session")
async def graph(neo4j_endpoint: Endpoint) -> AsyncIterator[Graph]:
    async with emptied(neo4j_endpoint) as made:
        yield made


def servers(count: int, first: int = 0) -> list[Record]:
    return [record("Server", f"s-{n:03}") for n in range(first, count)]


async def proposals(graph: Graph) -> list[Any]:
    return await run(
        graph,
        "MATCH (p:RetirementProposal) RETURN p.element_key, p.status ORDER BY p.element_key, p.id",
    )


@pytest.mark.parametrize(
    ("left", "known", "status"),
    [
        (90, 100, "completed"),  # a tenth
        (89, 100, "held"),  # more than a tenth, and more than three
        (7, 10, "completed"),  # three
        (6, 10, "held"),  # four of ten
        (2, 3, "completed"),
        (1, 2, "held"),  # half
        (0, 1, "held"),  # all
    ],
)
async def test_more_than_the_limits_is_held(graph: Graph, left: int, known: int, status: str):
    await send(graph, servers(known))
    report = await send(graph, servers(left))
    assert report.status == status
    assert len(report.retirements) == known - left
    made = [] if status == "held" else [[f"s-{n:03}", "proposed"] for n in range(left, known)]
    assert await proposals(graph) == made
    assert await run(graph, "MATCH (e:Element) RETURN count(e)") == [[known]]


async def test_limits_count_each_type_and_only_what_is_new(graph: Graph):
    racks = [record("Rack", f"r-{n}") for n in range(3)]
    await send(graph, [*servers(40), *racks])
    assert (await send(graph, [*servers(36), *racks])).status == "completed"
    assert (await send(graph, [*servers(33), *racks])).status == "completed"
    report = await send(graph, [*servers(33), *racks[:1]])
    assert report.status == "held"
    assert [(each.type, each.missing, each.known) for each in report.losses] == [("Rack", 2, 3)]


async def test_a_held_run_proposes_once_what_it_found_is_approved_by_name(graph: Graph):
    await send(graph, servers(10))
    report = await send(graph, servers(2))
    head = (await graph.head()).seq
    for wrong in ("", "0" * 16):
        with pytest.raises(Conflict) as refused:
            await approve_run(graph, REQUEST, report.run, wrong)
        assert refused.value.code == "PLAN_STALE"
    await approve_run(graph, DRY, report.run, report.hold)
    assert (await graph.head()).seq == head
    done = await approve_run(graph, REQUEST, report.run, report.hold)
    assert done.proposed == 8
    assert len(await proposals(graph)) == 8
    with pytest.raises(Conflict) as twice:
        await approve_run(graph, REQUEST, report.run, report.hold)
    assert twice.value.code == "NOT_HELD"
    assert (await send(graph, servers(2))).retirements == []


async def test_a_later_complete_run_takes_the_place_of_a_held_one(graph: Graph):
    await send(graph, servers(10))
    held = await send(graph, servers(2))
    assert (await send(graph, servers(10))).status == "completed"
    with pytest.raises(Conflict, match="superseded"):
        await approve_run(graph, REQUEST, held.run, held.hold)
    assert await proposals(graph) == []


async def test_what_comes_back_withdraws_its_proposal(graph: Graph):
    await send(graph, servers(20))
    await send(graph, servers(18))
    assert await proposals(graph) == [["s-018", "proposed"], ["s-019", "proposed"]]
    report = await send(graph, servers(19))
    assert report.counts["retirements_withdrawn"] == 1
    assert await proposals(graph) == [["s-018", "withdrawn"], ["s-019", "proposed"]]
    assert (await send(graph, servers(19))).seqs == []
    await send(graph, servers(18))
    assert [each[1] for each in await proposals(graph)] == ["withdrawn", "proposed", "proposed"]


async def test_people_approve_and_dismiss(graph: Graph):
    await send(graph, [*servers(40), record("VirtualMachine", "vm", ("RUNS_ON", "s-039"))])
    rest = [*servers(37), record("VirtualMachine", "vm", ("RUNS_ON", "s-039"))]
    await send(graph, rest)
    keys = dict(await run(graph, "MATCH (p:RetirementProposal) RETURN p.element_key, p.key"))
    await graph.write(approve, REQUEST, REGISTRY, keys["s-037"])
    with pytest.raises(BadInput):
        await graph.write(dismiss, REQUEST, keys["s-038"], " ")
    await graph.write(dismiss, REQUEST, keys["s-038"], "in the cellar for repair")
    with pytest.raises(Refused) as needed:
        await graph.write(approve, REQUEST, REGISTRY, keys["s-039"])
    assert needed.value.code == "STILL_NEEDED"
    for act, more in ((approve, (REGISTRY, keys["s-037"])), (dismiss, (keys["s-038"], "again"))):
        with pytest.raises(Conflict) as twice:
            await graph.write(act, REQUEST, *more)
        assert twice.value.code == "ALREADY_DECIDED"
    assert [e.key for e in (await send(graph, rest)).retirements] == []
    found = await run(graph, "MATCH (s:Server) WHERE s.key > 's-036' RETURN s.key ORDER BY s.key")
    assert found == [["s-038"], ["s-039"]]
    assert (await verify.full(graph)).findings == ()


async def test_a_proposal_says_which_services_would_be_worse_and_why(graph: Graph, tmp_path: Path):
    rows = [
        *servers(10),
        record("VirtualMachine", "vm", ("RUNS_ON", "s-009")),
        record("ServiceComponent", "part", ("BUILT_FROM", "vm"), ("COMPOSED_OF", "svc", IN)),
        record("Service", "svc"),
    ]
    await send(graph, rows)
    snapshot = Snapshot(graph, REGISTRY, tmp_path / "snapshot")
    report = await send(graph, rows[:9] + rows[10:], blasts=Blasts(snapshot))
    blast = report.retirements[0].blast
    assert report.blast == blast
    assert blast is not None
    assert blast.affected == 4
    assert [(each.key, each.before, each.after) for each in blast.services] == [
        ("svc", "UP", "DOWN")
    ]
    assert blast.services[0].because[0] == "svc is DOWN because of part"
    assert any("s-009" in each for each in blast.services[0].because)
    kept = await run(graph, "MATCH (p:RetirementProposal) RETURN p.affected, p.services")
    assert kept == [[4, ["svc"]]]


async def test_absence_counts_for_complete_types_only(graph: Graph):
    rows = [*servers(20), *[record("VirtualMachine", f"vm-{n}") for n in range(20)]]
    await send(graph, rows)
    only = Ending(types=frozenset({"VirtualMachine"}))
    report = await send(graph, rows[1:-1], ending=only)
    assert [each.key for each in report.retirements] == ["vm-19"]
    failed = without_parts(
        Ending(everything=True),
        [Part("hosts", ("Server",)), Part("machines", ("VirtualMachine",), ("hosts",))],
        ["hosts"],
    )
    assert (await send(graph, rows[1:-2], ending=failed)).retirements == []
    assert (await send(graph, rows[1:-2], ending=Ending())).retirements == []
    with pytest.raises(BadInput):
        without_parts(Ending(), [], ["hosts"])


async def test_what_was_observed_earlier_comes_too_late(graph: Graph):
    def seen(role: str, hour: int) -> list[Record]:
        return [record("Server", "a", role=role) | {"observed_at": f"2026-11-01T{hour:02}:00:00Z"}]

    await send(graph, seen("first", 8), mode="delta")
    unchanged = await send(graph, seen("first", 12), mode="delta")
    assert unchanged.counts["unchanged"] == 1
    late = await send(graph, seen("late", 10), mode="delta")
    assert late.counts["out_of_order"] == 1
    assert [each.code for each in late.notices] == ["COMES_LATE"]
    assert await run(graph, "MATCH (e:Element) RETURN e.role") == [["first"]]
    gone = [{"op": "delete", "type": "Server", "key": "a", "observed_at": "2026-11-01T11:00:00Z"}]
    assert (await send(graph, gone, mode="delta")).retirements == []
    await send(graph, seen("new", 13), mode="delta")
    assert await run(graph, "MATCH (e:Element) RETURN e.role") == [["new"]]


async def test_parked_rows_wait_with_all_problems_until_a_good_row_comes(graph: Graph):
    bad = [
        record("Server", "a", colour="red", cpu_count="four"),
        record("VirtualMachine", "v", ("RUNS_ON", "missing")),
        b"{broken",
    ]
    await send(graph, bad)
    text = "MATCH (p:ParkedRow) RETURN p.record_key, p.problems, p.record ORDER BY p.key"
    parked = await run(graph, text)
    assert [each[0] for each in parked] == ["a", "v", ""]
    assert {code for code in ("ATTRIBUTE_UNKNOWN", "ATTRIBUTE_VALUE") if code in parked[0][1]} == {
        "ATTRIBUTE_UNKNOWN",
        "ATTRIBUTE_VALUE",
    }
    assert "broken" not in parked[2][2]
    again = await send(graph, bad)
    assert again.counts["parked"] == 3
    assert len(await run(graph, text)) == 3
    good = [record("Server", "a"), record("Server", "missing"), bad[1]]
    await send(graph, good, mode="delta")
    assert [each[0] for each in await run(graph, text)] == [""]
    await send(graph, good)
    assert await run(graph, text) == []  # the unreadable one too: all of this snapshot was read


# --- reverting ------------------------------------------------------------------------------------


async def test_a_reverted_run_leaves_the_graph_as_it_was(graph: Graph):
    await send(graph, estate())
    before = await digest(graph)
    rows = [row for row in estate() if row["key"] != "vm-3"]
    rows[7] = rows[7] | {"relations": rows[7]["relations"][:1]}
    rows[8] = rows[8] | {"attributes": {**rows[8]["attributes"], "role": "new", "asset_tag": "X"}}
    rows.append(record("Server", "host-new", ("CONNECTED_TO", "host-0"), asset_tag="T99"))
    report = await send(graph, rows)
    assert await digest(graph) != before
    dry = await revert_run(graph, REGISTRY, DRY, report.run)
    assert len(dry.changes) > 4
    head = (await graph.head()).seq
    done = await revert_run(graph, REGISTRY, REQUEST, report.run)
    assert done.seqs[0] == head + 1
    after = await digest(graph)
    gone = {"RetiredCI", "RetiredIdentifier", "RetirementProposal"}
    live = [each for each in after[0] if not gone & set(each[0])]
    assert live == [each for each in before[0] if not gone & set(each[0])]
    assert [each for each in after[1] if each[1] != "PROPOSES"] == before[1]
    assert (await verify.full(graph)).findings == ()
    with pytest.raises(Conflict) as twice:
        await revert_run(graph, REGISTRY, REQUEST, report.run)
    assert twice.value.code == "NOT_REVERTIBLE"
    assert (await send(graph, rows)).counts["created"] == 1  # and it can be done again


async def test_what_others_changed_since_keeps_a_run_from_being_reverted(graph: Graph):
    await send(graph, [record("Server", "a", role="x"), record("Server", "b")])
    report = await send(graph, [record("Server", "a", role="y"), record("Server", "b", role="z")])
    await graph.write(update_element, REQUEST, REGISTRY, "a", {"description": "fine"})
    await graph.write(update_element, REQUEST, REGISTRY, "b", {"role": "mine"})
    head = (await graph.head()).seq
    with pytest.raises(Refused) as refused:
        await revert_run(graph, REGISTRY, REQUEST, report.run)
    assert refused.value.code == "REVERT_CONFLICT"
    assert f"b: role by element.update of tester (entry {head})" in refused.value.problem.why
    assert "a:" not in refused.value.problem.why
    assert (await graph.head()).seq == head
    await graph.write(update_element, REQUEST, REGISTRY, "b", {"role": "z"})
    with pytest.raises(Refused):
        await revert_run(graph, REGISTRY, REQUEST, report.run)
