"""Writers of rows: each turns columns and rows into the bytes of one form.

A writer is told the rows page by page and says what can be sent by then. Whoever reads the file
sees whether it is whole: text ends with a line that says so if it is wanted, and with an error if
the export failed; a workbook or a Parquet file that is not whole cannot be opened.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from fitsm_graph.api.export.columns import Column, Kind
from fitsm_graph.kernel.errors import Problem
from fitsm_graph.kernel.text import without_formula

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known when all rows are written.

    Attributes:
        rows: How many there are.
        begun: The ledger's last entry before the first row was read.
        ended: The ledger's last entry after the last row was read; all is one state of the graph
            where the two are equal.
    """

    rows: int
    begun: int
    ended: int

    def told(self) -> dict[str, Any]:
        """The same for a reader of the file."""
        return {
            "complete": True,
            "rows": self.rows,
            "seq": self.ended,
            "begun_at_seq": self.begun,
            "one_state": self.begun == self.ended,
        }


class Writer(Protocol):
    """Makes one file."""

    def begin(self) -> bytes:
        """What comes before the rows."""
        ...

    def rows(self, rows: Rows) -> bytes:
        """What can be sent after some more rows."""
        ...

    def end(self, ending: Ending) -> Iterable[bytes]:
        """The rest."""
        ...

    def broken(self, problem: Problem) -> bytes:
        """What a reader finds last where it could not be finished."""
        ...


class CsvWriter:
    """CSV (RFC 4180), UTF-8, no text of which a spreadsheet takes for a formula.

    Null is an empty cell, an empty text is ``""``.
    """

    def __init__(self, columns: Sequence[Column], *, trailer: bool) -> None:
        self._columns = columns
        self._trailer = trailer

    def begin(self) -> bytes:
        """The line of headings."""
        return _line(_text(each.name) for each in self._columns).encode()

    def rows(self, rows: Rows) -> bytes:
        """A line each."""
        columns = self._columns
        return "".join(_line(_cell(column.of(row)) for column in columns) for row in rows).encode(
            "utf-8", "surrogatepass"
        )

    def end(self, ending: Ending) -> Iterable[bytes]:
        """A last line that says so, if it is wanted."""
        if self._trailer:
            said = " ".join(f"{name}={value}" for name, value in ending.told().items())
            yield _line(["#end", _text(said)]).encode()

    def broken(self, problem: Problem) -> bytes:
        """A last line with the error."""
        return _line(["#error", _text(problem.code), _text(problem.message)]).encode()


def _line(cells: Iterable[str]) -> str:
    return ",".join(cells) + "\r\n"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value) if isinstance(value, str) else str(value)


def _text(value: str) -> str:
    guarded = without_formula(value)
    if not guarded or any(char in guarded for char in ',"\r\n'):
        return '"' + guarded.replace('"', '""') + '"'
    return guarded


class NdjsonWriter:
    """A JSON object a line, as GraphQL answers it: nothing is flattened, nothing is lost."""

    def __init__(self, _columns: Sequence[Column], *, trailer: bool) -> None:
        self._trailer = trailer

    def begin(self) -> bytes:
        """Nothing."""
        return b""

    def rows(self, rows: Rows) -> bytes:
        """A line each."""
        return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)

    def end(self, ending: Ending) -> Iterator[bytes]:
        """A last line that says so, if it is wanted."""
        if self._trailer:
            yield orjson.dumps({"end": ending.told()}, option=orjson.OPT_APPEND_NEWLINE)

    def broken(self, problem: Problem) -> bytes:
        """A last line with the error, as GraphQL tells it."""
        error = {"message": problem.message, "extensions": {"code": problem.code}}
        return orjson.dumps({"errors": [error]}, option=orjson.OPT_APPEND_NEWLINE)


def typed(column: Column, rows: Rows) -> list[Any]:
    """The values of a column for a form with types."""
    values = [column.of(row) for row in rows]
    if column.kind is Kind.NUMBER:
        return [None if value is None else float(value) for value in values]
    return values
