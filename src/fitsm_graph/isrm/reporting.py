"""The regular reports of incidents and of service requests: how many, how long, how well (PR9.5).

Counted is what the records say when the report is made: an incident that was opened again after the
period is not resolved in it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from fitsm_graph.flow.availability import spans_of, taken_down, within
from fitsm_graph.flow.tallying import aged, grouped, known, median_of
from fitsm_graph.flow.tallying import within as happened
from fitsm_graph.kernel.clock import from_text

Row = Mapping[str, Any]
AGES = (("up to a day", 1), ("up to a week", 7), ("up to a month", 30), ("longer", None))
"""How long incidents of the backlog are open, in days."""


def report(
    rows: Sequence[Row], since: str, until: str, service: str = "", now: str = ""
) -> dict[str, Any]:
    """Numbers of a period, half-open.

    Args:
        rows: Of `isrm.incidents_between`.
        since: The beginning, in the stored form.
        until: The end.
        service: Key of the only service that is meant; empty: all are.
        now: What lies after that has not happened, in the stored form; empty: all has.
    """
    rows = [{**row, "record": known(row["record"])} for row in rows]
    over = min(until, now or until)
    if service:
        rows = [row for row in rows if service in row["record"].get("services", ())]
    resolved = [each for each in rows if happened(each["record"].get("resolved_at"), since, until)]
    given_up = [each for each in resolved if each["record"]["status"] == "rejected"]
    done = [each for each in resolved if each["record"]["status"] != "rejected"]
    backlog = [each for each in rows if _open_at(each["record"], until)]
    return {
        **_line(rows, since, until),
        "given_up": len(given_up),
        "reopened": sum(each["record"].get("reopened", 0) > 0 for each in done),
        "major": sum(happened(each["record"].get("major_since"), since, until) for each in rows),
        "backlog": len(backlog),
        "hours_in_effect": _together((row["record"] for row in rows), since, over),
        "hours_down": _together(
            (row["record"] for row in rows if _takes_down(row["record"], service)), since, over
        ),
        "ageing": _ageing(backlog, until),
        "by_priority": _by(rows, since, until, lambda row: [str(row["record"].get("priority"))]),
        "by_category": _by(rows, since, until, lambda row: [row["record"].get("category") or "-"]),
        "by_group": _by(rows, since, until, lambda row: [row["owner"] or "-"]),
        "by_service": _by(rows, since, until, lambda row: row["record"].get("services") or ["-"]),
        "by_cause": _by(rows, since, until, lambda row: row["causes"] or ["-"]),
        "poor": [
            {"key": each["record"]["key"], "title": each["record"]["title"], "lacks": each["lacks"]}
            for each in done
            if each["lacks"]
        ],
    }


def request_report(
    rows: Sequence[Row], since: str, until: str, service: str = ""
) -> dict[str, Any]:
    """Numbers of the service requests of a period, half-open.

    Args:
        rows: Of `isrm.requests_between`.
        since: The beginning, in the stored form.
        until: The end.
        service: Key of the only service that is meant; empty: all are.
    """
    rows = [
        {**row, "record": known(row["record"])}
        for row in rows
        if not service or row["service"] == service
    ]
    done = [
        each["record"]
        for each in rows
        if happened(each["record"].get("resolved_at"), since, until)
        and each["record"]["status"] != "rejected"
    ]
    backlog = [each for each in rows if _waits_at(each["record"], until)]
    line = _line(rows, since, until)
    given_up = [
        each["record"]
        for each in rows
        if each["record"]["status"] == "rejected"
        and happened(each["record"].get("closed_at"), since, until)
    ]
    return {
        **line,
        "given_up": len(given_up),
        "reopened": sum(each.get("reopened", 0) > 0 for each in done),
        "backlog": len(backlog),
        "ageing": _ageing(backlog, until),
        "by_priority": _by(rows, since, until, lambda row: [str(row["record"].get("priority"))]),
        "by_offering": _by(rows, since, until, lambda row: [row["offering"] or "-"]),
        "by_service": _by(rows, since, until, lambda row: [row["service"] or "-"]),
        "by_group": _by(rows, since, until, lambda row: [row["owner"] or "-"]),
    }


def _line(rows: Iterable[Row], since: str, until: str) -> dict[str, Any]:
    """Counts, times and results of some incidents."""
    rows = list(rows)
    records = [each["record"] for each in rows]
    moved = (moment for each in rows for moment in each["handed_on"])
    fresh = [each for each in records if happened(each["created_at"], since, until)]
    done = [
        each
        for each in records
        if happened(each.get("resolved_at"), since, until) and each["status"] != "rejected"
    ]
    late = [each for each in done if each.get("resolution_due_at")]
    answered = [each for each in records if happened(each.get("responded_at"), since, until)]
    slow = [each for each in answered if each.get("response_due_at")]
    return {
        "registered": len(fresh),
        "resolved": len(done),
        "response_met": len(answered) - len(slow),
        "response_broken": len(slow),
        "resolution_met": len(done) - len(late),
        "resolution_broken": len(late),
        "reassigned": sum(happened(each, since, until) for each in moved),
        "hours_to_respond": _hours(answered, "responded_at"),
        "hours_to_resolve": _hours(done, "resolved_at"),
    }


def _by(
    rows: Iterable[Row], since: str, until: str, names: Callable[[Row], Iterable[str]]
) -> list[dict[str, Any]]:
    """The same for each group of incidents, the most first; one may stand in several."""
    groups = grouped(rows, names)
    lines = [{"name": name, **_line(each, since, until)} for name, each in groups.items()]
    told = [each for each in lines if each["registered"] or each["resolved"]]
    return sorted(told, key=lambda each: (-each["registered"], -each["resolved"], each["name"]))


def _open_at(record: Row, moment: str) -> bool:
    ended = record.get("resolved_at")
    return record["created_at"] < moment and (ended is None or ended >= moment)


def _waits_at(record: Row, moment: str) -> bool:
    """Whether somebody waits for a request: it was neither delivered nor given up by then."""
    ends = [each for each in (record.get("resolved_at"), record.get("closed_at")) if each]
    return record["created_at"] < moment and all(each >= moment for each in ends)


def _hours(records: Iterable[Row], field: str) -> float | None:
    """The median of hours since registration; None where there is nothing."""
    return median_of(((each["created_at"], each[field]) for each in records), timedelta(hours=1))


def _takes_down(incident: Row, service: str) -> bool:
    """Whether an incident took a service, or any of them, DOWN."""
    down = taken_down(incident)
    return service in down if service else bool(down)


def _together(incidents: Iterable[Row], since: str, until: str) -> float:
    """Hours of a period in which one of some incidents or more was in effect; each hour once."""
    first, last = from_text(since), from_text(until)
    spans = within(spans_of(incidents, last), first, last)
    whole = sum((ends - begins for begins, ends in spans), timedelta())
    return round(whole / timedelta(hours=1), 2)


def _ageing(backlog: Iterable[Row], until: str) -> list[dict[str, Any]]:
    return aged((each["record"]["created_at"] for each in backlog), until, AGES)
