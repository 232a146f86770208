"""The report of a period, on incidents whose numbers are counted by hand."""

from typing import Any

from fitsm_graph.isrm.reporting import report

SINCE, UNTIL = "2026-06-01T00:00:00.000000Z", "2026-07-01T00:00:00.000000Z"


def moment(day: str) -> str:
    return f"2026-{day}:00:00.000000Z"


def row(key: str, created: str, resolved: str | None = None, **more: Any) -> dict[str, Any]:
    given = {"owner": more.pop("owner", None), "causes": more.pop("causes", [])}
    given["lacks"] = more.pop("lacks", [])
    given["handed_on"] = [moment(each) for each in more.pop("handed_on", ())]
    nothing = dict.fromkeys(("reopened", "resolved_at", "services"))
    record = {**nothing, "key": key, "title": key, "created_at": moment(created)}
    record |= {"starts_at": moment(created), "ends_at": moment(resolved) if resolved else None}
    record["status"] = "registered"
    if resolved:
        record |= {"resolved_at": moment(resolved), "status": "resolved"}
    return {"record": {**record, **more}, **given}


ROWS = [
    row("before", "05-31T00", "06-01T00", services=["mail"], responded_at=moment("05-31T01"),
        category="power", cause="x", closure_code="fixed", owner="ops", causes=["fuse"]),
    row("inside", "06-10T00", "06-10T08", services=["mail", "wiki"], reopened=1, priority=1,
        lacks=["category", "owner"], handed_on=["06-10T01", "06-10T02", "07-01T00"],
        responded_at=moment("06-10T02"), response_due_at=moment("06-10T01"),
        resolution_due_at=moment("06-10T04")),
    row("after", "06-20T00", "07-02T00", services=["wiki"], major_since=moment("06-20T01")),
    row("open", "05-01T00", owner="ops", lacks=["category"], handed_on=["05-02T00", "06-01T00"]),
    row("new", "06-30T12"),
    {**row("none", "06-05T00"), "record": {**row("none", "06-05T00", "06-06T00")["record"],
                                           "status": "rejected"}},
]  # fmt: skip


def test_a_period_is_counted() -> None:
    told = report(ROWS, SINCE, UNTIL)
    assert (told["registered"], told["resolved"], told["given_up"]) == (4, 2, 1)
    assert (told["reopened"], told["major"], told["backlog"]) == (1, 1, 3)
    assert told["reassigned"] == 3, "once in May, and once in July"
    assert (told["response_met"], told["response_broken"]) == (0, 1), "before was answered in May"
    assert (told["resolution_met"], told["resolution_broken"]) == (1, 1)
    assert (told["hours_to_respond"], told["hours_to_resolve"]) == (2.0, 16.0)
    assert [each["count"] for each in told["ageing"]] == [1, 0, 1, 1]


def test_it_is_told_by_service_cause_group_and_priority() -> None:
    told = report(ROWS, SINCE, UNTIL)
    by = {name: {e["name"]: (e["registered"], e["resolved"]) for e in told[name]}
          for name in ("by_service", "by_cause", "by_group", "by_priority")}  # fmt: skip
    assert by["by_service"] == {"-": (2, 0), "mail": (1, 2), "wiki": (2, 1)}
    assert by["by_cause"] == {"fuse": (0, 1), "-": (4, 1)}
    assert by["by_group"] == {"ops": (0, 1), "-": (4, 1)}
    assert by["by_priority"] == {"1": (1, 1), "None": (3, 1)}


def test_hours_that_several_are_in_effect_count_once() -> None:
    hours = [
        row("a", "06-01T00", "06-01T06", services=["mail", "wiki"], services_down=1),
        row("b", "06-01T04", "06-01T10", services=["wiki"], services_down=0),
        row("c", "05-31T20", "06-01T01", services=["mail"], services_down=1),
        row("d", "06-30T22", services=["mail"], services_down=0),
        row("e", "06-02T00", "06-03T00", services=["mail"], services_down=1, status="rejected"),
    ]
    told = report(hours, SINCE, UNTIL)
    assert (told["hours_in_effect"], told["hours_down"]) == (12.0, 6.0)
    told = report(hours, SINCE, UNTIL, "wiki")
    assert (told["registered"], told["hours_in_effect"], told["hours_down"]) == (2, 10.0, 0.0)
    told = report(hours, SINCE, UNTIL, "mail", now=moment("06-30T23"))
    assert (told["registered"], told["hours_in_effect"], told["hours_down"]) == (3, 7.0, 6.0)
    assert report([], SINCE, UNTIL, "mail")["hours_in_effect"] == 0.0


def test_records_that_nobody_learns_from_are_named() -> None:
    (poor,) = report(ROWS, SINCE, UNTIL)["poor"]
    assert poor["key"] == "inside"
    assert poor["lacks"] == ["category", "owner"]


def test_nothing_is_nothing() -> None:
    told = report([], SINCE, UNTIL)
    assert (told["registered"], told["hours_to_resolve"], told["by_service"]) == (0, None, [])


class Counted(str):
    """A key that counts how often it is compared."""

    compared = 0
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_incidents_are_not_compared_with_each_other() -> None:
    """A year of a large house has many that were given up."""
    rows = [row(Counted(f"i-{number}"), "06-05T00", "06-06T00") for number in range(60)]
    for each in rows[::2]:
        each["record"]["status"] = "rejected"
    Counted.compared = 0
    told = report(rows, SINCE, UNTIL)
    assert (told["resolved"], told["given_up"]) == (30, 30)
    assert Counted.compared < len(rows)
