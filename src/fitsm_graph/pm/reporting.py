"""The regular report of problems: how many, how long, how old, and what helps (PR10.2, PR10.3).

Counted is what the records say when the report is made: a known error that was retired in the
period is none at its end, and what helps is what helps now.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from fitsm_graph.flow.quality import GIVEN_UP
from fitsm_graph.flow.tallying import aged, grouped, known, median_of, within

Row = Mapping[str, Any]
AGES = (("up to a week", 7), ("up to a month", 30), ("up to a quarter", 91), ("longer", None))
"""How long problems of the backlog are open, in days."""
DAY = timedelta(days=1)
GROUPS: Mapping[str, Callable[[Row], Sequence[str]]] = {
    "by_service": lambda row: row["services"],
    "by_element": lambda row: row["elements"],
    "by_cause": lambda row: row["causes"],
    "by_category": lambda row: [row["record"].get("category") or "-"],
    "by_source": lambda row: [row["record"].get("source") or "-"],
    "by_group": lambda row: [row["owner"] or "-"],
}
"""By what problems are counted; one may stand in several lines."""


def report(rows: Sequence[Row], since: str, until: str, service: str = "") -> dict[str, Any]:
    """Numbers of a period, half-open.

    Args:
        rows: Of `pm.problems_between`.
        since: The beginning, in the stored form.
        until: The end.
        service: Key of the only service that is meant; empty: all are.
    """
    rows = [
        {**row, "record": known(row["record"])}
        for row in rows
        if not service or service in row["services"]
    ]
    alone = [each for row in rows for each in row["known"] if _helpless(each, until)]
    return {
        **_line(rows, since, until),
        **{name: _by(rows, since, until, of) for name, of in GROUPS.items()},
        "without_workaround": [
            {"key": each["key"], "title": each["title"], "since": each["created_at"]}
            for each in sorted(alone, key=lambda each: (each["created_at"], each["key"]))
        ],
        "poor": [
            {"key": row["record"]["key"], "title": row["record"]["title"], "lacks": row["lacks"]}
            for row in rows
            if row["lacks"] and _looked_at(row["record"], since, until)
        ],
    }


def _line(rows: Iterable[Row], since: str, until: str) -> dict[str, Any]:
    """Counts, times and ages of some problems."""
    rows = list(rows)
    records = [each["record"] for each in rows]
    over = [each for each in records if within(each.get("closed_at"), since, until)]
    solved = [each for each in over if each["status"] not in GIVEN_UP]
    late = [each for each in solved if each.get("due_at") and each["closed_at"] > each["due_at"]]
    first = [
        (each["record"]["created_at"], each["known"][0]["created_at"])
        for each in rows
        if each["known"] and within(each["known"][0]["created_at"], since, until)
    ]
    backlog = [each["created_at"] for each in records if _open_at(each, until)]
    moved = (moment for each in rows for moment in each["handed_on"])
    return {
        "registered": sum(within(each["created_at"], since, until) for each in records),
        "resolved": len(solved),
        "resolved_late": len(late),
        "given_up": len(over) - len(solved),
        "known": len(first),
        "open": len(backlog),
        "reassigned": sum(within(each, since, until) for each in moved),
        "days_to_known_error": median_of(first, DAY),
        "days_to_resolve": median_of(
            ((each["created_at"], each["closed_at"]) for each in solved), DAY
        ),
        "ageing": aged(backlog, until, AGES),
    }


def _by(
    rows: Iterable[Row], since: str, until: str, names: Callable[[Row], Sequence[str]]
) -> list[dict[str, Any]]:
    """The same for each group of problems, the most open ones first."""
    groups = grouped(rows, lambda row: names(row) or ["-"])
    lines = [{"name": name, **_line(each, since, until)} for name, each in groups.items()]
    told = [
        line for line in lines if any(line[each] for each in ("registered", "resolved", "open"))
    ]
    return sorted(told, key=lambda line: (-line["open"], -line["registered"], line["name"]))


def _open_at(record: Row, moment: str) -> bool:
    ended = record.get("closed_at")
    return record["created_at"] < moment and (ended is None or ended >= moment)


def _helpless(known_error: Row, until: str) -> bool:
    """Whether nothing helps against a known error that was there at the end of the period."""
    return _open_at(known_error, until) and not known_error["helps"]


def _looked_at(record: Row, since: str, until: str) -> bool:
    """Whether something has to be known of it: it is open, or was resolved in the period."""
    ended = record.get("closed_at")
    return ended is None or (record["status"] not in GIVEN_UP and within(ended, since, until))
