"""The way of a proof on a terminal: from a service down to what set it off."""

from fitsm_graph.cli.impact import SOME, _way


def step(key, *because, need=None, text=""):
    return {
        "element": {"key": key},
        "because": [{"key": each} for each in because],
        "requirement": need,
        "text": text,
    }


def steps(*rows):
    return {row["element"]["key"]: row for row in rows}


OWN = step("fw", text="fw is DOWN: assumed to fail")


def test_a_chain_ends_with_the_own_state():
    proof = steps(step("svc", "db"), step("db", "fw"), OWN)
    assert _way(proof, "svc") == "db ← fw ← assumed to fail"


def test_a_group_shows_what_is_left():
    need = {"any": 0, "total": 2, "need": 1}
    proof = steps(step("grp", "a", "b", need=need), step("b", "fw"), OWN)
    assert _way(proof, "grp") == "b + a (0 of 2 left, 1 needed) ← fw ← assumed to fail"


def test_a_single_provider_needs_no_arithmetic():
    need = {"any": 0, "total": 1, "need": 1}
    assert _way(steps(step("svc", "db", need=need)), "svc") == "db"


def test_more_than_some_causes_are_counted():
    assert _way(steps(step("x", *"abcde")), "x") == "a + b + c + 2 more"
    assert SOME == 3


def test_a_circle_ends():
    text = "a is DOWN: a, b hold up only one another, without a source"
    assert _way(steps(step("a", "b"), step("b", "a")), "a") == "b ← a"
    assert _way(steps(step("a", text=text)), "a").endswith("without a source")
