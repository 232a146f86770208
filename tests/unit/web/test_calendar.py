"""The schedule of changes as a month: which weeks, what is in them, and how it is said (PR12.6)."""

import calendar
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.web.calendar import Entry, Month, read_month
from unit.web.browsing import get
from unit.web.estate import NOW, demo


def cell(text, day):
    """What the page says of a day, without tags."""
    (found,) = re.findall(
        rf'<td[^>]*>\s*<p class="date"><time datetime="{day}".*?</td>', text, re.DOTALL
    )
    return " ".join(re.sub(r"<[^>]*>", " ", found).split())


async def test_left_out_the_month_is_the_one_that_it_is_now():
    text = (await get("/calendar")).text
    assert "Schedule of changes, November 2026" in text
    assert "today" in cell(text, "2026-11-23")
    assert text.count("today</span>") == 1
    assert list(re.findall(r'<time datetime="([\d-]+)"', text)) == [
        f"{date(2026, 10, 26) + timedelta(days=n)}" for n in range(42)
    ]  # fmt: skip


async def test_a_change_says_when_what_and_what_it_collides_with():
    text = (await get("/calendar?month=2026-11")).text
    said = cell(text, "2026-11-24")
    for words in ("02:00–04:00", "change", "New &lt;disks&gt;", "CHG-000004", "normal · approved",
                  "risk high", "CHG-000007: same element"):  # fmt: skip
        assert words in said
    assert 'href="/impact?fail=db-1&amp;degrade=db-2"' in text
    assert "CHG-000006" not in text, "it is of another month"


async def test_what_takes_days_is_in_each_of_them():
    text = (await get("/calendar?month=2026-11")).text
    for day, when in (("27", "from 22:00"), ("28", "all day"), ("29", "until 06:00")):
        assert f"{when} change Move the archive CHG-000005" in cell(text, f"2026-11-{day}")
    assert "CHG-000005" not in cell(text, "2026-11-26") + cell(text, "2026-11-30")
    assert "major · successful" in cell(text, "2026-11-28")


async def test_releases_windows_and_freezes_are_in_it_until_midnight_and_no_longer():
    text = (await get("/calendar?month=2026-12")).text
    assert "20:00–24:00 release Portal 4 REL-000002" in cell(text, "2026-12-03")
    assert "REL-000002" not in cell(text, "2026-12-04")
    assert "all day freeze Year end. for changes: normal, major" in cell(text, "2026-12-20")
    assert "until 23:00 freeze" in cell(text, "2026-12-31")
    text = (await get("/calendar?month=2026-11")).text
    assert "all day maintenance" in cell(text, "2026-11-02")
    assert "MNT-000001" not in cell(text, "2026-11-03")
    assert 'href="/impact?maintain=feed-a"' in text


async def test_what_is_left_out_is_counted():
    estate = demo()
    estate.schedule.changes = estate.schedule.changes[:1] * 203
    text = (await get("/calendar", estate)).text
    assert "3 more are not shown;" in text
    estate.schedule.times = estate.schedule.times * 200
    assert "There may be more windows" in (await get("/calendar?month=2026-12", estate)).text
    assert "not shown" not in (await get("/calendar")).text


async def test_an_empty_month_says_so():
    text = (await get("/calendar?month=2027-05")).text
    assert "Nothing is planned in these weeks, and nothing was done." in text


@pytest.mark.parametrize("query", [
    "month=2026-13", "month=2026-1", "month=1969-12", "month=2200-01", "month=now", "week=1",
    "month=2026-11&month=2026-12", "month=%D9%A2%D9%A0%D9%A2%D9%A6-11",
])  # fmt: skip
async def test_what_is_no_month_is_refused(query):
    refused = await get(f"/calendar?{query}")
    assert refused.status_code == 400
    assert "such as /calendar?month=2026-11" in refused.text


async def test_the_first_and_the_last_page_lead_no_further():
    first, last = (await get("/calendar?month=1970-01")), (await get("/calendar?month=2199-12"))
    assert 'rel="prev"' not in first.text
    assert 'rel="next"' in first.text
    assert 'rel="next"' not in last.text


@given(st.dates(date(1970, 2, 1), date(2199, 11, 30)))
def test_weeks_are_those_of_the_calendar(day):
    """Against the standard library's."""
    month = Month(day.replace(day=1), day)
    weeks = [[each.date for each in week] for week in month.weeks([])]
    assert weeks == calendar.Calendar().monthdatescalendar(day.year, day.month)
    assert month.before < f"{day:%Y-%m}" < month.after


@given(
    st.timedeltas(timedelta(0), timedelta(days=90)),
    st.timedeltas(timedelta(microseconds=1), timedelta(days=40)),
)
def test_an_entry_is_in_the_days_that_hold_some_of_it(after, length):
    starts = datetime(2026, 10, 1, tzinfo=UTC) + after
    entry = Entry("change", "CHG-1", "", starts, starts + length)
    month = read_month([], NOW)
    shown = [each.date for week in month.weeks([entry]) for each in week if each.entries]
    last = (entry.ends - timedelta(microseconds=1)).date()
    expected = [
        day for day in (month.begins + timedelta(days=n) for n in range(42))
        if starts.date() <= day <= last
    ]  # fmt: skip
    assert shown == expected


def test_a_name_is_checked_before_it_is_asked():
    with pytest.raises(BadInput):
        read_month([("month", "x" * 500)], NOW)
