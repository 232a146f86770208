"""A service that one element takes down is suggested to be bettered, once (PR14.1)."""

from typing import Any

import pytest

from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.service import register_element, relate
from fitsm_graph.csi.weak_services import suggest_from_service
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.kernel.errors import NotFound, Refused
from graph.syncing import POLICIES, REGISTRY, emptied, run

REQUEST = Request(actor="tester", via="test")
ESTATE: tuple[dict[str, Any], ...] = (
    {"kind": "Service", "key": "mail", "name": "Mail", "criticality": 1},
    {"kind": "Service", "key": "web", "name": "Web"},
    *({"kind": "CI", "type": "Server", "key": key, "name": key} for key in "abc"),
    {"kind": "RedundancyGroup", "key": "pair", "name": "Pair", "need": 1},
)
TIES = (
    ("DEPENDS_ON", "mail", "a"),
    ("DEPENDS_ON", "web", "pair"),
    ("HAS_MEMBER", "pair", "b"),
    ("HAS_MEMBER", "pair", "c"),
)


async def suggest(graph: Graph, service: str) -> Any:
    reaching = Reaches(await Snapshot(graph, REGISTRY).current())
    return (await graph.write(suggest_from_service, REQUEST, POLICIES, reaching, service)).value


async def test_what_one_element_takes_down_is_suggested_once(neo4j_endpoint: Endpoint) -> None:
    async with emptied(neo4j_endpoint) as graph:
        for each in ESTATE:
            await graph.write(register_element, REQUEST, REGISTRY, ElementDraft(**each))
        for type, source, target in TIES:
            tie = RelationDraft(type=type, source=source, target=target)
            await graph.write(relate, REQUEST, REGISTRY, tie)
        made = await suggest(graph, "mail")
        assert made["title"] == "Mail of criticality 1 goes down with one element"
        assert made["description"] == "1 element can take it down alone."
        rows = await run(
            graph, "MATCH (:Suggestion)-[:WOULD_IMPROVE]->(e) RETURN e.key ORDER BY e.key"
        )
        assert sorted(rows) == [["a"], ["mail"]]
        again = await suggest(graph, "mail")
        assert (again["key"], again["times_seen"]) == (made["key"], 2)
        tie = RelationDraft(type="DEPENDS_ON", source="mail", target="b")
        await graph.write(relate, REQUEST, REGISTRY, tie)
        again = await suggest(graph, "mail")
        assert again["description"] == "2 elements can take it down alone."
        rows = await run(
            graph,
            "MATCH (:Suggestion {key: $key})-[:WOULD_IMPROVE]->(e) RETURN e.key",
            key=made["key"],
        )
        assert sorted(rows) == [["a"], ["b"], ["mail"]], "those of before, and what is known now"
        with pytest.raises(Refused, match="NO_SINGLE_POINT"):
            await suggest(graph, "web")  # the pair fails only as both of it do
        for wrong in ("pair", "nobody"):
            with pytest.raises(NotFound):
                await suggest(graph, wrong)
        alone = ElementDraft(kind="Service", key="alone", name="Alone")
        await graph.write(register_element, REQUEST, REGISTRY, alone)
        with pytest.raises(Refused, match="NO_SINGLE_POINT"):
            await suggest(graph, "alone")
