"""Nothing is written without an entry: every verb, undone entry by entry, gives what was."""

import itertools
import os
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.graph import feed, history, verify
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import VERBS
from fitsm_graph.kernel.clock import ManualClock
from graph.ledger.driving import START, Driver, Watched, drive
from graph.ledger.reading import (
    Image,
    as_erased,
    entries_of,
    entry_hash,
    image_of,
    kind_of,
    labels_of,
    root,
    undo,
)
from graph.ledger.wandering import wander
from graph.syncing import emptied, run

OUTSIDE = {
    "LedgerHead": "where the ledger stands",
    "LedgerEntry": "the ledger itself",
    "IdempotencyKey": "promised for seven days",
    "Credential": "digests of secrets, which no entry may hold",
    "Migration": "what was applied to the database",
    "SyncScope": "leases of sync",
    "HashBucket": "a cache of sync",
}
"""Labels that no entry tells of, with the reason; design section 5 lists them."""
SEEDS = range(6) if os.environ.get("FITSM_FULL") else range(1)
STEPS = 80


@pytest_asyncio.fixture(scope="module")
async def driven(neo4j_endpoint: Endpoint) -> AsyncIterator[Watched]:
    """A graph on which every verb was used, and all of them again at random."""
    async with emptied(neo4j_endpoint):
        clock = ManualClock(START)
        graph = Watched(neo4j_endpoint, clock)
        try:
            await graph.look()
            await drive(Driver(graph, clock))
            clock.advance(timedelta(days=1))
            for seed in SEEDS:
                await wander(graph, clock, random.Random(seed), STEPS)
            yield graph
        finally:
            await graph.close()


def salts_of(graph: Watched) -> tuple[dict[str, str], dict[str, str]]:
    """Salts that records have, and salts that erased ones had."""
    held, erased = {}, {}
    for image in graph.after.values():
        for id, (_, properties) in image.records.items():
            if "salt" in properties:
                held[id] = properties["salt"]
            elif id in held:
                erased[id] = held.pop(id)
    return held, erased


def test_every_verb_is_driven(driven: Watched) -> None:
    assert driven.used == set(VERBS), "write a case in driving.py for each new verb"


async def test_every_entry_undone_gives_the_graph_before_it(driven: Watched) -> None:
    """By a reading of the ledger that shares no code with the product."""
    salts, erased = salts_of(driven)
    assert len(erased) >= 2, "erased persons have to be among what is compared"
    image = await image_of(driven)
    compared = 0
    for entry in await entries_of(driven):
        lines = undo(image, entry, salts)
        seq = entry.held["seq"]
        assert entry.held["root"] == root(lines), seq
        assert entry.held["hash"] == entry_hash(entry.held["prev_hash"], entry.held, root(lines))
        if seq - 1 in driven.after:
            then = as_erased(driven.after[seq - 1], erased)
            assert as_erased(image, {}) == then, entry.held["verb"]
            compared += 1
    assert compared == len(driven.after) - 1
    assert image == Image()


async def test_the_product_undoes_alike(driven: Watched) -> None:
    _, erased = salts_of(driven)
    seq, image = await feed.whole(driven)
    for entry in await feed.entries_between(driven, 0, seq):
        history.undo(image, entry)
        if entry.seq - 1 in driven.after:
            then = as_erased(driven.after[entry.seq - 1], erased)
            assert image.relations == then.relations
            assert {id: one.properties for id, one in image.records.items()} == {
                id: held for id, (_, held) in then.records.items()
            }
    assert not image.records


async def test_a_write_without_an_entry_would_show(driven: Watched) -> None:
    """The control: the comparison can fail."""
    changed = "MATCH (n:Record) WITH n LIMIT 1 SET n.stray = $value RETURN n.id"
    await run(driven, changed, value=1)
    with pytest.raises(AssertionError, match="changed without an entry"):
        await driven.look()
    await run(driven, "MATCH (n {stray: 1}) REMOVE n.stray")
    await driven.look()


def test_labels_say_what_a_record_is_and_whether_it_lives(driven: Watched) -> None:
    for image in driven.after.values():
        for labels, held in image.records.values():
            assert labels == labels_of(kind_of(labels), held)


def test_no_entry_is_ever_touched_again_but_for_erasing(driven: Watched) -> None:
    masked = 0
    numbers = sorted(driven.ledger)
    for earlier, later in itertools.pairwise(numbers):
        for old, one in zip(driven.ledger[earlier], driven.ledger[later], strict=False):
            assert old.held == one.held
            was, now = (sorted(each.replaced, key=repr) for each in (old, one))
            if was != now:
                new = {each.held["verb"] for each in driven.ledger[later][earlier:]}
                assert "party.erase" in new
                assert _without_images(old.replaced) == _without_images(one.replaced)
                masked += 1
    assert masked > 0


def _without_images(replaced: list[Any]) -> list[str]:
    return sorted(repr((id, edge["op"], edge.get("target"))) for id, edge in replaced)


async def test_nothing_stands_beside_the_ledger_but_what_is_named(driven: Watched) -> None:
    rows = await run(driven, "MATCH (n) WHERE NOT n:Record UNWIND labels(n) AS l RETURN DISTINCT l")
    assert {row[0] for row in rows} <= set(OUTSIDE)
    between = await run(
        driven,
        "MATCH (a)-[r]->(b) WHERE NOT (a:Record AND b:Record) RETURN DISTINCT labels(a), type(r)",
    )
    assert {(tuple(labels), type) for labels, type in between} == {
        (("LedgerEntry",), "CHANGED"),
        (("SyncScope",), "INDEXES"),
    }


async def test_the_whole_of_it_verifies(driven: Watched) -> None:
    verdict = await verify.full(driven)
    assert verdict.holds, verdict.findings
    assert verdict.entries == (await driven.head()).seq
