"""Bodies of sync over HTTP: read as they arrive, in bounded memory, with every limit."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import IO

from starlette.datastructures import Headers
from starlette.types import Message, Receive

from fitsm_graph.api.asked import HttpRefusal


@dataclass(frozen=True, slots=True)
class SyncLimits:
    """What a request of sync may be.

    Attributes:
        chunk: Bytes of a numbered chunk.
        file: Bytes of a file, or of a stream in one request.
        line: Bytes of a line; what is longer is told and skipped.
        block: Bytes after which a stream is taken in, and answered so far.
        pause: Seconds that a body may keep us waiting.
        options: Bytes of a JSON body.
    """

    chunk: int = 8 << 20
    file: int = 1 << 30
    line: int = 1 << 20
    block: int = 1 << 20
    pause: float = 30.0
    options: int = 64 << 10


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a stream.

    Attributes:
        first: Number of the first line.
    """

    first: int
    data: bytes


async def arriving(
    receive: Receive, headers: Headers, most: int, limits: SyncLimits
) -> AsyncIterator[bytes]:
    """The parts of a body; the next one is asked for when the last one is dealt with.

    Raises:
        HttpRefusal: UNSUPPORTED_ENCODING, BODY_TOO_LARGE, BODY_TOO_SLOW, BODY_CUT_OFF.
    """
    _check(headers, most)
    size, more = 0, True
    while more:
        message = await _next(receive, limits.pause)
        if message["type"] == "http.disconnect":
            raise HttpRefusal(
                400,
                "the body ends too soon",
                code="BODY_CUT_OFF",
                why="the connection was closed",
                remedy="send it again; what went in is found unchanged",
            )
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > most:
            raise _too_large(f"more than {most:,} bytes have arrived", most)
        more = message.get("more_body", False)
        if part:
            yield part


async def _next(receive: Receive, seconds: float) -> Message:
    try:
        async with asyncio.timeout(seconds):
            return await receive()
    except TimeoutError as error:
        raise HttpRefusal(
            408,
            "the body does not arrive",
            code="BODY_TOO_SLOW",
            why=f"nothing came for {seconds:g} seconds",
            remedy="send it again; what went in is found unchanged",
        ) from error


def _check(headers: Headers, most: int) -> None:
    if headers.get("content-encoding", "identity").casefold() != "identity":
        raise HttpRefusal(
            415,
            "the body is compressed",
            code="UNSUPPORTED_ENCODING",
            why="what it unpacks to cannot be known before",
            remedy="send it as it is",
        )
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:18]) > most:
        raise _too_large(f"{int(announced[:18]):,} bytes are announced", most)


def _too_large(found: str, most: int) -> HttpRefusal:
    return HttpRefusal(
        413,
        "the request is too large",
        code="BODY_TOO_LARGE",
        why=f"{found}; {most:,} bytes at most",
        remedy="send it in several chunks",
    )


async def whole_body(receive: Receive, headers: Headers, most: int, limits: SyncLimits) -> bytes:
    """A body that is small enough to be held at once.

    Raises:
        HttpRefusal: As `arriving` does.
    """
    return b"".join([part async for part in arriving(receive, headers, most, limits)])


async def spooled(receive: Receive, headers: Headers, limits: SyncLimits) -> IO[bytes]:
    """A body as a file that is gone when it is closed.

    Raises:
        HttpRefusal: As `arriving` does.
    """
    file = tempfile.SpooledTemporaryFile(max_size=limits.chunk)  # noqa: SIM115 - the caller closes it
    try:
        async for part in arriving(receive, headers, limits.file, limits):
            await asyncio.to_thread(file.write, part)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


async def blocks(receive: Receive, headers: Headers, limits: SyncLimits) -> AsyncIterator[Block]:
    """A stream of lines in blocks; of a line that is too long only the beginning is kept.

    Raises:
        HttpRefusal: As `arriving` does.
    """
    held, first, cut = bytearray(), 1, False
    async for part in arriving(receive, headers, limits.file, limits):
        if cut:
            _, newline, rest = part.partition(b"\n")
            held += newline + rest
            cut = not newline
        else:
            held += part
        end = held.rfind(b"\n") + 1
        if len(held) - end > limits.line + 2:
            del held[end + limits.line + 2 :]
            cut = True
        if end >= limits.block:
            yield Block(first, bytes(held[:end]))
            first += held.count(b"\n", 0, end)
            del held[:end]
    if held:
        yield Block(first, bytes(held))
