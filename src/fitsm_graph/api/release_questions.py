"""What is asked about releases: what has no strategy, and how one stands or went (PR13.1, PR13.6).

strategyGaps(first: 20) { components cis elements { key name } }
releaseReport(of: "REL-000001") { planHolds nextWave openCriteria incidents minutes }
"""

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np
import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.paging import page_size
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import DateTime, ElementSummary
from fitsm_graph.graph.tx import found
from fitsm_graph.impact.explain import View, visible_mask
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.records import Kind
from fitsm_graph.impact.snapshot import Standing
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.rdm import plans
from fitsm_graph.rdm.deploying import minutes_between
from fitsm_graph.rdm.gate import waived
from fitsm_graph.rdm.reporting import incidents_near
from fitsm_graph.rdm.strategies import strategy_of
from fitsm_graph.rdm.within import BEGUN, Row, row_from
from fitsm_graph.sms.rights import READ

LABELS = {Kind.COMPONENT: "ServiceComponent", Kind.CI: "CI"}
"""Kinds of elements that have to have a strategy."""


@strawberry.type(description="Components and CIs to which no release strategy applies (PR13.1).")
class StrategyGaps:
    """Their changes would be left out of every release."""

    components: int
    cis: int
    elements: list[ElementSummary] = strawberry.field(
        description="The first of them, components before CIs, by key."
    )


@strawberry.type(description="How a release stands, or how it went (PR13.6).")
class ReleaseReport:
    """Computed when it is asked for."""

    key: str
    status: str
    outcome: str | None
    plan_holds: bool = strawberry.field(description="The plan is one of the graph as it is now.")
    plan_why: str = strawberry.field(description="Why it holds no more; empty: it does.")
    next_wave: str | None = strawberry.field(description="Key of the wave that is deployed next.")
    next_back_out: str | None = strawberry.field(
        description="Key of the wave that is undone first: they are in reverse order."
    )
    open_criteria: list[str] = strawberry.field(
        description="Names of criteria that were not met when they were looked at last."
    )
    waves: int
    waves_deployed: int
    failures: int
    minutes: int | None = strawberry.field(description="From its beginning to its outcome.")
    watched_until: DateTime | None
    incidents: list[str] = strawberry.field(
        description="Keys of incidents that began meanwhile, on what rests on what it altered."
    )


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    shown: dict[str, tuple[Callable[..., Any], Any]] = {
        "strategy_gaps": (strategy_gaps, StrategyGaps),
        "release_report": (release_report, ReleaseReport),
    }
    return {
        name: strawberry.field(resolver=answering(run), graphql_type=type, description=run.__doc__)
        for name, (run, type) in shown.items()
    }


async def strategy_gaps(info: Info, first: int = 20) -> object:
    """Components and CIs that no release strategy in force applies to (PR13.1)."""
    context, what = info.context, asked_of(info)
    context.allow(READ)
    most = page_size(first)
    standing = await context.impact.snapshot.current()
    gaps = await asyncio.to_thread(_gaps, context, standing)
    view = View(standing.unharmed())
    numbers = [*gaps[Kind.COMPONENT], *gaps[Kind.CI]][:most]
    data = {
        "__typename": "StrategyGaps",
        "components": len(gaps[Kind.COMPONENT]),
        "cis": len(gaps[Kind.CI]),
        "elements": [_summary(view, number) for number in numbers],
    }
    return pick(data, what)


def _gaps(context: Context, standing: Standing) -> dict[Kind, list[int]]:
    """Numbers of visible elements without a strategy, by key."""
    topology = standing.mapped.topology
    seen = topology.live & visible_mask(topology, context.sight)
    known: dict[tuple[int, int], bool] = {}
    found: dict[Kind, list[int]] = {kind: [] for kind in LABELS}
    named = _named(context)
    for number in np.flatnonzero(seen).tolist():
        kind = topology.kind(number)
        if kind not in LABELS or topology.key_and_name(number)[0] in named:
            continue
        place = (int(kind), int(topology.elements.type[number]))
        if place not in known:
            labels = (LABELS[kind], topology.types[place[1]])
            known[place] = strategy_of(context.policies, context.registry, "", labels) is None
        if known[place]:
            found[kind].append(number)
    for numbers in found.values():
        numbers.sort(key=lambda number: topology.key_and_name(number)[0])
    return found


def _named(context: Context) -> frozenset[str]:
    """Keys that strategies are bound to."""
    bound = (
        each.value.bound_elements for each in context.policies if each.kind == "release-strategy"
    )
    return frozenset().union(*bound)


def _summary(view: View, number: int) -> dict[str, Any]:
    face = view.face(number)
    tag = "SC" if face.kind == "ServiceComponent" else "CI"
    return {
        "__typename": "ElementSummary",
        "id": face.id,
        "key": face.key,
        "name": face.name,
        "kind": face.kind,
        "type": face.type or None,
        "tag": tag,
    }


async def release_report(info: Info, of: strawberry.ID) -> object:
    """How a release stands, or how it went: plan, criteria, waves, incidents near it (PR13.6)."""
    context, what = info.context, asked_of(info)
    context.allow(READ)
    given = {"ref": str(of), "actor": "", "at": ""}
    kept = found(await context.graph.rows("rdm.release_context", **given), "release", str(of))
    row = row_from(kept)
    reaching = Reaches(await context.impact.snapshot.current())
    why = _why_not(context, row, reaching)
    release = row.release
    begun = [each.wave["key"] for each in row.waves if each.wave["status"] in BEGUN]
    waiting = [
        each.wave["key"] for each in row.waves if each.wave["status"] in {"planned", "failed"}
    ]
    left = [e["name"] for e in row.criteria if not e["met"] and not waived(e, release)]
    data = {
        "__typename": "ReleaseReport",
        **{name: release.get(name) for name in ("key", "status", "outcome")},
        "planHolds": not why,
        "planWhy": why,
        "nextWave": waiting[0] if waiting and release.get("outcome") is None else None,
        "nextBackOut": begun[-1]
        if begun and release["status"] in {"deploying", "failed"}
        else None,
        "openCriteria": left,
        "waves": len(row.waves),
        "wavesDeployed": sum(1 for e in row.waves if e.wave["status"] in {"deployed", "reviewed"}),
        "failures": release.get("failures", 0),
        "minutes": minutes_between(release.get("begun_at"), release.get("deployed_at")),
        "watchedUntil": release.get("watched_until"),
        "incidents": await incidents_near(context.graph, reaching, release, row.effects),
    }
    return pick(data, what)


def _why_not(context: Context, row: Row, reaching: Reaches) -> str:
    try:
        plans.check_plan(context.policies, context.registry, reaching, row)
    except Refused as refusal:
        return refusal.problem.why or refusal.problem.message
    return ""
