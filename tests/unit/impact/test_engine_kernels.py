"""The kernel that is compiled, its twin, and a machine without numba."""

import subprocess
import sys

import numpy as np
import pytest

from fitsm_graph.impact.engine import proofs, solve, worsen
from fitsm_graph.impact.engine.compiled import sources
from fitsm_graph.impact.engine.fast import propagate
from unit.impact.engine_reference import HARD, SOFT, Need, network

WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None
from fitsm_graph.impact.cases import answer_line
from fitsm_graph.impact.engine.compiled import available
from fitsm_graph.impact.upstream import cone_up
assert not available()
print(sorted(answer_line(sys.stdin.read())["proofs"].items()))
"""
AT_ONCE = """
import sys
from concurrent.futures import ThreadPoolExecutor
from fitsm_graph.impact.cases import answer_line
assert "numba" not in sys.modules, "nothing has been asked of the engine yet"
case = sys.stdin.read()
with ThreadPoolExecutor(8) as threads:
    answers = list(threads.map(answer_line, [case] * 8))
assert "numba" in sys.modules
assert all(each["proofs"] == answers[0]["proofs"] for each in answers)
print(sorted(answers[0]["proofs"].items()))
"""
CASE = """{"elements": ["n1", "n2", "src", "app"], "down": ["src"], "requirements": [
{"of": "n1", "members": ["src", "n2"], "need": 1, "strength": "hard", "grounded": true},
{"of": "n2", "members": ["n1"], "need": 1, "strength": "hard", "grounded": true},
{"of": "app", "members": ["n2"], "need": 1, "strength": "soft"}]}"""


def tangled(seed):
    """A network of many rings within rings, with own states."""
    rng = np.random.default_rng(seed)
    count, needs = int(rng.integers(6, 30)), []
    for element in np.flatnonzero(rng.random(count) < 0.85).tolist():
        for _ in range(1 + (rng.random() < 0.2)):
            members = tuple(rng.permutation(count)[: rng.integers(1, 5)].tolist())
            weights = tuple(rng.integers(1, 3, len(members)).tolist())
            strength = int(rng.choice([SOFT, HARD, HARD]))
            need, grounded = int(rng.integers(1, 3)), bool(rng.random() < 0.85)
            needs.append(Need(element, members, need, strength, grounded, weights))
    return rng, network(count, needs), rng.choice([0] * 20 + [1, 2, 3], count)


@pytest.mark.parametrize("seed", range(150))
def test_support_kept_up_equals_support_worked_out(seed):
    rng, built, own = tangled(seed)
    baseline, twin = solve(built, own, kernel="numba"), solve(built, own, kernel="numpy")
    assert baseline.state.tolist() == twin.state.tolist()
    for _ in range(8):
        elements = rng.permutation(own.size)[: rng.integers(1, 4)]
        worse = own.copy()
        worse[elements] = np.maximum(own[elements], rng.integers(1, 4, elements.size))
        anew = solve(built, worse, kernel="numpy")
        for start in (baseline, twin):
            scenario = worsen(built, start, elements, worse[elements])
            assert scenario.states().tolist() == anew.state.tolist()
            assert len(proofs(scenario)) == anew.not_up().size
    (scratch,) = baseline.pool
    assert (scratch.order == baseline.order).all()


@pytest.mark.parametrize("way", [WITHOUT_NUMBA, AT_ONCE])
def test_without_numba_and_by_many_at_once_the_answers_are_the_same(way):
    ran = subprocess.run(
        [sys.executable, "-c", way],
        input=CASE,
        capture_output=True,
        text=True,
        check=True,
    )
    unfounded = {"unfounded": ["n1", "n2"]}
    assert ran.stdout.strip() == str(
        [
            ("app", {"level": "DEGRADED", "requirement": "app#0", "because": ["n2"]}),
            ("n1", unfounded),
            ("n2", unfounded),
            ("src", {"level": "DOWN", "requirement": None, "because": []}),
        ]
    )


def test_machine_code_is_filed_under_all_its_sources():
    solve(network(1, []), kernel="numba")
    kept = propagate._cache
    signature, codegen = propagate.signatures[0], propagate.targetctx.codegen()
    assert kept._index_key(signature, codegen)[-1] == sources()
    assert len(sources()) == 64
