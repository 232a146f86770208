"""The validator of proofs accepts what is right and names what is wrong."""

from typing import Any

import pytest

from oracles.case_tables import parse
from oracles.impact_oracle import answer
from oracles.proof_validator import complaints, not_shortest

OWN = {"level": "DOWN", "requirement": None, "because": []}


def judged(text: str, proofs: dict[str, Any]) -> list[str]:
    case = parse(f"== case\n{text}")[0].json
    return complaints(case, answer(case) | {"proofs": proofs})


def through(requirement: str, *because: str, level: str = "DOWN") -> dict[str, Any]:
    return {"level": level, "requirement": requirement, "because": list(because)}


POOL = "app hard needs 2 of a b c\nsvc hard needs app\ndown a b c"
POOL_OWN = dict.fromkeys("abc", OWN)
LOOP = "a hard needs 1 of b x\nb hard needs 1 of a x\na hard needs y\ndown y x"
RING = """a hard grounded needs 1 of src b
b hard grounded needs 1 of a c
c hard grounded needs 1 of b src2
down src src2"""
RING_OWN = {"src": OWN, "src2": OWN}
CERTIFICATE = {"unfounded": ["a", "b", "c"]}


def test_right_proofs_pass() -> None:
    good = POOL_OWN | {"app": through("app#0", "a", "c"), "svc": through("svc#0", "app")}
    assert judged(POOL, good) == []
    assert judged(RING, RING_OWN | dict.fromkeys("abc", CERTIFICATE)) == []
    assert judged("app soft needs 3 of a b", {"app": through("app#0", level="DEGRADED")}) == []


@pytest.mark.parametrize(
    ("proof", "words"),
    [
        (through("app#0", "a", "b", "c"), "superfluous"),
        (through("app#0", "a"), "does not follow"),
        (through("app#0"), "does not follow"),
        (through("app#0", "a", "a"), "distinct members"),
        (through("app#0", "a", "svc"), "distinct members"),
        (through("svc#0", "app"), "not a requirement of it"),
        (through("app#7", "a", "b"), "not a requirement of it"),
        (through("app#0", "a", "b", level="DEGRADED"), "proof of DEGRADED"),
        (OWN, "own state is UP"),
        ({"unfounded": ["app"]}, "rests on itself"),
        ({"unfounded": ["svc"]}, "not in its own"),
        ({"requirement": "app#0", "because": ["a", "b"]}, "no level"),
    ],
)
def test_wrong_steps_are_named(proof: dict[str, Any], words: str) -> None:
    found = judged(POOL, POOL_OWN | {"app": proof, "svc": through("svc#0", "app")})
    assert words in found[0]


def test_missing_and_needless_proofs_are_named() -> None:
    text = "app hard needs a\nweb hard needs b\ndown a"
    assert "app: not UP and without proof" in judged(text, {"a": OWN})
    good = {"a": OWN, "app": through("app#0", "a")}
    assert judged(text, good | {"b": OWN}) == ["b: UP and with a proof"]


def test_an_own_state_is_its_own_proof() -> None:
    text = "app hard needs a\ndown a app"
    assert "shorter" in judged(text, {"a": OWN, "app": through("app#0", "a")})[0]
    caused = OWN | {"because": ["a"]}
    assert "needs no cause" in judged(text, {"a": OWN, "app": caused})[0]


def test_circular_proofs_are_named() -> None:
    own = {"x": OWN, "y": OWN}
    right = own | {"a": through("a#1", "y"), "b": through("b#0", "a", "x")}
    assert judged(LOOP, right) == []
    wrong = own | {"a": through("a#0", "b", "x"), "b": through("b#0", "a", "x")}
    assert [line.split(":")[0] for line in judged(LOOP, wrong)] == ["a", "b"]


def test_wrong_certificates_are_named() -> None:
    fine = RING_OWN | dict.fromkeys("abc", CERTIFICATE)
    partial = fine | {"a": {"unfounded": ["a"]}}
    assert judged(RING, partial) == []  # b stands on its own certificate
    split = RING_OWN | {e: {"unfounded": [e]} for e in "abc"}
    assert len(judged(RING, split)) == 3  # each leans on the next
    assert "strangers" in judged(RING, fine | {"a": {"unfounded": ["a", "z"]}})[0]
    assert "proof of AT_RISK" in judged(RING, fine | {"a": CERTIFICATE | {"level": "AT_RISK"}})[0]
    alive = RING.replace("down src src2", "down src b")
    risk = through("c#0", "b", level="AT_RISK")
    claim = {"src": OWN, "b": OWN, "c": risk, "a": {"unfounded": ["a", "c"]}}
    assert judged(alive, claim) == ["a: unfounded at DOWN, yet ['c'] are better"]


def test_a_certificate_needs_grounded_requirements() -> None:
    text = "a hard needs b\nb hard needs a\na hard needs x\ndown x"
    loop = {e: {"unfounded": ["a", "b"]} for e in "ab"}
    assert len(judged(text, {"x": OWN} | loop)) == 2


def test_a_longer_way_is_named() -> None:
    text = "b hard needs a\nc hard needs b\nc hard needs a\ndown a"
    case = parse(f"== case\n{text}")[0].json
    proofs = {"a": OWN, "b": through("b#0", "a"), "c": through("c#0", "b")}
    assert not_shortest(case, answer(case) | {"proofs": proofs}) == ["c: 2 links, not 1"]
    proofs["c"] = through("c#1", "a")
    assert not_shortest(case, answer(case) | {"proofs": proofs}) == []
