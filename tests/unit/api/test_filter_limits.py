"""How much a filter may hold: what looks around an element counts as much as planning it takes."""

from typing import Any

import pytest
from graphql import parse

from fitsm_graph.api.filters import AROUND, MOST
from fitsm_graph.api.selection import selected_in
from fitsm_graph.kernel.errors import BadInput
from oracles.question_cases import Cases, compiled

MADE = Cases()
DOCUMENT = "query Q($where: ElementWhere) { elements(where: $where) { totalCount } }"
AT_ONE = {"element": {"key": {"eq": "a"}}}
CHEAP: tuple[dict[str, Any], ...] = (
    {"key": {"startsWith": "a"}},
    {"kind": {"eq": "CI"}},
    {"state": {"eq": "DOWN"}},
    {"attribute": [{"name": "model", "eq": "x"}]},
)
AROUND_IT: tuple[dict[str, Any], ...] = (
    {"owner": {"isNull": True}},
    {"text": "word"},
    {"freshness": {"olderThan": "P1D"}},
    {"relations": {"count": {"gte": 2}}},
    {"dependsOn": {"none": {}}},
    {"customers": {"some": {}}},
    {"reaches": {"direction": "UPSTREAM", "to": {}}},
    {"source": {"eq": "racks"}},
    {"run": {"isNull": False}},
)


def code(where: dict[str, Any]) -> str:
    """What compiling a filter is refused with."""
    (what,) = selected_in(MADE.schema, parse(DOCUMENT), {"where": where})
    try:
        compiled(MADE.compiler, what)
    except BadInput as error:
        return error.code
    return ""


@pytest.mark.parametrize("one", CHEAP, ids=str)
def test_so_many_conditions_of_its_own_pass_and_one_more_does_not(one: dict[str, Any]) -> None:
    assert code({"OR": [one] * (MOST - 1)}) == ""
    assert code({"OR": [one] * MOST}) == "FILTER_TOO_LARGE"


@pytest.mark.parametrize("one", AROUND_IT, ids=str)
def test_what_looks_around_counts_as_several(one: dict[str, Any]) -> None:
    most = (MOST - 1) // AROUND
    assert code({"OR": [one] * most}) == ""
    assert code({"OR": [one] * (most + 1)}) == "FILTER_TOO_LARGE"


def test_each_operator_that_looks_around_counts() -> None:
    several = {"some": AT_ONE, "every": AT_ONE, "none": AT_ONE}
    fits = MOST // (3 * AROUND + 6)
    assert code({"AND": [{"relations": several}] * fits}) == ""
    assert code({"AND": [{"relations": several}] * (fits + 2)}) == "FILTER_TOO_LARGE"
