"""`fitsm-graph conformity`: what each requirement finds in the records (PR14.1)."""

from enum import StrEnum
from typing import Any

import typer

from fitsm_graph.cli.asking import act, ask
from fitsm_graph.cli.output import emit, note
from fitsm_graph.cli.saying import GATE_FAILED
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show

ALL = 1_000
"""Violations that are looked at where each check is to be seen."""


class By(StrEnum):
    """How long the periods of a trend are."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


HEADS = ("requirement", "verdict", "checked", "conforming", "title")


def conformity(
    requirement: str = typer.Argument("", metavar="[REQUIREMENT]", help="such as PR12.4 or PR12"),
    since: str = typer.Option("", "--from", help="beginning, RFC 3339; 90 days ago when left out"),
    until: str = typer.Option("", "--to", help="end, not included; now when left out"),
    first: int = typer.Option(20, "--first", help="violations that are told of each"),
    gate: bool = typer.Option(
        False, "--gate", help="exit with 20 where something does not conform"
    ),
    by: By | None = typer.Option(
        None, "--by", help="the share of each requirement, one period after another"
    ),
    suggest: bool = typer.Option(
        False, "--suggest", help="make suggestions for improvement of what does not conform"
    ),
    output: Form = FORM,
) -> None:
    """Show what requirements find in the records: what was checked, what conforms, and what not.

    Examples:
      fsg conformity
      fsg conformity PR12.4 --from 2026-10-01T00:00Z -o json
      fsg conformity PR9 --gate
      fsg conformity PR9 --by month --from 2026-01-01T00:00Z
      fsg conformity --suggest
    """
    given = {"since": since or None, "until": until or None}
    if by is not None:
        _trend(requirement, given, by, output)
        return
    most = ALL if suggest else first
    found = ask("Conformity", requirement=requirement, first=most, **given)["conformity"]
    rows = [[each[name] for name in HEADS] for each in found["findings"]]
    show(
        output, found, found["findings"], Sheet(HEADS, rows, f"{found['since']} – {found['until']}")
    )
    if output is Form.TABLE:
        _tell(found)
    if suggest:
        _suggest(found)
    if gate and any(each["verdict"] == "nonconforming" for each in found["findings"]):
        raise typer.Exit(GATE_FAILED)


def _tell(found: dict[str, Any]) -> None:
    for each in found["findings"]:
        for one in each["violations"]:
            emit(f"{each['requirement']}  {one['key']}  {one['why']}\n")
    for each in found["capabilities"]:
        note(f"{each['process']}: level {each['level']} by estimate, as {each['why']}")


def _trend(requirement: str, given: dict[str, Any], by: By, output: Form) -> None:
    """The shares of each requirement in one period after another, a column for each."""
    asked = {**given, "by": by.upper()}
    found = ask("ConformityTrend", requirement=requirement, **asked)["conformityTrend"]
    heads = ("requirement", *(each["since"][:10] for each in found))
    names = [each["requirement"] for each in found[0]["shares"]]
    rows = [[name, *(_cell(each["shares"][n]) for each in found)] for n, name in enumerate(names)]
    plain = [
        {"since": each["since"], "until": each["until"], **share}
        for each in found
        for share in each["shares"]
    ]
    show(output, found, plain, Sheet(heads, rows, f"by {by}"))


def _cell(share: dict[str, Any]) -> str:
    """A share in hundredths with what it is of; nothing where nothing was checked."""
    if share["share"] is None:
        return ""
    return f"{share['share']:.0%} of {share['checked']}"


def _suggest(found: dict[str, Any]) -> None:
    """A suggestion for each check that records fail; the same again is counted."""
    failed = {
        (each["requirement"], one["indicator"])
        for each in found["findings"]
        for one in each["violations"]
    }
    for requirement, indicator in sorted(failed):
        input = {"nonconforming": requirement, "indicator": indicator, "since": found["since"]}
        made = act("SuggestFromConformity", input, dry_run=False, key="")["suggestion"]
        note(f"{made['key']} {made['title']}, seen {made['timesSeen']} times")
