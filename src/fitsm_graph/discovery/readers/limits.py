"""What every reader keeps to, and the errors that say so."""

from typing import Any, BinaryIO

from fitsm_graph.kernel.errors import BadInput

LARGEST_DOCUMENT = 512 << 20
"""Bytes of a JSON or XML file, which is read as a whole."""
LARGEST_YAML = 32 << 20
LARGEST_SHEET = 256 << 20
"""Bytes of an XLSX file once unpacked."""
LONGEST_LINE = 1 << 20
DEEPEST = 64
"""Levels of objects and lists in a document."""
MOST_VALUES = 20_000_000
"""Values of a document, those that an alias repeats counted each time."""
MOST_PARSED = 4_000_000
"""Values of a JSON document, estimated before it is parsed: what takes a byte in the file can take
sixty in memory."""
MOST_ELEMENTS = 1_000_000
"""Elements of an XML document."""
UTF8_MARK = b"\xef\xbb\xbf"
_OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")


def whole(stream: BinaryIO, most: int = LARGEST_DOCUMENT) -> bytes:
    """Read all of a file, without the mark of UTF-8.

    Raises:
        BadInput: TOO_LARGE, BAD_ENCODING.
    """
    data = stream.read(most + 1)
    if len(data) > most:
        raise BadInput(
            "the file is too large",
            code="TOO_LARGE",
            why=f"{most:,} bytes at most",
            remedy="split it, or convert it to NDJSON, which is read as a stream",
        )
    check_marks(data[:4])
    return data.removeprefix(UTF8_MARK)


def check_count(data: bytes, most: int = MOST_PARSED) -> None:
    """Refuse JSON that would take much more memory than it has bytes, before it is parsed.

    Raises:
        BadInput: TOO_MANY.
    """
    values = parts_of(data)
    if values > most:
        raise BadInput(
            f"some {values:,} values in one document",
            code="TOO_MANY",
            why=f"a document is held in memory as a whole, {most:,} values at most",
            remedy="split it, or convert it to NDJSON, which is read as a stream",
            path=("document 1",),
        )


def parts_of(data: bytes) -> int:
    """About how many values a JSON document has; never fewer than there are objects and lists."""
    return data.count(b",") + data.count(b"{") + data.count(b"[")


def check_marks(start: bytes) -> None:
    """Refuse what begins as UTF-16 or UTF-32 does.

    Raises:
        BadInput: BAD_ENCODING.
    """
    if start.startswith(_OTHER_MARKS) or b"\0" in start[:4]:
        raise bad_encoding("it begins as UTF-16 or UTF-32 does", "line 1")


def decoded(data: bytes) -> str:
    """Text of UTF-8 bytes, without any NUL.

    Raises:
        BadInput: BAD_ENCODING, with the line.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise bad_encoding(f"byte {error.start + 1} is no UTF-8", f"line {line}") from error
    at = text.find("\0")
    if at >= 0:
        raise bad_encoding("there is a NUL in it", f"line {text.count(chr(10), 0, at) + 1}")
    return text


def bad_encoding(why: str, place: str) -> BadInput:
    """The error of a file in another encoding."""
    return BadInput(
        "the file is not UTF-8",
        code="BAD_ENCODING",
        why=why,
        remedy="save it as UTF-8",
        path=(place,),
    )


def check_shape(document: Any, place: str) -> None:
    """Refuse a document that is too deep, or that repeats itself into the millions.

    What stands in a document several times, as aliases of YAML do, counts each time.

    Raises:
        BadInput: TOO_DEEP, TOO_MANY.
    """
    sizes: dict[int, int] = {}
    stack: list[tuple[Any, bool, int]] = [(document, False, 1)]
    while stack:
        value, done, depth = stack.pop()
        if not isinstance(value, dict | list) or (id(value) in sizes and not done):
            continue
        inner = list(value.values()) if isinstance(value, dict) else value
        if done:
            sizes[id(value)] = size = 1 + sum(sizes.get(id(each), 1) for each in inner)
            if size > MOST_VALUES:
                raise _too_many(place)
        elif depth > DEEPEST:
            raise too_deep(place)
        else:
            stack.append((value, True, depth))
            stack.extend((each, False, depth + 1) for each in inner)


def too_deep(place: str) -> BadInput:
    """The error of a document that is nested too deeply."""
    return BadInput(
        f"more than {DEEPEST} levels",
        code="TOO_DEEP",
        remedy="no known format is nested so deeply; look at what made the file",
        path=(place,),
    )


def _too_many(place: str) -> BadInput:
    return BadInput(
        f"more than {MOST_VALUES:,} values",
        code="TOO_MANY",
        why="aliases count each time they are used",
        remedy="write the file without nested aliases, or split it",
        path=(place,),
    )
