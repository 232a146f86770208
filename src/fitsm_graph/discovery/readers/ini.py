"""INI, as inventories use it: sections of lines, each a word with ``name=value`` behind it."""

import re
import shlex
from collections.abc import Iterator
from typing import Any, BinaryIO

from fitsm_graph.discovery.readers.limits import LARGEST_YAML, decoded, whole
from fitsm_graph.kernel.errors import BadInput, Problem

LONGEST = 8_192
"""Characters of a line: quotes are looked for letter by letter, in a time that grows with its
square."""
_SECTION = re.compile(r"^\[([^\[\]]+)\]\s*(?:[#;].*)?$")
_PAIR = re.compile(r"^([A-Za-z_][\w.-]*)\s*=\s*(.*)$")


def read_ini(stream: BinaryIO) -> Iterator[tuple[str, Any] | Problem]:
    """Read all sections as one document: ``{sections: [{name, kind, lines}]}``.

    A section ``[web:children]`` has the name ``web`` and the kind ``children``. A line has its
    first word as ``head``, the pairs behind it as ``values``, and its number as ``line``; a line
    that is a pair itself has no head.

    Raises:
        BadInput: BAD_ENCODING, TOO_LARGE, LINE_TOO_LONG.
    """
    sections: list[dict[str, Any]] = []
    current = _section("")
    for number, line in enumerate(decoded(whole(stream, LARGEST_YAML)).splitlines(), start=1):
        text = line.strip()
        if not text or text[0] in "#;":
            continue
        if len(text) > LONGEST:
            raise BadInput(
                f"the line has more than {LONGEST:,} characters",
                code="LINE_TOO_LONG",
                remedy="one host a line; keep its variables elsewhere",
                path=(f"line {number}",),
            )
        match = _SECTION.match(text)
        if match:
            if current["lines"] or current["name"]:
                sections.append(current)
            current = _section(match[1])
        else:
            current["lines"].append(_line(text, number))
    sections.append(current)
    yield "document 1", {"sections": [each for each in sections if each["lines"] or each["name"]]}


def _section(title: str) -> dict[str, Any]:
    name, _, kind = title.strip().partition(":")
    return {"name": name, "kind": kind, "lines": []}


def _line(text: str, number: int) -> dict[str, Any]:
    pair = _PAIR.match(text)
    if pair:
        return {"head": None, "values": {pair[1]: pair[2]}, "line": number}
    try:
        words = shlex.split(text, comments=True)
    except ValueError:
        words = text.split()
    head, rest = (words[0], words[1:]) if words else (text, [])
    pairs = [word.partition("=") for word in rest if "=" in word]
    return {"head": head, "values": {name: each for name, _, each in pairs}, "line": number}
