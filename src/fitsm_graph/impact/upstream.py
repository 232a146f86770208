"""What could take an element down: single elements, pairs of them, and shared fate.

Every answer is verified by the engine: the suspected elements are made to fail and the state of
the target is looked at. That happens in the part of the network the target depends on, for
nothing else can matter to it. Where that part is larger than stated, the answer says so and says
how much of it has been looked at.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fitsm_graph.impact.engine import Solution, solve, sweep, worsen
from fitsm_graph.impact.engine.arrays import IN_RING, RESERVE
from fitsm_graph.impact.engine.cones import cone_down, cone_up
from fitsm_graph.impact.engine.rings import expand, rings_of
from fitsm_graph.impact.network import (
    DOWN,
    HARD,
    SOFT,
    Indices,
    Level,
    Network,
    build_network,
)

__all__ = [
    "Pairs",
    "SharedFate",
    "SharedProvider",
    "SinglePoints",
    "cone_down",
    "cone_up",
    "pairs_of_failure",
    "shared_fate",
    "single_points_of_failure",
]

MOST_ELEMENTS: Final = 20_000
"""Elements of a cone that are made to fail one after the other, unless told otherwise."""
MOST_PAIRS: Final = 20_000
"""Pairs that are made to fail one after the other, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class SinglePoints:
    """Elements whose failure alone brings a target to a level or worse.

    Attributes:
        target: The element asked about.
        level: The level asked about.
        elements: The single points, nearest first; the target itself is not among them.
        cone: How many elements the target depends on.
        examined: How many of them, nearest first, were made to fail.
        already: Whether the target is at the level without any further failure.
    """

    target: int
    level: Level
    elements: tuple[int, ...]
    cone: int
    examined: int
    already: bool = False

    @property
    def complete(self) -> bool:
        """Whether all elements of the cone were examined."""
        return self.examined == self.cone


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of elements whose failure together, but of neither alone, brings a target down.

    Attributes:
        target: The element asked about.
        level: The level asked about.
        pairs: The pairs, each ascending.
        singles: The single points, which are in no pair.
        candidates: How many pairs could interact; counted once per requirement or ring they
            meet in, so that a pair may count several times.
        possible: How many of these were taken up, up to the limit.
        examined: How many distinct pairs were made to fail.
    """

    target: int
    level: Level
    pairs: tuple[tuple[int, int], ...]
    singles: SinglePoints
    candidates: int
    possible: int
    examined: int

    @property
    def complete(self) -> bool:
        """Whether every pair that could interact was examined."""
        return self.singles.complete and self.possible == self.candidates


@dataclass(frozen=True, slots=True)
class SharedProvider:
    """A provider whose failure takes redundant members down together.

    Attributes:
        element: The provider.
        members: The members that go DOWN with it.
        weight: Their weight.
    """

    element: int
    members: tuple[int, ...]
    weight: int


@dataclass(frozen=True, slots=True)
class SharedFate:
    """Providers that the redundancy of a requirement does not survive.

    Attributes:
        requirement: The requirement asked about.
        providers: The providers, nearest first.
        cone: How many elements the members and their providers are.
        examined: How many of them, nearest first, were made to fail.
        already: Whether the requirement is not met without any further failure.
    """

    requirement: int
    providers: tuple[SharedProvider, ...]
    cone: int
    examined: int
    already: bool = False

    @property
    def complete(self) -> bool:
        """Whether all elements of the cone were examined."""
        return self.examined == self.cone


@dataclass(frozen=True, slots=True)
class _Cone:
    """The part of a network that some elements depend on, solved by itself.

    Attributes:
        elements: Its elements, nearest first; the targets come first of all.
        network: The same, numbered in that order.
        baseline: Its solution; the states are those of the whole.
    """

    elements: Indices
    network: Network
    baseline: Solution


def single_points_of_failure(
    network: Network,
    baseline: Solution,
    target: int,
    level: int = DOWN,
    *,
    most: int = MOST_ELEMENTS,
) -> SinglePoints:
    """Elements whose failure alone brings the target to a level or worse.

    Args:
        network: The network of the baseline.
        baseline: The states to start from.
        target: The element asked about.
        level: AT_RISK, DEGRADED or DOWN.
        most: How many elements to examine at most.
    """
    cone = _cone_of(network, baseline, [target], level)
    return _singles(cone, target, level, most)


def _singles(cone: _Cone, target: int, level: int, most: int) -> SinglePoints:
    """The single points of the first element of a cone."""
    count = cone.elements.size - 1
    if cone.baseline.state[0] >= level:
        return SinglePoints(target, Level(level), (), count, count, already=True)
    examined = min(count, most)
    case, _, reached = sweep(cone.network, cone.baseline, np.arange(1, examined + 1), watched=[0])
    found = cone.elements[case[reached >= level] + 1]
    return SinglePoints(target, Level(level), tuple(found.tolist()), count, examined)


def _cone_of(network: Network, baseline: Solution, targets: list[int], level: int) -> _Cone:
    """Cut out what the targets depend on; soft requirements cannot matter to DOWN."""
    weakest = HARD if level == DOWN else SOFT
    elements = cone_up(network, targets, weakest=weakest)
    place = np.full(network.element_count, -1, np.int32)
    place[elements] = np.arange(elements.size, dtype=np.int32)
    needs = network.has[expand(network.has_start, elements)]
    needs = needs[network.strength[needs] >= weakest]
    at = expand(network.member_start, needs)
    sizes = network.member_start[needs + 1] - network.member_start[needs]
    part = build_network(
        elements.size,
        of=place[network.of[needs]],
        need=network.need[needs],
        strength=network.strength[needs],
        grounded=network.grounded[needs],
        reserve=network.reserve[needs],
        member_start=np.concatenate([[0], np.cumsum(sizes)]),
        member=place[network.member[at]],
        weight=None if network.unit_weights else network.weight[at],
    )
    own = baseline.own[elements]
    return _Cone(elements, part, solve(part, own, kernel=baseline.kernel))


def pairs_of_failure(
    network: Network,
    baseline: Solution,
    target: int,
    level: int = DOWN,
    *,
    most: int = MOST_ELEMENTS,
    most_pairs: int = MOST_PAIRS,
) -> Pairs:
    """Pairs whose failure together brings the target to a level or worse, single points apart.

    Two failures have an effect that neither has alone only if they meet: in one requirement
    that both weaken and neither breaks, or in one ring whose support both weaken. Only pairs
    that meet are made to fail.

    Args:
        network: The network of the baseline.
        baseline: The states to start from.
        target: The element asked about.
        level: AT_RISK, DEGRADED or DOWN.
        most: How many elements to examine at most.
        most_pairs: How many pairs to examine at most.
    """
    cone = _cone_of(network, baseline, [target], level)
    singles = _singles(cone, target, level, most)
    if singles.already:
        return Pairs(target, Level(level), (), singles, 0, 0, 0)
    alone = np.isin(cone.elements[: singles.examined + 1], singles.elements)
    alone |= cone.baseline.state[: singles.examined + 1] == DOWN
    alone[0] = True
    meetings = _meetings(cone, np.flatnonzero(~alone), level)
    candidates = sum(meeting.count for meeting in meetings)
    taken, possible = _taken(meetings, most_pairs)
    case, _, reached = sweep(
        cone.network, cone.baseline, taken.ravel(),
        start=np.arange(0, taken.size + 1, 2), watched=[0],
    )  # fmt: skip
    found = np.sort(cone.elements[taken[case[reached >= level]]], axis=1)
    pairs = tuple((first, second) for first, second in found.tolist())
    return Pairs(target, Level(level), pairs, singles, candidates, possible, len(taken))


@dataclass(frozen=True, slots=True)
class _Meeting:
    """Failures that weaken the same requirement or ring.

    Attributes:
        elements: The failing elements, by what each takes, ascending.
        first: For each the first position from which another one takes enough with it.
    """

    elements: NDArray[np.int64]
    first: NDArray[np.int64]

    @property
    def count(self) -> int:
        """Number of pairs."""
        return int((self.elements.size - self.first).sum())

    def pairs(self, most: int) -> NDArray[np.int64]:
        """The pairs, at most so many of them."""
        found, left = [], most
        for at, first in enumerate(self.first.tolist()):
            others = self.elements[first : first + left]
            found.append(np.column_stack([np.full(others.size, self.elements[at]), others]))
            left -= others.size
            if left <= 0:
                break
        return np.concatenate(found)


def _meeting(elements: list[int], taken: list[int], spare: int) -> _Meeting:
    """Pairs that take more than can be spared; without amounts, all pairs."""
    order = np.argsort(taken, kind="stable")
    amounts = np.asarray(taken, np.int64)[order]
    first = np.searchsorted(amounts, spare - amounts, "right")
    first = np.maximum(first, np.arange(1, amounts.size + 1))
    return _Meeting(np.asarray(elements, np.int64)[order], first)


def _taken(meetings: list[_Meeting], most: int) -> tuple[NDArray[np.int64], int]:
    """Distinct pairs of the meetings and how many they were, smallest meetings first."""
    parts, left = [np.empty((0, 2), np.int64)], most
    for meeting in sorted(meetings, key=lambda meeting: meeting.count):
        if left > 0 and meeting.count:
            parts.append(meeting.pairs(left))
            left -= len(parts[-1])
    return np.unique(np.sort(np.concatenate(parts), axis=1), axis=0), most - left


def _meetings(cone: _Cone, failing: NDArray[Any], level: int) -> list[_Meeting]:
    """Where failures meet; each of them is tried alone to see what it weakens."""
    columns = {DOWN: ((0, 0),), 2: ((1, 0),), 1: ((1, 1), (2, 0))}[level]
    takers: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    in_ring: dict[int, list[int]] = defaultdict(list)
    part, rings = cone.network, rings_of(cone.network)
    for element in failing.tolist():
        scenario = worsen(part, cone.baseline, [element])
        holds = scenario.levels(part.of[scenario.requirements]) < level
        needs, slack = scenario.requirements[holds], scenario.slack[holds]
        before = cone.baseline.slack[needs]
        weakened = np.zeros(needs.size, np.bool_)
        for column, _ in columns:
            lost = before[:, column] - slack[:, column]
            weakened |= lost > 0
            for need, loss in zip(needs[lost > 0].tolist(), lost[lost > 0].tolist(), strict=True):
                takers[need, column].append((element, loss))
        touched = needs[weakened & ((slack[:, 3] & IN_RING) > 0)]
        for ring in np.unique(rings.ring[rings.place[part.of[touched]]]).tolist():
            in_ring[ring].append(element)
    reserved = dict(columns)
    meetings = [_meeting(elements, [1] * len(elements), 0) for elements in in_ring.values()]
    for (need, column), rows in takers.items():
        spare, terms = int(cone.baseline.slack[need, column]), int(cone.baseline.slack[need, 3])
        spare -= (terms >> RESERVE) * reserved[column]
        meetings.append(_meeting([row[0] for row in rows], [row[1] for row in rows], spare))
    return meetings


def shared_fate(
    network: Network, baseline: Solution, requirement: int, *, most: int = MOST_ELEMENTS
) -> SharedFate:
    """Providers whose failure takes so many members down that a requirement is not met.

    At least two members have to go down with the provider: one that is needed by itself is not
    redundant.

    Args:
        network: The network of the baseline.
        baseline: The states to start from.
        requirement: The requirement, as a rule one with more members than it needs.
        most: How many elements to examine at most.
    """
    members = network.members(requirement)
    weight = dict(zip(members.tolist(), network.weights(requirement).tolist(), strict=True))
    cone = _cone_of(network, baseline, members.tolist(), DOWN)
    size, spare = cone.elements.size, int(baseline.margin[requirement])
    if spare < 0:
        return SharedFate(requirement, (), size, size, already=True)
    examined = min(size, most)
    case, found, level = sweep(
        cone.network, cone.baseline, np.arange(examined), watched=np.arange(members.size)
    )
    fallen: dict[int, list[int]] = defaultdict(list)
    for at, member in zip(case[level == DOWN], cone.elements[found[level == DOWN]], strict=True):
        fallen[int(at)].append(int(member))
    providers = [
        SharedProvider(int(cone.elements[at]), tuple(lost), sum(weight[m] for m in lost))
        for at, lost in fallen.items()
        if len(lost) > 1
    ]
    kept = tuple(provider for provider in providers if provider.weight > spare)
    return SharedFate(requirement, kept, size, examined)
