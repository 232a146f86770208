"""The answer to a commit is lost on the way, and nothing is done twice."""

import asyncio
import random
from contextlib import suppress

import neo4j
from neo4j.exceptions import DriverError

from fitsm_graph.confm.service import register_element
from fitsm_graph.graph import verify
from fitsm_graph.graph.graph import Graph
from fitsm_graph.sms.accounts import create_account
from graph.ledger.cutting import cutting
from graph.support import REGISTRY, asking, count, run, service

RECORDS = 40


async def test_a_write_whose_answer_was_lost_is_done_once(graph: Graph) -> None:
    chance = random.Random(11)
    coins = (lambda: chance.random() < 0.3, lambda: chance.random() < 0.5)
    async with cutting(graph.endpoint, *coins) as (cutter, through):
        client = Graph(through)
        outcomes = [
            await client.write(register_element, asking(), REGISTRY, service("", name=f"s{n}"))
            for n in range(RECORDS)
        ]
        await client.close()
    assert cutter.cuts >= 5
    assert await count(graph, "(n:Service)") == RECORDS
    assert [each.seq for each in outcomes] == list(range(1, RECORDS + 1))
    there = {row[0] for row in await run(graph, "MATCH (n:Service) RETURN n.id")}
    assert {each.value["id"] for each in outcomes} == there
    assert (await verify.full(graph)).holds


async def test_an_attempt_that_changes_no_record_is_harmless_twice(graph: Graph) -> None:
    first = iter("x")
    async with cutting(graph.endpoint, lambda: bool(next(first, ""))) as (cutter, through):
        client = Graph(through)
        made = await client.write(create_account, asking(), "ada", ["reader"], "digest")
        await client.close()
    assert cutter.cuts == 1
    assert await run(graph, "MATCH (c:Credential) RETURN c.id, c.secret") == [
        [made.value["id"], "digest"]
    ]


async def test_a_client_that_died_repeats_with_its_key(graph: Graph) -> None:
    """It never learnt what became of its request, and asks again: another process, another try."""
    keyed = asking(idempotency_key="k-1", payload={"name": "mail"})
    draft = service("", name="mail")
    async with cutting(graph.endpoint, lambda: True) as (cutter, through):
        client = Graph(through)
        first = asyncio.create_task(client.write(register_element, keyed, REGISTRY, draft))
        await cutter.cut.wait()
        first.cancel()
        with suppress(asyncio.CancelledError):
            await first
        await client.close()
    again = await graph.write(register_element, keyed, REGISTRY, draft)
    assert again.replayed
    assert await count(graph, "(n:Service)") == 1
    unkeyed = await graph.write(register_element, asking(), REGISTRY, draft)
    assert not unkeyed.replayed
    assert await count(graph, "(n:Service)") == 2, "the control: without a key it is done again"


async def test_a_plain_retry_makes_more_than_was_asked_for(graph: Graph) -> None:
    """The control: what everybody writes first, through the same proxy."""
    chance = random.Random(11)
    async with cutting(graph.endpoint, lambda: chance.random() < 0.3) as (cutter, through):
        auth = (through.user, through.password)
        async with neo4j.AsyncGraphDatabase.driver(through.uri, auth=auth) as driver:
            for number in range(RECORDS):
                while not await _written(driver, number):
                    pass
    assert cutter.cuts >= 5
    assert await count(graph, "(n:Written)") == RECORDS + cutter.cuts
    await run(graph, "MATCH (n:Written) DELETE n")


async def _written(driver: neo4j.AsyncDriver, number: int) -> bool:
    async with driver.session() as session:
        try:
            async with await session.begin_transaction() as transaction:
                await (await transaction.run("CREATE (:Written {n: $n})", n=number)).consume()
                await transaction.commit()
        except DriverError:
            return False
    return True


async def test_the_proxy_loses_answers_and_nothing_else(graph: Graph) -> None:
    async with cutting(graph.endpoint, lambda: False) as (cutter, through):
        client = Graph(through)
        made = await client.write(register_element, asking(), REGISTRY, service("mail"))
        await client.close()
    assert (made.seq, cutter.cuts) == (1, 0)
