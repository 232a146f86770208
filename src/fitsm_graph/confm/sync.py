"""Bring the graph in line with what a source saw: plan, apply, and say what was done (PR11.3).

    report = await sync(graph, registry, ndjson.read(file), source="netbox", request=request)

Elements come first and relations after them, so that a relation may lead to an element that is
observed later in the same run. A row that says what it said last time costs no read and no
write. A bad row never stops the others. What a complete snapshot no longer has is proposed for
retirement and left alone.
"""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from fitsm_graph.confm.sync_elements import Held, WrittenElements, put_elements
from fitsm_graph.confm.sync_index import GONE, MOST_BUCKETS, HashIndex
from fitsm_graph.confm.sync_relations import Before, End, Place, WrittenRelations, put_relations
from fitsm_graph.confm.sync_report import ChunkCost, Progress, Retirement, SyncReport, silent
from fitsm_graph.confm.sync_rows import Row, RowReader, key_digest
from fitsm_graph.confm.sync_runs import LEASE, Run, Written, end, remember, take_lease
from fitsm_graph.graph.graph import Graph, Outcome
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.errors import BadInput, Conflict, FitsmError, Problem, Unavailable
from fitsm_graph.kernel.ids import new_id
from fitsm_graph.model.observation import Observation, Operation
from fitsm_graph.model.registry import TypeRegistry

MODES = ("snapshot", "delta", "enrich")
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
_PAGE = 20_000
_TURN = 32
"""Rows that are read in one go, about 2 ms."""
Seen = Observation | Problem


@dataclass(frozen=True, slots=True)
class Chunks:
    """How rows are put together.

    Attributes:
        first: Rows of the first chunk.
        most: Rows, or relations, of the largest.
        seconds: What a chunk should take, so that other writers wait no longer.
    """

    first: int = 500
    most: int = 5_000
    seconds: float = 0.25


async def sync(
    graph: Graph,
    registry: TypeRegistry,
    observations: Iterable[Seen],
    *,
    source: str,
    request: Request,
    scope: str = "default",
    mode: str = "snapshot",
    plan_only: bool = False,
    plan: str = "",
    atomic: bool = False,
    reexamine: bool = False,
    chunks: Chunks | None = None,
    progress: Progress = silent,
) -> SyncReport:
    """Sync one scope of a source.

    Args:
        graph: Where to.
        registry: The types in force.
        observations: What was seen, and what could not be read; taken as a stream, unless a plan
            is given or `atomic`.
        source: Name of the source, such as ``netbox``.
        request: Who asks.
        scope: Part of the source; absence means something within it only.
        mode: snapshot (all there is), delta (what changed), enrich (never creates).
        plan_only: Decide and tell; write nothing.
        plan: Name of a plan; refused when the graph or the input is another.
        atomic: Write only if no row has a problem.
        reexamine: Look at unchanged rows too, and so mend what was changed by hand.
        chunks: How rows are put together.
        progress: Told what is done.

    Raises:
        BadInput: A name or the mode is wrong; or the input itself cannot be read.
        Conflict: SYNC_RUNNING, SYNC_LEASE_LOST, PLAN_STALE.
        Unavailable: The database went away; what was written stays, and a repeat goes on.
    """
    _check_names(source, scope, mode)
    made = _Sync(graph, RowReader(registry), source, scope, mode, request, reexamine=reexamine)
    made.chunks = chunks or Chunks()
    made.progress = progress
    if plan_only:
        return await made.plan(observations)
    if atomic or plan:
        observations = list(observations)
    if plan:
        await made.check_plan(plan, observations)
    if atomic:
        planned = await made.again().plan(observations)
        if planned.problems:
            planned.status = "refused"
            return planned
    return await made.apply(observations)


def _check_names(source: str, scope: str, mode: str) -> None:
    problems = [
        Problem(
            "BAD_INPUT",
            f"'{name}' is no name of a {what}",
            remedy="1 to 64 letters, digits, dots, dashes or underscores",
            path=(what,),
        )
        for what, name in (("source", source), ("scope", scope))
        if not _NAME.match(name)
    ]
    if mode not in MODES:
        remedy = f"one of {', '.join(MODES)}"
        problems.append(Problem("BAD_INPUT", f"'{mode}' is no mode", remedy=remedy, path=("mode",)))
    if problems:
        raise BadInput.of(problems)


class _Sync:
    """One run, or the planning of one."""

    def __init__(
        self,
        graph: Graph,
        reader: RowReader,
        source: str,
        scope: str,
        mode: str,
        request: Request,
        *,
        reexamine: bool,
    ) -> None:
        self.graph = graph
        self.reader = reader
        self.request = request
        self.reexamine = reexamine
        self.chunks = Chunks()
        self.progress: Progress = silent
        self.run = Run(source, scope, mode, token="")
        self.report = SyncReport(source=source, scope=scope, mode=mode)
        self.seen: dict[int, int] = {}
        self.deleted: set[int] = set()
        self.input_digest = 0
        self.unreadable: set[str | int] = set()
        self.ends: dict[str, End] = {}
        self.made: set[int] = set()
        self.filled: dict[Place, set[str]] = {}
        self.identifiers: dict[str, Held] = {}
        self.pending: dict[str, Row] = {}
        self.seq = 0
        self.renew_at = 0.0

    def again(self) -> "_Sync":
        """A fresh one with the same settings."""
        run = self.run
        made = _Sync(
            self.graph,
            self.reader,
            run.source,
            run.scope,
            run.mode,
            self.request,
            reexamine=self.reexamine,
        )
        made.chunks, made.progress = self.chunks, self.progress
        return made

    # --- the two ways ------------------------------------------------------------------------

    async def plan(self, observations: Iterable[Seen]) -> SyncReport:
        """Decide everything, write nothing."""
        self.request = replace(self.request, dry_run=True)
        await self._begin()
        await self._both_phases(observations)
        self.report.plan = self._plan_name()
        return self.report

    async def apply(self, observations: Iterable[Seen]) -> SyncReport:
        """Decide and write."""
        self.run.token = new_id(self.graph.clock.now())
        outcome = await self._write(take_lease, self.run)
        self.run.number = int(outcome.value)
        self.report.run = self.run.key
        self.request = replace(self.request, run=self.run.key)
        try:
            await self._begin()
            await self._both_phases(observations)
            await self._tidy()
            await self._end("completed")
        except (FitsmError, asyncio.CancelledError):
            with contextlib.suppress(FitsmError):
                await self._end("failed")
            raise
        self.report.status = "completed"
        return self.report

    async def check_plan(self, plan: str, observations: Iterable[Seen]) -> None:
        """Refuse a plan that was made on another state of the graph, or of other input.

        Raises:
            Conflict: PLAN_STALE.
        """
        seq = (await self.graph.head()).seq
        digest = 0
        for seen in observations:
            if isinstance(seen, Observation):
                with contextlib.suppress(BadInput):
                    digest += _row_digest(key_digest(seen.key), self.reader.content_digest(seen))
        if _plan_name(seq, digest) != plan:
            moved = plan.partition("-")[0] != str(seq)
            raise Conflict(
                "the plan no longer holds",
                code="PLAN_STALE",
                why=f"the graph stands at entry {seq} now" if moved else "the input is another",
                remedy="plan again, and look at the new plan",
                path=("plan",),
            )

    async def _begin(self) -> None:
        row = (await self.graph.rows("confm.sync_scope", scope=self.run.place))[0]
        self.run.index = HashIndex.of(self.run.place, row)
        self.seq = (await self.graph.head()).seq
        self._renewed()

    async def _both_phases(self, observations: Iterable[Seen]) -> None:
        await self._all_elements(observations)
        pending, self.pending = list(self.pending.values()), {}
        later = await self._all_relations(pending, last=False)
        await self._all_relations(later, last=True)
        await self._retirements()

    async def _all_elements(self, observations: Iterable[Seen]) -> None:
        """Read one chunk while the database writes the one before."""
        rows = self._rows(observations)
        size, writing = self.chunks.first, None
        try:
            while True:
                batch = await self._batch(rows, size)
                if writing is not None:
                    size = self._next_size(size, await writing)
                    writing = None
                    self.progress("elements", self.report.counts["read"])
                await self._renew_if_due()
                if not batch:
                    return
                writing = asyncio.create_task(self._elements(_last_of_each_key(batch)))
        finally:
            if writing is not None:
                writing.cancel()
                await asyncio.gather(writing, return_exceptions=True)

    async def _batch(self, rows: Iterator[Row | None], size: int) -> list[Row]:
        """The next rows to write; none at the end. Others get their turn all the while."""
        batch: list[Row] = []
        until = perf_counter() + LEASE.total_seconds() / 6
        for row in rows:
            if row is None:
                await asyncio.sleep(0)
                if perf_counter() > until:
                    await self._renew_if_due()
                    until = perf_counter() + LEASE.total_seconds() / 6
                continue
            batch.append(row)
            if len(batch) >= size:
                break
        return batch

    # --- reading -----------------------------------------------------------------------------

    def _rows(self, observations: Iterable[Seen]) -> Iterator[Row | None]:
        """Rows that are to be written; now and then None, so that others get a turn."""
        for n, seen in enumerate(observations, start=1):
            row = self._look_at(seen)
            if row is not None:
                yield row
            if n % _TURN == 0:
                yield None

    def _look_at(self, seen: Seen) -> Row | None:
        """Count an observation, and read it unless it says what it said last time."""
        report = self.report
        if isinstance(seen, Problem):
            self._unreadable(seen)
            return None
        report.counts["read"] += 1
        key = key_digest(seen.key)
        try:
            content = self.reader.content_digest(seen)
        except BadInput as error:
            self._reject(error.problems)
            return None
        self.input_digest += _row_digest(key, content)
        earlier = self.seen.get(key)
        self.seen[key] = content
        if seen.op is not Operation.UPSERT:
            self._without_content(seen, key)
            return None
        if earlier is not None and earlier != content:
            report.say(_repeated(seen))
        if earlier == content or (
            self.run.index.content.get(key) == content and not self.reexamine
        ):
            report.counts["unchanged"] += 1
            return None
        row, problems = self.reader.read(seen, (key, content))
        if row is None:
            self._reject(problems)
        return row

    def _without_content(self, seen: Observation, key: int) -> None:
        if seen.op is Operation.DELETE:
            self.deleted.add(key)
            self.report.counts["deleted"] += 1
        else:
            self.report.counts["touched"] += 1

    def _unreadable(self, problem: Problem) -> None:
        before = len(self.report.problems)
        self.report.say(problem)
        place = problem.path[0] if problem.path else ""
        if len(self.report.problems) > before and place not in self.unreadable:
            self.unreadable.add(place)
            self.report.counts["read"] += 1
            self.report.counts["rejected"] += 1
            self.report.complete = False

    def _reject(self, problems: Iterable[Problem]) -> None:
        self.report.problems.extend(problems)
        self.report.counts["rejected"] += 1

    # --- writing -----------------------------------------------------------------------------

    async def _elements(self, rows: Sequence[Row]) -> float:
        async def put(part: Sequence[Row]) -> float:
            begun, statements = perf_counter(), self.graph.statements
            outcome = await self._write(put_elements, self.reader, self.run, part, self.identifiers)
            written: WrittenElements = outcome.value
            self.ends.update(written.ends)
            self.report.counts["rejected"] += written.refused
            for row in written.pending:
                self.pending[row.key] = row
            if self.request.dry_run:
                self.identifiers.update(written.identifiers)
            return self._took("elements", len(part), begun, statements, outcome)

        return await _halving(rows, put)

    async def _all_relations(self, rows: Sequence[Row], *, last: bool) -> list[Row]:
        later: list[Row] = []
        size, start, done = self.chunks.first, 0, 0
        while start < len(rows):
            stop = _fitting(rows, start, size)
            seconds = await self._relations(rows[start:stop], later, last=last)
            size = self._next_size(size, seconds)
            done += stop - start
            start = stop
            self.progress("relations", done)
            await self._renew_if_due()
        return later

    async def _relations(self, rows: Sequence[Row], later: list[Row], *, last: bool) -> float:
        async def put(part: Sequence[Row]) -> float:
            begun, statements = perf_counter(), self.graph.statements
            before = Before(self.ends, self.made, self.filled, last, self.seq)
            outcome = await self._write(put_relations, self.run, part, before)
            written: WrittenRelations = outcome.value
            later.extend(written.later)
            self.made |= written.made
            self.ends.update(written.ends)
            if self.request.dry_run:
                self.filled.update(written.filled)
            return self._took("relations", len(part), begun, statements, outcome)

        return await _halving(rows, put)

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
        if self.request.dry_run:
            self.report.changes += written.changes
        else:
            self.run.record = written.record
        if written.pairs and not self.request.dry_run:
            self.run.index.accept(written.pairs)
            self._renewed()
        if outcome.seq is not None:
            alone = self.seq == outcome.seq - 1
            self.seq = outcome.seq if alone else self.seq
        return seconds

    def _next_size(self, size: int, seconds: float) -> int:
        """Sizes follow the time the last chunk took, and at most double."""
        factor = min(2.0, max(0.5, self.chunks.seconds / max(seconds, 0.001)))
        return max(1, min(self.chunks.most, int(size * factor)))

    async def _write(self, run: Callable[..., Awaitable[Any]], *args: Any, **given: Any) -> Outcome:
        return await self.graph.write(run, self.request, *args, **given)

    # --- the end -----------------------------------------------------------------------------

    async def _retirements(self) -> None:
        """Propose what is gone: said so by the source, or absent from a complete snapshot."""
        gone = set(self.deleted)
        if self.run.mode == "snapshot" and self.report.complete:
            gone |= self.run.index.content.keys() - self.seen.keys()
        elif self.run.mode == "snapshot":
            self.report.say(_not_complete())
        if not gone:
            return
        live: set[int] = set()
        async for key, type_name, name in self._live_elements():
            digest = key_digest(key)
            if digest in gone:
                live.add(digest)
                self.report.retirements.append(Retirement(key, type_name, name))
        self.report.counts["retirements_proposed"] = len(self.report.retirements)
        forgotten = sorted((gone - live) & self.run.index.content.keys())
        if forgotten and not self.request.dry_run:
            await self._remember([(key, GONE) for key in forgotten])

    async def _live_elements(self) -> Any:
        after = ""
        while True:
            rows = await self.graph.rows("confm.sync_live_elements", after=after, limit=_PAGE)
            page = rows[0]["elements"]
            for each in page:
                yield each
            if len(page) < _PAGE:
                return
            after = page[-1][0]

    async def _remember(self, pairs: list[tuple[int, int]]) -> None:
        await self._write(remember, self.run, pairs)
        self.run.index.accept(pairs)
        self._renewed()

    async def _tidy(self) -> None:
        if self.run.index.buckets > MOST_BUCKETS:
            await self._write(remember, self.run, [], compact=True)

    async def _end(self, status: str) -> None:
        begun, statements = perf_counter(), self.graph.statements
        whole = status == "completed" and self.run.mode == "snapshot" and self.report.complete
        outcome = await self._write(end, self.run, status, self.report.counts, whole=whole)
        seconds = perf_counter() - begun
        sent = self.graph.statements - statements
        self.report.chunks.append(ChunkCost("end", 0, sent, seconds, outcome.seq))

    def _renewed(self) -> None:
        self.renew_at = perf_counter() + LEASE.total_seconds() / 3

    async def _renew_if_due(self) -> None:
        if self.run.token and perf_counter() > self.renew_at:
            await self._write(take_lease, self.run)
            self._renewed()

    def _plan_name(self) -> str:
        return _plan_name(self.seq, self.input_digest)


def _row_digest(key: int, content: int) -> int:
    """Of a row, such that the sum over all rows does not depend on their order."""
    return hash((key, content)) & 0xFFFF_FFFF_FFFF_FFFF


def _plan_name(seq: int, digest: int) -> str:
    return f"{seq}-{digest & 0xFFFF_FFFF_FFFF_FFFF:016x}"


def _last_of_each_key(rows: Sequence[Row]) -> list[Row]:
    return list({row.key: row for row in rows}.values())


def _fitting(rows: Sequence[Row], start: int, size: int) -> int:
    """Where a chunk ends that has at most so many relations, and at least one row."""
    stop, weight = start, 0
    while stop < len(rows) and (stop == start or weight + len(rows[stop].ties) + 1 <= size):
        weight += len(rows[stop].ties) + 1
        stop += 1
    return stop


async def _halving(rows: Sequence[Row], put: Callable[[Sequence[Row]], Awaitable[float]]) -> float:
    """Write rows in one transaction, or in halves where it takes more memory than it may."""
    try:
        return await put(rows)
    except Unavailable as error:
        if error.code != "TOO_LARGE" or len(rows) < 2:
            raise
    middle = len(rows) // 2
    return max([await _halving(part, put) for part in (rows[:middle], rows[middle:])])


def _repeated(seen: Observation) -> Problem:
    return Problem(
        "REPEATED_KEY",
        f"the key '{seen.key}' came before in this run, with other content",
        "the later row stands",
        "give each element one row",
        (seen.place or seen.key, "key"),
    )


def _not_complete() -> Problem:
    return Problem(
        "NOT_COMPLETE",
        "no retirement is proposed",
        "some rows could not be read, and what is missing may be among them",
        "mend them and sync again",
    )
