"""`fitsm-graph release report`: what became of the releases of a period (PR13.6)."""

import typer

from fitsm_graph.cli.asking import ask
from fitsm_graph.cli.incident_report import PERIOD, rows_of
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show

LINE = (
    *("name", "count", "successful", "failed", "backedOut", "late", "changes", "waves"),
    *("failures", "minutes", "reviewed", "foundGood", "incidents"),
)
EACH = ("key", "title", "type", "outcome", "deployedAt", "owner", "changes", "waves", "late")


def report(
    since: str = typer.Option(..., "--from", metavar="MOMENT", help=PERIOD),
    until: str = typer.Option(..., "--to", metavar="MOMENT", help="its end; not included"),
    output: Form = FORM,
) -> None:
    """Report releases whose outcome was known in a period: successes and failures (PR13.6).

    Examples:
      fsg release report --from 2026-10-01T00:00:00Z --to 2027-01-01T00:00:00Z
    """
    told = ask("ReleasesReport", since=since, until=until)["releasesReport"]
    plain = [(name, value) for name, value in told.items() if not isinstance(value, list)]
    sheets = [Sheet(("field", "value"), plain, "the period")]
    for name, title in (("byType", "by type"), ("byStrategy", "by strategy")):
        sheets.append(Sheet(LINE, rows_of(told[name], *LINE), title))
    sheets.append(Sheet(EACH, rows_of(told["releases"], *EACH), "each of them"))
    show(output, told, told["releases"], *sheets)
