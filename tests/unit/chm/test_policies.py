"""Policies of change management: types, approval, windows, reviews; and targets of agreements."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.chm.approving import ChangeOutcome
from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.chm.voting import level_of
from fitsm_graph.flow.policies import InForce
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
    hit = {"CI", "Firewall", "NetworkDevice"}
    assert criteria.type_of({"services_reached": 1}, hit) == "major"
    assert criteria.type_of({"services_reached": 1}, {"CI", "Switch"}) == "normal"
    assert criteria.type_of({"services_reached": 0}, hit) == "normal"


OF_TWO = {"type": "major", "of": ["Firewall", "Switch"]}


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
        ([{"type": "major", "of": ["Firewall"]}], "normal", set()),
        ([{"type": "major", "of": []}], "normal", {"POLICY_FORM"}),
        ([{"type": "major"}], "normal", {"POLICY_FORM"}),
        ([{"type": "emergency", "of": ["Firewall"]}], "normal", {"CHANGE_TYPE_UNEARNED"}),
        ([OF_TWO, {"type": "normal", "of": ["Firewall"]}], "normal", {"CRITERION_COVERED"}),
        ([{"type": "normal", "of": ["Firewall"]}, OF_TWO], "normal", set()),
        ([OF_TWO, rule("normal", users=9)], "normal", set()),
        (
            [rule("major", users=5), {**OF_TWO, "when": {"users": 9}}],
            "normal",
            {"CRITERION_COVERED"},
        ),
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


LESS = {"approvers": ["process_manager", "service_owner"], "quorum": 2}


@pytest.mark.parametrize(
    ("type", "risks", "expected"),
    [
        ("normal", {"high": {"approvers": ["process_manager"], "quorum": 1}}, set()),
        ("normal", {"high": {"quorum": 1}}, set()),
        ("normal", {"high": {"quorum": 0}}, {"APPROVAL_BY_NOBODY", "APPROVAL_QUORUM"}),
        ("normal", {"high": {"quorum": 2}}, {"APPROVAL_QUORUM"}),
        ("normal", {"high": {}}, {"POLICY_FIELD"}),
        ("major", {"high": {"quorum": 1}}, {"APPROVAL_QUORUM"}),
        ("emergency", {"high": {"quorum": 1, "review": False}}, {"APPROVAL_UNREVIEWED"}),
        ("standard", {"high": LESS}, {"POLICY_FIELD"}),
    ],
)
def test_what_a_class_of_risk_takes(type: str, risks: Any, expected: set[str]) -> None:
    seed = SEEDS["approval-rule", "default"]["types"]
    types = {**seed, type: {**seed[type], "risks": risks}}
    assert codes("approval-rule", {"types": types}) == expected


@pytest.mark.parametrize(
    ("type", "risks", "expected"),
    [
        ("normal", {"high": LESS}, set()),
        ("normal", {"medium": LESS}, set()),
        ("normal", {"huge": LESS}, {"APPROVAL_RISK"}),
        ("normal", {"medium": LESS, "high": {"quorum": 1}}, {"APPROVAL_QUORUM"}),
        ("normal", {"medium": {**LESS, "review": True}, "high": LESS}, {"APPROVAL_QUORUM"}),
        (
            "normal",
            {"high": {"approvers": ["sms_owner", "process_manager", "cab_member"], "quorum": 3}},
            {"APPROVAL_QUORUM"},
        ),
    ],
)
def test_a_higher_risk_never_takes_fewer(type: str, risks: Any, expected: set[str]) -> None:
    """Held against the classes in force; and these against it."""
    seed = SEEDS["approval-rule", "default"]["types"]
    rule = KINDS.kind("approval-rule")
    value, wrong = rule.read("default", {"types": {**seed, type: {**seed[type], "risks": risks}}})
    assert wrong == []
    assert {each.code for each in rule.fits("default", value, POLICIES)} == expected
    assert list(rule.fits("another", value, POLICIES)) == []
    points = POLICIES.value("risk-points", "default")
    found = POLICIES.with_(
        InForce("approval-rule/default/2", "approval-rule", "default", "", value)
    )
    fits = KINDS.kind("risk-points").fits
    assert {each.code for each in fits("default", points, found)} == expected


def test_the_level_is_that_of_the_next_class_below() -> None:
    two = {"medium": LESS}
    seed = SEEDS["approval-rule", "default"]["types"]
    rule = KINDS.kind("approval-rule").checked(
        "default", {"types": {**seed, "normal": {**seed["normal"], "risks": two}}}
    )
    normal = rule.levels[ChangeType.NORMAL]
    classes = ("low", "medium", "high")
    assert [normal.at(each, classes).quorum for each in classes] == [1, 2, 2]
    assert normal.at(None, classes).quorum == normal.at("odd", classes).quorum == 1
    assert normal.at("high", classes).valid == timedelta(days=30), "as of the type"
    seen = InForce("approval-rule/default/2", "approval-rule", "default", "", rule)
    ruled = POLICIES.with_(seen)
    for type, risk, quorum in (
        ("normal", "low", 1), ("normal", "high", 2), (None, "medium", 2),
        ("major", "high", 2), ("standard", "high", 0),
    ):  # fmt: skip
        assert level_of(ruled, {"type": type, "risk_class": risk}).quorum == quorum, (type, risk)


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
