"""Each day has one moment, on days when clocks change too."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.flow.reading import Reader
from fitsm_graph.flow.rhythm import Rhythm, read_rhythm

BERLIN = "Europe/Berlin"
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
ZONES = (
    BERLIN,
    "UTC",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Kolkata",
)


@pytest.mark.parametrize(
    ("at", "after", "expected"),
    [
        # The day on which clocks in Berlin go from 2 to 3: half past 2 is not there.
        ("02:30", "2026-03-28T12:00Z", "2026-03-29T01:30Z"),
        ("02:30", "2026-03-29T01:30Z", "2026-03-30T00:30Z"),
        ("03:00", "2026-03-28T12:00Z", "2026-03-29T01:00Z"),
        # The day on which they show half past 2 twice.
        ("02:30", "2026-10-24T12:00Z", "2026-10-25T00:30Z"),
        ("02:30", "2026-10-25T00:30Z", "2026-10-26T01:30Z"),
        ("08:00", "2026-10-24T12:00Z", "2026-10-25T07:00Z"),
        ("08:00", "2026-03-28T12:00Z", "2026-03-29T06:00Z"),
    ],
)
def test_days_when_clocks_change(at: str, after: str, expected: str) -> None:
    rhythm = Rhythm(time.fromisoformat(at), BERLIN)
    assert rhythm.after(datetime.fromisoformat(after)) == datetime.fromisoformat(expected)


@given(
    st.sampled_from(ZONES),
    st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    st.none() | st.integers(0, 6),
    st.integers(0, 3 * 365 * 24 * 60).map(lambda each: BEGIN + timedelta(minutes=each)),
)
def test_moments_follow_one_another_day_by_day(
    zone: str, at: time, weekday: int | None, moment: datetime
) -> None:
    rhythm = Rhythm(at, zone, weekday)
    first = rhythm.after(moment)
    second = rhythm.after(first)
    assert rhythm.until(moment) <= moment < first < second
    assert rhythm.until(first) == first == rhythm.until(second - timedelta(seconds=1))
    assert rhythm.after(rhythm.until(moment)) == first, "none lies between them"
    days = [_day_of(each, at, zone) for each in (first, second)]
    assert days[1] - days[0] == timedelta(days=1 if weekday is None else 7)
    assert weekday in (None, days[0].weekday())


def _day_of(moment: datetime, at: time, zone: str) -> date:
    """The day whose time it is; where clocks skip it, it is that much later."""
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    near = [local.date() + timedelta(days=each) for each in (-1, 0, 1)]
    (found,) = (
        each
        for each in near
        if timedelta() <= local - datetime.combine(each, at) <= timedelta(hours=1)
    )
    return found


@pytest.mark.parametrize(
    "wrong",
    [
        {"every": "month", "at": "07:00", "zone": "UTC"},
        {"every": "week", "at": "07:00", "zone": "UTC"},
        {"every": "day", "weekday": "mon", "at": "07:00", "zone": "UTC"},
        {"every": "day", "at": "7:00", "zone": "UTC"},
        {"every": "day", "at": 420, "zone": "UTC"},
        {"every": "day", "at": "24:00", "zone": "UTC"},
        {"every": "day", "at": "07:00", "zone": "Mars/Olympus"},
        {"every": "day", "at": "07:00"},
    ],
)
def test_what_says_no_time_is_refused(wrong: Any) -> None:
    read = Reader()
    read_rhythm(wrong, (), read)
    assert read.problems
