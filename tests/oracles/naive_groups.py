"""Groups and measures over plain rows, said slowly; imports nothing of the product."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Key = Callable[[Row], Sequence[Any]]


def groups(rows: Iterable[Row], keys: Sequence[Key]) -> dict[tuple[Any, ...], list[Row]]:
    """Rows by their keys; a row is in every group that its keys' values make together."""
    found: dict[tuple[Any, ...], list[Row]] = {} if keys else {(): []}
    for row in rows:
        places: list[tuple[Any, ...]] = [()]
        for key in keys:
            places = [(*place, value) for place in places for value in key(row)]
        for place in places:
            found.setdefault(place, []).append(row)
    return found


def plain(name: str) -> Key:
    """By a property; what is not there is null."""
    return lambda row: [row.get(name)]


def items(name: str) -> Key:
    """By each item of a list; null where there is none."""
    return lambda row: row.get(name) or [None]


def part(name: str, per: str) -> Key:
    """By a part of a time."""

    def of(row: Row) -> list[Any]:
        text = row.get(name)
        if text is None:
            return [None]
        moment = dt.datetime.fromisoformat(text)
        year, week, _ = moment.isocalendar()
        return [
            {
                "YEAR": f"{moment:%Y}",
                "QUARTER": f"{moment:%Y}-Q{(moment.month - 1) // 3 + 1}",
                "MONTH": f"{moment:%Y-%m}",
                "WEEK": f"{year}-W{week:02}",
                "DAY": f"{moment:%Y-%m-%d}",
                "HOUR": f"{moment:%Y-%m-%dT%H}",
            }[per]
        ]

    return of


def known(rows: Iterable[Row], name: str) -> list[Any]:
    return [row[name] for row in rows if row.get(name) is not None]


def percentile(values: Sequence[float], p: float) -> float | None:
    """Between the two nearest ranks, in proportion."""
    if not values:
        return None
    ordered = sorted(values)
    place = p * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def measured(rows: Sequence[Row], name: str) -> dict[str, Any]:
    """Everything that can be computed of a number."""
    values = known(rows, name)
    return {
        "count": len(rows),
        "distinct": len(set(values)),
        "min": min(values, default=None),
        "max": max(values, default=None),
        "sum": sum(values),
        "avg": sum(values) / len(values) if values else None,
        "p50": percentile(values, 0.5),
        "p95": percentile(values, 0.95),
        "p10": percentile(values, 0.1),
    }


def in_order(found: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Groups by their keys, what is not known last."""
    return sorted(found, key=lambda each: [(value is None, value) for value in each])
