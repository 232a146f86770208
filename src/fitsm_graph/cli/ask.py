"""`fitsm-graph ci`: look at elements; the same documents as any client's."""

import typer

from fitsm_graph.cli.local import asked
from fitsm_graph.cli.output import OUTPUT, Output, show_json, show_table
from fitsm_graph.kernel.errors import NotFound

app = typer.Typer(no_args_is_help=True)

SHOW = """query Show($id: ID!) { element(id: $id) {
  __typename id key name kind description lifecycle state margin why version updatedAt
  owner { key name } ... on CI { type attributes { name value } }
  relations { type direction element { key name kind } } } }"""
FIND = """query Find($text: String!, $first: Int!) { search(text: $text, first: $first) {
  totalCount nodes { key name kind __typename state } } }"""
HISTORY = """query History($by: ElementRef!) { ciHistory(by: $by) {
  seq at actor via verb reason change changes { op kind id target before after } } }"""


@app.command()
def show(ref: str = typer.Argument(help="id or key"), output: Output = OUTPUT) -> None:
    """Show an element with its state, attributes and relations."""
    element = asked(SHOW, {"id": ref})["element"]
    if element is None:
        raise NotFound(f"there is no element '{ref}'", remedy="fitsm-graph ci find WORD")
    if output is Output.JSON:
        show_json(element)
        return
    plain = {k: v for k, v in element.items() if not isinstance(v, list | dict)}
    show_table(("field", "value"), plain.items(), f"{element['key']} · {element['__typename']}")
    show_table(
        ("relation", "direction", "key", "name"),
        (
            (each["type"], each["direction"], each["element"]["key"], each["element"]["name"])
            for each in element["relations"]
        ),
    )


@app.command()
def find(
    text: str = typer.Argument(help="words of key, name or description"),
    first: int = typer.Option(25, help="how many"),
    output: Output = OUTPUT,
) -> None:
    """Find elements by words."""
    found = asked(FIND, {"text": text, "first": first})["search"]
    if output is Output.JSON:
        show_json(found)
    else:
        rows = ((n["key"], n["name"], n["__typename"], n["state"]) for n in found["nodes"])
        show_table(("key", "name", "type", "state"), rows)


@app.command()
def history(ref: str = typer.Argument(help="key"), output: Output = OUTPUT) -> None:
    """Show what happened to an element."""
    entries = asked(HISTORY, {"by": {"key": ref}})["ciHistory"]
    if output is Output.JSON:
        show_json(entries)
        return
    rows = (
        (e["seq"], e["at"], e["actor"], e["verb"], c["op"], c["kind"])
        for e in entries
        for c in e["changes"]
    )
    show_table(("entry", "at", "actor", "verb", "change", "of"), rows)
