"""Streams beside many writers, to slow clients, and on a budget: nothing lost, nothing twice."""

import asyncio
import itertools
import os
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import register
from e2e.streaming import Wire, buffered, listening, until, wired
from e2e.test_subscriptions import RELATE, RETIRE, SHORT, Estate
from e2e.test_subscriptions_guarded import newcomer, scoped
from fitsm_graph import bootstrap
from fitsm_graph.api.asked import Asked
from fitsm_graph.api.credential import bearer
from fitsm_graph.api.limits import Limits, LiveLimits
from fitsm_graph.api.live.stream import Subscription
from fitsm_graph.bootstrap import SYSTEM
from fitsm_graph.graph import feed
from fitsm_graph.graph.changes import RelationChange
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.follow import Reach
from fitsm_graph.sms import accounts

FOLLOWED = """subscription F($since: String) {
  elementChanged(since: $since) { cursor seq id key } }"""
DESCRIBED = """subscription D($since: String) {
  elementChanged(since: $since) { cursor element { description } } }"""
DESCRIBE = """mutation D($text: String!) {
  updateElement(input: {ref: "long", set: {description: $text}}) { ok seq } }"""
WRITERS = 8
TURNS = 8 if os.environ.get("FITSM_FULL") else 2
END = "the-end"
Told = list[tuple[int, str]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def estate(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Estate]:
    async with scoped(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        yield made


# --- eight writers -----------------------------------------------------------------------------


def faults(told: Sequence[tuple[int, str]], written: Sequence[tuple[int, str]]) -> list[str]:
    """What a stream lost, told twice, or told out of order."""
    lost, more = Counter(written) - Counter(told), Counter(told) - Counter(written)
    found = [f"lost {each}" for each in lost] + [f"too often {each}" for each in more]
    return found + (["out of order"] if list(told) != sorted(told) else [])


def test_the_comparison_finds_what_is_lost_twice_or_out_of_order() -> None:
    whole = [(1, "a"), (2, "b"), (2, "c")]
    assert faults(whole, whole) == []
    assert faults(whole[:2], whole) == ["lost (2, 'c')"]
    assert faults([*whole, whole[2]], whole) == ["too often (2, 'c')"]
    assert faults([whole[1], whole[0], whole[2]], whole) == ["out of order"]


async def write(estate: Estate, prefix: str, writers: int = WRITERS, turns: int = TURNS) -> None:
    """Many at once: each registers elements, ties them to hubs of all, and retires one."""
    for hub in ("a", "b"):
        await register(estate.caller, f"{prefix}-{hub}")

    async def one(number: int) -> None:
        for turn in range(turns):
            key = f"{prefix}-{number}-{turn}"
            await register(estate.caller, key)
            ends = {"from": key, "to": f"{prefix}-{'ab'[turn % 2]}"}
            await estate.do(RELATE, type="DEPENDS_ON", **ends)
        await estate.do(RETIRE, ref=f"{prefix}-{number}-0")

    await asyncio.gather(*(one(number) for number in range(writers)))
    await register(estate.caller, f"{prefix}-{END}")


async def written_since(estate: Estate, start: int) -> Told:
    """Every element of every entry, as the ledger has them."""
    _, steps = await feed.since(estate.product.graph, start)
    found = {
        (int(step.entry["seq"]), id)
        for step in steps
        for change in step.changes
        for id in (
            (change.source, change.target) if isinstance(change, RelationChange) else (change.id,)
        )
    }
    return sorted(found)


async def followed(wire: Wire) -> Told:
    """What one stream tells up to the end."""
    told: Told = []
    while True:
        event = await wire.event()
        told.append((event["seq"], event["id"]))
        if event["key"].endswith(END):
            return told


async def cut(
    addresses: Sequence[str],
    token: str,
    since: int,
    takes: Callable[[int], int],
    resume: Callable[[str], str] = str,
) -> tuple[Told, int]:
    """What a client is told that leaves after a few events each time, and how often it left."""
    told: Told = []
    cursor = str(since)
    for turn in itertools.count():
        address = addresses[turn % len(addresses)]
        # It leaves with events unread, behind which the server's answer to its leaving waits.
        async with wired(address, token=token, close_timeout=0.1) as wire:
            await wire.subscribe(FOLLOWED, since=cursor)
            for _ in range(takes(turn)):
                event = await wire.event()
                told.append((event["seq"], event["id"]))
                cursor = resume(event["cursor"])
                if event["key"].endswith(END):
                    return told, turn
    raise AssertionError("not reached")


async def test_streams_lose_and_double_nothing_beside_eight_writers(
    estate: Estate, neo4j_endpoint: Endpoint
) -> None:
    """One that is never cut, and one that is cut again and again, at two replicas in turn."""
    start = (await estate.product.graph.head()).seq
    token = estate.caller.token
    async with (
        bootstrap.opened(neo4j_endpoint, folder=estate.product.folder) as product,
        listening(product) as other,
        wired(estate.address, token=token) as wire,
    ):
        await estate.subscribed(wire, FOLLOWED)
        whole, (pieces, cuts), _ = await asyncio.gather(
            followed(wire),
            cut((estate.address, other), token, start, lambda turn: 5 + turn % 3),
            write(estate, "w"),
        )
    written = await written_since(estate, start)
    assert len(written) > WRITERS * 3 * TURNS
    assert cuts > 3 * TURNS
    assert faults(whole, written) == []
    assert faults(pieces, written) == []
    await estate.streams(0)


async def test_a_client_that_resumes_from_elsewhere_loses_or_doubles(estate: Estate) -> None:
    """The controls: events are found missing, or twice, where the place to go on from is wrong."""
    start = (await estate.product.graph.head()).seq
    await write(estate, "c", writers=2, turns=2)
    written = await written_since(estate, start)
    addresses, token = (estate.address,), estate.caller.token
    good, _ = await cut(addresses, token, start, lambda _: 1)
    assert faults(good, written) == []

    def whole_entry(cursor: str) -> str:
        return cursor.partition("/")[0]

    def entry_before(cursor: str) -> str:
        return str(int(whole_entry(cursor)) - 1)

    lossy, _ = await cut(addresses, token, start, lambda _: 1, whole_entry)
    assert any(each.startswith("lost") for each in faults(lossy, written))
    doubling, _ = await cut(addresses, token, start, lambda _: 7, entry_before)
    assert any(each.startswith("too often") for each in faults(doubling, written))
    await estate.streams(0)


# --- a slow client -----------------------------------------------------------------------------


async def test_a_slow_client_is_cut_with_a_cursor_and_bounded_memory(estate: Estate) -> None:
    """Over a real socket that nothing is read from: what waits is bounded, and nothing is lost."""
    follower = estate.product.live.follower
    host, port = estate.address.split(":")
    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    small.connect((host, int(port)))
    await register(estate.caller, "long")
    usual, follower.reach = follower.reach, Reach(batches=3)
    try:
        async with wired(
            estate.address, token=estate.caller.token, sock=small, max_queue=1, compression=None
        ) as wire:
            await estate.subscribed(wire, DESCRIBED)
            seqs, most = await overwhelmed(estate)
            assert most <= 3
            told, refused = await until_refused(wire)
            assert refused["code"] == "SLOW_CONSUMER"
            assert refused["cursor"] == str(told[-1]), "all that came before has come"
            assert len(told) < len(seqs), "the control: some was not taken"
            follower.reach = usual
            await wire.subscribe(DESCRIBED, "2", since=refused["cursor"])
            while told[-1] < seqs[-1]:
                told.append(int((await wire.event("2"))["cursor"]))
            assert told == seqs
    finally:
        follower.reach = usual
    await estate.streams(0)


async def overwhelmed(estate: Estate) -> tuple[list[int], int]:
    """Write until the one who listens is given up; entries, and the most that waited in memory."""
    [listener] = estate.product.live.follower._listeners
    seqs: list[int] = []
    most = 0
    while listener._failed is None:
        assert len(seqs) < 1_000, "the control: without a bound nobody would be cut"
        text = f"{len(seqs)} {'x' * 60_000}"
        done = (await estate.caller.ask(DESCRIBE, text=text))["updateElement"]
        seqs.append(int(done["seq"]))
        most = max(most, len(listener._waiting))
        assert buffered(estate.address) < 4 * len(text), "the server holds one message, or two"
    assert not listener._waiting, "what waited is given up"
    return seqs, most


async def until_refused(wire: Wire) -> tuple[list[int], dict[str, Any]]:
    """Cursors of all events up to the error, and what it says."""
    told = []
    while True:
        message = await wire.next()
        if message["type"] == "error":
            return told, message["payload"][0]["extensions"]
        told.append(int(message["payload"]["data"]["elementChanged"]["cursor"]))


# --- what events cost --------------------------------------------------------------------------


class Budget:
    """The budget of one login, with a clock that stands still until it is moved."""

    def __init__(self, product: bootstrap.Product, login: str) -> None:
        self._budgets, self._login = product.api.admission._budgets, login
        self._now = self._budgets._clock()
        self._budgets._clock = lambda: self._now

    @property
    def left(self) -> int:
        return self._budgets.left(self._login)

    def drain(self) -> None:
        self._budgets.spend(self._login, self.left)

    def refill(self) -> None:
        self._now += 1_000_000.0


@asynccontextmanager
async def sparing(estate: Estate, endpoint: Endpoint) -> AsyncIterator[tuple[Any, str]]:
    """Another replica with small budgets, which says very often how far a stream is."""
    limits = Limits(budget=10_000, budget_per_second=10, live=LiveLimits(pulse_seconds=0.05))
    async with (
        bootstrap.opened(endpoint, folder=estate.product.folder, limits=limits) as product,
        listening(product) as address,
    ):
        yield product, address


async def begun(product: bootstrap.Product, wire: Wire) -> None:
    await wire.subscribe(SHORT)
    await until(lambda: len(product.live.follower) == 1)


async def pulses(product: bootstrap.Product, wire: Wire, seq: int) -> set[str]:
    """Places that are told while an entry is there and its event is not."""
    [listener] = product.live.follower._listeners
    await until(lambda: bool(listener.latest == seq))
    await wire.say(type="ping")
    said = [await wire.heard()]
    while said[-1]["type"] != "pong":  # what was said before the entry was there
        said.append(await wire.heard())
    later = [await wire.heard() for _ in range(5)]
    assert {each["type"] for each in (*said[:-1], *later)} == {"ping"}
    return {each["payload"]["cursors"]["1"] for each in later}


async def test_each_event_costs_what_its_document_does(
    estate: Estate, neo4j_endpoint: Endpoint
) -> None:
    async with sparing(estate, neo4j_endpoint) as (product, address):
        budget = Budget(product, "admin")
        async with wired(address, token=estate.caller.token) as wire:
            await begun(product, wire)
            before = budget.left
            for number in range(3):
                await register(estate.caller, f"paid-{number}")
            assert [(await wire.event())["key"] for _ in range(3)] == ["paid-0", "paid-1", "paid-2"]
            pipeline = product.api.editions.current.pipeline
            cost = pipeline.prepare(SHORT, {}, None, product.api.limits).cost
            assert cost >= 5
            assert before - budget.left == 3 * cost


async def test_a_subscription_is_paid_for_once(estate: Estate, neo4j_endpoint: Endpoint) -> None:
    async with sparing(estate, neo4j_endpoint) as (product, address):
        budget = Budget(product, "admin")
        async with wired(address, token=estate.caller.token) as wire:
            before = budget.left
            await begun(product, wire)
            cost = product.api.editions.current.pipeline.prepare(
                SHORT, {}, None, product.api.limits
            ).cost
            assert before - budget.left == len(SHORT) + cost, "reading it, and one answer"


async def test_events_that_cannot_be_paid_come_later_and_are_not_told_before(
    estate: Estate, neo4j_endpoint: Endpoint
) -> None:
    async with sparing(estate, neo4j_endpoint) as (product, address):
        budget = Budget(product, "admin")
        async with wired(address, token=estate.caller.token) as wire:
            await begun(product, wire)
            start = (await product.graph.head()).seq
            budget.drain()
            seq = await register(estate.caller, "late")
            places = await pulses(product, wire, seq)
            assert places == {str(start)}, "its place is not told before the event is"
            budget.refill()
            late = await wire.event()
            assert (late["key"], late["cursor"]) == ("late", str(seq))


async def test_rights_that_end_while_an_event_is_waited_for_end_before_it(
    estate: Estate, neo4j_endpoint: Endpoint
) -> None:
    _, token = await newcomer(estate, "mia")
    async with sparing(estate, neo4j_endpoint) as (product, address):
        budget = Budget(product, "mia")
        async with wired(address, token=token) as wire:
            await begun(product, wire)
            budget.drain()
            seq = await register(estate.caller, "late-host", "CI", "Server")
            await pulses(product, wire, seq)
            scope = ["SCP-000002"]
            await estate.product.graph.write(accounts.change_account, SYSTEM, "mia", sees=scope)
            last = await register(estate.caller, "late-app", "CI", "Application")
            [listener] = product.live.follower._listeners
            await until(lambda: bool(listener.latest == last))
            budget.refill()
            assert (await wire.event())["key"] == "late-app"


async def test_a_place_is_told_only_once_its_event_is(estate: Estate) -> None:
    """An event that comes just while a sign of life is made: the sign must not run ahead of it."""
    product = estate.product
    live = product.live
    usual = live.rights

    class Slow:
        """Says who it is only when the event is on its way."""

        async def principal(self, credential: Any) -> Any:
            [listener] = live.follower._listeners
            await until(lambda: bool(listener._waiting))
            await asyncio.sleep(0.2)
            return await usual.principal(credential)

    async with subscription(estate) as told:
        start = (await product.graph.head()).seq
        live.rights = Slow()  # type: ignore[assignment]
        try:
            pulse = asyncio.ensure_future(anext(told.bodies))
            seq = await register(estate.caller, "meanwhile")
            assert await pulse is None
            assert told.one.cursor == str(start)
        finally:
            live.rights = usual
        assert await anext(told.bodies) is not None
        assert told.one.cursor == str(seq), "the control: it is told, and so is its place"


class Begun:
    """A subscription by itself, without a wire."""

    def __init__(self, one: Subscription) -> None:
        self.one = one
        self.bodies = one.told(pulse_seconds=0.01)


@asynccontextmanager
async def subscription(estate: Estate) -> AsyncIterator[Begun]:
    asked = Asked(SHORT, {}, None, None)
    one = Subscription(estate.product.live, asked, bearer(f"Bearer {estate.caller.token}"))
    await one.begin()
    begun = Begun(one)
    try:
        yield begun
    finally:
        await begun.bodies.aclose()
        one.close()
