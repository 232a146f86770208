"""What the clocks of an incident or service request show, at any time, read from the ledger.

serviceClocks(of: "INC-000001") { name dueAt brokenAt left warnings { share at } }
"""

from datetime import datetime, timedelta
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import DateTime
from fitsm_graph.flow.agreements import ServiceClock
from fitsm_graph.flow.calendars import HORIZON
from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.past_states import steps_of
from fitsm_graph.graph.changes import kind_of
from fitsm_graph.graph.tx import found
from fitsm_graph.isrm.cases import asked_for
from fitsm_graph.isrm.clocks import agreements_of, read_clocks
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.sms.rights import READ

MOST_AHEAD = timedelta(days=366)
"""How far ahead clocks are read."""


@strawberry.type(description="A share of a target's time that somebody is to be warned at.")
class ClockWarning:
    """That is due since a moment."""

    share: float = strawberry.field(description="Of the time that the target gives.")
    at: DateTime


@strawberry.type(description="What the clock of a service target shows (PR9.2).")
class ServiceClockReading:
    """Of the tightest agreement, where several hold."""

    name: str = strawberry.field(description="`response` or `resolution`.")
    agreement: str = strawberry.field(description="Version of the targets.")
    calendar: str = strawberry.field(description="Version of the service calendar.")
    within: int = strawberry.field(description="Service time of the target, in seconds.")
    used: int = strawberry.field(description="Service time that was used, in seconds.")
    left: int = strawberry.field(description="What is left, in seconds; negative: it is broken.")
    pace: str = strawberry.field(description="It `runs`, `waits` or `stops`.")
    due_at: DateTime | None = strawberry.field(description="When it breaks if nothing changes.")
    broken_at: DateTime | None = strawberry.field(description="Since when it is broken.")
    met_at: DateTime | None = strawberry.field(description="When it was met.")
    warnings: list[ClockWarning] = strawberry.field(description="Those that are due.")


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    return {
        "service_clocks": strawberry.field(
            resolver=answering(service_clocks),
            graphql_type=list[ServiceClockReading],
            description=service_clocks.__doc__,
        )
    }


async def service_clocks(info: Info, of: strawberry.ID, at: DateTime | None = None) -> object:
    """The clocks of an incident or service request, now or at a moment since it began (PR9.2)."""
    context, what = info.context, asked_of(info)
    context.allow(READ)
    now = moment_of(at, context.now)
    given = asked_for("", str(of))
    row = found(
        await context.graph.rows("isrm.case_context", **given), "incident or request", str(of)
    )
    life = life_of(context.policies, kind_of(row["labels"]))
    steps = steps_of(row["record"], row["changes"])
    agreed = agreements_of(context.policies, row["record"], row["versions"])
    shown = read_clocks(life, row["record"], steps, agreed, now)
    return [pick(_shown(name, each), what) for name, each in shown.items()]


def moment_of(at: str | None, now: datetime) -> datetime:
    """The moment that clocks are read at; now when none is asked for.

    Raises:
        BadInput: It is none, or so far away that reading clocks there tells nothing.
    """
    moment = from_text(at, path=("at",)) if at is not None else now
    if -HORIZON <= moment - now <= MOST_AHEAD:
        return moment
    raise BadInput(
        f"clocks are not read at {to_text(moment)}",
        why="every hour up to there would be counted",
        remedy=f"ask for a moment from {HORIZON.days} days ago to {MOST_AHEAD.days} days from now",
        path=("at",),
        requirement="PR9.2",
    )


def _shown(name: str, clock: ServiceClock) -> dict[str, Any]:
    reading = clock.reading
    moments = {"dueAt": reading.due, "brokenAt": reading.broken_at, "metAt": reading.met_at}
    return {
        "__typename": "ServiceClockReading",
        "name": name,
        "agreement": clock.agreement,
        "calendar": clock.calendar,
        "within": int(clock.target.within.total_seconds()),
        "used": int(reading.used.total_seconds()),
        "left": int(reading.left.total_seconds()),
        "pace": reading.pace.value,
        **{name: to_text(each) if each is not None else None for name, each in moments.items()},
        "warnings": [
            {"__typename": "ClockWarning", "share": share, "at": to_text(since)}
            for share, since in reading.warned
        ],
    }
