"""A slow reading of the rules, and small networks to try them on; for the engine's own tests."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from fitsm_graph.impact.network import Network, build_network

patient = settings(deadline=None)  # the first use of a loop compiles it
UP, AT_RISK, DEGRADED, DOWN = range(4)
INFO, SOFT, HARD = range(3)


@dataclass(frozen=True)
class Need:
    """One requirement, as plain values."""

    of: int
    members: tuple[int, ...]
    need: int = 1
    strength: int = HARD
    grounded: bool = False
    weights: tuple[int, ...] = ()
    reserve: int = -1

    def weight(self, members: Iterable[int]) -> int:
        known = dict(zip(self.members, self.weights or [1] * len(self.members), strict=True))
        return sum(known[member] for member in members)

    def level(self, state: dict[int, int] | list[int], among: Iterable[int] | None = None) -> int:
        """Rule 1; members not ``among`` those looked at count as UP."""
        looked_at = set(self.members if among is None else among)
        at = {m: state[m] if m in looked_at else UP for m in self.members}
        not_down, well, calm = (
            self.weight(m for m in self.members if at[m] < bad) for bad in (DOWN, DEGRADED, AT_RISK)
        )
        rest = max(self.weight(self.members) - self.need, 0)
        reserve = rest if self.reserve < 0 else min(self.reserve, rest)
        if not_down < self.need:
            found = DOWN
        elif well < self.need:
            found = DEGRADED
        else:
            found = AT_RISK if calm < self.need or well < self.need + reserve else UP
        return min(found, (UP, DEGRADED, DOWN)[self.strength])


def hard(of: int, *members: int, need: int = 1, **more: Any) -> Need:
    return Need(of, members, need, **more)


def network(count: int, needs: list[Need]) -> Network:
    return build_network(
        count,
        of=np.array([need.of for need in needs], int),
        need=np.array([need.need for need in needs], int),
        strength=np.array([need.strength for need in needs], int),
        grounded=np.array([need.grounded for need in needs], bool),
        reserve=np.array([need.reserve for need in needs], int),
        member_start=np.cumsum([0] + [len(need.members) for need in needs]),
        member=np.array([m for need in needs for m in need.members], int),
        weight=np.array([w for n in needs for w in n.weights or [1] * len(n.members)], int),
    )


def supported(count: int, needs: list[Need], state: list[int], level: int) -> set[int]:
    """The least support set of a level, by trying until nothing is added."""
    floor = HARD if level == DOWN else SOFT
    grounded = [need for need in needs if need.grounded and need.strength >= floor]
    inside: set[int] = set()
    while True:
        more = {
            v
            for v in range(count)
            if v not in inside
            and state[v] < level
            and all(
                need.weight(m for m in need.members if m in inside) >= need.need
                for need in grounded
                if need.of == v
            )
        }
        if not more:
            return inside
        inside |= more


def least_state(count: int, needs: list[Need], own: list[int]) -> list[int]:
    """Start from the own states and apply every rule to everything until nothing changes."""
    state = list(own)
    while True:
        before = list(state)
        for need in needs:
            state[need.of] = max(state[need.of], need.level(state))
        for level in (DOWN, DEGRADED, AT_RISK):
            held = supported(count, needs, state, level)
            state = [max(s, 0 if v in held else level) for v, s in enumerate(state)]
        if state == before:
            return state


@st.composite
def needs_of(draw: st.DrawFn, count: int) -> Need:
    element = st.integers(0, count - 1)
    members = draw(st.lists(element, unique=True, max_size=4))
    weight = st.integers(1, 3)
    weights = draw(st.one_of(st.just([]), st.lists(weight, min_size=len(members))))
    return Need(
        draw(element),
        tuple(members),
        draw(st.sampled_from([1, 1, 1, 0, 2, 3, 9])),
        draw(st.sampled_from([HARD, HARD, SOFT, INFO])),
        draw(st.booleans()),
        tuple(weights[: len(members)]) if len(weights) >= len(members) else (),
        draw(st.sampled_from([-1, -1, 0, 1])),
    )


@st.composite
def cases(draw: st.DrawFn, most: int = 8) -> tuple[int, list[Need], list[int]]:
    """Number of elements, requirements, own states."""
    count = draw(st.integers(1, most))
    needs = draw(st.lists(needs_of(count), max_size=2 * count + 1))
    level = st.sampled_from([UP, UP, UP, UP, AT_RISK, DEGRADED, DOWN])
    return count, needs, draw(st.lists(level, min_size=count, max_size=count))


def ring(size: int, chords: Iterable[tuple[int, int]] = ()) -> tuple[int, list[Need]]:
    """A ring of neighbours around the source 0: each other one needs one neighbour, grounded."""
    near: dict[int, set[int]] = {v: {(v - 1) % size, (v + 1) % size} for v in range(size)}
    for one, other in chords:
        near[one].add(other)
        near[other].add(one)
    return size, [hard(v, *sorted(near[v] - {v}), grounded=True) for v in range(1, size)]
