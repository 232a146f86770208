"""The types of answers that are graphs, made for one registry; nodes and edges, never trees."""

from enum import StrEnum
from typing import Any

import strawberry

from fitsm_graph.api.elements import ElementTypes, made_type, many
from fitsm_graph.api.types import JSON, DateTime, PageInfo
from fitsm_graph.impact.walks import Way
from fitsm_graph.model.confm import Strength

strawberry.enum(Way, name="Way", description="Which way relations are followed.")


@strawberry.enum(description="Which end of a relation needs the other.")
class Need(StrEnum):
    """As the registry declares the type."""

    SOURCE = "SOURCE"
    TARGET = "TARGET"
    EACH = "EACH"
    NEITHER = "NEITHER"


@strawberry.enum(description="What became of an element or a relation.")
class Difference(StrEnum):
    """Between two times."""

    ADDED = "ADDED"
    REMOVED = "REMOVED"
    CHANGED = "CHANGED"
    SAME = "SAME"


@strawberry.type(description="A relation between two nodes, as it is stored.")
class GraphEdge:
    """Of a relation with a hidden end only the ends are told."""

    source: strawberry.ID
    target: strawberry.ID
    type: str | None
    need: Need | None = strawberry.field(description="Which end needs the other.")
    strength: Strength | None = strawberry.field(description="Its own, or that of its type.")
    weight: int | None = strawberry.field(description="Of a member in its group.")
    confidence: float | None
    verified_at: DateTime | None


@strawberry.type(description="How many elements are so many steps away.")
class HopCount:
    """Hidden ones are counted."""

    hops: int
    count: int


@strawberry.enum(description="What an edge between an element, its members and providers says.")
class FateEdge(StrEnum):
    """The source needs the target, or goes down with it."""

    NEEDS = "NEEDS"
    FALLS_WITH = "FALLS_WITH"


@strawberry.type(description="Between who has a need, its members, and what they share.")
class SharedFateEdge:
    """From who is hit to who hits."""

    source: strawberry.ID
    target: strawberry.ID
    type: FateEdge


@strawberry.type(description="A simple path.")
class FoundPath:
    """Its elements are nodes of the answer."""

    length: int = strawberry.field(description="Steps.")
    elements: list[strawberry.ID] = strawberry.field(description="From one end to the other.")


@strawberry.type(description="A provider whose failure takes redundant members down together.")
class SharedProvider:
    """Verified by the engine."""

    element: strawberry.ID
    members: list[strawberry.ID] = strawberry.field(description="Those that go down with it.")
    weight: int = strawberry.field(description="What they count together.")


@strawberry.type(description="A need with several members, and what its redundancy does not bear.")
class RedundantNeed:
    """`margin` is the weight that can be lost before it is not met."""

    id: str
    element: strawberry.ID = strawberry.field(description="Who has the need.")
    need: int
    total: int
    margin: int
    members: list[strawberry.ID]
    providers: list[SharedProvider] = strawberry.field(description="Nearest first, 100 at most.")
    provider_count: int
    already: bool = strawberry.field(description="Not met without any further failure.")
    complete: bool = strawberry.field(description="Whether all of the cone was examined.")
    examined: int
    cone: int


@strawberry.type(description="A field with what it was and what it is.")
class FieldDifference:
    """Null where it had or has no value."""

    name: str
    old: JSON | None
    new: JSON | None


@strawberry.type(description="A relation that came, went or changed.")
class RelationDifference:
    """Between elements that the reader sees."""

    source: strawberry.ID
    target: strawberry.ID
    type: str
    action: Difference
    fields: list[FieldDifference]


_STATED = {
    "version": int,
    "as_of": DateTime | None,
    "complete": bool,
    "note": str,
}
_DOCS = {
    "version": "Ledger entry that all of the answer rests on.",
    "complete": "Whether nothing was left out.",
    "note": "What was left out, and why, in words.",
    "total_count": "Of all pages, hidden ones included.",
    "hidden_count": "How many of them you may not see.",
    "by_hops": "How many there are at each distance, on all pages.",
    "nodes": "Each element once.",
    "edges": "Relations between nodes of this page, and to those of pages before.",
    "paths": "The shortest first; of one length by the keys along them.",
}


def node_type(types: ElementTypes) -> Any:
    """An element of a graph with its distance."""
    return made_type(
        "GraphNode",
        {"id": strawberry.ID, "hops": int | None, "hidden": bool, "element": types.element | None},
        {
            "id": "The element's, or a token that is good in this answer only.",
            "hops": "Fewest steps from where the question begins.",
            "hidden": "You may not see it; it was counted all the same.",
            "element": "Null where it is hidden.",
        },
        "An element of a graph.",
    )


def graph_type(name: str, node: Any, more: dict[str, Any], doc: str, edge: Any = GraphEdge) -> Any:
    """The type of an answer that is a graph."""
    hints = {**_STATED, **more, "nodes": many(node), "edges": many(edge)}
    return made_type(name, hints, {each: _DOCS.get(each, "") for each in hints}, doc)


WALKED = {
    "total_count": int,
    "hidden_count": int,
    "by_hops": list[HopCount],
    "page_info": PageInfo,
}
FOUND = {"hidden_count": int, "paths": list[FoundPath]}
SHARED = {"requirements": list[RedundantNeed]}


def difference_type(types: ElementTypes) -> Any:
    """The type of what is different between two times."""
    changed = made_type(
        "ElementDifference",
        {
            "id": strawberry.ID,
            "action": Difference,
            "fields": list[FieldDifference],
            "element": types.element | None,
        },
        {"element": "As it is at the later of the two times; a removed one as it was last."},
        "An element that came, went or changed, or an end of a relation that did.",
    )
    counts = dict.fromkeys(_COUNTS, int)
    lists = dict.fromkeys(("added", "removed", "changed", "nodes"), many(changed))
    relations = dict.fromkeys(("relinked", "edges"), list[RelationDifference])
    spans = {"from_seq": int, "to_seq": int, "complete": bool, "note": str}
    return made_type(
        "TopologyDifference",
        {**spans, **counts, **lists, **relations},
        {
            "from_seq": "Last ledger entry at the earlier time.",
            "to_seq": "Last ledger entry at the later time.",
            "complete": _DOCS["complete"],
            "note": _DOCS["note"],
            "relinked": "Relations that came, went or changed.",
            "nodes": "All elements of the answer, the ends of relations included.",
            "edges": "The same as `relinked`.",
        },
        "What is different between two times.",
    )


_COUNTS = ("added_count", "removed_count", "changed_count", "relinked_count")
