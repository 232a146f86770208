"""The client, the command line and a real server: one question on every way out."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from benchmarks.served import served
from e2e.calling import Caller, calling, emptied, register
from e2e.cli_line import clean_environment
from e2e.streaming import listening, until
from fitsm_graph import bootstrap
from fitsm_graph.client import AsyncClient, Client
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.kernel.errors import FitsmError, Unauthenticated

DOCUMENT = "{ cis(orderBy: [{key: ASC}]) { nodes { key name } } }"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Caller, str]]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as caller:
        for key in ("s-1", "s-2"):
            await register(caller, key, kind="CI", type="Server")
        async with served(caller.product) as (port, _token):
            yield caller, f"http://127.0.0.1:{port}"


async def test_the_client_asks_exports_and_draws(
    server: tuple[Caller, str], tmp_path: Path
) -> None:
    caller, url = server

    def work() -> None:
        with Client(url, caller.token) as client:
            assert client.query(DOCUMENT).rows() == [
                {"key": "s-1", "name": "s-1"},
                {"key": "s-2", "name": "s-2"},
            ]
            path = client.export(DOCUMENT, tmp_path / "rows.csv")
            assert path.read_text() == "key,name\ns-1,s-1\ns-2,s-2\n"
            answer = client.impact("s-1")
            assert [n["key"] for _, n in answer.to_networkx().nodes(data=True)] == ["s-1"]
            with pytest.raises(FitsmError) as caught:
                client.export("{ ledgerHead }", tmp_path / "none.csv")
            assert caught.value.code == "EXPORT_NOT_ONE_LIST"

    await asyncio.to_thread(work)


async def test_the_command_line_writes_the_same(server: tuple[Caller, str], tmp_path: Path) -> None:
    caller, url = server
    asked = tmp_path / "asked.graphql"
    asked.write_text(DOCUMENT, encoding="utf-8")
    env = {**clean_environment(), "FITSM_TOKEN": caller.token}

    def run(*words: str) -> Any:
        command = [sys.executable, "-m", "fitsm_graph", *words, "--url", url]
        return subprocess.run(command, capture_output=True, env=env, timeout=120, check=False)

    csv = await asyncio.to_thread(run, "query", str(asked), "-o", "csv")
    assert (csv.returncode, csv.stdout) == (0, b"key,name\r\ns-1,s-1\r\ns-2,s-2\r\n"), csv.stderr
    table = await asyncio.to_thread(run, "query", str(asked), "-o", "table")
    assert table.stdout == b"s-1\ts-1\ns-2\ts-2\n", table.stderr
    dot = await asyncio.to_thread(run, "impact", "s-1", "-o", "dot")
    assert dot.returncode == 0, dot.stderr
    assert b"digraph" in dot.stdout
    assert b"s-1" in dot.stdout


FOLLOWED = """subscription F($since: String) {
  elementChanged(since: $since) { element { key } action cursor } }"""


async def test_a_subscription_goes_on_where_it_was_when_the_server_comes_again(
    server: tuple[Caller, str], neo4j_endpoint: Endpoint
) -> None:
    caller, _ = server
    folder = caller.product.folder
    async with AsyncExitStack() as stack:
        async with (
            bootstrap.opened(neo4j_endpoint, folder=folder) as first,
            listening(first) as address,
        ):
            url = f"http://{address}"
            client = await stack.enter_async_context(AsyncClient(url, caller.token))
            events = client.subscribe(FOLLOWED)
            coming = asyncio.ensure_future(anext(events))
            await until(lambda: len(first.live.follower) == 1)
            await register(caller, "f-1")
            begun = (await coming).data["elementChanged"]
            assert (begun["element"], begun["action"]) == ({"key": "f-1"}, "CREATED")
            coming = asyncio.ensure_future(anext(events))
        await register(caller, "f-2")
        port = int(address.partition(":")[2])
        async with (
            bootstrap.opened(neo4j_endpoint, folder=folder) as second,
            listening(second, port),
        ):
            await register(caller, "f-3")
            found = [(await coming).data, (await anext(events)).data]
            keys = [each["elementChanged"]["element"]["key"] for each in found]
            assert keys == ["f-2", "f-3"]
            again = await asyncio.to_thread(_followed, url, caller.token, begun["cursor"])
            assert again == keys
            await events.aclose()


def _followed(url: str, token: str, since: str) -> list[str]:
    """Keys of the next two events from a place on, without asyncio."""
    with Client(url, token) as client:
        events = client.subscribe(FOLLOWED, {"since": since})
        return [next(events).data["elementChanged"]["element"]["key"] for _ in range(2)]


async def test_a_subscription_that_cannot_go_on_says_so(server: tuple[Caller, str]) -> None:
    caller, url = server
    async with AsyncClient(url, caller.token) as client:
        for document in ("subscription { nothing }", "{ ledgerHead"):
            with pytest.raises(FitsmError) as caught:
                await anext(client.subscribe(document))
            assert caught.value.code in {"INVALID_DOCUMENT", "SYNTAX_ERROR"}
    async with AsyncClient(url, "fsg_none") as client:
        with pytest.raises(Unauthenticated):
            await anext(client.subscribe(FOLLOWED))
