"""An incident from its first response to its end, with clocks that the ledger can tell again."""

import random
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import pytest_asyncio

from e2e.desk import (
    BERLIN,
    CLOSED,
    DAY,
    GOLD,
    HOUR,
    PACES,
    Desk,
    agreed,
    before_good_friday,
    before_the_leap,
    opened,
    ordinary,
)
from fitsm_graph.graph import histories
from fitsm_graph.graph.changes import RecordChange
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import VERBS, Request
from fitsm_graph.kernel.clock import from_text, to_text
from oracles import service_time


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    async with opened(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        yield made


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def begun_again(desk: Desk) -> AsyncIterator[None]:
    await desk.emptied()
    yield


# --- clocks ---------------------------------------------------------------------------------------


async def test_the_agreement_of_the_service_that_is_reached_counts(desk: Desk) -> None:
    now = await desk.until(10, ordinary)
    made = await desk.new("engine")
    assert made["agreed"][0].startswith("targets/gold/")
    assert (made["agreed"][1], made["targetPriority"]) == ("service-calendar/berlin/1", 2)
    assert made["responseDueAt"] == to_text(now + HOUR)
    assert made["resolutionDueAt"] == to_text(now + 6 * HOUR)
    other = await desk.new("store")
    assert other["agreed"] == ["targets/default/1", "service-calendar/24x7/1"]
    assert other["resolutionDueAt"] == to_text(now + 8 * HOUR)


async def test_a_waiting_incident_has_time_and_goes_on_after_the_holiday(desk: Desk) -> None:
    now = await desk.until(11, before_good_friday)
    made = await desk.new()
    desk.clock.advance(HOUR / 2)
    begun = await desk.done("beginIncident", ref=made["key"])
    assert (begun["status"], begun["responseDueAt"]) == ("in_progress", None)
    assert begun["respondedAt"] == to_text(now + HOUR / 2)
    desk.clock.set(now + 2 * HOUR)
    waits = {"ref": made["key"], "waitingFor": "SUPPLIER", "why": "a disk"}
    waiting = await desk.done("waitIncident", **waits)
    assert (waiting["status"], waiting["resolutionDueAt"]) == ("waiting", None)
    assert (waiting["waitingFor"], waiting["waitingReason"]) == ("supplier", "a disk")
    desk.clock.set(now + 3 * HOUR)
    resumed = await desk.done("resumeIncident", ref=made["key"])
    assert (resumed["waitingFor"], resumed["waitingReason"]) == ("", "")
    tuesday = (now + 5 * DAY).astimezone(BERLIN).date()
    due = datetime.combine(tuesday, time(10), BERLIN)  # five hours were used on Thursday
    assert resumed["resolutionDueAt"] == to_text(due)
    shown = await desk.clocks(made["key"], due - HOUR / 2)
    assert shown["resolution"]["left"] == 1_800
    assert [each["share"] for each in shown["resolution"]["warnings"]] == [0.5, 0.75]
    assert shown["response"]["metAt"] == begun["respondedAt"]


async def test_urgency_rises_with_the_time_and_the_promise_stays(desk: Desk) -> None:
    await desk.until(9, ordinary)
    made = await desk.new()
    assert (made["priority"], made["urgency"]) == (2, "medium")
    desk.clock.advance(4 * HOUR + HOUR * 0.6)
    late = await desk.done("prioritiseIncident", ref=made["key"])
    assert (late["priority"], late["urgency"], late["targetPriority"]) == (1, "high", 2)
    assert late["resolutionDueAt"] == made["resolutionDueAt"]
    assert "less than 25% of the time to resolve it is left" in late["because"][1]


async def test_a_later_agreement_does_not_change_what_was_promised(desk: Desk) -> None:
    now = await desk.until(9, ordinary)
    made = await desk.new()
    quick = {name: {**pair, "response": "PT1M"} for name, pair in GOLD["priorities"].items()}
    await agreed(desk.caller.product, "targets", "gold", {**GOLD, "priorities": quick})
    begun = await desk.done("beginIncident", ref=made["key"])
    assert begun["agreed"] == made["agreed"]
    assert begun["resolutionDueAt"] == made["resolutionDueAt"]
    fresh = await desk.new()
    assert fresh["agreed"] != made["agreed"]
    assert fresh["responseDueAt"] == to_text(now + timedelta(minutes=1))
    await agreed(desk.caller.product, "targets", "gold", GOLD)


@pytest.mark.parametrize("seed", range(4))
async def test_what_a_record_keeps_is_what_the_ledger_tells(desk: Desk, seed: int) -> None:
    """At every step of lives made up, read again later, and counted minute by minute."""
    pick = random.Random(seed)
    await desk.until(14, before_the_leap)
    desk.clock.advance(timedelta(minutes=pick.randrange(600)))
    record = await desk.new()
    for _ in range(7):
        await agrees(desk, record, pick)
        desk.clock.advance(timedelta(minutes=pick.randrange(5, 1_500)))
        verb, given = step(pick, record["status"])
        record = await desk.done(verb, ref=record["key"], **given)
    await agrees(desk, record, pick)


def step(pick: random.Random, status: str) -> tuple[str, Mapping[str, Any]]:
    resolve = ("resolveIncident", {"resolution": "so"})
    wait = ("waitIncident", {"waitingFor": "USER", "why": "x"})
    again: dict[str, list[tuple[str, Mapping[str, Any]]]] = {
        "registered": [("beginIncident", {}), wait, ("prioritiseIncident", {})],
        "in_progress": [wait, resolve, ("prioritiseIncident", {})],
        "waiting": [("resumeIncident", {}), resolve],
        "resolved": [("reopenIncident", {"why": "no"})],
    }
    return pick.choice(again[status])


async def agrees(desk: Desk, record: Mapping[str, Any], pick: random.Random) -> None:
    """The record, the clocks read at some later time, and minutes say the same."""
    later = desk.clock.now() + timedelta(minutes=pick.randrange(0, 4_000))
    shown = await desk.clocks(record["key"], later)
    for name, field in (("response", "responseDueAt"), ("resolution", "resolutionDueAt")):
        assert (shown[name]["brokenAt"] or shown[name]["dueAt"]) == record[field], name
    turns = await told_turns(desk, record["key"])
    within = GOLD["priorities"][str(record["targetPriority"])]["resolution"]
    minutes = int(within[2:-1]) * 60
    days: dict[date, list[Any]] = {day: [] for day in CLOSED}
    berlin = ("Europe/Berlin", [[(540, 1020)]] * 5 + [[], []], days)
    used, broken = service_time.clock(*berlin, minutes, turns, desk.clock.now())
    if broken is None and turns[-1][1] == "runs":
        broken = service_time.after(*berlin, desk.clock.now(), minutes - used)
    assert record["resolutionDueAt"] == (to_text(broken) if broken else None)


async def told_turns(desk: Desk, key: str) -> list[tuple[datetime, str]]:
    """What the states of a record did to its clock, from its history in the ledger alone."""
    graph = desk.caller.product.graph
    id = (await desk.caller.ask(f'{{ incident(by: {{key: "{key}"}}) {{ id }} }}'))["incident"]["id"]
    return [
        (from_text(entry.entry["at"]), PACES.get(str(change.after["status"]), "stops"))
        for entry in await histories.history_of(graph, id)
        for change in entry.changes
        if isinstance(change, RecordChange) and "status" in change.after
    ]


# --- its life -------------------------------------------------------------------------------------


async def test_it_is_closed_once_a_user_confirms_it_or_time_has_passed(desk: Desk) -> None:
    made = await desk.new()
    cause = {"closureCode": "workaround", "cause": "worn out", "causedIn": "engine"}
    wrong = {**cause, "closureCode": "magic"}
    key = made["key"]
    assert await desk.code("closeIncident", ref=key) == "ILLEGAL_TRANSITION"
    assert (
        await desk.code("resolveIncident", ref=key, resolution="x", **wrong)
        == "UNKNOWN_CLOSURE_CODE"
    )
    done = await desk.done("resolveIncident", ref=key, resolution="a new one", **cause)
    assert (done["status"], done["closureCode"], done["cause"]) == (
        "resolved",
        "workaround",
        "worn out",
    )
    assert [each["key"] for each in done["causedIn"]] == ["engine"]
    assert done["endsAt"] == done["resolvedAt"]
    told = await desk.do("closeIncident", ref=key)
    assert [(e["code"], e["requirement"]) for e in told["errors"]] == [
        ("CONFIRMATION_MISSING", "PR9.5")
    ]
    desk.clock.advance(timedelta(days=7))
    closed = await desk.done("closeIncident", ref=key)
    assert (closed["status"], closed["confirmed"]) == ("closed", False)
    assert closed["endsAt"] == done["endsAt"], "closing does not make it longer"
    assert closed["closedAt"] > closed["endsAt"]
    assert await desk.code("reopenIncident", ref=key, why="x") == "ILLEGAL_TRANSITION"


async def test_it_is_opened_again_as_often_as_rules_allow(desk: Desk) -> None:
    made = await desk.new()
    for number in range(1, 4):
        await desk.done("resolveIncident", ref=made["key"], resolution="so")
        opened = await desk.done("reopenIncident", ref=made["key"], why=f"no {number}")
        assert (opened["status"], opened["reopened"]) == ("in_progress", number)
        assert (opened["endsAt"], opened["resolvedAt"], opened["closureCode"]) == (None, None, "")
    assert opened["reopenReason"] == "no 3"
    await desk.done("resolveIncident", ref=made["key"], resolution="so")
    assert await desk.code("reopenIncident", ref=made["key"], why="no 4") == "REOPEN_LIMIT"


async def test_a_cause_is_corrected_when_it_is_resolved_again(desk: Desk) -> None:
    made = await desk.new()
    for cause in ("engine", "engine", "store"):
        given = {"ref": made["key"], "resolution": "so", "causedIn": cause}
        done = await desk.done("resolveIncident", **given)
        assert [each["key"] for each in done["causedIn"]] == [cause]
        await desk.done("reopenIncident", ref=made["key"], why="no")


async def test_what_is_none_is_given_up_with_a_reason(desk: Desk) -> None:
    made = await desk.new()
    given = {"ref": made["key"], "givenUpAs": "NO_LONGER_RELEVANT"}
    assert await desk.code("rejectIncident", why=" ", **given) == "BAD_INPUT"
    gone = await desk.done("rejectIncident", why="the server is gone", **given)
    assert (gone["status"], gone["closureCode"]) == ("rejected", "no_longer_relevant")
    assert gone["endsAt"] == gone["closedAt"]


async def test_reports_of_the_same_are_found_grouped_and_end_together(desk: Desk) -> None:
    first = await desk.new()
    second = await desk.new("store")
    third, fourth = await desk.new(), await desk.new()
    assert first["key"] in third["similar"]
    assert {first["key"], third["key"]} <= set(fourth["similar"])
    assert first["key"] not in (second["similar"] or [])
    part = await desk.done("mergeIncident", ref=third["key"], into=first["key"])
    assert part["partOf"] == {"key": first["key"]}
    for ref, into, code in (
        (first, first, "PART_OF_ITSELF"),
        (first, second, "PARTS_NESTED"),
        (second, third, "PARTS_NESTED"),
        (third, second, "PARTS_NESTED"),
    ):
        assert await desk.code("mergeIncident", ref=ref["key"], into=into["key"]) == code
    assert await desk.code("splitIncident", ref=second["key"]) == "NO_PART"
    given = {"ref": first["key"], "givenUpAs": "WITHDRAWN", "why": "x"}
    assert await desk.code("rejectIncident", **given) == "PARTS_OPEN"
    await desk.done("mergeIncident", ref=fourth["key"], into=first["key"])
    await desk.done("splitIncident", ref=fourth["key"])
    whole = await desk.done("resolveIncident", ref=first["key"], resolution="restarted")
    assert whole["parts"] == [{"key": third["key"], "status": "resolved"}]
    opened = await desk.done("reopenIncident", ref=third["key"], why="not here")
    assert opened["status"] == "in_progress"
    closing = {"ref": first["key"], "confirmed": True}
    assert await desk.code("closeIncident", **closing) == "PARTS_OPEN"
    await desk.done("resolveIncident", ref=third["key"], resolution="here too")
    closed = await desk.done("closeIncident", **closing)
    assert closed["parts"] == [{"key": third["key"], "status": "closed"}]


async def test_verbs_cost_few_statements(desk: Desk) -> None:
    made = await desk.new()
    graph = desk.caller.product.graph
    request = Request(actor="test", via="test")
    verbs = [
        ("incident.begin", (), 4),  # one of them asks what is known, to note that it was shown
        ("incident.resolve", ("done",), 3),
        ("incident.close", (), 3),
    ]
    for name, given, most in verbs:
        before = graph.statements
        more = {"confirmed": True} if name == "incident.close" else {}
        await graph.write(
            VERBS[name].run, request, desk.caller.product.policies, made["key"], *given, **more
        )
        assert graph.statements - before <= most, name
