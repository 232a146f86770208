"""`fitsm-graph ledger`: whether it tells the truth, and what it tells."""

from pathlib import Path

import typer

from fitsm_graph.bootstrap import Product
from fitsm_graph.cli.local import with_product
from fitsm_graph.cli.output import OUTPUT, Output, note, show_json, show_table
from fitsm_graph.graph import verify as verification

app = typer.Typer(no_args_is_help=True)
CHECKPOINTS = typer.Option(None, "--checkpoints", help="file of signed heads")


@app.command()
def verify(
    full: bool = typer.Option(False, "--full", help="undo everything and compare"),
    checkpoints: Path | None = CHECKPOINTS,
    output: Output = OUTPUT,
) -> None:
    """Check the chain of entries; with --full also every record against it."""
    points = verification.read_checkpoints(checkpoints) if checkpoints else []

    async def work(product: Product) -> verification.Verdict:
        check = verification.full if full else verification.chain
        return await check(product.graph, points)

    verdict = with_product(work)
    if output is Output.JSON:
        findings = [{"seq": each.seq, "what": each.what} for each in verdict.findings]
        show_json({"holds": verdict.holds, "entries": verdict.entries, "findings": findings})
    else:
        show_table(("entry", "finding"), ((each.seq, each.what) for each in verdict.findings))
        note(f"{verdict.entries:,} entries, the ledger {'holds' if verdict.holds else 'is BROKEN'}")
    if not verdict.holds:
        raise typer.Exit(1)


@app.command()
def checkpoint(file: Path = typer.Argument(help="where signed heads are kept")) -> None:
    """Sign the head into a file outside the database."""

    async def work(product: Product) -> dict[str, object]:
        key = verification.signing_key(product.folder / "signing-key.pem")
        return await verification.checkpoint(product.graph, file, key)

    show_json(with_product(work))


@app.command("list")
def list_entries(
    since: int = typer.Option(0, help="after this entry"),
    limit: int = typer.Option(50, help="how many"),
    output: Output = OUTPUT,
) -> None:
    """List entries, oldest first."""

    async def work(product: Product) -> list[dict[str, object]]:
        rows = await product.graph.rows("ledger.entries_after", since=since, limit=limit)
        return [row["entry"] for row in rows]

    names = ("seq", "at", "actor", "via", "verb", "change_count", "reason")
    entries = [{name: entry.get(name) for name in names} for entry in with_product(work)]
    if output is Output.JSON:
        show_json(entries)
    else:
        show_table(names, ([entry[name] for name in names] for entry in entries))
