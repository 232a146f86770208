"""The tests that can fail: each broken sentence of the definition is noticed, twice over."""

import pytest

from oracles import case_generator
from oracles.case_tables import load
from oracles.impact_oracle import Semantics, answer, element_margins
from oracles.mutants import MUTANTS

TABLES = [case for case in load() if not case.refused]
RANDOM_CASES = 1500


@pytest.fixture(scope="module")
def answers() -> list[tuple[dict, dict]]:
    cases = [case_generator.case(seed) for seed in range(RANDOM_CASES)]
    return [(case, answer(case)) for case in cases]


def test_there_are_enough_mutants() -> None:
    assert len(MUTANTS) >= 12
    assert len({mutant.__doc__ for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_the_tables_catch_it(mutant: type[Semantics]) -> None:
    caught = []
    for case in TABLES:
        found = mutant().answer(case.json)
        least = element_margins(case.json, found["margins"])
        if (
            found["states"] != case.states
            or any(found["margins"][r] != m for r, m in case.margins.items())
            or any(least[e] != m for e, m in case.element_margins.items())
        ):
            caught.append(case.name)
    assert caught


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_random_cases_catch_it(mutant: type[Semantics], answers: list[tuple[dict, dict]]) -> None:
    assert any(mutant().answer(case) != right for case, right in answers)
