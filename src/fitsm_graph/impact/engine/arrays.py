"""What a kernel works on: the wiring of a network, and scratch arrays of one query.

Most requirements need no counting: they have a single member and pass its level on as it is, up
to their strength. For all others slack is kept, which is what a requirement has beyond its need.
Each row of ``slack`` holds three slacks: the weight of members not DOWN, of those below DEGRADED
and of those UP, each less the need. The requirement is then DOWN, DEGRADED or AT_RISK if the
first, second or third is below 0, and AT_RISK also if the second is below the reserve. The fourth
column, the terms, is the reserve with four bits below it: strength, whether it counts in a ring,
and whether a query has touched it. So one look at memory tells all about a requirement, which is
what the time goes into.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fitsm_graph.impact.engine.compiled import compiled
from fitsm_graph.impact.engine.rings import Rings, rings_of
from fitsm_graph.impact.network import Bytes, Flags, Indices, Integers, Network

STRENGTH = 3
"""Bits of the terms that are the strength."""
IN_RING = 4
"""Bit of the terms for a grounded requirement of a ring element."""
TOUCHED = 8
"""Bit of the terms for a requirement whose slack a query has changed."""
RESERVE = 4
"""How far the reserve is shifted up in the terms."""
PASSES = 3
"""How many bits below the element say what a requirement passes on."""
PASSED = 7
"""These bits."""
COUNTED = 4
"""In place of the worst level a requirement passes on: its members have to be counted."""
QUEUED, ELEMENTS, REQUIREMENTS, DIRTY, MOVED, RANK, FROM_BASE, NEEDS = range(8)
"""What the counts of the scratch arrays count; the last begins three, one for each level."""


_NARROW = 2**28  # elements whose numbers leave three bits of 32


class Wiring(NamedTuple):
    """The parts of a network that the kernels read; K of its requirements have to be counted.

    Attributes:
        used_start: Where the uses of each element begin, int32[N+1].
        used_by: Requirements that use it, int32[M].
        used_weight: Weights, [M], or one 1 where all are 1.
        mask: 0 where all weights are 1 and -1 otherwise: position & mask finds the weight.
        to: What a loss goes on to, [R]. Of a requirement that passes on the level of its only
            member the element that has it, and in the three bits below the worst level it
            passes on; of another its position among those counted, and `COUNTED`.
        counted: The requirements that are counted, ascending, int32[K].
        owner: The element that has each of them, int32[K].
        needs: Positions of the ring requirements among them, int32[Q].
        rings: The rings.
    """

    used_start: Indices
    used_by: Indices
    used_weight: Integers
    mask: int
    to: Integers
    counted: Indices
    owner: Indices
    needs: Indices
    rings: Rings


class Scratch(NamedTuple):
    """Working arrays of one query; as large as the network, reset at the cost of what it touched.

    Attributes:
        state: Level of each element, uint8[N].
        seen: Level that has been passed on to the requirements that use it, uint8[N].
        slack: Slacks and terms of each counted requirement, [K, 4].
        queue: Elements whose level is still to be passed on, int32[N], circular.
        elements: Elements whose state changed, int32[N].
        requirements: Positions of the counted requirements whose slack changed, int32[K].
        counts: How many entries of the lists are valid, int64[10].
        dirty: Levels at which each ring is to be looked at, as bits, uint8[K].
        dirty_rings: The rings with such bits, int32[K].
        founded: Whether each ring element has support, uint8[C].
        open_needs: How many of its needs lack support, int32[C].
        lacking: Weight of support that each ring requirement lacks, [Q].
        work: Ring elements whose support is to be passed on, int32[C].
        order: In which order ring elements were founded, for DOWN, DEGRADED, AT_RISK, int32[3, C].
        first_order: The same for the solution the scratch arrays stand at.
        moved: Entries of ``order`` that differ, as column · C + place, int32[3C].
        loose: Whether the support of each ring element is in doubt, uint8[C].
        ready: Ring elements founded anew and not yet passed on, int32[C].
        weakened: Ring requirements that lost support, for each level, int32[3, Q].
        weakened_at: The levels at which each of them stands in these lists, as bits, uint8[Q].
    """

    state: Bytes
    seen: Bytes
    slack: Integers
    queue: Indices
    elements: Indices
    requirements: Indices
    counts: NDArray[np.int64]
    dirty: Bytes
    dirty_rings: Indices
    founded: Bytes
    open_needs: Indices
    lacking: Integers
    work: Indices
    order: Indices
    first_order: Indices
    moved: Indices
    loose: Bytes
    ready: Indices
    weakened: Indices
    weakened_at: Bytes


def wiring_of(network: Network) -> Wiring:
    """The wiring of a network, made on first use."""
    found: Wiring | None = network.memo.get("wiring")
    if found is None:
        found = network.memo["wiring"] = _wire(network)
    return found


def _wire(network: Network) -> Wiring:
    weight = network.used_weight
    if network.unit_weights or not weight.size:
        weight = np.ones(1, network.need.dtype)
        weight.flags.writeable = False
    mask, rings = 0 if weight.size == 1 else -1, rings_of(network)
    wide: Any = np.int64 if network.element_count > _NARROW else np.int32
    to: Integers = np.empty(network.requirement_count, wide)
    counted = _find_ways(
        network.of, network.member_start, network.need, network.total, network.strength,
        network.grounded, rings.place, to,
    )  # fmt: skip
    to.flags.writeable = False
    return Wiring(
        network.used_start, network.used_by, weight, mask, to, counted, network.of[counted],
        (to[rings.needs] >> PASSES).astype(np.int32), rings,
    )  # fmt: skip


@compiled
def _find_ways(
    of: Indices,
    start: Indices,
    need: Integers,
    total: Integers,
    strength: Bytes,
    grounded: Flags,
    place: Indices,
    to: Integers,
) -> Indices:
    """Say where a loss goes on to; returns the requirements that have to be counted.

    Among these are those of a ring, whose least set works with slack.
    """
    counted, count = np.empty(1024, np.int32), 0
    for r in range(of.size):
        single = start[r + 1] - start[r] == 1 and 1 <= need[r] <= total[r]
        if single and not (grounded[r] and place[of[r]] >= 0):
            to[r] = of[r] << PASSES | (strength[r] + 1 if strength[r] else 0)
            continue
        if count == counted.size:
            larger = np.empty(count * 2, np.int32)
            larger[:count] = counted
            counted = larger
        to[r] = count << PASSES | COUNTED
        counted[count] = r
        count += 1
    return counted[:count].copy()


def whole_slack(network: Network) -> Integers:
    """Slacks of all counted requirements while every member is UP, and their terms, [K, 4]."""
    w = wiring_of(network)
    slack: Integers = np.empty((w.counted.size, 4), network.need.dtype)
    slack[:, :3] = (network.total[w.counted] - network.need[w.counted])[:, None]
    slack[:, 3] = terms_of(network, w.counted)
    slack[w.needs, 3] |= IN_RING
    return slack


def terms_of(network: Network, requirements: NDArray[Any]) -> Integers:
    """Reserve and strength of some requirements, as they stand in the terms."""
    terms: Integers = network.reserve[requirements] << RESERVE
    terms |= network.strength[requirements]
    return terms


def new_scratch(
    network: Network, state: Bytes, slack: Integers, order: Indices | None = None
) -> Scratch:
    """Scratch arrays that start from given states and slacks, which they take over.

    With an order of founding they stand at a solution, and support is kept up from there;
    without, it is worked out ring by ring.
    """
    rings = rings_of(network)
    inside, needs, count = rings.elements.size, rings.needs.size, rings.start.size - 1
    counts = np.zeros(10, np.int64)
    counts[RANK], counts[FROM_BASE] = inside, order is not None
    return Scratch(
        state,
        state.copy(),
        slack,
        _list(network.element_count),
        _list(network.element_count),
        _list(slack.shape[0]),
        counts,
        np.zeros(count, np.uint8),
        _list(count),
        np.zeros(inside, np.uint8),
        np.zeros(inside, np.int32),
        np.zeros(needs, slack.dtype),
        _list(inside),
        np.zeros((3, inside), np.int32) if order is None else order.copy(),
        np.zeros((3, inside), np.int32) if order is None else order,
        _list(3 * inside),
        np.zeros(inside, np.uint8),
        _list(inside),
        np.empty((3, needs), np.int32),
        np.zeros(needs, np.uint8),
    )


def _list(size: int) -> NDArray[Any]:
    return np.empty(max(size, 1), np.int32)
