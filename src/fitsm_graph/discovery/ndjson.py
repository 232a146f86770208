"""NDJSON: one record a line, read as a stream; a bad line never stops the others."""

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from fitsm_graph.discovery import form
from fitsm_graph.discovery.records import observation_of
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.model.observation import Observation, Unread

_NAMES = re.compile(rb'"\s*:')
_NESTS = frozenset({dict, list})
_UTF8_MARK = b"\xef\xbb\xbf"
_OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read(stream: BinaryIO, first: int = 1) -> Iterator[Observation | Problem]:
    """Read observations from NDJSON.

    Args:
        stream: Bytes, UTF-8; a byte order mark at the start is skipped.
        first: Number of the first line, where the stream is a part of something larger.

    Yields:
        An observation for each good line; for a bad one all its problems, whose paths begin with
        the line. Attributes that hold secrets are dropped, each with a notice.

    Raises:
        BadInput: The file is in another encoding.
    """
    for line in unread(stream, first):
        if isinstance(line, Problem):
            yield line
        else:
            yield from line.read()


def unread(stream: BinaryIO, first: int = 1) -> Iterator[Unread | Problem]:
    """The lines of NDJSON as they stand, so that one that stood there last time need not be read.

    Args:
        stream: As for `read`.
        first: As for `read`.

    Raises:
        BadInput: The file is in another encoding.
    """
    for number, line in _lines(stream, first):
        if isinstance(line, Problem):
            yield line
        else:
            yield Unread(line.rstrip(b"\r\n"), f"line {number}", _opened)


def _opened(line: bytes, place: str) -> Iterator[Observation | Problem]:
    record, problems = parse_line(line, place)
    if not problems:
        observation, problems = observation_of(record, place)
        if observation is not None:
            yield observation
    yield from problems


def parse_line(line: bytes, place: str) -> tuple[Any, list[Problem]]:
    """Parse one line: JSON, no name twice in an object, not too deep."""
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return None, [_not_json(line, place, error)]
    depth, names = _measure(record)
    if depth > form.DEEPEST:
        remedy = "flatten it: attributes are texts, numbers and lists of them"
        message = f"more than {form.DEEPEST} levels"
        return None, [Problem("TOO_DEEP", message, remedy=remedy, path=(place,))]
    # Each name is followed by a quote and a colon; more of those than names found may be repeats.
    if names != line.count(b":") and names != len(_NAMES.findall(line)):
        repeated = _repeated_names(line)
        if repeated:
            why = f"'{repeated[0]}' stands twice in one object, and one value would be lost"
            return None, [Problem("REPEATED_NAME", "a name is repeated", why, path=(place,))]
    return record, []


def _lines(stream: BinaryIO, first: int) -> Iterator[tuple[int, bytes | Problem]]:
    number = first - 1
    while line := stream.readline(form.LONGEST_LINE + 2):
        number += 1
        if number == 1:
            line = _without_mark(line)
        if len(line.rstrip(b"\r\n")) > form.LONGEST_LINE:
            _skip_rest(stream, line)
            yield number, _too_long(number)
        elif line.strip():
            yield number, line


def _without_mark(line: bytes) -> bytes:
    if line.startswith(_OTHER_MARKS) or b"\0" in line[:4]:
        raise BadInput(
            "the file is not UTF-8",
            code="BAD_ENCODING",
            why="it begins as UTF-16 or UTF-32 does",
            remedy="save it as UTF-8",
            path=("line 1",),
        )
    return line.removeprefix(_UTF8_MARK)


def _skip_rest(stream: BinaryIO, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = stream.readline(form.LONGEST_LINE)


def _too_long(number: int) -> Problem:
    return Problem(
        "LINE_TOO_LONG",
        f"the line has more than {form.LONGEST_LINE:,} bytes",
        remedy="one record a line; keep documents elsewhere",
        path=(f"line {number}",),
    )


def _not_json(line: bytes, place: str, error: orjson.JSONDecodeError) -> Problem:
    try:
        line.decode()
    except UnicodeDecodeError as wrong:
        why = f"byte {wrong.start + 1} of the line is no UTF-8"
        return Problem("BAD_ENCODING", "the line is not UTF-8", why, "save it as UTF-8", (place,))
    return Problem(
        "NOT_JSON",
        "the line is not JSON",
        f"{error.msg}, column {error.colno}",
        "write one complete JSON object on each line",
        (place,),
    )


def _measure(value: Any) -> tuple[int, int]:
    """Levels of a value, and how many names its objects have; stops below the deepest allowed."""
    names = depth = 0
    level = [value]
    while depth <= form.DEEPEST:
        inner: list[Any] = []
        for each in level:
            if type(each) is dict:
                names += len(each)
                inner += [one for one in each.values() if type(one) in _NESTS]
            elif type(each) is list:
                inner += [one for one in each if type(one) in _NESTS]
        level = inner
        depth += 1
        if not level:
            break
    return depth, names


def _repeated_names(line: bytes) -> list[str]:
    found: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for name, value in pairs:
            if name in seen:
                found.append(name)
            seen[name] = value
        return seen

    json.loads(line, object_pairs_hook=look)
    return found
