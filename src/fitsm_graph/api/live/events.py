"""Streams over plain HTTP: server-sent events, one subscription on one request.

The form is that of the GraphQL-over-SSE protocol with distinct connections: an event `next` for
each answer, an event `complete` at a known end. Each `next` carries its cursor as the id, and so
does the first sign of life, so that a client knows its place before anything happens. Where the
server stops, the stream ends without `complete`, and clients come again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any

import orjson
from starlette.types import Receive, Send

from fitsm_graph.api.api import Answer
from fitsm_graph.api.asked import EVENT_STREAM
from fitsm_graph.api.failures import Caught
from fitsm_graph.api.limits import LiveLimits
from fitsm_graph.api.live.stream import Subscription

Headers = Sequence[tuple[bytes, bytes]]
COMPLETE = b"event: complete\ndata:\n\n"


def next_event(body: Mapping[str, Any], cursor: str = "") -> bytes:
    """One answer as an event."""
    id = f"id: {cursor}\n".encode() if cursor else b""
    return b"event: next\n" + id + b"data: " + orjson.dumps(body) + b"\n\n"


def pulse_event(cursor: str) -> bytes:
    """A sign of life that moves the client's place on, and is no event."""
    return f":\nid: {cursor}\n\n".encode() if cursor else b":\n\n"


class EventStream:
    """One stream to one client: of a subscription, or of the one answer to a question.

    Args:
        limits: How long a client may take, and how often it gets a sign of life.
        subscription: What is told.
        answer: What is told instead.
    """

    def __init__(
        self,
        limits: LiveLimits,
        *,
        subscription: Subscription | None = None,
        answer: Answer | None = None,
    ) -> None:
        self._limits = limits
        self._subscription = subscription
        self._answer = answer

    async def run(self, receive: Receive, send: Send, headers: Headers) -> None:
        """Send it until the client is gone or takes nothing, or no more may come."""
        tasks = (
            asyncio.ensure_future(_gone(receive)),
            asyncio.ensure_future(self._send_all(_Sender(send, self._limits), headers)),
        )
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self._subscription is not None:
                self._subscription.close()

    async def _send_all(self, sender: "_Sender", headers: Headers) -> None:
        at = self._subscription.cursor if self._subscription is not None else ""
        await sender.start(headers, at)
        if self._subscription is not None:
            await self._tell(sender, self._subscription)
        elif self._answer is not None:
            await sender.write(next_event(self._answer.body()) + COMPLETE)
        await sender.end()

    async def _tell(self, sender: "_Sender", subscription: Subscription) -> None:
        with Caught() as caught:
            async with aclosing(subscription.told(self._limits.pulse_seconds)) as bodies:
                async for body in bodies:
                    place = subscription.cursor
                    event = pulse_event(place) if body is None else next_event(body, place)
                    await sender.write(event)
        if isinstance(caught.error, TimeoutError):
            raise caught.error  # the client takes nothing, and cannot be told anything
        if caught.error is not None:
            await sender.write(next_event(subscription.failed(caught.error)) + COMPLETE)


class _Sender:
    """Sends one response piece by piece, to a client that takes each in time."""

    def __init__(self, send: Send, limits: LiveLimits) -> None:
        self._send = send
        self._limits = limits

    async def start(self, headers: Headers, cursor: str) -> None:
        media = (b"content-type", f"{EVENT_STREAM}; charset=utf-8".encode())
        unbuffered = (b"x-accel-buffering", b"no")
        started = {"status": 200, "headers": [media, *headers, unbuffered]}
        await self._send({"type": "http.response.start", **started})
        await self.write(pulse_event(cursor))

    async def write(self, data: bytes, *, more: bool = True) -> None:
        async with asyncio.timeout(self._limits.send_seconds):
            await self._send({"type": "http.response.body", "body": data, "more_body": more})

    async def end(self) -> None:
        await self.write(b"", more=False)


async def _gone(receive: Receive) -> None:
    """Wait until the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
