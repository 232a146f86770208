"""The reference of the command line, written from the parser: `docs/reference/command-line.md`.

Printed anew with `python -m fitsm_graph.cli.reference`; a test compares the two.
"""

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import fitsm_graph.cli as command_line
from fitsm_graph.cli.doors import Door, shared_options

INTRODUCTION = """\
# The command line

`fitsm-graph`, short `fsg`. This page is written from the parser:
`python -m fitsm_graph.cli.reference > docs/reference/command-line.md`.
How to use it is told in [Use the command line](../how-to/use-the-command-line.md).

Data goes to stdout, everything else to stderr.

## Exit codes

| code | meaning |
| --- | --- |
| 0 | done, or nothing to do |
| 1 | failure: a rule of a process forbids it, or something is broken |
| 2 | usage: the command or its input cannot be understood |
| 3 | not found |
| 4 | no right, or no token |
| 5 | conflict: somebody else was there first |
| 6 | unavailable: the database or the server does not answer |
| 7 | partial: rows were refused, or not everything was examined |
| 10 | a plan or a dry run has changes |
| 20 | a gate failed |
| 21 | held back for a decision |
| 130 | Ctrl-C |

## Environment

| name | meaning |
| --- | --- |
| `FITSM_URL` | server to ask, as `--url` |
| `FITSM_TOKEN` | API token for it; never an argument |
| `FITSM_TOKEN_FILE` | file that has the token, instead |
| `FITSM_TIMEOUT` | seconds to wait for an answer, as `--timeout` |
| `FITSM_PORT` | port of `serve` and `demo` |
| `FITSM_TRUSTED_PROXIES` | proxies in front of `serve`, as `--trusted-proxies` |
| `FITSM_NEO4J_URI` | a Neo4j to use instead of the managed local one |
| `FITSM_DATA` | folder of the managed local Neo4j |
| `NO_COLOR` | no colours, as `--no-color` |
| `SSL_CERT_FILE` | certificates of your own authority, for `--url https://…` |
"""


def reference() -> str:
    """Write the whole page."""
    parts = [INTRODUCTION, "## Options of every command\n", _options(shared_options(asks=False))]
    mine = {each.name for each in shared_options(asks=False)}
    asking = [each for each in shared_options(asks=True) if each.name not in mine]
    parts += ["Commands that are clients of the API have these as well:\n", _options(asking)]
    panel = ""
    for door in command_line.DOORS:
        if door.panel != panel:
            panel = door.panel
            parts.append(f"## {panel}\n")
        parts.extend(_door(door))
    return "\n".join(parts).rstrip() + "\n"


def _door(door: Door) -> Iterator[str]:
    command = door.load()
    shared = {each.name for each in shared_options(asks=True)}
    yield from _command(command, f"fsg {door.name}", shared, asks=door.asks)
    for name, each in getattr(command, "commands", {}).items():
        yield from _command(each, f"fsg {door.name} {name}", shared, asks=door.asks)


def _command(command: Any, path: str, shared: set[str], *, asks: bool) -> Iterator[str]:
    own = [each for each in command.params if each.name not in {*shared, "help"}]
    arguments = [each for each in own if each.param_type_name == "argument"]
    options = [each for each in own if each.param_type_name == "option"]
    usage = " ".join([path, *(_place(each) for each in arguments)])
    yield f"### {usage}\n"
    yield f"{_help(command.help or '')}\n"
    if arguments:
        yield _arguments(arguments)
    if options:
        yield _options(options)
    if asks and not getattr(command, "commands", None):
        yield "Also with `--url` and `--timeout`.\n"


def _help(text: str) -> str:
    """The help of a command, its examples as code."""
    said, _, examples = text.strip().partition("Examples:\n")
    if not examples:
        return said.strip()
    lines = [line.strip() for line in examples.strip().splitlines()]
    return "\n".join([said.strip(), "", "```sh", *lines, "```"])


def _place(argument: Any) -> str:
    name = argument.metavar or argument.name.upper()
    shown = f"{name}…" if argument.nargs == -1 else name
    return shown if argument.required else f"[{shown}]"


def _arguments(arguments: list[Any]) -> str:
    rows = [f"| `{each.metavar or each.name.upper()}` | {each.help} |" for each in arguments]
    return "\n".join(["| argument | |", "| --- | --- |", *rows, ""])


def _options(options: list[Any]) -> str:
    rows = [f"| {_names(each)} | {_value(each)} | {_meaning(each)} |" for each in options]
    return "\n".join(["| option | value | |", "| --- | --- | --- |", *rows, ""])


def _names(option: Any) -> str:
    return ", ".join(f"`{each}`" for each in (*option.opts, *option.secondary_opts))


def _value(option: Any) -> str:
    kind = option.type_descriptor.annotation
    if kind is bool:
        return ""
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return ", ".join(f"`{each.value}`" for each in kind)
    return f"`{option.metavar}`" if option.metavar else _KINDS.get(kind, "text")


def _meaning(option: Any) -> str:
    default = option.default() if callable(option.default) else option.default
    said = (option.help or "").replace("|", "\\|")
    if option.required:
        said += "; must be given"
    elif default not in (None, "", False, [], ()):
        said += f" (default {getattr(default, 'value', default)})"
    return said + ("; repeatable" if option.multiple and "repeatable" not in said else "")


_KINDS = {int: "number", float: "number", Path: "file"}


if __name__ == "__main__":
    sys.stdout.write(reference())
