"""Clocks of records from the states that they went through, against tables and minute by minute."""

import json
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.flow.agreements import Agreement, agreements_for, kept_agreements
from fitsm_graph.flow.calendar_form import parse_calendar
from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.past_states import Step, steps_of
from fitsm_graph.flow.policies import InForce, Policies, digest_of
from fitsm_graph.flow.reading import Reader
from fitsm_graph.flow.target_form import AgreedTargets, parse_targets
from fitsm_graph.isrm.clocks import new_stamps, read_clocks, stamps
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.sms.policies import default_policies
from oracles import service_time

POLICIES = default_policies(KINDS)
LIFE = life_of(POLICIES, "Incident")
TABLE = Path(__file__).parents[2] / "cases" / "isrm" / "clocks.txt"
ROW = re.compile(
    r"(?P<zone>\S+) +(?P<hours>\S+) +(?P<closed>\S+) +(?P<within>P\S+) +(?P<life>.*?) +"
    r"(?P<response>[0-9T:-]+|-) +(?P<resolution>[0-9T:-]+|-)  +(?P<why>[^0-9].*)"
)
UTC = "+00:00"


def rows() -> list[dict[str, str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    found = [ROW.fullmatch(line) for line in lines if line and not line.startswith("#")]
    assert all(found)
    return [row.groupdict() for row in found if row]


def moment(text: str) -> str:
    return to_text(from_text(text + ":00" + UTC))


def due(text: str) -> str | None:
    return None if text == "-" else moment(text)


def agreement(
    zone: str, hours: str, closed: str, within: str, response: str = "PT1H", name: str = "default"
) -> Agreement:
    every: Any = "always" if hours == "always" else {"mon-sun": [hours]}
    days = {} if closed == "-" else {closed: []}
    calendar = parse_calendar({"name": "c", "zone": zone, "week": every, "days": days})
    pair = {"response": response, "resolution": within}
    read = Reader()
    targets = parse_targets(name, {"calendar": "c", "priorities": {"1": pair}}, read)
    assert isinstance(targets, AgreedTargets), read.problems
    return Agreement(f"targets/{name}/1", "service-calendar/c/1", calendar, targets)


def life_in(text: str) -> list[Step]:
    first, *later = text.split()
    steps = [each.partition("@") for each in later]
    return [Step(moment(first), "registered"), *(Step(moment(at), word) for word, _, at in steps)]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["why"])
def test_the_table(row: dict[str, str]) -> None:
    agreed = agreement(row["zone"], row["hours"], row["closed"], row["within"])
    steps = life_in(row["life"])
    wanted = due(row["response"]), due(row["resolution"])
    for later in (timedelta(), timedelta(minutes=1)):
        now = from_text(steps[-1].at) + later
        kept = stamps(LIFE, {"target_priority": 1}, steps, [agreed], now)
        assert (kept["response_due_at"], kept["resolution_due_at"]) == wanted


def test_no_priority_and_no_agreement_have_no_clocks() -> None:
    steps, agreed = (
        [Step(moment("2026-06-01T00:00"), "registered")],
        agreement("UTC", "always", "-", "PT4H"),
    )
    now = from_text(steps[0].at)
    for priority, each in ((None, [agreed]), (1, []), (7, [agreed])):
        kept = stamps(LIFE, {"target_priority": priority}, steps, each, now)
        assert kept["resolution_due_at"] is None


def test_the_tightest_agreement_counts_for_each_target() -> None:
    quick = agreement("UTC", "always", "-", "PT8H", "PT10M", "quick")
    short = agreement("UTC", "always", "-", "PT2H", "PT1H", "short")
    steps = [Step(moment("2026-06-01T00:00"), "registered")]
    for each in ([quick, short], [short, quick]):
        shown = read_clocks(LIFE, {"target_priority": 1}, steps, each, from_text(steps[0].at))
        assert {name: clock.agreement for name, clock in shown.items()} == {
            "response": "targets/quick/1",
            "resolution": "targets/short/1",
        }


# --- minute by minute -----------------------------------------------------------------------------

START = datetime.fromisoformat("2026-03-27T12:00:00+00:00")
MOVES = st.lists(
    st.tuples(st.integers(1, 900), st.sampled_from(["in_progress", "waiting", "resolved"])),
    max_size=5,
)
PACES = {"registered": "runs", "in_progress": "runs", "waiting": "waits", "resolved": "stops"}


@given(MOVES, st.integers(30, 1_500), st.sampled_from(["always", "08:30-17:15", "02:00-04:00"]))
@settings(max_examples=40, deadline=None)
def test_what_is_kept_is_what_minutes_say(
    moves: list[tuple[int, str]], within: int, hours: str
) -> None:
    """Over the night in which clocks go forward, and a day that is closed."""
    agreed = agreement("Europe/Berlin", hours, "2026-03-30", f"PT{within}M", "PT30M")
    steps, here = [Step(to_text(START), "registered")], START
    for minutes, status in moves:
        here += timedelta(minutes=minutes)
        steps.append(Step(to_text(here), status))
    plain = [(from_text(each.at), PACES[each.status]) for each in steps]
    spans = [(0, 1440)] if hours == "always" else [_minutes(hours)]
    days = {date(2026, 3, 30): []}
    shown = stamps(LIFE, {"target_priority": 1}, steps, [agreed], here)["resolution_due_at"]
    calendar = ("Europe/Berlin", [spans] * 7, days)
    used, broken = service_time.clock(*calendar, within, plain, here)
    if broken is None and plain[-1][1] == "runs":
        broken = service_time.after(*calendar, here, within - used)
    assert shown == (to_text(broken) if broken is not None else None)


def _minutes(hours: str) -> tuple[int, int]:
    begins, ends = (each.split(":") for each in hours.split("-"))
    return int(begins[0]) * 60 + int(begins[1]), int(ends[0]) * 60 + int(ends[1])


# --- where the states and the agreements come from ------------------------------------------------


def test_states_follow_from_the_record_and_what_was_replaced() -> None:
    record = {"created_at": "2026-01-01", "status": "resolved"}
    changes = [
        {"seq": 9, "at": "2026-01-09", "before": json.dumps({"status": "waiting", "cause": ""})},
        {"seq": 10, "at": "2026-01-10", "before": json.dumps({"title": "was"})},
        {"seq": 3, "at": "2026-01-03", "before": json.dumps({"status": "registered"})},
    ]
    assert steps_of(record, changes) == (
        Step("2026-01-01", "registered"),
        Step("2026-01-03", "waiting"),
        Step("2026-01-09", "resolved"),
    )
    assert steps_of(record, []) == (Step("2026-01-01", "resolved"),)


def named(name: str, *services: str, number: int = 1) -> tuple[InForce, dict[str, Any]]:
    """Targets in force, and the properties of their version."""
    pairs = {str(n): {"response": "PT1H", "resolution": "PT2H"} for n in range(1, 5)}
    document = {"calendar": "24x7", "services": list(services), "priorities": pairs}
    if not services:
        del document["services"]
    digest, key = digest_of("targets", name, document), f"targets/{name}/{number}"
    value = parse_targets(name, document, Reader())
    row = {"key": key, "kind": "targets", "name": name, "digest": digest}
    return InForce(key, "targets", name, digest, value), {**row, "document": json.dumps(document)}


@pytest.mark.parametrize(
    ("reached", "found"),
    [
        ((), ["default"]),
        (("wiki",), ["default"]),
        (("mail",), ["gold"]),
        (("mail", "web"), ["gold", "silver"]),
        (("mail", "wiki"), ["default", "gold"]),
    ],
)
def test_agreements_name_their_services_and_the_default_has_the_rest(
    reached: tuple[str, ...], found: list[str]
) -> None:
    policies = POLICIES.with_(named("gold", "mail")[0]).with_(named("silver", "web")[0])
    keys = [each.key for each in agreements_for(policies, reached)]
    assert [key.split("/")[1] for key in keys] == found


def test_a_record_keeps_the_versions_that_it_was_weighed_by() -> None:
    old, row = named("gold", "mail")
    (first,) = agreements_for(POLICIES.with_(old), ["mail"])
    new = InForce("targets/gold/2", "targets", "gold", "x", None)
    later: Policies = POLICIES.with_(new)
    assert kept_agreements(later, first.keys, [row]) == (first,)
    assert kept_agreements(later, first.keys, []) == (), "a version that is gone says nothing"


def test_a_new_record_is_due_by_what_is_in_force() -> None:
    calendar, targets = (
        POLICIES.find("service-calendar", "24x7"),
        POLICIES.find("targets", "default"),
    )
    assert calendar is not None
    assert targets is not None
    record = {"target_priority": 2, "agreed": [targets.key, calendar.key], "status": "registered"}
    kept = new_stamps(POLICIES, "Incident", record, "2026-06-01T00:00:00.000000Z")
    assert kept == {
        "responded_at": None,
        "resolved_at": None,
        "response_due_at": "2026-06-01T00:30:00.000000Z",
        "resolution_due_at": "2026-06-01T08:00:00.000000Z",
    }
