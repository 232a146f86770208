"""Sixteen clients at once: what was accepted is what is there."""

import asyncio
import os
from collections.abc import AsyncIterator

import pytest_asyncio

from fitsm_graph.graph import verify
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.errors import FitsmError
from fitsm_graph.sms.service import register_party, update_party
from graph.support import asking, run

CLIENTS = 16
REFUSALS = {"VERSION_CONFLICT", "TIMEOUT"}
"""Another was first, or the turn did not come in time: nothing was written."""
TIMES = 25 if os.environ.get("FITSM_FULL") else 5


@pytest_asyncio.fixture
async def clients(graph: Graph) -> AsyncIterator[list[Graph]]:
    """Clients that share nothing but the database, as replicas do."""
    made = [Graph(graph.endpoint, pool_size=2) for _ in range(CLIENTS)]
    yield made
    for each in made:
        await each.close()


async def increment(client: Graph, login: str) -> int:
    """Read, add one, write what was expected not to have changed; from anew until accepted."""
    refused = 0
    while True:
        party = (await client.rows("sms.party_by_ref", ref="lab"))[0]["party"]
        more = {"user_count": party["user_count"] + 1}
        try:
            await client.write(
                update_party, asking(actor=login), "lab", more, expected_version=party["version"]
            )
        except FitsmError as error:
            if error.code not in REFUSALS:
                raise
            refused += 1
        else:
            return refused


async def counted(graph: Graph) -> int:
    return int((await run(graph, "MATCH (c:Customer) RETURN c.user_count"))[0][0])


async def test_the_sum_of_what_was_accepted_is_the_final_value(
    graph: Graph, clients: list[Graph]
) -> None:
    await graph.write(register_party, asking(), "Customer", {"key": "lab", "name": "Lab"})
    await graph.write(update_party, asking(), "lab", {"user_count": 0})

    async def many(number: int) -> int:
        return sum([await increment(clients[number], f"c{number}") for _ in range(TIMES)])

    refused = sum(await asyncio.gather(*map(many, range(CLIENTS))))
    assert await counted(graph) == CLIENTS * TIMES
    assert refused > 0, "the clients were never in each other's way: nothing was tried"
    verdict = await verify.full(graph)
    assert verdict.holds, verdict.findings
    actors = await run(
        graph,
        "MATCH (e:LedgerEntry {verb: 'party.update'}) WHERE e.actor <> 'tester' "
        "RETURN e.actor, count(*)",
    )
    assert sorted(actors) == sorted([f"c{number}", TIMES] for number in range(CLIENTS))


async def test_read_then_set_loses_updates_on_the_same_server(
    graph: Graph, clients: list[Graph]
) -> None:
    """The control: the same clients without the ledger's turn."""
    await run(graph, "CREATE (:Customer {user_count: 0})")

    async def naive(client: Graph) -> None:
        for _ in range(TIMES):
            value = await counted(client)
            await run(client, "MATCH (c:Customer) SET c.user_count = $value", value=value + 1)

    await asyncio.gather(*map(naive, clients))
    assert await counted(graph) < CLIENTS * TIMES
    await run(graph, "MATCH (c:Customer) DELETE c")


async def test_numbers_of_entries_have_no_gaps_and_order_is_commit_order(
    graph: Graph, clients: list[Graph]
) -> None:
    seen: list[int] = []

    async def one(client: Graph) -> None:
        for _ in range(TIMES):
            made = await client.write(register_party, asking(), "Group", {"name": "g"})
            seen.append(made.seq or 0)

    await asyncio.gather(*map(one, clients))
    assert sorted(seen) == list(range(1, CLIENTS * TIMES + 1))
    keys = await run(graph, "MATCH (g:Group) RETURN g.key ORDER BY g.created")
    assert [row[0] for row in keys] == [f"GRP-{n:06d}" for n in range(1, CLIENTS * TIMES + 1)]
