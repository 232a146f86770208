"""Nothing is written without an entry: every verb, undone entry by entry, gives what was."""

import itertools
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.api.links import bonds_of_parts, process_kinds
from fitsm_graph.graph import feed, histories, history, verify
from fitsm_graph.graph.changes import Change, RecordChange, RelationChange
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import VERBS
from fitsm_graph.kernel.clock import ManualClock
from graph.ledger.driving import START, Driver, Watched, drive
from graph.ledger.reading import (
    Entry,
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
    "RunState": "how far a run of sync is",
    "RunChunk": "what a run of sync was sent",
    "ParkedRow": "what a source sent in vain",
    "Sweep": "up to which entry deviations were looked for",
}
"""Labels that no entry tells of, with the reason; design section 5 lists them."""
PARTS = {
    *("ABOUT", "ATTACHED_TO", "ESCALATES", "BECAME", "STEP_OF", "REPORTS_ON"),
    *("CHANGE_STEP_OF", "BACKS_OUT", "ASSESSES", "ASSESSES_VARIANT", "DECIDES_ON", "REVIEWS"),
    *("CRITERION_OF", "TEST_OF", "TESTS_WAVE", "EVALUATES"),
}
"""By which comments, votes, plans and the like are part of one record."""
Told = tuple[str, str, str]
"""An op, what it was done to, and the target of a relation."""
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
                assert {"party.erase", "person.erase"} & new
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
        (("SyncScope",), "RAN"),
        (("RunState",), "TOOK"),
        (("SyncScope",), "PARKED"),
    }


async def test_the_whole_of_it_verifies(driven: Watched) -> None:
    verdict = await verify.full(driven)
    assert verdict.holds, verdict.findings
    assert verdict.entries == (await driven.head()).seq


# --- the ledger read forward ---------------------------------------------------------------------


async def test_the_feed_tells_all_that_differs_and_nothing_else(driven: Watched) -> None:
    _, erased = salts_of(driven)
    last, steps = await feed.since(driven, 0)
    assert [step.entry["seq"] for step in steps] == list(range(1, last + 1))
    images = {seq: as_erased(image, erased) for seq, image in driven.after.items()}
    compared = 0
    for step in steps:
        seq = step.entry["seq"]
        if {seq - 1, seq} <= set(images):
            assert told(step) == differing(images[seq - 1], images[seq]), seq
            compared += 1
    assert compared > 50


def told(step: history.Step) -> dict[Any, tuple[Any, Any]]:
    """What a step says of each thing: its properties before and after, as far as they differ."""
    found = {}
    for change in step.changes:
        place = change.id if isinstance(change, RecordChange) else change.triple
        sides = (change.before, change.after)
        before, after = ({k: v for k, v in side.items() if v is not None} for side in sides)
        found[place] = _apart(before, after)
    return found


def differing(old: Image, new: Image) -> dict[Any, tuple[Any, Any]]:
    """What differs between two images, as `told` says it."""
    was = {id: held for id, (_, held) in old.records.items()} | old.relations
    now = {id: held for id, (_, held) in new.records.items()} | new.relations
    return {
        place: _apart(was.get(place, {}), now.get(place, {}))
        for place in was.keys() | now.keys()
        if was.get(place) != now.get(place)
    }


def _apart(before: dict[str, Any], after: dict[str, Any]) -> tuple[Any, Any]:
    names = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return tuple({k: v for k, v in side.items() if k in names} for side in (before, after))


async def test_a_record_at_any_time_is_what_it_was(driven: Watched) -> None:
    _, erased = salts_of(driven)
    pick = random.Random(3)
    ids = sorted(max(driven.after.values(), key=lambda image: len(image.records)).records)
    for seq in pick.sample(sorted(driven.after), 15):
        then = as_erased(driven.after[seq], erased)
        for id in pick.sample(ids, 8):
            record = await feed.record_at(driven, id, seq)
            assert (record and record.properties) == then.records.get(id, (None, None))[1]


async def test_the_whole_at_any_time_is_what_it_was(driven: Watched) -> None:
    """What an entry touched and what came after it: the two ends of a difference."""
    _, erased = salts_of(driven)
    for seq in random.Random(4).sample(sorted(driven.after), 5):
        _, then, now = await feed.difference(driven, seq)
        old, new = (as_erased(driven.after[n], erased) for n in (seq, max(driven.after)))
        for image, raw in ((then, old), (now, new)):
            shown = {id: one.properties for id, one in image.records.items()}
            assert shown == {id: raw.records[id][1] for id in shown}
            assert image.relations == {t: raw.relations[t] for t in image.relations}
        assert {id for id in new.records if new.records[id] != old.records.get(id)} <= set(
            now.records
        )


async def test_a_history_has_every_entry_that_touched_a_record(driven: Watched) -> None:
    wanted: dict[str, set[int]] = {}
    for entry in await entries_of(driven):
        touched = [id for _, id in entry.made("records")]
        touched += [source for source, *_ in entry.made("relations")]
        touched += [id for id, _ in entry.replaced]
        for id in touched:
            wanted.setdefault(id, set()).add(entry.held["seq"])
    busiest = sorted(wanted, key=lambda each: (-len(wanted[each]), each))[:12]
    for id in busiest:
        steps = await histories.history_of(driven, id)
        assert [step.entry["seq"] for step in steps] == sorted(wanted[id])
        assert all(step.changes for step in steps)


def told_in(entry: Entry, ids: set[str], sources: set[str], target: str) -> Counter[Told]:
    """What of an entry is told of some records and of what leads from others to one, raw."""

    def tells(source: str, end: str) -> bool:
        return source in ids or (source in sources and end == target)

    found = Counter[Told]()
    for _, id in entry.made("records"):
        found["create", id, ""] += id in ids
    for source, _, end in entry.made("relations"):
        found["relate", source, end] += tells(source, end)
    for id, edge in entry.replaced:
        found[edge["op"], id, edge.get("target") or ""] += tells(id, edge.get("target") or "")
    return +found


def test_what_is_part_of_a_record_follows_from_the_declarations() -> None:
    assert bonds_of_parts() == PARTS


async def test_a_timeline_tells_of_a_record_its_parts_and_what_refers_to_it(
    driven: Watched,
) -> None:
    entries, now = await entries_of(driven), await image_of(driven)
    near: dict[str, list[tuple[str, str]]] = {}
    for source, type, target in now.relations:
        near.setdefault(target, []).append((type, source))
    seen: set[str] = set()
    for id, (labels, _) in now.records.items():
        if kind_of(labels) not in process_kinds():
            continue
        leading = near.get(id, [])
        ids = {id} | {source for type, source in leading if type in PARTS}
        sources = {source for _, source in leading} - ids
        wanted = {each.held["seq"]: told_in(each, ids, sources, id) for each in entries}
        steps = await histories.timeline_of(driven, id, PARTS)
        told = {
            step.entry["seq"]: Counter(
                (change.op.value, *ends_of(change)) for change in step.changes
            )
            for step in steps
        }
        assert told == {seq: each for seq, each in wanted.items() if each}, id
        assert list(told) == sorted(told)
        seen |= {type for type, _ in leading} | {op for each in told.values() for op, *_ in each}
    assert seen >= {"ABOUT", "ATTACHED_TO", "RAISED_FROM", "unrelate", "change_relation"}


def ends_of(change: Change) -> tuple[str, str]:
    if isinstance(change, RelationChange):
        return change.source, change.target
    return change.id, ""


async def test_a_moment_leads_to_the_last_entry_up_to_it(driven: Watched) -> None:
    moments = {entry.held["seq"]: entry.held["at"] for entry in await entries_of(driven)}
    assert list(moments.values()) == sorted(moments.values(), reverse=True), "newest first"
    for at in random.Random(5).sample(sorted(set(moments.values())), 12):
        assert await feed.seq_at(driven, at) == max(n for n, when in moments.items() if when == at)
