"""Chunks: how many rows go into one transaction, when, and what is taken over afterwards.

What is remembered of a run is bounded: past that, what is needed is looked up in the graph.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from fitsm_graph.confm.sync_elements import Held, WrittenElements, put_elements
from fitsm_graph.confm.sync_index import MOST_BUCKETS, Pair
from fitsm_graph.confm.sync_intake import TURN
from fitsm_graph.confm.sync_keeping import remember, renew
from fitsm_graph.confm.sync_parked import Lot, no_room, park
from fitsm_graph.confm.sync_pending import Pending
from fitsm_graph.confm.sync_relations import Before, End, Place, WrittenRelations, put_relations
from fitsm_graph.confm.sync_report import ChunkCost, Progress, SyncReport, silent
from fitsm_graph.confm.sync_rows import Row, RowReader
from fitsm_graph.confm.sync_runs import (
    LEASE,
    Run,
    Written,
    end,
    take_lease,
    take_over,
)
from fitsm_graph.graph.graph import Graph, Outcome
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.errors import Unavailable

Put = Callable[[Sequence[Row]], Awaitable[float]]
"""Writes a chunk, and says how many seconds that took."""
LEAST = 200
"""Rows of a chunk, where it need not be smaller for want of memory."""
MOST_ENDS = 100_000
"""Elements that a run remembers, some 350 bytes each; others are looked up in the graph."""
MOST_MADE = 200_000
"""Hashes of relations that it remembers."""


@dataclass(frozen=True, slots=True)
class Chunks:
    """How rows are put together.

    Attributes:
        first: Rows of the first chunk.
        most: Rows, or relations, of the largest.
        seconds: What a chunk should take, so that other writers wait less than 0.3 s for 95 in a
            hundred of them.
    """

    first: int = 500
    most: int = 5_000
    seconds: float = 0.17

    def after(self, size: int, seconds: float) -> int:
        """The next size: it follows the time the last chunk took, and at most doubles.

        Times scatter, and a size that followed each of them whole would scatter too: it goes less
        than half of the way, up as well as down. It stays above what costs more to begin than to
        do: on a machine that is busy with other things small chunks take hardly less time.
        """
        factor = (self.seconds / max(seconds, 0.001)) ** 0.4
        size = int(size * min(2.0, max(0.5, factor)))
        return max(min(LEAST, self.first), min(self.most, size))


@dataclass(slots=True)
class Writer:
    """Writes the chunks of a run, or decides them for a plan.

    Attributes:
        request: Who asks; a dry run for a plan.
        seq: Last entry of the ledger that the run knows of; stays behind once others wrote too.
        pending: Rows whose elements are there; their relations are not yet.
        lot: What is to be parked next.
    """

    graph: Graph
    reader: RowReader
    run: Run
    report: SyncReport
    request: Request
    chunks: Chunks = field(default_factory=Chunks)
    progress: Progress = silent
    seq: int = 0
    pending: Pending = field(init=False)
    lot: Lot = field(init=False)
    _ends: dict[str, End] = field(default_factory=dict)
    _made: set[int] = field(default_factory=set)
    _filled: dict[Place, set[str]] = field(default_factory=dict)
    _identifiers: dict[str, Held] = field(default_factory=dict)
    _renew_at: float = 0.0
    _crowded: bool = False
    _decided: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Begin with nothing that waits."""
        self.pending = Pending(self.reader)
        self.lot = Lot(self.run.place)
        self.run.counts = self.report.counts

    # --- the lease -----------------------------------------------------------------------------

    async def take(self, state: Mapping[str, Any] | None = None) -> None:
        """Take the scope, or go on holding it.

        Raises:
            Conflict: SYNC_RUNNING.
        """
        self.run.number = int((await self._write(take_lease, self.run, state)).value)
        self._renewed()

    async def take_over(self, number: int) -> None:
        """Go on with a run; whoever drove it before is out, and what it did is found unchanged.

        Raises:
            BadInput: It was begun in another mode.
            NotFound: There is no such run.
            Conflict: RUN_OVER, SYNC_RUNNING.
        """
        run, run.number = self.run, number
        state = (await self._write(take_over, run, mode=run.mode)).value
        run.types = frozenset(state.get("types") or ())
        held = (await self.graph.rows("confm.sync_lease", scope=run.place, run=run.key))[0]
        run.record = held["record"] or {}
        self._renewed()

    async def end(self, status: str, state: Mapping[str, Any], *, whole: bool) -> None:
        """Note how the run ended, and let go of the scope."""
        begun, statements = perf_counter(), self.graph.statements
        outcome = await self._write(end, self.run, status, state, whole=whole)
        sent = self.graph.statements - statements
        cost = ChunkCost("end", 0, sent, perf_counter() - begun, outcome.seq)
        self.report.chunks.append(cost)

    async def remember(self, pairs: list[Pair]) -> None:
        """Keep what is known of rows beside any chunk."""
        await self._write(remember, self.run, pairs)
        self.run.index.accept(pairs)
        self._renewed()

    async def tidy(self) -> None:
        """Keep what is known and not yet kept; put the index together when it is scattered."""
        if self.run.index.has_news:
            await self.remember([])
        if self.run.index.buckets > MOST_BUCKETS:
            first = self.run.index.next_number
            for bucket in self.run.index.compacted():
                await self._write(remember, self.run, [], buckets=[bucket])
            await self._write(remember, self.run, [], below=first)

    async def act(self, verb: Callable[..., Awaitable[Any]], *args: Any) -> None:
        """Run a verb of the run that returns the run's record."""
        begun, statements = perf_counter(), self.graph.statements
        outcome = await self._write(verb, self.run, *args)
        self.run.record = outcome.value
        sent = self.graph.statements - statements
        cost = ChunkCost("proposals", len(args[0]), sent, perf_counter() - begun, outcome.seq)
        self.report.chunks.append(cost)
        self._follow(outcome.seq)

    async def park(self) -> None:
        """Park what could not go in, and take away what did meanwhile."""
        lot, self.lot.rows, self.lot.cleared = (
            Lot(self.run.place, self.lot.rows, self.lot.cleared),
            {},
            {},
        )
        self.report.counts["parked"] += len(lot.rows)
        if self.request.dry_run or not (lot.rows or lot.cleared):
            return
        left_out = int((await self._write(park, self.run, lot)).value)
        if left_out:
            self.report.say(no_room(left_out))
        self._renewed()

    def _renewed(self) -> None:
        self._renew_at = perf_counter() + LEASE.total_seconds() / 3

    async def _renew_if_due(self) -> None:
        if self.run.token and perf_counter() > self._renew_at:
            await self._write(renew, self.run)
            self._renewed()

    # --- elements ------------------------------------------------------------------------------

    async def elements(self, rows: Iterator[Row | None]) -> None:
        """Write all elements; one chunk is read while the database writes the one before."""

        async def read(size: int) -> list[Row]:
            return await self._batch(rows, size)

        def told(_rows: int) -> None:
            self.progress("elements", self.report.counts["read"])

        await self._in_chunks(read, self._elements, told)

    async def _in_chunks(
        self, read: Callable[[int], Awaitable[list[Row]]], put: Put, told: Callable[[int], None]
    ) -> None:
        """Write chunk after chunk; the next one is read while the database has work to do."""
        size, written = self.chunks.first, 0
        writing: asyncio.Task[float] | None = None
        try:
            while True:
                if writing is not None:
                    await self._decided.wait()
                batch = await read(size)
                if writing is not None:
                    size = self.chunks.after(size, await writing)
                    writing = None
                    told(written)
                if not batch:
                    return
                writing = self._begin(_halving(batch, put))
                written += len(batch)
        finally:
            if writing is not None:
                writing.cancel()
                await asyncio.gather(writing, return_exceptions=True)

    def _begin(self, work: Coroutine[Any, Any, float]) -> asyncio.Task[float]:
        """Begin to write a chunk.

        Until it is decided, the database has little to do, and what is read would only be in the
        way; from then on it is busy for long.
        """
        self._decided.clear()
        writing = asyncio.create_task(work)
        writing.add_done_callback(lambda _done: self._decided.set())
        return writing

    async def _batch(self, rows: Iterator[Row | None], size: int) -> list[Row]:
        """The next rows, the last of each key; none at the end."""
        batch: dict[str, Row] = {}
        for row in rows:
            if row is None:
                await asyncio.sleep(0)
                await self._renew_if_due()
            else:
                batch[row.key] = row
                if len(batch) >= size:
                    break
        return list(batch.values())

    async def _elements(self, rows: Sequence[Row]) -> float:
        begun, statements = perf_counter(), self.graph.statements
        outcome = await self._write(
            put_elements, self.reader, self.run, rows, self._identifiers, self._decided.set
        )
        written: WrittenElements = outcome.value
        if len(self._ends) < MOST_ENDS:
            self._ends.update(written.ends)
        self.report.counts["rejected"] += len(written.refused)
        self.pending.add(written.pending)
        if self.request.dry_run:
            self._identifiers.update(written.identifiers)
        return self._took("elements", len(rows), begun, statements, outcome)

    # --- relations -----------------------------------------------------------------------------

    async def relations(self) -> None:
        """Write the relations of all pending rows; those that found a place taken come last."""
        later = Pending(self.reader)
        await self._relations_of(self.pending.taken(), later)
        await self._relations_of(later.taken(), None)

    async def _relations_of(self, rows: Iterator[Row], later: Pending | None) -> None:
        fitting = _Fitting(rows)

        async def read(size: int) -> list[Row]:
            await self._renew_if_due()
            return await fitting.chunk(size)

        async def put(part: Sequence[Row]) -> float:
            return await self._relations(part, later)

        await self._in_chunks(read, put, lambda done: self.progress("relations", done))

    async def _relations(self, rows: Sequence[Row], later: Pending | None) -> float:
        begun, statements = perf_counter(), self.graph.statements
        before = Before(self._ends, self._made, self._filled, later is None, self.seq)
        before.crowded = self._crowded
        outcome = await self._write(put_relations, self.run, rows, before, self._decided.set)
        written: WrittenRelations = outcome.value
        if later is not None:
            later.add(written.later)
        self._remember_made(written)
        if self.request.dry_run:
            self._filled.update(written.filled)
        return self._took("relations", len(rows), begun, statements, outcome)

    def _remember_made(self, written: WrittenRelations) -> None:
        """Remember what was made and met, as far as there is room; a plan remembers all."""
        if self.request.dry_run or (not self._crowded and len(self._made) < MOST_MADE):
            self._made |= written.made
        elif written.made:
            self._crowded = True  # from now on all there are is looked at
            self._made.clear()
        if len(self._ends) < MOST_ENDS:
            self._ends.update(written.ends)

    # --- within --------------------------------------------------------------------------------

    async def _write(self, act: Callable[..., Awaitable[Any]], *args: Any, **given: Any) -> Outcome:
        return await self.graph.write(act, self.request, *args, **given)

    def _took(
        self, phase: str, rows: int, begun: float, statements: int, outcome: Outcome
    ) -> float:
        """Take over what a chunk has done, once it is committed."""
        written: Written = outcome.value
        seconds = perf_counter() - begun
        sent = self.graph.statements - statements
        self.report.chunks.append(ChunkCost(phase, rows, sent, seconds, outcome.seq))
        self.report.counts.update(written.counts)
        for problem in written.problems:
            self.report.say(problem)
        for place, word in written.results.items():
            self.report.result(place, word)
        for seen, faults in written.refused:
            self.lot.add(seen, faults)
        self.lot.settled(written.settled, self.run.parked)
        if self.request.dry_run:
            self.report.changes += written.changes
        else:
            self._committed(written, outcome.seq)
        return seconds

    def _committed(self, written: Written, seq: int | None) -> None:
        self.run.record = written.record
        if written.pairs:
            self.run.index.accept(written.pairs)
            self._renewed()
        self._follow(seq)

    def _follow(self, seq: int | None) -> None:
        """Take note of an entry; behind those of others, what is known may be outdated."""
        if seq is not None and self.seq == seq - 1:
            self.seq = seq


class _Fitting:
    """Chunks of rows that have at most so many relations, and at least one row."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self._kept: list[Row] = []

    async def chunk(self, size: int) -> list[Row]:
        """The next rows; none at the end. Others get a turn now and then."""
        part, weight = self._kept, sum(len(row.ties) + 1 for row in self._kept)
        self._kept = []
        for n, row in enumerate(self._rows, start=1):
            more = len(row.ties) + 1
            if part and weight + more > size:
                self._kept = [row]
                break
            part.append(row)
            weight += more
            if n % TURN == 0:
                await asyncio.sleep(0)
        return part


async def _halving(rows: Sequence[Row], put: Put) -> float:
    """Write rows in one transaction, or in halves where it takes more memory than it may."""
    try:
        return await put(rows)
    except Unavailable as error:
        if error.code != "TOO_LARGE" or len(rows) < 2:
            raise
    middle = len(rows) // 2
    return max([await _halving(part, put) for part in (rows[:middle], rows[middle:])])
