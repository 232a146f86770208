"""Freezes and windows that come again by a rule, held against days that are counted one by one."""

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.chm.windows import ChangeWindow
from fitsm_graph.kernel.errors import BadInput
from graph.syncing import KINDS

DAY = timedelta(days=1)
NORMAL, MAJOR = ChangeType.NORMAL, ChangeType.MAJOR


def window(zone: str = "UTC", effect: str = "freeze", **period: Any) -> ChangeWindow:
    document = {"effect": effect, "zone": zone, "periods": [period], "types": ["normal"]}
    made: ChangeWindow = KINDS.kind("change-window").checked("again", document)
    return made


def codes(
    repeats: Any, starts: str = "2027-01-12T20:00", ends: str = "2027-01-12T23:00", **more: Any
) -> set[str]:
    try:
        window(**{"from": starts, "until": ends, "repeats": repeats}, **more)
    except BadInput as error:
        return {each.code if each.remedy else "NO_REMEDY" for each in error.problems}
    return set()


def days(since: date, until: date) -> Iterator[date]:
    while since < until:
        yield since
        since += DAY


def month_left(day: date) -> int:
    """How many days of its month come after a day."""
    return ((day.replace(day=28) + 4 * DAY).replace(day=1) - DAY - day).days


RULES: list[tuple[str, str, Callable[[date], bool]]] = [
    ("FREQ=MONTHLY;BYDAY=2TU", "2027-01-12", lambda d: d.weekday() == 1 and 8 <= d.day <= 14),
    ("FREQ=MONTHLY;BYDAY=-1FR", "2027-01-29", lambda d: d.weekday() == 4 and month_left(d) < 7),
    (
        "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1MO",
        "2027-03-29",
        lambda d: d.weekday() == 0 and d.month % 3 == 0 and month_left(d) < 7,
    ),
    ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=20", "2026-12-20", lambda d: (d.month, d.day) == (12, 20)),
    ("FREQ=YEARLY", "2028-02-29", lambda d: (d.month, d.day) == (2, 29)),
    ("FREQ=MONTHLY;BYMONTHDAY=31", "2027-01-31", lambda d: d.day == 31),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
        "2027-01-01",
        lambda d: (d.weekday() < 5 and d.day == 1) or (d.weekday() == 0 and d.day in {2, 3}),
    ),
    (
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA",
        "2027-01-02",
        lambda d: (d - date(2027, 1, 2)).days % 14 == 0,
    ),
    ("FREQ=DAILY;INTERVAL=10", "2027-01-01", lambda d: (d - date(2027, 1, 1)).days % 10 == 0),
    (
        "FREQ=YEARLY;BYDAY=20MO",
        "2027-05-17",
        lambda d: d.weekday() == 0 and 133 < d.timetuple().tm_yday <= 140,
    ),
    ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "2027-01-04", lambda d: d.isocalendar()[1:] == (1, 1)),
]


@pytest.mark.parametrize("every", [0, 3], ids=["all of them", "every third left out"])
@pytest.mark.parametrize(("rule", "first", "fits"), RULES, ids=[each[0] for each in RULES])
def test_days_are_those_that_are_counted(
    rule: str, first: str, fits: Callable[[date], bool], every: int
) -> None:
    """Nine years, each day looked at by itself; spans, touching, covering and holding agree."""
    since, until = date(2026, 6, 1), date(2035, 6, 1)
    wanted = [
        each for each in days(since, until) if each >= date.fromisoformat(first) and fits(each)
    ]
    period = {"from": f"{first}T02:00", "until": f"{first}T06:00", "repeats": rule}
    if left_out := wanted[::every] if every else []:
        period["except"] = [str(each) for each in left_out]
        wanted = [each for each in wanted if each not in left_out]
    made = window(**period)
    starts, ends = (datetime(d.year, d.month, d.day, tzinfo=UTC) for d in (since, until))
    spans = made.spans(starts, ends)
    assert [span[0].date() for span in spans] == wanted
    assert {(b.hour, e - b) for b, e, _ in spans} == {(2, timedelta(hours=4))}
    chance = random.Random(rule)
    for _ in range(100):
        begins = starts + timedelta(hours=chance.randrange(9 * 365 * 24))
        if chance.random() < 0.5:
            begins = datetime.combine(chance.choice(wanted), begins.time(), UTC)
        over = begins + timedelta(hours=chance.randint(1, 30))
        near = [
            datetime(d.year, d.month, d.day, 2, tzinfo=UTC)
            for d in days(begins.date() - DAY, over.date() + DAY)
            if d in wanted
        ]
        touched = [each for each in near if each < over and begins < each + timedelta(hours=4)]
        assert made.touches(begins, over, NORMAL) == bool(touched)
        within = any(each <= begins and over <= each + timedelta(hours=4) for each in near)
        assert made.covers(begins, over, NORMAL) == within
        held = any(each <= begins < each + timedelta(hours=4) for each in near)
        assert made.holds(begins, NORMAL) == held
        assert not made.touches(begins, over, MAJOR), "it is about others"


def test_a_yearly_freeze_goes_over_the_turn_of_the_year() -> None:
    made = window(
        "Europe/Lisbon",
        **{
            "from": "2026-12-20T00:00",
            "until": "2027-01-07T00:00",
            "repeats": "FREQ=YEARLY",
            "why": "year end",
        },
    )
    for year in (2026, 2030, 2099):
        middle = datetime(year + 1, 1, 2, tzinfo=UTC)
        assert made.covers(middle, middle + DAY, NORMAL)
        ((begins, over, why),) = made.spans(middle, middle + DAY)
        assert (begins, over) == (
            datetime(year, 12, 20, tzinfo=UTC),
            datetime(year + 1, 1, 7, tzinfo=UTC),
        )
        assert why == "year end"
    assert not made.holds(datetime(2026, 1, 2, tzinfo=UTC), NORMAL), "it begins with the first"


LISBON, NEW_YORK, APIA = "Europe/Lisbon", "America/New_York", "Pacific/Apia"
MARCH = "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1MO"
CLOCKS = [
    # zone, the first, its hours, rule, moment at which one of them begins, hours of that one
    (LISBON, "2027-01-31T22:00", 4, "FREQ=MONTHLY;BYDAY=-1SU", "2027-03-28T21:00", 4),
    (LISBON, "2027-01-31T00:30", 2, "FREQ=MONTHLY;BYDAY=-1SU", "2027-03-28T00:30", 2),
    (LISBON, "2027-01-31T01:30", 2, "FREQ=MONTHLY;BYDAY=-1SU", "2027-03-28T01:30", 2),
    (LISBON, "2027-01-31T00:30", 2, "FREQ=MONTHLY;BYDAY=-1SU", "2027-10-30T23:30", 2),
    (LISBON, "2027-01-31T01:30", 2, "FREQ=MONTHLY;BYDAY=-1SU", "2027-10-31T00:30", 2),
    (LISBON, "2027-03-29T00:00", 168, MARCH, "2027-10-24T23:00", 169),
    (LISBON, "2027-03-29T00:00", 168, MARCH, "2028-03-26T23:00", 168),
    (LISBON, "2027-03-21T00:00", 168, "FREQ=YEARLY;BYMONTH=3;BYDAY=3SU", "2028-03-19T00:00", 168),
    (LISBON, "2027-03-22T00:00", 170, "FREQ=WEEKLY;INTERVAL=53", "2027-03-22T00:00", 169),
    (NEW_YORK, "2027-02-14T02:30", 1, "FREQ=MONTHLY;BYDAY=2SU", "2027-03-14T07:30", 1),
    (NEW_YORK, "2027-02-07T01:30", 1, "FREQ=MONTHLY;BYDAY=1SU", "2027-11-07T05:30", 1),
    (APIA, "2027-01-30T12:00", 2, "FREQ=WEEKLY", "2027-05-21T23:00", 2),
]


@pytest.mark.parametrize(("zone", "first", "hours", "rule", "moment", "lasts"), CLOCKS)
def test_clocks_that_change_change_no_wall_time(
    zone: str, first: str, hours: int, rule: str, moment: str, lasts: int
) -> None:
    """RFC 5545: what clocks skip comes later by as much; of what they show twice, the first."""
    ends = (datetime.fromisoformat(first) + timedelta(hours=hours)).isoformat()
    made = window(zone, **{"from": first, "until": ends, "repeats": rule})
    begins = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    near = made.spans(begins - timedelta(hours=12), begins + timedelta(hours=12))
    told = [(b, e - b) for b, e, _ in near]
    assert (begins, timedelta(hours=lasts)) in told, [
        (b.astimezone(ZoneInfo(zone)), length) for b, length in told
    ]


HOSTILE = [
    *(f"FREQ={each}" for each in ("SECONDLY", "MINUTELY", "HOURLY", "NEVER", "")),
    *("FREQ=DAILY;COUNT=99999999", "FREQ=DAILY;COUNT=99999999999", "FREQ=DAILY;COUNT=0"),
    *("FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=-1", "FREQ=YEARLY;INTERVAL=9999"),
    *("FREQ=DAILY;BYSECOND=1", "FREQ=MONTHLY;BYHOUR=1,2,3", "FREQ=DAILY;BYEASTER=0"),
    *("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2"),
    *("FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6", "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=9"),
    *("FREQ=WEEKLY;BYDAY=2TU", "FREQ=MONTHLY;BYDAY=0TU", "FREQ=MONTHLY;BYDAY=9TU"),
    *("FREQ=YEARLY;BYDAY=54TU", "FREQ=MONTHLY;BYDAY=-6TU", "FREQ=YEARLY;BYMONTH=12;BYDAY=6TU"),
    *("FREQ=DAILY;FREQ=WEEKLY", "FREQ=DAILY;FOO=1", "FREQ=DAILY;;", "FREQ", "x", "", " "),
    *("FREQ=DAILY;COUNT=3;UNTIL=20280101", "FREQ=DAILY;UNTIL=20260101", "FREQ=DAILY;UNTIL=x"),
    *("FREQ=MONTHLY;BYDAY=3TU", "FREQ=DAILY\nFREQ=DAILY", "FREQ=DAILY;BYDAY=TU"),
    "FREQ=YEARLY;BYMONTHDAY=" + ",".join(["12"] * 60),
    "FREQ=YEARLY;BYMONTHDAY=" + ",".join(["12"] * 400),
    *(7, [], {}, ["FREQ=DAILY"], True),
]


@pytest.mark.parametrize("rule", HOSTILE, ids=[repr(each)[:40] for each in HOSTILE])
def test_hostile_rules_are_refused_soon(rule: Any) -> None:
    began = time.process_time()
    assert codes(rule) == {"BAD_RECURRENCE"}
    assert time.process_time() - began < 1


def test_what_never_ends_or_overlaps_is_refused_and_what_fits_is_not() -> None:
    assert codes("FREQ=DAILY", ends="2027-01-13T20:00") == set(), "one after the other"
    assert codes("FREQ=DAILY", ends="2027-01-13T20:01") == {"BAD_RECURRENCE"}
    assert codes("FREQ=YEARLY;INTERVAL=20") == {"BAD_RECURRENCE"}
    assert codes("rrule:freq=monthly;byday=2tu") == set(), "written as calendars do"
    assert codes("FREQ=DAILY", "1969-01-12T20:00", "1969-01-12T21:00") == {"BAD_RECURRENCE"}
    assert codes(None) == set()


DAILY = "FREQ=DAILY;COUNT=3"
EXCEPTIONS: list[tuple[Any, str | None]] = [
    (["2027-01-12"], None),
    (["2027-01-13", "2027-01-14"], None),
    (["2027-01-13", "2027-01-13"], None),
    (["2027-01-12", "2027-01-13", "2027-01-14"], "BAD_RECURRENCE"),
    (["2027-01-11"], "BAD_RECURRENCE"),
    (["2027-01-15"], "BAD_RECURRENCE"),
    (["2027-02-30"], "BAD_RECURRENCE"),
    (["9999-12-31"], "BAD_RECURRENCE"),
    (["0001-01-01"], "BAD_RECURRENCE"),
    *(([each], "BAD_RECURRENCE") for each in ("", "x", 7, None, [], {}, "2027-01-12T20:00")),
    *((each, "POLICY_FORM") for each in ([], {}, "2027-01-12", 7, ["2027-01-12"] * 2_001)),
]


@pytest.mark.parametrize(("given", "code"), EXCEPTIONS, ids=[str(e)[:40] for e, _ in EXCEPTIONS])
def test_what_is_left_out_is_a_day_on_which_it_begins(given: Any, code: str | None) -> None:
    assert codes(DAILY, **{"except": given}) == ({code} if code else set())


@pytest.mark.parametrize("year", [2098, 9998])
def test_days_far_ahead_are_looked_at_soon(year: int) -> None:
    far = [str(each) for each in days(date(year, 1, 1), date(year, 12, 31))] * 5
    began = time.process_time()
    known = codes("FREQ=DAILY", **{"except": far})
    assert known == ({"BAD_RECURRENCE"} if year > 2100 else set())
    assert time.process_time() - began < 2


def test_only_what_repeats_has_exceptions() -> None:
    assert codes(None, **{"except": ["2027-01-12"]}) == {"POLICY_FIELD"}
    assert codes("FREQ=DAILY", **{"except": None}) == set()


def test_the_day_that_is_left_out_is_one_of_the_clock() -> None:
    """By UTC it begins on another day."""
    made = window(
        APIA,
        **{
            "from": "2027-01-12T08:00",
            "until": "2027-01-12T12:00",
            "repeats": "FREQ=DAILY",
            "except": ["2027-01-14"],
        },
    )
    spans = made.spans(datetime(2027, 1, 10, tzinfo=UTC), datetime(2027, 1, 16, tzinfo=UTC))
    local = [begins.astimezone(ZoneInfo(APIA)).day for begins, _, _ in spans]
    assert local == [12, 13, 15, 16]
    assert [begins.day for begins, _, _ in spans] == [11, 12, 14, 15]


def test_a_rule_ends_where_it_says() -> None:
    def all_of(repeats: str) -> list[int]:
        made = window(
            "Europe/Lisbon",
            **{"from": "2027-06-01T00:30", "until": "2027-06-01T02:00", "repeats": repeats},
        )
        found = made.spans(datetime(2020, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC))
        return [begins.astimezone(ZoneInfo("Europe/Lisbon")).day for begins, _, _ in found]

    assert all_of("FREQ=DAILY;COUNT=3") == [1, 2, 3]
    assert all_of("FREQ=DAILY;UNTIL=20270603") == [1, 2, 3], "with all of that day"
    assert all_of("FREQ=DAILY;UNTIL=20270602T233000Z") == [1, 2, 3], "00:30 in Lisbon is 23:30"
    assert all_of("FREQ=DAILY;UNTIL=20270602T232959Z") == [1, 2]


def test_touching_times_cover_together_what_goes_over_them() -> None:
    made = window(
        effect="maintenance",
        **{"from": "2027-01-01T00:00", "until": "2027-01-02T00:00", "repeats": "FREQ=DAILY"},
    )
    starts = datetime(2027, 3, 1, 12, tzinfo=UTC)
    assert made.covers(starts, starts + 3 * DAY, NORMAL)
    before = datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert not made.covers(before, before + DAY, NORMAL)
