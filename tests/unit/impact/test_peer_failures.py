"""Failures measured in other tools, each as a named test, and each at some size.

The small forms are in `tests/cases/impact/peers.txt`; here they are asked in the ways in which
the others go wrong.
"""

from itertools import pairwise, permutations
from typing import Any

import pytest

from fitsm_graph.impact.cases import answer_case
from fitsm_graph.kernel.errors import BadInput
from oracles.case_tables import load, parse

POOLS = """== three web servers and one database
app hard needs 1 of web1 web2 web3
app hard needs db
parent hard needs app"""


def asked(text: str, **own: list[str]) -> dict[str, Any]:
    return answer_case(parse(text)[0].json | own)


def need_of_three(need: Any) -> dict[str, Any]:
    row = {"of": "app", "members": ["w1", "w2", "w3"], "need": need, "strength": "hard"}
    return {"elements": ["app", "w1", "w2", "w3"], "requirements": [row]}


def test_no_order_of_the_links_hides_the_last_element() -> None:
    """A depth-first walk with a depth limit loses x5 here, depending on what it meets first."""
    case = load("peers")[0].json
    for rows in permutations(case["requirements"]):
        found = answer_case(case | {"requirements": list(rows)})
        assert set(found["states"].values()) == {"DOWN"}


def test_there_is_no_depth_limit() -> None:
    """A chain of 20,000 is followed to its end, without recursion."""
    names = [f"c{i}" for i in range(20_001)]
    rows = [
        {"of": of, "members": [below], "need": 1, "strength": "hard"}
        for below, of in pairwise(names)
    ]
    found = answer_case({"elements": names, "requirements": rows, "down": ["c0"]})
    assert set(found["states"].values()) == {"DOWN"}
    assert found["proofs"]["c20000"]["because"] == ["c19999"]


def test_the_database_is_not_a_fourth_web_server() -> None:
    """With one pool per consumer the application would be reported fine."""
    assert asked(POOLS, down=["db"])["states"]["parent"] == "DOWN"
    assert asked(POOLS, down=["web1", "web2", "web3"])["states"]["parent"] == "DOWN"
    assert asked(POOLS, down=["web1", "web2"])["states"]["parent"] == "AT_RISK"
    assert asked(POOLS)["states"]["parent"] == "UP"


@pytest.mark.parametrize(
    "need", ["%60", "60%", "2", "", -1, 1.5, 2.0, True, None, [2], {"of": 2}], ids=repr
)
def test_a_malformed_need_is_refused(need: Any) -> None:
    """Stored without complaint elsewhere, such a need made an application that never falls."""
    with pytest.raises(BadInput) as caught:
        answer_case(need_of_three(need))
    problem = caught.value.problem
    assert problem.path[:2] == ("requirements", 0)
    assert problem.path[-1] == "need"
    assert problem.why
    assert problem.remedy


@pytest.mark.parametrize(("need", "survives"), [(1, 2), (2, 1), (3, 0)])
def test_a_pool_falls_exactly_when_its_need_is_not_met(need: int, survives: int) -> None:
    case = need_of_three(need)
    for lost in range(4):
        found = answer_case(case | {"down": ["w1", "w2", "w3"][:lost]})
        assert (found["states"]["app"] == "DOWN") == (lost > survives)
        assert found["margins"] == {"app#0": survives - lost}


def test_one_shared_switch_takes_two_servers() -> None:
    text = "== x\napp hard needs 3 of s1 s2 s3 s4\ns1 hard needs sw\ns2 hard needs sw\ndown sw"
    assert asked(text)["states"]["app"] == "DOWN"
    assert asked(text)["proofs"]["app"]["because"] == ["s1", "s2"]
    assert asked(text.replace("3 of", "2 of"))["states"]["app"] == "AT_RISK"
