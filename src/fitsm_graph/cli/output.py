"""How the command line speaks: data on stdout, everything else on stderr; errors in three parts."""

import os
import re
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fitsm_graph.kernel.errors import Problem

screen = Console()
aside = Console(stderr=True)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_STYLES = {"DOWN": "bold red", "DEGRADED": "yellow", "AT_RISK": "cyan", "UP": "green"}
_SPEECH = {"quiet": False}


class Output(StrEnum):
    """The form of an answer."""

    TABLE = "table"
    JSON = "json"


OUTPUT = typer.Option(Output.TABLE, "-o", "--output", help="table or json")


def hush() -> None:
    """Say nothing on stderr but errors."""
    _SPEECH["quiet"] = True


def speak() -> None:
    """Say everything again."""
    _SPEECH["quiet"] = False


def is_quiet() -> bool:
    """Say whether only errors are told."""
    return _SPEECH["quiet"]


def without_colour() -> None:
    """Use no colours from now on."""
    screen.no_color = aside.no_color = True


def tell(problem: Problem, *, notice: bool = False) -> None:
    """Say on stderr what happened, why, and what to do; a notice is no error, and may be hushed."""
    if notice and _SPEECH["quiet"]:
        return
    place = f" (at {'/'.join(map(str, problem.path))})" if problem.path else ""
    word = "notice" if notice else "error"
    _say(f"{word}[{problem.code}] {problem.message}{place}", style="" if notice else "bold")
    if problem.why:
        _say(f"  why: {problem.why}")
    if problem.remedy:
        _say(f"   do: {problem.remedy}")


def note(text: str) -> None:
    """Say something on stderr."""
    if not _SPEECH["quiet"]:
        _say(text)


def _say(text: str, style: str = "") -> None:
    """Write one text on stderr, not broken where the terminal ends: it may be copied."""
    shown = "\n".join(plain(line) for line in text.split("\n"))
    aside.print(Text(shown, style=style), soft_wrap=True)


def plain(text: str) -> str:
    """Make a text harmless on a terminal: what would steer it is written out."""
    return _CONTROL.sub(_written_out, text)


def _written_out(found: re.Match[str]) -> str:
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(found[0], f"\\u{ord(found[0]):04x}")


def emit(text: str) -> None:
    """Write data on stdout as UTF-8, whatever the locale; a reader that went away ends us well.

    Raises:
        Exit: With 0, when nobody reads any more.
    """
    if getattr(sys.stdout, "buffer", None) is not None:
        emit_bytes(text.encode("utf-8", "backslashreplace"))
    else:
        sys.stdout.write(text)
        sys.stdout.flush()


def emit_bytes(data: bytes) -> None:
    """Write bytes on stdout; a reader that went away ends us well.

    Raises:
        Exit: With 0, when nobody reads any more.
    """
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except BrokenPipeError as error:
        forget_stdout()
        raise typer.Exit(0) from error


def forget_stdout() -> None:
    """Let what is still to be written go nowhere, so that the end of the process is silent."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def show_json(value: Any) -> None:
    """Write a value as JSON on stdout."""
    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    emit(orjson.dumps(value, option=option).decode())


def show_table(heads: Sequence[str], rows: Iterable[Sequence[Any]], title: str = "") -> None:
    """Write a table on stdout that fits the terminal; plain columns where it is none."""
    if not screen.is_terminal:
        emit("".join("\t".join(map(cell, row)) + "\n" for row in rows))
        return
    table = Table(
        title=Text(plain(title)) if title else None,
        title_justify="left",
        title_style="bold",
        box=None,
        header_style="bold",
        padding=(0, 2, 0, 0),
        show_edge=False,
    )
    for head in heads:
        table.add_column(head, no_wrap=head in _WHOLE, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(value), style=_STYLES.get(str(value), "")) for value in row))
    with screen.capture() as captured:
        screen.print(table)
    emit(captured.get())


_WHOLE = frozenset(
    ("key", "element", "service", "type", "before", "after", "state", "entry", "seq", "at", "op")
)
"""Columns that are not broken into lines as long as others can be."""


def cell(value: Any) -> str:
    """Write a value for a table: nothing for null, lists with commas, moments to the second."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(cell, value))
    if isinstance(value, dict):
        return plain(orjson.dumps(value, default=str).decode())
    return plain(_MOMENT.sub(r"\1Z", str(value)))


_MOMENT = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d{6}Z$")
