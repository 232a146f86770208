"""The engine against the oracle: the case tables, and random cases by the thousand."""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from fitsm_graph.impact.cases import answer_case
from fitsm_graph.kernel.errors import BadInput
from oracles import case_generator
from oracles.case_tables import Case, load
from oracles.impact_oracle import answer, element_margins
from oracles.shrink import shrink

FULL = bool(os.environ.get("FITSM_FULL"))  # set by `make test-full`
RUN = 10_000 if FULL else 1_500
BLOCK = 250

TABLES = load()


def differs(case: dict[str, Any]) -> bool:
    found, right = answer_case(case), answer(case)
    return found["states"] != right["states"] or found["margins"] != right["margins"]


def report(case: dict[str, Any], fails: Callable[[dict[str, Any]], bool], what: str) -> str:
    least = shrink(case, fails)
    return (
        f"{what}; smallest form:\n{json.dumps(least)}\n"
        f"engine: {json.dumps(answer_case(least))}\noracle: {json.dumps(answer(least))}"
    )


def compare(seeds: range) -> None:
    for seed in seeds:
        case = case_generator.case(seed)
        if differs(case):
            pytest.fail(report(case, differs, f"case {seed} differs"))


@pytest.mark.parametrize("case", [c for c in TABLES if not c.refused], ids=lambda case: case.name)
def test_tables(case: Case) -> None:
    found = answer_case(case.json)
    assert found["states"] == case.states
    assert {r: found["margins"][r] for r in case.margins} == case.margins
    assert set(found["margins"]) == set(answer(case.json)["margins"])
    least = element_margins(case.json, found["margins"])
    assert {e: least[e] for e in case.element_margins} == case.element_margins


@pytest.mark.parametrize("case", [c for c in TABLES if c.refused], ids=lambda case: case.name)
def test_what_must_be_refused(case: Case) -> None:
    with pytest.raises(BadInput) as caught:
        answer_case(case.json)
    problem = caught.value.problem
    assert problem.code == case.refused
    assert problem.why
    assert problem.remedy
    assert problem.message
    assert problem.path


@pytest.mark.parametrize("start", range(0, RUN, BLOCK))
def test_random_cases(start: int) -> None:
    compare(range(start, start + BLOCK))


def test_large_random_cases() -> None:
    for seed in range(600 if FULL else 60):
        case = case_generator.large(seed)
        assert not differs(case), seed
