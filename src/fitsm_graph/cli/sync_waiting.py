"""`fitsm-graph sync proposals|keep|retire|parked`: what waits for a person."""

from typing import Any

import orjson
import typer

from fitsm_graph.cli.asking import act, ask_all
from fitsm_graph.cli.choices import sure
from fitsm_graph.cli.output import note
from fitsm_graph.cli.saying import CHANGES
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.cli.sync_runs import MOST, SCOPE, SOURCE, YES
from fitsm_graph.cli.verbs import CHANGE, DRY_RUN, KEY, REASON
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import plural

COLUMNS = ("key", "elementKey", "elementType", "status", "affected", "services", "run", "reason")
PROPOSAL = typer.Argument(metavar="PROPOSAL", help="key, such as RTP-000001")


def add_to(app: typer.Typer) -> None:
    """Add the commands to a group."""
    app.command()(proposals)
    app.command()(retire)
    app.command()(keep)
    app.command()(parked)


def proposals(
    status: str = typer.Option(
        "proposed", "--status", help="or approved, dismissed, withdrawn; any"
    ),
    source: str = SOURCE,
    scope: str = SCOPE,
    most: int = MOST,
    output: Form = FORM,
) -> None:
    """List what sources no longer have, with the services that would be worse off.

    Examples:
      fsg sync proposals
      fsg sync proposals --status any --source netbox -o json
    """
    where = {
        "source": source or None,
        "scope": scope,
        "status": None if status == "any" else status,
    }
    rows, total = ask_all("RetirementProposals", "retirementProposals", most, **where)
    show(output, rows, rows, Sheet(COLUMNS, [[row[name] for name in COLUMNS] for row in rows]))
    _count(rows, total)


def retire(
    proposal: str = PROPOSAL,
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    change: str = CHANGE,
    key: str = KEY,
    yes: bool = YES,
) -> None:
    """Retire the element of a proposal; refused while something live needs it (PR11.4).

    Examples:
      fsg sync retire RTP-000001 --change CHG-000042
    """
    if not dry_run:
        sure(f"Retire the element of {proposal}?", yes=yes)
    input = {"proposal": proposal, **({"reason": reason} if reason else {})}
    input |= {"change": change} if change else {}
    payload = act("ApproveRetirement", input, dry_run=dry_run, key=key)
    element = payload["proposal"]["elementKey"]
    note(
        f"{element} would be retired" if dry_run else f"{element} retired · entry {payload['seq']}"
    )
    raise typer.Exit(CHANGES if dry_run else 0)


def keep(
    proposal: str = PROPOSAL,
    reason: str = typer.Option(..., "--reason", help="why it stays"),
    dry_run: bool = DRY_RUN,
    key: str = KEY,
) -> None:
    """Keep the element of a proposal, for a reason (PR11.4).

    Examples:
      fsg sync keep RTP-000001 --reason "in repair until May"
    """
    input = {"proposal": proposal, "reason": reason}
    payload = act("DismissRetirement", input, dry_run=dry_run, key=key)
    element = payload["proposal"]["elementKey"]
    note(f"{element} would be kept" if dry_run else f"{element} is kept · entry {payload['seq']}")
    raise typer.Exit(CHANGES if dry_run else 0)


def parked(
    source: str = SOURCE,
    scope: str = SCOPE,
    clear: bool = typer.Option(False, "--clear", help="forget them; needs --source"),
    records: bool = typer.Option(False, "--records", help="the records alone, as NDJSON to mend"),
    most: int = MOST,
    yes: bool = YES,
    output: Form = FORM,
) -> None:
    """List rows that could not go in, with all that is wrong with each.

    Examples:
      fsg sync parked
      fsg sync parked --source cmdb --records > to-mend.ndjson
    """
    if clear and not source:
        raise BadInput("no source is named", remedy="give --source", path=("--source",))
    rows, total = ask_all("ParkedRows", "parkedRows", most, source=source or None, scope=scope)
    if clear:
        sure(f"Forget {plural(len(rows), 'parked row')}?", yes=yes)
        input = {"source": source, "scope": scope, "ids": [row["id"] for row in rows]}
        payload = act("ClearParkedRows", input, dry_run=False, key="")
        note(f"{plural(payload['answer']['cleared'], 'row')} forgotten")
    elif records:
        _show_records(rows)
    else:
        heads = ("scope", "place", "key", "code", "message", "do")
        show(output, rows, rows, Sheet(heads, [line for row in rows for line in _lines(row)]))
    _count(rows, total)


def _show_records(rows: list[Any]) -> None:
    kept = [row["record"] for row in rows if row["record"] is not None]
    for record in kept:
        typer.echo(orjson.dumps(record).decode())
    if len(kept) < len(rows):
        note(f"{plural(len(rows) - len(kept), 'row')} could not be read, and are not kept")


def _lines(row: Any) -> list[tuple[Any, ...]]:
    head = (row["scope"], row["place"], row["key"])
    return [(*head, each["code"], each["message"], each["remedy"]) for each in row["problems"]]


def _count(rows: list[Any], total: int) -> None:
    if total > len(rows):
        note(f"{len(rows)} of {total}; --most shows more")
