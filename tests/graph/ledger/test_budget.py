"""How many statements each verb really sends, counted where they leave for the server."""

from collections.abc import AsyncIterator
from typing import Any, Self

import neo4j
import pytest
import pytest_asyncio

from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph, Outcome
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import VERBS, Request, verb, verb_of
from fitsm_graph.kernel.clock import ManualClock
from fitsm_graph.kernel.errors import NotFound
from fitsm_graph.model.declare import Process
from graph.ledger.driving import START, Driver, drive
from graph.support import asking, register, update
from graph.syncing import emptied

ONE_ROOM, TWO_ROOMS = 4, 6


class Counted:
    """Passes everything on to a part of the driver, and notes each statement that goes out."""

    def __init__(self, inner: Any, sent: list[str]) -> None:
        self._inner, self._sent = inner, sent

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> Any:
        return await self._inner.__aexit__(*error)

    def session(self, **given: Any) -> "Counted":
        return Counted(self._inner.session(**given), self._sent)

    async def begin_transaction(self, **given: Any) -> "Counted":
        return Counted(await self._inner.begin_transaction(**given), self._sent)

    async def execute_read(self, work: Any) -> Any:
        return await self._inner.execute_read(lambda tx: work(Counted(tx, self._sent)))

    async def run(self, query: str | neo4j.Query, *given: Any, **more: Any) -> Any:
        self._sent.append(query if isinstance(query, str) else query.text)
        return await self._inner.run(query, *given, **more)


class Counting(Graph):
    """A graph that knows how many statements each verb took.

    Attributes:
        taken: Most statements of one use, by verb.
    """

    def __init__(self, endpoint: Endpoint, clock: ManualClock) -> None:
        super().__init__(endpoint, clock=clock)
        self.sent: list[str] = []
        self.driver = Counted(self.driver, self.sent)  # type: ignore[assignment]  # it stands for one
        self.taken: dict[str, int] = {}

    async def write(self, run: Any, request: Request, /, *given: Any, **more: Any) -> Outcome:
        """Run a verb, and count."""
        before = len(self.sent)
        try:
            return await super().write(run, request, *given, **more)
        finally:
            name = verb_of(run).name
            self.taken[name] = max(self.taken.get(name, 0), len(self.sent) - before)


@pytest_asyncio.fixture(scope="module")
async def counting(neo4j_endpoint: Endpoint) -> AsyncIterator[Counting]:
    async with emptied(neo4j_endpoint):
        graph = Counting(neo4j_endpoint, ManualClock(START))
        try:
            yield graph
        finally:
            await graph.close()


async def test_no_verb_sends_more_than_it_may(counting: Counting) -> None:
    counting.taken.clear()
    await drive(Driver(counting, counting.clock))  # type: ignore[arg-type]  # a manual one
    allowed = {
        name: ONE_ROOM if len(each.rooms) == 1 else TWO_ROOMS for name, each in VERBS.items()
    }
    assert set(counting.taken) == set(VERBS)
    assert {name: n for name, n in counting.taken.items() if n > allowed[name]} == {}
    assert counting.taken["element.register"] == 3, "head, context, entry"
    assert counting.taken["element.update"] == 4, "a new unique value is looked up"


async def test_a_key_costs_no_statement_more(counting: Counting) -> None:
    await register(counting, "k0", asking(idempotency_key="k0"))  # old keys are forgotten first
    before = len(counting.sent)
    await register(counting, "k1", asking(idempotency_key="k1"))
    assert len(counting.sent) - before == 3
    before = len(counting.sent)
    await register(counting, "k1", asking(idempotency_key="k1"))
    assert len(counting.sent) - before == 1, "a repeat needs no more than the head"


async def test_a_verb_without_changes_writes_no_entry(counting: Counting) -> None:
    await register(counting, "same")
    before = len(counting.sent)
    await update(counting, "same", {"name": "same"})
    assert len(counting.sent) - before == 2


async def test_what_is_refused_sends_no_write(counting: Counting) -> None:
    before = len(counting.sent)
    with pytest.raises(NotFound):
        await update(counting, "nobody", {"name": "x"})
    assert len(counting.sent) - before == 2
    assert not any("CREATE" in text for text in counting.sent[before:])


async def test_the_product_counts_alike(counting: Counting) -> None:
    before = counting.statements, len(counting.sent)
    await register(counting, "both")
    await counting.head()
    assert counting.statements - before[0] == len(counting.sent) - before[1] == 4


async def test_a_verb_that_asks_too_often_is_seen(counting: Counting) -> None:
    """The control: the count can be exceeded."""

    @verb("test.chatty", room=Process.SMS, requirement="none")
    async def chatty(tx: Tx) -> None:
        for _ in range(ONE_ROOM):
            await tx.rows("sms.key_taken", key="x")

    try:
        await counting.write(chatty, asking())
        assert counting.taken.pop("test.chatty") > ONE_ROOM
    finally:
        del VERBS["test.chatty"]
