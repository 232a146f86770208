"""Ranks: in which order the levels of a case can be derived, and by which requirement each.

The states of a case are known by now. Going through them again in the order of derivation finds,
for each element, the least height of a proof (rank) and the requirement it ends with: rank 0 is
an element whose own state decides, and an element stands one above the last of the members that
bring it down. What counting cannot derive is unfounded: a set in a ring whose members hold up
only one another. Only elements that are not UP and their relations are looked at.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fitsm_graph.impact.engine.compiled import compiled, woven
from fitsm_graph.impact.engine.rings import expand, rings_of
from fitsm_graph.impact.engine.solution import Case
from fitsm_graph.impact.network import AT_RISK, HARD, SOFT, Bytes, Indices

UNPROVED: Final = -1
OWN: Final = -2
UNFOUNDED: Final = -3
_NEVER: Final = np.iinfo(np.int64).max
Wide = NDArray[np.int64]


class Part(NamedTuple):
    """The part of a case that is not UP; n elements, q requirements, e uses.

    Attributes:
        elements: The elements, ascending, int32[n]; all else counts by position here.
        level: Their states, uint8[n].
        decided: Whether the own state alone gives that state, uint8[n].
        ring: Their rings, or -1, int32[n].
        needs_start: Where the requirements of each begin, int64[n+1].
        needs: Those of their requirements that can give that state, [q].
        owner: Element of each, int64[q].
        spare: Weight whose loss it survives, int64[q].
        reserve_spare: The same for its reserve where that is what counts, int64[q].
        grounded: Whether it takes part in support, uint8[q].
        members_start: Where the lost members of each begin, int64[q+1].
        members: Members that are as bad as its element or worse, int64[e].
        weights: Their weights, int64[e].
        uses_start: Where the uses of each element begin, int64[n+1].
        uses: Positions among ``members``, by member, int64[e].
        needed_by: Requirement of each position, int64[e].
    """

    elements: Indices
    level: Bytes
    decided: Bytes
    ring: Indices
    needs_start: Wide
    needs: Indices
    owner: Wide
    spare: Wide
    reserve_spare: Wide
    grounded: Bytes
    members_start: Wide
    members: Wide
    weights: Wide
    uses_start: Wide
    uses: Wide
    needed_by: Wide


class Ranks(NamedTuple):
    """What the derivation finds; by position in a part.

    Attributes:
        rank: Height of the proof of each element, int64[n].
        reason: Position of the deciding requirement, or `OWN` or `UNFOUNDED`, int64[n].
        group: Number of the unfounded set of each element, or -1, int64[n].
        unmet: Position of a requirement that an unfounded element cannot meet, int64[n].
        lost: Weight of members derived so far, int64[q].
        lost_more: The same for those DEGRADED or DOWN, int64[q].
        queue: Elements in order of derivation, int64[n].
        counts: How many are derived, and how many of those are passed on, int64[2].
    """

    rank: Wide
    reason: Wide
    group: Wide
    unmet: Wide
    lost: Wide
    lost_more: Wide
    queue: Wide
    counts: Wide


def part_of(case: Case) -> Part:
    """Cut out what is not UP, with the requirements and members that can be to blame."""
    network, elements = case.network, case.not_up()
    level = case.levels(elements)
    needs = network.has[expand(network.has_start, elements)]
    counts = network.has_start[elements + 1] - network.has_start[elements]
    owner = np.repeat(np.arange(elements.size), counts)
    fit = network.strength[needs] >= np.where(level[owner] > HARD, HARD, SOFT)
    needs, owner = needs[fit], owner[fit]
    spare = network.total[needs].astype(np.int64) - network.need[needs]
    at_risk = level[owner] == AT_RISK
    reserve_spare = np.where(at_risk, spare - network.reserve[needs], _NEVER)
    needed_by, members, weights = _lost_members(case, elements, level, needs, owner)
    uses = np.argsort(members, kind="stable")
    rings = rings_of(network)
    place = rings.place[elements]
    ring = np.where(place >= 0, np.append(rings.ring, -1)[place], -1).astype(np.int32)
    return Part(
        elements, level, (case.own_levels(elements) >= level).astype(np.uint8), ring,
        _starts(owner, elements.size), needs, owner, spare, reserve_spare,
        network.grounded[needs].astype(np.uint8), _starts(needed_by, needs.size), members,
        weights, _starts(members, elements.size), uses, needed_by,
    )  # fmt: skip


def _lost_members(
    case: Case, elements: Indices, level: Bytes, needs: Indices, owner: Wide
) -> tuple[Wide, Wide, Wide]:
    """Members that are at least as bad as the element: requirement, member, weight."""
    network = case.network
    at = expand(network.member_start, needs)
    counts = network.member_start[needs + 1] - network.member_start[needs]
    needed_by = np.repeat(np.arange(needs.size), counts)
    found = np.minimum(np.searchsorted(elements, network.member[at]), elements.size - 1)
    lost = elements[found] == network.member[at]
    lost &= level[found] >= level[owner[needed_by]]
    return needed_by[lost], found[lost], network.weight[at[lost]].astype(np.int64)


def _starts(keys: NDArray[Any], count: int) -> Wide:
    start = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(keys, minlength=count), out=start[1:])
    return start


def rank(part: Part) -> Ranks:
    """Derive the levels of a part in order of height."""
    size, needs = part.elements.size, part.needs.size
    ranks = Ranks(
        np.zeros(size, np.int64), np.full(size, UNPROVED, np.int64),
        np.full(size, -1, np.int64), np.full(size, -1, np.int64),
        np.zeros(needs, np.int64), np.zeros(needs, np.int64),
        np.zeros(size, np.int64), np.zeros(2, np.int64),
    )  # fmt: skip
    if size:
        _derive(part, ranks)
    return ranks


@compiled
def _derive(p: Part, d: Ranks) -> None:
    _start(p, d)
    groups = 0
    while True:
        _count(p, d)
        if d.counts[0] == d.queue.size:
            return
        more = _unfounded(p, d, groups)
        if more == groups:
            return
        groups = more


@woven
def _prove(d: Ranks, element: int, rank: int, reason: int) -> None:
    if d.reason[element] == UNPROVED:
        d.rank[element], d.reason[element] = rank, reason
        d.queue[d.counts[0]] = element
        d.counts[0] += 1


@compiled
def _start(p: Part, d: Ranks) -> None:
    """Own states, and requirements that nothing could meet."""
    for i in range(p.elements.size):
        if p.decided[i]:
            _prove(d, i, 0, OWN)
    for q in range(p.needs.size):
        if p.spare[q] < 0:
            _prove(d, p.owner[q], 0, q)


@compiled
def _count(p: Part, d: Ranks) -> None:
    """Pass on what is derived until counting derives nothing more."""
    while d.counts[1] < d.counts[0]:
        i = d.queue[d.counts[1]]
        d.counts[1] += 1
        for j in range(p.uses_start[i], p.uses_start[i + 1]):
            use = p.uses[j]
            q = p.needed_by[use]
            d.lost[q] += p.weights[use]
            if p.level[i] > 1:
                d.lost_more[q] += p.weights[use]
            if d.lost[q] > p.spare[q] or d.lost_more[q] > p.reserve_spare[q]:
                _prove(d, p.owner[q], d.rank[i] + 1, q)


@compiled
def _worst_unproved(p: Part, d: Ranks) -> int:
    worst = 0
    for i in range(p.elements.size):
        if d.reason[i] == UNPROVED:
            worst = max(worst, p.level[i])
    return worst


@compiled
def _unfounded(p: Part, d: Ranks, groups: int) -> int:
    """Find the sets that hold up only themselves and derive them; returns how many sets so far.

    Members in another ring are taken to hold: a set there has its turn by itself.
    """
    size, level = p.elements.size, _worst_unproved(p, d)
    inside = np.zeros(size, np.bool_)
    for i in range(size):
        inside[i] = d.reason[i] == UNPROVED and p.level[i] == level and p.ring[i] >= 0
    lacking = np.zeros(p.needs.size, np.int64)
    open_needs = np.zeros(size, np.int64)
    for q in range(p.needs.size):
        if p.grounded[q] and inside[p.owner[q]]:
            lacking[q] = _lacks(p, d, q, level)
            open_needs[p.owner[q]] += lacking[q] > 0
    _drop_founded(p, inside, lacking, open_needs)
    begin = d.counts[0]
    height = d.rank[d.queue[begin - 1]] + 1 if begin else 0
    for i in range(size):
        if inside[i] and d.reason[i] == UNPROVED:
            _gather(p, d, i, inside, lacking, height, groups)
            groups += 1
    return groups


@woven
def _lacks(p: Part, d: Ranks, q: int, level: int) -> int:
    """Weight of support that a requirement lacks if its ring gives none."""
    lacking, ring = -int(p.spare[q]), p.ring[p.owner[q]]
    for j in range(p.members_start[q], p.members_start[q + 1]):
        m = p.members[j]
        holds = d.reason[m] == UNPROVED and p.level[m] == level and p.ring[m] != ring
        if not holds:
            lacking += int(p.weights[j])
    return lacking


@compiled
def _drop_founded(p: Part, inside: NDArray[np.bool_], lacking: Wide, open_needs: Wide) -> None:
    """Take out of ``inside`` what is supported after all, and what that supports."""
    work, ready = np.empty(inside.size, np.int64), 0
    for i in range(inside.size):
        if inside[i] and open_needs[i] == 0:
            work[ready] = i
            ready += 1
            inside[i] = False
    while ready:
        ready -= 1
        i = work[ready]
        for j in range(p.uses_start[i], p.uses_start[i + 1]):
            q = p.needed_by[p.uses[j]]
            o = p.owner[q]
            if lacking[q] <= 0 or p.ring[o] != p.ring[i]:
                continue
            lacking[q] -= p.weights[p.uses[j]]
            if lacking[q] <= 0:
                open_needs[o] -= 1
                if inside[o] and open_needs[o] == 0:
                    work[ready] = o
                    ready += 1
                    inside[o] = False


@compiled
def _gather(
    p: Part,
    d: Ranks,
    seed: int,
    inside: NDArray[np.bool_],
    lacking: Wide,
    height: int,
    group: int,
) -> None:
    """Derive one unfounded set: what hangs together through requirements it cannot meet."""
    begin = d.counts[0]
    _prove(d, seed, height, UNFOUNDED)
    at = begin
    while at < d.counts[0]:
        i = d.queue[at]
        at += 1
        d.group[i] = group
        for q in range(p.needs_start[i], p.needs_start[i + 1]):
            if lacking[q] > 0:
                d.unmet[i] = q
                for j in range(p.members_start[q], p.members_start[q + 1]):
                    m = p.members[j]
                    if inside[m] and p.ring[m] == p.ring[i]:
                        _prove(d, m, height, UNFOUNDED)
        for j in range(p.uses_start[i], p.uses_start[i + 1]):
            q = p.needed_by[p.uses[j]]
            o = p.owner[q]
            if lacking[q] > 0 and inside[o] and p.ring[o] == p.ring[i]:
                _prove(d, o, height, UNFOUNDED)
