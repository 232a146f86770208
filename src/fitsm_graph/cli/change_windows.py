"""`fitsm-graph change windows`: freezes and windows for work, as they come (PR12.6)."""

import typer

from fitsm_graph.chm.windows import WindowEffect
from fitsm_graph.cli.asking import ask
from fitsm_graph.cli.incident_report import rows_of
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show

HEADS = ("effect", "name", "startsAt", "endsAt", "types", "why")


def windows(
    since: str = typer.Option("", "--from", metavar="MOMENT", help="from then on; now"),
    until: str = typer.Option("", "--to", metavar="MOMENT", help="a year later at most"),
    effect: WindowEffect | None = typer.Option(None, "--effect", help="only those"),
    first: int = typer.Option(100, "--first", min=0, help="how many at most"),
    output: Form = FORM,
) -> None:
    """Show when changes are not begun and when work is agreed on, the next first (PR12.6).

    Examples:
      fsg change windows --effect freeze --first 1
      fsg change windows --from 2027-01-01T00:00Z --to 2027-04-01T00:00Z
    """
    asked = {"since": since or None, "until": until or None, "first": first}
    asked["effect"] = effect.name if effect else None
    rows = ask("ChangeWindows", **asked)["changeWindows"]
    show(output, rows, rows, Sheet(HEADS, rows_of(rows, *HEADS)))
