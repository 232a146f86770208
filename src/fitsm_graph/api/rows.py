"""Rows of a statement and the objects they become: the one place that knows the shape of both.

A statement answers with lists, for a map of the database has its keys in any order and an answer
of GraphQL in that of the selection. Beside the text of each row its form is made, once for each
selection: which cell each response name shows, what is nested there, and what is computed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Protocol

from fitsm_graph.api.paging import Page, write_cursor
from fitsm_graph.api.selection import Selected, pick

States = Mapping[str, Mapping[str, Any]]
"""Computed fields of elements by id: ``{"state", "margin", "why"}``."""


class Form(Protocol):
    """How a value that a statement found becomes one of an answer."""

    @property
    def computes(self) -> bool:
        """Whether anything in it is computed, so that states have to be known."""
        ...

    def ids(self, found: Any) -> Iterable[str]:
        """Ids of all elements whose computed fields are selected."""
        ...

    def made(self, found: Any, states: States) -> Any:
        """The value of the answer."""
        ...

    def at(self, what: Selected) -> "Form":
        """The same for a part of the selection."""
        ...


class Cells:
    """The cells of a row in the making.

    Attributes:
        texts: What each is, in Cypher.
        type_at: The cell with the concrete type; None where there is one only.
        id_at: The cell with the element's id; None where nothing needs it.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.type_at: int | None = None
        self.id_at: int | None = None
        self._known: dict[str, int] = {}
        self._found: dict[int, tuple[Selected, int, Form | None]] = {}

    def plain(self, text: str) -> int:
        """The cell of an expression, which is there once."""
        if text not in self._known:
            self._known[text] = len(self.texts)
            self.texts.append(text)
        return self._known[text]

    def put(self, what: Selected, text: str, form: Form | None = None) -> None:
        """Put a field where it is found; what becomes something else has a cell of its own."""
        if form is None:
            self._found[id(what)] = (what, self.plain(text), None)
            return
        self._found[id(what)] = (what, len(self.texts), form)
        self.texts.append(text)

    def again(self, what: Selected) -> bool:
        """Whether another place selects just the same, which is then taken from there."""
        for known, number, form in self._found.values() if what.composite else ():
            if known == what:
                self._found[id(what)] = (what, number, form)
                return True
        return False

    def of(self, what: Selected) -> tuple[int, Form | None]:
        """The cell of a field, and what becomes of it."""
        whole = what.whole or what
        _, number, form = self._found[id(whole)]
        return number, form if form is None or what is whole else form.at(what)

    def row(self) -> str:
        """The row, in Cypher."""
        return f"[{', '.join(self.texts)}]"


@dataclass(slots=True)
class _Shape:
    """What objects of one type show.

    Attributes:
        keys: Response names in the answer's order.
        taken: Takes their cells out of a row; None where they are its first ones, in order.
        nested: Response names with what becomes of their cells.
        computed: Response names with computed fields.
    """

    keys: tuple[str, ...]
    taken: Callable[[Sequence[Any]], tuple[Any, ...]] | None
    nested: tuple[tuple[str, int, Form], ...]
    computed: tuple[tuple[str, str], ...]


class Object:
    """An object made of a row.

    Args:
        what: What is selected of it.
        cells: Where that is.
        computed: Names of the fields that no cell has.
    """

    def __init__(self, what: Selected, cells: Cells, computed: Sequence[str] = ()) -> None:
        self._what = what
        self._cells = cells
        self._computed = computed
        self._shapes: dict[str, _Shape] = {}
        inner = (cells.of(each)[1] for each in what.children.values() if each.name not in computed)
        self.computes = what.has(*computed) or any(each and each.computes for each in inner)
        self._single = None if what.narrowed else self._shape(what.children.values())

    def at(self, what: Selected) -> "Object":
        """The same for a part of the selection."""
        return Object(what, self._cells, self._computed)

    def _shape(self, fields: Iterable[Selected]) -> _Shape:
        keys, places, nested, computed = [], [], [], []
        for each in fields:
            number, form = self._place(each)
            keys.append(each.key)
            places.append(number)
            if form is not None:
                nested.append((each.key, number, form))
            elif each.name in self._computed:
                computed.append((each.key, each.name))
        in_order = places == list(range(len(places)))
        taken = None if in_order else _taking(places)
        return _Shape(tuple(keys), taken, tuple(nested), tuple(computed))

    def _place(self, each: Selected) -> tuple[int, Form | None]:
        return (0, None) if each.name in self._computed else self._cells.of(each)

    def _shape_of(self, row: Sequence[Any]) -> _Shape:
        if self._single is not None:
            return self._single
        concrete = row[self._cells.type_at or 0]
        shape = self._shapes.get(concrete)
        if shape is None:
            fields = self._what.fields(concrete).values()
            shape = self._shapes[concrete] = self._shape(fields)
        return shape

    def ids(self, row: Sequence[Any] | None) -> Iterable[str]:
        """Ids of all elements in a row whose computed fields are selected."""
        if row is None or not self.computes:
            return
        shape = self._shape_of(row)
        if shape.computed:
            yield row[self._cells.id_at or 0]
        for _, number, form in shape.nested:
            if form.computes:
                yield from form.ids(row[number])

    def made(self, row: Sequence[Any] | None, states: States) -> dict[str, Any] | None:
        """The object; None where there is no row."""
        if row is None:
            return None
        shape = self._shape_of(row)
        answer = dict(zip(shape.keys, shape.taken(row) if shape.taken else row, strict=False))
        for key, _, form in shape.nested:
            answer[key] = form.made(answer[key], states)
        if shape.computed:
            known = states.get(row[self._cells.id_at or 0], {})
            for key, name in shape.computed:
                answer[key] = known.get(name)
        return answer

    def several(self, rows: Sequence[Sequence[Any]], states: States) -> list[Any]:
        """An object for each of some rows."""
        shape = self._single
        if shape is None or shape.taken or shape.nested or shape.computed:
            return [self.made(row, states) for row in rows]
        keys = shape.keys
        return [dict(zip(keys, row, strict=False)) for row in rows]


def _taking(places: Sequence[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    if len(places) == 1:
        only = places[0]
        return lambda row: (row[only],)
    return itemgetter(*places)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of objects made of a list of rows."""

    each: Object

    @property
    def computes(self) -> bool:
        """Whether anything in it is computed."""
        return self.each.computes

    def ids(self, found: Sequence[Any]) -> Iterable[str]:
        """Ids of all elements in the rows whose computed fields are selected."""
        return (id for row in found for id in self.each.ids(row))

    def made(self, found: Sequence[Any], states: States) -> list[Any]:
        """The list."""
        return self.each.several(found, states)

    def at(self, what: Selected) -> "Listed":
        """The same for a part of the selection."""
        return Listed(self.each.at(what))


@dataclass(frozen=True, slots=True)
class Named:
    """Values by name, each with its form; names are those of the statement."""

    forms: Mapping[str, Form]

    @property
    def computes(self) -> bool:
        """Whether anything in it is computed."""
        return any(each.computes for each in self.forms.values())

    def ids(self, found: Mapping[str, Any]) -> Iterable[str]:
        """Ids of all elements whose computed fields are selected."""
        return (id for name, form in self.forms.items() for id in form.ids(found[name]))

    def made(self, found: Mapping[str, Any], states: States) -> dict[str, Any]:
        """The values; those without a form as they are."""
        return {**found, **{n: form.made(found[n], states) for n, form in self.forms.items()}}

    def at(self, what: Selected) -> "Named":  # noqa: ARG002 - its names are in no document
        """The same: nobody selects among it."""
        return self


@dataclass(slots=True)
class Paged:
    """A connection made of the rows that a statement found.

    What was found is ``[rows, total]``: one row more than the page has, if there is one, and
    each with its place as the last cell where places are wanted.

    Attributes:
        what: The connection's field.
        page: What was asked of it.
        order: What its cursors belong to.
        cells: Of its rows; each place that selects them has its own form over the same cells.
        computed: Names of the fields of rows that no cell has.
        forms: What rows become, by the field that shows them.
    """

    what: Selected
    page: Page
    order: str
    cells: Cells
    computed: Sequence[str] = ()
    forms: dict[int, Object] = field(init=False)

    def __post_init__(self) -> None:
        """Make the forms of the rows."""
        self.forms = {
            id(each): Object(each, self.cells, self.computed) for each in rows_of(self.what)
        }

    @property
    def placed(self) -> bool:
        """Whether the rows' places are wanted."""
        whole = self.what.whole or self.what
        return any(each.has(*_PLACES) for each in whole.children.values())

    @property
    def computes(self) -> bool:
        """Whether anything in it is computed."""
        return any(each.computes for each in self.forms.values())

    def at(self, what: Selected) -> "Paged":
        """The same for a part of the selection."""
        return Paged(what, self.page, self.order, self.cells, self.computed)

    def ids(self, found: Sequence[Any]) -> Iterable[str]:
        """Ids of all elements in the rows whose computed fields are selected."""
        rows = found[0][: self.page.size]
        return (id for form in self.forms.values() for row in rows for id in form.ids(row))

    def made(self, found: Sequence[Any], states: States) -> dict[str, Any]:
        """The connection, keyed by response names."""
        every, total = found
        rows = every[: self.page.size]
        if self.page.backward:
            rows = rows[::-1]
        cursors = [write_cursor(self.order, row[-1]) for row in rows] if self.placed else []
        answer: dict[str, Any] = {}
        for key, each in self.what.children.items():
            if each.name == "nodes":
                answer[key] = self.forms[id(each)].several(rows, states)
            elif each.name == "edges":
                answer[key] = self._edges(each, rows, cursors, states)
            elif each.name == "pageInfo":
                answer[key] = pick(self._page_info(len(every), cursors), each)
            elif each.name == "totalCount":
                answer[key] = total
            else:
                answer[key] = self.what.type_name
        return answer

    def _page_info(self, found: int, cursors: Sequence[str]) -> dict[str, Any]:
        backward, began = self.page.backward, bool(self.page.cursor)
        more = found > self.page.size
        return {
            "hasNextPage": began if backward else more,
            "hasPreviousPage": more if backward else began,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
            "__typename": "PageInfo",
        }

    def _edges(
        self, what: Selected, rows: Sequence[Any], cursors: Sequence[str], states: States
    ) -> list[dict[str, Any]]:
        columns: list[Sequence[Any]] = []
        for each in what.children.values():
            if each.name == "node":
                columns.append(self.forms[id(each)].several(rows, states))
            elif each.name == "cursor":
                columns.append(cursors)
            else:
                columns.append([what.type_name] * len(rows))
        if not columns:
            return [{} for _ in rows]
        keys = tuple(what.children)
        return [dict(zip(keys, each, strict=True)) for each in zip(*columns, strict=True)]


_PLACES = ("cursor", "startCursor", "endCursor")


def rows_of(what: Selected) -> list[Selected]:
    """The fields of a connection that show its rows: `nodes`, and `node` of `edges`."""
    found = []
    for each in what.children.values():
        if each.name == "nodes":
            found.append(each)
        elif each.name == "edges":
            found += [node for node in each.children.values() if node.name == "node"]
    return found
