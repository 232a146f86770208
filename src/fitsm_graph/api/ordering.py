"""Orders: by any field or attribute, several keys, and the place behind or before any row.

What is unknown comes last, ascending or descending. Ties are broken by what no two rows share,
so that every row has one place, and a page begins where a cursor says, whatever came or went.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fitsm_graph.api.fields import RELATION_FIELDS, Field, ValueKind, owner_place
from fitsm_graph.api.operators import text_order
from fitsm_graph.kernel.errors import BadInput

if TYPE_CHECKING:
    from fitsm_graph.api.statement import Statement

MOST_KEYS = 8
ID, KEY, NAME, OWNER = "id", "key", "name", "owner"
_TEXTS = frozenset({ValueKind.TEXT, ValueKind.DATE, ValueKind.MOMENT, ValueKind.ADDRESS})


@dataclass(frozen=True, slots=True)
class Key:
    """One of the things that rows are ordered by.

    Attributes:
        name: In GraphQL.
        place: The value, in Cypher.
        optional: It may be unknown.
        text: It is compared as text.
    """

    name: str
    place: str
    descending: bool = False
    optional: bool = False
    text: bool = True

    def sorted(self, *, backward: bool) -> str:
        """How rows are sorted by it."""
        sign = " DESC" if self.descending != backward else ""
        unknown = f"{self.place} IS NULL{' DESC' if backward else ''}, " if self.optional else ""
        return f"{unknown}{self.place}{sign}"

    def same(self, made: "Statement", value: Any) -> str:
        """That a row has the same value."""
        return f"{self.place} IS NULL" if value is None else f"{self.place} = {made.value(value)}"

    def beyond(self, made: "Statement", value: Any, *, backward: bool) -> str:
        """That a row's value comes after a value, or before it; empty where none can."""
        if value is None:
            return f"{self.place} IS NOT NULL" if backward and self.optional else ""
        sign = "<" if self.descending != backward else ">"
        found = self._compared(made, sign, value)
        last = self.optional and not backward
        return f"{found} OR {self.place} IS NULL" if last else found

    def bound(self, made: "Statement", value: Any, *, backward: bool) -> str:
        """What all rows from there on have in common; empty where that is nothing."""
        if value is None or self.optional:
            return ""
        return self._compared(made, "<=" if self.descending != backward else ">=", value)

    def _compared(self, made: "Statement", sign: str, value: Any) -> str:
        name = made.value(value)
        if self.text and isinstance(value, str):
            return text_order(self.place, sign, value, name)
        return f"{self.place} {sign} {name}"


Order = Sequence[Key]


def element_order(made: "Statement", given: Sequence[Mapping[str, Any]], variable: str) -> Order:
    """What elements are ordered by; ties by id."""
    keys = [_element_key(made, each, variable, number) for number, each in enumerate(given)]
    return whole_order(keys, [Key(ID, f"{variable}.`id`")])


def relation_order(
    made: "Statement", given: Sequence[Mapping[str, Any]], ends: tuple[str, str, str]
) -> Order:
    """What relations are ordered by; ties by type and key of the other end, leaving ones first."""
    variable, bond, other = ends
    places = {
        "type": Key("type", f"type({bond})"),
        "direction": Key("direction", f"startNode({bond}) <> {variable}", text=False),
    }
    keys = []
    for number, each in enumerate(given):
        name, way = only_key(each, number)
        if name == "element":
            key = _element_key(made, way, other, number)
            keys.append(replace(key, name=f"element.{key.name}"))
        elif name in places:
            keys.append(replace(places[name], descending=_descends(way)))
        else:
            keys.append(key_of_field(RELATION_FIELDS[name], bond, way))
    return whole_order(
        keys, [places["type"], Key("element.key", f"{other}.`key`"), places["direction"]]
    )


def named(order: Order) -> list[tuple[str, bool]]:
    """What an order is, in names that stay the same from statement to statement."""
    return [(each.name, each.descending) for each in order]


def sorted_by(order: Order, *, backward: bool = False) -> str:
    """The `ORDER BY` of an order."""
    return ", ".join(each.sorted(backward=backward) for each in order)


def behind(
    made: "Statement", order: Order, values: Sequence[Any], *, backward: bool = False
) -> list[str]:
    """Conditions of the rows behind a place, or before it: the values of its row, key by key."""
    ways = []
    for number, (key, value) in enumerate(zip(order, values, strict=True)):
        beyond = key.beyond(made, value, backward=backward)
        if beyond:
            same = [
                each.same(made, other)
                for each, other in zip(order[:number], values[:number], strict=True)
            ]
            ways.append(" AND ".join(f"({each})" for each in (*same, beyond)))
    bound = order[0].bound(made, values[0], backward=backward)
    found = " OR ".join(f"({each})" for each in ways) or "false"
    return [*([bound] if bound and len(order) > 1 else []), found]


def whole_order(keys: list[Key], ties: Sequence[Key]) -> Order:
    """The keys without those that come after a tie breaker, which decide nothing, and ties."""
    if len(keys) > MOST_KEYS:
        raise BadInput(
            f"a list is ordered by {len(keys)} keys",
            why=f"{MOST_KEYS} at most",
            remedy="leave those out that decide nothing",
            path=("orderBy",),
        )
    found: list[Key] = []
    for each in keys:
        if all(each.place != known.place for known in found):
            found.append(each)
        if each.place == ties[-1].place and len(ties) == 1:
            return found
    return [*found, *(each for each in ties if all(each.place != k.place for k in found))]


def _element_key(made: "Statement", given: Mapping[str, Any], variable: str, number: int) -> Key:
    name, way = only_key(given, number)
    if name == OWNER:
        return Key(OWNER, owner_place(variable, "key"), descending=_descends(way), optional=True)
    return key_of_field(made.names.field(name), variable, way)


def key_of_field(field: Field, variable: str, way: Any) -> Key:
    """The key of an order by a field."""
    return Key(
        field.name,
        field.rank(variable),
        descending=_descends(way),
        optional=field.optional,
        text=field.kind in _TEXTS,
    )


def only_key(given: Mapping[str, Any], number: int) -> tuple[str, Any]:
    """The one key of an order, which GraphQL has checked already where variables are not null."""
    found = [(name, way) for name, way in given.items() if way is not None]
    if len(found) != 1:
        raise BadInput(
            "it is not clear what comes first",
            why="each key of an order names one field",
            remedy="write `orderBy: [{name: ASC}, {key: DESC}]`",
            path=("orderBy", number),
        )
    return found[0]


def _descends(way: Any) -> bool:
    return str(getattr(way, "value", way)) == "DESC"
