"""What a document says, as facts and tables that are picked from the answers to its questions.

A content says itself what its facts and columns are called, so that a document that was issued is
shown alike for ever, whatever becomes of the declarations.

>>> Facts("Numbers", (Column("total", "In all", "known.totalCount"),)).shaped(
...     {"known": {"totalCount": 2}}
... )
{'heading': 'Numbers', 'facts': [{'name': 'total', 'label': 'In all', 'value': 2}]}
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

Row = Mapping[str, Any]
Value = str | int | float | bool | list[Any] | None


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that is told of a row.

    Attributes:
        name: In the content.
        label: For people.
        place: Where it is found: names with points between, through lists too; empty: its name.
        take: How it is found where that is no place.
    """

    name: str
    label: str
    place: str = ""
    take: Callable[[Row], Any] | None = None

    def below(self, place: str) -> "Column":
        """The same thing of a row that is found at a place."""
        return replace(self, place=f"{place}.{self.place or self.name}")

    def of(self, row: Row) -> Value:
        """Its value; what is of several parts is told in one list."""
        found = self.take(row) if self.take else at(row, self.place or self.name)
        return _told(found)


@dataclass(frozen=True, slots=True)
class Facts:
    """A part of a document that tells single things."""

    heading: str
    columns: tuple[Column, ...]

    def shaped(self, data: Row) -> dict[str, Any]:
        """The part of a content."""
        facts = [
            {"name": each.name, "label": each.label, "value": each.of(data)}
            for each in self.columns
        ]
        return {"heading": self.heading, "facts": facts}


@dataclass(frozen=True, slots=True)
class Table:
    """A part of a document that tells the same of several.

    Attributes:
        rows: Where the rows are found.
        spread: Name of a list within each of them, whose items are the rows instead; they are told
            with what surrounds them.
        note: What has to be known to read it.
        only: Which rows are meant.
    """

    heading: str
    rows: str
    columns: tuple[Column, ...]
    spread: str = ""
    note: str = ""
    only: Callable[[Row], bool] | None = None

    def shaped(self, data: Row) -> dict[str, Any]:
        """The part of a content."""
        rows = [each for each in self._rows(data) if self.only is None or self.only(each)]
        told: dict[str, Any] = {
            "heading": self.heading,
            "columns": [{"name": each.name, "label": each.label} for each in self.columns],
            "rows": [{each.name: each.of(row) for each in self.columns} for row in rows],
        }
        return {**told, "note": self.note} if self.note else told

    def _rows(self, data: Row) -> list[Row]:
        found = at(data, self.rows) or []
        rows = found if isinstance(found, list) else [found]
        if not self.spread:
            return rows
        return [{**outer, **inner} for outer in rows for inner in outer.get(self.spread) or ()]


Section = Facts | Table


def at(value: Any, place: str) -> Any:
    """What is found at a place; a list of what is found in each item, without those that lack it.

    >>> at({"affects": [{"element": {"key": "a"}}, {"element": None}]}, "affects.element.key")
    ['a']
    """
    for name in place.split("."):
        if isinstance(value, list):
            value = [
                each[name] for each in value if each is not None and each.get(name) is not None
            ]
        elif isinstance(value, Mapping):
            value = value.get(name)
        else:
            return None
    return value


def _told(value: Any) -> Value:
    if isinstance(value, list | tuple):
        return [_word(each) for each in value]
    told: Value = _word(value)
    return told


def _word(value: Any) -> Any:
    """A value as it stands in a content: objects and lists within it as a line of words."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_word(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(str(_word(each)) for each in value)
    return value
