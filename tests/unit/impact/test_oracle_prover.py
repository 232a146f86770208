"""Every state the oracle finds can be proved, and no proof survives being tampered with."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from oracles import case_generator
from oracles.impact_oracle import WORDS, answer
from oracles.proof_validator import complaints
from oracles.prover import Prover

Json = dict[str, Any]
BLOCK = 200


def proved(seed: int) -> tuple[Json, Json]:
    case = case_generator.case(seed)
    found = answer(case)
    return case, found | {"proofs": Prover(case, found["states"]).all()}


def spoilt(found: Json) -> Iterator[Json]:
    """The answer with one thing wrong."""
    for element, proof in found["proofs"].items():
        for change in ([], [element]):
            worse = deepcopy(found)
            if proof.get("because", change) != change:
                worse["proofs"][element]["because"] = change
                yield worse
        less = deepcopy(found)
        del less["proofs"][element]
        yield less
        better = deepcopy(found)
        better["proofs"][element]["level"] = WORDS[WORDS.index(proof["level"]) - 1]
        yield better


@pytest.mark.parametrize("start", range(0, 1_000, BLOCK))
def test_every_state_can_be_proved(start: int) -> None:
    for seed in range(start, start + BLOCK):
        case, found = proved(seed)
        assert complaints(case, found) == [], seed


@pytest.mark.parametrize("start", range(0, 400, BLOCK))
def test_tampered_proofs_are_noticed(start: int) -> None:
    for seed in range(start, start + BLOCK):
        case, found = proved(seed)
        for wrong in spoilt(found):
            assert complaints(case, wrong), seed


@pytest.mark.parametrize("start", range(0, 400, BLOCK))
def test_states_that_are_too_bad_cannot_be_proved(start: int) -> None:
    for seed in range(start, start + BLOCK):
        case, found = proved(seed)
        for element, state in found["states"].items():
            if state != "DOWN":
                claimed = found["states"] | {element: "DOWN"}
                with pytest.raises(AssertionError):
                    Prover(case, claimed).all()
