"""How much one principal may ask: so many operations at once, and so many values in a time.

Limits of a document keep one question small; these keep many small ones from taking everything.
Both are counted for each principal, whatever tokens and connections it uses, in this process:
with several servers each has its own share. An operation takes its turn before it is executed,
and pays what it costs; whoever is refused is told when to come again.
"""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fitsm_graph.api.limits import Limits
from fitsm_graph.kernel.bucket import Bucket
from fitsm_graph.kernel.errors import Unavailable
from fitsm_graph.model.principal import Principal
from fitsm_graph.sms.rights import READ_LARGE, Rights, may

MOST_PRINCIPALS = 10_000


class Throttled(Unavailable):
    """More was asked than is answered at once; the same request works later.

    Attributes:
        seconds: After which it is worth asking again.
    """

    status = 429

    def __init__(self, message: str, seconds: float, **more: str) -> None:
        super().__init__(message, **more)
        self.seconds = max(1, math.ceil(seconds))


@dataclass(frozen=True, slots=True)
class Cost:
    """What an operation costs, in values of its answer.

    Attributes:
        requested: Values its answer could hold.
        limit: The most that one operation may ask for.
        remaining: What is left of the budget.
        budget: What a full budget holds.
        per_second: What comes back in a second.
    """

    requested: int
    limit: int
    remaining: int
    budget: int
    per_second: int

    def told(self) -> dict[str, Any]:
        """As it stands in `extensions`."""
        return {
            "requested": self.requested,
            "limit": self.limit,
            "remaining": self.remaining,
            "budget": self.budget,
            "perSecond": self.per_second,
        }


class Budgets:
    """What each principal may still ask for.

    Args:
        limits: Says how large a budget is, and how fast it comes back.
        clock: Seconds, going forward only.
        most: Budgets that are remembered; whoever asked longest ago is forgotten first.
    """

    def __init__(
        self,
        limits: Limits,
        clock: Callable[[], float] = time.monotonic,
        most: int = MOST_PRINCIPALS,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._most = most
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def spend(self, who: str, values: int) -> int:
        """Take what something costs from a budget.

        Returns:
            What is left.

        Raises:
            Throttled: BUDGET_SPENT, with the seconds until there is enough again.
        """
        bucket = self._bucket(who)
        # what costs more than a full budget may be asked of a full one: nothing is refused for ever
        wait = bucket.take(min(values, self._limits.budget), self._clock())
        if wait:
            raise Throttled(
                "the budget for questions is used up",
                wait,
                code="BUDGET_SPENT",
                why=f"this costs {values:,} values and {int(bucket.left):,} are left; "
                f"{self._limits.budget_per_second:,} come back in a second",
                remedy=f"ask again in {max(1, math.ceil(wait))} s, or for less: smaller pages, "
                "fewer fields",
            )
        return int(bucket.left)

    def left(self, who: str) -> int:
        """What is left now."""
        bucket = self._bucket(who)
        bucket.take(0, self._clock())
        return int(bucket.left)

    def _bucket(self, who: str) -> Bucket:
        found = self._buckets.pop(who, None)
        if found is None:
            largest, rate = self._limits.budget, self._limits.budget_per_second
            found = Bucket.full(largest, rate, self._clock())
        self._buckets[who] = found
        while len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return found


@dataclass(slots=True)
class _Line:
    """Operations of one principal: those that have their turn, and those that wait."""

    turns: asyncio.Semaphore
    present: int = 0


@dataclass(slots=True)
class Turns:
    """So many at once, the others in a line of bounded length.

    Attributes:
        at_once: Operations of one principal that are executed at the same time.
        waiting: Those that may wait for their turn.
        seconds: How long one waits.
    """

    at_once: int
    waiting: int
    seconds: float
    _lines: dict[str, _Line] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(self, who: str) -> AsyncIterator[None]:
        """Have a turn, or wait for one.

        Raises:
            Throttled: TOO_MANY_AT_ONCE, when the line is full or does not move.
        """
        await self.take(who)
        try:
            yield
        finally:
            self.give_back(who)

    async def take(self, who: str) -> None:
        """Take a turn, which is given back by `give_back`, or wait for one.

        Raises:
            Throttled: TOO_MANY_AT_ONCE, when the line is full or does not move.
        """
        line = self._lines.get(who)
        if line is None:
            line = self._lines[who] = _Line(asyncio.Semaphore(self.at_once))
        if line.present >= self.at_once + self.waiting:
            raise self._refusal("no more may wait")
        line.present += 1
        try:
            await self._wait(line)
        except BaseException:
            self._leave(who, line)
            raise

    def give_back(self, who: str) -> None:
        """End a turn that was taken."""
        line = self._lines[who]
        line.turns.release()
        self._leave(who, line)

    def _leave(self, who: str, line: _Line) -> None:
        line.present -= 1
        if not line.present:
            self._lines.pop(who, None)

    def present(self, who: str) -> int:
        """How many operations of a principal have their turn or wait for it."""
        line = self._lines.get(who)
        return line.present if line is not None else 0

    async def _wait(self, line: _Line) -> None:
        if not line.turns.locked():
            await line.turns.acquire()  # at once: nothing is waited for
            return
        try:
            async with asyncio.timeout(self.seconds):
                await line.turns.acquire()
        except TimeoutError as error:
            raise self._refusal(f"{self.seconds:g} seconds were waited for a turn") from error

    def _refusal(self, why: str) -> Throttled:
        return Throttled(
            "too much is asked at once",
            1,
            code="TOO_MANY_AT_ONCE",
            why=f"{self.at_once} are answered at once, {self.waiting} may wait; {why}",
            remedy="ask one after another, or again in a moment",
        )


_ALL = ""
"""Who has the turns of all."""


class Admission:
    """The one place where an operation is let in, whatever way it comes.

    Args:
        limits: Of documents, principals and the process.
        rights: Says what each role may do.
        clock: Seconds, going forward only.

    Attributes:
        limits: For most.
        large: For those with the right to large answers.
    """

    def __init__(
        self,
        limits: Limits,
        rights: Callable[[], Rights],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits
        self._rights = rights
        self.large = limits.enlarged()
        self._budgets = Budgets(limits, clock)
        self._own = Turns(limits.at_once, limits.waiting, limits.waiting_seconds)
        self._all = Turns(limits.at_once_of_all, limits.waiting_of_all, limits.waiting_seconds)

    def limits_of(self, principal: Principal) -> Limits:
        """The limits that hold for a principal."""
        return self.large if may(principal, READ_LARGE, self._rights()) else self.limits

    def spend(self, principal: Principal, values: int) -> Cost:
        """Take what an operation costs from its principal's budget.

        Raises:
            Throttled: BUDGET_SPENT.
        """
        remaining = self._budgets.spend(principal.login, values)
        return self._cost(principal, values, remaining)

    async def pay(self, principal: Principal, values: int) -> bool:
        """Take what an event costs; its stream is not ended where that has to be waited for.

        Returns:
            Whether it was waited for.
        """
        waited = False
        while True:
            try:
                self.spend(principal, values)
            except Throttled as spent:
                waited = True
                await asyncio.sleep(spent.seconds)
            else:
                return waited

    def cost(self, principal: Principal, values: int) -> Cost:
        """What an operation would cost, with what is left."""
        return self._cost(principal, values, self._budgets.left(principal.login))

    @asynccontextmanager
    async def turn(self, principal: Principal) -> AsyncIterator[None]:
        """Have a turn among the principal's own operations, and among all.

        Raises:
            Throttled: TOO_MANY_AT_ONCE.
        """
        await self._own.take(principal.login)
        try:
            await self._all.take(_ALL)
            try:
                yield
            finally:
                self._all.give_back(_ALL)
        finally:
            self._own.give_back(principal.login)

    def present(self, login: str) -> int:
        """How many operations of a principal are there, with those that wait."""
        return self._own.present(login)

    def _cost(self, principal: Principal, values: int, remaining: int) -> Cost:
        limits = self.limits_of(principal)
        return Cost(values, limits.cost, remaining, limits.budget, limits.budget_per_second)
