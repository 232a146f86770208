"""`fitsm-graph ci`: look at elements, and act on them; the same documents as any client's."""

from collections.abc import Mapping
from typing import Any

import typer

from fitsm_graph.cli import verbs
from fitsm_graph.cli.asking import ask, ask_all
from fitsm_graph.cli.entries import entry_sheet
from fitsm_graph.cli.output import note
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.kernel.errors import NotFound
from fitsm_graph.kernel.ids import is_id
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.registry_types import camel_case

app = typer.Typer(no_args_is_help=True)
REF = typer.Argument(metavar="ELEMENT", help="id or key")
AS_OF = typer.Option(None, "--as-of", metavar="MOMENT", help="as it was then (RFC 3339)")
MOST = 1_000_000


@app.command("show")
def show_element(ref: str = REF, as_of: str | None = AS_OF, output: Form = FORM) -> None:
    """Show an element with its state, attributes and relations.

    As of a moment: the own fields of a CI or a service as they were then.

    Examples:
      fsg ci show svc-portal
      fsg ci show fw-sto-a --as-of 2026-11-23T08:30:00Z -o json
    """
    element = _past(ref, as_of) if as_of else ask("ShowElement", id=ref)["element"]
    if element is None:
        when = f" at {as_of}" if as_of else ""
        raise NotFound(
            f"there is no element '{ref}'{when}",
            why="the past is offered for CIs and services" if as_of else "",
            remedy="fitsm-graph ci find WORD",
        )
    title = f"{element['key']} · {element['__typename']}"
    sheets = [Sheet(("field", "value"), _fields(element), title)]
    if element.get("relations"):
        sheets.append(_relations(element["relations"]))
    show(output, element, [element], *sheets)


def find(
    text: str = typer.Argument(metavar="WORDS", help="of key, name or description"),
    first: int = typer.Option(25, "--first", min=1, max=1000, help="how many at most"),
    output: Form = FORM,
) -> None:
    """Find elements by words of key, name and description.

    Examples:
      fsg search storage
      fsg ci find "controller a1" --first 100 -o csv
    """
    found = ask("FindElements", text=text, first=first)["search"]
    nodes = found["nodes"]
    _say_how_many(len(nodes), found["totalCount"], "--first")
    rows = [(n["key"], n["name"], n["__typename"], n["state"]) for n in nodes]
    show(output, found, nodes, Sheet(("key", "name", "type", "state"), rows))


app.command("find")(find)


@app.command("list")
def list_cis(
    type: str = typer.Option("", "--type", help="CI type, subtypes with it"),
    owner: str = typer.Option("", "--owner", help="key of who answers for them"),
    first: int = typer.Option(100, "--first", min=1, max=MOST, help="how many at most"),
    output: Form = FORM,
) -> None:
    """List CIs in the order of their keys.

    Examples:
      fsg ci list --type Server
      fsg ci list --first 1000000 -o ndjson
    """
    where: dict[str, Any] = {"type": {"isA": type}} if type else {}
    if owner:
        where["owner"] = {"eq": owner}
    rows, total = ask_all("ListCIs", "cis", first, where=where or None)
    _say_how_many(len(rows), total, "--first")
    shown = [(r["key"], r["name"], r["type"], r["state"], _name(r["owner"])) for r in rows]
    sheet = Sheet(("key", "name", "type", "state", "owner"), shown)
    show(output, {"nodes": rows, "totalCount": total}, rows, sheet)


def services(
    first: int = typer.Option(100, "--first", min=1, max=MOST, help="how many at most"),
    output: Form = FORM,
) -> None:
    """List services with their states.

    Examples:
      fsg services
      fsg services -o csv > services.csv
    """
    rows, total = ask_all("ListServices", "services", first)
    _say_how_many(len(rows), total, "--first")
    shown = [
        (r["key"], r["name"], r["state"], r["margin"], _name(r["owner"]), _names(r["customers"]))
        for r in rows
    ]
    sheet = Sheet(("key", "name", "state", "margin", "owner", "customers"), shown)
    show(output, {"nodes": rows, "totalCount": total}, rows, sheet)


@app.command()
def history(ref: str = REF, output: Form = FORM) -> None:
    """Show what happened to an element: who, when, why and under which change.

    Examples:
      fsg ci history svc-portal
      fsg ci history svc-portal -o ndjson
    """
    entries = ask("HistoryOf", by=by(ref))["ciHistory"]
    show(output, entries, entries, entry_sheet(entries))


verbs.add_to(app)


def by(ref: str) -> dict[str, str]:
    """Refer to an element by id or by key, whichever it looks like."""
    return {"id": ref} if is_id(ref) else {"key": ref}


def _past(ref: str, as_of: str) -> Any:
    found = ask("PastElement", by=by(ref), asOf=as_of)
    return found["ci"] or found["service"]


def _fields(element: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Fields with a value, then attributes; what has a table of its own is left out."""
    order = [*_ORDER, *(name for name in element if name not in _ORDER)]
    rows = [
        (name, _shown(element[name]))
        for name in order
        if name not in {"relations", "attributes", "__typename"}
        and element.get(name) not in (None, "", [])
    ]
    known = {name for name, _ in rows}
    more = ((each["name"], each["value"]) for each in element.get("attributes") or ())
    return rows + [(name, value) for name, value in more if camel_case(name) not in known]


_ORDER = ("key", "name", "kind", "type", "state", "margin", "why", "description", "lifecycle")


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return _names(value)
    return _name(value) if isinstance(value, dict) else value


def _relations(relations: list[Mapping[str, Any]]) -> Sheet:
    rows = [
        (
            f"{'←' if each['direction'] == 'IN' else '→'} {each['type']}",
            each["element"]["key"],
            each["element"]["name"],
            each["element"]["type"] or each["element"]["kind"],
            each["element"]["state"],
        )
        for each in relations
    ]
    return Sheet(("relation", "key", "name", "type", "state"), rows, "relations")


def _name(party: Mapping[str, Any] | None) -> str | None:
    return None if party is None else party.get("name") or party.get("key")


def _names(parties: list[Mapping[str, Any]]) -> str:
    return ", ".join(str(_name(each)) for each in parties)


def _say_how_many(shown: int, total: int, option: str) -> None:
    if total == 0:
        note("nothing was found")
    elif shown < total:
        note(f"{shown:,} of {plural(total, 'element')}; {option} shows more")
