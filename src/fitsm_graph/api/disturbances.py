"""Incidents and maintenance windows: what puts elements into own states (PR9.1, PR9.2, PR12.6)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import wraps
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.elements import connection, described
from fitsm_graph.api.executor import Shaped
from fitsm_graph.api.history import change_of, seen_changes
from fitsm_graph.api.mutations import Act, failed_payload, options_of
from fitsm_graph.api.paging import page_size, read_cursor, write_cursor
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import DateTime, ElementSummary, RecordedChange, UserError
from fitsm_graph.chm import service as chm
from fitsm_graph.graph.changes import kind_of
from fitsm_graph.graph.graph import Outcome
from fitsm_graph.isrm import service as isrm
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.errors import BadInput, Conflict, NotFound, Refused
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
MaintenanceWindow = described("MaintenanceWindow", {"effects": list[Hit]})


@strawberry.input(description="An element by id or key, and how hard it is hit.")
class HitInput:
    """Down unless said otherwise."""

    element: strawberry.ID
    effect: Effect = Effect.DOWN


@strawberry.input(description="An incident with what it affects.")
class RegisterIncidentInput(Act):
    """It began now unless said otherwise."""

    title: str
    affects: list[HitInput]
    description: str = ""
    starts_at: DateTime | None = None


@strawberry.input(description="What an open incident does to one element.")
class SetIncidentEffectInput(Act):
    """Without an effect the element is not affected any more."""

    incident: strawberry.ID
    element: strawberry.ID
    effect: Effect | None = None


@strawberry.input(description="An incident whose service is restored.")
class ResolveIncidentInput(Act):
    """The resolution helps with the next one of its kind."""

    incident: strawberry.ID
    resolution: str
    expected_version: int | None = None


@strawberry.input(description="A window in which elements are out of operation.")
class PlanMaintenanceInput(Act):
    """The start is included, the end is not."""

    title: str
    covers: list[HitInput]
    starts_at: DateTime
    ends_at: DateTime
    description: str = ""


@strawberry.input(description="A maintenance window to cancel.")
class CancelMaintenanceInput(Act):
    """One that has begun ends now."""

    window: strawberry.ID
    expected_version: int | None = None


@strawberry.type(description="What became of a verb on an incident or a maintenance window.")
class DisturbancePayload:
    """Errors are for people."""

    ok: bool
    dry_run: bool
    replayed: bool
    seq: int | None
    errors: list[UserError]
    changes: list[RecordedChange]
    incident: Incident | None  # type: ignore[valid-type]  # made from its declaration
    maintenance_window: MaintenanceWindow | None  # type: ignore[valid-type]  # likewise


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    lists = {
        "incidents": (incidents, connection("Incident", Incident, "Incidents, newest first.")),
        "maintenance_windows": (
            maintenance_windows,
            connection("MaintenanceWindow", MaintenanceWindow, "Windows, newest first."),
        ),
    }
    return {
        name: strawberry.field(resolver=answering(run), graphql_type=kind, description=run.__doc__)
        for name, (run, kind) in lists.items()
    }


def verbs() -> dict[str, Any]:
    """Fields of the mutation type."""
    runs = (
        register_incident,
        set_incident_effect,
        resolve_incident,
        plan_maintenance,
        cancel_maintenance,
    )
    return {
        run.__name__: strawberry.field(
            resolver=_acting(run), graphql_type=DisturbancePayload, description=run.__doc__
        )
        for run in runs
    }


# --- questions -----------------------------------------------------------------------------------


async def incidents(
    info: Info, *, open: bool = True, first: int = 50, after: str | None = None
) -> object:
    """Incidents, the newest first; open ones unless said otherwise (PR9.1)."""
    return await _page(info, "Incident", first, after, only_open=open)


async def maintenance_windows(
    info: Info, *, open: bool = True, first: int = 50, after: str | None = None
) -> object:
    """Maintenance windows, the newest first; not over unless said otherwise (PR12.6)."""
    return await _page(info, "MaintenanceWindow", first, after, only_open=open)


async def _page(
    info: Info, kind: str, first: int, after: str | None, *, only_open: bool
) -> dict[str, Any]:
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
    more, rows = len(rows) > first, rows[:first]
    cursors = [write_cursor(kind, [row["id"]]) for row in rows]
    data = {
        "nodes": rows,
        "edges": [{"cursor": c, "node": row} for c, row in zip(cursors, rows, strict=True)],
        "pageInfo": {
            "hasNextPage": more,
            "hasPreviousPage": after is not None,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
        "totalCount": found[0]["total"],
    }
    answer: dict[str, Any] = pick(data, asked_of(info))
    return answer


def _shown(context: Context, kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    plain = {camel_case(name): value for name, value in row["record"].items()}
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


def _acting(run: Callable[..., Awaitable[Outcome]]) -> Callable[..., Any]:
    @wraps(run)
    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        info: Info = kwargs["info"] if "info" in kwargs else args[0]
        what = asked_of(info)
        try:
            outcome = await run(*args, **kwargs)
        except (BadInput, NotFound, Refused, Conflict) as error:
            return Shaped(pick(failed_payload(error, "DisturbancePayload"), what))
        return Shaped(pick(await _done(info.context, outcome), what))

    return wrapped


async def _done(context: Context, outcome: Outcome) -> dict[str, Any]:
    kind = "Incident" if outcome.value["key"].startswith("INC-") else "MaintenanceWindow"
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
        "changes": [change_of(each) for each in changes],
        "incident": shown if kind == "Incident" else None,
        "maintenanceWindow": shown if kind == "MaintenanceWindow" else None,
    }


def _hits(given: Sequence[HitInput]) -> list[tuple[str, str]]:
    return [(str(each.element), each.effect.value) for each in given]


async def register_incident(
    info: Info, input: RegisterIncidentInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Register an incident with what it affects (PR9.1)."""
    hits = _hits(input.affects)
    given = {"description": input.description, "starts_at": input.starts_at}
    return await info.context.write(
        isrm.register_incident,
        input.title,
        hits,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload={"title": input.title, "affects": hits, **given},
        **given,
    )


async def set_incident_effect(
    info: Info, input: SetIncidentEffectInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Say that an open incident affects an element, how hard, or not at all (PR9.1)."""
    given = (
        str(input.incident),
        str(input.element),
        None if input.effect is None else input.effect.value,
    )
    return await info.context.write(
        isrm.affect,
        *given,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload={"given": list(given)},
    )


async def resolve_incident(
    info: Info, input: ResolveIncidentInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Say that the service is restored, and how (PR9.2)."""
    return await info.context.write(
        isrm.resolve_incident,
        str(input.incident),
        input.resolution,
        expected_version=input.expected_version,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload={"incident": input.incident, "resolution": input.resolution},
    )


async def plan_maintenance(
    info: Info, input: PlanMaintenanceInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Plan a window in which elements are out of operation (PR12.6)."""
    hits = _hits(input.covers)
    given = {
        "starts_at": input.starts_at,
        "ends_at": input.ends_at,
        "description": input.description,
    }
    return await info.context.write(
        chm.plan_maintenance,
        input.title,
        hits,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload={"title": input.title, "covers": hits, **given},
        **given,
    )


async def cancel_maintenance(
    info: Info, input: CancelMaintenanceInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Cancel a maintenance window; one that has begun ends now (PR12.6)."""
    return await info.context.write(
        chm.cancel_maintenance,
        str(input.window),
        expected_version=input.expected_version,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload={"window": input.window},
    )
