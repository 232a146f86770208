"""Who is told of an incident: up the path, along the lines, users; and major ones."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.desk import (
    CLOCKS,
    DAY,
    ELEMENT,
    HOUR,
    TIE,
    Desk,
    opened,
    ordinary,
)
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Turn
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.due import escalating
from fitsm_graph.kernel.clock import from_text, to_text


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


# --- escalated, told of, major --------------------------------------------------------------------


async def test_it_is_handed_to_who_owns_what_it_affects_and_then_along_the_lines(
    desk: Desk,
) -> None:
    made = await desk.new("engine")
    given = {"ref": made["key"], "why": "it is in the code"}
    first = await desk.done("escalateIncident", **given)
    assert first["owner"] == {"key": "developers"}, "they own the engine"
    second = await desk.done("escalateIncident", **given)
    assert second["owner"] == {"key": "first"}, "who has it is in no line: the first one follows"
    third = await desk.done("escalateIncident", **given, to="ada")
    assert third["owner"] == {"key": "ada"}
    told = {(each["direction"], each["to"][0]["key"]) for each in third["escalations"]}
    assert told == {("functional", key) for key in ("developers", "first", "ada")}
    assert {each["by"] for each in third["escalations"]} == {"admin"}
    other = await desk.new("store")
    await desk.done("assignIncident", ref=other["key"], owner="second")
    code = await desk.code("escalateIncident", ref=other["key"], why="x")
    assert code == "NOBODY_TO_ESCALATE_TO"
    assert await desk.code("escalateIncident", ref=other["key"], why="x", to="eve") == "NOT_FOUND"


async def test_it_goes_up_the_path_by_role_and_no_further_than_the_top(desk: Desk) -> None:
    made = await desk.new("engine")
    given = {"ref": made["key"], "why": "time is over", "byRule": True}
    wanted = {**given, "byRule": False}
    assert await desk.code("escalateIncidentUp", **wanted) == "NOBODY_TO_ESCALATE_TO"
    old = {**given, "expectedVersion": 99}
    assert await desk.code("escalateIncidentUp", **old) == "VERSION_CONFLICT"
    await desk.done("assignIncident", ref=made["key"], owner="ada")
    steps = []
    for _ in range(4):
        told = await desk.done("escalateIncidentUp", **given)
        steps.append(told["escalationLevel"])
        if steps[-1] == 4:
            break
    by_step = {each["step"]: each for each in told["escalations"]}
    keys = {step: sorted(who["key"] for who in each["to"]) for step, each in by_step.items()}
    assert keys == {1: ["ada"], 2: ["pia"], 3: ["olga", "pia"], 4: ["sam"]}
    assert all(each["byRule"] for each in by_step.values())
    assert await desk.code("escalateIncidentUp", **given) == "NOBODY_ABOVE"


RULE = {"byRule": True}
DUE = """query D($at: DateTime) { escalationsDue(at: $at) {
  key kind step share target since to } }"""


async def test_what_is_due_follows_from_the_clocks(desk: Desk) -> None:
    now = await desk.until(9, ordinary)
    made = await desk.new("engine")

    async def due(hours: float) -> list[tuple[int, str, str]]:
        at = to_text(now + hours * HOUR)
        found = (await desk.caller.ask(DUE, at=at))["escalationsDue"]
        return [(e["step"], e["target"], e["since"]) for e in found if e["key"] == made["key"]]

    assert await due(0.25) == []
    assert await due(0.5) == [(1, "response", to_text(now + HOUR / 2))]
    assert [step for step, *_ in await due(2)] == [1, 2, 3, 4]
    await desk.done("beginIncident", ref=made["key"])
    assert await due(2) == [], "a response that was in time is due no more"
    assert await due(3) == [(1, "resolution", to_text(now + 3 * HOUR))]
    await desk.done("assignIncident", ref=made["key"], owner="ada")
    await desk.done("escalateIncidentUp", ref=made["key"], why="half of it", byRule=True)
    assert await due(4.4) == []
    assert await due(4.5) == [(2, "resolution", to_text(now + 4.5 * HOUR))]
    waits = {"ref": made["key"], "waitingFor": "USER", "why": "x"}
    await desk.done("waitIncident", **waits)
    assert await due(50) == []


async def test_what_is_due_is_done_by_itself_once(desk: Desk) -> None:
    scheduler = desk.caller.product.scheduler
    await desk.until(9, ordinary)
    made = await desk.new("engine")
    assert (await scheduler.run("escalate"))["said"] == ""
    desk.clock.advance(HOUR / 2)
    await desk.done("assignIncident", ref=made["key"], owner="ada")
    for said in ("1 step taken", ""):
        assert (await scheduler.run("escalate"))["said"] == said
    await desk.sign_in()
    shown = '{ incident(by: {key: "%s"}) { escalations { by byRule step reason to { key } } } }'
    found = (await desk.caller.ask(shown % made["key"]))["incident"]["escalations"]
    assert found == [
        {
            "by": "system",
            "byRule": True,
            "step": 1,
            "reason": "50% of the time for response is used",
            "to": [{"key": "ada"}],
        }
    ]


async def test_what_nobody_takes_goes_up_all_the_same(desk: Desk) -> None:
    scheduler = desk.caller.product.scheduler
    await desk.until(9, ordinary)
    made = await desk.new("engine")
    desk.clock.advance(HOUR * 2)
    for said in (*["1 step taken"] * 4, ""):
        assert (await scheduler.run("escalate"))["said"] == said
    shown = '{ incident(by: {key: "%s"}) { escalations { step vacant to { key } } } }'
    await desk.sign_in()
    found = (await desk.caller.ask(shown % made["key"]))["incident"]["escalations"]
    by_step = {each["step"]: (each["vacant"], [who["key"] for who in each["to"]]) for each in found}
    assert by_step[1] == (["case_owner"], [])
    assert (by_step[2], by_step[4]) == (([], ["pia"]), ([], ["sam"]))


async def test_what_cannot_be_escalated_keeps_nothing_else_waiting(desk: Desk) -> None:
    """A person takes the step of one record between the look at what is due and the taking."""
    product = desk.caller.product
    await desk.until(9, ordinary)
    first, second = await desk.new("engine"), await desk.new("engine")
    desk.clock.advance(HOUR * 0.6)
    moved = []

    async def reaches() -> Reaches:
        if not moved:
            moved.append(await desk.done("escalateIncidentUp", ref=first["key"], why="x", **RULE))
        return Reaches(await product.snapshot.current())

    async def policies() -> Policies:
        return product.policies

    job = escalating(product.graph, policies, reaches)
    went = await job.run(Turn(desk.clock.now(), ""))
    assert went.said == f"1 step taken; 1 left: {first['key']} (VERSION_CONFLICT)"
    levels = "{ incidents(where: {open: true}) { nodes { key escalationLevel } } }"
    nodes = (await desk.caller.ask(levels))["incidents"]["nodes"]
    assert {each["key"]: each["escalationLevel"] for each in nodes} == {
        first["key"]: 1,
        second["key"]: 1,
    }


async def test_what_was_escalated_to_the_top_takes_no_place_from_others(desk: Desk) -> None:
    now = await desk.until(9, ordinary)
    old = await desk.new("engine")
    for _ in range(4):
        await desk.done("escalateIncidentUp", ref=old["key"], why="x", **RULE)
    desk.clock.advance(HOUR / 4)
    new = await desk.new("engine")
    due = "query D($at: DateTime) { escalationsDue(at: $at, first: 1) { key step } }"
    found = (await desk.caller.ask(due, at=to_text(now + HOUR)))["escalationsDue"]
    assert found == [{"key": new["key"], "step": 1}, {"key": new["key"], "step": 2}]


async def test_clocks_are_not_read_in_another_age(desk: Desk) -> None:
    made = await desk.new("engine")
    for at in ("9999-01-01T00:00:00Z", "0001-01-02T00:00:00Z"):
        assert await desk.caller.code(DUE, at=at) == "BAD_INPUT"
        assert await desk.caller.code(CLOCKS, of=made["key"], at=at) == "BAD_INPUT"
    assert (await desk.clocks(made["key"], desk.clock.now() + 366 * DAY))["resolution"]["left"] < 0


async def test_users_hear_of_it_by_its_priority(desk: Desk) -> None:
    made = await desk.new("engine")
    now = desk.clock.now()
    assert (made["priority"], made["nextUpdateDueAt"]) == (2, to_text(now + 4 * HOUR))
    desk.clock.advance(HOUR)
    told = await desk.done("updateUsersOfIncident", ref=made["key"], text="we look at it")
    assert told["usersUpdatedAt"] == to_text(now + HOUR)
    assert told["nextUpdateDueAt"] == to_text(now + 5 * HOUR)
    assert told["comments"] == [{"text": "we look at it", "public": True}]
    late = '{ incidents(where: {nextUpdateDueAt: {lte: "%s"}}) { nodes { key } } }'
    found = await desk.caller.ask(late % to_text(now + 5 * HOUR))
    assert {"key": made["key"]} in found["incidents"]["nodes"]
    done = await desk.done("resolveIncident", ref=made["key"], resolution="so")
    assert done["nextUpdateDueAt"] is None
    again = await desk.done("reopenIncident", ref=made["key"], why="no")
    assert again["nextUpdateDueAt"] == told["nextUpdateDueAt"]


async def test_it_is_weighed_again_and_reminded_of_by_the_product(desk: Desk) -> None:
    scheduler = desk.caller.product.scheduler
    spare = {"kind": "CI", "type": "Application", "key": "spare", "name": "spare"}
    assert (await desk.caller.ask(ELEMENT, i=spare))["registerElement"]["ok"]
    made = await desk.new("spare")
    assert made["priority"] == 4
    await scheduler.run("weigh")
    needs = {"type": "DEPENDS_ON", "source": "mail", "target": "spare"}
    assert (await desk.caller.ask(TIE, i=needs))["relateElements"]["ok"]
    assert (await scheduler.run("weigh"))["said"] == "1 incident weighed again"
    shown = '{ incident(by: {key: "%s"}) { priority nextUpdateDueAt } }'
    found = (await desk.caller.ask(shown % made["key"]))["incident"]
    assert found["priority"] == 2
    due = "{ duties { due { matter subject owner { key } } } }"
    assert made["key"] not in str(await desk.caller.ask(due))
    desk.clock.set(from_text(found["nextUpdateDueAt"]))
    assert (await scheduler.run("remind-soon"))["said"] == "1 reminded"
    await desk.sign_in()
    told = (await desk.caller.ask(due))["duties"]["due"]
    assert [each for each in told if each["subject"] == made["key"]] == [
        {"matter": "user_update", "subject": made["key"], "owner": {"key": "pia"}}
    ]


async def test_who_is_affected_is_computed(desk: Desk) -> None:
    made = await desk.new("engine")
    document = """query W($of: ID!) { whoIsAffected(of: $of) { element { key } after
      customers { key userCount } owners { key } } }"""
    found = (await desk.caller.ask(document, of=made["key"]))["whoIsAffected"]
    assert found == [
        {
            "element": {"key": "mail"},
            "after": "DOWN",
            "customers": [{"key": "uni", "userCount": 900}],
            "owners": [{"key": "olga"}],
        }
    ]


async def asked(desk: Desk, document: str, **given: Any) -> Any:
    return next(iter((await desk.caller.ask(document, i=given)).values()))


async def test_a_major_incident_goes_before_everything_and_is_reviewed(desk: Desk) -> None:
    made = await desk.new("store", "AT_RISK")
    key, why = made["key"], "the director cannot read"
    assert made["priority"] > 1
    review = {"incident": key}
    assert await desk.code("standDownIncident", ref=key, why="x") == "NOT_MAJOR"
    document = """mutation A($i: RegisterMajorIncidentReviewInput!) {
      registerMajorIncidentReview(input: $i) { ok errors { code } majorIncidentReview { key } } }"""
    told = await asked(desk, document, **review)
    assert [each["code"] for each in told["errors"]] == ["NOT_MAJOR"]
    problem = """mutation P($i: RaiseProblemFromMajorIncidentInput!) {
      raiseProblemFromMajorIncident(input: $i) {
        ok errors { code } problem { key source category incidents { key } } } }"""
    raised = (await desk.caller.ask(problem, i={"raisedFrom": key}))[
        "raiseProblemFromMajorIncident"
    ]
    assert [each["code"] for each in raised["errors"]] == ["NOT_MAJOR"]
    nobody = {"ref": key, "coordinator": "developers", "why": why}
    assert await desk.code("declareMajorIncident", **nobody) == "NOT_FOUND"
    declared = await desk.done("declareMajorIncident", ref=key, coordinator="ada", why=why)
    await desk.done("classifyIncident", ref=key, category="network")
    assert (declared["priority"], declared["targetPriority"]) == (1, 1)
    assert declared["coordinator"] == {"key": "ada"}
    assert "priority 1: it is a major incident" in declared["because"]
    assert declared["resolutionDueAt"] < made["resolutionDueAt"]
    again = {"ref": key, "coordinator": "ada", "why": why}
    assert await desk.code("declareMajorIncident", **again) == "MAJOR_ALREADY"
    kept = await desk.done("prioritiseIncident", ref=key)
    assert kept["priority"] == 1, "weighing it again does not end it"
    raised = (await desk.caller.ask(problem, i={"raisedFrom": key}))[
        "raiseProblemFromMajorIncident"
    ]
    assert raised["problem"] | {"key": ""} == {
        "key": "",
        "source": "major_incident",
        "category": "network",
        "incidents": [{"key": key}],
    }
    calm = await desk.done("standDownIncident", ref=key, why="he can")
    assert (calm["priority"], calm["majorSince"]) == (made["priority"], declared["majorSince"])
    await desk.done("resolveIncident", ref=key, resolution="glasses")
    closing = {"ref": key, "confirmed": True}
    assert await desk.code("closeIncident", **closing) == "MAJOR_REVIEW_MISSING"
    told = await asked(desk, document, **review)
    ref = told["majorIncidentReview"]["key"]
    assert await desk.code("closeIncident", **closing) == "MAJOR_REVIEW_MISSING"
    complete = """mutation C($ref: ID!) { completeMajorIncidentReview(input: {ref: $ref}) {
      ok errors { code } } }"""
    empty = (await desk.caller.ask(complete, ref=ref))["completeMajorIncidentReview"]
    assert [each["code"] for each in empty["errors"]] == ["REVIEW_EMPTY"]
    say = """mutation D($ref: ID!) { describeMajorIncidentReview(input: {ref: $ref,
      findings: "he had none", actions: ["ada: buys some"]}) { ok } }"""
    assert (await desk.caller.ask(say, ref=ref))["describeMajorIncidentReview"]["ok"]
    assert (await desk.caller.ask(complete, ref=ref))["completeMajorIncidentReview"]["ok"]
    assert (await desk.done("closeIncident", **closing))["status"] == "closed"


async def test_a_major_incident_is_no_part_of_another_nor_closed_with_it_unreviewed(
    desk: Desk,
) -> None:
    whole, major = await desk.new("engine"), await desk.new("engine")
    declared = {"coordinator": "ada", "why": "the director cannot read"}
    await desk.done("declareMajorIncident", ref=major["key"], **declared)
    merged = {"ref": major["key"], "into": whole["key"]}
    assert await desk.code("mergeIncident", **merged) == "MAJOR_PART"
    await desk.done("standDownIncident", ref=major["key"], why="he can")
    await desk.done("mergeIncident", **merged)
    await desk.done("resolveIncident", ref=whole["key"], resolution="glasses")
    closing = {"ref": whole["key"], "confirmed": True}
    assert await desk.code("closeIncident", **closing) == "MAJOR_REVIEW_MISSING"
    register = """mutation A($i: RegisterMajorIncidentReviewInput!) {
      registerMajorIncidentReview(input: $i) { majorIncidentReview { key } } }"""
    review = (await asked(desk, register, incident=major["key"]))["majorIncidentReview"]["key"]
    end = """mutation D($ref: ID!) { describeMajorIncidentReview(input: {ref: $ref,
      findings: "he had none", actions: ["ada: buys some"]}) { ok }
      completeMajorIncidentReview(input: {ref: $ref}) { ok } }"""
    assert (await desk.caller.ask(end, ref=review))["completeMajorIncidentReview"]["ok"]
    assert (await desk.done("closeIncident", **closing))["parts"][0]["status"] == "closed"
