"""CSV: the first line names the columns; each further line is a document."""

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from fitsm_graph.discovery.readers.limits import (
    LONGEST_LINE,
    UTF8_MARK,
    bad_encoding,
    check_marks,
)
from fitsm_graph.kernel.errors import BadInput, Problem

SEPARATORS = ",;\t|"
MOST_COLUMNS = 500
_WORD = re.compile(r"[^\w]+")


def column_name(text: str) -> str:
    """The name a column is known by: small letters, words joined by underscores.

    >>> column_name("Serial No."), column_name("Größe (GB)")
    ('serial_no', 'größe_gb')
    """
    return _WORD.sub("_", text.strip().lower()).strip("_")


def read_csv(stream: BinaryIO) -> Iterator[tuple[str, Any] | Problem]:
    """Read rows as a stream; the separator is the one the first line has most of.

    A row with more cells than columns is a problem; a short one lacks the last columns. Rows
    without any value are skipped.

    Raises:
        BadInput: NO_HEADER, BAD_ENCODING, LINE_TOO_LONG.
    """
    lines = _lines(stream)
    first = next(lines, "")
    if not first.strip():
        raise no_header("the file is empty")
    separator = max(SEPARATORS, key=first.count)
    rows = csv.reader(_again(first, lines), delimiter=separator)
    try:
        columns = header(next(rows))
        for row in rows:
            made = as_document(columns, row, f"line {rows.line_num}")
            if made is not None:
                yield made
    except csv.Error as error:
        raise BadInput(
            "the file is not CSV",
            code="NOT_CSV",
            why=str(error),
            remedy="look at the quotes of that line",
            path=(f"line {rows.line_num}",),
        ) from error


def header(cells: Iterable[Any]) -> list[str]:
    """The columns of a first row.

    Raises:
        BadInput: NO_HEADER: one has no name, or two have the same.
    """
    columns = [column_name(str(cell or "")) for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    if not columns or len(columns) > MOST_COLUMNS or "" in columns:
        raise no_header("a column has no name" if columns else "there is none")
    for name in columns:
        if columns.count(name) > 1:
            raise no_header(f"two columns are called '{name}'")
    return columns


def as_document(
    columns: list[str], cells: Iterable[Any], place: str
) -> tuple[str, Any] | Problem | None:
    """A row by column, without its empty cells; None where all are empty."""
    row = list(cells)
    extra = [each for each in row[len(columns) :] if each not in (None, "")]
    if extra:
        remedy = "put quotes around cells that have the separator in them"
        message = f"the row has {len(row)} cells, and there are {len(columns)} columns"
        return Problem("BAD_RECORD", message, remedy=remedy, path=(place,))
    named = zip(columns, row, strict=False)
    filled = {name: _cell(cell) for name, cell in named}
    document = {name: cell for name, cell in filled.items() if cell not in (None, "")}
    return (place, document) if document else None


def no_header(why: str) -> BadInput:
    """The error of a table whose first row does not name its columns."""
    return BadInput(
        "the first row does not name the columns",
        code="NO_HEADER",
        why=why,
        remedy="give every column a name of its own in the first row",
        path=("line 1",),
    )


def _cell(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _lines(stream: BinaryIO) -> Iterator[str]:
    """Lines as text, checked one by one."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 2):
        number += 1
        place = f"line {number}"
        if number == 1:
            check_marks(line[:4])
            line = line.removeprefix(UTF8_MARK)
        if len(line.rstrip(b"\r\n")) > LONGEST_LINE:
            message = f"the line has more than {LONGEST_LINE:,} bytes"
            remedy = "is a quote missing, or is it no CSV?"
            raise BadInput(message, code="LINE_TOO_LONG", remedy=remedy, path=(place,))
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise bad_encoding(f"byte {error.start + 1} of the line is no UTF-8", place) from error
        if "\0" in text:
            raise bad_encoding("there is a NUL in it", place)
        yield text
