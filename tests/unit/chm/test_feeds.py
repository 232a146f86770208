"""The schedule of changes as iCalendar, read back by another library."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject

from fitsm_graph.api.calendar_http import CalendarEdge
from fitsm_graph.chm import feed_text
from fitsm_graph.flow.policies import InForce, Policies
from fitsm_graph.kernel.clock import ManualClock
from fitsm_graph.sms.accounts import digest_token
from graph.syncing import KINDS

AT = "2026-11-28T09:00:00.000000Z"
MORE = {"created_at": AT, "updated_at": AT, "status": "scheduled", "type": "major"}

SERVICES = ["Mail", "Ünïcode"]


def work(id: str = "one", **more: Any) -> dict[str, Any]:
    record = {"id": id, "key": f"CHG-{id}", "title": "firmware; all, of it", "version": 7, **MORE}
    times = {"starts": "2027-01-10T02:00:00.000000Z", "ends": "2027-01-10T04:00:00.000000Z"}
    return {
        "record": {**record, **more},
        "kind": "change",
        "services": ["Mail", "Ünïcode"],
        **times,
    }


def read(*given: dict[str, Any]) -> list[Any]:
    calendar = vobject.readOne(feed_text.calendar_of("Changes: Mail", given).decode())
    assert (calendar.version.value, calendar.method.value) == ("2.0", "PUBLISH")
    return list(calendar.contents.get("vevent", []))


def test_another_reader_sees_the_same() -> None:
    (event,) = read(work())
    assert event.uid.value == "one@fitsm-graph"
    assert event.summary.value == "CHG-one firmware; all, of it"
    assert event.dtstart.value.isoformat() == "2027-01-10T02:00:00+00:00"
    assert event.dtend.value.isoformat() == "2027-01-10T04:00:00+00:00"
    assert event.status.value == "CONFIRMED"
    assert event.description.value == ("change, scheduled\nservices that get worse: Mail, Ünïcode")


def test_an_event_stays_the_same_and_says_when_it_changed() -> None:
    """RFC 5545: one UID, a SEQUENCE that grows, CANCELLED where it is given up."""
    (first,), (second,) = read(work()), read(work(version=9, status="cancelled"))
    assert first.uid.value == second.uid.value
    assert int(first.sequence.value) < int(second.sequence.value)
    assert (first.status.value, second.status.value) == ("CONFIRMED", "CANCELLED")


def test_the_same_work_has_the_same_tag_and_other_work_another() -> None:
    once = feed_text.calendar_of("x", [work()])
    assert feed_text.tag_of(once) == feed_text.tag_of(feed_text.calendar_of("x", [work()]))
    assert feed_text.tag_of(once) != feed_text.tag_of(feed_text.calendar_of("x", [work(version=8)]))
    assert read() == []


def test_lines_are_folded_as_the_standard_says() -> None:
    body = feed_text.calendar_of("x", [work(title="a very long title " * 20)])
    assert max(len(line) for line in body.split(b"\r\n")) <= 75
    (event,) = read(work(title="a very long title " * 20))
    assert event.summary.value.startswith("CHG-one a very long title")


def test_a_zone_is_defined_where_moments_are_of_one() -> None:
    """Lisbon: the same moment, in winter and in summer; the same bytes each time."""
    summer = {
        **work(),
        "starts": "2027-07-10T02:00:00.000000Z",
        "ends": "2027-07-10T04:00:00.000000Z",
    }
    body = feed_text.calendar_of("x", [work(), summer], "Europe/Lisbon")
    assert body == feed_text.calendar_of("x", [work(), summer], "Europe/Lisbon")
    calendar = vobject.readOne(body.decode())
    assert [each.tzid.value for each in calendar.contents["vtimezone"]] == ["Europe/Lisbon"]
    starts = [each.dtstart.value for each in calendar.contents["vevent"]]
    assert [each.astimezone(UTC).isoformat() for each in starts] == [
        "2027-01-10T02:00:00+00:00",
        "2027-07-10T02:00:00+00:00",
    ]
    assert [each.hour for each in starts] == [2, 3]
    assert b"DTSTART;TZID=Europe/Lisbon:20270710T030000" in body
    assert b"VTIMEZONE" not in feed_text.calendar_of("x", [work()])


class Asked:
    """Remembers which statements were asked for; one feed is there."""

    def __init__(self, secret: str = "", **feed: Any) -> None:
        self.names: list[str] = []
        self.clock = ManualClock(datetime(2026, 11, 28, tzinfo=UTC))
        kept = digest_token(PEPPER, secret) if secret else None
        self.feeds = [{"feed": {"name": "x", "of": "all", "place": "", **feed}, "secret": kept}]

    async def rows(self, name: str, **_given: Any) -> list[dict[str, Any]]:
        self.names.append(name)
        if name == "chm.feed_by_hint":
            return self.feeds
        return [{"service": None, "work": [work()]}]


PEPPER = b"pepper"
SECRET = f"fsc_{'x' * 43}"
WRONG = ["chm.feed_by_hint"]


@pytest.mark.parametrize(
    ("graph", "status", "names"),
    [
        (Asked(SECRET), 200, [*WRONG, "chm.schedule"]),
        (Asked("another"), 404, WRONG),
        (Asked(SECRET, revoked=True), 404, WRONG),
        (Asked(), 404, WRONG),
    ],
)
async def test_a_wrong_address_costs_one_seek(graph: Asked, status: int, names: list[str]) -> None:
    api: Any = SimpleNamespace(graph=graph, limits=SimpleNamespace(seconds=5.0))
    followed: list[Policies] = []

    async def in_force() -> Policies:
        followed.append(Policies())
        return followed[-1]

    api.in_force = in_force
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {}

    scope = {"type": "http", "method": "GET", "path": f"/calendar/{SECRET}.ics", "headers": []}
    await CalendarEdge(api, PEPPER)(scope, receive, send)
    assert (sent[0]["status"], graph.names) == (status, names)
    assert len(followed) == (status == 200), "rules as they are now, for whoever reads the feed"


def rule(name: str, **document: Any) -> InForce:
    value = KINDS.kind("change-window").checked(name, document)
    return InForce(f"change-window/{name}/3", "change-window", name, "", value)


LISBON = ZoneInfo("Europe/Lisbon")
WEEKLY = rule("nights", effect="maintenance", zone="Europe/Lisbon", week={"sun": ["02:00-06:00"]})
PATCHES = rule(
    "patches",
    effect="maintenance",
    zone="Europe/Lisbon",
    periods=[
        {
            "from": "2027-01-12T20:00",
            "until": "2027-01-12T23:00",
            "repeats": "FREQ=MONTHLY;BYDAY=2TU",
            "except": ["2027-07-13", "2028-12-12"],
            "why": "Patches.",
        }
    ],
)
QUARTERS = {"from": "2027-03-22T00:00", "until": "2027-03-29T00:00"}
QUARTERS["repeats"] = "FREQ=MONTHLY;INTERVAL=3;BYDAY=4MO;UNTIL=20291231"
FREEZES = rule(
    "closing",
    effect="freeze",
    zone="Europe/Lisbon",
    types=["normal"],
    periods=[QUARTERS, {"from": "2027-08-01T00:00", "until": "2027-08-15T00:00"}],
)


def test_another_reader_finds_windows_at_the_same_times() -> None:
    """What repeats is told by its rule, which the other reader works out by itself."""
    body = feed_text.calendar_of("x", [work()], "Europe/Lisbon", [WEEKLY, PATCHES, FREEZES])
    assert body == feed_text.calendar_of("x", [work()], "Europe/Lisbon", [FREEZES, PATCHES, WEEKLY])
    read = vobject.readOne(body.decode()).contents["vevent"][1:]
    events = {each.uid.value.partition("@")[0]: each for each in read}
    assert set(events) == {"nights-sun120", "patches-p0", "closing-p0", "closing-p1"}
    since, until = (datetime(year, 1, 1, tzinfo=UTC) for year in (2027, 2031))
    for each, parts in ((PATCHES, ["p0"]), (FREEZES, ["p0", "p1"]), (WEEKLY, ["sun120"])):
        told = [moment for part in parts for moment in begins(events[f"{each.name}-{part}"])]
        ours = [span[0] for span in each.value.spans(since, until)]
        assert sorted(one for one in told if since <= one < until) == ours, each.name
    first = events["closing-p0"]
    assert first.sequence.value == "3"
    assert first.summary.value == "freeze closing"
    assert first.duration.value == timedelta(days=7)
    assert "changes that are not begun: normal" in first.description.value
    (left_out,) = events["patches-p0"].exdate_list
    assert [str(each.date()) for each in left_out.value] == ["2027-07-13", "2028-12-12"]
    assert events["patches-p0"].description.value.startswith("Patches.")


def begins(event: Any) -> list[datetime]:
    """When each of an event begins, as the other reader says."""
    first = event.dtstart.value
    if "rrule" not in event.contents:
        return [first.astimezone(UTC)]
    wall = first.replace(tzinfo=None)
    until = datetime(2031, 1, 1)  # noqa: DTZ001  # wall time
    found = event.getrruleset(addRDate=False).between(
        *(each.replace(tzinfo=first.tzinfo) for each in (wall - timedelta(days=1), until))
    )
    # It keeps the offset of the first for all of them, by which exceptions in summer are others.
    out = {
        one.replace(tzinfo=None) for each in event.contents.get("exdate", ()) for one in each.value
    }
    walls = [each.replace(tzinfo=None) for each in found]
    return [each.replace(tzinfo=LISBON).astimezone(UTC) for each in walls if each not in out]
