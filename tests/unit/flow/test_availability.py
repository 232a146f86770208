"""Availability against every minute's wall time: which periods, how much, and what was missed."""

import random
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest

from fitsm_graph.flow.agreements import Agreement
from fitsm_graph.flow.availability import (
    Promise,
    looked_at,
    measured,
    promises,
    spans_of,
    taken_down,
)
from fitsm_graph.flow.calendars import ALL_DAY, ALWAYS, ServiceCalendar
from fitsm_graph.flow.policies import InForce, Policies
from fitsm_graph.flow.reading import Reader
from fitsm_graph.flow.target_form import (
    CALENDAR,
    TARGETS,
    AgreedAvailability,
    AgreedTargets,
    AgreementKind,
    Per,
    parse_targets,
)
from fitsm_graph.kernel.clock import to_text
from oracles import service_time

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFICE = tuple([((480, 960),)] * 5 + [()] * 2)
"""Eight hours on five days."""
NIGHT = (((0, 240), (1380, 1440)),) * 7
"""The hours in which clocks change."""
ROUND = (ALL_DAY,) * 7


def promised(calendar, percent, per, **more):
    agreed = AgreedAvailability(percent, Per(per))
    targets = AgreedTargets(calendar.name, {}, availability=agreed, **more)
    return Promise("mail", Agreement("targets/x/1", "c/1", calendar, targets), agreed)


def moment(text):
    return service_time.moment(text)


CASES = (
    # zone, week, per, since, until, percent
    ("Europe/Berlin", OFFICE, "week", "2026-03-16T00:00", "2026-04-06T00:00", 97.5),
    ("Europe/Berlin", NIGHT, "day", "2026-03-28T00:00", "2026-03-31T00:00", 90),
    ("Europe/Berlin", NIGHT, "day", "2026-10-24T00:00", "2026-10-27T00:00", 90),
    ("Europe/Berlin", ROUND, "month", "2026-03-01T00:00", "2026-04-02T00:00", 99.5),
    ("America/New_York", OFFICE, "month", "2026-10-15T00:00", "2026-12-02T00:00", 99),
    ("Australia/Lord_Howe", ROUND, "week", "2026-09-28T00:00", "2026-10-12T00:00", 99.9),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} {case[2]} {case[3]}")
def test_it_is_what_every_minute_says(case):
    zone, week, per, first, last, percent = case
    since, until = moment(first), moment(last)
    days = {date(2026, 3, 25): ((600, 660),), date(2026, 10, 26): ()}
    calendar = ServiceCalendar("c", zone, week, days)
    drawn = random.Random(f"{case}")
    length = int((until - since) / timedelta(minutes=1))
    starts = sorted(drawn.randrange(length) for _ in range(6))
    spans = [
        (since + timedelta(minutes=at), since + timedelta(minutes=at + drawn.randrange(9, 900)))
        for at in starts
    ]
    around = {"day": 2 * DAY, "week": 8 * DAY, "month": 32 * DAY}[per]
    wanted = service_time.away(zone, week, days, per, spans, since, until, around)
    assert wanted
    assert any(down for _, down in wanted)
    promise = promised(calendar, percent, per)
    periods = promise.periods(since, until)
    incidents = [{"starts_at": to_text(a), "ends_at": to_text(b)} for a, b in spans]
    found = measured(promise, spans_of(incidents, until), periods, until)
    told = [measured(promise, spans_of(incidents, until), [each], until) for each in periods]
    assert [(one.hours_of_service, one.hours_down) for one in told] == [
        (round(service / 60, 2), round(down / 60, 2)) for service, down in wanted
    ]
    over = [Fraction(down) > Fraction(str(100 - percent)) / 100 * all_ for all_, down in wanted]
    assert [one.missed for one in told] == over
    shares = [100 - 100 * down / service for service, down in wanted if service]
    assert (found.periods, found.missed, found.kept) == (len(wanted), sum(over), not any(over))
    assert found.worst == pytest.approx(min(shares), abs=1e-3)
    together = [sum(each) for each in zip(*wanted, strict=True)]
    assert found.measured == pytest.approx(100 - 100 * together[1] / together[0], abs=1e-3)
    assert promise.missed(spans_of(incidents, until), since, until) == sum(over)


def test_just_as_much_as_was_agreed_on_is_kept():
    promise = promised(ALWAYS, 99.5, "month")
    begins = moment("2026-09-01T00:00")
    ends = moment("2026-10-01T00:00")
    for seconds, missed in ((0, 0), (1, 1)):
        away = [(begins + DAY, begins + DAY + timedelta(hours=3.6, seconds=seconds))]
        assert measured(promise, away, [(begins, ends)], ends).missed == missed


def test_a_period_that_goes_on_is_missed_or_not_known_yet():
    promise = promised(ALWAYS, 99, "quarter")
    since, until = moment("2026-08-01T00:00"), moment("2026-08-08T00:00")
    ((begins, ends),) = promise.periods(since, until)
    assert (begins, ends) == (moment("2026-07-01T00:00"), moment("2026-10-01T00:00"))
    assert promise.periods(since, until, whole=True) == []
    for hours, kept in ((22, None), (23, False)):
        found = measured(promise, [(since, since + hours * HOUR)], [(begins, ends)], until)
        assert (found.kept, found.hours_down) == (kept, hours)
        assert found.hours_of_service == 38 * 24
    assert promise.missed([(since, until)], since, until) == 0, "it is told when it is over"


def test_each_period_belongs_to_the_time_that_it_ends_in():
    promise = promised(ServiceCalendar("c", "America/New_York", OFFICE), 99, "month")
    ends = [moment(f"2026-{month:02}-01T00:00") for month in range(1, 13)]
    told = [promise.periods(a, b) for a, b in pairwise(ends)]
    assert [len(each) for each in told] == [1] * 11
    flat = [one for each in told for one in each]
    assert all(a[1] == b[0] for a, b in pairwise(flat)), "without a gap"


def test_without_service_time_there_is_nothing_to_keep():
    promise = promised(ServiceCalendar("c", "UTC", ((),) * 7), 99, "day")
    since = moment("2026-03-02T00:00")
    found = measured(promise, [(since, since + DAY)], [(since, since + DAY)], since + DAY)
    assert (found.measured, found.worst, found.missed, found.kept) == (None, None, 0, None)


def test_what_lies_ahead_or_before_all_is_not_looked_at():
    now, old = moment("2026-03-02T00:00"), datetime(1, 1, 1, tzinfo=UTC)
    assert looked_at(now, now + DAY, now) is None
    assert looked_at(old, old + DAY, now) is None
    since, until = looked_at(old, now + DAY, now)
    assert until == now
    assert timedelta(days=1800) < until - since < timedelta(days=1900)


def test_incidents_count_that_took_it_down_and_were_any():
    now = moment("2026-03-02T12:00")
    base = {"starts_at": to_text(now - 9 * HOUR), "ends_at": to_text(now - 7 * HOUR)}
    later = {"starts_at": to_text(now - 8 * HOUR), "ends_at": None}
    none = {"starts_at": to_text(now - 20 * HOUR), "status": "rejected"}
    assert spans_of([later, none, base], now) == [(now - 9 * HOUR, now)]
    assert taken_down({"services": ["mail", "web"], "services_down": 1}) == ["mail"]
    assert list(taken_down({"services": None, "services_down": None})) == []


def brought(name, document):
    value = parse_targets(name, document, Reader())
    return InForce(f"targets/{name}/1", TARGETS, name, "x", value)


def test_agreements_of_a_service_and_all_that_name_one():
    times = {"1": {"response": "PT1H", "resolution": "PT2H"}}
    base = {"calendar": "c", "priorities": times}
    promise = {"availability": {"percent": 99, "per": "day"}}
    policies = Policies().with_(InForce("c/1", CALENDAR, "c", "x", ALWAYS))
    for name, more in (
        ("default", promise),
        ("gold", {"services": ["mail", "web"], **promise, "kind": "sla", "with": ["uni"]}),
        ("lent", {"services": ["mail"], **promise, "kind": "ola", "with": ["ops"]}),
        ("times", {"services": ["disk"]}),
    ):
        policies = policies.with_(brought(name, {**base, **more}))
    keys = [(each.service, each.agreement.key) for each in promises(policies)]
    assert keys == [
        ("mail", "targets/gold/1"),
        ("mail", "targets/lent/1"),
        ("web", "targets/gold/1"),
    ]
    assert [each.agreement.key for each in promises(policies, ["other"])] == ["targets/default/1"]
    assert promises(policies, ["disk"]) == []
    kinds = {each.agreement.targets.kind for each in promises(policies, ["mail"])}
    assert kinds == {AgreementKind.SLA, AgreementKind.OLA}
