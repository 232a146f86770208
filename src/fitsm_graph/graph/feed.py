"""The ledger read back: what changed since an entry, how a record or the whole was at a time.

Neo4j reads committed data, not a snapshot, and a commit becomes visible piece by piece. So a
reading is accepted only if the ledger stood still meanwhile, which is seen by holding its head
for a moment afterwards.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from fitsm_graph.graph.driver import session_within, translated
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.history import Entry, GraphImage, RecordImage, Step, Triple, undo_all
from fitsm_graph.graph.statements import statement
from fitsm_graph.kernel.errors import Broken, NotFound, Unavailable
from fitsm_graph.model.ledger import GENESIS

R = TypeVar("R")
W = TypeVar("W")
TRIES = 8
FREE_TRIES = 4
"""How often a reading is tried before others wait for it."""
FREE_ROUNDS = 2
"""How often what was written meanwhile is read before others wait for what is left."""
HELD_SECONDS = 5.0
"""How long others may be made to wait for their turn."""
PAGE = 10_000
TOGETHER = 5_000
"""Records, or relations, of some entries that are read by one statement."""


@asynccontextmanager
async def held(graph: Graph) -> AsyncIterator[int]:
    """Hold the turn to write for a moment; gives the number of the last entry.

    Raises:
        Unavailable: It took longer than a turn may be held.
    """
    chosen = statement("ledger.hold_head")
    with translated():
        async with (
            session_within(graph.driver, HELD_SECONDS) as session,
            await session.begin_transaction(timeout=HELD_SECONDS) as bolt,
        ):
            for step in ("before", "after"):  # the second shows that the turn was not lost
                graph.statements += 1
                result = await bolt.run(chosen.text, {"turn": "feed"})
                row = await result.single()
                if step == "before":
                    yield int(row["seq"]) if row is not None else 0
            await bolt.rollback()


async def standing(graph: Graph) -> int:
    """Number of the last entry, when no commit is half visible."""
    chosen = statement("ledger.hold_head")
    with translated():
        async with (
            session_within(graph.driver, HELD_SECONDS) as session,
            await session.begin_transaction(timeout=HELD_SECONDS) as bolt,
        ):
            graph.statements += 1
            result = await bolt.run(chosen.text, {"turn": "feed"})
            row = await result.single()
            await bolt.rollback()
    return int(row["seq"]) if row is not None else 0


async def stable(graph: Graph, read: Callable[[int], Awaitable[R]]) -> tuple[int, R]:
    """Read something from one state; tried again while others write, who wait at last.

    Args:
        graph: Where to read.
        read: Reads, given the number of the last entry.

    Raises:
        Unavailable: The last try took longer than others may be made to wait.
    """
    seq = (await graph.head()).seq
    for attempt in range(FREE_TRIES):
        result = await read(seq)
        after = await standing(graph)
        if after == seq:
            return seq, result
        seq = after
        await asyncio.sleep(0.01 * attempt)
    async with held(graph) as seq:
        return seq, await read(seq)


def busy() -> Unavailable:
    """What to say when every try met a writer."""
    return Unavailable(
        "the graph changes too fast to read it from one state",
        code="BUSY",
        why=f"entries were written during {TRIES} tries",
        remedy="try again in a moment",
    )


async def since(graph: Graph, seq: int) -> tuple[int, list[Step]]:
    """All entries after a number, oldest first, each change with both images.

    Returns:
        The number of the last entry, and the steps.
    """
    last, entries, image = await _touched_since(graph, seq)
    return last, undo_all(image, entries)


async def difference(graph: Graph, seq: int) -> tuple[int, GraphImage, GraphImage]:
    """Everything touched since an entry, as it was after that entry and as it is now.

    Returns:
        The number of the last entry, the image then, and the image now.
    """
    last, entries, image = await _touched_since(graph, seq)
    now = image.copy()
    undo_all(image, entries)
    return last, image, now


async def between(graph: Graph, start: int, end: int | None) -> tuple[int, GraphImage, GraphImage]:
    """Everything touched after one entry and up to another, as it was after either.

    Args:
        graph: Where to read.
        start: Number of the first of the two.
        end: Number of the second, not before the first; None: the last there is.

    Returns:
        The number of the second, and both images.
    """
    last, entries, image = await _touched_since(graph, start)
    until = last if end is None else min(end, last)
    undo_all(image, [entry for entry in entries if entry.seq > until])
    after = image.copy()
    undo_all(image, [entry for entry in entries if entry.seq <= until])
    return until, image, after


async def _touched_since(graph: Graph, seq: int) -> tuple[int, list[Entry], GraphImage]:
    """The last entry, all after a number, newest first, and what they touched as it is now.

    Beside a bulk load the ledger never stands still for as long as all of this takes to read. So
    each round reads only what was written during the one before, and others wait for the last.
    """
    seen, entries, image = seq, list[Entry](), GraphImage()
    until = await standing(graph)
    for _ in range(FREE_ROUNDS if until > seq else 0):
        entries = [*await _catch_up(graph, image, seen, until), *entries]
        seen, until = until, await standing(graph)
        if until == seen:
            return seen, entries, image
    if until > seen:
        async with held(graph) as until:
            entries = [*await _catch_up(graph, image, seen, until), *entries]
    return until, entries, image


async def entries_between(graph: Graph, since: int, until: int) -> list[Entry]:
    """Entries after one number up to another, newest first."""
    rows = await graph.rows("ledger.changes_between", since=since, until=until)
    return [Entry.of(row) for row in rows]


async def seq_at(graph: Graph, at: str) -> int:
    """The entry that was the last at a moment.

    Raises:
        NotFound: BEFORE_THE_LEDGER, when nothing was recorded yet.
    """
    found = await graph.rows("ledger.entry_at", at=at)
    if found[0]["seq"] is None:
        raise NotFound(
            f"nothing was recorded at {at}",
            code="BEFORE_THE_LEDGER",
            why="the first entry is later",
            remedy="ask for a later time",
        )
    return int(found[0]["seq"])


async def moment_of(graph: Graph, seq: int) -> str:
    """When an entry was written, UTC text; before the first one, the earliest moment there is.

    Raises:
        NotFound: There is no such entry yet.
    """
    if seq == 0:
        return "0001-01-01T00:00:00.000000Z"
    found = await graph.rows("ledger.entries_by_seq", numbers=[seq])
    if not found:
        raise NotFound(f"there is no ledger entry {seq}", remedy="`ledgerHead` tells the last one")
    return str(found[0]["entry"]["at"])


async def hash_of(graph: Graph, seq: int) -> str | None:
    """Hash of an entry, which tells this ledger from every other; None: there is none."""
    if seq == 0:
        return GENESIS
    found = await graph.rows("ledger.entries_by_seq", numbers=[seq])
    return str(found[0]["entry"]["hash"]) if found else None


async def record_at(graph: Graph, id: str, seq: int) -> RecordImage | None:
    """One record as it was after an entry; None when it did not exist then."""

    async def read(_until: int) -> tuple[GraphImage, list[Entry]]:
        image = await images(graph, {id}, set())
        rows = await graph.rows("ledger.changes_of", ids=[id], sources=[], target=id)
        return image, [_own(Entry.of(row)) for row in rows]

    _, (image, entries) = await stable(graph, read)
    record = image.records.get(id)
    if record is None or record.properties["created"] > seq:
        return None
    undo_all(image, [entry for entry in entries if entry.seq > seq])
    return record


async def records_at(graph: Graph, ids: Iterable[str], seq: int) -> dict[str, RecordImage]:
    """Some records as they were after an entry, by id; without those that did not exist then."""
    wanted = set(ids)

    async def read(until: int) -> tuple[list[Entry], GraphImage]:
        entries = await entries_between(graph, seq, until)
        return entries, await images(graph, wanted, set())

    _, (entries, image) = await stable(graph, read)
    undo_all(image, [_own_of(entry, wanted) for entry in entries])
    return image.records


async def whole(graph: Graph) -> tuple[int, GraphImage]:
    """Everything, from one state; memory grows with the graph.

    What was written while it was read is read again, until nothing was, or others wait for the
    little that is left.
    """
    seen = await standing(graph)
    image = await _everything(graph)
    for _ in range(FREE_TRIES):
        until = await standing(graph)
        if until == seen:
            return seen, image
        await _catch_up(graph, image, seen, until)
        seen = until
    async with held(graph) as until:
        await _catch_up(graph, image, seen, until)
    return until, image


async def _catch_up(graph: Graph, image: GraphImage, seen: int, until: int) -> list[Entry]:
    """Read again what some entries touched, and put it into an image; gives them, newest first."""
    entries = await entries_between(graph, seen, until)
    fresh = await touched(graph, entries)
    for entry in entries:
        for id in entry.record_ids():
            image.records.pop(id, None)
        for triple in entry.triples():
            image.relations.pop(triple, None)
    image.records.update(fresh.records)
    image.relations.update(fresh.relations)
    return entries


async def _everything(graph: Graph) -> GraphImage:
    image = GraphImage()
    async for rows in _pages(graph, "ledger.all_records"):
        for id, labels, properties in rows:
            image.add_record(id, labels, properties)
    async for pages in _pages(graph, "ledger.all_relations"):
        for rows in pages:
            for *ends, properties in rows:
                if image.relations.setdefault(tuple(ends), properties) is not properties:
                    raise _doubled(*ends)
    return image


def _doubled(source: str, type: str, target: str) -> Broken:
    return Broken(
        f"{source} has two {type} to {target}",
        code="LEDGER_BROKEN",
        why="no verb makes a second one",
        remedy="the data was changed outside the product; compare with a backup",
    )


async def _pages(graph: Graph, name: str) -> Any:
    after = ""
    while True:
        found = (await graph.rows(name, after=after, limit=PAGE))[0]
        rows = found["rows"]
        if not rows:
            return
        yield rows
        after = found["last"] if "last" in found else rows[-1][0]


def _own(entry: Entry) -> Entry:
    """The entry reduced to changes of the record itself, without those of its relations."""
    return Entry(entry.properties, tuple(row for row in entry.replaced if row[4] is None), (), ())


def _own_of(entry: Entry, ids: set[str]) -> Entry:
    """The entry reduced to changes of some records themselves."""
    replaced = tuple(row for row in entry.replaced if row[4] is None and row[0] in ids)
    made = tuple((kind, id) for kind, id in entry.created_records if id in ids)
    return Entry(entry.properties, replaced, made, ())


async def touched(graph: Graph, entries: Iterable[Entry]) -> GraphImage:
    """Everything that some entries touched, as it is now."""
    ids: set[str] = set()
    triples: set[Triple] = set()
    for entry in entries:
        ids |= entry.record_ids()
        triples |= entry.triples()
    return await images(graph, ids, triples)


async def images(graph: Graph, ids: set[str], triples: set[Triple]) -> GraphImage:
    """Some records and relations as they are now, those of them that exist."""
    image = GraphImage()
    for some in _parts(sorted(ids)):
        for row in (await graph.rows("ledger.records_together", ids=some))[0]["rows"]:
            image.add_record(*row)
    for pairs in _parts(sorted(map(list, triples))):
        for row in (await graph.rows("ledger.relations_together", triples=pairs))[0]["rows"]:
            *ends, properties = row
            image.relations[tuple(ends)] = properties
    return image


def _parts(wanted: list[W]) -> Iterator[list[W]]:
    """A list in parts, so that no answer is too large, and others get a turn between them."""
    for start in range(0, len(wanted), TOGETHER):
        yield wanted[start : start + TOGETHER]
