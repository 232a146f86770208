"""Reading a graph that is being written to, as it is after one ledger entry.

Neo4j reads committed data, no snapshot. So: wait until no commit is half visible and note the
entry; read everything in pages while others write; then follow the ledger. What was touched
since is read once more, in rounds that get shorter, the last one with the turn to write held.
Nothing is written.
"""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

from fitsm_graph.graph.backup_file import Told
from fitsm_graph.graph.backup_spool import Spool
from fitsm_graph.graph.driver import session_within, translated
from fitsm_graph.graph.feed import standing
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.history import Entry, Triple
from fitsm_graph.graph.local.fetch import Progress, silent
from fitsm_graph.graph.statements import statement
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.ledger import Op

PAGE = 5_000
CHANGES = 20_000
"""Changes in one page of entries."""
ROUNDS = 8
FEW = 20
"""So many entries are followed while others wait for their turn to write."""
HOLD_SECONDS = 20.0
Row = list[Any]


class Reading:
    """What was read so far, and up to which entry.

    Attributes:
        spool: Pages as they were read.
        start: Entry before which nothing was half visible when the reading began.
        seq: Entry up to which the ledger was followed.
        records: What was touched since the start: rows as they are, None where there is none.
        relations: Likewise, properties by source, type and target.
        entries: Rows of entries made since the start, and of earlier ones that were masked.
    """

    def __init__(
        self, graph: Graph, spool: Spool, progress: Progress = silent, *, page: int = PAGE
    ) -> None:
        self._graph, self.spool, self._progress, self._page = graph, spool, progress, page
        self.start = self.seq = 0
        self.records: dict[str, Row | None] = {}
        self.relations: dict[Triple, Told | None] = {}
        self.entries: dict[int, Row] = {}
        self.keys: dict[str, Told] = {}
        self.asides: Told = {}
        self.buckets: dict[str, Row] = {}
        self.head: Told = {}
        self.census: Told = {}
        self.left_out: dict[str, int] = {}
        self.held_seconds = 0.0
        self._at = ""

    # --- pages, while others write ---------------------------------------------------------

    async def read_pages(self) -> None:
        """Read everything once; rows may be of different ages."""
        await self._check_graph()
        self.start = self.seq = await standing(self._graph)
        self._at = (await self._graph.head()).at
        self.census = (await self._graph.rows("ledger.backup_census"))[0]
        await self._pages("records", "ledger.all_records", lambda row: row[0])
        await self._relation_pages()
        await self._entry_pages()
        await self._pages("keys", "ledger.backup_keys", lambda row: row["key"])
        await self._read_buckets()

    async def _check_graph(self) -> None:
        if await self._graph.rows("ledger.backup_mark"):
            raise Refused(
                "this graph is half restored",
                code="RESTORE_UNFINISHED",
                why="a restore was cut short",
                remedy="finish it with `fitsm-graph restore FILE`",
            )
        if not await self._graph.rows("ledger.read_head"):
            raise Refused(
                "there is nothing to back up",
                code="NOT_MIGRATED",
                why="this database was never used by the product",
                remedy="check FITSM_DATA or FITSM_NEO4J_URI",
            )

    async def _pages(self, kind: str, name: str, of: Callable[[Any], str]) -> None:
        after, done, total = "", 0, self.census["known"][kind]
        while True:
            self._progress(f"reading {kind}", min(done, total), total)
            rows = (await self._graph.rows(name, after=after, limit=self._page))[0]["rows"]
            if not rows:
                return
            self.spool.add(kind, rows, of)
            after, done = of(rows[-1]), done + len(rows)

    async def _relation_pages(self) -> None:
        after, done, total = "", 0, self.census["relations"]
        while True:
            self._progress("reading relations", min(done, total), total)
            found = await self._graph.rows("ledger.all_relations", after=after, limit=self._page)
            page = found[0]
            if page["last"] is None:
                return
            rows = sorted((row for of_one in page["rows"] for row in of_one), key=triple_of)
            for at in range(0, len(rows), PAGE):
                self.spool.add("relations", rows[at : at + PAGE], triple_of)
            after, done = page["last"], done + len(rows)

    async def _entry_pages(self) -> None:
        async for rows in self._entries_between(0, self.start):
            self._progress("reading entries", rows[-1][0]["seq"], self.start)
            self.spool.add("entries", rows, seq_of)

    async def _entries_between(self, since: int, until: int) -> AsyncIterator[list[Row]]:
        """Entries in pages of about `CHANGES` changes."""
        while since < until:
            sizes = (
                await self._graph.rows(
                    "ledger.backup_entry_sizes", since=since, until=until, limit=PAGE
                )
            )[0]
            if not sizes["seqs"]:
                return
            for last in _cuts(sizes["seqs"], sizes["counts"]):
                found = await self._graph.rows("ledger.backup_entries", since=since, until=last)
                if found[0]["rows"]:
                    yield found[0]["rows"]
                since = last

    async def _read_buckets(self) -> None:
        """Buckets are never changed: those that are known need not be read again."""
        wanted = (await self._graph.rows("ledger.backup_asides"))[0]["buckets"]
        missing = [key for _, key in wanted if key not in self.buckets]
        for at in range(0, len(missing), 16):
            found = await self._graph.rows("ledger.backup_buckets", keys=missing[at : at + 16])
            self.buckets |= {row[1]["key"]: row for row in found[0]["rows"]}

    # --- following the ledger --------------------------------------------------------------

    async def follow(self) -> None:
        """Come to one entry: in rounds, the last one while nobody else can write."""
        for _ in range(ROUNDS):
            self._progress("following the ledger", 0, 1)
            until = await standing(self._graph)
            behind = until - self.seq
            await self._follow(until)
            if behind <= FEW:
                break
        async with _held(self._graph) as seq:
            begun = time.monotonic()
            await self._follow(seq)
            await self._last_things()
            self.held_seconds = time.monotonic() - begun
        self._progress("following the ledger", 1, 1)

    async def _follow(self, until: int) -> None:
        ids: set[str] = set()
        triples: set[Triple] = set()
        async for rows in self._entries_between(self.seq, until):
            for row in rows:
                entry = _entry(row)
                self.entries[entry.seq] = row
                ids |= entry.record_ids()
                triples |= entry.triples()
                await self._read_masked(entry)
        self.seq = until
        await self._read_touched(sorted(ids), sorted(triples))

    async def _read_masked(self, entry: Entry) -> None:
        """After an erasure the earlier images of the record are other than they were read."""
        erased = [row[0] for row in entry.replaced if row[2] == Op.ERASE]
        if not erased:
            return
        found = (await self._graph.rows("ledger.backup_entries_of", ids=erased))[0]["seqs"]
        for seq in sorted(found):
            rows = await self._graph.rows("ledger.backup_entries", since=seq - 1, until=seq)
            self.entries[seq] = rows[0]["rows"][0]

    async def _read_touched(self, ids: list[str], triples: list[Triple]) -> None:
        self.records |= dict.fromkeys(ids)
        self.relations |= dict.fromkeys(triples)
        for at in range(0, len(ids), PAGE):
            some = ids[at : at + PAGE]
            for row in await self._graph.rows("ledger.records_now", ids=some):
                self.records[row["id"]] = [row["id"], row["labels"], row["properties"]]
        for at in range(0, len(triples), PAGE):
            pairs = [list(triple) for triple in triples[at : at + PAGE]]
            for row in await self._graph.rows("ledger.relations_now", triples=pairs):
                triple = (row["source"], row["type"], row["target"])
                self.relations[triple] = row["properties"]

    async def _last_things(self) -> None:
        graph = self._graph
        keys = (await graph.rows("ledger.backup_keys_since", at=self._at))[0]["rows"]
        self.keys = {row["key"]: row for row in keys}
        self.asides = (await graph.rows("ledger.backup_asides"))[0]
        await self._read_buckets()
        self.head = (await graph.rows("ledger.read_head"))[0]["head"]
        self.census = (await graph.rows("ledger.backup_census"))[0]
        if self.census["nodes"] != sum(self.census["known"].values()):
            rows = await graph.rows("ledger.backup_strangers")
            self.left_out = {":".join(sorted(row["labels"])): row["count"] for row in rows}


def triple_of(row: Row) -> Triple:
    """What identifies a row of a relation."""
    return (row[0], row[1], row[2])


def seq_of(row: Row) -> int:
    """The number of a row of an entry."""
    return int(row[0]["seq"])


def _entry(row: Row) -> Entry:
    """An entry as the ledger's own reading gives it."""
    changed = [
        [id, [], image["op"], image["before"], image.get("type"), image.get("target")]
        for id, image in row[1]
    ]
    return Entry.of({"entry": row[0], "changed": changed})


def _cuts(seqs: list[int], counts: list[int]) -> Iterator[int]:
    """Last numbers of pages that hold about `CHANGES` changes each."""
    held = 0
    for at, (seq, count) in enumerate(zip(seqs, counts, strict=True)):
        held += count + 1
        if held >= CHANGES or at == len(seqs) - 1:
            yield seq
            held = 0


@asynccontextmanager
async def _held(graph: Graph) -> AsyncIterator[int]:
    """Hold the turn to write for a while, and say where the ledger stands."""
    chosen = statement("ledger.hold_head")
    with translated():
        async with (
            session_within(graph.driver, HOLD_SECONDS) as session,
            await session.begin_transaction(timeout=HOLD_SECONDS) as bolt,
        ):
            row = await (await bolt.run(chosen.text, {"turn": "backup"})).single()
            yield int(row["seq"]) if row is not None else 0
            await bolt.rollback()
