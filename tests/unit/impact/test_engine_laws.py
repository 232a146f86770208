"""Laws that hold for every network: least state, what-if, both kernels, order and names."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.impact.engine import assess, restore, solve, sweep, worsen
from fitsm_graph.impact.engine.compiled import chosen_kernel
from fitsm_graph.kernel.errors import BadInput
from unit.impact.engine_reference import (
    DOWN,
    Need,
    cases,
    hard,
    least_state,
    network,
    patient,
    ring,
)

KERNELS = ("numba", "numpy")


@patient
@given(cases())
def test_both_kernels_find_the_least_state(case):
    count, needs, own = case
    expected = least_state(count, needs, own)
    for kernel in KERNELS:
        assert solve(network(count, needs), own, kernel=kernel).state.tolist() == expected


@patient
@given(cases(), st.data())
def test_what_if_equals_solving_anew(case, data):
    count, needs, own = case
    before = [data.draw(st.integers(0, level)) for level in own]
    built = network(count, needs)
    for kernel in KERNELS:
        baseline, anew = solve(built, before, kernel=kernel), solve(built, own, kernel=kernel)
        for _ in range(2):  # the second time on scratch arrays used before
            scenario = worsen(built, baseline, np.arange(count), own)
            assert scenario.states().tolist() == anew.state.tolist()
            differs = (anew.slack != baseline.slack).any(axis=1)
            assert sorted(scenario.requirements.tolist()) == np.flatnonzero(differs).tolist()
            assert (scenario.slack == anew.slack[scenario.requirements]).all()
            assert (scenario.margin <= scenario.margin_before).all()
            changed = np.flatnonzero(anew.state != baseline.state).tolist()
            assert scenario.affected().tolist() == changed
            assert scenario.not_up().tolist() == anew.not_up().tolist()
        _is_clean(baseline)


def _is_clean(baseline):
    (scratch,) = baseline.pool
    assert (scratch.state == baseline.state).all()
    assert (scratch.seen == baseline.state).all()
    assert (scratch.slack == baseline.counted_slack).all()
    assert (scratch.order == baseline.order).all()
    assert not any(array.any() for array in (scratch.dirty, scratch.loose, scratch.weakened_at))
    idle = [0] * 5 + [baseline.order.shape[1], 1, 0, 0, 0]
    assert scratch.counts.tolist() == idle


@patient
@given(cases(), st.data())
def test_recovery_equals_solving_anew(case, data):
    count, needs, own = case
    built = network(count, needs)
    later = data.draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    baseline, anew = solve(built, own), solve(built, later)
    for scenario in (
        restore(built, baseline, np.arange(count), later),
        assess(built, baseline, np.arange(count), later),
    ):
        assert scenario.states().tolist() == anew.state.tolist()
        assert (scenario.slack == anew.slack[scenario.requirements]).all()
        assert scenario.not_up().tolist() == anew.not_up().tolist()


def test_mutual_dependency_recovers():
    built = network(3, [hard(1, 0, 2, need=2), hard(2, 1)])
    baseline = solve(built, [DOWN, 0, 0])
    assert baseline.state.tolist() == [DOWN, DOWN, DOWN]
    assert restore(built, baseline, [0]).states().tolist() == [0, 0, 0]


@patient
@given(cases(), st.data())
def test_a_further_fault_or_requirement_never_improves(case, data):
    count, needs, own = case
    worse = [max(level, data.draw(st.integers(0, 3))) for level in own]
    more = [*needs, Need(data.draw(st.integers(0, count - 1)), tuple(range(count)), count)]
    state = solve(network(count, needs), own).state
    assert (solve(network(count, needs), worse).state >= state).all()
    assert (solve(network(count, more), own).state >= state).all()


@patient
@given(cases(), st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(case, random):
    count, needs, own = case
    name = list(range(count))
    random.shuffle(name)
    renamed = [
        Need(
            name[n.of], tuple(name[m] for m in n.members), n.need, n.strength, n.grounded,
            n.weights, n.reserve,
        )
        for n in needs
    ]  # fmt: skip
    random.shuffle(renamed)
    own_renamed = [0] * count
    for old, new in enumerate(name):
        own_renamed[new] = own[old]
    state = solve(network(count, needs), own).state
    assert solve(network(count, renamed), own_renamed).state[name].tolist() == state.tolist()


@patient
@given(cases())
def test_exposed_is_the_same_state_with_less_margin(case):
    count, needs, own = case
    built = network(count, needs)
    baseline, anew = solve(built), solve(built, own)
    same = anew.state == baseline.state
    everything = np.arange(count)
    less = anew.element_margins(everything) < baseline.element_margins(everything)
    scenario = worsen(built, baseline, everything, np.maximum(own, baseline.own))
    assert scenario.exposed().tolist() == np.flatnonzero(same & less).tolist()
    margins = scenario.element_margins(everything)
    assert margins.tolist() == anew.element_margins(everything).tolist()


@patient
@given(cases(), st.data())
def test_sweep_is_one_what_if_after_the_other(case, data):
    count, needs, own = case
    built = network(count, needs)
    groups = data.draw(st.lists(st.lists(st.integers(0, count - 1), max_size=3), max_size=4))
    watched = data.draw(st.lists(st.integers(0, count - 1), unique=True))
    faults = [element for group in groups for element in group]
    start = np.cumsum([0] + [len(group) for group in groups])
    for kernel in KERNELS:
        baseline = solve(built, own, kernel=kernel)
        expected = set()
        for at, group in enumerate(groups):
            scenario = worsen(built, baseline, sorted(set(group)))
            hit = zip(scenario.elements.tolist(), scenario.after.tolist(), strict=True)
            expected |= {(at, element, level) for element, level in hit if element in watched}
        rows = sweep(built, baseline, faults, start=start, watched=watched)
        found = list(zip(*(column.tolist() for column in rows), strict=True))
        assert len(found) == len(expected)
        assert set(found) == expected


def test_queries_run_side_by_side():
    count, needs = ring(300, [(10, 200), (50, 120)])
    built = network(count, needs)
    baseline = solve(built)
    alone = [worsen(built, baseline, [v]).states().tolist() for v in range(count)]
    with ThreadPoolExecutor(8) as pool:
        together = pool.map(lambda v: worsen(built, baseline, [v]).states().tolist(), range(count))
        assert list(together) == alone


def test_kernel_setting():
    assert chosen_kernel("auto", has_numba=True) == "numba"
    assert chosen_kernel("auto", has_numba=False) == "numpy"
    assert chosen_kernel("numpy", has_numba=True) == "numpy"
    for asked in ("numba", "nunpy"):
        with pytest.raises(BadInput) as caught:
            chosen_kernel(asked, has_numba=False)
        assert caught.value.code == "UNKNOWN_KERNEL"
