"""The schedule of changes as a feed for calendars: who may fetch it, and what it says (PR12.6).

A feed is found by a secret in its address, of which a digest is kept outside of the ledger. Moments
are UTC, which calendars show in the zone of their reader.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from icalendar import Calendar, Event, vUri

from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.clock import from_text
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused
from fitsm_graph.model.chm_records import FeedOf
from fitsm_graph.model.declare import Process

PAST = timedelta(days=90)
"""How far back a feed goes."""
PRODUCT = "-//fitsm-graph//schedule of changes//EN"
_GONE = frozenset({"cancelled", "rejected"})


@verb("calendar_feed.create", room=Process.CHM, requirement="PR12.6")
async def create_feed(tx: Tx, of: FeedOf, place: str, hint: str, digest: str) -> Properties:
    """Make a feed of the schedule of changes: of a service, of an owner, or of all (PR12.6).

    Args:
        tx: The transaction.
        of: What it is about.
        place: Id or key of the service, or of the person or group; empty: of all.
        hint: First characters of its secret.
        digest: Of its secret.

    Raises:
        NotFound: There is no such service, person or group.
        BadInput: It is of something without saying of what, or the other way round.
    """
    if (of is FeedOf.ALL) == bool(place):
        remedy = "leave the name out" if place else f"name the {of}"
        raise BadInput(f"a feed of {of} is asked for otherwise", remedy=remedy, path=("place",))
    row = await tx.one("chm.feed_context", place=place)
    about = row["service"] if of is FeedOf.SERVICE else row["party"]
    if of is not FeedOf.ALL and about is None:
        told = f"there is no {of} '{place}'"
        raise NotFound(told, remedy="check the id or key", path=("place",))
    name = f"Changes: {about['name'] or about['key']}" if about else "Schedule of changes"
    given = {"of": of, "place": about["id"] if about else "", "name": name, "hint": hint}
    feed = tx.create("CalendarFeed", {**given, "account": tx.actor})
    tx.aside("sms.keep_credential", id=feed["id"], secret=digest)
    return feed


@verb("calendar_feed.revoke", room=Process.CHM, requirement="PR12.6")
async def revoke_feed(tx: Tx, key: str) -> Properties:
    """Answer a feed no more (PR12.6).

    Raises:
        NotFound: There is no such feed.
        Refused: It was revoked already.
    """
    feed = found(await tx.rows("chm.feed_by_key", key=key), "calendar feed", key)["feed"]
    if feed.get("revoked"):
        raise Refused(f"{key} was revoked already", remedy="look at `calendar list`")
    return tx.update("CalendarFeed", feed, {"revoked": True})


def since(now: datetime) -> datetime:
    """The moment from which a feed shows what was done."""
    return now - PAST


def calendar_of(name: str, work: Iterable[Mapping[str, Any]]) -> bytes:
    """A feed as iCalendar (RFC 5545); the same work always gives the same bytes.

    Args:
        name: What calendars call it.
        work: Rows of `chm.schedule`.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    for each in work:
        calendar.add_component(_event(each))
    return bytes(calendar.to_ical())


def tag_of(body: bytes) -> str:
    """A tag of what a feed says."""
    return f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'


def _event(each: Mapping[str, Any]) -> Event:
    """One piece of work; its UID stays the same, and its SEQUENCE grows with each change of it."""
    event, record = Event(), each["record"]
    event.add("uid", f"{record['id']}@fitsm-graph")
    event.add("sequence", record["version"])
    event.add("dtstamp", from_text(record["updated_at"]).replace(microsecond=0))
    event.add("last-modified", from_text(record["updated_at"]).replace(microsecond=0))
    event.add("created", from_text(record["created_at"]).replace(microsecond=0))
    event.add("dtstart", from_text(each["starts"]).replace(microsecond=0))
    event.add("dtend", from_text(each["ends"]).replace(microsecond=0))
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
