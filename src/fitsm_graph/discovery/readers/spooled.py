"""A stream that can go back: the file itself, or a copy in memory of what came through a pipe."""

import io
from typing import BinaryIO

from fitsm_graph.kernel.errors import BadInput

LARGEST_COPY = 64 << 20
"""Bytes that are kept of what cannot go back."""


def seekable(stream: BinaryIO, most: int) -> BinaryIO:
    """Make a stream go back.

    Args:
        stream: From where it is now; a file stays as it is.
        most: Bytes it may have.

    Raises:
        BadInput: TOO_LARGE.
    """
    if stream.seekable():
        at = stream.tell()
        size = stream.seek(0, io.SEEK_END) - at
        stream.seek(at)
        if size > most:
            raise _too_large(most, "split it")
        return stream
    most = min(most, LARGEST_COPY)
    data = stream.read(most + 1)
    if len(data) > most:
        raise _too_large(most, "give a file and no pipe, or name the format")
    return io.BytesIO(data)


def _too_large(most: int, remedy: str) -> BadInput:
    why = f"{most:,} bytes at most"
    return BadInput("the file is too large", code="TOO_LARGE", why=why, remedy=remedy)
