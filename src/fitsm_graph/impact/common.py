"""What some elements all need: the nearest such element is where one fault would reach them all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fitsm_graph.impact.network import Strength
from fitsm_graph.impact.topology import Topology
from fitsm_graph.impact.walks import NOT_REACHED, Way, Ways, reach


@dataclass(frozen=True, slots=True)
class CommonNeed:
    """An element that others need, or are.

    Attributes:
        element: Its id.
        hops: Steps of dependency to it, from the farthest of them.
    """

    element: str
    hops: int


def common_need(topology: Topology, elements: Sequence[str]) -> CommonNeed | None:
    """The deepest point that the needs of all elements run through: the nearest to all of them.

    Needs are followed through all providers, of redundant ones as well, and not where they are for
    information only. Nearest is whose farthest element is the fewest steps away; then whose steps
    together are the fewest; then the first by key. An element counts as its own need.

    Args:
        topology: Elements and relations.
        elements: Ids; those that are not in the topology count for none.

    Returns:
        None where no element is there, or they have nothing in common.
    """
    numbers = sorted({n for n in map(topology.find, elements) if n >= 0})
    if not numbers:
        return None
    ways = Ways(topology, Way.UPSTREAM, weakest=Strength.SOFT)
    most = np.zeros(topology.size, np.int32)
    together = np.zeros(topology.size, np.int64)
    shared = np.ones(topology.size, np.bool_)
    for number in numbers:
        hops = reach(ways, np.asarray([number], np.int32)).hops
        shared &= hops != NOT_REACHED
        if not shared.any():
            return None
        most = np.maximum(most, hops)
        together += hops
    found = min(
        np.flatnonzero(shared).tolist(),
        key=lambda n: (int(most[n]), int(together[n]), topology.key_and_name(n)[0]),
    )
    return CommonNeed(topology.id(found), int(most[found]))
