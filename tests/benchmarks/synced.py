"""Rows of sync itself, and of the ways it is measured against, on one server."""

import asyncio
import io
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import neo4j
import orjson

from benchmarks.fleet import lines
from benchmarks.loaders import ROWS, Loader, bare, cartography, cartography_version
from fitsm_graph.bootstrap import SYSTEM, Product
from fitsm_graph.cli.measure import AT_LEAST, Goal, Results, percentile, short
from fitsm_graph.confm import service
from fitsm_graph.confm.drafts import ElementDraft
from fitsm_graph.confm.sync import sync
from fitsm_graph.confm.sync_report import SyncReport
from fitsm_graph.discovery import ndjson
from fitsm_graph.graph.driver import Endpoint, connect_for_bulk

UNCHANGED = {20_000: Goal(0.6), 100_000: Goal(2)}
"""Seconds in which a source that says the same again is found to have said it."""
CHANGED = {100_000: Goal(3)}
FIRST_LOAD = {100_000: Goal(0.4, AT_LEAST)}
"""Share of the speed of a bare load."""
COMMIT = ("elements", "relations")


@dataclass(slots=True)
class Fleet:
    """Rows of some size, for every way as it takes them.

    Attributes:
        prefix: Of every key, so that each turn loads what is not there yet.
    """

    size: int
    prefix: str
    lines: list[bytes] = field(init=False)
    records: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = list(lines(self.size, prefix=self.prefix))
        self.records = [orjson.loads(line) for line in self.lines]

    @property
    def relations(self) -> int:
        """How many its rows state."""
        return sum(len(record["relations"]) for record in self.records)

    def changed(self) -> list[bytes]:
        """The same rows, one in a hundred changed."""
        return list(lines(self.size, prefix=self.prefix, changed=self.size // 100))


async def sent(product: Product, fleet: Fleet, said: list[bytes], **options: Any) -> SyncReport:
    """Sync lines as the command does, and check that every one was taken."""
    observations = ndjson.unread(io.BytesIO(b"".join(said)))
    report = await sync(
        product.graph, product.registry, observations, source="bench",
        scope=fleet.prefix.strip("-"), request=SYSTEM, **options,
    )  # fmt: skip
    assert not report.problems, report.problems[:3]
    assert report.counts["read"] == fleet.size
    return report


async def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that a call took, and its answer."""
    begun = time.perf_counter()
    answer = await work()
    return time.perf_counter() - begun, answer


async def load_rows(
    product: Product, endpoint: Endpoint, size: int, results: Results, turns: int = 0
) -> None:
    """First load, the same again, one in a hundred changed, and the plan of that."""
    turns = turns or (3 if size <= 20_000 else 1)
    fleets = [Fleet(size, f"{short(size)}-{turn}-") for turn in range(turns)]
    with connect_for_bulk(endpoint) as driver, driver.session() as session:
        first = await _first_loads(product, session, fleets, results)
        again = await _again(product, session, fleets[-1], results)
    _ratio(results, f"first load, {short(size)}", first, FIRST_LOAD.get(size))
    _ratio(results, f"unchanged, {short(size)}", again, None)
    await _changed(product, fleets[-1], results)


async def _first_loads(
    product: Product, session: neo4j.Session, fleets: list[Fleet], results: Results
) -> dict[str, float]:
    times: dict[str, list[float]] = {}
    for turn, fleet in enumerate(fleets):
        seconds, report = await timed(lambda fleet=fleet: sent(product, fleet, fleet.lines))
        times.setdefault("sync", []).append(seconds)
        assert report.counts["created"] == fleet.size
        assert report.counts["relations_created"] == fleet.relations
        for name, way in (("bare", bare), ("cartography", cartography)):
            times.setdefault(name, []).append(await _loaded(session, way, fleet, turn))
        _check_loaded(session, fleet)
    size, relations = fleets[0].size, fleets[0].relations
    kept = {name: median(each) for name, each in times.items()}
    results.add(
        f"first load, {short(size)}", kept["sync"], "s", None,
        f"{size / kept['sync']:,.0f} CIs and {relations / kept['sync']:,.0f} relations a second, "
        "parsing, ledger and hash index included",
    )  # fmt: skip
    _chunk_rows(report, f"first load, {short(size)}", results)
    return kept


async def _loaded(session: neo4j.Session, way: Loader, fleet: Fleet, turn: int) -> float:
    return (await timed(lambda: asyncio.to_thread(way, session, fleet.records, turn)))[0]


def _check_loaded(session: neo4j.Session, fleet: Fleet) -> None:
    """Every way made the same elements and relations."""
    found = session.run(
        "MATCH (n) WHERE n.key STARTS WITH $prefix OR n.id STARTS WITH $prefix "
        "WITH n, CASE WHEN n:CI THEN 'sync' WHEN n:Bare THEN 'bare' ELSE 'cartography' END AS way "
        "RETURN way, count(*), sum(COUNT { (n)-->(:CI) }) + sum(COUNT { (n)-->(:Bare) }) "
        "+ sum(COUNT { (n)-->(x) WHERE x.lastupdated IS NOT NULL })",
        prefix=fleet.prefix,
    ).values()
    assert sorted(found) == [
        [way, fleet.size, fleet.relations] for way in ("bare", "cartography", "sync")
    ], found


async def _again(
    product: Product, session: neo4j.Session, fleet: Fleet, results: Results
) -> dict[str, float]:
    times: dict[str, list[float]] = {"sync": [], "bare": [], "cartography": []}
    for turn in range(3):
        seconds, report = await timed(lambda: sent(product, fleet, fleet.lines))
        assert report.counts["unchanged"] == fleet.size
        assert not report.changed
        times["sync"].append(seconds)
        for name, way in (("bare", bare), ("cartography", cartography)):
            if turn < 1 or fleet.size < 100_000:
                times[name].append(await _loaded(session, way, fleet, turn + 7))
    kept = {name: median(each) for name, each in times.items()}
    results.add(
        f"unchanged, {short(fleet.size)} CIs, {short(2 * fleet.size)} relations", kept["sync"], "s",
        UNCHANGED.get(fleet.size), "from NDJSON to the end of the run; no CI written",
    )  # fmt: skip
    return kept


def _ratio(results: Results, label: str, times: dict[str, float], goal: Goal | None) -> None:
    ours = times["sync"]
    results.add(
        f"{label}: speed as a share of a bare load", times["bare"] / ours, "×", goal,
        f"UNWIND … MERGE … SET += of parsed rows, {ROWS:,} at a time: {times['bare']:.3g} s",
    )  # fmt: skip
    results.add(
        f"{label}: times as fast as Cartography's loader", times["cartography"] / ours, "×", None,
        f"{cartography_version()}, without its clean-up: {times['cartography']:.3g} s",
    )  # fmt: skip


async def _changed(product: Product, fleet: Fleet, results: Results) -> None:
    """One in a hundred changed: its plan, then the run."""
    said = fleet.changed()
    seconds, planned = await timed(lambda: sent(product, fleet, said, plan_only=True))
    assert planned.counts["updated"] == fleet.size // 100
    results.add(f"plan, 1 % of {short(fleet.size)} changed", seconds, "s", None, "nothing written")
    seconds, report = await timed(lambda: sent(product, fleet, said))
    assert report.counts["updated"] == fleet.size // 100
    results.add(
        f"1 % of {short(fleet.size)} changed", seconds, "s", CHANGED.get(fleet.size),
        f"{report.counts['updated']:,} CIs written",
    )  # fmt: skip


def _chunk_rows(report: SyncReport, label: str, results: Results) -> None:
    """Statements a chunk, whatever its size, and how long a chunk holds the lock."""
    chunks = [each for each in report.chunks if each.phase in COMMIT]
    sizes = [each.rows for each in chunks]
    results.add(
        f"{label}: statements a chunk", max(each.statements for each in chunks), "", Goal(5),
        f"{len(chunks)} chunks of {min(sizes):,} to {max(sizes):,} rows",
    )  # fmt: skip
    results.add(
        f"{label}: 95 of 100 chunks within", percentile([1000 * c.seconds for c in chunks], 95),
        "ms", Goal(300), "how long a bulk load makes other writers wait",
    )  # fmt: skip


async def meanwhile_rows(product: Product, size: int, results: Results) -> None:
    """A blast radius and a mutation, alone and while a source is loaded."""
    fleet = Fleet(size, "meanwhile-")
    ask, act = _asking(product), _acting(product)
    alone = [await _samples(ask, 40), await _samples(act, 40)]
    loading = asyncio.create_task(sent(product, fleet, fleet.lines))
    during: tuple[list[float], list[float]] = ([], [])
    while not loading.done():
        for work, times in zip((ask, act), during, strict=True):
            times.append((await timed(work))[0] * 1000)
            await asyncio.sleep(0.02)
    await loading
    for name, before, times, goal in (
        ("a blast radius", alone[0], during[0], None),
        ("a mutation", alone[1], during[1], Goal(500)),
    ):
        results.add(
            f"{name} during a first load of {short(size)}: 95 of 100 within",
            percentile(times, 95), "ms", goal,
            f"{len(times)} of them; alone {percentile(before, 95):.3g} ms",
        )  # fmt: skip


async def _samples(work: Callable[[], Any], count: int) -> list[float]:
    return [(await timed(work))[0] * 1000 for _ in range(count)][count // 4 :]


RADIUS = "query R($of: [ID!]!) { impact(of: $of) { completeness { affectedCount } } }"


def _asking(product: Product) -> Callable[[], Any]:
    async def ask() -> None:
        answer = await product.ask(RADIUS, {"of": ["10k-0-host-7"]})
        assert not getattr(answer, "errors", None), answer

    return ask


def _acting(product: Product) -> Callable[[], Any]:
    numbers: Iterator[int] = itertools.count()

    async def act() -> None:
        key = f"by-hand-{next(numbers)}"
        draft = ElementDraft(kind="CI", type="VirtualMachine", name=key, key=key)
        await product.graph.write(service.register_element, SYSTEM, product.registry, draft)

    return act
