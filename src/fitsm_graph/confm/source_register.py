"""The register of sources of configuration information: who answers, what comes, what is late.

What runs without being registered is in it as well: it is a finding, and its runs go on (PR11.1).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from fitsm_graph.flow.due import Due
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.sight import Sight, Sources
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.model.declare import Process

Row = Mapping[str, Any]


class SourceState(StrEnum):
    """How a source stands, the worst first."""

    UNREGISTERED = "unregistered"
    OVERDUE = "overdue"
    IN_TIME = "in_time"
    UNSCHEDULED = "unscheduled"


@dataclass(frozen=True, slots=True)
class Registered:
    """A source as the register has it.

    Attributes:
        record: Its properties; none: it is not registered.
        owner: ``{id, key, name, kind}`` of who answers for it; None: nobody.
        due_at: By when its next run is to be completed; None: at no time.
        runs: How many runs of it are known.
        begun: ``{key, at, status}`` of its last run; None: there was none.
        completed: Likewise of the last one that was completed.
        elements: Live ones that its runs registered; None: they were not counted.
    """

    name: str
    state: SourceState
    record: Row
    owner: Row | None
    due_at: str | None
    runs: int
    begun: Row | None
    completed: Row | None
    elements: int | None

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the register: the worst state first."""
        return (list(SourceState).index(self.state), self.name)


async def source_register(
    graph: Graph,
    now: datetime,
    *,
    sources: Sources = None,
    sight: Sight = None,
    counted: bool = False,
) -> list[Registered]:
    """All sources that are in use or run, those that are to be seen to first.

    Args:
        graph: Where they are.
        now: The moment.
        sources: Names that the reader may look at; None: all.
        sight: CI types that the reader sees; None: all.
        counted: Count the elements of each, too.
    """
    listed = None if sources is None else sorted(sources)
    seen = {"all": sight is None, "types": sorted(sight or ())}
    row = await graph.rows("confm.source_register", sources=listed, counted=counted, **seen)
    found = _registered(row[0], to_text(now), counted=counted)
    return sorted(found, key=lambda each: each.place)


def _registered(row: Row, now: str, *, counted: bool) -> Iterator[Registered]:
    runs = {each["name"]: each for each in row["runs"]}
    counts = {each["name"]: each["count"] for each in row["elements"]}
    live = {
        each["source"]["name"]: each
        for each in row["registered"]
        if each["source"].get("closed_at") is None
    }
    over: dict[str, str] = {}
    for each in row["registered"]:
        if each["source"]["name"] not in live:
            ended = each["source"]["closed_at"]
            over[each["source"]["name"]] = max(ended, over.get(each["source"]["name"], ended))
    for name in live.keys() | runs.keys():
        known, ran = live.get(name), runs.get(name, {})
        begun, completed = ran.get("begun"), ran.get("completed")
        if known is None and name in over and begun["at"] < over[name]:
            continue  # it was retired, and has not run since
        record: Row = known["source"] if known else {}
        due = due_at(record, completed["at"] if completed else None)
        state = SourceState.UNSCHEDULED if due is None else SourceState.IN_TIME
        if known is None:
            state = SourceState.UNREGISTERED
        elif due is not None and due <= now:
            state = SourceState.OVERDUE
        owner = known["owner"] if known else None
        held = counts.get(name, 0) if counted else None
        told = (due, ran.get("runs", 0), begun, completed, held)
        yield Registered(name, state, record, owner, *told)


def due_at(record: Row, completed: str | None) -> str | None:
    """By when the next run of a source is to be completed; None: it is expected at no time.

    >>> due_at({"expected_hours": 24, "created_at": "2026-11-01T08:00:00Z"}, None)
    '2026-11-02T08:00:00.000000Z'
    """
    hours = record.get("expected_hours")
    if not hours:
        return None
    since = max(completed or "", record["created_at"])
    return to_text(from_text(since) + timedelta(hours=hours))


async def sources_due(graph: Graph, _policies: Policies, now: datetime) -> list[Due]:
    """Sources of which no run was completed for longer than is expected (PR11.1)."""
    return [
        Due(
            "source_overdue",
            Process.CONFM,
            each.record["key"],
            f"a run of the source {each.name} is overdue",
            each.due_at or "",
            each.record["id"],
        )
        for each in await source_register(graph, now)
        if each.state is SourceState.OVERDUE
    ]
