"""The naive oracle with one mistake at a time: a comparison that lets one pass proves nothing."""

from typing import Any

from oracles.naive_graphql import Naive, Row


class DirectionIgnored(Naive):
    """Relations are answered from both ends, whatever is asked."""

    def ends(self, row: Row, _direction: str) -> Any:
        return super().ends(row, "BOTH")


class TypesIgnored(Naive):
    """Relations of all types are answered."""

    def wanted(self, _type: str, _types: list[str] | None) -> bool:
        return True


class RelationsByKeyAlone(Naive):
    """Relations are ordered by the other end's key before their type."""

    def relation_order(self, found: tuple[str, str, str, str, Row]) -> Any:
        type, key, end, way, _ = found
        return key, type, end, way


class OrderIgnored(Naive):
    """Every list is ordered by id."""

    def place(self, _order: str) -> Any:
        return super().place("ID")


class OrderOfPeople(Naive):
    """Capital letters are ordered among small ones."""

    def place(self, order: str) -> Any:
        return lambda row: (str(row[order.lower()]).casefold(), row["id"])


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
        return general is None or row["type"] == general


class UnownedKept(Naive):
    """A filter by owner lets those without an owner through."""

    def owner_holds(self, row: Row, given: Row) -> bool:
        return self.owner_of(row) is None or super().owner_holds(row, given)


class PlaceKeptTwice(Naive):
    """The row of the cursor is on both pages."""

    def passed(self, rows: list[Row], order: str, after: str | None) -> int:
        return max(0, super().passed(rows, order, after) - 1)


class AlwaysMore(Naive):
    """There is always a next page."""

    def more(self, _rows: list[Row], _reached: int) -> bool:
        return True


class PageCounted(Naive):
    """The total is that of the page."""

    def total(self, _rows: list[Row], page: list[Row]) -> int:
        return len(page)


class NobodyOwns(Naive):
    """Nobody answers for anything."""

    def owner_of(self, _row: Row) -> Row | None:
        return None


class ChangesForgotten(Naive):
    """Only the run that made an element has written it."""

    def runs_of(self, row: Row) -> set[str]:
        return {self.made.get(row["created"], "")} & set(self.sources)


class EverybodyElse(Naive):
    """`ne` of a source holds where some other source wrote it."""

    def written_holds(self, name: str, row: Row, given: Row) -> bool:
        runs = self.runs_of(row)
        values = runs if name == "run" else {self.sources[each] for each in runs}
        if given.get("ne") is not None and not values - {given["ne"]}:
            return False
        return super().written_holds(name, row, {**given, "ne": None})


FLAWED = (
    DirectionIgnored, TypesIgnored, RelationsByKeyAlone, OrderIgnored, OrderOfPeople,
    FilterForgotten, AnyIsEnough, SubtypesForgotten, UnownedKept, PlaceKeptTwice, AlwaysMore,
    PageCounted, NobodyOwns, ChangesForgotten, EverybodyElse,
)  # fmt: skip
"""Every one must be caught."""
