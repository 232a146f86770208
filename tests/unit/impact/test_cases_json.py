"""Cases as JSON: the format in and out, and what is refused with which path."""

import json

import pytest
from hypothesis import given

from fitsm_graph.impact.cases import answer_case, answer_line, answer_stream
from fitsm_graph.kernel.errors import BadInput
from unit.impact.engine_reference import cases, least_state, patient

WORDS = ("UP", "AT_RISK", "DEGRADED", "DOWN")
NEED = {"of": "app", "members": ["db1", "db2"], "need": 1, "strength": "hard"}
PAIR = {"elements": ["app", "db1", "db2"], "requirements": [NEED], "down": ["db1"]}


def with_requirement(**changes):
    return {**PAIR, "requirements": [{**NEED, **changes}]}


def without(key):
    kept = {k: v for k, v in NEED.items() if k != key}
    return {**PAIR, "requirements": [kept]}


def test_an_answer():
    assert answer_case(PAIR) == {
        "states": {"app": "AT_RISK", "db1": "DOWN", "db2": "UP"},
        "margins": {"app#0": 0},
        "proofs": {
            "app": {"level": "AT_RISK", "requirement": "app#0", "because": ["db1"]},
            "db1": {"level": "DOWN", "requirement": None, "because": []},
        },
    }


def test_an_unfounded_set():
    grounded = {"need": 1, "strength": "hard", "grounded": True}
    answer = answer_case(
        {
            "elements": ["n1", "n2", "src"],
            "requirements": [
                {"of": "n1", "members": ["src", "n2"], **grounded},
                {"of": "n2", "members": ["n1"], **grounded},
            ],
            "down": ["src"],
        }
    )
    assert answer["states"] == dict.fromkeys(["n1", "n2", "src"], "DOWN")
    assert answer["proofs"]["n1"] == {"unfounded": ["n1", "n2"]}


def test_default_ids_count_the_requirements_of_the_element():
    plain = {"members": ["b"], "need": 1, "strength": "info"}
    needs = [{"of": "a"}, {"of": "b"}, {"of": "a", "id": "named"}, {"of": "a"}]
    case = {"elements": ["a", "b"], "requirements": [{**plain, **need} for need in needs]}
    assert list(answer_case(case)["margins"]) == ["a#0", "b#0", "named", "a#2"]


def test_weights_reserve_and_the_worst_own_state():
    case = with_requirement(need=3, weights=[2, 3], reserve=0)
    answer = answer_case({**case, "at_risk": ["db1", "db2"], "degraded": ["db1"]})
    assert answer["states"] == {"app": "AT_RISK", "db1": "DOWN", "db2": "AT_RISK"}
    assert answer["margins"] == {"app#0": 0}
    assert answer_case(case)["states"]["app"] == "UP"


def test_optional_parts_may_be_null_or_missing():
    nulls = with_requirement(id=None, grounded=None, weights=None, reserve=None)
    assert answer_case({**nulls, "degraded": None, "at_risk": None}) == answer_case(PAIR)
    assert answer_case({"elements": ["a"]})["states"] == {"a": "UP"}


R = ("requirements", 0)
REFUSED = {
    "a negative need": (with_requirement(need=-1), "BAD_NEED", (*R, "need")),
    "true as a need": (with_requirement(need=True), "BAD_NEED", (*R, "need")),
    "text as a need": (with_requirement(need="60%"), "BAD_NEED", (*R, "need")),
    "a share as a need": (with_requirement(need=0.6), "BAD_NEED", (*R, "need")),
    "1.0 as a need": (with_requirement(need=1.0), "BAD_NEED", (*R, "need")),
    "null as a need": (with_requirement(need=None), "BAD_NEED", (*R, "need")),
    "no need": (without("need"), "MISSING_KEY", (*R, "need")),
    "no members": (without("members"), "MISSING_KEY", (*R, "members")),
    "no strength": (without("strength"), "MISSING_KEY", (*R, "strength")),
    "no of": (without("of"), "MISSING_KEY", (*R, "of")),
    "an unknown strength": (with_requirement(strength="Hard"), "BAD_STRENGTH", (*R, "strength")),
    "a number as strength": (with_requirement(strength=2), "BAD_STRENGTH", (*R, "strength")),
    "1 as grounded": (with_requirement(grounded=1), "BAD_TYPE", (*R, "grounded")),
    "a negative reserve": (with_requirement(reserve=-1), "BAD_RESERVE", (*R, "reserve")),
    "weight 0": (with_requirement(weights=[1, 0]), "BAD_WEIGHT", (*R, "weights", 1)),
    "true as a weight": (with_requirement(weights=[1, True]), "BAD_WEIGHT", (*R, "weights", 1)),
    "one weight": (with_requirement(weights=[1]), "WRONG_NUMBER_OF_WEIGHTS", (*R, "weights")),
    "weights too heavy": (
        with_requirement(weights=[2**53 - 1] * 2), "BAD_WEIGHT", (*R, "weights"),
    ),
    "an unknown member": (
        with_requirement(members=["db1", "db3"]), "UNKNOWN_MEMBER", (*R, "members", 1),
    ),
    "a member twice": (
        with_requirement(members=["db1", "db1"]), "DUPLICATE_MEMBER", (*R, "members", 1),
    ),
    "a number as a member": (with_requirement(members=[1]), "BAD_TYPE", (*R, "members", 0)),
    "text as members": (with_requirement(members="db1"), "BAD_TYPE", (*R, "members")),
    "an unknown of": (with_requirement(of="web"), "UNKNOWN_ELEMENT", (*R, "of")),
    "an unknown key": (with_requirement(weight=[1, 1]), "UNKNOWN_KEY", (*R, "weight")),
    "an empty id": (with_requirement(id=""), "BAD_TYPE", (*R, "id")),
    "a requirement of text": ({**PAIR, "requirements": ["x"]}, "BAD_TYPE", R),
    "two with one id": (
        {**PAIR, "requirements": [{**NEED, "id": "r"}] * 2},
        "DUPLICATE_REQUIREMENT", ("requirements", 1, "id"),
    ),
    "an id that another has by default": (
        {**PAIR, "requirements": [NEED, {**NEED, "id": "app#0"}]},
        "DUPLICATE_REQUIREMENT", ("requirements", 1, "id"),
    ),
    "an unknown fault": ({**PAIR, "down": ["db9"]}, "UNKNOWN_ELEMENT", ("down", 0)),
    "text as faults": ({**PAIR, "down": "db1"}, "BAD_TYPE", ("down",)),
    "a misspelt list": ({**PAIR, "downs": []}, "UNKNOWN_KEY", ("downs",)),
    "an element twice": ({"elements": ["a", "a"]}, "DUPLICATE_ELEMENT", ("elements", 1)),
    "a number as element": ({"elements": [1]}, "BAD_TYPE", ("elements", 0)),
    "no elements": ({"requirements": []}, "MISSING_KEY", ("elements",)),
    "null as elements": ({"elements": None}, "BAD_TYPE", ("elements",)),
    "a list as case": ([], "BAD_TYPE", ()),
    "null as case": (None, "BAD_TYPE", ()),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    case, code, path = REFUSED[name]
    with pytest.raises(BadInput) as caught:
        answer_line(json.dumps(case))
    assert (code, path) in [(problem.code, problem.path) for problem in caught.value.problems]
    assert [
        problem for problem in caught.value.problems if not (problem.why and problem.remedy)
    ] == []


def test_a_misspelt_word_gets_a_suggestion():
    with pytest.raises(BadInput) as caught:
        answer_case(with_requirement(wieghts=[1, 1]))
    assert caught.value.problem.remedy == "did you mean 'weights'?"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nonsense", "BAD_JSON"),
        ('{"elements": [NaN]}', "BAD_JSON"),
        ('{"elements": [], "elements": ["a"]}', "DUPLICATE_KEY"),
        ("[" * 100_000, "BAD_JSON"),
        ('{"elements": []} {}', "BAD_JSON"),
    ],
)
def test_not_json(text, code):
    with pytest.raises(BadInput) as caught:
        answer_line(text)
    assert caught.value.code == code
    assert caught.value.problem.remedy


def test_bad_lines_do_not_stop_the_others():
    good, bad = json.dumps(PAIR), json.dumps(with_requirement(need=-1))
    rows = list(answer_stream([good + "\n", "\n", bad + "\r\n", "{oops\n", good]))
    assert [ok for _, ok in rows] == [True, False, False, True]
    second, third = (json.loads(text) for text, ok in rows if not ok)
    assert (second["line"], second["errors"][0]["code"]) == (3, "BAD_NEED")
    assert second["errors"][0]["path"] == ["requirements", 0, "need"]
    assert set(second["errors"][0]) == {"code", "message", "why", "remedy", "path"}
    assert (third["line"], third["errors"][0]["code"]) == (4, "BAD_JSON")
    assert json.loads(rows[0][0]) == json.loads(rows[3][0]) == answer_case(PAIR)


@pytest.mark.parametrize("first", ["", "\ufeff", "\n\n"])
def test_one_object_may_span_the_file(first):
    text = first + json.dumps(PAIR, indent=2)
    ((answer, ok),) = answer_stream(text.splitlines(keepends=True))
    assert ok
    assert json.loads(answer) == answer_case(PAIR)


def test_a_broken_object_that_spans_the_file_is_one_error():
    text = json.dumps(PAIR, indent=2).replace('"need": 1', '"need": ,')
    ((answer, ok),) = answer_stream(text.splitlines(keepends=True))
    assert not ok
    (error,) = json.loads(answer)["errors"]
    assert "line 14" in error["message"]


def test_a_broken_first_line_does_not_hide_the_second():
    rows = list(answer_stream(['{"elements": [\n', json.dumps(PAIR)]))
    assert [ok for _, ok in rows] == [False, True]


def test_no_lines():
    assert list(answer_stream([])) == list(answer_stream(["\n", " "])) == []


def test_names_may_be_anything():
    names = ["Köln", "a#0", "a b", "\ud800"]
    ((answer, ok),) = answer_stream([json.dumps({"elements": names, "down": ["Köln"]})])
    assert ok
    assert list(json.loads(answer.encode())["states"]) == names


@patient
@given(cases())
def test_states_and_margins_follow_the_rules(case):
    count, needs, own = case
    strengths = ("info", "soft", "hard")
    given_case = {
        "elements": [f"e{v}" for v in range(count)],
        "requirements": [
            {
                "id": f"r{at}",
                "of": f"e{need.of}",
                "members": [f"e{m}" for m in need.members],
                "need": need.need,
                "strength": strengths[need.strength],
                "grounded": need.grounded,
                "weights": list(need.weights) or None,
                "reserve": None if need.reserve < 0 else need.reserve,
            }
            for at, need in enumerate(needs)
        ],
    }
    for level, word in enumerate(("at_risk", "degraded", "down"), 1):
        given_case[word] = [f"e{v}" for v in range(count) if own[v] == level]
    state = least_state(count, needs, own)
    answer = answer_line(json.dumps(given_case))
    assert answer["states"] == {f"e{v}": WORDS[level] for v, level in enumerate(state)}
    assert answer["margins"] == {
        f"r{at}": need.weight(m for m in need.members if state[m] < 3) - need.need
        for at, need in enumerate(needs)
    }
    assert list(answer["proofs"]) == [f"e{v}" for v in range(count) if state[v]]
