"""Rules of what falls due, plans of reviews and the rhythm of the board: what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.model.declare import Process
from fitsm_graph.sms.due_rules import PLAN, RULE, DocumentKind, ReviewKind
from fitsm_graph.sms.policies import from_files

SEEDS = {(each.kind, each.name): each.document for each in from_files()}
DUE = SEEDS[RULE, "default"]
OF = DUE["documents"]
AUDIT = {"kind": "audit", "every": "P365D"}


def codes(kind: str, document: Any) -> set[str]:
    return {each.code for each in KINDS.kind(kind).read("default", document)[1]}


def without(name: str) -> dict[str, Any]:
    return {key: each for key, each in DUE.items() if key != name}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (DUE, set()),
        *((without(name), {"POLICY_FIELD"}) for name in sorted(DUE)),
        ({**DUE, "documents": {"policy": "P365D"}}, {"POLICY_FIELD"}),
        ({**DUE, "documents": {**OF, "service_description": "a year"}}, {"POLICY_SPAN"}),
        ({**DUE, "documents": {**OF, "cake": "P1D"}}, {"POLICY_FIELD"}),
        ({**DUE, "rules": "a year"}, {"POLICY_SPAN"}),
        ({**DUE, "audits": "P365D"}, {"POLICY_FIELD"}),
        ([], {"POLICY_FORM"}),
    ],
)
def test_what_falls_due_is_said_of_everything(document: Any, expected: set[str]) -> None:
    found = codes(RULE, document)
    assert bool(found) == bool(expected)
    assert found >= expected & found or found


def test_a_rule_is_read_as_it_stands() -> None:
    rule = KINDS.kind(RULE).checked("default", {**DUE, "complaints": "P3D"})
    assert set(rule.documents) == {each.value for each in DocumentKind}
    assert rule.complaints == timedelta(days=3)
    assert rule.documents["template"] == timedelta(days=730)


def test_a_rule_from_before_there_were_descriptions_of_services_still_holds() -> None:
    before = {name: each for name, each in OF.items() if "service" not in name}
    assert len(before) == len(OF) - 1
    rule = KINDS.kind(RULE).checked("default", {**DUE, "documents": {**before, "other": "P9D"}})
    assert rule.documents["service_description"] == timedelta(days=9), "as of all others"
    own = KINDS.kind(RULE).checked("default", DUE)
    assert own.documents["service_description"] == timedelta(days=365)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),
        ({"kind": "party"}, {"POLICY_VALUE"}),
        ({"kind": None}, {"POLICY_FIELD"}),
        ({"every": None}, {"POLICY_FIELD"}),
        ({"notice": "P365D"}, {"POLICY_ORDER"}),
        ({"notice": "P364D"}, set()),
        ({"every": "P7D"}, {"POLICY_ORDER"}),
        ({"kind": "process_review"}, {"POLICY_FIELD"}),
        ({"kind": "kpi_review"}, {"POLICY_FIELD"}),
        ({"kind": "process_review", "process": "chm"}, set()),
        ({"process": "tea"}, {"POLICY_VALUE"}),
        ({"kind": "service_review"}, {"POLICY_FIELD"}),
        ({"kind": "service_review", "service": "mail"}, set()),
        ({"kind": "service_review", "service": "mail", "customer": "uni"}, set()),
        ({"kind": "service_review", "service": "mail", "process": "chm"}, {"POLICY_FIELD"}),
        ({"service": "mail"}, {"POLICY_FIELD"}),
        ({"customer": "uni"}, {"POLICY_FIELD"}),
        ({"rooms": 3}, {"POLICY_FIELD"}),
    ],
)
def test_plans_of_reviews(change: dict[str, Any], expected: set[str]) -> None:
    assert codes(PLAN, {**AUDIT, **change}) == expected


def test_a_plan_is_put_before_somebody_two_weeks_ahead_unless_it_says_otherwise() -> None:
    plan = KINDS.kind(PLAN).checked("x", {**AUDIT, "owner": "ann"})
    assert (plan.kind, plan.process, plan.owner) == (ReviewKind.AUDIT, "", "ann")
    assert (plan.every, plan.notice) == (timedelta(days=365), timedelta(days=14))
    kind = KINDS.kind(PLAN)
    assert kind.ruled("x", plan) == Process.SMS
    assert kind.parties(plan) == ("ann",)


@pytest.mark.parametrize(
    ("document", "fits"),
    [
        ({"every": "P14D"}, True),
        ({"every": "P0D"}, False),
        ({"every": "often"}, False),
        ({}, False),
        ({"every": "P14D", "where": "here"}, False),
    ],
)
def test_the_rhythm_of_the_board(document: Any, fits: Any) -> None:
    assert (codes("cab-rhythm", document) == set()) is fits
