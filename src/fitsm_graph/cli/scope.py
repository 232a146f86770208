"""`fitsm-graph scope`: what configuration management covers, and what it does not (PR11.1)."""

import typer

from fitsm_graph.cli.asking import act, ask
from fitsm_graph.cli.output import note
from fitsm_graph.cli.saying import CHANGES
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.cli.verbs import CHANGE, DRY_RUN, KEY, REASON

app = typer.Typer(no_args_is_help=True)
FIELDS = ("key", "name", "statement", "ciTypes", "excludedCiTypes")


@app.command("show")
def show_scopes(output: Form = FORM) -> None:
    """Show the scopes in force; with none, every CI type is covered.

    Examples:
      fsg scope show
    """
    scopes = ask("ListScopes")["configurationScopes"]
    if not scopes:
        note("no scope is defined: every CI type is covered")
    items = [{name: each[name] for name in FIELDS} for each in scopes]
    show(output, items, items, Sheet(FIELDS, [list(each.values()) for each in items]))


@app.command()
def define(
    name: str = typer.Argument(metavar="NAME", help="of the scope; one that exists is changed"),
    statement: str = typer.Option(..., "--statement", help="what is covered, in words"),
    include: list[str] = typer.Option([], "--type", help="CI type that is covered; repeatable"),
    exclude: list[str] = typer.Option([], "--exclude", help="CI type that is not; repeatable"),
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    change: str = CHANGE,
    again: str = KEY,
) -> None:
    """Say what configuration management covers, or change what it covers (PR11.1).

    Examples:
      fsg scope define Production --statement "Both campuses" --type Equipment
    """
    said = {"name": name, "statement": statement, "reason": reason, "change": change}
    input = {**said, "ciTypes": include, "excludedCiTypes": exclude}
    done = act("DefineScope", input, dry_run=dry_run, key=again)
    if dry_run:
        note("it would change" if done["changes"] else "nothing would change")
        raise typer.Exit(CHANGES if done["changes"] else 0)
    note(f"defined · ledger entry {done['seq']}" if done["seq"] else "nothing had to change")
