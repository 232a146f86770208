"""Servers on real sockets, and clients of their streams: WebSocket and server-sent events."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import uvicorn
import websockets

from fitsm_graph import bootstrap, hosting
from fitsm_graph.api.live.socket import PROTOCOL

PATIENCE = 30.0
"""Seconds after which something that never comes is taken as missing; nothing is measured by it."""


SERVING: dict[str, uvicorn.Server] = {}
"""Servers by host and port."""


def buffered(address: str) -> int:
    """Bytes that a server has given to its connections and the machine has not taken yet."""
    connections = SERVING[address].server_state.connections
    return sum(each.transport.get_write_buffer_size() for each in connections)  # type: ignore[union-attr]


@asynccontextmanager
async def listening(product: bootstrap.Product, port: int = 0) -> AsyncIterator[str]:
    """Serve a product at a free port of this machine; gives host and port."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    config = uvicorn.Config(
        hosting.web_application(product),
        log_level="critical",
        ws_max_size=product.api.limits.live.message,
        lifespan="off",
    )
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve([bound]))
    while not server.started:  # noqa: ASYNC110 - the server offers no event for it
        await asyncio.sleep(0.01)
    address = f"127.0.0.1:{bound.getsockname()[1]}"
    SERVING[address] = server
    try:
        yield address
    finally:
        del SERVING[address]
        await product.live.close()
        server.should_exit = True
        await serving
        bound.close()


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something that has to come."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - what is waited for offers no event
            await asyncio.sleep(0.01)


class Wire:
    """One WebSocket of a client; messages by their type."""

    def __init__(self, connection: websockets.ClientConnection) -> None:
        self.connection = connection
        self.kept: list[dict[str, Any]] = []

    async def say(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def heard(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            return json.loads(await self.connection.recv())  # type: ignore[no-any-return]

    async def begin(self, **payload: Any) -> None:
        await self.say(type="connection_init", payload=payload)
        assert (await self.heard())["type"] == "connection_ack"

    async def subscribe(self, document: str, id: str = "1", **variables: Any) -> None:
        asked = {"query": document, "variables": variables}
        await self.say(type="subscribe", id=id, payload=asked)

    async def next(self, id: str = "1") -> dict[str, Any]:
        """The next message about an operation; what comes for others is kept for them."""
        for kept in self.kept:
            if kept["id"] == id:
                self.kept.remove(kept)
                return kept
        async with asyncio.timeout(PATIENCE):  # signs of life are no answer
            while True:
                message = await self.heard()
                if message["type"] != "ping" and message["id"] == id:
                    return message
                if message["type"] != "ping":
                    self.kept.append(message)

    async def event(self, id: str = "1") -> Any:
        """The next event's one field."""
        message = await self.next(id)
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        return next(iter(message["payload"]["data"].values()))

    async def refusal(self, id: str = "1") -> dict[str, Any]:
        """The extensions of the error that ends an operation."""
        while True:
            message = await self.next(id)
            if message["type"] == "error":
                return message["payload"][0]["extensions"]  # type: ignore[no-any-return]
            assert message["type"] == "next", message

    async def closed(self) -> int:
        """The code that the server closes with."""
        with suppress(websockets.ConnectionClosed):
            while True:
                await self.heard()
        code = self.connection.close_code
        assert code is not None
        return code


@asynccontextmanager
async def wired(
    address: str, *, token: str | None = None, protocols: tuple[str, ...] = (PROTOCOL,), **more: Any
) -> AsyncIterator[Wire]:
    """Connect; with a token, also say who is there."""
    async with websockets.connect(
        f"ws://{address}/graphql",
        subprotocols=protocols or None,
        **more,  # type: ignore[arg-type]
    ) as connection:
        wire = Wire(connection)
        if token is not None:
            await wire.begin(authorization=f"Bearer {token}")
        yield wire


class Events:
    """The events of one response."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self) -> tuple[str, str, Any]:
        """Name, id and data of the next event; pulses are passed over."""
        found = {"event": "", "id": "", "data": ""}
        async with asyncio.timeout(PATIENCE):
            async for line in self._lines:
                name, _, value = line.partition(":")
                if name in found:
                    found[name] = value.removeprefix(" ")
                if not line and found["event"]:
                    return found["event"], found["id"], json.loads(found["data"] or "null")
        return "", "", None

    async def told(self) -> Any:
        """The next event's one field."""
        name, _, body = await self.next()
        assert name == "next", (name, body)
        assert "errors" not in body, body
        return next(iter(body["data"].values()))


@asynccontextmanager
async def events(
    address: str, document: str, headers: dict[str, str], **variables: Any
) -> AsyncIterator[Events]:
    """Ask for a stream of server-sent events."""
    async with (
        httpx.AsyncClient(timeout=PATIENCE) as http,
        http.stream(
            "POST",
            f"http://{address}/graphql",
            json={"query": document, "variables": variables},
            headers={"Accept": "text/event-stream", **headers},
        ) as response,
    ):
        yield Events(response)
