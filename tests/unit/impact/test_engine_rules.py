"""Design section 4 by example: its table, and each rule by itself, in both kernels."""

import numpy as np
import pytest

from fitsm_graph.impact.engine import solve
from unit.impact.engine_reference import (
    AT_RISK,
    DEGRADED,
    DOWN,
    INFO,
    SOFT,
    UP,
    Need,
    hard,
    least_state,
    network,
)

TABLE = {
    "app hard needs db, db DOWN": (2, [hard(0, 1)], {1: DOWN}, [DOWN, DOWN]),
    "app soft needs cache, cache DOWN": (
        2, [hard(0, 1, strength=SOFT)], {1: DOWN}, [DEGRADED, DOWN],
    ),
    "1 of 2, one DOWN": (3, [hard(0, 1, 2)], {1: DOWN}, [AT_RISK, DOWN, UP]),
    "AT_RISK reaches a plain need": (
        4, [hard(0, 1, 2), hard(3, 0)], {1: DOWN}, [AT_RISK, DOWN, UP, AT_RISK],
    ),
    "AT_RISK stops at redundancy": (
        5, [hard(0, 1, 2), hard(4, 0, 3)], {1: DOWN}, [AT_RISK, DOWN, UP, UP, UP],
    ),
    "2 of 3, one DOWN, one DEGRADED": (
        4, [hard(0, 1, 2, 3, need=2)], {1: DOWN, 2: DEGRADED}, [DEGRADED, DOWN, DEGRADED, UP],
    ),
    "a healthy cycle": (2, [hard(0, 1), hard(1, 0)], {}, [UP, UP]),
    "grounded, source DOWN": (
        3, [hard(0, 2, 1, grounded=True), hard(1, 0, grounded=True)], {2: DOWN}, [DOWN] * 3,
    ),
    "the same, counting alone": (
        3, [hard(0, 2, 1), hard(1, 0)], {2: DOWN}, [AT_RISK, AT_RISK, DOWN],
    ),
    "farm with reserve": (
        101, [hard(0, *range(1, 101), need=50, reserve=10)], {1: DOWN}, [UP, DOWN] + [UP] * 99,
    ),
    "farm with the default reserve": (
        101, [hard(0, *range(1, 101), need=50)], {1: DOWN}, [AT_RISK, DOWN] + [UP] * 99,
    ),
    "informational needs do nothing": (2, [hard(0, 1, strength=INFO)], {1: DOWN}, [UP, DOWN]),
    "need above the total, hard": (2, [hard(0, 1, need=2)], {}, [DOWN, UP]),
    "need above the total, soft": (2, [hard(0, 1, need=2, strength=SOFT)], {}, [DEGRADED, UP]),
    "need above the total, informational": (
        2, [hard(0, 1, need=2, strength=INFO, grounded=True)], {}, [UP, UP],
    ),
    "a need of members that are none": (1, [hard(0)], {}, [DOWN]),
    "a need of nothing": (1, [hard(0, need=0)], {}, [UP]),
    "need 0 keeps its reserve": (2, [hard(0, 1, need=0)], {1: DOWN}, [AT_RISK, DOWN]),
    "need 0 without reserve": (2, [hard(0, 1, need=0, reserve=0)], {1: DOWN}, [UP, DOWN]),
    "a member of its own need": (1, [hard(0, 0)], {}, [UP]),
    "a member of its own need, grounded": (1, [hard(0, 0, grounded=True)], {}, [DOWN]),
    "the same, soft": (1, [hard(0, 0, grounded=True, strength=SOFT)], {}, [DEGRADED]),
    "itself or a source": (2, [hard(0, 0, 1, grounded=True)], {1: DOWN}, [DOWN, DOWN]),
    "weights": (
        3, [Need(0, (1, 2), 3, weights=(3, 1))], {2: DOWN}, [AT_RISK, UP, DOWN],
    ),
    "weights, the heavy one": (
        3, [Need(0, (1, 2), 3, weights=(3, 1))], {1: DOWN}, [DOWN, DOWN, UP],
    ),
    "a reserve larger than the rest is cut": (
        3, [hard(0, 1, 2, reserve=9)], {}, [UP, UP, UP],
    ),
    "own state is the worst of": (2, [hard(0, 1)], {0: DEGRADED, 1: AT_RISK}, [DEGRADED, AT_RISK]),
    "DEGRADED support is not full support": (
        3, [hard(0, 2, 1, grounded=True), hard(1, 0, grounded=True)], {2: DEGRADED}, [DEGRADED] * 3,
    ),
    "AT_RISK support is not calm support": (
        3, [hard(0, 2, 1, grounded=True), hard(1, 0, grounded=True)], {2: AT_RISK}, [AT_RISK] * 3,
    ),
    "a soft grounded need cannot take DOWN": (
        3,
        [hard(0, 2, 1, grounded=True, strength=SOFT), hard(1, 0, grounded=True, strength=SOFT)],
        {2: DOWN},
        [DEGRADED, DEGRADED, DOWN],
    ),
    "3 web servers and 1 database in separate groups: the database": (
        7, [hard(0, 5), hard(0, 6), hard(5, 1, 2, 3), hard(6, 4)], {4: DOWN},
        [DOWN, UP, UP, UP, DOWN, UP, DOWN],
    ),
    "3 web servers and 1 database in separate groups: all web servers": (
        7, [hard(0, 5), hard(0, 6), hard(5, 1, 2, 3), hard(6, 4)], {1: DOWN, 2: DOWN, 3: DOWN},
        [DOWN, DOWN, DOWN, DOWN, UP, DOWN, UP],
    ),
    "6 elements of which a depth limit loses one": (
        6, [hard(1, 0), hard(2, 1), hard(3, 2), hard(3, 0), hard(4, 3), hard(5, 4)], {0: DOWN},
        [DOWN] * 6,
    ),
}  # fmt: skip


@pytest.mark.parametrize("kernel", ["numba", "numpy"])
@pytest.mark.parametrize("name", TABLE)
def test_states(name, kernel):
    count, needs, faults, expected = TABLE[name]
    own = [faults.get(element, UP) for element in range(count)]
    assert solve(network(count, needs), own, kernel=kernel).state.tolist() == expected


@pytest.mark.parametrize("name", TABLE)
def test_the_slow_reading_agrees(name):
    count, needs, faults, expected = TABLE[name]
    assert least_state(count, needs, [faults.get(v, UP) for v in range(count)]) == expected


def test_margin_is_what_may_still_be_lost():
    solution = solve(network(4, [hard(0, 1, 2, 3), hard(0, 1)]), [UP, DOWN, DEGRADED, UP])
    assert solution.margin.tolist() == [1, -1]
    assert solution.element_margins([0, 1]).tolist() == [-1, np.iinfo(np.int64).max]


def test_levels_of_requirements_are_capped():
    solution = solve(network(3, [hard(0, 1), hard(0, 1, strength=SOFT), hard(0, 2)]), [0, DOWN, 0])
    assert solution.requirement_levels.tolist() == [DOWN, DEGRADED, UP]


def test_amounts_beyond_32_bits():
    large = 2**40
    needs = [Need(0, (1, 2), large, weights=(large, 5)), hard(1, 2, grounded=True)]
    for kernel in ("numba", "numpy"):
        solution = solve(network(3, needs), [UP, UP, DOWN], kernel=kernel)
        assert solution.state.tolist() == [DOWN, DOWN, DOWN]
        assert solution.margin.tolist() == [-large, -1]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_elements_without_requirements(size):
    assert solve(network(size, []), [DOWN] * size).state.tolist() == [DOWN] * size


def test_no_elements():
    assert solve(network(0, [])).state.tolist() == []
