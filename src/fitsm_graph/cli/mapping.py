"""`fitsm-graph map`: formats of sources, described in mappings; list, lint and try them."""

from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson
import typer

from fitsm_graph.cli.output import emit, note, tell
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.cli.values import unreadable
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import plural

app = typer.Typer(no_args_is_help=True)
PARTIAL, FAILED = 7, 20
_COLUMNS = ("name", "mode", "doc")


@app.command("list")
def list_formats(output: Form = FORM) -> None:
    """List the formats that sync knows, with the mode of a run of each.

    Examples:
      fsg map list
    """
    detect = import_module("fitsm_graph.discovery.detect")
    items = [{"name": name, "mode": mode, "doc": doc} for name, doc, mode in detect.list_formats()]
    rows = [[each[column] for column in _COLUMNS] for each in items]
    show(output, items, items, Sheet(_COLUMNS, rows))


@app.command()
def lint(
    files: list[Path] = typer.Argument(
        None, metavar="[FILE]...", help="mapping files; all that are known when left out"
    ),
) -> None:
    """Check mappings against the types that come with the product; every fault with its line.

    Examples:
      fsg map lint my-inventory.yaml
    """
    problems = [problem for made in _mappings(files) for problem in _linted(made)]
    if problems:
        raise BadInput.of(problems)
    note("nothing to mend")


@app.command()
def reference() -> None:
    """Print the reference page of all formats, filters and fields.

    Examples:
      fsg map reference > docs/reference/formats.md
    """
    catalogue = import_module("fitsm_graph.discovery.mapping.catalogue")
    page = import_module("fitsm_graph.discovery.mapping.reference").formats_page
    emit(page(catalogue.all_mappings()))


@app.command("test")
def try_out(
    sample: Path = typer.Argument(help="a file of a source"),
    format: str = typer.Option("auto", help="auto, a format by name, or a mapping file"),
    scope: str = typer.Option("default", help="part of the source"),
    expect: list[str] = typer.Option([], "--expect", help="TYPE=COUNT; repeatable"),
    output: Form = FORM,
) -> None:
    """Show what a mapping makes of a file; nothing is written anywhere.

    Ends with 7 if a row could not be understood, with 20 if an expected
    count differs.

    Examples:
      fsg map test pods.yaml --scope production
      fsg map test export.csv --format my-inventory.yaml --expect Server=12 -o ndjson
    """
    records, problems, name = _seen(sample, format, scope)
    counts = Counter(each["type"] for each in records)
    relations = Counter(one["type"] for each in records for one in each.get("relations", []))
    notices = import_module("fitsm_graph.confm.sync_report").NOTICES
    for problem in problems:
        tell(problem, notice=problem.code in notices)
    note(f"{name}: {plural(len(records), 'element')}, {plural(relations.total(), 'relation')}")
    rows = [("element", *each) for each in sorted(counts.items())]
    rows += [("relation", *each) for each in sorted(relations.items())]
    show(output, records, records, Sheet(("what", "type", "count"), rows))
    _check(expect, counts + relations)
    if any(each.code not in notices for each in problems):
        raise typer.Exit(PARTIAL)


def _check(expected: list[str], counts: Counter[str]) -> None:
    """End with 20 if any expected count differs."""
    wrong = []
    for each in expected:
        type_name, sign, count = each.partition("=")
        if not sign or not count.isdigit():
            raise BadInput(f"'{each}' is no expectation", remedy="write TYPE=COUNT")
        if counts[type_name] != int(count):
            wrong.append(f"{type_name}: {counts[type_name]} instead of {count}")
    if wrong:
        note("; ".join(wrong))
        raise typer.Exit(FAILED)


def _mappings(files: list[Path] | None) -> list[Any]:
    catalogue = import_module("fitsm_graph.discovery.mapping.catalogue")
    if files:
        return [catalogue.load_file(each) for each in files]
    return list(catalogue.all_mappings().values())


def _linted(mapping: Any) -> list[Any]:
    lint_of = import_module("fitsm_graph.discovery.mapping.lint").lint
    registry = import_module("fitsm_graph.confm.types").default_registry()
    problems: list[Any] = lint_of(mapping, registry)
    return problems


def _seen(sample: Path, format: str, scope: str) -> tuple[list[Any], list[Any], str]:
    """What a file gives: records, problems, and the name of its format."""
    detect = import_module("fitsm_graph.discovery.detect")
    given = import_module("fitsm_graph.discovery.mapping").Given.of(scope, sample.name)
    to_ndjson = import_module("fitsm_graph.discovery.demo.ndjson").to_ndjson
    observation = import_module("fitsm_graph.model.observation").Observation
    try:
        with sample.open("rb") as stream:
            chosen, content = detect.open_format(stream, format, given)
            seen = list(chosen.read(content))
    except OSError as error:
        raise unreadable(str(sample), error) from error
    observed = [each for each in seen if isinstance(each, observation)]
    records = [orjson.loads(line) for line in to_ndjson(observed)]
    return records, [each for each in seen if not isinstance(each, observation)], chosen.name
