"""How the command line speaks: tables for people, JSON for programs, errors in three parts."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from fitsm_graph.kernel.errors import Problem

screen = Console()
aside = Console(stderr=True)


class Output(StrEnum):
    """The form of an answer."""

    TABLE = "table"
    JSON = "json"


OUTPUT = typer.Option(Output.TABLE, "-o", "--output", help="table or json")


def tell(problem: Problem) -> None:
    """Say on stderr what happened, why, and what to do."""
    place = f" (at {'/'.join(map(str, problem.path))})" if problem.path else ""
    aside.print(f"error[{problem.code}] {problem.message}{place}", style="bold", markup=False)
    if problem.why:
        aside.print(f"  why: {problem.why}", markup=False)
    if problem.remedy:
        aside.print(f"   do: {problem.remedy}", markup=False)


def note(text: str) -> None:
    """Say something on stderr."""
    aside.print(text, markup=False)


def show_json(value: Any) -> None:
    """Write a value as JSON on stdout."""
    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def show_table(heads: Sequence[str], rows: Iterable[Sequence[Any]], title: str = "") -> None:
    """Write a table on stdout; plain columns where it is no terminal."""
    if not screen.is_terminal:
        for row in rows:
            typer.echo("\t".join("" if cell is None else str(cell) for cell in row))
        return
    table = Table(title=title or None, title_justify="left")
    for head in heads:
        table.add_column(head)
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    screen.print(table)
