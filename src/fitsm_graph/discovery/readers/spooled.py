"""A stream that can go back: as it is, or copied to a temporary file."""

import tempfile
from typing import BinaryIO, cast

from fitsm_graph.kernel.errors import BadInput

_IN_MEMORY = 8 << 20
_BLOCK = 1 << 20


def seekable(stream: BinaryIO, most: int) -> BinaryIO:
    """Copy a stream so that it can go back.

    Raises:
        BadInput: TOO_LARGE.
    """
    copy = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with its last reader
    size = 0
    while block := stream.read(_BLOCK):
        size += len(block)
        if size > most:
            raise BadInput("the file is too large", code="TOO_LARGE", why=f"{most:,} bytes at most")
        copy.write(block)
    copy.seek(0)
    return cast("BinaryIO", copy)
