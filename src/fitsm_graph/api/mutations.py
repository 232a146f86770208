"""Mutations: the verbs of the processes, with dry run, idempotency key and expected version."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

import strawberry

from fitsm_graph.api.context import Context, WriteOptions
from fitsm_graph.api.elements import ElementTypes
from fitsm_graph.api.executor import Shaped
from fitsm_graph.api.failures import graphql_error
from fitsm_graph.api.payloads import PAYLOAD, USER_FAULTS, done_payload, failed_payload
from fitsm_graph.api.selection import Selected, pick, selected
from fitsm_graph.api.types import (
    JSON,
    DateTime,
)
from fitsm_graph.api.withheld import veiled
from fitsm_graph.confm import service as confm
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.graph.graph import Outcome
from fitsm_graph.graph.verb import verb_of
from fitsm_graph.kernel.errors import (
    BadInput,
    Forbidden,
    Unavailable,
)
from fitsm_graph.model.confm import Lifecycle, Strength
from fitsm_graph.model.registry_types import camel_case

Info = strawberry.Info[Context, None]


@strawberry.input(description="What every mutation can be told.")
class Act:
    """Who acts is the principal."""

    reason: str = ""
    change: str = strawberry.field(default="", description="Key of the change it is done under.")


@strawberry.input(description="A new element.")
class RegisterElementInput(Act):
    """`kind` decides which fields count."""

    kind: str
    name: str
    type: str = ""
    key: str = ""
    description: str = ""
    lifecycle: Lifecycle = Lifecycle.LIVE
    is_source: bool = False
    criticality: int | None = None
    need: int | None = None
    need_share: float | None = None
    strength: Strength | None = None
    grounded: bool | None = None
    reserve: int | None = None
    attributes: JSON | None = strawberry.field(
        default=None, description="Typed attributes of a CI by name."
    )
    owner: str = ""


@strawberry.input(description="New values of some fields and attributes; null clears an attribute.")
class UpdateElementInput(Act):
    """What is absent stays."""

    ref: strawberry.ID
    set: JSON
    expected_version: int | None = None


@strawberry.input(description="A relation between two elements, by id or key.")
class RelateInput(Act):
    """An existing relation gets the values given."""

    type: str
    source: strawberry.ID
    target: strawberry.ID
    weight: int | None = None
    strength: Strength | None = None
    grounded: bool | None = None
    confidence: float | None = None
    verified_at: DateTime | None = None


@strawberry.input(description="A relation to end.")
class UnrelateInput(Act):
    """What it carried is kept in the ledger."""

    type: str
    source: strawberry.ID
    target: strawberry.ID


@strawberry.input(description="An element to retire.")
class RetireElementInput(Act):
    """Refused while something live needs it."""

    ref: strawberry.ID
    expected_version: int | None = None


@strawberry.input(description="Who answers for an element.")
class AssignOwnerInput(Act):
    """A person or group, by id or key."""

    ref: strawberry.ID
    owner: strawberry.ID


def mutation_type(types: ElementTypes) -> Any:
    """Make the mutation type."""
    payload = _payload(types)
    fields: dict[str, tuple[Any, str]] = {
        "register_element": (register_element, "Register an element (PR11.3)."),
        "update_element": (update_element, "Give an element new values (PR11.4)."),
        "relate_elements": (relate_elements, "Relate two elements (PR11.3)."),
        "unrelate_elements": (unrelate_elements, "End a relation (PR11.3)."),
        "retire_element": (retire_element, "Retire an element (PR11.4)."),
        "assign_owner": (assign_owner, "Make somebody answer for an element (PR11.2)."),
    }
    body = {
        name: strawberry.field(resolver=_acting(run), graphql_type=payload, description=doc)
        for name, (run, doc) in fields.items()
    }
    return strawberry.type(type("Mutation", (), body), description="Verbs of the processes.")


def _payload(types: ElementTypes) -> Any:
    hints = {**PAYLOAD, "element": types.element | None}
    made = type("WritePayload", (), {"__annotations__": hints})
    return strawberry.type(made, description="What became of a verb; errors are for people.")


def _acting(run: Callable[..., Awaitable[Outcome]]) -> Callable[..., Any]:
    """Run a verb's resolver and shape its payload; what a user did wrong is data."""

    @wraps(run)
    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        info: Info = kwargs["info"] if "info" in kwargs else args[0]
        what = selected(info._raw_info)
        try:
            outcome = await run(*args, **kwargs)
        except USER_FAULTS as error:
            return Shaped(pick(failed_payload(error, "WritePayload"), what))
        except (Forbidden, Unavailable) as error:
            raise graphql_error(error) from error
        return Shaped(await _done(info.context, outcome, what))

    return wrapped


def acting(
    run: Callable[..., Awaitable[Outcome]],
    payload: str,
    done: Callable[[Context, Outcome], Awaitable[dict[str, Any]]],
) -> Callable[..., Any]:
    """Run a resolver of a verb on records that are no elements.

    Args:
        run: Runs the verb.
        payload: Name of the payload's type, where a user did something wrong.
        done: Makes the payload, by the names of its fields.
    """

    @wraps(run)
    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        info: Info = kwargs["info"] if "info" in kwargs else args[0]
        what = selected(info._raw_info)
        try:
            outcome = await run(*args, **kwargs)
        except USER_FAULTS as error:
            return Shaped(pick(failed_payload(error, payload), what))
        return Shaped(pick(await done(info.context, outcome), what))

    return wrapped


async def _done(context: Context, outcome: Outcome, what: Selected) -> dict[str, Any]:
    element = None
    head = await done_payload(context, outcome, "WritePayload")
    wanted = what.child("element")
    if wanted is not None and isinstance(outcome.value, dict) and "id" in outcome.value:
        if outcome.dry_run or outcome.value.get("retired"):
            element = _plain(veiled(outcome.value, context.withheld))
        else:
            question = context.compiler.one(
                "Element", {"id": outcome.value["id"]}, wanted, context.now
            )
            element = await context.answer(question)
            return {
                key: element if each.name == "element" else pick(head.get(each.name), each)
                for key, each in what.children.items()
            }
    return dict(pick({**head, "element": element}, what))


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    return {camel_case(name): each for name, each in value.items()}


# --- resolvers -----------------------------------------------------------------------------------


def options_of(act: Act, *, dry_run: bool, key: str) -> WriteOptions:
    """What a client asked of a mutation beside its input."""
    return WriteOptions(dry_run, key, act.reason, act.change)


def _values(given: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(given).items() if name not in {"reason", "change"}}


def _object(value: Any, name: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadInput(f"'{name}' is an object of names and values", path=(name,))
    return value


async def register_element(
    info: Info, input: RegisterElementInput, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Register an element."""
    context = info.context
    given = _values(input)
    attributes = context.compiler.stored_names(_object(given.pop("attributes"), "attributes"))
    draft = ElementDraft(**given, attributes=attributes)
    return await context.write(
        confm.register_element,
        context.registry,
        draft,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload={**given, "attributes": attributes},
    )


async def update_element(
    info: Info, input: UpdateElementInput, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Give an element new values."""
    context = info.context
    await context.permit(verb_of(confm.update_element).name, input.ref)
    changes = context.compiler.stored_names(_object(input.set, "set"))
    for name in ("lifecycle", "strength"):
        if isinstance(changes.get(name), str):
            changes[name] = changes[name].lower()
    return await context.write(
        confm.update_element,
        context.registry,
        input.ref,
        changes,
        expected_version=input.expected_version,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload={"ref": input.ref, "set": changes, "expected": input.expected_version},
    )


async def relate_elements(
    info: Info, input: RelateInput, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Relate two elements."""
    return await info.context.write(
        confm.relate,
        info.context.registry,
        RelationDraft(**_values(input)),
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload=_values(input),
    )


async def unrelate_elements(
    info: Info, input: UnrelateInput, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """End a relation."""
    return await info.context.write(
        confm.unrelate,
        info.context.registry,
        input.type,
        input.source,
        input.target,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload=_values(input),
    )


async def retire_element(
    info: Info, input: RetireElementInput, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Retire an element."""
    return await info.context.write(
        confm.retire_element,
        info.context.registry,
        input.ref,
        expected_version=input.expected_version,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload=_values(input),
    )


async def assign_owner(
    info: Info, input: AssignOwnerInput, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Make somebody answer for an element."""
    return await info.context.write(
        confm.assign_owner,
        input.ref,
        input.owner,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload=_values(input),
    )
