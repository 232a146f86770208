"""Runs that a client drives: begin, numbered chunks, end; resumed by whoever lives.

All that is known of a run is kept in the graph with each chunk, so that client, server and
database may die at any moment: the chunk that was not acknowledged is sent again, and finds what
it wrote unchanged. A server remembers its latest runs only to be quick.
"""

import asyncio
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from fitsm_graph.confm.sync import check_names, state_of
from fitsm_graph.confm.sync_blast import Blasts
from fitsm_graph.confm.sync_chunks import Chunk, check_chunks, earlier_answer, keep_chunk
from fitsm_graph.confm.sync_index import pack, unpack
from fitsm_graph.confm.sync_intake import Intake, Seen
from fitsm_graph.confm.sync_parked import told_problem
from fitsm_graph.confm.sync_parts import (
    all_types,
    check_declared,
    checked_fence,
    part_from,
    plain_part,
)
from fitsm_graph.confm.sync_pending import packed, unpacked
from fitsm_graph.confm.sync_report import SyncReport
from fitsm_graph.confm.sync_rows import RowReader
from fitsm_graph.confm.sync_runs import (
    LEASE,
    Run,
    check_lease_of,
    check_running,
    take_over,
)
from fitsm_graph.confm.sync_told import summary
from fitsm_graph.confm.sync_vanish import Ending, Part, conclude, without_parts
from fitsm_graph.confm.sync_writer import Chunks, Writer
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.ids import new_id
from fitsm_graph.model.registry import TypeRegistry

MOST_REMEMBERED = 16
PAGE = 20
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Who:
    """Who drives a run, and by which types.

    Attributes:
        request: For the verbs; its sight and its sources hold for all that is done.
    """

    registry: TypeRegistry
    request: Request


@dataclass(slots=True)
class Session:
    """A run as one process knows it.

    Attributes:
        taken: Numbers of the chunks that were taken in.
        parts: Declared at the beginning.
        restored: Begun by another process, or before an error.
    """

    writer: Writer
    intake: Intake
    registry: TypeRegistry
    taken: set[int] = field(default_factory=set)
    parts: list[Part] = field(default_factory=list)
    restored: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Sessions:
    """The runs that clients drive on one graph."""

    def __init__(
        self, graph: Graph, snapshot: Snapshot | None = None, chunks: Chunks | None = None
    ) -> None:
        self._graph = graph
        self._snapshot = snapshot
        self._chunks = chunks or Chunks()
        self._known: OrderedDict[str, Session] = OrderedDict()

    async def begin(
        self,
        who: Who,
        source: str,
        scope: str,
        mode: str,
        *,
        types: Sequence[str] = (),
        parts: Sequence[Part] = (),
        fence: str = "",
    ) -> Told:
        """Begin a run; returns its key, its fence and how long it may pause.

        A fence that the client makes up itself lets it ask twice: the run that has it goes on.

        Raises:
            BadInput: A name, the mode, a type, a part or the fence is wrong.
            Conflict: SYNC_RUNNING.
            Forbidden: SOURCE_NOT_YOURS.
        """
        check_names(source, scope, mode)
        check_declared(who.registry, types, parts)
        run = Run(source, scope, mode, checked_fence(fence) or new_id(self._graph.clock.now()))
        session = self._session(who, run)
        state = {
            "actor": who.request.actor,
            "via": who.request.via,
            "types": sorted(all_types(types, parts)),
            "parts": orjson.dumps([plain_part(each) for each in parts]).decode(),
        }
        await session.writer.take(state)
        await self._restore(session, state)
        self._remember(session)
        return _begun(run, max(session.taken, default=0))

    async def resume(self, who: Who, key: str, mode: str = "") -> Told:
        """Go on with a run under a new fence; whoever drove it before is out.

        Args:
            who: Who drives the run from now on.
            key: Of the run.
            mode: In which it must have begun; empty: in any.

        Raises:
            BadInput: It began in another mode.
            NotFound: There is no such run.
            Conflict: RUN_OVER, SYNC_RUNNING.
        """
        run = run_named(key)
        run.token = new_id(self._graph.clock.now())
        request = replace(who.request, run=key)
        outcome = await self._graph.write(take_over, request, run, mode=mode)
        run.mode = outcome.value["mode"]
        session = self._session(who, run)
        await self._restore(session, outcome.value)
        self._remember(session)
        last = max(session.taken, default=0)
        return {**_begun(run, last), "taken": sorted(session.taken)}

    async def take(
        self, who: Who, key: str, fence: str, number: int, digest: str, rows: Iterable[Seen]
    ) -> Told:
        """Take in a chunk; a repeated one is answered as it was.

        Args:
            who: Who drives the run.
            key: Of the run.
            fence: What `begin` or `resume` returned.
            number: Of the chunk, from 1; a number stands for one payload.
            digest: Of the payload.
            rows: What it says.

        Raises:
            Conflict: SYNC_LEASE_LOST, RUN_OVER, CHUNK_MISMATCH.
        """
        if not 1 <= number < 1_000_000_000:
            raise BadInput("chunks are numbered from 1", remedy="count them", path=("chunk",))
        session = await self._sending(who, key, fence)
        async with session.lock:
            earlier = await earlier_answer(self._graph, key, number, digest)
            if earlier is not None:
                answer: Told = orjson.loads(zlib.decompress(earlier))
                return {**answer, "replayed": True}
            try:
                return await self._take(session, number, digest, rows)
            except BaseException:
                self._known.pop(fence, None)  # what it knows may be ahead of the graph
                raise

    async def _take(self, session: Session, number: int, digest: str, rows: Iterable[Seen]) -> Told:
        writer, report, intake = session.writer, session.writer.report, session.intake
        before, said = report.counts.copy(), (len(report.problems), len(report.notices))
        report.results, intake.log, report.chunks = {}, [], []
        await writer.elements(intake.rows(rows))
        await writer.park()
        problems = report.problems[said[0] :] + report.notices[said[1] :]
        answer: Told = {
            "chunk": number,
            "counts": dict(sorted((report.counts - before).items())),
            "results": [list(each) for each in report.results.items()],
            "problems": [told_problem(each) for each in problems],
        }
        chunk = Chunk(
            number,
            digest,
            zlib.compress(orjson.dumps(answer), 1),
            pack(intake.log),
            packed(writer.pending.taken()),
            {"complete": report.complete, **writer.run.awaited.state},
        )
        await self._graph.write(keep_chunk, writer.request, writer.run, chunk)
        session.taken.add(number)
        report.problems = report.problems[-1:]  # told and parked; memory does not grow with them
        return {**answer, "replayed": False}

    async def end(
        self,
        who: Who,
        key: str,
        fence: str,
        ending: Ending,
        *,
        failed: Sequence[str] = (),
        chunks: int | None = None,
    ) -> Told:
        """End a run: relate what waited, decide on what vanished; a repeat is answered alike.

        Args:
            who: Who drives the run.
            key: Of the run.
            fence: What `begin` or `resume` returned.
            ending: Of which types it brought all there is.
            failed: Names of parts that failed.
            chunks: How many were sent; None: as many as arrived.

        Raises:
            Conflict: SYNC_LEASE_LOST, CHUNKS_MISSING.
        """
        over = await self._over(key, {"completed", "held"})
        if over is not None:
            return over
        session = await self._sending(who, key, fence)
        async with session.lock:
            check_chunks(session.taken, chunks)
            ending = without_parts(ending, session.parts, failed)
            try:
                return await self._end(session, ending)
            finally:
                self._known.pop(fence, None)

    async def _end(self, session: Session, ending: Ending) -> Told:
        writer, report, run = session.writer, session.writer.report, session.writer.run
        report.problems, report.chunks, after = [], [], 0
        while chunks := await self._chunks_after(run.key, after):
            after = chunks[-1][0]
            for _, _, pending in chunks:
                await self._relate(session, pending)
        await writer.relations()
        await writer.park()
        blasts = Blasts(self._snapshot, writer.request.sight) if self._snapshot else None
        held = await conclude(writer, session.intake, ending, blasts)
        await writer.tidy()
        report.status = "held" if held else "completed"
        told = summary(report)
        whole = run.mode == "snapshot" and report.complete and ending.everything
        state = {**state_of(report), **run.awaited.state, "summary": orjson.dumps(told).decode()}
        await writer.end(report.status, state, whole=whole)
        return told

    async def _relate(self, session: Session, pending: bytes | None) -> None:
        """Let the rows of a chunk wait for the end, but those that are related already."""
        known, reader = session.writer.run.index.content, session.writer.reader
        rows = [
            row
            for row in unpacked(pending or b"", reader, resumed=session.restored)
            if known.get(row.digests[0]) != row.digests[1]
        ]
        session.writer.pending.add(rows)

    async def abort(self, who: Who, key: str, fence: str) -> Told:
        """End a run without an end: what it wrote stays, and nothing vanishes.

        Raises:
            Conflict: SYNC_LEASE_LOST, RUN_OVER.
        """
        over = await self._over(key, {"aborted"})
        if over is not None:
            return over
        session = await self._found(who, key, fence)
        async with session.lock:
            self._known.pop(fence, None)
            session.writer.report.status = "aborted"
            told = summary(session.writer.report)
            state = {"summary": orjson.dumps(told).decode()}
            await session.writer.end("aborted", state, whole=False)
            return told

    # --- what is known ---------------------------------------------------------------------------

    def _session(self, who: Who, run: Run) -> Session:
        reader = RowReader(who.registry)
        report = SyncReport(source=run.source, scope=run.scope, mode=run.mode)
        report.status = "running"
        writer = Writer(self._graph, reader, run, report, who.request, self._chunks)
        intake = Intake(reader, run, report, lot=writer.lot)
        return Session(writer, intake, who.registry)

    def _remember(self, session: Session) -> None:
        self._known[session.writer.run.token] = session
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)

    async def _sending(self, who: Who, key: str, fence: str) -> Session:
        """The session of a run that takes records in; a reversal may be broken off at most."""
        session = await self._found(who, key, fence)
        if session.writer.run.mode == "revert":
            raise BadInput(
                f"run {key} takes no records",
                why="it reverts another run",
                remedy="revert that run again: what is left of it is undone",
            )
        return session

    async def _found(self, who: Who, key: str, fence: str) -> Session:
        """The session of a run; put together from the graph where this process has none."""
        run = run_named(key)
        held = (await self._graph.rows("confm.sync_lease", scope=run.place, run=key))[0]
        state = check_running(run, held["state"])
        run.token, run.mode = fence, state["mode"]
        check_lease_of(who.request, run, held["token"])
        known = self._known.get(fence)
        if known is not None and known.registry is who.registry:
            taken = state.get("taken") or 0
            if taken == len(known.taken):
                known.writer.request = replace(who.request, run=key)
                return known
        session = self._session(who, run)
        await self._restore(session, state)
        self._remember(session)
        return session

    async def _load(self, session: Session, state: Mapping[str, Any]) -> None:
        run, writer = session.writer.run, session.writer
        run.load((await self._graph.rows("confm.sync_scope", scope=run.place))[0])
        run.types = frozenset(state.get("types") or ())
        run.awaited.recall(state)
        session.parts = [part_from(each) for each in orjson.loads(state.get("parts") or "[]")]
        writer.seq = (await self._graph.head()).seq
        writer.report.run = run.key
        writer.request = replace(writer.request, run=run.key)

    async def _restore(self, session: Session, state: Mapping[str, Any]) -> None:
        """Put together what an earlier process knew of a run."""
        await self._load(session, state)
        report, run = session.writer.report, session.writer.run
        report.counts.update(orjson.loads(state.get("counts") or "{}"))
        report.complete = state.get("complete", True)
        held = (await self._graph.rows("confm.sync_lease", scope=run.place, run=run.key))[0]
        run.record = held["record"] or {}
        after = 0
        while chunks := await self._chunks_after(run.key, after):
            after = chunks[-1][0]
            for number, seen, _ in chunks:
                session.restored = True
                session.taken.add(number)
                session.intake.recall(unpack(seen or b""))

    async def _chunks_after(self, key: str, after: int) -> list[list[Any]]:
        rows = await self._graph.rows("confm.sync_run_chunks", run=key, after=after, limit=PAGE)
        chunks: list[list[Any]] = rows[0]["chunks"]
        return chunks

    async def _over(self, key: str, ways: set[str]) -> Told | None:
        """What was answered to a run that ended in one of some ways."""
        run = run_named(key)
        held = (await self._graph.rows("confm.sync_lease", scope=run.place, run=key))[0]
        state = held["state"]
        if state is None or not state.get("summary") or state["status"] not in ways:
            return None
        told: Told = orjson.loads(state["summary"])
        return {**told, "replayed": True}


def run_named(key: str) -> Run:
    """A run by its key, as far as the key tells.

    Raises:
        BadInput: It is no key of a run.
    """
    source, _, rest = key.partition("/")
    scope, _, number = rest.rpartition("/")
    if not number.isdecimal() or len(number) > 9:
        raise BadInput(f"'{key[:80]}' is no run", remedy="write source/scope/number", path=("run",))
    check_names(source, scope, "snapshot")
    return Run(source, scope, "snapshot", "", int(number))


def _begun(run: Run, last: int) -> Told:
    return {
        "run": run.key,
        "fence": run.token,
        "leaseSeconds": int(LEASE.total_seconds()),
        "lastChunk": last,
    }
