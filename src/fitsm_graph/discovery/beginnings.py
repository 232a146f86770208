"""What the first bytes of a file show, as a document that detection can look at.

For JSON it is the part that is complete so far, for a table ``{columns: […]}``, for XML the root
with its attributes and the first of each inner element, for YAML the first documents that are
whole.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, BinaryIO

import orjson

from fitsm_graph.discovery.readers import READERS
from fitsm_graph.discovery.readers.limits import DEEPEST, MOST_PARSED, parts_of
from fitsm_graph.discovery.readers.sheets import columns_of
from fitsm_graph.discovery.readers.tables import SEPARATORS, header
from fitsm_graph.discovery.readers.xml import beginning as xml_beginning
from fitsm_graph.kernel.errors import BadInput

MOST_DOCUMENTS = 5
_LARGE = 1 << 20
Shown = Mapping[str, list[Any]]
"""Documents by the name of the reader that would read them."""


def look(start: bytes, *, whole: bool) -> Shown:
    """Give the documents that the beginning of a file shows.

    Args:
        start: First bytes, without white space before them.
        whole: They are all there is.
    """
    if start.startswith(b"PK\x03\x04"):
        return {"xlsx": []}
    if start.startswith(b"<"):
        found = xml_beginning(start)
        return {"xml": [found]} if found else {}
    if start[:1] in (b"{", b"["):
        shown = _json(start, whole=whole)
        if shown or len(start) > _LARGE:  # other forms that begin so show it earlier
            return shown
    return {**_yaml(start, whole=whole), **_table(start), **_ini(start, whole=whole)}


def sheet_columns(file: BinaryIO) -> list[Any]:
    """The columns of a workbook's first table, as one document; empty if it has none."""
    try:
        return [{"columns": columns_of(file)}]
    except BadInput:
        return []


def _json(start: bytes, *, whole: bool) -> dict[str, list[Any]]:
    first = start.partition(b"\n")[0].strip()
    lines = _parsed(first) if first.endswith((b"}", b"]")) else None
    if lines is not None and not (whole and first == start.strip()):
        rest = start[start.find(b"\n") :].lstrip()
        if rest.startswith((b"{", b"[")):
            return {"ndjson": [lines]}
    document = _parsed(start if whole else _closed(start))
    return {} if document is None else {"json": [document]}


def _parsed(data: bytes) -> Any:
    if parts_of(data) > MOST_PARSED:  # its reader says so
        return None
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


def _closed(start: bytes) -> bytes:
    """The part of a JSON text up to its last complete value, with its brackets closed."""
    stack: list[int] = []
    safe, open_then = 0, b""
    in_text = escaped = False
    for at, byte in enumerate(start):
        if in_text:
            in_text = escaped or byte != 0x22
            escaped = byte == 0x5C and not escaped
        elif byte == 0x22:
            in_text = True
        elif byte in b"{[":
            stack.append(0x7D if byte == 0x7B else 0x5D)
            if len(stack) > DEEPEST:  # no known format; and what follows would be slow to close
                break
        elif byte in b"}]" and stack:
            stack.pop()
            safe, open_then = at + 1, bytes(reversed(stack))
        elif byte == 0x2C:
            safe, open_then = at, bytes(reversed(stack))
    return start[:safe] + open_then


def _yaml(start: bytes, *, whole: bool) -> dict[str, list[Any]]:
    text = start
    if not whole:
        at = start.rfind(b"\n---")
        text = start[:at] if at > 0 else _up_to_top_level(start)
    found = [each for each in _some("yaml", text) if isinstance(each, dict | list)]
    return {"yaml": found} if found else {}


def _up_to_top_level(start: bytes) -> bytes:
    """All lines before the last one that begins at the left."""
    lines = start.split(b"\n")[:-1]
    while lines and (not lines[-1].strip() or lines[-1][:1] in b" \t-#"):
        lines.pop()
    return b"\n".join(lines[:-1])


def _table(start: bytes) -> dict[str, list[Any]]:
    line = start.partition(b"\n")[0].decode("utf-8", "replace").strip()
    separator = max(SEPARATORS, key=line.count)
    if separator not in line or line.startswith(("{", "<", "---")):
        return {}
    try:
        columns = header(next(csv.reader([line], delimiter=separator)))
    except (BadInput, csv.Error):
        return {}
    return {"csv": [{"columns": columns}]}


def _ini(start: bytes, *, whole: bool) -> dict[str, list[Any]]:
    text = start if whole else start[: start.rfind(b"\n")]
    return {"ini": list(_some("ini", text))} if b"[" in start else {}


def _some(reader: str, text: bytes) -> Iterator[Any]:
    try:
        read = READERS[reader](io.BytesIO(text))
        yield from (each[1] for each in islice(read, MOST_DOCUMENTS) if isinstance(each, tuple))
    except BadInput:
        return
