"""Walks and paths against networkx on graphs whose edges are read off the rows one by one."""

import itertools

import networkx as nx
import numpy as np
import pytest

from fitsm_graph.impact.engine import cones
from fitsm_graph.impact.mapped import map_topology
from fitsm_graph.impact.mapping import needs_of
from fitsm_graph.impact.network import Strength
from fitsm_graph.impact.paths import shortest_paths
from fitsm_graph.impact.topology import build_topology
from fitsm_graph.impact.walks import Way, Ways, reach
from unit.impact.graphs import BY_NAME, SEMANTICS, Graph, needs

EVERY_WAY = tuple(Way)


def built(graph):
    return build_topology(graph.elements.values(), graph.relations.values(), SEMANTICS)


def edges(graph, way, types=None, weakest=Strength.INFO):
    """(from, to, triple) of each step, by the words of the design and nothing else."""
    for triple, row in graph.relations.items():
        source, type, target = triple
        if types is not None and type not in types:
            continue
        if way in {Way.OUT, Way.BOTH}:
            yield source, target, triple
        if way in {Way.IN, Way.BOTH}:
            yield target, source, triple
        for owner, provider in dependencies(graph, row) if way.needs else ():
            strength = strength_of(graph, row)
            if strength < weakest:
                continue
            yield (owner, provider, triple) if way is Way.UPSTREAM else (provider, owner, triple)


def strength_of(graph, row):
    if BY_NAME[row.type].membership:
        return graph.elements[row.source].group.strength
    return BY_NAME[row.type].strength if row.strength is None else row.strength


def dependencies(graph, row):
    """Who needs whom by one relation."""
    type, ends = BY_NAME[row.type], []
    if type.membership or type.dependency == "source_needs_target":
        ends = [(row.source, row.target)]
    elif type.dependency == "target_needs_source":
        ends = [(row.target, row.source)]
    elif type.neighbours and row.source != row.target:
        ends = [(row.source, row.target), (row.target, row.source)]
        ends = [(owner, other) for owner, other in ends if needy(graph.elements[owner], type)]
    for owner, provider in ends:
        if not graph.elements[owner].planned and not graph.elements[provider].planned:
            yield owner, provider


def needy(element, type):
    names = {element.type, {0: "Service"}.get(int(element.kind), "")}
    return not element.is_source and (not type.needed_by or bool(names & type.needed_by))


def networked(graph, way, **more):
    made = nx.DiGraph()
    made.add_nodes_from(graph.elements)
    made.add_edges_from((a, b) for a, b, _ in edges(graph, way, **more))
    return made


def seeds():
    return range(12)


@pytest.mark.parametrize("way", EVERY_WAY)
@pytest.mark.parametrize("types", [None, frozenset({"DEPENDS_ON", "LINKED_TO", "HAS_MEMBER"})])
def test_what_is_reached_and_how_far_it_is(way, types):
    for seed in seeds():
        graph = Graph(seed)
        topology, made = built(graph), networked(graph, way, types=types)
        for start in sorted(graph.elements)[::5]:
            found = reach(Ways(topology, way, types), np.array([topology.index(start)], np.int32))
            far = nx.single_source_shortest_path_length(made, start)
            hops = {topology.id(n): int(found.hops[n]) for n in found.elements.tolist()}
            assert hops == far
            assert [found.hops[n] for n in found.elements.tolist()] == sorted(far.values())
            assert found.ended


def test_without_a_choice_of_types_needs_are_the_requirements_cone():
    for seed in seeds():
        graph = Graph(seed)
        mapped = map_topology(built(graph))
        needed = needs_of(mapped.topology)
        assert len(needed)
        for number in range(0, mapped.topology.size, 3):
            for way, cone in ((Way.UPSTREAM, cones.cone_up), (Way.DOWNSTREAM, cones.cone_down)):
                found = reach(Ways(mapped.topology, way), np.array([number], np.int32))
                assert set(found.elements.tolist()) == set(cone(mapped.network, [number]).tolist())


def test_followed_changes_are_walked_as_if_loaded_anew():
    from fitsm_graph.impact.changes import follow

    for seed in seeds():
        graph = Graph(seed)
        topology = built(graph)
        for _ in range(15):
            graph.step()
        after, made = follow(topology, graph.changes, 1).topology, networked(graph, Way.UPSTREAM)
        for start in sorted(graph.elements)[::4]:
            found = reach(Ways(after, Way.UPSTREAM), np.array([after.index(start)], np.int32))
            assert {after.id(n) for n in found.elements.tolist()} == {
                start,
                *nx.descendants(made, start),
            }


def test_strength_and_what_may_be_met_limit_a_walk():
    for seed in seeds():
        graph = Graph(seed)
        topology = built(graph)
        made = networked(graph, Way.DOWNSTREAM, weakest=Strength.HARD)
        closed = set(sorted(graph.elements)[::6])
        made.remove_nodes_from(closed)
        passable = np.array([topology.id(n) not in closed for n in range(topology.size)])
        ways = Ways(topology, Way.DOWNSTREAM, passable=passable, weakest=Strength.HARD)
        for start in sorted(set(graph.elements) - closed)[::4]:
            found = reach(ways, np.array([topology.index(start)], np.int32))
            assert {topology.id(n) for n in found.elements.tolist()} == {
                start,
                *nx.descendants(made, start),
            }


def test_a_limit_of_hops_says_whether_there_is_more():
    graph = Graph(3)
    graph.elements = {k: v for k, v in graph.elements.items() if not v.planned}
    names = sorted(graph.elements)[:4]
    graph.relations = {r.triple: r for r in map(needs, names, names[1:])}
    topology = built(graph)
    start = np.array([topology.index(names[0])], np.int32)
    for hops, size, ended in ((0, 1, False), (2, 3, False), (3, 4, True), (None, 4, True)):
        found = reach(Ways(topology, Way.OUT), start, hops)
        assert (found.elements.size, found.ended) == (size, ended)


def test_steps_name_the_relations_they_go_over():
    for seed in seeds():
        graph = Graph(seed)
        topology = built(graph)
        for way in EVERY_WAY:
            wanted = {triple for *_, triple in edges(graph, way)}
            table = Ways(topology, way).at(np.arange(topology.size, dtype=np.int32)).distinct()
            rows = zip(
                table.source.tolist(), table.type.tolist(), table.target.tolist(), strict=True
            )
            found = [(topology.id(s), SEMANTICS[t].name, topology.id(d)) for s, t, d in rows]
            assert len(found) == len(set(found))
            assert set(found) == wanted


@pytest.mark.parametrize("way", EVERY_WAY)
def test_paths_are_the_shortest_in_the_order_of_their_ranks(way):
    looked_at = 0
    for seed in seeds():
        graph = Graph(seed, size=12)
        topology, made = built(graph), networked(graph, way)
        rank = {topology.index(id): row.name for id, row in graph.elements.items()}
        name = {n: (rank[n], n) for n in rank}
        for start, goal in itertools.islice(itertools.permutations(sorted(graph.elements), 2), 60):
            a, b = topology.index(start), topology.index(goal)
            every = sorted(
                (tuple(map(topology.index, p)) for p in nx.all_simple_paths(made, start, goal)),
                key=lambda p: (len(p), [name[n] for n in p]),
            )
            for k in (1, 4, 1_000):
                found = shortest_paths(Ways(topology, way), a, b, k, rank=rank.__getitem__)
                assert list(found.paths) == every[:k]
                assert found.complete
            looked_at += len(every)
    assert looked_at > 150


def test_a_path_to_itself_is_the_element_alone():
    topology = built(Graph(1))
    assert shortest_paths(Ways(topology, Way.OUT), 3, 3, 5).paths == ((3,),)


def test_limits_are_said_and_what_is_given_is_right_all_the_same():
    said = 0
    for seed in range(60):
        graph = Graph(seed, size=14)
        topology, made = built(graph), networked(graph, Way.BOTH)
        for start, goal in itertools.islice(itertools.permutations(sorted(graph.elements), 2), 12):
            a, b = topology.index(start), topology.index(goal)
            every = sorted(
                (tuple(map(topology.index, p)) for p in nx.all_simple_paths(made, start, goal)),
                key=lambda p: (len(p), p),
            )
            for limit in ({"most_elements": 4}, {"most_visits": 30}):
                found = shortest_paths(Ways(topology, Way.BOTH), a, b, 50, **limit)
                assert list(found.paths) == every[: len(found.paths)]
                assert bool(found.paths) == bool(every)
                if found.complete:
                    assert list(found.paths) == every[:50]
                said += not found.complete
    assert said > 50
