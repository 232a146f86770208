"""The report of problems of a period, on problems whose numbers are counted by hand."""

from typing import Any

import pytest

from fitsm_graph.pm.reporting import report

SINCE, UNTIL = "2026-06-01T00:00:00.000000Z", "2026-07-01T00:00:00.000000Z"


def moment(day: str) -> str:
    return f"2026-{day}T00:00:00.000000Z"


def row(key: str, created: str, closed: str | None = None, **more: Any) -> dict[str, Any]:
    beside = {name: more.pop(name, []) for name in ("services", "elements", "causes", "lacks")}
    beside["handed_on"] = [moment(each) for each in more.pop("handed_on", ())]
    beside["known"] = [
        {
            "key": f"{key}-{at}",
            "title": "it leaks",
            "created_at": moment(at),
            "closed_at": moment(over) if over else None,
            "helps": helps,
        }
        for at, over, helps in more.pop("known", ())
    ]
    record = {"key": key, "title": key, "created_at": moment(created), "status": "registered"}
    record["closed_at"] = moment(closed) if closed else None
    if closed:
        record["status"] = "resolved"
    return {"record": {**record, **more}, "owner": more.pop("owner", None), **beside}


ROWS = [
    row("old", "01-01", source="trend", category="storage", services=["mail"],
        known=[("06-11", None, False), ("06-20", None, True)], handed_on=["06-02", "05-01"]),
    row("late", "05-22", "06-21", due_at=moment("06-20"), services=["mail", "web"],
        elements=["host"], causes=["host"], known=[("05-23", None, False)]),
    row("in time", "06-01", "06-11", due_at=moment("06-20"), elements=["host", "spare"],
        known=[("06-03", "06-11", False)]),
    row("none", "06-05", "06-06", status="rejected", lacks=["cause"]),
    row("after", "06-28", "07-01", source="trend", known=[("07-01", None, False)], lacks=["owner"]),
    row("new", "06-29", lacks=["category", "owner"]),
]  # fmt: skip


def test_a_period_is_counted() -> None:
    told = report(ROWS, SINCE, UNTIL)
    assert (told["registered"], told["resolved"], told["given_up"]) == (4, 2, 1)
    assert (told["resolved_late"], told["reassigned"], told["open"]) == (1, 1, 3)
    assert (told["known"], told["days_to_known_error"]) == (2, 81.5), "161 days, and 2"
    assert told["days_to_resolve"] == 20.0, "30 days, and 10"
    assert [each["count"] for each in told["ageing"]] == [2, 0, 0, 1]


def test_nothing_helps_against_known_errors_that_are_left() -> None:
    told = report(ROWS, SINCE, UNTIL)["without_workaround"]
    assert [each["key"] for each in told] == ["late-05-23", "old-06-11"]
    assert told[1]["since"] == moment("06-11")


def test_what_is_missing_is_told_of_open_ones_and_of_resolved_ones() -> None:
    poor = report(ROWS, SINCE, UNTIL)["poor"]
    assert poor == [{"key": "new", "title": "new", "lacks": ["category", "owner"]}]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("by_service", {"-": (4, 1, 2), "mail": (0, 1, 1), "web": (0, 1, 0)}),
        ("by_element", {"-": (3, 0, 3), "host": (1, 2, 0), "spare": (1, 1, 0)}),
        ("by_cause", {"-": (4, 1, 3), "host": (0, 1, 0)}),
        ("by_category", {"-": (4, 2, 2), "storage": (0, 0, 1)}),
        ("by_source", {"-": (3, 2, 1), "trend": (1, 0, 2)}),
        ("by_group", {"-": (4, 2, 3)}),
    ],
)
def test_it_is_told_by_group(name: str, expected: dict[str, tuple[int, int, int]]) -> None:
    lines = report(ROWS, SINCE, UNTIL)[name]
    told = {each["name"]: (each["registered"], each["resolved"], each["open"]) for each in lines}
    assert told == expected
    assert [each["open"] for each in lines] == sorted((e["open"] for e in lines), reverse=True)


def test_of_one_service_alone() -> None:
    told = report(ROWS, SINCE, UNTIL, "web")
    assert (told["registered"], told["resolved"], told["open"]) == (0, 1, 0)
    assert [each["key"] for each in told["without_workaround"]] == ["late-05-23"]


def test_nothing_is_nothing() -> None:
    told = report([], SINCE, UNTIL)
    assert (told["registered"], told["days_to_resolve"], told["by_service"]) == (0, None, [])
    assert sum(each["count"] for each in told["ageing"]) == 0
