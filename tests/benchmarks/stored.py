"""Rows that need a real Neo4j: a server of its own in a folder that goes away afterwards."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import neo4j
import numpy as np

from benchmarks.peers import edges, ours
from fitsm_graph.api.limits import Limits
from fitsm_graph.bootstrap import SYSTEM, Product, opened
from fitsm_graph.cli.bench import Estate
from fitsm_graph.cli.local import progress
from fitsm_graph.cli.measure import AT_LEAST, Goal, Results, medians, percentile
from fitsm_graph.cli.output import aside, note
from fitsm_graph.confm import service
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.graph.driver import Endpoint, connect_for_bulk
from fitsm_graph.graph.local import LocalServer, LocalSettings, Profile
from fitsm_graph.impact.engine import worsen
from fitsm_graph.impact.records import Kind
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.kernel.clock import Clock

ROWS = 10_000
REACHED = "MATCH (s:Record {id: $id})-[:FEEDS]->+(x) RETURN collect(DISTINCT x.number) AS found"
CYPHER_GOALS = {
    100_000: {"typical source": Goal(20, AT_LEAST), "worst hub": Goal(5, AT_LEAST)},
    1_000_000: {"typical source": Goal(1, AT_LEAST), "worst hub": Goal(1, AT_LEAST)},
}
REFRESH = {100_000: Goal(50), 1_000_000: Goal(100)}
UNSPENT = Limits(budget=10**12)
"""One client asks here without a pause, for more than a person's budget holds."""
WRITES = 400
WARM = 8
"""Verbs that are not counted when a snapshot follows them."""
WARM_WRITES = 1_600
"""Verbs that are not counted before their rate is measured: Java compiles what it does often,
and is still at it after some hundred."""


@contextmanager
def scratch_server() -> Iterator[Endpoint]:
    """A managed server with memory for benchmarks, in a temporary folder."""
    note("\nstarting a Neo4j of its own …")
    with TemporaryDirectory(prefix="fitsm-bench-") as folder:
        settings = LocalSettings.from_env(profile=Profile.BENCH)
        settings = replace(
            settings, data=Path(folder), port=0, heap_mib=settings.heap_mib or 3072,
            page_cache_mib=settings.page_cache_mib or 2048,
        )  # fmt: skip
        server = LocalServer(settings)
        try:
            yield server.up(progress()).endpoint
        finally:
            server.down(kill=True)


@asynccontextmanager
async def stored(
    endpoint: Endpoint,
    estate: Estate,
    *,
    folder: Path | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Product]:
    """The product on an empty database, with this estate loaded."""
    with connect_for_bulk(endpoint) as driver, TemporaryDirectory() as temporary:
        folder = folder or Path(temporary)
        async with opened(endpoint, folder=folder, limits=UNSPENT, clock=clock) as product:
            await asyncio.to_thread(_load, driver, estate)
            yield product


def _run(driver: neo4j.Driver, text: str, **given: Any) -> None:
    with driver.session() as session:
        session.run(text, given).consume()


def _load(driver: neo4j.Driver, estate: Estate) -> None:
    """Elements and relations as the product keeps them, without their history."""
    made, begun = estate.made, time.perf_counter()
    for layer, numbers in made.pieces():
        labels = f"Record:Element:{layer.kind.label}" + (f":{layer.type}" if layer.type else "")
        common = {
            "lifecycle": "live", "is_source": layer.name in {"grid", "outside"}, "created": 1,
            "version": 1, "created_at": _EPOCH, "updated_at": _EPOCH, "description": "",
        }  # fmt: skip
        if layer.type:
            common["type"] = layer.type
        if layer.kind is Kind.SERVICE:
            common["criticality"] = 3
        if layer.need is not None:
            common |= {
                "need": layer.need.need, "need_share": layer.need.share, "strength": "hard",
                "grounded": layer.need.grounded, "reserve": layer.need.reserve,
            }  # fmt: skip
        rows = [
            {"id": id, "key": f"{layer.name}-{n}", "name": f"{layer.name} {n}", "number": place}
            for id, n, place in zip(
                made.ids(numbers), numbers.tolist(), made.shuffled[numbers].tolist(), strict=True
            )
        ]
        for first in range(0, len(rows), ROWS):
            _run(
                driver,
                f"UNWIND $rows AS row CREATE (e:{labels}) SET e = $common, e += row",
                rows=rows[first : first + ROWS], common=common,
            )  # fmt: skip
    aside.print(f"  {made.size:,} elements after {time.perf_counter() - begun:.0f} s")
    for type_, name in enumerate(made.types):
        rows = np.flatnonzero(made.type == type_)
        weight = ", weight: 1" if name == "HAS_MEMBER" else ""
        _relate(
            driver, estate, f"{name} {{created: 1{weight}}}", made.source[rows], made.target[rows]
        )
    aside.print(f"  {made.source.size:,} relations after {time.perf_counter() - begun:.0f} s")


_EPOCH = "2026-01-01T00:00:00.000Z"


def _relate(
    driver: neo4j.Driver, estate: Estate, what: str, source: np.ndarray, target: np.ndarray
) -> None:
    text = (
        "UNWIND $rows AS row MATCH (a:Record {id: row[0]}) MATCH (b:Record {id: row[1]}) "
        f"CREATE (a)-[:{what}]->(b)"
    )
    for first in range(0, source.size, ROWS):
        part = slice(first, first + ROWS)
        ends = zip(estate.made.ids(source[part]), estate.made.ids(target[part]), strict=True)
        _run(driver, text, rows=[list(pair) for pair in ends])


async def load_rows(product: Product, estate: Estate, results: Results) -> None:
    """First load, the same answers as without a database, and what a verb costs."""
    label = f"snapshot, {estate.label}"
    snapshot = Snapshot(product.graph, product.registry)
    begun = time.perf_counter()
    standing = await snapshot.current()
    results.add(
        f"{label}: first load from Neo4j", time.perf_counter() - begun, "s",
        Goal(30) if estate.made.size >= 100_000 else None,
        f"{standing.mapped.topology.element_count:,} elements, "
        f"{standing.mapped.topology.relation_count:,} relations",
    )  # fmt: skip
    _same(standing, estate)
    times = []
    ids = [estate.mapped.topology.id(number) for number in estate.sources]
    for source, target in zip(ids[:24], ids[24:48], strict=True):
        draft = RelationDraft(type="USES", source=source, target=target)
        made = await product.graph.write(service.relate, SYSTEM, product.registry, draft)
        begun = time.perf_counter()
        standing = await snapshot.current(made.seq)
        times.append((time.perf_counter() - begun) * 1000)
    assert snapshot.loads == 1
    del times[:WARM]
    results.add(
        f"{label}: after a verb, from the ledger", percentile(times, 50), "ms",
        REFRESH.get(estate.made.size),
        f"asked, read, followed, solved; the slowest {max(times):.3g} ms",
    )  # fmt: skip


def _same(standing: Any, estate: Estate) -> None:
    mapped = standing.mapped
    assert mapped.topology.element_count == estate.made.size
    assert mapped.topology.relation_count == estate.made.source.size
    assert mapped.network.requirement_count == estate.mapped.network.requirement_count
    for number in (estate.hub, *estate.sources[:10], *estate.ring[:5]):
        assert mapped.topology.id(number) == estate.mapped.topology.id(number)
        here = worsen(mapped.network, standing.before, [number]).states()
        assert (here == worsen(estate.mapped.network, estate.before, [number]).states()).all()


def cypher_rows(endpoint: Endpoint, estate: Estate, results: Results) -> None:
    """Reachability against Cypher, one collected record, warm, on the same edges."""
    provider, dependent = edges(estate.made)
    place = np.empty(estate.made.size, np.int64)
    place[estate.made.shuffled] = np.arange(estate.made.size)
    here, topology = ours(estate.mapped.network), estate.mapped.topology
    with connect_for_bulk(endpoint) as driver:
        note("  the same edges for Cypher …")
        _relate(driver, estate, "FEEDS", place[provider], place[dependent])
        with driver.session(default_access_mode=neo4j.READ_ACCESS) as session:

            def cypher(number: int) -> set[int]:
                found = session.run(REACHED, id=topology.id(number)).single(strict=True)["found"]
                return {*found, number}

            for number in (*estate.sources[:10], estate.hub):
                assert cypher(number) == set(here.reach(number).tolist())
            ways: dict[Any, Any] = {}
            for number in [*estate.sources, estate.hub]:
                ways["cypher", number] = lambda number=number: cypher(number)
                ways["here", number] = lambda number=number: here.reach(number)
            times = medians(ways, repeats=3)
    for name, numbers in (("typical source", estate.sources), ("worst hub", [estate.hub])):
        there = percentile([times["cypher", n] for n in numbers], 50)
        ours_ = percentile([times["here", n] for n in numbers], 50)
        results.add(
            f"reachability, {estate.label}, {name}: times as fast as Cypher", there / ours_, "×",
            CYPHER_GOALS.get(estate.made.size, {}).get(name), f"Neo4j: {there:.3g} ms",
        )  # fmt: skip


async def verb_rows(product: Product, results: Results) -> None:
    """Registering CIs, warm: one after another, and by eight clients at once."""
    await _registered(product, 8, WARM_WRITES, "warm")
    for clients, who in ((1, "one after another"), (8, "8 clients")):
        begun = time.perf_counter()
        times = await _registered(product, clients, WRITES, who)
        spent = time.perf_counter() - begun
        how = f"register a CI, {len(times)} times, after {WARM_WRITES} that are not counted"
        results.add(f"verbs, {who}", len(times) / spent, "/s", Goal(80, AT_LEAST), how)
        results.add(f"verbs, {who}: 95 of 100 within", percentile(times, 95), "ms", Goal(60))


async def _registered(product: Product, clients: int, count: int, what: str) -> list[float]:
    """How long each took its client, in milliseconds."""
    times: list[float] = []

    async def client(number: int) -> None:
        for n in range(count // clients):
            draft = ElementDraft(
                kind="CI", type="VirtualMachine", name=f"new {number} {n}",
                key=f"new-{what}-{number}-{n}",
            )  # fmt: skip
            begun = time.perf_counter()
            await product.graph.write(service.register_element, SYSTEM, product.registry, draft)
            times.append((time.perf_counter() - begun) * 1000)

    await asyncio.gather(*(client(number) for number in range(clients)))
    return times
