"""Streams over WebSocket: the protocol graphql-transport-ws, message by message.

A handler of its own on the one pipeline: questions and mutations that come this way are answered
by the same road as over HTTP, subscriptions are streams. Only this protocol is spoken; the older
`graphql-ws` lets clients subscribe before they have said who they are.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from contextlib import aclosing
from enum import IntEnum
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from fitsm_graph.api.asked import Asked, asked_in
from fitsm_graph.api.credential import (
    NOBODY,
    Credential,
    bearer,
    refuse_token_in_address,
    require_own_page,
    session_of,
)
from fitsm_graph.api.failures import Caught, told
from fitsm_graph.api.live.stream import Live, Subscription, too_many
from fitsm_graph.kernel.errors import FitsmError, Forbidden

PROTOCOL = "graphql-transport-ws"
LONGEST_ID = 100


class Close(IntEnum):
    """Codes that a connection is closed with."""

    STOPPING = 1001
    TOO_LARGE = 1009
    TOO_MANY = 1013
    INVALID = 4400
    NOT_YET_KNOWN = 4401
    FORBIDDEN = 4403
    OTHER_PROTOCOL = 4406
    INIT_TOO_LATE = 4408
    SAME_ID = 4409
    TWO_INITS = 4429


class Closing(Exception):
    """The connection is to be closed."""

    def __init__(self, code: Close, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason[:120]


class Gone(Exception):
    """The client is gone, or takes nothing."""


class Socket:
    """One connection.

    Args:
        live: What streams.
        scope: The handshake.
        receive: Takes messages.
        send: Sends them.
    """

    def __init__(self, live: Live, scope: Scope, receive: Receive, send: Send) -> None:
        self._live = live
        self._limits = live.api.limits.live
        self._scope = scope
        self._receive = receive
        self._send = send
        self._turn = asyncio.Lock()
        self._credential: Credential | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._lost: asyncio.Event = asyncio.Event()

    async def run(self) -> None:
        """Shake hands, serve, and close as the protocol asks."""
        await self._receive()  # the connect
        closing = self._refused_at_the_door()
        protocols = self._scope.get("subprotocols", ())
        if closing is not None:
            await self._send({"type": "websocket.close", "code": closing.code})
            return
        accept = {"type": "websocket.accept"}
        known = PROTOCOL in protocols
        await self._send({**accept, "subprotocol": PROTOCOL} if known else accept)
        self._live.sockets.add(self._lost)
        try:
            await self._serve(known=known)
        except Closing as end:
            await self._close(end)
        except Gone:
            pass
        finally:
            self._live.sockets.discard(self._lost)
            await self._end_all()

    def _refused_at_the_door(self) -> Closing | None:
        """Why there is no handshake: a page of another site, a token in the address, too many."""
        if self._live.closing or len(self._live.sockets) >= self._limits.connections:
            return Closing(Close.TOO_MANY, "try again later")
        headers = Headers(scope=self._scope)
        try:
            refuse_token_in_address(self._scope.get("query_string", b""))
            if "origin" in headers:
                require_own_page(headers)
        except Forbidden as error:
            return Closing(Close.FORBIDDEN, error.code)
        return None

    async def _serve(self, *, known: bool) -> None:
        if not known:
            raise Closing(Close.OTHER_PROTOCOL, f"only {PROTOCOL} is spoken here")
        pulse = asyncio.ensure_future(self._pulse())
        try:
            try:
                async with asyncio.timeout(self._limits.init_seconds):
                    while self._credential is None:
                        await self._handle(await self._message())
            except TimeoutError:
                raise Closing(Close.INIT_TOO_LATE, "Connection initialisation timeout") from None
            while True:
                await self._handle(await self._message())
        finally:
            pulse.cancel()
            await asyncio.gather(pulse, return_exceptions=True)

    # --- messages --------------------------------------------------------------------------

    async def _message(self) -> dict[str, Any]:
        """The next message, as an object with a type."""
        coming = asyncio.ensure_future(self._receive())
        lost = asyncio.ensure_future(self._lost.wait())
        try:
            await asyncio.wait({coming, lost}, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                raise Closing(Close.STOPPING, "going away") if self._live.closing else Gone
            event = coming.result()
        finally:
            for task in (coming, lost):
                task.cancel()
        if event["type"] != "websocket.receive":
            raise Gone
        text = event.get("text")
        if not isinstance(text, str):
            raise Closing(Close.INVALID, "Invalid message: text only")
        if len(text) > self._limits.message:
            raise Closing(Close.TOO_LARGE, f"{self._limits.message:,} bytes at most")
        return _parsed(text)

    async def _handle(self, message: Mapping[str, Any]) -> None:
        handler = {
            "connection_init": self._init,
            "ping": self._ping,
            "pong": self._pong,
            "subscribe": self._subscribe,
            "complete": self._complete,
        }.get(message["type"])
        if handler is None:
            raise Closing(Close.INVALID, "Invalid message: unknown type")
        await handler(message)

    async def _init(self, message: Mapping[str, Any]) -> None:
        if self._credential is not None:
            raise Closing(Close.TWO_INITS, "Too many initialisation requests")
        credential = self._brought(_object(message.get("payload")))
        try:
            await self._live.rights.principal(credential)
        except Forbidden as error:
            raise Closing(Close.FORBIDDEN, f"{error.code}: {error.problem.message}") from error
        except FitsmError as error:
            raise Closing(Close.TOO_MANY, error.code) from error
        self._credential = credential
        await self._say({"type": "connection_ack"})

    def _brought(self, payload: Mapping[str, Any]) -> Credential:
        """What the client says it is: a token in the payload; else the session of its cookies."""
        for name, value in payload.items():
            if name.casefold() == "authorization" and isinstance(value, str):
                return bearer(value)
        headers = Headers(scope=self._scope)
        if "origin" not in headers:
            return NOBODY  # no browser; and a cookie alone says nothing of who asks
        return session_of(headers) or NOBODY

    async def _ping(self, message: Mapping[str, Any]) -> None:
        payload = message.get("payload")
        if payload is not None:
            _object(payload)
        await self._say({"type": "pong", **({"payload": payload} if payload is not None else {})})

    async def _pong(self, message: Mapping[str, Any]) -> None:
        _object(message.get("payload"))

    async def _complete(self, message: Mapping[str, Any]) -> None:
        task = self._running.pop(_id(message), None)
        if task is not None:
            task.cancel()

    async def _subscribe(self, message: Mapping[str, Any]) -> None:
        if self._credential is None:
            raise Closing(Close.NOT_YET_KNOWN, "Unauthorized")
        id = _id(message)
        if id in self._running:
            raise Closing(Close.SAME_ID, f"Subscriber for {id} already exists")
        payload = message.get("payload")
        if not isinstance(payload, Mapping):
            raise Closing(Close.INVALID, "Invalid message: payload is no object")
        try:
            if len(self._running) >= self._limits.subscriptions:
                raise too_many(self._limits.subscriptions)
            asked = asked_in(payload, self._live.api.limits)
        except FitsmError as error:
            await self._fail(id, error)
            return
        task = asyncio.ensure_future(self._operate(id, asked, self._credential))
        self._running[id] = task

    # --- operations ------------------------------------------------------------------------

    async def _operate(self, id: str, asked: Asked, credential: Credential) -> None:
        """Run one operation to its end."""
        try:
            with contextlib.suppress(Gone):
                await self._answer(id, asked, credential)
        finally:
            if self._running.get(id) is asyncio.current_task():
                del self._running[id]

    async def _answer(self, id: str, asked: Asked, credential: Credential) -> None:
        subscription = Subscription(self._live, asked, credential)
        try:
            with Caught() as caught:
                await self._answered(id, asked, credential, subscription)
            if isinstance(caught.error, Gone):
                raise caught.error
            if caught.error is not None:
                errors = subscription.failed(caught.error)["errors"]
                await self._say({"type": "error", "id": id, "payload": errors})
        finally:
            subscription.close()

    async def _answered(
        self, id: str, asked: Asked, credential: Credential, subscription: Subscription
    ) -> None:
        principal = await self._live.rights.principal(credential)
        answer = await self._live.api.answer(asked, principal)
        if self._live.wants_stream(answer):
            await subscription.begin()
            async with aclosing(subscription.told(self._limits.pulse_seconds)) as bodies:
                async for body in bodies:
                    await self._tell(id, body, subscription)
            if self._live.closing:
                return  # no `complete`: clients come again
        elif answer.executed:
            await self._say({"type": "next", "id": id, "payload": answer.body()})
        else:
            await self._say({"type": "error", "id": id, "payload": answer.errors})
            return
        await self._say({"type": "complete", "id": id})

    async def _tell(self, id: str, body: Any, subscription: Subscription) -> None:
        if body is not None:
            await self._say({"type": "next", "id": id, "payload": body})
        elif subscription.cursor:
            await self._say({"type": "ping", "payload": {"cursors": {id: subscription.cursor}}})

    async def _fail(self, id: str, error: FitsmError) -> None:
        await self._say({"type": "error", "id": id, "payload": told(error)})

    # --- sending ---------------------------------------------------------------------------

    async def _say(self, message: Mapping[str, Any]) -> None:
        """Send a message; one at a time, and only to clients that take it.

        Raises:
            Gone: It was not taken in time.
        """
        text = orjson.dumps(message).decode()
        try:
            async with asyncio.timeout(self._limits.send_seconds), self._turn:
                await self._send({"type": "websocket.send", "text": text})
        except (TimeoutError, OSError, RuntimeError) as error:
            self._lost.set()
            raise Gone from error

    async def _pulse(self) -> None:
        """Signs of life where nothing streams; and the end where the process stops."""
        while True:
            await asyncio.sleep(self._limits.pulse_seconds)
            if self._credential is not None and not self._running:
                with contextlib.suppress(Gone):
                    await self._say({"type": "ping"})

    async def _close(self, end: Closing) -> None:
        with contextlib.suppress(TimeoutError, OSError, RuntimeError):
            async with asyncio.timeout(self._limits.send_seconds), self._turn:
                message = {"type": "websocket.close", "code": int(end.code), "reason": end.reason}
                await self._send(message)

    async def _end_all(self) -> None:
        running = list(self._running.values())
        self._running.clear()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _parsed(text: str) -> dict[str, Any]:
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Closing(Close.INVALID, "Invalid message: no JSON") from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise Closing(Close.INVALID, "Invalid message: no object with a type")
    return message


def _object(payload: Any) -> Mapping[str, Any]:
    if payload is not None and not isinstance(payload, Mapping):
        raise Closing(Close.INVALID, "Invalid message: payload is no object")
    return payload or {}


def _id(message: Mapping[str, Any]) -> str:
    id = message.get("id")
    if not isinstance(id, str) or not 1 <= len(id) <= LONGEST_ID:
        raise Closing(Close.INVALID, f"Invalid message: id is no text of 1 to {LONGEST_ID}")
    return id
