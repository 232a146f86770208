"""What is reached from some elements in one step or more, through some elements only."""

from collections.abc import Sequence

import numpy as np

from fitsm_graph.impact.columns import Bool
from fitsm_graph.impact.engine.rings import expand
from fitsm_graph.impact.network import INFO, Indices, Network


def steps_from(
    network: Network,
    sources: Sequence[int],
    passable: Bool,
    *,
    down: bool,
    most: int | None = None,
) -> Indices:
    """Everything that is one step or more away from any source.

    A source is among it only where a chain leads to it: from another source, or in a circle.

    Args:
        network: The network.
        sources: Where to start.
        passable: What may be reached and passed, bool[N].
        down: To what depends on an element; else to what it depends on.
        most: Steps at most; None: all the way.
    """
    reached = np.zeros(network.element_count, np.bool_)
    front = np.unique(np.asarray(sources, np.int32))
    steps = 0
    while front.size and (most is None or steps < most):
        found = _next(network, front, down=down)
        front = np.unique(found[passable[found] & ~reached[found]])
        reached[front] = True
        steps += 1
    return np.flatnonzero(reached).astype(np.int32)


def _next(network: Network, front: Indices, *, down: bool) -> Indices:
    if down:
        return network.of[_asking(network, network.used_by[expand(network.used_start, front)])]
    needs = _asking(network, network.has[expand(network.has_start, front)])
    return network.member[expand(network.member_start, needs)]


def _asking(network: Network, requirements: Indices) -> Indices:
    """Without rows that ask for nothing: what a followed change has ended leaves such behind."""
    return requirements[(network.need[requirements] > 0) | (network.strength[requirements] > INFO)]
