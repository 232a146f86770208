"""XLSX: every sheet whose first row names columns, read without keeping it in memory."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from fitsm_graph.discovery.readers.limits import LARGEST_SHEET
from fitsm_graph.discovery.readers.spooled import seekable
from fitsm_graph.discovery.readers.tables import as_document, header, no_header
from fitsm_graph.kernel.errors import BadInput, Problem

MOST_PARTS = 2_000
MOST_PACKED = 200
"""Times a part may be larger than it is packed; sheets are some 10 to 30."""
_UNREADABLE = (
    zipfile.BadZipFile,
    InvalidFileException,
    DefusedXmlException,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    EOFError,
)


def read_xlsx(stream: BinaryIO) -> Iterator[tuple[str, Any] | Problem]:
    """Read the rows of all sheets; formulas as their last computed values, dates as texts.

    Raises:
        BadInput: NOT_XLSX, TOO_LARGE, NO_HEADER.
    """
    try:
        for sheet in _opened(stream).worksheets:
            yield from _sheet(sheet.title, sheet.iter_rows(values_only=True))
    except _UNREADABLE as error:
        raise _not_xlsx(error) from error


def columns_of(stream: BinaryIO) -> list[str]:
    """The columns of the first sheet that has any.

    Raises:
        BadInput: As `read_xlsx`; NO_HEADER where no sheet names columns.
    """
    try:
        for sheet in _opened(stream).worksheets:
            for row in sheet.iter_rows(values_only=True):
                if any(cell not in (None, "") for cell in row):
                    return header(row)
    except _UNREADABLE as error:
        raise _not_xlsx(error) from error
    raise no_header("every sheet is empty")


def _opened(stream: BinaryIO) -> Workbook:
    file = seekable(stream, LARGEST_SHEET)
    _check_parts(file)
    return load_workbook(file, read_only=True, data_only=True, keep_links=False)


def _not_xlsx(error: Exception) -> BadInput:
    return BadInput(
        "the file is no readable XLSX",
        code="NOT_XLSX",
        why=str(error)[:200] or type(error).__name__,
        remedy="open it and save it as XLSX or CSV",
    )


def _check_parts(file: BinaryIO) -> None:
    """Refuse a bomb before any of it is unpacked."""
    with zipfile.ZipFile(file) as packed:
        parts = packed.infolist()
    size = sum(each.file_size for each in parts)
    swollen = any(
        each.file_size > 10 << 20 and each.file_size > MOST_PACKED * max(1, each.compress_size)
        for each in parts
    )
    if size > LARGEST_SHEET or len(parts) > MOST_PARTS or swollen:
        raise BadInput(
            "the file would become too large",
            code="TOO_LARGE",
            why=f"{size:,} bytes in {len(parts):,} parts once unpacked",
            remedy="save the sheets one by one as CSV",
        )
    file.seek(0)


def _sheet(title: str, rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[str, Any] | Problem]:
    columns: list[str] = []
    for number, row in enumerate(rows, start=1):
        if not columns:
            if any(cell not in (None, "") for cell in row):
                columns = header(row)
            continue
        place = f"sheet {title} row {number}"
        made = as_document(columns, [_plain(cell) for cell in row], place)
        if made is not None:
            yield made


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time().isoformat() == "00:00:00" else str(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell if isinstance(cell, str | int | float | bool | None) else str(cell)
