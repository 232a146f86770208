"""`fitsm-graph impact` and `what-if`: the blast radius, from the graph or from a file of cases."""

import sys
from pathlib import Path
from typing import Any

import typer

from fitsm_graph.cli.local import asked
from fitsm_graph.cli.output import OUTPUT, Output, note, show_json, show_table
from fitsm_graph.impact.cases import answer_stream
from fitsm_graph.kernel.errors import BadInput

PARTIAL = 7
DOCUMENT = """query Impact($scenario: ScenarioInput!, $asOf: DateTime) {
  whatIf(scenario: $scenario, asOf: $asOf) {
    version asOf completeness { complete affectedCount shownCount hiddenCount note }
    seeds { id key name kind type }
    services { element { id key name } before after criticality customers { name userCount } }
    affected { nodes { element { id key name kind type } before after hops margin } totalCount }
    exposed { nodes { element { id key name kind type } marginBefore marginAfter } totalCount }
    modellingErrors { element { id key name } state why }
    proofs { element { key } level requirement { id need total any }
             because { key } unfounded { key } text }
    confidence { level reasons } } }"""


def impact(
    elements: list[str] = typer.Argument(None, help="ids or keys that fail"),
    file: Path | None = typer.Option(None, "--file", help="cases, one JSON object a line"),
    as_of: str | None = typer.Option(None, "--as-of", help="as it was at this moment"),
    output: Output = OUTPUT,
) -> None:
    """Show what fails with some elements; or answer a file of cases without a database."""
    if file is not None:
        raise typer.Exit(_cases(file))
    if not elements:
        raise BadInput("nothing is said to fail", remedy="name elements, or give --file CASES")
    show_impact({"fail": elements}, as_of, output)


def what_if(
    fail: list[str] = typer.Option([], help="DOWN by itself"),
    degrade: list[str] = typer.Option([], help="DEGRADED by itself"),
    restore: list[str] = typer.Option([], help="UP by itself"),
    maintain: list[str] = typer.Option([], help="in maintenance"),
    remove: list[str] = typer.Option([], help="not there"),
    as_of: str | None = typer.Option(None, "--as-of", help="as it was at this moment"),
    output: Output = OUTPUT,
) -> None:
    """Compare a scenario with the baseline; nothing is written."""
    given = {
        "fail": fail,
        "degrade": degrade,
        "restore": restore,
        "maintain": maintain,
        "remove": remove,
    }
    show_impact({name: refs for name, refs in given.items() if refs}, as_of, output)


def show_impact(scenario: dict[str, list[str]], as_of: str | None, output: Output) -> None:
    """Ask for an impact answer and show it."""
    answer = asked(DOCUMENT, {"scenario": scenario, "asOf": as_of})["whatIf"]
    if output is Output.JSON:
        show_json(answer)
    else:
        show_answer(answer)


def show_answer(answer: dict[str, Any]) -> None:
    """Show an impact answer as tables: services first, then elements, then why."""
    note(f"{answer['completeness']['note']} · as of ledger entry {answer['version']}")
    services = answer["services"]
    show_table(
        ("service", "name", "before", "after", "customers"),
        (
            (
                each["element"]["key"],
                each["element"]["name"],
                each["before"],
                each["after"],
                ", ".join(customer["name"] for customer in each["customers"]),
            )
            for each in services
        ),
        f"{len(services)} services",
    )
    nodes = answer["affected"]["nodes"]
    show_table(
        ("element", "name", "type", "before", "after", "hops"),
        (
            (
                row["element"]["key"],
                row["element"]["name"],
                row["element"]["type"] or row["element"]["kind"],
                row["before"],
                row["after"],
                row["hops"],
            )
            for row in nodes[:40]
        ),
        f"{answer['affected']['totalCount']} affected, the nearest 40",
    )
    keys = {each["element"]["key"] for each in services}
    for step in answer["proofs"]:
        if step["element"]["key"] in keys:
            note("  " + step["text"])


def _cases(file: Path) -> int:
    """Answer every case of a file; 0, or 7 when a line is wrong."""
    fine = True
    with file.open(encoding="utf-8-sig", newline="\n") as lines:
        for text, good in answer_stream(lines):
            sys.stdout.write(text + "\n")
            fine = fine and good
    return 0 if fine else PARTIAL
