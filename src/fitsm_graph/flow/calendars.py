"""Service calendars: when a service is attended to, in the wall time of a zone.

A moment is service time when its wall time lies in an interval of its date. Intervals are
half-open: ``08:00-12:00`` begins at eight and is over at noon. So an hour that comes twice, where
clocks go back, counts both times, and one that does not come counts for nothing. Moments are UTC.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fitsm_graph.kernel.errors import Refused

Hours = tuple[tuple[int, int], ...]
"""Intervals of a day in minutes of wall time, ascending, apart: ``((480, 720),)``."""

ALL_DAY: Hours = ((0, 1440),)
CLOSED: Hours = ()
HORIZON = timedelta(days=366 * 5)
"""How far ahead service time is looked for."""
_DAY = timedelta(days=1)
_STEP = 64
"""Days that are laid out at once."""


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
        """How much service time there is between two moments."""
        return sum((b - a for a, b in self.intervals(start, end)), timedelta())

    def after(self, start: datetime, duration: timedelta) -> datetime:
        """The moment at which so much service time has passed since another.

        A duration of nothing is the start itself, in service time or not.

        Raises:
            Refused: CALENDAR_ENDS, when there is not so much within five years.
        """
        left, begins = duration, start
        while left > timedelta() and begins < start + HORIZON:
            ends = begins + _DAY * _STEP
            for first, last in self.intervals(begins, ends):
                if last - first >= left:
                    return first + left
                left -= last - first
            begins = ends
        if left > timedelta():
            raise Refused(
                f"the calendar '{self.name}' has no {duration} of service time",
                code="CALENDAR_ENDS",
                why=f"from {start.isoformat()} on, within {HORIZON.days // 366} years",
                remedy="give it hours, or another calendar to the agreement",
            )
        return start

    def open_at(self, moment: datetime) -> bool:
        """Whether a moment is service time."""
        return any(True for _ in self.intervals(moment, moment + timedelta(microseconds=1)))


ALWAYS = ServiceCalendar("24x7", "UTC", (ALL_DAY,) * 7)
"""Every hour of every day."""


def _offsets(
    zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Stretches of time with one offset from UTC: from, until, offset."""
    begins, here = start, start
    while here < end:
        following = min(here + _DAY, end)
        if _offset(zone, following) != _offset(zone, here):
            turn = _turn(zone, here, following)
            yield begins, turn, _offset(zone, here)
            begins = turn
        here = following
    if begins < end:
        yield begins, end, _offset(zone, begins)


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


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
