"""What falls due in change management: meetings of the board, by a rhythm, a policy (PR12.4).

every: P14D
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fitsm_graph.flow.due import Due
from fitsm_graph.flow.policies import Policies, PolicyKind
from fitsm_graph.flow.reading import Reader
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.model.declare import Process

RHYTHM = "cab-rhythm"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often the change advisory board meets."""

    every: timedelta


def parse_rhythm(_name: str, document: Any, read: Reader) -> Rhythm | None:
    """Read how often the board meets."""
    given = read.fields(document, (), ("every",), ("every",))
    every = read.span(given.get("every"), ("every",))
    return None if every is None else Rhythm(every)


RHYTHM_KIND = PolicyKind(
    RHYTHM, "How often the change advisory board meets.", "PR12.4", parse_rhythm
)


async def meetings_due(graph: Graph, policies: Policies, now: datetime) -> list[Due]:
    """A meeting that the rhythm asks for and nobody convened, and those nobody told of (PR12.4)."""
    it = policies.find(RHYTHM, DEFAULT)
    (row,) = await graph.rows("chm.cab_rhythm", called=DEFAULT, at=to_text(now))
    found = [
        Due(
            "cab_minutes",
            Process.CHM,
            each["key"],
            f"{each['key']} was to be held: what came of it is not told",
            each["starts_at"],
            each["id"],
        )
        for each in row["behind"]
    ]
    if it is None or row["ahead"] or row["behind"]:
        return found
    since = max(filter(None, (row["last"], row["since"])), default=to_text(now))
    due = from_text(since) + it.value.every
    if due <= now:
        title = "the change advisory board was to meet, and is not convened"
        found.append(Due("cab_meeting", Process.CHM, it.key, title, to_text(due)))
    return found
