"""Values that a person types: `name=text`, `name:=json`, and JSON from a file or from `-`."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from fitsm_graph.kernel.errors import BadInput

LARGEST = 16 * 1024 * 1024
STDIN = "-"


def assignments(given: Iterable[str]) -> dict[str, Any]:
    """Read `name=text` and `name:=json`.

    >>> assignments(["serialNumber=0042", "heightUnits:=2", "note="])
    {'serialNumber': '0042', 'heightUnits': 2, 'note': ''}

    Raises:
        BadInput: One is neither, is not JSON, or a name stands twice.
    """
    values: dict[str, Any] = {}
    for text in given:
        name, mark, value = text.partition("=")
        if not mark or not name.strip(":"):
            raise BadInput(
                f"'{text}' gives no value",
                remedy="write name=text, or name:=json for numbers, true, false and lists",
                path=("--set",),
            )
        read = _json(value.encode(), f"the value of '{name}'") if name.endswith(":") else value
        name = name.removesuffix(":")
        if name in values:
            raise BadInput(f"'{name}' is given twice", path=("--set", name))
        values[name] = read
    return values


def json_object(place: str) -> dict[str, Any]:
    """Read a JSON object from a file, or from standard input for `-`; nothing for no place.

    Raises:
        BadInput: It cannot be read, is too large, or is no JSON object.
    """
    if not place:
        return {}
    value = _json(read_bytes(place), "standard input" if place == STDIN else place)
    if not isinstance(value, dict):
        raise BadInput(f"{place} is no JSON object", path=("--json",))
    return value


def read_bytes(place: str) -> bytes:
    """Read a file or standard input whole, up to a bound.

    Raises:
        BadInput: It cannot be read, or is too large.
    """
    try:
        if place == STDIN:
            content = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with Path(place).open("rb") as stream:
                content = stream.read(LARGEST + 1)
    except OSError as error:
        raise unreadable(place, error) from error
    if len(content) > LARGEST:
        raise BadInput(f"{place} is too large", why=f"{LARGEST:,} bytes at most")
    return content


def unreadable(place: str, error: OSError, what: str = "read") -> BadInput:
    """A file that cannot be read or written, with the reason."""
    return BadInput(
        f"{place} cannot be {what}",
        code="FILE_UNUSABLE",
        why=error.strerror or type(error).__name__,
        remedy="check the name and the rights; - is standard input",
    )


def _json(content: bytes, what: str) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadInput(
            f"{what} is not JSON",
            code="BAD_JSON",
            why=f"{error.msg} (line {error.lineno}, column {error.colno})",
            remedy="texts stand in quotes: name:='\"text\"', or name=text",
        ) from error
