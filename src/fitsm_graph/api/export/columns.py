"""Columns of a table that is made of rows of an answer.

A column is what was selected, in the order of the document. Its name is the response names from
the row inwards, joined by dots: `owner.name`. Names of GraphQL have no dots, so that no two
columns can meet. Lists within a row are refused, or are one column of JSON text each.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson
from graphql import GraphQLList, GraphQLNonNull, GraphQLSchema

from fitsm_graph.api.selection import Selected
from fitsm_graph.kernel.errors import BadInput


class Kind(StrEnum):
    """What the values of a column are; null is possible in all of them."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    MOMENT = "moment"
    JSON = "json"


_KINDS = {
    "Int": Kind.INTEGER,
    "Float": Kind.NUMBER,
    "Boolean": Kind.BOOLEAN,
    "DateTime": Kind.MOMENT,
    "JSON": Kind.JSON,
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        path: Response names from the row inwards.
        kind: What its values are, by the schema and not by what happens to be there.
    """

    path: tuple[str, ...]
    kind: Kind = Kind.TEXT

    @property
    def name(self) -> str:
        """Its heading."""
        return ".".join(self.path)

    def of(self, row: Any) -> Any:
        """Its value in a row: null where anything on the way is; JSON as text."""
        for step in self.path:
            if row is None:
                return None
            row = row.get(step)
        if self.kind is Kind.JSON and row is not None and not isinstance(row, str):
            return orjson.dumps(row).decode()
        return row


def columns_of(schema: GraphQLSchema, rows: Selected, *, lists_as_json: bool) -> list[Column]:
    """The columns for what is selected of a row.

    Raises:
        BadInput: EXPORT_NESTED_LIST, where a list is selected and lists are not wanted as JSON.
    """
    found = _columns(schema, rows, (), lists_as_json=lists_as_json)
    return list({each.path: each for each in found}.values())


def _columns(
    schema: GraphQLSchema, what: Selected, before: tuple[str, ...], *, lists_as_json: bool
) -> Iterator[Column]:
    for each in what.children.values():
        path = (*before, each.key)
        if is_list(schema, what.type_name, each):
            if not lists_as_json:
                raise _nested(path)
            yield Column(path, Kind.JSON)
        elif each.composite:
            yield from _columns(schema, each, path, lists_as_json=lists_as_json)
        else:
            yield Column(path, _KINDS.get(each.type_name, Kind.TEXT))


def is_list(schema: GraphQLSchema, type_name: str, what: Selected) -> bool:
    """Whether a selected field answers with a list; it may stand on one of the concrete types."""
    for name in (type_name, *(what.only or ())):
        fields: Mapping[str, Any] = getattr(schema.type_map[name], "fields", {})
        if what.name in fields:
            kind = fields[what.name].type
            kind = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
            return isinstance(kind, GraphQLList)
    return False


def _nested(path: tuple[str, ...]) -> BadInput:
    return BadInput(
        f"'{'.'.join(path)}' is a list within a row",
        code="EXPORT_NESTED_LIST",
        why="a cell holds one value",
        remedy="leave it out, ask for NDJSON, or have it as JSON text with lists=json",
        path=path,
    )
