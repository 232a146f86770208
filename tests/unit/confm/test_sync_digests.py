"""Digests with numbers say what a dictionary says, whatever is done to them."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.confm import sync_digests
from fitsm_graph.confm.sync_digests import Digests

FEW = st.integers(0, 12)
DIGEST = st.one_of(FEW, st.integers(2**64 - 4, 2**64 - 1))
STEPS = st.lists(st.tuples(st.sampled_from(["put", "drop", "settle"]), DIGEST, DIGEST))


def played(steps: list[tuple[str, int, int]]) -> tuple[Digests, dict[int, int]]:
    found, expected = Digests(), dict[int, int]()
    for act, key, value in steps:
        if act == "put":
            found[key] = expected[key] = value
        elif act == "drop":
            assert found.pop(key, None) == expected.pop(key, None)
        else:
            found.arrays()
        assert (len(found), found.get(key), key in found) == (
            len(expected),
            expected.get(key),
            key in expected,
        )
    return found, expected


@given(STEPS, st.integers(1, 5))
def test_they_are_a_dictionary(steps: list[tuple[str, int, int]], recent: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sync_digests, "RECENT", recent)
        found, expected = played(steps)
    assert found == expected
    assert list(found) == sorted(expected)


@given(STEPS, STEPS)
def test_what_others_lack(
    mine: list[tuple[str, int, int]], theirs: list[tuple[str, int, int]]
) -> None:
    (found, expected), (others, lacking) = played(mine), played(theirs)
    assert found.without(others) == expected.keys() - lacking.keys()


@given(st.lists(st.tuples(FEW, FEW)), st.lists(DIGEST, unique=True))
def test_of_pairs_the_last_counts(pairs: list[tuple[int, int]], asked: list[int]) -> None:
    found = Digests.of(np.array(pairs, np.uint64).reshape(-1, 2), without=3)
    expected = {key: value for key, value in dict(pairs).items() if value != 3}
    assert found == expected
    there, numbers = found.numbers_of(np.array(asked, np.uint64))
    assert there.tolist() == [key in expected for key in asked]
    assert numbers.tolist() == [expected[key] for key in asked if key in expected]


def test_a_digest_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        Digests()[1]
    with pytest.raises(KeyError):
        del Digests()[1]


def test_many_take_a_sixth_of_a_dictionary() -> None:
    """Measured, and with them the dictionary: a million took 130 MB, and is to take 18."""
    rows = [(n * 2**40 + 1, n * 2**41 + 1) for n in range(200_000)]
    tracemalloc.start()
    try:
        found = Digests()
        for key, value in rows:
            found[key] = value
        found.arrays()
        here, _ = tracemalloc.get_traced_memory()
        known = {key + 1: value + 1 for key, value in rows}
        there = tracemalloc.get_traced_memory()[0] - here
    finally:
        tracemalloc.stop()
    assert len(found) == len(known) == len(rows)
    assert here < 18 * len(rows)
    assert there > 6 * here
