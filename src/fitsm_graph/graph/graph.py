"""The graph as the rest of the product sees it: ask, and act.

A write takes the ledger's head, checks the idempotency key, runs the verb's reads, writes all
its changes with one entry, and commits: at most four statements for a verb. An attempt carries
an identifier, so that a commit whose acknowledgement was lost is found and not done twice.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, ParamSpec

import neo4j
import orjson
from neo4j import AsyncDriver, AsyncTransaction, Query
from neo4j.exceptions import DriverError, Neo4jError

from fitsm_graph.graph import driver as limits
from fitsm_graph.graph.changes import Change, Properties, coalesced
from fitsm_graph.graph.driver import Endpoint, connect, is_passing, translated
from fitsm_graph.graph.entry import COUNTED, FIRST_HEAD, Head, make_entry, parameters
from fitsm_graph.graph.statements import Statement, statement
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import Request, Verb, verb_of
from fitsm_graph.kernel.canonical import digest_value
from fitsm_graph.kernel.clock import Clock, SystemClock, to_text
from fitsm_graph.kernel.errors import BadInput, Broken, Conflict, Unavailable
from fitsm_graph.kernel.ids import new_id

P = ParamSpec("P")
VerbFunction = Callable[Concatenate[Tx, P], Awaitable[Any]]

WAIT_AT_LEAST_SECONDS = 1.0
_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a verb.

    Attributes:
        value: What the verb returned.
        seq: Ledger entry it made; None when it changed nothing or was a dry run.
        replayed: Answered from an earlier use of the idempotency key.
        changes: What it decided; empty for a replay.
    """

    value: Any
    seq: int | None
    replayed: bool = False
    dry_run: bool = False
    changes: tuple[Change, ...] = ()


@dataclass(slots=True)
class _Attempt:
    """What stays the same over all tries of one write."""

    op: str
    key: str | None
    digest: str
    outcome: Outcome | None = None
    statements: int = field(default=0)


class _Reader:
    """Runs named statements in one Bolt transaction and counts them."""

    def __init__(self, tx: AsyncTransaction, attempt: _Attempt) -> None:
        self._tx = tx
        self._attempt = attempt

    async def rows(self, chosen: Statement, given: Mapping[str, Any]) -> list[Properties]:
        """Run a statement and return its rows by column name."""
        self._attempt.statements += 1
        result = await self._tx.run(chosen.text, dict(given))
        return [record.data() async for record in result]


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
        self._listeners: list[Callable[[int], None]] = []
        self._deck = asyncio.Semaphore(2)
        self._turn = asyncio.Lock()

    async def close(self) -> None:
        """Close all connections."""
        await self.driver.close()

    def on_commit(self, listener: Callable[[int], None]) -> None:
        """Call a function with the entry's number after each commit of this process."""
        self._listeners.append(listener)

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
        """Run a compiled question, read-only; labels and types in it come from the registry."""
        query = Query(text, timeout=limits.READ_SECONDS)
        with translated():
            async with self.driver.session(default_access_mode=neo4j.READ_ACCESS) as session:

                async def work(tx: neo4j.AsyncManagedTransaction) -> list[Properties]:
                    self.statements += 1
                    result = await tx.run(query.text, dict(given))
                    return [
                        dict(zip(record.keys(), record.values(), strict=True))
                        async for record in result
                    ]

                return await session.execute_read(work)

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

    # --- acting ----------------------------------------------------------------------------

    async def write(
        self, run: VerbFunction[P], request: Request, /, *args: P.args, **kwargs: P.kwargs
    ) -> Outcome:
        """Run a verb and commit what it decided, once.

        Raises:
            FitsmError: What the verb refuses, or what the database cannot do; nothing is written.
        """
        verb = verb_of(run)
        attempt = _Attempt(
            op=new_id(self.clock.now()),
            key=_scoped_key(verb, request),
            digest=digest_value(request.payload) if request.idempotency_key else "",
        )

        def call(tx: Tx) -> Awaitable[Any]:
            return run(tx, *args, **kwargs)

        with translated():
            if request.dry_run:
                outcome = await self._dry_run(verb, attempt, call)
            else:
                outcome = await self._until_settled(verb, request, attempt, call)
        if outcome.seq is not None and not outcome.replayed:
            for listener in self._listeners:
                listener(outcome.seq)
        return outcome

    async def _until_settled(
        self, verb: Verb, request: Request, attempt: _Attempt, call: Callable[[Tx], Awaitable[Any]]
    ) -> Outcome:
        until = time.monotonic() + limits.RETRY_SECONDS
        pause = _FIRST_PAUSE
        while True:
            try:
                return await self._try_once(verb, request, attempt, call)
            except (DriverError, Neo4jError) as error:
                if not is_passing(error) or time.monotonic() + pause > until:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _try_once(
        self, verb: Verb, request: Request, attempt: _Attempt, call: Callable[[Tx], Awaitable[Any]]
    ) -> Outcome:
        # Writers of this process line up here, first come first served; the database's own lock
        # hands the turn to anybody. The next one opens its transaction meanwhile.
        async with (
            self._deck,
            self._transaction(attempt, neo4j.WRITE_ACCESS) as (bolt, reader),
            self._turn,
        ):
            taken = await reader.rows(
                statement("ledger.take_head"), {"op": attempt.op, "key": attempt.key}
            )
            settled = _settled(taken, attempt)
            if settled is not None:
                return settled
            head = Head.of(taken[0]["head"])
            tx = self._tx(verb, reader, head)
            value = await call(tx)
            tx.changes = coalesced(tx.changes)
            if tx.changes or tx.asides or attempt.key:
                await self._record(reader, head, tx, verb, request, attempt, value)
            attempt.outcome = Outcome(
                value, tx.seq if tx.changes else None, changes=tuple(tx.changes)
            )
            await bolt.commit()
            return attempt.outcome

    async def _record(
        self,
        reader: _Reader,
        head: Head,
        tx: Tx,
        verb: Verb,
        request: Request,
        attempt: _Attempt,
        value: Any,
    ) -> None:
        """Write the changes with entry and key; compare what was done with what was decided."""
        key_rows = _key_rows(attempt, tx, value)
        for chosen, given in tx.asides:
            await reader.rows(chosen, given)
        if not tx.changes:
            await reader.rows(statement("ledger.keep_key"), {"keys": key_rows})
            return
        if tx.masked_images:
            identity = next(change.id for change in tx.changes if hasattr(change, "id"))
            await reader.rows(
                statement("ledger.mask_images"), {"id": identity, "images": tx.masked_images}
            )
        header = {
            "seq": tx.seq,
            "at": tx.at,
            "actor": request.actor,
            "via": request.via,
            "verb": verb.name,
            "requirement": verb.requirement,
            "reason": request.reason,
            "change": request.change,
            "run": request.run,
            "op": attempt.op,
        }
        entry = make_entry(head, header, tx.changes, tx.salts)
        after = {"seq": tx.seq, "hash": entry["hash"], "at": tx.at, **tx.counters}
        given = parameters(entry, after, tx.changes, tx.salts)
        given["keys"] = key_rows
        done = await reader.rows(statement("ledger.write_entry"), given)
        _compare(done, given)

    async def _dry_run(
        self, verb: Verb, attempt: _Attempt, call: Callable[[Tx], Awaitable[Any]]
    ) -> Outcome:
        """Decide without lock, key or write, in a reading transaction."""
        async with self._transaction(attempt, neo4j.READ_ACCESS) as (_bolt, reader):
            found = await reader.rows(statement("ledger.read_head"), {})
            head = Head.of(found[0]["head"]) if found else FIRST_HEAD
            tx = self._tx(verb, reader, head)
            value = await call(tx)
            return Outcome(value, None, dry_run=True, changes=tuple(tx.changes))

    @asynccontextmanager
    async def _transaction(
        self, attempt: _Attempt, mode: str
    ) -> AsyncIterator[tuple[AsyncTransaction, _Reader]]:
        attempt.statements = 0
        async with self.driver.session(default_access_mode=mode) as session:
            bolt = await session.begin_transaction(timeout=limits.WRITE_SECONDS)
            async with bolt:
                yield bolt, _Reader(bolt, attempt)
        self.statements += attempt.statements

    def _tx(self, verb: Verb, reader: _Reader, head: Head) -> Tx:
        moment: datetime = self.clock.now()
        return Tx(
            reader,
            seq=head.seq + 1,
            at=max(to_text(moment), head.at),
            rooms=verb.rooms,
            counters=head.counters,
            moment=moment,
        )


def _scoped_key(verb: Verb, request: Request) -> str | None:
    if not request.idempotency_key:
        return None
    if len(request.idempotency_key) > 200:
        raise BadInput(
            "the idempotency key is too long",
            why="200 characters at most",
            path=("idempotencyKey",),
            remedy="send a UUID",
        )
    return f"{request.actor}|{verb.name}|{request.idempotency_key}"


def _settled(taken: list[Properties], attempt: _Attempt) -> Outcome | None:
    """The outcome, when this attempt or an earlier use of its key was committed already."""
    if not taken:
        raise Unavailable(
            "the ledger has no head",
            code="NOT_MIGRATED",
            why="the migrations were not applied",
            remedy="run `fitsm-graph db migrate`",
        )
    if taken[0]["done"] is not None and attempt.outcome is not None:
        return attempt.outcome
    known = taken[0]["known"]
    if known is None:
        return None
    if known["digest"] != attempt.digest:
        raise Conflict(
            "the idempotency key was used for something else",
            code="IDEMPOTENCY_MISMATCH",
            why=f"entry {known.get('seq')} came from another payload",
            remedy="use a new key for a new request",
            path=("idempotencyKey",),
        )
    return Outcome(orjson.loads(known["outcome"]), known.get("seq"), replayed=True)


def _key_rows(attempt: _Attempt, tx: Tx, value: Any) -> list[Properties]:
    if attempt.key is None:
        return []
    row: Properties = {
        "key": attempt.key,
        "digest": attempt.digest,
        "at": tx.at,
        "outcome": orjson.dumps(value).decode(),
    }
    if tx.changes:
        row["seq"] = tx.seq
    return [row]


def _compare(done: list[Properties], given: Properties) -> None:
    counts = done[0] if done else {}
    for name in COUNTED:
        if counts.get(name) != len(given[name]):
            raise Broken(
                "the graph is not what the verb read",
                why=f"{name}: {len(given[name])} decided, {counts.get(name)} found",
                remedy="run `fitsm-graph doctor`",
            )
