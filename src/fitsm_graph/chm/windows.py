"""Freezes and maintenance windows as rules: recurring hours of a week, and single periods (PR12.6).

    effect: maintenance
    zone: Europe/Lisbon
    week: {sun: ["02:00-06:00"]}

    effect: freeze
    zone: Europe/Lisbon
    periods: [{from: "2026-12-19T00:00", until: "2027-01-04T06:00", why: Year end.}]
    types: [normal, major]

Moments of a period are wall time of the zone; a period is half-open. An hour that comes twice,
where clocks go back, is within a period as a whole or not at all.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.flow.calendar_form import parse_calendar
from fitsm_graph.flow.calendars import ServiceCalendar
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.kernel.errors import BadInput, Problem


class WindowEffect(StrEnum):
    """What a rule says of changes in its time."""

    FREEZE = "freeze"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment until before another, UTC."""

    starts: datetime
    ends: datetime
    why: str


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
        if type not in self.types:
            return False
        within = any(each.starts <= moment < each.ends for each in self.periods)
        return within or (self.hours is not None and self.hours.open_at(moment))

    def touches(self, starts: datetime, ends: datetime, type: ChangeType) -> bool:
        """Whether some of a half-open time is in its time, for a type of change; UTC."""
        if type not in self.types:
            return False
        within = any(each.starts < ends and starts < each.ends for each in self.periods)
        return within or (
            self.hours is not None and any(True for _ in self.hours.intervals(starts, ends))
        )

    def covers(self, starts: datetime, ends: datetime, type: ChangeType) -> bool:
        """Whether all of a half-open time is in its time, for a type of change; UTC."""
        if type not in self.types:
            return False
        within = any(each.starts <= starts and ends <= each.ends for each in self.periods)
        return within or (
            self.hours is not None and (starts, ends) in set(self.hours.intervals(starts, ends))
        )


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
        one = read.fields(said, path, ("from", "until", "why"), ("from", "until"))
        starts = _moment(one.get("from"), zone, (*path, "from"), read)
        ends = _moment(one.get("until"), zone, (*path, "until"), read)
        why = read.text(one.get("why"), (*path, "why"))
        if starts is None or ends is None:
            continue
        if ends <= starts:
            read.wrong("POLICY_ORDER", path, "the period ends before it begins", "swap the two")
        found.append(Period(starts, ends, why))
    _check_apart(found, read)
    return tuple(found)


def _moment(given: object, zone: str, path: Path, read: Reader) -> datetime | None:
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(str(given))
        if moment.tzinfo is None:
            return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
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
