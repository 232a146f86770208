"""`fitsm-graph types`: CI types and relationship types, from files into force (PR11.1)."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from fitsm_graph.cli.asking import act, ask
from fitsm_graph.cli.choices import sure
from fitsm_graph.cli.output import note
from fitsm_graph.cli.saying import CHANGES
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.cli.verbs import CHANGE, KEY, REASON
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused
from fitsm_graph.kernel.text import plural, upper_snake

app = typer.Typer(no_args_is_help=True)
FOLDER = typer.Argument(
    metavar="FOLDER", help="with ci_types/*.yaml and relationship_types/*.yaml, or one of them"
)
SHOWN = 20
"""Elements that would not conform, on a table; all of them are in the other forms."""


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
    found = ask("ListTypes")["relationshipTypes" if relationships else "ciTypes"]
    heads = ("name", "extends", "abstract", "tag", "doc")
    if relationships:
        heads = ("name", "sources", "targets", "dependency", "doc")
    show(output, found, found, Sheet(heads, [[each[head] for head in heads] for each in found]))


@app.command("show")
def show_type(
    name: str = typer.Argument(metavar="TYPE", help="CI type or relationship type"),
    output: Form = FORM,
) -> None:
    """Show a type: what it declares, and a CI type's attributes with those it inherits.

    Examples:
      fsg types show Server
      fsg types show DEPENDS_ON -o json
    """
    if upper_snake(name):
        found = ask("ShowRelationshipType", name=name)["relationshipTypes"]
    else:
        found = ask("ShowCIType", name=name)["ciTypes"]
    if not found:
        raise NotFound(f"there is no type '{name}'", remedy="fitsm-graph types list")
    whole = found[0]
    attributes = whole.get("attributes", [])
    fields = {**(whole.get("definition") or {}), **whole}
    rows = [
        (name, value)
        for name, value in fields.items()
        if name not in {"attributes", "definition", "__typename"} and value not in (None, "", [])
    ]
    sheets = [Sheet(("field", "value"), rows, name)]
    if attributes:
        heads = ("name", "kind", "unit", "required", "unique", "values", "doc")
        table = [[each[head] or None for head in heads] for each in attributes]
        sheets.append(Sheet(heads, table, "attributes"))
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
    accept: bool = typer.Option(False, "--accept-breaks", help="elements may no longer conform"),
    migration: Path | None = typer.Option(
        None, "--migration", metavar="FILE", help="YAML: steps that CIs are brought along by"
    ),
    yes: bool = typer.Option(False, "--yes", "-y", help="do not ask"),
    reason: str = REASON,
    change: str = CHANGE,
    again: str = KEY,
    output: Form = FORM,
) -> None:
    """Bring the types of a folder into force; first what changes is told, and whom it concerns.

    Types that the files do not name stay, unless --prune. Refused while
    elements would no longer conform, unless --accept-breaks, or the steps of
    a migration mend them. A plan with changes ends with 10.

    Examples:
      fsg types apply schema --plan
      fsg types apply schema --migration memory.yaml --plan
      fsg types apply schema --yes --change CHG-000042
    """
    steps = _steps(migration)
    type_plan = import_module("fitsm_graph.cli.type_plan")
    made = type_plan.planned(_read(folder), prune=prune, steps=steps)
    _show_plan(made, output)
    if made.migrates:
        note(f"{plural(made.migrates, 'CI')} would be migrated")
    fresh = bool(made.changes or made.migrates)
    if plan or not fresh:
        note("nothing was written" if fresh else "all of it is in force already")
        raise typer.Exit(CHANGES if fresh else 0)
    if made.count and not accept:
        raise _would_not_conform(made)
    along = f", and {plural(made.migrates, 'CI')} along" if made.migrates else ""
    sure(f"Bring {plural(len(made.changes), 'change')}{along} into force?", yes=yes)
    # What was looked up here is looked up once more where it is written.
    input = {**made.input, "acceptBreaks": accept, "reason": reason, "change": change}
    done = act("DefineTypes", input, dry_run=False, key=again)
    if done["migrated"]:
        note(f"{plural(done['migrated'], 'CI')} migrated")
    note(f"in force · ledger entry {done['seq']}" if done["seq"] else "nothing had to change")


# --- within --------------------------------------------------------------------------------------


def _show_plan(made: Any, output: Form) -> None:
    """Show what changes, then who would not conform."""
    rows = [
        (each["path"], each["what"], _few(each["types"]), each["breaks"], each["unfitCount"] or "")
        for each in made.changes
    ]
    shown = [(each["key"], each["type"], each["why"]) for each in made.unfit[:SHOWN]]
    heads = ("what", "how", "types", "may break", "do not conform")
    sheets = [Sheet(heads, rows, plural(len(rows), "change"))]
    if made.unfit:
        title = f"{plural(made.count, 'element')} would no longer conform"
        sheets.append(Sheet(("key", "type", "why"), shown, title))
    value = {"changes": made.changes, "wouldNotConform": made.unfit}
    value |= {"unfitCount": made.count, "migrates": made.migrates, "complete": made.complete}
    show(output, value, [*made.changes, *made.unfit], *sheets)
    if not made.complete:
        note("there are more elements than were looked at: counts are of a part")


def _steps(file: Path | None) -> list[dict[str, Any]]:
    """Steps of a migration from a file, as the verb takes them."""
    if file is None:
        return []
    held = import_module("fitsm_graph.flow.documents").read_document(file).get("steps")
    if not isinstance(held, list) or not all(isinstance(each, dict) for each in held):
        raise BadInput(
            f"{file} has no steps",
            why="it is read as a list under `steps`",
            remedy="write `steps:`, and `- {kind: fill, type: …, attribute: …, value: …}` below it",
        )
    return [{**each, "kind": str(each.get("kind", "")).upper()} for each in held]


def _few(types: Sequence[str]) -> str:
    shown = ", ".join(types[:4])
    return shown if len(types) <= 4 else f"{shown} and {len(types) - 4} more"


def _would_not_conform(made: Any) -> Refused:
    return Refused(
        f"{plural(made.count, 'element')} would no longer conform",
        code="WOULD_NOT_CONFORM",
        why=f"the first: {made.unfit[0]['key']}: {made.unfit[0]['why']}",
        remedy="mend them first, by hand or by a --migration, or give --accept-breaks",
        requirement="PR11.1",
    )


def _read(folder: Path) -> Any:
    if not any((folder / part).is_dir() for part in ("ci_types", "relationship_types")):
        raise BadInput(
            f"{folder} has no types",
            why="it has neither a folder ci_types nor relationship_types",
            remedy="name the folder above them, such as schema",
        )
    return import_module("fitsm_graph.confm.types").from_files(folder)
