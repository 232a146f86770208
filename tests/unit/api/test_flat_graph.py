"""Graphs are found in answers and read as they are, whatever was selected of them."""

from typing import Any

import pytest

from fitsm_graph.api.flat_graph import FlatEdge, FlatGraph, FlatNode, flat_graph, graphs_in
from fitsm_graph.kernel.errors import BadInput

ANSWER: dict[str, Any] = {
    "complete": False,
    "note": "2 of 5 are shown",
    "nodes": [
        {"id": "a", "hops": 0, "element": {"key": "web", "owner": {"name": "Ada"}}},
        {"id": "hidden-1", "hops": 1, "element": None, "tags": ["x", 1]},
    ],
    "edges": [{"source": "a", "target": "hidden-1", "type": None, "weight": 2}],
}


def test_what_was_selected_of_nodes_and_edges_is_kept() -> None:
    assert flat_graph(ANSWER) == FlatGraph(
        (
            FlatNode("a", {"hops": 0, "key": "web", "owner.name": "Ada"}),
            FlatNode("hidden-1", {"hops": 1, "tags": '["x",1]'}),
        ),
        (FlatEdge("a", "hidden-1", "", {"weight": 2}),),
        complete=False,
        note="2 of 5 are shown",
    )
    assert [each.label for each in flat_graph(ANSWER).nodes] == ["web", "hidden-1"]


def test_pictures_of_impact_answers_are_graphs_too() -> None:
    picture = {
        "elements": [{"id": "a", "name": "A"}],
        "edges": [{"source": "a", "target": "a", "label": "hard"}],
        "omitted": 3,
    }
    found = flat_graph(picture)
    assert (found.edges[0].type, found.complete) == ("hard", False)


def test_graphs_are_found_below_aliases_and_connections_are_none() -> None:
    page = {"nodes": [{"id": "a"}], "edges": [{"cursor": "x", "node": {"id": "a"}}]}
    data = {"mine": ANSWER, "cis": page, "impact": {"graph": ANSWER}, "n": 1}
    assert [name for name, _ in graphs_in(data)] == ["mine", "impact.graph"]


@pytest.mark.parametrize(
    "answer", [None, {}, {"nodes": [{"key": "a"}], "edges": []}, {"nodes": [], "edges": [{}]}]
)
def test_without_ids_and_ends_there_is_no_graph(answer: Any) -> None:
    with pytest.raises(BadInput) as caught:
        flat_graph(answer)
    assert caught.value.code == "NO_GRAPH"
