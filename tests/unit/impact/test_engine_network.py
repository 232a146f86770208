"""Building a network: ways back, narrow columns, and what is refused with which path."""

import numpy as np
import pytest
from hypothesis import given

from fitsm_graph.impact.engine import solve, worsen
from fitsm_graph.impact.network import ARRAYS, build_network
from fitsm_graph.kernel.errors import BadInput
from unit.impact.engine_reference import cases, network, patient

GOOD = {
    "of": [0],
    "need": [1],
    "strength": [2],
    "grounded": [False],
    "member_start": [0, 2],
    "member": [1, 0],
}
REFUSED = {
    "a negative need": ({"need": [-1]}, "BAD_NEED", ("requirements", 0, "need")),
    "a need with a fraction": ({"need": [1.5]}, "BAD_COLUMN", ("need",)),
    "a need beyond exact numbers": ({"need": [2**53]}, "BAD_NEED", ("requirements", 0, "need")),
    "no weight": ({"weight": [1, 0]}, "BAD_WEIGHT", ("requirements", 0, "weights", 1)),
    "all weights 0": ({"weight": [0, 0]}, "BAD_WEIGHT", ("requirements", 0, "weights", 0)),
    "too few weights": ({"weight": [1]}, "WRONG_NUMBER_OF_WEIGHTS", ("weight",)),
    "weights too heavy": (
        {"weight": [2**53 - 1] * 2}, "BAD_WEIGHT", ("requirements", 0, "weights"),
    ),
    "an unknown member": ({"member": [1, 9]}, "UNKNOWN_MEMBER", ("requirements", 0, "members", 1)),
    "a negative member": ({"member": [-1, 0]}, "UNKNOWN_MEMBER", ("requirements", 0, "members", 0)),
    "a member twice": ({"member": [1, 1]}, "DUPLICATE_MEMBER", ("requirements", 0, "members")),
    "a negative reserve": ({"reserve": [-2]}, "BAD_RESERVE", ("requirements", 0, "reserve")),
    "an unknown strength": ({"strength": [3]}, "BAD_STRENGTH", ("requirements", 0, "strength")),
    "an unknown element": ({"of": [2]}, "UNKNOWN_ELEMENT", ("requirements", 0, "of")),
    "members that do not add up": ({"member_start": [0, 1]}, "BAD_COLUMN", ("member_start",)),
    "a column too short": ({"need": []}, "BAD_COLUMN", ("need",)),
    "a table for a column": ({"of": [[0]]}, "BAD_COLUMN", ("of",)),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    change, code, path = REFUSED[name]
    build_network(2, **GOOD)
    with pytest.raises(BadInput) as caught:
        build_network(2, **{**GOOD, **change})
    assert (caught.value.code, caught.value.problem.path) == (code, path)


def test_all_problems_are_reported_together():
    with pytest.raises(BadInput) as caught:
        build_network(2, **{**GOOD, "need": [-1], "member": [7, 8], "strength": [9]})
    assert [problem.code for problem in caught.value.problems] == [
        "BAD_NEED",
        "BAD_STRENGTH",
        "UNKNOWN_MEMBER",
        "UNKNOWN_MEMBER",
    ]


@patient
@given(cases())
def test_ways_back(case):
    count, needs, _ = case
    built = network(count, needs)
    for element in range(count):
        used = [r for r, need in enumerate(needs) if element in need.members]
        assert built.uses(element).tolist() == used
        has = [r for r, need in enumerate(needs) if need.of == element]
        assert built.requirements(element).tolist() == has
    for r, need in enumerate(needs):
        assert built.members(r).tolist() == list(need.members)
        assert built.weights(r).sum() == built.total[r] == need.weight(need.members)
        row = built.used_by == r
        assert built.used_weight[row].sum() == built.total[r]


def test_arrays_are_read_only_and_narrow():
    built = build_network(2, **GOOD)
    assert all(not getattr(built, name).flags.writeable for name in ARRAYS)
    assert built.unit_weights
    assert built.need.dtype == np.int32
    heavy = build_network(2, **{**GOOD, "weight": [2**40, 1]})
    assert heavy.weight.dtype == np.int64
    assert not heavy.unit_weights


def test_members_out_of_order_and_many():
    count, rng = 3000, np.random.default_rng(5)
    member = rng.permutation(count)
    columns = {"need": np.ones(count, int), "strength": np.full(count, 2)}
    built = build_network(
        count,
        of=np.arange(count)[::-1],
        grounded=np.zeros(count, bool),
        member_start=np.arange(count + 1),
        member=member,
        **columns,
    )
    assert all(built.member[built.uses(v)[0]] == v for v in range(0, count, 97))
    assert all(built.of[built.requirements(v)[0]] == v for v in range(0, count, 97))


@pytest.mark.parametrize(
    ("elements", "levels", "code"),
    [
        ([2], 3, "UNKNOWN_ELEMENT"),
        ([-1], 3, "UNKNOWN_ELEMENT"),
        ([0, 0], 3, "DUPLICATE_ELEMENT"),
        ([0], 4, "BAD_LEVEL"),
        ([0], 1.0, "BAD_LEVEL"),
        ([1], 1, "NOT_WORSE"),
    ],
)
def test_changes_refused(elements, levels, code):
    built = build_network(2, **GOOD)
    baseline = solve(built, [0, 2])
    with pytest.raises(BadInput) as caught:
        worsen(built, baseline, elements, levels)
    assert caught.value.code == code


@pytest.mark.parametrize("own", [[0], [0, 4], [0, -1], [0.0, 0.0]])
def test_own_states_refused(own):
    with pytest.raises(BadInput):
        solve(build_network(2, **GOOD), own)
