"""What became of releases: of one, incidents near it, and of all of a period (PR13.6)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from statistics import median
from typing import Any, Protocol

from fitsm_graph.graph.changes import Properties
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import from_text


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


def releases_report(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Numbers of the releases of a period, and each of them.

    Args:
        rows: Of `rdm.releases_between`.
    """
    return {
        **_line(rows),
        "by_type": _by(rows, "type"),
        "by_strategy": _by(rows, "strategy"),
        "releases": [_told(each) for each in rows],
    }


def _line(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    records = [each["record"] for each in rows]
    outcomes = [each["outcome"] for each in records]
    minutes = [each for each in map(_minutes, records) if each is not None]
    verdicts = [each["reviews"][-1]["success"] for each in rows if each["reviews"]]
    return {
        "count": len(rows),
        "successful": outcomes.count("successful"),
        "failed": outcomes.count("failed"),
        "backed_out": outcomes.count("backed_out"),
        "late": sum(map(_is_late, records)),
        "changes": sum(each["changes"] for each in rows),
        "waves": sum(each["waves"] for each in rows),
        "failures": sum(each["failures"] or 0 for each in records),
        "minutes": round(median(minutes), 2) if minutes else None,
        "reviewed": len(verdicts),
        "found_good": sum(verdicts),
        "incidents": len({key for each in rows for key in _incidents(each)}),
    }


def _by(rows: Sequence[Mapping[str, Any]], field: str) -> list[dict[str, Any]]:
    groups: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for each in rows:
        groups[each["record"][field] or "-"].append(each)
    lines = [{"name": name, **_line(found)} for name, found in groups.items()]
    return sorted(lines, key=lambda each: (-each["count"], each["name"]))


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    record = row["record"]
    return {
        **{name: record[name] for name in ("key", "title", "type", "outcome", "deployed_at")},
        "owner": row["owner"],
        "changes": row["changes"],
        "waves": row["waves"],
        "failures": record["failures"] or 0,
        "late": _is_late(record),
        "minutes": _minutes(record),
        "found_good": row["reviews"][-1]["success"] if row["reviews"] else None,
        "incidents": sorted(_incidents(row)),
    }


def _is_late(record: Mapping[str, Any]) -> bool:
    planned = record["planned_ends_at"]
    return planned is not None and record["deployed_at"] > planned


def _minutes(record: Mapping[str, Any]) -> float | None:
    if record["begun_at"] is None:
        return None
    took = from_text(record["deployed_at"]) - from_text(record["begun_at"])
    return round(took / timedelta(minutes=1), 2)


def _incidents(row: Mapping[str, Any]) -> set[str]:
    return {key for review in row["reviews"] for key in review["incidents"] or ()}
