"""Impact cases as text: one notation for people, tests and documentation.

A file holds cases. A case begins with its title and ends where the next one begins::

    == either database will do
    app hard needs 1 of db1 db2
    down db1
    => app AT_RISK margin 0

Lines of a case, in any order; what follows a ``#`` and a space is a remark:

``ELEMENT STRENGTH [grounded] needs MEMBER``
    One requirement of one member. STRENGTH is ``hard``, ``soft`` or ``info``.
``ELEMENT STRENGTH [grounded] needs K of MEMBER... [reserve R]``
    A requirement of K units out of several members. ``MEMBER*W`` weighs W instead of 1;
    ``h1..h9`` stands for nine members.
``ID: ELEMENT ...``
    The same with an id; otherwise it is ``ELEMENT#n``, n counted from 0 for each element.
``down NAME...``, ``degraded NAME...``, ``at_risk NAME...``
    Own states.
``elements NAME...``
    Elements that no requirement names. All others need no announcement.
``stranger NAME...``
    Names that are used and are not elements: for input that must be refused.
``{...}``
    The whole case as JSON, where the notation is too polite for it.
``=> ELEMENT LEVEL [margin N]``
    The expected state, and the element's margin: the least over its own hard requirements.
``=> ID margin N``
    The expected margin of one requirement.
``=> refused CODE``
    The input is refused with this code.

An element that no ``=>`` line names is expected in its own state, so every state of every case
is checked. K, W and R are JSON values, so that wrong ones can be written too.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "cases" / "impact"
OWN_WORDS = ("down", "degraded", "at_risk")
NEED = re.compile(
    r"(?:(?P<id>\S+): )?(?P<of>\S+) (?P<strength>hard|soft|info)(?P<grounded> grounded)? needs "
    r"(?:(?P<need>\S+) of )?(?P<members>.+?)(?: reserve (?P<reserve>\S+))?"
)
REMARK = re.compile(r"(?:^|\s)#\s.*")
RANGE = re.compile(r"(\D+)(\d+)\.\.\1(\d+)(\*.+)?")


class BadCase(ValueError):
    """A line of a case file is not in the notation."""


@dataclass(slots=True)
class Case:
    """One case of a table.

    Attributes:
        title: What it shows.
        file: Stem of the file it is in.
        lines: Its lines as written, without the title.
        json: The case as the product takes it.
        states: Expected level word of every element; empty when refusal is expected.
        element_margins: Expected margins of elements.
        margins: Expected margins of requirements.
        refused: Expected code of the refusal, or nothing.
    """

    title: str
    file: str
    lines: list[str] = field(default_factory=list)
    json: dict[str, Any] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    element_margins: dict[str, int] = field(default_factory=dict)
    margins: dict[str, int] = field(default_factory=dict)
    refused: str = ""

    @property
    def name(self) -> str:
        """File and title, for the name of a test."""
        return f"{self.file}: {self.title}"


def load(*names: str) -> list[Case]:
    """Load the cases of the named files, or of all files, in order."""
    paths = [FOLDER / f"{name}.txt" for name in names] or sorted(FOLDER.glob("*.txt"))
    return [case for path in paths for case in parse(path.read_text("utf-8"), path.stem)]


def parse(text: str, file: str = "") -> list[Case]:
    """Read cases from the notation.

    Raises:
        BadCase: if a line is not in the notation; file and line are named.
    """
    cases: list[Case] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = REMARK.sub("", raw).strip()
        if line.startswith("=="):
            cases.append(Case(line[2:].strip(), file))
        elif line and not cases:
            raise BadCase(f"{file}:{number}: a case begins with '== title': {raw}")
        elif line:
            cases[-1].lines.append(raw.rstrip())
            try:
                _read_line(cases[-1], line)
            except (ValueError, KeyError) as error:
                raise BadCase(f"{file}:{number}: not in the notation: {raw}") from error
    for case in cases:
        _complete(case)
    return cases


def _read_line(case: Case, line: str) -> None:
    if line.startswith("{"):
        case.json = json.loads(line)
    elif line.startswith("=>"):
        _read_expectation(case, line[2:].split())
    elif line.split(maxsplit=1)[0] in (*OWN_WORDS, "elements", "stranger"):
        word, *names = line.split()
        case.json.setdefault(word, []).extend(n for token in names for n in _names(token))
    else:
        case.json.setdefault("requirements", []).append(_requirement(line))


def _read_expectation(case: Case, words: list[str]) -> None:
    match words:
        case ["refused", code]:
            case.refused = code
        case [name, "margin", number]:
            case.margins[name] = int(number)
        case [element, level, "margin", number]:
            case.states[element] = level
            case.element_margins[element] = int(number)
        case [element, ("UP" | "AT_RISK" | "DEGRADED" | "DOWN") as level]:
            for name in _names(element):
                case.states[name] = level
        case _:
            raise ValueError(words)


def _requirement(line: str) -> dict[str, Any]:
    found = NEED.fullmatch(line)
    if not found:
        raise ValueError(line)
    names, weights = _members(found["members"].split())
    if found["need"] is None and len(names) != 1:
        raise ValueError(line)
    row: dict[str, Any] = {"id": found["id"]} if found["id"] else {}
    row |= {"of": found["of"], "members": names, "need": _value(found["need"] or "1")}
    row["strength"] = found["strength"]
    if found["grounded"]:
        row["grounded"] = True
    if any(weight != 1 for weight in weights):
        row["weights"] = weights
    if found["reserve"]:
        row["reserve"] = _value(found["reserve"])
    return row


def _members(tokens: list[str]) -> tuple[list[str], list[Any]]:
    names: list[str] = []
    weights: list[Any] = []
    for token in tokens:
        more, _, weight = token.partition("*")
        for name in _names(more):
            names.append(name)
            weights.append(_value(weight or "1"))
    return names, weights


def _names(token: str) -> list[str]:
    found = RANGE.fullmatch(token)
    if not found:
        return [token]
    return [f"{found[1]}{n}" for n in range(int(found[2]), int(found[3]) + 1)]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _complete(case: Case) -> None:
    rows = case.json.setdefault("requirements", [])
    strangers = case.json.pop("stranger", [])
    elements = case.json.setdefault("elements", [])
    own = {name: word for word in OWN_WORDS[::-1] for name in case.json.get(word, ())}
    named = [name for row in rows for name in (row["of"], *row["members"])]
    for name in (*named, *own):
        if name not in elements and name not in strangers:
            elements.append(name)
    if case.refused:
        return
    unknown = set(case.states) - set(elements)
    if unknown:
        raise BadCase(f"{case.name}: expects states of strangers {sorted(unknown)}")
    case.states = {e: case.states.get(e, own.get(e, "up").upper()) for e in elements}


def fill(document: str) -> str:
    """Put the text of file NAME between each `<!-- cases: NAME -->` and `<!-- end -->`."""

    def block(found: re.Match[str]) -> str:
        text = (FOLDER / f"{found[2]}.txt").read_text("utf-8").strip()
        return f"{found[1]}\n\n```text\n{text}\n```\n\n<!-- end -->"

    return re.sub(r"(<!-- cases: (\S+) -->).*?<!-- end -->", block, document, flags=re.DOTALL)


if __name__ == "__main__":
    import sys

    page = Path(sys.argv[1])
    page.write_text(fill(page.read_text("utf-8")), "utf-8")
