"""Suggestions from what was reported, and what they would be worth by history (PR14.1, PR14.2)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.desk import HOUR, Desk, opened
from fitsm_graph.graph.driver import Endpoint

SHOWN = """key title source timesSeen finding value computedValue valueBecause valueReason score
    wouldImprove { key } comesFrom { key } status"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    async with opened(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        yield made


async def told(desk: Desk, verb: str, **given: Any) -> Any:
    name = f"{verb[0].upper()}{verb[1:]}Input"
    document = f"""mutation A($i: {name}!) {{ {verb}(input: $i) {{
      ok errors {{ code path }} suggestion {{ {SHOWN} }} }} }}"""
    return (await desk.caller.ask(document, i=given))[verb]


async def done(desk: Desk, verb: str, **given: Any) -> Any:
    found = await told(desk, verb, **given)
    assert found["ok"], found
    return found["suggestion"]


async def plainly(desk: Desk, document: str) -> Any:
    answer = await desk.caller.ask(f"mutation {{ {document} }}")
    (found,) = answer.values()
    assert found["ok"], found
    return found


async def reviewed(desk: Desk) -> tuple[str, str]:
    """A major incident on the engine, and its review, which is not completed."""
    incident = (await desk.new("engine"))["key"]
    await plainly(desk, f"""declareMajorIncident(input: {{ref: "{incident}", coordinator: "ada",
      why: "all wait"}}) {{ ok errors {{ code }} }}""")  # fmt: skip
    made = await plainly(desk, f"""registerMajorIncidentReview(input: {{incident: "{incident}"}}) {{
      ok majorIncidentReview {{ key }} }}""")  # fmt: skip
    return incident, made["majorIncidentReview"]["key"]


async def test_a_review_leads_to_a_suggestion_once_it_is_completed(desk: Desk) -> None:
    _, review = await reviewed(desk)
    given = {"reportOf": review, "title": "a second engine"}
    early = await told(desk, "raiseSuggestionFromMajorIncidentReview", **given)
    assert [each["code"] for each in early["errors"]] == ["NOTHING_REPORTED"]
    await plainly(desk, f"""describeMajorIncidentReview(input: {{ref: "{review}",
      findings: "one engine only", actions: ["ada: ask"]}}) {{ ok }}""")  # fmt: skip
    await plainly(desk, f'completeMajorIncidentReview(input: {{ref: "{review}"}}) {{ ok }}')
    made = await done(desk, "raiseSuggestionFromMajorIncidentReview", **given)
    assert (made["source"], made["timesSeen"]) == ("incident", 1)
    assert made["wouldImprove"] == [{"key": "engine"}]
    assert made["comesFrom"] == [{"key": review}]
    again = await done(desk, "raiseSuggestionFromMajorIncidentReview", **given)
    assert (again["key"], again["timesSeen"], len(again["comesFrom"])) == (made["key"], 2, 1)
    other = {**given, "title": "spare parts", "wouldImprove": ["store"]}
    apart = await done(desk, "raiseSuggestionFromMajorIncidentReview", **other)
    assert (apart["key"] != made["key"], apart["wouldImprove"]) == (True, [{"key": "store"}])
    wrong = await told(desk, "raiseSuggestionFromVerification", **given)
    assert [each["code"] for each in wrong["errors"]] == ["NOT_FOUND"]


async def test_an_issued_document_leads_to_a_suggestion(desk: Desk) -> None:
    issued = await plainly(
        desk, "issueDocument(input: {kind: KEDB}) { ok document { key status } }"
    )
    key = issued["document"]["key"]
    assert issued["document"]["status"] == "issued"
    made = await done(desk, "raiseSuggestionFromDocument", reportOf=key, title="fewer errors")
    assert (made["source"], made["comesFrom"]) == ("report", [{"key": key}])


# --- what it would be worth ----------------------------------------------------------------------

REST = {"effort": "low", "urgency": "low"}


async def suggested(desk: Desk, title: str, *elements: str) -> Any:
    return await done(desk, "registerSuggestion", title=title, wouldImprove=list(elements))


async def test_value_is_what_history_says_unless_somebody_says_why_not(desk: Desk) -> None:
    await desk.emptied()
    element = "mutation E($i: RegisterElementInput!) { registerElement(input: $i) { ok } }"
    for given in (
        {"kind": "Service", "key": "crm", "name": "CRM", "criticality": 1},
        {"kind": "CI", "type": "Application", "key": "crm-db", "name": "CRM data"},
        {"kind": "CI", "type": "Application", "key": "quiet", "name": "Quiet"},
    ):
        assert (await desk.caller.ask(element, i=given))["registerElement"]["ok"]
    tie = "mutation T($i: RelateInput!) { relateElements(input: $i) { ok } }"
    ends = {"type": "DEPENDS_ON", "source": "crm", "target": "crm-db"}
    assert (await desk.caller.ask(tie, i=ends))["relateElements"]["ok"]
    costly, calm = (
        await suggested(desk, "a second one", "crm-db"),
        await suggested(desk, "x", "quiet"),
    )
    down = await desk.new("crm-db")
    desk.clock.advance(12 * HOUR)
    await desk.done("resolveIncident", ref=down["key"], resolution="over")
    rated = await done(desk, "evaluateSuggestion", ref=costly["key"], **REST)
    assert (rated["value"], rated["computedValue"], rated["valueReason"]) == ("high", "high", "")
    assert rated["valueBecause"][1:] == [
        "12.0 h of a service of criticality 1 DOWN",
        "0 failed changes",
        "value high: 49 points of what this has cost",
    ]
    assert rated["valueBecause"][0].startswith("1 incident since 2025-")
    low = await done(desk, "evaluateSuggestion", ref=calm["key"], **REST)
    assert (low["value"], low["computedValue"]) == ("low", "low")
    other = {"ref": costly["key"], "value": "medium", **REST}
    bare = await told(desk, "evaluateSuggestion", **other)
    assert [(e["code"], e["path"]) for e in bare["errors"]] == [
        ("OVERRIDE_REASON", ["valueReason"])
    ]
    kept = await done(desk, "evaluateSuggestion", **other, valueReason="it is given up in May")
    assert (kept["value"], kept["computedValue"]) == ("medium", "high")
    assert kept["valueReason"] == "it is given up in May"
    same = await done(desk, "evaluateSuggestion", ref=costly["key"], value="high", **REST)
    assert (same["value"], same["valueReason"]) == ("high", ""), "nothing is set aside"


async def test_without_elements_somebody_says_the_value(desk: Desk) -> None:
    made = await suggested(desk, "more courses")
    bare = await told(desk, "evaluateSuggestion", ref=made["key"], **REST)
    assert [(e["code"], e["path"]) for e in bare["errors"]] == [("BAD_INPUT", ["value"])]
    rated = await done(desk, "evaluateSuggestion", ref=made["key"], value="medium", **REST)
    assert (rated["value"], rated["computedValue"], rated["valueBecause"]) == ("medium", None, None)
