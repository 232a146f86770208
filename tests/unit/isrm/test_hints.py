"""Known errors back off, and changes are suspected by nearness in the graph and in time."""

from typing import Any

from fitsm_graph.flow.reading import Reader
from fitsm_graph.isrm.alert_rules import AlertMapping, parse_alerts
from fitsm_graph.isrm.hints import known_errors, suspected_changes
from fitsm_graph.model.disturbance import Effect

BEGAN = "2026-06-02T00:00:00.000000Z"


def way(key: str, used: int = 0, helped: int = 0) -> dict[str, Any]:
    return {"key": key, "workaround": f"do {key}", "used": used, "helped": helped}


def known(
    key: str, at: int, used: int = 0, helped: int = 0, others: tuple[dict[str, Any], ...] = ()
) -> dict[str, Any]:
    return {**way(key, used, helped), "at": at, "others": list(others)}


def test_the_closest_comes_first_and_each_once() -> None:
    rows = [known("b", 2), known("a", 1, 9, 9), known("a", 2, 9, 9), known("c", 0, 9, 0)]
    assert [(each["key"], each["at"]) for each in known_errors(rows)] == [
        ("c", "element"),
        ("a", "service"),
        ("b", "type"),
    ]


def test_what_helped_more_often_comes_first_and_one_success_is_not_everything() -> None:
    rows = [
        known("once", 0, 1, 1),
        known("often", 0, 10, 9),
        known("never", 0, 5, 0),
        known("new", 0),
    ]
    assert [each["key"] for each in known_errors(rows)] == ["often", "once", "new", "never"]


def test_all_ways_are_told_with_counts_and_the_likeliest_first() -> None:
    one = known("KER", 0, 4, 1, (way("WKA-1"), way("WKA-2", 3, 3), way("WKA-3", 5, 0)))
    two = known("own", 0, 4, 3)
    none = {**known("bare", 0, others=(way("WKA-4"),)), "workaround": ""}
    found = {each["key"]: each["workarounds"] for each in known_errors([none, two, one])}
    assert list(found) == ["KER", "own", "bare"], "the best way against each counts"
    assert [(each["key"], each["used"], each["helped"]) for each in found["KER"]] == [
        ("WKA-2", 3, 3),
        ("WKA-1", 0, 0),
        ("KER", 4, 1),
        ("WKA-3", 5, 0),
    ]
    assert [each["key"] for each in found["bare"]] == ["WKA-4"], "it says nothing itself"


def change(key: str, hops: int, ends: str | None) -> dict[str, Any]:
    return {"key": key, "starts_at": "2026-05-01", "ends_at": ends, "hops": hops}


def test_a_change_is_the_more_suspect_the_nearer_it_was() -> None:
    rows = [
        change("far", 3, BEGAN),
        change("old", 0, "2026-05-30T00:00:00.000000Z"),
        change("now", 0, None),
        change("day", 0, "2026-06-01T00:00:00.000000Z"),
    ]
    found = suspected_changes(rows, BEGAN)
    assert [(each["key"], each["weight"], each["hours_before"]) for each in found] == [
        ("now", 1.0, 0.0),
        ("day", 0.5, 24.0),
        ("far", 0.25, 0.0),
        ("old", 0.125, 72.0),
    ]


MAPPING = AlertMapping(("instance", "job"), "severity", {"critical": Effect.DOWN}, Effect.AT_RISK)


def test_an_alert_names_its_element_by_label_without_port_and_domain() -> None:
    labels = {"instance": "a.example.org:9100", "job": "node", "other": "x"}
    assert MAPPING.refs(labels) == ["a.example.org:9100", "a.example.org", "a", "node"]
    assert MAPPING.refs({"instance": "", "job": None}) == []
    assert MAPPING.effect({"severity": "critical"}) is Effect.DOWN
    assert MAPPING.effect({}) is Effect.AT_RISK


def test_what_is_wrong_with_a_mapping_is_told() -> None:
    read = Reader()
    wrong = {"elements": ["a", "a"], "severity": "", "effects": {"x": "gone"}, "otherwise": "up"}
    parse_alerts("default", wrong, read)
    assert {each.path for each in read.problems} == {
        ("elements", 1),
        ("severity",),
        ("effects", "x"),
        ("otherwise",),
    }
