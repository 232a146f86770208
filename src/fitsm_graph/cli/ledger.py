"""`fitsm-graph ledger` and `diff`: whether the ledger tells the truth, and what it tells."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from fitsm_graph.cli.asking import ask
from fitsm_graph.cli.choices import CHOSEN
from fitsm_graph.cli.entries import entry_sheet
from fitsm_graph.cli.output import OUTPUT, Output, note, show_json, show_table
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.kernel.errors import Unsupported
from fitsm_graph.kernel.text import plural

app = typer.Typer(no_args_is_help=True)
CHECKPOINTS = typer.Option(None, "--checkpoints", metavar="FILE", help="signed heads")
NAMES = ("seq", "at", "actor", "via", "verb", "change", "reason")
UNTIL = typer.Option(None, "--until", metavar="MOMENT", help="up to then; now when left out")


@app.command("list")
def list_entries(
    since: str = typer.Option("0", "--since", help="after this entry, or after this moment"),
    until: str | None = UNTIL,
    limit: int = typer.Option(50, "--limit", min=1, max=100_000, help="how many at most"),
    output: Form = FORM,
) -> None:
    """List ledger entries, oldest first.

    With --url, --since is a moment.

    Examples:
      fsg ledger list --since 1200 --limit 20
      fsg ledger list --since 2026-11-23T00:00:00Z -o ndjson
    """
    if since.isdigit() and not until:
        found = _after(int(since), limit + 1)
    else:
        found = ask("LedgerEntries", since=_moment(since), until=until)["ledgerEntries"]
    if len(found) > limit:
        note(f"the first {limit:,}; --limit or --since shows more")
    shown = [{name: entry.get(name) for name in NAMES} for entry in found[:limit]]
    rows = [list(entry.values()) for entry in shown]
    show(output, shown, shown, Sheet(("entry", *NAMES[1:]), rows))


@app.command()
def head(output: Output = OUTPUT) -> None:
    """Say the number of the last ledger entry.

    Examples:
      fsg ledger head
    """
    seq = ask("LedgerHead")["ledgerHead"]
    if output is Output.JSON:
        show_json({"seq": seq})
    else:
        show_table(("seq",), [(seq,)])


@app.command()
def verify(
    full: bool = typer.Option(False, "--full", help="undo everything and compare"),
    checkpoints: Path | None = CHECKPOINTS,
    output: Output = OUTPUT,
) -> None:
    """Check the chain of entries on this machine; with --full also every record against it.

    Examples:
      fsg ledger verify
      fsg ledger verify --full --checkpoints heads.ndjson -o json
    """
    verification = import_module("fitsm_graph.graph.verify")

    async def work(product: Any) -> Any:
        keys = verification.trusted_keys(product.folder / "signing-key.pem")
        points = verification.read_checkpoints(checkpoints, keys) if checkpoints else []
        if checkpoints and not keys:
            note("no signing key is kept here: heads signed with any key are taken")
        check = verification.full if full else verification.chain
        return await check(product.graph, points)

    verdict = _here(work)
    if output is Output.JSON:
        findings = [{"seq": each.seq, "what": each.what} for each in verdict.findings]
        show_json({"holds": verdict.holds, "entries": verdict.entries, "findings": findings})
    elif verdict.findings:
        show_table(("entry", "finding"), ((each.seq, each.what) for each in verdict.findings))
    entries = plural(verdict.entries, "entry", "entries")
    note(f"{entries}: the ledger {'holds' if verdict.holds else 'is BROKEN'}")
    if not verdict.holds:
        raise typer.Exit(1)


@app.command()
def checkpoint(
    file: Path = typer.Argument(metavar="FILE", help="signed heads are kept there"),
) -> None:
    """Sign the head into a file outside the database.

    Examples:
      fsg ledger checkpoint heads.ndjson
    """
    verification = import_module("fitsm_graph.graph.verify")

    async def work(product: Any) -> Any:
        key = verification.signing_key(product.folder / "signing-key.pem")
        return await verification.checkpoint(product.graph, file, key)

    show_json(_here(work))


def diff(
    since: str = typer.Option(..., "--from", metavar="MOMENT", help="after then (RFC 3339)"),
    until: str | None = typer.Option(None, "--to", metavar="MOMENT", help="up to then; else now"),
    output: Form = FORM,
) -> None:
    """Show what changed between two moments: who, when, why, and both values.

    Examples:
      fsg diff --from 2026-11-23T00:00:00Z
      fsg diff --from 2026-11-23T00:00:00Z --to 2026-11-24T00:00:00Z -o ndjson
    """
    entries = ask("LedgerChanges", since=since, until=until)["ledgerEntries"]
    show(output, entries, entries, entry_sheet(entries))
    changes = sum(len(entry["changes"]) for entry in entries)
    note(f"{plural(changes, 'change')} in {plural(len(entries), 'entry', 'entries')}")


def _moment(since: str) -> str:
    if since.isdigit():
        raise Unsupported(
            "entries are listed from a moment here",
            code="MOMENT_NEEDED",
            why="the API finds entries by time",
            remedy="give --since 2026-11-23T00:00:00Z",
            path=("--since",),
        )
    return since


def _after(since: int, limit: int) -> list[Mapping[str, Any]]:
    """Entries after a number, from the database of this machine."""
    if CHOSEN.url:
        _moment(str(since))

    async def work(product: Any) -> list[Mapping[str, Any]]:
        rows = await product.graph.rows("ledger.entries_after", since=since, limit=limit)
        return [row["entry"] for row in rows]

    found: list[Mapping[str, Any]] = _here(work)
    return found


def _here(work: Any) -> Any:
    """Do something with the product on this machine."""
    return import_module("fitsm_graph.cli.local").with_product(work)
