"""What is left to do on the rows of a compiled question before the answer leaves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fitsm_graph.api.paging import Page, write_cursor
from fitsm_graph.api.selection import Selected, pick

HIDDEN = "-"
"""Start of keys that are taken out again before the answer leaves."""

States = Callable[[Sequence[str]], Mapping[str, Mapping[str, Any]]]
"""Computed fields of elements by id: ``{"state", "margin", "why"}``."""


@dataclass(slots=True)
class Finish:
    """What is left to do on the projected rows of one selection of elements.

    Attributes:
        computed: Response name to computed field.
        only: Response name to the concrete types it was selected for.
        nested: Ways to nested elements: response names from here, and what to do there.
        pages: Response name to the page that is made of the rows there.
    """

    computed: dict[str, str] = field(default_factory=dict)
    only: dict[str, frozenset[str]] = field(default_factory=dict)
    nested: list[tuple[tuple[str, ...], "Finish"]] = field(default_factory=list)
    pages: dict[str, "Paged"] = field(default_factory=dict)

    @property
    def needed(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.computed or self.only or self.nested or self.pages)

    def ids(self, row: Any) -> list[str]:
        """Ids of all elements in a row whose computed fields were selected."""
        found = [row[HIDDEN + "id"]] if self.computed else []
        for way, inner in self.nested:
            for item in _reach(row, way):
                found += inner.ids(item)
        for key, paged in self.pages.items():
            found += paged.ids(row[key])
        return found

    def apply(self, row: Any, states: Mapping[str, Mapping[str, Any]]) -> None:
        """Fill computed fields and take out what does not belong to the row's type."""
        identity, concrete = row.pop(HIDDEN + "id", None), row.pop(HIDDEN + "type", None)
        for key, name in self.computed.items():
            row[key] = states.get(identity, {}).get(name)
        for way, inner in self.nested:
            for item in _reach(row, way):
                inner.apply(item, states)
        for key, paged in self.pages.items():
            row[key] = paged.shaped(row[key], states)
        for key, types in self.only.items():
            if concrete not in types:
                row.pop(key, None)


@dataclass(slots=True)
class Paged:
    """How a connection is made of the rows that a statement found.

    What was found is ``{"rows", "total"}``: one row more than the page has, if there is one, and
    each as ``[row, place]`` where places are wanted.

    Attributes:
        what: The connection's field.
        kind: Its rows' kind.
        page: What was asked of it.
        order: What its cursors belong to.
        rows: What is left to do on each row.
    """

    what: Selected
    kind: str
    page: Page
    order: str
    rows: Finish

    @property
    def placed(self) -> bool:
        """Whether the rows' places are wanted."""
        return any(
            each.has("cursor", "startCursor", "endCursor") for each in self.what.children.values()
        )

    def ids(self, found: Mapping[str, Any]) -> list[str]:
        """Ids of all elements in the rows whose computed fields were selected."""
        rows = self._rows(found)
        return [identity for row in rows for identity in self.rows.ids(row)]

    def _rows(self, found: Mapping[str, Any]) -> list[Any]:
        rows = found["rows"][: self.page.size]
        return [row for row, _ in rows] if self.placed else rows

    def shaped(
        self, found: Mapping[str, Any], states: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, Any]:
        """The connection, keyed by response names."""
        rows = self._rows(found)
        if self.rows.needed:
            for row in rows:
                self.rows.apply(row, states)
        size, backward, began = self.page.size, self.page.backward, bool(self.page.cursor)
        places = [place for _, place in found["rows"][:size]] if self.placed else []
        if backward:
            rows, places = rows[::-1], places[::-1]
        cursors = [write_cursor(self.order, place) for place in places]
        more = len(found["rows"]) > size
        data = {
            "nodes": rows,
            "edges": list(zip(cursors or [""] * len(rows), rows, strict=True)),
            "pageInfo": {
                "hasNextPage": began if backward else more,
                "hasPreviousPage": more if backward else began,
                "startCursor": cursors[0] if cursors else None,
                "endCursor": cursors[-1] if cursors else None,
                "__typename": "PageInfo",
            },
            "totalCount": found["total"],
            "__typename": f"{self.kind}Connection",
        }
        return self._keyed(data)

    def _keyed(self, data: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = {}
        children = self.what.children.values()
        alone = sum(each.name in {"nodes", "edges"} for each in children) == 1
        for key, each in self.what.children.items():
            value = data[each.name]
            if each.name == "edges":
                value = [self._edge(each, cursor, row) for cursor, row in value]
            elif each.name == "nodes" and not alone:
                value = [_of_row(row, each) for row in value]
            elif each.name == "pageInfo":
                value = pick(value, each)
            answer[key] = value
        return answer

    def _edge(self, what: Selected, cursor: str, row: dict[str, Any]) -> dict[str, Any]:
        parts: dict[str, Callable[[Selected], Any]] = {
            "cursor": lambda _: cursor,
            "node": lambda part: _of_row(row, part),
            "__typename": lambda _: f"{self.kind}Edge",
        }
        return {key: parts[each.name](each) for key, each in what.children.items()}


def _of_row(row: dict[str, Any], what: Selected) -> dict[str, Any]:
    """What one place selected of a row; rows are compiled once for all places."""
    return {name: row[name] for name in what.children if name in row}


def _reach(row: Any, way: tuple[str, ...]) -> list[Any]:
    """All values at the end of a way of keys; lists are gone through."""
    values = [row]
    for key in way:
        step = [value.get(key) for value in values if value is not None]
        values = [
            item for value in step for item in (value if isinstance(value, list) else [value])
        ]
    return [value for value in values if value is not None]
