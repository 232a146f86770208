"""Policies of change management: types, approval, windows, reviews; and targets of agreements."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.chm.approving import ChangeOutcome
from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.sms.policies import default_policies, from_files

SEEDS = {(each.kind, each.name): each.document for each in from_files()}
POLICIES = default_policies(KINDS)


def codes(kind: str, document: Any) -> set[str]:
    return {each.code for each in KINDS.kind(kind).read("default", document)[1]}


def test_the_first_rule_that_holds_gives_the_type() -> None:
    criteria = POLICIES.value("change-type-criteria", "default")
    for facts, expected in (
        ({}, "normal"),
        ({"preapproved": True, "services_down": 5, "criticality": 1}, "standard"),
        ({"urgent": True, "services_down": 1}, "emergency"),
        ({"urgent": True}, "normal"),
        ({"services_down": 1, "criticality": 2}, "major"),
        ({"services_down": 1, "criticality": 3}, "normal"),
        ({"margin_left": 0, "criticality": 1}, "major"),
        ({"margin_left": None, "criticality": 1}, "normal"),
        ({"services_reached": 10}, "major"),
    ):
        assert criteria.type_of(facts) == expected, facts


def rule(type: str, **when: Any) -> dict[str, Any]:
    return {"type": type, "when": when}


@pytest.mark.parametrize(
    ("rules", "otherwise", "expected"),
    [
        ([rule("major", users=5)], "normal", set()),
        ([rule("major", users=5), rule("normal", users=9)], "normal", {"CRITERION_COVERED"}),
        ([rule("major", users=9), rule("normal", users=5)], "normal", set()),
        ([rule("emergency", users=5)], "normal", {"CHANGE_TYPE_UNEARNED"}),
        ([rule("standard", users=5)], "normal", {"CHANGE_TYPE_UNEARNED"}),
        ([rule("major", users=5)], "standard", {"CHANGE_TYPE_UNEARNED"}),
        ([rule("major", urgent=False)], "normal", {"POLICY_VALUE"}),
        ([rule("huge", users=5)], "normal", {"POLICY_VALUE"}),
    ],
)
def test_criteria_of_types(rules: Any, otherwise: str, expected: set[str]) -> None:
    assert codes("change-type-criteria", {"rules": rules, "otherwise": otherwise}) == expected


@pytest.mark.parametrize(
    ("type", "level", "expected"),
    [
        ("normal", {"approvers": ["process_manager"], "quorum": 1}, set()),
        ("normal", {"approvers": [], "quorum": 0}, {"APPROVAL_BY_NOBODY"}),
        ("normal", {"approvers": ["process_manager"], "quorum": 2}, {"APPROVAL_QUORUM"}),
        ("normal", {"approvers": ["requester"], "quorum": 1}, {"APPROVAL_OF_ONES_OWN"}),
        ("normal", {"approvers": ["case_owner"], "quorum": 1}, {"APPROVAL_OF_ONES_OWN"}),
        ("major", {"approvers": [], "quorum": 0}, {"APPROVAL_BY_NOBODY", "APPROVAL_QUORUM"}),
        ("emergency", {"approvers": ["process_manager"], "quorum": 1}, {"APPROVAL_UNREVIEWED"}),
        ("normal", {"approvers": ["sms_owner", "sms_owner"], "quorum": 1}, {"POLICY_TWICE"}),
        ("normal", {"approvers": ["sms_owner"], "quorum": 1, "valid": "P1Y"}, {"POLICY_VALUE"}),
        ("normal", None, {"POLICY_FIELD"}),
    ],
)
def test_rules_of_approval(type: str, level: Any, expected: set[str]) -> None:
    types = {**SEEDS["approval-rule", "default"]["types"], type: level}
    assert codes("approval-rule", {"types": types}) == expected


def test_every_type_has_a_level() -> None:
    approval = POLICIES.value("approval-rule", "default")
    assert set(approval.levels) == set(ChangeType)
    assert approval.levels[ChangeType.MAJOR].quorum == 2
    assert codes("approval-rule", {"types": {}}) == {"POLICY_FIELD"}


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ({"normal": {"failed": "P5D"}}, {"REVIEW_MISSING"}),
        ({"normal": {}, "standard": {}, "major": {}, "emergency": {}}, {"REVIEW_MISSING"}),
    ],
)
def test_failures_and_emergencies_are_always_reviewed(due: Any, expected: set[str]) -> None:
    assert codes("review-rule", {"due": due}) == expected


def test_what_went_worse_is_reviewed_no_later() -> None:
    due = {
        **SEEDS["review-rule", "default"]["due"],
        "normal": {"backed_out": "P1D", "failed": "P2D"},
    }
    assert codes("review-rule", {"due": due}) == {"POLICY_ORDER"}
    rule = POLICIES.value("review-rule", "default")
    assert rule.within(ChangeType.NORMAL, ChangeOutcome.SUCCESSFUL) is None
    assert rule.within(ChangeType.NORMAL, ChangeOutcome.FAILED) == timedelta(days=5)
    assert rule.within(ChangeType.EMERGENCY, ChangeOutcome.SUCCESSFUL) == timedelta(days=5)


FREEZE = {
    "effect": "freeze",
    "zone": "Europe/Lisbon",
    "types": ["normal", "major"],
    "periods": [{"from": "2026-12-19T00:00", "until": "2027-01-04T06:00", "why": "Year end."}],
}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, set()),
        ({"types": ["normal", "emergency"]}, {"FREEZE_OF_EMERGENCIES"}),
        ({"zone": "Europe/Lissabon"}, {"BAD_CALENDAR"}),
        ({"periods": []}, {"WINDOW_EMPTY"}),
        (
            {"periods": [{"from": "2027-01-04T00:00", "until": "2026-12-19T00:00"}]},
            {"POLICY_ORDER"},
        ),
        (
            {
                "periods": [
                    {"from": "2026-12-01T00:00", "until": "2026-12-19T00:00"},
                    {"from": "2026-12-18T00:00", "until": "2026-12-20T00:00"},
                ]
            },
            {"POLICY_ORDER"},
        ),
        ({"periods": [{"from": "2026-12-19T00:00Z", "until": "2027-01-04"}]}, {"POLICY_VALUE"}),
        ({"week": {"sun": ["06:00-02:00"]}}, {"BAD_CALENDAR"}),
    ],
)
def test_rules_of_windows(more: Any, expected: set[str]) -> None:
    assert codes("change-window", {**FREEZE, **more}) == expected


def test_a_freeze_holds_in_its_zone_for_its_types() -> None:
    freeze = KINDS.kind("change-window").checked("year-end", FREEZE)
    edge = datetime(2027, 1, 4, 6, tzinfo=UTC)
    assert freeze.holds(edge - timedelta(seconds=1), ChangeType.NORMAL)
    assert not freeze.holds(edge, ChangeType.NORMAL), "half-open"
    assert not freeze.holds(edge - timedelta(days=1), ChangeType.EMERGENCY)
    weekly = POLICIES.value("change-window", "weekly-maintenance")
    sunday = datetime(2026, 11, 29, 3, tzinfo=UTC)
    assert weekly.holds(sunday, ChangeType.MAJOR)
    assert not weekly.holds(sunday + timedelta(hours=3), ChangeType.MAJOR)


# --- targets -------------------------------------------------------------------------------------


def pair(response: str, resolution: str, *warnings: float) -> dict[str, Any]:
    return {"response": response, "resolution": resolution, "warnings": list(warnings)}


@pytest.mark.parametrize(
    ("priorities", "expected"),
    [
        ({"1": pair("PT1H", "PT4H"), "2": pair("PT1H", "PT4H")}, set()),
        ({"1": pair("PT1H", "PT4H"), "3": pair("PT2H", "PT8H")}, {"TARGETS_GAP"}),
        ({"1": pair("PT2H", "PT4H"), "2": pair("PT1H", "PT8H")}, {"TARGETS_ORDER"}),
        ({"1": pair("PT5H", "PT4H")}, {"TARGETS_ORDER"}),
        ({"1": pair("PT0S", "PT4H")}, {"POLICY_VALUE"}),
        ({"1": pair("P1M", "P2M")}, {"POLICY_VALUE"}),
        ({"1": pair("PT1H", "PT4H", 0.75, 0.5)}, {"POLICY_ORDER"}),
        ({"1": pair("PT1H", "PT4H", 1.5)}, {"POLICY_VALUE"}),
        ({"1": {"response": "PT1H"}}, {"POLICY_FIELD"}),
        ({}, {"POLICY_FORM"}),
    ],
)
def test_targets(priorities: Any, expected: set[str]) -> None:
    assert codes("targets", {"calendar": "24x7", "priorities": priorities}) == expected


def test_a_calendar_is_called_as_its_policy() -> None:
    week = {"zone": "UTC", "week": "always"}
    kind = KINDS.kind("service-calendar")
    assert kind.checked("shop", week).name == "shop"
    assert kind.checked("shop", {**week, "name": "shop"}).name == "shop"
    assert codes("service-calendar", {**week, "name": "other"}) == {"BAD_CALENDAR"}
