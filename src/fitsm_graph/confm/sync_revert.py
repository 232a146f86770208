"""A run of sync is reverted: each of its entries undone by a new one, the last one first (PR11.4).

What the run did is what the ledger says. It is refused where somebody changed the same fields
since, naming them. Proposals to retire stay as they are: they changed no element.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from fitsm_graph.confm.sync_index import GONE, UNSETTLED
from fitsm_graph.confm.sync_plan import ends
from fitsm_graph.confm.sync_report import SyncReport
from fitsm_graph.confm.sync_rows import RowReader, key_digest
from fitsm_graph.confm.sync_runs import RUNS_KEPT, Run, check_lease, hold, no_run, release
from fitsm_graph.confm.sync_sessions import run_named
from fitsm_graph.confm.sync_undo import Undoing, undo_entry
from fitsm_graph.confm.sync_writer import Writer
from fitsm_graph.graph import feed
from fitsm_graph.graph.changes import Change, RecordChange, RelationChange
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.history import Step
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import Request, verb
from fitsm_graph.kernel.errors import Conflict, FitsmError, Problem, Refused
from fitsm_graph.kernel.ids import new_id
from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import Process
from fitsm_graph.model.ledger import Op
from fitsm_graph.model.record import BOOKKEEPING
from fitsm_graph.model.registry import TypeRegistry

UNDONE = frozenset({*ELEMENT_KINDS, "Identifier"})
"""Kinds of records that a run changes and a reversal puts back."""
MOST_TOLD = 20


@dataclass(slots=True)
class Reversal:
    """What became of a reversal, or would.

    Attributes:
        run: Key of the run that is undone.
        by: Key of the run that undoes it; empty for a dry run.
        entries: How many of its entries are undone.
        changes: What is put back, the last one first.
        seqs: Entries that did it.
    """

    run: str
    by: str = ""
    entries: int = 0
    changes: list[Change] = field(default_factory=list)
    seqs: list[int] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)


async def revert_run(graph: Graph, registry: TypeRegistry, request: Request, key: str) -> Reversal:
    """Undo what a run did to elements and relations (PR11.4).

    A reversal that broke off is gone on with: what it has undone already is not undone again, and
    whoever drove it, should it still live, is out.

    Args:
        graph: Where the run was.
        registry: The types in force.
        request: Who reverts; with a dry run nothing is written.
        key: Of the run.

    Raises:
        NotFound: There is no such run.
        Conflict: NOT_REVERTIBLE, while it runs or once it is reverted; SYNC_RUNNING.
        Refused: REVERT_CONFLICT, naming what was changed since.
    """
    run = run_named(key)
    steps = await _steps(graph, run)
    work = _Work(run, steps, await _keys(graph, steps))
    left = await _left(graph, run)
    work.check(left)
    if request.dry_run:
        return work.reversal(left)
    return await _carry_out(graph, registry, request, work)


@dataclass(frozen=True, slots=True)
class _Left:
    """Reversals of a run that broke off, and how far they came.

    Attributes:
        runs: Their keys.
        reached: Number of the entry that was undone last; None: none was.
        going_on: Number of the one that was never ended; 0: there is none.
    """

    runs: frozenset[str] = frozenset()
    reached: int | None = None
    going_on: int = 0


async def _left(graph: Graph, run: Run) -> _Left:
    given = {"scope": run.place, "key": None, "sources": None, "after": "", "limit": RUNS_KEPT}
    states = (await graph.rows("confm.sync_runs", **given))[0]["runs"]
    found = [state for state in states if state.get("reverts") == run.key]
    reached = [state["reached"] for state in found if state.get("reached") is not None]
    running = [state["number"] for state in found if state["status"] == "running"]
    keys = frozenset(state["key"] for state in found)
    return _Left(keys, min(reached, default=None), max(running, default=0))


@dataclass(frozen=True, slots=True)
class _Work:
    """What there is to undo.

    Attributes:
        steps: Everything since the run began to change the graph.
        keys: Of the records it touched, by id.
    """

    run: Run
    steps: Sequence[Step]
    keys: dict[str, str]

    @property
    def done(self) -> list[Step]:
        """What the run did to elements and relations."""
        key = self.run.key
        return [each for each in self.steps if each.entry.get("run") == key and _of_elements(each)]

    def remaining(self, left: _Left) -> list[Step]:
        """What of it is not undone yet."""
        if left.reached is None:
            return self.done
        return [each for each in self.done if each.entry["seq"] < left.reached]

    def check(self, left: _Left) -> None:
        """Refuse where others changed since what is to be undone.

        Raises:
            Refused: REVERT_CONFLICT.
        """
        own = left.runs | {self.run.key}
        faults = list(_faults(self.remaining(left), self.steps, self.keys, own))
        if faults:
            raise _conflict(self.run.key, faults)

    def reversal(self, left: _Left, by: str = "") -> Reversal:
        """What is undone, or would be."""
        remaining = self.remaining(left)
        changes = [change for step in reversed(remaining) for change in _own(step)]
        return Reversal(self.run.key, by, len(remaining), changes, keys=self.keys)


async def _steps(graph: Graph, run: Run) -> list[Step]:
    """Everything since the run began to change the graph."""
    held = (await graph.rows("confm.sync_lease", scope=run.place, run=run.key))[0]
    state, record = held["state"], held["record"]
    if state is None and record is None:
        raise no_run(run.key)
    status = (state or record)["status"]
    if status in {"running", "started", "reverted"} or (state or {}).get("mode") == "revert":
        raise Conflict(
            f"run {run.key} cannot be reverted",
            code="NOT_REVERTIBLE",
            why=f"it is {status}" if status != "completed" else "it reverted another itself",
            remedy="wait for its end or abort it; sync again to get back what was reverted",
        )
    seqs = (await graph.rows("confm.run_entries", run=run.key))[0]["seqs"]
    if not seqs:
        return []
    _, steps = await feed.since(graph, seqs[0] - 1)
    return steps


def _of_elements(step: Step) -> bool:
    return any(True for _ in _own(step))


def _own(step: Step) -> Iterator[Change]:
    """Changes of an entry that are put back."""
    for change in step.changes:
        if isinstance(change, RelationChange):
            if change.type != "PROPOSES":
                yield change
        elif change.kind in UNDONE:
            yield change


async def _keys(graph: Graph, steps: Iterable[Step]) -> dict[str, str]:
    ids = sorted({id for step in steps for change in step.changes for id in ends(change)})
    rows = await graph.rows("ledger.records_now", ids=ids)
    return {row["id"]: str(row["properties"].get("key")) for row in rows}


def _faults(
    undone: Sequence[Step], steps: Sequence[Step], keys: dict[str, str], runs: frozenset[str]
) -> Iterator[str]:
    """What others than some runs did since to what is to be undone, in words."""
    fields: set[tuple[str, str]] = set()
    made: set[str] = set()
    triples: set[tuple[str, str, str]] = set()
    begun = {step.entry["seq"] for step in undone}
    for step in steps:
        if step.entry["seq"] in begun:
            for change in _own(step):
                _note(change, fields, made, triples)
        elif step.entry.get("run") not in runs:
            what = f"{step.entry['verb']} of {step.entry['actor']} (entry {step.entry['seq']})"
            for change in step.changes:
                for name in _touched(change, fields, made, triples):
                    yield f"{keys.get(ends(change)[0])}: {name} by {what}"


def _note(
    change: Change,
    fields: set[tuple[str, str]],
    made: set[str],
    triples: set[tuple[str, str, str]],
) -> None:
    """Remember what the run touched."""
    if isinstance(change, RelationChange):
        triples.add(change.triple)
    elif change.op is Op.CREATE:
        made.add(change.id)
    else:
        fields |= {(change.id, name) for name in change.after if name not in BOOKKEEPING}


def _touched(
    change: Change,
    fields: set[tuple[str, str]],
    made: set[str],
    triples: set[tuple[str, str, str]],
) -> list[str]:
    """Names of what a later change touched of it."""
    if isinstance(change, RelationChange):
        if change.type == "PROPOSES":
            return []
        mine = change.triple in triples or not made.isdisjoint((change.source, change.target))
        return [f"{change.op.value} {change.type}"] if mine else []
    if change.id in made:
        return [change.op.value]
    if change.op is Op.RETIRE and any(id == change.id for id, _ in fields):
        return ["retired"]
    return sorted(name for name in change.after if (change.id, name) in fields)


def _conflict(key: str, faults: Sequence[str]) -> Refused:
    more = f" and {len(faults) - MOST_TOLD} more" if len(faults) > MOST_TOLD else ""
    return Refused(
        f"run {key} cannot be reverted: others changed the same since",
        code="REVERT_CONFLICT",
        why="; ".join(faults[:MOST_TOLD]) + more,
        remedy="undo these first, or mend what the run did by hand",
        requirement="PR11.4",
    )


async def _carry_out(
    graph: Graph, registry: TypeRegistry, request: Request, work: _Work
) -> Reversal:
    """Undo entry by entry, as a run that holds the scope."""
    run = work.run
    undoing = Run(run.source, run.scope, "revert", new_id(graph.clock.now()))
    report = SyncReport(source=run.source, scope=run.scope, mode="revert")
    writer = Writer(graph, RowReader(registry), undoing, report, request)
    going_on = (await _left(graph, run)).going_on
    if going_on:
        await writer.take_over(going_on)
    else:
        await writer.take({"actor": request.actor, "via": request.via, "reverts": run.key})
    writer.request = replace(request, run=undoing.key)
    try:
        left = await _left(graph, run)  # nobody else undoes anything from here on
        work.check(left)
        made = work.reversal(left, undoing.key)
        undoing.load((await graph.rows("confm.sync_scope", scope=run.place))[0])
        touched = _touched_rows(work, undoing)
        await writer.remember([(digest, UNSETTLED) for digest in touched])  # should it break off
        for step in reversed(work.remaining(left)):
            outcome = await graph.write(undo, writer.request, undoing, step, run.key)
            made.seqs += [outcome.seq] if outcome.seq else []
            report.counts["undone"] += 1
        await writer.remember(
            [(digest, GONE) for digest, made_here in touched.items() if made_here]
        )
        await graph.write(finish, writer.request, undoing, run)
    except BaseException:
        with suppress(FitsmError):
            await writer.end("failed", {}, whole=False)
        raise
    return made


def _touched_rows(work: _Work, run: Run) -> dict[int, bool]:
    """Rows that the index has to look at again, and whether their element goes away."""
    found: dict[int, bool] = {}
    for step in work.done:
        for change in _own(step):
            for id in ends(change):
                found.setdefault(key_digest(work.keys.get(id, "")), False)
            if isinstance(change, RecordChange) and change.op is Op.CREATE:
                found[key_digest(work.keys.get(change.id, ""))] = True
    return {digest: made for digest, made in found.items() if digest in run.index.content}


@verb("run.revert", room=Process.CONFM, requirement="PR11.4")
async def undo(tx: Tx, run: Run, step: Step, reverted: str) -> int:
    """Undo the changes of one entry of a run; returns how many (PR11.4).

    How far it came is kept with them, so that whoever goes on knows.

    Raises:
        Conflict: SYNC_LEASE_LOST.
        Refused: REVERT_CONFLICT, when somebody changed the same meanwhile.
    """
    changes = list(_own(step))
    context = await tx.one("confm.revert_context", **Undoing.asked(run, changes))
    faults = undo_entry(tx, run, changes, context)
    if faults:
        raise _conflict(reverted, faults)
    hold(tx, run, run.number, {"reached": step.entry["seq"]})
    return len(changes)


@verb("run.mark_reverted", room=Process.CONFM, requirement="PR11.4")
async def finish(tx: Tx, undoing: Run, run: Run) -> None:
    """End a reversal, and note that the run is reverted (PR11.4).

    Raises:
        Conflict: SYNC_LEASE_LOST.
    """
    held = await tx.one("confm.sync_lease", scope=run.place, run=run.key)
    if held["token"] is None and (held["state"] or {}).get("status") == "reverted":
        return  # this very end was kept, and only its acknowledgement was lost
    check_lease(tx, undoing, held["token"])
    if held["record"]:
        tx.update("SyncRun", held["record"], {"status": "reverted"})
    release(tx, undoing, "completed", {}, undone=run.key)


def reverted_lines(made: Reversal) -> list[dict[str, object]]:
    """What is put back, a line each: op of the run, key, what, fields."""
    return [_line(change, made.keys) for change in made.changes]


def _line(change: Change, keys: dict[str, str]) -> dict[str, object]:
    fields = [
        {"name": name, "now": change.after.get(name), "then": change.before.get(name)}
        for name in sorted(change.before)
        if name not in BOOKKEEPING
    ]
    if isinstance(change, RelationChange):
        source, target = keys.get(change.source, ""), keys.get(change.target, "")
        return {"undoes": change.op.value, "key": source, "what": change.type, "detail": target,
                "fields": fields if change.op is Op.CHANGE_RELATION else []}  # fmt: skip
    key = keys.get(change.id, "")
    return {"undoes": change.op.value, "key": key, "what": change.kind, "detail": "",
            "fields": fields}  # fmt: skip


def problems_of(error: Refused) -> list[Problem]:
    """All that keeps a reversal from being done."""
    return list(error.problems)
