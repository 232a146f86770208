"""Pages: how many rows, in which order, and the opaque places between them."""

import base64
import binascii
import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from fitsm_graph.api.selection import Selected
from fitsm_graph.kernel.errors import BadInput

T = TypeVar("T")
LARGEST_PAGE = 10_000
"""For anybody; `Limits` says what is less for most."""
DEFAULT_PAGE = 50
PLAIN_LIST = 100
"""Relations of a plain list, where nobody says how many."""


def page_size(first: int, *, path: str = "first") -> int:
    """The number of rows of a page.

    Raises:
        BadInput: It is out of range.
    """
    if not 0 <= first <= LARGEST_PAGE:
        raise BadInput(
            f"'{path}' is {first}",
            why=f"a page has 0 to {LARGEST_PAGE:,} rows",
            path=(path,),
            remedy="ask for the next page with 'after'",
        )
    return first


def connection_of(
    kind: str, rows: Sequence[Mapping[str, Any]], first: int, after: str | None, total: int
) -> dict[str, Any]:
    """A connection of records ordered by id, by the names of its fields.

    Args:
        kind: What the cursors are made for.
        rows: One more than `first` where there is a next page.
        first: Rows of the page.
        after: The cursor it begins after.
        total: Rows in all pages.
    """
    shown = rows[:first]
    cursors = [write_cursor(kind, [row["id"]]) for row in shown]
    return {
        "nodes": shown,
        "edges": [{"cursor": c, "node": row} for c, row in zip(cursors, shown, strict=True)],
        "pageInfo": {
            "hasNextPage": len(rows) > first,
            "hasPreviousPage": after is not None,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
        "totalCount": total,
    }


def digest_of(*parts: Any) -> str:
    """What a cursor belongs to, in short: the list, its order and its filter."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).hexdigest()


def write_cursor(order: str, values: Sequence[Any]) -> str:
    """An opaque place in an order; it says which, since values of several look alike."""
    return base64.urlsafe_b64encode(json.dumps([order, *values]).encode()).decode().rstrip("=")


def read_cursor(cursor: str, order: str, count: int, *, path: str = "after") -> list[Any]:
    """The values of a cursor.

    Raises:
        BadInput: INVALID_CURSOR, when it belongs to another order or is none.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if values[0] == order and len(values) == count + 1 and all(map(_is_place, values[1:])):
            return list(values[1:])
    except (ValueError, binascii.Error, TypeError, IndexError, KeyError):
        pass
    raise nowhere(path)


def page_after(
    rows: Sequence[T], order: Callable[[T], tuple[Any, ...]], place: Sequence[Any] | None, size: int
) -> tuple[Sequence[T], bool]:
    """A page of a list that is computed as a whole, and whether there are more.

    The page begins with the first row that comes after a place; so it does where the row of the
    place itself is there no more.

    Args:
        rows: All, in order.
        order: What they are in order by; a cursor holds it.
        place: Values of a cursor; None: the list begins.
        size: Rows at most.
    """
    rest = rows if place is None else [each for each in rows if order(each) > tuple(place)]
    return rest[:size], 0 < size < len(rest)


def nowhere(path: str) -> BadInput:
    """The refusal of a cursor."""
    return BadInput(
        "the cursor leads nowhere",
        code="INVALID_CURSOR",
        why="it is damaged, or belongs to another list, order or filter",
        remedy=f"start again without '{path}'",
        path=(path,),
    )


def _is_place(value: Any) -> bool:
    """Whether a row may have it: a text that can be sent, a number the database holds, or null."""
    if isinstance(value, str):
        return not any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return value is None or (isinstance(value, float) and math.isfinite(value))


@dataclass(frozen=True, slots=True)
class Page:
    """What a client asks of a list.

    Attributes:
        size: Rows at most.
        backward: The last ones before a place, instead of the first ones behind it.
        cursor: The place; None: the end of the list that it begins at.
    """

    size: int
    backward: bool = False
    cursor: str | None = None

    @classmethod
    def of(cls, what: Selected) -> "Page":
        """Read the arguments of a connection.

        Raises:
            BadInput: The size is out of range, or two ways are asked for at once.
        """
        asked = what.arguments
        last = asked.get("last")
        if last is None:
            _refuse_mixed(asked, "before", "last")
            first = asked.get("first")
            return cls(
                page_size(DEFAULT_PAGE if first is None else first), cursor=asked.get("after")
            )
        if "first" in what.given and asked.get("first") is not None:
            raise _two_ways("first")
        _refuse_mixed(asked, "after", "first")
        return cls(page_size(last, path="last"), backward=True, cursor=asked.get("before"))

    def place(self, order: str, count: int) -> list[Any] | None:
        """The values of the cursor; None without one."""
        if not self.cursor:
            return None
        return read_cursor(self.cursor, order, count, path="before" if self.backward else "after")


def _refuse_mixed(asked: Mapping[str, Any], name: str, instead: str) -> None:
    if asked.get(name) is not None:
        raise _two_ways(name, instead)


def _two_ways(name: str, instead: str = "first") -> BadInput:
    return BadInput(
        f"'{name}' does not go with the other arguments",
        why="a page is the first rows after a place, or the last ones before one",
        remedy=f"give `first` and `after`, or `last` and `before`; here '{instead}' is missing"
        if instead != name
        else "give `first` and `after`, or `last` and `before`",
        path=(name,),
    )
