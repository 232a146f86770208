"""`fitsm-graph conformity`: what each requirement finds in the records (PR14.1)."""

from typing import Any

import typer

from fitsm_graph.cli.asking import ask
from fitsm_graph.cli.output import emit, note
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show

GATE_FAILED = 20
HEADS = ("requirement", "verdict", "checked", "conforming", "title")


def conformity(
    requirement: str = typer.Argument("", metavar="[REQUIREMENT]", help="such as PR12.4 or PR12"),
    since: str = typer.Option("", "--from", help="beginning, RFC 3339; 90 days ago when left out"),
    until: str = typer.Option("", "--to", help="end, not included; now when left out"),
    first: int = typer.Option(20, "--first", help="violations that are told of each"),
    gate: bool = typer.Option(
        False, "--gate", help="exit with 20 where something does not conform"
    ),
    output: Form = FORM,
) -> None:
    """Show what requirements find in the records: what was checked, what conforms, and what not.

    Examples:
      fsg conformity
      fsg conformity PR12.4 --from 2026-10-01T00:00Z -o json
      fsg conformity PR9 --gate
    """
    given = {"since": since or None, "until": until or None}
    found = ask("Conformity", requirement=requirement, first=first, **given)["conformity"]
    rows = [[each[name] for name in HEADS] for each in found["findings"]]
    show(
        output, found, found["findings"], Sheet(HEADS, rows, f"{found['since']} – {found['until']}")
    )
    if output is Form.TABLE:
        _tell(found)
    if gate and any(each["verdict"] == "nonconforming" for each in found["findings"]):
        raise typer.Exit(GATE_FAILED)


def _tell(found: dict[str, Any]) -> None:
    for each in found["findings"]:
        for one in each["violations"]:
            emit(f"{each['requirement']}  {one['key']}  {one['why']}\n")
    for each in found["capabilities"]:
        note(f"{each['process']}: level {each['level']} by estimate, as {each['why']}")
