"""Rows over HTTP: complete impact answers from a server on the loopback."""

import asyncio
import http.client
import socket
import statistics
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import uvicorn

from fitsm_graph import bootstrap, hosting
from fitsm_graph.bootstrap import Product
from fitsm_graph.cli.bench import Estate
from fitsm_graph.cli.measure import Goal, Results, medians
from fitsm_graph.cli.run import Place, server_config
from fitsm_graph.impact.engine import worsen
from fitsm_graph.kernel.collector import collect_seldom

HOST = "127.0.0.1"
DOCUMENT = """query Radius($of: [ID!]!) { impact(of: $of) {
  version completeness { complete affectedCount shownCount }
  services { element { id key name } before after }
  affected(first: 10000) { totalCount
    nodes { element { id key name kind type } before after hops margin } } } }"""
HOSTS = 20


@asynccontextmanager
async def served(product: Product) -> AsyncIterator[tuple[int, str]]:
    """The product's own server on a free port, and a token for it."""
    collect_seldom()
    await bootstrap.first_administrator(product)
    token = await bootstrap.new_token(product, bootstrap.ADMINISTRATOR, 1, [])
    port = free_port()
    server = uvicorn.Server(server_config(hosting.web_application(product), Place(HOST, port)))
    task = asyncio.create_task(server.serve())
    await asyncio.to_thread(listens, port)
    try:
        yield port, token.secret
    finally:
        server.should_exit = True
        await task


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])


def listens(port: int, process: subprocess.Popen[Any] | None = None) -> None:
    """Wait until somebody answers at a port; a process that ends before is told."""
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection((HOST, port), 1).close()
        except OSError:
            if process is not None and process.poll() is not None:
                raise RuntimeError(f"the server ended with {process.returncode}") from None
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


async def graphql_rows(product: Product, estate: Estate, results: Results) -> None:
    """Host and hub, every affected element with its state, hops and margin, as JSON."""
    async with served(product) as (port, token):
        await asyncio.to_thread(_ask_all, port, token, estate, results)


def _ask_all(port: int, token: str, estate: Estate, results: Results) -> None:
    connection = http.client.HTTPConnection(HOST, port)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(number: int) -> Any:
        variables = {"of": [estate.mapped.topology.id(number)]}
        body = orjson.dumps({"query": DOCUMENT, "variables": variables})
        connection.request("POST", "/graphql/", body, headers)
        return connection.getresponse().read()

    layer = estate.made.layers["host"]
    hosts = estate.made.shuffled[layer.numbers[:: layer.count // HOSTS]].tolist()
    for number in (*hosts[:5], estate.hub):
        _check(orjson.loads(ask(number)), estate, number)
    times = medians({n: (lambda n=n: ask(n)) for n in (*hosts, estate.hub)}, repeats=5)
    host = statistics.median(times[n] for n in hosts)
    size = len(ask(estate.hub))
    count = worsen(estate.mapped.network, estate.before, [estate.hub]).elements.size
    label = f"impact over GraphQL, {estate.label}"
    results.add(f"{label}, host", host, "ms", Goal(8), "iTop: 100–160 ms")
    results.add(
        f"{label}, worst hub", times[estate.hub], "ms", Goal(100),
        f"{count:,} affected, complete, {size / 1e6:.1f} MB; iTop: 28 s and incomplete",
    )  # fmt: skip
    connection.close()


def _check(answer: Any, estate: Estate, number: int) -> None:
    assert "errors" not in answer, answer["errors"]
    told = answer["data"]["impact"]
    after = worsen(estate.mapped.network, estate.before, [number])
    wanted = {estate.mapped.topology.id(n): int(s) for n, s in zip(
        after.elements.tolist(), after.after.tolist(), strict=True)}  # fmt: skip
    levels = {"AT_RISK": 1, "DEGRADED": 2, "DOWN": 3}
    found = {row["element"]["id"]: levels[row["after"]] for row in told["affected"]["nodes"]}
    assert told["completeness"]["complete"]
    assert found == wanted
