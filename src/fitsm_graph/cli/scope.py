"""`fitsm-graph scope`: what configuration management covers, and what it does not (PR11.1)."""

from importlib import import_module
from typing import Any

import typer

from fitsm_graph.cli.output import note
from fitsm_graph.cli.saying import CHANGES
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.cli.verbs import CHANGE, DRY_RUN, REASON

app = typer.Typer(no_args_is_help=True)
FIELDS = ("key", "name", "statement", "ci_types", "excluded_ci_types")


@app.command("show")
def show_scopes(output: Form = FORM) -> None:
    """Show the scopes in force; with none, every CI type is covered.

    Examples:
      fsg scope show
    """
    types = import_module("fitsm_graph.confm.types")
    _, scopes = _here(lambda product: types.from_graph(product.graph))
    if not scopes:
        note("no scope is defined: every CI type is covered")
    items = [{name: each.get(name) for name in FIELDS} for each in scopes]
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
) -> None:
    """Say what configuration management covers, or change what it covers (PR11.1).

    Examples:
      fsg scope define Production --statement "Both campuses" --type Equipment
    """
    types = import_module("fitsm_graph.confm.types")
    verb = import_module("fitsm_graph.graph.verb")
    request = verb.Request(actor="system", via="cli", reason=reason, change=change, dry_run=dry_run)

    async def work(product: Any) -> Any:
        return await product.graph.write(
            types.define_scope, request, product.registry, name, statement, include, exclude
        )

    outcome = _here(work)
    if dry_run:
        note("it would change" if outcome.changes else "nothing would change")
        raise typer.Exit(CHANGES if outcome.changes else 0)
    note(f"defined · ledger entry {outcome.seq}" if outcome.seq else "nothing had to change")


def _here(work: Any) -> Any:
    return import_module("fitsm_graph.cli.local").with_product(work)
