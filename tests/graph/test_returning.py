"""Records that are given back for information, and go on with an answer (PR9.2 – PR14.2)."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from fitsm_graph.flow.lives import life_of
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.isrm.request_rules import OfferingStep
from fitsm_graph.kernel.errors import BadInput, Conflict, NotFound, Refused
from fitsm_graph.model.declare import RECORDS
from graph.acting import Acting, acting
from graph.syncing import run

pytestmark = pytest.mark.asyncio(loop_scope="session")
KINDS = ("ServiceRequest", "Change", "Release", "Problem", "Suggestion")
SNAPSHOT = 1
"""What is asked of the graph before a verb, so that it can say what elements do."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def it(neo4j_endpoint: Endpoint) -> AsyncIterator[Acting]:
    async with acting(neo4j_endpoint) as made:
        yield made


async def made(it: Acting, kind: str) -> str:
    """A record of a kind that Dan asks for, or reports."""
    if kind != "ServiceRequest":
        hit = [[("host", "at_risk")]] if kind == "Change" else []
        register = f"{RECORDS[kind].group}.register"
        made = await it.act("dan", register, "spring", *hit, description="a start")
    else:
        steps = [OfferingStep("make it")]
        offered = ("ann", "request_offering.register", "a desk", "mail")
        offering = await it.act(*offered, steps=steps)
        more = {"requester": "dan", "description": "a start"}
        made = await it.act("dan", "service_request.register", offering["key"], **more)
    return str(made["key"])


async def does(it: Acting, kind: str, verb: str, key: str, said: str = "so", **more: int) -> None:
    await it.act("ann", f"{RECORDS[kind].group}.{verb}", key, said, **more)


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_missing_is_asked_for_and_said(it: Acting, kind: str) -> None:
    key = await made(it, kind)
    before = it.graph.statements
    await does(it, kind, "return", key, " how high? ")
    assert it.graph.statements - before <= 4 + SNAPSHOT
    asked = await it.record(key)
    missing = asked["waiting_reason" if kind == "ServiceRequest" else "decision"]
    assert missing == "how high?"
    assert life_of(it.policies, kind).states[asked["status"]].pace == "waits"
    before = it.graph.statements
    await does(it, kind, "answer", key, " two metres ")
    assert it.graph.statements - before <= 4 + SNAPSHOT
    told = await it.record(key)
    assert told["description"] == "a start\n\nhow high?\ntwo metres"
    assert not told.get("waiting_reason")
    assert not told.get("decision")
    assert life_of(it.policies, kind).states[told["status"]].pace == "runs"


async def test_the_clocks_of_a_request_stand_still_meanwhile(it: Acting) -> None:
    key = await made(it, "ServiceRequest")
    await it.act("ann", "service_request.begin", key)
    due = (await it.record(key))["resolution_due_at"]
    assert due
    await does(it, "ServiceRequest", "return", key)
    waits = await it.record(key)
    assert (waits["status"], waits["waiting_for"]) == ("waiting", "user")
    it.clock.advance(timedelta(hours=2))
    await does(it, "ServiceRequest", "answer", key)
    after = await it.record(key)
    assert (after["status"], after["waiting_for"]) == ("in_progress", "")
    put_off = moment(after["resolution_due_at"]) - moment(due)
    assert timedelta(hours=2) <= put_off <= timedelta(hours=2, minutes=1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", ["return", "answer"])
async def test_in_other_states_it_is_refused(it: Acting, kind: str, verb: str) -> None:
    key, life = await made(it, kind), life_of(it.policies, kind)
    allowed = life.sources(f"{RECORDS[kind].group}.{verb}")
    assert allowed
    for state in life.states.keys() - set(allowed):
        stands = "MATCH (r:Record {key: $k}) SET r.status = $s"
        await run(it.graph, stands, k=key, s=state)
        with pytest.raises(Refused, match="ILLEGAL_TRANSITION"):
            await does(it, kind, verb, key)
        assert (await it.record(key))["status"] == state


async def test_an_answer_lets_nothing_go_on_that_waits_for_others(it: Acting) -> None:
    key = await made(it, "ServiceRequest")
    await it.act("ann", "service_request.wait", key, "supplier", "the wood")
    with pytest.raises(Refused, match="NOTHING_ASKED"):
        await does(it, "ServiceRequest", "answer", key)
    assert (await it.record(key))["waiting_reason"] == "the wood"


@pytest.mark.parametrize("kind", KINDS)
async def test_what_says_nothing_or_comes_too_late_is_refused(it: Acting, kind: str) -> None:
    key = await made(it, kind)
    with pytest.raises(BadInput):
        await does(it, kind, "return", key, "  ")
    with pytest.raises(Conflict):
        await does(it, kind, "return", key, expected_version=1)
    with pytest.raises(NotFound):
        await does(it, kind, "return", "NONE-000001")
    await does(it, kind, "return", key)
    with pytest.raises(BadInput):
        await does(it, kind, "answer", key, "  ")


async def test_a_problem_is_gone_on_with_while_it_waits_for_its_reporter(it: Acting) -> None:
    key = await made(it, "Problem")
    await does(it, "Problem", "return", key, "since when?")
    await it.act("ann", "problem.link", key, investigates=["spare"])
    assert (await it.record(key))["status"] == "returned"
    with pytest.raises(Refused, match="ILLEGAL_TRANSITION"):
        await it.act("ann", "problem.diagnose", key, "a leak")
    await it.act("ann", "problem.reject", key, "it is none")
    assert (await it.record(key))["status"] == "rejected"


async def test_what_was_evaluated_is_evaluated_again_after_an_answer(it: Acting) -> None:
    key = await made(it, "Suggestion")
    classes = {"value": "low", "value_reason": "little", "effort": "low", "urgency": "low"}
    await it.act("ann", "suggestion.evaluate", key, **classes)
    await does(it, "Suggestion", "return", key)
    with pytest.raises(Refused, match="ILLEGAL_TRANSITION"):
        await it.act("ann", "suggestion.evaluate", key, **classes)
    await does(it, "Suggestion", "answer", key)
    with pytest.raises(Refused, match="ILLEGAL_TRANSITION"):
        await it.act("ann", "suggestion.accept", key, "so be it")
    assert (await it.record(key))["decision"] == ""


@pytest.mark.parametrize("kind", ["Problem", "Suggestion"])
async def test_of_each_it_is_known_who_reported_it(it: Acting, kind: str) -> None:
    register = f"{RECORDS[kind].group}.register"
    for actor, more, reporter in (
        ("dan", {}, ["dan"]),
        ("dan", {"reporter": "eve"}, ["eve"]),
        ("system", {}, []),
    ):
        key = (await it.act(actor, register, "spring", **more))["key"]
        asked = "MATCH ({key: $k})-[:REPORTED_BY]->(p) RETURN p.key"
        assert [each for (each,) in await run(it.graph, asked, k=key)] == reporter
    with pytest.raises(NotFound):
        await it.act("dan", register, "spring", reporter="nobody")


async def test_found_again_a_suggestion_keeps_who_made_it(it: Acting) -> None:
    for actor in ("dan", "eve"):
        key = (await it.act(actor, "suggestion.register", "spring", finding="the same"))["key"]
    asked = "MATCH ({key: $k})-[:REPORTED_BY]->(p) RETURN p.key"
    assert [each for (each,) in await run(it.graph, asked, k=key)] == ["dan"]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
