"""Graphs as files: GraphML and GEXF for tools, DOT and Mermaid for pictures, JGF for programs."""

from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Any

import networkx as nx
import orjson

from fitsm_graph.api.export.forms import Form
from fitsm_graph.api.flat_graph import FlatEdge, FlatGraph, FlatNode, Scalar

MERMAID_DRAWS = 500
"""Edges that Mermaid draws unless its configuration allows more."""


def write_graph(graph: FlatGraph, form: Form) -> bytes:
    """Write a graph in one of the forms; edges point the way relations are stored."""
    return _WRITERS[form](graph)


def _graphml(graph: FlatGraph) -> bytes:
    out = BytesIO()
    nx.write_graphml_xml(_multi(graph), out, encoding="utf-8", named_key_ids=True)
    return out.getvalue()


def _gexf(graph: FlatGraph) -> bytes:
    out = BytesIO()
    nx.write_gexf(_multi(graph), out, encoding="utf-8", version="1.2draft")
    return out.getvalue()


def _multi(graph: FlatGraph) -> "nx.MultiDiGraph[str]":
    """The graph for networkx: several relations between two elements stay several."""
    made: nx.MultiDiGraph[str] = nx.MultiDiGraph(
        complete=graph.complete, note=_xml(graph.note), source="fitsm-graph"
    )
    kinds = _kinds([each.fields for each in _every_node(graph)])
    for node in _every_node(graph):
        made.add_node(_xml(node.id), label=_xml(node.label), **_attributes(node.fields, kinds))
    kinds = _kinds([each.fields for each in graph.edges])
    for number, edge in enumerate(graph.edges):
        more = _attributes(edge.fields, kinds)
        ends = (_xml(edge.source), _xml(edge.target))
        made.add_edge(*ends, key=f"e{number}", id=f"e{number}", relation=_xml(edge.type), **more)
    return made


_KEPT_BY_FORMATS = frozenset({"id", "label", "relation", "type", "weight", "start", "end", "viz"})
"""Attributes that GEXF or networkx take for something of their own."""


def _attributes(fields: Mapping[str, Scalar], kinds: Mapping[str, type[Any]]) -> dict[str, Any]:
    """Attributes with one type each; what is null is left out, since XML has no null."""
    return {
        f"{name}_" if name in _KEPT_BY_FORMATS else name: _typed(value, kinds[name])
        for name, value in fields.items()
        if value is not None
    }


def _typed(value: Scalar, kind: type[Any]) -> Any:
    return _xml(str(value)) if kind is str else kind(value)


def _kinds(rows: list[Mapping[str, Scalar]]) -> dict[str, type[Any]]:
    """One type for each attribute: that of all its values, else text."""
    found: dict[str, set[type[Any]]] = {}
    for row in rows:
        for name, value in row.items():
            if value is not None:
                found.setdefault(name, set()).add(type(value))
    return {name: kinds.pop() if len(kinds) == 1 else str for name, kinds in found.items()}


def _every_node(graph: FlatGraph) -> Iterator[FlatNode]:
    """All nodes; those that only an edge names come last, with their id."""
    yield from graph.nodes
    known = {each.id for each in graph.nodes}
    for edge in graph.edges:
        for end in (edge.source, edge.target):
            if end not in known:
                known.add(end)
                yield FlatNode(end)


def _xml(text: str) -> str:
    """A text without what XML 1.0 cannot hold."""
    return "".join(char if _is_xml(ord(char)) else "\ufffd" for char in text)


def _is_xml(code: int) -> bool:
    return code in {9, 10, 13} or 32 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code > 0xFFFF


# --- pictures ------------------------------------------------------------------------------------


def _dot(graph: FlatGraph) -> bytes:
    """DOT for Graphviz; all text is quoted, so that nothing in it is syntax."""
    lines = ["digraph {", "  rankdir=LR", "  node [shape=box]"]
    lines += [f"  // {each}" for each in _remarks(graph)]
    for node in _every_node(graph):
        state = node.fields.get("after") or node.fields.get("state")
        more = f" class={_quoted(str(state))}" if state else ""
        lines.append(f"  {_quoted(node.id)} [label={_quoted(_caption(node))}{more}]")
    for edge in graph.edges:
        lines.append(
            f"  {_quoted(edge.source)} -> {_quoted(edge.target)} [label={_quoted(edge.type)}]"
        )
    return _joined([*lines, "}"])


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "").replace("\0", "")
    return '"' + plain.replace("\n", "\\n") + '"'


def _mermaid(graph: FlatGraph) -> bytes:
    """A Mermaid flow chart; elements are numbered, names are encoded."""
    numbers = {node.id: f"n{n}" for n, node in enumerate(_every_node(graph))}
    lines = ["flowchart LR", *(f"%% {each}" for each in _remarks(graph))]
    if len(graph.edges) > MERMAID_DRAWS:
        lines.append(
            f"%% {len(graph.edges)} edges: Mermaid draws {MERMAID_DRAWS} unless maxEdges is raised"
        )
    lines += [f'  {numbers[node.id]}["{_encoded(_caption(node))}"]' for node in _every_node(graph)]
    lines += [f"  {_arrow(edge, numbers)}" for edge in graph.edges]
    return _joined(lines)


def _arrow(edge: FlatEdge, numbers: Mapping[str, str]) -> str:
    label = f'|"{_encoded(edge.type)}"|' if edge.type else ""
    return f"{numbers[edge.source]} -->{label} {numbers[edge.target]}"


def _encoded(text: str) -> str:
    """Everything but letters, digits and a few marks as entities of Mermaid."""
    return "".join(
        char if char.isalnum() or char in " -_.:/()" else f"#{ord(char)};" for char in text
    ).replace("#10;", "<br>")


def _caption(node: FlatNode) -> str:
    state = node.fields.get("after") or node.fields.get("state")
    return f"{node.label}\n{state}" if state else node.label


def _remarks(graph: FlatGraph) -> Iterator[str]:
    if not graph.complete:
        yield "incomplete: the answer says that something was left out"
    if graph.note:
        yield " ".join(graph.note.split())


def _joined(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")


def _jgf(graph: FlatGraph) -> bytes:
    """JSON Graph Format 2: nodes by id, edges with relation and metadata."""
    nodes = {
        each.id: {"label": each.label, "metadata": dict(each.fields)} for each in _every_node(graph)
    }
    edges = [
        {
            "id": str(number),
            "source": each.source,
            "target": each.target,
            "relation": each.type,
            "directed": True,
            "metadata": dict(each.fields),
        }
        for number, each in enumerate(graph.edges)
    ]
    about = {"complete": graph.complete, "note": graph.note}
    made = {"directed": True, "metadata": about, "nodes": nodes, "edges": edges}
    return orjson.dumps({"graph": made})


_WRITERS: Mapping[Form, Callable[[FlatGraph], bytes]] = {
    Form.GRAPHML: _graphml,
    Form.GEXF: _gexf,
    Form.DOT: _dot,
    Form.MERMAID: _mermaid,
    Form.JGF: _jgf,
}
