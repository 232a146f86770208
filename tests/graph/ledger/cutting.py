"""A proxy before Bolt that loses the answer to a commit: the worst place for a cable to break."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from urllib.parse import urlparse

from fitsm_graph.graph.driver import Endpoint

COMMIT = b"\x00\x02\xb0\x12\x00\x00"
"""Bolt's COMMIT on the wire: a chunk of two bytes (structure and signature), and an end."""
BLOCK = 65_536


@dataclass
class Cutter:
    """Forwards bytes between client and server, and cuts after some commits.

    Attributes:
        lost: Says for each commit whether its answer is.
        answered: Whether the server's answer is awaited before the cut; else the connection to
            the server goes down at once too, while it commits.
        cuts: How many answers were lost.
        cut: Set after each cut.
        awake: Set, unless the server hangs: its answers are kept back meanwhile.
    """

    target: tuple[str, int]
    lost: Callable[[], bool]
    answered: Callable[[], bool]
    cuts: int = 0
    cut: asyncio.Event = field(default_factory=asyncio.Event)
    awake: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Begin with a server that answers."""
        self.awake.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client."""
        there, back = await asyncio.open_connection(*self.target)
        answers = asyncio.create_task(self._answers(there, writer))
        try:
            await self._requests(reader, back, answers, there)
        finally:
            answers.cancel()
            await asyncio.gather(answers, return_exceptions=True)
            for each in (writer, back):
                each.close()
                with suppress(ConnectionError):
                    await each.wait_closed()

    async def _answers(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await there.read(BLOCK):
                await self.awake.wait()
                writer.write(data)
                await writer.drain()
        writer.close()

    async def _requests(
        self,
        reader: asyncio.StreamReader,
        back: asyncio.StreamWriter,
        answers: "asyncio.Task[None]",
        there: asyncio.StreamReader,
    ) -> None:
        tail = b""
        with suppress(ConnectionError):
            while data := await reader.read(BLOCK):
                cut = COMMIT in tail + data and self.lost()
                if cut:
                    answers.cancel()
                    await asyncio.gather(answers, return_exceptions=True)
                back.write(data)
                await back.drain()
                if cut:
                    if self.answered():
                        await there.read(BLOCK)
                    self.cuts += 1
                    self.cut.set()
                    return
                tail = data[-len(COMMIT) + 1 :]


@asynccontextmanager
async def cutting(
    endpoint: Endpoint, lost: Callable[[], bool], answered: Callable[[], bool] = lambda: True
) -> AsyncIterator[tuple[Cutter, Endpoint]]:
    """A proxy on loopback, and the endpoint that leads through it."""
    url = urlparse(endpoint.uri)
    cutter = Cutter((url.hostname or "127.0.0.1", url.port or 7687), lost, answered)
    server = await asyncio.start_server(cutter.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield cutter, replace(endpoint, uri=f"bolt://127.0.0.1:{port}")
    finally:
        server.close()
