"""Whatever fails inside, an answer names a code and a reference, and nothing of the inside.

Every class of failure is provoked where it really comes from, in the database or beside it. What
was raised is in the log once, under the reference that the answer gave.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import neo4j
import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied
from fitsm_graph.graph.driver import Endpoint, connect, translated

Failure = Callable[[Caller], Awaitable[object]]
SECRET = "swordfish-4711"
INSIDE = re.compile(
    r"MATCH|RETURN|bolt:|neo4j:|Neo\.|Neo4jError|Traceback|File \"|\.py\b|/usr/|/tmp/"
    r"|site-packages|KeyError|TypeError|ValueError|RecursionError|object at 0x|line \d+, in |"
    + SECRET
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as one:
        yield one


async def wrong_cypher(caller: Caller) -> object:
    return await caller.product.graph.ask(f"MATCH (n) RETURN RETURN n // {SECRET}", {})


async def failing_cypher(caller: Caller) -> object:
    return await caller.product.graph.ask(f"RETURN 1 / 0 AS x // {SECRET}", {})


async def parameter_missing(caller: Caller) -> object:
    return await caller.product.graph.ask("RETURN $swordfish AS x", {})


async def value_that_cannot_be_sent(caller: Caller) -> object:
    return await caller.product.graph.ask("RETURN $x AS x", {"x": object()})


async def write_in_a_read(caller: Caller) -> object:
    return await caller.product.graph.ask(f"CREATE (n:Leak {{x: '{SECRET}'}}) RETURN n", {})


async def unique_value_taken(caller: Caller) -> object:
    """As a verb meets it: a constraint of the database, with the value in its message."""
    endpoint = caller.product.graph.endpoint
    async with connect(endpoint) as driver, driver.session() as session:
        with translated():
            result = await session.run(
                f"CREATE (a:Person {{key: '{SECRET}'}}) CREATE (b:Person {{key: '{SECRET}'}})"
            )
            await result.consume()
    return None


async def wrong_password(caller: Caller) -> object:
    uri = caller.product.graph.endpoint.uri
    with translated():
        async with neo4j.AsyncGraphDatabase.driver(uri, auth=("neo4j", SECRET)) as driver:
            await driver.verify_connectivity()
    return None


async def no_database(_: Caller) -> object:
    with translated():
        async with neo4j.AsyncGraphDatabase.driver(
            "bolt://127.0.0.1:9", auth=("neo4j", SECRET), connection_timeout=1
        ) as driver:
            await driver.verify_connectivity()
    return None


async def transaction_ended_by_the_server(caller: Caller) -> object:
    endpoint = caller.product.graph.endpoint
    text = "UNWIND range(1, 1000000000) AS n RETURN max(n * n) AS x"
    async with connect(endpoint) as driver, driver.session() as session:
        with translated():
            result = await session.run(neo4j.Query(text, timeout=0.2))
            await result.consume()
    return None


async def file_missing(_: Caller) -> object:
    return await asyncio.to_thread(Path(f"/tmp/{SECRET}/pepper").read_bytes)


async def defect(_: Caller) -> object:
    return {}[f"MATCH (n) // {SECRET}"]


async def without_end(caller: Caller) -> object:
    return await without_end(caller)


async def answer_that_cannot_be_written(_: Caller) -> object:
    return {"x": object()}


async def out_of_memory(_: Caller) -> object:
    raise MemoryError(SECRET)


async def defect_of_the_product(_: Caller) -> object:
    from fitsm_graph.kernel.errors import Broken

    raise Broken("a promise does not hold", why="it was provoked")


INTERNAL = {
    wrong_cypher, failing_cypher, parameter_missing, value_that_cannot_be_sent, write_in_a_read,
    file_missing, defect, without_end, answer_that_cannot_be_written, out_of_memory,
}  # fmt: skip
"""Failures that no rule foresees, so that they are told by reference only."""
KNOWN = {
    unique_value_taken: "DUPLICATE",
    wrong_password: "DATABASE_SIGN_IN",
    no_database: "UNAVAILABLE",
    transaction_ended_by_the_server: "TIMEOUT",
    defect_of_the_product: "BROKEN",
}


@contextmanager
def failing(caller: Caller, failure: Failure) -> Iterator[None]:
    """Let `ledgerHead` fail."""

    async def resolve(*_: object) -> object:
        return await failure(caller)

    field = caller.product.api.editions.current.pipeline.schema.query_type.fields["ledgerHead"]
    kept, field.resolve = field.resolve, resolve
    try:
        yield
    finally:
        field.resolve = kept


def told(answer: httpx.Response) -> dict[str, Any]:
    assert not INSIDE.search(answer.text), answer.text
    error = answer.json()["errors"][0]["extensions"]
    assert error["why"], error
    assert error["remedy"], error
    assert error["docs"] == f"/errors#{error['code']}"
    return dict(error)


@pytest.mark.parametrize("failure", sorted(INTERNAL, key=lambda each: each.__name__))
async def test_a_failure_that_nobody_foresaw_is_told_by_reference(
    caller: Caller, failure: Failure, caplog: pytest.LogCaptureFixture
) -> None:
    with failing(caller, failure), caplog.at_level(logging.ERROR, logger="fitsm_graph.api"):
        answer = await caller.post({"query": "{ ledgerHead }"})
    error = told(answer)
    assert error["code"] in {"INTERNAL", "BROKEN"}, error
    assert caplog.text.count(f"reference {error['reference']}") == 1, "logged once, with its trace"
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("failure", sorted(KNOWN, key=lambda each: each.__name__))
async def test_a_failure_that_is_known_is_told_by_its_code(
    caller: Caller, failure: Failure
) -> None:
    with failing(caller, failure):
        answer = await caller.post({"query": "{ ledgerHead }"})
    assert told(answer)["code"] == KNOWN[failure]


@pytest.mark.parametrize("failure", [defect, wrong_cypher])
async def test_by_get_it_is_an_error_of_http_and_says_no_more(
    caller: Caller, failure: Failure
) -> None:
    register = """mutation { registerPersistedDocument(input: {name: "h", text: "{ ledgerHead }"}) {
        document { digest } } }"""
    done = await caller.ask(register)
    digest = done["registerPersistedDocument"]["document"]["digest"]
    with failing(caller, failure):
        answer = await caller.http.get(
            "/graphql", params={"documentId": digest}, headers=caller.signed()
        )
    assert answer.status_code == 500
    told(answer)


def test_the_control_finds_what_is_inside() -> None:
    for text in (
        "Neo.ClientError.Statement.SyntaxError",
        '  File "/usr/x.py"',
        SECRET,
        "MATCH (n",
    ):
        assert INSIDE.search(text)
