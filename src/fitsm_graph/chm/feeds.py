"""Feeds of the schedule of changes for calendars: who may fetch them (PR12.6).

A feed is found by a secret in its address, of which a digest is kept outside of the ledger.
"""

from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused
from fitsm_graph.model.chm_records import FeedOf
from fitsm_graph.model.declare import Process

MARK = "fsc_"
"""What secrets of feeds begin with."""


@verb("calendar_feed.create", room=Process.CHM, requirement="PR12.6")
async def create_feed(tx: Tx, of: FeedOf, place: str, hint: str, digest: str) -> Properties:
    """Make a feed of the schedule of changes: of a service, an owner, a role, or of all (PR12.6).

    That of a group has what its members own; that of a role what concerns whoever holds it then: a
    service, all changes where it is a role of CHM or of the system, else what they and their groups
    own.

    Args:
        tx: The transaction.
        of: What it is about.
        place: Id or key of the service, of the person or group, or of the role; empty: of all.
        hint: First characters of its secret.
        digest: Of its secret.

    Raises:
        NotFound: There is no such service, person, group or role.
        BadInput: It is of something without saying of what, or the other way round.
    """
    if (of is FeedOf.ALL) == bool(place):
        remedy = "leave the name out" if place else f"name the {of}"
        raise BadInput(f"a feed of {of} is asked for otherwise", remedy=remedy, path=("place",))
    row = await tx.one("chm.feed_context", place=place)
    about = row[{FeedOf.SERVICE: "service", FeedOf.ROLE: "role"}.get(of, "party")]
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
