"""The naive oracle with one mistake at a time: a comparison that lets one pass proves nothing."""

from collections.abc import Callable, Iterable
from typing import Any

from oracles.naive_graphql import Naive, Row, Tie


class DirectionIgnored(Naive):
    """Relations are answered from both ends, whatever is asked."""

    def relations(self, row: Row, direction: str = "BOTH", **given: Any) -> list[Row]:
        return super().relations(row, direction="BOTH" if direction else direction, **given)


class TypesIgnored(Naive):
    """Relations of all types are answered."""

    def wanted(self, _type: str, _types: list[str] | None) -> bool:
        return True


class RelationsByKeyAlone(Naive):
    """Relations are ordered by the other end's key before their type."""

    def relation_order(self, tie: Tie) -> Any:
        way, type, end, _ = tie
        return end["key"], type, way != "OUT"


class OrderIgnored(Naive):
    """Every list is ordered by id."""

    def element_keys(self, _given: Iterable[Row]) -> Any:
        return super().element_keys([])


class FirstKeyAlone(Naive):
    """Further keys of an order are forgotten."""

    def element_keys(self, given: Iterable[Row]) -> Any:
        return super().element_keys(list(given)[:1])


class OrderOfPeople(Naive):
    """Capital letters are ordered among small ones."""

    def element_key(self, given: Row) -> Any:
        value, descending = super().element_key(given)

        def folded(row: Row) -> Any:
            found = value(row)
            return found.casefold() if isinstance(found, str) else found

        return folded, descending


class UnknownFirst(Naive):
    """What is unknown comes first where an order descends."""

    def ordered(self, rows: list[Any], keys: Iterable[tuple[Callable[[Any], Any], bool]]) -> Any:
        for value, descending in reversed(list(keys)):
            rows = super().ordered(rows, [(value, descending)])
            if descending:
                unknown = [row for row in rows if value(row) is None]
                rows = [*unknown, *(row for row in rows if value(row) is not None)]
        return rows


class FilterForgotten(Naive):
    """Lists hold everything."""

    def holds(self, _row: Row, _where: Row) -> bool:
        return True


class AnyIsEnough(Naive):
    """One of the conditions is enough."""

    def holds(self, row: Row, where: Row) -> bool:
        given = [(name, each) for name, each in where.items() if each is not None]
        return not given or any(self.holds_one(name, row, each) for name, each in given)


class SubtypesForgotten(Naive):
    """`isA` is the type itself."""

    def type_holds(self, row: Row, general: str | None) -> bool:
        return general is None or row.get("type") == general


class UnknownIsAlike(Naive):
    """What is unknown is not told from what is not equal: `ne` and `notIn` lose it."""

    def operator(self, name: str, value: Any, given: Any, kind: str, *, folded: bool) -> bool:
        if name in {"ne", "notIn"} and value is None:
            return False
        return super().operator(name, value, given, kind, folded=folded)


class CaseIgnored(Naive):
    """Case is never told apart."""

    def operator(self, name: str, value: Any, given: Any, kind: str, *, folded: bool) -> bool:
        folded = folded or kind == "StringFilter"
        return super().operator(name, value, given, kind, folded=folded)


class OrEqual(Naive):
    """Before and after take the same along."""

    def operator(self, name: str, value: Any, given: Any, kind: str, *, folded: bool) -> bool:
        name = {"lt": "lte", "gt": "gte"}.get(name, name)
        return super().operator(name, value, given, kind, folded=folded)


class NotForgotten(Naive):
    """A negation is taken for what it negates."""

    def word_NOT(self, row: Row, given: Row) -> bool:  # noqa: N802
        return self.holds(row, given)


class EveryNeedsOne(Naive):
    """`every` is false where there are none."""

    def quantified(self, found: list[Any], given: Row, holds: Any) -> bool:
        return bool(found or "every" not in given) and super().quantified(found, given, holds)


class NeedBothWays(Naive):
    """Need is looked for in either direction."""

    def needs(self, row: Row, *, up: bool) -> list[Tie]:
        return [*super().needs(row, up=up), *super().needs(row, up=not up)]


class OneStepOnly(Naive):
    """What is reached is what is next to it."""

    def word_reaches(self, row: Row, given: Row) -> bool:
        return super().word_reaches(row, {**given, "maxDepth": 1})


class PlannedSupports(Naive):
    """Chains go through planned elements."""

    def in_use(self, row: Row, *, up: bool) -> list[Row]:
        return [each[2] for each in self.needs(row, up=up)]


class PlaceKeptTwice(Naive):
    """The row of the cursor is on both pages."""

    def passed(self, names: list[str], after: str | None) -> int:
        return max(0, super().passed(names, after) - 1)


class AlwaysMore(Naive):
    """There is always a next page."""

    def more(self, _rows: int, _reached: int) -> bool:
        return True


class PageCounted(Naive):
    """The total is that of the page."""

    def total(self, _rows: list[Row], page: list[Any]) -> int:
        return len(page)


class NobodyOwns(Naive):
    """Nobody answers for anything."""

    def owner_of(self, _row: Row) -> Row | None:
        return None


FLAWED = (
    DirectionIgnored, TypesIgnored, RelationsByKeyAlone, OrderIgnored, FirstKeyAlone,
    OrderOfPeople, UnknownFirst, FilterForgotten, AnyIsEnough, SubtypesForgotten, UnknownIsAlike,
    CaseIgnored, OrEqual, NotForgotten, EveryNeedsOne, NeedBothWays, OneStepOnly, PlannedSupports,
    PlaceKeptTwice, AlwaysMore, PageCounted, NobodyOwns,
)  # fmt: skip
"""Every one must be caught."""
