"""Aggregates: elements, and records of a kind, put into groups by one statement, as flat rows.

Everything a list can be filtered by filters here too; rights are in the counts, since what a
reader does not see is in no group. Groups of what is not known are groups like any other.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import strawberry

from fitsm_graph.api.aggregate_types import GroupBy, GroupHaving, GroupOrder, Groups, Measure
from fitsm_graph.api.answers import Info, answering, asked_list_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.elements import Arguments, ElementTypes, asking, many
from fitsm_graph.api.fields import ANY_ELEMENT
from fitsm_graph.api.filters import Given, element_conditions
from fitsm_graph.api.inputs import SortDirection
from fitsm_graph.api.links import asked_kinds, plural
from fitsm_graph.api.measures import NUMBERS, Asked, ElementValues, Value, Values, measure_of
from fitsm_graph.api.operators import all_true
from fitsm_graph.api.paging import page_size
from fitsm_graph.api.record_filters import record_conditions
from fitsm_graph.api.record_measures import RECORD, RecordValues
from fitsm_graph.api.record_types import RecordTypes
from fitsm_graph.api.selection import Selected, pick
from fitsm_graph.api.statement import Question, Statement
from fitsm_graph.api.statement import where as all_of
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.sms.rights import READ

MOST_KEYS = 8
DEFAULT_GROUPS = 100
_MEASURES = {
    "count": Measure.COUNT,
    "countDistinct": Measure.COUNT_DISTINCT,
    "min": Measure.MIN,
    "max": Measure.MAX,
    "sum": Measure.SUM,
    "avg": Measure.AVG,
    "percentile": Measure.PERCENTILE,
    "p50": Measure.PERCENTILE,
    "p95": Measure.PERCENTILE,
}
_SHARES = {"p50": 0.5, "p95": 0.95}
_SIGNS = {"eq": "=", "ne": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
LISTS = {
    "cis_aggregate": "CI",
    "services_aggregate": "Service",
    "components_aggregate": "ServiceComponent",
    "groups_aggregate": "RedundancyGroup",
    "elements_aggregate": ANY_ELEMENT,
}


@dataclass(slots=True)
class _Measured:
    """The measures of one statement, each once.

    Attributes:
        texts: Expression of each, by its name in the statement.
        values: What those are of that have such a value.
    """

    values_of: Values
    known: dict[Asked, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)

    def name(self, measure: Measure, of: str | None, p: float | None, path: Any) -> str:
        """What a measure is called in the statement."""
        asked = (measure, of or "", p)
        if asked not in self.known:
            text, value = measure_of(self.values_of, measure, of, p, path)
            name = self.known[asked] = f"m{len(self.known)}"
            self.texts[name] = text
            if value is not None:
                self.values[name] = value
        return self.known[asked]


@dataclass(frozen=True, slots=True)
class Grouped:
    """What is put into groups.

    Attributes:
        kind: Of elements or records.
        variable: What one is called in the statement.
        values: What can be looked at of one.
        conditions: What holds for those that are meant and seen.
    """

    kind: str
    variable: str
    values: Callable[[Statement, str], Values]
    conditions: Callable[[Statement, str, Given | None], list[str]]


def aggregate_of(kind: str) -> str:
    """What the aggregate of a kind of records is called in GraphQL."""
    return f"{plural(kind)}Aggregate"


def _of_elements(made: Statement, _kind: str, where: Given | None) -> list[str]:
    return [*made.seen("element"), *element_conditions(made, where, "element")]


def _of_records(made: Statement, kind: str, where: Given | None) -> list[str]:
    return record_conditions(made, kind, where, RECORD)


class _Aggregate:
    """One aggregate in the making.

    Args:
        context: Who asks.
        grouped: What is put into groups.
        what: The root field with its arguments.
        given: The arguments as inputs.
    """

    def __init__(
        self, context: Context, grouped: Grouped, what: Selected, given: Mapping[str, Any]
    ) -> None:
        self._made = context.compiler.statement(context.now)
        self._grouped = grouped
        self._what = what
        self._values = grouped.values(self._made, grouped.kind)
        self._given = {name: value or None for name, value in given.items()}
        first = given.get("first", DEFAULT_GROUPS)
        self._first = page_size(DEFAULT_GROUPS if first is None else first)
        self.names, self.keys = self._keys(self._given.get("group_by") or [])
        self.measured = _Measured(self._values)

    def _keys(self, given: Sequence[GroupBy]) -> tuple[list[str], list[Value]]:
        if len(given) > MOST_KEYS:
            raise BadInput(
                f"groups are made by {len(given)} keys",
                why=f"{MOST_KEYS} at most",
                remedy="leave some out",
                path=("groupBy",),
            )
        values = [self._values.key(each, ("groupBy", n)) for n, each in enumerate(given)]
        return [each.field for each in given], values

    def question(self) -> Question:
        """The statement; ``answer`` has ``total`` and ``rows`` of keys and measures."""
        wanted = {key: self._measure(each) for key, each in _selected_measures(self._what)}
        having = self._having(self._given.get("having"), ("having",))
        order = self._order(self._given.get("order_by") or [])
        if not self.measured.texts:  # Cypher makes groups only where something is aggregated
            self.measured.name(Measure.COUNT, None, None, ())
        one, kind = self._grouped.variable, self._grouped.kind
        where = self._grouped.conditions(self._made, kind, self._what.arguments.get("where"))
        names = [f"k{number}" for number in range(len(self.keys))]
        measures = [f"{text} AS {name}" for name, text in self.measured.texts.items()]
        carried = ", ".join([*names, *self.measured.texts])
        limit = self._made.value(self._first)
        counted = self._what.has("groupCount")
        most = "" if counted else f" LIMIT {self._made.value(self._first + 1)}"
        lines = [
            f"MATCH ({one}:{kind}){all_of(where)}",
            *self._unwound(),
            f"WITH {', '.join([*names, *measures])}{all_of(having)}",
            f"WITH {carried} ORDER BY {', '.join(order)}{most}",
            f"WITH collect([[{', '.join(names)}], {{{_map(wanted.values())}}}]) AS groups",
            f"RETURN {{total: size(groups), rows: groups[..{limit}]}} AS answer",
        ]
        return self._made.question("\n".join(lines))

    def _measure(self, each: Selected) -> str:
        share = _SHARES.get(each.name, each.arguments.get("p"))
        path = (each.key,)
        return self.measured.name(_MEASURES[each.name], each.arguments.get("field"), share, path)

    def _unwound(self) -> Iterator[str]:
        """Keys as variables; of a list each item is one, and none is null."""
        one = self._grouped.variable
        plain = [one]
        for number, key in enumerate(self.keys):
            if not key.several:
                plain.append(f"{key.text} AS k{number}")
        carried = [one, *(f"k{n}" for n, key in enumerate(self.keys) if not key.several)]
        yield f"WITH {', '.join([*plain, *self._made.carried])}"
        for number, key in enumerate(self.keys):
            if key.several:
                yield f"WITH {', '.join(carried)}, {key.text} AS items{number}"
                yield (
                    f"UNWIND CASE WHEN items{number} = [] THEN [null] "
                    f"ELSE items{number} END AS k{number}"
                )
                carried.append(f"k{number}")

    def _having(self, given: GroupHaving | None, path: tuple[str | int, ...]) -> list[str]:
        """Conditions of groups; all must hold."""
        if given is None:
            return []
        found = []
        compared = {name: getattr(given, name) for name in _SIGNS}
        compared = {name: value for name, value in compared.items() if value is not None}
        if given.measure is not None or compared:
            measure = given.measure or Measure.COUNT
            name = self.measured.name(measure, given.field, given.p, path)
            found += [self._compared(name, sign, v, path) for sign, v in compared.items()]
        found += [all_true(self._having(each, (*path, "AND"))) for each in given.and_ or ()]
        if given.or_ is not None:
            ways = [all_true(self._having(each, (*path, "OR"))) for each in given.or_]
            found.append(" OR ".join(f"({each})" for each in ways) or "false")
        if given.not_ is not None:
            inner = all_true(self._having(given.not_, (*path, "NOT")))
            found.append(f"NOT coalesce({inner}, false)")
        return found

    def _compared(self, name: str, sign: str, given: Any, path: tuple[str | int, ...]) -> str:
        value = self.measured.values.get(name)
        number = value is None or value.kind in NUMBERS
        fits = isinstance(given, int | float) if number else isinstance(given, str)
        if not fits or isinstance(given, bool):
            raise BadInput(
                f"'{str(given)[:60]}' is no {'number' if number else 'text'}",
                why="a measure is compared with what it is itself",
                remedy="give a number" if number else "give it as it is stored, as a text",
                path=(*path, sign),
            )
        if sign == "ne":
            return f"NOT coalesce({name} = {self._made.value(given)}, false)"
        return f"{name} {_SIGNS[sign]} {self._made.value(given)}"

    def _order(self, given: Sequence[GroupOrder]) -> list[str]:
        """What groups are ordered by; ties by keys, what is not known last."""
        found = []
        for number, each in enumerate(given):
            place = self._placed(each, ("orderBy", number))
            way = " DESC" if each.direction is SortDirection.DESC else ""
            found += [f"{place} IS NULL", f"{place}{way}"]
        for number in range(len(self.keys)):
            found += [f"k{number} IS NULL", f"k{number}"]
        return found or ["1"]

    def _placed(self, each: GroupOrder, path: tuple[str | int, ...]) -> str:
        if each.key is None:
            return self.measured.name(each.measure or Measure.COUNT, each.field, each.p, path)
        if each.key not in self.names:
            raise BadInput(
                f"groups have no key '{each.key[:60]}'",
                why=f"they are made by {', '.join(self.names) or 'nothing'}",
                remedy="name one of `groupBy`, or a measure",
                path=path,
            )
        return f"k{self.names.index(each.key)}"

    def answer(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """The groups, keyed by response names."""
        shown, total = len(found["rows"]), int(found["total"])
        complete = total <= self._first
        counted = self._what.has("groupCount")
        of = f"of {total:,} groups" if counted else "groups"
        data = {
            "groupCount": total,
            "complete": complete,
            "note": "complete" if complete else f"the first {shown:,} {of} are shown",
            "__typename": "Groups",
        }
        return {
            key: [self._row(row, each) for row in found["rows"]]
            if each.name == "rows"
            else data[each.name]
            for key, each in self._what.children.items()
        }

    def _row(self, row: Sequence[Any], what: Selected) -> dict[str, Any]:
        keys, measures = row
        named = zip(self.names, self.keys, keys, strict=True)
        shown = [
            {"name": name, "value": key.shown(value), "__typename": "GroupKey"}
            for name, key, value in named
        ]
        answer: dict[str, Any] = {}
        for name, each in what.children.items():
            if each.name == "keys":
                answer[name] = pick(shown, each)
            elif each.name == "__typename":
                answer[name] = "GroupRow"
            else:
                measured = self._measure(each)
                value = self.measured.values.get(measured)
                given = measures[measured]
                answer[name] = given if value is None else value.shown(given)
        return answer


def _map(names: Any) -> str:
    return ", ".join(f"{name}: {name}" for name in dict.fromkeys(names))


def _selected_measures(what: Selected) -> Iterator[tuple[str, Selected]]:
    for rows in what.children.values():
        for key, each in rows.children.items() if rows.name == "rows" else ():
            if each.name in _MEASURES:
                yield f"{rows.key}.{key}", each


def questions(types: ElementTypes) -> dict[str, Any]:
    """Fields of the query type: one for each list of elements."""
    found = {}
    for name, kind in LISTS.items():
        doc = "Elements" if kind == ANY_ELEMENT else f"Elements of the kind {kind}"
        grouped = Grouped(kind, "element", ElementValues, _of_elements)
        found[name] = _field(grouped, types.inputs.where[kind], doc)
    return found


def of_records(types: RecordTypes) -> dict[str, Any]:
    """Fields of the query type: one for each list of records."""
    found = {}
    for kind in asked_kinds():
        grouped = Grouped(kind, RECORD, RecordValues, _of_records)
        found[aggregate_of(kind)] = _field(
            grouped, types.where[kind], f"Records of the kind {kind}"
        )
    return found


def _field(grouped: Grouped, where: Any, doc: str) -> Any:
    async def aggregate(info: Info, **given: Any) -> object:
        context = info.context
        context.allow(READ)
        made = _Aggregate(context, grouped, asked_list_of(info), given)
        return made.answer(await context.answer(made.question()))

    arguments: Arguments = {
        "where": (where, None),
        "group_by": (many(GroupBy), None),
        "having": (GroupHaving, None),
        "order_by": (many(GroupOrder), None),
        "first": (int, DEFAULT_GROUPS),
    }
    return strawberry.field(
        resolver=asking(answering(aggregate), arguments),
        graphql_type=Groups,
        description=f"{doc} in groups, as flat rows.",
    )
