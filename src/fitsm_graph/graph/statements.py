"""Named statements: what the product does is a file under `cypher/`, one statement each.

A file starts with a header that is checked when it is loaded and, in the tests, against a real
server:

    // confm.element_by_id (read)
    // One row for the element, or none.
    //
    // $id  str   the element
    // -> properties  map  all of its properties
    //
    // limit   undiagnosed P30D (how long what it checks may take, as `$limits` says by name)
    // seek    record_id
    // budget  2 ms
    // why     …
    // outside why what it writes is not kept by the ledger (only where that is so)
    // allow   Eager: the reason why an operator that is refused elsewhere stands here
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Literal, cast

from fitsm_graph.kernel.errors import Broken
from fitsm_graph.kernel.places import CYPHER
from fitsm_graph.kernel.text import did_you_mean

Mode = Literal["read", "write"]

_TITLE = re.compile(r"^// (?P<room>[a-z_]+)\.(?P<name>[a-zA-Z0-9_.]+) \((?P<mode>read|write)\)$")
_PARAMETER = re.compile(r"^// \$(?P<name>\w+)\s+(?P<type>\S+)\s+(?P<doc>.+)$")
_COLUMN = re.compile(r"^// -> (?P<name>\w+)\s+(?P<type>\S+)\s+(?P<doc>.+)$")
_FACT = re.compile(r"^// (?P<word>seek|budget|why|allow|outside)\s+(?P<text>.+)$")
_LIMIT = re.compile(r"^// limit +(?P<name>\w+) +(?P<span>P\w+)$")
_TIMED = re.compile(r"\$limits\.(\w+)")
_USED = re.compile(r"\$(\w+)")
_STRING = re.compile(r"'[^']*'")


@dataclass(frozen=True, slots=True)
class Statement:
    """One named statement with what its header promises.

    Attributes:
        name: ``room.verb_object``, the path of the file.
        mode: Whether it may write.
        parameters: Names and types.
        columns: Names and types, in order.
        limits: How long what it checks may take, ISO 8601, by name.
        seek: Indexes its plan must use.
        allow: Operators that its plan may hold although they are refused elsewhere, with reasons.
        outside: Why what it writes is not kept by the ledger; empty where it writes no such thing.
    """

    name: str
    mode: Mode
    text: str
    parameters: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    limits: Mapping[str, str]
    seek: tuple[str, ...]
    budget: str
    why: str
    allow: tuple[str, ...]
    outside: str


def parse(name: str, source: str) -> Statement:
    """Read a statement file.

    Raises:
        Broken: The header and the statement do not say the same.
    """
    lines = source.splitlines()
    header = [line.rstrip() for line in lines if line.startswith("//")]
    text = "\n".join(line for line in lines if not line.startswith("//")).strip()
    title = _TITLE.match(header[0]) if header else None
    if title is None or f"{title['room']}.{title['name']}" != name:
        raise _bad(name, f"its first line is not '// {name} (read)' or '(write)'")
    facts: dict[str, list[str]] = {}
    for match in filter(None, map(_FACT.match, header)):
        facts.setdefault(match["word"], []).append(match["text"].strip())
    statement = Statement(
        name=name,
        mode=cast("Mode", title["mode"]),
        text=text,
        parameters=_named(_PARAMETER, header),
        columns=_named(_COLUMN, header),
        limits={each["name"]: each["span"] for each in filter(None, map(_LIMIT.match, header))},
        seek=tuple(" ".join(facts.get("seek", [])).split()),
        budget=" ".join(facts.get("budget", [])),
        why=" ".join(facts.get("why", [])),
        allow=tuple(facts.get("allow", [])),
        outside=" ".join(facts.get("outside", [])),
    )
    _check(statement)
    return statement


@cache
def statement(name: str) -> Statement:
    """Load the statement ``room.verb_object`` from its file; loaded once.

    Raises:
        Broken: No such file, or its header does not fit.
    """
    path = _path(name)
    if not path.is_file():
        remedy = did_you_mean(name, names())
        raise Broken(
            f"there is no statement '{name}'", why=f"{path.name} is missing", remedy=remedy
        )
    return parse(name, path.read_text(encoding="utf-8"))


def names() -> list[str]:
    """Names of all statements, sorted; migrations are not among them."""
    return sorted(
        f"{path.parent.name}.{path.stem}"
        for path in CYPHER.glob("*/*.cypher")
        if path.parent.name != "migrations"
    )


@cache
def described(name: str) -> str:
    """What a statement is for: the sentence below its title."""
    lines = _path(name).read_text(encoding="utf-8").splitlines()[1:]
    said = takewhile(lambda line: line != "//", lines)
    return " ".join(line.removeprefix("// ") for line in said)


def _path(name: str) -> Path:
    room, _, stem = name.partition(".")
    return CYPHER / room / f"{stem}.cypher"


def _named(pattern: re.Pattern[str], header: list[str]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (found["name"], found["type"]) for found in filter(None, map(pattern.match, header))
    )


def _check(statement: Statement) -> None:
    used = set(_USED.findall(_STRING.sub("", statement.text)))
    declared = {name for name, _ in statement.parameters}
    if used != declared:
        raise _bad(statement.name, f"parameters used {sorted(used)}, declared {sorted(declared)}")
    timed = set(_TIMED.findall(statement.text))
    if timed != set(statement.limits):
        raise _bad(
            statement.name, f"limits used {sorted(timed)}, declared {sorted(statement.limits)}"
        )
    if not statement.budget or not statement.why:
        raise _bad(statement.name, "its header lacks 'budget' or 'why'")
    if ";" in statement.text:
        raise _bad(statement.name, "it holds more than one statement")


def _bad(name: str, why: str) -> Broken:
    return Broken(
        f"statement '{name}' cannot be used", why=why, remedy=f"mend {name} under cypher/"
    )
