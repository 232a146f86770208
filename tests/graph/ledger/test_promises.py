"""What the ledger promises to whoever writes: keys, dry runs, versions, time, order."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.service import register_element, relate, unrelate, update_element
from fitsm_graph.graph import feed, histories
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.kernel.errors import Conflict, FitsmError, NotFound
from fitsm_graph.sms.service import register_party, update_party
from graph.ledger.driving import START
from graph.syncing import REGISTRY, emptied, run


class Desk:
    """One graph with a clock that is driven."""

    def __init__(self, graph: Graph, clock: ManualClock) -> None:
        self.graph, self.clock = graph, clock

    async def register(self, name: str = "ops", **more: Any) -> Any:
        request = Request(actor=more.pop("actor", "ada"), via="test", **more)
        return await self.graph.write(register_party, request, "Group", {"name": name})

    async def groups(self) -> int:
        return int((await run(self.graph, "MATCH (g:Group) RETURN count(g)"))[0][0])


@pytest_asyncio.fixture
async def desk(neo4j_endpoint: Endpoint) -> AsyncIterator[Desk]:
    async with emptied(neo4j_endpoint):
        clock = ManualClock(START)
        graph = Graph(neo4j_endpoint, clock=clock)
        try:
            yield Desk(graph, clock)
        finally:
            await graph.close()


async def test_time_never_goes_back_in_the_ledger(desk: Desk) -> None:
    pick = random.Random(4)
    for _ in range(20):
        desk.clock.set(START + timedelta(seconds=pick.randrange(-1_000, 1_000)))
        await desk.register()
    rows = await run(desk.graph, "MATCH (e:LedgerEntry) RETURN e.at ORDER BY e.seq")
    moments = [row[0] for row in rows]
    assert moments == sorted(moments)
    assert len(set(moments)) < len(moments), "the control: the clock did go back"


async def test_keys_for_people_have_no_gaps_whatever_is_refused(desk: Desk) -> None:
    async def one(number: int) -> None:
        if number % 3 == 0:
            with pytest.raises(FitsmError):
                await desk.graph.write(
                    register_party, Request(actor="ada"), "Group", {"nonsense": 1}
                )
        else:
            await desk.register(f"g{number}")

    await asyncio.gather(*(one(number) for number in range(30)))
    rows = await run(desk.graph, "MATCH (g:Group) RETURN g.key ORDER BY g.key")
    assert [row[0] for row in rows] == [f"GRP-{number:06d}" for number in range(1, 21)]


async def test_the_feed_tells_both_images_of_everything(desk: Desk) -> None:
    made = await desk.register("a")
    seq = made.seq
    by = Request(actor="ada", via="test", reason="because", change="CHG-000007")
    await desk.graph.write(update_party, by, made.value["id"], {"name": "b"})
    await desk.graph.write(update_party, by, made.value["id"], {"name": "c", "purpose": "p"})
    last, steps = await feed.since(desk.graph, seq)
    assert last == seq + 2
    assert [(s.changes[0].before.get("name"), s.changes[0].after.get("name")) for s in steps] == [
        ("a", "b"),
        ("b", "c"),
    ]
    assert steps[1].changes[0].before["purpose"] in {None, ""}
    assert {(s.entry["reason"], s.entry["change"]) for s in steps} == {("because", "CHG-000007")}
    then = await feed.record_at(desk.graph, made.value["id"], seq + 1)
    assert then is not None
    assert then.properties["name"] == "b"
    assert await feed.record_at(desk.graph, made.value["id"], seq - 1) is None
    history = await histories.history_of(desk.graph, made.value["id"])
    assert [s.entry["verb"] for s in history] == ["party.register", "party.update", "party.update"]


async def test_a_moment_leads_to_the_last_entry_before_it(desk: Desk) -> None:
    with pytest.raises(NotFound) as refused:
        await feed.seq_at(desk.graph, to_text(START))
    assert refused.value.problem.code == "BEFORE_THE_LEDGER"
    for minute in range(3):
        desk.clock.set(START + timedelta(minutes=minute))
        await desk.register()
    seqs = [
        await feed.seq_at(desk.graph, to_text(START + timedelta(minutes=m, seconds=s)))
        for m, s in ((0, 0), (0, 59), (1, 0), (2, 30))
    ]
    assert seqs == [1, 1, 2, 3]


async def test_a_reader_may_wait_for_an_entry_and_is_told_when_it_does_not_come(desk: Desk) -> None:
    made = await desk.register()
    assert await desk.graph.at_least(made.seq) == made.seq
    with pytest.raises(Conflict) as refused:
        await desk.graph.at_least(made.seq + 1)
    assert refused.value.problem.code == "STALE"

    async def later() -> None:
        await asyncio.sleep(0.2)
        await desk.register()

    _, seq = await asyncio.gather(later(), desk.graph.at_least(made.seq + 1))
    assert seq == made.seq + 1


async def test_a_verb_sends_four_statements_at_most(desk: Desk) -> None:
    draft = ElementDraft(kind="CI", type="Server", name="s", attributes={"serial_number": "S"})
    before = desk.graph.statements
    request = Request(actor="ada", via="test", idempotency_key="k")
    await desk.graph.write(register_element, request, REGISTRY, draft)
    forgets = 1  # the first keyed write of a process also forgets old keys
    assert desk.graph.statements - before - forgets <= 3
    before = desk.graph.statements
    by = Request(actor="ada", via="test")
    await desk.graph.write(update_element, by, REGISTRY, "CI-000001", {"serial_number": "T"})
    assert desk.graph.statements - before <= 4


async def test_history_tells_when_relations_began_and_ended(desk: Desk) -> None:
    by = Request(actor="ada", via="test")
    for key in ("app", "a", "b"):
        type = "Application" if key == "app" else "Server"
        draft = ElementDraft(kind="CI", type=type, key=key, name=key)
        await desk.graph.write(register_element, by, REGISTRY, draft)
    for target in ("a", "b"):
        relation = RelationDraft(type="RUNS_ON", source="app", target=target)
        await desk.graph.write(relate, by, REGISTRY, relation)
    await desk.graph.write(unrelate, by, REGISTRY, "RUNS_ON", "app", "a")
    await desk.graph.write(update_element, by, REGISTRY, "app", {"name": "the app"})
    id = (await run(desk.graph, "MATCH (n:Element {key: 'app'}) RETURN n.id"))[0][0]
    history = await histories.history_of(desk.graph, id)
    assert [(step.entry["seq"], step.entry["verb"], step.changes[0].op) for step in history] == [
        (1, "element.register", "create"),
        (4, "element.relate", "relate"),
        (5, "element.relate", "relate"),
        (6, "element.unrelate", "unrelate"),
        (7, "element.update", "update"),
    ]
