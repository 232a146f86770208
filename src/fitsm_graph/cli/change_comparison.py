"""`fitsm-graph change comparison`: ways to carry out a change, side by side (PR12.3)."""

import typer

from fitsm_graph.cli.asking import ask
from fitsm_graph.cli.incident_report import rows_of
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show

HEADS = (
    *("key", "status", "title", "type", "worst", "worstIfFails", "servicesDown"),
    *("servicesReached", "servicesDownIfFails", "marginLeft", "singlePoints", "risk"),
    *("riskClass", "minutes", "holds", "decision"),
)
SERVICE = ("plan", "service", "name", "meanwhile", "ifFails")


def comparison(
    key: str = typer.Argument(metavar="KEY", help="the change, such as CHG-000001"),
    output: Form = FORM,
) -> None:
    """Show a change as it is planned and its variants, by what was computed of each last (PR12.3).

    `change compare-variants` computes it anew.

    Examples:
      fsg change comparison CHG-000001
    """
    plans = ask("ChangeComparison", of=key)["changeComparison"]
    services = [
        (plan["key"], each["key"], each["name"], each["meanwhile"], each["ifFails"])
        for plan in plans
        for each in plan["services"]
    ]
    reasons = [
        (plan["key"], said)
        for plan in plans
        for said in (
            *plan["because"],
            *plan["collisions"],
            *(f"it lies in the freeze {name}" for name in plan["frozenBy"]),
        )
    ]
    reasons = list(dict.fromkeys(reasons))
    sheets = [
        Sheet(HEADS, rows_of(plans, *HEADS), "plans"),
        Sheet(SERVICE, services, "services"),
        Sheet(("plan", "because"), reasons, "reasons"),
    ]
    show(output, plans, plans, *sheets)
