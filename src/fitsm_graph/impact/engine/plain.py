"""The twin of the compiled kernel in whole-array operations of numpy, for where numba is missing.

It keeps to the same scratch arrays and gives the same answer in another order: it passes on all
waiting levels at once, round by round, instead of one element after the other.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fitsm_graph.impact.engine.arrays import (
    COUNTED,
    DIRTY,
    ELEMENTS,
    IN_RING,
    PASSED,
    PASSES,
    QUEUED,
    REQUIREMENTS,
    RESERVE,
    STRENGTH,
    TOUCHED,
    Scratch,
    Wiring,
)
from fitsm_graph.impact.engine.rings import expand
from fitsm_graph.impact.network import DOWN, Bytes, Indices, Integers

_CAP: Final = np.array([0, 2, 3], np.uint8)  # by strength
_ALL_LEVELS: Final = 7


def propagate(w: Wiring, s: Scratch, base: Bytes) -> None:
    """Apply counting and support until nothing changes: the least state of design section 4."""
    front = s.queue[: s.counts[QUEUED]].copy()
    s.counts[QUEUED] = 0
    while front.size or s.counts[DIRTY]:
        front = _round(w, s, base, front) if front.size else _look_at_ring(w, s, base)


def levels_of(slack: Integers) -> Bytes:
    """Levels to which requirements pull their elements: rule 1, capped by strength.

    Args:
        slack: Slacks and terms, [n, 4].
    """
    at_risk = (slack[:, 2] < 0) | (slack[:, 1] < slack[:, 3] >> RESERVE)
    raw = np.select([slack[:, 0] < 0, slack[:, 1] < 0, at_risk], [3, 2, 1], 0)
    levels: Bytes = np.minimum(raw.astype(np.uint8), _CAP[slack[:, 3] & STRENGTH])
    return levels


def _round(w: Wiring, s: Scratch, base: Bytes, front: Indices) -> Indices:
    """Pass on the levels of the front; returns the elements that got worse by it."""
    at = expand(w.used_start, front)
    uses = w.used_start[front + 1] - w.used_start[front]
    old, new = np.repeat(s.seen[front], uses), np.repeat(s.state[front], uses)
    s.seen[front] = s.state[front]
    way = w.to[w.used_by[at]]
    passes, goes_to = (way & PASSED).astype(np.uint8), way >> PASSES
    counted = passes == COUNTED
    touched = _count(
        w, s, goes_to[counted], w.used_weight[at & w.mask][counted], old[counted], new[counted]
    )
    levels = np.minimum(new, passes)[~counted]
    elements = np.concatenate([w.owner[touched], goes_to[~counted]])
    return _raise(s, base, elements, np.concatenate([levels_of(s.slack[touched]), levels]))


def _count(
    w: Wiring, s: Scratch, reached: Integers, weight: Integers, old: Bytes, new: Bytes
) -> NDArray[Any]:
    """Take lost weight from the slack of counted requirements; returns these, each once."""
    for column, level in enumerate((3, 2, 1)):
        hit = (old < level) & (new >= level)
        np.subtract.at(s.slack[:, column], reached[hit], weight[hit])
    touched: NDArray[Any] = np.unique(reached)
    _mark(s, touched)
    _note_dirty(w, s, touched[(s.slack[touched, 3] & IN_RING) > 0])
    return touched


def _mark(s: Scratch, touched: NDArray[Any]) -> None:
    fresh = touched[(s.slack[touched, 3] & TOUCHED) == 0]
    s.slack[fresh, 3] |= TOUCHED
    _append(s, s.requirements, REQUIREMENTS, fresh)


def _append(s: Scratch, entries: Indices, which: int, fresh: NDArray[Any]) -> None:
    count = int(s.counts[which])
    entries[count : count + fresh.size] = fresh
    s.counts[which] = count + fresh.size


def _note_dirty(w: Wiring, s: Scratch, requirements: NDArray[Any]) -> None:
    rings = np.unique(w.rings.ring[w.rings.place[w.owner[requirements]]])
    _append(s, s.dirty_rings, DIRTY, rings[s.dirty[rings] == 0])
    s.dirty[rings] = _ALL_LEVELS


def _raise(s: Scratch, base: Bytes, elements: NDArray[Any], levels: Bytes) -> Indices:
    """Raise elements to levels; returns those that got worse, each once."""
    worse = levels > s.state[elements]
    changed = np.unique(elements[worse]).astype(np.int32)
    _append(s, s.elements, ELEMENTS, changed[s.state[changed] == base[changed]])
    np.maximum.at(s.state, elements[worse], levels[worse])
    return changed


def _look_at_ring(w: Wiring, s: Scratch, base: Bytes) -> Indices:
    ring = int(s.dirty_rings[s.counts[DIRTY] - 1])
    s.counts[DIRTY] -= 1
    s.dirty[ring] = 0
    fallen = [_unsupported(w, s, ring, level) for level in (3, 2, 1)]
    levels = np.repeat(np.array([3, 2, 1], np.uint8), [part.size for part in fallen])
    return _raise(s, base, np.concatenate(fallen), levels)


def _unsupported(w: Wiring, s: Scratch, ring: int, level: int) -> Indices:
    """Elements of a ring outside the least set whose needs are met from within that set."""
    g = w.rings
    inside = slice(int(g.start[ring]), int(g.start[ring + 1]))
    needs = slice(int(g.needs_start[inside.start]), int(g.needs_start[inside.stop]))
    uses = slice(int(g.uses_start[inside.start]), int(g.uses_start[inside.stop]))
    elements = g.elements[inside]
    good = s.state[elements] < level
    user = np.repeat(
        np.arange(elements.size), np.diff(g.uses_start[inside.start : inside.stop + 1])
    )
    need, weight = g.uses[uses] - needs.start, g.uses_weight[uses].astype(np.float64)
    held = np.bincount(need, weight * good[user], needs.stop - needs.start)
    lacking = held - s.slack[w.needs[needs], DOWN - level]
    if level == DOWN:
        lacking[g.hard[needs] == 0] = 0
    owner = g.owner[needs] - inside.start
    founded = _least(good, lacking, owner, user, need, weight)
    fallen: Indices = elements[good & ~founded]
    return fallen


def _least(
    good: NDArray[np.bool_],
    lacking: NDArray[np.float64],
    owner: Indices,
    user: NDArray[np.intp],
    need: Indices,
    weight: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Grow the support set round by round, from the elements that lack nothing."""
    first = np.searchsorted(user, np.arange(good.size + 1)).astype(np.int64)
    lacks = np.bincount(owner[lacking > 0], minlength=good.size)
    founded: NDArray[np.bool_] = good & (lacks == 0)
    front = np.flatnonzero(founded)
    while front.size:
        at = expand(first, front)
        reached = np.unique(need[at])
        before = lacking[reached] > 0
        np.subtract.at(lacking, need[at], weight[at])
        met = owner[reached[before & (lacking[reached] <= 0)]]
        np.subtract.at(lacks, met, 1)
        met = np.unique(met)
        front = met[good[met] & (lacks[met] == 0) & ~founded[met]]
        founded[front] = True
    return founded


def reset(s: Scratch, state: Bytes, slack: Integers) -> None:
    """Take back what a query did, at the cost of what it touched."""
    elements = s.elements[: s.counts[ELEMENTS]]
    s.state[elements] = s.seen[elements] = state[elements]
    touched = s.requirements[: s.counts[REQUIREMENTS]]
    s.slack[touched] = slack[touched]
    s.counts[ELEMENTS] = s.counts[REQUIREMENTS] = 0


def collect(s: Scratch, state: Bytes, slack: Integers) -> tuple[Indices, Bytes, Indices, Integers]:
    """Copy what a query touched and take it back."""
    elements = s.elements[: s.counts[ELEMENTS]].copy()
    requirements = s.requirements[: s.counts[REQUIREMENTS]].copy()
    levels, rows = s.state[elements], s.slack[requirements]
    rows[:, 3] ^= TOUCHED
    reset(s, state, slack)
    return elements, levels, requirements, rows


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
    parts: list[tuple[NDArray[np.int64], Indices, Bytes]] = []
    for case in range(start.size - 1):
        fallen = faults[start[case] : start[case + 1]]
        fallen = _raise(s, state, fallen, np.full(fallen.size, DOWN, np.uint8))
        _append(s, s.queue, QUEUED, fallen)
        propagate(w, s, state)
        found = s.elements[: s.counts[ELEMENTS]]
        found = found[watched[found] != 0]
        parts.append((np.full(found.size, case, np.int64), found, s.state[found]))
        reset(s, state, slack)
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.uint8)
    cause, elements, levels = zip(*parts, strict=True)
    return np.concatenate(cause), np.concatenate(elements), np.concatenate(levels)
