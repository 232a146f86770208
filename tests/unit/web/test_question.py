"""The URL is the question: it is read whole or refused, and written back the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.web.question import VERBS, Question, read_question

IDS = st.lists(st.text("abc-0", min_size=1, max_size=4), unique=True, max_size=4).map(tuple)
QUESTIONS = st.builds(
    Question,
    of=IDS,
    fail=IDS,
    degrade=IDS,
    restore=IDS,
    maintain=IDS,
    as_of=st.sampled_from(["", "2026-11-23T08:30:00Z", "2026-11-23T09:30:00+01:00"]),
    form=st.sampled_from(["picture", "list", "outline"]),
    focus=st.sampled_from(["", "a b&c=d"]),
    opened=IDS,
    sort=st.sampled_from(["", "name", "-hops"]),
    first=st.sampled_from([1, 500, 5000]),
    text=st.sampled_from(["", "db 01"]),
)


@given(QUESTIONS)
def test_reading_what_was_written_gives_the_same(question):
    assert read_question(question.pairs()) == question


@given(QUESTIONS, st.sampled_from(VERBS), st.sampled_from(["a", "b", "zz"]))
def test_an_element_has_one_assumption_and_toggling_takes_it_back(question, verb, element):
    was = element in question.chosen(verb)
    toggled = question.toggled(verb, element)
    assert (element in toggled.chosen(verb)) is not was
    assert sum(element in toggled.chosen(other) for other in VERBS) == (0 if was else 1)
    others = [one for other in VERBS for one in question.chosen(other) if one != element]
    assert others == [one for other in VERBS for one in toggled.chosen(other) if one != element]


def test_of_counts_as_failing_and_each_fails_once():
    question = read_question([("of", "a"), ("fail", "b"), ("fail", "a")])
    assert question.variables()["fail"] == ["a", "b"]
    assert question.toggled("fail", "a").variables()["fail"] == ["b"]


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([("off", "a")], "did you mean 'of'?"),
        ([("view", "pictures")], "did you mean 'picture'?"),
        ([("sort", "age")], "known"),
        ([("first", "0")], "from 1 to 5000"),
        ([("first", "many")], "from 1 to 5000"),
        ([("as_of", "yesterday")], "2026-11-23T08:30:00Z"),
        ([("as_of", "2026-11-23T08:30:00")], "no offset"),
        ([("focus", "a"), ("focus", "b")], "2 times"),
        ([("of", "x" * 201)], "too long"),
        ([("fail", f"e{n}") for n in range(201)], "201 elements"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_a_remedy(pairs, words):
    with pytest.raises(BadInput) as caught:
        read_question(pairs)
    assert words in str(caught.value)
    assert caught.value.problem.path == (pairs[0][0],)


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(BadInput) as caught:
        read_question([("off", "a"), ("view", "x"), ("first", "-1")])
    assert len(caught.value.problems) == 3
