"""`fitsm-graph documents`: GraphQL documents that clients ask for by their digest (GR2.4)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from fitsm_graph.cli.asking import ask_pages
from fitsm_graph.cli.output import emit, note
from fitsm_graph.cli.saying import CHANGES
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.cli.values import read_bytes
from fitsm_graph.cli.verbs import CHANGE, DRY_RUN, REASON, How, act_as
from fitsm_graph.client.told import error_of, payload_error
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.sms.documents import MARK, Draft, read_documents

app = typer.Typer(no_args_is_help=True)
PAGE = 200
FIELDS = ("key", "name", "digest")
MANIFEST = "FITSM_DOCUMENTS"
FILES = typer.Argument(metavar="FILE", help=".graphql files, or manifests of a client's tools")


@app.command()
def add(
    files: list[str] = FILES,
    name: str = typer.Option("", "--name", help="of a single document; else its file's name"),
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    change: str = CHANGE,
) -> None:
    """Register documents, so that clients may ask for them by their digest.

    Digests are written on stdout. What is registered already stays as it is.

    Examples:
      fsg documents add dashboards/services.graphql
      fsg documents add persisted-query-manifest.json --reason "release 4.2"
    """
    drafts = [each for file in files for each in read_file(file)]
    if name and len(drafts) == 1:
        drafts = [Draft(name, drafts[0].text)]
    how = How(dry_run, reason, change, "", Form.TABLE)
    news = 0
    for draft in drafts:
        payload = act_as("RegisterDocument", {"name": draft.name, "text": draft.text}, how)
        news += bool(payload["changes"])
        emit(f"{MARK}{draft.digest}\t{draft.name}\n")
    note(f"{news} of {len(drafts)} {'would be' if dry_run else 'were'} registered or renamed")
    if dry_run and news:
        raise typer.Exit(CHANGES)


@app.command("list")
def list_documents(output: Form = FORM) -> None:
    """List registered documents, the newest first.

    Examples:
      fsg documents list
      fsg documents list -o json
    """
    rows = list(ask_pages("ListPersistedDocuments", "persistedDocuments", PAGE))
    sheet = Sheet(FIELDS, [[row[name] for name in FIELDS] for row in rows])
    show(output, rows, rows, sheet)


@app.command()
def retire(
    ref: str = typer.Argument(metavar="DOCUMENT", help="its key, its digest, or its file"),
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    change: str = CHANGE,
) -> None:
    """Let nobody ask for a document by its digest any more; it stays in the ledger.

    Examples:
      fsg documents retire DOC-000004 --reason "the dashboard is gone"
      fsg documents retire dashboards/services.graphql
    """
    refs = [each.digest for each in read_file(ref)] if Path(ref).is_file() else [ref]
    how = How(dry_run, reason, change, "", Form.TABLE)
    for each in refs:
        payload = act_as("RetireDocument", {"ref": each}, how)
        entry = f"ledger entry {payload['seq']}" if payload["seq"] else "nothing was written"
        note(f"{payload['document']['name']} retired · {entry}")
    if dry_run:
        raise typer.Exit(CHANGES)


def read_file(place: str) -> list[Draft]:
    """Read the documents of a file.

    Raises:
        BadInput: It cannot be read, is no UTF-8, or no manifest.
    """
    try:
        return read_documents(read_bytes(place).decode(), place)
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{place} is not UTF-8",
            why=f"byte {error.start} is none",
            remedy="save it as UTF-8",
            path=(place,),
        ) from error


async def bring(product: Any, env: Mapping[str, str], register: str) -> None:
    """Register what the manifest named in the settings holds, before anybody is answered.

    Args:
        product: The product that is being started.
        env: Settings.
        register: The mutation.

    Raises:
        FitsmError: The manifest cannot be read, or a document in it does not fit the schema.
    """
    place = env.get(MANIFEST, "")
    for draft in read_file(place) if place else ():
        given = {"input": {"name": draft.name, "text": draft.text}, "dryRun": False, "key": ""}
        answer = await product.ask(register, given)
        error = error_of(answer)
        payload = answer["data"]["registerPersistedDocument"] if error is None else None
        if payload is not None and not payload["ok"]:
            error = payload_error(payload["errors"])
        if error is not None:
            raise error
