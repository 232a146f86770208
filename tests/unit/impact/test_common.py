"""What elements all need and which services need them, by networkx; how often it is walked."""

import networkx as nx
import pytest

from fitsm_graph.impact.common import needed_by_all, services_over
from fitsm_graph.impact.folding import Folding
from fitsm_graph.impact.mapped import map_topology
from fitsm_graph.impact.network import Strength
from fitsm_graph.impact.records import Kind
from unit.impact.graphs import Graph, meaning
from unit.impact.test_walks import built

HOPS = 2


def required(graph):
    """Who needs whom by a requirement that is more than information, as the words have it."""
    made = nx.DiGraph()
    made.add_nodes_from(graph.elements)
    stated = meaning(graph.elements.values(), graph.relations.values())
    for name, (members, _, strength, *_) in stated.items():
        if strength >= Strength.SOFT:
            made.add_edges_from((name.partition("#")[0], member) for member in members)
    return made


def far(made, start):
    return nx.single_source_shortest_path_length(made, start, cutoff=HOPS)


def told(mapped, needed):
    """Steps to the farthest and steps together, by id."""
    columns = (needed.elements, needed.most, needed.together)
    rows = zip(*(each.tolist() for each in columns), strict=True)
    return {mapped.topology.id(number): (most, together) for number, most, together in rows}


def same_as_by_networkx(graph, mapped, chance):
    made = required(graph)
    keys, met = sorted(graph.elements), 0
    for _ in range(12):
        chosen = chance.sample(keys, chance.randint(1, 3))
        numbers = [mapped.topology.index(key) for key in chosen]
        steps = [far(made, key) for key in chosen]
        both = set.intersection(*map(set, steps))
        right = {
            key: (max(each[key] for each in steps), sum(each[key] for each in steps))
            for key in both
        }
        assert told(mapped, needed_by_all(mapped, numbers, HOPS)) == right
        over = {key for start in chosen for key in (start, *nx.ancestors(made, start))}
        services = {key for key in over if graph.elements[key].kind == Kind.SERVICE}
        found = {mapped.topology.id(number) for number in services_over(mapped, numbers)}
        assert found == services
        met += bool(right) + bool(services)
    return met


@pytest.mark.parametrize("seed", range(6))
async def test_it_is_what_networkx_finds_also_after_changes(seed):
    """Walks of a network that is no more are not told of the next one."""
    graph, folds = Graph(seed), Folding(few_rows=0)
    mapped, met = map_topology(built(graph)), 0
    for version in range(1, 6):
        met += same_as_by_networkx(graph, mapped, graph.random)
        graph.step()
        changes = list(graph.changes)
        graph.changes.clear()
        mapped = await folds.after(mapped, changes, version)
    assert met > 20


def test_nothing_is_walked_twice_while_the_network_stays():
    graph = Graph(1)
    mapped = map_topology(built(graph))
    number = mapped.topology.index(min(graph.elements))
    first = needed_by_all(mapped, [number], HOPS)
    over = services_over(mapped, [number])
    later = mapped.at(mapped.version + 7)  # entries that touch nothing of it, such as incidents
    assert needed_by_all(later, [number], HOPS) is first
    later.network.memo["services"][number] = over | {-1}
    assert services_over(later, [number]) == over | {-1}, "the control: it was kept, not walked"
    assert needed_by_all(later, [number], HOPS + 1) is not first
