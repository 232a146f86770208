"""`fitsm-graph baseline`, `verification`, `completeness`: what no verb does (PR11.2 – PR11.5)."""

from typing import Any

import typer

from fitsm_graph.cli.asking import ask
from fitsm_graph.cli.output import note
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.kernel.text import plural

BASELINE = typer.Argument(metavar="BASELINE", help="its key")
DUE = ("plan", "state", "dueAt", "overdueAt", "running", "last", "lastOutcome")
LINE = (
    *("name", "sampled", "examined", "deviating", "asRecordedCount", "attestedDiffers"),
    *("notThereCount", "agreesCount", "seenDiffers", "goneCount", "openDeviations"),
)
ELEMENT = ("key", "owner", "attested", "attestedBy", "differsIn", "seen", "seenIn", "deviations")
SCORE = ("name", "checked", "below", "score")
WORK = ("key", "kind", "type", "owner", "score", "missing")


def diff(
    of: str = BASELINE,
    to: str | None = typer.Argument(None, metavar="[LATER]", help="a later one; now if left out"),
    first: int = typer.Option(200, "--first", help="how many of each list"),
    output: Form = FORM,
) -> None:
    """Show what is different between a baseline and now, or a later one (PR11.4).

    Examples:
      fsg baseline diff BSL-000001
      fsg baseline diff BSL-000001 BSL-000002 -o json
    """
    told = ask("BaselineDiff", of=of, to=to, first=first)["baselineDiff"]
    rows = [
        (action, _key(each), one["name"], one["old"], one["new"])
        for action in ("added", "removed", "changed")
        for each in told[action]
        for one in each.get("fields") or ({"name": None, "old": None, "new": None},)
    ]
    ties = [[each[name] for name in ("action", "source", "type", "target")]
            for each in told["relinked"]]  # fmt: skip
    sheets = [Sheet(("difference", "element", "field", "old", "new"), rows, "elements")]
    sheets.append(Sheet(("difference", "source", "type", "target"), ties, "relations"))
    show(output, told, told["changed"], *sheets)
    note(f"entries {told['fromSeq']} to {told['toSeq']}: {told['note']}")


def check(of: str = BASELINE, output: Form = FORM) -> None:
    """Check that the ledger still says of a baseline what it said when it was taken (PR11.4).

    Examples:
      fsg baseline check BSL-000001
    """
    told = ask("BaselineCheck", of=of)["baselineCheck"]
    show(output, told, [told], Sheet(("field", "value"), list(told.items())))


def due(
    at: str | None = typer.Option(None, "--at", metavar="MOMENT", help="then; now if left out"),
    output: Form = FORM,
) -> None:
    """Show how each plan of verification stands, the soonest due first (PR11.5).

    Examples:
      fsg verification due
      fsg verification due --at 2027-01-01T00:00:00Z -o json
    """
    told = ask("VerificationsDue", at=at)["verificationsDue"]
    show(output, told, told, Sheet(DUE, [[each[name] for name in DUE] for each in told]))


def report(
    of: str = typer.Argument(metavar="VERIFICATION", help="its key"), output: Form = FORM
) -> None:
    """Report what a verification found, by type, by owner, and of each element (PR11.5).

    Examples:
      fsg verification report VER-000001
      fsg verification report VER-000001 -o json
    """
    told = ask("VerificationReport", of=of)["verificationReport"]
    plain = [(name, value) for name, value in told.items() if not isinstance(value, list | dict)]
    sheets = [Sheet(("field", "value"), plain, "the verification")]
    for name, title in (("byType", "by type"), ("byOwner", "by who answers for it")):
        sheets.append(Sheet(LINE, _rows(told[name], LINE), title))
    sheets.append(Sheet(ELEMENT, _rows(told["elements"], ELEMENT), "the sample"))
    show(output, told, told["elements"], *sheets)


def completeness(
    type: str = typer.Option("", "--type", help="a CI type, with its subtypes, or a kind"),
    owner: str = typer.Option("", "--owner", help="key of who answers for it; - for nobody"),
    service: str | None = typer.Option(None, "--service", help="a service, and what it needs"),
    first: int = typer.Option(50, "--first", help="how many elements of the work list"),
    output: Form = FORM,
) -> None:
    """Show how complete and fresh the CMDB is, and what too little is known of (PR11.2).

    Examples:
      fsg completeness
      fsg completeness --owner ops --first 20
    """
    given = {"type": type, "owner": owner, "service": service, "first": first}
    told = ask("Completeness", **given)["completeness"]
    sheets = [
        Sheet(SCORE, _rows(told[name], SCORE), title)
        for name, title in (
            ("byType", "by type"),
            ("byOwner", "by who answers for it"),
            ("byService", "by service"),
        )
    ]
    sheets.append(Sheet(WORK, _rows(told["work"], WORK), "too little is known of"))
    show(output, told, told["work"], *sheets)
    below = f"{told['below']} of {plural(told['checked'], 'element')} below {told['bar']:.0%}"
    note(below)
    if told["servicesLeftOut"]:
        note(f"{plural(told['servicesLeftOut'], 'more service')} by key; ask by --service")


def _key(each: Any) -> str:
    element = each["element"]
    return str(element["key"] if element else each["id"])


def _rows(items: list[dict[str, Any]], names: tuple[str, ...]) -> list[list[Any]]:
    return [[_cell(each[name]) for name in names] for each in items]


def _cell(value: Any) -> Any:
    return "; ".join(map(str, value)) if isinstance(value, list) else value
