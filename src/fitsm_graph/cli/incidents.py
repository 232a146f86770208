"""`fitsm-graph incident`: registered, classified, prioritised from the graph, resolved (PR9)."""

from collections.abc import Mapping, Sequence
from typing import Any

import typer

from fitsm_graph.cli.asking import ask_pages
from fitsm_graph.cli.output import emit, note
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.cli.verbs import CHANGE, DRY_RUN, EXPECT, KEY, REASON, How, act_as, ended
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.disturbance import Effect

app = typer.Typer(no_args_is_help=True)
PAGE = 200
HEADS = ("key", "priority", "impact", "urgency", "status", "title", "affects", "startsAt")
INCIDENT = typer.Argument(metavar="INCIDENT", help="id or key, such as INC-000001")
CATEGORY = typer.Option("", "--category", help="key of the classification scheme in force")
IMPACT = typer.Option("", "--impact", help="another class than the graph says; needs --because")
URGENCY = typer.Option("", "--urgency", help="likewise")
BECAUSE = typer.Option("", "--because", help="why impact or urgency is another")
EFFECT = typer.Option(Effect.DOWN, "--effect", help="how hard the elements are hit")


@app.command("list")
def list_incidents(
    every: bool = typer.Option(False, "--all", help="resolved ones too"), output: Form = FORM
) -> None:
    """List incidents, the newest first; open ones unless said otherwise.

    Examples:
      fsg incident list
      fsg incident list --all -o json
    """
    rows = list(ask_pages("ListIncidents", "incidents", PAGE, open=not every))
    show(output, rows, rows, Sheet(HEADS, [_row(each) for each in rows]))


@app.command()
def register(
    title: str = typer.Argument(metavar="TITLE", help="what is wrong, in a line"),
    elements: list[str] = typer.Argument(metavar="ELEMENT...", help="ids or keys"),
    effect: Effect = EFFECT,
    description: str = typer.Option("", "--description", help="what is known"),
    since: str = typer.Option("", "--since", help="when it began, RFC 3339; now when left out"),
    category: str = CATEGORY,
    impact: str = IMPACT,
    urgency: str = URGENCY,
    because: str = BECAUSE,
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    again: str = KEY,
    output: Form = FORM,
) -> None:
    """Register an incident; its priority and the reasons for it are told (PR9.1).

    Its key is written on stdout.

    Examples:
      fsg incident register "no power in rack 4" rack-4 --category power
      fsg incident register "slow disks" sto-a --effect degraded --dry-run
    """
    input = {
        "title": title,
        "affects": [{"element": each, "effect": effect.name} for each in elements],
        "description": description,
        "startsAt": since or None,
        "category": category,
        **_override(impact, urgency, because),
    }
    how = How(dry_run, reason, "", again, output)
    _done(act_as("RegisterIncident", input, how), how, "registered")


@app.command()
def affect(
    incident: str = INCIDENT,
    element: str = typer.Argument(metavar="ELEMENT", help="id or key"),
    effect: Effect = EFFECT,
    no_more: bool = typer.Option(False, "--no-more", help="it is not affected any more"),
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    again: str = KEY,
    output: Form = FORM,
) -> None:
    """Say that an open incident affects an element, or no more; its priority follows (PR9.1).

    Examples:
      fsg incident affect INC-000001 sto-b --effect degraded
      fsg incident affect INC-000001 sto-b --no-more
    """
    how = How(dry_run, reason, "", again, output)
    hit = None if no_more else effect.name
    input = {"incident": incident, "element": element, "effect": hit}
    _done(act_as("SetIncidentEffect", input, how), how, "affects " + element)


@app.command()
def classify(
    incident: str = INCIDENT,
    category: str = typer.Argument(metavar="CATEGORY", help="of the scheme in force"),
    expect: int | None = EXPECT,
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    again: str = KEY,
    output: Form = FORM,
) -> None:
    """Put an open incident into a category (PR9.1).

    Examples:
      fsg incident classify INC-000001 storage
    """
    how = How(dry_run, reason, "", again, output)
    input = {"incident": incident, "category": category, "expectedVersion": expect}
    _done(act_as("ClassifyIncident", input, how), how, "classified")


@app.command()
def prioritise(
    incident: str = INCIDENT,
    impact: str = IMPACT,
    urgency: str = URGENCY,
    because: str = BECAUSE,
    expect: int | None = EXPECT,
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    again: str = KEY,
    output: Form = FORM,
) -> None:
    """Compute the priority on the graph as it is now, or set a class aside with a reason (PR9.1).

    Examples:
      fsg incident prioritise INC-000001
      fsg incident prioritise INC-000001 --impact high --because "the open day is today"
    """
    how = How(dry_run, reason, "", again, output)
    given = _override(impact, urgency, because)
    input = {"incident": incident, "expectedVersion": expect, **given}
    _done(act_as("PrioritiseIncident", input, how), how, "prioritised")


@app.command()
def resolve(
    incident: str = INCIDENT,
    resolution: str = typer.Argument(metavar="RESOLUTION", help="what restored the service"),
    expect: int | None = EXPECT,
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    change: str = CHANGE,
    again: str = KEY,
    output: Form = FORM,
) -> None:
    """Say that the service is restored, and how (PR9.2).

    Examples:
      fsg incident resolve INC-000001 "failed over to the second controller"
    """
    how = How(dry_run, reason, change, again, output)
    input = {"incident": incident, "resolution": resolution, "expectedVersion": expect}
    _done(act_as("ResolveIncident", input, how), how, "resolved")


# --- within --------------------------------------------------------------------------------------


def _override(impact: str, urgency: str, because: str) -> dict[str, str]:
    if because and not (impact or urgency):
        raise BadInput(
            "--because says why a class is another, and none is given",
            remedy="give --impact or --urgency; --reason is what the ledger is told",
        )
    return {"impact": impact, "urgency": urgency, "overrideReason": because}


def _done(payload: Mapping[str, Any], how: How, what: str) -> None:
    incident = payload["incident"]
    if how.output is not Form.TABLE:
        show(how.output, payload, payload["changes"], Sheet(HEADS, [_row(incident)]))
    elif not how.dry_run:
        emit(f"{incident['key']}\n")
    for each in _reasons(incident):
        note(f"  {each}")
    ended(payload, how, f"{incident['key']} {what}")


def _reasons(incident: Mapping[str, Any]) -> Sequence[str]:
    """Why its priority is what it is, and whether it may be a major one."""
    met = incident["majorCriteria"] or []
    major = [f"may be a major incident: {', '.join(met)}"] if met else []
    return [*(incident["because"] or []), *major]


def _row(incident: Mapping[str, Any]) -> tuple[Any, ...]:
    hit = ", ".join(f"{each['element']['key']} {each['effect']}" for each in incident["effects"])
    values = {**incident, "affects": hit}
    return tuple(values[head] for head in HEADS)
