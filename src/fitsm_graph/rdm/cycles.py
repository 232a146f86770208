"""Releases of strategies with a fixed cycle, planned ahead with the day of their cut-off (PR13.1).

The next ones are there before anybody has anything to release: changes are taken into the one that
comes, until its cut-off.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import InForce, Policies
from fitsm_graph.flow.scheduler import Job, OneByOne, Turn, Went
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import Request, verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import NotFound, Refused
from fitsm_graph.kernel.text import did_you_mean, plural
from fitsm_graph.model.declare import Process
from fitsm_graph.rdm.strategies import STRATEGY, Strategy
from fitsm_graph.rdm.within import classified

EVERY = timedelta(minutes=10)
AHEAD = 2
"""Releases of a cycle that are always planned."""
SCHEDULED = Request(actor="system", via="scheduler", reason="the cycle of its strategy says so")


@verb("release.plan_ahead", room=Process.RDM, requirement="PR13.1", on="Release")
async def plan_release_ahead(
    tx: Tx, policies: Policies, reaching: Reaches, strategy: str
) -> Properties:
    """Register the next release of a strategy with a fixed cycle, with time and cut-off (PR13.1).

    It begins one cycle after the one before, whenever that was scheduled since; two are planned
    ahead by themselves.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services.
        strategy: Name of the strategy, a policy of the kind `release-strategy`.

    Examples:
        fsg release plan-ahead portal-monthly

    Raises:
        NotFound: No strategy of the name has a cycle.
    """
    cycles = {each.name: each for each in with_cycle(policies)}
    it = cycles.get(strategy)
    if it is None:
        told = f"no release strategy '{strategy[:60]}' has a cycle"
        raise NotFound(told, remedy=did_you_mean(strategy[:60], cycles), path=("strategy",))
    rule: Strategy = it.value
    row = await tx.one("rdm.cycle_context", strategy=strategy, at=tx.at)
    starts = next_of(rule, row["last"], from_text(tx.at))
    given: dict[str, Any] = {
        "title": f"{strategy} {starts.date().isoformat()}",
        "urgent": False,
        "strategy": it.key,
        "cycle_of": strategy,
        "cycle_key": f"{strategy}/{to_text(starts)}",
        "planned_starts_at": to_text(starts),
        "planned_ends_at": to_text(starts + rule.lasts),
        "cut_off_at": to_text(starts - rule.cut_off),
    }
    status = life_of(policies, "Release").initial
    decided = classified(policies, reaching, given, [])
    return tx.create("Release", {**given, **decided, "requester": tx.actor, "status": status})


def planning_ahead(
    graph: Graph,
    policies: Callable[[], Awaitable[Policies]],
    reaches: Callable[[], Awaitable[Reaches]],
) -> Job:
    """The job that plans releases of fixed cycles, until two of each are ahead."""

    async def run(turn: Turn) -> Went:
        ruled, done = await policies(), OneByOne()
        for each in with_cycle(ruled):
            given = {"strategy": each.name, "at": to_text(turn.now)}
            (row,) = await graph.rows("rdm.cycle_context", **given)
            for _ in range(AHEAD - row["ahead"]):
                acted = (SCHEDULED, ruled, await reaches(), each.name)
                if not await done.do(each.name, graph.write(plan_release_ahead, *acted)):
                    break
        return Went(done.said(f"{plural(done.done, 'release')} planned ahead"))

    return Job("cycles", EVERY, run, "Plans the next releases of strategies with a fixed cycle.")


def with_cycle(policies: Policies) -> list[InForce]:
    """Strategies in force that have a cycle."""
    return [each for each in policies if each.kind == STRATEGY and each.value.cycle is not None]


def next_of(rule: Strategy, last: str | None, now: datetime) -> datetime:
    """When the next release of a cycle begins: whole cycles after the last one, and to come.

    Args:
        rule: With a cycle.
        last: The moment of the cycle that the last one stands for; None: there is none.
        now: The moment.
    """
    cycle = rule.cycle or timedelta(days=1)
    if last is None:
        return now.replace(minute=0, second=0, microsecond=0) + cycle
    missed = max(0, (now - from_text(last)) // cycle)
    return from_text(last) + cycle * (missed + 1)


def check_cut_off(release: Mapping[str, Any], at: str) -> None:
    """Refuse to take anything into a release after its cut-off.

    Raises:
        Refused: CUT_OFF_OVER.
    """
    over = release.get("cut_off_at")
    if over is not None and over <= at and not release.get("urgent"):
        raise Refused(
            f"{release['key']} takes in nothing more",
            code="CUT_OFF_OVER",
            why=f"its cut-off was at {over}",
            remedy="take it into the next one, or `release classify --urgent`",
            requirement="PR13.2",
        )
