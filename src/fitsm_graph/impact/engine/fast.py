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
    COUNTED,
    DIRTY,
    ELEMENTS,
    FROM_BASE,
    IN_RING,
    MOVED,
    PASSED,
    PASSES,
    QUEUED,
    RANK,
    REQUIREMENTS,
    RESERVE,
    STRENGTH,
    TOUCHED,
    Scratch,
    Wiring,
)
from fitsm_graph.impact.engine.compiled import compiled, woven
from fitsm_graph.impact.engine.support import (
    find_support,
    keep_support,
    note_weakened,
    raise_level,
)
from fitsm_graph.impact.network import Bytes, Indices, Integers


@woven
def level_of(slack: Integers, requirement: int, terms: int) -> int:
    """Level to which a counted requirement pulls its element: rule 1, capped by strength."""
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
    to, owner, used_start, used_by = w.to, w.owner, w.used_start, w.used_by
    used_weight, mask, elements, requirements = w.used_weight, w.mask, s.elements, s.requirements
    changed, touched = s.counts[ELEMENTS], s.counts[REQUIREMENTS]
    head, waiting, room = 0, s.counts[QUEUED], queue.size
    while waiting:
        u = queue[head]
        head = head + 1 if head + 1 < room else 0
        waiting -= 1
        old, new, seen[u] = seen[u], state[u], state[u]
        lost3, lost2, lost1 = old < 3 <= new, old < 2 <= new, old < 1 <= new
        bits = lost3 * 1 + lost2 * 2 + lost1 * 4
        for i in range(used_start[u], used_start[u + 1]):
            r, passes = to[used_by[i]] >> PASSES, to[used_by[i]] & PASSED
            if passes == COUNTED:
                weight = used_weight[i & mask]
                terms = slack[r, 3]
                if not terms & TOUCHED:
                    slack[r, 3] = terms | TOUCHED
                    requirements[touched] = r
                    touched += 1
                slack[r, 0] -= weight * lost3
                slack[r, 1] -= weight * lost2
                slack[r, 2] -= weight * lost1
                if terms & IN_RING:
                    note_weakened(w, s, r, bits)
                v, level = owner[r], level_of(slack, r, terms)
            else:
                v, level = r, min(new, passes)
            if level > state[v]:
                if state[v] == base[v]:
                    elements[changed] = v
                    changed += 1
                if state[v] == seen[v]:
                    tail = head + waiting
                    queue[tail if tail < room else tail - room] = v
                    waiting += 1
                state[v] = level
    s.counts[QUEUED] = 0
    s.counts[ELEMENTS], s.counts[REQUIREMENTS] = changed, touched


@compiled
def propagate(w: Wiring, s: Scratch, base: Bytes) -> None:
    """Apply counting and support until nothing changes: the least state of design section 4."""
    drain(w, s, base)
    if s.counts[FROM_BASE]:
        level = 3
        while level:
            if keep_support(w, s, base, level):
                drain(w, s, base)
                level = 3
            else:
                level -= 1
    else:
        while s.counts[DIRTY]:
            find_support(w, s, base)
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
    for i in range(s.counts[MOVED]):
        column, place = divmod(s.moved[i], s.order.shape[1])
        s.order[column, place] = s.first_order[column, place]
    s.counts[ELEMENTS] = s.counts[REQUIREMENTS] = s.counts[MOVED] = 0
    s.counts[RANK] = s.order.shape[1]


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
