"""`fitsm-graph trend-review look`: what had more incidents than before (PR10.1)."""

import typer

from fitsm_graph.cli.asking import ask
from fitsm_graph.cli.output import note
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.kernel.text import plural

HEADS = (
    *("by", "what", "incidents", "expected", "chance", "corrected", "stands out", "excess cost"),
    "hangs on",
)


def look(
    rules: str = typer.Option("default", "--rules", help="name of the rules, a policy"),
    since: str = typer.Option("", "--from", metavar="MOMENT", help="beginning, RFC 3339"),
    until: str = typer.Option("", "--to", metavar="MOMENT", help="its end; not included"),
    first: int = typer.Option(50, "--first", help="how many are shown; 1,000 at most"),
    everything: bool = typer.Option(False, "--all", help="also what does not stand out"),
    output: Form = FORM,
) -> None:
    """Show what had more incidents in a period than in its own past; nothing is written (PR10.1).

    Without a period, the last whole one of the rules is looked through.

    Examples:
      fsg trend-review look
      fsg trend-review look --from 2026-10-01T00:00Z --to 2026-11-01T00:00Z --all -o json
    """
    given = {"rules": rules, "first": first, "everything": everything}
    ends = {"since": since or None, "until": until or None}
    told = ask("IncidentTrends", **given, **ends)["incidentTrends"]
    rows = [_row(each) for each in told["trends"]]
    show(output, told, told["trends"], Sheet(HEADS, rows))
    if output is Form.TABLE:
        counted = f"{plural(told['incidents'], 'incident')}, {plural(told['tested'], 'subject')}"
        note(
            f"{told['since']} – {told['until']}: {counted} tested, {told['significant']} stand out"
        )
        if told["young"]:
            note(f"{plural(told['young'], 'subject')} have no past of their own yet")


def _row(it: dict[str, object]) -> list[object]:
    needed = it["hangsOn"]
    return [
        it["dimension"],
        it["name"],
        it["observed"],
        round(float(str(it["expected"])), 2),
        f"{float(str(it['pValue'])):.2g}",
        f"{float(str(it['qValue'])):.2g}",
        it["significant"],
        round(float(str(it["excessCost"]))),
        needed["key"] if isinstance(needed, dict) else "",
    ]
