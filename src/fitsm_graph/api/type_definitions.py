"""Types of CIs and relationships over the API: shown as data, and brought into force (PR11.1).

New types are tried out before they are written: whatever has no GraphQL schema is refused, and
so is what existing CIs may not conform to, unless the client accepts that.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import WriteOptions
from fitsm_graph.api.executor import Shaped
from fitsm_graph.api.failures import extensions_of, user_error_type
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import JSON, UserError
from fitsm_graph.confm import types as confm
from fitsm_graph.confm.types import Definitions
from fitsm_graph.graph.graph import Outcome
from fitsm_graph.kernel.errors import (
    BadInput,
    Broken,
    FitsmError,
    Forbidden,
    Refused,
    Unavailable,
)
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_differences import Difference, differences
from fitsm_graph.model.registry_types import CIType, RelationshipType, camel_case, document
from fitsm_graph.sms.rights import READ

_COUNTED = {"CIType": "ciTypes", "RelationshipType": "relationshipTypes"}


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


@strawberry.input(description="CI types and relationship types, as one set with those in force.")
class DefineTypesInput:
    """Names and declarations as in the files under `schema/`."""

    ci_types: JSON | None = None
    relationship_types: JSON | None = None
    prune: bool = strawberry.field(
        default=False, description="Types that are not named go; one in use never does."
    )
    accept_breaks: bool = strawberry.field(
        default=False, description="Existing CIs may no longer conform."
    )
    reason: str = ""
    change: str = strawberry.field(default="", description="Key of the change it is done under.")


@strawberry.type(description="How many declarations became what.")
class TypeCounts:
    """Declarations that are the same already are unchanged."""

    defined: int
    changed: int
    unchanged: int


@strawberry.type(description="Something that is declared otherwise than before.")
class TypeDifference:
    """`breaks` says why existing CIs or relations may not conform; empty where they do."""

    path: list[str]
    before: JSON | None
    after: JSON | None
    types: list[str]
    breaks: str
    changes_impact: bool


@strawberry.type(description="What became of a set of types.")
class TypesPayload:
    """The schema follows within a second, in every replica."""

    ok: bool
    dry_run: bool
    replayed: bool
    seq: int | None
    errors: list[UserError]
    ci_types: TypeCounts | None
    relationship_types: TypeCounts | None
    differences: list[TypeDifference]


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


# --- the verb ------------------------------------------------------------------------------------


async def define_types(
    info: Info, input: DefineTypesInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> object:
    """Bring CI types and relationship types into force, as one consistent set (PR11.1)."""
    what = asked_of(info)
    try:
        return Shaped(
            pick(
                await _defined(
                    info, input, WriteOptions(dry_run, idempotency_key, input.reason, input.change)
                ),
                what,
            )
        )
    except (Forbidden, Unavailable, Broken):
        raise
    except FitsmError as error:
        return Shaped(pick(_refused(error), what))


async def _defined(info: Info, given: DefineTypesInput, options: WriteOptions) -> dict[str, Any]:
    context = info.context
    context.allow("types.define")
    definitions = Definitions(
        {"input": _declarations(given.ci_types, "ciTypes")},
        {"input": _declarations(given.relationship_types, "relationshipTypes")},
    )
    found = await _tried(context.registry, definitions, prune=given.prune)
    _check_breaks(found, accepted=given.accept_breaks)
    outcome = await context.write(
        confm.define_types,
        definitions,
        prune=given.prune,
        options=options,
        payload={
            "ci_types": definitions.ci_types,
            "relationship_types": definitions.relationship_types,
            "prune": given.prune,
        },
    )
    return _payload(outcome, found)


def _declarations(given: Any, name: str) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise BadInput(
            f"'{name}' is no object of names and declarations",
            path=("input", name),
            remedy="send what the YAML files under `schema/` hold, as JSON",
        )
    return given


async def _tried(now: TypeRegistry, definitions: Definitions, *, prune: bool) -> list[Difference]:
    """Make registry and schema as they would be, and say what is different.

    Raises:
        BadInput: The declarations contradict one another, or have no GraphQL schema.
    """
    from fitsm_graph.api.edition import UNREADABLE  # noqa: PLC0415 - the schema is made of this
    from fitsm_graph.api.schema import build_schema  # noqa: PLC0415 - file, and tried out by it

    known = now.to_documents()
    kept: Mapping[str, Any] = {} if prune else known
    wanted = Definitions(
        {"": {**kept.get("ci_types", {}), **definitions.ci_types["input"]}},
        {"": {**kept.get("relationship_types", {}), **definitions.relationship_types["input"]}},
    ).registry()
    try:
        await asyncio.to_thread(build_schema, wanted)
    except UNREADABLE as error:
        raise BadInput(
            "the types have no GraphQL schema",
            code="NO_SCHEMA",
            why=str(error).splitlines()[0][:200] or type(error).__name__,
            remedy="choose names that the schema does not use for something else",
        ) from error
    return differences(now, wanted)


def _check_breaks(found: Sequence[Difference], *, accepted: bool) -> None:
    breaking = [each for each in found if each.breaks]
    if breaking and not accepted:
        first = breaking[0]
        raise Refused(
            f"{'/'.join(first.path)} changes what existing CIs have to conform to",
            code="TYPES_BREAK",
            why=f"{first.breaks}; {len(breaking)} such differences in all",
            remedy="mend the CIs first, or send acceptBreaks",
            requirement="PR11.1",
            path=first.path,
        )


def _payload(outcome: Outcome, found: Sequence[Difference]) -> dict[str, Any]:
    counts = {
        name: {**outcome.value[kind], "__typename": "TypeCounts"} for kind, name in _COUNTED.items()
    }
    return {
        "ok": True,
        "dryRun": outcome.dry_run,
        "replayed": outcome.replayed,
        "seq": outcome.seq,
        "errors": [],
        **counts,
        "differences": [_difference(each) for each in found],
        "__typename": "TypesPayload",
    }


def _difference(each: Difference) -> dict[str, Any]:
    names = ("path", "before", "after", "types", "breaks", "changes_impact")
    values = {camel_case(name): getattr(each, name) for name in names}
    return {
        **values,
        "path": list(each.path),
        "types": list(each.types),
        "__typename": "TypeDifference",
    }


def _refused(error: FitsmError) -> dict[str, Any]:
    return {
        "ok": False,
        "dryRun": False,
        "replayed": False,
        "seq": None,
        "differences": [],
        "errors": [
            {
                "__typename": user_error_type(error),
                "message": problem.message,
                **extensions_of(problem),
            }
            for problem in error.problems
        ],
        "__typename": "TypesPayload",
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


def verbs() -> dict[str, Any]:
    """Fields of the mutation type."""
    return {
        "define_types": strawberry.field(
            resolver=define_types,
            graphql_type=TypesPayload,
            description="Bring CI types and relationship types into force (PR11.1).",
        )
    }
