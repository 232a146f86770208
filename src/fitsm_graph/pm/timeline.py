"""What went on around a problem, in order: incidents, and what changed before each (PR10.2)."""

from collections.abc import Iterable, Mapping
from typing import Any

from fitsm_graph.kernel.clock import from_text

Row = Mapping[str, Any]
INCIDENT = "incident"


def timeline(events: Iterable[Row]) -> list[dict[str, Any]]:
    """Events in the order in which they began, each incident with what changed last before it.

    Of several changes that began at the same time, the nearest in the graph is told.

    Args:
        events: ``{what, key, starts_at, hops, …}`` each.
    """
    found: list[dict[str, Any]] = []
    last: Row | None = None
    for event in sorted(events, key=_place):
        after = hours = None
        if event["what"] == INCIDENT and last is not None:
            after, hours = last["key"], _hours(last["starts_at"], event["starts_at"])
        if event["what"] != INCIDENT and (
            last is None or last["starts_at"] < event["starts_at"] or last["hops"] >= event["hops"]
        ):
            last = event
        found.append({**event, "after": after, "hours_after": hours})
    return found


def _place(event: Row) -> tuple[Any, ...]:
    """By beginning; what changed at the very moment of an incident stands before it."""
    return event["starts_at"], event["what"] == INCIDENT, -event["hops"], event["key"]


def _hours(first: str, later: str) -> float:
    return round((from_text(later) - from_text(first)).total_seconds() / 3_600, 2)
