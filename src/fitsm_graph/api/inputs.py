"""Inputs of the question language, derived from the declarations and the registry.

One `…Where` and one `…OrderBy` for each kind of element, and for `Element` those of all kinds;
filters of values are shared, so that the schema grows with what is declared and not with its
uses. Nothing reads instances of these inputs: filters are compiled from plain dictionaries.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from keyword import iskeyword
from typing import Any, Optional

import strawberry

from fitsm_graph.api.fields import (
    ANY_ELEMENT,
    CI,
    RELATION_FIELDS,
    UNORDERED,
    Field,
    ValueKind,
    attributes_of,
    fields_of,
)
from fitsm_graph.api.filters import CUSTOMER_FIELDS, MEMBER_FIELDS, WORDS
from fitsm_graph.api.operators import (
    CAN_IGNORE_CASE,
    IGNORE_CASE,
    IGNORE_CASE_DOC,
    OPERATORS,
    Operand,
)
from fitsm_graph.api.types import JSON, DateTime, Direction, Duration, State
from fitsm_graph.model.confm import ELEMENT_KINDS, Lifecycle, Strength
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.model.registry import TypeRegistry

Hints = dict[str, tuple[Any, str]]
"""Fields of an input: type and description by name."""

OPERANDS: Mapping[ValueKind, Any] = {
    ValueKind.TEXT: str,
    ValueKind.INTEGER: int,
    ValueKind.FLOAT: float,
    ValueKind.BOOLEAN: bool,
    ValueKind.DATE: str,
    ValueKind.MOMENT: DateTime,
    ValueKind.ADDRESS: str,
    ValueKind.TEXTS: str,
    ValueKind.LIFECYCLE: Lifecycle,
    ValueKind.STRENGTH: Strength,
    ValueKind.EFFECT: Effect,
    ValueKind.ANY: JSON,
}
_DOCS: Mapping[ValueKind, str] = {
    ValueKind.TEXT: "Asks about a text; texts are compared by code points.",
    ValueKind.INTEGER: "Asks about an integer.",
    ValueKind.FLOAT: "Asks about a number.",
    ValueKind.BOOLEAN: "Asks about a truth.",
    ValueKind.DATE: "Asks about a day.",
    ValueKind.MOMENT: "Asks about a moment.",
    ValueKind.ADDRESS: "Asks about an IP address, a network or a MAC address, in any spelling.",
    ValueKind.TEXTS: "Asks about a list of texts.",
    ValueKind.LIFECYCLE: "Asks where an element stands.",
    ValueKind.STRENGTH: "Asks how hard a need is.",
    ValueKind.EFFECT: "Asks how hard a disturbance hits an element.",
    ValueKind.ANY: "Asks about a value whose kind differs from type to type.",
}


OWNER_DOCS = {
    "key": "Its key.",
    "name": "Its name; unknown once it was erased.",
    "kind": "Person or Group.",
}


@strawberry.enum(description="Which way a list is ordered; what is unknown comes last, both ways.")
class SortDirection(StrEnum):
    """By code points, numbers, time, or the declared order of words."""

    ASC = "ASC"
    DESC = "DESC"


@strawberry.enum(description="Along need: to what an element depends on, or to what depends on it.")
class NeedDirection(StrEnum):
    """Seen from the element that is asked about."""

    UPSTREAM = "UPSTREAM"
    DOWNSTREAM = "DOWNSTREAM"


@dataclass(slots=True)
class Inputs:
    """The inputs that fields refer to.

    Attributes:
        where: Filter of elements by kind, `Element` among them.
        order: Order of elements by kind.
        relation_where: Filter of relations.
        relation_order: Order of relations.
    """

    where: dict[str, Any] = field(default_factory=dict)
    order: dict[str, Any] = field(default_factory=dict)
    relation_where: Any = None
    relation_order: Any = None


def inputs_of(registry: TypeRegistry) -> Inputs:
    """Make the inputs for a registry; each call makes new ones."""
    attributes = {name: each for name, each in attributes_of(registry).items() if name not in WORDS}
    made = Inputs()
    for kind in (ANY_ELEMENT, *ELEMENT_KINDS):
        fields = fields_of(kind) | (attributes if kind in {CI, ANY_ELEMENT} else {})
        asked = {name: each for name, each in fields.items() if name not in WORDS}
        made.where[kind] = made_input(f"{kind}Where", _WHERE_DOC, filters_of(asked))
        made.order[kind] = order_input(f"{kind}OrderBy", fields)
    made.relation_where = made_input(
        "RelationWhere",
        "What relations a list holds; all that is given must hold, {} is all.",
        filters_of(RELATION_FIELDS),
    )
    made.relation_order = order_input("RelationOrderBy", RELATION_FIELDS)
    _join(made)
    return made


def _join(made: Inputs) -> None:
    """Add what filters and orders say beside fields; some of it leads to filters again."""
    quantified = _quantified(made)
    beside = _words(made, quantified)
    for kind, where in made.where.items():
        own = {name: each for name, each in beside.items() if kind in _WORD_KINDS.get(name, {kind})}
        add_to_input(where, groups_of(where) | own)
    ends: Hints = {
        "type": (RELATION_TYPE_FILTER, "Relationship type."),
        "direction": (Direction, "Seen from the element."),
        "element": (made.where[ANY_ELEMENT], "The other end."),
    }
    add_to_input(made.relation_where, groups_of(made.relation_where) | ends)
    for order in made.order.values():
        add_to_input(order, {"owner": (SortDirection, "Key of who answers for it (PR11.2).")})
    keys: Hints = {name: (SortDirection, ends[name][1]) for name in ("type", "direction")}
    add_to_input(
        made.relation_order, keys | {"element": (made.order[ANY_ELEMENT], "The other end.")}
    )


_WHERE_DOC = "What elements a list holds; all that is given must hold, {} is all."
_WORD_KINDS = {
    "kind": {ANY_ELEMENT},
    "type": {ANY_ELEMENT, CI},
    "attribute": {ANY_ELEMENT, CI},
    "members": {ANY_ELEMENT, "RedundancyGroup"},
    "customers": {ANY_ELEMENT, "Service"},
}
"""Words that are not for elements of every kind."""


def _words(made: Inputs, quantified: Hints) -> Hints:
    reaches = made_input(
        "ReachesFilter",
        "Elements from which one that matches is reached along need, over any number of steps.",
        {
            "direction": (NeedDirection, "Where it is looked for."),
            "to": (made.where[ANY_ELEMENT], "What is reached."),
            "types": (_many(str), "Only over relations of these types."),
            "maxDepth": (int, "Steps at most."),
        },
        required={"direction", "to"},
    )
    return {
        "kind": (KIND_FILTER, "Kind of element."),
        "type": (TYPE_FILTER, "CI type of the registry."),
        "attribute": (_many(ATTRIBUTE_FILTER), "Attributes by name."),
        "state": (STATE_FILTER, "Computed now, from all that it needs."),
        "owner": (OWNER_FILTER, "Who answers for it (PR11.2)."),
        "freshness": (FRESHNESS_FILTER, "Its last sign: a change, or a relation confirmed."),
        "source": (
            WRITTEN_FILTER,
            "Source of sync of which a run has made or changed it (PR11.3).",
        ),
        "run": (WRITTEN_FILTER, "Run of sync that has made or changed it, by key."),
        "text": (str, "Words of key, name and description, each from its beginning."),
        "reaches": (reaches, "What is reached from it along need."),
        **quantified,
    }


def _quantified(made: Inputs) -> Hints:
    """What is asked about the elements around."""
    where, count = made.relation_where, (FILTERS[ValueKind.INTEGER], "How many of these there are.")
    ranged: Hints = {
        "types": (_many(str), "Only relations of these types count."),
        "direction": (Direction, "Only relations in this direction count."),
        "count": count,
    }
    relations = quantifiers("RelationsFilter", "Asks about relations.", where, ranged)
    needs = quantifiers(
        "NeedsFilter",
        "Asks about relations over which one end needs the other.",
        where,
        {"count": count},
    )
    member = made_input(
        "MemberWhere",
        "What members are meant; all that is given must hold, {} is all.",
        filters_of(MEMBER_FIELDS) | {"element": (made.where[ANY_ELEMENT], "The member.")},
    )
    members = quantifiers("MembersFilter", "Asks about members.", member, {"count": count})
    return {
        "relations": (relations, "Relations at it, seen from it."),
        "dependsOn": (needs, "What it needs, by the declared direction of dependency."),
        "usedBy": (needs, "What needs it, by the declared direction of dependency."),
        "members": (members, "Members of a redundancy group."),
        "customers": (CUSTOMERS_FILTER, "Who receives the service."),
    }


def quantifiers(name: str, doc: str, where: Any, beside: Hints) -> Any:
    """The filter of some, every or none of what a filter matches, and what is asked beside."""
    return made_input(
        name,
        doc,
        {
            "some": (where, "At least one of these matches."),
            "every": (where, "All of these match, also where there are none."),
            "none": (where, "None of these matches."),
            **beside,
        },
    )


def groups_of(where: Any) -> Hints:
    """How a filter is put together of others of its kind."""
    return {
        "AND": (_many(where), "All of them hold; [] is true."),
        "OR": (_many(where), "One of them holds; [] is false."),
        "NOT": (where, "It does not hold."),
    }


def filters_of(fields: Mapping[str, Field]) -> Hints:
    """The filter of each of some fields."""
    return {name: (FILTERS[each.kind], each.doc) for name, each in fields.items()}


def order_input(name: str, fields: Mapping[str, Field]) -> Any:
    """One key of an order: exactly one of the fields."""
    keys = {
        each.name: (SortDirection, each.doc)
        for each in fields.values()
        if each.kind not in UNORDERED
    }
    return made_input(name, "One key of an order: exactly one of them.", keys, one_of=True)


# --- how inputs are made -------------------------------------------------------------------------


def made_input(
    name: str,
    doc: str,
    hints: Hints,
    *,
    required: AbstractSet[str] = frozenset(),
    one_of: bool = False,
) -> Any:
    """Make an input whose instances are the plain dictionaries that GraphQL gives."""
    cls: Any = type(name, (), {"__annotations__": {}})
    made = strawberry.input(cls, name=name, description=doc, one_of=one_of)
    made.__strawberry_definition__.from_input = lambda _kind, value, _context: value
    add_to_input(made, hints, required)
    return made


def add_to_input(made: Any, hints: Hints, required: AbstractSet[str] = frozenset()) -> None:
    """Add fields; they may be of inputs that are made from this one."""
    for name, (kind, doc) in hints.items():
        field = strawberry.field(
            name=name,
            graphql_type=kind if name in required else Optional[kind],  # noqa: UP045 - made at run time
            description=doc or None,
        )
        field.python_name = name if not iskeyword(name) else f"{name}_"
        field.origin = made
        made.__strawberry_definition__.fields.append(field)


def _many(kind: Any) -> Any:
    return list.__class_getitem__(kind)


def _operand(operand: Operand, of: Any) -> Any:
    return {
        Operand.ONE: of,
        Operand.MANY: _many(of),
        Operand.FLAG: bool,
        Operand.SPAN: Duration,
    }[operand]


def _value_filter(kind: ValueKind) -> Any:
    """The filter of one kind of value, from its operators."""
    hints = {
        each.name: (_operand(each.operand, OPERANDS[kind]), each.doc) for each in OPERATORS[kind]
    }
    if kind in CAN_IGNORE_CASE:
        hints[IGNORE_CASE] = (bool, IGNORE_CASE_DOC)
    return made_input(f"{kind.value}Filter", _DOCS[kind], hints)


def _attribute_filter() -> Any:
    """All operators, for an attribute that is named at run time."""
    hints: Hints = {"name": (str, "Its GraphQL name.")}
    for operators in OPERATORS.values():
        for each in operators:
            hints.setdefault(each.name, (_operand(each.operand, JSON), each.doc))
    hints[IGNORE_CASE] = (bool, IGNORE_CASE_DOC)
    return made_input(
        "AttributeFilter",
        "An attribute by its name, for clients that do not know the types; values fit its kind.",
        hints,
        required={"name"},
    )


def _closed(name: str, doc: str, of: Any, more: Hints | None = None) -> Any:
    """A filter of words from a closed set."""
    hints = {
        each.name: (_operand(each.operand, of), each.doc)
        for each in OPERATORS[ValueKind.LIFECYCLE]
        if each.operand is not Operand.FLAG
    }
    return made_input(name, doc, hints | (more or {}))


FILTERS: Mapping[ValueKind, Any] = {kind: _value_filter(kind) for kind in ValueKind}
ATTRIBUTE_FILTER = _attribute_filter()
KIND_FILTER = _closed("KindFilter", "Asks about the kind of element.", str)
RELATION_TYPE_FILTER = _closed("RelationTypeFilter", "Asks about relationship types.", str)
TYPE_FILTER = _closed(
    "TypeFilter",
    "Asks about CI types; elements of other kinds have none.",
    str,
    {"isA": (str, "It, or a subtype of it."), "isNull": (bool, "Whether it has none.")},
)
STATE_FILTER = _closed(
    "StateFilter",
    "Asks about computed states; UP < AT_RISK < DEGRADED < DOWN.",
    State,
    {
        each.name: (State, each.doc)
        for each in OPERATORS[ValueKind.INTEGER]
        if each.name in {"lt", "lte", "gt", "gte"}
    },
)
FRESHNESS_FILTER = made_input(
    "FreshnessFilter",
    "Asks when there was a last sign of an element: its own change, or the confirmation of one"
    " of its relations.",
    {
        each.name: (Duration, each.doc)
        for each in OPERATORS[ValueKind.MOMENT]
        if each.operand is Operand.SPAN
    },
)
WRITTEN_FILTER = _closed(
    "WrittenFilter",
    "Asks which runs of sync have made or changed an element; what they did to its relations does"
    " not count.",
    str,
    {"isNull": (bool, "Whether none has.")},
)
OWNER_FILTER = made_input(
    "OwnerFilter",
    "Asks who answers for an element; without an owner all of it is unknown.",
    {
        "isNull": (bool, "Whether nobody does."),
        **{name: (FILTERS[ValueKind.TEXT], doc) for name, doc in OWNER_DOCS.items()},
    },
)
CUSTOMERS_FILTER = quantifiers(
    "CustomersFilter",
    "Asks about customers.",
    made_input(
        "CustomerSummaryWhere",
        "What customers are meant; all that is given must hold, {} is all.",
        filters_of({each.name: each for each in CUSTOMER_FIELDS}),
    ),
    {},
)
