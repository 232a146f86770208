"""What some elements all need: the nearest such element is where one fault would reach them all.

Requirements are followed through all their providers, redundant ones as well, and not where they
are for information only. An element counts as its own need.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from fitsm_graph.impact.columns import Int32
from fitsm_graph.impact.engine.cones import cone_down, hops_up
from fitsm_graph.impact.mapped import Mapped
from fitsm_graph.impact.network import Strength
from fitsm_graph.impact.records import Kind
from fitsm_graph.impact.topology import Topology

_KEPT = 10_000
"""Walks that are kept with a network; when there are more, all are walked anew."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CommonNeed:
    """An element that others need, or are.

    Attributes:
        element: Its id.
        hops: Steps of dependency to it, from the farthest of them.
    """

    element: str
    hops: int


@dataclass(frozen=True, slots=True, eq=False)
class Needed:
    """What some elements all need, as columns of equal length.

    Attributes:
        elements: Numbers of what is needed, ascending.
        most: Steps to each, from the farthest of those that need it.
        together: The steps from all of them, added up.
    """

    elements: Int32
    most: Int32
    together: NDArray[np.int64]

    def shared(self, other: "Needed") -> "Needed":
        """What both have in common."""
        both, mine, theirs = np.intersect1d(
            self.elements, other.elements, assume_unique=True, return_indices=True
        )
        return Needed(
            both,
            np.maximum(self.most[mine], other.most[theirs]),
            self.together[mine] + other.together[theirs],
        )

    def nearest(self, topology: Topology) -> CommonNeed | None:
        """The nearest to all: whose farthest is the nearest, then all together, then by key."""
        if not self.elements.size:
            return None
        order = np.lexsort((self.together, self.most))
        first = order[0]
        alike = (self.most == self.most[first]) & (self.together == self.together[first])
        found = min(self.elements[alike].tolist(), key=lambda n: topology.key_and_name(n)[0])
        return CommonNeed(topology.id(found), int(self.most[first]))


def needed_by(mapped: Mapped, element: int, hops: int | None = None) -> Needed:
    """What one element needs.

    Args:
        mapped: Elements and what they require.
        element: Its number.
        hops: How far to look; None: to the end.
    """
    elements, steps = hops_up(mapped.network, [element], weakest=Strength.SOFT, most=hops)
    order = np.argsort(elements)
    return Needed(elements[order], steps[order], steps[order].astype(np.int64))


def common_need(mapped: Mapped, elements: Sequence[str]) -> CommonNeed | None:
    """The deepest point that the needs of all elements run through: the nearest to all of them.

    Args:
        mapped: Elements and what they require.
        elements: Ids; those that are not in the topology count for none.

    Returns:
        None where no element is there, or they have nothing in common.
    """
    numbers = sorted({n for n in map(mapped.topology.find, elements) if n >= 0})
    if not numbers:
        return None
    found = needed_by(mapped, numbers[0])
    for number in numbers[1:]:
        found = found.shared(needed_by(mapped, number))
        if not found.elements.size:
            return None
    return found.nearest(mapped.topology)


# --- asked for again and again, while the network stays as it is ---------------------------------


def needed_by_all(mapped: Mapped, elements: Sequence[int], hops: int) -> Needed:
    """What some elements all need within so many steps; at least one is given."""
    each = (
        _kept(mapped, f"needs:{hops}", number, lambda number: needed_by(mapped, number, hops))
        for number in elements
    )
    return reduce(Needed.shared, each)


def services_over(mapped: Mapped, elements: Sequence[int]) -> frozenset[int]:
    """Numbers of the services that need any of some elements, or are among them."""

    def walked(number: int) -> frozenset[int]:
        met = cone_down(mapped.network, [number], weakest=Strength.SOFT)
        kinds = mapped.topology.elements.kind[met]
        return frozenset(met[kinds == Kind.SERVICE].tolist())

    return frozenset().union(*(_kept(mapped, "services", each, walked) for each in elements))


def _kept(mapped: Mapped, what: str, number: int, walk: Callable[[int], T]) -> T:
    """What a walk from an element has found, which is so as long as the network is the same."""
    known: dict[int, T] = mapped.network.memo.setdefault(what, {})
    if len(known) >= _KEPT:
        known.clear()
    if number not in known:
        known[number] = walk(number)
    return known[number]
