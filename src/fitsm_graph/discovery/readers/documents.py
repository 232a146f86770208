"""JSON and NDJSON."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from fitsm_graph.discovery.readers.limits import (
    LONGEST_LINE,
    UTF8_MARK,
    check_count,
    check_marks,
    check_shape,
    decoded,
    whole,
)
from fitsm_graph.kernel.errors import BadInput, Problem


def read_json(stream: BinaryIO) -> Iterator[tuple[str, Any] | Problem]:
    """Read one JSON document.

    Raises:
        BadInput: NOT_JSON with line and column, BAD_ENCODING, TOO_LARGE, TOO_DEEP, TOO_MANY.
    """
    data = whole(stream)
    check_count(data)
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        decoded(data)
        raise BadInput(
            "the file is not JSON",
            code="NOT_JSON",
            why=f"{error.msg}, line {error.lineno} column {error.colno}",
            remedy="look at that place; a file that was cut off ends there",
            path=(f"line {error.lineno}",),
        ) from error
    check_shape(document, "document 1")
    yield "document 1", document


def read_ndjson(stream: BinaryIO) -> Iterator[tuple[str, Any] | Problem]:
    """Read one JSON document a line, as a stream; a bad line never stops the others."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 2):
        number += 1
        if number == 1:
            check_marks(line[:4])
            line = line.removeprefix(UTF8_MARK)
        place = f"line {number}"
        if len(line.rstrip(b"\r\n")) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = stream.readline(LONGEST_LINE)
            message = f"the line has more than {LONGEST_LINE:,} bytes"
            yield Problem("LINE_TOO_LONG", message, remedy="one document a line", path=(place,))
        elif line.strip():
            yield _line(line, place)


def _line(line: bytes, place: str) -> tuple[str, Any] | Problem:
    try:
        document = orjson.loads(line)
        check_shape(document, place)
    except orjson.JSONDecodeError as error:
        why = f"{error.msg}, column {error.colno}"
        remedy = "write one complete JSON document on each line"
        return Problem("NOT_JSON", "the line is not JSON", why, remedy, (place,))
    except BadInput as error:
        return error.problem
    return place, document
