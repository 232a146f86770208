"""A run's hold of its scope: one live run for each, by a lease outside the ledger (PR11.3).

The lease carries a token, the fence: every transaction of a run compares it with the one that the
scope has, under the ledger's head, so that a run whose scope was taken over writes nothing more.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fitsm_graph.confm.sync_awaited import Awaited
from fitsm_graph.confm.sync_index import UNSETTLED, HashIndex, Pair
from fitsm_graph.confm.sync_report import PlannedChange
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx, check_source
from fitsm_graph.graph.verb import Request, verb
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, Conflict, NotFound, Problem
from fitsm_graph.model.declare import Process
from fitsm_graph.model.observation import Observation

LEASE = timedelta(seconds=60)
RUNS_KEPT = 100
"""Runs of a scope that are remembered; what they did stands in the ledger for ever."""


@dataclass(slots=True)
class Run:
    """A run, or the planning of one.

    Attributes:
        token: Fences its writes; empty for a plan, which writes nothing.
        number: Of the run within its scope; 0 for a plan.
        record: Its SyncRun, once something changed; an unchanged run leaves none.
        index: What the scope's rows were last time.
        types: CI types and kinds that the run declared; empty: any.
        expected: Digests of the changes of the plan that is carried out; None: there is none.
        repeated: Keys that came twice; a plan shows them otherwise than the rows in their order.
        parked: Keys of records of which a row is parked.
        awaited: What implemented changes wait for it to say.
        proposals: Proposals to retire that are open or dismissed.
        counts: What was done so far, for those who look.
    """

    source: str
    scope: str
    mode: str
    token: str
    number: int = 0
    record: Properties = field(default_factory=dict)
    index: HashIndex = field(default_factory=lambda: HashIndex(""))
    types: frozenset[str] = frozenset()
    expected: frozenset[int] | None = None
    repeated: set[str] = field(default_factory=set)
    parked: set[str] = field(default_factory=set)
    awaited: Awaited = field(default_factory=Awaited)
    proposals: list[Properties] = field(default_factory=list)
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def tells(self) -> bool:
        """Whether each change is told: by a plan, and to what carries one out."""
        return not self.token or self.expected is not None

    @property
    def place(self) -> str:
        """Key of the scope."""
        return f"{self.source}/{self.scope}"

    @property
    def key(self) -> str:
        """Key of the run."""
        return f"{self.place}/{self.number}" if self.number else ""

    def load(self, row: Properties) -> None:
        """Take in the row of `confm.sync_scope`."""
        self.index = HashIndex.of(self.place, row)
        self.parked = set(row["parked"])
        self.proposals = row["proposals"]
        self.awaited = Awaited.by(row["awaited"])


def check_lease(tx: Tx, run: Run, token: str | None) -> None:
    """Refuse to write for a run whose scope another has taken over meanwhile.

    Raises:
        Conflict: SYNC_LEASE_LOST.
        Forbidden: SOURCE_NOT_YOURS.
    """
    tx.check_source(run.source)
    if run.token and token != run.token:
        raise lease_lost(run)


def check_lease_of(request: Request, run: Run, token: str | None) -> None:
    """The same outside a transaction, so that nothing is read for nobody.

    Raises:
        Conflict: SYNC_LEASE_LOST.
        Forbidden: SOURCE_NOT_YOURS.
    """
    check_source(request.sources, run.source)
    if token != run.token:
        raise lease_lost(run)


def lease_lost(run: Run) -> Conflict:
    """The error of a run whose scope is another's by now."""
    return Conflict(
        f"run {run.key} no longer holds {run.place}",
        code="SYNC_LEASE_LOST",
        why="it ended, or another took its scope over",
        remedy="start it again; what it wrote is kept and found unchanged",
    )


def lease_end(at: str) -> str:
    """When a lease given at a moment ends."""
    return to_text(from_text(at) + LEASE)


@verb("sync.lease", room=Process.CONFM, requirement="PR11.3")
async def take_lease(tx: Tx, run: Run, state: Mapping[str, Any] | None = None) -> int:
    """Take a scope for a run, outside the ledger; returns the run's number (PR11.3).

    Args:
        tx: The transaction.
        run: Its token is the fence from now on.
        state: What is kept of the run beside its names, for those who look.

    Raises:
        Conflict: SYNC_RUNNING, naming the run that holds it.
        Forbidden: SOURCE_NOT_YOURS.
    """
    tx.check_source(run.source)
    held = await tx.one("confm.sync_lease", scope=run.place, run="")
    mine = held["token"] == run.token
    if held["token"] is not None and not mine and (held["until"] or "") > tx.at:
        raise Conflict(
            f"{run.place} is being synced",
            code="SYNC_RUNNING",
            why=f"run {held['run']} holds it until {held['until']}",
            remedy="wait for it, or go on with it (resume it, or where it reverts another, revert "
            "again); a run that died gives its place up with its lease",
            path=("scope",),
        )
    number = int(held["number"]) + (0 if mine else 1)
    begun = {} if mine else {"begun_at": tx.at, "status": "running", "counts": "{}"}
    hold(tx, run, number, {**begun, **(state or {})})
    return number


@verb("sync.resume", room=Process.CONFM, requirement="PR11.3")
async def take_over(tx: Tx, run: Run, *, mode: str = "") -> Properties:
    """Go on with a run that has not ended, under a new fence; its former holder is out (PR11.3).

    Args:
        tx: The transaction.
        run: Its token is the fence from now on.
        mode: In which it must have begun; empty: in any.

    Returns:
        What is kept of the run.

    Raises:
        BadInput: It began in another mode.
        NotFound: There is no such run.
        Conflict: RUN_OVER; SYNC_RUNNING, when another run holds the scope.
    """
    tx.check_source(run.source)
    held = await tx.one("confm.sync_lease", scope=run.place, run=run.key)
    state = dict(check_running(run, held["state"]))
    if held["run"] != run.key:
        raise Conflict(
            f"{run.place} is held by {held['run']}",
            code="SYNC_RUNNING",
            why=f"{run.key} was left, and another run began",
            remedy="begin a new run",
        )
    if mode and state["mode"] != mode:
        raise BadInput(
            f"run {run.key} is a {state['mode']}, not a {mode}",
            why="what is absent from a run means something else in each mode",
            remedy=f"go on with it as a {state['mode']}, or break it off and begin a new run",
            path=("mode",),
        )
    hold(tx, run, run.number, {"mode": state["mode"]})
    return state


def check_running(run: Run, state: Properties | None) -> Properties:
    """Refuse a run that is not there or has ended.

    Raises:
        NotFound: There is no such run.
        Conflict: RUN_OVER.
    """
    if state is None:
        raise no_run(run.key)
    if state["status"] != "running":
        raise Conflict(
            f"run {run.key} is over: {state['status']}",
            code="RUN_OVER",
            why=f"it ended at {state.get('ended_at')}",
            remedy="begin a new run; what this one wrote is found unchanged",
        )
    return state


def no_run(key: str) -> NotFound:
    """The error of a run that is not there."""
    return NotFound(f"there is no run '{key}'", remedy="`fitsm-graph sync runs` lists them")


def hold(tx: Tx, run: Run, number: int, state: Mapping[str, Any]) -> None:
    """Give the scope to a run, or leave it to it; what is known of the run is kept beside."""
    names = {"source": run.source, "scope": run.scope, "mode": run.mode, "number": number}
    tx.aside(
        "confm.sync_take_lease",
        scope=run.place,
        source=run.source,
        token=run.token,
        number=number,
        until=lease_end(tx.at),
        state={"key": f"{run.place}/{number}", **names, "renewed_at": tx.at, **state},
        oldest=number - RUNS_KEPT + 1,
    )


@verb("sync.end", room=Process.CONFM, requirement="PR11.3")
async def end(
    tx: Tx, run: Run, status: str, state: Mapping[str, Any], *, whole: bool = False
) -> None:
    """Note how a run ended, and let go of its scope (PR11.3).

    Args:
        tx: The transaction.
        run: Must hold its scope.
        status: completed, held, aborted or failed.
        state: What else is kept of how it ended.
        whole: Its snapshot was complete.

    Raises:
        Conflict: SYNC_LEASE_LOST.
    """
    held = await tx.one("confm.sync_lease", scope=run.place, run=run.key)
    told = {**state, "status": status, "counts": counts_text(run.counts)}
    if held["token"] is None and _says(held["state"], told):
        return  # this very end was kept, and only its acknowledgement was lost
    check_lease(tx, run, held["token"])
    release(tx, run, status, state, whole=whole)


def _says(state: Properties | None, told: Mapping[str, Any]) -> bool:
    return state is not None and all(state.get(name) == value for name, value in told.items())


def release(
    tx: Tx,
    run: Run,
    status: str,
    state: Mapping[str, Any],
    *,
    whole: bool = False,
    undone: str = "",
) -> None:
    """Note how a run ended and let go of its scope; the caller has compared the fence.

    Args:
        tx: The transaction.
        run: That ended.
        status: How.
        state: What else is kept of that.
        whole: The snapshot was complete.
        undone: Key of the run that this one reverted.
    """
    text = counts_text(run.counts)
    if run.record:
        tx.update("SyncRun", run.record, {"status": status, "counts": text})
    tx.aside(
        "confm.sync_release_lease",
        scope=run.place,
        token=run.token,
        run=run.key,
        at=tx.at,
        status=status,
        counts=text,
        state=dict(state),
        whole=whole,
        undone=undone,
    )


def counts_text(counts: Mapping[str, int]) -> str:
    """Counts as they are kept: JSON, sorted."""
    return json.dumps(dict(sorted(counts.items())), separators=(",", ":"))


def open_record(tx: Tx, run: Run) -> Properties:
    """The run's record, made by the first chunk that changes anything."""
    if run.record or not tx.changes:
        return run.record
    return tx.create(
        "SyncRun",
        {
            "key": run.key or f"{run.place}/plan",
            "source": run.source,
            "scope": run.scope,
            "mode": run.mode,
            "status": "started",
        },
    )


@dataclass(slots=True)
class Written:
    """What became of one chunk; taken over by the run once it is committed.

    Attributes:
        pairs: Digests of the rows that are now as the source says.
        settled: Keys of these rows.
        record: The run's record.
        seq: Number of the entry, as the transaction saw it.
        refused: What was refused wholly or in part, with all that is wrong with each.
        results: What became of each row, by its place.
    """

    seq: int = 0
    pairs: list[Pair] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    record: Properties = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    changes: list[PlannedChange] = field(default_factory=list)
    refused: list[tuple[Observation, list[Problem]]] = field(default_factory=list)
    results: dict[str, str] = field(default_factory=dict)

    def unsettle(self, index: HashIndex, key: int) -> None:
        """Have the next run look at a row again, whatever it says."""
        if index.content.get(key) != UNSETTLED:
            self.pairs.append((key, UNSETTLED))

    def count(self, word: str) -> None:
        """Count one."""
        self.counts[word] = self.counts.get(word, 0) + 1
