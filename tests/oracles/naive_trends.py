"""Trends of incidents worked out from their definition, in the plainest way there is.

A subject's incidents of the period are held against those of its own past: given how many there
are together, the number of later ones is binomial. The chance is added up term by term; the
correction asks of each test for the lowest level at which the procedure of Benjamini and Hochberg
would find it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import comb
from typing import Any

Row = Mapping[str, Any]
DIMENSIONS = {"Service": "service", "ServiceComponent": "component", "CI": "ci",
              "RedundancyGroup": "group"}  # fmt: skip


def instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def ticks(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def said_of(row: Row, elements: Mapping[str, Row]) -> set[tuple[str, str]]:
    """What an incident counts for."""
    found = set()
    for name in row["affects"]:
        if name in elements:
            found.add((DIMENSIONS[elements[name]["kind"]], name))
            if elements[name]["type"] is not None:
                found.add(("type", elements[name]["type"]))
    for name in row["services"]:
        if name in elements:
            found.add(("service", name))
    for name in row["causes"]:
        if name in elements:
            found.add(("cause", name))
    if row["category"] != "":
        found.add(("category", row["category"]))
    return found


def tail(successes: int, trials: int, share: Fraction) -> Fraction:
    return sum(
        (
            comb(trials, n) * share**n * (1 - share) ** (trials - n)
            for n in range(successes, trials + 1)
        ),
        Fraction(0),
    )


def levels(chances: Sequence[Fraction]) -> list[Fraction]:
    """Of each test the lowest level at which it is found."""
    size, found = len(chances), []
    for own in chances:
        candidates = [
            size * each / sum(1 for other in chances if other <= each)
            for each in chances
            if each >= own
        ]
        found.append(min([Fraction(1), *candidates]))
    return found


Tail = Callable[[int, int, Fraction], Fraction]
Levels = Callable[[Sequence[Fraction]], list[Fraction]]


def naive_trends(
    rows: Sequence[Row],
    elements: Mapping[str, Row],
    rules: Mapping[str, Any],
    times: Mapping[str, str],
    *,
    tail: Tail = tail,
    levels: Levels = levels,
    young: bool = True,
    within: bool = True,
) -> dict[str, Any]:
    """All that is tested, by subject, and in which order it is told.

    Args:
        rows: Incidents.
        elements: By name: ``{kind, type, created_at}``.
        rules: ``{least, level, weights, otherwise}``.
        times: ``{past, since, until, began}``.
        tail: What a chance is; another one is wrong, to see that it is noticed.
        levels: What corrects chances; likewise.
        young: A past begins with its element; likewise.
        within: An incident counts within the period alone; likewise.
    """
    since, until = instant(times["since"]), instant(times["until"])
    names = sorted({one for row in rows for one in said_of(row, elements)})
    tests, too_young = [], 0
    for dimension, name in names:
        starts = max(instant(times["past"]), instant(times["began"]))
        if young and dimension not in {"type", "category"}:
            starts = max(starts, instant(elements[name]["created_at"]))
        own = [row for row in rows if (dimension, name) in said_of(row, elements)]
        now = [row for row in own if since <= instant(row["created_at"]) < until]
        old = [row for row in own if starts <= instant(row["created_at"]) < since]
        if len(now) + len(old) < rules["least"]:
            continue
        if since - starts < until - since:
            too_young += 1
            continue
        tests.append(((dimension, name), now, len(old), starts))
    shares = [Fraction(ticks(until - since), ticks(until - starts)) for *_, starts in tests]
    chances = [
        tail(len(now), len(now) + old, share)
        for (_, now, old, _), share in zip(tests, shares, strict=True)
    ]
    told: dict[tuple[str, str], dict[str, Any]] = {}
    for (subject, now, old, starts), p, q in zip(tests, chances, levels(chances), strict=True):
        expected = Fraction(old * ticks(until - since), ticks(since - starts))
        spans = [
            (
                row,
                max(
                    ticks(
                        min(instant(row["ends_at"]) if row["ends_at"] else until, until)
                        - (max(instant(row["starts_at"]), since) if within else since)
                    ),
                    0,
                ),
            )
            for row in now
        ]
        cost = sum(
            (
                Fraction(span, 60_000_000)
                * rules["weights"].get(row["priority"], rules["otherwise"])
                * max(row["reached"] or 0, 1)
                for row, span in spans
            ),
            Fraction(0),
        )
        more = max(len(now) - expected, Fraction(0))
        told[subject] = {
            "observed": len(now),
            "past": old,
            "expected": expected,
            "p": p,
            "q": q,
            "minutes": Fraction(sum(span for _, span in spans), 60_000_000),
            "cost": cost,
            "excess_cost": cost * more / len(now) if now else Fraction(0),
            "incidents": [row["id"] for row in now],
            "significant": q <= rules["level"] and len(now) >= rules["least"] and more > 0,
        }
    ranked = sorted(
        (one for one in told if told[one]["significant"]),
        key=lambda one: (
            -told[one]["excess_cost"],
            -(told[one]["observed"] - told[one]["expected"]),
            told[one]["p"],
            one,
        ),
    )
    return {"tests": told, "ranked": ranked, "young": too_young}
