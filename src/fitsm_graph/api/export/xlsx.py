"""XLSX: a workbook with the rows on one sheet and where they come from on another."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from fitsm_graph.api.export.columns import Column, Kind
from fitsm_graph.api.export.writing import Ending, Rows
from fitsm_graph.kernel.errors import Problem, Unsupported

MOST_ROWS = 1_048_575
"""Rows that a sheet can have below its headings."""
LONGEST_TEXT = 32_767
EXACT = 2**53
"""Whole numbers up to here are exact in a workbook; larger ones are written as text."""
BLOCK = 64 * 1024


class XlsxWriter:
    """Texts are cells of text whatever they begin with, moments are dates in UTC.

    Rows wait in a file of the system, not in memory; nothing is sent before all of them are
    there, so that an export that fails is an error and never a part of a workbook.
    """

    def __init__(self, columns: Sequence[Column], *, about: Sequence[tuple[str, str]]) -> None:
        self._columns = columns
        self._about = about
        self._book = Workbook(write_only=True)
        self._sheet: Any = self._book.create_sheet("rows")
        self._sheet.freeze_panes = "A2"

    def begin(self) -> bytes:
        """Write the headings."""
        self._sheet.append([_text(self._sheet, each.name) for each in self._columns])
        return b""

    def rows(self, rows: Rows) -> bytes:
        """Keep the rows.

        Raises:
            Unsupported: EXPORT_CELL_TOO_LONG.
        """
        for row in rows:
            self._sheet.append([self._cell(column, column.of(row)) for column in self._columns])
        return b""

    def end(self, ending: Ending) -> Iterator[bytes]:
        """The whole workbook."""
        sheet: Any = self._book.create_sheet("about")
        told = {**dict(self._about), **ending.told(), "moments": "in UTC"}
        for name, value in told.items():
            sheet.append([_text(sheet, name), _text(sheet, str(value))])
        with tempfile.TemporaryFile() as file:
            self._book.save(file)
            file.seek(0)
            yield from _blocks(file)

    def broken(self, problem: Problem) -> bytes:  # noqa: ARG002 - nothing was sent that could go on
        """Nothing: the file does not open."""
        return b""

    def _cell(self, column: Column, value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if column.kind is Kind.MOMENT:
            moment = datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
            cell = WriteOnlyCell(self._sheet, moment)
            cell.number_format = "yyyy-mm-dd hh:mm:ss"
            return cell
        if isinstance(value, int | float) and abs(value) <= EXACT:
            return value
        return _text(self._sheet, str(value))


def _text(sheet: Any, value: str) -> Any:
    if len(value) > LONGEST_TEXT:
        raise Unsupported(
            "a text is too long for a workbook",
            code="EXPORT_CELL_TOO_LONG",
            why=f"it has {len(value):,} characters, and a cell {LONGEST_TEXT:,} at most",
            remedy="leave that field out, or ask for CSV, NDJSON or Parquet",
        )
    cell = WriteOnlyCell(sheet, _ESCAPED.sub(_escaped, value))
    cell.data_type = "s"  # never a formula, whatever it begins with
    cell.quotePrefix = True  # nor when somebody edits it
    return cell


# What XML cannot hold is written as Excel does, and what looks like that already as well.
_ESCAPED = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)"
)


def _escaped(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block
