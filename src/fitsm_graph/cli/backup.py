"""`fitsm-graph backup`, `restore` and `verify`: the whole graph in one file, and back."""

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from fitsm_graph.bootstrap import data_folder
from fitsm_graph.cli import loop
from fitsm_graph.cli.output import OUTPUT, Output, aside, note, show_json, show_table
from fitsm_graph.graph import verify as verification
from fitsm_graph.graph.backup import BackupReport
from fitsm_graph.graph.backup import backup as make_backup
from fitsm_graph.graph.backup_draft import refuse_existing
from fitsm_graph.graph.backup_file import inspect
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.local import LocalSettings, Progress, backend
from fitsm_graph.graph.restore import RestoreReport
from fitsm_graph.graph.restore import restore as bring_back
from fitsm_graph.graph.restore_scratch import scratch_server
from fitsm_graph.impact.checks import FILE as TOPOLOGY
from fitsm_graph.kernel.text import plural

R = TypeVar("R")
_APART = {"counts", "header", "trailer", "left_out", "findings"}
"""Parts of a report that are told in other words than a row of the table."""
CHECKPOINTS = typer.Option(None, "--checkpoints", help="file of signed heads")


def backup(
    file: Path = typer.Argument(help="a new file; it is sensitive, and readable by you alone"),
    output: Output = OUTPUT,
) -> None:
    """Write everything into one file, as of one ledger entry, while others go on writing."""
    folder = data_folder()
    refuse_existing(file)  # before a server is started for it

    async def work(graph: Graph, told: Progress) -> BackupReport:
        return await make_backup(graph, file, pepper_mark=pepper_mark(folder), progress=told)

    report = _with_graph(work)
    for labels, count in report.left_out.items():
        note(f"left out: {plural(count, 'node')} with the labels {labels}, which are not ours")
    plain = {**asdict(report), "file": str(report.file)}
    _show(plain, output, f"{file}: the state after ledger entry {report.seq:,}")
    note(f"keep {folder / 'pepper'} beside it, apart: API tokens are checked with it")


def restore(
    file: Path = typer.Argument(help="what `fitsm-graph backup` wrote"),
    output: Output = OUTPUT,
) -> None:
    """Bring a backup into an empty database; killed half-way, the same command goes on."""
    folder = data_folder()
    inspect(file)  # before a server is started for it

    async def work(graph: Graph, told: Progress) -> RestoreReport:
        return await bring_back(graph, file, progress=told)

    report = _with_graph(work)
    # A saved topology is of what was here before, and its numbers of entries mean other things.
    (folder / TOPOLOGY).unlink(missing_ok=True)
    _show(asdict(report), output, f"restored: the ledger stands at entry {report.seq:,} and holds")
    if report.pepper_mark and report.pepper_mark != pepper_mark(folder):
        note(f"API tokens will be refused: {folder / 'pepper'} is not the one they were made with")
        note("   do: put that file back, or make new tokens with `fitsm-graph token create`")


def verify(
    file: Path = typer.Argument(help="what `fitsm-graph backup` wrote"),
    quick: bool = typer.Option(False, "--quick", help="digests and counts of the file only"),
    checkpoints: Path | None = CHECKPOINTS,
    output: Output = OUTPUT,
) -> None:
    """Try a backup: restore it into a server of its own, and verify the whole ledger there."""
    contents = inspect(file)  # before a server is started for it
    if quick:
        _show({**contents.trailer, "header": contents.header}, output, f"{file} is undamaged")
        return
    keys = verification.trusted_keys(data_folder() / "signing-key.pem")
    points = verification.read_checkpoints(checkpoints, keys) if checkpoints else []
    with _progress() as told, scratch_server(LocalSettings.from_env(), told) as endpoint:

        async def work(graph: Graph, told: Progress) -> tuple[RestoreReport, Any]:
            report = await bring_back(graph, file, progress=told)
            told("undoing every entry", 0, 1)
            return report, await verification.full(graph, points)

        report, verdict = loop.run(_opened(endpoint, work, told))
    findings = [{"seq": each.seq, "what": each.what} for each in verdict.findings]
    _show({**asdict(report), "holds": verdict.holds, "findings": findings}, output, "")
    for each in findings:
        note(f"entry {each['seq']}: {each['what']}")
    note(f"{verdict.entries:,} entries, the backup {'holds' if verdict.holds else 'is BROKEN'}")
    if not verdict.holds:
        raise typer.Exit(1)


def pepper_mark(folder: Path) -> str:
    """A fingerprint of the pepper that tells nothing of it; empty where there is none."""
    path = folder / "pepper"
    if not path.is_file():
        return ""
    return hashlib.sha256(b"fitsm-graph pepper" + path.read_bytes()).hexdigest()[:16]


# --- within -------------------------------------------------------------------------------------


def _with_graph(work: Callable[[Graph, Progress], Awaitable[R]]) -> R:
    """Use the Neo4j in use as it is: no migration, no default types."""
    with _progress() as told, backend(LocalSettings.from_env(), told) as chosen:
        return loop.run(_opened(chosen.endpoint, work, told))


async def _opened(
    endpoint: Endpoint, work: Callable[[Graph, Progress], Awaitable[R]], told: Progress
) -> R:
    graph = Graph(endpoint)
    try:
        return await work(graph, told)
    finally:
        await graph.close()


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar for each step on a terminal; else a line for each step."""
    steps: dict[str, Any] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, TimeElapsedColumn(), console=aside, disable=not aside.is_terminal) as bar:

        def told(step: str, done: int, total: int) -> None:
            if step not in steps:
                steps[step] = bar.add_task(step, total=max(total, 1))
                if not aside.is_terminal:
                    note(f"{step} …")
            bar.update(steps[step], completed=done, total=max(total, 1))

        yield told


def _show(report: dict[str, Any], output: Output, title: str) -> None:
    if output is Output.JSON:
        show_json(report)
        return
    rows = [(name, _words(value)) for name, value in report.items() if name not in _APART and value]
    rows += [(kind, f"{count:,}") for kind, count in report["counts"].items()]
    show_table(("what", "is"), rows, title)


def _words(value: Any) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
