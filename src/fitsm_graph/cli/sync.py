"""`fitsm-graph sync`: take in what a source saw; plan first, apply what was planned."""

from dataclasses import asdict
from pathlib import Path

import typer

from fitsm_graph.bootstrap import Product
from fitsm_graph.cli.local import with_product
from fitsm_graph.cli.output import OUTPUT, Output, aside, note, show_json, tell
from fitsm_graph.confm.sync import sync as run_sync
from fitsm_graph.confm.sync_report import SyncReport
from fitsm_graph.discovery.detect import open_format
from fitsm_graph.discovery.mapping import Given
from fitsm_graph.graph.verb import Request

PARTIAL, CHANGES = 7, 10


def sync(
    file: Path = typer.Argument(help="of any format; fsg map list names them"),
    source: str = typer.Option("", help="name of the source; the format's when left out"),
    scope: str = typer.Option("default", help="part of the source"),
    mode: str = typer.Option("", help="snapshot, delta or enrich; the format's when left out"),
    format: str = typer.Option("auto", help="auto, a format by name, or a mapping file"),
    plan: bool = typer.Option(False, "--plan", help="tell, and write nothing"),
    apply: str = typer.Option("", "--apply", help="name of a plan; refused if the graph moved"),
    atomic: bool = typer.Option(False, "--atomic", help="all rows or none"),
    output: Output = OUTPUT,
) -> None:
    """Take in what a source saw; plan first, then apply.

    Exit code 10 when a plan has changes, 7 when rows were refused.

    Examples:
      fsg sync records.ndjson --source cmdb --plan
      fsg sync records.ndjson --source cmdb --apply 17-4be1
    """

    def told(phase: str, rows: int) -> None:
        if aside.is_terminal:
            aside.print(f"  {phase}: {rows:,}", end="\r", markup=False)

    async def work(product: Product) -> SyncReport:
        with file.open("rb") as stream:
            chosen, content = open_format(stream, format, Given.of(scope, file.name))
            return await run_sync(
                product.graph,
                product.registry,
                chosen.read(content),
                source=source or chosen.name,
                scope=scope,
                mode=chosen.run_mode(mode),
                request=Request(actor="system", via="sync"),
                plan_only=plan,
                plan=apply,
                atomic=atomic,
                progress=told,
            )

    raise typer.Exit(_told(with_product(work), output))


def _told(report: SyncReport, output: Output) -> int:
    if output is Output.JSON:
        show_json(_plain(report))
    else:
        for problem in report.problems[:50]:
            tell(problem)
        if len(report.problems) > 50:
            note(f"… and {len(report.problems) - 50} more; -o json shows all")
        note(f"{report.status} {report.run or report.plan}")
        for name, count in sorted(report.counts.items()):
            typer.echo(f"{name}\t{count}")
    if report.problems:
        return PARTIAL
    return CHANGES if report.status == "planned" and report.changed else 0


def _plain(report: SyncReport) -> dict[str, object]:
    plain = asdict(report)
    plain["counts"] = dict(report.counts)
    return plain
