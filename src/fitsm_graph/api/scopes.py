"""What configuration management covers: its scopes, shown and defined over the API (PR11.1)."""

from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.elements import described
from fitsm_graph.api.mutations import Act, acting, options_of
from fitsm_graph.api.payloads import done_payload
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import RecordedChange, UserError
from fitsm_graph.confm import types as confm
from fitsm_graph.graph.graph import Outcome
from fitsm_graph.model.registry_types import camel_case
from fitsm_graph.sms.rights import READ

KIND, PAYLOAD = "ConfigurationScope", "ScopePayload"
ConfigurationScope = described(KIND, {})


@strawberry.input(description="What is covered and what is not, by CI types with their subtypes.")
class DefineConfigurationScopeInput(Act):
    """A scope of the name that exists is changed."""

    name: str
    statement: str = strawberry.field(description="What is in, what is out, and why.")
    ci_types: list[str] = strawberry.field(
        default_factory=list, description="Types that are covered; all when left out."
    )
    excluded_ci_types: list[str] = strawberry.field(
        default_factory=list, description="Types that are not."
    )


@strawberry.type(description="What became of a scope.")
class ScopePayload:
    """Errors are for people."""

    ok: bool
    dry_run: bool
    replayed: bool
    seq: int | None
    errors: list[UserError]
    changes: list[RecordedChange]
    scope: ConfigurationScope | None  # type: ignore[valid-type]  # made from its declaration


async def configuration_scopes(info: Info) -> object:
    """What configuration management covers; with no scope, every CI type (PR11.1)."""
    info.context.allow(READ)
    _, scopes = await confm.from_graph(info.context.graph)
    return [pick(_shown(each), asked_of(info)) for each in scopes]


async def define_configuration_scope(
    info: Info,
    input: DefineConfigurationScopeInput,
    *,
    dry_run: bool = False,
    idempotency_key: str = "",
) -> Outcome:
    """Say what configuration management covers, or change what it covers (PR11.1)."""
    context = info.context
    said = {
        "name": input.name,
        "statement": input.statement,
        "ci_types": list(input.ci_types),
        "excluded_ci_types": list(input.excluded_ci_types),
    }
    return await context.write(
        confm.define_scope,
        context.registry,
        **said,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload=said,
    )


async def _done(context: Context, outcome: Outcome) -> dict[str, Any]:
    return {**await done_payload(context, outcome, PAYLOAD), "scope": _shown(outcome.value)}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**{camel_case(name): value for name, value in row.items()}, "__typename": KIND}


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    many = list[ConfigurationScope]  # type: ignore[valid-type]  # made from its declaration
    run = configuration_scopes
    field = strawberry.field(resolver=answering(run), graphql_type=many, description=run.__doc__)
    return {run.__name__: field}


def verbs() -> dict[str, Any]:
    """Fields of the mutation type."""
    run = define_configuration_scope
    resolver = acting(run, PAYLOAD, _done)
    field = strawberry.field(resolver=resolver, graphql_type=ScopePayload, description=run.__doc__)
    return {run.__name__: field}
