"""Cones: everything that depends on some elements, and everything they depend on.

Plain reachability over requirements, at the cost of what is reached: marks are kept in a pool
with the network and taken back after each use.
"""

from collections import deque
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fitsm_graph.impact.engine.compiled import compiled, default_kernel
from fitsm_graph.impact.engine.rings import expand
from fitsm_graph.impact.network import INFO, Bytes, Indices, Network

NOT_REACHED: Final = -1
"""Hops of an element to which no chain of passable elements leads from a source."""


class _Marks(NamedTuple):
    """Marks of elements that are reached, all 0 between uses, and room for lists of them."""

    reached: Bytes
    order: Indices
    hops: Indices


def cone_down(
    network: Network, sources: ArrayLike, *, weakest: int = INFO, kernel: str = ""
) -> Indices:
    """Everything that depends on the sources, directly or not.

    Args:
        network: The network.
        sources: Elements to start from.
        weakest: Follow only requirements of this strength or more.
        kernel: ``numba`` or ``numpy``; the default if not given.

    Returns:
        The sources and what is reached, each once, nearest first.
    """
    marks = _marks(network)
    start = np.atleast_1d(np.asarray(sources)).astype(np.int32)
    walk = _walk_down if (kernel or default_kernel()) == "numba" else _rounds_down
    count = walk(
        network.used_start, network.used_by, network.of, network.strength, weakest,
        start, marks.reached, marks.order,
    )  # fmt: skip
    reached = marks.order[:count].copy()
    _give_back(network, marks, reached)
    return reached


def cone_up(
    network: Network, sources: ArrayLike, *, weakest: int = INFO, kernel: str = ""
) -> Indices:
    """Everything the sources depend on, directly or not; arguments as in `cone_down`."""
    return hops_up(network, sources, weakest=weakest, kernel=kernel)[0]


def _marks(network: Network) -> _Marks:
    pool: deque[_Marks] = network.memo.setdefault("marks", deque())
    try:
        return pool.pop()
    except IndexError:
        size = network.element_count
        return _Marks(np.zeros(size, np.uint8), np.empty(size, np.int32), np.empty(size, np.int32))


def _give_back(network: Network, marks: _Marks, reached: Indices) -> None:
    marks.reached[reached] = 0
    network.memo["marks"].append(marks)


def hops_up(
    network: Network,
    sources: ArrayLike,
    *,
    weakest: int = INFO,
    most: int | None = None,
    kernel: str = "",
) -> tuple[Indices, Indices]:
    """What the sources depend on, and the fewest requirements to each.

    Args:
        network: The network.
        sources: Elements to start from; 0 hops.
        weakest: Follow only requirements of this strength or more.
        most: How far to go; None: to the end.
        kernel: ``numba`` or ``numpy``; the default if not given.

    Returns:
        The sources and what is reached, each once, nearest first; hops of each, int32.
    """
    marks, limit = _marks(network), network.element_count if most is None else most
    start = np.atleast_1d(np.asarray(sources)).astype(np.int32)
    walk = _count_up if (kernel or default_kernel()) == "numba" else _rounds_of_hops_up
    count = walk(
        network.has_start, network.has, network.member_start, network.member, network.strength,
        weakest, limit, start, marks.reached, marks.order, marks.hops,
    )  # fmt: skip
    reached, hops = marks.order[:count].copy(), marks.hops[:count].copy()
    _give_back(network, marks, reached)
    return reached, hops


def hops_down(network: Network, sources: Indices, passable: Bytes, *, kernel: str = "") -> Indices:
    """Fewest requirements from any source to each element, through passable elements only.

    Informational requirements carry nothing and are not followed.

    Args:
        network: The network.
        sources: Where to start; 0 hops.
        passable: 1 where an element may be reached, uint8[N].
        kernel: ``numba`` or ``numpy``; the default if not given.

    Returns:
        Hops, or `NOT_REACHED`, int32[N].
    """
    hops = np.full(network.element_count, NOT_REACHED, np.int32)
    hops[sources] = 0
    walk = _count_hops if (kernel or default_kernel()) == "numba" else _rounds_of_hops
    walk(network.used_start, network.used_by, network.of, network.strength, sources, passable, hops)
    return hops


@compiled
def _count_hops(
    used_start: Indices,
    used_by: Indices,
    of: Indices,
    strength: Bytes,
    sources: Indices,
    passable: Bytes,
    hops: Indices,
) -> None:
    order = np.empty(hops.size + sources.size, np.int32)
    order[: sources.size] = sources
    at, count = 0, sources.size
    while at < count:
        u = order[at]
        at += 1
        for i in range(used_start[u], used_start[u + 1]):
            v = of[used_by[i]]
            if passable[v] and hops[v] == NOT_REACHED and strength[used_by[i]] != INFO:
                hops[v] = hops[u] + 1
                order[count] = v
                count += 1


def _rounds_of_hops(
    used_start: Indices,
    used_by: Indices,
    of: Indices,
    strength: Bytes,
    sources: Indices,
    passable: Bytes,
    hops: Indices,
) -> None:
    front, distance = sources, 0
    while front.size:
        distance += 1
        uses = used_by[expand(used_start, front)]
        owners = of[uses[strength[uses] != INFO]]
        owners = owners[(passable[owners] > 0) & (hops[owners] == NOT_REACHED)]
        hops[owners] = distance
        front = np.unique(owners)


@compiled
def _count_up(
    has_start: Indices,
    has: Indices,
    member_start: Indices,
    member: Indices,
    strength: Bytes,
    weakest: int,
    most: int,
    sources: Indices,
    reached: Bytes,
    order: Indices,
    hops: Indices,
) -> int:
    count, at = _begin(sources, reached, order), 0
    hops[:count] = 0
    while at < count and hops[at] < most:
        u, further = order[at], hops[at] + 1
        at += 1
        for i in range(has_start[u], has_start[u + 1]):
            r = has[i]
            if strength[r] < weakest:
                continue
            for j in range(member_start[r], member_start[r + 1]):
                v = member[j]
                if not reached[v]:
                    reached[v] = 1
                    order[count], hops[count] = v, further
                    count += 1
    return count


def _rounds_of_hops_up(
    has_start: Indices,
    has: Indices,
    member_start: Indices,
    member: Indices,
    strength: Bytes,
    weakest: int,
    most: int,
    sources: Indices,
    reached: Bytes,
    order: Indices,
    hops: Indices,
) -> int:
    front, count = _enter(sources, reached, order, 0)
    distance, begin = 0, 0
    while front.size:
        hops[begin:count] = distance
        if distance == most:
            break
        needs = has[expand(has_start, front)]
        needs = needs[strength[needs] >= weakest]
        distance, begin = distance + 1, count
        front, count = _enter(member[expand(member_start, needs)], reached, order, count)
    return count


@compiled
def _begin(sources: Indices, reached: Bytes, order: Indices) -> int:
    count = 0
    for u in sources:
        if not reached[u]:
            reached[u] = 1
            order[count] = u
            count += 1
    return count


@compiled
def _walk_down(
    used_start: Indices,
    used_by: Indices,
    of: Indices,
    strength: Bytes,
    weakest: int,
    sources: Indices,
    reached: Bytes,
    order: Indices,
) -> int:
    count, at = _begin(sources, reached, order), 0
    while at < count:
        u = order[at]
        at += 1
        for i in range(used_start[u], used_start[u + 1]):
            r = used_by[i]
            v = of[r]
            if not reached[v] and (weakest == 0 or strength[r] >= weakest):
                reached[v] = 1
                order[count] = v
                count += 1
    return count


def _rounds_down(
    used_start: Indices,
    used_by: Indices,
    of: Indices,
    strength: Bytes,
    weakest: int,
    sources: Indices,
    reached: Bytes,
    order: Indices,
) -> int:
    front, count = _enter(sources, reached, order, 0)
    while front.size:
        uses = used_by[expand(used_start, front)]
        front, count = _enter(of[uses[strength[uses] >= weakest]], reached, order, count)
    return count


def _enter(found: NDArray[Any], reached: Bytes, order: Indices, count: int) -> tuple[Indices, int]:
    """Note those not met before; returns them and how many there are in all."""
    fresh = np.unique(found[reached[found] == 0]).astype(np.int32)
    reached[fresh] = 1
    order[count : count + fresh.size] = fresh
    return fresh, count + fresh.size
