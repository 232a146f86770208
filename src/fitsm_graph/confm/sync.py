"""Bring the graph in line with what a source saw: plan, apply, and say what was done (PR11.3).

    report = await sync(graph, registry, ndjson.unread(file), source="netbox", request=request)

Elements come first and relations after them, so that a relation may lead to an element that is
observed later in the same run. A row that says what it said last time costs no read and no
write. A bad row never stops the others. What a complete snapshot no longer has is proposed for
retirement and left alone.
"""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import orjson

from fitsm_graph.confm.sync_blast import Blasts
from fitsm_graph.confm.sync_index import pack
from fitsm_graph.confm.sync_intake import Intake, Seen
from fitsm_graph.confm.sync_plan import check_plan, entry_of, expected_of, plan_name
from fitsm_graph.confm.sync_report import Progress, SyncReport, silent
from fitsm_graph.confm.sync_rows import RowReader, key_digest
from fitsm_graph.confm.sync_runs import Run
from fitsm_graph.confm.sync_vanish import ALL_COMPLETE, Ending, conclude, losses_as_data
from fitsm_graph.confm.sync_writer import Chunks, Writer
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.errors import BadInput, FitsmError, Problem
from fitsm_graph.kernel.ids import new_id
from fitsm_graph.model.observation import NAMED, SOURCE_NAME
from fitsm_graph.model.registry import TypeRegistry

__all__ = ["Chunks", "Ending", "Options", "SyncReport", "sync"]

MODES = ("snapshot", "delta", "enrich")
MOST_DIGITS = 9
"""Of a run's number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a run is done.

    Attributes:
        scope: Part of the source; absence means something within it only.
        mode: snapshot (all there is), delta (what changed), enrich (never creates).
        ending: Of which types a snapshot brings all there is.
        plan_only: Decide and tell; write nothing.
        plan: Name of a plan; refused when the graph or the input moved.
        atomic: Write only if no row has a problem.
        resume: Key of a run to go on with, whoever drove it before; empty: begin a new one.
        reexamine: Look at unchanged rows too, and so mend what was changed by hand.
        chunks: How rows are put together.
        progress: Told what is done.
        blasts: Answers what retirements would do; None: that is not looked at.
    """

    scope: str = "default"
    mode: str = "snapshot"
    ending: Ending = ALL_COMPLETE
    plan_only: bool = False
    plan: str = ""
    atomic: bool = False
    resume: str = ""
    reexamine: bool = False
    chunks: Chunks | None = None
    progress: Progress = silent
    blasts: Blasts | None = None


async def sync(
    graph: Graph,
    registry: TypeRegistry,
    observations: Iterable[Seen],
    *,
    source: str,
    request: Request,
    **options: Any,
) -> SyncReport:
    """Sync one scope of a source.

    Args:
        graph: Where to.
        registry: The types in force.
        observations: What was seen, and what could not be read; taken as a stream, unless a plan
            is given or `atomic`.
        source: Name of the source, such as ``netbox``.
        request: Who asks.
        options: Fields of `Options`.

    Raises:
        BadInput: A name, the mode, the plan or the run is wrong; or the input cannot be read.
        Conflict: SYNC_RUNNING, SYNC_LEASE_LOST, PLAN_STALE, RUN_OVER.
        Forbidden: SOURCE_NOT_YOURS.
        NotFound: There is no such run to go on with.
        Unavailable: The database went away; what was written stays, and a repeat goes on.
    """
    how = Options(**options)
    check_names(source, how.scope, how.mode)
    job = _Job(graph, RowReader(registry), source, request, how)
    if how.plan_only:
        return await job.plan(observations)
    if not (how.atomic or how.plan):
        return await job.apply(observations)
    observations = list(observations)
    if how.plan:
        entry_of(how.plan)
    planned = await job.plan(observations)
    if how.plan:
        await check_plan(graph, how.plan, planned)
    if how.atomic and planned.problems:
        planned.status = "refused"
        return planned
    return await job.apply(observations, expected_of(planned))


def check_names(source: str, scope: str, mode: str) -> None:
    """Refuse names that are none, and modes that there are not.

    Raises:
        BadInput: With all that is wrong.
    """
    problems = [
        Problem("BAD_INPUT", f"'{name}' is no name of a {what}", remedy=NAMED, path=(what,))
        for what, name in (("source", source), ("scope", scope))
        if not SOURCE_NAME.match(name)
    ]
    if mode not in MODES:
        remedy = f"one of {', '.join(MODES)}"
        problems.append(Problem("BAD_INPUT", f"'{mode}' is no mode", remedy=remedy, path=("mode",)))
    if problems:
        raise BadInput.of(problems)


def number_in(key: str, place: str) -> int:
    """The number of a run of a scope, by its key.

    Raises:
        BadInput: It is no key of a run of this scope.
    """
    scope, _, number = key.rpartition("/")
    if scope == place and number.isdecimal() and len(number) <= MOST_DIGITS:
        return int(number)
    remedy = f"write {place}/ and its number; `fitsm-graph sync runs` lists them"
    raise BadInput(f"'{key[:80]}' is no run of {place}", remedy=remedy, path=("resume",))


@dataclass(slots=True)
class _Job:
    """What is to be synced, and how."""

    graph: Graph
    reader: RowReader
    source: str
    request: Request
    how: Options

    async def plan(self, observations: Iterable[Seen]) -> SyncReport:
        """Decide everything, write nothing."""
        writer = self._writer("", replace(self.request, dry_run=True))
        intake = await self._intake(writer)
        await self._run(writer, intake, observations)
        writer.report.plan = plan_name(writer.report, writer.seq, intake.digest)
        return writer.report

    async def apply(
        self, observations: Iterable[Seen], expected: frozenset[int] | None = None
    ) -> SyncReport:
        """Decide and write."""
        writer = self._writer(new_id(self.graph.clock.now()), self.request)
        report, writer.run.expected = writer.report, expected
        await self._hold(writer)
        report.run = writer.run.key
        writer.request = replace(self.request, run=report.run)
        report.status = "failed"
        try:
            intake = await self._intake(writer)
            held = await self._run(writer, intake, observations)
            await writer.tidy()
            report.status = "held" if held else "completed"
        finally:
            await close(writer, whole=self._is_whole(report))
        return report

    async def _hold(self, writer: Writer) -> None:
        """Take the scope for a new run, or take over one that its driver left."""
        if self.how.resume:
            await writer.take_over(number_in(self.how.resume, writer.run.place))
        else:
            await writer.take({"actor": self.request.actor, "via": self.request.via})

    def _is_whole(self, report: SyncReport) -> bool:
        return self.how.mode == "snapshot" and report.complete and self.how.ending.everything

    def _writer(self, token: str, request: Request) -> Writer:
        how = self.how
        run = Run(self.source, how.scope, how.mode, token)
        report = SyncReport(source=self.source, scope=how.scope, mode=how.mode)
        chunks = how.chunks or Chunks()
        return Writer(self.graph, self.reader, run, report, request, chunks, how.progress)

    async def _intake(self, writer: Writer) -> Intake:
        run = writer.run
        run.load((await self.graph.rows("confm.sync_scope", scope=run.place))[0])
        writer.seq = (await self.graph.head()).seq
        return Intake(self.reader, run, writer.report, self.how.reexamine, lot=writer.lot)

    async def _run(self, writer: Writer, intake: Intake, observations: Iterable[Seen]) -> bool:
        """Everything between taking the scope and letting go of it; whether the run is held."""
        await writer.elements(intake.rows(observations))
        await writer.relations()
        await writer.park()
        return await conclude(writer, intake, self.how.ending, self.how.blasts)


async def close(writer: Writer, *, whole: bool) -> None:
    """Note how a run ended and let go of the scope; of a failed one as far as that can be done."""
    report = writer.report
    if report.status in {"completed", "held"}:
        state = {**state_of(report), **writer.run.awaited.state}
        await writer.end(report.status, state, whole=whole)
        return
    with contextlib.suppress(FitsmError):
        await writer.end("failed", state_of(report), whole=False)


def state_of(report: SyncReport) -> dict[str, Any]:
    """What is kept of a run's end for those who look."""
    held = pack((key_digest(each.key), 0) for each in report.retirements) if report.hold else None
    problems = len(report.problems)
    return {
        "problems": problems,
        "plan": report.hold or None,
        "held": held,
        "losses": orjson.dumps(losses_as_data(report.losses)).decode(),
    }
