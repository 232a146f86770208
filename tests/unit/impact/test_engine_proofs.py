"""Proofs re-checked step by step with nothing but the rules and the states."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.impact.engine import proof, proofs, solve, worsen
from unit.impact.engine_reference import (
    AT_RISK,
    DEGRADED,
    DOWN,
    HARD,
    SOFT,
    UP,
    Need,
    cases,
    hard,
    network,
    patient,
    ring,
)


@patient
@given(cases(), st.data())
def test_every_proof_holds(case, data):
    count, needs, own = case
    built = network(count, needs)
    solution = solve(built, own)
    _check(count, needs, own, solution)
    before = [data.draw(st.integers(0, level)) for level in own]
    scenario = worsen(built, solve(built, before), np.arange(count), own)
    _check(count, needs, own, scenario)


def _check(count, needs, own, case):
    state = case.levels(np.arange(count)).tolist()
    found = {p.element: p for p in proofs(case)}
    assert sorted(found) == [v for v in range(count) if state[v] > UP]
    for p in found.values():
        assert p.level == state[p.element]
        if p.unfounded:
            _check_unfounded(needs, state, found, p)
        elif p.requirement is None:
            assert own[p.element] == p.level
            assert (p.rank, p.because) == (0, ())
        else:
            _check_step(needs[p.requirement], state, found, p)
    if not any(p.unfounded for p in found.values()):
        least = _least_heights(needs, own, state)
        assert {v: p.rank for v, p in found.items()} == least


def _check_step(need, state, found, p):
    assert need.of == p.element
    assert all(state[m] > UP and found[m].rank < p.rank for m in p.because)
    assert need.level(state, p.because) == p.level
    for left_out in p.because:
        assert need.level(state, set(p.because) - {left_out}) < p.level


def _check_unfounded(needs, state, found, p):
    assert p.element in p.unfounded
    for element, at in zip(p.unfounded, p.unmet, strict=True):
        need = needs[at]
        assert (state[element], need.of, need.grounded) == (p.level, element, True)
        assert need.strength >= (HARD if p.level == DOWN else SOFT)
        lost = {m for m in need.members if state[m] >= p.level and m in found}
        lost = {m for m in lost if m in p.unfounded or found[m].rank < p.rank}
        assert need.weight(set(need.members) - lost) < need.need


def _least_heights(needs, own, state):
    """Heights by rounds: what the elements proved so far are enough for."""
    height = {v: 0 for v, level in enumerate(state) if level > UP and own[v] == level}
    for need in needs:
        if need.weight(need.members) < need.need and need.level(state, ()) == state[need.of] > UP:
            height[need.of] = 0
    for now in range(1, len(state) + 2):
        ready = {
            need.of
            for need in needs
            if need.of not in height
            and state[need.of] > UP
            and need.level(state, height) >= state[need.of]
        }
        height |= dict.fromkeys(ready, now)
    return height


def test_proof_lists_just_enough_members_heaviest_first():
    needs = [Need(0, (1, 2, 3, 4), 6, weights=(1, 1, 4, 2))]
    assert proof(solve(network(5, needs), [0, 3, 3, 3, 3]), 0).because == (3,)
    assert proof(solve(network(5, needs), [0, 3, 3, 0, 3]), 0).because == (4, 1)


def test_shortest_of_two_ways():
    needs = [hard(0, 1), hard(1, 2), hard(2, 3), hard(0, 4), hard(4, 3)]
    found = proof(solve(network(5, needs), [0, 0, 0, DOWN, 0]), 0)
    assert (found.requirement, found.because, found.rank) == (3, (4,), 2)


def test_a_proof_does_not_go_round_a_cycle():
    needs = [hard(0, 1), hard(1, 0), hard(1, 2)]
    tree = proofs(solve(network(3, needs), [0, 0, DOWN])).tree(0)
    assert {v: p.because for v, p in tree.items()} == {0: (1,), 1: (2,), 2: ()}


def test_need_above_the_total_needs_no_member():
    found = proof(solve(network(2, [hard(0, 1, need=2)])), 0)
    assert (found.level, found.requirement, found.because) == (DOWN, 0, ())


def test_reserve_is_proved_by_lost_members():
    farm = [hard(0, *range(1, 11), need=5, reserve=3)]
    found = proof(solve(network(11, farm), [0] + [DOWN] * 3 + [0] * 7), 0)
    assert (found.level, len(found.because)) == (AT_RISK, 3)
    calm = proof(solve(network(11, farm), [0] + [AT_RISK] * 6 + [0] * 4), 0)
    assert (calm.level, len(calm.because)) == (AT_RISK, 6)


@pytest.mark.parametrize("level", [AT_RISK, DEGRADED, DOWN])
def test_an_unfounded_set_is_its_own_proof(level):
    _, needs = ring(5)
    needs.append(hard(5, 2))
    found = proofs(solve(network(6, needs), [level, 0, 0, 0, 0, 0]))
    assert found.of(2).unfounded == (1, 2, 3, 4)
    assert found.of(5).because == (2,)
    assert sorted(found.tree(5)) == [0, 1, 2, 3, 4, 5]


def test_two_islands_have_a_set_each():
    count, needs = ring(13, [(0, 6)])
    scenario = worsen(network(count, needs), solve(network(count, needs)), [1, 5, 7, 12])
    found = proofs(scenario)
    assert found.of(3).unfounded == (2, 3, 4)
    assert found.of(9).unfounded == (8, 9, 10, 11)
    assert found.of(0) is None


def test_nothing_to_prove():
    found = proofs(solve(network(2, [hard(0, 1)])))
    assert (len(found), list(found), found.of(0), found.tree(0)) == (0, [], None, {})
