"""What became of a release: incidents near it, in time and in the graph (PR13.6)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from fitsm_graph.graph.changes import Properties
from fitsm_graph.impact.reach import Reaches


class Reading(Protocol):
    """Whatever runs a named statement."""

    async def rows(self, name: str, **parameters: Any) -> list[Properties]:
        """All rows by column name."""


async def incidents_near(
    reader: Reading, reaching: Reaches, release: Mapping[str, Any], elements: Iterable[str]
) -> list[str]:
    """Keys of incidents that began while a release was deployed or watched, on what rests on it.

    Args:
        reader: Runs the statement.
        reaching: Says what gets worse with its elements.
        release: Its properties.
        elements: Ids of what it altered.
    """
    since, until = release.get("begun_at"), release.get("watched_until")
    if since is None or until is None:
        return []
    cone = reaching.cone(elements)
    (row,) = await reader.rows("rdm.incidents_between", since=since, until=until)
    return near(row["incidents"], cone)


def near(incidents: Sequence[Mapping[str, Any]], cone: frozenset[str]) -> list[str]:
    """Keys of those incidents that affect something of a cone."""
    return sorted(each["key"] for each in incidents if cone & set(each["elements"]))
