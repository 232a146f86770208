"""Writers take turns at the ledger, and those who wait for the same turn share its commit.

All writers of a process line up here, first come first served: the database's own lock hands the
turn to anybody. A turn is one transaction. It takes the ledger's head; then verb after verb is
decided on what the ones before it wrote, each with its one read, its one write and its own entry,
as long as others wait and the turn has not lasted too long. All of them are committed at once, and
nobody is answered before. When the database fails, nothing of the turn was written: what may
succeed later is tried again by those who asked, and otherwise each verb gets a turn of its own, so
that only the one at fault is told.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from neo4j import AsyncTransaction

from fitsm_graph.graph.attempt import Attempt, Outcome, key_rows, settled_before
from fitsm_graph.graph.changes import Properties, coalesced
from fitsm_graph.graph.driver import forget, is_passing, unsaid
from fitsm_graph.graph.entry import (
    Head,
    counted,
    leaves_in_turns,
    make_entry,
    open_entry,
    parameters,
    seal,
)
from fitsm_graph.graph.statements import Statement, statement
from fitsm_graph.graph.tx import Reader, Tx
from fitsm_graph.graph.verb import Request, Verb
from fitsm_graph.kernel.errors import Broken, FitsmError, Unavailable

TURN_SECONDS = 0.05
"""A turn takes nobody in any more after this long."""
MOST_IN_A_TURN = 32
BULK = 200
"""So many changes of one verb are hashed while they are written, for one more round trip."""


class BoltReader:
    """Runs named statements in one Bolt transaction.

    Args:
        bolt: The transaction.
        sent: Called once for each statement that is sent.
    """

    def __init__(self, bolt: AsyncTransaction, sent: Callable[[], None]) -> None:
        self._bolt = bolt
        self._sent = sent

    async def rows(self, chosen: Statement, given: Mapping[str, Any]) -> list[Properties]:
        """Run a statement and return its rows by column name."""
        self._sent()
        said = unsaid(given)
        try:
            result = await self._bolt.run(chosen.text, said)
            return [
                dict(zip(record.keys(), record.values(), strict=True)) async for record in result
            ]
        finally:
            forget(said)


@dataclass(frozen=True, slots=True)
class Ways:
    """What turns need of the graph they belong to.

    Attributes:
        transaction: Opens a writing transaction with its reader.
        begin: Makes a verb's view of its transaction, on top of a head.
        oldest_key: The moment before which idempotency keys count no more.
        committed: Called with each outcome of a turn that is committed, in order.
    """

    transaction: Callable[[], AbstractAsyncContextManager[tuple[AsyncTransaction, Reader]]]
    begin: Callable[[Verb, Reader, Head, Request], Tx]
    oldest_key: Callable[[], str]
    committed: Callable[[Outcome], None]


@dataclass(slots=True, eq=False)
class Waiting:
    """A verb that waits for its turn.

    Attributes:
        answer: What its caller waits for.
        alone: It gets a turn of its own, because one that it shared failed.
        outcome: What it was decided to be, or why it was refused; told after the commit.
    """

    verb: Verb
    request: Request
    attempt: Attempt
    call: Callable[[Tx], Awaitable[Any]]
    answer: asyncio.Future[Outcome]
    alone: bool = False
    outcome: Outcome | FitsmError | None = None

    def told(self) -> None:
        """Answer the caller, unless it is gone."""
        if self.answer.done():
            return
        if isinstance(self.outcome, Outcome):
            self.answer.set_result(self.outcome)
        elif self.outcome is not None:
            self.answer.set_exception(self.outcome)

    def failed(self, error: BaseException) -> None:
        """Hand an error to the caller, unless it is gone."""
        if not self.answer.done():
            self.answer.set_exception(error)


class Turns:
    """The line of this process's writers."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._line: deque[Waiting] = deque()
        self._serving: asyncio.Task[None] | None = None

    async def take(
        self,
        verb: Verb,
        request: Request,
        attempt: Attempt,
        call: Callable[[Tx], Awaitable[Any]],
    ) -> Outcome:
        """Line up, and return what became of the verb once it is committed.

        Raises:
            FitsmError: What the verb refuses; nothing of it was written.
            DriverError: The database cannot; it is unknown whether a commit was done.
            Neo4jError: Likewise.
        """
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._line.append(Waiting(verb, request, attempt, call, answer))
        if self._serving is None or self._serving.done():
            self._serving = asyncio.create_task(self._serve())
        return await answer

    async def close(self) -> None:
        """Wait until the turn that is being served has ended."""
        if self._serving is not None:
            await asyncio.wait({self._serving})

    async def _serve(self) -> None:
        while (first := self._next()) is not None:
            await self._turn(first)

    def _next(self) -> Waiting | None:
        """The next in line; those who gave up are passed over."""
        while self._line:
            waiting = self._line.popleft()
            if not waiting.answer.done():
                return waiting
        return None

    def _joining(self, served: list[Waiting], until: float) -> Waiting | None:
        """Who else may be served in a turn; None: nobody."""
        full = len(served) >= MOST_IN_A_TURN or time.monotonic() > until
        if full or served[0].alone or not self._line or self._line[0].alone:
            return None
        return self._next()

    async def _turn(self, first: Waiting) -> None:
        """Serve one turn; whatever becomes of it, those who wait are told."""
        served: list[Waiting] = []
        task = asyncio.create_task(self._together(first, served))
        await asyncio.wait({task})
        error = task.exception()
        if error is not None:
            self._undone(served or [first], error)
            return
        try:
            for each in served:
                if isinstance(each.outcome, Outcome):
                    self._ways.committed(each.outcome)
        finally:  # it is committed, whatever becomes of those who listen
            for each in served:
                each.told()

    async def _together(self, first: Waiting, served: list[Waiting]) -> None:
        async with self._ways.transaction() as (bolt, reader):
            await self._serve_all(reader, first, served)
            wrote = any(isinstance(each.outcome, Outcome) for each in served)
            await (bolt.commit() if wrote else bolt.rollback())

    async def _serve_all(self, reader: Reader, first: Waiting, served: list[Waiting]) -> None:
        until = time.monotonic() + TURN_SECONDS
        head: Head | None = None
        waiting: Waiting | None = first
        while waiting is not None:
            served.append(waiting)
            head = await self._one(reader, waiting, head)
            waiting = self._joining(served, until)

    def _undone(self, served: list[Waiting], error: BaseException) -> None:
        """Nothing of a turn was written, or nobody knows."""
        if len(served) > 1 and not (isinstance(error, Exception) and is_passing(error)):
            for each in served:
                each.alone = True
            self._line.extendleft(reversed(served))
            return
        for each in served:
            each.failed(error)

    async def _one(self, reader: Reader, waiting: Waiting, head: Head | None) -> Head:
        """Serve one verb, and return where the ledger stands with it."""
        attempt, found = waiting.attempt, None
        given = {"op": attempt.op, "key": attempt.key}
        if head is None:
            found = await reader.rows(statement("ledger.take_head"), given)
            head = Head.of(_head(found))
        elif attempt.key or attempt.tried:
            found = await reader.rows(statement("ledger.settled"), given)
        attempt.tried = True
        try:
            if found is not None:
                waiting.outcome = settled_before(found[0], attempt, self._ways.oldest_key())
                if waiting.outcome is not None:
                    return head
            tx = self._ways.begin(waiting.verb, reader, head, waiting.request)
            value = await waiting.call(tx)
        except FitsmError as refusal:
            waiting.outcome = refusal
            return head
        tx.changes = coalesced(tx.changes)
        if tx.changes or tx.asides or attempt.key:
            head = await _record(reader, head, tx, waiting, value)
        seq = tx.seq if tx.changes else None
        waiting.outcome = attempt.outcome = Outcome(value, seq, changes=tuple(tx.changes))
        return head


def _head(taken: list[Properties]) -> Properties:
    if not taken:
        raise Unavailable(
            "the ledger has no head",
            code="NOT_MIGRATED",
            why="the migrations were not applied",
            remedy="run `fitsm-graph db migrate`",
        )
    head: Properties = taken[0]["head"]
    return head


async def _record(reader: Reader, head: Head, tx: Tx, waiting: Waiting, value: Any) -> Head:
    """Write the changes with entry and key; compare what was done with what was decided."""
    kept = key_rows(waiting.attempt, tx, value)
    header = _header(tx, waiting)
    if len(tx.changes) >= BULK:
        return Head.of(await _record_bulk(reader, open_entry(head, header, tx.changes), tx, kept))
    await _write_asides(reader, tx)
    if not tx.changes:
        if kept:
            await reader.rows(statement("ledger.keep_key"), {"keys": kept})
        return head
    entry = make_entry(head, header, tx.changes, tx.salts)
    after = {"seq": tx.seq, "hash": entry["hash"], "at": tx.at, **tx.counters}
    await _write_entry(reader, entry, after, tx, kept)
    return Head.of(after)


async def _record_bulk(
    reader: Reader, entry: Properties, tx: Tx, kept: list[Properties]
) -> Properties:
    """Write many changes, and hash them while the database is at it; the head afterwards.

    What stands beside the ledger comes behind them: short statements between would only wait for
    whatever else this process does while the database is busy.
    """
    after = {"seq": tx.seq, "at": tx.at, **tx.counters}
    writing = asyncio.create_task(_write_entry(reader, entry, after, tx, kept))
    try:
        sealed = seal(entry, tx.changes, await leaves_in_turns(tx.changes, tx.salts))
    except BaseException:
        await asyncio.gather(writing, return_exceptions=True)
        raise
    await writing
    await _write_asides(reader, tx)
    given = {"seq": tx.seq, "seal": sealed, "hash": sealed["hash"]}
    done = await reader.rows(statement("ledger.seal_entry"), given)
    if [row["sealed"] for row in done] != [1]:
        raise Broken("an entry could not be sealed", remedy="run `fitsm-graph doctor`")
    return {**after, "hash": sealed["hash"]}


async def _write_asides(reader: Reader, tx: Tx) -> None:
    """What stands beside the ledger, and images that lose what is erased."""
    for chosen, given in tx.asides:
        await reader.rows(chosen, given)
    if tx.erasures:
        await reader.rows(statement("ledger.mask_images"), {"erasures": tx.erasures})


async def _write_entry(
    reader: Reader, entry: Properties, after: Properties, tx: Tx, kept: list[Properties]
) -> None:
    given = parameters(entry, after, tx.changes, tx.salts)
    given["keys"] = kept
    done = await reader.rows(statement("ledger.write_entry"), given)
    _compare(done, given)


def _header(tx: Tx, waiting: Waiting) -> Properties:
    request = waiting.request
    return {
        "seq": tx.seq,
        "at": tx.at,
        "actor": request.actor,
        "via": request.via,
        "verb": waiting.verb.name,
        "requirement": waiting.verb.requirement,
        "reason": request.reason,
        "change": request.change,
        "run": request.run,
        "op": waiting.attempt.op,
    }


def _compare(done: list[Properties], given: Properties) -> None:
    counts = done[0] if done else {}
    for name, decided in counted(given).items():
        if counts.get(name) != decided:
            raise Broken(
                "the graph is not what the verb read",
                why=f"{name}: {decided} decided, {counts.get(name)} found",
                remedy="run `fitsm-graph doctor`",
            )
