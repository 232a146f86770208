"""A body that does not come as it should, and what is remembered of tokens and the ledger."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.datastructures import Headers

from fitsm_graph.api.asked import HttpRefusal, read_body, wanted_type
from fitsm_graph.api.entrance import REMEMBERED_SECONDS, Entrance
from fitsm_graph.api.freshness import LAG_SECONDS, Freshness
from fitsm_graph.api.limits import Limits
from fitsm_graph.kernel.errors import Unauthenticated
from fitsm_graph.model.principal import Principal


async def pieces(*sent: bytes, then: str) -> AsyncIterator[dict[str, Any]]:
    for each in sent:
        yield {"type": "http.request", "body": each, "more_body": True}
    if then == "silence":
        await asyncio.sleep(60)
    yield {"type": "http.disconnect"}


@pytest.mark.parametrize(("then", "code"), [("silence", "BODY_TOO_SLOW"), ("end", "BODY_CUT_OFF")])
async def test_a_body_that_does_not_arrive_is_not_waited_for(then: str, code: str) -> None:
    coming = pieces(b"{", b'"query"', then=then)
    with pytest.raises(HttpRefusal) as caught:
        await read_body(lambda: anext(coming), Headers({}), Limits(body_seconds=0.05))
    assert caught.value.code == code
    assert caught.value.problem.why
    assert caught.value.problem.remedy


@pytest.mark.parametrize("told", ["abc", "-1", "1e3", "", "9" * 5_000])
async def test_a_length_that_is_no_number_does_no_harm(told: str) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"{}"}

    headers = Headers({"content-length": told})
    if told.startswith("9"):
        with pytest.raises(HttpRefusal, match="BODY_TOO_LARGE"):
            await read_body(receive, headers, Limits())
    else:
        assert await read_body(receive, headers, Limits()) == b"{}"


def test_the_type_of_the_answer_is_what_is_named_first() -> None:
    for accept, expected in (
        ("application/graphql-response+json", "application/graphql-response+json"),
        ("application/json, application/graphql-response+json", "application/json"),
        ("text/html, application/*;q=0.8", "application/json"),
        ("text/event-stream, application/json", "text/event-stream"),
    ):
        assert wanted_type(Headers({"accept": accept})) == expected


class Ledger:
    """Stands in for the graph: says where the ledger is, and counts how often it was asked."""

    def __init__(self) -> None:
        self.seq, self.types, self.asked = 7, 3, 0
        self.committed: list[Any] = []

    def on_commit(self, listener: Any) -> None:
        self.committed.append(listener)

    async def rows(self, _name: str) -> list[dict[str, Any]]:
        self.asked += 1
        return [{"head": {"seq": self.seq, "types_seq": self.types}}]

    async def at_least(self, seq: int) -> int:
        self.seq = seq
        return seq

    def commit(self, seq: int) -> None:
        self.seq = seq
        for each in self.committed:
            each(seq, ())


class Seconds:
    """A clock that is moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_what_was_seen_is_believed_for_as_long_as_an_answer_may_lag() -> None:
    ledger, clock = Ledger(), Seconds()
    freshness = Freshness(ledger, clock=clock)  # type: ignore[arg-type]
    assert (await freshness.seen()).seq == 7
    ledger.seq = 8
    clock.now += LAG_SECONDS * 0.9
    assert ((await freshness.seen()).seq, ledger.asked) == (7, 1)
    clock.now += LAG_SECONDS * 0.2
    assert ((await freshness.seen()).seq, ledger.asked) == (8, 2)


async def test_what_this_process_wrote_is_seen_at_once() -> None:
    ledger, clock = Ledger(), Seconds()
    freshness = Freshness(ledger, clock=clock)  # type: ignore[arg-type]
    await freshness.seen()
    ledger.commit(8)
    freshness.note({"seq": 7})  # read before the commit, told after it
    assert (await freshness.seen()).seq == 8


async def test_an_entry_demanded_is_never_answered_from_memory_without_it() -> None:
    ledger, clock = Ledger(), Seconds()
    freshness = Freshness(ledger, clock=clock)  # type: ignore[arg-type]
    assert (await freshness.seen()).seq == 7
    assert (await freshness.seen(9)).seq == 9


async def test_a_token_is_remembered_for_a_moment_and_not_over_a_commit() -> None:
    ledger, clock = Ledger(), Seconds()
    checks: list[str] = []

    async def check(token: str) -> Principal:
        checks.append(token)
        if token == "bad":
            raise Unauthenticated("no")
        return Principal(token, frozenset())

    entrance = Entrance(check, ledger, clock)  # type: ignore[arg-type]
    for _ in range(3):
        assert (await entrance.principal("a")).login == "a"
    assert (await entrance.principal("b")).login == "b"
    assert checks == ["a", "b"]
    ledger.commit(8)
    await entrance.principal("a")
    clock.now += REMEMBERED_SECONDS * 1.1
    await entrance.principal("a")
    assert checks == ["a", "b", "a", "a"]
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            await entrance.principal("bad")
    assert checks[-2:] == ["bad", "bad"], "what was refused is not remembered"
