"""A mapping's YAML with the line of everything in it; a key that stands twice is refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from fitsm_graph.kernel.errors import BadInput

LARGEST = 256 << 10
"""Bytes of a mapping file."""
_DEEPEST = 40
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_constructor = yaml.SafeLoader("")


@dataclass(frozen=True, slots=True)
class Marked:
    """A value with the line it stands on.

    Attributes:
        value: A text, number, true, false or null; a dict or list of marked values.
    """

    value: Any
    line: int

    def plain(self) -> Any:
        """The value without lines."""
        if isinstance(self.value, dict):
            return {name: each.plain() for name, each in self.value.items()}
        if isinstance(self.value, list):
            return [each.plain() for each in self.value]
        return self.value


def parse(text: str, file: str) -> Marked:
    """Parse one mapping file.

    Args:
        text: Its content.
        file: Its name, for messages.

    Raises:
        BadInput: It is not YAML, too large, has a repeated key, an anchor or no mapping at the top.
    """
    if len(text) > LARGEST:
        why, remedy = f"{LARGEST:,} bytes at most", "describe fewer kinds of records in one format"
        raise BadInput(f"{file} is too large", why=why, remedy=remedy, path=(file,))
    try:
        if any(isinstance(each, yaml.AliasEvent) for each in yaml.parse(text, _Loader)):
            remedy = "write it out, or use a table"
            raise BadInput(f"{file} uses an anchor", remedy=remedy, path=(file,))
        node = yaml.compose(text, _Loader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = (file, f"line {mark.line + 1}") if mark else (file,)
        why = getattr(error, "problem", None) or str(error).partition("\n")[0]
        remedy = "look at that line and the one before; put quotes around what has ': ' in it"
        raise BadInput(f"{file} is not YAML", why=why, remedy=remedy, path=place) from error
    if not isinstance(node, yaml.MappingNode):
        remedy = "begin with 'format: name'"
        raise BadInput(f"{file} describes no format", remedy=remedy, path=(file, "line 1"))
    return _marked(node, file, 0)


def _marked(node: yaml.Node, file: str, depth: int) -> Marked:
    line = node.start_mark.line + 1
    if depth > _DEEPEST:
        remedy = "no section is nested so deeply; look at the indents"
        path = (file, f"line {line}")
        raise BadInput(f"{file} is nested too deeply", remedy=remedy, path=path)
    if isinstance(node, yaml.SequenceNode):
        return Marked([_marked(each, file, depth + 1) for each in node.value], line)
    if isinstance(node, yaml.MappingNode):
        return Marked(dict(_entries(node, file, depth)), line)
    return Marked(_scalar(node), line)


def _entries(node: yaml.MappingNode, file: str, depth: int) -> Iterator[tuple[str, Marked]]:
    seen: dict[str, int] = {}
    for name_node, value_node in node.value:
        name, line = str(name_node.value), name_node.start_mark.line + 1
        if name in seen:
            raise BadInput(
                f"'{name}' stands twice in {file}",
                code="REPEATED_NAME",
                why=f"first on line {seen[name]}; one of the two would be lost",
                remedy="keep one",
                path=(file, f"line {line}"),
            )
        seen[name] = line
        yield name, _marked(value_node, file, depth + 1)


def _scalar(node: yaml.Node) -> Any:
    return _constructor.construct_object(node)
