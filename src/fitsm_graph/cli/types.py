"""`fitsm-graph types`: CI types and relationship types, from files into force (PR11.1)."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from fitsm_graph.cli.choices import sure
from fitsm_graph.cli.output import note
from fitsm_graph.cli.saying import CHANGES
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.kernel.errors import BadInput, Refused
from fitsm_graph.kernel.text import plural

app = typer.Typer(no_args_is_help=True)
FOLDER = typer.Argument(
    metavar="FOLDER", help="with ci_types/*.yaml and relationship_types/*.yaml, or one of them"
)
SHOWN = 20
"""CIs that would not conform, shown as a table; all of them are in the other forms."""


@app.command("list")
def list_types(
    relationships: bool = typer.Option(False, "--relationships", help="relationship types"),
    output: Form = FORM,
) -> None:
    """List the types in force.

    Examples:
      fsg types list
      fsg types list --relationships -o csv
    """
    registry, _ = _in_force()
    documents = registry.to_documents()
    if relationships:
        found = documents["relationship_types"]
        heads: tuple[str, ...] = ("name", "sources", "targets", "dependency", "strength", "doc")
    else:
        found = documents["ci_types"]
        heads = ("name", "extends", "abstract", "tag", "doc")
    items = [{"name": name, **each} for name, each in found.items()]
    rows = [[each.get(head) for head in heads] for each in items]
    show(output, items, items, Sheet(heads, rows))


@app.command("show")
def show_type(
    name: str = typer.Argument(metavar="TYPE", help="CI type or relationship type"),
    output: Form = FORM,
) -> None:
    """Show a type: what it declares, inherited attributes and ends spread out.

    Examples:
      fsg types show Server
      fsg types show DEPENDS_ON -o json
    """
    registry, _ = _in_force()
    if name in registry.relationship_types:
        declared = registry.to_documents()["relationship_types"][name]
        sources, targets = registry.ends(name)
        whole = {
            "name": name,
            **declared,
            "allowed_sources": sorted(sources),
            "allowed_targets": sorted(targets),
        }
        rows = [("name", name), *declared.items()]  # ends spread out are long: JSON has them
        show(output, whole, [whole], Sheet(("field", "value"), rows, name))
        return
    registry.ci_type(name)
    declared = registry.to_documents()["ci_types"][name]
    own = {**declared, "lineage": list(registry.lineage(name))}
    own.pop("attributes", None)
    attributes = [_attribute(each) for each in registry.attributes(name).values()]
    whole = {"name": name, **own, "attributes": attributes}
    rows = [[each.get(head) for head in _ATTRIBUTE] for each in attributes]
    sheets = (
        Sheet(("field", "value"), list(own.items()), name),
        Sheet(_ATTRIBUTE, rows, "attributes"),
    )
    show(output, whole, [whole], *sheets)


@app.command()
def check(folder: Path = FOLDER) -> None:
    """Check the files of a folder against one another, without a database.

    Examples:
      fsg types check schema
    """
    registry = _read(folder).registry()
    note(
        f"{plural(len(registry.ci_types), 'CI type')} and "
        f"{plural(len(registry.relationship_types), 'relationship type')} agree"
    )


@app.command()
def apply(
    folder: Path = FOLDER,
    plan: bool = typer.Option(False, "--plan", "--dry-run", help="tell, and write nothing"),
    prune: bool = typer.Option(False, "--prune", help="types that the files lack go"),
    accept: bool = typer.Option(False, "--accept-breaks", help="CIs may no longer conform"),
    yes: bool = typer.Option(False, "--yes", "-y", help="do not ask"),
    reason: str = typer.Option("", "--reason", help="why, for the ledger"),
    change: str = typer.Option("", "--change", help="key of the change it is under"),
    output: Form = FORM,
) -> None:
    """Bring the types of a folder into force; first what changes is told, and whom it concerns.

    Types that the files do not name stay, unless --prune. Refused while CIs
    would no longer conform, unless --accept-breaks. A plan with changes
    ends with 10.

    Examples:
      fsg types apply schema --plan
      fsg types apply schema --yes --change CHG-000042
    """
    definitions = _read(folder)
    plans = import_module("fitsm_graph.cli.type_plan")
    made = _here(lambda product: plans.planned(product, definitions, prune=prune))
    _show_plan(made.changes, made.unfit, output)
    if plan or not made.changes:
        note("nothing was written" if made.changes else "all of it is in force already")
        raise typer.Exit(CHANGES if made.changes else 0)
    if made.unfit and not accept:
        raise Refused(
            f"{plural(len(made.unfit), 'element')} would no longer conform",
            code="WOULD_NOT_CONFORM",
            why=f"the first: {made.unfit[0]['key']}: {made.unfit[0]['why']}",
            remedy="mend them first, or give --accept-breaks",
            requirement="PR11.1",
        )
    sure(f"Bring {plural(len(made.changes), 'change')} into force?", yes=yes)
    outcome = _here(
        lambda product: plans.applied(
            product, definitions, made.version, prune=prune, reason=reason, change=change
        )
    )
    note(f"in force · ledger entry {outcome.seq}" if outcome.seq else "nothing had to change")


_ATTRIBUTE = ("name", "kind", "unit", "required", "unique", "values", "doc")


def _attribute(declared: Any) -> dict[str, Any]:
    return {name: getattr(declared, name) or None for name in _ATTRIBUTE}


def _show_plan(
    changes: Sequence[Mapping[str, Any]], unfit: Sequence[Mapping[str, Any]], output: Form
) -> None:
    """Show what changes, then who would not conform."""
    rows = [(each["path"], each["what"], each["types"], each["breaks"]) for each in changes]
    shown = [(each["key"], each["type"], each["why"]) for each in unfit[:SHOWN]]
    sheets = [Sheet(("what", "how", "types", "may break"), rows, plural(len(rows), "change"))]
    if unfit:
        title = f"{plural(len(unfit), 'element')} would no longer conform"
        sheets.append(Sheet(("key", "type", "why"), shown, title))
    value = {"changes": list(changes), "wouldNotConform": list(unfit)}
    show(output, value, [*changes, *unfit], *sheets)


def _read(folder: Path) -> Any:
    if not any((folder / part).is_dir() for part in ("ci_types", "relationship_types")):
        raise BadInput(
            f"{folder} has no types",
            why="it has neither a folder ci_types nor relationship_types",
            remedy="name the folder above them, such as schema",
        )
    return import_module("fitsm_graph.confm.types").from_files(folder)


def _in_force() -> Any:
    """The registry and the scopes in force."""
    types = import_module("fitsm_graph.confm.types")
    return _here(lambda product: types.from_graph(product.graph))


def _here(work: Any) -> Any:
    return import_module("fitsm_graph.cli.local").with_product(work)
