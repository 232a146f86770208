"""Bring the graph in line with what a source saw: plan, apply, and say what was done (PR11.3).

    report = await sync(graph, registry, ndjson.read(file), source="netbox", request=request)

Elements come first and relations after them, so that a relation may lead to an element that is
observed later in the same run. A row that says what it said last time costs no read and no
write. A bad row never stops the others. What a complete snapshot no longer has is proposed for
retirement and left alone.
"""

import contextlib
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field, replace

from fitsm_graph.confm.sync_index import GONE, HashIndex
from fitsm_graph.confm.sync_intake import Intake, Seen, input_digest
from fitsm_graph.confm.sync_report import Progress, Retirement, SyncReport, silent
from fitsm_graph.confm.sync_rows import RowReader, key_digest
from fitsm_graph.confm.sync_runs import Run, plan_is_stale
from fitsm_graph.confm.sync_writer import Chunks, Writer
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.errors import BadInput, FitsmError, Problem
from fitsm_graph.kernel.ids import new_id
from fitsm_graph.model.registry import TypeRegistry

__all__ = ["Chunks", "SyncReport", "sync"]

MODES = ("snapshot", "delta", "enrich")
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
_PAGE = 20_000


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
    job = _Job(graph, RowReader(registry), source, scope, mode, request)
    job.reexamine, job.chunks, job.progress = reexamine, chunks or Chunks(), progress
    if plan_only:
        return await job.plan(observations)
    if atomic or plan:
        observations = list(observations)
    if atomic:
        planned = await job.plan(observations)
        if planned.problems:
            planned.status = "refused"
            return planned
        plan = plan or planned.plan
    return await job.apply(observations, plan)


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


@dataclass(slots=True)
class _Job:
    """What is to be synced, and how."""

    graph: Graph
    reader: RowReader
    source: str
    scope: str
    mode: str
    request: Request
    reexamine: bool = False
    chunks: Chunks = field(default_factory=Chunks)
    progress: Progress = silent

    async def plan(self, observations: Iterable[Seen]) -> SyncReport:
        """Decide everything, write nothing."""
        writer = self._writer("", replace(self.request, dry_run=True))
        intake = await self._intake(writer)
        await self._run(writer, intake, observations)
        writer.report.plan = _plan_name(writer.seq, intake.digest)
        return writer.report

    async def apply(self, observations: Iterable[Seen], plan: str) -> SyncReport:
        """Decide and write."""
        writer = self._writer(new_id(self.graph.clock.now()), self.request)
        report = writer.report
        await writer.take()
        report.run = writer.run.key
        writer.request = replace(self.request, run=report.run)
        report.status = "failed"
        try:
            intake = await self._intake(writer)
            if plan:
                self._check_plan(plan, writer, observations)
            await self._run(writer, intake, observations)
            await writer.tidy()
            report.status = "completed"
        finally:
            if report.status == "completed":
                await writer.end("completed", whole=self.mode == "snapshot" and report.complete)
            else:
                with contextlib.suppress(FitsmError):
                    await writer.end("failed", whole=False)
        return report

    def _writer(self, token: str, request: Request) -> Writer:
        run = Run(self.source, self.scope, self.mode, token)
        report = SyncReport(source=self.source, scope=self.scope, mode=self.mode)
        chunks, progress = self.chunks, self.progress
        return Writer(self.graph, self.reader, run, report, request, chunks, progress)

    async def _intake(self, writer: Writer) -> Intake:
        run = writer.run
        row = (await self.graph.rows("confm.sync_scope", scope=run.place))[0]
        run.index = HashIndex.of(run.place, row)
        writer.seq = (await self.graph.head()).seq
        return Intake(self.reader, run, writer.report, self.reexamine)

    def _check_plan(self, plan: str, writer: Writer, observations: Iterable[Seen]) -> None:
        """Refuse a plan that was made on another state of the graph, or of other input.

        Raises:
            Conflict: PLAN_STALE.
        """
        if plan.partition("-")[0] != str(writer.seq):
            raise plan_is_stale(f"the graph stands at entry {writer.seq} now")
        if plan != _plan_name(writer.seq, input_digest(self.reader, observations)):
            raise plan_is_stale("the input is another")
        writer.run.planned_at = writer.seq

    async def _run(self, writer: Writer, intake: Intake, observations: Iterable[Seen]) -> None:
        await writer.elements(intake.rows(observations))
        await writer.relations()
        await self._retirements(writer, intake)

    async def _retirements(self, writer: Writer, intake: Intake) -> None:
        """Propose what is gone, and forget what a person has retired since."""
        report = writer.report
        if self.mode == "snapshot" and not report.complete:
            report.say(_not_complete())
        gone = intake.gone()
        if not gone:
            return
        live: set[int] = set()
        async for key, type_name, name in self._live_elements():
            digest = key_digest(key)
            if digest in gone:
                live.add(digest)
                report.retirements.append(Retirement(key, type_name, name))
        report.counts["retirements_proposed"] = len(report.retirements)
        forgotten = sorted((gone - live) & writer.run.index.content.keys())
        if forgotten and not writer.request.dry_run:
            await writer.remember([(key, GONE) for key in forgotten])

    async def _live_elements(self) -> AsyncIterator[list[str]]:
        after = ""
        while True:
            rows = await self.graph.rows("confm.sync_live_elements", after=after, limit=_PAGE)
            page = rows[0]["elements"]
            for each in page:
                yield each
            if len(page) < _PAGE:
                return
            after = page[-1][0]


def _plan_name(seq: int, digest: int) -> str:
    return f"{seq}-{digest & 0xFFFF_FFFF_FFFF_FFFF:016x}"


def _not_complete() -> Problem:
    return Problem(
        "NOT_COMPLETE",
        "no retirement is proposed",
        "some rows could not be read, and what is missing may be among them",
        "mend them and sync again",
    )
