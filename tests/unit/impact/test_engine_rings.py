"""Grounded rings: where counting alone is not enough."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.impact.engine import solve, worsen
from fitsm_graph.impact.engine.rings import _parts, _parts_by_networkx, rings_of
from unit.impact.engine_reference import DOWN, INFO, SOFT, UP, cases, hard, network, patient, ring


@pytest.mark.parametrize("kernel", ["numba", "numpy"])
@pytest.mark.parametrize("size", range(7, 16))
def test_a_ring_cut_once_and_twice(size, kernel):
    count, needs = ring(size)
    built = network(count, needs)
    baseline = solve(built, kernel=kernel)
    assert baseline.not_up().size == 0
    for first in range(1, size):
        once = worsen(built, baseline, [first]).states()
        assert np.flatnonzero(once == DOWN).tolist() == [first]
        for second in range(first + 1, size):
            twice = worsen(built, baseline, [first, second]).states()
            assert np.flatnonzero(twice == DOWN).tolist() == list(range(first, second + 1))


@pytest.mark.parametrize("kernel", ["numba", "numpy"])
def test_what_hangs_on_a_ring_falls_with_it(kernel):
    _, needs = ring(6)
    needs += [hard(6, 3, grounded=True), hard(7, 6), hard(8, 3, 0)]
    built = network(9, needs)
    state = worsen(built, solve(built, kernel=kernel), [2, 4]).states().tolist()
    assert [v for v in range(9) if state[v] == DOWN] == [2, 3, 4, 6, 7]
    assert state[8] == 1


@pytest.mark.parametrize("seed", range(20))
def test_single_failures_equal_the_dominator_subtree(seed):
    rng = np.random.default_rng(seed)
    graph = nx.connected_watts_strogatz_graph(30, 2 + 2 * (seed % 2), 0.3, seed=seed)
    graph.remove_edges_from([e for e in list(graph.edges) if rng.random() < 0.15])
    part = max(nx.connected_components(graph), key=len)
    names = sorted(part)
    place = {v: at for at, v in enumerate(names)}
    near = {place[v]: [place[w] for w in graph[v]] for v in names}
    needs = [hard(v, *near[v], grounded=True) for v in near if v]
    built = network(len(names), needs)
    baseline = solve(built)
    above = nx.immediate_dominators(graph.subgraph(part).to_directed(), names[0])
    for v in range(1, len(names)):
        below = {w for w in part if names[v] in _chain(above, w)}
        down = np.flatnonzero(worsen(built, baseline, [v]).states() == DOWN).tolist()
        assert down == sorted(place[w] for w in below)


def _chain(above, vertex):
    found = [vertex]
    while above.get(vertex, vertex) not in (vertex, None):
        vertex = above[vertex]
        found.append(vertex)
    return found


def test_only_rings_of_grounded_requirements_count():
    needs = [
        hard(0, 1, grounded=True), hard(1, 0, grounded=True),  # a ring
        hard(2, 3), hard(3, 2),  # not grounded
        hard(4, 5, grounded=True, strength=INFO), hard(5, 4, grounded=True),  # one way only
        hard(6, 6, grounded=True, strength=SOFT),  # a ring of one
        hard(7, 0, grounded=True),  # hangs on a ring
    ]  # fmt: skip
    found = rings_of(network(8, needs))
    assert sorted(found.elements.tolist()) == [0, 1, 6]
    assert solve(network(8, needs)).state.tolist() == [DOWN, DOWN, UP, UP, UP, UP, 2, DOWN]


@patient
@given(cases())
def test_rings_are_the_strongly_connected_parts(case):
    count, needs, _ = case
    graph = nx.DiGraph()
    for need in needs:
        if need.grounded and need.strength >= SOFT:
            graph.add_edges_from((need.of, member) for member in need.members)
    parts = [
        part
        for part in nx.strongly_connected_components(graph)
        if len(part) > 1 or any(graph.has_edge(v, v) for v in part)
    ]
    found = rings_of(network(count, needs))
    grouped = {}
    for element, number in zip(found.elements.tolist(), found.ring.tolist(), strict=True):
        grouped.setdefault(number, set()).add(element)
    assert sorted(map(sorted, grouped.values())) == sorted(map(sorted, parts))


@patient
@given(st.integers(1, 12), st.data())
def test_both_ways_of_finding_parts_agree(count, data):
    edges = data.draw(
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=40)
    )
    tail, head = (np.array([edge[end] for edge in edges], np.intp) for end in (0, 1))
    one, other = _parts(count, tail, head), _parts_by_networkx(count, tail, head)
    same = one[:, None] == one[None, :]
    assert (same == (other[:, None] == other[None, :])).all()


def test_a_long_chain_of_rings_does_not_recurse():
    size = 20_000
    count, needs = ring(size)
    built = network(count, needs)
    state = worsen(built, solve(built), [1, size - 1]).states()
    assert (state[1:] == DOWN).all()
