"""`fitsm-graph change check`: whether a change may be begun now, as a gate (PR12.4)."""

from collections.abc import Iterator, Mapping
from typing import Any

import typer

from fitsm_graph.cli.asking import act, ask
from fitsm_graph.cli.output import note
from fitsm_graph.cli.saying import GATE_FAILED
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.kernel.errors import FitsmError, NotFound, Problem, Refused

WAITING = ("approved", "scheduled")
"""States in which it is seen whether it could be begun."""
UNDER_WAY = "implementing"


def check(
    key: str = typer.Argument(metavar="KEY", help="the change, such as CHG-000001"),
    max_risk: int | None = typer.Option(
        None, "--max-risk", min=0, metavar="POINTS", help="points of risk that are accepted"
    ),
    output: Form = FORM,
) -> None:
    """Say whether a change may be begun now; exit with 20 where it may not (PR12.4).

    It is approved as it is now, it is its time and no freeze, and its risk is not above a limit.
    Nothing is written; what is being implemented passes.

    Examples:
      fsg change check CHG-000001 --max-risk 12
    """
    change = ask("ShowChange", key=key)["change"]
    if change is None:
        raise NotFound(f"there is no change '{key}'", remedy="check the key")
    found = [*_time(change), *_risk(change, max_risk)]
    rows = [(each.code, each.message, each.why, each.remedy) for each in found]
    told = {
        "change": change["key"],
        "status": change["status"],
        "risk": change["risk"],
        "passes": not found,
        "findings": [
            dict(zip(("code", "message", "why", "remedy"), row, strict=True)) for row in rows
        ],
    }
    show(output, told, told["findings"], Sheet(("code", "message", "why", "remedy"), rows))
    note(f"{change['key']} {'may not be begun' if found else 'may be begun'}")
    if found:
        raise typer.Exit(GATE_FAILED)


def _time(change: Mapping[str, Any]) -> Iterator[Problem]:
    """What keeps it from being begun now, by the guards of beginning it."""
    if change["status"] == UNDER_WAY:
        return
    if change["status"] not in WAITING:
        told = f"{change['key']} is {change['status']}"
        yield Problem("NOT_APPROVED", told, "what is begun is approved", "let it be approved")
        return
    try:
        act("BeginChange", {"ref": change["id"]}, dry_run=True, key="")
    except FitsmError as error:  # whatever it was told by, it has the status of its kind
        if error.exit_status != Refused.exit_status:
            raise
        yield from error.problems


def _risk(change: Mapping[str, Any], most: int | None) -> Iterator[Problem]:
    if most is None:
        return
    if change["risk"] is None:
        told = f"the risk of {change['key']} is not known"
        yield Problem("RISK_UNKNOWN", told, "nobody has assessed it", "`fsg change assess` first")
    elif change["risk"] > most:
        told = f"the risk of {change['key']} is {change['risk']} ({change['riskClass']})"
        yield Problem(
            "RISK_TOO_HIGH", told, f"{most} is accepted", "reduce it, and assess it again"
        )
