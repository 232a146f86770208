"""Projections: what is selected of elements and relations, as rows of cells.

Beside the text of a row its form is made, which knows where each response name finds its value.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from fitsm_graph.api.fields import RELATION_FIELDS, WORDS_OF_CODE
from fitsm_graph.api.filters import relation_conditions
from fitsm_graph.api.ordering import Order, behind, named, relation_order, sorted_by
from fitsm_graph.api.paging import PLAIN_LIST, Page, digest_of, page_size
from fitsm_graph.api.rows import Cells, Form, Listed, Object, Paged, rows_of
from fitsm_graph.api.selection import Selected
from fitsm_graph.api.statement import Statement, where
from fitsm_graph.api.ways import BOTH, MEMBERS, OUT, Way
from fitsm_graph.graph.changes import retired_label
from fitsm_graph.model.confm import ELEMENT_KINDS

COMPUTED = ("state", "margin", "why")
RELATION = "Relation"
Ends = tuple[str, str, str]


def element_row(made: Statement, variable: str, what: Selected) -> tuple[str, Object]:
    """A row of an element, and the object that it becomes."""
    cells = element_cells(made, variable, [what])
    return cells.row(), Object(what, cells, COMPUTED)


def element_cells(made: Statement, variable: str, places: Sequence[Selected]) -> Cells:
    """What several places select of one element, each cell once."""
    cells = Cells()
    for what in places:
        for each in what.children.values():
            if each.name not in COMPUTED and not cells.again(each):
                cells.put(each, *_field(made, variable, each))
        if cells.id_at is None and what.has(*COMPUTED):
            cells.id_at = cells.plain(made.names.field("id").place(variable))
        if cells.type_at is None and what.narrowed:
            cells.type_at = cells.plain(_concrete(variable))
    return cells


def rows_cells(
    made: Statement, what: Selected, variable: str, page: Page, order: Order, owner: str
) -> tuple[str, Paged]:
    """What a page of elements has of each row, with its place where that is wanted."""
    cells = element_cells(made, variable, rows_of(what))
    paged = Paged(what, page, owner, cells, COMPUTED)
    return placed_row(paged, order), paged


def _field(made: Statement, variable: str, each: Selected) -> tuple[str, Form | None]:
    special = _SPECIAL.get(each.name)
    if special is not None:
        return special(made, variable, each)
    field = made.names.field(each.name)
    place = field.place(variable)
    return (f"toUpper({place})" if field.kind in WORDS_OF_CODE else place), None


def _owner(made: Statement, variable: str, what: Selected) -> tuple[str, Form]:
    owner = made.next("owner")
    row, form = _plain_row(
        owner, what, {"kind": f"head([l IN labels({owner}) WHERE l IN ['Person', 'Group']])"}
    )
    return f"head([({variable})-[:OWNED_BY]->({owner}:Record) | {row}])", form


def _customers(made: Statement, variable: str, what: Selected) -> tuple[str, Form]:
    customer = made.next("customer")
    row, form = _plain_row(customer, what, {"userCount": f"{customer}.user_count"})
    text = (
        f"COLLECT {{ MATCH ({customer}:Customer)-[:RECEIVES]->({variable}) "
        f"RETURN {row} ORDER BY {customer}.key }}"
    )
    return text, Listed(form)


def _attributes(made: Statement, variable: str, what: Selected) -> tuple[str, Form]:
    names = made.value(made.names.all_attributes())
    source = {"name": "name", "value": f"{variable}[name]", "__typename": "'Attribute'"}
    cells = Cells()
    for each in what.children.values():
        cells.put(each, source[each.name])
    text = f"[name IN {names} WHERE {variable}[name] IS NOT NULL | {cells.row()}]"
    return text, Listed(Object(what, cells))


# --- relations -----------------------------------------------------------------------------------


def _members(made: Statement, variable: str, what: Selected) -> tuple[str, Form]:
    bond, other = made.next("bond"), made.next("member")
    special = {"weight": f"coalesce({bond}.weight, 1)", "__typename": "'GroupMember'"}
    cells = _relation_cells(made, (variable, bond, other), [what], special)
    text = (
        f"COLLECT {{ MATCH {Way((MEMBERS,), OUT).pattern(variable, bond, other)}"
        f"{where(made.seen(other))} RETURN {cells.row()} ORDER BY {other}.key }}"
    )
    return text, Listed(Object(what, cells))


def _relations(made: Statement, variable: str, what: Selected) -> tuple[str, Form]:
    """A plain list, cut at `first`."""
    way = way_of(made, what)
    ends = variable, made.next("relation"), made.next("other")
    first = what.arguments.get("first")
    limit = made.value(page_size(PLAIN_LIST if first is None else first))
    order = relation_order(made, _listed(what, "orderBy"), ends)
    around = _around(made, way, ends, what)
    cells = _relation_cells(made, ends, [what], {})
    form = Listed(Object(what, cells))
    if not way.types:
        return "[]", form
    text = (
        f"COLLECT {{ MATCH {way.pattern(*ends)}{where(around)} "
        f"RETURN {cells.row()} ORDER BY {sorted_by(order)} LIMIT {limit} }}"
    )
    return text, form


def _connection(made: Statement, variable: str, what: Selected) -> tuple[str, Form]:
    """A page of relations, and how many there are in all pages where that is wanted."""
    way, page = way_of(made, what), Page.of(what)
    ends = variable, made.next("relation"), made.next("other")
    order = relation_order(made, _listed(what, "orderBy"), ends)
    asked = {name: what.arguments.get(name) for name in ("types", "direction", "where")}
    belongs = digest_of(what.name, asked, named(order))
    cells = _relation_cells(made, ends, rows_of(what), {})
    paged = Paged(what, page, belongs, cells)
    if not way.types:
        return "[[], 0]", paged
    around = _around(made, way, ends, what)
    place = page.place(belongs, len(order))
    beyond = [] if place is None else behind(made, order, place, backward=page.backward)
    pattern, limit = way.pattern(*ends), made.value(page.size + 1)
    total = f"COUNT {{ MATCH {pattern}{where(around)} }}" if what.has("totalCount") else "null"
    text = (
        f"[COLLECT {{ MATCH {pattern}{where([*around, *beyond])} "
        f"RETURN {placed_row(paged, order)} "
        f"ORDER BY {sorted_by(order, backward=page.backward)} LIMIT {limit} }}, {total}]"
    )
    return text, paged


def way_of(made: Statement, what: Selected) -> Way:
    """The relations that a field leads over."""
    types = what.arguments.get("types")
    if what.name in {"dependsOn", "usedBy"}:
        known = None if types is None else made.names.relation_types(types)
        return made.names.need.ways(what.name, known)
    direction = what.arguments.get("direction", BOTH)
    direction = str(getattr(direction, "value", direction))
    return Way(tuple(made.names.relation_types(types)), direction)


def _around(made: Statement, way: Way, ends: Ends, what: Selected) -> list[str]:
    """Row rule, need, and the field's own filter."""
    asked = what.arguments.get("where")
    return [
        *made.way_conditions(way, *ends),
        *relation_conditions(made, asked, ends, (what.key, "where")),
    ]


def _relation_cells(
    made: Statement, ends: Ends, places: Sequence[Selected], special: Mapping[str, str]
) -> Cells:
    """What several places select of one relation, each cell once."""
    cells = Cells()
    for each in (child for what in places for child in what.children.values()):
        if cells.again(each):
            continue
        if each.name == "element":
            cells.put(each, *element_row(made, ends[2], each))
        else:
            cells.put(each, special.get(each.name) or _relation_field(ends, each.name))
    return cells


def _relation_field(ends: Ends, name: str) -> str:
    variable, bond, _ = ends
    field = RELATION_FIELDS.get(name)
    if field is not None:
        stored = f"{bond}.{field.stored[0]}"
        return f"toUpper({stored})" if field.kind in WORDS_OF_CODE else stored
    return {
        "type": f"type({bond})",
        "direction": f"CASE WHEN startNode({bond}) = {variable} THEN 'OUT' ELSE 'IN' END",
        "__typename": f"'{RELATION}'",
    }[name]


# --- small parts ---------------------------------------------------------------------------------


def _listed(what: Selected, name: str) -> Sequence[Mapping[str, Any]]:
    given = what.arguments.get(name)
    return given if given is not None else []


def placed_row(paged: Paged, order: Order) -> str:
    """The row of a page; its place is the last cell."""
    places = ", ".join(each.place for each in order)
    more = [f"[{places}]"] if paged.placed else []
    return f"[{', '.join([*paged.cells.texts, *more])}]"


def _plain_row(variable: str, what: Selected, special: Mapping[str, str]) -> tuple[str, Object]:
    cells = Cells()
    for each in what.children.values():
        if each.name == "__typename":
            cells.put(each, f"'{what.type_name}'")
        else:
            cells.put(each, special.get(each.name, f"{variable}.{each.name}"))
    return cells.row(), Object(what, cells)


def kind_case(variable: str, kinds: Iterable[str] = ELEMENT_KINDS) -> str:
    """The kind of a record that is one of some kinds, live or retired, in Cypher."""
    labels = {kind: f"{variable}:{kind}|{retired_label(kind)}" for kind in kinds}
    cases = " ".join(f"WHEN {label} THEN '{kind}'" for kind, label in labels.items())
    return f"CASE {cases} END"


def _concrete(variable: str) -> str:
    return f"coalesce({variable}.type, {kind_case(variable)})"


Special = Callable[[Statement, str, Selected], tuple[str, Form | None]]
_SPECIAL: dict[str, Special] = {
    "__typename": lambda _made, variable, _what: (_concrete(variable), None),
    "kind": lambda _made, variable, _what: (kind_case(variable), None),
    "owner": _owner,
    "customers": _customers,
    "attributes": _attributes,
    "members": _members,
    "relations": _relations,
    "related": _connection,
    "dependsOn": _connection,
    "usedBy": _connection,
}
"""Fields of elements that are no properties."""


def also(name: str, special: Special) -> None:
    """Make a field of elements by what builds on this module, such as one of their records."""
    _SPECIAL[name] = special
