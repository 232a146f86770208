"""What changes planned, compared with what a source of discovery said after them (PR12.5)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from inspect import signature
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.chm.approvals import approve_change
from fitsm_graph.chm.assessments import assess_change
from fitsm_graph.chm.implementing import (
    back_out_change,
    begin_change,
    close_change,
    complete_change,
    review_change,
)
from fitsm_graph.chm.service import plan_change, register_change
from fitsm_graph.chm.setting_aside import set_item_aside
from fitsm_graph.confm.deviations import correct_deviation
from fitsm_graph.confm.drafts import ElementDraft
from fitsm_graph.confm.service import register_element, retire_element
from fitsm_graph.confm.sync_sessions import Sessions, Who
from fitsm_graph.confm.sync_vanish import ALL_COMPLETE
from fitsm_graph.flow.scheduler import Scheduler
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.handover.comparing import WAITED, compare_difference, comparing
from fitsm_graph.handover.deviations import raise_change_from_deviation
from fitsm_graph.handover.differences import apply_difference
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.observation import Observation
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms import accounts
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.roles import assign_role
from graph.syncing import POLICIES, REGISTRY, REQUEST, emptied, record, run, send

SYSTEM = Request(actor="setup", via="test")


class Changing:
    """Bob asks for changes, Ann approves them, and a source called test tells what there is."""

    def __init__(self, graph: Graph, clock: ManualClock) -> None:
        self.graph, self.clock = graph, clock
        self.snapshot = Snapshot(graph, REGISTRY)
        self.names = iter(range(1_000))

    async def act(self, actor: str, verb: Any, *given: Any, **more: Any) -> Any:
        self.clock.advance(timedelta(minutes=1))
        request = Request(actor=actor, via="test")
        lent: dict[str, Any] = {"policies": POLICIES, "registry": REGISTRY}
        lent["reaching"] = Reaches(await self.snapshot.current())
        asked = [lent[each] for each in signature(verb).parameters if each in lent]
        return (await self.graph.write(verb, request, *asked, *given, **more)).value

    async def made(
        self, planned: dict[str, Any], *, fails: bool = False, carries: int | None = None
    ) -> str:
        """A change that was implemented, with its difference, or some of it, in the graph."""
        now, hit = self.clock.now(), [("site", "at_risk")]
        window = {
            "planned_starts_at": to_text(now),
            "planned_ends_at": to_text(now + timedelta(hours=1)),
        }
        key = str((await self.act("bob", register_change, "x", hit, **window))["key"])
        await self.act("bob", plan_change, key, difference_of_graph=planned)
        await self.act("ann", assess_change, key)
        await self.act("ann", approve_change, key)
        await self.act("bob", begin_change, key)
        items = sum(len(part) for part in planned.values())
        for _ in range(items if carries is None else carries):
            await self.act("bob", apply_difference, key)
        if fails:
            await self.act("bob", back_out_change, key, "it does not fit")
        else:
            await self.act("bob", complete_change, key)
        return key

    async def tells(self, *records: Any, **options: Any) -> Any:
        """A run of the source, and a turn of the job after it."""
        self.clock.advance(timedelta(minutes=1))
        told = await send(self.graph, records, **options)
        self.clock.advance(timedelta(minutes=1))
        await self.turn()
        return told

    async def turn(self, later: timedelta = timedelta(minutes=2)) -> str:
        async def policies() -> Any:
            return POLICIES

        async def registry() -> Any:
            return REGISTRY

        self.clock.advance(later)
        scheduler = Scheduler(self.graph, (comparing(self.graph, policies, registry),))
        went = await scheduler.run("compare")
        assert not went["error"], went
        return str(went["said"])

    async def change(self, key: str) -> dict[str, Any]:
        ((found,),) = await run(self.graph, "MATCH (c:Change {key: $k}) RETURN c {.*}", k=key)
        return dict(found)

    async def deviations(self, key: str) -> list[Any]:
        """Title, fields and element of the deviations of a change."""
        return await run(
            self.graph,
            """MATCH (d:Deviation)-[:REMAINS_OF]->(:Change {key: $k})
            OPTIONAL MATCH (d)-[:DEVIATES_AT]->(e)
            RETURN d.title, d.fields, e.key ORDER BY d.key""",
            k=key,
        )

    def name(self) -> str:
        return f"s{next(self.names)}"


@pytest_asyncio.fixture(scope="module")
async def it(neo4j_endpoint: Endpoint) -> AsyncIterator[Changing]:
    clock = ManualClock(datetime(2026, 11, 24, 9, tzinfo=UTC))
    async with emptied(neo4j_endpoint, clock) as graph:
        draft = ElementDraft(kind="CI", type="Room", key="site", name="site")
        await graph.write(register_element, SYSTEM, REGISTRY, draft)
        for key in ("ann", "bob"):
            await graph.write(sms.register_party, SYSTEM, "Person", {"key": key, "name": key})
            given = (key, ["editor"], "digest")
            await graph.write(accounts.create_account, SYSTEM, *given, person=key)
        manager = RoleWord.PROCESS_MANAGER
        await graph.write(assign_role, SYSTEM, manager, "ann", process=Process.CHM)
        yield Changing(graph, clock)


def set_to(key: str, count: int) -> dict[str, Any]:
    return {"change": [{"key": key, "attributes": {"cpu_count": count}}]}


async def test_a_source_that_says_what_was_planned_confirms_it(it: Changing) -> None:
    name = it.name()
    source = {"source": name}
    await it.tells(record("Server", name, cpu_count=4), **source)
    ref = await it.made(set_to(name, 8))
    assert (await it.change(ref))["awaits_since"] is not None
    await it.tells(record("Server", name, cpu_count=8), **source)
    seen = await it.change(ref)
    assert (seen["difference_seen"], seen["difference_seen_by"]) == (
        ["confirmed"],
        [f"{name}/default/2"],
    )
    assert seen.get("awaits_since") is None
    assert await it.deviations(ref) == []


async def test_a_source_that_says_what_it_said_before_contradicts(it: Changing) -> None:
    """Its row is unchanged, and so nothing is written by it; it is heard all the same."""
    name = it.name()
    source = {"source": name}
    await it.tells(record("Server", name, cpu_count=4), **source)
    ref = await it.made(set_to(name, 8))
    told = await it.tells(record("Server", name, cpu_count=4), **source)
    assert told.counts["unchanged"] == 1
    assert (await it.change(ref))["difference_seen"] == ["contradicted"]
    title = f"{ref} is not seen as planned: other values of cpu_count"
    assert await it.deviations(ref) == [[title, ["cpu_count"], name]]
    ((value,),) = await run(it.graph, "MATCH (c:CI {key: $k}) RETURN c.cpu_count", k=name)
    assert value == 8, "to compare writes nothing of the element"
    await it.turn()
    with pytest.raises(Refused, match="NOTHING_AWAITED"):
        await it.act("ann", compare_difference, ref)
    assert len(await it.deviations(ref)) == 1


async def test_what_nobody_says_anything_of_stays_unseen(it: Changing) -> None:
    name = it.name()
    await it.tells(record("Server", name), source=name)
    ref = await it.made(set_to(name, 8))
    before = (await it.graph.head()).seq
    assert await it.turn() == "", "no source had a run yet"
    assert (await it.graph.head()).seq == before
    await it.tells(record("Server", name), source=name)
    seen = await it.change(ref)
    assert (seen["difference_seen"], seen["difference_seen_by"]) == (["unseen"], [""])
    assert seen["awaits_since"] is not None
    once = (await it.graph.head()).seq
    await it.turn()
    assert (await it.graph.head()).seq == once, "once after each run"
    it.clock.advance(WAITED)
    await it.turn()
    assert (await it.change(ref)).get("awaits_since") is None, "not for ever"


async def test_who_sees_some_of_it_does_not_keep_the_comparison_away(it: Changing) -> None:
    """Bob sees rooms only, and compares between the run and the turn of the job."""
    name = it.name()
    await it.tells(record("Server", name, cpu_count=4), source=name)
    ref = await it.made(set_to(name, 8))
    it.clock.advance(timedelta(minutes=1))
    await send(it.graph, [record("Server", name, cpu_count=4)], source=name)
    it.clock.advance(timedelta(minutes=1))
    limited = Request(actor="bob", via="test", sight=frozenset({"Room"}))
    await it.graph.write(compare_difference, limited, POLICIES, REGISTRY, ref)
    assert (await it.change(ref))["difference_seen"] == ["unseen"], "it is not there for Bob"
    await it.turn()
    assert (await it.change(ref))["difference_seen"] == ["contradicted"]


async def test_what_is_said_again_is_not_written_again(it: Changing) -> None:
    """One item is confirmed, the other is of what no source tells of: it waits, and is quiet."""
    name, other = it.name(), it.name()
    await it.tells(record("Server", name, cpu_count=4), source=name)
    draft = ElementDraft(kind="CI", type="Server", key=other, name=other)
    await it.graph.write(register_element, SYSTEM, REGISTRY, draft)
    both = {"change": [*set_to(name, 8)["change"], *set_to(other, 8)["change"]]}
    ref = await it.made(both)
    await it.tells(record("Server", name, cpu_count=8), source=name)
    first = await it.change(ref)
    assert first["difference_seen"] == ["confirmed", "unseen"]
    for _ in range(2):
        await it.tells(record("Server", name, cpu_count=8), source=name)
    again = await it.change(ref)
    assert again["version"] == first["version"], "no entry for what was known"
    assert again["awaits_since"] == first["awaits_since"]


async def test_what_was_undone_before_anything_was_carried_out_waits_for_nothing(
    it: Changing,
) -> None:
    name = it.name()
    await it.tells(record("Server", name, cpu_count=4), source=name)
    ref = await it.made(set_to(name, 8), fails=True, carries=0)
    assert (await it.change(ref)).get("awaits_since") is None


async def test_of_what_was_undone_only_what_was_carried_out_is_waited_for(it: Changing) -> None:
    name, other = it.name(), it.name()
    await it.tells(record("Server", name, cpu_count=4), record("Server", other), source=name)
    both = {"change": [*set_to(name, 8)["change"], *set_to(other, 8)["change"]]}
    ref = await it.made(both, fails=True, carries=1)
    await it.tells(record("Server", name, cpu_count=4), record("Server", other), source=name)
    seen = await it.change(ref)
    assert seen["difference_seen"] == ["contradicted", "unseen"]
    assert seen.get("awaits_since") is None


async def test_a_run_that_is_seen_late_is_looked_at(it: Changing) -> None:
    """It ended before the one after which the job looked last, and was kept after it."""
    name = it.name()
    await it.tells(record("Server", name, cpu_count=4), source=name)
    ref = await it.made(set_to(name, 8))
    it.clock.advance(timedelta(minutes=1))
    await send(it.graph, [record("Server", name, cpu_count=4)], source=name)
    ended = to_text(it.clock.now())
    hide = "MATCH (s:RunState {ended_at: $at}) SET s.status = 'running'"
    await run(it.graph, hide, at=ended)
    it.clock.advance(timedelta(seconds=20))
    await send(it.graph, [record("Server", it.name())], source=it.name())
    await it.turn(timedelta(seconds=10))
    assert (await it.change(ref)).get("difference_seen") != ["contradicted"]
    await run(it.graph, "MATCH (s:RunState {ended_at: $at}) SET s.status = 'completed'", at=ended)
    await it.turn()
    assert (await it.change(ref))["difference_seen"] == ["contradicted"]


async def test_a_run_that_began_before_the_change_was_implemented_says_nothing(
    it: Changing,
) -> None:
    name = it.name()
    await it.tells(record("Server", name, cpu_count=4), source=name)
    sessions, who = Sessions(it.graph), Who(REGISTRY, REQUEST)
    begun = await sessions.begin(who, name, "default", "snapshot")
    ref = await it.made(set_to(name, 8))
    rows = [Observation(type="Server", key=name, attributes={"cpu_count": 4})]
    await sessions.take(who, begun["run"], begun["fence"], 1, "d", rows)
    await sessions.end(who, begun["run"], begun["fence"], ALL_COMPLETE)
    await it.turn()
    assert (await it.change(ref)).get("difference_seen") is None


async def test_of_a_run_in_chunks_another_process_may_end_what_one_began(it: Changing) -> None:
    name = it.name()
    await it.tells(record("Server", name, cpu_count=4), source=name)
    ref = await it.made(set_to(name, 8))
    who = Who(REGISTRY, REQUEST)
    it.clock.advance(timedelta(minutes=1))
    first = Sessions(it.graph)
    begun = await first.begin(who, name, "default", "snapshot")
    rows = [Observation(type="Server", key=name, attributes={"cpu_count": 4})]
    await first.take(who, begun["run"], begun["fence"], 1, "d", rows)
    await Sessions(it.graph).end(who, begun["run"], begun["fence"], ALL_COMPLETE)
    await it.turn()
    assert (await it.change(ref))["difference_seen"] == ["contradicted"]


async def test_what_came_and_what_went(it: Changing) -> None:
    """Added and not there; retired and still there; related and not so; each said once."""
    name, old, new, vm = (it.name() for _ in range(4))
    rows = [
        record("Server", name),
        record("Server", old),
        record("VirtualMachine", vm, ("RUNS_ON", name)),
    ]
    await it.tells(*rows, source=name)
    await run(it.graph, "MATCH (p:RetirementProposal) DETACH DELETE p")
    ref = await it.made(
        {
            "add": [{"kind": "CI", "type": "Server", "key": new, "name": new}],
            "relate": [{"type": "RUNS_ON", "source": vm, "target": new}],
            "unrelate": [{"type": "RUNS_ON", "source": vm, "target": name}],
            "retire": [old],
        }
    )
    await it.tells(*rows, source=name)
    assert (await it.change(ref))["difference_seen"] == ["contradicted"] * 4
    said = [[title.partition(": ")[2], at] for title, _, at in await it.deviations(ref)]
    assert said == [
        ["not there", new],
        ["a relation is missing", vm],
        ["a relation is still there", vm],
        ["still there", None],
    ]


async def test_what_came_and_went_as_planned_is_confirmed(it: Changing) -> None:
    name, old, new, vm = (it.name() for _ in range(4))
    kept = record("Server", name)
    rows = [kept, record("Server", old), record("VirtualMachine", vm, ("RUNS_ON", name))]
    await it.tells(*rows, source=name)
    ref = await it.made(
        {
            "add": [{"kind": "CI", "type": "Server", "key": new, "name": new}],
            "relate": [{"type": "RUNS_ON", "source": vm, "target": new}],
            "unrelate": [{"type": "RUNS_ON", "source": vm, "target": name}],
            "retire": [old],
        }
    )
    moved = record("VirtualMachine", vm, ("RUNS_ON", new))
    await it.tells(kept, record("Server", new), moved, source=name)
    assert (await it.change(ref))["difference_seen"] == ["confirmed"] * 4
    assert await it.deviations(ref) == []


async def test_a_part_of_a_source_says_nothing_by_what_it_leaves_out(it: Changing) -> None:
    name, new = it.name(), it.name()
    await it.tells(record("Server", name), source=name)
    ref = await it.made({"add": [{"kind": "CI", "type": "Server", "key": new, "name": new}]})
    await it.tells(record("Server", name), source=name, mode="delta")
    assert (await it.change(ref))["difference_seen"] == ["unseen"]


async def test_what_was_backed_out_and_left_in_the_graph_is_found(it: Changing) -> None:
    name = it.name()
    await it.tells(record("Server", name, cpu_count=4), source=name)
    ref = await it.made(set_to(name, 8), fails=True)
    await it.tells(record("Server", name, cpu_count=4), source=name)
    assert len(await it.deviations(ref)) == 1


async def test_what_does_not_fit_any_more_is_set_aside_and_the_change_is_closed(
    it: Changing,
) -> None:
    """The first item is of a server that is gone; after the review as well as before."""
    name, gone = it.name(), it.name()
    await it.tells(record("Server", name, cpu_count=4), record("Server", gone), source=name)
    both = {"change": [*set_to(gone, 8)["change"], *set_to(name, 8)["change"]]}
    ref = await it.made(both, carries=0)
    await it.act("bob", retire_element, gone)
    await it.act("ann", review_change, ref, "one is gone", aim_met=True)
    with pytest.raises(Refused, match="DIFFERENCE_OPEN"):
        await it.act("ann", close_change, ref)
    with pytest.raises(NotFound):
        await it.act("bob", apply_difference, ref)
    with pytest.raises(Refused, match="NOT_RESPONSIBLE"):
        await it.act("bob", set_item_aside, ref, "it is gone")
    with pytest.raises(BadInput):
        await it.act("ann", set_item_aside, ref, " ")
    await it.act("ann", set_item_aside, ref, "it is gone")
    done = await it.act("bob", apply_difference, ref)
    assert (done["difference_done"], done["difference_aside"]) == (2, ["it is gone", ""])
    with pytest.raises(Refused, match="DIFFERENCE_DONE"):
        await it.act("ann", set_item_aside, ref, "nor is this")
    await it.tells(record("Server", name, cpu_count=8), source=name)
    seen = await it.change(ref)
    assert seen["difference_seen"] == ["not_observed", "confirmed"]
    assert seen.get("awaits_since") is None, "nothing is waited for of what was set aside"
    assert (await it.act("ann", close_change, ref))["status"] == "closed"


async def test_what_was_undone_is_not_carried_out_after_its_review(it: Changing) -> None:
    name = it.name()
    await it.tells(record("Server", name, cpu_count=4), source=name)
    ref = await it.made(set_to(name, 8), fails=True, carries=0)
    await it.act("ann", review_change, ref, "it does not fit", aim_met=False)
    with pytest.raises(Refused, match="was undone"):
        await it.act("bob", apply_difference, ref)


async def test_a_source_that_saw_it_first_does_not_keep_it_from_being_added(it: Changing) -> None:
    name, new = it.name(), it.name()
    await it.tells(record("Server", name), record("Server", new, cpu_count=2), source=name)
    added = {"kind": "CI", "type": "Server", "key": new, "name": "Planned"}
    await it.made({"add": [added]})
    rows = await run(it.graph, "MATCH (c:CI {key: $k}) RETURN c.name, c.cpu_count", k=new)
    assert rows == [["Planned", 2]]


async def test_the_review_says_what_was_seen_and_a_deviation_leads_to_a_change(
    it: Changing,
) -> None:
    name = it.name()
    await it.tells(record("Server", name, cpu_count=4), source=name)
    ref = await it.made(set_to(name, 8))
    await it.tells(record("Server", name, cpu_count=4), source=name)
    await it.act("ann", review_change, ref, "one does not fit", aim_met=False)
    rows = await run(
        it.graph,
        """MATCH (r:PostImplementationReview)-[:REVIEWS]->(:Change {key: $k})
        RETURN r.confirmed, r.contradicted""",
        k=ref,
    )
    assert rows == [[0, 1]]
    ((key,),) = await run(
        it.graph,
        "MATCH (d:Deviation)-[:REMAINS_OF]->(:Change {key: $k}) RETURN d.key",
        k=ref,
    )
    made = await it.act("bob", raise_change_from_deviation, key)
    rows = await run(
        it.graph,
        """MATCH (d:Deviation)<-[:RAISED_FROM]-(c:Change {key: $k})-[:CHANGES]->(e)
        MATCH (d)-[:LED_TO]->(c) RETURN d.key, e.key""",
        k=made["key"],
    )
    assert rows == [[key, name]]
    await it.act("ann", correct_deviation, key, "it has 8 by now")
    with pytest.raises(Refused, match="ILLEGAL_TRANSITION"):
        await it.act("bob", raise_change_from_deviation, key)
