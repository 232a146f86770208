"""Relations of a graph answer as its edges.

Of a relation with a hidden end only the ends are told, from who needs to who is needed: type,
direction and weight would tell what the hidden one is. What a hidden element needs is told only
where a path rests on it.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import numpy as np

from fitsm_graph.api.graph_types import Need
from fitsm_graph.impact.columns import Bool, Relations
from fitsm_graph.impact.network import Strength
from fitsm_graph.impact.topology import Topology
from fitsm_graph.impact.walks import Steps, Way, dependent_ends, strengths
from fitsm_graph.kernel.clock import to_text

MOST_EDGES = 20_000
"""Edges of one answer."""

Named = Callable[[int], str]
"""The id or the token that stands for an element number."""


def edges_of(
    topology: Topology, steps: Steps, visible: Bool, named: Named, *, way: Way, rests: bool = False
) -> list[dict[str, Any]]:
    """Edges of the relations that some steps go over, each once.

    Args:
        topology: The version they are of.
        steps: What is stepped over.
        visible: Which elements the reader sees.
        named: What elements are called.
        way: Which way was walked.
        rests: Whether the answer rests on these steps, so that needs of hidden ones are told.
    """
    open_ = visible[steps.near] & visible[steps.far]
    shown = _shown(topology, steps.take(open_).distinct(), named)
    closed = steps.take(~open_)
    owners, providers = (
        (closed.near, closed.far) if way is Way.UPSTREAM else (closed.far, closed.near)
    )
    pairs = zip(owners.tolist(), providers.tolist(), strict=True)
    kept = {(named(a), named(b)) for a, b in pairs if rests or visible[a]}
    return shown + [_redacted(owner, provider) for owner, provider in sorted(kept)]


def _shown(topology: Topology, table: Relations, named: Named) -> list[dict[str, Any]]:
    needs = needs_in(topology, table)
    hard = strengths(topology, table).tolist()
    rows = zip(
        table.source.tolist(), table.type.tolist(), table.target.tolist(), needs, hard,
        table.weight.tolist(), table.confidence.tolist(), table.verified.tolist(), strict=True,
    )  # fmt: skip
    return [
        {
            "source": named(source),
            "target": named(target),
            "type": topology.semantics[kind].name,
            "need": need,
            "strength": Strength(strength).name if need != Need.NEITHER else None,
            "weight": weight if topology.semantics[kind].membership else None,
            "confidence": round(confidence, 6),
            "verifiedAt": to_text(datetime.fromtimestamp(verified, UTC)) if verified else None,
            "__typename": "GraphEdge",
        }
        for source, kind, target, need, strength, weight, confidence, verified in rows
    ]


def needs_in(topology: Topology, table: Relations) -> list[str]:
    """Which end needs the other, for each relation."""
    source, target = dependent_ends(topology, table)
    words = np.array([Need.NEITHER, Need.SOURCE, Need.TARGET, Need.EACH])
    found: list[str] = words[source.astype(np.int8) + 2 * target.astype(np.int8)].tolist()
    return found


def _redacted(owner: str, provider: str) -> dict[str, Any]:
    nothing = dict.fromkeys(("type", "need", "strength", "weight", "confidence", "verifiedAt"))
    return {"source": owner, "target": provider, **nothing, "__typename": "GraphEdge"}


def limited(edges: Iterable[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """As many edges as an answer holds, and how many are left out."""
    every = list(edges)
    return every[:MOST_EDGES], max(0, len(every) - MOST_EDGES)
