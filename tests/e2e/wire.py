"""A wire to the database that can be cut, or go silent, as a stopped server is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from urllib.parse import urlsplit

from fitsm_graph.graph.driver import Endpoint


class Wire:
    """Passes bytes on until it is cut (nobody listens) or silent (nobody answers)."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._sounds = asyncio.Event()
        self._sounds.set()
        self.port = 0

    async def up(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """End all connections and listen no more."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        self._server = None
        await asyncio.sleep(0)

    def silence(self) -> None:
        """Take connections, and pass nothing on."""
        self._sounds.clear()

    def sound(self) -> None:
        self._sounds.set()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, back}
        try:
            await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
        finally:
            self._writers -= {writer, back}
            writer.close()
            back.close()

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65_536):
                await self._sounds.wait()
                target.write(data)
                await target.drain()
        target.close()


@asynccontextmanager
async def wired(endpoint: Endpoint) -> AsyncIterator[tuple[Wire, Endpoint]]:
    """A wire to a database, and the endpoint at its near end."""
    there = urlsplit(endpoint.uri)
    wire = Wire(there.hostname or "127.0.0.1", there.port or 7687)
    await wire.up()
    try:
        yield wire, replace(endpoint, uri=f"bolt://127.0.0.1:{wire.port}")
    finally:
        wire.sound()
        await wire.cut()
