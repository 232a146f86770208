"""Policies of release management: strategies, types, inclusion, acceptance, deployment (PR13)."""

import json
from typing import Any

import pytest

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.confm.types import default_registry
from fitsm_graph.flow.policies import InForce, Policies
from fitsm_graph.impact.network import Level
from fitsm_graph.impact.waves import Order
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.rdm import ReleaseType
from fitsm_graph.rdm import inclusion, junit
from fitsm_graph.rdm.acceptance import Known, judged, tried_as
from fitsm_graph.rdm.deployment_rules import Stop
from fitsm_graph.rdm.strategies import STRATEGY, strategy_of
from fitsm_graph.sms.policies import default_policies, from_files

SEEDS = {(each.kind, each.name): each.document for each in from_files()}
POLICIES = default_policies(KINDS)
REGISTRY = default_registry()
ROLLING = SEEDS[STRATEGY, "rolling"]


def codes(kind: str, document: Any) -> set[str]:
    return {each.code for each in KINDS.kind(kind).read("default", document)[1]}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),
        ({"approach": "big_bang"}, {"STRATEGY_ORDER"}),
        ({"order": "all_at_once"}, {"STRATEGY_ORDER"}),
        ({"approach": "big_bang", "order": "all_at_once"}, set()),
        ({"approach": "fixed_cycle"}, {"POLICY_FIELD"}),
        ({"approach": "fixed_cycle", "cycle": "P28D"}, set()),
        ({"approach": "fixed_cycle", "cycle": "P28D", "cut_off": "P7D", "lasts": "PT2H"}, set()),
        ({"approach": "fixed_cycle", "cycle": "P7D", "cut_off": "P7D"}, {"POLICY_ORDER"}),
        ({"lasts": "PT2H"}, {"POLICY_ORDER"}),
        ({"applies_to": {"types": []}}, {"STRATEGY_OF_NOTHING"}),
        ({"types": []}, {"POLICY_FORM"}),
        ({"worst": "broken"}, {"POLICY_VALUE"}),
        ({"frequency": None}, {"POLICY_FIELD"}),
    ],
)
def test_strategies(change: dict[str, Any], expected: set[str]) -> None:
    assert codes(STRATEGY, {**ROLLING, **change}) == expected


PILOT = {"name": "pilot", "groups": ["g"], "go_on": {"after": "P2D", "incidents": 0}}
EVERYBODY = {"name": "all", "share": 100}


@pytest.mark.parametrize(
    ("phases", "expected"),
    [
        ([PILOT, EVERYBODY], set()),
        ([PILOT, {"name": "half", "share": 50, "go_on": {"passed": ["canary"]}}, EVERYBODY], set()),
        ([PILOT, {"name": "search", "functions": "search in all collections"}], set()),
        ([EVERYBODY], {"POLICY_FORM"}),
        ([{"name": "pilot"}, EVERYBODY], {"POLICY_FORM"}),
        ([{**EVERYBODY, "name": "most"}, EVERYBODY], {"POLICY_ORDER"}),
        ([EVERYBODY, PILOT], {"POLICY_ORDER"}),
        ([PILOT, PILOT, EVERYBODY], {"POLICY_TWICE"}),
        ([{**PILOT, "go_on": {"passed": ["luck"]}}, EVERYBODY], {"POLICY_VALUE"}),
    ],
)
def test_phases(phases: list[dict[str, Any]], expected: set[str]) -> None:
    """PR13.1: from a few users or functions to all; nothing waits for the end."""
    assert codes(STRATEGY, {**ROLLING, "approach": "phased", "phases": phases}) == expected


def test_only_what_is_phased_has_phases() -> None:
    assert codes(STRATEGY, {**ROLLING, "phases": [PILOT, EVERYBODY]}) == {"STRATEGY_ORDER"}


@pytest.mark.parametrize(
    ("stop", "expected"),
    [
        ({}, set()),
        ({"services": True, "incidents": 1, "priorities": {"1": 1}, "tests": False}, set()),
        ({"incidents": 0}, {"POLICY_VALUE"}),
        ({"priorities": {"high": 1}}, {"POLICY_VALUE"}),
        ({"services": "yes"}, {"POLICY_VALUE"}),
        ({"luck": 1}, {"POLICY_FIELD"}),
    ],
)
def test_what_says_to_stop(stop: dict[str, Any], expected: set[str]) -> None:
    types = dict(SEEDS["deployment-rule", "default"]["types"])
    types["minor"] = {**types["minor"], "stop": stop}
    assert codes("deployment-rule", {"types": types}) == expected


def test_a_rule_that_says_nothing_of_it_stops_nothing() -> None:
    """PR13.5: rules that were approved before hold as they are."""
    types = {
        name: {field: value for field, value in said.items() if field != "stop"}
        for name, said in SEEDS["deployment-rule", "default"]["types"].items()
    }
    rule = KINDS.kind("deployment-rule").checked("default", {"types": types})
    assert all(level.stop == Stop() for level in rule.levels.values())


def strategies(**bound: dict[str, Any]) -> Policies:
    held = {}
    for name, applies in bound.items():
        value = KINDS.kind(STRATEGY).checked(name, {**ROLLING, "applies_to": applies})
        held[STRATEGY, name] = InForce(f"{STRATEGY}/{name}/1", STRATEGY, name, "", value)
    return Policies(held)


def test_what_is_bound_the_closest_counts() -> None:
    known = strategies(
        all={"types": ["CI"]}, machines={"types": ["Server"]}, one={"elements": ["gateway"]}
    )
    for key, labels, name in (
        ("gateway", ["Element", "CI", "Server"], "one"),
        ("other", ["Element", "CI", "Server"], "machines"),
        ("other", ["Element", "CI", "Application"], "all"),
    ):
        found = strategy_of(known, REGISTRY, key, labels)
        assert found is not None
        assert found.name == name
    assert strategy_of(known, REGISTRY, "front", ["Element", "ServiceComponent"]) is None


def test_nothing_has_two_strategies() -> None:
    known = strategies(all={"types": ["CI"]}, more={"types": ["CI", "Service"]})
    assert {each.code for each in KINDS.disagreements(known)} == {"STRATEGY_TWICE"}
    rule = POLICIES.value(STRATEGY, "rolling").rule
    assert (rule.order, rule.worst, rule.spare) == (Order.PROVIDERS_FIRST, Level.AT_RISK, 0)


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        ("release-type-criteria", {"otherwise": "emergency"}, {"RELEASE_TYPE_UNEARNED"}),
        (
            "release-type-criteria",
            {"rules": [{"type": "emergency", "when": {"changes": 3}}]},
            {"RELEASE_TYPE_UNEARNED"},
        ),
        ("release-inclusion", {"criteria": ["luck"]}, {"POLICY_VALUE"}),
        (
            "release-inclusion",
            {"types": {"minor": ["emergency"], "major": ["normal"], "emergency": ["normal"]}},
            {"INCLUSION_OF_EMERGENCIES"},
        ),
        ("release-acceptance", {"approvers": ["requester"]}, {"POLICY_VALUE"}),
        ("release-acceptance", {"criteria": []}, {"POLICY_FORM", "ACCEPTANCE_UNTESTED"}),
    ],
)
def test_the_other_kinds(kind: str, change: dict[str, Any], expected: set[str]) -> None:
    assert codes(kind, {**SEEDS[kind, "default"], **change}) == expected


def test_a_major_release_is_undone_as_easily_as_a_minor_one() -> None:
    types = dict(SEEDS["deployment-rule", "default"]["types"])
    types["major"] = {**types["major"], "back_out": "none"}
    assert codes("deployment-rule", {"types": types}) == {"POLICY_ORDER"}


def test_a_release_is_reviewed_after_the_time_in_which_incidents_are_watched_for() -> None:
    """PR13.6: whoever keeps to one would break the other."""
    types = dict(SEEDS["deployment-rule", "default"]["types"])
    assert codes("deployment-rule", {"types": types}) == set()
    types["minor"] = {**types["minor"], "watch": types["minor"]["review"]}
    assert codes("deployment-rule", {"types": types}) == {"POLICY_ORDER"}


def result(kind: str, build: str, passed: int, failed: int, at: str, suite: str = "") -> Any:
    more = {"passed": passed, "failed": failed, "created_at": at, "key": at, "suite": suite}
    return {"kind_of_test": kind, "build": build, **more}


def test_only_the_latest_result_of_a_suite_of_the_build_counts() -> None:
    rule = POLICIES.value("release-acceptance", "default")
    wanted = [each for each in rule.of(ReleaseType.MINOR, {}) if each.test]
    for tests, met in (
        ([], False),
        ([result("functional", "2", 5, 0, "1")], False),
        ([result("security", "1", 5, 0, "1")], False),
        ([result("functional", "1", 4, 1, "1")], False),
        ([result("functional", "1", 4, 1, "1"), result("functional", "1", 5, 0, "2")], True),
        ([result("functional", "1", 4, 1, "1", "a"), result("functional", "1", 5, 0, "2")], False),
        ([result("functional", "1", 0, 0, "1")], False),
    ):
        (found,) = judged(wanted, Known("1", tests, [], [], []))
        assert found.met is met, tests


@pytest.mark.parametrize(
    ("approach", "tests", "met"),
    [
        ("canary", [], False),
        ("canary", [result("functional", "1", 5, 0, "1")], False),
        ("canary", [result("canary", "1", 5, 0, "1")], True),
        ("canary", [result("canary", "1", 4, 1, "1")], False),
        ("canary", [result("canary", "2", 5, 0, "1")], False),
        ("split", [result("split", "1", 5, 0, "1", "a")], False),
        ("split", [result("split", "1", 5, 0, f"{n}", s) for n, s in enumerate("ab")], True),
        ("blue_green", [result("blue_green", "1", 5, 0, "1", "blue")], False),
        (
            "blue_green",
            [result("blue_green", "1", 5, 0, s, s) for s in ("blue", "green")],
            True,
        ),
    ],
)
def test_a_release_was_tried_as_its_strategy_says(approach: str, tests: Any, met: Any) -> None:
    strategy = KINDS.kind(STRATEGY).checked("x", {**ROLLING, "testing": [approach]})
    (found,) = judged(tried_as(strategy), Known("1", tests, [], [], []))
    assert (found.met, found.wanted.name) == (met, f"tried-{approach}")


def test_tests_on_a_stage_are_the_tests_that_there_are() -> None:
    assert tried_as(KINDS.kind(STRATEGY).checked("x", {**ROLLING, "testing": ["staging"]})) == []


def change(key: str, **difference: Any) -> dict[str, Any]:
    return {"key": key, "difference": json.dumps(difference)}


def test_what_a_difference_needs_and_brings() -> None:
    tie = {"type": "RUNS_ON", "source": "new", "target": "old"}
    one = change("A", add=[{"key": "new"}], relate=[tie], retire=["gone"])
    assert inclusion.needed(one) == {"old", "gone"}
    assert list(inclusion.added([one])) == ["new"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no xml",
        "<html/>",
        "<testsuite/>",
        "<testsuite>" + "x" * junit.LARGEST + "</testsuite>",
        '<!DOCTYPE a [<!ENTITY b "c">]><testsuite><testcase name="&b;"/></testsuite>',
        "<testsuite><testcase></testsuite>",
    ],
)
def test_what_is_no_junit_xml(text: str) -> None:
    with pytest.raises(BadInput) as told:
        junit.counted(text)
    assert told.value.code == "JUNIT_INVALID"


def test_tests_are_counted_and_totals_are_not_believed() -> None:
    text = """<testsuites tests="1000" failures="0"><testsuite>
    <testcase classname="a" name="ok"/><testcase name="bad"><error/></testcase>
    <testcase name="left"><skipped/></testcase></testsuite></testsuites>"""
    assert junit.counted(text) == junit.Counted(1, 1, 1, ("bad",))
