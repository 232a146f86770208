"""Improvement from a suggestion to the review of what became of it (PR14)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.sms import service as sms

SHOWN = {
    "suggestion": """key status source finding timesSeen score because decision
      wouldImprove { key } improvements { key status }""",
    "improvement": """key status title dueAt implementedAt effect review closedAt owner { key }
      follows { key } actions { key status progress } changes { key }""",
    "improvementAction": "key status title progress note dueAt owner { key } carriesOut { key }",
    "change": "key title raisedFrom { key kind title } alters { effect element { key } }",
}
CLASSES = {"value": "high", "effort": "medium", "urgency": "low"}
DUE = "2031-01-01T00:00:00Z"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        server = {"kind": "CI", "type": "Server", "key": "a", "name": "A"}
        document = "mutation E($i: RegisterElementInput!) { registerElement(input: $i) { ok } }"
        assert (await made.ask(document, i=server))["registerElement"]["ok"]
        asked = Request(actor="test", via="test")
        given = {"key": "ops", "name": "Operations"}
        await made.product.graph.write(sms.register_party, asked, "Group", given)
        yield made


async def told(caller: Caller, verb: str, one: str, **given: Any) -> Any:
    document = f"""mutation A($i: {verb[0].upper()}{verb[1:]}Input!) {{ {verb}(input: $i) {{
      ok seq errors {{ code path requirement }} {one} {{ {SHOWN[one]} }} }} }}"""
    return (await caller.ask(document, i=given))[verb]


async def done(caller: Caller, verb: str, one: str, **given: Any) -> Any:
    found = await told(caller, verb, one, **given)
    assert found["ok"], found["errors"]
    return found[one]


async def accepted(caller: Caller, title: str) -> Any:
    made = await done(caller, "registerSuggestion", "suggestion", title=title)
    await done(caller, "evaluateSuggestion", "suggestion", ref=made["key"], **CLASSES)
    given = {"suggestion": made["key"], "decision": "worth it", "owner": "ops"}
    return await done(caller, "acceptSuggestion", "improvement", **given)


async def test_the_same_finding_again_is_counted(caller: Caller) -> None:
    """PR14.1."""
    given = {"title": "A is alone", "finding": "spof/a", "source": "REPORT", "wouldImprove": ["a"]}
    first = await done(caller, "registerSuggestion", "suggestion", **given)
    again = await done(caller, "registerSuggestion", "suggestion", **given)
    assert (again["key"], again["timesSeen"]) == (first["key"], 2)
    assert [each["key"] for each in again["wouldImprove"]] == ["a"]
    await done(caller, "rejectSuggestion", "suggestion", ref=first["key"], decision="no money")
    later = await done(caller, "registerSuggestion", "suggestion", **given)
    assert (later["key"] != first["key"], later["timesSeen"]) == (True, 1), "that was decided"


async def test_it_is_evaluated_alike_whoever_does_it(caller: Caller) -> None:
    """PR14.2: points by policy, with their reasons."""
    made = await done(caller, "registerSuggestion", "suggestion", title="a second one")
    early = await told(caller, "acceptSuggestion", "improvement", suggestion=made["key"],
                       decision="now")  # fmt: skip
    assert [each["code"] for each in early["errors"]] == ["ILLEGAL_TRANSITION"]
    wrong = {**CLASSES, "effort": "immense"}
    refused = await told(caller, "evaluateSuggestion", "suggestion", ref=made["key"], **wrong)
    assert refused["errors"][0]["path"] == ["effort"]
    rated = await done(caller, "evaluateSuggestion", "suggestion", ref=made["key"], **CLASSES)
    assert (rated["status"], rated["score"]) == ("evaluated", 6)
    assert rated["because"][-1] == "6 together, worthwhile from 6 on"


async def test_an_accepted_one_becomes_an_improvement_with_an_owner(caller: Caller) -> None:
    """PR14.2."""
    made = await accepted(caller, "a second uplink")
    assert (made["status"], made["owner"]["key"]) == ("planned", "ops")
    document = """query S($k: String!) {
      suggestion(by: {key: $k}) { status decision improvements { key } } }"""
    found = (await caller.ask(document, k=made["follows"]["key"]))["suggestion"]
    assert found["improvements"] == [{"key": made["key"]}]
    assert (found["status"], found["decision"]) == ("accepted", "worth it")


async def test_its_actions_are_controlled_to_the_end(caller: Caller) -> None:
    """PR14.3: status and progress of actions, and what it changed."""
    made = await accepted(caller, "spare parts")
    ref, act = made["key"], "improvementAction"
    plan = {"improvement": ref, "dueAt": DUE, "owner": "ops"}
    buy = await done(caller, "registerImprovementAction", act, title="buy", **plan)
    assert (buy["carriesOut"]["key"], buy["owner"]["key"]) == (ref, "ops")
    build = await done(caller, "registerImprovementAction", act, title="build", **plan)
    half = await done(caller, "reportImprovementAction", act, ref=buy["key"], progress=50)
    assert half["progress"] == 50
    much = await told(caller, "reportImprovementAction", act, ref=buy["key"], progress=101)
    assert much["errors"][0]["path"] == ["progress"]
    early = await told(caller, "implementImprovement", "improvement", ref=ref)
    assert [(e["code"], e["requirement"]) for e in early["errors"]] == [("ACTIONS_OPEN", "PR14.3")]
    await done(caller, "completeImprovementAction", act, ref=buy["key"])
    await done(caller, "cancelImprovementAction", act, ref=build["key"], why="bought whole")
    built = await done(caller, "implementImprovement", "improvement", ref=ref)
    assert (built["status"], built["closedAt"]) == ("implemented", None)
    seen = {"ref": ref, "effect": "IMPROVED", "review": "never down since"}
    over = await done(caller, "reviewImprovement", "improvement", **seen)
    assert (over["status"], over["effect"], over["closedAt"] is None) == (
        "reviewed",
        "improved",
        False,
    )
    late = await told(caller, "registerImprovementAction", act, title="more", **plan)
    assert [each["code"] for each in late["errors"]] == ["ILLEGAL_TRANSITION"]


async def test_open_actions_go_with_what_is_given_up(caller: Caller) -> None:
    made = await accepted(caller, "a bigger hall")
    plan = {"improvement": made["key"], "dueAt": DUE}
    act = "improvementAction"
    one = await done(caller, "registerImprovementAction", act, title="ask", **plan)
    overdue = """query O($at: DateTime!) { improvementActions(where: {
      open: true, dueAt: {lt: $at}}) { nodes { key } } }"""
    at = "2100-01-01T00:00:00Z"
    before = (await caller.ask(overdue, at=at))["improvementActions"]["nodes"]
    assert {"key": one["key"]} in before
    gone = await done(caller, "cancelImprovement", "improvement", ref=made["key"], why="no")
    assert gone["actions"] == [{"key": one["key"], "status": "cancelled", "progress": 0}]
    after = (await caller.ask(overdue, at=at))["improvementActions"]["nodes"]
    assert {"key": one["key"]} not in after


@pytest.mark.parametrize("kind", ["Incident", "Problem", "Improvement"])
async def test_a_change_is_raised_from_it(caller: Caller, kind: str) -> None:
    """PR9.2, PR10.2, PR14.2: the arrows to change management."""
    hit = [{"element": "a", "effect": "DEGRADED"}]
    if kind == "Improvement":
        source = (await accepted(caller, "new firmware"))["key"]
    else:
        more = {"affects": hit} if kind == "Incident" else {}
        one = kind.lower()
        document = f"""mutation A($i: Register{kind}Input!) {{ register{kind}(input: $i) {{
          {one} {{ key }} }} }}"""
        given = {"title": "new firmware", **more}
        source = (await caller.ask(document, i=given))[f"register{kind}"][one]["key"]
    verb = f"raiseChangeFrom{kind}"
    made = await done(caller, verb, "change", raisedFrom=source, changes=hit)
    assert made["raisedFrom"] == {"key": source, "kind": kind, "title": "new firmware"}
    assert made["alters"] == [{"effect": "DEGRADED", "element": {"key": "a"}}]
    nothing = await told(caller, verb, "change", raisedFrom="CHG-000001", changes=hit)
    assert [each["code"] for each in nothing["errors"]] == ["NOT_FOUND"]
