"""Rows of the graph as the topology takes them: no single value keeps all others from loading."""

from typing import Any

import pytest

from fitsm_graph.graph.history import GraphImage
from fitsm_graph.impact.changes import follow
from fitsm_graph.impact.loading import Loader
from fitsm_graph.impact.reading import add_relations, topology_changes
from fitsm_graph.impact.records import ElementRow, RelationRow
from fitsm_graph.impact.topology import add_rows, build_topology
from unit.impact.graphs import SEMANTICS

MOMENTS = {
    "2026-01-02T03:04:05Z": 1767323045,
    "2026-01-02T04:04:05.000000+01:00": 1767323045,
    "1960-01-01T00:00:00Z": 1,
    "0001-01-01T00:00:00+14:00": None,
    "2200-01-01T00:00:00Z": 2**32 - 1,
    "yesterday": None,
    "": None,
}
"""When a relation was verified, and the second that is kept; 0 in columns stands for never."""
TYPE = "DEPENDS_ON"


def loaded(own: Any) -> int:
    """What a page of one relation gives."""
    loader = Loader(SEMANTICS)
    add_rows(loader, [ElementRow("a"), ElementRow("b")])
    page = {"ids": ["a", "b"], "sources": [0], "types": [TYPE], "targets": ["b"], "own": [own]}
    add_relations(loader, page)
    return int(loader._relations[0].verified[0])


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_page_takes_any_moment(moment: str) -> None:
    assert loaded({"verified_at": moment}) == (MOMENTS[moment] or 0)


def test_a_relation_that_says_nothing_was_never_verified() -> None:
    assert loaded(0) == loaded({"weight": 1}) == 0


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_image_takes_any_moment_and_is_followed(moment: str) -> None:
    before = build_topology([ElementRow("a"), ElementRow("b")], (), SEMANTICS)
    image = GraphImage(relations={("a", TYPE, "b"): {"verified_at": moment}})
    changes = list(topology_changes(GraphImage(), image, frozenset({TYPE})))
    assert [each.after for each in changes] == [
        RelationRow("a", TYPE, "b", verified_at=MOMENTS[moment])
    ]
    found = follow(before, changes, before.version + 1).topology.relation(("a", TYPE, "b"))
    assert found is not None
    assert found.verified_at == MOMENTS[moment]
