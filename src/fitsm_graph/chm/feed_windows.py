"""Freezes and agreed windows in a feed of the schedule, with the rules they repeat by (PR12.6)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Event, vRecur

from fitsm_graph.chm.windows import ChangeWindow, Period, WindowEffect
from fitsm_graph.flow.calendar_form import WEEKDAYS
from fitsm_graph.flow.policies import InForce
from fitsm_graph.flow.recurrence import Recurrence

AHEAD = 10
"""Years after the beginning of what repeats that a zone is defined for."""
_MONDAY = datetime(2024, 1, 1)  # noqa: DTZ001  # wall time
"""From which week on the hours of a week are told."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a feed, and the years that its zone has to be defined for."""

    event: Event
    years: tuple[int, int]


def told_of(rules: Iterable[InForce]) -> Iterator[Told]:
    """An event for each period, and for each interval of a weekday.

    Args:
        rules: Of freezes and windows, as they are in force.
    """
    for rule in sorted(rules, key=lambda each: each.name):
        window: ChangeWindow = rule.value
        for number, period in enumerate(window.periods):
            event = _named(rule, f"p{number}", period.starts, period.why)
            yield _once(event, period) if period.again is None else _again(event, period.again)
        if window.hours is not None:
            for day, intervals in enumerate(window.hours.week):
                for opens, closes in intervals:
                    yield _weekly(rule, window.hours.zone, day, opens, closes)


def _once(event: Event, period: Period) -> Told:
    event.add("dtstart", period.starts)
    event.add("dtend", period.ends)
    return Told(event, (period.starts.year, period.ends.year))


def _again(event: Event, again: Recurrence) -> Told:
    rule = vRecur.from_ical(again.rule)
    if again.last is not None:
        rule["UNTIL"] = [again.last.replace(tzinfo=ZoneInfo(again.zone)).astimezone(UTC)]
    event.add("dtstart", _wall(again.first, again.zone))
    event.add("duration", again.length)
    event.add("rrule", rule)
    if again.left_out:
        event.add("exdate", [_wall(each, again.zone) for each in sorted(again.left_out)])
    return Told(event, (again.first.year, again.first.year + AHEAD))


def _weekly(rule: InForce, zone: str, day: int, opens: int, closes: int) -> Told:
    first = _wall(_MONDAY + timedelta(days=day, minutes=opens), zone)
    event = _named(rule, f"{WEEKDAYS[day]}{opens}", first, "")
    event.add("dtstart", first)
    event.add("duration", timedelta(minutes=closes - opens))
    event.add("rrule", {"FREQ": ["WEEKLY"]})
    return Told(event, (first.year, first.year + AHEAD))


def _named(rule: InForce, part: str, begins: datetime, why: str) -> Event:
    """An event with what it is called: the same in each version, which counts up."""
    event, window = Event(), rule.value
    frozen = window.effect is WindowEffect.FREEZE
    event.add("uid", f"{rule.name}-{part}@change-window.fitsm-graph")
    event.add("sequence", int(rule.key.rpartition("/")[2] or 0))
    event.add("dtstamp", begins.astimezone(UTC))
    event.add("summary", f"{'freeze' if frozen else 'maintenance window'} {rule.name}")
    types = ", ".join(sorted(window.types))
    about = "not begun" if frozen else "agreed on"
    event.add("description", "\n".join(filter(None, (why, f"changes that are {about}: {types}"))))
    event.add("categories", [window.effect])
    event.add("transp", "TRANSPARENT")
    return event


def _wall(moment: datetime, zone: str) -> datetime:
    return moment.replace(tzinfo=UTC if zone == "UTC" else ZoneInfo(zone))
