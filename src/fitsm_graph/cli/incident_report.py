"""`fitsm-graph incident report`: the regular report of incidents (PR9.5)."""

import typer

from fitsm_graph.cli.asking import ask
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show

LINE = (
    *("name", "registered", "resolved", "responseMet", "responseBroken"),
    *("resolutionMet", "resolutionBroken", "reassigned", "hoursToRespond", "hoursToResolve"),
)
GROUPS = {
    "byPriority": "by priority",
    "byCategory": "by category",
    "byGroup": "by who answers for it",
    "byService": "by service",
    "byCause": "by where the cause lay",
}
AWAY = (
    *("service", "agreement", "kind", "parties", "agreed", "per", "measured", "kept"),
    *("periods", "missed", "worst", "hoursOfService", "hoursDown"),
)
PERIOD = "beginning of the period, RFC 3339; included"


def report(
    since: str = typer.Option(..., "--from", metavar="MOMENT", help=PERIOD),
    until: str = typer.Option(..., "--to", metavar="MOMENT", help="its end; not included"),
    service: str = typer.Option("", metavar="SERVICE", help="of one service alone, by id or key"),
    output: Form = FORM,
) -> None:
    """Report incidents of a period: how many, how long, how well, and what is left (PR9.5).

    Examples:
      fsg incident report --from 2026-11-01T00:00:00Z --to 2026-12-01T00:00:00Z
      fsg incident report --from 2026-11-01T00:00:00Z --to 2026-12-01T00:00:00Z -o json
      fsg incident report --from 2026-11-01T00:00Z --to 2026-12-01T00:00Z --service svc-portal
    """
    given = {"since": since, "until": until, "service": service or None}
    told = ask("IncidentReport", **given)["incidentReport"]
    plain = [(name, value) for name, value in told.items() if not isinstance(value, list)]
    sheets = [Sheet(("field", "value"), plain, "the period")]
    sheets.append(Sheet(("open", "count"), rows_of(told["ageing"], "name", "count"), "backlog"))
    for name, title in GROUPS.items():
        sheets.append(Sheet(LINE, rows_of(told[name], *LINE), title))
    lines = [{**each, "parties": ", ".join(each["parties"])} for each in told["availability"]]
    sheets.append(Sheet(AWAY, rows_of(lines, *AWAY), "availability"))
    poor = [(each["key"], each["title"], ", ".join(each["lacks"])) for each in told["poor"]]
    sheets.append(Sheet(("key", "title", "lacks"), poor, "records that lack something"))
    show(output, told, told["byService"], *sheets)


def rows_of(items: list[dict[str, object]], *names: str) -> list[list[object]]:
    """Some fields of items, in order, as rows of a sheet."""
    return [[each[name] for name in names] for each in items]
