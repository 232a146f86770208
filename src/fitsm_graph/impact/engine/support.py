"""Least support sets inside rings (design section 4, rule 3), compiled.

A solution works them out ring by ring and remembers in which order elements were founded: each
need of an element was met by elements founded before it and by members outside the ring. A
scenario keeps that up: an element is in doubt only if what was founded before it no longer meets
one of its needs (delete and re-derive; the same idea as source pointers for unfounded sets in
answer set programming). So the cost is that of the doubts, not that of the ring.
"""

from fitsm_graph.impact.engine.arrays import (
    DIRTY,
    ELEMENTS,
    FROM_BASE,
    MOVED,
    NEEDS,
    QUEUED,
    RANK,
    Scratch,
    Wiring,
)
from fitsm_graph.impact.engine.compiled import compiled, woven
from fitsm_graph.impact.network import Bytes, Indices, Integers


@woven
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


@woven
def note_weakened(w: Wiring, s: Scratch, requirement: int, bits: int) -> None:
    """Note that a requirement of a ring element lost support, at the levels of the bits.

    The requirement is given by its position among those counted.
    """
    g = w.rings
    place = g.place[w.owner[requirement]]
    if not s.counts[FROM_BASE]:
        ring = g.ring[place]
        if s.dirty[ring] == 0:
            s.dirty_rings[s.counts[DIRTY]] = ring
            s.counts[DIRTY] += 1
        s.dirty[ring] |= bits
        return
    q = g.needs_start[place]
    while w.needs[q] != requirement:
        q += 1
    for column in range(3):
        if bits & ~s.weakened_at[q] & (1 << column):
            s.weakened[column, s.counts[NEEDS + column]] = q
            s.counts[NEEDS + column] += 1
    s.weakened_at[q] |= bits


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
            s.lacking[q] = -s.slack[w.needs[q], 3 - level]
    for i in range(g.start[ring], g.start[ring + 1]):
        if s.state[g.elements[i]] < level:
            for j in range(g.uses_start[i], g.uses_start[i + 1]):
                s.lacking[g.uses[j]] += g.uses_weight[j]


@woven
def _found(s: Scratch, place: int, level: int) -> None:
    s.founded[place] = 1
    s.order[3 - level, place] = s.counts[RANK]
    s.counts[RANK] += 1


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
            _found(s, i, level)
            s.work[ready] = i
            ready += 1
    return ready


@compiled
def _spread_support(w: Wiring, s: Scratch, level: int, ready: int) -> None:
    """Pass support on from founded elements until no further one is founded.

    First come, first served: the order of founding is shallow, so that few depend on one.
    """
    g, at = w.rings, 0
    while at < ready:
        i = s.work[at]
        at += 1
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
                _found(s, o, level)
                s.work[ready] = o
                ready += 1


@compiled
def find_support(w: Wiring, s: Scratch, base: Bytes) -> None:
    """Look at the next ring at its worst level, and lower what is outside its support set."""
    ring = s.dirty_rings[s.counts[DIRTY] - 1]
    bits = s.dirty[ring]
    level = 3 if bits & 1 else 2 if bits & 2 else 1
    s.dirty[ring] = bits & (bits - 1)  # the lowest bit is the level looked at now
    if s.dirty[ring] == 0:
        s.counts[DIRTY] -= 1
    s.counts[RANK] = 0
    _count_support(w, s, ring, level)
    _spread_support(w, s, level, _start_support(w, s, ring, level))
    for i in range(w.rings.start[ring], w.rings.start[ring + 1]):
        if s.founded[i] == 0:
            raise_level(s, base, w.rings.elements[i], level)


@woven
def _doubt(
    need: int,
    level: int,
    count: int,
    hard: Bytes,
    owner: Indices,
    needs: Indices,
    elements: Indices,
    mates_start: Indices,
    mates: Indices,
    weights: Integers,
    slack: Integers,
    state: Bytes,
    rank: Indices,
    loose: Bytes,
    work: Indices,
) -> int:
    """Put the owner of a need in doubt unless mates founded before it and others still meet it.

    The arrays are given one by one: in a hot loop, taking one out of a tuple costs more than
    looking into it.
    """
    o = owner[need]
    if loose[o] or state[elements[o]] >= level or (level == 3 and hard[need] == 0):
        return count
    spare = slack[needs[need], 3 - level]
    for j in range(mates_start[need], mates_start[need + 1]):
        m = mates[j]
        if (loose[m] or rank[m] >= rank[o]) and state[elements[m]] < level:
            spare -= weights[j]
    if spare >= 0:
        return count
    loose[o] = 1
    work[count] = o
    return count + 1


@compiled
def _doubts(w: Wiring, s: Scratch, level: int) -> int:
    """Collect in ``work`` what has lost its support as far as the order goes; says how many."""
    g, column, count, at = w.rings, 3 - level, 0, 0
    owner, hard, needs, elements = g.owner, g.hard, w.needs, g.elements
    mates_start, mates, weights = g.mates_start, g.mates, g.mates_weight
    uses_start, uses = g.uses_start, g.uses
    slack, state, loose, work = s.slack, s.state, s.loose, s.work
    rank, weakened, weakened_at = s.order[column], s.weakened[column], s.weakened_at
    for i in range(s.counts[NEEDS + column]):
        q = weakened[i]
        weakened_at[q] &= ~(1 << column)
        count = _doubt(
            q, level, count, hard, owner, needs, elements, mates_start, mates, weights, slack,
            state, rank, loose, work,
        )  # fmt: skip
    s.counts[NEEDS + column] = 0
    while at < count:
        i = work[at]
        at += 1
        for j in range(uses_start[i], uses_start[i + 1]):
            q = uses[j]
            if rank[owner[q]] > rank[i]:
                count = _doubt(
                    q, level, count, hard, owner, needs, elements, mates_start, mates, weights,
                    slack, state, rank, loose, work,
                )  # fmt: skip
    return count


@compiled
def keep_support(w: Wiring, s: Scratch, base: Bytes, level: int) -> bool:
    """Lower what lost its support at a level since the solution; says whether anything did."""
    count = _doubts(w, s, level)
    _settle(w, s, level, _doubts_without_need(w, s, level, count))
    lowered = False
    for at in range(count):
        i = s.work[at]
        if s.loose[i]:
            s.loose[i] = 0
            raise_level(s, base, w.rings.elements[i], level)
            lowered = True
    return lowered


@compiled
def _doubts_without_need(w: Wiring, s: Scratch, level: int, count: int) -> int:
    """Count what those in doubt lack without one another; returns how many lack nothing."""
    g, column, ready = w.rings, 3 - level, 0
    needs_start, needs, hard = g.needs_start, w.needs, g.hard
    mates_start, mates, weights = g.mates_start, g.mates, g.mates_weight
    slack, loose, work, lacking, open_needs = s.slack, s.loose, s.work, s.lacking, s.open_needs
    for at in range(count):
        i = work[at]
        missing = 0
        for q in range(needs_start[i], needs_start[i + 1]):
            lacking[q] = 0
            if level == 3 and hard[q] == 0:
                continue
            lacks = -slack[needs[q], column]
            for j in range(mates_start[q], mates_start[q + 1]):
                if loose[mates[j]]:
                    lacks += weights[j]
            lacking[q] = lacks
            missing += lacks > 0
        open_needs[i] = missing
        if missing == 0:
            s.ready[ready] = i
            ready += 1
    return ready


@compiled
def _settle(w: Wiring, s: Scratch, level: int, ready: int) -> None:
    """Found anew what lacks nothing, and what that supports, at the end of the order."""
    g, column, at = w.rings, 3 - level, 0
    owner, uses_start, uses, weights = g.owner, g.uses_start, g.uses, g.uses_weight
    queue, loose, lacking, open_needs = s.ready, s.loose, s.lacking, s.open_needs
    rank, first_rank, moved = s.order[column], s.first_order[column], s.moved
    places, last, changes = rank.size, s.counts[RANK], s.counts[MOVED]
    while at < ready:
        i = queue[at]
        at += 1
        loose[i] = 0
        if rank[i] == first_rank[i]:
            moved[changes] = column * places + i
            changes += 1
        rank[i] = last
        last += 1
        for j in range(uses_start[i], uses_start[i + 1]):
            q = uses[j]
            o = owner[q]
            if not loose[o] or lacking[q] <= 0:
                continue
            lacking[q] -= weights[j]
            if lacking[q] <= 0:
                open_needs[o] -= 1
                if open_needs[o] == 0:
                    queue[ready] = o
                    ready += 1
    s.counts[RANK], s.counts[MOVED] = last, changes
