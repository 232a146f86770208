"""Policies of incident management: matrix against an oracle, urgency, criteria, schemes, paths."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.flow.templates import EVENTS
from fitsm_graph.sms.policies import default_policies, from_files

SEEDS = {(each.kind, each.name): each.document for each in from_files()}
POLICIES = default_policies(KINDS)


def codes(kind: str, document: Any) -> set[str]:
    return {each.code for each in KINDS.kind(kind).read("default", document)[1]}


def paths(kind: str, document: Any) -> list[tuple[str | int, ...]]:
    return [each.path for each in KINDS.kind(kind).read("default", document)[1]]


# --- matrix --------------------------------------------------------------------------------------


def is_monotone(rows: list[list[int]]) -> bool:
    """Every cell against every other: no less grave and no less urgent, and yet a larger number."""
    cells = [(i, u, rows[i][u]) for i in range(len(rows)) for u in range(len(rows[0]))]
    return not any(
        i <= other_i and u <= other_u and number > other
        for (i, u, number), (other_i, other_u, other) in itertools.product(cells, cells)
    )


@st.composite
def tables(draw: st.DrawFn) -> list[list[int]]:
    """Tables of numbers; half of them sorted both ways, so that good ones are there as well."""
    height, width = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    numbers = st.lists(st.integers(1, 4), min_size=width, max_size=width)
    rows = draw(st.lists(numbers, min_size=height, max_size=height))
    if draw(st.booleans()):
        rows = [sorted(row) for row in rows]
        rows = [list(row) for row in zip(*(sorted(column) for column in zip(*rows)))]  # noqa: B905 - even
    return rows


def document(rows: list[list[int]]) -> dict[str, Any]:
    impacts = [f"i{n}" for n in range(len(rows))]
    urgencies = [f"u{n}" for n in range(len(rows[0]))]
    cells = {
        i: dict(zip(urgencies, row, strict=True)) for i, row in zip(impacts, rows, strict=True)
    }
    return {"impacts": impacts, "urgencies": urgencies, "priorities": cells}


@given(tables())
def test_a_matrix_is_refused_just_where_two_cells_contradict(rows: list[list[int]]) -> None:
    found = codes("priority-matrix", document(rows))
    assert ("MATRIX_NOT_MONOTONE" in found) == (not is_monotone(rows))
    numbers = {number for row in rows for number in row}
    assert ("MATRIX_GAP" in found) == (numbers != set(range(1, max(numbers) + 1)))


@given(tables(), st.data())
def test_a_matrix_without_a_cell_is_refused_with_its_path(
    rows: list[list[int]], data: st.DataObject
) -> None:
    given = document(rows)
    impact = data.draw(st.sampled_from(given["impacts"]))
    urgency = data.draw(st.sampled_from(given["urgencies"]))
    del given["priorities"][impact][urgency]
    assert ("priorities", impact, urgency) in paths("priority-matrix", given)
    assert "MATRIX_NOT_TOTAL" in codes("priority-matrix", given)


def test_everything_wrong_with_a_matrix_is_told_at_once() -> None:
    wrong = {
        "impacts": ["high", "high", "low"],
        "urgencies": ["high", "Low!"],
        "priorities": {"high": {"high": 0}, "none": {}},
        "more": 1,
    }
    assert codes("priority-matrix", wrong) >= {
        *("POLICY_FIELD", "POLICY_TWICE", "POLICY_VALUE", "MATRIX_NOT_TOTAL"),
    }


# --- urgency -------------------------------------------------------------------------------------


def test_urgency_rises_as_time_and_redundancy_run_out() -> None:
    rules = POLICIES.value("urgency-rules", "default")
    found = [rules.urgency(slack=slack) for slack in (None, 1.0, 0.5, 0.49, 0.25, 0.2, -3.0)]
    assert found == ["low", "low", "low", "medium", "medium", "high", "high"]
    assert rules.urgency(margin=0) == "medium"
    assert rules.urgency(margin=1) == "low"
    assert rules.urgency(slack=0.1, margin=0) == "high", "the most urgent counts"
    assert rules.settles_after == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"otherwise": "high"}, {"URGENCY_ORDER", "URGENCY_UNUSED"}),
        ({"slack": [{"below": 0.5, "class": "high"}, {"below": 0.25, "class": "medium"}]}, None),
        ({"slack": [{"below": 0.25, "class": "medium"}, {"below": 0.5, "class": "high"}]}, None),
        ({"classes": ["high", "medium", "rather", "low"]}, {"URGENCY_UNUSED"}),
        ({"slack": [{"below": 1.5, "class": "high"}]}, {"POLICY_VALUE"}),
        ({"slack": [{"below": 0.5, "class": "hgih"}]}, {"POLICY_VALUE", "URGENCY_UNUSED"}),
        ({"settles_after": "PT0S"}, {"POLICY_VALUE"}),
    ],
)
def test_rules_of_urgency_that_contradict(more: Any, expected: set[str] | None) -> None:
    found = codes("urgency-rules", {**SEEDS["urgency-rules", "default"], **more})
    assert found == (expected or {"URGENCY_ORDER"})


# --- major incidents -----------------------------------------------------------------------------


def test_criteria_of_major_incidents() -> None:
    criteria = POLICIES.value("major-incident-criteria", "default")
    assert criteria.met({}) == ()
    assert criteria.met({"services_down": 1, "criticality": 2}) == ()
    assert criteria.met({"services_down": 1, "criticality": 1}) == (), "the critical one is up"
    assert criteria.met({"services_down": 1, "down_criticality": 1}) == ("critical-service-down",)
    assert criteria.met({"services_down": 3, "down_criticality": 1}) == (
        "critical-service-down",
        "several-services-down",
    )
    assert criteria.met({"linked_incidents": 20}) == ("many-incidents",)


@pytest.mark.parametrize(
    ("whens", "expected"),
    [
        ([{"services_down": 1}, {"services_down": 3}], {"CRITERION_COVERED"}),
        ([{"services_down": 3}, {"users": 5}], set()),
        ([{"services_down": 3, "criticality": 1}, {"criticality": 2}], {"CRITERION_COVERED"}),
        ([{"criticality": 1}, {"criticality": 2, "users": 9}], set()),
        ([{"services_dwon": 1}], {"POLICY_VALUE"}),
        ([{"criticality": 5}], {"POLICY_VALUE"}),
        ([{}], {"POLICY_FORM"}),
    ],
)
def test_criteria_that_decide_nothing(whens: list[Any], expected: set[str]) -> None:
    criteria = [{"key": f"c{n}", "when": when} for n, when in enumerate(whens)]
    assert codes("major-incident-criteria", {"criteria": criteria}) == expected


# --- schemes -------------------------------------------------------------------------------------


def category(key: str, parent: str = "", name: str = "") -> dict[str, str]:
    made = {"key": key, "name": name or key.upper()}
    return {**made, "parent": parent} if parent else made


@pytest.mark.parametrize(
    ("categories", "expected"),
    [
        ([category("a"), category("b", "a")], set()),
        ([category("b", "a"), category("a")], set()),
        ([category("a"), category("a")], {"POLICY_TWICE"}),
        ([category("a"), category("b", "c")], {"CATEGORY_ORPHAN"}),
        ([category("a", "b"), category("b", "a")], {"CATEGORY_CYCLE"}),
        ([category("a", "a")], {"CATEGORY_CYCLE"}),
        ([category("a"), category("b", name="A")], {"POLICY_TWICE"}),
        ([category("a"), category("b", "a", "A")], set()),
        ([category(chr(97 + n), chr(96 + n) if n else "") for n in range(7)], {"CATEGORY_DEPTH"}),
        ([], {"POLICY_FORM"}),
    ],
)
def test_a_scheme_is_a_tree(categories: list[Any], expected: set[str]) -> None:
    assert codes("classification-scheme", {"categories": categories}) == expected


def test_what_is_above_a_category() -> None:
    scheme = POLICIES.value("classification-scheme", "default")
    assert [each.key for each in scheme.above("database")] == ["database", "software"]
    assert scheme.within("database", "software")
    assert not scheme.within("software", "database")


# --- paths and templates -------------------------------------------------------------------------

ROLE = [{"role": "process_manager"}]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([{"at": 0.5, "to": ROLE}, {"at": 1, "to": [{"group": "desk"}]}], set()),
        ([{"at": 0.5, "to": []}], {"ESCALATION_TO_NOBODY"}),
        ([{"at": 0.5}], {"ESCALATION_TO_NOBODY"}),
        ([{"at": 1, "to": ROLE}, {"at": 0.5, "to": ROLE}], {"POLICY_ORDER"}),
        ([{"at": 1, "to": ROLE}, {"at": 1, "to": ROLE}], {"POLICY_ORDER"}),
        ([{"at": 0, "to": ROLE}], {"POLICY_VALUE"}),
        ([{"at": 1, "to": [{"role": "boss"}]}], {"POLICY_VALUE"}),
        ([{"at": 1, "to": [{"role": "sms_owner", "group": "x"}]}], {"POLICY_FORM"}),
        ([], {"POLICY_FORM"}),
    ],
)
def test_an_escalation_path_leads_to_somebody_in_time(steps: Any, expected: set[str]) -> None:
    assert codes("escalation-path", {"steps": steps}) == expected


def test_parties_of_a_path_are_known_and_steps_become_due() -> None:
    steps = [{"at": 0.5, "to": [*ROLE, {"group": "desk"}]}, {"at": 1, "to": [{"person": "ada"}]}]
    kind = KINDS.kind("escalation-path")
    path = kind.checked("x", {"steps": steps})
    assert kind.parties(path) == ("desk", "ada")
    assert [each.at for each in path.due(0.9)] == [0.5]
    assert len(path.due(1.0)) == 2


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, set()),
        ({"subject": "{kye}"}, {"TEMPLATE_VARIABLE"}),
        ({"body": "{due} {used}"}, {"TEMPLATE_VARIABLE"}),
        ({"body": "{key"}, {"TEMPLATE_BRACES"}),
        ({"body": "{key!r}"}, {"TEMPLATE_BRACES"}),
        ({"body": "{key:>9}"}, {"TEMPLATE_BRACES"}),
        ({"body": "{key.__class__}"}, {"TEMPLATE_VARIABLE"}),
        ({"body": "{{no variable}}"}, set()),
        ({"subject": "a\nb"}, {"POLICY_VALUE"}),
        ({"event": "incident.lost"}, {"POLICY_VALUE"}),
        ({"body": ""}, {"POLICY_VALUE"}),
    ],
)
def test_a_template_has_the_variables_of_its_event(more: Any, expected: set[str]) -> None:
    template = {"event": "incident.registered", "subject": "{key}", "body": "{title}", **more}
    assert codes("notification-template", template) == expected


def test_a_message_is_made_of_what_is_known() -> None:
    template = POLICIES.value("notification-template", "incident-registered")
    subject, body = template.render({"key": "INC-000001", "title": "no\npower", "priority": "1"})
    assert subject == "INC-000001 (priority 1): no power"
    assert "Owner: \n" in body
    for event, known in EVENTS.items():
        whole = {"event": event, "subject": "{key}", "body": " ".join(f"{{{k}}}" for k in known)}
        assert codes("notification-template", whole) == set()
