"""A principal's turns and budget, over HTTP: what is refused, and what every answer says."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied, somebody
from fitsm_graph import bootstrap
from fitsm_graph.api.limits import Limits
from fitsm_graph.graph.driver import Endpoint

LIMITS = Limits(at_once=2, waiting=1, budget=20_000, budget_per_second=1, large_cost=500_000)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    folder = tmp_path_factory.mktemp("product")
    async with calling(neo4j_endpoint, folder, limits=LIMITS) as one:
        yield one


@contextmanager
def held(caller: Caller) -> Iterator[tuple[asyncio.Event, list[str]]]:
    """Let `ledgerHead` be answered when the event is set; who was let in is listed."""
    leave, entered = asyncio.Event(), []
    field = caller.product.api.editions.current.pipeline.schema.query_type.fields["ledgerHead"]

    async def waiting(_root: object, info: Any) -> int:
        entered.append(info.context.principal.login)
        await leave.wait()
        return 1

    kept, field.resolve = field.resolve, waiting
    try:
        yield leave, entered
    finally:
        leave.set()
        field.resolve = kept


async def until(there: Callable[[], bool]) -> None:
    """Let others go on until something is so."""
    for _ in range(100_000):
        if there():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never was")


async def test_every_answer_says_what_it_cost_and_what_is_left(caller: Caller) -> None:
    one = await somebody(caller, "ada", "reader")
    document = "{ cis(first: 7) { nodes { key } } }"
    costs = [(await one.told(document))["extensions"]["cost"] for _ in range(2)]
    assert {each["requested"] for each in costs} == {2 + 7}
    assert {each["limit"] for each in costs} == {Limits().cost}
    read = len(document)
    assert [each["remaining"] for each in costs] == [20_000 - read - 9, 20_000 - read - 18]


async def test_who_has_spent_the_budget_is_told_when_to_come_again(caller: Caller) -> None:
    one, other = await somebody(caller, "bob", "reader"), await somebody(caller, "bea", "reader")
    document = "{ cis(first: 999) { nodes { a: key b: key c: key d: key e: key } } }"
    answers = [await one.post({"query": document}) for _ in range(5)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429, 429]
    told = answers[-1].json()
    assert told["errors"][0]["extensions"]["code"] == "BUDGET_SPENT"
    assert "data" not in told
    assert 0 < told["extensions"]["cost"]["remaining"] < told["extensions"]["cost"]["requested"]
    assert int(answers[-1].headers["retry-after"]) > 1
    assert (await other.post({"query": document})).status_code == 200, "others are not concerned"
    second = (await bootstrap.new_token(caller.product, "bob", 1, [])).secret
    again = await Caller(caller.product, caller.http, second).post({"query": document})
    assert again.status_code == 429, "another token of the same account has the same budget"


async def test_documents_that_are_refused_have_a_price_too(caller: Caller) -> None:
    one = await somebody(caller, "cyd", "reader")
    codes = [await one.code("{ nothing" + "x" * 5_000 + str(n) + " }") for n in range(5)]
    assert codes == ["INVALID_DOCUMENT"] * 3 + ["BUDGET_SPENT"] * 2


async def test_so_many_at_once_one_waits_and_the_next_is_refused(caller: Caller) -> None:
    one, other = await somebody(caller, "dan", "reader"), await somebody(caller, "dora", "reader")
    body = {"query": "{ ledgerHead }"}
    with held(caller) as (leave, entered):
        asking = [asyncio.ensure_future(one.post(body)) for _ in range(3)]
        await until(lambda: caller.product.api.admission.present("dan") == 3)
        await until(lambda: len(entered) == 2)
        refused = await one.post(body)
        assert refused.status_code == 429
        assert refused.json()["errors"][0]["extensions"]["code"] == "TOO_MANY_AT_ONCE"
        assert refused.headers["retry-after"] == "1"
        beside = asyncio.ensure_future(other.post(body))
        await until(lambda: len(entered) == 3)
        assert entered == ["dan", "dan", "dora"], "others are not concerned, and the third waits"
        leave.set()
        answers = await asyncio.gather(*asking, beside)
    assert {each.status_code for each in answers} == {200}
    assert caller.product.api.admission.present("dan") == 0


async def test_large_pages_are_a_right(caller: Caller) -> None:
    document = "{ cis(first: 1001) { totalCount } }"
    reader, auditor = (
        await somebody(caller, "eve", "reader"),
        await somebody(caller, "fay", "auditor"),
    )
    assert await reader.code(document) == "PAGE_TOO_LARGE"
    assert (await auditor.ask(document))["cis"]["totalCount"] == 0
    assert await auditor.code("{ cis(first: 10001) { totalCount } }") == "PAGE_TOO_LARGE"
