"""Whom a feed of the schedule is for: a service, a team, a role; changes and releases (PR12.6)."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from fitsm_graph.chm.feeds import create_feed
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.kernel.errors import NotFound
from fitsm_graph.model.chm_records import FeedOf
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.roles import assign_role
from graph.acting import SYSTEM, Acting, acting


@pytest_asyncio.fixture
async def it(neo4j_endpoint: Endpoint) -> AsyncIterator[Acting]:
    async with acting(neo4j_endpoint) as made:
        await made.graph.write(sms.register_party, SYSTEM, "Group", {"key": "net", "name": "Net"})
        await made.graph.write(sms.tie, SYSTEM, "BELONGS_TO", "eve", "net")
        yield made


async def shown(it: Acting, of: FeedOf, place: str = "") -> tuple[list[str], str | None]:
    """Keys of what a feed shows, and the service that it is about."""
    number = it.clock.now().timestamp()
    feed = await it.graph.write(create_feed, SYSTEM, of, place, f"fsc_{number}", "digest")
    it.clock.advance(timedelta(seconds=1))
    given = {"since": it.soon(days=-90), "at": it.soon()}
    (row,) = await it.graph.rows(
        "chm.schedule", of=feed.value["of"], place=feed.value["place"], **given
    )
    return [each["record"]["key"] for each in row["work"]], row["service"]


async def test_each_reader_sees_what_concerns_them(it: Acting) -> None:
    window = {"planned_starts_at": it.soon(days=3), "planned_ends_at": it.soon(days=3, hours=2)}
    on_web, nothing = [await it.approved(each, **window) for each in ("spare", "other")]
    await it.act("ann", "change.assign", nothing, "eve")
    later = await it.act("dan", "release.register", "of the cycle")
    release = later["key"]
    given = {"starts_at": it.soon(days=9), "ends_at": it.soon(days=9, hours=1)}
    await it.act("ann", "release.schedule", release, **given)
    every = [on_web, nothing, release]
    assert await shown(it, FeedOf.ALL) == (every, None), "also a release that nothing is in yet"
    assert await shown(it, FeedOf.SERVICE, "web") == ([on_web], "web")
    assert await shown(it, FeedOf.SERVICE, "mail") == ([], "mail")
    assert await shown(it, FeedOf.OWNER, "net") == ([nothing], None), "one of the team owns it"
    assert await shown(it, FeedOf.OWNER, "bob") == ([], None)
    await it.act("ann", "change.assign", on_web, "net")
    assert await shown(it, FeedOf.OWNER, "net") == ([on_web, nothing], None)
    assert await shown(it, FeedOf.OWNER, "eve") == ([nothing], None), "not what the team owns"


async def test_a_role_is_whoever_holds_it(it: Acting) -> None:
    window = {"planned_starts_at": it.soon(days=3), "planned_ends_at": it.soon(days=3, hours=2)}
    on_web, nothing = [await it.approved(each, **window) for each in ("spare", "other")]
    assert await shown(it, FeedOf.ROLE, "service_owner/web") == ([on_web], "web")
    assert await shown(it, FeedOf.ROLE, "service_owner/mail") == ([], "mail")
    assert await shown(it, FeedOf.ROLE, "process_manager/chm") == ([on_web, nothing], None)
    staff = {"process": Process.ISRM, "ends_at": it.soon(days=5)}
    await it.graph.write(assign_role, SYSTEM, RoleWord.PROCESS_STAFF, "eve", **staff)
    assert await shown(it, FeedOf.ROLE, "process_staff/isrm") == ([], None)
    await it.act("ann", "change.assign", nothing, "net")
    assert await shown(it, FeedOf.ROLE, "process_staff/isrm") == ([nothing], None)
    it.clock.advance(timedelta(days=6))
    assert await shown(it, FeedOf.ROLE, "process_staff/isrm") == ([], None), "held no more"
    with pytest.raises(NotFound, match="no role"):
        await shown(it, FeedOf.ROLE, "process_staff/chm")
