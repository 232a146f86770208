"""Commands of the processes, made of what `processes.json` says of verbs and records.

Each kind of record has a group: `list`, `show`, `history`, and a command for each verb on it. What
has to be said is an argument, in order; what may be said is an option. That file and the documents
beside it are printed from the verbs' own signatures (`tools/print_verbs.py`), so that a client
loads neither them nor what they need.
"""

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from fitsm_graph.cli.asking import ask, ask_pages
from fitsm_graph.cli.doors import shared_options
from fitsm_graph.cli.entries import entry_sheet
from fitsm_graph.cli.output import emit, note
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.cli.values import json_object
from fitsm_graph.cli.verbs import CHANGE, DRY_RUN, KEY, REASON, How, act_as, ended
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.kernel.text import did_you_mean

PAGE = 200
WHERE = typer.Option("", "--where", metavar="FILE", help="a filter as a JSON object; - is stdin")
ORDER = typer.Option([], "--by", metavar="FIELD", help="order, as priority or startsAt:desc")
EVERY = typer.Option(False, "--all", help="also those that are over")
MORE = {
    "incident": {"report": "fitsm_graph.cli.incident_report"},
    "service_request": {"report": "fitsm_graph.cli.request_report"},
    "problem": {"report": "fitsm_graph.cli.problem_report"},
    "release": {"report": "fitsm_graph.cli.releases_report"},
    "configuration_source": {"standing": "fitsm_graph.cli.sources"},
    "baseline": {"diff": "fitsm_graph.cli.verification", "check": "fitsm_graph.cli.verification"},
    "verification": {
        "due": "fitsm_graph.cli.verification",
        "report": "fitsm_graph.cli.verification",
    },
    "trend_review": {"look": "fitsm_graph.cli.trends"},
    "change": {
        "check": "fitsm_graph.cli.change_check",
        "comparison": "fitsm_graph.cli.change_comparison",
        "windows": "fitsm_graph.cli.change_windows",
    },
    "document": {"read": "fitsm_graph.cli.issued", "save": "fitsm_graph.cli.issued"},
}
"""Commands of a group that follow from no verb, with where they are."""
_PLAIN = {"str": str, "int": int, "float": float, "bool": bool, "dict": str, "parts": str}
_OUT = {"dry_run": DRY_RUN, "reason": REASON, "change": CHANGE, "again": KEY, "output": FORM}
_TYPES = {"dry_run": bool, "reason": str, "change": str, "again": str, "output": Form}


@cache
def groups() -> Mapping[str, Any]:
    """What is known of each group of commands, by name."""
    found: Mapping[str, Any] = json.loads(
        Path(__file__).with_name("processes.json").read_text(encoding="utf-8")
    )
    return found


def __getattr__(name: str) -> typer.Typer:
    """Make the group of a name; each is made when it is called."""
    if name not in groups():
        raise AttributeError(name)
    said, word = groups()[name], name.replace("_", "-")
    app = typer.Typer(no_args_is_help=True, help=said["doc"])
    app.command("list", help=_list_help(word, said))(_listing(said))
    app.command("show", help=_show_help(word, said))(_showing(said))
    app.command("history", help=_history_help(word, said))(_telling(said))
    for command, module in MORE.get(name, {}).items():
        app.command(command)(getattr(import_module(module), command))
    for command, each in said["commands"].items():
        lines = [each["doc"], "", "Examples:", *(f"  fsg {line}" for line in each["examples"])]
        app.command(command.replace("_", "-"), help="\n".join(lines))(_acting(said, each))
    return app


# --- questions -----------------------------------------------------------------------------------


def _list_help(name: str, said: Mapping[str, Any]) -> str:
    opened = "; those that are over only with --all" if said["open"] else ""
    return (
        f"List {said['words']}, the newest first unless ordered{opened}.\n\n"
        f"Examples:\n  fsg {name} list\n  fsg {name} list --by key -o json"
    )


def _show_help(name: str, said: Mapping[str, Any]) -> str:
    return (
        f"Show one {said['word']} with all that is known of it.\n\n"
        f"Examples:\n  fsg {name} show {said['example']}"
    )


def _listing(said: Mapping[str, Any]) -> Callable[..., None]:
    def listing(*, where: str, by: list[str], output: Form, every: bool = True) -> None:
        asked = json_object(where)
        if said["open"] and not every and "open" not in asked:
            asked = {**asked, "open": True}
        order = [_ordered(each) for each in by]
        kind = said["kind"]
        rows = list(ask_pages(f"List{kind}s", said["many"], PAGE, where=asked, orderBy=order))
        show(output, rows, rows, Sheet(said["columns"], [_row(said, each) for each in rows]))

    parameters = [("where", str, WHERE), ("by", list[str], ORDER), ("output", Form, FORM)]
    if said["open"]:
        parameters.insert(0, ("every", bool, EVERY))
    return _command(listing, parameters)


def _showing(said: Mapping[str, Any]) -> Callable[..., None]:
    def showing(key: str, output: Form) -> None:
        record = ask(f"Show{said['kind']}", key=key)[said["one"]]
        if record is None:
            raise NotFound(f"there is no {said['word']} '{key}'", remedy="check the key")
        rows = [(name, _cell(said, name, value)) for name, value in record.items()]
        told = [row for row in rows if row[1] not in (None, "")]
        show(output, record, [record], Sheet(("field", "value"), told))

    key = typer.Argument(metavar="KEY", help="such as stands in the list")
    return _command(showing, [("key", str, key), ("output", Form, FORM)])


def _history_help(name: str, said: Mapping[str, Any]) -> str:
    return (
        f"Show what happened to one {said['word']}: who, when, what and why, with its comments and "
        "what refers to it.\n\n"
        f"Examples:\n  fsg {name} history {said['example']}\n"
        f"  fsg {name} history {said['example']} -o json"
    )


def _telling(said: Mapping[str, Any]) -> Callable[..., None]:
    def telling(key: str, output: Form) -> None:
        told = ask("RecordHistory", kind=said["kind"], of=key)["recordHistory"]
        names = {each["id"]: each["key"] or each["name"] for each in told["names"]}
        show(output, told, told["entries"], entry_sheet(told["entries"], names))

    key = typer.Argument(metavar="KEY", help="such as stands in the list")
    return _command(telling, [("key", str, key), ("output", Form, FORM)])


def _ordered(given: str) -> dict[str, str]:
    name, _, way = given.partition(":")
    if way not in {"", "asc", "desc"}:
        raise BadInput(f"'{given}' is no order", remedy="write it as startsAt, or startsAt:desc")
    return {name: (way or "asc").upper()}


def _row(said: Mapping[str, Any], record: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(_cell(said, name, record[name]) for name in said["columns"])


def _cell(said: Mapping[str, Any], name: str, value: Any) -> Any:
    """A value in a table: what it is linked with by key, and lists on lines."""
    if name in said["links"]:
        many = value if isinstance(value, list) else [value] if value else []
        return ", ".join(_linked(each, said["links"][name]) for each in many)
    return "; ".join(map(str, value)) if isinstance(value, list) else value


def _linked(value: Mapping[str, Any], end: str) -> str:
    if not end:
        return str(value["key"])
    words = [str(each) for name, each in value.items() if name != end and each is not None]
    return " ".join([value[end]["key"], *words])


# --- verbs ---------------------------------------------------------------------------------------


def _acting(said: Mapping[str, Any], verb: Mapping[str, Any]) -> Callable[..., None]:
    def acting(**given: Any) -> None:
        how = How(*(given.pop(name) for name in ("dry_run", "reason", "change", "again", "output")))
        input = {
            each["given"]: _value(each, given[each["name"]])
            for each in verb["arguments"]
            if _is_said(each, given[each["name"]])
        }
        payload = act_as(verb["operation"], input, how)
        _tell(said, payload, how, str(input.get("ref", "")))

    parameters = [_parameter(each) for each in verb["arguments"]]
    parameters += [(name, _TYPES[name], option) for name, option in _OUT.items()]
    return _command(acting, parameters)


def _parameter(each: Mapping[str, Any]) -> tuple[str, Any, Any]:
    kind: Any = _PLAIN.get(each["type"], str)
    kind = list[kind] if each["many"] else kind
    name, help = each["name"], _help(each)
    if (each["required"] or each["many"]) and not each["named"]:
        metavar = ("ELEMENT[=EFFECT]" if each["type"] == "parts" else name.upper()) + (
            "..." if each["many"] else ""
        )
        given: Any = ... if each["required"] else []
        return name, kind, typer.Argument(given, metavar=metavar, help=help)
    word = name.replace("_", "-")
    if f"--{word}" in _taken():
        word = f"its-{word}"
    option = f"--{word}/--no-{word}" if kind is bool else f"--{word}"
    if each["required"]:
        return name, kind, typer.Option(..., option, help=help)
    default: Any = [] if each["many"] else None
    return name, kind if each["many"] else kind | None, typer.Option(default, option, help=help)


@cache
def _taken() -> frozenset[str]:
    """Options that all commands have, or all verbs: what a verb asks for is called otherwise."""
    shared = [word for each in shared_options(asks=True) for word in each.opts]
    return frozenset((*shared, *(word for each in _OUT.values() for word in each.param_decls)))


def _help(each: Mapping[str, Any]) -> str:
    words = f"; {', '.join(each['words'])}" if each["type"] == "word" else ""
    parts = "; each as KEY or KEY=WORD" if each["type"] == "parts" else ""
    return f"{each['doc'].rstrip('.')}{words}{parts}"


def _is_said(each: Mapping[str, Any], value: Any) -> bool:
    return each["required"] or value not in (None, [])


def _value(each: Mapping[str, Any], value: Any) -> Any:
    """A value as the mutation takes it."""
    one = partial(_one, each)
    return list(map(one, value)) if each["many"] else one(value)


def _one(each: Mapping[str, Any], value: Any) -> Any:
    if each["type"] == "word":
        return _word(each["words"], value, each["name"])
    if each["type"] == "parts":
        first, second = each["parts"]
        named, _, word = value.partition("=")
        made = {first["given"]: named}
        return made | ({second["given"]: _one(second, word)} if word else {})
    return json_object(value) if each["type"] == "dict" else value


def _word(words: Sequence[str], value: str, name: str) -> str:
    if value.lower() not in words:
        remedy = did_you_mean(value, words) or f"one of {', '.join(words)}"
        raise BadInput(f"'{value[:60]}' is not known here", remedy=remedy, path=(name,))
    return value.upper()


def _tell(said: Mapping[str, Any], payload: Mapping[str, Any], how: How, ref: str) -> None:
    """Show what a verb answered; what it retired is there no more, and is called as it was."""
    found = payload[said["one"]]
    record = found or {"key": ref}
    if how.output is not Form.TABLE:
        sheet = Sheet(said["columns"], [_row(said, record)] if found else [])
        show(how.output, payload, payload["changes"], sheet)
    elif not how.dry_run:
        emit(f"{record['key']}\n")
    for each in record.get("because") or ():
        note(f"  {each}")
    where = f" {record['status']}" if record.get("status") else ""
    ended(payload, how, f"{record['key']}{where}")


def _command(
    run: Callable[..., None], parameters: Sequence[tuple[str, Any, Any]]
) -> Callable[..., None]:
    """Give a function the parameters that the parser reads."""

    def command(**given: Any) -> None:
        run(**given)

    made = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
        )
        for name, annotation, default in parameters
    ]
    command.__signature__ = inspect.Signature(made)  # type: ignore[attr-defined]  # read by typer
    command.__annotations__ = {name: annotation for name, annotation, _ in parameters}
    return command
