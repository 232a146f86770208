"""What is left of a planned difference: neither done nor set aside."""

import json

import pytest

from fitsm_graph.flow.planned import ORDER, left_of

DIFFERENCE = {
    "retire": ["old"],
    "add": [{"key": "new"}, {"key": "newer"}],
    "change": [{"key": "host", "name": "Host"}],
}
ALL = [("add", {"key": "new"}), ("add", {"key": "newer"}), ("change", DIFFERENCE["change"][0]),
       ("retire", "old")]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ({}, ALL),
        ({"difference_done": 0, "difference_aside": None}, ALL),
        ({"difference_done": 2}, ALL[2:]),
        ({"difference_done": 4}, []),
        ({"difference_aside": ["", "no need", "", ""]}, [ALL[0], *ALL[2:]]),
        ({"difference_done": 1, "difference_aside": ["", "", "no", "no"]}, [ALL[1]]),
    ],
)
def test_what_is_left(told, left):
    change = {"difference": json.dumps(DIFFERENCE), **told}
    assert list(left_of(change)) == left
    assert [ORDER.index(part) for part, _ in left] == sorted(ORDER.index(part) for part, _ in left)


def test_nothing_is_left_of_nothing():
    assert list(left_of({"difference": None})) == list(left_of({})) == []
