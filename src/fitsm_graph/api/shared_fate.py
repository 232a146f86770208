"""Redundancy that is none: providers whose failure takes redundant members down together.

An impact answer: computed with everything; hidden elements are shown by a token and counted, and
what a hidden element needs is not told.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry

from fitsm_graph.api import types as words
from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.element_rows import ElementRows
from fitsm_graph.api.graph_types import SHARED, FateEdge, SharedFateEdge, graph_type
from fitsm_graph.api.selection import pick
from fitsm_graph.impact.explain import View
from fitsm_graph.impact.redundancy import fates_of, redundant_needs
from fitsm_graph.impact.snapshot import Standing
from fitsm_graph.impact.upstream import SharedFate, SharedProvider
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.sms.rights import READ

MOST_NEEDS = 100
"""Needs that are examined for one answer."""
MOST_PROVIDERS = 100
"""Providers that are shown of one need."""


async def shared_fate(
    info: Info,
    of: strawberry.ID,
    deep: bool = False,  # noqa: FBT001, FBT002 - an argument of the schema, given by name
    first: int = 20,
    as_of: words.DateTime | None = None,
) -> object:
    """What the redundancy of an element does not bear."""
    context = info.context
    context.allow(READ)
    if not 1 <= first <= MOST_NEEDS:
        raise BadInput(
            f"'first' is {first}",
            why=f"1 to {MOST_NEEDS} needs are examined",
            path=("first",),
            remedy="ask about elements further up one by one",
        )
    what = asked_of(info)
    impact = context.impact
    standing: Standing = await impact.standing(as_of)
    target = standing.mapped.topology.index(impact.resolved([of], standing)[of])
    view: View = impact.view(standing)
    needs = redundant_needs(standing.mapped.network, target, deep=deep)
    told = [need for need in needs if view.sees(int(standing.mapped.network.of[need]))]
    fates = await asyncio.to_thread(fates_of, standing, told[:first])
    answer = _Answer(standing, view, fates)
    rows = ElementRows(context, standing, what, past=as_of is not None)
    await rows.read(view.shown_id(number) for number in answer.numbers if view.sees(number))
    data = {
        "version": standing.mapped.version,
        "asOf": as_of,
        **answer.data(rows),
        "complete": len(fates) == len(needs) and all(fate.complete for fate in fates),
        "note": "; ".join(_notes(fates, len(told), len(needs) - len(told))) or "complete",
    }
    return pick(data, what)


def _notes(fates: Sequence[SharedFate], needs: int, hidden: int) -> Iterable[str]:
    if len(fates) < needs:
        yield f"{len(fates):,} of {needs:,} needs were examined, nearest first"
    partly = sum(not fate.complete for fate in fates)
    if partly:
        yield f"of {partly:,} needs the nearest providers were examined only"
    cut = sum(len(fate.providers) > MOST_PROVIDERS for fate in fates)
    if cut:
        yield f"of {cut:,} needs {MOST_PROVIDERS} providers are shown, nearest first"
    if hidden:
        yield f"{hidden:,} needs of elements that are hidden from you are left out"


@dataclass(slots=True)
class _Answer:
    """Fates in words."""

    standing: Standing
    view: View
    fates: Sequence[SharedFate]

    @property
    def numbers(self) -> list[int]:
        """Every element that is named, once: who needs, the members, the providers."""
        network = self.standing.mapped.network
        found: dict[int, None] = {}
        for fate in self.fates:
            found[int(network.of[fate.requirement])] = None
            found |= dict.fromkeys(network.members(fate.requirement).tolist())
            found |= dict.fromkeys(each.element for each in _providers(fate))
        return list(found)

    def data(self, rows: ElementRows) -> dict[str, Any]:
        """Nodes, edges and needs."""
        return {
            "nodes": [self._node(number, rows) for number in self.numbers],
            "edges": [edge for fate in self.fates for edge in self._edges(fate)],
            "requirements": [self._requirement(fate) for fate in self.fates],
        }

    def _node(self, number: int, rows: ElementRows) -> dict[str, Any]:
        seen, id = self.view.sees(number), self.view.shown_id(number)
        return {
            "id": id,
            "hops": None,
            "hidden": not seen,
            "element": rows.of(id) if seen else None,
            "__typename": "GraphNode",
        }

    def _edges(self, fate: SharedFate) -> Iterable[dict[str, Any]]:
        network, name = self.standing.mapped.network, self.view.shown_id
        owner = name(int(network.of[fate.requirement]))
        for member in network.members(fate.requirement).tolist():
            yield _edge(owner, name(member), FateEdge.NEEDS)
        for provider in _providers(fate):
            for member in provider.members:
                if member != provider.element:
                    yield _edge(name(member), name(provider.element), FateEdge.FALLS_WITH)

    def _requirement(self, fate: SharedFate) -> dict[str, Any]:
        network, number = self.standing.mapped.network, fate.requirement
        return {
            "id": self.view.requirement_id(number),
            "element": self.view.shown_id(int(network.of[number])),
            "need": int(network.need[number]),
            "total": int(network.total[number]),
            "margin": self.view.report.margins(number)[1],
            "members": [self.view.shown_id(each) for each in network.members(number).tolist()],
            "providers": [self._provider(each) for each in _providers(fate)],
            "providerCount": len(fate.providers),
            "already": fate.already,
            "complete": fate.complete,
            "examined": fate.examined,
            "cone": fate.cone,
            "__typename": "RedundantNeed",
        }

    def _provider(self, provider: SharedProvider) -> dict[str, Any]:
        return {
            "element": self.view.shown_id(provider.element),
            "members": [self.view.shown_id(member) for member in provider.members],
            "weight": provider.weight,
            "__typename": "SharedProvider",
        }


def _providers(fate: SharedFate) -> Sequence[SharedProvider]:
    return fate.providers[:MOST_PROVIDERS]


def _edge(source: str, target: str, kind: FateEdge) -> dict[str, Any]:
    return {"source": source, "target": target, "type": kind.value, "__typename": "SharedFateEdge"}


def questions(node: Any) -> dict[str, Any]:
    """Fields of the query type."""
    kind = graph_type(
        "SharedFates", node, SHARED, "What redundancy does not bear.", edge=SharedFateEdge
    )
    return {
        "shared_fate": strawberry.field(
            resolver=answering(shared_fate),
            graphql_type=kind,
            description="Providers whose failure takes redundant members down together (PR12.3).",
        )
    }
