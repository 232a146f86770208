"""The graph as the rest of the product sees it: ask, and act.

A write takes the ledger's head, checks the idempotency key, runs the verb's reads, writes all
its changes with one entry, and commits: at most four statements for a verb; `turns` says how those
who wait share a turn. An attempt carries an identifier, so that a commit whose acknowledgement was
lost is found and not done twice.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

import neo4j
from neo4j import AsyncDriver, AsyncTransaction, Query
from neo4j.exceptions import DriverError, Neo4jError

from fitsm_graph.graph import driver as limits
from fitsm_graph.graph.attempt import (
    KEPT_FOR,
    Attempt,
    Outcome,
    scoped_key,
    who_changed_what,
)
from fitsm_graph.graph.changes import Change, Properties, coalesced
from fitsm_graph.graph.driver import Endpoint, connect, is_passing, translated
from fitsm_graph.graph.entry import FIRST_HEAD, Head
from fitsm_graph.graph.statements import Statement, statement
from fitsm_graph.graph.turns import BoltReader, Turns, Ways
from fitsm_graph.graph.tx import Reader, Tx, VersionConflict
from fitsm_graph.graph.verb import Request, Verb, verb_of
from fitsm_graph.kernel.canonical import digest_value
from fitsm_graph.kernel.clock import Clock, SystemClock, to_text
from fitsm_graph.kernel.errors import Broken, Conflict
from fitsm_graph.kernel.ids import new_id

__all__ = ["Graph", "Outcome"]

P = ParamSpec("P")
R = TypeVar("R")
VerbFunction = Callable[Concatenate[Tx, P], Awaitable[Any]]
CommitListener = Callable[[int, Sequence[Change]], None]

WAIT_AT_LEAST_SECONDS = 1.0
_FORGET_AT_ONCE = 1_000
_FORGET_EVERY = 1_000
_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 1.0


class Graph:
    """One database behind one driver.

    Attributes:
        statements: How many statements were sent since the start; tests count with it.
    """

    def __init__(
        self, endpoint: Endpoint, *, clock: Clock | None = None, pool_size: int = 50
    ) -> None:
        self.endpoint = endpoint
        self.clock: Clock = clock or SystemClock()
        self.driver: AsyncDriver = connect(endpoint, pool_size=pool_size)
        self.statements = 0
        self._listeners: list[CommitListener] = []
        self._keyed = 0
        self._turns = Turns(Ways(self._writing, self._tx, self._oldest_key, self._committed))

    async def close(self) -> None:
        """Close all connections, after the turn that is being served."""
        await self._turns.close()
        await self.driver.close()

    def on_commit(self, listener: CommitListener) -> None:
        """Call a function with each entry of this process and its changes, once it is committed.

        Entries come in their order, each before its caller is told of it.
        """
        self._listeners.append(listener)

    def _committed(self, outcome: Outcome) -> None:
        if outcome.seq is not None and not outcome.replayed:
            for listener in self._listeners:
                listener(outcome.seq, outcome.changes)

    # --- asking ----------------------------------------------------------------------------

    async def rows(self, name: str, **given: Any) -> list[Properties]:
        """Run one named reading statement in a transaction of its own."""
        return await self.run(statement(name), given)

    async def run(self, chosen: Statement, given: Mapping[str, Any]) -> list[Properties]:
        """Run one reading statement; tried again while the trouble is a passing one."""
        if chosen.mode != "read":
            raise Broken(f"statement '{chosen.name}' writes", why="only verbs change records")
        return await self.ask(chosen.text, given)

    async def ask(self, text: str, given: Mapping[str, Any]) -> list[Properties]:
        """Run a compiled question, read-only; labels and types in it come from the registry.

        One exchange with the server: a transaction that only reads needs no beginning and no end
        of its own, and the time it may take travels with it.
        """
        query, given = Query(text, timeout=limits.READ_SECONDS), limits.unsaid(given)

        async def once() -> list[Properties]:
            async with limits.session_within(
                self.driver, limits.READ_SECONDS, access=neo4j.READ_ACCESS
            ) as session:
                self.statements += 1
                result = await session.run(query, given)
                return [
                    dict(zip(record.keys(), record.values(), strict=True))
                    async for record in result
                ]

        with translated():
            return await _until_settled(once)

    async def keep(self, name: str, /, **given: Any) -> list[Properties]:
        """Run one named statement that writes beside the ledger: a lease, a delivery, a cache.

        It is tried again while the trouble is a passing one, so that it must do the same when it
        runs twice.

        Raises:
            Broken: The statement does not say why the ledger need not keep what it writes.
        """
        chosen = statement(name)
        if not chosen.outside:
            raise Broken(f"statement '{name}' may not be run by itself", why="it lacks 'outside'")
        query = Query(chosen.text, timeout=limits.READ_SECONDS)

        async def once() -> list[Properties]:
            async with limits.session_within(self.driver, limits.READ_SECONDS) as session:
                self.statements += 1
                result = await session.run(query, limits.unsaid(given))
                return [record.data() async for record in result]

        with translated():
            return await _until_settled(once)

    async def head(self) -> Head:
        """Where the ledger stands now."""
        found = await self.rows("ledger.read_head")
        return Head.of(found[0]["head"]) if found else FIRST_HEAD

    async def at_least(self, seq: int | None) -> int:
        """Wait until the database shows an entry, at most a second; return where it stands.

        Raises:
            Conflict: STALE, when this replica has not seen the entry in time.
        """
        until = time.monotonic() + WAIT_AT_LEAST_SECONDS
        while True:
            head = await self.head()
            if seq is None or head.seq >= seq:
                return head.seq
            if time.monotonic() > until:
                raise Conflict(
                    f"entry {seq} is not visible here yet",
                    code="STALE",
                    why=f"this replica stands at {head.seq}",
                    remedy="ask again",
                )
            await asyncio.sleep(_FIRST_PAUSE)

    async def forget_keys(self) -> int:
        """Forget the idempotency keys that are older than seven days; return how many."""
        chosen, forgotten = statement("ledger.forget_keys"), 0
        given = {"before": self._oldest_key(), "limit": _FORGET_AT_ONCE}
        with translated():
            while True:
                async with limits.session_within(self.driver, limits.WRITE_SECONDS) as session:
                    self.statements += 1
                    query = Query(chosen.text, timeout=limits.WRITE_SECONDS)
                    result = await session.run(query, given)
                    row = await result.single(strict=True)
                forgotten += int(row["forgotten"])
                if row["forgotten"] < _FORGET_AT_ONCE:
                    return forgotten

    def _oldest_key(self) -> str:
        return to_text(self.clock.now() - KEPT_FOR)

    # --- acting ----------------------------------------------------------------------------

    async def write(
        self, run: VerbFunction[P], request: Request, /, *args: P.args, **kwargs: P.kwargs
    ) -> Outcome:
        """Run a verb and commit what it decided, once.

        Raises:
            FitsmError: What the verb refuses, or what the database cannot do; nothing is written.
        """
        verb = verb_of(run)
        attempt = Attempt(
            op=new_id(self.clock.now()),
            key=scoped_key(verb, request),
            digest=digest_value(request.payload) if request.idempotency_key else "",
        )

        def call(tx: Tx) -> Awaitable[Any]:
            return run(tx, *args, **kwargs)

        async def once() -> Outcome:
            if request.dry_run:
                return await self._dry_run(verb, request, call)
            return await self._turns.take(verb, request, attempt, call)

        await self._forget_if_due(request)
        try:
            with translated():
                return await _until_settled(once)
        except VersionConflict as conflict:
            raise await self._who_was_first(conflict) from conflict

    async def _forget_if_due(self, request: Request) -> None:
        """Forget old keys now and then; before the write, which must not fail once it is done."""
        if request.idempotency_key and not request.dry_run:
            due = self._keyed % _FORGET_EVERY == 0
            self._keyed += 1
            if due:
                await self.forget_keys()

    async def _who_was_first(self, conflict: VersionConflict) -> VersionConflict:
        """The same conflict, naming who changed what since the version expected."""
        rows = await self.rows(
            "ledger.changes_of_since", id=conflict.current["id"], since=conflict.expected
        )
        return VersionConflict(conflict.current, conflict.expected, why=who_changed_what(rows))

    async def _dry_run(
        self, verb: Verb, request: Request, call: Callable[[Tx], Awaitable[Any]]
    ) -> Outcome:
        """Decide without lock, key or write, in a reading transaction."""
        async with self._transaction(neo4j.READ_ACCESS) as (_bolt, reader):
            found = await reader.rows(statement("ledger.read_head"), {})
            head = Head.of(found[0]["head"]) if found else FIRST_HEAD
            tx = self._tx(verb, reader, head, request)
            value = await call(tx)
            return Outcome(value, None, dry_run=True, changes=tuple(coalesced(tx.changes)))

    def _writing(self) -> AbstractAsyncContextManager[tuple[AsyncTransaction, Reader]]:
        return self._transaction(neo4j.WRITE_ACCESS)

    @asynccontextmanager
    async def _transaction(self, mode: str) -> AsyncIterator[tuple[AsyncTransaction, Reader]]:
        async with (
            limits.session_within(self.driver, limits.WRITE_SECONDS, access=mode) as session,
            await session.begin_transaction(timeout=limits.WRITE_SECONDS) as bolt,
        ):
            yield bolt, BoltReader(bolt, self._sent)

    def _sent(self) -> None:
        self.statements += 1

    def _tx(self, verb: Verb, reader: Reader, head: Head, request: Request) -> Tx:
        moment: datetime = self.clock.now()
        return Tx(
            reader,
            seq=head.seq + 1,
            at=max(to_text(moment), head.at),
            rooms=verb.rooms,
            counters=head.counters,
            moment=moment,
            actor=request.actor,
            sight=request.sight,
            sources=request.sources,
            as_person=request.as_person,
            only_named=request.only_named,
        )


async def _until_settled(once: Callable[[], Awaitable[R]]) -> R:
    """Try until it is done, is refused, or has failed in passing for too long."""
    until = time.monotonic() + limits.RETRY_SECONDS
    pause = _FIRST_PAUSE
    while True:
        try:
            return await once()
        except (DriverError, Neo4jError) as error:
            if not is_passing(error) or time.monotonic() + pause > until:
                raise
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
