"""What filters and orders of the question language mean, said slowly over plain rows.

Written from the descriptions in the schema. Truth has two values: what is unknown is equal to
nothing, differs from everything, and is neither before nor after anything.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from graphql import GraphQLSchema, get_named_type

Row = dict[str, Any]
Holds = Callable[[Any, Any], bool]
STATES = ("UP", "AT_RISK", "DEGRADED", "DOWN")
RANKS = {
    "lifecycle": ("planned", "live", "retired"),
    "strength": ("info", "soft", "hard"),
}
SPANS = {"P0D": 0, "PT12H": 12, "P1D": 24, "P4W": 672, "P400D": 9_600, "P4000D": 96_000}
"""Hours of the durations that are asked with."""


def moment(text: str) -> str:
    """A moment in one spelling, by which moments are in order."""
    at = datetime.fromisoformat(text).astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def address(text: str) -> str:
    """An address in one spelling."""
    for read in (ip_address, ip_network):
        try:
            return str(read(text))
        except ValueError:
            continue
    return text.lower()


SPELLINGS: Mapping[str, Callable[[Any], Any]] = {
    "DateTimeFilter": moment,
    "AddressFilter": address,
    "LifecycleFilter": lambda word: str(word).lower(),
    "StrengthFilter": lambda word: str(word).lower(),
}


def ago(span: str, *, day: bool) -> str:
    """The moment, or the day, so long ago."""
    at = datetime.now(UTC) - timedelta(hours=SPANS[span])
    return at.date().isoformat() if day else at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def alike(one: Any, other: Any) -> bool:
    """Equal, and of one kind: true is not 1."""
    return one is not None and isinstance(one, bool) == isinstance(other, bool) and one == other


def before(one: Any, other: Any) -> bool:
    """Before it, if both can be put in order."""
    try:
        return bool(one < other)
    except TypeError:
        return False


SIMPLE: Mapping[str, Holds] = {
    "eq": alike,
    "ne": lambda value, given: not alike(value, given),
    "in": lambda value, given: any(alike(value, each) for each in given),
    "notIn": lambda value, given: not any(alike(value, each) for each in given),
    "lt": before,
    "lte": lambda value, given: before(value, given) or alike(value, given),
    "gt": lambda value, given: before(given, value),
    "gte": lambda value, given: before(given, value) or alike(value, given),
    "contains": lambda value, given: value is not None and given in value,
    "startsWith": lambda value, given: value is not None and value.startswith(given),
    "endsWith": lambda value, given: value is not None and value.endswith(given),
    "isNull": lambda value, given: (value is None) == given,
    "has": lambda value, given: given in (value or []),
    "hasAny": lambda value, given: any(each in (value or []) for each in given),
    "hasAll": lambda value, given: all(each in (value or []) for each in given),
    "isEmpty": lambda value, given: (not value) == given,
}
PARTS = {"contains", "startsWith", "endsWith"}


def lowered(value: Any) -> Any:
    """In lower case, if it is text or a list of it."""
    if isinstance(value, list):
        return [lowered(each) for each in value]
    return value.lower() if isinstance(value, str) else value


def words_of(row: Row) -> set[str]:
    """Words of key, name and description."""
    text = " ".join(str(row.get(name) or "") for name in ("key", "name", "description"))
    return set(re.findall(r"\w+", text.lower()))


class NaiveFilters:
    """Whether a filter holds for a row, and what rows are ordered by.

    What it stands on (`owner_of`, `relations_of`, `shown`, …) is that of the oracle it is part of.
    """

    schema: GraphQLSchema
    elements: Mapping[str, Row]
    records: Mapping[str, Row]
    states: Mapping[str, str]
    parents: Mapping[str, str | None]
    stored: Mapping[str, str]

    # --- values ----------------------------------------------------------------------------------

    def compared(self, value: Any, given: Row, kind: str) -> bool:
        """Whether a value is what all operators that are given ask for."""
        folded = bool(given.get("ignoreCase"))
        return all(
            self.operator(name, value, each, kind, folded=folded)
            for name, each in given.items()
            if each is not None and name not in {"ignoreCase", "name"}
        )

    def operator(self, name: str, value: Any, given: Any, kind: str, *, folded: bool) -> bool:
        """Whether one operator holds."""
        if name in {"olderThan", "newerThan"}:
            limit = ago(given, day=kind == "DateFilter")
            return value is not None and (value < limit) == (name == "olderThan")
        spelt = SPELLINGS.get(kind)
        if spelt is not None and name not in {*PARTS, "isNull"}:
            given = [spelt(each) for each in given] if isinstance(given, list) else spelt(given)
        if folded and name != "isNull":
            value, given = lowered(value), lowered(given)
        return SIMPLE[name](value, given)

    def kind_of_filter(self, where: str, name: str) -> str:
        """The input that asks about a field."""
        return str(get_named_type(self.schema.type_map[where].fields[name].type).name)

    # --- elements --------------------------------------------------------------------------------

    def holds(self, row: Row, where: Row) -> bool:
        """Whether all that is given holds."""
        return all(
            self.holds_one(name, row, given) for name, given in where.items() if given is not None
        )

    def holds_one(self, name: str, row: Row, given: Any) -> bool:
        """Whether one part of a filter of elements holds."""
        word = getattr(self, f"word_{name}", None)
        if word is not None:
            return bool(word(row, given))
        kind = self.kind_of_filter("ElementWhere", name)
        return self.compared(row.get(self.stored[name]), given, kind)

    def word_AND(self, row: Row, given: Iterable[Row]) -> bool:  # noqa: N802
        return all(self.holds(row, each) for each in given)

    def word_OR(self, row: Row, given: Iterable[Row]) -> bool:  # noqa: N802
        return any(self.holds(row, each) for each in given)

    def word_NOT(self, row: Row, given: Row) -> bool:  # noqa: N802
        return not self.holds(row, given)

    def word_kind(self, row: Row, given: Row) -> bool:
        return self.compared(self.kind(row), given, "StringFilter")

    def kind(self, row: Row) -> str:
        raise NotImplementedError

    def word_type(self, row: Row, given: Row) -> bool:
        rest = {name: each for name, each in given.items() if name != "isA"}
        type = row.get("type")
        return self.compared(type, rest, "StringFilter") and self.type_holds(row, given.get("isA"))

    def type_holds(self, row: Row, general: str | None) -> bool:
        """Whether a CI is of a type or of one of its subtypes."""
        type: str | None = row.get("type")
        while type is not None and type != general:
            type = self.parents.get(type)
        return general is None or type == general

    def word_state(self, row: Row, given: Row) -> bool:
        rank = {each: number for number, each in enumerate(STATES)}
        ranks = {
            name: [rank[each] for each in value] if isinstance(value, list) else rank[value]
            for name, value in given.items()
            if value is not None
        }
        return self.compared(rank[self.states[row["id"]]], ranks, "IntFilter")

    def word_owner(self, row: Row, given: Row) -> bool:
        owner = self.party(self.owner_of(row))
        return all(
            (owner is None) == value
            if name == "isNull"
            else self.compared((owner or {}).get(name), value, "StringFilter")
            for name, value in given.items()
            if value is not None
        )

    def owner_of(self, row: Row) -> Row | None:
        raise NotImplementedError

    def party(self, row: Row | None) -> Row | None:
        raise NotImplementedError

    def word_text(self, row: Row, given: str) -> bool:
        wanted = re.findall(r"\w+", given.lower())
        return all(any(word.startswith(each) for word in words_of(row)) for each in wanted)

    def word_freshness(self, row: Row, given: Row) -> bool:
        seals = [values.get("verified_at") for _, _, _, values in self.relations_of(row)]
        signs = [row["updated_at"], *(moment(each) for each in seals if each)]
        return self.compared(max(signs), given, "DateTimeFilter")

    def word_attribute(self, row: Row, given: Iterable[Row]) -> bool:
        return all(self.attribute_holds(row, each) for each in given)

    def attribute_holds(self, row: Row, given: Row) -> bool:
        """A typed attribute by its name."""
        kind = self.kind_of_filter("ElementWhere", given["name"])
        return self.compared(row.get(self.stored[given["name"]]), given, kind)

    # --- around it -------------------------------------------------------------------------------

    def relations_of(self, row: Row) -> list[tuple[str, str, Row, Row]]:
        """Relations to elements: direction, type, the other end, what the relation carries."""
        raise NotImplementedError

    def needs(self, row: Row, *, up: bool) -> list[tuple[str, str, Row, Row]]:
        """Those over which the other end is needed, or needs it."""
        raise NotImplementedError

    def word_relations(self, row: Row, given: Row) -> bool:
        types, direction = given.get("types"), given.get("direction") or "BOTH"
        found = [
            each
            for each in self.relations_of(row)
            if (types is None or each[1] in types) and direction in {"BOTH", each[0]}
        ]
        return self.quantified(found, given, self.relation_holds)

    def word_dependsOn(self, row: Row, given: Row) -> bool:  # noqa: N802
        return self.quantified(self.needs(row, up=True), given, self.relation_holds)

    def word_usedBy(self, row: Row, given: Row) -> bool:  # noqa: N802
        return self.quantified(self.needs(row, up=False), given, self.relation_holds)

    def word_members(self, row: Row, given: Row) -> bool:
        found = [
            (way, type, end, {"weight": 1, **_known(values)})
            for way, type, end, values in self.relations_of(row)
            if type == "HAS_MEMBER" and way == "OUT"
        ]
        return self.quantified(found, given, self.relation_holds)

    def word_customers(self, row: Row, given: Row) -> bool:
        def holds(customer: Row, where: Row) -> bool:
            kinds = {"key": "StringFilter", "name": "StringFilter", "userCount": "IntFilter"}
            return all(
                self.compared(customer[name], value, kinds[name])
                for name, value in where.items()
                if value is not None
            )

        return self.quantified(self.customers(row), given, holds)

    def customers(self, row: Row) -> list[Row]:
        raise NotImplementedError

    def quantified(self, found: list[Any], given: Row, holds: Callable[[Any, Row], bool]) -> bool:
        """Some, every, none, and how many."""
        checks = {
            "some": lambda where: any(holds(each, where) for each in found),
            "every": lambda where: all(holds(each, where) for each in found),
            "none": lambda where: not any(holds(each, where) for each in found),
            "count": lambda count: self.compared(len(found), count, "IntFilter"),
        }
        return all(
            checks[name](value)
            for name, value in given.items()
            if name in checks and value is not None
        )

    def relation_holds(self, found: tuple[str, str, Row, Row], where: Row) -> bool:
        """Whether a filter of relations holds."""
        return all(
            self.relation_part(name, found, value)
            for name, value in where.items()
            if value is not None
        )

    def relation_part(self, name: str, found: tuple[str, str, Row, Row], given: Any) -> bool:
        """Whether one part of a filter of relations holds."""
        way, type, end, values = found
        if name in {"AND", "OR"}:
            each = (self.relation_holds(found, inner) for inner in given)
            return all(each) if name == "AND" else any(each)
        if name == "NOT":
            return not self.relation_holds(found, given)
        if name == "element":
            return self.holds(end, given)
        if name == "direction":
            return bool(given in {"BOTH", way})
        if name == "type":
            return self.compared(type, given, "StringFilter")
        value = values.get("verified_at" if name == "verifiedAt" else name)
        value = moment(value) if name == "verifiedAt" and value else value
        return self.compared(value, given, self.kind_of_filter("RelationWhere", name))

    def word_reaches(self, row: Row, given: Row) -> bool:
        """Whether a chain of needs leads to one that matches."""
        up, most = given["direction"] == "UPSTREAM", given.get("maxDepth")
        front, reached, steps = [row], set(), 0
        while front and (most is None or steps < most):
            ends = [end for each in front for end in self.in_use(each, up=up)]
            front = [end for end in ends if end["id"] not in reached]
            reached |= {end["id"] for end in front}
            steps += 1
        return any(self.holds(self.elements[id], given["to"]) for id in reached)

    def in_use(self, row: Row, *, up: bool) -> list[Row]:
        """Other ends of needs that count: planned elements support nothing."""
        if row["lifecycle"] == "planned":
            return []
        ends = [each[2] for each in self.needs(row, up=up)]
        return [end for end in ends if end["lifecycle"] != "planned"]

    # --- orders ----------------------------------------------------------------------------------

    def ordered(self, rows: list[Any], keys: Iterable[tuple[Callable[[Any], Any], bool]]) -> Any:
        """Rows by several keys; what is unknown comes last."""
        for value, descending in reversed(list(keys)):
            known = [row for row in rows if value(row) is not None]
            known.sort(key=value, reverse=descending)  # equal ones stay as they were
            rows = [*known, *(row for row in rows if value(row) is None)]
        return rows

    def element_keys(self, given: Iterable[Row]) -> list[tuple[Callable[[Row], Any], bool]]:
        """What elements are ordered by; ties by id."""
        keys = [self.element_key(each) for each in given]
        return [*keys, (lambda row: row["id"], False)]

    def element_key(self, given: Row) -> tuple[Callable[[Row], Any], bool]:
        """One key."""
        ((name, way),) = given.items()
        stored = self.stored[name]

        def value(row: Row) -> Any:
            found = row.get(stored)
            return RANKS[name].index(found) if name in RANKS and found is not None else found

        return value, way == "DESC"


def _known(values: Row) -> Row:
    return {name: each for name, each in values.items() if each is not None}
