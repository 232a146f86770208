"""Projections: what is selected of elements and relations, as maps keyed by response names."""

from collections.abc import Mapping, Sequence
from typing import Any

from fitsm_graph.api.fields import RELATION_FIELDS, ValueKind
from fitsm_graph.api.filters import relation_conditions
from fitsm_graph.api.finishing import HIDDEN, Finish, Paged
from fitsm_graph.api.ordering import Order, behind, named, relation_order, sorted_by
from fitsm_graph.api.paging import PLAIN_LIST, Page, digest_of, page_size
from fitsm_graph.api.selection import Selected, rows_selected
from fitsm_graph.api.statement import Statement, where
from fitsm_graph.api.ways import BOTH, MEMBERS, OUT, Way
from fitsm_graph.graph.changes import retired_label
from fitsm_graph.model.confm import ELEMENT_KINDS

COMPUTED = ("state", "margin", "why")
ENUMS = frozenset({ValueKind.LIFECYCLE, ValueKind.STRENGTH})
RELATION = "Relation"
Ends = tuple[str, str, str]


def element_map(made: Statement, variable: str, what: Selected) -> tuple[str, Finish]:
    """A map projection of an element, and what is left to do afterwards."""
    finish = Finish()
    entries: list[str] = []
    for key, each in what.children.items():
        if each.only is not None:
            finish.only[key] = each.only
        if each.name in COMPUTED:
            finish.computed[key] = each.name
            entries.append(f"`{key}`: null")
        else:
            entries.append(f"`{key}`: {_field(made, variable, key, each, finish)}")
    if finish.computed:
        entries.append(f"`{HIDDEN}id`: {variable}.id")
    if finish.only:
        entries.append(f"`{HIDDEN}type`: {_concrete(variable)}")
    return _map(entries), finish


def rows_map(
    made: Statement, what: Selected, kind: str, variable: str, page: Page, order: Order, owner: str
) -> tuple[str, Paged]:
    """What a page of elements has of each row, with its place where that is wanted."""
    projection, finish = element_map(made, variable, rows_selected(kind, what))
    paged = Paged(what, kind, page, owner, finish)
    return _placed(projection, paged, order), paged


def _field(made: Statement, variable: str, key: str, each: Selected, finish: Finish) -> str:
    special = {
        "__typename": lambda: _concrete(variable),
        "kind": lambda: kind_case(variable),
        "owner": lambda: _owner(made, variable, each),
        "customers": lambda: _customers(made, variable, each),
        "attributes": lambda: _attributes(made, variable, each),
        "members": lambda: _members(made, variable, key, each, finish),
        "relations": lambda: _relations(made, variable, key, each, finish),
        "related": lambda: _connection(made, variable, key, each, finish),
        "dependsOn": lambda: _connection(made, variable, key, each, finish),
        "usedBy": lambda: _connection(made, variable, key, each, finish),
    }.get(each.name)
    if special is not None:
        return special()
    field = made.names.field(each.name)
    return f"toUpper({field.place(variable)})" if field.kind in ENUMS else field.place(variable)


def _owner(made: Statement, variable: str, what: Selected) -> str:
    owner = made.next("owner")
    body = _plain_map(
        owner, what, {"kind": f"head([l IN labels({owner}) WHERE l IN ['Person', 'Group']])"}
    )
    return f"head([({variable})-[:OWNED_BY]->({owner}:Record) | {body}])"


def _customers(made: Statement, variable: str, what: Selected) -> str:
    customer = made.next("customer")
    body = _plain_map(customer, what, {"userCount": f"{customer}.user_count"})
    return (
        f"COLLECT {{ MATCH ({customer}:Customer)-[:RECEIVES]->({variable}) "
        f"RETURN {body} ORDER BY {customer}.key }}"
    )


def _attributes(made: Statement, variable: str, what: Selected) -> str:
    names = made.value(made.names.all_attributes())
    source = {"name": "name", "value": f"{variable}[name]", "__typename": "'Attribute'"}
    entries = _map([f"`{key}`: {source[each.name]}" for key, each in what.children.items()])
    return f"[name IN {names} WHERE {variable}[name] IS NOT NULL | {entries}]"


# --- relations -----------------------------------------------------------------------------------


def _members(made: Statement, variable: str, key: str, what: Selected, finish: Finish) -> str:
    bond, other = made.next("bond"), made.next("member")
    special = {"weight": f"coalesce({bond}.weight, 1)", "__typename": "'GroupMember'"}
    body, inner = _relation_map(made, (variable, bond, other), what, special)
    _nest(finish, (key,), inner)
    return (
        f"COLLECT {{ MATCH {Way((MEMBERS,), OUT).pattern(variable, bond, other)}"
        f"{where(made.seen(other))} RETURN {body} ORDER BY {other}.key }}"
    )


def _relations(made: Statement, variable: str, key: str, what: Selected, finish: Finish) -> str:
    """A plain list, cut at `first`."""
    way = way_of(made, what)
    if not way.types:
        return "[]"
    ends = variable, made.next("relation"), made.next("other")
    first = what.arguments.get("first")
    limit = made.value(page_size(PLAIN_LIST if first is None else first))
    order = relation_order(made, _listed(what, "orderBy"), ends)
    around = _around(made, way, ends, what)
    body, inner = _relation_map(made, ends, what, {})
    _nest(finish, (key,), inner)
    return (
        f"COLLECT {{ MATCH {way.pattern(*ends)}{where(around)} "
        f"RETURN {body} ORDER BY {sorted_by(order)} LIMIT {limit} }}"
    )


def _connection(made: Statement, variable: str, key: str, what: Selected, finish: Finish) -> str:
    """A page of relations, and how many there are in all pages where that is wanted."""
    way, page = way_of(made, what), Page.of(what)
    ends = variable, made.next("relation"), made.next("other")
    order = relation_order(made, _listed(what, "orderBy"), ends)
    asked = {name: what.arguments.get(name) for name in ("types", "direction", "where")}
    belongs = digest_of(what.name, asked, named(order))
    body, inner = _relation_map(made, ends, rows_selected(RELATION, what), {})
    finish.pages[key] = paged = Paged(what, RELATION, page, belongs, inner)
    if not way.types:
        return "{rows: [], total: 0}"
    around = _around(made, way, ends, what)
    place = page.place(belongs, len(order))
    beyond = [] if place is None else behind(made, order, place, backward=page.backward)
    pattern, limit = way.pattern(*ends), made.value(page.size + 1)
    total = f"COUNT {{ MATCH {pattern}{where(around)} }}" if what.has("totalCount") else "null"
    return (
        f"{{rows: COLLECT {{ MATCH {pattern}{where([*around, *beyond])} "
        f"RETURN {_placed(body, paged, order)} "
        f"ORDER BY {sorted_by(order, backward=page.backward)} LIMIT {limit} }}, total: {total}}}"
    )


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


def _relation_map(
    made: Statement, ends: Ends, what: Selected, special: Mapping[str, str]
) -> tuple[str, Finish]:
    finish = Finish()
    entries = []
    for name, each in what.children.items():
        if each.name == "element":
            body, inner = element_map(made, ends[2], each)
            _nest(finish, (name,), inner)
        else:
            body = special.get(each.name) or _relation_field(ends, each.name)
        entries.append(f"`{name}`: {body}")
    return _map(entries), finish


def _relation_field(ends: Ends, name: str) -> str:
    variable, bond, _ = ends
    field = RELATION_FIELDS.get(name)
    if field is not None:
        stored = f"{bond}.{field.stored[0]}"
        return f"toUpper({stored})" if field.kind in ENUMS else stored
    return {
        "type": f"type({bond})",
        "direction": f"CASE WHEN startNode({bond}) = {variable} THEN 'OUT' ELSE 'IN' END",
        "__typename": f"'{RELATION}'",
    }[name]


# --- small parts ---------------------------------------------------------------------------------


def _nest(finish: Finish, way: tuple[str, ...], inner: Finish) -> None:
    if inner.needed:
        finish.nested.append((way, inner))


def _listed(what: Selected, name: str) -> Sequence[Mapping[str, Any]]:
    given = what.arguments.get(name)
    return given if given is not None else []


def _placed(projection: str, paged: Paged, order: Order) -> str:
    places = ", ".join(each.place for each in order)
    return f"[{projection}, [{places}]]" if paged.placed else projection


def _map(entries: Sequence[str]) -> str:
    return "{" + ", ".join(entries) + "}"


def _plain_map(variable: str, what: Selected, special: Mapping[str, str]) -> str:
    entries = []
    for key, each in what.children.items():
        if each.name == "__typename":
            entries.append(f"`{key}`: '{what.type_name}'")
        else:
            entries.append(f"`{key}`: {special.get(each.name, f'{variable}.{each.name}')}")
    return _map(entries)


def kind_case(variable: str) -> str:
    """The kind of an element, live or retired, in Cypher."""
    cases = " ".join(
        f"WHEN {variable}:{kind}|{retired_label(kind)} THEN '{kind}'" for kind in ELEMENT_KINDS
    )
    return f"CASE {cases} END"


def _concrete(variable: str) -> str:
    return f"coalesce({variable}.type, {kind_case(variable)})"
