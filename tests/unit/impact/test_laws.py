"""Laws that hold between answers, whatever the case: no expected value is needed to test them."""

from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitsm_graph.impact.cases import answer_case
from fitsm_graph.kernel.errors import BadInput
from oracles import case_generator
from oracles.impact_oracle import WORDS

Json = dict[str, Any]
SEEDS = st.integers(min_value=0, max_value=2**32)
often = settings(max_examples=150, deadline=None)


def named(case: Json) -> Json:
    """Give every requirement an id of its own, so that others can join or move."""
    for place, row in enumerate(case["requirements"]):
        row["id"] = f"law-{place}"
    return case


def levels(answer: Json) -> dict[str, int]:
    return {element: WORDS.index(word) for element, word in answer["states"].items()}


def no_better(before: Json, after: Json) -> bool:
    old, new = levels(before), levels(after)
    return all(new[element] >= old[element] for element in old) and all(
        after["margins"][need] <= margin for need, margin in before["margins"].items()
    )


@often
@given(SEEDS)
def test_a_further_fault_never_improves(seed: int) -> None:
    case = named(case_generator.case(seed))
    before = answer_case(case)
    random = Random(seed)
    list_name = random.choice(("down", "degraded", "at_risk"))
    element = random.choice(case["elements"])
    if any(element in case.get(word, ()) for word in ("down", "degraded", "at_risk")):
        return
    case[list_name] = [*case.get(list_name, ()), element]
    assert no_better(before, answer_case(case))


@often
@given(SEEDS)
def test_a_further_requirement_never_improves(seed: int) -> None:
    case = named(case_generator.case(seed))
    before = answer_case(case)
    other = case_generator.case(seed + 1)["requirements"]
    random = Random(seed)
    for row in other[:2]:
        names = random.sample(case["elements"], min(len(case["elements"]), len(row["members"])))
        more = row | {"id": "more", "of": random.choice(case["elements"]), "members": names}
        if "weights" in more:
            more["weights"] = more["weights"][: len(names)]
        after = answer_case(case | {"requirements": [*case["requirements"], more]})
        del after["margins"]["more"]
        assert no_better(before, after)


@often
@given(SEEDS)
def test_a_higher_need_never_improves(seed: int) -> None:
    case = named(case_generator.case(seed))
    if not case["requirements"]:
        return
    before = answer_case(case)
    row = Random(seed).choice(case["requirements"])
    row["need"] += 1
    assert no_better(before, answer_case(case))


@often
@given(SEEDS)
def test_grounding_never_improves(seed: int) -> None:
    case = named(case_generator.case(seed))
    before = answer_case(case)
    case["requirements"] = [row | {"grounded": True} for row in case["requirements"]]
    assert no_better(before, answer_case(case))


@often
@given(SEEDS)
def test_names_do_not_matter(seed: int) -> None:
    case = named(case_generator.case(seed))
    names = list(case["elements"])
    Random(seed).shuffle(names)
    new = {old: f"β/{name}#0" for old, name in zip(case["elements"], names, strict=True)}
    renamed = deepcopy(case)
    for word in ("elements", "down", "degraded", "at_risk"):
        renamed[word] = [new[element] for element in case.get(word, ())]
    for row in renamed["requirements"]:
        row |= {"of": new[row["of"]], "members": [new[m] for m in row["members"]]}
    before, after = answer_case(case), answer_case(renamed)
    assert after["states"] == {new[e]: state for e, state in before["states"].items()}
    assert after["margins"] == before["margins"]


@often
@given(SEEDS)
def test_order_does_not_matter(seed: int) -> None:
    case = named(case_generator.case(seed))
    random = Random(seed)
    shuffled = deepcopy(case)
    for word in ("elements", "requirements", "down", "degraded", "at_risk"):
        random.shuffle(shuffled.get(word, []))
    for row in shuffled["requirements"]:
        weights = row.get("weights", [1] * len(row["members"]))
        pairs = list(zip(row["members"], weights, strict=True))
        random.shuffle(pairs)
        row["members"] = [member for member, _ in pairs]
        row["weights"] = [weight for _, weight in pairs]
    before, after = answer_case(case), answer_case(shuffled)
    assert after["states"] == before["states"]
    assert after["margins"] == before["margins"]
    assert {e: kind(p) for e, p in after["proofs"].items()} == {
        e: kind(p) for e, p in before["proofs"].items()
    }


def kind(proof: Json) -> str:
    if "unfounded" in proof:
        return "unfounded"
    return "own" if proof["requirement"] is None else "requirement"


@often
@given(SEEDS)
def test_the_same_question_has_the_same_answer(seed: int) -> None:
    case = case_generator.case(seed)
    copy = deepcopy(case)
    assert answer_case(case) == answer_case(copy)
    assert case == copy  # the question is left as it was


@often
@given(SEEDS)
def test_what_has_happened_is_a_fixed_point(seed: int) -> None:
    case = case_generator.case(seed)
    states = answer_case(case)["states"]
    for word in ("down", "degraded", "at_risk"):
        case[word] = [e for e, state in states.items() if state == word.upper()]
    again = answer_case(case)
    assert again["states"] == states
    assert all(kind(proof) == "own" for proof in again["proofs"].values())


@often
@given(SEEDS, st.integers(min_value=2, max_value=9))
def test_the_unit_of_weight_does_not_matter(seed: int, factor: int) -> None:
    case = named(case_generator.case(seed))
    before = answer_case(case)
    for row in case["requirements"]:
        row["weights"] = [w * factor for w in row.get("weights", [1] * len(row["members"]))]
        for key in {"need", "reserve"} & set(row):
            row[key] *= factor
    after = answer_case(case)
    assert after["states"] == before["states"]
    assert after["margins"] == {r: margin * factor for r, margin in before["margins"].items()}


@often
@given(SEEDS)
def test_all_of_several_is_a_need_of_each(seed: int) -> None:
    case = case_generator.case(seed)
    together, apart = deepcopy(case), deepcopy(case)
    for place, row in enumerate(case["requirements"]):
        plain = {k: v for k, v in row.items() if k not in {"weights", "reserve"}}
        together["requirements"][place] = plain | {"need": len(row["members"])}
    apart["requirements"] = [
        {**row, "id": f"{place}-{member}", "members": [member], "need": 1}
        for place, row in enumerate(together["requirements"])
        for member in row["members"]
    ]
    assert answer_case(together)["states"] == answer_case(apart)["states"]


@often
@given(SEEDS)
def test_strangers_to_one_another_do_not_meet(seed: int) -> None:
    left, right = case_generator.case(seed), case_generator.case(seed + 1)
    both: Json = {}
    for side, case in (("l", left), ("r", right)):
        for word in ("elements", "down", "degraded", "at_risk"):
            both.setdefault(word, []).extend(f"{side}.{e}" for e in case.get(word, ()))
        for row in case["requirements"]:
            members = [f"{side}.{m}" for m in row["members"]]
            moved = row | {"of": f"{side}.{row['of']}", "members": members}
            moved.pop("id", None)
            both.setdefault("requirements", []).append(moved)
    states = answer_case(both)["states"]
    for side, case in (("l", left), ("r", right)):
        alone = answer_case(case)["states"]
        assert {e: states[f"{side}.{e}"] for e in alone} == alone


def double_element(case: Json) -> None:
    case["elements"].append(case["elements"][0])


def double_member(case: Json) -> None:
    row = case["requirements"][0]
    row["members"].append(row["members"][0])
    row["weights"] = [1] * len(row["members"])


def double_requirement(case: Json) -> None:
    case["requirements"].append(dict(case["requirements"][0]))


@often
@given(SEEDS, st.sampled_from((double_element, double_member, double_requirement)))
def test_duplicates_are_refused(seed: int, spoil: Callable[[Json], None]) -> None:
    case = named(case_generator.case(seed))
    if case["requirements"]:
        spoil(case)
        with pytest.raises(BadInput):
            answer_case(case)
