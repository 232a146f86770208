"""`fitsm-graph sync runs|show|abort|approve|revert`: what is going on, and what became of it."""

from collections.abc import Iterable, Mapping
from typing import Any

import typer

from fitsm_graph.cli.asking import act, ask, ask_all
from fitsm_graph.cli.choices import sure
from fitsm_graph.cli.output import note
from fitsm_graph.cli.saying import CHANGES
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.cli.verbs import CHANGE, DRY_RUN, REASON
from fitsm_graph.kernel.errors import NotFound
from fitsm_graph.kernel.text import plural

COLUMNS = ("run", "mode", "status", "actor", "begunAt", "endedAt", "leaseUntil", "counts")
RUN = typer.Argument(metavar="RUN", help="source/scope/number")
SOURCE = typer.Option("", "--source", help="of this source only")
SCOPE = typer.Option("default", "--scope", help="part of the source")
MOST = typer.Option(50, "--most", min=1, max=10_000, help="how many")
YES = typer.Option(False, "--yes", "-y", help="do not ask")


def add_to(app: typer.Typer) -> None:
    """Add the commands to a group."""
    app.command("runs")(runs)
    app.command("show")(show_run)
    app.command()(abort)
    app.command()(approve)
    app.command()(revert)


def runs(source: str = SOURCE, scope: str = SCOPE, most: int = MOST, output: Form = FORM) -> None:
    """List runs, the latest first, with how far they are.

    Examples:
      fsg sync runs
      fsg sync runs --source netbox -o json
    """
    where = {"source": source or None, "scope": scope}
    rows, total = ask_all("SyncRuns", "syncRuns", most, **where)
    sheet = [[_cell(row, name) for name in COLUMNS] for row in rows]
    show(output, rows, rows, Sheet(COLUMNS, sheet))
    if total > len(rows):
        note(f"{len(rows)} of {total}; --most shows more")


def _cell(row: Mapping[str, Any], name: str) -> Any:
    if name != "counts":
        return row[name]
    return " ".join(f"{word}={count}" for word, count in row["counts"].items())


def show_run(run: str = RUN, output: Form = FORM) -> None:
    """Show one run: how far it is, what it did, what it is held for.

    Examples:
      fsg sync show netbox/default/12 -o json
    """
    found = ask("SyncRun", run=run)["syncRun"]
    if found is None:
        raise NotFound(f"there is no run '{run}'", remedy="`fsg sync runs` lists them")
    rows = [(name, value) for name, value in found.items() if name != "summary"]
    show(output, found, [found], Sheet(("what", "value"), rows))


def abort(run: str = RUN, yes: bool = YES) -> None:
    """Break a run off: what it wrote stays, nothing vanishes, its client is out.

    Examples:
      fsg sync abort netbox/default/12
    """
    sure(f"Break {run} off?", yes=yes)
    payload = _done("AbortSyncRun", {"run": run})
    note(f"aborted {payload['run']}")


def approve(
    run: str = RUN,
    hold: str = typer.Argument(metavar="HOLD", help="what the run is held for, as it was told"),
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    change: str = CHANGE,
) -> None:
    """Let a held run propose to retire what it found missing (PR11.4).

    Examples:
      fsg sync approve netbox/default/12 4be1a0c2f3d490ab --reason "hall 2 was cleared"
    """
    input = {"run": run, "hold": hold, **_why(reason, change)}
    payload = act("ApproveSyncRun", input, dry_run=dry_run, key="")
    count = plural(payload["answer"]["proposed"], "retirement")
    note(f"{count} would be proposed" if dry_run else f"{count} proposed")
    raise typer.Exit(CHANGES if dry_run and payload["answer"]["proposed"] else 0)


def revert(
    run: str = RUN,
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    change: str = CHANGE,
    yes: bool = YES,
    output: Form = FORM,
) -> None:
    """Undo what a run did to elements and relations (PR11.4).

    Refused where others changed the same since. A dry run that would undo
    something ends with 10.

    Examples:
      fsg sync revert netbox/default/12 --dry-run
      fsg sync revert netbox/default/12 --reason "wrong export"
    """
    if not dry_run:
        sure(f"Undo what {run} did?", yes=yes)
    input = {"run": run, **_why(reason, change)}
    payload = act("RevertSyncRun", input, dry_run=dry_run, key="")
    answer = payload["answer"]
    show(output, answer, answer["changes"], Sheet(_REVERTED, _lines(answer["changes"])))
    entries = plural(answer["entries"], "entry", "entries")
    note(f"{entries} would be undone" if dry_run else f"{entries} undone by {answer['by']}")
    raise typer.Exit(CHANGES if dry_run and answer["entries"] else 0)


_REVERTED = ("undoes", "key", "what", "field", "now", "then")


def _lines(changes: Iterable[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for each in changes:
        head = (each["undoes"], each["key"], each["what"])
        rows += [(*head, one["name"], one["now"], one["then"]) for one in each["fields"]]
        if not each["fields"]:
            rows.append((*head, each["detail"], None, None))
    return rows


def _why(reason: str, change: str) -> dict[str, str]:
    return {name: text for name, text in (("reason", reason), ("change", change)) if text}


def _done(name: str, variables: Mapping[str, Any]) -> Any:
    return act(name, variables, dry_run=False, key="")
