"""Reading type declarations from documents; every problem is collected, with its path.

A document is one file, read by the caller: a mapping of names to declarations. A path is
(file stem, name, field …), so that whoever wrote the file finds the place.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Generic, TypeVar

from fitsm_graph.kernel.errors import Problem
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.registry_types import (
    Attribute,
    AttributeKind,
    Cardinality,
    CIType,
    DefaultStrength,
    Dependency,
    Neighbours,
    RelationshipType,
)

Documents = Mapping[str, Any]
Path = tuple[str | int, ...]
E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Declared(Generic[T]):
    """A declaration with the place it was read from."""

    it: T
    path: Path


class Reader:
    """Takes the fields of one declaration, noting what is wrong with them."""

    def __init__(self, document: object, path: Path, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        self._left: dict[Any, Any] = {}
        if isinstance(document, Mapping):
            self._left = dict(document)
        else:
            self.note("WRONG_FIELD", "the declaration is not a mapping of fields")

    def note(
        self, code: str, message: str, *, why: str = "", remedy: str = "", at: str = ""
    ) -> None:
        """Add a problem at a field, or at the declaration as a whole."""
        path = (*self.path, at) if at else self.path
        self.problems.append(Problem(code, message, why, remedy, path))

    def take(self, name: str) -> object:
        """Take a field's raw value; null and absent are the same."""
        return self._left.pop(name, None)

    def text(self, name: str, *, required: bool = False) -> str:
        """Take a text."""
        value = self.take(name)
        if value is None or value == "":
            if required:
                self.note("MISSING_FIELD", f"'{name}' is missing", at=name)
            return ""
        if not isinstance(value, str):
            self.note("WRONG_FIELD", f"'{name}' is not text", remedy="write it in quotes", at=name)
            return ""
        return " ".join(value.split())

    def flag(self, name: str) -> bool:
        """Take a yes or no, no by default."""
        value = self.take(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.note("WRONG_FIELD", f"'{name}' is neither true nor false", at=name)
        return False

    def number(self, name: str) -> float | None:
        """Take a number, none by default."""
        value = self.take(name)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        self.note("WRONG_FIELD", f"'{name}' is not a number", at=name)
        return None

    def texts(self, name: str) -> tuple[str, ...]:
        """Take a list of texts, empty by default; a repeated one is a problem."""
        value = self.take(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            why = "YAML reads yes, no, on, off and digits as something else than text"
            self.note("WRONG_FIELD", f"'{name}' is not a list of texts", why=why, at=name)
            return ()
        if len(set(value)) < len(value):
            self.note("WRONG_FIELD", f"'{name}' names something twice", at=name)
        return tuple(dict.fromkeys(value))

    def choice(self, name: str, of: type[E], default: E | None = None) -> E | None:
        """Take one word of an enum."""
        value = self.take(name)
        words = [member.value for member in of]
        if value is None:
            if default is None:
                self.note("MISSING_FIELD", f"'{name}' is missing", remedy=_known(words), at=name)
            return default
        if value not in words:
            hint = did_you_mean(value, words) if isinstance(value, str) else _known(words)
            self.note("WRONG_FIELD", f"'{name}' cannot be {value!r}", remedy=hint, at=name)
            return default
        return of(value)

    def finish(self, known: Sequence[str]) -> None:
        """Note every field that nothing has taken."""
        for name in self._left:
            hint = did_you_mean(str(name), known)
            self.note("UNKNOWN_FIELD", f"there is no field '{name}'", remedy=hint, at=str(name))


def parse_ci_types(documents: Documents, problems: list[Problem]) -> list[Declared[CIType]]:
    """Read all CI types, in the order of the files and within them."""
    return _parse(documents, problems, _ci_type)


def parse_relationship_types(
    documents: Documents, problems: list[Problem]
) -> list[Declared[RelationshipType]]:
    """Read all relationship types, in the order of the files and within them."""
    return _parse(documents, problems, _relationship_type)


def _parse(
    documents: Documents, problems: list[Problem], read: Callable[[str, Reader], T]
) -> list[Declared[T]]:
    found: list[Declared[T]] = []
    for stem, content in documents.items():
        if not isinstance(content, Mapping):
            message = f"file '{stem}' is not a mapping of names to declarations"
            problems.append(Problem("WRONG_FIELD", message, path=(stem,)))
            continue
        for name, declaration in content.items():
            reader = Reader(declaration, (stem, str(name)), problems)
            found.append(Declared(read(str(name), reader), reader.path))
    return found


def _ci_type(name: str, reader: Reader) -> CIType:
    made = CIType(
        name=name,
        doc=reader.text("doc", required=True),
        extends=reader.text("extends"),
        abstract=reader.flag("abstract"),
        icon=_icon(reader),
        tag=_tag(reader),
        attributes=_attributes(reader),
        completeness=reader.texts("completeness"),
        owner_group=reader.text("owner_group"),
        deprecated=reader.text("deprecated"),
    )
    reader.finish(_field_names(CIType))
    return made


def _icon(reader: Reader) -> str:
    icon = reader.text("icon")
    if icon and not _ICON.match(icon):
        reader.note("BAD_NAME", f"icon '{icon}' is not in kebab case", at="icon")
    return icon


def _tag(reader: Reader) -> str:
    tag = reader.text("tag", required=True)
    if tag and not _TAG.match(tag):
        why = "pictures have room for a capital and one more letter or digit"
        reader.note("BAD_NAME", f"tag '{tag}' is not of two characters", why=why, at="tag")
    return tag


def _attributes(reader: Reader) -> tuple[Attribute, ...]:
    raw = reader.take("attributes")
    if raw is None:
        return ()
    if not isinstance(raw, Mapping):
        reader.note("WRONG_FIELD", "'attributes' is not a mapping", at="attributes")
        return ()
    below = (*reader.path, "attributes")
    read = (
        _attribute(str(name), Reader(declaration, (*below, str(name)), reader.problems))
        for name, declaration in raw.items()
    )
    return tuple(attribute for attribute in read if attribute is not None)


def _attribute(name: str, reader: Reader) -> Attribute | None:
    kind = reader.choice("kind", AttributeKind)
    made = Attribute(
        name=name,
        kind=kind or AttributeKind.STRING,
        doc=reader.text("doc", required=True),
        required=reader.flag("required"),
        unique=reader.flag("unique"),
        values=reader.texts("values"),
        unit=reader.text("unit"),
        minimum=reader.number("minimum"),
        maximum=reader.number("maximum"),
        sensitive=reader.flag("sensitive"),
        controlled=reader.flag("controlled"),
        deprecated=reader.text("deprecated"),
    )
    reader.finish(_field_names(Attribute))
    return made if kind else None


def _relationship_type(name: str, reader: Reader) -> RelationshipType:
    between = reader.texts("between")
    sources, targets = reader.texts("sources"), reader.texts("targets")
    if bool(between) == bool(sources or targets) or bool(sources) != bool(targets):
        remedy = "give 'sources' and 'targets', or 'between' for a symmetric type"
        reader.note("MISSING_FIELD", "its ends are not clear", remedy=remedy)
    dependency = reader.choice("dependency", Dependency) or Dependency.NONE
    made = RelationshipType(
        name=name,
        doc=reader.text("doc", required=True),
        sentence=_sentence(reader),
        sources=between or sources,
        targets=between or targets,
        symmetric=bool(between),
        cardinality=reader.choice("cardinality", Cardinality, Cardinality.MANY_TO_MANY)
        or Cardinality.MANY_TO_MANY,
        dependency=dependency,
        strength=_strength(reader, needed=dependency is not Dependency.NONE),
        grounded=reader.flag("grounded"),
        neighbours=reader.choice("neighbours", Neighbours, Neighbours.NONE) or Neighbours.NONE,
        needed_by=reader.texts("needed_by"),
        deprecated=reader.text("deprecated"),
    )
    known = {*_field_names(RelationshipType), "between"} - {"symmetric"}
    reader.finish(sorted(known))
    return made


def _strength(reader: Reader, *, needed: bool) -> DefaultStrength:
    """Take the strength; where one end needs the other it must be said."""
    default = None if needed else DefaultStrength.INFO
    return reader.choice("strength", DefaultStrength, default) or DefaultStrength.INFO


def _sentence(reader: Reader) -> str:
    sentence = reader.text("sentence", required=True)
    if sentence and _BRACES.findall(sentence) != ["{source}", "{target}"]:
        remedy = "write it as '{source} depends on {target}'"
        reader.note("WRONG_FIELD", "the sentence lacks its two ends", remedy=remedy, at="sentence")
        return "{source} – {target}"
    return sentence


def _field_names(of: type[Attribute | CIType | RelationshipType]) -> list[str]:
    return [each.name for each in fields(of) if each.name != "name"]


def _known(words: Sequence[str]) -> str:
    return "one of " + ", ".join(words)


_ICON = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
_TAG = re.compile(r"^[A-Z][A-Za-z0-9]$")
_BRACES = re.compile(r"\{\w*\}|[{}]")
