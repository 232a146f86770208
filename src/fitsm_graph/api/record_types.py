"""GraphQL types and inputs of records that are no elements, derived from their declarations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional

import strawberry

from fitsm_graph.api.elements import ElementTypes, connection, made_type, many, shown_type, told
from fitsm_graph.api.fields import ANY_ELEMENT, Field, ValueKind, record_fields
from fitsm_graph.api.inputs import (
    FILTERS,
    OPERANDS,
    Hints,
    add_to_input,
    filters_of,
    groups_of,
    made_input,
    order_input,
    quantifiers,
)
from fitsm_graph.api.links import (
    ANY_RECORD,
    PARTY,
    Link,
    asked_kinds,
    links_of,
    process_kinds,
)
from fitsm_graph.api.record_filters import OPEN, PARTY_FIELDS, shared_fields
from fitsm_graph.api.types import Party
from fitsm_graph.model.declare import RECORDS


@dataclass(frozen=True, slots=True)
class RecordTypes:
    """The derived types of records by kind.

    Attributes:
        nodes: Of one record.
        pages: Of a connection.
        where: Filters.
        order: Orders.
        shared: The interface of those that have a life in a process.
    """

    nodes: Mapping[str, Any]
    pages: Mapping[str, Any]
    where: Mapping[str, Any]
    order: Mapping[str, Any]
    shared: Any


def derive_records(elements: ElementTypes) -> RecordTypes:
    """Make the types of all kinds that are asked about; each call makes new ones."""
    shared = made_type(
        ANY_RECORD,
        {"kind": str, **_hints("Incident", shared_fields())},
        {"kind": "Its kind, which is its type.", **_docs(shared_fields())},
        "Anything that has a life in a process.",
        interface=True,
    )
    nodes = {kind: _node(kind, shared) for kind in asked_kinds()}
    inputs = _Inputs(elements)
    ends = _Ends(elements, {**nodes, ANY_RECORD: shared, PARTY: Party})
    for kind, node in nodes.items():
        for link in links_of(kind).values():
            ends.add(node, link)
    pages = {kind: connection(kind, node, told(kind)) for kind, node in nodes.items()}
    return RecordTypes(nodes, pages, inputs.where, inputs.order, shared)


# --- types ---------------------------------------------------------------------------------------


def _node(kind: str, shared: Any) -> Any:
    fields = record_fields(kind)
    if kind in process_kinds():
        own = {name: each for name, each in fields.items() if name not in shared_fields()}
        return made_type(kind, _hints(kind, own), _docs(own), told(kind), bases=(shared,))
    return made_type(kind, _hints(kind, fields), _docs(fields), told(kind))


def _hints(kind: str, fields: Mapping[str, Field]) -> dict[str, Any]:
    infos = {each.name: each for each in RECORDS[kind].fields}
    return {each.stored[0]: shown_type(infos[each.stored[0]]) for each in fields.values()}


def _docs(fields: Mapping[str, Field]) -> dict[str, str]:
    return {each.stored[0]: each.doc for each in fields.values()}


class _Ends:
    """Makes fields that lead from one record to what is linked with it.

    Args:
        elements: Types of elements.
        nodes: Types of what is no element.
    """

    def __init__(self, elements: ElementTypes, nodes: Mapping[str, Any]) -> None:
        self._nodes = {**nodes, ANY_ELEMENT: elements.element}
        self._carrying: dict[tuple[str, ...], Any] = {}

    def add(self, node: Any, link: Link) -> None:
        """Add the field of a link to the type of a record."""
        shown = self._carrier(link) if link.carried else self._nodes[link.far]
        kind = Optional[shown] if link.one else many(shown)  # noqa: UP045 - made at run time
        field = strawberry.field(graphql_type=kind, name=link.name, description=link.doc)
        field.python_name = link.name
        field.origin = node
        node.__strawberry_definition__.fields.append(field)

    def _carrier(self, link: Link) -> Any:
        """The type of a link that says something itself; alike ones share it."""
        key = (*link.carried, link.far)
        if key not in self._carrying:
            hints = {each.stored[0]: _shown(each) for each in link.carried.values()}
            docs = {each.stored[0]: each.doc for each in link.carried.values()}
            self._carrying[key] = made_type(
                carrier_name(link),
                {link.end: self._nodes[link.far], **hints},
                {link.end: "The other end.", **docs},
                "A link to another record, with what it says itself.",
            )
        return self._carrying[key]


def _shown(field: Field) -> Any:
    kind = OPERANDS[field.kind]
    return Optional[kind] if field.optional else kind  # noqa: UP045 - made at run time


def carrier_name(link: Link) -> str:
    """What the type of a link is called: as declared or after what it says, and where it leads."""
    words = link.called or "".join(each[0].upper() + each[1:] for each in link.carried)
    return f"{words}On{link.far}"


# --- inputs --------------------------------------------------------------------------------------


class _Inputs:
    """Makes filters and orders of all kinds.

    Attributes:
        where: Filters by kind.
        order: Orders by kind.
    """

    def __init__(self, elements: ElementTypes) -> None:
        party = made_input("PartyWhere", "What parties are meant.", filters_of(PARTY_FIELDS))
        shared = made_input(
            f"{ANY_RECORD}Where", "What records are meant.", filters_of(shared_fields())
        )
        self._element = elements.inputs.where[ANY_ELEMENT]
        self._carrying: dict[str, Any] = {}
        self._linked: dict[str, Any] = {}
        self.where: dict[str, Any] = {}
        self.order: dict[str, Any] = {}
        for kind in asked_kinds():
            fields = record_fields(kind)
            doc = "What records a list holds; all that is given must hold, {} is all."
            self.where[kind] = made_input(f"{kind}Where", doc, filters_of(fields))
            self.order[kind] = order_input(f"{kind}OrderBy", fields)
        self._far = {**self.where, PARTY: party, ANY_RECORD: shared, ANY_ELEMENT: self._element}
        for where in (party, shared):
            add_to_input(where, groups_of(where))
        for kind, where in self.where.items():
            add_to_input(where, groups_of(where) | self._words(kind))

    def _words(self, kind: str) -> Hints:
        words: Hints = {
            link.name: (self._filter(link), link.doc) for link in links_of(kind).values()
        }
        if RECORDS[kind].over:
            words[OPEN] = (bool, "Whether it is not over yet.")
        return words

    def _filter(self, link: Link) -> Any:
        """The filter of a link: some, every, none, count; alike ones share it."""
        of = self._carrier(link) if link.carried else self._far[link.far]
        name = f"{carrier_name(link) if link.carried else link.far}LinksFilter"
        if name not in self._linked:
            count: Hints = {"count": (FILTERS[ValueKind.INTEGER], "How many there are.")}
            self._linked[name] = quantifiers(name, "Asks about links of a record.", of, count)
        return self._linked[name]

    def _carrier(self, link: Link) -> Any:
        name = f"{carrier_name(link)}Where"
        if name not in self._carrying:
            ends: Hints = {link.end: (self._far[link.far], "The other end.")}
            doc = "What links are meant; all that is given must hold, {} is all."
            self._carrying[name] = made_input(name, doc, filters_of(link.carried) | ends)
        return self._carrying[name]
