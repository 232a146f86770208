"""The kernel that numba compiles: a worklist with counters, linear in the relations reached.

Dowling and Gallier's unit propagation (1984) with thresholds instead of clauses, three counters
a requirement, and least support sets inside rings (design section 4). An element enters the
queue when its level rises and passes on only the levels it has newly lost; each relation is
therefore looked at no more than three times.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitsm_graph.impact.engine.arrays import (
    DIRTY,
    ELEMENTS,
    IN_RING,
    QUEUED,
    REQUIREMENTS,
    RESERVE,
    STRENGTH,
    TOUCHED,
    Scratch,
    Wiring,
)
from fitsm_graph.impact.engine.compiled import compiled
from fitsm_graph.impact.network import Bytes, Indices, Integers


@compiled
def raise_level(s: Scratch, base: Bytes, element: int, level: int) -> None:
    """Raise an element to a level if it is better, and queue it unless it waits there already.

    Only for use before or between drains, when the queue begins at 0.
    """
    state = s.state[element]
    if level <= state:
        return
    if state == base[element]:
        s.elements[s.counts[ELEMENTS]] = element
        s.counts[ELEMENTS] += 1
    if state == s.seen[element]:
        s.queue[s.counts[QUEUED]] = element
        s.counts[QUEUED] += 1
    s.state[element] = level


@compiled
def level_of(slack: Integers, requirement: int, terms: int) -> int:
    """Level to which a requirement pulls its element: rule 1, capped by strength."""
    strength = terms & STRENGTH
    if strength == 0:
        return 0
    if slack[requirement, 0] < 0:
        return 3 if strength == 2 else 2
    if slack[requirement, 1] < 0:
        return 2
    if slack[requirement, 2] < 0 or slack[requirement, 1] < terms >> RESERVE:
        return 1
    return 0


@compiled
def drain(w: Wiring, s: Scratch, base: Bytes) -> None:
    """Pass on the levels of queued elements until the queue is empty."""
    state, seen, slack, queue = s.state, s.seen, s.slack, s.queue
    of, used_by, used_weight, mask = w.of, w.used_by, w.used_weight, w.mask
    changed, touched = s.counts[ELEMENTS], s.counts[REQUIREMENTS]
    head, waiting, room = 0, s.counts[QUEUED], queue.size
    while waiting:
        u = queue[head]
        head = head + 1 if head + 1 < room else 0
        waiting -= 1
        old, new = seen[u], state[u]
        seen[u] = new
        lost3, lost2, lost1 = old < 3 <= new, old < 2 <= new, old < 1 <= new
        bits = lost3 * 1 + lost2 * 2 + lost1 * 4
        for i in range(w.used_start[u], w.used_start[u + 1]):
            r = used_by[i]
            weight = used_weight[i & mask]
            terms = slack[r, 3]
            if not terms & TOUCHED:
                slack[r, 3] = terms | TOUCHED
                s.requirements[touched] = r
                touched += 1
            slack[r, 0] -= weight * lost3
            slack[r, 1] -= weight * lost2
            slack[r, 2] -= weight * lost1
            if terms & IN_RING:
                _dirty(w, s, r, bits)
            level = level_of(slack, r, terms)
            v = of[r]
            if level > state[v]:
                if state[v] == base[v]:
                    s.elements[changed] = v
                    changed += 1
                if state[v] == seen[v]:
                    tail = head + waiting
                    queue[tail if tail < room else tail - room] = v
                    waiting += 1
                state[v] = level
    s.counts[QUEUED] = 0
    s.counts[ELEMENTS], s.counts[REQUIREMENTS] = changed, touched


@compiled
def _dirty(w: Wiring, s: Scratch, requirement: int, bits: int) -> None:
    ring = w.rings.ring[w.rings.place[w.of[requirement]]]
    if s.dirty[ring] == 0:
        s.dirty_rings[s.counts[DIRTY]] = ring
        s.counts[DIRTY] += 1
    s.dirty[ring] |= np.uint8(bits)


@compiled
def _count_support(w: Wiring, s: Scratch, ring: int, level: int) -> None:
    """What each need of a ring lacks once everything outside the ring has given its support.

    The slack counts all members that are good enough, in the ring and outside, so that the
    weight of those in the ring, taken back, is what has to be earned.
    """
    g = w.rings
    for i in range(g.start[ring], g.start[ring + 1]):
        s.founded[i], s.open_needs[i] = 0, 0
        for q in range(g.needs_start[i], g.needs_start[i + 1]):
            s.lacking[q] = -s.slack[g.needs[q], 3 - level]
    for i in range(g.start[ring], g.start[ring + 1]):
        if s.state[g.elements[i]] < level:
            for j in range(g.uses_start[i], g.uses_start[i + 1]):
                s.lacking[g.uses[j]] += g.uses_weight[j]


@compiled
def _start_support(w: Wiring, s: Scratch, ring: int, level: int) -> int:
    """Found the elements whose needs lack nothing; returns how many wait to pass it on."""
    g, ready = w.rings, 0
    for i in range(g.start[ring], g.start[ring + 1]):
        for q in range(g.needs_start[i], g.needs_start[i + 1]):
            if level == 3 and g.hard[q] == 0:
                s.lacking[q] = 0
            if s.lacking[q] > 0:
                s.open_needs[i] += 1
        if s.open_needs[i] == 0 and s.state[g.elements[i]] < level:
            s.founded[i] = 1
            s.work[ready] = i
            ready += 1
    return ready


@compiled
def _spread_support(w: Wiring, s: Scratch, level: int, ready: int) -> None:
    """Pass support on from founded elements until no further one is founded."""
    g = w.rings
    while ready:
        ready -= 1
        i = s.work[ready]
        for j in range(g.uses_start[i], g.uses_start[i + 1]):
            q = g.uses[j]
            if s.lacking[q] <= 0:
                continue
            s.lacking[q] -= g.uses_weight[j]
            if s.lacking[q] > 0:
                continue
            o = g.owner[q]
            s.open_needs[o] -= 1
            if s.open_needs[o] == 0 and s.state[g.elements[o]] < level:
                s.founded[o] = 1
                s.work[ready] = o
                ready += 1


@compiled
def _support(w: Wiring, s: Scratch, base: Bytes, ring: int, level: int) -> None:
    """Lower the elements of a ring that are outside the least support set of a level."""
    _count_support(w, s, ring, level)
    _spread_support(w, s, level, _start_support(w, s, ring, level))
    for i in range(w.rings.start[ring], w.rings.start[ring + 1]):
        if s.founded[i] == 0:
            raise_level(s, base, w.rings.elements[i], level)


@compiled
def propagate(w: Wiring, s: Scratch, base: Bytes) -> None:
    """Apply counting and support until nothing changes: the least state of design section 4."""
    drain(w, s, base)
    while s.counts[DIRTY]:
        ring = s.dirty_rings[s.counts[DIRTY] - 1]
        bits = s.dirty[ring]
        level = 3 if bits & 1 else 2 if bits & 2 else 1
        s.dirty[ring] = bits & (bits - 1)  # the lowest bit is the level looked at now
        if s.dirty[ring] == 0:
            s.counts[DIRTY] -= 1
        _support(w, s, base, ring, level)
        drain(w, s, base)


@compiled
def reset(s: Scratch, state: Bytes, slack: Integers) -> None:
    """Take back what a query did, at the cost of what it touched."""
    for i in range(s.counts[ELEMENTS]):
        v = s.elements[i]
        s.state[v] = s.seen[v] = state[v]
    for i in range(s.counts[REQUIREMENTS]):
        r = s.requirements[i]
        for column in range(4):
            s.slack[r, column] = slack[r, column]
    s.counts[ELEMENTS] = s.counts[REQUIREMENTS] = 0


@compiled
def collect(s: Scratch, state: Bytes, slack: Integers) -> tuple[Indices, Bytes, Indices, Integers]:
    """Copy what a query touched and take it back, in one pass over it."""
    elements = s.elements[: s.counts[ELEMENTS]].copy()
    levels = np.empty(elements.size, np.uint8)
    for i in range(elements.size):
        levels[i] = s.state[elements[i]]
    requirements = s.requirements[: s.counts[REQUIREMENTS]].copy()
    rows = np.empty((requirements.size, 4), slack.dtype)
    for i in range(requirements.size):
        r = requirements[i]
        for column in range(3):
            rows[i, column] = s.slack[r, column]
        for column in range(4):
            s.slack[r, column] = slack[r, column]
        rows[i, 3] = slack[r, 3]
    s.counts[REQUIREMENTS] = 0
    reset(s, state, slack)
    return elements, levels, requirements, rows


@compiled
def sweep(
    w: Wiring,
    s: Scratch,
    state: Bytes,
    slack: Integers,
    start: NDArray[np.int64],
    faults: Indices,
    watched: NDArray[Any],
) -> tuple[NDArray[np.int64], Indices, Bytes]:
    """Let each set of elements go DOWN in turn and note every watched element that got worse."""
    rows, room = 0, 1024
    cause, found, level = (
        np.empty(room, np.int64),
        np.empty(room, np.int32),
        np.empty(room, np.uint8),
    )
    for case in range(start.size - 1):
        for i in range(start[case], start[case + 1]):
            raise_level(s, state, faults[i], 3)
        propagate(w, s, state)
        for i in range(s.counts[ELEMENTS]):
            v = s.elements[i]
            if watched[v]:
                if rows == room:
                    room *= 2
                    cause, found = _grown(cause), _grown(found)
                    level = _grown(level)
                cause[rows], found[rows], level[rows] = case, v, s.state[v]
                rows += 1
        reset(s, state, slack)
    return cause[:rows].copy(), found[:rows].copy(), level[:rows].copy()


@compiled
def _grown(array: NDArray[Any]) -> NDArray[Any]:
    larger = np.empty(array.size * 2, array.dtype)
    larger[: array.size] = array
    return larger
