"""States of a whole network, and what differs from them in a scenario."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fitsm_graph.impact.engine.arrays import (
    COUNTED,
    PASSED,
    PASSES,
    Scratch,
    new_scratch,
    terms_of,
    wiring_of,
)
from fitsm_graph.impact.engine.compiled import compiled
from fitsm_graph.impact.engine.plain import levels_of
from fitsm_graph.impact.engine.rings import expand
from fitsm_graph.impact.network import (
    AT_RISK,
    DEGRADED,
    DOWN,
    HARD,
    UP,
    Bytes,
    Indices,
    Integers,
    Level,
    Network,
    frozen,
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
        counted_slack: For each requirement that has to be counted the weight of members not
            DOWN, below DEGRADED and UP, each less the need, and the terms, [K, 4].
        order: In which order the ring elements were founded, int32[3, C]; see `Scratch`.
        kernel: The kernel that found it and that its scenarios use.
    """

    network: Network
    own: Bytes
    state: Bytes
    counted_slack: Integers
    order: Indices
    kernel: str
    memo: dict[str, Any] = field(default_factory=dict, repr=False)
    pool: deque[Scratch] = field(default_factory=deque, repr=False)

    @property
    def slack(self) -> Integers:
        """The slacks and terms of all requirements, [R, 4]; worked out once, when asked for."""
        if "slack" not in self.memo:
            every = np.arange(self.network.requirement_count)
            self.memo["slack"] = _slack(self, every, self.counted_slack)
        slack: Integers = self.memo["slack"]
        return slack

    @property
    def margin(self) -> Integers:
        """Weight that each requirement can still lose before it is DOWN: any - k, [R]."""
        margin: Integers = self.slack[:, 0]
        return margin

    def margins(self, requirements: ArrayLike) -> Integers:
        """Margins of some requirements."""
        asked = np.asarray(requirements, np.intp)
        return _slack(self, asked, self.counted_slack, (DOWN,))[:, 0]

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
        return _least_margins(self, np.asarray(elements, np.intp))

    def states(self) -> Bytes:
        """States of all elements."""
        return self.state

    def all_counted(self) -> Integers:
        """Slacks and terms of all counted requirements."""
        return self.counted_slack

    def borrow(self) -> Scratch:
        """Take scratch arrays that stand at this solution; one set per query at a time."""
        try:
            return self.pool.pop()
        except IndexError:
            slack = self.counted_slack.copy()
            return new_scratch(self.network, self.state.copy(), slack, self.order)

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
        counted: Positions of the counted requirements whose slack differs, in no order, int32.
        counted_slack: Their slacks and terms in the scenario, [., 4].
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
    def kernel(self) -> str:
        """The kernel of the baseline."""
        return self.baseline.kernel

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
        return self.baseline.margins(self.requirements)

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
            return self.states()[asked]
        return _overlaid(self.baseline.state[asked], asked, *self._sorted())

    def states(self) -> Bytes:
        """States of all elements in the scenario, uint8[N]; as large as the network."""
        if "states" not in self.memo:
            state = self.baseline.state.copy()
            state[self.elements] = self.after
            self.memo["states"] = frozen(state)
        states: Bytes = self.memo["states"]
        return states

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
        return _slack(self, asked, self.all_counted(), (DOWN,))[:, 0]

    def all_counted(self) -> Integers:
        """Slacks and terms of all counted requirements in the scenario."""
        if "counted" not in self.memo:
            slack = self.baseline.counted_slack.copy()
            slack[self.counted] = self.counted_slack
            self.memo["counted"] = slack
        found: Integers = self.memo["counted"]
        return found

    def element_margins(self, elements: ArrayLike) -> NDArray[np.int64]:
        """Least margin over the hard requirements of each element, or ``NO_MARGIN``."""
        return _least_margins(self, np.asarray(elements, np.intp))

    def exposed(self) -> Indices:
        """Elements whose state is the same and whose margin is less, ascending."""
        owners = np.concatenate([self._less_spare(), self._still_down()])
        near = np.unique(owners[self.levels(owners) == self.baseline.levels(owners)])
        nearer: Indices = near[self.element_margins(near) < self.baseline.element_margins(near)]
        return nearer

    def _less_spare(self) -> Indices:
        """Owners of counted hard requirements that have less margin."""
        wiring = wiring_of(self.network)
        lost = self.counted_slack[:, 0] < self.baseline.counted_slack[self.counted, 0]
        chosen = self.counted[lost]
        hard = self.network.strength[wiring.counted[chosen]] == HARD
        owners: Indices = wiring.owner[chosen[hard]]
        return owners

    def _still_down(self) -> NDArray[Any]:
        """What an only member that went DOWN leaves as it was, or all not UP before: the fewer."""
        fallen = self.elements[(self.after == DOWN) & (self.before < DOWN)]
        bad = self.baseline.not_up()
        return bad if bad.size < fallen.size else self.network.of[_followers(self.network, fallen)]

    def _differing(self) -> tuple[Indices, Integers]:
        if "differing" not in self.memo:
            network = self.network
            follow = _followers(network, self.elements)
            self.memo["differing"] = (
                np.concatenate([wiring_of(network).counted[self.counted], follow]),
                np.concatenate([self.counted_slack, _slack(self, follow, self.counted_slack)]),
            )
        found: tuple[Indices, Integers] = self.memo["differing"]
        return found

    def _sorted(self) -> tuple[Indices, Bytes]:
        if "sorted" not in self.memo:
            order = np.argsort(self.elements)
            self.memo["sorted"] = self.elements[order], self.after[order]
        found: tuple[Indices, Bytes] = self.memo["sorted"]
        return found


def _followers(network: Network, elements: NDArray[Any]) -> Indices:
    """Requirements that pass on the level of one of some elements, which is their only member."""
    uses = network.used_by[expand(network.used_start, elements)]
    found: Indices = uses[(wiring_of(network).to[uses] & PASSED) != COUNTED]
    return found


def _slack(
    case: Case,
    requirements: NDArray[Any],
    counted_slack: Integers,
    lost_at: tuple[int, ...] = (DOWN, DEGRADED, AT_RISK),
) -> Integers:
    """Slacks of some requirements in a case, and their terms, [., 4].

    Args:
        case: Gives the states of only members.
        requirements: The requirements.
        counted_slack: Slacks and terms of all that are counted.
        lost_at: Levels at which a member is lost; fewer than three give as many columns.
    """
    network, to = case.network, wiring_of(case.network).to[requirements]
    counted = (to & PASSED) == COUNTED
    slack: Integers = np.empty((requirements.size, len(lost_at) + 1), network.need.dtype)
    slack[counted, :-1] = counted_slack[to[counted] >> PASSES, : len(lost_at)]
    slack[counted, -1] = counted_slack[to[counted] >> PASSES, 3]
    follow = requirements[~counted]
    levels = case.levels(network.member[network.member_start[follow]])
    good = levels[:, None] < np.array(lost_at, np.uint8)
    slack[~counted, :-1] = good * network.total[follow][:, None] - network.need[follow][:, None]
    slack[~counted, -1] = terms_of(network, follow)
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


def _least_margins(case: "Solution | Scenario", elements: NDArray[np.intp]) -> NDArray[np.int64]:
    """Least margin over the hard requirements of each element, or ``NO_MARGIN``."""
    network, wiring = case.network, wiring_of(case.network)
    if case.kernel == "numba" and elements.size * _MANY > network.element_count:
        least = np.empty(elements.size, np.int64)
        _find_least(
            elements, network.has_start, network.has, network.strength, wiring.to,
            network.member_start, network.member, network.need, network.total, case.states(),
            case.all_counted(), least,
        )  # fmt: skip
        return least
    has = network.has[expand(network.has_start, elements)]
    value = case.margins(has).astype(np.int64)
    value[network.strength[has] != HARD] = NO_MARGIN
    counts = network.has_start[elements + 1] - network.has_start[elements]
    least = np.full(elements.size, NO_MARGIN, np.int64)
    some = np.flatnonzero(counts)
    if some.size:
        first = (np.cumsum(counts) - counts)[some]
        least[some] = np.minimum.reduceat(value, first)
    return least


@compiled
def _find_least(
    elements: NDArray[np.intp],
    has_start: Indices,
    has: Indices,
    strength: Bytes,
    to: Integers,
    member_start: Indices,
    member: Indices,
    need: Integers,
    total: Integers,
    state: Bytes,
    counted_slack: Integers,
    least: NDArray[np.int64],
) -> None:
    """The same for very many elements, in one pass over their requirements."""
    for i in range(elements.size):
        found = NO_MARGIN
        for j in range(has_start[elements[i]], has_start[elements[i] + 1]):
            r = has[j]
            if strength[r] != HARD:
                continue
            if to[r] & PASSED == COUNTED:
                margin = counted_slack[to[r] >> PASSES, 0]
            elif state[member[member_start[r]]] == DOWN:
                margin = -need[r]
            else:
                margin = total[r] - need[r]
            found = min(found, margin)
        least[i] = found
