"""Questions become the statements that are kept as text; a difference is for a person to read."""

import pytest

from fitsm_graph.confm.types import default_registry
from oracles.question_cases import CASES, Cases

MADE = Cases()
OF_THE_REGISTRY = frozenset(default_registry().relationship_types)
"""Names that stand in statements, because patterns need them."""


@pytest.mark.parametrize("name", MADE.names())
def test_a_question_becomes_its_statement(name: str) -> None:
    text = (CASES / f"{name}.txt").read_text(encoding="utf-8")
    assert text == MADE.printed(name), "print it anew: tools/print_questions.py"


@pytest.mark.parametrize("name", MADE.names())
def test_no_value_of_a_client_is_in_a_statement(name: str) -> None:
    for _, question in MADE.questions(name):
        given = question.parameters.values()
        values = [each for each in given if isinstance(each, str) and each not in OF_THE_REGISTRY]
        assert [each for each in values if len(each) > 3 and each in question.text] == []
        assert set(question.parameters) | set(question.later) >= {
            word.strip("$,)]}").partition("]")[0]
            for word in question.text.split()
            if word.startswith("$")
        }


@pytest.mark.parametrize("name", [name for name in MADE.names() if name.startswith("limited")])
def test_the_row_rule_is_in_every_pattern_of_elements(name: str) -> None:
    for _, question in MADE.questions(name):
        patterns = question.text.count(":Element)") + question.text.count("&Element)")
        assert question.text.count("IN $sight") >= patterns > 0
