"""What regular reports of records count alike: by period, by group, by age (PR9.5, PR10.2)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from statistics import median
from typing import Any

from fitsm_graph.kernel.clock import from_text

Row = Mapping[str, Any]
Bands = Sequence[tuple[str, int | None]]
"""How long something is open: what that is called, and up to how many days; None: longer."""


def known(record: Row) -> dict[str, Any]:
    """What is known of a record: a statement answers null for what it lacks."""
    return {name: value for name, value in record.items() if value is not None}


def within(moment: str | None, since: str, until: str) -> bool:
    """Whether something happened in a period, half-open."""
    return moment is not None and since <= moment < until


def median_of(spans: Iterable[tuple[str, str]], unit: timedelta) -> float | None:
    """The median of times from one moment to another; None where there is nothing.

    >>> day = "2026-06-{}T00:00:00.000000Z".format
    >>> median_of([(day("01"), day("02")), (day("01"), day("04"))], timedelta(days=1))
    2.0
    """
    held = [(from_text(ends) - from_text(begins)) / unit for begins, ends in spans]
    return round(median(held), 2) if held else None


def aged(begun: Iterable[str], until: str, bands: Bands) -> list[dict[str, Any]]:
    """How many are open for how long at a moment, by when they were registered."""
    counts = dict.fromkeys((name for name, _ in bands), 0)
    for each in begun:
        age = from_text(until) - from_text(each)
        name = next(n for n, days in bands if days is None or age <= timedelta(days=days))
        counts[name] += 1
    return [{"name": name, "count": count} for name, count in counts.items()]


def grouped(rows: Iterable[Row], names: Callable[[Row], Iterable[str]]) -> dict[str, list[Row]]:
    """Rows by name; one may stand in several groups."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for name in names(row):
            groups[name].append(row)
    return groups
