"""Clocks of service targets: how much service time was used, when the rest is over, what broke.

A clock reads a record's life, as the ledger tells it, and keeps nothing of its own: the same life
and calendar give the same reading, to the second, whenever they are read (PR9.2).

    life = [Turn(registered_at, Pace.RUNS), Turn(asked_back_at, Pace.WAITS), …]
    reading = read_clock(calendar, target, life, now)
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from fitsm_graph.flow.calendars import ServiceCalendar
from fitsm_graph.kernel.errors import BadInput


class Pace(StrEnum):
    """What a state of a record does to its clock."""

    RUNS = "runs"
    WAITS = "waits"
    STOPS = "stops"


@dataclass(frozen=True, slots=True)
class Turn:
    """A moment from which on the clock runs, waits or is stopped; UTC."""

    at: datetime
    pace: Pace


@dataclass(frozen=True, slots=True)
class Target:
    """What was agreed on.

    Attributes:
        name: ``response`` or ``resolution``, or what an agreement calls it.
        within: Service time in which it is to be reached; more than nothing.
        warnings: Shares of it, ascending, at which somebody is told: ``(0.5, 0.75)``.
    """

    name: str
    within: timedelta
    warnings: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a clock shows at a moment.

    Attributes:
        used: Service time used.
        left: Service time that is left; negative once it is broken.
        pace: What the clock does now.
        due: When the target breaks if nothing changes; None while it waits or is stopped.
        broken_at: When it was broken; None where it was not.
        met_at: When the clock was stopped in time; None where it was not.
        warned: Warnings that are due, with the moments since when they are.
    """

    used: timedelta
    left: timedelta
    pace: Pace
    due: datetime | None
    broken_at: datetime | None
    met_at: datetime | None
    warned: tuple[tuple[float, datetime], ...]


def read_clock(
    calendar: ServiceCalendar, target: Target, life: Sequence[Turn], now: datetime
) -> Reading:
    """Read the clock of a target at a moment.

    Args:
        calendar: Says what service time is.
        target: What was agreed on.
        life: Turns in the order of time, the first one the beginning. A record that is opened
            again goes on where it was stopped.
        now: The moment; turns after it are not looked at.

    Raises:
        BadInput: A life without a beginning, or one that goes back in time.
        Refused: CALENDAR_ENDS.
    """
    _check(life)
    used, reached = _used(calendar, target.within, [*target.warnings, 1.0], life, now)
    past = [turn for turn in life if turn.at <= now]
    pace = pace_at(life, now)
    broken_at = reached.get(1.0)
    left = target.within - used
    return Reading(
        used=used,
        left=left,
        pace=pace,
        due=calendar.after(now, left) if pace is Pace.RUNS and broken_at is None else None,
        broken_at=broken_at,
        met_at=past[-1].at if pace is Pace.STOPS and broken_at is None else None,
        warned=tuple((mark, reached[mark]) for mark in target.warnings if mark in reached),
    )


def pace_at(life: Sequence[Turn], now: datetime) -> Pace:
    """What the clock does at a moment; before the beginning it waits."""
    return next((turn.pace for turn in reversed(life) if turn.at <= now), Pace.WAITS)


def reached_at(
    calendar: ServiceCalendar,
    within: timedelta,
    shares: Sequence[float],
    life: Sequence[Turn],
    now: datetime,
) -> dict[float, datetime]:
    """When shares of a target's time were used up; those that were not by now are missing."""
    _check(life)
    return _used(calendar, within, shares, life, now)[1]


def _used(
    calendar: ServiceCalendar,
    within: timedelta,
    shares: Sequence[float],
    life: Sequence[Turn],
    now: datetime,
) -> tuple[timedelta, dict[float, datetime]]:
    """Service time used by now, and when shares of the target's time were used up."""
    used, reached = timedelta(), dict[float, datetime]()
    for begins, ends in _runs(life, now):
        spent = calendar.between(begins, ends)
        for share in shares:
            wanted = within * share - used
            if share not in reached and timedelta() <= wanted <= spent:
                reached[share] = calendar.after(begins, wanted)
        used += spent
    return used, reached


def _runs(life: Sequence[Turn], now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of time in which the clock ran."""
    ends = [turn.at for turn in life[1:]] + [now]
    for turn, end in zip(life, ends, strict=True):
        if turn.pace is Pace.RUNS and turn.at < min(end, now):
            yield turn.at, min(end, now)


def _check(life: Sequence[Turn]) -> None:
    if not life:
        raise BadInput(
            "a clock needs a beginning",
            why="the record's life has no turn",
            remedy="begin it with the moment of its registration",
        )
    for before, after in itertools.pairwise(life):
        if after.at < before.at:
            raise BadInput(
                "a life goes forward in time",
                why=f"{after.at.isoformat()} comes after {before.at.isoformat()}",
                remedy="give its turns in the order of the ledger",
            )
