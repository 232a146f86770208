"""Freezes and maintenance windows as rules: hours of a week, and periods, once or again (PR12.6).

    effect: maintenance
    zone: Europe/Lisbon
    week: {sun: ["02:00-06:00"]}

    effect: freeze
    zone: Europe/Lisbon
    periods: [{from: "2026-12-19T00:00", until: "2027-01-04T06:00", why: Year end.}]
    types: [normal, major]

    effect: freeze
    zone: Europe/Lisbon
    periods: [{from: "2026-12-20T00:00", until: "2027-01-07T00:00", repeats: FREQ=YEARLY}]

    effect: maintenance
    zone: Europe/Lisbon
    periods: [{from: "2027-01-12T20:00", until: "2027-01-12T23:00",
               repeats: FREQ=MONTHLY;BYDAY=2TU, except: ["2027-12-14"]}]

Moments of a period are wall time of the zone; a period is half-open. An hour that comes twice,
where clocks go back, is within a period as a whole or not at all. What repeats comes again by a
rule of iCalendar, from the period that is given on, except on days that are named.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.flow.calendar_form import parse_calendar
from fitsm_graph.flow.calendars import ServiceCalendar
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.flow.recurrence import Recurrence, read_exceptions, read_recurrence
from fitsm_graph.kernel.errors import BadInput, Problem


class WindowEffect(StrEnum):
    """What a rule says of changes in its time."""

    FREEZE = "freeze"
    MAINTENANCE = "maintenance"


Span = tuple[datetime, datetime]
"""From a moment until before another, UTC."""


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment until before another, UTC; once, or from then on again and again.

    Attributes:
        again: By which rule; None: it comes once.
    """

    starts: datetime
    ends: datetime
    why: str
    again: Recurrence | None = None

    def between(self, starts: datetime, ends: datetime) -> Iterator[Span]:
        """Each time of it that shares something with a half-open time."""
        if self.again is not None:
            yield from self.again.between(starts, ends)
        elif self.starts < ends and starts < self.ends:
            yield self.starts, self.ends


@dataclass(frozen=True, slots=True)
class ChangeWindow:
    """A rule of freezes or of windows for work.

    Attributes:
        hours: Of each week; None: none.
        types: Types of change that it is about.
    """

    effect: WindowEffect
    hours: ServiceCalendar | None
    periods: tuple[Period, ...]
    types: frozenset[ChangeType]

    def holds(self, moment: datetime, type: ChangeType) -> bool:
        """Whether a moment is in its time, for a type of change; UTC."""
        return self.touches(moment, moment + timedelta(microseconds=1), type)

    def touches(self, starts: datetime, ends: datetime, type: ChangeType) -> bool:
        """Whether some of a half-open time is in its time, for a type of change; UTC."""
        return type in self.types and any(True for _ in self._between(starts, ends))

    def covers(self, starts: datetime, ends: datetime, type: ChangeType) -> bool:
        """Whether all of a half-open time is in its time, for a type of change; UTC."""
        if type not in self.types:
            return False
        reached = starts
        for begins, over, _ in sorted(self._between(starts, ends)):
            if begins > reached:
                return False
            reached = max(reached, over)
        return reached >= ends

    def spans(self, starts: datetime, ends: datetime) -> list[tuple[datetime, datetime, str]]:
        """Each of its times that shares something with a half-open time, in order, and why; UTC."""
        return sorted(self._between(starts, ends))

    def _between(
        self, starts: datetime, ends: datetime
    ) -> Iterator[tuple[datetime, datetime, str]]:
        for each in self.periods:
            yield from ((*span, each.why) for span in each.between(starts, ends))
        if self.hours is not None:
            yield from ((*span, "") for span in self.hours.intervals(starts, ends))


def parse_window(name: str, document: Any, read: Reader) -> ChangeWindow | None:
    """Read a rule of freezes or of windows for work."""
    fields = ("effect", "zone", "week", "periods", "types")
    given = read.fields(document, (), fields, ("effect", "zone"))
    words = [each.value for each in WindowEffect]
    effect = read.one_of(given.get("effect"), ("effect",), words)
    types = [each.value for each in ChangeType]
    named = read.some_of(given.get("types", types), ("types",), types, "types of change")
    if effect == WindowEffect.FREEZE and ChangeType.EMERGENCY in named:
        what = "an emergency change would have to wait for the end of a freeze"
        read.wrong("FREEZE_OF_EMERGENCIES", ("types",), what, "name the other types")
    hours = _hours(name, given.get("zone"), given.get("week"), read)
    zone = hours.zone if hours is not None else "UTC"
    periods = _periods(given.get("periods", []), zone, read)
    if given.get("week") is None and not given.get("periods"):
        what = "the rule is never in force"
        read.wrong("WINDOW_EMPTY", (), what, "give it a week, or periods")
    if not effect:
        return None
    week = hours if given.get("week") is not None else None
    return ChangeWindow(WindowEffect(effect), week, periods, frozenset(map(ChangeType, named)))


def _hours(name: str, zone: object, week: object, read: Reader) -> ServiceCalendar | None:
    """The hours of a week, in the form of a service calendar."""
    if zone is None:
        return None
    try:
        said = {"name": name, "zone": zone, "week": "always" if week is None else week}
        return parse_calendar(said)
    except BadInput as error:
        read.problems.extend(
            Problem(each.code, each.message, each.why, each.remedy, each.path)
            for each in error.problems
        )
        return None


def _periods(given: object, zone: str, read: Reader) -> tuple[Period, ...]:
    found: list[Period] = []
    for place, said in enumerate(read.items(given, ("periods",), "periods", least=0)):
        path: Path = ("periods", place)
        period = _period(said, zone, path, read)
        if period is not None:
            found.append(period)
    _check_apart([each for each in found if each.again is None], read)
    return tuple(found)


def _period(said: object, zone: str, path: Path, read: Reader) -> Period | None:
    fields = ("from", "until", "repeats", "except", "why")
    one = read.fields(said, path, fields, ("from", "until"))
    first = _wall(one.get("from"), (*path, "from"), read)
    last = _wall(one.get("until"), (*path, "until"), read)
    why = read.text(one.get("why"), (*path, "why"))
    if first is None or last is None:
        return None
    starts, ends = (each.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for each in (first, last))
    if ends <= starts:
        read.wrong("POLICY_ORDER", path, "the period ends before it begins", "swap the two")
        return None
    return Period(starts, ends, why, _again(one, first, last - first, zone, path, read))


def _again(
    one: Mapping[str, Any], first: datetime, length: timedelta, zone: str, path: Path, read: Reader
) -> Recurrence | None:
    """By which rule a period comes again, and on which days it does not."""
    rule, left_out = one.get("repeats"), one.get("except")
    if rule is None:
        if left_out is not None:
            what = "a period that comes once has no exceptions"
            read.wrong("POLICY_FIELD", (*path, "except"), what, "say how it `repeats`")
        return None
    made = read_recurrence(rule, first, length, zone, (*path, "repeats"), read)
    if made is None or left_out is None:
        return made
    return read_exceptions(left_out, made, (*path, "except"), read)


def _wall(given: object, path: Path, read: Reader) -> datetime | None:
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(str(given))
        if moment.tzinfo is None and MINYEAR < moment.year < MAXYEAR:
            return moment
    except (ValueError, OverflowError):
        pass
    what = f"'{str(given)[:60]}' is no wall time"
    read.wrong("POLICY_VALUE", path, what, "write it as 2026-12-19T00:00, without an offset")
    return None


def _check_apart(found: Sequence[Period], read: Reader) -> None:
    for place, (before, after) in enumerate(itertools.pairwise(found), start=1):
        if after.starts < before.ends:
            what = "the period begins before the one before it has ended"
            read.wrong("POLICY_ORDER", ("periods", place), what, "the earliest first, and apart")
