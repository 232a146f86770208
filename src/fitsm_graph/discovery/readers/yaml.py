"""YAML, one document or several, read as version 1.2 reads it.

``on`` and ``yes`` are texts, ``80:80`` is no number in base 60, and a date stays a text. Also, a
number with a leading zero stays a text: it is an identity, and would lose its zero.
"""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import yaml

from fitsm_graph.discovery.readers.limits import (
    DEEPEST,
    LARGEST_YAML,
    check_shape,
    decoded,
    too_deep,
    whole,
)
from fitsm_graph.kernel.errors import BadInput, Problem

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RULES = (
    ("tag:yaml.org,2002:bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("tag:yaml.org,2002:int", r"^[-+]?(?:0|[1-9][0-9]*|0x[0-9a-fA-F]+)$", "-+0123456789"),
    (
        "tag:yaml.org,2002:float",
        r"^[-+]?(?:(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)$",
        "-+.0123456789",
    ),
    ("tag:yaml.org,2002:null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:merge", r"^<<$", "<"),
)


class _Loader(_Base):  # type: ignore[misc]  # the faster loader is chosen at run time
    """A safe loader; a key that stands twice is refused, because one value would be lost."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - replaces the parent's table

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - the parent's signature
        """Make a dict of a mapping; its own keys win over merged ones."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                continue
            if not isinstance(key, yaml.ScalarNode):
                continue  # refused when it is made into a key; its text may be huge
            if key.value in seen:
                raise _Repeated(key.value, key.start_mark.line + 1)
            seen.add(key.value)
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        return {name if isinstance(name, str) else str(name): each for name, each in made.items()}


class _Repeated(Exception):
    """A key stands twice in one mapping."""

    def __init__(self, name: str, line: int) -> None:
        super().__init__(name)
        self.name, self.line = name, line


for _tag, _pattern, _first in _RULES:
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


def read_yaml(stream: BinaryIO) -> Iterator[tuple[str, Any] | Problem]:
    """Read all documents of a file.

    Raises:
        BadInput: NOT_YAML with its line, TOO_DEEP, TOO_MANY, REPEATED_NAME, BAD_ENCODING.
    """
    text = decoded(whole(stream, LARGEST_YAML))
    try:
        _check_depth(text)
        for number, document in enumerate(yaml.load_all(text, _Loader), start=1):
            place = f"document {number}"
            check_shape(document, place)
            if document is not None:
                yield place, document
    except yaml.YAMLError as error:
        raise _not_yaml(error) from error
    except _Repeated as error:
        raise BadInput(
            f"'{error.name}' stands twice in one mapping",
            code="REPEATED_NAME",
            why="one of the two values would be lost",
            remedy="keep one",
            path=(f"line {error.line}",),
        ) from error
    except (ValueError, TypeError, RecursionError) as error:
        why, remedy = str(error)[:200], "look for keys that are lists or mappings themselves"
        message = "a value cannot be read"
        raise BadInput(message, code="NOT_YAML", why=why, remedy=remedy) from error


def _check_depth(text: str) -> None:
    """Refuse deep nesting before anything is built from it."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise too_deep(f"line {event.start_mark.line + 1 if event.start_mark else 1}")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _not_yaml(error: yaml.YAMLError) -> BadInput:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    why = getattr(error, "problem", None) or str(error).partition("\n")[0]
    return BadInput(
        "the file is not YAML",
        code="NOT_YAML",
        why=str(why)[:200],
        remedy="look at that line and the one before; indent by spaces",
        path=(f"line {line}",),
    )
