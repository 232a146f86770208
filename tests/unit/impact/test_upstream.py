"""What could take an element down, against trying everything."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.impact.engine import solve
from fitsm_graph.impact.engine.cones import hops_up
from fitsm_graph.impact.upstream import (
    cone_down,
    cone_up,
    pairs_of_failure,
    shared_fate,
    single_points_of_failure,
)
from unit.impact.engine_reference import DOWN, SOFT, cases, hard, network, patient, ring

KERNELS = ("numba", "numpy")


def failing(built, own, elements):
    worse = np.array(own)
    worse[list(elements)] = DOWN
    return solve(built, worse).state


@patient
@given(cases(7), st.sampled_from([1, 2, 3]), st.sampled_from(KERNELS))
def test_singles_and_pairs_are_all_there_are(case, level, kernel):
    count, needs, own = case
    built = network(count, needs)
    baseline = solve(built, own, kernel=kernel)
    single = single_points_of_failure(built, baseline, 0, level)
    pairs = pairs_of_failure(built, baseline, 0, level)
    assert single.already == (baseline.state[0] >= level)
    assert single.complete
    assert pairs.complete
    if single.already:
        assert (single.elements, pairs.pairs) == ((), ())
        return
    alone = {v for v in range(1, count) if failing(built, own, [v])[0] >= level}
    assert set(single.elements) == alone
    others = [v for v in range(1, count) if v not in alone]
    joint = [pair for pair in combinations(others, 2) if failing(built, own, pair)[0] >= level]
    assert sorted(pairs.pairs) == joint


@patient
@given(cases(7))
def test_shared_fate_is_what_redundancy_does_not_survive(case):
    count, needs, own = case
    built = network(count, needs)
    baseline = solve(built, own)
    for at, need in enumerate(needs):
        found = shared_fate(built, baseline, at)
        assert found.complete
        held = need.weight(m for m in need.members if baseline.state[m] < DOWN)
        assert found.already == (held < need.need)
        expected = {}
        for v in range(count) if held >= need.need else ():
            state = failing(built, own, [v])
            lost = {m for m in need.members if state[m] == DOWN > baseline.state[m]}
            if len(lost) > 1 and held - need.weight(lost) < need.need:
                expected[v] = (lost, need.weight(lost))
        assert {p.element: (set(p.members), p.weight) for p in found.providers} == expected


@patient
@given(cases(), st.sampled_from([0, 1, 2]), st.sampled_from(KERNELS))
def test_cones_are_reachability(case, weakest, kernel):
    count, needs, _ = case
    built = network(count, needs)
    steps = {(need.of, m) for need in needs if need.strength >= weakest for m in need.members}
    back = {(m, of) for of, m in steps}
    for cone, edges in ((cone_up, steps), (cone_down, back)):
        for sources in ([0], [0, count - 1]):
            found = cone(built, sources, weakest=weakest, kernel=kernel).tolist()
            hops = _hops(sources, edges)
            assert len(found) == len(set(found))
            assert set(found) == set(hops)
            assert [hops[v] for v in found] == sorted(hops.values())


@patient
@given(cases(), st.sampled_from([0, 1, 2]), st.sampled_from([None, 0, 1, 3]))
def test_hops_up_are_the_fewest_requirements_as_far_as_is_looked(case, weakest, most):
    count, needs, _ = case
    built = network(count, needs)
    edges = {(need.of, m) for need in needs if need.strength >= weakest for m in need.members}
    for kernel in KERNELS:
        for sources in ([0], [count - 1, 0], [0, 0]):
            limits = {"weakest": weakest, "most": most, "kernel": kernel}
            elements, hops = hops_up(built, sources, **limits)
            right = {v: n for v, n in _hops(sources, edges).items() if most is None or n <= most}
            assert dict(zip(elements.tolist(), hops.tolist(), strict=True)) == right
            assert len(elements) == len(right)
            assert hops.tolist() == sorted(right.values())


def _hops(sources, edges):
    hops, front, distance = dict.fromkeys(sources, 0), set(sources), 0
    while front:
        distance += 1
        front = {w for v, w in edges if v in front and w not in hops}
        hops |= dict.fromkeys(front, distance)
    return hops


def test_a_ring_cut_twice_is_a_pair_without_a_shared_requirement():
    size = 9
    _, needs = ring(size)
    built = network(size, needs)
    found = pairs_of_failure(built, solve(built), 4)
    assert found.singles.elements == (0,)
    assert sorted(found.pairs) == [(a, b) for a in (1, 2, 3) for b in (5, 6, 7, 8)]


def test_hidden_single_point_behind_redundancy():
    # svc needs 1 of app1, app2; each on its own host; both hosts on one switch
    needs = [hard(0, 1, 2), hard(1, 3), hard(2, 4), hard(3, 5), hard(4, 5)]
    built = network(6, needs)
    baseline = solve(built)
    assert single_points_of_failure(built, baseline, 0).elements == (5,)
    (provider,) = shared_fate(built, baseline, 0).providers
    assert (provider.element, provider.members, provider.weight) == (5, (1, 2), 2)
    assert sorted(pairs_of_failure(built, baseline, 0).pairs) == [(1, 2), (1, 4), (2, 3), (3, 4)]


def test_soft_requirements_cannot_take_down():
    built = network(3, [hard(0, 1, strength=SOFT), hard(1, 2)])
    baseline = solve(built)
    assert single_points_of_failure(built, baseline, 0, DOWN).elements == ()
    assert single_points_of_failure(built, baseline, 0, 2).elements == (1, 2)


@pytest.mark.parametrize("kernel", KERNELS)
def test_beyond_the_stated_size_the_answer_says_so(kernel):
    size = 30
    built = network(size, [hard(v, v + 1) for v in range(size - 1)])
    baseline = solve(built, kernel=kernel)
    found = single_points_of_failure(built, baseline, 0, most=5)
    assert (found.elements, found.cone, found.examined) == ((1, 2, 3, 4, 5), 29, 5)
    assert not found.complete
    assert not pairs_of_failure(built, baseline, 0, most=5).complete


def test_pairs_beyond_the_limit_are_counted():
    built = network(41, [hard(0, *range(1, 41), need=39)])
    baseline = solve(built)
    whole = pairs_of_failure(built, baseline, 0)
    assert (len(whole.pairs), whole.candidates, whole.examined) == (780, 780, 780)
    cut = pairs_of_failure(built, baseline, 0, most_pairs=100)
    assert (len(cut.pairs), cut.candidates, cut.possible, cut.examined) == (100, 780, 100, 100)
    assert not cut.complete
    fate = shared_fate(built, baseline, 0, most=7)
    assert (fate.cone, fate.examined, fate.complete) == (40, 7, False)


def test_cones_leave_no_marks_behind():
    built = network(50, [hard(v, v + 1) for v in range(49)])
    assert cone_up(built, [40]).tolist() == list(range(40, 50))
    assert cone_up(built, [45, 45]).tolist() == list(range(45, 50))
