"""What of a weighing matters, what makes it graver, and what the ledger is told."""

from typing import Any

import pytest

from fitsm_graph.isrm.weighing_again import differing, is_graver, told

BEFORE: dict[str, Any] = {
    "computed_impact": "medium",
    "computed_urgency": "low",
    "computed_priority": 4,
    "impact": "medium",
    "urgency": "low",
    "priority": 4,
    "target_priority": 4,
    "major_criteria": ["a"],
    "services": ["mail", "wiki"],
    "services_down": 1,
    "users_reached": 3,
}


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({}, []),
        ({"users_reached": 9, "because": ["other words"]}, []),
        ({"services": ["wiki", "mail"]}, []),
        ({"services": ["wiki"]}, ["services"]),
        ({"services_down": 0}, ["services_down"]),
        ({"urgency": "high", "computed_urgency": "high"}, ["computed_urgency", "urgency"]),
        ({"major_criteria": None}, ["major_criteria"]),
    ],
)
def test_little_things_do_not_matter(change: dict[str, Any], names: list[str]) -> None:
    assert differing(BEFORE, BEFORE | change) == names


def test_nothing_and_an_empty_list_are_the_same() -> None:
    assert differing({"services": None, "services_down": None}, {"services": []}) == []


@pytest.mark.parametrize(
    ("change", "graver"),
    [
        ({}, False),
        ({"priority": 3}, True),
        ({"priority": 5}, False),
        ({"computed_priority": 2}, True),
        ({"target_priority": 3, "priority": 5}, True),
        ({"major_criteria": ["a", "b"]}, True),
        ({"major_criteria": []}, False),
        ({"priority": None}, False),
    ],
)
def test_what_is_graver_counts_at_once(change: dict[str, Any], *, graver: bool) -> None:
    assert is_graver(BEFORE, BEFORE | change) is graver


def test_what_had_no_priority_and_has_one_is_graver() -> None:
    assert is_graver({"priority": None}, {"priority": 9})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            {"computed_urgency": "high", "urgency": "high", "computed_priority": 3, "priority": 3},
            "less of its time is left: urgency low → high, priority 4 → 3",
        ),
        (
            {"computed_impact": "high", "services": ["mail"]},
            "the graph has changed: impact medium → high, other services",
        ),
        (
            {"major_criteria": []},
            "the graph has changed: other criteria of a major incident",
        ),
        (
            {"computed_priority": None, "target_priority": 3},
            "the graph has changed: priority 4 → unknown, targets of priority 4 → 3",
        ),
        ({"impact": "high"}, "the graph has changed: other classes"),
    ],
)
def test_the_ledger_is_told_why(change: dict[str, Any], why: str) -> None:
    after = BEFORE | change
    assert told(BEFORE, after, differing(BEFORE, after)) == why
