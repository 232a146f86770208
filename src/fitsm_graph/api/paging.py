"""Pages: how many rows, in which order, and the opaque places between them."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any

from fitsm_graph.kernel.errors import BadInput

LARGEST_PAGE = 10_000
"""For anybody; `Limits` says what is less for most."""
ORDERS = {"ID": "id", "KEY": "key", "NAME": "name"}


def order_by(order: str) -> tuple[str, ...]:
    """Properties that a list is ordered by, the tie breaker last."""
    name = ORDERS[order]
    return (name,) if name in {"id", "key"} else (name, "id")


def page_size(first: int) -> int:
    """The number of rows of a page.

    Raises:
        BadInput: It is out of range.
    """
    if not 0 <= first <= LARGEST_PAGE:
        raise BadInput(
            f"'first' is {first}",
            why=f"a page has 0 to {LARGEST_PAGE:,} rows",
            path=("first",),
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


def write_cursor(order: str, values: Sequence[Any]) -> str:
    """An opaque place in an order; it says which, since keys and ids look alike."""
    return base64.urlsafe_b64encode(json.dumps([order, *values]).encode()).decode().rstrip("=")


def read_cursor(cursor: str, order: str, count: int) -> list[Any]:
    """The values of a cursor.

    Raises:
        BadInput: INVALID_CURSOR, when it belongs to another order or is none.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if (
            values[0] == order
            and len(values) == count + 1
            and all(isinstance(v, str) for v in values[1:])
        ):
            return list(values[1:])
    except (ValueError, binascii.Error, TypeError, IndexError, KeyError):
        pass
    raise BadInput(
        "the cursor leads nowhere",
        code="INVALID_CURSOR",
        why="it is damaged, or belongs to another order",
        remedy="start again without 'after'",
        path=("after",),
    )
