"""GraphQL types of elements, derived from the declarations and the registry.

Each CI type is a GraphQL type that implements `CI`; a change of the registry makes a new schema.
Nothing is declared a second time: names, types and descriptions come from the fields' marks.
"""

import inspect
import types as python_types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Optional

import strawberry

from fitsm_graph.api.answers import Info
from fitsm_graph.api.fields import RELATION_FIELDS
from fitsm_graph.api.inputs import OPERANDS, Inputs, inputs_of
from fitsm_graph.api.paging import DEFAULT_PAGE, PLAIN_LIST
from fitsm_graph.api.types import (
    JSON,
    Attribute,
    CustomerSummary,
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

SHOWN_TYPES: dict[Any, Any] = {str: str, int: int, float: float, bool: bool, list[str]: list[str]}
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
    inputs: Inputs

    @property
    def all(self) -> list[Any]:
        """Every concrete type, for the schema to list."""
        return [self.service, self.component, self.group, *self.leaves.values()]


def derive(registry: TypeRegistry) -> ElementTypes:
    """Make the types for a registry; each call makes new ones."""
    node = made_type("Node", {"id": strawberry.ID}, {}, "Anything with an id.", interface=True)
    element = _element(node)
    inputs = inputs_of(registry)
    _add_relations(element, _relation(element), inputs)
    member = made_type(
        "GroupMember", {"weight": int, "element": element}, {}, "A member and what it counts."
    )
    ci = made_type(
        "CI",
        {"type": str, "attributes": list[Attribute]},
        {"type": "CI type of the registry.", "attributes": "All that are known, by name."},
        told("CI"),
        bases=(element,),
        interface=True,
    )
    service = _kind("Service", element, {"customers": list[CustomerSummary]})
    component = _kind("ServiceComponent", element, {})
    group = _kind("RedundancyGroup", element, {"members": many(member)})
    leaves = {
        name: _leaf(name, declared.doc, registry.attributes(name), ci)
        for name, declared in registry.ci_types.items()
        if not declared.abstract
    }
    return ElementTypes(node, element, ci, service, component, group, leaves, inputs)


def connection(name: str, node: Any, doc: str) -> Any:
    """Make a connection type with nodes, edges, pageInfo and totalCount."""
    edge = made_type(f"{name}Edge", {"cursor": str, "node": node}, {}, "A row and its place.")
    return made_type(
        f"{name}Connection",
        {"nodes": many(node), "edges": many(edge), "page_info": PageInfo, "total_count": int},
        {"total_count": "Of all pages; counted only when it is asked for."},
        doc,
    )


def described(kind: str, more: Mapping[str, Any]) -> Any:
    """Make the type of a record that is no element from its declaration, with further fields."""
    fields = [each for each in RECORDS[kind].fields if each.name != "retired"]
    hints = {each.name: shown_type(each) for each in fields} | dict(more)
    return made_type(kind, hints, {each.name: each.doc for each in fields}, told(kind))


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
    hints: dict[str, Any] = {name: shown_type(each) for name, each in shared.items()}
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
    return made_type(
        "Element", hints, docs, "What impact is computed over.", bases=(node,), interface=True
    )


def _relation(element: Any) -> Any:
    hints = {
        name: Optional[OPERANDS[each.kind]]  # noqa: UP045 - some are made at run time
        for name, each in RELATION_FIELDS.items()
    }
    docs = {name: each.doc for name, each in RELATION_FIELDS.items()}
    return made_type(
        "Relation",
        {"type": str, "direction": Direction, **hints, "element": element},
        {"element": "The other end.", **docs},
        "A relation seen from one of its ends.",
    )


def _add_relations(element: Any, relation: Any, inputs: Inputs) -> None:
    """Add the fields that lead from an element to others; they need types made from elements."""
    pages = connection("Relation", relation, "Relations of an element.")
    ranged: Arguments = {
        "types": (many(str), None),
        "direction": (Direction, Direction.BOTH),
    }
    asked: Arguments = {
        "where": (inputs.relation_where, None),
        "order_by": (many(inputs.relation_order), None),
    }
    for name, kind, arguments, doc in (
        (
            "relations",
            many(relation),
            ranged | {"first": (int, PLAIN_LIST)} | asked,
            "Relations to other elements, by type and key; a plain list, cut at `first`.",
        ),
        ("related", pages, ranged | asked | PAGING, "Relations to other elements, page by page."),
        (
            "depends_on",
            pages,
            {"types": ranged["types"]} | asked | PAGING,
            "Relations to what it needs, by the declared direction of dependency.",
        ),
        (
            "used_by",
            pages,
            {"types": ranged["types"]} | asked | PAGING,
            "Relations to what needs it, by the declared direction of dependency.",
        ),
    ):
        add_field(element, name, kind, arguments, doc)


Arguments = dict[str, tuple[Any, Any]]
"""Arguments of a field: type and default by name; a default of None makes one optional."""
PAGING: Arguments = {
    "first": (int, DEFAULT_PAGE),
    "after": (str, None),
    "last": (int, None),
    "before": (str, None),
}


def asking(resolver: Callable[..., Any], arguments: Arguments) -> Callable[..., Any]:
    """Declare the arguments of a resolver whose inputs are made at run time."""
    hints: dict[str, Any] = {}
    parameters = [
        inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Info)
    ]
    for name, (kind, default) in arguments.items():
        optional = default is None or name in PAGING
        hints[name] = Optional[kind] if optional else kind  # noqa: UP045 - made at run time
        parameters.append(
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=strawberry.UNSET if default is None else default,
                annotation=hints[name],
            )
        )
    resolver.__annotations__ = {"info": Info, **hints}
    resolver.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # read by inspect
    return resolver


def add_field(element: Any, name: str, kind: Any, arguments: Arguments, doc: str) -> None:
    """Add a field that compiled questions answer to a type that is made at run time."""

    def never(**given: Any) -> Any:
        raise AssertionError(given)  # answers come shaped; nothing calls this

    never.__name__ = name
    definition = element.__strawberry_definition__
    field = strawberry.field(resolver=asking(never, arguments), graphql_type=kind, description=doc)
    field.python_name = name
    field.origin = element
    definition.fields.append(field)


def _kind(name: str, element: Any, more: Mapping[str, Any]) -> Any:
    own = {each.name: each for each in RECORDS[name].fields if not each.inherited}
    hints = {field: shown_type(each) for field, each in own.items()} | dict(more)
    return made_type(
        name, hints, {f: each.doc for f, each in own.items()}, told(name), bases=(element,)
    )


def _leaf(name: str, doc: str, attributes: Mapping[str, AttributeDeclaration], ci: Any) -> Any:
    hints = {each.name: ATTRIBUTE_TYPES.get(each.kind, str) | None for each in attributes.values()}
    docs = {
        each.name: each.doc + (f" Unit: {each.unit}." if each.unit else "")
        for each in attributes.values()
    }
    return made_type(name, hints, docs, doc, bases=(ci,))


def shown_type(each: FieldInfo) -> Any:
    """The GraphQL type of a declared field."""
    if each.name == "id":
        return strawberry.ID
    if each.name.endswith("_at"):
        shown: Any = DateTime
    elif each.type in {Lifecycle, Strength}:
        shown = each.type
    elif isinstance(each.type, type) and issubclass(each.type, StrEnum):
        shown = str  # words that policies may know more of
    else:
        shown = SHOWN_TYPES.get(each.type, JSON)
    return Optional[shown] if each.optional else shown  # noqa: UP045 - JSON is no class


def told(kind: str) -> str:
    """What a kind of record is, as its declaration says."""
    return " ".join((RECORDS[kind].cls.__doc__ or "").split())


def made_type(
    name: str,
    hints: Mapping[str, Any],
    docs: Mapping[str, str],
    doc: str,
    *,
    bases: tuple[Any, ...] = (),
    interface: bool = False,
) -> Any:
    """Make a type, or an interface, that names types made at run time."""
    body: dict[str, Any] = {"__annotations__": dict(hints), "__doc__": doc}
    for field in hints:
        body[field] = strawberry.field(description=docs.get(field) or None)
    cls = python_types.new_class(name, bases, exec_body=lambda space: space.update(body))
    publish = strawberry.interface if interface else strawberry.type
    return publish(cls, name=name, description=doc)
