"""Which format a file has, by its content and never by its name."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from fitsm_graph.discovery import ndjson, netbox
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.observation import Observation

Read = Callable[[BinaryIO], Iterator[Observation | Problem]]
LOOKED_AT = 64 << 10
"""Bytes from the start that decide."""
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be read.

    Attributes:
        fits: Says from the first bytes, without white space before them, whether a file has it.
    """

    name: str
    doc: str
    fits: Callable[[bytes], bool]
    read: Read


def _is_netbox(start: bytes) -> bool:
    body = start.removeprefix(b"[").lstrip()
    models = (b'"contenttypes.', b'"dcim.', b'"ipam.', b'"circuits.', b'"virtualization.')
    return (
        start.startswith(b"[")
        and body.startswith(b"{")
        and b'"fields"' in start
        and (any(model in start for model in models) or (b'"model"' in body[:200]))
    )


def _is_ndjson(start: bytes) -> bool:
    first = start.partition(b"\n")[0].rstrip()
    return first.startswith(b"{") and (first.endswith(b"}") or len(start) >= LOOKED_AT)


FORMATS = {
    each.name: each
    for each in (
        Format("ndjson", "one record a line (schema/sync.schema.json)", _is_ndjson, ndjson.read),
        Format("netbox", "NetBox, `manage.py dumpdata`", _is_netbox, netbox.read),
    )
}


def open_format(stream: BinaryIO, name: str = "auto") -> tuple[Format, BinaryIO]:
    """Find a file's format, and give the file back from its start.

    Args:
        stream: Bytes; need not be seekable.
        name: A format by name, or ``auto``.

    Raises:
        BadInput: UNKNOWN_FORMAT, telling which formats there are.
    """
    if name != "auto":
        if name not in FORMATS:
            remedy = did_you_mean(name, FORMATS)
            raise BadInput(f"there is no format '{name}'", code="UNKNOWN_FORMAT", remedy=remedy)
        return FORMATS[name], stream
    start = stream.read(LOOKED_AT)
    return _detected(start), io.BufferedReader(_Again(start, stream), LOOKED_AT)


def _detected(start: bytes) -> Format:
    body = start.removeprefix(_MARK).lstrip()
    found = [each for each in FORMATS.values() if each.fits(body)]
    if len(found) == 1:
        return found[0]
    known = "; ".join(f"{each.name}: {each.doc}" for each in FORMATS.values())
    raise BadInput(
        "the file is empty" if not body else "the file's format is not known",
        code="UNKNOWN_FORMAT",
        why=f"it begins with {body[:40]!r}" if body else "there is nothing in it",
        remedy=f"name the format, or convert it. {known}",
    )


class _Again(io.RawIOBase):
    """What was read already, and then the rest."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start = io.BytesIO(start)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # a writable buffer, as io promises
        data = self._start.read(len(view)) or self._rest.read(len(view))
        view[: len(data)] = data
        return len(data)
