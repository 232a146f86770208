"""When changes are not begun, and when work is agreed on: freezes and windows in a time (PR12.6).

changeWindows(effect: FREEZE, first: 1) { name startsAt endsAt why }
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.paging import page_size
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import DateTime
from fitsm_graph.chm.assessing import windows
from fitsm_graph.chm.windows import WindowEffect
from fitsm_graph.chm.within import FURTHEST, LONGEST
from fitsm_graph.kernel.clock import from_text, stored_moment, to_text
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.sms.rights import READ

strawberry.enum(WindowEffect, name="ChangeWindowEffect", description=WindowEffect.__doc__)


@strawberry.type(description="A time of a freeze, or one that work is agreed on for (PR12.6).")
class ChangeWindowTime:
    """One time of a rule, which may come again."""

    name: str = strawberry.field(description="Of the policy `change-window` that says so.")
    effect: str
    starts_at: DateTime
    ends_at: DateTime = strawberry.field(description="Not included.")
    why: str
    types: list[str] = strawberry.field(description="Types of change that it is about.")


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    return {
        "change_windows": strawberry.field(
            resolver=answering(change_windows),
            graphql_type=list[ChangeWindowTime],
            description=change_windows.__doc__,
        )
    }


async def change_windows(
    info: Info,
    since: DateTime | None = None,
    until: DateTime | None = None,
    effect: WindowEffect | None = None,
    first: int = 100,
) -> object:
    """Freezes and windows for work in a time, the next first; of a year from now on (PR12.6)."""
    context = info.context
    context.allow(READ)
    now = context.graph.clock.now()
    starts = from_text(stored_moment(since, path=("since",))) if since else now
    ends = from_text(stored_moment(until, path=("until",))) if until else starts + LONGEST
    _check_time(now, starts, ends)
    found = [
        (begins, over, name, each.value, why, sorted(rule.types))
        for each in WindowEffect
        if effect is None or each == effect
        for name, rule in windows(context.policies, each).items()
        for begins, over, why in rule.spans(starts, ends)
    ]
    asked = asked_of(info)
    return [pick(_row(*each), asked) for each in sorted(found)[: page_size(first)]]


def _check_time(now: datetime, starts: datetime, ends: datetime) -> None:
    """A time is a year long at most, and in the years that changes are planned for."""
    slack = timedelta(days=1)
    if not starts < ends <= starts + LONGEST:
        raise BadInput(
            "the time ends before it begins, or is too long",
            why=f"what comes again is worked out for {LONGEST.days} days at most",
            path=("until",),
            remedy="ask for one year after the other",
            requirement="PR12.6",
        )
    if not now - FURTHEST <= starts <= now + FURTHEST + slack:
        raise BadInput(
            "the time begins too far from now",
            why="changes are planned for five years",
            path=("since",),
            remedy="give a nearer beginning",
            requirement="PR12.6",
        )


def _row(
    begins: datetime, over: datetime, name: str, effect: str, why: str, types: Sequence[str]
) -> dict[str, Any]:
    return {
        "__typename": "ChangeWindowTime",
        "name": name,
        "effect": effect,
        "startsAt": to_text(begins),
        "endsAt": to_text(over),
        "why": why,
        "types": types,
    }
