"""In which waves some elements can be worked on, proven by the engine (PR13.3).

    plan = Waving(standing.mapped, standing.own).plan({"…id…": Effect.DOWN}, Rule())

A wave is a set of elements that are out of operation together. In every wave no service is worse
than is allowed, and no redundancy group has lost more of its members than it can, each by what the
engine says of the wave and of all that is wrong already. What depends on something comes after it,
or before it. Finding the fewest waves is as hard as colouring a graph: waves are filled one after
the other with all that still fits, and the number that no plan can be below is told beside.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from fitsm_graph.impact.analysis import ImpactReport, baseline, impact, margins_of
from fitsm_graph.impact.columns import Int32
from fitsm_graph.impact.engine import Solution
from fitsm_graph.impact.engine.cones import cone_up
from fitsm_graph.impact.mapped import Mapped
from fitsm_graph.impact.mapping import MEMBERS
from fitsm_graph.impact.network import INFO, SOFT, Level, Network
from fitsm_graph.impact.own import OwnStates
from fitsm_graph.impact.scenario import WhatIf
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.disturbance import Effect

MOST_ELEMENTS = 500
"""Elements of one plan."""


class Order(StrEnum):
    """In which order elements that depend on each other are worked on."""

    PROVIDERS_FIRST = "providers_first"
    CONSUMERS_FIRST = "consumers_first"
    ALL_AT_ONCE = "all_at_once"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a plan has to keep to.

    Attributes:
        order: What comes first; all at once is one wave, which redundancy does not bind.
        worst: State that a service may get into by a wave.
        spare: Weight that a redundancy group must still be able to lose during a wave.
    """

    order: Order = Order.PROVIDERS_FIRST
    worst: Level = Level.AT_RISK
    spare: int = 0


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an element fits into no wave, also alone.

    Attributes:
        element: Its id.
        group: Id of the redundancy group that would have lost too much; None: none would.
        service: Id of the service that would be worse than allowed; None: none would.
        level: The state of that service then.
    """

    element: str
    group: str | None = None
    service: str | None = None
    level: Level = Level.UP


@dataclass(frozen=True, slots=True)
class Plan:
    """Waves, in order.

    Attributes:
        waves: Ids of the elements of each, in a fixed order; none where there is an obstacle.
        least: So many waves there are in every plan.
        before: Pairs of ids of which the first comes in an earlier wave.
        obstacles: Why there is no plan.
    """

    waves: tuple[tuple[str, ...], ...]
    least: int
    before: tuple[tuple[str, str], ...] = ()
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def gap(self) -> int:
        """How many waves more there are than perhaps have to be."""
        return len(self.waves) - self.least


class Waving:
    """Plans waves on one version of the graph.

    Args:
        mapped: The graph.
        own: What is wrong with its elements already.
    """

    def __init__(self, mapped: Mapped, own: OwnStates) -> None:
        self._mapped, self._own = mapped, own
        self._before: Solution = baseline(mapped, own)

    def plan(self, effects: Mapping[str, Effect], rule: Rule) -> Plan:
        """Divide elements into waves.

        Args:
            effects: The state of each while it is worked on, by id.
            rule: What the plan has to keep to.

        Raises:
            BadInput: PLAN_TOO_LARGE, or ELEMENT_NOT_FOUND.
        """
        _check_size(effects)
        pieces = sorted(effects)
        numbers = [self._mapped.topology.index(id) for id in pieces]
        if rule.order is Order.ALL_AT_ONCE:
            return self._at_once(pieces, effects, rule)
        trial = _Trial(self, effects, rule)
        alone = {id: trial.obstacle([id]) for id in pieces}
        obstacles = tuple(found for found in alone.values() if found is not None)
        after = _earlier(_providers(self._mapped.network, numbers), rule.order)
        pairs = _paired(pieces, after)
        least = max(_longest(after), trial.crowding())
        if obstacles:
            return Plan((), least, pairs, obstacles)
        return Plan(tuple(_filled(pieces, after, trial)), least, pairs)

    def pairs(self, elements: Iterable[str], order: Order) -> tuple[tuple[str, str], ...]:
        """Pairs of elements of which the first comes first, by id."""
        if order is Order.ALL_AT_ONCE:
            return ()
        pieces = sorted(elements)
        numbers = [self._mapped.topology.index(id) for id in pieces]
        return _paired(pieces, _earlier(_providers(self._mapped.network, numbers), order))

    def check(
        self, wave: Sequence[str], effects: Mapping[str, Effect], rule: Rule
    ) -> Obstacle | None:
        """Why a wave is not possible as things stand; None: it is."""
        return _Trial(self, effects, rule).obstacle(wave)

    def _at_once(self, pieces: list[str], effects: Mapping[str, Effect], rule: Rule) -> Plan:
        found = _Trial(self, effects, rule).obstacle(pieces)
        if found is not None:
            return Plan((), 1, (), (found,))
        return Plan((tuple(pieces),) if pieces else (), min(1, len(pieces)))

    def report(self, wave: Sequence[str], effects: Mapping[str, Effect]) -> ImpactReport:
        """What the engine says of a wave."""
        named: dict[Effect, list[str]] = {each: [] for each in Effect}
        for id in wave:
            named[effects[id]].append(id)
        what_if = WhatIf(
            fail=tuple(named[Effect.DOWN]),
            degrade=tuple(named[Effect.DEGRADED]),
            at_risk=tuple(named[Effect.AT_RISK]),
        )
        return impact(self._mapped, self._own, what_if, before=self._before)

    def groups(self, effects: Mapping[str, Effect]) -> Int32:
        """Requirements of redundancy groups that may lose something by any of some elements."""
        report = self.report(list(effects), effects)
        network, topology = self._mapped.network, self._mapped.topology
        touched = [*report.affected.number.tolist(), *map(topology.index, effects)]
        found = {use for number in touched for use in network.uses(number).tolist()}
        what = self._mapped.what
        kept = [
            each
            for each in sorted(found)
            if what[each] == MEMBERS and network.strength[each] != INFO
        ]
        return np.array(kept, np.int32)

    @property
    def mapped(self) -> Mapped:
        """The graph."""
        return self._mapped

    @property
    def before(self) -> Solution:
        """The states of all elements without any wave."""
        return self._before


class _Trial:
    """Holds sets of elements against a rule; what is looked at each time is looked up once."""

    def __init__(self, waving: Waving, effects: Mapping[str, Effect], rule: Rule) -> None:
        self._waving, self._effects, self._rule = waving, effects, rule
        everything = rule.order is Order.ALL_AT_ONCE
        self._groups = np.empty(0, np.int32) if everything else waving.groups(effects)
        self._margins = waving.before.margins(self._groups)

    def obstacle(self, wave: Sequence[str]) -> Obstacle | None:
        """What keeps some elements from being one wave; None: nothing does."""
        if not wave:
            return None
        report = self._waving.report(wave, self._effects)
        topology = self._waving.mapped.topology
        left = margins_of(report.after, self._groups)
        lost = np.flatnonzero((left < self._rule.spare) & (left < self._margins))
        rows = report.services
        worse = np.flatnonzero((rows.after > self._rule.worst) & (rows.after > rows.before))
        if not lost.size and not worse.size:
            return None
        group = service = None
        level = Level.UP
        if lost.size:
            requirement = self._groups[lost[0]]
            group = topology.id(int(self._waving.mapped.network.of[requirement]))
        if worse.size:
            service = topology.id(int(rows.number[worse[0]]))
            level = Level(int(rows.after[worse[0]]))
        return Obstacle(wave[0], group, service, level)

    def crowding(self) -> int:
        """Fewest waves that the members of one redundancy group need."""
        network, topology = self._waving.mapped.network, self._waving.mapped.topology
        down = {topology.index(id) for id, effect in self._effects.items() if effect is Effect.DOWN}
        fewest = 1 if self._effects else 0
        for requirement, margin in zip(self._groups.tolist(), self._margins.tolist(), strict=True):
            members = network.members(requirement).tolist()
            weights = network.weights(requirement).tolist()
            states = self._waving.before.levels(members).tolist()
            load = sum(
                weight
                for number, weight, state in zip(members, weights, states, strict=True)
                if number in down and state != Level.DOWN
            )
            room = margin - self._rule.spare
            if room > 0:
                fewest = max(fewest, -(-load // room))
        return fewest


def _check_size(effects: Mapping[str, Effect]) -> None:
    if len(effects) > MOST_ELEMENTS:
        raise BadInput(
            f"{len(effects)} elements are too many for one plan",
            code="PLAN_TOO_LARGE",
            why=f"each wave is proven by the engine; {MOST_ELEMENTS} elements are the most",
            remedy="divide the release",
            requirement="PR13.3",
        )


def _providers(network: Network, elements: Sequence[int]) -> list[int]:
    """Which of some elements each depends on, along whatever lies between: bits of their places.

    By informational requirements nothing fails, so that they are no dependency. Those that depend
    on each other in a circle come neither before nor after one another.
    """
    bit = {number: 1 << place for place, number in enumerate(elements)}
    reached = [
        sum(bit.get(each, 0) for each in cone_up(network, [number], weakest=SOFT).tolist())
        for number in elements
    ]
    return [
        sum(1 << other for other in _places(bits) if not reached[other] >> place & 1)
        for place, bits in enumerate(reached)
    ]


def _earlier(providers: Sequence[int], order: Order) -> list[int]:
    """For each element the set of those that come in an earlier wave."""
    if order is Order.PROVIDERS_FIRST:
        return list(providers)
    turned = [0] * len(providers)
    for place, below in enumerate(providers):
        for other in _places(below):
            turned[other] |= 1 << place
    return turned


def _places(bits: int) -> Iterable[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _paired(pieces: Sequence[str], after: Sequence[int]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (pieces[first], pieces[place])
        for place, bits in enumerate(after)
        for first in _places(bits)
    )


def _longest(after: Sequence[int]) -> int:
    """How many elements the longest chain has: each needs a wave of its own."""
    length: dict[int, int] = {}
    for place in sorted(range(len(after)), key=lambda each: after[each].bit_count()):
        length[place] = 1 + max((length[each] for each in _places(after[place])), default=0)
    return max(length.values(), default=0)


def _filled(
    pieces: Sequence[str], after: Sequence[int], trial: _Trial
) -> Iterable[tuple[str, ...]]:
    """Fill waves one after the other, with what most others wait for first."""
    waiting = [sum(bits >> place & 1 for bits in after) for place in range(len(pieces))]
    left = (1 << len(pieces)) - 1
    while left:
        ready = [place for place in _places(left) if not after[place] & left]
        ready.sort(key=lambda place: (-waiting[place], pieces[place]))
        wave = _fitting([], [pieces[place] for place in ready], trial)
        taken = set(wave)
        for place in ready:
            if pieces[place] in taken:
                left ^= 1 << place
        yield tuple(sorted(wave))


def _fitting(wave: list[str], more: list[str], trial: _Trial) -> list[str]:
    """A wave with all that still fits, in order; halves that fit whole are asked about once."""
    if not more or trial.obstacle([*wave, *more]) is None:
        return [*wave, *more]
    if len(more) == 1:
        return wave
    half = len(more) // 2
    return _fitting(_fitting(wave, more[:half], trial), more[half:], trial)
