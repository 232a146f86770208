"""What is found out about a problem, and what is done about it (PR10.2)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, somebody
from e2e.desk import ELEMENT, TIE, plain
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms.accounts import change_account
from fitsm_graph.sms.roles import assign_role

SHOWN = {
    "problem": "key status cause causes { key status } options { key status } turnedInto { key }",
    "problemCause": """key status depth evidence root explains { key } reasonOf { key }
      liesIn { key }""",
    "problemOption": "key status score because decision turnedInto { key } optionOf { key }",
    "change": "key title raisedFrom { key } resolves { key } madeOf { key }",
    "suggestion": "key title timesSeen finding madeOf { key }",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    async with plain(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        yield made


async def act(caller: Caller, verb: str, one: str, **given: Any) -> Any:
    document = f"""mutation A($i: {verb[0].upper()}{verb[1:]}Input!) {{ {verb}(input: $i) {{
      ok errors {{ code path }} {one} {{ {SHOWN[one]} }} }} }}"""
    return (await caller.ask(document, i=given))[verb]


async def done(caller: Caller, verb: str, one: str, **given: Any) -> Any:
    told = await act(caller, verb, one, **given)
    assert told["ok"], told
    return told[one]


async def code(caller: Caller, verb: str, one: str, **given: Any) -> Any:
    return (await act(caller, verb, one, **given))["errors"][0]["code"]


async def problem(caller: Caller) -> str:
    made = await done(caller, "registerProblem", "problem", title="it stops", source="ANALYSIS")
    return str(made["key"])


async def suspected(caller: Caller, of: str, title: str, **more: Any) -> Any:
    given = {"problem": of, "title": title, **more}
    return await done(caller, "suspectProblemCause", "problemCause", **given)


async def shown(caller: Caller, key: str) -> Any:
    document = f"query P($k: String!) {{ problem(by: {{key: $k}}) {{ {SHOWN['problem']} }} }}"
    return (await caller.ask(document, k=key))["problem"]


async def test_why_is_asked_again_and_again(caller: Caller) -> None:
    of = await problem(caller)
    first = await suspected(caller, of, "no memory", liesIn=["engine"])
    assert (first["depth"], first["explains"]["key"], first["liesIn"]) == (
        1,
        of,
        [{"key": "engine"}],
    )
    behind = await suspected(caller, of, "a leak", reasonOf=first["key"])
    deeper = await suspected(caller, of, "an old library", reasonOf=behind["key"])
    assert (deeper["depth"], deeper["reasonOf"]["key"]) == (3, behind["key"])
    given = {"ref": deeper["key"], "evidence": "gone with the new one", "root": True}
    root = await done(caller, "confirmProblemCause", "problemCause", **given)
    assert (root["status"], root["root"]) == ("confirmed", True)
    after = await shown(caller, of)
    assert (after["status"], after["cause"]) == ("diagnosed", "an old library")


async def test_with_a_cause_what_is_suspected_behind_it_is_ruled_out(caller: Caller) -> None:
    of = await problem(caller)
    first = await suspected(caller, of, "no disk")
    behind = await suspected(caller, of, "too many logs", reasonOf=first["key"])
    deeper = await suspected(caller, of, "nobody turns them", reasonOf=behind["key"])
    beside = await suspected(caller, of, "no network")
    seen = {"ref": deeper["key"], "evidence": "they are not turned"}
    await done(caller, "confirmProblemCause", "problemCause", **seen)
    given = {"ref": first["key"], "evidence": "half of it is free"}
    await done(caller, "ruleOutProblemCause", "problemCause", **given)
    states = {each["key"]: each["status"] for each in (await shown(caller, of))["causes"]}
    assert states == {
        first["key"]: "ruled_out",
        behind["key"]: "ruled_out",
        deeper["key"]: "confirmed",
        beside["key"]: "suspected",
    }
    again = {"problem": of, "title": "x", "reasonOf": first["key"]}
    assert await code(caller, "suspectProblemCause", "problemCause", **again) == "BAD_INPUT"
    assert await code(caller, "ruleOutProblemCause", "problemCause", **given) == (
        "ILLEGAL_TRANSITION"
    )
    other = {**again, "problem": await problem(caller), "reasonOf": beside["key"]}
    assert await code(caller, "suspectProblemCause", "problemCause", **other) == "BAD_INPUT"


async def option(caller: Caller, of: str, title: str, **more: Any) -> Any:
    given = {"effort": "low", "risk": "low", "effect": "low", "problem": of, "title": title}
    return await done(caller, "proposeProblemOption", "problemOption", **{**given, **more})


async def test_options_are_compared_and_one_is_chosen(caller: Caller) -> None:
    of = await problem(caller)
    best = await option(caller, of, "mend it", effect="high")
    other = await option(caller, of, "replace it", effort="high", effect="high")
    reduces = await option(caller, of, "restart it", aim="REDUCE")
    assert (best["score"], other["score"], reduces["score"]) == (12, 10, 8)
    assert best["because"][-1] == "12 together, worthwhile from 8 on"
    bad = {"problem": of, "title": "x", "effort": "lots", "risk": "low", "effect": "low"}
    assert await code(caller, "proposeProblemOption", "problemOption", **bad) == "BAD_INPUT"
    asked = """query O($k: String!) { problemOptions(where: {optionOf: {some: {key: {eq: $k}}}},
      orderBy: [{score: DESC}]) { nodes { key } } }"""
    compared = (await caller.ask(asked, k=of))["problemOptions"]["nodes"]
    assert [each["key"] for each in compared] == [best["key"], other["key"], reduces["key"]]
    chosen = {"ref": best["key"], "decision": "the least work"}
    await done(caller, "chooseProblemOption", "problemOption", **chosen)
    states = {each["key"]: each["status"] for each in (await shown(caller, of))["options"]}
    assert states == {
        best["key"]: "chosen",
        other["key"]: "declined",
        reduces["key"]: "proposed",
    }, "one that reduces the impact may be chosen beside it"


async def test_a_change_and_a_suggestion_come_of_what_was_chosen(caller: Caller) -> None:
    of = await problem(caller)
    made = await option(caller, of, "mend it", effect="high")
    raised = {"option": made["key"], "changes": [{"element": "engine"}]}
    refused = await code(caller, "raiseChangeFromProblemOption", "change", **raised)
    assert refused == "OPTION_NOT_CHOSEN"
    chosen = {"ref": made["key"], "decision": "the only one"}
    await done(caller, "chooseProblemOption", "problemOption", **chosen)
    change = await done(caller, "raiseChangeFromProblemOption", "change", **raised)
    assert change["raisedFrom"] == {"key": of}
    assert change["resolves"] == [{"key": of}]
    assert change["madeOf"] == [{"key": made["key"]}]
    assert change["title"] == "mend it"
    for times in (1, 2):
        given = {"option": made["key"]}
        told = await done(caller, "raiseSuggestionFromProblemOption", "suggestion", **given)
        assert (told["timesSeen"], told["madeOf"]) == (times, [{"key": made["key"]}])
        told = await done(caller, "raiseSuggestionFromProblem", "suggestion", problem=of)
        assert (told["timesSeen"], told["madeOf"]) == (times, [{"key": of}])


async def test_what_went_on_where_it_may_lie_is_told_in_order(caller: Caller) -> None:
    """PR10.2: incidents, changes and what an element needs; each incident with what was before."""
    disk = {"kind": "CI", "type": "Application", "key": "disk", "name": "Disk"}
    assert (await caller.ask(ELEMENT, i=disk))["registerElement"]["ok"]
    tie = {"type": "DEPENDS_ON", "source": "engine", "target": "disk"}
    assert (await caller.ask(TIE, i=tie))["relateElements"]["ok"]
    before = await happened(caller, "engine", "early")
    change = await begun(caller, "disk")
    after = await happened(caller, "engine", "late")
    given = {"title": "it stops", "incidents": [before, after]}
    of = (await done(caller, "registerProblem", "problem", **given))["key"]
    told = await events(caller, of)
    assert told[0]["key"] == "INC-000001", "what comes from no problem is told as well"
    shown = {each["key"]: each for each in told}
    assert (shown[change]["what"], shown[change]["element"], shown[change]["hops"]) == (
        "change",
        "disk",
        1,
    )
    assert shown[before]["own"]
    assert not shown["INC-000001"]["own"]
    assert shown[before]["after"] != change
    assert (shown[after]["after"], shown[after]["hoursAfter"]) == (change, 0.0)
    assert [each["key"] for each in told].index(change) < [e["key"] for e in told].index(after)
    near = {each["key"] for each in await events(caller, of, hops=0)}
    assert after in near
    assert change not in near, "that is a step away"
    few = f'{{ problemTimeline(of: "{of}", first: 1) {{ key }} }}'
    assert await caller.code(few) == "BAD_INPUT", "refused, and not cut"
    assert await caller.code('{ problemTimeline(of: "PRB-999999") { key } }') == "NOT_FOUND"


async def events(caller: Caller, of: str, hops: int = 3) -> Any:
    asked = """query T($of: ID!, $hops: Int!) { problemTimeline(of: $of, hops: $hops) {
      startsAt what key element hops own after hoursAfter } }"""
    return (await caller.ask(asked, of=of, hops=hops))["problemTimeline"]


async def happened(caller: Caller, element: str, title: str) -> str:
    document = """mutation I($i: RegisterIncidentInput!) { registerIncident(input: $i) {
      ok incident { key } } }"""
    given = {"title": title, "affects": [{"element": element}]}
    return str((await caller.ask(document, i=given))["registerIncident"]["incident"]["key"])


async def begun(caller: Caller, element: str) -> str:
    """A change that is under way: a standard one, of a model that the board has approved."""
    graph, asked = caller.product.graph, Request(actor="test", via="test")
    boss = await somebody(caller, "boss", "process_manager")
    await graph.write(change_account, asked, "boss", person="ada")
    await graph.write(assign_role, asked, RoleWord.CAB_MEMBER, "ada", process=Process.CHM)
    model = {"title": "swap", "steps": ["do it"], "mayAlter": ["Application"], "backOut": "undo it"}
    await mutated(caller, "registerStandardChange", **model)
    await mutated(boss, "approveStandardChange", ref="STC-000001")
    hit = [{"element": element, "effect": "AT_RISK"}]
    await mutated(caller, "raiseStandardChange", follows="STC-000001", changes=hit)
    found = await caller.ask("{ changes(orderBy: [{key: DESC}], first: 1) { nodes { key } } }")
    key = str(found["changes"]["nodes"][0]["key"])
    await mutated(caller, "beginChange", ref=key)
    return key


async def mutated(caller: Caller, verb: str, **given: Any) -> None:
    name = f"{verb[0].upper()}{verb[1:]}Input"
    document = f"mutation M($i: {name}!) {{ {verb}(input: $i) {{ ok errors {{ code }} }} }}"
    told = (await caller.ask(document, i=given))[verb]
    assert told["ok"], told
