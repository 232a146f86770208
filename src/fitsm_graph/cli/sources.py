"""`fsg configuration-source standing`: the register of sources, and what is late (PR11.1)."""

import typer

from fitsm_graph.cli.asking import ask
from fitsm_graph.cli.output import note
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show

HEADS = ("name", "state", "key", "owner", "dueAt", "lastCompletedAt", "lastRunStatus", "elements")
PAGE = 200


def standing(
    state: list[str] = typer.Option([], "--state", help="unregistered, overdue, … only"),
    output: Form = FORM,
) -> None:
    """Show how the sources of configuration information stand, what is to be seen to first.

    What runs without being registered is in the list, and has no key.

    Examples:
      fsg configuration-source standing
      fsg configuration-source standing --state unregistered --state overdue -o json
    """
    rows, after = [], None
    while True:
        found = ask("SourceRegister", states=state or None, first=PAGE, after=after)
        told = found["sourceRegister"]
        rows += told["sources"]
        after = told["endCursor"]
        if after is None:
            break
    shown = [{**each, "owner": each["owner"] and each["owner"]["key"]} for each in rows]
    sheet = Sheet(HEADS, [[each[name] for name in HEADS] for each in shown])
    show(output, {**told, "sources": rows}, rows, sheet)
    note(f"{told['unregistered']} not registered, {told['overdue']} overdue")
