"""A graph as answers hold it: nodes and edges side by side, never a tree.

This is where graph questions and the ways out meet: every question about a graph answers with an
object that has `nodes` (the picture of an impact answer says `elements`) and `edges` with `source`
and `target`; exports read that object here and need to know nothing else of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from fitsm_graph.kernel.errors import BadInput

Scalar = str | int | float | bool | None
_NODES = ("nodes", "elements")


@dataclass(frozen=True, slots=True)
class FlatNode:
    """One element.

    Attributes:
        id: Of the element; a token, good in this answer only, where it is hidden.
        fields: Whatever else was selected, by response name; what lies within another object is
            named ``owner.name``, except for what lies within ``element``; lists are JSON text.
    """

    id: str
    fields: Mapping[str, Scalar] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What to call it: its key or name where one is selected, else the id."""
        named = (self.fields.get(name) for name in ("key", "name"))
        return str(next((each for each in named if each), self.id))


@dataclass(frozen=True, slots=True)
class FlatEdge:
    """One relation, in the direction in which it is stored.

    Attributes:
        source: Id of the node it starts from.
        target: Id of the node it ends at.
        type: Relationship type, or what the answer calls the edge; empty where it is hidden.
        fields: Whatever else was selected, as with nodes.
    """

    source: str
    target: str
    type: str = ""
    fields: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FlatGraph:
    """Nodes and edges; an edge may lead to a node that another page holds.

    Attributes:
        complete: Whether the answer says that nothing was left out; True where it does not say.
        note: What the answer says about its limits.
    """

    nodes: tuple[FlatNode, ...] = ()
    edges: tuple[FlatEdge, ...] = ()
    complete: bool = True
    note: str = ""


def is_graph(value: object) -> bool:
    """Whether a part of an answer is a graph: nodes with ids, edges with both ends."""
    if not isinstance(value, Mapping) or not isinstance(value.get("edges"), list):
        return False
    nodes = _nodes(value)
    return (
        nodes is not None
        and all(isinstance(each, Mapping) and "id" in each for each in nodes)
        and all(isinstance(e, Mapping) and {"source", "target"} <= set(e) for e in value["edges"])
    )


def graphs_in(data: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, FlatGraph]]:
    """All graphs in the data of an answer, each with its response names joined by dots."""
    if is_graph(data):
        yield ".".join(path), flat_graph(data)
    elif isinstance(data, Mapping):
        for name, value in data.items():
            yield from graphs_in(value, (*path, name))


def flat_graph(answer: object) -> FlatGraph:
    """Read the graph that a question has answered with, keyed by the schema's names.

    Args:
        answer: The object that holds ``nodes`` and ``edges``.

    Raises:
        BadInput: NO_GRAPH, where an id, a source or a target was not selected.
    """
    if not isinstance(answer, Mapping) or not is_graph(answer):
        raise BadInput(
            "the answer holds no graph",
            code="NO_GRAPH",
            why="a graph has `nodes { id }` and `edges { source target }`",
            remedy="select them under these names, in `dependencies`, `neighbourhood`, `path` …",
        )
    return FlatGraph(
        tuple(_node(each) for each in _nodes(answer) or ()),
        tuple(_edge(each) for each in answer["edges"]),
        complete=_complete(answer),
        note=str(answer.get("note") or ""),
    )


def _complete(answer: Mapping[str, Any]) -> bool:
    return bool(answer.get("complete", True)) and not answer.get("omitted")


def _nodes(answer: Mapping[str, Any]) -> Sequence[Any] | None:
    found = (answer.get(name) for name in _NODES)
    return next((each for each in found if isinstance(each, list)), None)


def _node(row: Mapping[str, Any]) -> FlatNode:
    fields = {name: value for name, value in row.items() if name not in {"id", "element"}}
    return FlatNode(str(row["id"]), dict(_flat({**fields, **(row.get("element") or {})})))


def _edge(row: Mapping[str, Any]) -> FlatEdge:
    named = row.get("type") or row.get("label") or ""
    fields = {name: value for name, value in row.items() if name not in _OWN}
    return FlatEdge(str(row["source"]), str(row["target"]), str(named), dict(_flat(fields)))


_OWN = frozenset({"source", "target", "type"})


def _flat(row: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Scalar]]:
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        elif isinstance(value, list):
            yield before + name, orjson.dumps(value).decode()
        else:
            yield before + name, value
