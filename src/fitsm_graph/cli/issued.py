"""`fitsm-graph document`: what documents say, shown and saved (GR2.3)."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from fitsm_graph.cli.asking import ask
from fitsm_graph.cli.files import write_whole
from fitsm_graph.cli.output import note
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.kernel.errors import BadInput, Broken

DOCUMENT = typer.Argument(metavar="DOCUMENT", help="its key")
FORMS = {".html": ("DocumentPage", "html"), ".json": ("DocumentText", "text")}


def read(of: str = DOCUMENT, output: Form = FORM) -> None:
    """Show what a document says, as it was issued (GR2.3).

    Examples:
      fsg document read DCM-000001
      fsg document read DCM-000001 -o json
    """
    told = ask("DocumentContent", of=of)["documentContent"]
    content = told["content"]
    sheets = [_sheet(each) for each in content["sections"]]
    rows = [row for each in content["sections"] for row in each.get("rows", ())]
    show(output, content, rows, *sheets)
    note(f"{told['key']}, version {told['number']}, {told['status']}: {told['title']}")


def save(
    of: str = DOCUMENT,
    to: Path = typer.Option(..., "--to", metavar="FILE", help="ends with .html or .json"),
) -> None:
    """Save a document as a page, or as the JSON that its digest is of (GR2.3).

    Examples:
      fsg document save DCM-000001 --to kedb.html
      fsg document save DCM-000001 --to kedb.json
    """
    form = FORMS.get(to.suffix.lower())
    if form is None:
        raise BadInput(
            f"'{to.name}' does not say what it is to be",
            why="a document is saved as a page, or as JSON",
            remedy="let the name end with .html or .json",
            path=("--to",),
        )
    operation, field = form
    told = ask(operation, of=of)["documentContent"]
    data = told[field].encode()
    if field == "text":
        _check(data, told["digest"])
    write_whole([data], to)
    note(f"wrote {to}, sha256 of the content {told['digest']}")


def _sheet(section: Mapping[str, Any]) -> Sheet:
    if "facts" in section:
        facts = [(each["label"], each["value"]) for each in section["facts"]]
        return Sheet(("field", "value"), facts, section["heading"])
    columns = section["columns"]
    rows = [[row[each["name"]] for each in columns] for row in section["rows"]]
    return Sheet([each["label"] for each in columns], rows, section["heading"])


def _check(data: bytes, digest: str) -> None:
    """Compare what came with what was issued."""
    if hashlib.sha256(data).hexdigest() != digest:
        raise Broken("what came is not what was issued", remedy="ask again")
