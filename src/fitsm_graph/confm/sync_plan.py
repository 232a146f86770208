"""Plans: what a run would change, under a name that an apply is bound to (PR11.3).

The name holds the ledger entry at which the plan was made, a digest of the input, and one of all
that would change. An apply decides anew, with the same code: where its changes are others, the
graph or the input moved. While it writes, each transaction compares what it decides with the plan.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import astuple

import orjson

from fitsm_graph.confm.sync_report import PlannedChange, SyncReport
from fitsm_graph.confm.sync_runs import Run
from fitsm_graph.graph import feed
from fitsm_graph.graph.changes import Change, RelationChange
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.history import Step
from fitsm_graph.kernel.errors import BadInput, Conflict

MOST_TOLD = 5


def plan_name(report: SyncReport, seq: int, input_digest: int) -> str:
    """Name of a plan: entry, digest of the input, digest of what would change."""
    lines = sorted(map(line_digest, report.changes))
    gone = sorted((each.key, each.version) for each in report.retirements)
    worse = sorted(each.key for each in report.blast.services) if report.blast else []
    bad = sorted((each.code, [str(step) for step in each.path]) for each in report.problems)
    said = orjson.dumps([lines, gone, worse, bad])
    changes = hashlib.blake2b(said, digest_size=6).hexdigest()
    return f"{seq}-{input_digest & 0xFFFF_FFFF_FFFF:012x}-{changes}"


def line_digest(change: PlannedChange) -> int:
    """Digest of one line of a plan."""
    data = orjson.dumps(astuple(change), default=str)
    return int.from_bytes(hashlib.blake2b(data, digest_size=7).digest())


def expected_of(report: SyncReport) -> frozenset[int]:
    """What an apply of the plan may change."""
    return frozenset(map(line_digest, report.changes))


def check_planned(run: Run, changes: Iterable[PlannedChange]) -> None:
    """Refuse a chunk that would change what the plan does not show.

    Raises:
        Conflict: PLAN_STALE, naming the change.
    """
    if run.expected is None:
        return
    for each in changes:
        if line_digest(each) not in run.expected and each.key not in run.repeated:
            raise plan_is_stale(f"{each.key} was changed meanwhile: {each.sentence()} is not in it")


def plan_is_stale(why: str) -> Conflict:
    """The error of an apply whose plan was made for something else."""
    return Conflict(
        "the plan no longer holds",
        code="PLAN_STALE",
        why=why,
        remedy="plan again, and look at the new plan",
        path=("plan",),
    )


def entry_of(name: str) -> int:
    """The ledger entry at which a plan was made.

    Raises:
        BadInput: It is no name of a plan.
    """
    seq, *digests = name.split("-")
    if not seq.isdecimal() or len(seq) > 18 or [len(each) for each in digests] != [12, 12]:
        raise BadInput(
            f"'{name[:80]}' is no name of a plan",
            why="it has a number and two digests, as 17-4be1a0c2f3d4-90ab12cd34ef",
            remedy="copy it from what --plan told",
            path=("plan",),
        )
    return int(seq)


async def check_plan(graph: Graph, plan: str, fresh: SyncReport) -> None:
    """Compare a plan with a fresh one of the same input, and say what moved.

    Raises:
        Conflict: PLAN_STALE.
    """
    seq = entry_of(plan)
    if plan.split("-")[1:] == fresh.plan.split("-")[1:]:
        return
    if plan.split("-")[1] != fresh.plan.split("-")[1]:
        raise plan_is_stale("the input is another")
    moved = await _moved(graph, seq, fresh)
    raise plan_is_stale(f"the graph moved since entry {seq}: {moved}")


async def _moved(graph: Graph, seq: int, fresh: SyncReport) -> str:
    """Name what other entries did to what the plan touches, or to anything."""
    _, steps = await feed.since(graph, seq)
    ids = sorted({id for step in steps for change in step.changes for id in ends(change)})
    rows = await graph.rows("ledger.records_now", ids=ids)
    keys = {row["id"]: str(row["properties"].get("key")) for row in rows}
    touched = {part for each in fresh.changes for part in (each.key, each.detail)}
    touched |= {each.key for each in fresh.retirements}
    told = _told(steps, keys, touched) or _told(steps, keys, set(keys.values()))
    more = f" and {len(told) - MOST_TOLD} more" if len(told) > MOST_TOLD else ""
    return ("; ".join(told[:MOST_TOLD]) + more) or "what was seen of the scope is another"


def _told(steps: Sequence[Step], keys: dict[str, str], wanted: set[str]) -> list[str]:
    told: dict[str, None] = {}
    for step in steps:
        for change in step.changes:
            for id in ends(change):
                if keys.get(id) in wanted:
                    what, entry = step.entry["verb"], step.entry["seq"]
                    told[f"{keys[id]} by {what} of {step.entry['actor']} (entry {entry})"] = None
    return list(told)


def ends(change: Change) -> tuple[str, ...]:
    """Ids of the records that a change is about."""
    if isinstance(change, RelationChange):
        return (change.source, change.target)
    return (change.id,)
