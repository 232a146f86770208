"""Rings: the strongly connected parts of the grounded graph.

Only there can elements hold each other up without a source (design section 4, rule 3). Outside
them counting members gives the same answer, so that support sets are computed for these parts
alone. An element that is a member of its own grounded requirement is a ring of one. The parts
are found once per network (Tarjan 1972, without recursion) and kept with it.
"""

from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from fitsm_graph.impact.engine.compiled import available, compiled
from fitsm_graph.impact.network import SOFT, Bytes, Indices, Integers, Network

_PAYS = 0.9  # a round of trimming is worth it where it leaves less of the edges


class Rings(NamedTuple):
    """Rings of a network; K rings with C elements, Q requirements and E uses inside them.

    Attributes:
        place: Place of each element among the ring elements, or -1, int32[N].
        elements: The ring elements, ring after ring, int32[C].
        ring: Ring of each of them, int32[C].
        start: Where each ring begins among them, int32[K+1].
        needs_start: Where the grounded requirements of each begin, int32[C+1].
        needs: Those requirements, int32[Q].
        owner: Place of the element that has each, int32[Q].
        hard: Whether each is hard, uint8[Q].
        uses_start: Where the uses of each ring element within its ring begin, int32[C+1].
        uses: Position in ``needs`` of each use, int32[E].
        uses_weight: Weight of each use, [E].
        mates_start: Where the members of each requirement within its ring begin, int32[Q+1].
        mates: Places of those members, int32[E].
        mates_weight: Their weights, [E].
    """

    place: Indices
    elements: Indices
    ring: Indices
    start: Indices
    needs_start: Indices
    needs: Indices
    owner: Indices
    hard: Bytes
    uses_start: Indices
    uses: Indices
    uses_weight: Integers
    mates_start: Indices
    mates: Indices
    mates_weight: Integers


def rings_of(network: Network) -> Rings:
    """The rings of a network, found on first use."""
    found: Rings | None = network.memo.get("rings")
    if found is None:
        found = network.memo["rings"] = _find(network)
    return found


def expand(start: NDArray[Any], rows: NDArray[Any]) -> NDArray[np.intp]:
    """Positions of all entries of some compressed rows, row after row."""
    first = start[rows].astype(np.intp)
    length = start[rows + 1] - first
    shift = np.cumsum(length) - length
    at: NDArray[np.intp] = np.arange(int(length.sum()), dtype=np.intp)
    at += np.repeat(first - shift, length)
    return at


def _find(network: Network) -> Rings:
    grounded = np.flatnonzero(network.grounded & (network.strength >= SOFT))
    at = expand(network.member_start, grounded)
    sizes = network.member_start[grounded + 1] - network.member_start[grounded]
    tail, head = np.repeat(network.of[grounded], sizes), network.member[at]
    tail, head = _trimmed(network.element_count, tail, head)
    names = np.unique(np.concatenate([tail, head]))
    tail_at, head_at = np.searchsorted(names, tail), np.searchsorted(names, head)
    part = _parts(names.size, tail_at, head_at)
    cyclic = np.bincount(part, minlength=names.size)[part] > 1
    cyclic[tail_at[tail_at == head_at]] = True
    chosen = np.flatnonzero(cyclic)
    chosen = chosen[np.lexsort((names[chosen], part[chosen]))]
    ring = np.unique(part[chosen], return_inverse=True)[1].astype(np.int32)
    return _assemble(network, names[chosen].astype(np.int32), ring, grounded)


def _trimmed(count: int, tail: Indices, head: Indices) -> tuple[Indices, Indices]:
    """Leave out what cannot be in a ring: where nothing leads on, or nothing leads to.

    Goes on while it pays; most of an estate hangs from its rings or carries them.
    """
    before = 2 * tail.size + 1
    while tail.size < before * _PAYS:
        before = tail.size
        leads_on, led_to = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        leads_on[tail] = led_to[head] = True
        kept = leads_on[head] & led_to[tail]
        tail, head = tail[kept], head[kept]
    return tail, head


def _assemble(
    network: Network, elements: Indices, ring: Indices, grounded: NDArray[np.intp]
) -> Rings:
    place = np.full(network.element_count, -1, np.int32)
    place[elements] = np.arange(elements.size, dtype=np.int32)
    needs = grounded[place[network.of[grounded]] >= 0]
    needs = needs[np.argsort(place[network.of[needs]], kind="stable")]
    owner = place[network.of[needs]]
    at = expand(network.member_start, needs)
    sizes = network.member_start[needs + 1] - network.member_start[needs]
    position = np.repeat(np.arange(needs.size), sizes)
    user = place[network.member[at]]
    inside = (user >= 0) & (ring[user] == ring[owner[position]])
    mates = np.flatnonzero(inside)
    order = mates[np.argsort(user[mates], kind="stable")]
    return Rings(
        place,
        elements,
        ring,
        _starts(ring, int(ring.max(initial=-1)) + 1),
        _starts(owner, elements.size),
        needs.astype(np.int32),
        owner,
        (network.strength[needs] > SOFT).astype(np.uint8),
        _starts(user[order], elements.size),
        position[order].astype(np.int32),
        network.weight[at[order]],
        _starts(position[mates], needs.size),
        user[mates],
        network.weight[at[mates]],
    )


def _starts(keys: NDArray[Any], count: int) -> Indices:
    start = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(keys, minlength=count), out=start[1:])
    return start


def _parts(count: int, tail: NDArray[np.intp], head: NDArray[np.intp]) -> NDArray[np.int64]:
    """Number of the strongly connected part of each of ``count`` vertices."""
    if not available():
        return _parts_by_networkx(count, tail, head)
    order = np.argsort(tail, kind="stable")
    start = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(tail, minlength=count), out=start[1:])
    part = np.full(count, -1, np.int64)
    _tarjan(start, head[order].astype(np.int64), part)
    return part


def _parts_by_networkx(
    count: int, tail: NDArray[np.intp], head: NDArray[np.intp]
) -> NDArray[np.int64]:
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from(zip(tail.tolist(), head.tolist(), strict=True))
    part = np.empty(count, np.int64)
    for number, members in enumerate(nx.strongly_connected_components(graph)):
        part[list(members)] = number
    return part


@compiled
def _next(
    v: int,
    start: NDArray[np.int64],
    head: NDArray[np.int64],
    cursor: NDArray[np.int64],
    low: NDArray[np.int64],
    part: NDArray[np.int64],
) -> int:
    """The next vertex to enter from v, or -1; lowers v to what its open neighbours reach."""
    while cursor[v] < start[v + 1]:
        w = head[cursor[v]]
        if low[w] < 0:
            return int(w)
        if part[w] < 0:
            low[v] = min(low[v], low[w])
        cursor[v] += 1
    return -1


@compiled
def _tarjan(start: NDArray[np.int64], head: NDArray[np.int64], part: NDArray[np.int64]) -> None:
    """Number the strongly connected part of each vertex into ``part``, which is -1 before."""
    count = part.size
    index, low = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    cursor = start[:-1].copy()
    opened, path = np.empty(count, np.int64), np.empty(count, np.int64)
    still_open, depth, clock, parts = 0, 0, 0, 0
    for root in range(count):
        w = root if index[root] < 0 else -1
        while w >= 0 or depth:
            if w >= 0:
                index[w] = low[w] = clock
                opened[still_open] = path[depth] = w
                clock, still_open, depth = clock + 1, still_open + 1, depth + 1
            v = path[depth - 1]
            w = _next(v, start, head, cursor, low, part)
            if w >= 0:
                continue
            depth -= 1
            if low[v] == index[v]:
                while part[v] < 0:
                    still_open -= 1
                    part[opened[still_open]] = parts
                parts += 1
