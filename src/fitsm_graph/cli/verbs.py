"""Verbs over elements (PR11.3, PR11.4): register, update, relate, unrelate, retire, own.

Each can be tried with `--dry-run`, which writes nothing and ends with 10 where something would
change; each says why (`--reason`), under which change (`--change`), and can be repeated without
harm under a key (`--key`).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import typer

from fitsm_graph.cli.asking import act
from fitsm_graph.cli.choices import sure
from fitsm_graph.cli.output import emit, note
from fitsm_graph.cli.saying import CHANGES
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.cli.values import assignments, json_object
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.confm import Lifecycle, Strength

KINDS = {
    "service": "Service",
    "component": "ServiceComponent",
    "servicecomponent": "ServiceComponent",
    "ci": "CI",
    "group": "RedundancyGroup",
    "redundancygroup": "RedundancyGroup",
}
FIELDS = (
    *("key", "name", "kind", "type", "description", "owner", "lifecycle", "isSource"),
    *("criticality", "need", "needShare", "strength", "grounded", "reserve"),
)
"""What a new element is given beside attributes, in the order of the options."""
HOW = "How it is done"
DRY_RUN = typer.Option(False, "--dry-run", rich_help_panel=HOW, help="tell, and write nothing")
REASON = typer.Option("", "--reason", rich_help_panel=HOW, help="why, for the ledger")
CHANGE = typer.Option("", "--change", rich_help_panel=HOW, help="key of the change it is under")
KEY = typer.Option(
    "", "--key", rich_help_panel=HOW, help="idempotency key: a repeat does nothing twice"
)
ELEMENT = typer.Argument(metavar="ELEMENT", help="id or key")
SOURCE = typer.Argument(metavar="SOURCE", help="id or key of where it starts")
TYPE = typer.Argument(metavar="TYPE", help="relationship type, such as DEPENDS_ON")
TARGET = typer.Argument(metavar="TARGET", help="id or key of where it ends")
EXPECT = typer.Option(None, "--expect", min=1, help="version it must have; refused otherwise")
SET = typer.Option([], "--set", metavar="NAME=VALUE", help="name=text, or name:=json; repeatable")
JSON = typer.Option("", "--json", metavar="FILE", help="values as a JSON object; - is stdin")


class How(NamedTuple):
    """How a verb is done."""

    dry_run: bool
    reason: str
    change: str
    key: str
    output: Form


def add_to(app: typer.Typer) -> None:
    """Add the verbs to a group of commands."""
    for verb in (register, update, relate, unrelate, retire, own):
        app.command()(verb)


def register(
    key: str = typer.Argument("", help="its key; made by the ledger when left out"),
    name: str = typer.Option("", "--name", help="what people call it"),
    kind: str = typer.Option("", "--kind", help="ci (the default), service, component or group"),
    type: str = typer.Option("", "--type", help="CI type; for CIs only"),
    description: str = typer.Option("", "--description", help="what it is for"),
    owner: str = typer.Option("", "--owner", help="person or group that answers for it"),
    lifecycle: Lifecycle | None = typer.Option(None, "--lifecycle", help="live when left out"),
    source: bool | None = typer.Option(None, "--source", help="supply begins here"),
    criticality: int | None = typer.Option(None, "--criticality", help="of a service"),
    need: int | None = typer.Option(None, "--need", help="of a group: members that it needs"),
    need_share: float | None = typer.Option(None, "--need-share", help="the same as a share"),
    strength: Strength | None = typer.Option(None, "--strength", help="of a group's need"),
    grounded: bool | None = typer.Option(None, "--grounded", help="a group that needs a source"),
    reserve: int | None = typer.Option(None, "--reserve", help="of a group: spare members"),
    set: list[str] = SET,
    json: str = JSON,
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    change: str = CHANGE,
    again: str = KEY,
    output: Form = FORM,
) -> None:
    """Register a CI, service, service component or redundancy group (PR11.3).

    Attributes are given by their GraphQL names with --set.
    Its key is written on stdout.

    Examples:
      fsg ci register web-7 --name "Web 7" --type Server --set serialNumber=CZ1
      fsg ci register --kind service --name Mail --owner grp-mail --dry-run
      fsg ci register --json - < element.json
    """
    values = (key, name, kind and _kind(kind), type, description, owner, lifecycle, source)
    more = (criticality, need, need_share, strength, grounded, reserve)
    given = dict(zip(FIELDS, (*values, *more), strict=True))
    how = How(dry_run, reason, change, again, output)
    _done(act_as("RegisterElement", _draft(given, set, json), how), how, "registered")


def update(
    ref: str = ELEMENT,
    set: list[str] = SET,
    clear: list[str] = typer.Option([], "--clear", metavar="NAME", help="take a value away"),
    json: str = JSON,
    expect: int | None = EXPECT,
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    change: str = CHANGE,
    again: str = KEY,
    output: Form = FORM,
) -> None:
    """Give an element new values; what is not named stays (PR11.4).

    Examples:
      fsg ci update web-7 --set description="moved to row 4" --set heightUnits:=2
      fsg ci update web-7 --clear assetTag --expect 1204 --dry-run
    """
    values = {**json_object(json), **assignments(set), **dict.fromkeys(clear)}
    if not values:
        raise BadInput("no new value is given", remedy="give --set NAME=VALUE or --clear NAME")
    how = How(dry_run, reason, change, again, output)
    input = {"ref": ref, "set": values, "expectedVersion": expect}
    _done(act_as("UpdateElement", input, how), how, "updated")


def relate(
    source: str = SOURCE,
    type: str = TYPE,
    target: str = TARGET,
    weight: int | None = typer.Option(None, "--weight", min=1, help="what a member counts"),
    strength: Strength | None = typer.Option(None, "--strength", help="else the type's own"),
    grounded: bool | None = typer.Option(None, "--grounded/--not-grounded", help="else the type's"),
    confidence: float | None = typer.Option(None, "--confidence", min=0, max=1, help="0 to 1"),
    verified_at: str | None = typer.Option(None, "--verified-at", help="when last confirmed"),
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    change: str = CHANGE,
    again: str = KEY,
    output: Form = FORM,
) -> None:
    """Relate two elements; an existing relation gets the values given (PR11.3).

    Examples:
      fsg ci relate web-7 DEPENDS_ON db-1
      fsg ci relate db-pair HAS_MEMBER db-2 --weight 2 --reason replica
    """
    given = {
        "weight": weight,
        "strength": strength and strength.name,
        "grounded": grounded,
        "confidence": confidence,
        "verifiedAt": verified_at,
    }
    input = {name: value for name, value in given.items() if value is not None}
    input |= {"type": type, "source": source, "target": target}
    how = How(dry_run, reason, change, again, output)
    _done(act_as("RelateElements", input, how), how, f"{source} {type} {target}")


def unrelate(
    source: str = SOURCE,
    type: str = TYPE,
    target: str = TARGET,
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    change: str = CHANGE,
    again: str = KEY,
    output: Form = FORM,
) -> None:
    """End a relation; what it carried is kept in the ledger (PR11.3).

    Examples:
      fsg ci unrelate web-7 DEPENDS_ON db-1 --change CHG-000042
    """
    how = How(dry_run, reason, change, again, output)
    input = {"type": type, "source": source, "target": target}
    _done(act_as("UnrelateElements", input, how), how, f"ended: {source} {type} {target}")


def retire(
    ref: str = ELEMENT,
    expect: int | None = EXPECT,
    yes: bool = typer.Option(False, "--yes", "-y", help="do not ask"),
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    change: str = CHANGE,
    again: str = KEY,
    output: Form = FORM,
) -> None:
    """Retire an element and end its relations; refused while something live needs it (PR11.4).

    Examples:
      fsg ci retire web-7 --dry-run
      fsg ci retire web-7 --yes --change CHG-000042 --reason "see web-8"
    """
    how = How(dry_run, reason, change, again, output)
    if not dry_run:
        sure(f"Retire {ref} and end its relations?", yes=yes)
    input = {"ref": ref, "expectedVersion": expect}
    _done(act_as("RetireElement", input, how), how, "retired")


def own(
    ref: str = ELEMENT,
    owner: str = typer.Argument(metavar="OWNER", help="person or group, by id or key"),
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    change: str = CHANGE,
    again: str = KEY,
    output: Form = FORM,
) -> None:
    """Make a person or a group answer for an element (PR11.2).

    Examples:
      fsg ci own web-7 grp-web
    """
    how = How(dry_run, reason, change, again, output)
    input = {"ref": ref, "owner": owner}
    _done(act_as("AssignOwner", input, how), how, f"{owner} answers for {ref}")


# --- within --------------------------------------------------------------------------------------


def act_as(name: str, input: Mapping[str, Any], how: How) -> Any:
    """Execute a mutation as its person wants it done."""
    words = {"reason": how.reason, "change": how.change}
    whole = {**input, **{word: text for word, text in words.items() if text}}
    return act(name, whole, dry_run=how.dry_run, key=how.key)


def ended(payload: Mapping[str, Any], how: How, what: str, would: str = "") -> None:
    """Say what became of a verb; a dry run that would change something ends with 10.

    Args:
        payload: Of the mutation.
        how: It was done.
        what: Became of what.
        would: What a dry run found, where that says more than that nothing was written.
    """
    changes = payload["changes"]
    if how.dry_run:
        note(would or ("nothing was written" if changes else "nothing would change"))
        raise typer.Exit(CHANGES if changes else 0)
    entry = f"ledger entry {payload['seq']}" if payload["seq"] else "nothing had to change"
    again = ", done before under this key" if payload["replayed"] else ""
    note(f"{what} · {entry}{again}")


def _done(payload: Mapping[str, Any], how: How, what: str) -> None:
    changes, element = payload["changes"], payload["element"]
    if how.dry_run or how.output is not Form.TABLE:
        show(how.output, payload, changes, _sheet(changes))
    elif element:
        emit(f"{element['key']}\n")
    ended(payload, how, what)


def _sheet(changes: list[Mapping[str, Any]]) -> Sheet:
    """Show changes field by field."""
    rows = [
        (each["op"], each["kind"], each["id"], each["target"], name, *_values(each, name))
        for each in changes
        for name in _names(each)
    ]
    return Sheet(("op", "of", "id", "target", "field", "before", "after"), rows)


def _names(change: Mapping[str, Any]) -> list[str]:
    before, after = change["before"] or {}, change["after"] or {}
    kept = {"id", "created", "created_at", "version", "updated_at"}
    return sorted((before.keys() | after.keys()) - kept) or [""]


def _values(change: Mapping[str, Any], name: str) -> tuple[Any, Any]:
    return (change["before"] or {}).get(name), (change["after"] or {}).get(name)


def _draft(given: Mapping[str, Any], set: list[str], json: str) -> dict[str, Any]:
    """Put a new element together: JSON first, options over it."""
    whole = {"kind": "CI", **json_object(json)}
    attributes = {**_object(whole.pop("attributes", None)), **assignments(set)}
    for name, value in given.items():
        if value not in (None, ""):
            whole[name] = value.name if isinstance(value, Lifecycle | Strength) else value
    if not whole.get("name"):
        raise BadInput("it has no name", remedy='give --name "What people call it"', path=("name",))
    return {**whole, "attributes": attributes} if attributes else whole


def _kind(word: str) -> str:
    found = KINDS.get(word.casefold())
    if found is None:
        raise BadInput(
            f"'{word}' is no kind of element",
            remedy=did_you_mean(word, ["ci", "service", "component", "group"]),
            path=("--kind",),
        )
    return found


def _object(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadInput("'attributes' is an object of names and values", path=("attributes",))
    return value
