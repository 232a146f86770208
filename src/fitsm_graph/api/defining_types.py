"""Types of CIs and relationships brought into force over the API, with their CIs (PR11.1).

New types are tried out before they are written: whatever has no GraphQL schema is refused, and
so is what elements would no longer conform to, unless steps mend that or the client accepts it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, cast

import strawberry

from fitsm_graph.api.answers import Info, asked_of
from fitsm_graph.api.context import Context, WriteOptions
from fitsm_graph.api.executor import Shaped
from fitsm_graph.api.failures import extensions_of, user_error_type
from fitsm_graph.api.payloads import done_payload
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import JSON, RecordedChange, UserError
from fitsm_graph.confm import types as confm
from fitsm_graph.confm.conforming import judged
from fitsm_graph.confm.migrating import MigrationStep, StepKind
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
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_differences import Difference, differences
from fitsm_graph.model.registry_types import camel_case

_COUNTED = {"CIType": "ciTypes", "RelationshipType": "relationshipTypes"}


strawberry.enum(StepKind, name="MigrationStepKind", description="What a step does.")


@strawberry.input(description="A step of a migration, for CIs of a type and its subtypes.")
class MigrationStepInput:
    """It finds by itself which CIs it still has to change."""

    kind: StepKind
    type: str
    attribute: str = strawberry.field(
        description="As types declare it, in snake case; of RENAME the old one."
    )
    value: JSON | None = strawberry.field(
        default=None, description="Of FILL: what CIs get that lack a value."
    )
    to: str = strawberry.field(default="", description="Of RENAME: the new name.")
    values: JSON | None = strawberry.field(
        default=None, description="Of MAP: new values by old ones; null takes one away."
    )
    reason: str = strawberry.field(default="", description="Of DROP: why nobody needs the values.")


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
    steps: list[MigrationStepInput] = strawberry.field(
        default_factory=list, description="What is done to CIs in the same ledger entry."
    )
    portion: int = strawberry.field(
        default=0,
        description="Of steps alone, without definitions: how many CIs are migrated at most.",
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
    migrated: int = strawberry.field(description="CIs that steps have changed.")
    left: bool = strawberry.field(description="More CIs wait for the next portion.")
    changes: list[RecordedChange] = strawberry.field(
        description="All that was changed, or would be."
    )


async def define_types(
    info: Info, input: DefineTypesInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> object:
    """Bring CI types and relationship types into force, as one consistent set (PR11.1)."""
    what = asked_of(info)
    try:
        return Shaped(
            pick(
                await _defined(
                    info,
                    input,
                    WriteOptions(dry_run, idempotency_key, _reason(input), input.change),
                ),
                what,
            )
        )
    except (Forbidden, Unavailable, Broken):
        raise
    except FitsmError as error:
        return Shaped(pick(_refused(error), what))


def _reason(given: DefineTypesInput) -> str:
    """Why it is done; what steps say of it where nothing else does."""
    return given.reason or "; ".join(each.reason for each in given.steps if each.reason)


async def _defined(info: Info, given: DefineTypesInput, options: WriteOptions) -> dict[str, Any]:
    context = info.context
    context.allow("types.define")
    definitions = Definitions(
        {"input": declarations(given.ci_types, "ciTypes")},
        {"input": declarations(given.relationship_types, "relationshipTypes")},
    )
    wanted = together(context.registry, definitions, prune=given.prune)
    found = differences(context.registry, wanted)
    if found:
        await _check_schema(wanted)
    steps = steps_of(given.steps)
    if not given.accept_breaks:
        await _check_breaks(context, found, wanted, steps)
    outcome = await context.write(
        confm.define_types,
        definitions,
        prune=given.prune,
        steps=steps,
        portion=given.portion,
        options=options,
        payload={
            "ci_types": definitions.ci_types,
            "relationship_types": definitions.relationship_types,
            "prune": given.prune,
            "steps": [asdict(each) for each in steps],
            "portion": given.portion,
        },
    )
    return await _payload(context, outcome, found)


def steps_of(given: Sequence[MigrationStepInput]) -> list[MigrationStep]:
    """Steps as a client gave them.

    Raises:
        BadInput: Values are no object.
    """
    for place, each in enumerate(given):
        if each.values is not None and not isinstance(each.values, dict):
            told = "'values' is no object of new values by old ones"
            remedy = 'send {"old": "new"}'
            raise BadInput(told, remedy=remedy, path=("steps", place, "values"))
    return [
        MigrationStep(
            StepKind(each.kind), each.type, each.attribute, each.value, each.to,
            dict(cast("dict[str, Any]", each.values or {})), each.reason,
        )
        for each in given
    ]  # fmt: skip


def declarations(given: Any, name: str) -> dict[str, Any]:
    """Declarations by name, as a client gave them.

    Raises:
        BadInput: They are no object.
    """
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise BadInput(
            f"'{name}' is no object of names and declarations",
            path=("input", name),
            remedy="send what the YAML files under `schema/` hold, as JSON",
        )
    return given


def together(now: TypeRegistry, definitions: Definitions, *, prune: bool) -> TypeRegistry:
    """The registry as it would be.

    Raises:
        BadInput: The declarations contradict one another.
    """
    known = now.to_documents()
    kept: Mapping[str, Any] = {} if prune else known
    return Definitions(
        {"": {**kept.get("ci_types", {}), **definitions.ci_types["input"]}},
        {"": {**kept.get("relationship_types", {}), **definitions.relationship_types["input"]}},
    ).registry()


async def _check_schema(wanted: TypeRegistry) -> None:
    """Make the schema as it would be.

    Raises:
        BadInput: NO_SCHEMA.
    """
    from fitsm_graph.api.edition import UNREADABLE  # noqa: PLC0415 - the schema is made of this
    from fitsm_graph.api.schema import build_schema  # noqa: PLC0415 - file, and tried out by it

    try:
        await asyncio.to_thread(build_schema, wanted)
    except UNREADABLE as error:
        raise BadInput(
            "the types have no GraphQL schema",
            code="NO_SCHEMA",
            why=str(error).splitlines()[0][:200] or type(error).__name__,
            remedy="choose names that the schema does not use for something else",
        ) from error


async def _check_breaks(
    context: Context,
    found: Sequence[Difference],
    wanted: TypeRegistry,
    steps: Sequence[MigrationStep],
) -> None:
    """Refuse what elements would no longer conform to, whoever sees them.

    Raises:
        Refused: TYPES_BREAK.
    """
    breaking = [each for each in found if each.breaks]
    if not breaking:
        return
    all_of_them = await judged(context.graph, found, wanted, steps=steps)
    if not all_of_them.count and all_of_them.complete:
        return
    place = next((n for n, each in enumerate(all_of_them.unfit) if each), 0)
    first = found[place] if all_of_them.unfit[place] else breaking[0]
    whole = context.sight is None and all_of_them.complete
    many = f"{plural(all_of_them.count, 'element')} would not; " if whole else ""
    raise Refused(
        f"{'/'.join(first.path)} changes what existing elements have to conform to",
        code="TYPES_BREAK",
        why=f"{many}{first.breaks}; {plural(len(breaking), 'such difference')} in all",
        remedy="`typesCheck` names them: mend them first, send steps that do, or acceptBreaks",
        requirement="PR11.1",
        path=first.path,
    )


async def _payload(
    context: Context, outcome: Outcome, found: Sequence[Difference]
) -> dict[str, Any]:
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
        "differences": [difference_told(each) for each in found],
        "migrated": outcome.value.get("migrated", 0),
        "left": outcome.value.get("left", False),
        "changes": (await done_payload(context, outcome, "TypesPayload"))["changes"],
        "__typename": "TypesPayload",
    }


def difference_told(each: Difference) -> dict[str, Any]:
    """A difference by the names of its fields."""
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
        "migrated": 0,
        "left": False,
        "changes": [],
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


def verbs() -> dict[str, Any]:
    """Fields of the mutation type."""
    return {
        "define_types": strawberry.field(
            resolver=define_types,
            graphql_type=TypesPayload,
            description="Bring CI types and relationship types into force (PR11.1).",
        )
    }
