"""Keys and measures of groups, as expressions of one statement."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from fitsm_graph.api.aggregate_types import Measure, Period
from fitsm_graph.api.fields import (
    ANY_ELEMENT,
    CI,
    UNORDERED,
    WORDS_OF_CODE,
    Field,
    ValueKind,
    fields_of,
)
from fitsm_graph.api.projection import kind_case
from fitsm_graph.api.settling import ServicesOf, StatesAmong
from fitsm_graph.api.statement import Statement
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean

NUMBERS = frozenset({ValueKind.INTEGER, ValueKind.FLOAT})
_TIMES = frozenset({ValueKind.DATE, ValueKind.MOMENT})
_OF_ELEMENTS = "groups and measures are of fields, attributes, kind, owner, state and service"
OWNER = "head([(element)-[:OWNED_BY]->(owner:Record) | owner.key])"


class Named(Protocol):
    """A key as a client writes it."""

    field: str
    per: Period | None


@dataclass(frozen=True, slots=True)
class Value:
    """What is looked at of what is grouped.

    Attributes:
        text: Where it is found, in Cypher.
        kind: What can be done with it; None for what is computed.
        several: It is a list, of which each item counts.
    """

    text: str
    kind: ValueKind | None = None
    several: bool = False

    def shown(self, value: Any) -> Any:
        """The value as the schema shows it."""
        return value.upper() if self.kind in WORDS_OF_CODE and isinstance(value, str) else value


def stored(field: Field, variable: str) -> Value:
    """A declared field of what is grouped."""
    several = field.kind is ValueKind.TEXTS
    place = field.place(variable)
    return Value(f"coalesce({place}, [])" if several else place, field.kind, several)


class Values(ABC):
    """What can be looked at of what is put into groups.

    Args:
        made: The statement that asks.
        kind: Of what is grouped.
    """

    def __init__(self, made: Statement, kind: str) -> None:
        self._made = made
        self._kind = kind

    @abstractmethod
    def of(self, name: str, path: tuple[str | int, ...]) -> Value:
        """A value by its name.

        Raises:
            BadInput: UNKNOWN_FIELD.
        """

    def key(self, given: Named, path: tuple[str | int, ...]) -> Value:
        """What makes a group, maybe a part of a time.

        Raises:
            BadInput: It is unknown, or has no such part.
        """
        value = self.of(given.field, path)
        if given.per is None:
            return value
        if value.kind not in _TIMES:
            raise BadInput(
                f"'{given.field[:60]}' is no time",
                why="only dates and moments have parts",
                remedy="leave `per` out",
                path=(*path, "per"),
            )
        return Value(_PARTS[given.per].format(value.text))

    def parameter(self, value: Any) -> str:
        """A value of the client in the statement."""
        return self._made.value(value)

    def unknown(
        self, name: str, known: Iterable[str], why: str, path: tuple[str | int, ...]
    ) -> BadInput:
        """That there is nothing of a name, and what comes nearest."""
        return BadInput(
            f"{self._kind} has no '{name[:60]}'",
            code="UNKNOWN_FIELD",
            why=why,
            remedy=did_you_mean(name[:60], known) or "the schema lists the fields",
            path=path,
        )


class ElementValues(Values):
    """What can be looked at of elements of a kind: Service, CI and the like, or Element for all."""

    def __init__(self, made: Statement, kind: str) -> None:
        super().__init__(made, kind)
        self._declared = fields_of(kind)
        self._special: Mapping[str, Callable[[], Value]] = {
            "kind": lambda: Value(kind_case("element")),
            "owner": lambda: Value(OWNER),
            "state": lambda: Value(self._state()),
            "service": lambda: Value(
                f"coalesce({made.later(ServicesOf())}[element.id], [])", several=True
            ),
        }

    def of(self, name: str, path: tuple[str | int, ...]) -> Value:
        """A field, an attribute, or one of the words.

        Raises:
            BadInput: UNKNOWN_FIELD.
        """
        special = self._special.get(name)
        if special is not None:
            return special()
        field = self._field(name)
        if field is None:
            known = [*self._special, *self._names()]
            raise self.unknown(name, known, _OF_ELEMENTS, path)
        return stored(field, "element")

    def _field(self, name: str) -> Field | None:
        if name in self._declared:
            return self._declared[name]
        typed = self._kind in {CI, ANY_ELEMENT} and name in self._made.names.plain_fields()
        return self._made.names.field(name) if typed else None

    def _names(self) -> list[str]:
        typed = self._kind in {CI, ANY_ELEMENT}
        return sorted(self._made.names.plain_fields() if typed else self._declared)

    def _state(self) -> str:
        """The state of an element, from ids that are settled when the statement is sent."""
        cases = " ".join(
            f"WHEN element.id IN {self._made.later(StatesAmong(frozenset({state})))} THEN '{state}'"
            for state in ("DOWN", "DEGRADED", "AT_RISK")
        )
        return f"CASE {cases} ELSE 'UP' END"


_DATED = "date(left({0}, 10))"
_PARTS: Mapping[Period, str] = {
    Period.YEAR: "left({0}, 4)",
    Period.QUARTER: "left({0}, 4) + '-Q' + toString((toInteger(substring({0}, 5, 2)) + 2) / 3)",
    Period.MONTH: "left({0}, 7)",
    Period.WEEK: f"toString({_DATED}.weekYear) + '-W' + right('0' + toString({_DATED}.week), 2)",
    Period.DAY: "left({0}, 10)",
    Period.HOUR: "left({0}, 13)",
}

Asked = tuple[Measure, str, float | None]
"""A measure, the field it is of, and the share for a percentile."""


def measure_of(
    values: Values,
    measure: Measure,
    field: str | None,
    p: float | None,
    path: tuple[str | int, ...],
) -> tuple[str, Value | None]:
    """The expression of a measure, and what it is of where the result is such a value.

    Raises:
        BadInput: The field is missing, unknown or of a kind that has no such measure.
    """
    if measure is Measure.COUNT:
        return "count(*)", None
    if field is None:
        raise BadInput(
            f"{measure.value} of what?", remedy="give `field`", path=path, why="only COUNT has none"
        )
    value = values.of(field, path)
    if value.several:
        raise BadInput(
            f"'{field}' is a list", why="a list has no measure", path=path,
            remedy="group by it, and count",
        )  # fmt: skip
    if measure is Measure.COUNT_DISTINCT:
        return f"count(DISTINCT {value.text})", None
    if measure in {Measure.MIN, Measure.MAX}:
        return f"{measure.value.lower()}({_ordered(value, field, path)})", value
    number = _number(value, field, path)
    if measure is not Measure.PERCENTILE:
        return f"{measure.value.lower()}({number})", None
    if p is None or not 0 <= p <= 1:
        raise BadInput(
            "the percentile is not clear", why="`p` is a share", remedy="give 0 ≤ p ≤ 1", path=path
        )
    return f"percentileCont({number}, {values.parameter(p)})", None


def _ordered(value: Value, field: str, path: tuple[str | int, ...]) -> str:
    if value.kind is None or value.kind in UNORDERED:
        raise BadInput(
            f"'{field}' has no least and no greatest",
            why="its values are neither before nor after one another",
            remedy="count its distinct values",
            path=path,
        )
    return value.text


def _number(value: Value, field: str, path: tuple[str | int, ...]) -> str:
    if value.kind not in NUMBERS:
        raise BadInput(
            f"'{field}' is no number",
            why="sums, averages and percentiles are of numbers",
            remedy="ask for its least and greatest, or count its distinct values",
            path=path,
        )
    return value.text
