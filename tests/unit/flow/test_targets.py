"""Clocks of targets against a reading minute by minute, and case by case."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitsm_graph.flow.calendars import ALWAYS, ServiceCalendar
from fitsm_graph.flow.targets import Pace, Target, Turn, read_clock
from fitsm_graph.kernel.errors import BadInput
from oracles import service_time
from unit.flow.test_calendars import calendars, moments

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = ServiceCalendar("office", "UTC", (((9 * 60, 17 * 60),),) * 5 + ((), ()))
RUNS, WAITS, STOPS = Pace.RUNS, Pace.WAITS, Pace.STOPS


def life(*turns):
    return [Turn(NOON + hours * HOUR, pace) for hours, pace in turns]


def test_a_clock_that_runs_says_when_it_is_due():
    read = read_clock(ALWAYS, Target("resolution", 4 * HOUR), life((0, RUNS)), NOON + HOUR)
    assert (read.used, read.left, read.due) == (HOUR, 3 * HOUR, NOON + 4 * HOUR)
    assert (read.broken_at, read.met_at) == (None, None)


def test_the_due_moment_skips_nights():
    read = read_clock(OFFICE, Target("resolution", 8 * HOUR), life((0, RUNS)), NOON)
    assert read.due == NOON + 24 * HOUR


def test_waiting_takes_no_time_and_has_no_due_moment():
    told = life((0, RUNS), (1, WAITS))
    read = read_clock(ALWAYS, Target("resolution", 4 * HOUR), told, NOON + 9 * HOUR)
    assert (read.used, read.pace, read.due) == (HOUR, WAITS, None)


def test_stopped_in_time_is_met():
    told = life((0, RUNS), (1, WAITS), (5, RUNS), (6, STOPS))
    read = read_clock(ALWAYS, Target("resolution", 2 * HOUR), told, NOON + 9 * HOUR)
    assert (read.used, read.met_at, read.broken_at) == (2 * HOUR, None, NOON + 6 * HOUR)
    read = read_clock(ALWAYS, Target("resolution", 3 * HOUR), told, NOON + 9 * HOUR)
    assert (read.met_at, read.broken_at, read.due) == (NOON + 6 * HOUR, None, None)


def test_opened_again_goes_on_where_it_was():
    told = life((0, RUNS), (1, STOPS), (5, RUNS))
    read = read_clock(ALWAYS, Target("resolution", 2 * HOUR), told, NOON + 5 * HOUR)
    assert (read.met_at, read.due) == (None, NOON + 6 * HOUR)


def test_a_target_stays_broken():
    told = life((0, RUNS), (3, STOPS), (5, RUNS))
    read = read_clock(ALWAYS, Target("resolution", 2 * HOUR), told, NOON + 6 * HOUR)
    assert (read.broken_at, read.left, read.due) == (NOON + 2 * HOUR, -2 * HOUR, None)


def test_warnings_are_due_from_their_share_on():
    target = Target("resolution", 4 * HOUR, (0.5, 0.75))
    assert read_clock(ALWAYS, target, life((0, RUNS)), NOON + HOUR).warned == ()
    read = read_clock(ALWAYS, target, life((0, RUNS)), NOON + 3 * HOUR)
    assert read.warned == ((0.5, NOON + 2 * HOUR), (0.75, NOON + 3 * HOUR))


def test_the_past_is_read_without_what_came_later():
    told = life((0, RUNS), (1, WAITS), (5, RUNS))
    read = read_clock(ALWAYS, Target("resolution", 4 * HOUR), told, NOON + HOUR / 2)
    assert (read.used, read.pace) == (HOUR / 2, RUNS)


@pytest.mark.parametrize("turns", [[], [(1, RUNS), (0, WAITS)]])
def test_a_life_that_cannot_be_is_refused(turns):
    with pytest.raises(BadInput):
        read_clock(ALWAYS, Target("resolution", HOUR), life(*turns), NOON)


@given(
    calendars(),
    moments,
    st.lists(
        st.tuples(st.integers(1, 300), st.sampled_from(["runs", "waits", "stops"])), max_size=6
    ),
    st.integers(1, 600),
    st.integers(0, 2_000),
)
@settings(max_examples=100)
def test_as_minute_by_minute(calendar, start, steps, within, until):
    here, plain = start, [(start, "runs")]
    for minutes, pace in steps:
        here += timedelta(minutes=minutes)
        plain.append((here, pace))
    now = start + timedelta(minutes=until)
    used, broken = service_time.clock(
        calendar.zone, calendar.week, calendar.days, within, plain, now
    )
    if not any(calendar.week):
        return
    target = Target("resolution", timedelta(minutes=within))
    read = read_clock(calendar, target, [Turn(at, Pace(pace)) for at, pace in plain], now)
    assert (read.used, read.broken_at) == (timedelta(minutes=used), broken)
