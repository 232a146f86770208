"""What incidents, changes and maintenance windows share: effects, pages and payload."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from functools import partial
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.elements import connection, described
from fitsm_graph.api.history import change_of, seen_changes
from fitsm_graph.api.mutations import acting as acting_on
from fitsm_graph.api.paging import connection_of, page_size, read_cursor
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import ElementSummary, RecordedChange, UserError
from fitsm_graph.graph.changes import kind_of
from fitsm_graph.graph.graph import Outcome
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.model.registry_types import camel_case
from fitsm_graph.sms.rights import READ

strawberry.enum(Effect, description="How hard a disturbance hits an element by itself.")


@strawberry.type(description="An element that a disturbance hits.")
class Hit:
    """Elements that you may not see are left out."""

    element: ElementSummary
    effect: Effect


Incident = described("Incident", {"effects": list[Hit]})
Change = described("Change", {"effects": list[Hit]})
MaintenanceWindow = described("MaintenanceWindow", {"effects": list[Hit]})
_FIELDS = {
    "Incident": "incident",
    "Change": "change",
    "MaintenanceWindow": "maintenanceWindow",
}
"""Where the payload shows a record, by its kind."""

_DEFAULTS: Mapping[str, dict[str, Any]] = {
    kind: {e.name: e.default for e in fields(RECORDS[kind].cls) if e.default is not MISSING}
    for kind in _FIELDS
}
"""What a record has that nobody has said anything of."""


@strawberry.input(description="An element by id or key, and how hard it is hit.")
class HitInput:
    """Down unless said otherwise."""

    element: strawberry.ID
    effect: Effect = Effect.DOWN


@strawberry.type(
    description="What became of a verb on an incident, a change or a maintenance window."
)
class DisturbancePayload:
    """Errors are for people."""

    ok: bool
    dry_run: bool
    replayed: bool
    seq: int | None
    errors: list[UserError]
    changes: list[RecordedChange]
    incident: Incident | None  # type: ignore[valid-type]  # made from its declaration
    change: Change | None  # type: ignore[valid-type]  # likewise
    maintenance_window: MaintenanceWindow | None  # type: ignore[valid-type]  # likewise


def asking(run: Callable[..., Any], kind: str, type: Any, doc: str) -> Any:
    """A field of the query type: pages of one kind, from a resolver."""
    return strawberry.field(
        resolver=answering(run), graphql_type=connection(kind, type, doc), description=run.__doc__
    )


def acting(kind: str, *runs: Callable[..., Awaitable[Outcome]]) -> dict[str, Any]:
    """Fields of the mutation type: verbs on one kind, by the names of their resolvers."""
    return {
        run.__name__: strawberry.field(
            resolver=acting_on(run, "DisturbancePayload", partial(_done, kind)),
            graphql_type=DisturbancePayload,
            description=run.__doc__,
        )
        for run in runs
    }


def hits_of(given: Sequence[HitInput]) -> list[tuple[str, str]]:
    """Reference and effect of each element, as the verbs take them."""
    return [(str(each.element), each.effect.value) for each in given]


# --- questions -----------------------------------------------------------------------------------


async def page(
    info: Info, kind: str, first: int, after: str | None, *, only_open: bool
) -> dict[str, Any]:
    """A page of one kind, the newest first, with what each does to whom.

    Args:
        info: Of the field.
        kind: Declared kind of record.
        first: Most of them.
        after: Cursor of the last one of the page before.
        only_open: Those that are not over.
    """
    context = info.context
    context.allow(READ)
    found = await context.graph.rows(
        "impact.disturbances_page",
        kind=kind,
        ids=None,
        now=to_text(context.graph.clock.now()) if only_open else None,
        after=read_cursor(after, kind, 1)[0] if after else None,
        limit=page_size(first) + 1,
    )
    rows = [_shown(context, kind, row) for row in found[0]["rows"]]
    data = connection_of(kind, rows, first, after, found[0]["total"])
    answer: dict[str, Any] = pick(data, asked_of(info))
    return answer


def _shown(context: Context, kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    plain = {camel_case(name): value for name, value in (_DEFAULTS[kind] | row["record"]).items()}
    seen = [each for each in row["effects"] if _sees(context, each)]
    effects = [
        {"element": _summary(context, each), "effect": each["effect"].upper()} for each in seen
    ]
    return {**plain, "effects": effects, "__typename": kind}


def _sees(context: Context, hit: Mapping[str, Any]) -> bool:
    return (
        context.sight is None
        or kind_of(hit["labels"]) != "CI"
        or hit["element"]["type"] in context.sight
    )


def _summary(context: Context, hit: Mapping[str, Any]) -> dict[str, Any]:
    element, kind = hit["element"], kind_of(hit["labels"])
    declared = context.registry.ci_types.get(element.get("type", ""))
    return {
        "id": element["id"],
        "key": element["key"],
        "name": element["name"],
        "kind": kind,
        "type": element.get("type"),
        "tag": declared.tag if declared else "".join(c for c in kind if c.isupper())[:2].ljust(2),
    }


# --- verbs ---------------------------------------------------------------------------------------


async def _done(kind: str, context: Context, outcome: Outcome) -> dict[str, Any]:
    row: Mapping[str, Any] = {"record": outcome.value, "effects": []}
    if not outcome.dry_run:
        found = await context.graph.rows(
            "impact.disturbances_page",
            kind=kind,
            ids=[outcome.value["id"]],
            now=None,
            after=None,
            limit=1,
        )
        row = found[0]["rows"][0]
    shown = _shown(context, kind, row)
    changes = await seen_changes(context, outcome.changes)
    return {
        "__typename": "DisturbancePayload",
        "ok": True,
        "dryRun": outcome.dry_run,
        "replayed": outcome.replayed,
        "seq": outcome.seq,
        "errors": [],
        "changes": [change_of(each, context.withheld) for each in changes],
        **dict.fromkeys(_FIELDS.values()),
        _FIELDS[kind]: shown,
    }
