"""Every proof the engine gives is re-checked, step by step, by a validator that shares no code."""

import json
import os
from typing import Any

import pytest

from fitsm_graph.impact.cases import answer_case
from oracles import case_generator
from oracles.case_tables import Case, load
from oracles.proof_validator import complaints, not_shortest
from oracles.shrink import shrink

FULL = bool(os.environ.get("FITSM_FULL"))  # set by `make test-full`
RUN = 10_000 if FULL else 1_500
BLOCK = 250


def wrong(case: dict[str, Any]) -> list[str]:
    found = answer_case(case)
    return complaints(case, found) or not_shortest(case, found)


def check(seeds: range) -> None:
    for seed in seeds:
        case = case_generator.case(seed)
        if wrong(case):
            least = shrink(case, lambda c: bool(wrong(c)))
            pytest.fail(
                f"case {seed}; smallest form:\n{json.dumps(least)}\n{wrong(least)}\n"
                f"{json.dumps(answer_case(least))}"
            )


@pytest.mark.parametrize("case", [c for c in load() if not c.refused], ids=lambda case: case.name)
def test_proofs_of_the_tables(case: Case) -> None:
    assert wrong(case.json) == []


@pytest.mark.parametrize("start", range(0, RUN, BLOCK))
def test_proofs_of_random_cases(start: int) -> None:
    check(range(start, start + BLOCK))


def test_proofs_of_large_random_cases() -> None:
    for seed in range(600 if FULL else 60):
        assert wrong(case_generator.large(seed)) == [], seed
