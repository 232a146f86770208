"""Types of CIs and relationships over the API: shown as data (PR11.1)."""

from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import JSON
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import CIType, RelationshipType, document
from fitsm_graph.sms.rights import READ


@strawberry.type(description="A typed attribute as its CI type declares it.")
class AttributeDefinition:
    """With what is inherited resolved."""

    name: str = strawberry.field(description="The field's name in GraphQL.")
    kind: str
    doc: str
    unit: str
    required: bool
    unique: bool
    values: list[str]


@strawberry.type(description="A CI type as it is in force (PR11.1).")
class CITypeDefinition:
    """The type of this name in GraphQL is made from it."""

    name: str
    doc: str
    extends: str | None
    abstract: bool
    tag: str
    deprecated: str
    subtypes: list[str] = strawberry.field(description="Concrete types that are of it.")
    attributes: list[AttributeDefinition]
    definition: JSON = strawberry.field(description="As `defineTypes` takes it.")


@strawberry.type(description="A relationship type as it is in force (PR11.1).")
class RelationshipTypeDefinition:
    """Which end needs the other is part of it."""

    name: str
    doc: str
    sources: list[str]
    targets: list[str]
    dependency: str
    deprecated: str
    definition: JSON = strawberry.field(description="As `defineTypes` takes it.")


# --- questions -----------------------------------------------------------------------------------


async def ci_types(info: Info, names: list[str] | None = None) -> object:
    """CI types in force."""
    info.context.allow(READ)
    registry = info.context.registry
    chosen = registry.ci_types.values() if names is None else map(registry.ci_type, names)
    what = asked_of(info)
    return [pick(_ci_type(registry, each), what) for each in chosen]


async def relationship_types(info: Info, names: list[str] | None = None) -> object:
    """Relationship types in force."""
    info.context.allow(READ)
    registry = info.context.registry
    known = registry.relationship_types
    chosen = known.values() if names is None else map(registry.relationship_type, names)
    what = asked_of(info)
    return [pick(_relationship_type(each), what) for each in chosen]


def _ci_type(registry: TypeRegistry, each: CIType) -> dict[str, Any]:
    attributes = [
        {
            "name": one.graphql_name,
            "kind": one.kind.value,
            "doc": one.doc,
            "unit": one.unit,
            "required": one.required,
            "unique": one.unique,
            "values": list(one.values),
            "__typename": "AttributeDefinition",
        }
        for one in registry.attributes(each.name).values()
    ]
    return {
        "name": each.name,
        "doc": each.doc,
        "extends": each.extends or None,
        "abstract": each.abstract,
        "tag": each.tag,
        "deprecated": each.deprecated,
        "subtypes": list(registry.subtypes(each.name)),
        "attributes": attributes,
        "definition": document(each),
        "__typename": "CITypeDefinition",
    }


def _relationship_type(each: RelationshipType) -> dict[str, Any]:
    return {
        "name": each.name,
        "doc": each.doc,
        "sources": list(each.sources),
        "targets": list(each.targets),
        "dependency": each.dependency.value,
        "deprecated": each.deprecated,
        "definition": document(each),
        "__typename": "RelationshipTypeDefinition",
    }


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    return {
        "ci_types": strawberry.field(
            resolver=answering(ci_types),
            graphql_type=list[CITypeDefinition],
            description="CI types in force, all or by name (PR11.1).",
        ),
        "relationship_types": strawberry.field(
            resolver=answering(relationship_types),
            graphql_type=list[RelationshipTypeDefinition],
            description="Relationship types in force, all or by name (PR11.1).",
        ),
    }
