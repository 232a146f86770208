"""What waits for a listener: in order, once, and only so much of it."""

from typing import Any

import pytest

from fitsm_graph.graph.changes import RecordChange
from fitsm_graph.graph.follow import Batch, Follower, Listener, Reach
from fitsm_graph.graph.history import Step
from fitsm_graph.kernel.errors import Conflict, FitsmError
from fitsm_graph.model.ledger import Op


class Ledger:
    """Stands in for the graph where nothing is read."""

    def __init__(self) -> None:
        self.listeners: list[Any] = []

    def on_commit(self, listener: Any) -> None:
        self.listeners.append(listener)


def batch(seq: int, changes: int = 1, kind: str = "CI") -> Batch:
    step = Step({"seq": seq}, (RecordChange(Op.UPDATE, kind, "a", {}, {}),) * changes)
    return Batch(Ledger(), seq, (step,))  # type: ignore[arg-type]


def reaching(reach: Reach) -> Listener:
    follower = Follower(Ledger())  # type: ignore[arg-type]
    follower.reach = reach
    return Listener(follower, 10)


@pytest.fixture
def listener() -> Listener:
    return Listener(Follower(Ledger()), 10)  # type: ignore[arg-type]


async def test_batches_come_in_order_and_again_until_they_are_finished(listener: Listener) -> None:
    first, second = batch(11), batch(12)
    for each in (batch(10), first, second):
        listener.give(each)
    assert await listener.next() is first, "what it is done with is not given"
    assert await listener.next() is first
    assert await listener.newest() is second
    listener.finish(first)
    assert (await listener.next(), listener.after, listener.latest) == (second, 11, 12)
    missed = batch(10)
    late = Listener(Follower(Ledger()), 5)  # type: ignore[arg-type]
    late.give(first)
    late.give(missed, first=True)
    assert await late.next() is missed


async def test_finishing_the_newest_finishes_all_before_it(listener: Listener) -> None:
    for seq in (11, 12, 13):
        listener.give(batch(seq))
    listener.finish(await listener.newest())  # type: ignore[arg-type]
    assert listener.latest == listener.after == 13
    listener.give(batch(14))
    assert (await listener.next()).seq == 14  # type: ignore[union-attr]


@pytest.mark.parametrize("reach", [Reach(batches=3), Reach(waiting=30)])
async def test_who_falls_behind_is_cut_and_holds_nothing(reach: Reach) -> None:
    listener = reaching(reach)
    for seq in (11, 12, 13):
        listener.give(batch(seq, changes=10))
    assert (await listener.next()).seq == 11, "the control: so much may wait"  # type: ignore[union-attr]
    listener.give(batch(14, changes=10))
    with pytest.raises(Conflict) as cut:
        await listener.next()
    assert (cut.value.code, listener.after) == ("SLOW_CONSUMER", 10)
    assert not listener._waiting
    listener.give(batch(15))
    assert not listener._waiting


async def test_one_batch_may_be_of_any_size() -> None:
    listener = reaching(Reach(waiting=5))
    listener.give(batch(11, changes=50))
    assert (await listener.next()).size == 50  # type: ignore[union-attr]


async def test_an_end_and_a_failure_are_told(listener: Listener) -> None:
    listener.give(batch(11))
    listener.end()
    assert await listener.next() is None
    other = Listener(Follower(Ledger()), 0)  # type: ignore[arg-type]
    other.fail(FitsmError("no", code="FEED_BROKEN"))
    with pytest.raises(FitsmError):
        await other.next()


async def test_what_is_worked_out_once_is_given_to_all_who_ask_alike() -> None:
    one, made = batch(1), []

    async def make() -> int:
        made.append(1)
        return len(made)

    assert [await one.once("a", make), await one.once("a", make)] == [1, 1]
    assert await one.once("b", make) == 2


def test_a_batch_says_which_kinds_it_changed_and_when() -> None:
    some = batch(7, kind="CIType")
    assert some.kinds == {"CIType"}
    assert some.changed(frozenset({"CIType"})) == 7
    assert some.changed(frozenset({"Account"})) == 0
