"""What a feed of the schedule of changes says, as iCalendar (PR12.6).

Moments are UTC, which calendars show in the zone of their reader. Those of a service whose calendar
is of another zone are told in that, which the feed defines (VTIMEZONE).
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vUri

from fitsm_graph.chm import feed_windows
from fitsm_graph.flow.policies import InForce
from fitsm_graph.kernel.clock import from_text

PAST = timedelta(days=90)
"""How far back a feed goes."""
UTC = "UTC"
PRODUCT = "-//fitsm-graph//schedule of changes//EN"
_GONE = frozenset({"cancelled", "rejected"})


def since(now: datetime) -> datetime:
    """The moment from which a feed shows what was done."""
    return now - PAST


def calendar_of(
    name: str,
    work: Iterable[Mapping[str, Any]],
    zone: str = UTC,
    windows: Iterable[InForce] = (),
) -> bytes:
    """A feed as iCalendar (RFC 5545); the same work always gives the same bytes.

    Args:
        name: What calendars call it.
        work: Rows of `chm.schedule`.
        zone: IANA name of the zone that moments of work are told in.
        windows: Rules of freezes and windows in force, which are told in zones of their own.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    there, years = ZoneInfo(zone) if zone != UTC else None, set[int]()
    for each in work:
        calendar.add_component(_event(each, there))
        years |= {from_text(each["starts"]).year, from_text(each["ends"]).year}
    for told in feed_windows.told_of(windows):
        calendar.add_component(told.event)
        years |= {*told.years}
    if years:
        # Only the years that it is about: readers stumble over what a zone was long ago.
        around = date(min(years) - 1, 1, 1), date(max(years) + 2, 1, 1)
        calendar.add_missing_timezones(*around)
    return bytes(calendar.to_ical())


def tag_of(body: bytes) -> str:
    """A tag of what a feed says."""
    return f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'


def _moment(text: str, zone: ZoneInfo | None) -> datetime:
    told = from_text(text).replace(microsecond=0)
    return told.astimezone(zone) if zone is not None else told


def _event(each: Mapping[str, Any], zone: ZoneInfo | None) -> Event:
    """One piece of work; its UID stays the same, and its SEQUENCE grows with each change of it."""
    event, record = Event(), each["record"]
    event.add("uid", f"{record['id']}@fitsm-graph")
    event.add("sequence", record["version"])
    event.add("dtstamp", from_text(record["updated_at"]).replace(microsecond=0))
    event.add("last-modified", from_text(record["updated_at"]).replace(microsecond=0))
    event.add("created", from_text(record["created_at"]).replace(microsecond=0))
    event.add("dtstart", _moment(each["starts"], zone))
    event.add("dtend", _moment(each["ends"], zone))
    event.add("summary", f"{record['key']} {record['title']}")
    event.add("description", _described(each))
    event.add("status", "CANCELLED" if record["status"] in _GONE else "CONFIRMED")
    event.add("categories", [record.get("type") or each["kind"]])
    event.add("transp", "TRANSPARENT")
    event.add("url", vUri(f"urn:fitsm-graph:{record['key']}"))
    return event


def _described(each: Mapping[str, Any]) -> str:
    """What a reader wants to know; names services only."""
    record = each["record"]
    told = [f"{each['kind']}, {record['status']}"]
    if record.get("outcome"):
        told.append(f"outcome: {record['outcome'].replace('_', ' ')}")
    if each["services"]:
        told.append(f"services that get worse: {', '.join(each['services'])}")
    return "\n".join(told)
