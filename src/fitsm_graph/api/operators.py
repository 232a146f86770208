"""Operators of filters, declared once: their inputs, their statements and their reference.

Truth has two values here. What is not known is equal to nothing and differs from everything, is
neither before nor after anything, and holds nothing; so `ne` is exactly what `eq` is not. Cypher
has a third value, null, which a `WHERE` takes as false: only what is negated has to be settled.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from fitsm_graph.api.fields import Field, ValueKind
from fitsm_graph.kernel.clock import from_text, span_from_text, to_text
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.registry import Attribute, AttributeKind
from fitsm_graph.model.registry_values import Unfit, checker

PLAIN = "\ud7ff"
"""Texts without anything beyond are in the same order by code points and by UTF-16 units."""


class Making(Protocol):
    """A statement in the making: takes values as parameters, and knows what time it is."""

    now: datetime

    def value(self, value: Any) -> str:
        """Put a value into a parameter and return its name in the text."""
        ...


class Operand(StrEnum):
    """What an operator is given."""

    ONE = "one value"
    MANY = "a list of values"
    FLAG = "true or false"
    SPAN = "a duration"


@dataclass(frozen=True, slots=True)
class Compared:
    """A stored value that is compared.

    Attributes:
        at: Where it is found, in Cypher.
        folded: Texts are compared in lower case.
        path: Where in the filter, for errors.
    """

    made: Making
    field: Field
    at: str
    folded: bool
    path: tuple[str | int, ...]

    @property
    def place(self) -> str:
        """The stored value, in lower case where it is asked for."""
        if not self.folded:
            return self.at
        if self.field.kind is ValueKind.TEXTS:
            return f"[each IN {self.at} | toLower(each)]"
        return f"toLower({self.at})"

    def one(self, given: Any) -> str:
        """A value to compare with."""
        name = self.made.value(self._stored(given))
        return f"toLower({name})" if self.folded else name

    def many(self, given: Sequence[Any]) -> str:
        """Values to compare with."""
        name = self.made.value([self._stored(each) for each in given])
        return f"[each IN {name} | toLower(each)]" if self.folded else name

    def ordered(self, sign: str, given: Any) -> str:
        """Before or after a value."""
        if self.field.kind is not ValueKind.TEXT:
            return f"{self.place} {sign} {self.one(given)}"
        return text_order(self.place, sign, str(given), self.one(given))

    def ago(self, given: str) -> str:
        """The moment, or the day, that is so long ago."""
        span = span_from_text(given, path=self.path)
        try:
            then = self.made.now - span
        except OverflowError:
            then = datetime.min.replace(tzinfo=self.made.now.tzinfo)
        day = self.field.kind is ValueKind.DATE
        return self.made.value(then.date().isoformat() if day else to_text(then))

    def _stored(self, given: Any) -> Any:
        """A value in the form in which such values are stored."""
        if self.field.attribute is not None and self.field.kind in _CHECKED:
            return self._checked(given)
        if self.field.kind is ValueKind.MOMENT:
            return to_text(from_text(str(given), path=self.path))
        return given.value if hasattr(given, "value") else given

    def _checked(self, given: Any) -> Any:
        attribute = Attribute(self.field.name, self.field.attribute or AttributeKind.STRING, "")
        try:
            return checker(attribute)(given)
        except Unfit as unfit:
            raise BadInput(
                f"'{str(given)[:60]}' is {unfit.reason}",
                why=f"'{self.field.name}' is a {attribute.kind}",
                remedy=unfit.remedy or "write it as its kind asks",
                path=self.path,
            ) from unfit


_CHECKED = frozenset({ValueKind.DATE, ValueKind.MOMENT, ValueKind.ADDRESS})
_SPREAD = (
    "reduce(spread = '', unit IN split({}, '') | spread + "
    "CASE WHEN unit > '\\uD7FF' AND unit < '\\uE000' THEN '\\uFFFF' + unit ELSE unit END)"
)


def text_order(place: str, sign: str, given: str, name: str) -> str:
    """Compare texts by code points, as lists are ordered.

    Neo4j orders stored texts by code points, and compares a stored one with a parameter by UTF-16
    units. The two differ only where the parameter has something from U+E000 on in it; then both
    are spread in such a way that units are in the order of code points.
    """
    if max(given, default="") <= PLAIN:
        return f"{place} {sign} {name}"
    return f"{_SPREAD.format(place)} {sign} {_SPREAD.format(name)}"


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator.

    Attributes:
        condition: Makes the condition of a stored value and what is given.
    """

    name: str
    doc: str
    operand: Operand
    condition: Callable[[Compared, Any], str]


def settled(condition: str) -> str:
    """A condition that is true or false and never null."""
    return f"coalesce({condition}, false)"


def all_true(conditions: Sequence[str]) -> str:
    """One condition of several; true without any."""
    return " AND ".join(f"({each})" for each in conditions) or "true"


def negated(condition: str) -> str:
    """What a condition is not."""
    return f"NOT {settled(condition)}"


def _is_null(it: Compared, given: Any) -> str:
    return f"{it.at} IS {'' if given else 'NOT '}NULL"


def _is_empty(it: Compared, given: Any) -> str:
    return f"(size(coalesce({it.at}, [])) = 0) = {'true' if given else 'false'}"


_ONE, _MANY, _FLAG, _SPAN = Operand.ONE, Operand.MANY, Operand.FLAG, Operand.SPAN
_EQUAL = (
    Operator("eq", "Equal to it.", _ONE, lambda it, v: f"{it.place} = {it.one(v)}"),
    Operator(
        "ne",
        "Not equal to it; what is unknown is not.",
        _ONE,
        lambda it, v: negated(f"{it.place} = {it.one(v)}"),
    ),
    Operator("in", "Equal to one of them.", _MANY, lambda it, v: f"{it.place} IN {it.many(v)}"),
    Operator(
        "notIn",
        "Equal to none of them; what is unknown is not.",
        _MANY,
        lambda it, v: negated(f"{it.place} IN {it.many(v)}"),
    ),
)
_ORDER = (
    Operator("lt", "Before it, or less.", _ONE, lambda it, v: it.ordered("<", v)),
    Operator("lte", "Before it or equal.", _ONE, lambda it, v: it.ordered("<=", v)),
    Operator("gt", "After it, or more.", _ONE, lambda it, v: it.ordered(">", v)),
    Operator("gte", "After it or equal.", _ONE, lambda it, v: it.ordered(">=", v)),
)
_PARTS = (
    Operator("contains", "Has it in it.", _ONE, lambda it, v: f"{it.place} CONTAINS {_raw(it, v)}"),
    Operator(
        "startsWith", "Begins with it.", _ONE, lambda it, v: f"{it.place} STARTS WITH {_raw(it, v)}"
    ),
    Operator(
        "endsWith", "Ends with it.", _ONE, lambda it, v: f"{it.place} ENDS WITH {_raw(it, v)}"
    ),
)
_TIME = (
    Operator(
        "olderThan",
        "Longer ago than a duration such as `P30D` or `PT12H`, by the server's clock.",
        _SPAN,
        lambda it, v: f"{it.at} < {it.ago(v)}",
    ),
    Operator(
        "newerThan",
        "Not longer ago than a duration; what lies ahead is.",
        _SPAN,
        lambda it, v: f"{it.at} >= {it.ago(v)}",
    ),
)
_LISTS = (
    Operator("has", "It is in the list.", _ONE, lambda it, v: f"{it.one(v)} IN {it.place}"),
    Operator(
        "hasAny",
        "One of them is in the list.",
        _MANY,
        lambda it, v: f"any(wanted IN {it.many(v)} WHERE wanted IN {_listed(it)})",
    ),
    Operator(
        "hasAll",
        "All of them are in the list.",
        _MANY,
        lambda it, v: f"all(wanted IN {it.many(v)} WHERE wanted IN {_listed(it)})",
    ),
    Operator("isEmpty", "Nothing is in the list, or it is unknown.", _FLAG, _is_empty),
)
_NULL = (Operator("isNull", "Whether it is unknown.", _FLAG, _is_null),)


def _raw(it: Compared, given: Any) -> str:
    """A part of a text, which need not be a value by itself."""
    name = it.made.value(str(given))
    return f"toLower({name})" if it.folded else name


def _listed(it: Compared) -> str:
    return f"coalesce({it.place}, [])"


OPERATORS: Mapping[ValueKind, tuple[Operator, ...]] = {
    ValueKind.TEXT: (*_EQUAL, *_ORDER, *_PARTS, *_NULL),
    ValueKind.INTEGER: (*_EQUAL, *_ORDER, *_NULL),
    ValueKind.FLOAT: (*_EQUAL, *_ORDER, *_NULL),
    ValueKind.BOOLEAN: (*_EQUAL[:2], *_NULL),
    ValueKind.DATE: (*_EQUAL, *_ORDER, *_TIME, *_NULL),
    ValueKind.MOMENT: (*_EQUAL, *_ORDER, *_TIME, *_NULL),
    ValueKind.ADDRESS: (*_EQUAL, *_PARTS, *_NULL),
    ValueKind.TEXTS: (*_LISTS, *_NULL),
    ValueKind.LIFECYCLE: (*_EQUAL, *_NULL),
    ValueKind.STRENGTH: (*_EQUAL, *_NULL),
    ValueKind.EFFECT: (*_EQUAL, *_NULL),
    ValueKind.ANY: (*_EQUAL, *_NULL),
}
"""What can be asked of each kind of value."""

IGNORE_CASE = "ignoreCase"
CAN_IGNORE_CASE = frozenset({ValueKind.TEXT, ValueKind.TEXTS, ValueKind.ADDRESS})
IGNORE_CASE_DOC = "Texts are compared in lower case."


def conditions_of(
    made: Making, field: Field, at: str, given: Mapping[str, Any], path: tuple[str | int, ...]
) -> list[str]:
    """Conditions of all operators that are given; null is as if it were not given."""
    it = Compared(made, field, at, bool(given.get(IGNORE_CASE)), path)
    known = {each.name: each for each in OPERATORS[field.kind]}
    found = []
    for name, value in given.items():
        if name in {IGNORE_CASE, "name"} or value is None:
            continue
        if name not in known:
            raise _not_offered(field, name, path)
        at_it = Compared(made, field, at, it.folded, (*path, name))
        found.append(known[name].condition(at_it, value))
    return found


def _not_offered(field: Field, name: str, path: tuple[str | int, ...]) -> BadInput:
    offered = ", ".join(each.name for each in OPERATORS[field.kind])
    return BadInput(
        f"'{field.name}' cannot be asked with '{name}'",
        why=f"its values are compared with {offered}",
        remedy="use one of these",
        path=(*path, name),
    )
