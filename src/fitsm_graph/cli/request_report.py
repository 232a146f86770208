"""`fitsm-graph service-request report`: the regular report of service requests (PR9.5)."""

import typer

from fitsm_graph.cli.asking import ask
from fitsm_graph.cli.incident_report import LINE, PERIOD, rows_of
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show

GROUPS = {
    "byPriority": "by priority",
    "byOffering": "by what is asked for",
    "byService": "by service",
    "byGroup": "by who answers for it",
}


def report(
    since: str = typer.Option(..., "--from", metavar="MOMENT", help=PERIOD),
    until: str = typer.Option(..., "--to", metavar="MOMENT", help="its end; not included"),
    service: str = typer.Option("", metavar="SERVICE", help="of one service alone, by id or key"),
    output: Form = FORM,
) -> None:
    """Report service requests of a period: how many, how long, how well, what is left (PR9.5).

    Examples:
      fsg service-request report --from 2026-11-01T00:00:00Z --to 2026-12-01T00:00:00Z
      fsg service-request report --from 2026-11-01T00:00:00Z --to 2026-12-01T00:00:00Z -o json
    """
    given = {"since": since, "until": until, "service": service or None}
    told = ask("ServiceRequestReport", **given)["serviceRequestReport"]
    plain = [(name, value) for name, value in told.items() if not isinstance(value, list)]
    sheets = [Sheet(("field", "value"), plain, "the period")]
    sheets.append(Sheet(("open", "count"), rows_of(told["ageing"], "name", "count"), "backlog"))
    for name, title in GROUPS.items():
        sheets.append(Sheet(LINE, rows_of(told[name], *LINE), title))
    show(output, told, told["byService"], *sheets)
