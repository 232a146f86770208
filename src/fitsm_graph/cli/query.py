"""`fitsm-graph query`: any question in GraphQL, as a table, JSON, or a file of any form."""

from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from fitsm_graph.cli.asking import ask_document
from fitsm_graph.cli.files import read_document, write_file
from fitsm_graph.cli.output import show_json, show_table
from fitsm_graph.cli.values import json_object
from fitsm_graph.kernel.errors import BadInput


class Way(StrEnum):
    """The form of an answer to any question."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    NDJSON = "ndjson"
    XLSX = "xlsx"
    PARQUET = "parquet"
    GRAPHML = "graphml"
    GEXF = "gexf"
    DOT = "dot"
    MERMAID = "mermaid"
    JGF = "jgf"


def query(
    file: str = typer.Argument(metavar="FILE", help="a document; - is stdin"),
    variables: str = typer.Option(
        "", "--variables", metavar="FILE", help="JSON of the variables; - is stdin"
    ),
    output: Way = typer.Option(
        Way.JSON, "-o", "--output", help="table and json have the answer as it is, the others rows"
    ),
    to: Path | None = typer.Option(None, "--to", metavar="FILE", help="write there"),
    rows: int | None = typer.Option(None, "--rows", min=1, help="end an export after so many"),
    lists: bool = typer.Option(False, "--lists", help="lists within rows as JSON text"),
) -> None:
    """Ask any question; json and table are one answer, the others follow all pages.

    Examples:
      fsg query question.graphql --variables values.json
      fsg query servers.graphql -o csv > servers.csv
      fsg query servers.graphql -o parquet --to servers.parquet
    """
    if file == "-" and variables == "-":
        raise BadInput(
            "document and variables both come from standard input",
            remedy="put one of them into a file",
        )
    document, given = read_document(file), json_object(variables)
    if output in {Way.TABLE, Way.JSON}:
        if to is not None:
            raise BadInput(f"{output} goes to standard output", remedy="use > FILE instead of --to")
        _show(ask_document(document, given), output)
        return
    more: dict[str, Any] = {"rows": rows} | ({"lists": "json"} if lists else {})
    write_file(document, given, output.value, to, **more)


def _show(data: Any, output: Way) -> None:
    if output is Way.JSON:
        show_json(data)
        return
    answers = import_module("fitsm_graph.client.answers")
    rows = answers.Answer(data).rows()
    heads = list(dict.fromkeys(name for row in rows for name in row))
    show_table(heads, [[row.get(name) for name in heads] for row in rows])
