"""The why-panel and the outline, from an answer as the API gives it."""

import pytest

from fitsm_graph.web.answer import answer, sort_rows
from fitsm_graph.web.execute import Asker
from fitsm_graph.web.markup import shorten, width
from fitsm_graph.web.outline import outline
from fitsm_graph.web.question import Question
from fitsm_graph.web.report import Edge, Element, Need
from unit.web.estate import Estate, demo


async def asked(estate, **question):
    return await answer(Asker(estate.execute, "ada"), Question(**question))


@pytest.mark.parametrize(
    ("need", "total", "any", "words"),
    [
        (2, 3, 1, "2 of 3 needed, 1 left: 1 short"),
        (2, 3, 2, "2 of 3 needed, 2 left: none to spare"),
        (1, 3, 3, "1 of 3 needed, 3 left: 2 to spare"),
    ],
)
def test_arithmetic_in_words(need, total, any, words):
    assert Need("r", "", need, total, any).arithmetic() == words


async def test_a_proof_goes_down_to_what_was_assumed_and_each_element_once():
    page = await asked(demo(), of=("feed-a",), focus="hpc")
    first, last = page.why.steps[0], page.why.steps[-1]
    assert [one.id for one in first.elements] == ["hpc"]
    assert [one.id for one in last.elements] == ["feed-a"]
    assert last.sum == ""
    explained = [one.id for step in page.why.steps for one in step.elements]
    assert len(explained) == len(set(explained))
    assert {id for pair in page.why.path for id in pair} == set(explained)
    for step in page.why.steps:
        pairs = {(cause.id, one.id) for cause in step.because for one in step.elements}
        assert pairs <= page.why.path


async def test_twelve_alike_machines_share_a_step():
    page = await asked(demo(), of=("feed-a",), focus="hpc")
    sizes = {len(step.elements): step for step in page.why.steps}
    assert [one.id for one in sizes[12].because] == ["san"]


async def test_the_sum_of_a_redundancy_group_is_shown():
    page = await asked(demo(), of=("feed-a",), focus="dbs")
    assert page.why.steps[0].sum == "2 of 3 needed, 2 left: none to spare"


async def test_without_a_focus_the_worst_and_most_critical_service_is_explained():
    page = await asked(demo(), of=("feed-a",))
    assert page.focus.id == "hpc"
    assert [s.element.id for s in page.report.services] == ["hpc", "data", "web", "help"]


async def test_an_element_that_is_not_affected_says_so():
    page = await asked(demo(), of=("db-1",), focus="sw-a")
    assert page.why.affected is False
    assert page.why.element.label == "core-switch-a"


async def test_further_ways_in_are_counted():
    page = await asked(demo(), of=("feed-a",), focus="hpc")
    assert page.why.further == 1  # the identity provider is at risk besides


async def test_unfounded_elements_are_followed():
    estate = Estate()
    estate.add("a", "ring-a")
    row = {
        "element": {"id": "a"},
        "level": "DOWN",
        "requirement": None,
        "because": [],
        "unfounded": [{"id": "b", "key": "CI-2", "name": "ring-b"}],
        "text": None,
    }
    estate.proof = lambda *_: row
    page = await asked(estate, of=("a",), focus="a")
    assert [one.label for one in page.why.steps[0].unfounded] == ["ring-b"]
    assert page.why.path == {("b", "a")}


def element(id, hops, state="DOWN", margin=None):
    return Element(id, id, id, "CI", "Host", "HO", "UP", state, hops, margin)


def test_the_outline_names_each_element_once_and_the_rest_behind_it():
    rows = [element("s", 0), element("a", 1), element("b", 1), element("c", 2)]
    edges = [Edge("s", "a"), Edge("s", "b"), Edge("a", "c"), Edge("b", "c"), Edge("c", "a")]
    (top,) = outline(rows, edges)
    assert [branch.element.id for branch in top.branches] == ["a", "b"]
    first, second = top.branches
    assert [branch.element.id for branch in first.branches] == ["c"]
    assert second.branches == []
    assert [one.id for one in second.also] == ["c"]
    assert [one.id for one in first.branches[0].also] == ["a"]


def test_the_list_sorts_and_unknown_comes_last():
    rows = [element("b", None, "UP"), element("a", 2), element("c", 1, "AT_RISK", 3)]
    order = {
        sort: "".join(row.id for row in sort_rows(rows, sort))
        for sort in ["", "name", "-name", "state", "hops"]
    }
    assert order == {"": "bac", "name": "abc", "-name": "cba", "state": "acb", "hops": "cab"}


@pytest.mark.parametrize("text", ["short", "a" * 100, "設定" * 30, "e\u0301" * 40])
@pytest.mark.parametrize("columns", [8, 19])
def test_shortened_text_fits(text, columns):
    assert width(shorten(text, columns)) <= columns
    if width(text) <= columns:
        assert shorten(text, columns) == text
