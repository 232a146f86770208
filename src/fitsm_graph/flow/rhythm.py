"""At which moments something happens once a day or once a week, by the clocks of a place.

    {every: week, weekday: mon, at: "07:30", zone: Europe/Lisbon}

Where clocks skip the time of a day, it is taken that much later, and where they show it twice, the
first time counts: each day has one moment, whatever clocks do.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from fitsm_graph.flow.reading import Path, Reader

FIELDS = ("every", "weekday", "at", "zone")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DAY = timedelta(days=1)


class Every(StrEnum):
    """How often."""

    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A time of every day, or of one day of the week.

    Attributes:
        weekday: From Monday, 0, on; None: every day.
    """

    at: time
    zone: str
    weekday: int | None = None

    def after(self, moment: datetime) -> datetime:
        """The first moment after another, UTC."""
        day = self._local(moment) - _DAY
        while (found := self._on(day)) is None or found <= moment:
            day += _DAY
        return found

    def until(self, moment: datetime) -> datetime:
        """The last moment up to another, and that included, UTC."""
        day = self._local(moment) + _DAY
        while (found := self._on(day)) is None or found > moment:
            day -= _DAY
        return found

    def _local(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def _on(self, day: date) -> datetime | None:
        """The moment of a day; None: it is another day of the week."""
        if self.weekday is not None and day.weekday() != self.weekday:
            return None
        return datetime.combine(day, self.at, ZoneInfo(self.zone)).astimezone(UTC)


def read_rhythm(given: Mapping[str, Any], path: Path, read: Reader) -> Rhythm | None:
    """Read when something happens, from the fields of an object that may have others.

    Args:
        given: Has `every`, `at` and `zone`, and of a week `weekday`.
        path: Where it stands.
        read: Notes what is wrong.
    """
    every = read.one_of(given.get("every"), (*path, "every"), [each.value for each in Every])
    weekday = read.one_of(given.get("weekday"), (*path, "weekday"), _DAYS)
    if every and (every == Every.WEEK) != bool(weekday):
        what = "a week has a day, and a day has none"
        read.wrong("POLICY_FIELD", (*path, "weekday"), what, "weekday: mon, with every: week only")
    zone, at = str(given.get("zone") or ""), str(given.get("at") or "")
    if zone not in available_timezones():
        what = f"there is no time zone '{zone[:60]}'"
        read.wrong("POLICY_VALUE", (*path, "zone"), what, "one such as Europe/Lisbon, or UTC")
        return None
    if not _TIME.fullmatch(at):
        what = f"'{at[:20]}' is no time of a day"
        read.wrong("POLICY_VALUE", (*path, "at"), what, 'write it as "07:30", in quotes')
        return None
    return Rhythm(time.fromisoformat(at), zone, _DAYS.index(weekday) if weekday else None)
