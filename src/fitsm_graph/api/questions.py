"""Questions about elements, compiled from the selection to one Cypher statement.

Labels, relationship types and property names come from the registry and the declarations only;
values travel as parameters. The projection's keys are the client's response names, so that rows
need no further work, except for fields that are computed (state, margin, why).
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fitsm_graph.api.selection import Selected
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import camel_case

KINDS = ("Service", "ServiceComponent", "CI", "RedundancyGroup")
COMPUTED = ("state", "margin", "why")
ENUMS = ("lifecycle", "strength")
LARGEST_PAGE = 1_000
ORDERS = {"ID": "id", "KEY": "key", "NAME": "name"}
HIDDEN = "-"
"""Start of keys that are taken out again before the answer leaves."""


@dataclass(slots=True)
class Question:
    """A compiled question.

    Attributes:
        text: The statement; one row, column ``answer``.
        parameters: Its values.
        finish: Fills computed fields and takes hidden keys out; None where there is nothing to do.
    """

    text: str
    parameters: dict[str, Any]
    finish: "Finish | None" = None


States = Callable[[Sequence[str]], Mapping[str, Mapping[str, Any]]]
"""Computed fields of elements by id: ``{"state", "margin", "why"}``."""


@dataclass(slots=True)
class Finish:
    """What is left to do on the projected rows of one selection of elements.

    Attributes:
        computed: Response name to computed field.
        only: Response name to the concrete types it was selected for.
        nested: Ways to nested elements: response names from here, and what to do there.
    """

    computed: dict[str, str] = field(default_factory=dict)
    only: dict[str, frozenset[str]] = field(default_factory=dict)
    nested: list[tuple[tuple[str, ...], "Finish"]] = field(default_factory=list)

    @property
    def needed(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.computed or self.only or self.nested)

    def ids(self, row: Any) -> list[str]:
        """Ids of all elements in a row whose computed fields were selected."""
        found = [row[HIDDEN + "id"]] if self.computed else []
        for way, inner in self.nested:
            for item in _reach(row, way):
                found += inner.ids(item)
        return found

    def apply(self, row: Any, states: Mapping[str, Mapping[str, Any]]) -> None:
        """Fill computed fields and take out what does not belong to the row's type."""
        identity, concrete = row.pop(HIDDEN + "id", None), row.pop(HIDDEN + "type", None)
        for key, name in self.computed.items():
            row[key] = states.get(identity, {}).get(name)
        for way, inner in self.nested:
            for item in _reach(row, way):
                inner.apply(item, states)
        for key, types in self.only.items():
            if concrete not in types:
                row.pop(key, None)


def _reach(row: Any, way: tuple[str, ...]) -> list[Any]:
    """All values at the end of a way of keys; lists are gone through."""
    values = [row]
    for key in way:
        step = [value.get(key) for value in values if value is not None]
        values = [
            item for value in step for item in (value if isinstance(value, list) else [value])
        ]
    return [value for value in values if value is not None]


class Compiler:
    """Compiles selections for one registry."""

    def __init__(self, registry: TypeRegistry) -> None:
        self._registry = registry
        self._attributes = {
            camel_case(name): name
            for type_name in registry.ci_types
            for name in registry.attributes(type_name)
        }
        self._fields = {
            camel_case(each.name): each.name for kind in KINDS for each in RECORDS[kind].fields
        }

    def one(self, kind: str, ref: Mapping[str, Any], what: Selected) -> Question:
        """One live element by id or key; ``answer`` is null where there is none."""
        made = _Statement(self)
        name, value = next(iter(ref.items()))
        label = f"Record&{kind}" if name == "id" else f"Element&{kind}"
        match = f"MATCH (element:{label} {{{name}: {made.value(value)}}})"
        projection, finish = made.element("element", what)
        shown = f"CASE WHEN element IS NULL THEN null ELSE {projection} END"
        text = f"OPTIONAL {match}\nRETURN {shown} AS answer"
        return Question(text, made.parameters, finish if finish.needed else None)

    def page(
        self,
        kind: str,
        what: Selected,
        *,
        where: Mapping[str, Any] | None,
        order: str,
        first: int,
        after: str | None,
    ) -> Question:
        """One page of live elements as a connection, with the total where it is selected."""
        made = _Statement(self)
        label, conditions = made.filtered(kind, where or {})
        pattern = f"(element:{label})"
        everything = _where(conditions)
        order_by = _order(order)
        limit = made.value(_page_size(first) + 1)
        paged = conditions + made.after(order_by, after)
        projection, finish = made.element("element", _rows_selected(kind, what))
        cursor = f"[{', '.join(f'element.{name}' for name in order_by)}]"
        parts = [
            "CALL () {",
            f"MATCH {pattern}{_where(paged)}",
            f"WITH element ORDER BY {cursor[1:-1]} LIMIT {limit}",
            f"RETURN collect({projection}) AS nodes, collect({cursor}) AS cursors",
            "}",
        ]
        total = "null"
        if what.has("totalCount"):
            parts += ["CALL () {", f"MATCH {pattern}{everything}", "RETURN count(*) AS total", "}"]
            total = "total"
        parts.append(f"RETURN {{nodes: nodes, cursors: cursors, total: {total}}} AS answer")
        return Question("\n".join(parts), made.parameters, finish if finish.needed else None)

    def search(self, what: Selected, text: str, first: int) -> Question:
        """Elements by the words of their key, name and description, best first."""
        made = _Statement(self)
        body = what.child("nodes") or Selected("nodes", "nodes", "Element")
        projection, finish = made.element("element", body)
        query = made.value(lucene(text))
        limit = made.value(_page_size(first))
        parts = [
            f"CALL db.index.fulltext.queryNodes('element_text', {query})",
            "YIELD node AS element, score",
            "WITH element, score ORDER BY score DESC, element.key",
            "WITH collect(element) AS found",
            f"UNWIND CASE WHEN size(found) = 0 THEN [null] ELSE found[..{limit}] END AS element",
            f"WITH found, CASE WHEN element IS NULL THEN null ELSE {projection} END AS node",
            "WITH found, collect(node) AS nodes",
            "RETURN {nodes: nodes, total: size(found)} AS answer",
        ]
        return Question("\n".join(parts), made.parameters, finish if finish.needed else None)

    def property_of(self, name: str) -> str:
        """Stored name of a field or attribute by its GraphQL name."""
        return self._fields.get(name) or self._attributes[name]

    def relation_types(self, names: Sequence[str] | None) -> list[str]:
        """Relationship types of the registry, by name or all."""
        if names is None:
            return list(self._registry.relationship_types)
        return [self._registry.relationship_type(name).name for name in names]

    def types_where(self, given: Mapping[str, Any]) -> list[str]:
        """Concrete CI types that a type filter names."""
        registry = self._registry
        if given.get("is_a"):
            return list(registry.subtypes(given["is_a"]))
        names = given.get("in") or ([given["eq"]] if given.get("eq") else [])
        return [registry.ci_type(name).name for name in names]

    def plain_fields(self) -> set[str]:
        """GraphQL names of fields and attributes that are stored on the element itself."""
        return {*self._fields, *self._attributes}

    def stored_names(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The same values by stored names; clients may write either."""
        return {
            self._fields.get(name) or self._attributes.get(name) or name: value
            for name, value in given.items()
        }

    def all_attributes(self) -> list[str]:
        """Stored names of all attributes of all types."""
        return sorted(set(self._attributes.values()))


class _Statement:
    """One statement in the making: its parameters, and the pieces that need them."""

    def __init__(self, compiler: Compiler) -> None:
        self._compiler = compiler
        self.parameters: dict[str, Any] = {}
        self._depth = 0

    def value(self, value: Any) -> str:
        """Put a value into a parameter and return its name in the text."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    def element(self, variable: str, what: Selected) -> tuple[str, Finish]:
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
                entries.append(f"`{key}`: {self._field(variable, key, each, finish)}")
        if finish.computed:
            entries.append(f"`{HIDDEN}id`: {variable}.id")
        if finish.only:
            entries.append(f"`{HIDDEN}type`: {_concrete(variable)}")
        return "{" + ", ".join(entries) + "}", finish

    def _field(self, variable: str, key: str, each: Selected, finish: Finish) -> str:
        special = {
            "__typename": lambda: _concrete(variable),
            "kind": lambda: _kind(variable),
            "owner": lambda: self._owner(variable, each),
            "relations": lambda: self._relations(variable, key, each, finish),
            "members": lambda: self._members(variable, key, each, finish),
            "customers": lambda: self._customers(variable, each),
            "attributes": lambda: self._attributes(variable, each),
        }.get(each.name)
        if special is not None:
            return special()
        stored = f"{variable}.{self._compiler.property_of(each.name)}"
        return f"toUpper({stored})" if each.name in ENUMS else stored

    def _owner(self, variable: str, what: Selected) -> str:
        owner = self._next("owner")
        body = _plain_map(
            owner, what, {"kind": f"head([l IN labels({owner}) WHERE l IN ['Person', 'Group']])"}
        )
        return f"head([({variable})-[:OWNED_BY]->({owner}:Record) | {body}])"

    def _customers(self, variable: str, what: Selected) -> str:
        customer = self._next("customer")
        body = _plain_map(customer, what, {"userCount": f"{customer}.user_count"})
        return (
            f"COLLECT {{ MATCH ({customer}:Customer)-[:RECEIVES]->({variable}) "
            f"RETURN {body} ORDER BY {customer}.key }}"
        )

    def _attributes(self, variable: str, what: Selected) -> str:
        names = self.value(self._compiler.all_attributes())
        source = {"name": "name", "value": f"{variable}[name]", "__typename": "'Attribute'"}
        entries = ", ".join(f"`{key}`: {source[each.name]}" for key, each in what.children.items())
        return f"[name IN {names} WHERE {variable}[name] IS NOT NULL | {{{entries}}}]"

    def _members(self, variable: str, key: str, what: Selected, finish: Finish) -> str:
        member, bond = self._next("member"), self._next("bond")
        entries = []
        for name, each in what.children.items():
            if each.name == "element":
                body, inner = self.element(member, each)
                entries.append(f"`{name}`: {body}")
                if inner.needed:
                    finish.nested.append(((key, name), inner))
            elif each.name == "weight":
                entries.append(f"`{name}`: coalesce({bond}.weight, 1)")
            else:
                entries.append(f"`{name}`: 'GroupMember'")
        return (
            f"COLLECT {{ MATCH ({variable})-[{bond}:HAS_MEMBER]->({member}:Element) "
            f"RETURN {{{', '.join(entries)}}} ORDER BY {member}.key }}"
        )

    def _relations(self, variable: str, key: str, what: Selected, finish: Finish) -> str:
        other, bond = self._next("other"), self._next("relation")
        types = "|".join(self._compiler.relation_types(what.arguments.get("types")))
        left, right = _ARROWS[what.arguments.get("direction", "BOTH")]
        limit = self.value(_page_size(what.arguments.get("first", 100)))
        entries = []
        for name, each in what.children.items():
            if each.name == "element":
                body, inner = self.element(other, each)
                entries.append(f"`{name}`: {body}")
                if inner.needed:
                    finish.nested.append(((key, name), inner))
            else:
                entries.append(f"`{name}`: {_relation_field(variable, bond, each.name)}")
        return (
            f"COLLECT {{ MATCH ({variable}){left}[{bond}:{types}]{right}({other}:Element) "
            f"RETURN {{{', '.join(entries)}}} ORDER BY type({bond}), {other}.key LIMIT {limit} }}"
        )

    def filtered(self, kind: str, where: Mapping[str, Any]) -> tuple[str, list[str]]:
        """Label and conditions of a filter."""
        conditions: list[str] = []
        for name, given in where.items():
            if given is None:
                continue
            if name == "type":
                conditions.append(
                    f"element.type IN {self.value(self._compiler.types_where(given))}"
                )
            elif name == "attribute":
                conditions += [self._attribute_filter(each) for each in given]
            elif name == "owner":
                owner = self.value(given.get("in") or [given.get("eq")])
                conditions.append(
                    f"EXISTS {{ MATCH (element)-[:OWNED_BY]->(o:Record) WHERE o.key IN {owner} }}"
                )
            else:
                conditions.append(self._equal(f"element.{name}", given))
        return kind, conditions

    def _attribute_filter(self, given: Mapping[str, Any]) -> str:
        known = self._compiler._attributes  # noqa: SLF001 - the same compiler, one object apart
        name = known.get(given["name"], given["name"])
        if name not in known.values():
            raise BadInput(
                f"no CI type has an attribute '{given['name']}'",
                path=("where", "attribute"),
                remedy="`ciTypes { attributes { name } }` lists them",
            )
        return self._equal(f"element.`{name}`", given)

    def _equal(self, place: str, given: Mapping[str, Any]) -> str:
        parts = []
        if given.get("eq") is not None:
            parts.append(f"{place} = {self.value(_stored(given['eq']))}")
        if given.get("in") is not None:
            parts.append(f"{place} IN {self.value([_stored(item) for item in given['in']])}")
        return " AND ".join(parts) or "true"

    def after(self, order_by: Sequence[str], cursor: str | None) -> list[str]:
        """The condition that skips the pages before; a cursor holds the last row's order values."""
        if not cursor:
            return []
        values = read_cursor(cursor, len(order_by))
        if len(order_by) == 1:
            return [f"element.{order_by[0]} > {self.value(values[0])}"]
        first, second = (self.value(value) for value in values)
        name, tie = order_by
        return [
            f"element.{name} >= {first}",
            f"(element.{name} > {first} OR element.{tie} > {second})",
        ]

    def _next(self, word: str) -> str:
        self._depth += 1
        return f"{word}{self._depth}"


_ARROWS = {"OUT": ("-", "->"), "IN": ("<-", "-"), "BOTH": ("-", "-")}


def _kind(variable: str) -> str:
    cases = " ".join(f"WHEN {variable}:{kind} THEN '{kind}'" for kind in KINDS)
    return f"CASE {cases} END"


def _concrete(variable: str) -> str:
    return f"coalesce({variable}.type, {_kind(variable)})"


def _plain_map(variable: str, what: Selected, special: Mapping[str, str]) -> str:
    entries = []
    for key, each in what.children.items():
        if each.name == "__typename":
            entries.append(f"`{key}`: '{what.type_name}'")
        else:
            entries.append(f"`{key}`: {special.get(each.name, f'{variable}.{each.name}')}")
    return "{" + ", ".join(entries) + "}"


def _relation_field(variable: str, bond: str, name: str) -> str:
    return {
        "type": f"type({bond})",
        "direction": f"CASE WHEN startNode({bond}) = {variable} THEN 'OUT' ELSE 'IN' END",
        "weight": f"{bond}.weight",
        "strength": f"toUpper({bond}.strength)",
        "grounded": f"{bond}.grounded",
        "confidence": f"{bond}.confidence",
        "verifiedAt": f"{bond}.verified_at",
        "__typename": "'Relation'",
    }[name]


def _where(conditions: Sequence[str]) -> str:
    return " WHERE " + " AND ".join(f"({each})" for each in conditions) if conditions else ""


def _order(order: str) -> tuple[str, ...]:
    name = ORDERS[order]
    return (name,) if name in {"id", "key"} else (name, "id")


def _page_size(first: int) -> int:
    if not 0 <= first <= LARGEST_PAGE:
        raise BadInput(
            f"'first' is {first}",
            why=f"a page has 0 to {LARGEST_PAGE:,} rows",
            path=("first",),
            remedy="ask for the next page with 'after'",
        )
    return first


def _rows_selected(kind: str, what: Selected) -> Selected:
    """What is selected of the rows of a page, as nodes, in edges, or in both alike.

    Raises:
        BadInput: One response name means two things in nodes and in edges.
    """
    rows = Selected("nodes", "nodes", kind)
    for each in what.children.values():
        parts = [each] if each.name == "nodes" else each.children.values()
        for part in parts if each.name in {"nodes", "edges"} else ():
            for key, child in part.children.items():
                there = rows.children.setdefault(key, child)
                if (there.name, there.arguments, there.children) != (
                    child.name,
                    child.arguments,
                    child.children,
                ):
                    raise BadInput(
                        f"'{key}' is selected in two ways in one page",
                        path=(what.key,),
                        remedy="select the rows once, as nodes or in edges",
                    )
    return rows


def _stored(value: Any) -> Any:
    return value.value if hasattr(value, "value") else value


def write_cursor(values: Sequence[Any]) -> str:
    """An opaque place in an order."""
    return base64.urlsafe_b64encode(json.dumps([1, *values]).encode()).decode().rstrip("=")


def read_cursor(cursor: str, count: int) -> list[Any]:
    """The values of a cursor.

    Raises:
        BadInput: INVALID_CURSOR, when it belongs to another order or is none.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if (
            values[0] == 1
            and len(values) == count + 1
            and all(isinstance(v, str) for v in values[1:])
        ):
            return list(values[1:])
    except (ValueError, binascii.Error, TypeError, IndexError, KeyError):
        pass
    raise BadInput(
        "the cursor leads nowhere",
        code="INVALID_CURSOR",
        why="it is damaged, or belongs to another order",
        remedy="start again without 'after'",
        path=("after",),
    )


def lucene(text: str) -> str:
    """A full-text query for the words of a text, each as a beginning; nothing in it is syntax.

    >>> lucene("db-01 (main)")
    'db* AND 01* AND main*'
    """
    words = "".join(char if char.isalnum() else " " for char in text.casefold()).split()
    return " AND ".join(f"{word}*" for word in words[:12]) or '""'
