"""Changes and maintenance windows over GraphQL (PR12)."""

from typing import Any

import strawberry

from fitsm_graph.api.answers import Info
from fitsm_graph.api.disturbances import (
    Change,
    HitInput,
    MaintenanceWindow,
    acting,
    asking,
    hits_of,
    page,
)
from fitsm_graph.api.mutations import Act, options_of
from fitsm_graph.api.types import DateTime
from fitsm_graph.chm import service as chm
from fitsm_graph.graph.graph import Outcome


@strawberry.input(description="A change with what it alters.")
class RegisterChangeInput(Act):
    """The effects hold while it is being implemented; the planned times are for the schedule."""

    title: str
    changes: list[HitInput]
    description: str = ""
    planned_starts_at: DateTime | None = None
    planned_ends_at: DateTime | None = None


@strawberry.input(description="A change to go on with.")
class ChangeInput(Act):
    """By id or key."""

    ref: strawberry.ID
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


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    return {
        "changes": asking(changes, "Change", Change, "Changes, newest first."),
        "maintenance_windows": asking(
            maintenance_windows, "MaintenanceWindow", MaintenanceWindow, "Windows, newest first."
        ),
    }


def verbs() -> dict[str, Any]:
    """Fields of the mutation type."""
    on_changes = acting("Change", register_change, begin_change, complete_change, cancel_change)
    return on_changes | acting("MaintenanceWindow", plan_maintenance, cancel_maintenance)


async def changes(
    info: Info, *, open: bool = True, first: int = 50, after: str | None = None
) -> object:
    """Changes, the newest first; not over unless said otherwise (PR12.6)."""
    return await page(info, "Change", first, after, only_open=open)


async def maintenance_windows(
    info: Info, *, open: bool = True, first: int = 50, after: str | None = None
) -> object:
    """Maintenance windows, the newest first; not over unless said otherwise (PR12.6)."""
    return await page(info, "MaintenanceWindow", first, after, only_open=open)


async def register_change(
    info: Info, input: RegisterChangeInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Register a change with what it alters (PR12.1)."""
    hits = hits_of(input.changes)
    given = {
        "planned_starts_at": input.planned_starts_at,
        "planned_ends_at": input.planned_ends_at,
        "description": input.description,
    }
    return await info.context.write(
        chm.register_change,
        info.context.policies,
        input.title,
        hits,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload={"title": input.title, "changes": hits, **given},
        **given,
    )


async def begin_change(
    info: Info, input: ChangeInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Begin to implement a change; its elements are in the state it names (PR12.2)."""
    return await _go_on(info, chm.begin_change, input, dry_run=dry_run, key=idempotency_key)


async def complete_change(
    info: Info, input: ChangeInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Say that a change is implemented; its elements are as before (PR12.2)."""
    return await _go_on(info, chm.complete_change, input, dry_run=dry_run, key=idempotency_key)


async def cancel_change(
    info: Info, input: ChangeInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Give a change up, before it begins or while it is being implemented (PR12.2)."""
    return await _go_on(info, chm.cancel_change, input, dry_run=dry_run, key=idempotency_key)


async def _go_on(info: Info, verb: Any, input: ChangeInput, *, dry_run: bool, key: str) -> Outcome:
    return await info.context.write(
        verb,
        info.context.policies,
        str(input.ref),
        expected_version=input.expected_version,
        options=options_of(input, dry_run=dry_run, key=key),
        payload={"ref": input.ref, "expected": input.expected_version},
    )


async def plan_maintenance(
    info: Info, input: PlanMaintenanceInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Plan a window in which elements are out of operation (PR12.6)."""
    hits = hits_of(input.covers)
    given = {
        "starts_at": input.starts_at,
        "ends_at": input.ends_at,
        "description": input.description,
    }
    return await info.context.write(
        chm.plan_maintenance,
        info.context.policies,
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
        info.context.policies,
        str(input.window),
        expected_version=input.expected_version,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload={"window": input.window},
    )
