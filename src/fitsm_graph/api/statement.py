"""One Cypher statement in the making: projections, filters and the parameters they need.

Labels, relationship types and property names come from the registry and the declarations only;
values travel as parameters.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fitsm_graph.api.finishing import HIDDEN, Finish
from fitsm_graph.api.paging import order_by as ordered_by
from fitsm_graph.api.paging import page_size, read_cursor
from fitsm_graph.api.selection import Selected
from fitsm_graph.api.vocabulary import Vocabulary
from fitsm_graph.graph.changes import retired_label
from fitsm_graph.graph.tx import Sight
from fitsm_graph.model.confm import ELEMENT_KINDS

COMPUTED = ("state", "margin", "why")
ENUMS = ("lifecycle", "strength")


class Statement:
    """One statement in the making: its parameters, and the pieces that need them."""

    def __init__(self, names: Vocabulary, sight: Sight = None) -> None:
        self._names = names
        self._sight = sight
        self.parameters: dict[str, Any] = {}
        self._depth = 0

    def value(self, value: Any) -> str:
        """Put a value into a parameter and return its name in the text."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    def seen(self, variable: str) -> list[str]:
        """The row rule of an element: what the reader does not see is not there."""
        if self._sight is None:
            return []
        name = "sight"
        self.parameters[name] = sorted(self._sight)
        return [f"NOT {variable}:CI OR {variable}.type IN ${name}"]

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
        stored = f"{variable}.{self._names.property_of(each.name)}"
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
        names = self.value(self._names.all_attributes())
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
            f"COLLECT {{ MATCH ({variable})-[{bond}:HAS_MEMBER]->({member}:Element)"
            f"{where(self.seen(member))} RETURN {{{', '.join(entries)}}} ORDER BY {member}.key }}"
        )

    def _relations(self, variable: str, key: str, what: Selected, finish: Finish) -> str:
        other, bond = self._next("other"), self._next("relation")
        types = "|".join(self._names.relation_types(what.arguments.get("types")))
        if not types:
            return "[]"
        left, right = _ARROWS[what.arguments.get("direction", "BOTH")]
        limit = self.value(page_size(what.arguments.get("first", 100)))
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
            f"COLLECT {{ MATCH ({variable}){left}[{bond}:{types}]{right}({other}:Element)"
            f"{where(self.seen(other))} RETURN {{{', '.join(entries)}}} "
            f"ORDER BY type({bond}), {other}.key, startNode({bond}) <> {variable} LIMIT {limit} }}"
        )

    def filtered(self, kind: str, wanted: Mapping[str, Any]) -> tuple[str, list[str]]:
        """Label and conditions of a filter."""
        conditions = self.seen("element")
        for name, given in wanted.items():
            if given is None:
                continue
            if name == "type":
                conditions += [
                    f"element.type IN {self.value(types)}"
                    for types in self._names.types_where(given)
                ]
            elif name == "attribute":
                conditions += [self._attribute_filter(each) for each in given]
            elif name == "owner":
                conditions += self._owner_filter(given)
            else:
                conditions.append(self._equal(f"element.{name}", given))
        return kind, conditions

    def _owner_filter(self, given: Mapping[str, Any]) -> list[str]:
        """An owner that matches; where nothing is given, elements without one are there too."""
        matches = self._equal("owner.key", given)
        if matches == _ANYTHING:
            return []
        return [f"EXISTS {{ MATCH (element)-[:OWNED_BY]->(owner:Record) WHERE {matches} }}"]

    def _attribute_filter(self, given: Mapping[str, Any]) -> str:
        name = self._names.attribute(given["name"])
        return self._equal(f"element.`{name}`", given)

    def _equal(self, place: str, given: Mapping[str, Any]) -> str:
        parts = []
        if given.get("eq") is not None:
            parts.append(f"{place} = {self.value(_stored(given['eq']))}")
        if given.get("in") is not None:
            parts.append(f"{place} IN {self.value([_stored(item) for item in given['in']])}")
        return " AND ".join(parts) or _ANYTHING

    def after(self, order: str, cursor: str | None) -> list[str]:
        """The condition that skips the pages before; a cursor holds the last row's order values."""
        if not cursor:
            return []
        order_by = ordered_by(order)
        values = read_cursor(cursor, order, len(order_by))
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


_ANYTHING = "true"
_ARROWS = {"OUT": ("-", "->"), "IN": ("<-", "-"), "BOTH": ("-", "-")}


def _kind(variable: str) -> str:
    cases = " ".join(
        f"WHEN {variable}:{kind}|{retired_label(kind)} THEN '{kind}'" for kind in ELEMENT_KINDS
    )
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


def where(conditions: Sequence[str]) -> str:
    """A WHERE of conditions that must all hold; empty without any."""
    return " WHERE " + " AND ".join(f"({each})" for each in conditions) if conditions else ""


def _stored(value: Any) -> Any:
    return value.value if hasattr(value, "value") else value
