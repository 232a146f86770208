"""The oracle against the case tables: expected values were written by hand, before it ran."""

import pytest

from oracles.case_tables import Case, load
from oracles.impact_oracle import answer, element_margins


@pytest.mark.parametrize("case", [c for c in load() if not c.refused], ids=lambda case: case.name)
def test_the_oracle_agrees_with_the_case(case: Case) -> None:
    found = answer(case.json)
    assert found["states"] == case.states
    assert {r: found["margins"][r] for r in case.margins} == case.margins
    least = element_margins(case.json, found["margins"])
    assert {e: least[e] for e in case.element_margins} == case.element_margins
