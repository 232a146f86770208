"""Pieces of a turn's work: what is refused does not keep the others waiting."""

import pytest

from fitsm_graph.flow.scheduler import OneByOne
from fitsm_graph.kernel.errors import Refused, Unavailable


async def done() -> None:
    pass


async def refused() -> None:
    raise Refused("not now", code="ILLEGAL_TRANSITION")


async def away() -> None:
    raise Unavailable("nobody answers", code="TIMEOUT")


async def test_what_is_refused_is_told_and_the_others_are_done() -> None:
    pieces = OneByOne()
    assert await pieces.do("a", done())
    assert not await pieces.do("b", refused())
    assert await pieces.do("c", done())
    assert (pieces.done, pieces.left) == (2, ["b (ILLEGAL_TRANSITION)"])
    assert pieces.said("2 done") == "2 done; 1 left: b (ILLEGAL_TRANSITION)"


async def test_nothing_is_said_of_nothing() -> None:
    pieces = OneByOne()
    assert pieces.said("0 done") == ""
    await pieces.do("b", refused())
    assert pieces.said("0 done") == "1 left: b (ILLEGAL_TRANSITION)"


async def test_many_that_are_left_are_told_in_short() -> None:
    pieces = OneByOne()
    for number in range(7):
        await pieces.do(str(number), refused())
    assert pieces.said("").endswith("4 (ILLEGAL_TRANSITION) and 2 more")


async def test_a_database_that_is_away_ends_the_turn() -> None:
    pieces = OneByOne()
    with pytest.raises(Unavailable):
        await pieces.do("a", away())
    assert (pieces.done, pieces.left) == (0, [])
