"""The register of the sources of configuration information (PR11.1).

sourceRegister { total unregistered overdue sources { name state owner { key } lastCompletedAt } }
"""

from collections import Counter
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.paging import page_after, page_size, read_cursor, write_cursor
from fitsm_graph.api.selection import pick
from fitsm_graph.api.sync_rights import may_look
from fitsm_graph.api.types import DateTime, Party
from fitsm_graph.confm.source_register import Registered, SourceState, source_register
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean

KIND = "RegisteredSource"
STATES = [each.value for each in SourceState]


@strawberry.type(description="A source of configuration information, as the register has it.")
class RegisteredSource:
    """What runs without being registered is here as well, without key and owner."""

    name: str = strawberry.field(description="What runs of it carry as their source.")
    key: str | None = strawberry.field(description="Null: it is not registered.")
    title: str | None
    state: str = strawberry.field(
        description="`unregistered`: it runs, and is not in the register or was retired before;"
        " `overdue`, `in_time`, or `unscheduled`: it is expected at no interval."
    )
    owner: Party | None
    covers: str | None
    ci_types: list[str]
    expected_hours: int | None
    due_at: DateTime | None = strawberry.field(
        description="By when the next run is to be completed; null: at no time."
    )
    runs: int = strawberry.field(description="That are known: the latest 100 of each scope.")
    last_run: str | None = strawberry.field(description="Key of the run that was begun last.")
    last_run_at: DateTime | None
    last_run_status: str | None
    last_completed: str | None = strawberry.field(description="Of the last one that was completed.")
    last_completed_at: DateTime | None
    elements: int | None = strawberry.field(
        description="Live elements that its runs registered, as far as you see them."
    )


@strawberry.type(description="The register of sources of configuration information (PR11.1).")
class SourceRegister:
    """Those that are to be seen to first; counts are of all there are, on this page or not."""

    total: int
    unregistered: int
    overdue: int
    sources: list[RegisteredSource]
    end_cursor: str | None = strawberry.field(
        description="For `after`; null: there is no further page."
    )


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    run = registered_sources
    field = strawberry.field(
        resolver=answering(run), graphql_type=SourceRegister, description=run.__doc__
    )
    return {"source_register": field}


async def registered_sources(
    info: Info,
    *,
    states: list[str] | None = None,
    first: int = 50,
    after: str | None = None,
) -> object:
    """Sources of configuration information: who answers, what came, what is late (PR11.1).

    All that are in use or run, or those in some states.
    """
    context, what = info.context, asked_of(info)
    sources = may_look(context.principal, context.rights)
    for at, each in enumerate(states or ()):
        if each not in STATES:
            remedy = did_you_mean(each, STATES)
            raise BadInput(f"no source is '{each[:60]}'", remedy=remedy, path=("states", at))
    size = page_size(first)
    place = read_cursor(after, KIND, 2) if after else None
    shown = what.child("sources")
    found = await source_register(
        context.graph,
        context.now,
        sources=sources,
        sight=context.sight,
        counted=shown is not None and shown.has("elements"),
    )
    counts = Counter(each.state for each in found)
    rows = [each for each in found if each.state.value in (STATES if states is None else states)]
    page, more = page_after(rows, lambda each: each.place, place, size)
    data = {
        "__typename": "SourceRegister",
        "total": len(rows),
        "unregistered": counts[SourceState.UNREGISTERED],
        "overdue": counts[SourceState.OVERDUE],
        "sources": [_row(each) for each in page],
        "endCursor": write_cursor(KIND, page[-1].place) if more else None,
    }
    return pick(data, what)


def _row(each: Registered) -> dict[str, Any]:
    begun, completed = each.begun or {}, each.completed or {}
    owner = None if each.owner is None else {**each.owner, "__typename": "Party"}
    return {
        "__typename": KIND,
        "name": each.name,
        **{name: each.record.get(name) for name in ("key", "title", "covers")},
        "state": each.state.value,
        "owner": owner,
        "ciTypes": each.record.get("ci_types") or [],
        "expectedHours": each.record.get("expected_hours"),
        "dueAt": each.due_at,
        "runs": each.runs,
        "lastRun": begun.get("key"),
        "lastRunAt": begun.get("at"),
        "lastRunStatus": begun.get("status"),
        "lastCompleted": completed.get("key"),
        "lastCompletedAt": completed.get("at"),
        "elements": each.elements,
    }
