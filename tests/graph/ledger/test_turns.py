"""Verbs that wait share a commit: each has its own entry, its own answer and its own failure."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import neo4j
import pytest

from fitsm_graph.graph import verify
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.turns import BULK
from fitsm_graph.graph.tx import Reader, Tx
from fitsm_graph.graph.verb import VERBS, verb
from fitsm_graph.kernel.errors import BadInput, Conflict
from fitsm_graph.model.declare import Process
from graph.ledger.cutting import cutting
from graph.support import asking, count, register, run

WRITERS = 24
STATEMENTS_ALONE = 3
"""Head, context, entry: what registering an element takes in a turn of its own."""
Task = asyncio.Task[Any]


def at_once(graph: Graph, *keys: str) -> list[Task]:
    """Register services, all of them waiting before the first one is served."""
    return [asyncio.create_task(register(graph, key, asking(actor=key))) for key in keys]


async def settled(tasks: list[Task]) -> list[Any]:
    """Outcomes, or the errors in their place."""
    return await asyncio.gather(*tasks, return_exceptions=True)


async def entries(graph: Graph) -> list[list[Any]]:
    return await run(graph, "MATCH (e:LedgerEntry) RETURN e.seq, e.actor, e.verb ORDER BY e.seq")


@asynccontextmanager
async def watched(graph: Graph, look: Callable[[], None]) -> AsyncIterator[list[int]]:
    """Look before each commit; yields a list that grows by one with each of them."""
    turns = graph._turns
    there, commits = turns._ways, [0]

    @asynccontextmanager
    async def transaction() -> AsyncIterator[tuple[neo4j.AsyncTransaction, Reader]]:
        async with there.transaction() as (bolt, reader):
            yield bolt, reader
            look()
            commits[0] += 1

    turns._ways = replace(there, transaction=transaction)
    try:
        yield commits
    finally:
        turns._ways = there


async def test_each_has_its_entry_in_the_order_of_asking(graph: Graph) -> None:
    before = graph.statements
    tasks = at_once(graph, *(f"s{n}" for n in range(WRITERS)))
    outcomes = await asyncio.gather(*tasks)
    assert [each.seq for each in outcomes] == list(range(1, WRITERS + 1))
    told = [[n + 1, f"s{n}", "element.register"] for n in range(WRITERS)]
    assert await entries(graph) == told
    assert graph.statements - before - 1 < STATEMENTS_ALONE * WRITERS, "no turn was shared"
    verdict = await verify.full(graph)
    assert verdict.holds, verdict.findings


async def test_one_after_another_shares_nothing(graph: Graph) -> None:
    """The control: the count above can tell."""
    before = graph.statements
    for number in range(3):
        await register(graph, f"s{number}")
    assert graph.statements - before == STATEMENTS_ALONE * 3


async def test_nobody_is_answered_before_the_commit(graph: Graph) -> None:
    tasks: list[Task] = []
    answered: list[int] = []

    def look() -> None:
        answered.append(sum(each.done() for each in tasks))

    async with watched(graph, look) as commits:
        tasks += at_once(graph, "a", "b", "c")
        await asyncio.gather(*tasks)
    assert answered[0] == 0
    assert answered == sorted(answered)
    assert answered[-1] < len(tasks), "those of the last commit were not answered before it"
    assert commits == [len(answered)]


async def test_what_is_refused_harms_nobody(graph: Graph) -> None:
    """The second is refused because of what the first wrote in the same turn."""
    first, twice, last = await settled(at_once(graph, "a", "a", "b"))
    assert (first.seq, last.seq) == (1, 2)
    assert isinstance(twice, Conflict)
    assert twice.code == "DUPLICATE"
    assert await entries(graph) == [[1, "a", "element.register"], [2, "b", "element.register"]]


@pytest.fixture
def careless() -> Any:
    """A verb that registers groups without looking whether their keys are taken."""

    @verb("test.careless", room=Process.SMS, requirement="none")
    async def careless(tx: Tx, *keys: str) -> Any:
        made = [tx.create("Group", {"key": key, "name": key}) for key in keys]
        return made[0]

    yield careless
    del VERBS["test.careless"]


async def test_a_write_that_fails_is_told_to_its_own_caller_alone(
    graph: Graph, careless: Any
) -> None:
    await graph.write(careless, asking(), "ops")

    def write(key: str) -> Task:
        return asyncio.create_task(graph.write(careless, asking(actor=key), key))

    tasks = [*at_once(graph, "a"), write("dev"), write("ops"), *at_once(graph, "b"), write("net")]
    one, dev, taken, two, net = await settled(tasks)
    assert isinstance(taken, Conflict)
    assert taken.code == "DUPLICATE"
    assert [each.seq for each in (one, dev, two, net)] == [2, 3, 4, 5]
    assert [row[:2] for row in await entries(graph)][1:] == [
        *([2, "a"], [3, "dev"], [4, "b"], [5, "net"])
    ]
    assert (await verify.full(graph)).holds


async def test_many_changes_are_hashed_while_they_are_written(graph: Graph, careless: Any) -> None:
    """Beside others in a turn: one of them many changes, one more that fails in the middle."""
    many = [f"g{n}" for n in range(BULK)]
    before = graph.statements
    await graph.write(careless, asking(), *many)
    assert graph.statements - before == STATEMENTS_ALONE, "no context; its seal in its place"
    tasks = [
        asyncio.create_task(graph.write(careless, asking(), *keys))
        for keys in (["a"], [f"h{n}" for n in range(BULK + 7)], [*many, "b"], ["c"])
    ]
    one, bulk, taken, last = await settled(tasks)
    assert [each.seq for each in (one, bulk, last)] == [2, 3, 4]
    assert (type(taken), taken.code) == (Conflict, "DUPLICATE")
    assert await count(graph, "(n:Group)") == 2 * BULK + 7 + 2
    verdict = await verify.full(graph)
    assert verdict.holds, verdict.findings


async def test_what_cannot_be_hashed_is_not_written(graph: Graph, careless: Any) -> None:
    keys = [f"g{n}" for n in range(BULK)] + ["\ud800"]
    with pytest.raises(BadInput):
        await graph.write(careless, asking(), *keys)
    assert await count(graph, "(n:Group)") == 0
    assert (await graph.write(careless, asking(), "a")).seq == 1


async def test_a_key_used_twice_in_a_turn_is_done_once(graph: Graph) -> None:
    keyed = asking(idempotency_key="k", payload={"name": "mail"})
    other = replace(keyed, payload={"name": "post"})
    tasks = [
        asyncio.create_task(register(graph, "", request, name="mail"))
        for request in (keyed, keyed, other)
    ]
    first, again, mismatch = await settled(tasks)
    assert {first.replayed, again.replayed} == {False, True}
    assert again.value == first.value
    assert mismatch.code == "IDEMPOTENCY_MISMATCH"
    assert await count(graph, "(n:Service)") == 1


async def test_who_gives_up_in_the_line_is_passed_over(graph: Graph) -> None:
    tasks = at_once(graph, "a", "b", "c")
    await asyncio.sleep(0)
    tasks[1].cancel()
    first, _gone, last = await settled(tasks)
    assert (first.seq, last.seq) == (1, 2)
    assert await count(graph, "(n:Service {key: 'b'})") == 0


async def test_a_turn_whose_answer_was_lost_is_done_once(graph: Graph) -> None:
    """Of the commits of shared turns some are lost, before or after the server has done them."""
    chance = random.Random(7)
    coins = (lambda: chance.random() < 0.5, lambda: chance.random() < 0.5)
    rounds, seqs = 6, set()
    async with cutting(graph.endpoint, *coins) as (cutter, through):
        client = Graph(through)
        async with watched(client, lambda: None) as commits:
            for turn in range(rounds):
                keys = [f"s{turn}-{n}" for n in range(8)]
                outcomes = await asyncio.gather(*at_once(client, *keys))
                assert [each.value["key"] for each in outcomes] == keys
                seqs |= {each.seq for each in outcomes}
        await client.close()
    assert cutter.cuts >= 2
    assert commits[0] < 8 * rounds, "no turn was shared"
    assert seqs == set(range(1, 8 * rounds + 1))
    assert await count(graph, "(n:Service)") == 8 * rounds
    assert (await verify.full(graph)).holds


async def test_closing_waits_for_the_turn(graph: Graph) -> None:
    client = Graph(graph.endpoint)
    tasks = at_once(client, "a", "b")
    await asyncio.sleep(0)
    await client.close()
    assert [each.seq for each in await settled(tasks)] == [1, 2]
