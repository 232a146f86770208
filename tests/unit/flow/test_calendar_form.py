"""Calendars as documents: what is read, and everything that is wrong told at once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fitsm_graph.flow.calendar_form import parse_calendar
from fitsm_graph.flow.calendars import ALL_DAY, CLOSED
from fitsm_graph.kernel.errors import BadInput

OFFICE = {
    "name": "office",
    "zone": "Europe/Lisbon",
    "week": {"mon-fri": ["09:00-12:30", "13:30-18:00"], "sat": ["10:00-13:00"]},
    "holidays": {"country": "PT", "years": [2026]},
    "days": {"2026-12-24": ["09:00-12:00"], date(2026, 12, 31): []},
}


def problems(**changed):
    with pytest.raises(BadInput) as refused:
        parse_calendar({**OFFICE, **changed})
    return [("/".join(map(str, p.path)), p.message, p.remedy) for p in refused.value.problems]


def test_an_office():
    calendar = parse_calendar(OFFICE)
    assert calendar.hours(date(2026, 7, 1)) == ((540, 750), (810, 1080))
    assert calendar.hours(date(2026, 7, 4)) == ((600, 780),)
    assert calendar.hours(date(2026, 7, 5)) == CLOSED


def test_holidays_are_closed_unless_the_date_says_otherwise():
    calendar = parse_calendar({**OFFICE, "days": {"2026-12-25": ["10:00-11:00"]}})
    assert calendar.hours(date(2026, 12, 8)) == CLOSED, "a Tuesday, and a holiday in Portugal"
    assert calendar.hours(date(2026, 12, 25)) == ((600, 660),)


def test_every_hour():
    calendar = parse_calendar({"name": "24x7", "zone": "UTC", "week": "always"})
    assert calendar.hours(date(2026, 7, 5)) == ALL_DAY
    start = datetime(2026, 7, 5, tzinfo=UTC)
    assert calendar.between(start, start + timedelta(days=3)) == timedelta(days=3)


@pytest.mark.parametrize(
    ("changed", "path", "words"),
    [
        ({"name": " "}, "name", "has no name"),
        ({"zone": "Europe/Lisboa"}, "zone", "no time zone"),
        ({"week": {"monday": []}}, "week/monday", "no weekday"),
        ({"week": {"fri-mon": ["09:00-10:00"]}}, "week/fri-mon", "goes back"),
        ({"week": {"mon": "9-17"}}, "week/mon", "list of intervals"),
        ({"week": {"mon": ["09:00-24:30"]}}, "week/mon/0", "no interval"),
        ({"week": {"mon": ["17:00-09:00"]}}, "week/mon/0", "no interval"),
        ({"week": {"mon": ["09:00-12:00", "11:00-13:00"]}}, "week/mon", "overlap"),
        ({"week": {"mon-wed": ["09:00-10:00"], "tue": []}}, "week/tue", "has hours already"),
        ({"holidays": {"country": "ZZ", "years": [2026]}}, "holidays", "no holidays of 'ZZ'"),
        ({"holidays": {"country": "PT"}}, "holidays/years", "need the years"),
        ({"holidays": {"country": "PT", "years": [1]}}, "holidays/years", "need the years"),
        (
            {"holidays": {"country": "DE", "subdivision": "QQ", "years": [2026]}},
            "holidays/subdivision",
            "no subdivision",
        ),
        ({"days": {"24.12.2026": []}}, "days/24.12.2026", "no date"),
        ({"extra": 1}, "extra", "has no 'extra'"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(changed, path, words):
    found = problems(**changed)
    assert [(place, words in message) for place, message, _ in found] == [(path, True)]
    assert found[0][2], "a remedy"


def test_all_that_is_wrong_is_told_at_once():
    assert len(problems(name="", zone="x", days=[], holidays=3)) == 4


def test_a_calendar_that_is_never_open_is_refused():
    assert [message for _, message, _ in problems(week={}, days={})] == [
        "the calendar is never open"
    ]
    with pytest.raises(BadInput):
        parse_calendar([])
