"""States of a whole network, and what differs from them in a scenario."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fitsm_graph.impact.engine.arrays import Scratch, is_counted, new_scratch, wiring_of
from fitsm_graph.impact.engine.plain import levels_of
from fitsm_graph.impact.engine.rings import expand
from fitsm_graph.impact.network import (
    AT_RISK,
    DEGRADED,
    DOWN,
    HARD,
    UP,
    Bytes,
    Flags,
    Indices,
    Integers,
    Level,
    Network,
)

NO_MARGIN: Final = np.iinfo(np.int64).max
"""Margin of an element that has no hard requirement."""
_MANY: Final = 16
"""Above one element of so many, looking into all states is faster than searching."""


class Case(Protocol):
    """States that can be looked up and proved: a solution or a scenario."""

    @property
    def network(self) -> Network:
        """The network."""

    @property
    def memo(self) -> dict[str, Any]:
        """What is derived from the case once and kept with it."""

    def levels(self, elements: ArrayLike) -> Bytes:
        """States of some elements."""

    def own_levels(self, elements: ArrayLike) -> Bytes:
        """Own states of some elements."""

    def not_up(self) -> Indices:
        """All elements that are not UP, ascending."""


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """The least state of a network for given own states (design section 4).

    Safe to share between threads.

    Attributes:
        network: The network.
        own: Own state of each element, uint8[N].
        state: State of each element, uint8[N].
        slack: Per requirement the weight of members not DOWN, below DEGRADED and UP, each less
            the need, and the terms, [R, 4].
        order: In which order the ring elements were founded, int32[3, C]; see `Scratch`.
        kernel: The kernel that found it and that its scenarios use.
    """

    network: Network
    own: Bytes
    state: Bytes
    slack: Integers
    order: Indices
    kernel: str
    memo: dict[str, Any] = field(default_factory=dict, repr=False)
    pool: deque[Scratch] = field(default_factory=deque, repr=False)

    @property
    def margin(self) -> Integers:
        """Weight that each requirement can still lose before it is DOWN: any - k, [R]."""
        margin: Integers = self.slack[:, 0]
        return margin

    @property
    def requirement_levels(self) -> Bytes:
        """Level to which each requirement pulls its element, capped by strength, uint8[R]."""
        return levels_of(self.slack)

    def level(self, element: int) -> Level:
        """State of one element."""
        return Level(int(self.state[element]))

    def levels(self, elements: ArrayLike) -> Bytes:
        """States of some elements."""
        return self.state[np.asarray(elements, np.intp)]

    def own_levels(self, elements: ArrayLike) -> Bytes:
        """Own states of some elements."""
        return self.own[np.asarray(elements, np.intp)]

    def not_up(self) -> Indices:
        """All elements that are not UP, ascending; looked for once."""
        if "not_up" not in self.memo:
            self.memo["not_up"] = np.flatnonzero(self.state).astype(np.int32)
        found: Indices = self.memo["not_up"]
        return found

    def element_margins(self, elements: ArrayLike) -> NDArray[np.int64]:
        """Least margin over the hard requirements of each element, or ``NO_MARGIN``."""
        return _least_margins(self.network, np.asarray(elements, np.intp), self.margin)

    def borrow(self) -> Scratch:
        """Take scratch arrays that stand at this solution; one set per query at a time."""
        try:
            return self.pool.pop()
        except IndexError:
            return new_scratch(self.network, self.state.copy(), self.slack.copy(), self.order)

    def give_back(self, scratch: Scratch) -> None:
        """Return scratch arrays after a reset."""
        self.pool.append(scratch)


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """What differs from a baseline when some own states differ; as large as the difference.

    Attributes:
        baseline: The solution it is compared with.
        changed: Elements whose own state differs, ascending, int32.
        own: Their own states in the scenario, uint8.
        elements: Elements whose state differs, in no order, int32.
        after: Their states in the scenario, uint8.
        counted: Requirements whose members had to be counted and whose slack differs, in no
            order, int32; that of the others follows from their only members.
        counted_slack: Slacks and terms of these in the scenario, [., 4].
    """

    baseline: Solution
    changed: Indices
    own: Bytes
    elements: Indices
    after: Bytes
    counted: Indices
    counted_slack: Integers
    memo: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def network(self) -> Network:
        """The network."""
        return self.baseline.network

    @property
    def requirements(self) -> Indices:
        """All requirements whose slack differs, in no order; worked out when asked for."""
        return self._differing()[0]

    @property
    def slack(self) -> Integers:
        """Slacks of ``requirements`` in the scenario, and their terms, [., 4]."""
        return self._differing()[1]

    @property
    def before(self) -> Bytes:
        """States of ``elements`` in the baseline."""
        return self.baseline.state[self.elements]

    @property
    def margin_before(self) -> Integers:
        """Margins of ``requirements`` in the baseline."""
        margins: Integers = self.baseline.slack[self.requirements, 0]
        return margins

    @property
    def margin(self) -> Integers:
        """Margins of ``requirements`` in the scenario."""
        margin: Integers = self.slack[:, 0]
        return margin

    def affected(self) -> Indices:
        """Elements that are worse than in the baseline, ascending."""
        return np.sort(self.elements[self.after > self.before])

    def level(self, element: int) -> Level:
        """State of one element in the scenario."""
        return Level(int(self.levels([element])[0]))

    def levels(self, elements: ArrayLike) -> Bytes:
        """States of some elements in the scenario."""
        asked = np.asarray(elements, np.intp)
        if asked.size * _MANY > self.network.element_count:
            if "states" not in self.memo:
                self.memo["states"] = self.states()
            states: Bytes = self.memo["states"][asked]
            return states
        return _overlaid(self.baseline.state[asked], asked, *self._sorted())

    def states(self) -> Bytes:
        """States of all elements in the scenario, uint8[N]; as large as the network."""
        state = self.baseline.state.copy()
        state[self.elements] = self.after
        return state

    def own_levels(self, elements: ArrayLike) -> Bytes:
        """Own states of some elements in the scenario."""
        asked = np.asarray(elements, np.intp)
        return _overlaid(self.baseline.own[asked], asked, self.changed, self.own)

    def not_up(self) -> Indices:
        """All elements that are not UP in the scenario, ascending."""
        either = np.union1d(self.baseline.not_up(), self.elements)
        found: Indices = either[self.levels(either) > UP].astype(np.int32)
        return found

    def margins(self, requirements: ArrayLike) -> Integers:
        """Margins of some requirements in the scenario."""
        asked = np.asarray(requirements, np.intp)
        order = np.argsort(self.counted)
        overlay = self.counted[order], self.counted_slack[order, 0]
        margins: Integers = _overlaid(self.baseline.slack[asked, 0], asked, *overlay)
        follow = ~is_counted(wiring_of(self.network), asked)
        rows = asked[follow]
        margins[follow] = passed_slack(self.network, rows, self._only_levels(rows), (DOWN,))[:, 0]
        return margins

    def _only_levels(self, requirements: NDArray[Any]) -> Bytes:
        return self.levels(only(self.network, requirements))

    def element_margins(self, elements: ArrayLike) -> NDArray[np.int64]:
        """Least margin over the hard requirements of each element, or ``NO_MARGIN``."""
        chosen, has = np.asarray(elements, np.intp), self.network
        own = has.has[expand(has.has_start, chosen)]
        return _least_margins(has, chosen, self.margins(own), given=True)

    def exposed(self) -> Indices:
        """Elements whose state is the same and whose margin is less, ascending."""
        lost = (self.margin < self.margin_before) & self._hard()
        near = np.unique(self.network.of[self.requirements[lost]])
        near = near[self.levels(near) == self.baseline.levels(near)]
        nearer: Indices = near[self.element_margins(near) < self.baseline.element_margins(near)]
        return nearer

    def _hard(self) -> Flags:
        hard: Flags = self.network.strength[self.requirements] == HARD
        return hard

    def _differing(self) -> tuple[Indices, Integers]:
        if "differing" not in self.memo:
            follow = passed(self.network, self.elements)
            rows = self.baseline.slack[follow]
            rows[:, :3] = passed_slack(self.network, follow, self._only_levels(follow))
            self.memo["differing"] = (
                np.concatenate([self.counted, follow]),
                np.concatenate([self.counted_slack, rows]),
            )
        found: tuple[Indices, Integers] = self.memo["differing"]
        return found

    def _sorted(self) -> tuple[Indices, Bytes]:
        if "sorted" not in self.memo:
            order = np.argsort(self.elements)
            self.memo["sorted"] = self.elements[order], self.after[order]
        found: tuple[Indices, Bytes] = self.memo["sorted"]
        return found


def passed(network: Network, elements: NDArray[Any]) -> Indices:
    """Requirements that pass on the level of one of some elements, which is their only member."""
    uses = network.used_by[expand(network.used_start, elements)]
    found: Indices = uses[~is_counted(wiring_of(network), uses)]
    return found


def only(network: Network, requirements: NDArray[Any]) -> Indices:
    """The only members of such requirements."""
    members: Indices = network.member[network.member_start[requirements]]
    return members


def passed_slack(
    network: Network,
    requirements: NDArray[Any],
    levels: Bytes,
    lost_at: tuple[int, ...] = (DOWN, DEGRADED, AT_RISK),
) -> Integers:
    """Slacks of such requirements while their only members are in some states, [., lost_at]."""
    good = levels[:, None] < np.array(lost_at, np.uint8)
    slack: Integers = good * network.total[requirements][:, None]
    slack -= network.need[requirements][:, None]
    return slack


def _overlaid(
    values: NDArray[Any], asked: NDArray[np.intp], keys: Indices, news: NDArray[Any]
) -> NDArray[Any]:
    """Replace the values of those asked for that stand among the sorted keys."""
    if keys.size:
        at = np.minimum(np.searchsorted(keys, asked), keys.size - 1)
        hit = keys[at] == asked
        values[hit] = news[at[hit]]
    return values


def _least_margins(
    network: Network, elements: NDArray[np.intp], margin: Integers, *, given: bool = False
) -> NDArray[np.int64]:
    """Least margin per element, of all requirements or (``given``) of those it has, in order."""
    at = expand(network.has_start, elements)
    has = network.has[at]
    value = (margin if given else margin[has]).astype(np.int64)
    value[network.strength[has] != HARD] = NO_MARGIN
    counts = network.has_start[elements + 1] - network.has_start[elements]
    least = np.full(elements.size, NO_MARGIN, np.int64)
    some = np.flatnonzero(counts)
    if some.size:
        first = (np.cumsum(counts) - counts)[some]
        least[some] = np.minimum.reduceat(value, first)
    return least
