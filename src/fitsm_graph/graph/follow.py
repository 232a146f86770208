"""The ledger followed: one reading for all who listen, however many they are.

While anybody listens, one task asks four times a second where the ledger stands, and at once when
this process has committed. What is new is read once and handed to every listener as the same
object. A listener that falls behind is cut off: it knows up to where it has seen, and the ledger
keeps the rest.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from fitsm_graph.graph import feed
from fitsm_graph.graph.changes import RecordChange, RelationChange, kind_of
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.history import RecordImage, Step
from fitsm_graph.kernel.errors import BadInput, Conflict, FitsmError, Unavailable

LOG = logging.getLogger("fitsm_graph.graph")
R = TypeVar("R")
LAG_SECONDS = 0.25
"""How often the ledger is asked where other processes may have written."""
GATHER_SECONDS = 0.02
"""How long a reading waits after a commit of this process, so that more of them come together."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How much is kept and read back for those who listen.

    Attributes:
        entries: Read back at once for somebody who was away; more has to be read in another way.
        changes: The same, counted in records and relations.
        waiting: Changes that wait for one slow listener.
        batches: Batches that wait for one slow listener, however small.
    """

    entries: int = 10_000
    changes: int = 100_000
    waiting: int = 20_000
    batches: int = 500


@dataclass(eq=False)
class Batch:
    """Entries in order, with their changes; the same object for all who listen.

    Attributes:
        seq: The last of them.
        steps: Oldest first.
    """

    graph: Graph
    seq: int
    steps: tuple[Step, ...]
    _made: dict[Hashable, asyncio.Task[Any]] = field(default_factory=dict)

    @cached_property
    def size(self) -> int:
        """How many changes it holds."""
        return sum(len(step.changes) for step in self.steps)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Kinds of the records that were changed."""
        return frozenset(kind for step in self.steps for kind in _kinds(step))

    def changed(self, kinds: frozenset[str]) -> int:
        """The last entry that changed records of some kinds; 0: none."""
        found = (int(step.entry["seq"]) for step in self.steps if kinds & _kinds(step))
        return max(found, default=0)

    async def once(self, key: Hashable, make: Callable[[], Awaitable[R]]) -> R:
        """Work something out for the first who asks, and give it to all others who ask the same."""
        task = self._made.get(key)
        if task is None:
            task = self._made[key] = asyncio.ensure_future(make())
        return await asyncio.shield(task)

    async def images(self) -> Mapping[str, RecordImage]:
        """Everything that was touched and both ends of every relation, as it is now, by id."""
        return await self.once("images", self._images)

    async def _images(self) -> Mapping[str, RecordImage]:
        ids: set[str] = set()
        for step in self.steps:
            for change in step.changes:
                if isinstance(change, RelationChange):
                    ids |= {change.source, change.target}
                else:
                    ids.add(change.id)
        rows = await self.graph.rows("ledger.records_now", ids=sorted(ids)) if ids else []
        return {row["id"]: RecordImage(kind_of(row["labels"]), row["properties"]) for row in rows}


class Listener:
    """One who listens: what waits for it, and how far it has come.

    Attributes:
        after: The last entry it is done with.
    """

    def __init__(self, follower: "Follower", after: int) -> None:
        self.after = after
        self._follower = follower
        self._waiting: deque[Batch] = deque()
        self._weight = 0
        self._some = asyncio.Event()
        self._failed: FitsmError | None = None
        self._ended = False

    async def next(self) -> Batch | None:
        """The next batch, waited for; the same again until it is finished. None: no more come.

        Raises:
            Conflict: SLOW_CONSUMER, when more has waited than is kept.
            FitsmError: What has kept the ledger from being followed.
        """
        await self._some.wait()
        if self._failed is not None:
            raise self._failed
        return None if self._ended else self._waiting[0]

    @property
    def latest(self) -> int:
        """The last entry that waits for it, or that it is done with."""
        return self._waiting[-1].seq if self._waiting else self.after

    async def newest(self) -> Batch | None:
        """The newest batch that waits; those before it need not be looked at. None: as `next`."""
        oldest = await self.next()
        return None if oldest is None else self._waiting[-1]

    def finish(self, batch: Batch) -> None:
        """Be done with a batch, and with all before it."""
        self.after = max(self.after, batch.seq)
        while self._waiting and self._waiting[0].seq <= self.after:
            self._weight -= self._waiting.popleft().size
        if not (self._waiting or self._ended or self._failed):
            self._some.clear()

    def give(self, batch: Batch, *, first: bool = False) -> None:
        """Let a batch wait for it."""
        if batch.seq <= self.after or self._failed is not None:
            return
        reach = self._follower.reach
        full = len(self._waiting) >= reach.batches
        heavy = full or self._weight + batch.size > reach.waiting
        if heavy and self._waiting and not first:
            self.fail(_too_slow(len(self._waiting)))
            return
        self._weight += batch.size
        (self._waiting.appendleft if first else self._waiting.append)(batch)
        self._some.set()

    def fail(self, error: FitsmError) -> None:
        """End it with an error; what waits for it is forgotten."""
        self._failed = error
        self._waiting.clear()
        self._some.set()

    def end(self) -> None:
        """End it: no more will come."""
        self._ended = True
        self._some.set()

    def close(self) -> None:
        """Listen no more."""
        self._follower.leave(self)


class Follower:
    """Follows the ledger of one graph for all who listen in this process.

    Args:
        graph: What is followed.
        told: Called with each batch before any listener has it.

    Attributes:
        reach: How much is kept and read back.
        polls: How often the ledger was asked where it stands.
        readings: How often entries were read.
    """

    def __init__(self, graph: Graph, told: Callable[[Batch], None] | None = None) -> None:
        self._graph = graph
        self._told = told
        self.reach = Reach()
        self._listeners: set[Listener] = set()
        self._seq = 0
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self.polls = 0
        self.readings = 0
        graph.on_commit(lambda _seq, _changes: self._wake.set())

    def __len__(self) -> int:
        """How many listen."""
        return len(self._listeners)

    async def listen(self, since: int | None = None) -> Listener:
        """Begin to listen, from now or after an entry; nothing is lost, nothing comes twice.

        Raises:
            BadInput: CURSOR_TOO_OLD, when more was written since than is read back at once;
                CURSOR_AHEAD, when there is no such entry.
        """
        head = (await self._graph.head()).seq
        if since is not None:
            head = await self._known(since, head)
            await self._check_span(since, head)
        if not self._listeners:
            self._seq = head
        listener = Listener(self, head if since is None else since)
        start = self._seq
        self._listeners.add(listener)
        self._run()
        if since is not None and since < start:
            try:
                await self._catch_up(listener, since, start)
            except BaseException:
                listener.close()
                raise
        return listener

    async def _known(self, since: int, head: int) -> int:
        """Where the ledger stands, once it shows an entry."""
        if since <= head:
            return head
        try:
            return await self._graph.at_least(since)
        except Conflict as error:
            raise BadInput(
                "the cursor is ahead of the ledger",
                code="CURSOR_AHEAD",
                why=f"the ledger stands at {head}",
                remedy="begin anew without `since`; a backup was restored, or it is another ledger",
                path=("since",),
            ) from error

    async def _check_span(self, since: int, until: int) -> None:
        found = (await self._graph.rows("ledger.span", since=since, until=until))[0]
        most = self.reach
        if found["entries"] > most.entries or found["changes"] > most.changes:
            raise BadInput(
                "the cursor is too old to be resumed from",
                code="CURSOR_TOO_OLD",
                why=f"{found['entries']:,} entries with {found['changes']:,} changes came since; "
                f"{most.entries:,} and {most.changes:,} are read back at most",
                remedy="read what you keep anew, and subscribe without `since`",
                path=("since",),
            )

    async def _catch_up(self, listener: Listener, since: int, start: int) -> None:
        """Give a listener what was written before the follower's own place."""
        self.readings += 1
        _, steps = await feed.since(self._graph, since)
        missed = tuple(step for step in steps if step.entry["seq"] <= start)
        listener.give(Batch(self._graph, start, missed), first=True)

    def leave(self, listener: Listener) -> None:
        """Take a listener off."""
        self._listeners.discard(listener)
        self._wake.set()

    async def close(self) -> None:
        """End all listeners and the task; nobody listens afterwards."""
        self._closed = True
        for listener in list(self._listeners):
            listener.end()
        self._listeners.clear()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    # --- following -------------------------------------------------------------------------

    def _run(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._follow())
            self._task.add_done_callback(self._stopped)

    def _stopped(self, task: asyncio.Task[None]) -> None:
        """Tell all who listen where following has ended by an error."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            LOG.error("the ledger cannot be followed", exc_info=error)
            self._fail_all(error)

    async def _follow(self) -> None:
        while self._listeners and not self._closed:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAG_SECONDS):
                    await self._wake.wait()
                await asyncio.sleep(GATHER_SECONDS)
            self._wake.clear()
            try:
                await self._look()
            except Unavailable as error:  # the place is kept: what is missed now comes later
                LOG.warning("the ledger cannot be followed now: %s", error.code)

    async def _look(self) -> None:
        """Ask where the ledger stands, and hand on what is new."""
        self.polls += 1
        head = (await self._graph.head()).seq
        if head <= self._seq or not self._listeners:
            return
        try:
            await self._check_span(self._seq, head)
        except BadInput as error:
            self._seq = head
            self._fail_all(error)
            return
        self.readings += 1
        self._seq, steps = await feed.since(self._graph, self._seq)
        batch = Batch(self._graph, self._seq, tuple(steps))
        if self._told is not None:
            self._told(batch)
        for listener in list(self._listeners):
            listener.give(batch)

    def _fail_all(self, error: BaseException) -> None:
        known = error if isinstance(error, FitsmError) else _broken()
        for listener in list(self._listeners):
            listener.fail(known)


def _kinds(step: Step) -> set[str]:
    return {each.kind for each in step.changes if isinstance(each, RecordChange)}


def _too_slow(waiting: int) -> Conflict:
    return Conflict(
        "events are not taken as fast as they come",
        code="SLOW_CONSUMER",
        why=f"{waiting:,} readings of the ledger wait, and no more are kept",
        remedy="subscribe again with `since` and the cursor that is told here; ask for less",
    )


def _broken() -> Conflict:
    return Conflict(
        "the ledger cannot be followed",
        code="FEED_BROKEN",
        why="an entry cannot be read back",
        remedy="run `fitsm-graph doctor`, and `fitsm-graph ledger verify --full`",
    )
