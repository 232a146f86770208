"""Answers of a server, and what they become: rows, data frames, graphs.

pandas, polars and networkx are imported when they are asked for, and only then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import orjson

from fitsm_graph.kernel.errors import BadInput, Unsupported

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """Data of an answer without errors.

    Attributes:
        data: By response name.
        seq: A ledger entry that it shows with all before it; None where it does not say.
        extensions: Whatever else the server tells, such as the cost.
    """

    data: Mapping[str, Any]
    seq: int | None = None
    extensions: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        """A root field by its response name."""
        return self.data[name]

    def rows(self, path: str = "") -> list[Row]:
        """The rows of a list, flat: what lies within another object is named ``owner.name``.

        Args:
            path: Response names joined by dots, such as ``cis.nodes``; where left out, there has
                to be exactly one list.

        Raises:
            BadInput: NOT_ONE_LIST.
        """
        return [dict(_flat(row)) for row in self.nested_rows(path)]

    def nested_rows(self, path: str = "") -> Sequence[Any]:
        """The same rows as they are."""
        found = dict(_lists(self.data, ()))
        if path:
            if path not in found:
                raise _not_one(f"'{path}' is no list of the answer", found)
            return found[path]
        if len(found) != 1:
            raise _not_one("it is not clear which list is meant", found)
        return next(iter(found.values()))

    def to_pandas(self, path: str = "") -> Any:
        """The rows as a ``pandas.DataFrame``."""
        return library("pandas").DataFrame(self.rows(path))

    def to_polars(self, path: str = "") -> Any:
        """The rows as a ``polars.DataFrame``; a column's type is found from all rows."""
        return library("polars").DataFrame(self.rows(path), infer_schema_length=None)

    def to_networkx(self) -> Any:
        """The one graph of the answer as a ``networkx.MultiDiGraph``, edges as they are stored.

        Raises:
            BadInput: NO_GRAPH, where there is none or several.
        """
        graphs = list(_graphs(self.data))
        if len(graphs) != 1:
            raise BadInput(
                "the answer has no graph" if not graphs else "the answer has several graphs",
                code="NO_GRAPH",
                why="a graph has elements (or nodes) with `id`, and edges with both ends",
                remedy="select `graph { elements { id key } edges { source target label } }`",
            )
        made = library("networkx").MultiDiGraph()
        for node in graphs[0].get("elements") or graphs[0].get("nodes") or ():
            made.add_node(node["id"], **dict(_flat(node)))
        for edge in graphs[0]["edges"]:
            made.add_edge(edge["source"], edge["target"], **dict(_flat(edge)))
        return made


def library(name: str) -> Any:
    """Import what answers can become.

    Raises:
        Unsupported: LIBRARY_MISSING.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise Unsupported(
            f"{name} is not installed",
            code="LIBRARY_MISSING",
            why="answers become its objects only where it is there",
            remedy=f"pip install 'fitsm-graph[{name}]'",
        ) from error


def _flat(row: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        elif isinstance(value, list):
            yield before + name, orjson.dumps(value).decode()
        else:
            yield before + name, value


def _lists(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Sequence[Any]]]:
    """All lists of objects that are not within another list, by path."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _lists(each, (*path, name))
    elif isinstance(value, list) and all(isinstance(each, Mapping) for each in value):
        yield ".".join(path), value


def _graphs(value: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(value, Mapping):
        return
    edges = value.get("edges")
    nodes = value.get("elements") or value.get("nodes")
    if isinstance(edges, list) and isinstance(nodes, list) and all("source" in e for e in edges):
        yield value
        return
    for each in value.values():
        yield from _graphs(each)


def _not_one(message: str, found: Mapping[str, Any]) -> BadInput:
    return BadInput(
        message,
        code="NOT_ONE_LIST",
        why=f"the answer has {', '.join(found) or 'none'}",
        remedy="name one: rows('cis.nodes')",
    )
