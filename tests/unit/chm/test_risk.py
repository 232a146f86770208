"""Points of risk, and what is wrong with rules of them; types of changes; differences."""

import json
from typing import Any

import pytest

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.chm import deciding, difference
from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.chm.deciding import Override
from fitsm_graph.chm.risk import FACTS, SIDES, RiskPoints
from fitsm_graph.chm.within import planned
from fitsm_graph.confm.drafts import ElementDraft
from fitsm_graph.confm.rules import element_properties
from fitsm_graph.confm.types import default_registry
from fitsm_graph.flow.weighing import Behind
from fitsm_graph.impact.network import Level
from fitsm_graph.impact.reach import Reach, ReachedService
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.sms.policies import default_policies, from_files

POLICIES = default_policies(KINDS)
REGISTRY = default_registry()
SEED = next(each.document for each in from_files() if each.kind == "risk-points")
RISK: RiskPoints = POLICIES.value("risk-points", "default")
NOTHING: dict[str, int | None] = dict.fromkeys(each.name for each in FACTS)


def codes(kind: str, document: Any) -> set[str]:
    return {each.code for each in KINDS.kind(kind).read("default", document)[1]}


def test_a_change_of_which_nothing_is_known_has_one_point() -> None:
    found = RISK.of(NOTHING)
    assert (found.probability, found.consequence, found.points, found.word) == (1, 1, 1, "low")
    assert found.because == ("risk low: probability 1 × consequence 1 = 1 point",)


def test_points_add_up_on_each_side_and_every_one_has_its_reason() -> None:
    facts = {**NOTHING, "failed_before": 3, "no_back_out": 1, "services_down": 2}
    facts |= {"services_reached": 4, "down_criticality": 1}
    found = RISK.of(facts)
    assert (found.probability, found.consequence) == (1 + 2 + 3 + 2, 1 + 1 + 2 + 2)
    assert (found.points, found.word) == (48, "high")
    assert "probability +2: nothing says how it is undone" in found.because
    assert "consequence +2: services are DOWN if it fails (2)" in found.because
    assert RISK.of(facts) == found


@pytest.mark.parametrize("side", SIDES)
def test_more_that_is_wrong_is_never_less_risk(side: str) -> None:
    facts = dict(NOTHING)
    for rule in RISK.sides[side]:
        before = RISK.of(facts).points
        facts |= rule.when.when
        assert RISK.of(facts).points > before


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, set()),
        ({"classes": {"low": 1, "high": 5}}, {"RISK_UNCLASSED"}),
        ({"classes": {"low": 0, "high": 0}}, {"POLICY_TWICE"}),
        ({"classes": {"low": 0, "high": 5_000}}, {"RISK_UNREACHED"}),
        ({"classes": {}}, {"POLICY_FORM"}),
        ({"probability": [{"points": 0, "when": {"users": 1}, "because": "x"}]}, {"POLICY_VALUE"}),
        ({"probability": [{"points": 1, "when": {"mood": 1}, "because": "x"}]}, {"POLICY_VALUE"}),
        ({"probability": [{"points": 1, "when": {"users": 1}}]}, {"POLICY_FIELD"}),
        ({"consequence": None}, {"POLICY_FIELD", "POLICY_FORM"}),
    ],
)
def test_rules_of_risk(more: Any, expected: set[str]) -> None:
    assert codes("risk-points", {**SEED, **more}) == expected


@pytest.mark.parametrize(("failures", "expected"), [(0, set()), (-1, {"POLICY_VALUE"})])
def test_limits_of_standard_changes(failures: int, expected: set[str]) -> None:
    assert codes("standard-change-limit", {"failures": failures}) == expected
    assert codes("standard-change-limit", {}) == {"POLICY_FIELD"}


# --- types ---------------------------------------------------------------------------------------


def reach(*services: tuple[Level, int], margin: int | None = None) -> Reach:
    listed = tuple(
        ReachedService(f"id-{n}", f"SVC-{n}", f"Service {n}", Level.UP, after, critical)
        for n, (after, critical) in enumerate(services)
    )
    return Reach(7, len(listed) + 1, listed, margin)


DOWN_1 = reach((Level.DOWN, 1))


@pytest.mark.parametrize(
    ("found", "more", "expected"),
    [
        (reach(), {}, "normal"),
        (DOWN_1, {}, "major"),
        (DOWN_1, {"urgent": True}, "emergency"),
        (DOWN_1, {"preapproved": True}, "standard"),
        (reach((Level.AT_RISK, 1), margin=0), {}, "major"),
        (reach(*[(Level.AT_RISK, 3)] * 10), {}, "major"),
    ],
)
def test_the_type_follows_from_the_graph(found: Reach, more: Any, expected: str) -> None:
    given = {"urgent": False, **more}
    decided = deciding.typed(POLICIES, found, Behind(0, 0), **given)
    assert (decided["type"], decided["computed_type"]) == (expected, expected)
    assert decided["classified_seq"] == 7
    assert decided["because"][0].startswith(expected)


def test_sentences_name_services() -> None:
    because = deciding.typed(POLICIES, DOWN_1, Behind(0, 0), urgent=False)["because"]
    assert "Service 0 (SVC-0) UP → DOWN, criticality 1" in because[1]


def test_what_a_person_decides_stands_beside_what_was_computed() -> None:
    other = Override(ChangeType.MAJOR, "the exam week begins")
    decided = deciding.typed(POLICIES, reach(), Behind(0, 0), urgent=False, override=other)
    assert (decided["type"], decided["computed_type"]) == ("major", "normal")
    assert decided["because"][-1] == "major as a person decided: the exam week begins"


@pytest.mark.parametrize(
    ("override", "code"),
    [
        (Override(ChangeType.MAJOR), "OVERRIDE_REASON"),
        (Override(ChangeType.STANDARD, "we know it"), "CHANGE_TYPE_UNEARNED"),
        (Override(ChangeType.MAJOR, "x" * 2_001), "BAD_INPUT"),
    ],
)
def test_a_type_is_not_decided_without_reason(override: Override, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        deciding.typed(POLICIES, reach(), Behind(0, 0), urgent=False, override=override)
    assert refused.value.code == code


def test_without_criteria_the_type_is_unknown_and_says_so() -> None:
    without = POLICIES.without("change-type-criteria", "default")
    decided = deciding.typed(without, reach(), Behind(0, 0), urgent=False)
    assert decided["type"] is None
    assert decided["because"][0].startswith("type unknown")


# --- planned differences -------------------------------------------------------------------------

DIFFERENCE = {
    "add": [{"kind": "CI", "type": "Server", "key": "c", "name": "C", "attributes": {"x": 1}}],
    "change": [{"key": "a", "attributes": {"firmware": "4.3"}}],
    "retire": ["old"],
    "relate": [{"type": "RUNS_ON", "source": "mail", "target": "c"}],
}


SERVER = {"kind": "CI", "type": "Server", "key": "c", "name": "C"}
GROUP = {"kind": "RedundancyGroup", "key": "c", "name": "C"}


def test_a_difference_is_kept_in_one_form() -> None:
    text = difference.text_of(DIFFERENCE)
    assert text is not None
    assert json.loads(text) == DIFFERENCE
    assert difference.text_of(dict(reversed(DIFFERENCE.items()))) == text
    assert difference.text_of({"add": []}) is None


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"remove": []}, ("remove",)),
        ({"add": {}}, ("add",)),
        ({"add": [{"kind": "CI", "key": "c", "name": "C"}]}, ("add", 0, "type")),
        ({"add": [{"kind": "Poem", "key": "c", "name": "C"}]}, ("add", 0, "kind")),
        ({"add": [{"kind": "Service", "key": "c"}]}, ("add", 0, "name")),
        ({"change": [{"key": "a", "attributes": []}]}, ("change", 0, "attributes")),
        ({"change": [{"key": "a", "description": {"x": 1}}]}, ("change", 0, "description")),
        ({"change": [{"key": "a", "name": 5}]}, ("change", 0, "name")),
        ({"add": [{**SERVER, "type": ["Server"]}]}, ("add", 0, "type")),
        ({"add": [{**SERVER, "owner": {"a": 1}}]}, ("add", 0, "owner")),
        ({"add": [{**SERVER, "description": 5}]}, ("add", 0, "description")),
        ({"add": [{**SERVER, "need": 1}]}, ("add", 0, "need")),
        ({"add": [{**SERVER, "kind": "Service"}]}, ("add", 0, "type")),
        ({"add": [GROUP]}, ("add", 0, "need")),
        ({"add": [{**GROUP, "need": 1, "need_share": 0.5}]}, ("add", 0, "need")),
        ({"add": [{**GROUP, "need": "1"}]}, ("add", 0, "need")),
        ({"add": [{**GROUP, "need_share": 2}]}, ("add", 0, "need_share")),
        ({"add": [{**GROUP, "need": 1, "strength": "x"}]}, ("add", 0, "strength")),
        ({"add": [{**GROUP, "need": 1, "grounded": "x"}]}, ("add", 0, "grounded")),
        ({"retire": ["a", "a"]}, ("retire", 1)),
        ({"retire": [7]}, ("retire", 0)),
        ({"relate": [{"type": "RUNS_ON", "source": "a"}]}, ("relate", 0, "target")),
        ({"retire": [f"x{n}" for n in range(201)]}, ("retire",)),
    ],
)
def test_a_difference_without_form_is_refused(given: Any, path: Any) -> None:
    with pytest.raises(BadInput) as refused:
        difference.text_of(given)
    assert ("differenceOfGraph", *path) in {each.path for each in refused.value.problems}


@pytest.mark.parametrize(
    "item",
    [
        {**SERVER, "attributes": None, "owner": None, "description": None},
        {**GROUP, "type": None, "need": 1, "need_share": None, "strength": "soft"},
        {**GROUP, "need_share": 0, "grounded": True, "reserve": 0},
    ],
)
def test_what_is_planned_to_be_added_can_be_added(item: dict[str, Any]) -> None:
    """Nothing is kept of what is left open, and what is kept are fields of an element."""
    text = difference.text_of({"add": [item]})
    assert text is not None
    (kept,) = json.loads(text)["add"]
    assert kept == {name: value for name, value in item.items() if value is not None}
    assert element_properties(ElementDraft(**kept), REGISTRY)["key"] == "c"


@pytest.mark.parametrize("name", ["root_password", "rootPassword"])
@pytest.mark.parametrize(
    ("part", "item"), [("add", {"kind": "CI", "type": "Server", "name": "x"}), ("change", {})]
)
def test_a_difference_says_nothing_that_not_everybody_may_read(
    name: str, part: str, item: dict[str, Any]
) -> None:
    given = {part: [{"key": "x", **item, "attributes": {"cpu_count": 2, name: "x"}}]}
    assert difference.text_of(given)
    with pytest.raises(BadInput) as error:
        difference.text_of(given, {"root_password"})
    (problem,) = error.value.problems
    assert problem.code == "SENSITIVE_IN_DIFFERENCE"
    assert problem.path == ("differenceOfGraph", part, 0, "attributes", name)


AT = "2026-11-28T09:00:00.000000Z"


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [
        ("2026-12-01T00:00Z", "5026-12-01T00:00Z", "plannedEndsAt"),
        ("2026-12-01T00:00Z", "2027-12-02T00:01Z", "plannedEndsAt"),
        ("2031-12-03T00:00Z", "2031-12-04T00:00Z", "plannedStartsAt"),
    ],
)
def test_a_planned_time_has_bounds(starts: str, ends: str, field: str) -> None:
    with pytest.raises(BadInput) as error:
        planned(starts, ends, AT)
    assert error.value.problem.path == (field,)
    assert planned("2026-12-01T00:00Z", "2027-12-02T00:00Z", AT)["planned_ends_at"].startswith(
        "2027"
    )
