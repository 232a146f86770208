"""How large the next chunk is, by the time that the last one took."""

import random
from statistics import quantiles

import pytest

from fitsm_graph.confm.sync_writer import Chunks


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.0, 2_000), (0.02, 2_000), (0.17, 1_000), (0.34, 757), (1, 500), (60, 500)],
)
def test_it_doubles_and_halves_at_most(seconds: float, expected: int):
    assert Chunks().after(1_000, seconds) == expected


def test_it_has_its_limits():
    assert Chunks(most=1_500).after(1_000, 0.01) == 1_500
    assert Chunks().after(300, 60) == 200
    assert Chunks(first=7, most=7).after(7, 60) == 7
    assert Chunks(first=1).after(1, 60) == 1


def test_scattered_times_do_not_make_chunks_that_take_too_long():
    """A database that writes 8,000 rows a second, now slower and now faster by a quarter."""
    chance, chunks = random.Random(3), Chunks()
    size, times = chunks.first, []
    for _ in range(2_000):
        seconds = size / 8_000 * chance.lognormvariate(0, 0.28)
        times.append(seconds)
        size = chunks.after(size, seconds)
    assert quantiles(times, n=20)[-1] < 0.3
    assert sum(times) / len(times) > 0.15


def test_single_delays_do_not_make_chunks_small():
    """One chunk in eight waits for half a second, whatever its size."""
    chance, chunks = random.Random(5), Chunks()
    size, sizes = chunks.first, []
    for _ in range(1_000):
        seconds = 0.01 + size / 10_000 + (0.5 if chance.random() < 1 / 8 else 0)
        size = chunks.after(size, seconds)
        sizes.append(size)
    assert sum(sizes) / len(sizes) > 900
