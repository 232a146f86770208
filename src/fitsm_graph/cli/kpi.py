"""`fitsm-graph kpi`: what KPIs say of a period, and of those before (PR14)."""

from collections.abc import Sequence
from typing import Any

import typer

from fitsm_graph.cli.asking import act, ask
from fitsm_graph.cli.output import note
from fitsm_graph.cli.saying import GATE_FAILED
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show

HEADS = ("kpi", "value", "target", "standing", "of", "trend", "title")
BARS = "▁▂▃▄▅▆▇█"
NOTHING = "·"
"""A period in which there was nothing to measure."""
_UNITS = {"hours": " h", "days": " d", "count": ""}


def kpi(
    keys: list[str] = typer.Argument(None, metavar="[KPI]...", help="names; all when left out"),
    process: str = typer.Option("", "--process", help="isrm, pm, confm, chm, rdm or csi"),
    since: str = typer.Option("", "--from", help="beginning, RFC 3339"),
    until: str = typer.Option("", "--to", help="end, not included; now when left out"),
    trend: int = typer.Option(6, "--trend", help="periods before that are shown; 24 at most"),
    gate: bool = typer.Option(False, "--gate", help="exit with 20 where a target is missed"),
    suggest: bool = typer.Option(
        False, "--suggest", help="make suggestions for improvement of targets that are missed"
    ),
    output: Form = FORM,
) -> None:
    """Show KPIs: what they say of a period, their targets, and how they develop.

    Without a period, each tells of its last whole week, month or quarter.

    Examples:
      fsg kpi
      fsg kpi --process chm --trend 12
      fsg kpi incident_reopened --from 2026-10-01T00:00Z --to 2026-11-01T00:00Z -o json
      fsg kpi --process isrm --gate
      fsg kpi --suggest
    """
    given = {"since": since or None, "until": until or None}
    found = ask("Kpis", process=process, keys=keys or None, trend=trend, **given)["kpis"]
    show(output, found, found, Sheet(HEADS, [_row(each) for each in found]))
    missed = [each for each in found if each["standing"] == "missed"]
    if output is Form.TABLE:
        _tell(found)
    for each in missed if suggest else ():
        input = {"missed": each["key"], "since": each["since"], "until": each["until"]}
        made = act("SuggestFromKpi", input, dry_run=False, key="")["suggestion"]
        note(f"{made['key']} {made['title']}, seen {made['timesSeen']} times")
    if gate and missed:
        raise typer.Exit(GATE_FAILED)


def _row(it: dict[str, Any]) -> list[Any]:
    bound = "≥" if it["better"] == "higher" else "≤"
    line = sparkline([each["value"] for each in it["trend"]])
    target = f"{bound} {written(it['target'], it['unit'])}"
    value = written(it["value"], it["unit"])
    return [it["key"], value, target, it["standing"], it["denominator"], line, it["title"]]


def _tell(found: Sequence[dict[str, Any]]) -> None:
    """What a table has no room for: which periods are told of, and what is known as of now."""
    for every in dict.fromkeys(each["every"] for each in found):
        spans = [(each["since"], each["until"]) for each in found if each["every"] == every]
        for begun, ended in dict.fromkeys(spans):
            note(f"by {every}: {begun} – {ended}")
    for each in found:
        if each["known"]:
            note(f"{each['key']}: {each['known']}")


def written(value: float | None, unit: str) -> str:
    """A value in its unit; empty: there is none.

    >>> written(0.125, "share"), written(3.0, "count"), written(2.25, "days"), written(None, "days")
    ('12.5 %', '3', '2.25 d', '')
    """
    if value is None:
        return ""
    if unit == "share":
        return f"{round(100 * value, 1):g} %"
    return f"{round(value, 2):g}{_UNITS[unit]}"


def sparkline(values: Sequence[float | None]) -> str:
    """Values as bars, from the least to the greatest of them.

    >>> sparkline([0.0, None, 0.5, 1.0])
    '▁·▅█'
    >>> sparkline([2.0, 2.0])
    '▁▁'
    """
    known = [each for each in values if each is not None]
    least, greatest = min(known, default=0.0), max(known, default=0.0)
    span = greatest - least or 1.0
    top = len(BARS) - 1
    return "".join(
        NOTHING if each is None else BARS[round((each - least) / span * top)] for each in values
    )
