"""Answers in the form that was asked for: tables for people, JSON, NDJSON and CSV for programs."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson
import typer

from fitsm_graph.cli.output import cell, emit, show_json, show_table
from fitsm_graph.kernel.text import without_formula


class Form(StrEnum):
    """The form of an answer that is a list."""

    TABLE = "table"
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"


FORM = typer.Option(
    Form.TABLE, "-o", "--output", help="table (in a pipe: tabs), json, ndjson or csv"
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of an answer.

    Attributes:
        heads: Names of the columns.
        rows: Values; a list for each row.
        title: Said above the table on a terminal.
    """

    heads: Sequence[str]
    rows: Iterable[Sequence[Any]]
    title: str = ""


def show(form: Form, value: Any, items: Iterable[Any], *sheets: Sheet) -> None:
    """Write an answer.

    Args:
        form: What was asked for.
        value: The whole answer, for JSON.
        items: What stands on the lines of NDJSON: the list that was asked for.
        sheets: Tables; the first one is what CSV gives.
    """
    if form is Form.JSON:
        show_json(value)
    elif form is Form.NDJSON:
        emit(
            "".join(orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE).decode() for item in items)
        )
    elif form is Form.CSV:
        emit(as_csv(sheets[0]))
    else:
        for number, sheet in enumerate(sheets):
            if number:
                emit("\n")
            show_table(sheet.heads, sheet.rows, sheet.title)


def as_csv(sheet: Sheet) -> str:
    """Write a table as CSV (RFC 4180) that no spreadsheet takes for formulas.

    >>> as_csv(Sheet(("key", "name"), [("a", "=1+1"), ("b", -2)])).splitlines()
    ['key,name', "a,'=1+1", 'b,-2']
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(map(_guarded, sheet.heads))
    for row in sheet.rows:
        writer.writerow([_guarded(value) for value in row])
    return out.getvalue()


def _guarded(value: Any) -> Any:
    """Put an apostrophe before a text that a spreadsheet would calculate; numbers stay."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return without_formula(cell(value))
