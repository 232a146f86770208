"""The notation of the case tables is read as it says, and mistakes in it are named."""

import pytest

from oracles.case_tables import BadCase, load, parse

TEXT = """# a remark
== one
r: app hard grounded needs 2 of a*3 b1..b2 reserve 1   # another
app#0 soft needs c
down a
at_risk b1
=> app DOWN margin -1
=> r margin 4
"""


def test_a_case_is_read() -> None:
    case = parse(TEXT)[0]
    assert case.title == "one"
    assert case.json["elements"] == ["app", "a", "b1", "b2", "app#0", "c"]
    assert case.json["requirements"] == [
        {
            "id": "r",
            "of": "app",
            "members": ["a", "b1", "b2"],
            "need": 2,
            "strength": "hard",
            "grounded": True,
            "weights": [3, 1, 1],
            "reserve": 1,
        },
        {"of": "app#0", "members": ["c"], "need": 1, "strength": "soft"},
    ]
    assert (case.json["down"], case.json["at_risk"]) == (["a"], ["b1"])


def test_expectations_are_read_and_completed() -> None:
    case = parse(TEXT)[0]
    assert case.states == {
        "app": "DOWN", "a": "DOWN", "b1": "AT_RISK", "b2": "UP", "app#0": "UP", "c": "UP"
    }  # fmt: skip
    assert (case.element_margins, case.margins) == ({"app": -1}, {"r": 4})


@pytest.mark.parametrize(
    "line",
    [
        "app needs b",
        "app hard needs b c",
        "=> app FINE",
        "=> app",
        "=> app UP margin few",
        "=> stranger UP",
        "{broken",
    ],
)
def test_mistakes_are_named(line: str) -> None:
    with pytest.raises(BadCase):
        parse(f"== case\napp hard needs b\n{line}", "file")


def test_a_line_before_the_first_title_is_a_mistake() -> None:
    with pytest.raises(BadCase, match="begins with"):
        parse("app hard needs b")


def test_titles_are_unique() -> None:
    names = [case.name for case in load()]
    assert len(set(names)) == len(names) >= 100
