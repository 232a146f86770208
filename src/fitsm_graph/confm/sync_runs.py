"""A run's hold of its scope: one live run for each, by a lease outside the ledger (PR11.3)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from fitsm_graph.confm.sync_index import HashIndex, Pair
from fitsm_graph.confm.sync_report import PlannedChange
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import Conflict, Problem
from fitsm_graph.model.declare import Process

LEASE = timedelta(seconds=60)


@dataclass(slots=True)
class Run:
    """A run, or the planning of one.

    Attributes:
        token: Fences its writes; empty for a plan, which writes nothing.
        number: Of the run within its scope; 0 for a plan.
        record: Its SyncRun, once something changed; an unchanged run leaves none.
        index: What the scope's rows were last time.
        planned_at: Entry at which its plan was made, until its first chunk is written.
    """

    source: str
    scope: str
    mode: str
    token: str
    number: int = 0
    record: Properties = field(default_factory=dict)
    index: HashIndex = field(default_factory=lambda: HashIndex(""))
    planned_at: int | None = None

    @property
    def place(self) -> str:
        """Key of the scope."""
        return f"{self.source}/{self.scope}"

    @property
    def key(self) -> str:
        """Key of the run."""
        return f"{self.place}/{self.number}" if self.number else ""


def check_lease(run: Run, token: str | None) -> None:
    """Refuse to write for a run whose scope another has taken over meanwhile.

    Raises:
        Conflict: SYNC_LEASE_LOST.
    """
    if run.token and token != run.token:
        raise Conflict(
            f"run {run.key} no longer holds {run.place}",
            code="SYNC_LEASE_LOST",
            why="it paused for longer than its lease, and another run took over",
            remedy="start it again; what it wrote is kept and found unchanged",
        )


def check_turn(run: Run, token: str | None, tx: Tx) -> None:
    """Refuse a chunk of a run that lost its scope, or whose plan no longer holds.

    Raises:
        Conflict: SYNC_LEASE_LOST, PLAN_STALE.
    """
    check_lease(run, token)
    if run.planned_at is not None and run.planned_at != tx.seq - 1:
        raise plan_is_stale(f"the graph stands at entry {tx.seq - 1} now")


def plan_is_stale(why: str) -> Conflict:
    """The error of an apply whose plan was made for something else."""
    return Conflict(
        "the plan no longer holds",
        code="PLAN_STALE",
        why=why,
        remedy="plan again, and look at the new plan",
        path=("plan",),
    )


def lease_end(at: str) -> str:
    """When a lease given at a moment ends."""
    return to_text(from_text(at) + LEASE)


@verb("sync.lease", room=Process.CONFM, requirement="PR11.3")
async def take_lease(tx: Tx, run: Run) -> int:
    """Take a scope for a run, outside the ledger; returns the run's number (PR11.3).

    Raises:
        Conflict: SYNC_RUNNING, naming the run that holds it.
    """
    held = await tx.one("confm.sync_lease", scope=run.place)
    mine = held["token"] == run.token
    if held["token"] is not None and not mine and (held["until"] or "") > tx.at:
        raise Conflict(
            f"{run.place} is being synced",
            code="SYNC_RUNNING",
            why=f"run {held['run']} holds it until {held['until']}",
            remedy="wait for it; a run that died is taken over when its lease has ended",
            path=("scope",),
        )
    number = int(held["number"]) + (0 if mine else 1)
    tx.aside(
        "confm.sync_take_lease",
        scope=run.place,
        source=run.source,
        token=run.token,
        run=f"{run.place}/{number}",
        number=number,
        until=lease_end(tx.at),
    )
    return number


@verb("sync.remember", room=Process.CONFM, requirement="PR11.3")
async def remember(tx: Tx, run: Run, pairs: list[Pair], *, compact: bool = False) -> None:
    """Keep what was seen, or put the index together; no record changes (PR11.3).

    The lease is prolonged.

    Raises:
        Conflict: SYNC_LEASE_LOST.
    """
    check_lease(run, (await tx.one("confm.sync_lease", scope=run.place))["token"])
    if compact:
        tx.aside(
            "confm.sync_compact_index",
            scope=run.place,
            buckets=run.index.compacted(),
            below=run.index.next_number,
        )
    else:
        keep(tx, run, pairs)


@verb("sync.end", room=Process.CONFM, requirement="PR11.3")
async def end(tx: Tx, run: Run, status: str, counts: Mapping[str, int], *, whole: bool) -> None:
    """Note how a run ended, and let go of its scope (PR11.3)."""
    text = json.dumps(dict(sorted(counts.items())), separators=(",", ":"))
    if run.record:
        tx.update("SyncRun", run.record, {"status": status, "counts": text})
    tx.aside(
        "confm.sync_release_lease",
        scope=run.place,
        token=run.token,
        at=tx.at,
        status=status,
        counts=text,
        whole=whole,
    )


def keep(tx: Tx, run: Run, pairs: list[Pair]) -> None:
    """Keep what a chunk has seen, in the transaction that wrote it."""
    if run.token:
        tx.aside(
            "confm.sync_keep_index",
            scope=run.place,
            until=lease_end(tx.at),
            buckets=run.index.bucket(pairs),
        )


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
        record: The run's record.
        seq: Number of the entry, as the transaction saw it.
    """

    seq: int = 0
    pairs: list[Pair] = field(default_factory=list)
    record: Properties = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    changes: list[PlannedChange] = field(default_factory=list)

    def count(self, word: str) -> None:
        """Count one."""
        self.counts[word] = self.counts.get(word, 0) + 1
