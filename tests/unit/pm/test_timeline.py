"""What went on around a problem, in order (PR10.2)."""

from typing import Any

from fitsm_graph.pm.timeline import timeline


def event(what: str, key: str, hour: int, hops: int = 0) -> dict[str, Any]:
    moment = f"2026-01-05T{hour:02}:00:00.000000Z"
    return {"what": what, "key": key, "starts_at": moment, "hops": hops}


def shown(*events: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(each["key"], each["after"], each["hours_after"]) for each in timeline(events)]


def test_an_incident_tells_what_changed_last_before_it() -> None:
    told = shown(
        event("incident", "i2", 9),
        event("change", "c1", 3),
        event("incident", "i1", 1),
        event("release", "r1", 7, 2),
        event("incident", "i3", 5),
    )
    assert told == [
        ("i1", None, None),
        ("c1", None, None),
        ("i3", "c1", 2.0),
        ("r1", None, None),
        ("i2", "r1", 2.0),
    ]


def test_what_changes_at_the_moment_of_an_incident_stands_before_it() -> None:
    assert shown(event("incident", "i", 3), event("change", "c", 3)) == [
        ("c", None, None),
        ("i", "c", 0.0),
    ]


def test_of_changes_at_one_time_the_nearest_counts() -> None:
    told = shown(
        event("change", "far", 3, 4), event("change", "near", 3, 1), event("incident", "i", 4)
    )
    assert told[-1] == ("i", "near", 1.0)
