"""`fitsm-graph problem report`: the regular report of problems (PR10.2)."""

import typer

from fitsm_graph.cli.asking import ask
from fitsm_graph.cli.incident_report import PERIOD, rows_of
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show

LINE = (
    *("name", "registered", "resolved", "resolvedLate", "givenUp", "known", "open"),
    *("reassigned", "daysToKnownError", "daysToResolve"),
)
GROUPS = {
    "byService": "by service",
    "byElement": "by suspected element",
    "byCause": "by where the cause lies",
    "byCategory": "by category",
    "bySource": "by where it came from",
    "byGroup": "by who answers for it",
}


def report(
    since: str = typer.Option(..., "--from", metavar="MOMENT", help=PERIOD),
    until: str = typer.Option(..., "--to", metavar="MOMENT", help="its end; not included"),
    service: str = typer.Option("", metavar="SERVICE", help="of one service alone, by id or key"),
    output: Form = FORM,
) -> None:
    """Report problems of a period: how many, how long, how old those that are left (PR10.2).

    Examples:
      fsg problem report --from 2026-10-01T00:00:00Z --to 2027-01-01T00:00:00Z
      fsg problem report --from 2026-10-01T00:00Z --to 2027-01-01T00:00Z --service svc-portal
    """
    given = {"since": since, "until": until, "service": service or None}
    told = ask("ProblemReport", **given)["problemReport"]
    plain = [(name, value) for name, value in told.items() if not isinstance(value, list)]
    sheets = [Sheet(("field", "value"), plain, "the period")]
    sheets.append(Sheet(("open", "count"), rows_of(told["ageing"], "name", "count"), "by age"))
    for name, title in GROUPS.items():
        sheets.append(Sheet(LINE, rows_of(told[name], *LINE), title))
    alone = rows_of(told["withoutWorkaround"], "key", "title", "since")
    sheets.append(Sheet(("key", "title", "since"), alone, "nothing helps against"))
    poor = [(each["key"], each["title"], ", ".join(each["lacks"])) for each in told["poor"]]
    sheets.append(Sheet(("key", "title", "lacks"), poor, "records that lack something"))
    show(output, told, told["byService"], *sheets)
