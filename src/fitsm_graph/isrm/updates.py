"""When users are told of the progress, by priority (PR9.4).

    every: {"1": PT1H, "2": PT4H, "3": P1D, "4": P3D}

The rules called `default` count, unless an agreement of the record names others for its
communication; of several, what tells users the soonest.
Users wait in the time of their own clocks, so these are no hours of service. Who answers for a
record is reminded once for each moment at which they were to hear again and did not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fitsm_graph.flow.due import Due
from fitsm_graph.flow.lives import Life, life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.flow.target_form import MOST_PRIORITIES, TARGETS, UPDATES
from fitsm_graph.flow.targets import Pace
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.model.declare import Process

UPDATE_DUE = "user_update"
"""What is said to be due, as reminders call it."""


@dataclass(frozen=True, slots=True)
class UpdateRules:
    """How often users are told, by priority."""

    every: Mapping[int, timedelta]


def parse_updates(_name: str, document: Any, read: Reader) -> UpdateRules | None:
    """Read how often users are told."""
    given = read.fields(document, (), ("every",), ("every",))
    path: Path = ("every",)
    said = read.mapping(given.get("every"), path, "durations by priority")
    wanted = [str(number) for number in range(1, len(said) + 1)]
    if sorted(said) != wanted or len(said) > MOST_PRIORITIES:
        remedy = 'call them "1", "2" and so on, the highest first'
        read.wrong("TARGETS_GAP", path, "priorities are not numbered from 1 on", remedy)
        return None
    every = {int(name): read.span(said[name], (*path, name)) for name in wanted}
    longest = timedelta()
    for number, span in every.items():
        if span is not None and span < longest:
            what = f"users hear more often of priority {number} than of a higher one"
            read.wrong("TARGETS_ORDER", (*path, str(number)), what, "give it as much or more")
        longest = max(longest, span or longest)
    return UpdateRules({number: span for number, span in every.items() if span is not None})


def next_update(policies: Policies, life: Life, record: Mapping[str, Any]) -> str | None:
    """When users are to be told again; None: it is resolved, or no rule says so.

    Args:
        policies: In force.
        life: Of the record.
        record: Its properties; it begins when it is created.
    """
    state = life.states.get(str(record["status"]))
    if state is not None and state.pace is Pace.STOPS:
        return None
    priority = record.get("priority") or 0
    spans = [
        found.value.every[priority]
        for name in _names(policies, record.get("agreed") or ())
        if (found := policies.find(UPDATES, name)) is not None and priority in found.value.every
    ]
    if not spans:
        return None
    last = record.get("users_updated_at") or record["created_at"]
    return to_text(from_text(last) + min(spans))


def _names(policies: Policies, agreed: Iterable[str]) -> set[str]:
    """Names of the rules that count for a record, as its agreements say by now.

    Args:
        policies: In force.
        agreed: Keys of the versions of targets and calendars that it keeps.
    """
    names = [key.split("/")[1] for key in agreed if key.startswith(f"{TARGETS}/")]
    agreements = [policies.find(TARGETS, name) for name in names]
    said = {each.value.communication or DEFAULT for each in agreements if each is not None}
    return said or {DEFAULT}


async def updates_due(graph: Graph, policies: Policies, now: datetime) -> list[Due]:
    """Incidents and service requests of which users were to hear again by now (PR9.4)."""
    going = {
        name: life_of(policies, kind).going
        for name, kind in (("states", "Incident"), ("requests", "ServiceRequest"))
    }
    return [
        Due(
            UPDATE_DUE,
            Process.ISRM,
            row["key"],
            f"users are to hear how {row['key']} stands",
            row["due"],
            row["id"],
        )
        for row in await graph.rows("isrm.updates_due", **going, at=to_text(now))
    ]
