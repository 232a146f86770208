"""A service request from what is offered to its end, by the same rules as an incident."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from e2e.calling import Caller, somebody
from e2e.desk import DAY, HOUR, Desk, opened, ordinary
from fitsm_graph import bootstrap
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.sms import accounts

SHOWN = """key status title category impact urgency priority targetPriority agreed because
    computedImpact computedUrgency computedPriority
    responseDueAt resolutionDueAt respondedAt resolvedAt closedAt nextUpdateDueAt waitingFor
    closureCode reopened registeredBy requester { key } requests { key } owner { key }
    steps { number stepKind title state doneAt doneBy note stepList } stepLists stepsTotal stepsOpen
    escalations { direction to { key } }
    comments { text public } changes { key }"""
TOLD = f"{{ ok errors {{ code requirement }} serviceRequest {{ {SHOWN} }} }}"
OFFER = """mutation O($i: RegisterRequestOfferingInput!) { registerRequestOffering(input: $i) {
  ok errors { code message } requestOffering { key status steps offers { key } } } }"""
STEPS = [
    {"title": "the head of the unit agrees", "kind": "APPROVAL"},
    {"title": "make room", "kind": "RAISE_CHANGE"},
    {"title": "create it"},
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(neo4j_endpoint: Endpoint, tmp_path_factory: Any) -> AsyncIterator[Desk]:
    async with opened(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def other(desk: Desk) -> Caller:
    """A second person at the desk."""
    return await somebody(desk.caller, "second", "process_manager")


async def does(caller: Caller, verb: str, **given: Any) -> Any:
    """Run a mutation on a request, and answer with its payload."""
    name = f"{verb[0].upper()}{verb[1:]}Input"
    document = f"mutation A($i: {name}!) {{ {verb}(input: $i) {TOLD} }}"
    return (await caller.ask(document, i=given))[verb]


async def done(caller: Caller, verb: str, **given: Any) -> Any:
    told = await does(caller, verb, **given)
    assert told["ok"], told
    return told["serviceRequest"]


async def code(caller: Caller, verb: str, **given: Any) -> str:
    told = await does(caller, verb, **given)
    assert not told["ok"]
    return str(told["errors"][0]["code"])


async def offered(desk: Desk, **more: Any) -> str:
    given = {"title": "a mailbox", "service": "mail", "steps": STEPS, "impact": "medium"}
    told = await desk.caller.ask(OFFER, i={**given, "category": "account", **more})
    assert told["registerRequestOffering"]["ok"], told
    key: str = told["registerRequestOffering"]["requestOffering"]["key"]
    return key


async def test_it_goes_its_way_by_the_steps_of_its_offering(desk: Desk, other: Caller) -> None:
    now, one = await desk.until(9, ordinary), desk.caller
    token = await somebody(one, "third", "process_manager")
    other.token = token.token
    offering = await offered(desk)
    made = await done(one, "registerServiceRequest", offering=offering, requester="ada")
    key = made["key"]
    assert (made["title"], made["category"], made["registeredBy"]) == (
        "a mailbox",
        "account",
        "admin",
    )
    assert (made["impact"], made["urgency"], made["priority"]) == ("medium", "low", 4)
    assert made["agreed"][1] == "service-calendar/berlin/1"
    assert made["responseDueAt"] == to_text(now + HOUR)
    assert made["nextUpdateDueAt"] == to_text(now + 3 * DAY)
    assert [each["stepKind"] for each in made["steps"]] == ["approval", "raise_change", "manual"]
    step = {"ref": key, "number": 1}
    assert await code(one, "completeRequestStep", **step) == "SEPARATION_OF_DUTIES"
    assert await code(other, "completeRequestStep", ref=key, number=2) == "STEPS_IN_ORDER"
    assert await code(other, "completeRequestStep", ref=key, number=4) == "NOT_FOUND"
    approved = await done(other, "completeRequestStep", **step, note="so be it")
    assert (approved["status"], approved["responseDueAt"]) == ("in_progress", None)
    assert (approved["steps"][0]["doneBy"], approved["steps"][0]["note"]) == ("third", "so be it")
    assert await code(other, "completeRequestStep", **step) == "STEP_DONE"
    assert await code(one, "completeRequestStep", ref=key, number=2) == "CHANGE_NOT_RAISED"
    change = """mutation C($i: RaiseChangeFromServiceRequestInput!) {
      raiseChangeFromServiceRequest(input: $i) {
        ok errors { code } change { raisedFrom { key } } } }"""
    hit = [{"element": "engine", "effect": "AT_RISK"}]
    raised = await one.ask(change, i={"raisedFrom": key, "changes": hit})
    assert raised["raiseChangeFromServiceRequest"]["change"]["raisedFrom"] == {"key": key}
    assert await code(one, "completeRequestStep", ref=key, number=2) == "STEP_DONE", "by the change"
    given = {"ref": key, "resolution": "it is there"}
    assert await code(one, "fulfilServiceRequest", **given) == "STEPS_OPEN"
    await done(one, "completeRequestStep", ref=key, number=3)
    ended = await done(one, "fulfilServiceRequest", **given)
    assert (ended["status"], ended["resolvedAt"]) == ("fulfilled", to_text(desk.clock.now()))
    assert await code(one, "closeServiceRequest", ref=key) == "CONFIRMATION_MISSING"
    again = await done(one, "reopenServiceRequest", ref=key, why="it is not")
    assert (again["status"], again["reopened"]) == ("in_progress", 1)
    await done(one, "fulfilServiceRequest", **given)
    closed = await done(one, "closeServiceRequest", ref=key, confirmed=True)
    assert (closed["status"], closed["closureCode"]) == ("closed", "fixed")


async def test_it_waits_is_escalated_and_told_of_like_an_incident(desk: Desk) -> None:
    await desk.until(9, ordinary)
    one, offering = desk.caller, await offered(desk, service="wiki")
    key = (await done(one, "registerServiceRequest", offering=offering))["key"]
    waiting = await done(one, "waitServiceRequest", ref=key, waitingFor="USER", why="a name")
    assert (waiting["status"], waiting["resolutionDueAt"]) == ("waiting", None)
    going = await done(one, "resumeServiceRequest", ref=key)
    assert going["resolutionDueAt"] is not None
    handed = await done(one, "escalateServiceRequest", ref=key, why="beyond us")
    assert handed["owner"] == {"key": "first"}, "nobody owns the service"
    up = await done(one, "escalateServiceRequestUp", ref=key, why="late")
    assert {each["direction"] for each in up["escalations"]} == {"functional", "hierarchical"}
    told = await done(one, "updateUsersOfServiceRequest", ref=key, text="soon")
    assert told["comments"] == [{"text": "soon", "public": True}]
    graver = {"impact": "high", "urgency": "high", "overrideReason": "the director"}
    first = await done(one, "prioritiseServiceRequest", ref=key, **graver)
    assert (first["priority"], first["targetPriority"]) == (1, 1)
    said = [first[f"computed{each}"] for each in ("Impact", "Urgency", "Priority")]
    assert said == ["medium", "low", 4], "what the offering says stays beside it"
    assert (await done(one, "prioritiseServiceRequest", ref=key))["priority"] == 4
    named = {"ref": key, "category": "permission"}
    assert (await done(one, "classifyServiceRequest", **named))["category"] == "permission"
    given = {"ref": key, "givenUpAs": "WITHDRAWN", "why": "no need"}
    assert (await done(one, "rejectServiceRequest", **given))["status"] == "rejected"


async def test_urgency_rises_as_time_runs_out(desk: Desk) -> None:
    await desk.until(9, ordinary)
    one, offering = desk.caller, await offered(desk)
    made = await done(one, "registerServiceRequest", offering=offering)
    desk.clock.advance(4 * DAY)
    await desk.sign_in()
    late = await done(one, "prioritiseServiceRequest", ref=made["key"])
    assert (late["urgency"], late["targetPriority"]) == ("high", made["targetPriority"])
    assert late["resolutionDueAt"] == made["resolutionDueAt"]
    due = "query D($at: DateTime) { escalationsDue(at: $at) { key kind } }"
    found = (await one.ask(due, at=to_text(desk.clock.now())))["escalationsDue"]
    assert {"key": made["key"], "kind": "ServiceRequest"} in found


async def test_nobody_approves_with_another_account_what_they_registered(desk: Desk) -> None:
    await desk.sign_in()
    write, asked = desk.caller.product.graph.write, Request(actor="test", via="test")
    logins = []
    for login in ("sam1", "sam2"):
        given = (login, ["process_manager"], "digest")
        await write(accounts.create_account, asked, *given, person="sam")
        token = await bootstrap.new_token(desk.caller.product, login, 1, [])
        logins.append(Caller(desk.caller.product, desk.caller.http, token.secret))
    one, same = logins
    offering = await offered(desk)
    key = (await done(one, "registerServiceRequest", offering=offering))["key"]
    assert await code(same, "completeRequestStep", ref=key, number=1) == "SEPARATION_OF_DUTIES"
    await done(desk.caller, "completeRequestStep", ref=key, number=1)


async def test_conformity_looks_at_requests_as_well(desk: Desk) -> None:
    now = await desk.until(9, ordinary)
    offering = await offered(desk, category="")
    bare = (await done(desk.caller, "registerServiceRequest", offering=offering))["key"]
    desk.clock.advance(HOUR)
    period = {"since": to_text(now), "until": to_text(now + HOUR)}
    document = """query C($since: DateTime!, $until: DateTime!) {
      conformity(requirement: "PR9.1", since: $since, until: $until) { findings {
        checked conforming violations { kind key indicator } evidence { what count } } } }"""
    (found,) = (await desk.caller.ask(document, **period))["conformity"]["findings"]
    assert (found["checked"], found["conforming"]) == (2, 1), "the agreement lacks nothing"
    assert found["violations"] == [
        {"kind": "ServiceRequest", "key": bare, "indicator": "unclassified"}
    ]
    counts = {each["what"]: each["count"] for each in found["evidence"]}
    assert counts == {"incidents": 0, "service_requests": 1, "agreements": 1}


async def test_what_is_offered_no_more_is_not_asked_for(desk: Desk) -> None:
    await desk.sign_in()
    one, offering = desk.caller, await offered(desk)
    withdraw = """mutation W($ref: ID!) { withdrawRequestOffering(input: {ref: $ref}) {
      ok requestOffering { status } } }"""
    told = (await one.ask(withdraw, ref=offering))["withdrawRequestOffering"]
    assert told["requestOffering"]["status"] == "withdrawn"
    assert await code(one, "registerServiceRequest", offering=offering) == "ILLEGAL_TRANSITION"
    for wrong, why in (
        ({"steps": []}, "BAD_INPUT"),
        ({"service": "engine"}, "NOT_FOUND"),
        ({"impact": "huge"}, "UNKNOWN_CLASS"),
        ({"category": "poem"}, "UNKNOWN_CATEGORY"),
    ):
        given = {"title": "x", "service": "mail", "steps": STEPS, **wrong}
        told = (await one.ask(OFFER, i=given))["registerRequestOffering"]
        assert [each["code"] for each in told["errors"]] == [why]
