"""What people decide of runs: a held one is approved, one that did wrong is reverted (PR11.4)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fitsm_graph.confm.sync_blast import Blasts
from fitsm_graph.confm.sync_index import unpack
from fitsm_graph.confm.sync_proposals import propose_found
from fitsm_graph.confm.sync_report import Retirement
from fitsm_graph.confm.sync_rows import key_digest
from fitsm_graph.confm.sync_runs import Run, no_run
from fitsm_graph.confm.sync_sessions import run_named
from fitsm_graph.confm.sync_vanish import MOST_SINGLE, PROPOSED_AT_ONCE, live_elements
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import Request, verb
from fitsm_graph.kernel.errors import Conflict
from fitsm_graph.model.declare import Process


@dataclass(frozen=True, slots=True)
class Approval:
    """What became of the approval of a held run."""

    run: str
    proposed: int
    seqs: tuple[int, ...]


@verb("run.approve", room=Process.CONFM, requirement="PR11.4")
async def approve_part(
    tx: Tx, run: Run, plan: str, retirements: Sequence[Retirement], *, last: bool
) -> int:
    """Propose what a held run would have proposed; with the last part it is completed (PR11.4).

    Raises:
        NotFound: There is no such run.
        Conflict: NOT_HELD, or PLAN_STALE: it was held for something else.
    """
    tx.check_source(run.source)
    context = await tx.one(
        "confm.sync_vanish_context",
        scope=run.place,
        run=run.key,
        elements=[each.id for each in retirements],
        proposals=[],
    )
    check_held(run.key, context["state"], plan)
    made = propose_found(tx, run, context, retirements)
    if last:
        if context["record"]:
            tx.update("SyncRun", context["record"], {"status": "completed"})
        tx.aside("confm.sync_set_held", run=run.key, status="completed", at=tx.at)
    return made


def check_held(key: str, state: Properties | None, plan: str) -> Properties:
    """Refuse a run that is not held, or that is held for something else than is approved.

    Raises:
        NotFound: There is no such run.
        Conflict: NOT_HELD, PLAN_STALE.
    """
    if state is None:
        raise no_run(key)
    if state["status"] != "held":
        raise Conflict(
            f"run {key} is {state['status']}, not held",
            code="NOT_HELD",
            why="it was approved already, or a later complete run took its place",
            remedy="look at the latest run: `fitsm-graph sync runs`",
        )
    if state.get("plan") != plan:
        raise Conflict(
            f"run {key} is held for something else",
            code="PLAN_STALE",
            why=f"it would propose what is called {state.get('plan')}",
            remedy="look at it: `fitsm-graph sync show`, and approve what it shows",
            path=("plan",),
        )
    return state


async def approve_run(
    graph: Graph, request: Request, key: str, plan: str, blasts: Blasts | None = None
) -> Approval:
    """Let a held run propose what it found missing (PR11.4).

    Args:
        graph: Where the run was.
        request: Who approves; with a dry run nothing is written.
        key: Of the run.
        plan: What the run said it is held for.
        blasts: Answers what retirements would do; None: that is not looked at.

    Raises:
        NotFound: There is no such run.
        Conflict: NOT_HELD, PLAN_STALE.
    """
    run = run_named(key)
    held = (await graph.rows("confm.sync_lease", scope=run.place, run=key))[0]
    state = check_held(key, held["state"], plan)
    found = await _found(graph, {digest for digest, _ in unpack(state["held"])}, blasts)
    request = replace(request, run=key)
    proposed, seqs = 0, []
    for start in range(0, max(1, len(found)), PROPOSED_AT_ONCE):
        part = found[start : start + PROPOSED_AT_ONCE]
        last = start + PROPOSED_AT_ONCE >= len(found)
        outcome = await graph.write(approve_part, request, run, plan, part, last=last)
        proposed += outcome.value
        seqs += [outcome.seq] if outcome.seq else []
    return Approval(key, proposed, tuple(seqs))


async def _found(graph: Graph, digests: set[int], blasts: Blasts | None) -> list[Retirement]:
    """The live elements of some digests, with what retiring each would do."""
    found = [
        Retirement(key, type_name, name, id, version)
        async for key, type_name, name, id, version in live_elements(graph)
        if key_digest(key) in digests
    ]
    if blasts is None or len(found) > MOST_SINGLE:
        return found
    return [replace(each, blast=await blasts.of([each.id])) for each in found]
