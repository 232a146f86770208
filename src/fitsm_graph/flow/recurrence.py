"""What comes again by a rule of iCalendar (RFC 5545), by the clocks of a place.

    from: "2027-01-12T20:00", until: "2027-01-12T23:00", repeats: FREQ=MONTHLY;BYDAY=2TU
    except: ["2027-12-14"]

The library `dateutil` works the rule out, on wall times; here is what a rule may say, and how wall
times become moments. Where clocks skip a time it is taken that much later, and where they show it
twice the first counts. Each lasts as long as the others: days are days of the clock, hours are
hours that pass. All of it is as RFC 5545 has it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise, takewhile
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr
from icalendar import vRecur

from fitsm_graph.flow.reading import Path, Reader

PARTS: Mapping[str, tuple[str, ...]] = {
    "DAILY": (),
    "WEEKLY": ("BYDAY",),
    "MONTHLY": ("BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"),
    "YEARLY": ("BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYYEARDAY", "BYWEEKNO"),
}
"""What a rule of each frequency may say of its days; those that come more often are refused."""
OF_ALL = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST")
LONGEST_RULE, MOST_VALUES, MOST_COUNT, MOST_INTERVAL = 200, 31, 1_000, 400
FIRST_YEAR, LAST_YEAR = 1970, 2100
SELDOM = timedelta(days=366 * 10)
"""What comes more seldom than this is no recurrence: it would be looked for in vain for long."""
_LOOKED_AT = 100
"""Times of a rule that are held against one another."""
_CYCLE, _LATEST = 400, 9_600
"""Years after which the calendar is the same again, and one near the last that there is."""
_EXAMPLE = "one such as FREQ=MONTHLY;BYDAY=2TU, by RFC 5545"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A time that comes again.

    Attributes:
        rule: By RFC 5545, without when it ends.
        first: Wall time at which the first of them begins; it has no offset.
        length: How long each is.
        zone: IANA name of whose clocks.
        last: Wall time at which the last of them begins at the latest; None: it has no end.
        left_out: Wall times at which it would begin by its rule, and does not (EXDATE).
    """

    rule: str
    first: datetime
    length: timedelta
    zone: str
    last: datetime | None = None
    left_out: frozenset[datetime] = frozenset()

    def between(self, starts: datetime, ends: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Those that share something with a half-open time, in order; UTC.

        Args:
            starts: Its beginning, UTC.
            ends: Its end, UTC.
        """
        zone, slack = ZoneInfo(self.zone), timedelta(days=1)
        earliest = starts.astimezone(zone).replace(tzinfo=None) - self.length - slack
        latest = ends.astimezone(zone).replace(tzinfo=None) + slack
        for each in _worked_out(self.rule, self.first, self.last).between(earliest, latest):
            if each in self.left_out:
                continue
            begins, days = _moment(each, zone), timedelta(days=self.length.days)
            over = _moment(each + days, zone) + (self.length - days)
            if begins < ends and starts < over:
                yield begins, over


def _moment(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)


@lru_cache(maxsize=256)
def _worked_out(rule: str, first: datetime, last: datetime | None) -> rrule:
    """A rule that keeps what it has worked out already."""
    made = rrulestr(rule, dtstart=first, cache=True)
    assert isinstance(made, rrule)  # noqa: S101  # one rule is no set of rules
    return made if last is None else made.replace(until=last)


def read_recurrence(
    given: object, first: datetime, length: timedelta, zone: str, path: Path, read: Reader
) -> Recurrence | None:
    """Read a rule by which a time comes again.

    Args:
        given: The rule's text.
        first: Wall time at which the first begins.
        length: How long that is.
        zone: IANA name of whose clocks.
        path: Where it stands.
        read: Notes what is wrong.
    """
    parts = _parts(given, path, read)
    if not parts:
        return None
    if not FIRST_YEAR <= first.year <= LAST_YEAR:
        what = f"its first time is of the year {first.year}"
        read.wrong("BAD_RECURRENCE", path, what, f"{FIRST_YEAR} to {LAST_YEAR}")
        return None
    last = _last(parts.pop("UNTIL", None), zone)
    rule = str(vRecur(parts).to_ical().decode())  # type: ignore[no-untyped-call]  # untyped there
    made = Recurrence(rule, first, length, zone, last)
    unfit = _unfit(made)
    if unfit is not None:
        read.wrong("BAD_RECURRENCE", path, *unfit)
        return None
    return made


def read_exceptions(given: object, made: Recurrence, path: Path, read: Reader) -> Recurrence:
    """Read the days on which something does not begin that would by its rule.

    Args:
        given: A list of dates.
        made: What comes again.
        path: Where the list stands.
        read: Notes what is wrong.
    """
    said = read.items(given, path, "days")
    days = [_day(each) for each in said]
    latest = max((each for each in days if each is not None), default=date.min)
    begins, found = _begins_until(made, latest), set()
    for place, each in enumerate(days):
        if each in begins:
            found.add(begins[each])
        else:
            what = f"it does not begin on '{str(said[place])[:60]}'"
            remedy = f"name a day on which it begins, as 2027-12-14, until {LAST_YEAR}"
            read.wrong("BAD_RECURRENCE", (*path, place), what, remedy)
    if found and all(each in found for each in islice(_times(made), len(found) + 1)):
        read.wrong("BAD_RECURRENCE", path, "none of its times is left", "leave one, or take it out")
    return replace(made, left_out=frozenset(found))


def _day(said: object) -> date | None:
    try:
        day = date.fromisoformat(str(said))
    except ValueError:
        return None
    return day if day.year <= LAST_YEAR else None


def _begins_until(made: Recurrence, latest: date) -> dict[date, datetime]:
    """When it begins, by day; each once, however many are asked for."""
    return {each.date(): each for each in takewhile(lambda t: t.date() <= latest, _times(made))}


def _times(made: Recurrence) -> Iterator[datetime]:
    """All times of a rule, of which none is kept."""
    for each in rrulestr(made.rule, dtstart=made.first):
        if made.last is not None and each > made.last:
            return
        yield each


def _parts(given: object, path: Path, read: Reader) -> dict[str, list[Any]]:
    """What a rule says, by part; nothing where something is wrong with it."""
    text = str(given).strip().upper().removeprefix("RRULE:")
    if not isinstance(given, str) or not text or len(text) > LONGEST_RULE:
        what = f"a rule is a text of {LONGEST_RULE} letters at most"
        read.wrong("BAD_RECURRENCE", path, what, _EXAMPLE)
        return {}
    names = [each.partition("=")[0] for each in text.split(";")]
    try:
        parts = {name: list(values) for name, values in vRecur.from_ical(text).items()}
    except (ValueError, TypeError, IndexError):
        parts = {}
    if not parts or len(names) != len(set(names)) or set(names) != parts.keys():
        read.wrong("BAD_RECURRENCE", path, f"'{text[:60]}' is no rule of a recurrence", _EXAMPLE)
        return {}
    beyond = _beyond(parts)
    if beyond is not None:
        read.wrong("BAD_RECURRENCE", path, *beyond)
        return {}
    return parts


def _beyond(parts: Mapping[str, list[Any]]) -> tuple[str, str] | None:
    """What of a rule goes further than one may, and what to do."""
    often = str(parts.get("FREQ", [""])[0])
    if often not in PARTS:
        return f"a rule does not come {often or 'without FREQ'}", f"one of {', '.join(PARTS)}"
    for name, values in parts.items():
        if name not in (*OF_ALL, *PARTS[often]):
            told = ", ".join((*OF_ALL[1:], *PARTS[often]))
            return f"a rule that comes {often} has no {name}", f"it may have {told}"
        if len(values) > (MOST_VALUES if name.startswith("BY") else 1):
            return f"{name} has {len(values)} values", f"{MOST_VALUES} at most; one for the others"
    most = 0 if often == "WEEKLY" else 5 if often == "MONTHLY" or "BYMONTH" in parts else 53
    for each in map(str, parts.get("BYDAY", ())):
        if each[:-2] and not 1 <= abs(int(each[:-2])) <= most:
            return f"there is no {each}", "FREQ=MONTHLY;BYDAY=2TU, or FREQ=WEEKLY;BYDAY=TU"
    if "COUNT" in parts and "UNTIL" in parts:
        return "it ends by COUNT and by UNTIL", "say one of the two"
    for name, most in (("COUNT", MOST_COUNT), ("INTERVAL", MOST_INTERVAL)):
        if not 1 <= int(parts.get(name, [1])[0]) <= most:
            return f"{name} is {parts[name][0]}", f"1 to {most:,}"
    return None


def _last(until: list[Any] | None, zone: str) -> datetime | None:
    """The wall time until which a rule holds; a date is meant with all of its day."""
    if not until:
        return None
    (said,) = until
    if not isinstance(said, datetime):
        day: date = said
        return datetime(day.year, day.month, day.day, 23, 59, 59)  # noqa: DTZ001  # wall time
    if said.tzinfo is None:
        return said
    return said.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _unfit(made: Recurrence) -> tuple[str, str] | None:
    """What of a rule and its first time does not fit together, and what to do."""
    try:
        found = list(islice(_far_ahead(made), _LOOKED_AT))
    except (ValueError, ArithmeticError, TypeError, LookupError) as error:
        return f"it cannot be worked out: {str(error)[:80]}", _EXAMPLE
    if not found or found[0] != made.first:
        return "its first time is none of the rule's", "let `from` be the first time that it comes"
    gaps = [after - before for before, after in pairwise(found)]
    if gaps and min(gaps) < made.length:
        return "it begins again before it is over", "let it come less often, or take less time"
    if gaps and max(gaps) > SELDOM:
        return "it comes less than once in ten years", "give each of its times as a period"
    return None


def _far_ahead(made: Recurrence) -> Iterator[datetime]:
    """The first times of a rule, worked out near the end of the calendar and told as they are.

    A rule that never holds (30 February) is tried until the last year that there is; from there,
    that is soon. The calendar repeats itself every 400 years, weekdays included.
    """
    years = (_LATEST - made.first.year) // _CYCLE * _CYCLE
    moved = timedelta(days=years // _CYCLE * 146_097)
    for each in rrulestr(made.rule, dtstart=made.first + moved):
        back = each - moved
        if made.last is not None and back > made.last:
            return
        yield back
