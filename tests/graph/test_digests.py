"""Messages that are collected, and the schedule of changes: each comes once, whatever is killed."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.chm.maintenance import plan_maintenance
from fitsm_graph.chm.schedule_digest import SIZES, Sizes, telling
from fitsm_graph.flow.digests import digesting
from fitsm_graph.flow.mail import Mail
from fitsm_graph.flow.notices import Channel
from fitsm_graph.flow.rhythm import Rhythm
from fitsm_graph.flow.scheduler import Job, Turn
from fitsm_graph.graph.graph import Graph
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.sms import policies
from graph.syncing import KINDS, run
from graph.test_outbox import House, Post, _rule
from graph.test_outbox import built as _built
from graph.test_outbox import post as _post

built, post = _built, _post
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DAILY = {"every": "day", "at": "02:30", "zone": "Europe/Berlin"}
BOB = [{"person": "bob"}]
PARTS = "MATCH (d:Delivery) WHERE d.digest IS NOT NULL RETURN d.status, d.next_at ORDER BY d.id"


class Killed(BaseException):
    """A process that ends here."""


class Dying(Graph):
    """A graph whose process is ended at a write: before it, or once it is done."""

    dies = ""

    async def keep(self, name: str, **given: Any) -> Any:
        if self.dies == "before":
            raise Killed
        done = await super().keep(name, **given)
        if self.dies == "after":
            raise Killed
        return done


@pytest_asyncio.fixture(loop_scope="session")
async def house(built: House) -> House:
    """Where nobody was told of anything yet, at 9 in the morning of a day of its own."""
    await run(built.graph, "MATCH (delivery:Delivery) DELETE delivery")
    await run(built.graph, "MATCH (window:MaintenanceWindow) DETACH DELETE window")
    day = built.clock.now() + DAY * 20
    built.clock.set(day.replace(hour=9, minute=0, second=0, microsecond=0))
    built.rules = [_rule(to=BOB, by=["in_app", "email"], digest=DAILY)]
    built.senders = {}
    return built


def digests(house: House, graph: Graph | None = None) -> Job:
    return digesting(graph or house.graph, house.in_force)


async def collected(house: House, job: Job | None = None) -> str:
    return (await (job or digests(house)).run(Turn(house.clock.now(), ""))).said


async def sent(house: House, server: Post, mail: Mail) -> list[str]:
    house.senders = {Channel.EMAIL: mail}
    while await house.deliver():
        pass
    return [str(each["Subject"]) for each in server.kept]


def past(house: House) -> datetime:
    """Let time pass until a minute after the next digest is due."""
    due = Rhythm(time(2, 30), "Europe/Berlin").after(house.clock.now())
    house.clock.set(due + timedelta(minutes=1))
    return due


async def test_what_a_rule_sends_by_mail_comes_as_one_message(
    house: House, post: tuple[Post, Mail]
) -> None:
    start = await house.notify()
    for title in ("one", "two"):
        await house.incident(title)
    await house.notify(start)
    told = await house.told()
    assert told == [*[("bob", "email", "held")] * 2, *[("bob", "in_app", "sent")] * 2]
    assert await collected(house) == ""
    assert await sent(house, *post) == [], "it is not due yet"
    past(house)
    assert await collected(house) == "1 digest made"
    assert await collected(house) == ""
    (subject,) = await sent(house, *post)
    assert subject.startswith("2 messages until ")
    assert "INC-" not in subject, "an answer would be about one of them"
    body = post[0].kept[0].get_content()
    assert body.index(": one") < body.index(": two")
    assert {status for _, _, status in await house.told()} == {"sent", "collected"}


async def test_each_time_has_a_message_of_its_own(house: House, post: tuple[Post, Mail]) -> None:
    start = await house.notify()
    for title in ("first day", "second day"):
        await house.incident(title)
        start = await house.notify(start)
        past(house)
        await collected(house)
    past(house)
    assert await collected(house) == "", "nothing happened, and nobody is told so"
    subjects = await sent(house, *post)
    told = "MATCH (d:Delivery {status: 'sent'}) WHERE d.channel = 'email' "
    told += "AND d.key <> '' RETURN d.record, d.key"
    for record, key in await run(house.graph, told):
        known = await run(house.graph, f"MATCH (n:Incident {{key: '{key}'}}) RETURN n.id")
        assert known == [[record]], "where it is of one alone, an answer is about that"
    titles = sorted(each.partition(": ")[2] for each in subjects)
    assert titles == ["first day", "second day"]


@pytest.mark.parametrize("dies", ["before", "after"])
async def test_a_kill_loses_none_and_doubles_none(
    house: House, post: tuple[Post, Mail], dies: str
) -> None:
    start = await house.notify()
    await house.incident("fire")
    await house.notify(start)
    past(house)
    dying = Dying(house.graph.endpoint, clock=house.clock)
    try:
        dying.dies = dies
        with pytest.raises(Killed):
            await collected(house, digests(house, dying))
        assert len(await sent(house, *post)) == (0 if dies == "before" else 1)
    finally:
        await dying.close()
    await house.notify(start)  # the other one was killed as well, and reads the entry again
    await collected(house)
    assert len(await sent(house, *post)) == 1


async def test_very_many_are_one_message_that_says_how_many(
    house: House, post: tuple[Post, Mail]
) -> None:
    """Of which it shows some; they are noted in portions, between which the process may end."""
    start = await house.notify()
    await house.incident("first")
    await house.notify(start)
    more = """MATCH (d:Delivery {status: 'held'}) UNWIND range(1, 2500) AS number
      CREATE (more:Delivery) SET more = d {.*, id: d.id + '-' + toString(100000 + number)}"""
    await run(house.graph, more)
    past(house)
    dying = Dying(house.graph.endpoint, clock=house.clock)
    try:
        dying.dies = "after"
        with pytest.raises(Killed):
            await collected(house, digests(house, dying))
        assert await sent(house, *post) == [], "it is not whole yet"
    finally:
        await dying.close()
    assert await collected(house) == "1 digest made"
    (subject,) = await sent(house, *post)
    assert subject.startswith("2,501 messages until ")
    body = post[0].kept[0].get_content()
    assert "and 2,401 messages more" in body
    assert body.count(": first") == 100
    counts = """MATCH (d:Delivery) WHERE d.digest IS NOT NULL
      RETURN d.status, count(d), count(DISTINCT d.within)"""
    assert await run(house.graph, counts) == [["collected", 2_501, 1]]


async def test_words_are_read_of_what_is_shown_alone(house: House) -> None:
    start = await house.notify()
    await house.incident("first")
    await house.notify(start)
    due = past(house)
    more = """MATCH (d:Delivery {status: 'held'}) UNWIND range(1, 300) AS number
      CREATE (more:Delivery)
      SET more = d {.*, id: d.id + '-' + toString(number), person: 'p' + toString(number % 5)}"""
    await run(house.graph, more)
    now = to_text(house.clock.now())
    rows = await house.graph.rows("flow.digests_due", now=now, limit=4, most=7)
    assert {each["due"] for each in rows} == {to_text(due)}
    assert len(rows) == 4
    assert {(len(each["ids"]), len(each["parts"])) for each in rows} <= {(60, 7), (1, 1)}


async def test_what_comes_too_late_for_a_digest_waits_for_the_next(
    house: House, post: tuple[Post, Mail]
) -> None:
    start = await house.notify()
    await house.incident("in time")
    await house.notify(start)
    due = past(house)
    await collected(house)
    late = """MATCH (d:Delivery {status: 'collected'})
      WITH d {.*, id: d.id + 'x', status: 'held', subject: 'late'} AS given
      CREATE (late:Delivery) SET late = given"""
    await run(house.graph, late)
    assert await collected(house) == ""
    assert len(await sent(house, *post)) == 1
    ((_, _), (status, next_at)) = await run(house.graph, PARTS)
    expected = Rhythm(time(2, 30), "Europe/Berlin").after(house.clock.now())
    assert (status, next_at) == ("held", to_text(expected))
    assert expected > due + HOUR
    past(house)
    assert await collected(house) == "1 digest made"
    assert (await sent(house, *post))[1] == "late"


@pytest.mark.parametrize(("month", "gap"), [(3, 23), (10, 25), (6, 24)])
async def test_a_day_on_which_clocks_change_has_one_digest(
    house: House, post: tuple[Post, Mail], month: int, gap: int
) -> None:
    """At 8 by the clocks of the place, before that night and after it."""
    house.rules[0]["digest"] = {**DAILY, "at": "08:00"}
    year = house.clock.now().year + 1
    sunday = datetime(year, month, 31 if month != 6 else 30, 12, tzinfo=UTC)
    sunday -= DAY * ((sunday.weekday() + 1) % 7)
    house.clock.set(sunday - DAY * 1.5)
    start, moments = await house.notify(), []
    for half in range(2 * 36):
        if half % 6 == 0:
            await house.incident("again")
        start = await house.notify(start)
        house.clock.advance(timedelta(minutes=30) - timedelta(seconds=half % 6 == 0))
        if await collected(house):
            moments.append(house.clock.now())
    assert len(moments) == 2
    assert moments[1] - moments[0] == timedelta(hours=gap)
    assert len(await sent(house, *post)) == 2


async def test_rules_without_a_digest_send_at_once(house: House, post: tuple[Post, Mail]) -> None:
    house.rules = [_rule(to=BOB, by=["email"])]
    start = await house.notify()
    await house.incident("now")
    await house.notify(start)
    assert len(await sent(house, *post)) == 1


# --- the schedule of changes ---------------------------------------------------------------------


def schedule(house: House, graph: Graph | None = None, sizes: Sizes = SIZES) -> Job:
    async def reaches() -> Reaches:
        return Reaches(await house.snapshot.current())

    return telling(graph or house.graph, house.in_force, reaches, sizes)


async def planned(house: House, name: str, starts: datetime) -> None:
    known = await policies.from_graph(house.graph, KINDS)
    given = {"starts_at": to_text(starts), "ends_at": to_text(starts + HOUR)}
    await house.act(plan_maintenance, known, name, [("disk", "down")], **given)


def monday(house: House) -> datetime:
    """7 in the morning of the next Monday: the schedule is due by the policy that comes along."""
    return Rhythm(time(7), "UTC", 0).after(house.clock.now())


async def test_the_schedule_is_sent_once_to_those_whose_services_are_reached(
    house: House, post: tuple[Post, Mail]
) -> None:
    due, job = monday(house), schedule(house)
    cursor = (await job.run(Turn(house.clock.now(), ""))).cursor
    await planned(house, "new fans", due + DAY)
    await planned(house, "much later", due + DAY * 20)
    assert (await job.run(Turn(due - HOUR, cursor))).said == ""
    house.clock.set(due + timedelta(minutes=1))
    first = await job.run(Turn(house.clock.now(), cursor))
    assert first.said == "2 schedules sent"
    again = await job.run(Turn(house.clock.now(), cursor))
    assert again.said == "", "killed before the cursor was kept: nobody is told twice"
    assert (await job.run(Turn(house.clock.now(), first.cursor))).said == ""
    await sent(house, *post)
    assert sorted(str(each["To"]) for each in post[0].kept) == [
        "bob <bob@example.org>",
        "eve <eve@example.org>",
    ]
    for each in post[0].kept:
        assert "new fans (Mail)" in each.get_content()
        assert "much later" not in each.get_content()


async def test_a_schedule_of_very_much_says_that_there_is_more(
    house: House, post: tuple[Post, Mail]
) -> None:
    due, cursor = monday(house), to_text(house.clock.now())
    for number in range(3):
        await planned(house, f"fans {number}", due + DAY + HOUR * number)
    house.clock.set(due + timedelta(minutes=1))
    small = schedule(house, sizes=Sizes(work=2, portion=1))
    said = (await small.run(Turn(house.clock.now(), cursor))).said
    assert said == "2 schedules sent"
    await sent(house, *post)
    for each in post[0].kept:
        body = each.get_content()
        assert "fans 0 (Mail)" in body
        assert "fans 1 (Mail)" in body
        assert "only the first 2 pieces of work were looked at" in body
        assert "fans 2" not in body


@pytest.mark.parametrize("dies", ["before", "after"])
async def test_a_schedule_survives_a_kill(house: House, post: tuple[Post, Mail], dies: str) -> None:
    due = monday(house)
    cursor = to_text(house.clock.now())
    await planned(house, "new fans", due + DAY)
    house.clock.set(due + timedelta(minutes=1))
    dying = Dying(house.graph.endpoint, clock=house.clock)
    try:
        dying.dies = dies
        with pytest.raises(Killed):
            await schedule(house, dying).run(Turn(house.clock.now(), cursor))
    finally:
        await dying.close()
    await schedule(house).run(Turn(house.clock.now(), cursor))
    assert len(await sent(house, *post)) == 2


async def test_where_nothing_is_planned_nobody_is_told(
    house: House, post: tuple[Post, Mail]
) -> None:
    due, cursor = monday(house), to_text(house.clock.now())
    house.clock.set(due + timedelta(minutes=1))
    assert (await schedule(house).run(Turn(house.clock.now(), cursor))).said == ""
    assert await sent(house, *post) == []
