"""What a verb asks for, read from its signature and its docstring.

    @verb("incident.resolve", room=Process.ISRM, requirement="PR9.2", on="Incident")
    async def resolve_incident(
        tx: Tx, policies: Policies, ref: Annotated[str, Of("Incident")], resolution: str, …
    ) -> Properties: …

The inputs of mutations and the commands of the command line are made of this, so that an argument
is declared once: its name and type in the signature, what it means under ``Args:``.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

REQUIRED = object()
"""The default of an argument that has none."""
_SECTION = re.compile(r"^(?P<name>[A-Z]\w+):\s*$")
_ENTRY = re.compile(r"^ {4}(?P<name>\w+): (?P<text>.*)$")


@dataclass(frozen=True, slots=True)
class Of:
    """Marks a text that names one record of a kind, by id or key."""

    kind: str


@dataclass(frozen=True, slots=True)
class AsMoment:
    """Marks a text that is a moment, RFC 3339."""


Moment = Annotated[str, AsMoment()]


@dataclass(frozen=True, slots=True)
class Argument:
    """One thing that somebody who wants a verb done has to say, or may.

    Attributes:
        type: Of a value: plain, an enum, a named tuple, or a mapping.
        many: It is a list of such.
        optional: None says that there is none.
        default: What it is where nothing is said; `REQUIRED`: something has to be.
        refers: Kind of the record that it names; empty: it names none.
        moment: It is a moment, as text.
        named: It is said by its name, and not by its place.
    """

    name: str
    type: Any
    doc: str
    many: bool = False
    optional: bool = False
    default: Any = REQUIRED
    refers: str = ""
    moment: bool = False
    named: bool = False

    @property
    def required(self) -> bool:
        """Whether it has to be said."""
        return self.default is REQUIRED


@dataclass(frozen=True, slots=True)
class Signature:
    """What a verb asks for.

    Attributes:
        given: Arguments that whoever wants it done says.
        lent: Those that the product lends, by name: their types.
        doc: What it does, in a sentence.
        examples: Commands that do it.
    """

    given: tuple[Argument, ...]
    lent: Mapping[str, Any]
    doc: str
    examples: tuple[str, ...]


def signature_of(run: Callable[..., Awaitable[Any]], lent: AbstractSet[Any]) -> Signature:
    """Read the signature of a verb.

    Args:
        run: The verb; its first parameter is the transaction.
        lent: Types of the parameters that the product lends.
    """
    hints = get_type_hints(run, include_extras=True)
    sections = _sections(inspect.getdoc(run) or "")
    docs = _entries(sections.get("Args", ()))
    parameters = list(inspect.signature(run).parameters.values())[1:]
    borrowed = {each.name: hints[each.name] for each in parameters if hints[each.name] in lent}
    given = tuple(
        replace(
            _argument(each.name, hints[each.name], each.default, docs.get(each.name, "")),
            named=each.kind is inspect.Parameter.KEYWORD_ONLY,
        )
        for each in parameters
        if each.name not in borrowed
    )
    doc = " ".join(sections[""][:1])
    return Signature(given, borrowed, doc, tuple(map(str.strip, sections.get("Examples", ()))))


@cache
def fields_of_tuple(type: Any) -> tuple[Argument, ...]:
    """What the parts of a named tuple are, likewise."""
    hints = get_type_hints(type, include_extras=True)
    docs = _entries(_sections(inspect.getdoc(type) or "").get("Attributes", ()))
    defaults: Mapping[str, Any] = type._field_defaults
    return tuple(
        _argument(name, hints[name], defaults.get(name, inspect.Parameter.empty), docs[name])
        for name in type._fields
    )


def _argument(name: str, hint: Any, default: Any, doc: str) -> Argument:
    missing = default is inspect.Parameter.empty
    marks: list[Any] = []
    kind, optional, many = hint, False, False
    while True:
        origin = get_origin(kind)
        if origin is Annotated:
            kind, *more = get_args(kind)
            marks += more
        elif origin in {UnionType, Union}:
            parts = [each for each in get_args(kind) if each is not NoneType]
            optional = optional or len(parts) < len(get_args(kind))
            kind = parts[0]
        elif origin in {Sequence, list}:
            many, kind = True, get_args(kind)[0]
        elif origin is not None and issubclass(origin, Mapping):
            kind = dict
        else:
            break
    return Argument(
        name,
        kind,
        doc,
        many=many,
        optional=optional,
        default=REQUIRED if missing else default,
        refers=next((each.kind for each in marks if isinstance(each, Of)), ""),
        moment=any(isinstance(each, AsMoment) for each in marks),
    )


def _sections(text: str) -> dict[str, list[str]]:
    """A docstring by its sections; what comes before the first has no name."""
    found: dict[str, list[str]] = {"": []}
    name = ""
    for line in text.splitlines():
        heading = _SECTION.match(line)
        if heading is not None:
            name = heading["name"]
            found[name] = []
        elif line.strip():
            found[name].append(line)
    return found


def _entries(lines: Sequence[str]) -> dict[str, str]:
    """The entries of a section, each in one line."""
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        entry = _ENTRY.match(line)
        if entry is not None:
            name = entry["name"]
            found[name] = entry["text"].strip()
        elif name:
            found[name] += f" {line.strip()}"
    return found
