"""Service calendars: when a service is attended to, in the wall time of a zone.

A moment is service time when its wall time lies in an interval of its date. Intervals are
half-open: ``08:00-12:00`` begins at eight and is over at noon. So an hour that comes twice, where
clocks go back, counts both times, and one that does not come counts for nothing. Moments are UTC.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from fitsm_graph.kernel.errors import Refused

Hours = tuple[tuple[int, int], ...]
"""Intervals of a day in minutes of wall time, ascending, apart: ``((480, 720),)``."""

ALL_DAY: Hours = ((0, 1440),)
CLOSED: Hours = ()
HORIZON = timedelta(days=366 * 5)
"""How far ahead service time is looked for."""
_DAY = timedelta(days=1)
_STEPS = 64, 8, 1
"""Days that are counted at once, until what is looked for lies within a day."""


@dataclass(frozen=True, slots=True)
class ServiceCalendar:
    """When work on a service's records counts.

    Attributes:
        name: As agreements call it.
        zone: IANA name, such as ``Europe/Lisbon``.
        week: Hours of each weekday, Monday first; seven of them.
        days: Hours of single dates, which replace those of the weekday: holidays, special days.
    """

    name: str
    zone: str
    week: tuple[Hours, ...]
    days: Mapping[date, Hours] = field(default_factory=dict)

    def hours(self, day: date) -> Hours:
        """Intervals of a date, in minutes of wall time."""
        return self.days.get(day, self.week[day.weekday()])

    def intervals(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Service time between two moments, as intervals in UTC that do not touch.

        Args:
            start: First moment; UTC.
            end: Moment after the last; UTC.
        """
        held: tuple[datetime, datetime] | None = None
        for begins, ends in self._pieces(start, end):
            if held is not None and held[1] == begins:
                held = (held[0], ends)
                continue
            if held is not None:
                yield held
            held = (begins, ends)
        if held is not None:
            yield held

    def _pieces(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The same where each date, and each offset from UTC, has intervals of its own."""
        for first, last, offset in _offsets(ZoneInfo(self.zone), start, end):
            day = (first + offset).date()
            while datetime.combine(day, time(), first.tzinfo) - offset < last:
                midnight = datetime.combine(day, time(), first.tzinfo) - offset
                for opens, closes in self.hours(day):
                    begins = max(midnight + timedelta(minutes=opens), first)
                    ends = min(midnight + timedelta(minutes=closes), last)
                    if begins < ends:
                        yield begins, ends
                day += _DAY

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much service time there is between two moments; years of it cost little more."""
        stretches = _offsets(ZoneInfo(self.zone), start, end)
        return sum((self._within(a + by, b + by) for a, b, by in stretches), timedelta())

    def _within(self, first: datetime, last: datetime) -> timedelta:
        """Service time between two wall times of one offset: whole weeks are not walked through."""
        days = (last.date() - first.date()).days
        weeks, rest = divmod(days, 7)
        minutes = weeks * sum(map(_minutes, self.week))
        minutes += sum(_minutes(self.week[(first.weekday() + n) % 7]) for n in range(rest))
        minutes += sum(
            _minutes(hours) - _minutes(self.week[day.weekday()])
            for day, hours in self.days.items()
            if first.date() <= day < last.date()
        )
        return timedelta(minutes=minutes) - self._before(first) + self._before(last)

    def _before(self, moment: datetime) -> timedelta:
        """Service time of a wall time's date that lies before it."""
        midnight = datetime.combine(moment.date(), time(), moment.tzinfo)
        past = moment - midnight
        spans = ((timedelta(minutes=a), timedelta(minutes=b)) for a, b in self.hours(moment.date()))
        return sum((min(b, past) - a for a, b in spans if a < past), timedelta())

    def after(self, start: datetime, duration: timedelta) -> datetime:
        """The moment at which so much service time has passed since another.

        A duration of nothing is the start itself, in service time or not.

        Raises:
            Refused: CALENDAR_ENDS, when there is not so much within five years.
        """
        if duration <= timedelta():
            return start
        begins, left = start, duration
        if self.between(start, start + _DAY) < duration:  # most of what is asked for ends before
            begins, left = self._last_day(start, duration)
        for first, last in self.intervals(begins, begins + _DAY):
            if last - first >= left:
                return first + left
            left -= last - first
        raise Refused(
            f"the calendar '{self.name}' has no {duration} of service time",
            code="CALENDAR_ENDS",
            why=f"from {start.isoformat()} on, within {HORIZON.days // 366} years",
            remedy="give it hours, or another calendar to the agreement",
        )

    def _last_day(self, start: datetime, duration: timedelta) -> tuple[datetime, timedelta]:
        """From when on less than a day is left of some service time, and how much of it."""
        begins, left = start, duration
        for days in _STEPS:
            ends = begins + _DAY * days
            while begins < start + HORIZON and (spent := self.between(begins, ends)) < left:
                left, begins, ends = left - spent, ends, ends + _DAY * days
        return begins, left

    def open_at(self, moment: datetime) -> bool:
        """Whether a moment is service time."""
        return any(True for _ in self.intervals(moment, moment + timedelta(microseconds=1)))


ALWAYS = ServiceCalendar("24x7", "UTC", (ALL_DAY,) * 7)
"""Every hour of every day."""


def _offsets(
    zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Stretches of time with one offset from UTC: from, until, offset."""
    begins = start
    for year in range(start.year, end.year + 1):
        for turn in _turns(zone, year):
            if begins < turn < end:
                yield begins, turn, _offset(zone, begins)
                begins = turn
    if begins < end:
        yield begins, end, _offset(zone, begins)


@lru_cache(maxsize=4096)
def _turns(zone: ZoneInfo, year: int) -> tuple[datetime, ...]:
    """Moments of a year from which on a zone has another offset from UTC; of 9999 none."""
    first, ends = (datetime(min(each, 9999), 1, 1, tzinfo=UTC) for each in (year, year + 1))
    days = [first + _DAY * n for n in range((ends - first).days + 1)]
    return tuple(
        _turn(zone, here, following)
        for here, following in itertools.pairwise(days)
        if _offset(zone, here) != _offset(zone, following)
    )


def _turn(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first moment with another offset than the one before; clocks change at whole seconds."""
    old = _offset(zone, before)
    before = before.replace(microsecond=0)
    low, high = 0, int((after - before).total_seconds()) + 1
    while low < high:
        middle = (low + high) // 2
        if _offset(zone, before + timedelta(seconds=middle)) == old:
            low = middle + 1
        else:
            high = middle
    return before + timedelta(seconds=low)


def _minutes(hours: Hours) -> int:
    return sum(closes - opens for opens, closes in hours)


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
