"""GraphQL types of elements, derived from the declarations and the registry.

Each CI type is a GraphQL type that implements `CI`; a change of the registry makes a new schema.
Nothing is declared a second time: names, types and descriptions come from the fields' marks.
"""

import types as python_types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional

import strawberry

from fitsm_graph.api.types import (
    JSON,
    Attribute,
    Customer,
    DateTime,
    Direction,
    PageInfo,
    Party,
    State,
)
from fitsm_graph.model.confm import Lifecycle, Strength
from fitsm_graph.model.declare import RECORDS, FieldInfo
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import Attribute as AttributeDeclaration
from fitsm_graph.model.registry_types import AttributeKind

SHOWN_TYPES: dict[Any, Any] = {str: str, int: int, float: float, bool: bool}
ATTRIBUTE_TYPES: dict[AttributeKind, Any] = {
    AttributeKind.INTEGER: int,
    AttributeKind.FLOAT: float,
    AttributeKind.BOOLEAN: bool,
    AttributeKind.TEXT_LIST: list[str],
}


@dataclass(frozen=True, slots=True)
class ElementTypes:
    """The derived types that queries and mutations refer to."""

    node: Any
    element: Any
    ci: Any
    service: Any
    component: Any
    group: Any
    leaves: dict[str, Any]

    @property
    def all(self) -> list[Any]:
        """Every concrete type, for the schema to list."""
        return [self.service, self.component, self.group, *self.leaves.values()]


def derive(registry: TypeRegistry) -> ElementTypes:
    """Make the types for a registry; each call makes new ones."""
    node = _made("Node", {"id": strawberry.ID}, {}, "Anything with an id.", interface=True)
    element = _element(node)
    relation = _made(
        "Relation",
        {
            "type": str,
            "direction": Direction,
            "weight": int | None,
            "strength": Strength | None,
            "grounded": bool | None,
            "confidence": float | None,
            "verified_at": DateTime | None,
            "element": element,
        },
        {"element": "The other end."},
        "A relation seen from one of its ends.",
    )
    _add_relations(element, relation)
    member = _made(
        "GroupMember", {"weight": int, "element": element}, {}, "A member and what it counts."
    )
    ci = _made(
        "CI",
        {"type": str, "attributes": list[Attribute]},
        {"type": "CI type of the registry.", "attributes": "All that are known, by name."},
        _doc("CI"),
        bases=(element,),
        interface=True,
    )
    service = _kind("Service", element, {"customers": list[Customer]})
    component = _kind("ServiceComponent", element, {})
    group = _kind("RedundancyGroup", element, {"members": many(member)})
    leaves = {
        name: _leaf(name, declared.doc, registry.attributes(name), ci)
        for name, declared in registry.ci_types.items()
        if not declared.abstract
    }
    return ElementTypes(node, element, ci, service, component, group, leaves)


def connection(name: str, node: Any, doc: str) -> Any:
    """Make a connection type with nodes, edges, pageInfo and totalCount."""
    edge = _made(f"{name}Edge", {"cursor": str, "node": node}, {}, "A row and its place.")
    return _made(
        f"{name}Connection",
        {"nodes": many(node), "edges": many(edge), "page_info": PageInfo, "total_count": int},
        {"total_count": "Of all pages; counted only when it is asked for."},
        doc,
    )


def described(kind: str, more: Mapping[str, Any]) -> Any:
    """Make the type of a record that is no element from its declaration, with further fields."""
    fields = [each for each in RECORDS[kind].fields if each.name != "retired"]
    hints = {each.name: _type_of(each) for each in fields} | dict(more)
    return _made(kind, hints, {each.name: each.doc for each in fields}, _doc(kind))


def plain(name: str, hints: Mapping[str, Any], docs: Mapping[str, str], doc: str) -> Any:
    """Make a type of an answer that names types made at run time."""
    return _made(name, hints, docs, doc)


def many(kind: Any) -> Any:
    """A list of a type that is made at run time."""
    return list.__class_getitem__(kind)


def _element(node: Any) -> Any:
    info = RECORDS["Service"]
    shared = {
        each.name: each
        for each in info.fields
        if each.inherited and each.name not in {"id", "retired"}
    }
    hints: dict[str, Any] = {name: _type_of(each) for name, each in shared.items()}
    docs = {name: each.doc for name, each in shared.items()}
    hints |= {
        "kind": str,
        "type": str | None,
        "owner": Party | None,
        "state": State,
        "margin": int | None,
        "why": str | None,
    }
    docs |= {
        "kind": "Service, ServiceComponent, CI or RedundancyGroup.",
        "type": "CI type of the registry; null for the other kinds.",
        "owner": "Who answers for it (PR11.2).",
        "state": "Computed now, from all that it needs.",
        "margin": "Further failures its tightest hard need can bear; null without one.",
        "why": "The nearest reason, where it is not UP.",
    }
    return _made(
        "Element", hints, docs, "What impact is computed over.", bases=(node,), interface=True
    )


def _add_relations(element: Any, relation: Any) -> None:
    """Add the field that leads from an element to others; it needs the type made from elements."""

    def relations(
        types: list[str] | None = None, direction: Direction = Direction.BOTH, first: int = 100
    ) -> Any:
        """Relations to other elements, by type and key."""
        raise AssertionError((types, direction, first))  # answers come shaped; nothing calls this

    definition = element.__strawberry_definition__
    field = strawberry.field(
        resolver=relations,
        graphql_type=list[relation],
        name="relations",
        description="Relations to other elements, by type and key.",
    )
    field.python_name = "relations"
    field.origin = element
    definition.fields.append(field)


def _kind(name: str, element: Any, more: Mapping[str, Any]) -> Any:
    own = {each.name: each for each in RECORDS[name].fields if not each.inherited}
    hints = {field: _type_of(each) for field, each in own.items()} | dict(more)
    return _made(
        name, hints, {f: each.doc for f, each in own.items()}, _doc(name), bases=(element,)
    )


def _leaf(name: str, doc: str, attributes: Mapping[str, AttributeDeclaration], ci: Any) -> Any:
    hints = {each.name: ATTRIBUTE_TYPES.get(each.kind, str) | None for each in attributes.values()}
    docs = {
        each.name: each.doc + (f" Unit: {each.unit}." if each.unit else "")
        for each in attributes.values()
    }
    return _made(name, hints, docs, doc, bases=(ci,))


def _type_of(each: FieldInfo) -> Any:
    if each.name == "id":
        return strawberry.ID
    if each.name.endswith("_at"):
        shown: Any = DateTime
    elif each.type in {Lifecycle, Strength}:
        shown = each.type
    else:
        shown = SHOWN_TYPES.get(each.type, JSON)
    return Optional[shown] if each.optional else shown  # noqa: UP045 - JSON is no class


def _doc(kind: str) -> str:
    return " ".join((RECORDS[kind].cls.__doc__ or "").split())


def _made(
    name: str,
    hints: Mapping[str, Any],
    docs: Mapping[str, str],
    doc: str,
    *,
    bases: tuple[Any, ...] = (),
    interface: bool = False,
) -> Any:
    body: dict[str, Any] = {"__annotations__": dict(hints), "__doc__": doc}
    for field in hints:
        body[field] = strawberry.field(description=docs.get(field) or None)
    cls = python_types.new_class(name, bases, exec_body=lambda space: space.update(body))
    publish = strawberry.interface if interface else strawberry.type
    return publish(cls, name=name, description=doc)
