"""`fitsm-graph policy`: rules that are data, one version after another (GR2.4)."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson
import typer

from fitsm_graph.cli.asking import ask, ask_pages
from fitsm_graph.cli.output import emit, note
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.cli.values import STDIN, read_bytes
from fitsm_graph.cli.verbs import CHANGE, DRY_RUN, EXPECT, KEY, REASON, How, act_as, ended
from fitsm_graph.kernel.errors import BadInput, NotFound

app = typer.Typer(no_args_is_help=True)
PAGE = 200
HEADS = ("key", "status", "owner", "authors", "approver", "approvedAt", "retiredAt", "reason")
KIND = typer.Argument(metavar="KIND", help="such as priority-matrix")
NAME = typer.Argument(metavar="NAME", help="which one of its kind, such as default")
FILE = typer.Argument(metavar="FILE", help="the document, YAML or JSON; - is JSON on stdin")
POLICY = typer.Argument(metavar="POLICY", help="a version, such as priority-matrix/default/2")
OWNER = typer.Option("", "--owner", help="person or group that answers for it")


@app.command("list")
def list_policies(
    kind: str = typer.Option("", "--kind", help="of this kind only"),
    name: str = typer.Option("", "--name", help="of this name only"),
    status: str = typer.Option("", "--status", help="draft, approved or retired only"),
    output: Form = FORM,
) -> None:
    """List versions of policies, the newest first.

    Examples:
      fsg policy list --status approved
      fsg policy list --kind life --name Incident -o json
    """
    given = {"kind": kind or None, "name": name or None, "status": status or None}
    rows = list(ask_pages("ListPolicies", "policies", PAGE, **given))
    show(output, rows, rows, Sheet(HEADS, [_row(each) for each in rows]))


@app.command("show")
def show_policy(
    policy: str = typer.Argument(metavar="POLICY", help="a version, or <kind>/<name> in force"),
    output: Form = FORM,
) -> None:
    """Show a version with its document; without a number the one that is in force.

    Examples:
      fsg policy show priority-matrix/default
      fsg policy show life/Change/1 -o json
    """
    if policy.count("/") == 1:
        kind, _, name = policy.partition("/")
        found = ask("PolicyInForce", kind=kind, name=name)["policyInForce"]
    else:
        found = ask("ShowPolicy", key=policy)["policy"]
    if found is None:
        raise NotFound(f"there is no policy '{policy}'", remedy="fitsm-graph policy list")
    rows = [
        (head, value)
        for head, value in zip(HEADS, _row(found), strict=True)
        if value not in (None, "")
    ]
    document = orjson.dumps(found["document"], option=orjson.OPT_INDENT_2).decode()
    show(output, found, [found], Sheet(("field", "value"), rows, policy))
    if output is Form.TABLE:
        emit(f"\n{document}\n")


@app.command()
def check(kind: str = KIND, name: str = NAME, file: str = FILE, output: Form = FORM) -> None:
    """Read a document as a policy and tell everything that is wrong with it; nothing is written.

    Examples:
      fsg policy check priority-matrix default matrix.yaml
    """
    given = {"kind": kind, "name": name, "document": document_in(file)}
    verdict = ask("CheckPolicy", **given)["checkPolicy"]
    heads = ("code", "path", "message", "remedy")
    rows = [
        (each["code"], "/".join(each["path"]), each["message"], each["remedy"])
        for each in verdict["errors"]
    ]
    if rows or output is not Form.TABLE:
        show(output, verdict, verdict["errors"], Sheet(heads, rows))
    if not verdict["ok"]:
        note(f"{len(rows)} wrong")
        raise typer.Exit(BadInput.exit_status)
    same = (verdict["inForce"] or {}).get("digest") == verdict["digest"]
    note("nothing is wrong with it" + ("; it is in force already" if same else ""))


@app.command()
def draft(
    kind: str = KIND,
    name: str = NAME,
    file: str = FILE,
    owner: str = OWNER,
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    change: str = CHANGE,
    again: str = KEY,
    output: Form = FORM,
) -> None:
    """Write the next version of a policy; its key is written on stdout.

    It is in force once somebody approves it who wrote none of it.

    Examples:
      fsg policy draft priority-matrix default matrix.yaml --owner grp-desk --reason "4 classes"
    """
    how = How(dry_run, reason, change, again, output)
    input = {"kind": kind, "name": name, "document": document_in(file), "owner": owner}
    _done(act_as("DraftPolicy", input, how), how, "drafted")


@app.command("change")
def change_draft(
    policy: str = POLICY,
    file: str = typer.Option("", "--file", metavar="FILE", help="another document"),
    owner: str = OWNER,
    expect: int | None = EXPECT,
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    change: str = CHANGE,
    again: str = KEY,
    output: Form = FORM,
) -> None:
    """Change a draft, or who answers for it; who changed it may not approve it.

    Examples:
      fsg policy change priority-matrix/default/2 --file matrix.yaml
    """
    how = How(dry_run, reason, change, again, output)
    input = {"policy": policy, "owner": owner, "expectedVersion": expect}
    if file:
        input["document"] = document_in(file)
    _done(act_as("ChangePolicy", input, how), how, "changed")


@app.command()
def approve(
    policy: str = POLICY,
    expect: int | None = EXPECT,
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    change: str = CHANGE,
    again: str = KEY,
    output: Form = FORM,
) -> None:
    """Bring a draft into force in place of the version that is; never one's own.

    Examples:
      fsg policy approve priority-matrix/default/2 --reason "agreed with the service owners"
    """
    _decide(
        "ApprovePolicy", policy, expect, How(dry_run, reason, change, again, output), "in force"
    )


@app.command()
def review(
    policy: str = POLICY,
    expect: int | None = EXPECT,
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    change: str = CHANGE,
    again: str = KEY,
    output: Form = FORM,
) -> None:
    """Say that a version in force was looked at and still holds.

    Examples:
      fsg policy review priority-matrix/default/1 --reason "looked at with the service owners"
    """
    how = How(dry_run, reason, change, again, output)
    _decide("ReviewPolicy", policy, expect, how, "looked at")


@app.command()
def retire(
    policy: str = POLICY,
    expect: int | None = EXPECT,
    dry_run: bool = DRY_RUN,
    reason: str = REASON,
    change: str = CHANGE,
    again: str = KEY,
    output: Form = FORM,
) -> None:
    """Give a draft up, or take a version out of force without another in its place.

    Examples:
      fsg policy retire change-window/year-end/1 --reason "it is over"
    """
    _decide("RetirePolicy", policy, expect, How(dry_run, reason, change, again, output), "retired")


# --- within --------------------------------------------------------------------------------------


def document_in(place: str) -> Any:
    """The document of a file: YAML without references and equal keys, or JSON.

    Raises:
        BadInput: It cannot be read.
    """
    if place != STDIN and not place.endswith(".json"):
        read_bytes(place)  # says what is wrong with the file itself
        return import_module("fitsm_graph.flow.documents").read_document(Path(place))
    try:
        return orjson.loads(read_bytes(place))
    except orjson.JSONDecodeError as error:
        raise BadInput(
            f"{'standard input' if place == STDIN else place} is not JSON",
            code="BAD_JSON",
            why=f"{error.msg} (line {error.lineno}, column {error.colno})",
            remedy="mend the line, or write it as YAML in a file .yaml",
        ) from error


def _decide(name: str, policy: str, expect: int | None, how: How, what: str) -> None:
    input = {"policy": policy, "expectedVersion": expect}
    _done(act_as(name, input, how), how, what)


def _done(payload: Mapping[str, Any], how: How, what: str) -> None:
    policy = payload["policy"]
    if how.output is not Form.TABLE:
        show(how.output, payload, payload["changes"], Sheet(HEADS, [_row(policy)]))
    elif not how.dry_run:
        emit(f"{policy['key']}\n")
    would = f"{policy['key']} would be {what}; nothing was written"
    ended(payload, how, f"{policy['key']} {what}", would)


def _row(policy: Mapping[str, Any]) -> tuple[Any, ...]:
    owner, authors = policy["owner"], ", ".join(policy["authors"])
    values = {**policy, "owner": owner["key"] if owner else None, "authors": authors}
    return tuple(values[head] for head in HEADS)
