"""One subscription from its document to its events, over whatever it travels."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import ExecutionResult
from graphql.execution import subscribe

from fitsm_graph.api.api import Answer, Api, within
from fitsm_graph.api.asked import Asked, HttpRefusal
from fitsm_graph.api.credential import Credential
from fitsm_graph.api.executor import ShapedExecutor
from fitsm_graph.api.failures import origin_of, told_of_caught, told_of_result
from fitsm_graph.api.live.cursor import Cursor
from fitsm_graph.api.live.listening import Listening
from fitsm_graph.api.live.rights import Rights
from fitsm_graph.graph.follow import Follower
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.principal import Principal

Body = dict[str, Any]


@dataclass(slots=True)
class Live:
    """All that is streamed by one process.

    Attributes:
        open: Subscriptions at once, by login.
        sockets: Of every open WebSocket, what ends it.
    """

    api: Api
    follower: Follower
    rights: Rights
    open: Counter[str] = field(default_factory=Counter)
    sockets: set[asyncio.Event] = field(default_factory=set)
    closing: bool = False

    def wants_stream(self, answer: Answer) -> bool:
        """Whether what was asked can only be streamed, and not be answered."""
        return getattr(answer.refusal, "code", "") == "SUBSCRIPTION_NEEDS_STREAM"

    async def close(self) -> None:
        """End all streams; clients resume them where they ended."""
        self.closing = True
        for lost in list(self.sockets):
            lost.set()
        await self.follower.close()

    def admit(self, login: str) -> None:
        """Count a subscription of a login in.

        Raises:
            HttpRefusal: TOO_MANY_SUBSCRIPTIONS.
        """
        most = self.api.limits.live.subscriptions
        if self.open[login] >= most:
            raise too_many(most)
        self.open[login] += 1

    def dismiss(self, login: str) -> None:
        """Count it out."""
        self.open[login] -= 1
        if not self.open[login]:
            del self.open[login]


def too_many(most: int) -> HttpRefusal:
    """The refusal of one subscription more."""
    return HttpRefusal(
        429,
        "too many subscriptions at once",
        code="TOO_MANY_SUBSCRIPTIONS",
        why=f"{most} at most on a connection, and for one account",
        remedy="end one, or ask for several kinds of records in one",
    )


class Subscription:
    """One subscription.

    Args:
        live: What streams.
        asked: What a client asks.
        credential: What it comes in with; looked up again while the stream runs.
        via: The way in.
    """

    def __init__(
        self, live: Live, asked: Asked, credential: Credential, via: str = "graphql"
    ) -> None:
        self._live = live
        self._asked = asked
        self._credential = credential
        self._via = via
        self._admitted = ""
        self._listening: Listening | None = None
        self._source: Any = None
        self._place: Cursor | None = None

    async def begin(self) -> None:
        """Prepare it and take its place; every refusal comes from here.

        Raises:
            FitsmError: What the pipeline, the rights, the limits or the resolver refuse.
        """
        live = self._live
        try:
            async with within(live.api.limits.seconds):
                principal = await live.rights.principal(self._credential)
                live.admit(principal.login)
                self._admitted = principal.login
                self._listening = Listening(
                    live.follower, live.rights, live.api.admission, self._credential, principal
                )
                await self._prepare(self._listening, principal, self._asked.at_least)
                self._place = self._listening.place
        except BaseException:
            self.close()
            raise

    async def _prepare(
        self, listening: Listening, principal: Principal, at_least: int | None
    ) -> None:
        """Let the document in by the types in force, and let its resolver begin or go on."""
        api, asked = self._live.api, self._asked
        async with api.admission.turn(principal):
            seen = await api.freshness.seen(at_least)
            edition = await api.editions.at(seen.types)
            await api.policies.at(seen.policies)
            asked = await api.with_document(asked, principal)
            prepared = api.let_in(Answer(), edition, asked, principal, streaming=True)
            context = api.context(edition, seen, principal, self._via)
            listening.principal, listening.types, listening.stale = principal, seen.types, False
            listening.key = (_digest(asked), context.sight, context.withheld, seen.types)
            listening.cost = prepared.cost
            context.live = listening
            found: Any = subscribe(
                edition.pipeline.schema,
                prepared.document,
                context_value=context,
                variable_values=dict(asked.variables),
                operation_name=prepared.name,
                executor_class=ShapedExecutor,
            )
            ready = isinstance(found, ExecutionResult) or hasattr(found, "__aiter__")
            source = found if ready else await found
        if isinstance(source, ExecutionResult):
            raise _refusal(source)
        self._source = source

    async def bodies(self) -> AsyncGenerator[Body]:
        """Answers, one for each event; it ends when the process stops, or with an error."""
        listening = self._listening
        while listening is not None:
            async with aclosing(self._source) as results:
                async for result in results:
                    yield _body(result)
            if not listening.stale:
                return
            principal = await listening.rights.principal(self._credential)
            newest = listening.listener.latest if listening.listener is not None else None
            await self._prepare(listening, principal, newest)

    async def told(self, pulse_seconds: float) -> AsyncGenerator[Body | None]:
        """Answers as they come; None where nothing happened for a while.

        Raises:
            Unauthenticated: Nobody may be told any more, seen even where nothing happens.
        """
        bodies, listening = self.bodies(), self._listening
        coming: asyncio.Task[Body | None] | None = None
        try:
            while True:
                if coming is None:
                    coming = asyncio.ensure_future(_next(bodies))
                done, _ = await asyncio.wait({coming}, timeout=pulse_seconds)
                if not done:
                    await self._live.rights.principal(self._credential)
                    yield None
                    continue
                body, coming = coming.result(), None
                if body is None:
                    return
                self._place = listening.place if listening is not None else None
                yield body
        finally:
            if coming is not None:
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)
            await bodies.aclose()

    @property
    def cursor(self) -> str:
        """Up to where it has told; what is on its way, or waits to be paid for, is not told."""
        listening = self._listening
        if listening is None or self._place is None:
            return ""
        through = listening.listener.after if listening.listener is not None else 0
        return str(max(self._place, Cursor(through)))

    def failed(self, error: Exception) -> Body:
        """What is told of an error that ends it, with the place to go on from."""
        errors = told_of_caught(error)
        if self.cursor:
            errors[0]["extensions"]["cursor"] = self.cursor
        return {"errors": errors}

    def close(self) -> None:
        """End it."""
        if self._listening is not None:
            self._listening.close()
        if self._admitted:
            self._live.dismiss(self._admitted)
            self._admitted = ""


async def _next(bodies: AsyncGenerator[Body]) -> Body | None:
    return await anext(bodies, None)


def _digest(asked: Asked) -> bytes:
    text = orjson.dumps([asked.document, asked.operation_name, asked.variables], option=_SORTED)
    return hashlib.blake2b(text, digest_size=16).digest()


_SORTED = orjson.OPT_SORT_KEYS


def _refusal(result: ExecutionResult) -> Exception:
    """Why a resolver did not begin; values of variables that do not fit are bad input."""
    error = (result.errors or [])[0]
    return origin_of(error) or BadInput(
        error.message,
        code="INVALID_VARIABLES",
        why="a value does not fit its type",
        remedy="compare the values with the schema",
    )


def _body(result: ExecutionResult) -> Body:
    told = {"errors": told_of_result(result.errors)} if result.errors else {}
    return {**told, "data": result.data}
