"""Margins, exposed elements and hops: both kernels, against the words of the rules."""

import networkx as nx
import numpy as np
import pytest

from fitsm_graph.impact.engine import NO_MARGIN, solve, worsen
from fitsm_graph.impact.engine.cones import NOT_REACHED, hops_down
from fitsm_graph.impact.network import HARD
from unit.impact.test_engine_kernels import tangled

KERNELS = ("numba", "numpy")


def margins(built, states):
    """Least of any - k over the hard requirements of each element."""
    found = []
    for element in range(built.element_count):
        spare = [
            sum(
                weight
                for member, weight in zip(built.members(r), built.weights(r), strict=True)
                if states[member] < 3
            )
            - built.need[r]
            for r in built.requirements(element).tolist()
            if built.strength[r] == HARD
        ]
        found.append(int(min(spare, default=NO_MARGIN)))
    return found


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("kernel", KERNELS)
def test_margins_and_exposed_elements_are_what_the_rules_say(seed, kernel):
    rng, built, own = tangled(seed)
    before = solve(built, own, kernel=kernel)
    every = np.arange(own.size)
    had = margins(built, before.state)
    assert before.element_margins(every).tolist() == had
    elements = rng.permutation(own.size)[: rng.integers(1, 4)]
    after = worsen(built, before, elements, np.maximum(own[elements], 3))
    has = margins(built, after.states())
    assert after.element_margins(every).tolist() == has
    some = every[:1]  # few of many are looked up in another way
    assert after.element_margins(some).tolist() == has[:1]
    same = after.states() == before.state
    assert after.exposed().tolist() == [e for e in every if same[e] and has[e] < had[e]]


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("kernel", KERNELS)
def test_hops_are_the_shortest_chains_through_what_may_be_reached(seed, kernel):
    rng, built, own = tangled(seed)
    passable = (rng.random(own.size) < 0.7).astype(np.uint8)
    sources = rng.permutation(own.size)[:2].astype(np.int32)
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(own.size))
    for r in np.flatnonzero(built.strength).tolist():
        graph.add_edges_from((int(m), int(built.of[r])) for m in built.members(r))
    kept = [n for n in graph if passable[n] or n in sources]
    entered = graph.subgraph(kept).copy()
    closed = [s for s in sources.tolist() if not passable[s]]
    entered.remove_edges_from([edge for edge in entered.edges if edge[1] in closed])
    near = nx.multi_source_dijkstra_path_length(entered, set(sources.tolist()))
    expected = [near.get(n, NOT_REACHED) for n in range(own.size)]
    assert hops_down(built, sources, passable, kernel=kernel).tolist() == expected
