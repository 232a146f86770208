"""Service calendars against every minute's wall time, and on the days that make trouble."""

import itertools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitsm_graph.flow.calendars import ALL_DAY, ALWAYS, ServiceCalendar
from fitsm_graph.kernel.errors import Refused
from oracles import service_time

CASES = Path(__file__).parents[2] / "cases" / "flow" / "service_time.txt"
ZONES = (
    "UTC",
    "Europe/Berlin",
    "Europe/Lisbon",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
)
MINUTE = timedelta(minutes=1)


def minutes_of(text):
    if text == "always":
        return ALL_DAY
    begins, ends = (int(part[:2]) * 60 + int(part[3:]) for part in text.split("-"))
    return ((begins, ends),)


def cases():
    rows = [line.split(None, 5) for line in CASES.read_text("utf-8").splitlines()]
    return [row for row in rows if row and row[0] != "#"]


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case[0]}: {case[5]}")
def test_the_days_that_make_trouble(case):
    zone, hours, start, end, wanted, _ = case
    calendar = ServiceCalendar("case", zone, (minutes_of(hours),) * 7)
    whole, minutes = wanted.split(":")
    found = calendar.between(service_time.moment(start), service_time.moment(end))
    assert found == timedelta(hours=int(whole), minutes=int(minutes))


def test_the_page_shows_the_cases():
    page = Path(__file__).parents[3] / "docs" / "explanation" / "service-time.md"
    assert CASES.read_text("utf-8") in page.read_text("utf-8")


@st.composite
def hours(draw):
    places = draw(st.lists(st.integers(0, 96), unique=True, max_size=6).map(sorted))
    pairs = zip(places[::2], places[1::2], strict=False)
    return tuple((begins * 15, ends * 15) for begins, ends in pairs)


@st.composite
def calendars(draw):
    week = tuple(draw(hours()) for _ in range(7))
    special = draw(st.dictionaries(st.dates(date(2026, 3, 20), date(2026, 4, 10)), hours()))
    return ServiceCalendar("any", draw(st.sampled_from(ZONES)), week, special)


# around the days on which clocks change, and days on which they do not
moments = st.builds(
    lambda day, minute: day + timedelta(minutes=minute),
    st.sampled_from(
        [datetime(2026, *day, tzinfo=UTC) for day in ((3, 7), (3, 28), (4, 4), (10, 3), (10, 24))]
    ),
    st.integers(0, 4_000),
)


@given(calendars(), moments, st.integers(0, 4_000))
@settings(max_examples=150)
def test_as_much_as_all_minutes_that_count(calendar, start, minutes):
    end = start + timedelta(minutes=minutes)
    wanted = service_time.minutes_between(calendar.zone, calendar.week, calendar.days, start, end)
    assert calendar.between(start, end) == wanted * MINUTE


@given(calendars(), moments, st.integers(0, 600))
@settings(max_examples=150)
def test_after_is_where_the_minutes_are_used_up(calendar, start, minutes):
    if not any(calendar.week):
        return
    end = calendar.after(start, minutes * MINUTE)
    assert end == service_time.after(calendar.zone, calendar.week, calendar.days, start, minutes)
    assert calendar.between(start, end) == minutes * MINUTE


@given(calendars(), moments, st.integers(1, 4_000), st.integers(1, 4_000))
def test_service_time_adds_up(calendar, start, first, second):
    middle = start + timedelta(seconds=first * 7)
    end = middle + timedelta(seconds=second * 11)
    parts = calendar.between(start, middle) + calendar.between(middle, end)
    assert parts == calendar.between(start, end)


@given(calendars(), moments)
def test_intervals_are_apart_and_in_order(calendar, start):
    found = list(calendar.intervals(start, start + timedelta(days=10)))
    assert all(begins < ends for begins, ends in found)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(found))


@given(calendars(), moments, st.integers(1, 4_000), st.floats(0.01, 0.99))
@settings(max_examples=40)
def test_what_is_counted_by_weeks_is_what_is_laid_out(calendar, start, days, share):
    end = start + timedelta(days=days, minutes=days)
    laid_out = list(calendar.intervals(start, end))
    spent = calendar.between(start, end)
    assert spent == sum((b - a for a, b in laid_out), timedelta())
    wanted = spent * share
    if not any(calendar.week) or not wanted or days > 1_800:
        return
    left = wanted
    for begins, ends in laid_out:
        if ends - begins >= left:
            break
        left -= ends - begins
    assert calendar.after(start, wanted) == begins + left


def test_years_are_counted_without_being_laid_out():
    week = (((540, 1020),),) * 5 + ((), ())
    start, layings = datetime(2026, 7, 6, tzinfo=UTC), []

    class Watched(ServiceCalendar):
        def hours(self, day):
            layings.append(day)
            return super().hours(day)

    watched = Watched("office", "Etc/GMT-1", week)
    assert watched.between(start, start + timedelta(days=365 * 7)) == timedelta(hours=8 * 5 * 365)
    assert len(layings) <= 4, "of the first and the last date"


def test_open_at():
    office = ServiceCalendar("office", "Europe/Berlin", (((540, 1020),),) * 7)
    assert office.open_at(datetime(2026, 7, 1, 7, tzinfo=UTC))
    assert not office.open_at(datetime(2026, 7, 1, 15, tzinfo=UTC))
    assert office.open_at(datetime(2026, 7, 1, 15, tzinfo=UTC) - timedelta(microseconds=1))
    assert ALWAYS.open_at(datetime(2026, 7, 1, 15, tzinfo=UTC))


def test_a_calendar_that_ends_is_refused_in_words():
    once = ServiceCalendar("once", "UTC", ((),) * 7, {date(2026, 7, 1): ((0, 60),)})
    start = datetime(2026, 7, 1, tzinfo=UTC)
    assert once.after(start, timedelta(hours=1)) == start + timedelta(hours=1)
    with pytest.raises(Refused) as refused:
        once.after(start, timedelta(hours=1, microseconds=1))
    assert refused.value.code == "CALENDAR_ENDS"
