"""`fitsm-graph discover`: this machine, and Python environments, as sources."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from fitsm_graph.bootstrap import Product
from fitsm_graph.cli.local import with_product
from fitsm_graph.cli.output import emit, note, show_json, tell
from fitsm_graph.confm.sync import sync
from fitsm_graph.confm.sync_report import NOTICES, SyncReport
from fitsm_graph.discovery.demo.ndjson import to_ndjson
from fitsm_graph.discovery.local import Machine, Wanted, observe, this_machine
from fitsm_graph.discovery.local.python_packages import bill_of_materials
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.errors import Problem
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.observation import Observation

app = typer.Typer(no_args_is_help=True)
PARTIAL, CHANGES = 7, 10
SOURCE = "local"
Seen = Observation | Problem


@app.command()
def local(
    plan: bool = typer.Option(False, "--plan", help="show what a sync would change"),
    apply: bool = typer.Option(False, "--sync", help="take it in at once"),
    name: str = typer.Option("", help="in place of the machine's own identity"),
    processes: bool = typer.Option(True, help="programs that listen, and whom they call"),
    containers: bool = typer.Option(True, help="containers of an engine that answers"),
    packages: bool = typer.Option(False, "--packages", help="installed packages too"),
) -> None:
    """Look at this machine; print records as NDJSON, or sync them.

    Nothing is sent anywhere else. Exit code 10 when a plan has changes, 7
    when rows were refused.

    Examples:
      fsg discover local
      fsg discover local --plan
      fsg discover local --sync --packages
    """
    machine = this_machine(name)
    seen = list(observe(machine, Wanted(processes, containers, packages)))
    if not (plan or apply):
        _print(seen)
        return
    for each in seen:
        if isinstance(each, Problem):
            tell(each, notice=each.code in NOTICES)
    report = _synced(machine, [each for each in seen if isinstance(each, Observation)], plan)
    raise typer.Exit(_told(report))


def _print(seen: Sequence[Seen]) -> None:
    found = [each for each in seen if isinstance(each, Observation)]
    emit("".join(to_ndjson(found)))
    for each in seen:
        if isinstance(each, Problem):
            tell(each, notice=each.code in NOTICES)
    note(f"{plural(len(found), 'element')}; take them in with --sync")


def _synced(machine: Machine, found: Sequence[Observation], plan: bool) -> SyncReport:
    """A delta: programs and connections come and go, and absence of one means nothing."""

    async def work(product: Product) -> SyncReport:
        return await sync(
            product.graph,
            product.registry,
            found,
            source=SOURCE,
            scope=machine.id,
            mode="delta",
            request=Request(actor="system", via="sync"),
            plan_only=plan,
        )

    return with_product(work)


def _told(report: SyncReport) -> int:
    bad = [each for each in report.problems if each.code not in NOTICES]
    for problem in bad:
        tell(problem)
    note(f"{report.status} {report.run or report.plan}")
    for word, count in _counts(report):
        typer.echo(f"{word}\t{count}")
    if bad:
        return PARTIAL
    return CHANGES if report.status == "planned" and report.changed else 0


def _counts(report: SyncReport) -> Iterator[tuple[str, int]]:
    yield from sorted((word, count) for word, count in report.counts.items() if count)


@app.command()
def python(
    name: str = typer.Argument(help="name of the application that runs in it"),
    folder: Path | None = typer.Option(
        None, "--environment", help="its folder, or a site-packages; this one when left out"
    ),
) -> None:
    """Write what a Python environment is made of, as CycloneDX.

    Examples:
      fsg discover python portal --environment /srv/portal/.venv > portal.cdx.json
      fsg sync portal.cdx.json
    """
    show_json(bill_of_materials(name, folder))
