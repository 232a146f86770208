"""Service calendars as data: read from a policy's document, with all that is wrong in it.

    name: office
    zone: Europe/Lisbon
    week: {mon-fri: ["09:00-12:30", "13:30-18:00"], sat: ["10:00-13:00"]}
    holidays: {country: PT, years: [2026, 2027]}
    days: {2026-12-24: ["09:00-12:00"], 2026-12-31: []}

A weekday that is not named is closed; ``always`` in place of intervals is the whole day. Public
holidays are closed; `days` says otherwise for single dates.
"""

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import holidays

from fitsm_graph.flow.calendars import ALL_DAY, CLOSED, Hours, ServiceCalendar
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.kernel.text import did_you_mean

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIELDS = ("name", "zone", "week", "holidays", "days")
FIRST_YEAR, LAST_YEAR = 1970, 2100
MOST_YEARS, MOST_DAYS = 30, 2_000
_INTERVAL = re.compile(r"^(\d{2}):([0-5]\d)-(\d{2}):([0-5]\d)$")


def parse_calendar(document: object) -> ServiceCalendar:
    """Read a calendar from a document.

    Raises:
        BadInput: BAD_CALENDAR, with everything that is wrong and where.
    """
    read = _Reader()
    made = read.calendar(document)
    if read.problems or made is None:
        raise BadInput.of(read.problems)
    return made


@dataclass(slots=True)
class _Reader:
    problems: list[Problem] = field(default_factory=list)

    def calendar(self, document: object) -> ServiceCalendar | None:
        if not isinstance(document, Mapping):
            self.wrong((), "a calendar is an object of fields", f"known: {', '.join(FIELDS)}")
            return None
        for name in document:
            if name not in FIELDS:
                self.wrong((str(name),), f"a calendar has no '{name}'", did_you_mean(name, FIELDS))
        name = document.get("name")
        if not isinstance(name, str) or not name.strip():
            self.wrong(("name",), "the calendar has no name", "call it something")
        zone = self.zone(document.get("zone"))
        week = self.week(document.get("week"))
        closed = self.holidays(document.get("holidays"))
        days = {**dict.fromkeys(closed, CLOSED), **self.days(document.get("days"))}
        if not any(week) and not any(days.values()):
            self.wrong(("week",), "the calendar is never open", "give it hours")
        return ServiceCalendar(str(name), zone, week, days)

    def zone(self, given: object) -> str:
        """A zone of the IANA database."""
        if isinstance(given, str) and given in available_timezones():
            return ZoneInfo(given).key
        self.wrong(
            ("zone",), f"there is no time zone '{given}'", did_you_mean(str(given), _COMMON_ZONES)
        )
        return "UTC"

    def week(self, given: object) -> tuple[Hours, ...]:
        """Hours for each weekday."""
        if given == "always":
            return (ALL_DAY,) * 7
        if not isinstance(given, Mapping):
            self.wrong(("week",), "the week is no object of weekdays", 'mon-fri: ["09:00-17:00"]')
            return (CLOSED,) * 7
        week: list[Hours | None] = [None] * 7
        for key, hours in given.items():
            for day in self.weekdays(key):
                if week[day] is not None:
                    self.wrong(
                        ("week", str(key)), f"{WEEKDAYS[day]} has hours already", "say it once"
                    )
                week[day] = self.hours(hours, ("week", str(key)))
        return tuple(hours or CLOSED for hours in week)

    def weekdays(self, key: object) -> Iterable[int]:
        """The weekdays of ``mon`` or ``mon-fri``."""
        first, dash, last = str(key).partition("-")
        if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
            self.wrong(
                ("week", str(key)), f"'{key}' is no weekday", f"one of {', '.join(WEEKDAYS)}"
            )
            return ()
        begins, ends = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        if ends < begins:
            self.wrong(("week", str(key)), f"'{key}' goes back", "begin with the earlier weekday")
        return range(begins, ends + 1)

    def hours(self, given: object, path: tuple[str, ...]) -> Hours:
        """Intervals of a day, in order and apart."""
        if given == "always":
            return ALL_DAY
        if not isinstance(given, list):
            self.wrong(path, "hours are a list of intervals", '["09:00-12:00", "13:00-17:00"]')
            return CLOSED
        read = [self.interval(text, (*path, str(place))) for place, text in enumerate(given)]
        found = [interval for interval in read if interval is not None]
        for before, after in itertools.pairwise(found):
            if after[0] < before[1]:
                self.wrong(path, "intervals overlap or are out of order", "the earliest first")
        return tuple(found)

    def interval(self, text: object, path: tuple[str, ...]) -> tuple[int, int] | None:
        """``09:00-17:30`` in minutes; ``24:00`` is the end of the day."""
        match = _INTERVAL.match(text) if isinstance(text, str) else None
        if match is not None:
            hours = [int(part) for part in match.groups()]
            begins, ends = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
            if begins < ends <= 1440:
                return begins, ends
        self.wrong(path, f"'{text}' is no interval of a day", "09:00-17:30, up to 24:00")
        return None

    def holidays(self, given: object) -> list[date]:
        """Public holidays of a country, as the library knows them."""
        if given is None:
            return []
        path = ("holidays",)
        known = holidays.list_supported_countries()
        if not isinstance(given, Mapping) or given.get("country") not in known:
            country = given.get("country") if isinstance(given, Mapping) else given
            self.wrong(path, f"no holidays of '{country}' are known", "country: PT, by ISO 3166")
            return []
        part = given.get("subdivision")
        if part is not None and part not in known[given["country"]]:
            remedy = did_you_mean(str(part), known[given["country"]])
            self.wrong((*path, "subdivision"), f"no subdivision '{part}' is known", remedy)
            return []
        years = self.years(given.get("years"))
        found = holidays.country_holidays(given["country"], subdiv=part, years=years)
        return sorted(found)

    def years(self, given: object) -> list[int]:
        """Years that a calendar has holidays for; said, so that nothing ends unnoticed."""
        years = given if isinstance(given, list) else []
        good = [y for y in years if isinstance(y, int) and FIRST_YEAR <= y <= LAST_YEAR]
        if not good or len(good) != len(years) or len(years) > MOST_YEARS:
            self.wrong(
                ("holidays", "years"),
                "holidays need the years they are for",
                f"years: [2026, 2027], {MOST_YEARS} at most, {FIRST_YEAR} to {LAST_YEAR}",
            )
        return good

    def days(self, given: Any) -> dict[date, Hours]:
        """Single dates with hours of their own."""
        if given is None:
            return {}
        if not isinstance(given, Mapping) or len(given) > MOST_DAYS:
            self.wrong(
                ("days",), f"days are an object of {MOST_DAYS:,} dates at most", "2026-12-24: []"
            )
            return {}
        found = {}
        for key, hours in given.items():
            day = self.day(key)
            if day is not None:
                found[day] = self.hours(hours, ("days", str(key)))
        return found

    def day(self, key: object) -> date | None:
        """A date, as YAML reads it or as text."""
        try:
            return key if isinstance(key, date) else date.fromisoformat(str(key))
        except ValueError:
            self.wrong(("days", str(key)), f"'{key}' is no date", "write it as 2026-12-24")
            return None

    def wrong(self, path: tuple[str, ...], what: str, remedy: str) -> None:
        """Note a problem."""
        self.problems.append(Problem("BAD_CALENDAR", what, remedy=remedy, path=path))


_COMMON_ZONES = sorted(zone for zone in available_timezones() if "/" in zone)
