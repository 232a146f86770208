"""YAML files of types, read without tricks: what could mean two things is refused (PR11.1).

YAML keeps the last of two equal keys and says nothing, and a page of references to references
grows to more than any memory holds. Files of types need neither, so both are refused by line.
"""

from collections.abc import Hashable
from pathlib import Path
from typing import Any, NoReturn

import yaml

from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import plural

LARGEST_FILE = 1_000_000
"""Bytes of one file; the largest of the default set has 6,000."""
DEEPEST = 8
"""Levels of one file; a type with attributes that list their values has 5."""


def read_document(path: Path) -> dict[str, Any]:
    """Read one file as a mapping of names to declarations.

    Raises:
        BadInput: FILE_TOO_LARGE, BAD_YAML or DUPLICATE_KEY, with the name of the file and, where
            there is one, the line.
    """
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise BadInput(
            f"{path.name} is too large",
            why=f"such a file has at most {LARGEST_FILE:,} bytes",
            remedy="split it: every file of the folder is read",
            code="FILE_TOO_LARGE",
            path=(path.name,),
        )
    document = _parsed(path.name, content)
    if not isinstance(document, dict):
        raise BadInput(
            f"{path.name} is no mapping of names to declarations",
            why="it says for each name what it is",
            remedy="write `Name:` and its fields below it, indented",
            code="BAD_YAML",
            path=(path.name,),
        )
    return document


def _parsed(name: str, content: bytes) -> Any:
    try:
        loader = _Strict(content.decode("utf-8-sig"), name)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        where = error.problem_mark or error.context_mark
        what = ": ".join(filter(None, (error.context, error.problem)))
        _refuse(
            name, where, what, "mend the line; quote a text that holds `: ` or begins with a sign"
        )
    except (yaml.YAMLError, ValueError) as error:
        reason = str(error).splitlines()[0]
        _refuse(name, None, reason, "write it as UTF-8 text; quote what should be a text")


def _refuse(name: str, where: Any, why: str, remedy: str, code: str = "BAD_YAML") -> NoReturn:
    line = where.line + 1 if where else 0
    raise BadInput(
        f"{name}{f', line {line}' if line else ''}, cannot be read",
        why=why,
        remedy=remedy,
        code=code,
        path=(name, line) if line else (name,),
    ) from None


class _Strict(yaml.SafeLoader):
    """The safe loader, without references, equal keys, keys that are no texts, deep nesting."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self._name = name
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        parser: Any = self  # its types are published without this method
        event = parser.peek_event()
        if isinstance(event, yaml.AliasEvent):
            why = f"it refers to another place (*{event.anchor}); references can grow without end"
            _refuse(self._name, event.start_mark, why, "write out what is meant")
        self._depth += 1
        if self._depth > DEEPEST + 1:
            why = f"it is nested deeper than {plural(DEEPEST, 'level')}"
            _refuse(self._name, event.start_mark, why, "check the indentation and the brackets")
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(
        self, node: yaml.MappingNode, *given: bool, **named: bool
    ) -> dict[Hashable, Any]:
        lines: dict[str, int] = {}
        for key, _ in node.value:
            if key.tag != "tag:yaml.org,2002:str":
                why = (
                    f"the key {key.value!r} is read as {key.tag.rpartition(':')[2]}, not as a text"
                )
                _refuse(self._name, key.start_mark, why, "quote it")
            if key.value in lines:
                why = f"{key.value!r} stands there already, in line {lines[key.value]}"
                remedy = "keep the one that is meant"
                _refuse(self._name, key.start_mark, why, remedy, "DUPLICATE_KEY")
            lines[key.value] = key.start_mark.line + 1
        return super().construct_mapping(node, *given, **named)
