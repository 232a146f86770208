"""Real networks: what a single failure cuts off is exactly the dominator subtree.

Each network of the Internet Topology Zoo becomes a simple undirected graph, of which the largest
component is taken. The element with most neighbours (ties: the smallest id) is the source; every
other needs, grounded, one of its neighbours. An element is lost to a failure when every path from
the source to it passes the failed one, that is, when the failed one dominates it. Dominators
come from networkx, which knows nothing of support sets.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from fitsm_graph.impact.cases import answer_case
from oracles.proof_validator import complaints

ZOO = Path(__file__).parents[4] / "shared" / "samples" / "topology_zoo"
NETWORKS = sorted(ZOO.glob("*.graphml"))

if not NETWORKS:
    pytest.skip("samples folder ../shared/samples is missing", allow_module_level=True)


def network(path: Path) -> nx.Graph:
    """The largest component of the simple undirected graph in the file."""
    graph = nx.Graph(nx.read_graphml(path, force_multigraph=True).to_undirected())
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    largest = max(nx.connected_components(graph), key=lambda part: (len(part), min(part)))
    return graph.subgraph(largest).copy()


def source_of(graph: nx.Graph) -> str:
    """Most neighbours; of several, the smallest id, by number where ids are numbers."""
    return min(graph, key=lambda e: (-graph.degree[e], int(e) if e.isdigit() else 0, e))


def as_case(graph: nx.Graph, source: str) -> dict[str, Any]:
    """Every element but the source needs one of its neighbours, grounded."""
    return {
        "elements": sorted(graph),
        "requirements": [
            {
                "of": element,
                "members": sorted(graph[element]),
                "need": 1,
                "strength": "hard",
                "grounded": True,
            }
            for element in sorted(graph)
            if element != source
        ],
    }


def dominated(graph: nx.Graph, source: str) -> dict[str, set[str]]:
    """For each element, itself and all that it dominates, seen from the source."""
    above = nx.immediate_dominators(graph.to_directed(), source)
    below: dict[str, set[str]] = {element: set() for element in graph}
    for element in graph:
        for dominator in chain(above, element, source):
            below[dominator].add(element)
    return below


def chain(above: dict[str, Any], element: str, source: str) -> Iterator[str]:
    """The element, its immediate dominator, and so on up to the source."""
    while element != source:
        yield element
        element = above[element]
    yield source


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_single_failures_are_dominator_subtrees(path: Path) -> None:
    graph = network(path)
    source = source_of(graph)
    case = as_case(graph, source)
    below = dominated(graph, source)
    for failed in sorted(graph):
        found = answer_case(case | {"down": [failed]})["states"]
        assert {e for e, state in found.items() if state == "DOWN"} == below[failed], failed


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_the_loss_of_the_source_is_proved(path: Path) -> None:
    graph = network(path)
    case = as_case(graph, source_of(graph)) | {"down": [source_of(graph)]}
    assert complaints(case, answer_case(case)) == []


def test_a_healthy_network_is_up() -> None:
    graph = network(NETWORKS[0])
    assert set(answer_case(as_case(graph, source_of(graph)))["states"].values()) == {"UP"}


def test_the_oracle_can_disagree() -> None:
    """Counting alone finds less: the comparison is able to fail."""
    graph = nx.cycle_graph(["s", "a", "b", "c"])
    graph.add_edge("s", "t")
    case = as_case(graph, "s")
    case["requirements"] = [row | {"grounded": False} for row in case["requirements"]]
    lost = answer_case(case | {"down": ["s"]})["states"]
    down = {e for e, state in lost.items() if state == "DOWN"}
    assert down < dominated(graph, "s")["s"]
