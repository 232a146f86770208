"""What is due, done by one process at a time, however many there are.

    scheduler = Scheduler(graph, (Job("notify", timedelta(seconds=1), notify),))
    await scheduler.tick()

The lease is a node; whoever holds it does what is due, and lets it pass on when it stops or is
killed. How each job went is kept with the lease's fence: a holder whose lease has passed on changes
nothing any more. While nothing happens, next to nothing is written: the lease is renewed when half
of it is over, and that a job found nothing to do is kept as seldom. Time is the graph's clock, so
that tests drive it. A job does its work in pieces that may be repeated: it is told where it left
off, and says where to go on.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.errors import BadInput, FitsmError, Unavailable
from fitsm_graph.kernel.ids import new_id
from fitsm_graph.kernel.text import did_you_mean, first_of

LOG = logging.getLogger("fitsm_graph.scheduler")
R = TypeVar("R")
LEASE = timedelta(seconds=30)
EVERY_SECONDS = 1.0
LEASE_KEY = "scheduler"
_LONGEST_SAID = 500


@dataclass(frozen=True, slots=True)
class Went:
    """How a job went.

    Attributes:
        said: What it did, in a few words.
        cursor: Where to go on next time; empty: nowhere in particular.
        again: There is more to do at once.
    """

    said: str = ""
    cursor: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What a job is told.

    Attributes:
        now: The moment.
        cursor: Where it left off; empty at the first time.
    """

    now: datetime
    cursor: str


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is due again and again.

    Attributes:
        every: How long after it was done it is due again.
        doc: What it does, in a sentence.
    """

    name: str
    every: timedelta
    run: Callable[[Turn], Awaitable[Went]]
    doc: str = ""


class OneByOne:
    """The pieces of a turn's work: one that is refused does not keep the others waiting.

    Attributes:
        done: How many were done.
        left: What was refused, each with the code.
    """

    def __init__(self) -> None:
        self.done = 0
        self.left: list[str] = []

    async def do(self, name: str, work: Awaitable[Any]) -> bool:
        """Do one piece; whether it was done.

        Raises:
            Unavailable: Nothing can be done now; the turn is taken again.
        """
        try:
            await work
        except Unavailable:
            raise
        except FitsmError as error:
            self.left.append(f"{name} ({error.code})")
            return False
        self.done += 1
        return True

    def said(self, done: str) -> str:
        """What was done, in words of the job where something was, and what was left."""
        left = f"{len(self.left)} left: {first_of(self.left)}" if self.left else ""
        return "; ".join(filter(None, [done if self.done else "", left]))


class Scheduler:
    """Does what is due while it holds the lease.

    Args:
        graph: Where the lease and the jobs' states are; its clock says what is due.
        jobs: No name twice.
    """

    def __init__(self, graph: Graph, jobs: Iterable[Job]) -> None:
        self._graph = graph
        self.jobs = {each.name: each for each in jobs}
        self._holder = new_id(graph.clock.now())
        self._fence = 0
        self._until = graph.clock.now()
        self._known: dict[str, Mapping[str, Any]] = {}

    async def tick(self) -> list[str]:
        """Do what is due now; return the names of the jobs that were done."""
        if not await self._hold():
            return []
        done = []
        for job in self.jobs.values():
            due = str(self._known.get(job.name, {}).get("next_at") or "")
            if due <= to_text(self._graph.clock.now()):
                if not await self._do(job):
                    break
                done.append(job.name)
        return done

    async def run(self, name: str) -> Mapping[str, Any]:
        """Do one job now, due or not; return how it went.

        Raises:
            BadInput: There is no such job, or another process holds the lease.
        """
        if name not in self.jobs:
            raise BadInput(f"there is no job '{name}'", remedy=did_you_mean(name, self.jobs))
        if not await self._hold():
            raise BadInput(
                "another process does what is due",
                why="it holds the lease",
                remedy="wait until it has stopped, or let it do the job",
            )
        await self._do(self.jobs[name], wanted=True)
        return self._known[name]

    async def states(self) -> dict[str, Mapping[str, Any]]:
        """How every job went last, by name; the lease under its own key."""
        rows = (await self._graph.rows("flow.duties"))[0]["duties"]
        return {each["key"]: each for each in rows}

    async def let_go(self) -> None:
        """Give the lease back, so that another process need not wait for its end."""
        if self._fence:
            now = to_text(self._graph.clock.now())
            await self._keep(LEASE_KEY, {"until": now})
            self._fence = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Do what is due, for as long as this is entered."""
        task = asyncio.create_task(self._go_on())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            with contextlib.suppress(FitsmError):
                await self.let_go()

    # --- within ----------------------------------------------------------------------------

    async def _go_on(self) -> None:
        while True:
            _, fault = await outcome_of(self.tick())
            if isinstance(fault, FitsmError):
                LOG.warning("what is due could not be done: %s", fault.problem.message)
            elif fault is not None:
                LOG.error("what is due could not be done", exc_info=fault)
            await asyncio.sleep(EVERY_SECONDS)

    async def _hold(self) -> bool:
        now = self._graph.clock.now()
        if self._fence and now < self._until - LEASE / 2:
            return True
        (row,) = await self._graph.keep(
            "flow.take_duty",
            holder=self._holder,
            now=to_text(now),
            until=to_text(now + LEASE),
        )
        fence, self._until = int(row["fence"]) if row["held"] else 0, now + LEASE
        if fence and fence != self._fence:  # somebody else may have done something meanwhile
            self._known = await self.states()
        self._fence = fence
        return bool(row["held"])

    async def _do(self, job: Job, *, wanted: bool = False) -> bool:
        """Do a job, and keep how it went; False: the lease has passed on meanwhile.

        Args:
            job: Which one.
            wanted: Somebody asked for it, and is told how it went whatever that was.
        """
        began, before = self._graph.clock.now(), self._known.get(job.name, {})
        cursor = str(before.get("cursor") or "")
        done, fault = await outcome_of(job.run(Turn(began, cursor)))
        went, error = done or Went(cursor=cursor), self._told(job, fault)
        ended = self._graph.clock.now()
        next_at = to_text(ended if went.again and not error else ended + job.every)
        news = wanted or went.said or error or before.get("error") or went.cursor != cursor
        if not news and to_text(ended - LEASE / 2) < str(before.get("ended_at") or ""):
            self._known[job.name] = {**before, "next_at": next_at}
            return True
        state = {
            "began_at": to_text(began),
            "ended_at": to_text(ended),
            "next_at": next_at,
            "said": went.said[:_LONGEST_SAID],
            "error": error[:_LONGEST_SAID],
            "cursor": went.cursor,
            "failures": int(before.get("failures") or 0) + 1 if error else 0,
        }
        self._known[job.name] = state
        if not await self._keep(job.name, state):
            self._fence = 0
        return bool(self._fence)

    def _told(self, job: Job, fault: BaseException | None) -> str:
        """What is kept of a failure: a fault of the code is in the log, and named here."""
        if fault is None:
            return ""
        if isinstance(fault, FitsmError):
            return fault.problem.message
        LOG.error("the job %s failed", job.name, exc_info=fault)
        return type(fault).__name__

    async def _keep(self, key: str, state: Mapping[str, Any]) -> bool:
        given = {"holder": self._holder, "fence": self._fence, "key": key, "state": dict(state)}
        return bool(await self._graph.keep("flow.keep_duty", **given))


async def outcome_of(work: Awaitable[R]) -> tuple[R | None, BaseException | None]:
    """What work gave, or why it failed: whatever it is, the scheduler goes on."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task})
    finally:
        task.cancel()  # has no effect where it is done
    fault = task.exception()
    return (None, fault) if fault is not None else (task.result(), None)
