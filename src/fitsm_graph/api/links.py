"""Relationships that the standard fixes, as fields of the records at their ends.

A relationship says in its declaration what each of its ends is to the other; types, filters and
projections of records all follow from that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from fitsm_graph.api.fields import ANY_ELEMENT, Field, carried_field
from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import RECORDS, RELATIONS, RelationInfo
from fitsm_graph.model.registry_types import camel_case

ANY_RECORD = "ProcessRecord"
PARTY = "Party"
OUT, IN, MANY = True, False, False
PARTY_KINDS = frozenset({"Person", "Group"})


@dataclass(frozen=True, slots=True)
class Link:
    """A relationship seen from one of its ends.

    Attributes:
        name: Of the field.
        type: Of the relationship.
        out: It leaves the record that is asked about.
        kinds: What can be at the other end.
        one: There is one at most.
        carried: What the relationship says itself, by name in GraphQL.
        called: What one is called then; empty: after what it says.
    """

    name: str
    type: str
    out: bool
    kinds: tuple[str, ...]
    one: bool
    carried: Mapping[str, Field]
    doc: str
    called: str = ""

    @property
    def far(self) -> str:
        """What is at the other end: `Element`, `Party`, a kind of record, or any of several."""
        if set(self.kinds) <= set(ELEMENT_KINDS):
            return ANY_ELEMENT
        if set(self.kinds) <= PARTY_KINDS:
            return PARTY
        return self.kinds[0] if len(self.kinds) == 1 else ANY_RECORD

    @property
    def end(self) -> str:
        """The field of the other end, where the relationship says something itself."""
        return {ANY_ELEMENT: "element", PARTY: "party"}.get(self.far, "record")

    def pattern(self, variable: str, bond: str, other: str) -> str:
        """From the record over the relationship to the other end, live or retired."""
        left, right = ("-", "->") if self.out else ("<-", "-")
        return f"({variable}){left}[{bond}:{self.type}]{right}({other}:Record)"


@cache
def links_of(kind: str) -> Mapping[str, Link]:
    """Links of a kind of record by name in GraphQL, in declared order."""
    found = [each for info in RELATIONS.values() for each in _links(info, kind)]
    return {each.name: each for each in found}


def _links(info: RelationInfo, kind: str) -> list[Link]:
    carried = {each.name: each for each in map(carried_field, info.carries)}
    found = []
    if info.field and kind in info.sources:
        name = camel_case(info.field)
        found.append(
            Link(name, info.type, OUT, info.targets, info.one, carried, info.doc, info.called)
        )
    if info.back and kind in info.targets:
        name = camel_case(info.back)
        found.append(Link(name, info.type, IN, info.sources, MANY, carried, info.doc, info.called))
    return found


def asked_kinds() -> tuple[str, ...]:
    """Kinds of records that are asked about as such, in declared order."""
    return tuple(kind for kind, info in RECORDS.items() if info.asked)


def process_kinds() -> tuple[str, ...]:
    """Kinds of records that have a life: they begin, and are over one day."""
    return tuple(kind for kind in asked_kinds() if RECORDS[kind].over)


@cache
def bonds_of_parts() -> frozenset[str]:
    """Relationships by which what has no life of its own is part of one record that has."""
    alive = set(process_kinds())
    return frozenset(
        info.type
        for info in RELATIONS.values()
        if info.one and alive & set(info.targets) and not alive & set(info.sources)
    )


def singular(kind: str) -> str:
    """What one record of a kind is called in GraphQL."""
    called = RECORDS[kind].called
    return camel_case(called) if called else kind[0].lower() + kind[1:]


def plural(kind: str) -> str:
    """What several records of a kind are called in GraphQL."""
    name = singular(kind)
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"
