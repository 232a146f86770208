"""What elements can be asked about: declared fields and typed attributes, by their kind of value.

Read from the declarations and the registry; filters, orders and the reference of operators all
follow from here, so that a field or attribute is declared once and can be asked about at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

from fitsm_graph.model.confm import ELEMENT_KINDS, Lifecycle, Strength
from fitsm_graph.model.declare import RECORDS, Carried, FieldInfo, declared_defaults
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.model.registry import Attribute, TypeRegistry
from fitsm_graph.model.registry_types import AttributeKind, camel_case

ANY_ELEMENT = "Element"
CI = "CI"
NOT_ASKED = frozenset({"retired"})
"""Only live elements are asked about."""


class ValueKind(StrEnum):
    """What can be done with a value; the name of its filter in GraphQL begins with it."""

    TEXT = "String"
    INTEGER = "Int"
    FLOAT = "Float"
    BOOLEAN = "Boolean"
    DATE = "Date"
    MOMENT = "DateTime"
    ADDRESS = "Address"
    TEXTS = "StringList"
    LIFECYCLE = "Lifecycle"
    STRENGTH = "Strength"
    EFFECT = "Effect"
    ANY = "Value"


@dataclass(frozen=True, slots=True)
class Field:
    """Something of an element that is stored on it.

    Attributes:
        name: In GraphQL.
        stored: Properties that hold it; more than one where types spell one name differently.
        optional: It may be unknown.
        attribute: Set for a typed attribute of one kind.
        written: How the stored value is brought into a form that can be compared.
        whole: It counts over all there is, and is not known to who sees a part of that.
    """

    name: str
    stored: tuple[str, ...]
    kind: ValueKind
    doc: str
    optional: bool
    attribute: AttributeKind | None = None
    written: str = "{0}"
    whole: bool = False

    def place(self, variable: str) -> str:
        """Where its value is found, in Cypher."""
        places = [f"{variable}.`{each}`" for each in self.stored]
        found = places[0] if len(places) == 1 else f"coalesce({', '.join(places)})"
        return self.written.format(found)

    def rank(self, variable: str) -> str:
        """What it is put in order by: the value, or the place of a word among its like."""
        place, words = self.place(variable), _RANKED.get(self.kind)
        if words is None:
            return place
        cases = " ".join(f"WHEN '{each}' THEN {rank}" for rank, each in enumerate(words))
        return f"CASE {place} {cases} END"


_RANKED: Mapping[ValueKind, tuple[str, ...]] = {
    ValueKind.LIFECYCLE: tuple(Lifecycle),
    ValueKind.STRENGTH: (Strength.INFO, Strength.SOFT, Strength.HARD),
    ValueKind.EFFECT: (Effect.AT_RISK, Effect.DEGRADED, Effect.DOWN),
}
WORDS_OF_CODE = frozenset(_RANKED)
"""Kinds of value that are words of an enum: upper case in GraphQL, lower case as stored."""
UNORDERED = frozenset({ValueKind.TEXTS, ValueKind.ANY})
"""Kinds of value that are neither before nor after one another."""

RELATION_FIELDS: Mapping[str, Field] = {
    each.name: each
    for each in (
        Field("weight", ("weight",), ValueKind.INTEGER, "What a member counts.", optional=True),
        Field(
            "strength",
            ("strength",),
            ValueKind.STRENGTH,
            "Where it overrides that of its type.",
            optional=True,
        ),
        Field(
            "grounded",
            ("grounded",),
            ValueKind.BOOLEAN,
            "Where it overrides that of its type.",
            optional=True,
        ),
        Field(
            "confidence",
            ("confidence",),
            ValueKind.FLOAT,
            "How sure its source is, 0 – 1; null: certain.",
            optional=True,
        ),
        Field(
            "verifiedAt",
            ("verified_at",),
            ValueKind.MOMENT,
            "When it was last confirmed.",
            optional=True,
            # Relations that were written before all moments had one form may have whole seconds,
            # which would come after their own fractions.
            written="CASE WHEN size({0}) = 20 THEN left({0}, 19) + '.000000Z' ELSE {0} END",
        ),
    )
}
"""What relations carry."""

_OF_OWNERS = {
    "key": "owner.key",
    "name": "owner.name",
    "kind": "head([label IN labels(owner) WHERE label IN ['Person', 'Group']])",
}


def owner_place(variable: str, name: str) -> str:
    """Where key, name or kind of who answers for an element is found, in Cypher; null: nobody."""
    return f"head([({variable})-[:OWNED_BY]->(owner:Record) | {_OF_OWNERS[name]}])"


_OF_TYPES: Mapping[Any, ValueKind] = {
    str: ValueKind.TEXT,
    int: ValueKind.INTEGER,
    float: ValueKind.FLOAT,
    bool: ValueKind.BOOLEAN,
    Lifecycle: ValueKind.LIFECYCLE,
    Strength: ValueKind.STRENGTH,
    Effect: ValueKind.EFFECT,
    list[str]: ValueKind.TEXTS,
}
_OF_ATTRIBUTES: Mapping[AttributeKind, ValueKind] = {
    AttributeKind.STRING: ValueKind.TEXT,
    AttributeKind.URL: ValueKind.TEXT,
    AttributeKind.ENUM: ValueKind.TEXT,
    AttributeKind.INTEGER: ValueKind.INTEGER,
    AttributeKind.FLOAT: ValueKind.FLOAT,
    AttributeKind.BOOLEAN: ValueKind.BOOLEAN,
    AttributeKind.DATE: ValueKind.DATE,
    AttributeKind.DATETIME: ValueKind.MOMENT,
    AttributeKind.IP: ValueKind.ADDRESS,
    AttributeKind.IP_NETWORK: ValueKind.ADDRESS,
    AttributeKind.MAC: ValueKind.ADDRESS,
    AttributeKind.TEXT_LIST: ValueKind.TEXTS,
}


def fields_of(kind: str) -> dict[str, Field]:
    """Declared fields of a kind of element by name in GraphQL; `Element` has those of all kinds."""
    kinds = ELEMENT_KINDS if kind == ANY_ELEMENT else (kind,)
    found: dict[str, Field] = {}
    for each in kinds:
        for info in RECORDS[each].fields:
            if info.name not in NOT_ASKED:
                field = _declared(info)
                found.setdefault(field.name, field)
    shared = {camel_case(info.name) for info in RECORDS[kinds[0]].fields if info.inherited}
    return {
        name: replace(each, optional=each.optional or (len(kinds) > 1 and name not in shared))
        for name, each in found.items()
    }


@cache
def record_fields(kind: str, *, part: bool = False) -> Mapping[str, Field]:
    """Declared fields of a kind of record that is no element, by name in GraphQL.

    What a record has that nobody has said anything of is what its declaration says.

    Args:
        kind: Of record.
        part: To whom sees a part of all there is: what counts over all of it is unknown.
    """
    spoken = declared_defaults(kind)
    found: dict[str, Field] = {}
    for info in RECORDS[kind].fields:
        if info.name in NOT_ASKED:
            continue
        field = _declared(info)
        if info.name in spoken:
            field = replace(field, written=f"coalesce({{0}}, {_literal(spoken[info.name])})")
        if info.whole:
            field = replace(field, whole=True, written="null" if part else field.written)
        found[field.name] = field
    return found


def carried_field(each: Carried) -> Field:
    """What a relationship says beside its ends."""
    moment = each.name.endswith("_at")
    kind = ValueKind.MOMENT if moment else _OF_TYPES.get(each.type, ValueKind.TEXT)
    return Field(camel_case(each.name), (each.name,), kind, each.doc, optional=each.optional)


def _literal(default: Any) -> str:
    """A default of a declaration, in Cypher."""
    if isinstance(default, bool):
        return str(default).lower()
    return f"'{default}'" if isinstance(default, str) else str(default)


def attributes_of(registry: TypeRegistry) -> dict[str, Field]:
    """Typed attributes of all CI types by name in GraphQL.

    Types that do not inherit from one another may give one name two kinds: then its values are
    compared as they are, and cannot be put in order.
    """
    found: dict[str, Field] = {}
    for type_name in registry.ci_types:
        for attribute in registry.attributes(type_name).values():
            made = _typed(attribute)
            known = found.get(made.name)
            found[made.name] = made if known is None else _merged(known, made)
    return found


def _declared(info: FieldInfo) -> Field:
    kind = ValueKind.MOMENT if info.name.endswith("_at") else _OF_TYPES.get(info.type)
    if kind is None:  # other enums are words like any other: policies may know more of them
        kind = ValueKind.TEXT
    doc = info.doc + (f" Unit: {info.unit}." if info.unit else "")
    return Field(camel_case(info.name), (info.name,), kind, doc, info.optional)


def _typed(attribute: Attribute) -> Field:
    unit = f" Unit: {attribute.unit}." if attribute.unit else ""
    return Field(
        attribute.graphql_name,
        (attribute.name,),
        _OF_ATTRIBUTES[attribute.kind],
        attribute.doc + unit,
        optional=True,
        attribute=attribute.kind,
    )


def _merged(one: Field, other: Field) -> Field:
    stored = tuple(dict.fromkeys((*one.stored, *other.stored)))
    if one.attribute == other.attribute:
        return replace(one, stored=stored)
    return replace(one, stored=stored, kind=ValueKind.ANY, attribute=None)
