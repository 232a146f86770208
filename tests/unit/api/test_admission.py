"""How much a principal may ask at once and in a time: counted, with a clock moved by hand."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from fitsm_graph.api.admission import Admission, Budgets, Throttled, Turns
from fitsm_graph.api.limits import SETTINGS, Limits
from fitsm_graph.graph.checks_machine import SETTINGS as TOLD
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.principal import Principal
from unit.sms.seeded import seeded_rights

ADA = Principal("ada", frozenset({"reader"}))
BOB = Principal("bob", frozenset({"reader"}))
EVE = Principal("eve", frozenset({"auditor"}))


class Seconds:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def refused(work: Any, *args: Any) -> Throttled:
    with pytest.raises(Throttled) as caught:
        work(*args)
    assert caught.value.problem.why
    assert caught.value.problem.remedy
    return caught.value


def test_a_budget_is_used_up_and_comes_back() -> None:
    clock = Seconds()
    budgets = Budgets(Limits(budget=1_000, budget_per_second=100), clock)
    assert [budgets.spend("ada", 400) for _ in range(2)] == [600, 200]
    error = refused(budgets.spend, "ada", 400)
    assert (error.code, error.status, error.seconds) == ("BUDGET_SPENT", 429, 2)
    assert "400 values and 200 are left" in error.problem.why
    assert budgets.spend("bob", 1_000) == 0, "others are not concerned"
    clock.now += 1.9
    assert refused(budgets.spend, "ada", 400).seconds == 1
    clock.now += 0.2
    assert budgets.spend("ada", 400) == 10
    clock.now += 3_600
    assert budgets.left("ada") == 1_000, "never more than full"


def test_what_costs_more_than_a_full_budget_is_answered_by_a_full_one() -> None:
    clock = Seconds()
    budgets = Budgets(Limits(budget=1_000, budget_per_second=100), clock)
    assert budgets.spend("ada", 5_000) == 0
    assert refused(budgets.spend, "ada", 5_000).seconds == 10
    clock.now += 10
    assert budgets.spend("ada", 5_000) == 0


def test_a_refusal_takes_nothing() -> None:
    budgets = Budgets(Limits(budget=1_000, budget_per_second=100), Seconds())
    budgets.spend("ada", 900)
    for _ in range(50):
        refused(budgets.spend, "ada", 200)
    assert budgets.left("ada") == 100


def test_budgets_that_are_remembered_are_bounded() -> None:
    budgets = Budgets(Limits(budget=10, budget_per_second=1), Seconds(), most=3)
    for name in "abcd":
        budgets.spend(name, 10)
    assert len(budgets._buckets) == 3
    assert [budgets.left(name) for name in "dcb"] == [0, 0, 0]
    assert budgets.left("a") == 10


def test_the_right_to_large_answers_raises_the_limits() -> None:
    one = Admission(Limits(), seeded_rights)
    assert one.limits_of(ADA) is one.limits
    assert (one.limits_of(EVE).page, one.limits_of(EVE).cost) == (10_000, 5_000_000)
    assert one.spend(EVE, 7).told() == {
        "requested": 7, "limit": 5_000_000, "remaining": 9_999_993,
        "budget": 10_000_000, "perSecond": 500_000,
    }  # fmt: skip
    assert Limits(cost=9_000_000).enlarged().cost == 9_000_000, "never less than for others"


async def test_so_many_at_once_the_next_wait_and_the_rest_is_refused() -> None:
    turns = Turns(at_once=2, waiting=1, seconds=60)
    order: list[str] = []
    leave = asyncio.Event()

    async def operation(name: str) -> None:
        async with turns.turn("ada"):
            order.append(name)
            await leave.wait()

    async with asyncio.TaskGroup() as group:
        for name in "abc":
            group.create_task(operation(name))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert order == ["a", "b"]
        with pytest.raises(Throttled) as caught:
            async with turns.turn("ada"):
                raise AssertionError("it had a turn")
        assert (caught.value.code, caught.value.status) == ("TOO_MANY_AT_ONCE", 429)
        async with turns.turn("bob"):
            assert (turns.present("ada"), turns.present("bob")) == (3, 1), (
                "others are not concerned"
            )
        leave.set()
    assert order == ["a", "b", "c"]
    assert (turns.present("ada"), turns._lines) == (0, {}), "nothing is remembered of who is gone"


async def test_a_line_that_does_not_move_is_left() -> None:
    turns = Turns(at_once=1, waiting=5, seconds=0)
    async with turns.turn("ada"):
        with pytest.raises(Throttled, match="TOO_MANY_AT_ONCE"):
            async with turns.turn("ada"):
                raise AssertionError("it had a turn")
        assert turns.present("ada") == 1
    async with turns.turn("ada"):
        assert turns.present("ada") == 1


async def test_who_leaves_the_line_leaves_no_gap() -> None:
    turns = Turns(at_once=1, waiting=5, seconds=60)
    async with turns.turn("ada"):
        waiting = [asyncio.ensure_future(_once(turns)) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[1].cancel()
        await asyncio.sleep(0)
        assert turns.present("ada") == 3
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [str(each) for each in found] == ["ada", "", "ada"]
    assert waiting[1].cancelled()
    assert turns.present("ada") == 0


async def _once(turns: Turns) -> str:
    async with turns.turn("ada"):
        return "ada"


async def test_a_failure_gives_the_turn_back() -> None:
    turns = Turns(at_once=1, waiting=0, seconds=60)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            async with turns.turn("ada"):
                raise ZeroDivisionError
    assert turns.present("ada") == 0


async def test_all_together_are_bounded_as_well() -> None:
    one = Admission(Limits(at_once=2, waiting=0, at_once_of_all=3, waiting_of_all=0), seeded_rights)
    async with AsyncExitStack() as stack:
        for who in (ADA, ADA, BOB):
            await stack.enter_async_context(one.turn(who))
        with pytest.raises(Throttled, match="3 are answered at once"):
            async with one.turn(BOB):
                raise AssertionError("it had a turn")
        with pytest.raises(Throttled, match="2 are answered at once"):
            async with one.turn(ADA):
                raise AssertionError("it had a turn")
    async with one.turn(BOB):
        pass


def test_settings_of_limits_are_read_and_told_alike() -> None:
    plain, told = Limits(), {each.name: each.default for each in TOLD}
    assert Limits.from_env({}) == plain
    for name, (field, low) in SETTINGS.items():
        assert told[name] == str(getattr(plain, field))
        assert getattr(Limits.from_env({name: str(low)}), field) == low
        for wrong in (str(low - 1), "-1", "many", "1e6", "9" * 40):
            with pytest.raises(BadInput, match=name):
                Limits.from_env({name: wrong})
