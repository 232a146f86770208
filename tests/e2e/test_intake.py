"""How incidents are taken in: who reports, what it may be about, what is like it (PR9.1)."""

import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import somebody
from e2e.desk import Desk, agreed, opened
from fitsm_graph import bootstrap
from fitsm_graph.confm.types import define_scope
from fitsm_graph.csi.conformity import examined
from fitsm_graph.flow.periods import Period
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.sms import accounts
from fitsm_graph.sms.service import register_party

SHOWN = """key title impact urgency priority because needsElement servicesReached
    reporter { key } similar similarBecause suggestedCategory suggestedCategoryBecause category
    affects { effect element { key } } suggestedElements { score because element { key } }"""
TOLD = f"ok errors {{ code path }} incident {{ {SHOWN} }}"
NUMBERS = itertools.count(1)
REQUEST = Request(actor="setup", via="test")
ESTATE = [
    {"kind": "Service", "key": "svc-print", "name": "Print service", "criticality": 2},
    {"kind": "CI", "type": "Server", "key": "prn-01", "name": "Print server one"},
    {"kind": "CI", "type": "Server", "key": "prn-02", "name": "Print server two"},
    {"kind": "CI", "type": "Switch", "key": "sw-hall", "name": "Switch of the hall"},
    {"kind": "CI", "type": "Server", "key": "far", "name": "Elsewhere"},
]
TIES = [
    ("svc-print", "prn-01"),
    ("prn-01", "sw-hall"),
    ("prn-02", "sw-hall"),
]
RULES = {"near": "PT60M", "hops": 3, "alike": 0.5, "without_element": "take_in"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    async with opened(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        element = "mutation E($i: RegisterElementInput!) { registerElement(input: $i) { ok } }"
        for each in ESTATE:
            assert (await made.caller.ask(element, i=each))["registerElement"]["ok"]
        tie = "mutation T($i: RelateInput!) { relateElements(input: $i) { ok } }"
        for source, target in TIES:
            given = {"type": "DEPENDS_ON", "source": source, "target": target}
            assert (await made.caller.ask(tie, i=given))["relateElements"]["ok"]
        for key in ("una", "ute", "ulf"):
            person = {"key": key, "name": key, "email": f"{key}@x.org"}
            await made.caller.product.graph.write(register_party, REQUEST, "Person", person)
        rule = {
            "when": {"type": "odd"},
            "register": "incident",
            "elements": ["data.host"],
            "reporter": "data.by",
            "title": "{data.message}",
        }
        await agreed(made.caller.product, "event-mapping", "odd", {"rules": [rule]})
        yield made


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def nothing_left(desk: Desk) -> AsyncIterator[None]:
    yield
    await desk.emptied()
    desk.clock.advance(timedelta(hours=3))
    await desk.sign_in()


async def new(desk: Desk, title: str, *elements: str, **more: Any) -> Any:
    hits = [{"element": each, "effect": "DEGRADED"} for each in elements]
    document = (
        f"mutation A($i: RegisterIncidentInput!) {{ registerIncident(input: $i) {{ {TOLD} }} }}"
    )
    given = {"title": title, **({"affects": hits} if hits else {}), **more}
    return (await desk.caller.ask(document, i=given))["registerIncident"]


async def made(desk: Desk, title: str, *elements: str, **more: Any) -> Any:
    told = await new(desk, title, *elements, **more)
    assert told["ok"], told
    return told["incident"]


async def shown(desk: Desk, key: str) -> Any:
    return (await desk.caller.ask(f'{{ incident(by: {{key: "{key}"}}) {{ {SHOWN} }} }}'))[
        "incident"
    ]


def best(incident: Any) -> str:
    """Key of the element that is suggested with the highest score."""
    found = max(incident["suggestedElements"], key=lambda each: each["score"])
    return str(found["element"]["key"])


async def posted(desk: Desk, path: str, body: Any) -> Any:
    headers = {"Authorization": f"Bearer {desk.caller.token}"}
    if path.startswith("/events"):
        headers["Content-Type"] = "application/cloudevents+json"
    answer = await desk.caller.http.post(path, json=body, headers=headers)
    return answer.json()


async def odd(desk: Desk, **data: str) -> Any:
    event = {"specversion": "1.0", "id": f"e{next(NUMBERS)}", "source": "/odd", "type": "odd"}
    return (await posted(desk, "/events/odd", {**event, "data": data}))["events"][0]


async def suggested(desk: Desk, title: str, **more: Any) -> dict[str, Any]:
    document = """query S($t: String!, $d: String! = "", $r: ID) {
      suggestElements(title: $t, description: $d, reporter: $r) {
        element { key kind tag } score because } }"""
    found = (await desk.caller.ask(document, t=title, **more))["suggestElements"]
    assert [each["score"] for each in found] == sorted((e["score"] for e in found), reverse=True)
    return {each["element"]["key"]: each for each in found}


# --- who reports ---------------------------------------------------------------------------------


async def test_an_incident_keeps_who_reported_it(desk: Desk) -> None:
    assert (await made(desk, "it flickers", "far", reporter="una"))["reporter"] == {"key": "una"}
    assert (await made(desk, "it flickers", "far"))["reporter"] is None
    told = await new(desk, "it flickers", "far", reporter="nobody")
    assert [(e["code"], e["path"]) for e in told["errors"]] == [("NOT_FOUND", ["reporter"])]
    asked = '{ person(by: {key: "una"}) { reported { title } } }'
    known = (await desk.caller.ask(asked))["person"]["reported"]
    assert {"title": "it flickers"} in known


@pytest.mark.parametrize(
    ("by", "key"), [("una@x.org", "una"), ("UTE@x.org", "ute"), ("UTE", "ute"), ("?", None)]
)
async def test_an_event_names_who_reported_it(desk: Desk, by: str, key: str | None) -> None:
    told = await odd(desk, host="far", message="odd", by=by)
    found = await shown(desk, told["record"])
    assert found["reporter"] == ({"key": key} if key else None)


async def test_who_wrote_a_message_is_who_reported_it(desk: Desk) -> None:
    sources = ["messages/default"]
    token = await bootstrap.new_token(desk.caller.product, "admin", 60, [], sources=sources)
    desk.caller.token, kept = token.secret, desk.caller.token
    said = {"from": "una@x.org", "to": "incidents@x.org", "message-id": f"<m{next(NUMBERS)}>"}
    said |= {"subject": "Print server two jams", "text": "all day"}
    try:
        (told,) = (await posted(desk, "/messages/default", said))["messages"]
    finally:
        desk.caller.token = kept
    found = await shown(desk, told["record"])
    assert (found["reporter"], found["affects"]) == ({"key": "una"}, [])
    assert best(found) == "prn-02"


# --- what it may be about ------------------------------------------------------------------------


async def test_what_names_no_element_is_taken_in_and_weighed_once_it_does(desk: Desk) -> None:
    found = await made(desk, "prn-01 is dark", description="the print service too")
    assert (found["needsElement"], found["affects"], found["servicesReached"]) == (True, [], 0)
    assert (found["impact"], found["urgency"], found["priority"]) == ("low", "low", 4)
    assert found["because"][0] == "impact low until it is known which element it is about"
    known = {each["element"]["key"]: each for each in found["suggestedElements"]}
    assert best(found) == "prn-01"
    assert known["prn-01"]["because"] == "its key stands in the text"
    assert known["svc-print"]["score"] == 0.8
    needing = "{ incidents(where: {needsElement: {eq: true}, open: true}) { nodes { key } } }"
    known = (await desk.caller.ask(needing))["incidents"]["nodes"]
    assert known == [{"key": found["key"]}]
    hit = {"ref": found["key"], "element": "prn-01", "effect": "DOWN"}
    document = (
        f"mutation A($i: SetIncidentEffectInput!) {{ setIncidentEffect(input: $i) {{ {TOLD} }} }}"
    )
    after = (await desk.caller.ask(document, i=hit))["setIncidentEffect"]["incident"]
    assert (after["needsElement"], after["impact"], after["servicesReached"]) == (None, "medium", 1)
    assert after["suggestedElements"] == found["suggestedElements"], "what was suggested is kept"
    known = (await desk.caller.ask(needing))["incidents"]["nodes"]
    assert known == []


async def test_policy_may_refuse_what_names_no_element(desk: Desk) -> None:
    product = desk.caller.product
    await agreed(product, "intake-rules", "default", {**RULES, "without_element": "refuse"})
    try:
        told = await new(desk, "prn-01 is dark")
        assert [(e["code"], e["path"]) for e in told["errors"]] == [("BAD_INPUT", ["affects"])]
        event = await odd(desk, host="moon", message="odd")
        assert [each["code"] for each in event["errors"]] == ["EVENT_WITHOUT_ELEMENT"]
        labels = {"alertname": "Down", "instance": "moon"}
        alert = {"status": "firing", "labels": labels, "fingerprint": "f1", "annotations": {}}
        body = {"version": "4", "status": "firing", "alerts": [alert]}
        (answer,) = (await posted(desk, "/alerts/alertmanager", body))["alerts"]
        assert [each["code"] for each in answer["errors"]] == ["ALERT_WITHOUT_ELEMENT"]
    finally:
        await agreed(product, "intake-rules", "default", {**RULES, "impact": "medium"})
    assert (await made(desk, "prn-01 is dark"))["impact"] == "medium"
    await agreed(product, "intake-rules", "default", RULES)


async def test_words_the_reporter_and_like_reports_suggest_elements(desk: Desk) -> None:
    assert await suggested(desk, "xyzzy") == {}
    found = await suggested(desk, "Print server two jams again")
    assert found["prn-02"]["because"] == ["its name stands in the text"]
    assert found["prn-01"]["because"] == ["2 of 3 words of its name stand in the text"]
    assert (found["prn-02"]["element"]["kind"], found["svc-print"]["element"]["tag"]) == (
        "CI",
        "SV",
    )
    assert "far" not in found
    for _ in range(2):
        await made(desk, "noise", "far", reporter="ulf")
    await made(desk, "the lamp in room nine flickers", "sw-hall", reporter="ulf")
    usual = await suggested(desk, "xyzzy", r="ulf")
    assert {key: each["because"] for key, each in usual.items()} == {
        "far": ["2 of 3 earlier reports of the reporter affected it"],
        "sw-hall": ["1 of 3 earlier reports of the reporter affected it"],
    }
    (like,) = (await suggested(desk, "lamp in room nine flickers")).values()
    assert like["element"]["key"] == "sw-hall"
    assert "in like words, affected it" in like["because"][0]


async def test_elements_that_one_does_not_see_are_not_suggested(desk: Desk) -> None:
    caller, write = desk.caller, desk.caller.product.graph.write
    given = caller.product.registry, "switches only", "switches", ["Switch"]
    scope = (await write(define_scope, REQUEST, *given)).value["key"]
    limited = await somebody(caller, "limited", "editor")
    await write(accounts.change_account, REQUEST, "limited", sees=[scope])
    kept, caller.token = caller.token, limited.token
    try:
        text = "prn-01 and sw-hall and the print service are dark"
        assert set(await suggested(desk, text)) == {"sw-hall", "svc-print"}
        found = await made(desk, text)
    finally:
        caller.token = kept
    keys = {each["element"]["key"] for each in found["suggestedElements"]}
    assert keys == {"sw-hall", "svc-print"}
    of_all = await made(desk, "prn-01 is dark")
    assert best(of_all) == "prn-01"
    caller.token = limited.token
    try:
        seen = await shown(desk, of_all["key"])
    finally:
        caller.token = kept
    assert "prn-01" not in {each["element"]["key"] for each in seen["suggestedElements"]}


async def test_one_that_is_left_without_an_element_is_a_finding(desk: Desk) -> None:
    lost = await made(desk, "something is odd")
    fine = await made(desk, "something is odd", "far")
    since = to_text(desk.clock.now() - timedelta(hours=1))
    graph = desk.caller.product.graph
    for days, expected in ((0, set()), (2, {lost["key"]})):
        until = to_text(desk.clock.now() + timedelta(days=days))
        (finding,) = await examined(graph, ["PR9.1"], Period(since, until))
        told = {e.key for e in finding.violations if e.indicator == "without_element"}
        assert told == expected, fine["key"]


# --- what is like it -----------------------------------------------------------------------------


async def test_near_in_time_with_a_need_in_common_is_similar(desk: Desk) -> None:
    first = await made(desk, "jams", "prn-01")
    desk.clock.advance(timedelta(minutes=20))
    found = await made(desk, "no light", "prn-02")
    assert found["similar"] == [first["key"]]
    told = "began 20 minutes before, and both need the same element"
    assert found["similarBecause"] == [f"{first['key']}: {told}"]
    away = await made(desk, "nothing in common", "far")
    assert away["similar"] is None
    desk.clock.advance(timedelta(minutes=100))
    await desk.sign_in()
    late = await made(desk, "dark", "prn-02")
    assert late["similar"] == [found["key"]], "those that are not near in time are none"
    assert late["similarBecause"] == [f"{found['key']}: affects the same element"]


async def test_in_like_words_on_the_same_service_is_similar(desk: Desk) -> None:
    first = await made(desk, "paper is jammed in tray two", "prn-01")
    desk.clock.advance(timedelta(hours=2))
    await desk.sign_in()
    found = await made(desk, "paper jammed in tray two", "svc-print")
    told = "told in like words (83% the same), and on Print service (svc-print)"
    assert found["similarBecause"] == [f"{first['key']}: {told}"]
    other = await made(desk, "paper jammed in tray two", "far")
    assert other["similar"] is None, "on another service it is another thing"
    unknown = await made(desk, "paper jammed in tray two")
    assert set(unknown["similar"]) == {first["key"], found["key"], other["key"]}
    assert (await made(desk, "all is blue", "svc-print"))["similar"] == [found["key"]]


# --- its category --------------------------------------------------------------------------------


async def test_a_category_is_suggested_and_never_set(desk: Desk) -> None:
    async def asked(title: str, *elements: str) -> Any:
        document = """query C($t: String!, $e: [ID!]) {
          suggestCategory(title: $t, elements: $e) { category because } }"""
        told = await desk.caller.ask(document, t=title, e=list(elements))
        return told["suggestCategory"]

    found = await made(desk, "the database is full", "far")
    assert (found["category"], found["suggestedCategory"]) == ("", "database")
    assert await asked("qqq") is None
    for category in ("power", "power", "network"):
        await made(desk, "wibble wobble", "sw-hall", category=category)
    named = await made(desk, "zzz", "sw-hall")
    assert (named["category"], named["suggestedCategory"]) == ("", "power")
    why = "category power: 2 of 3 earlier incidents that affected the same element"
    assert named["suggestedCategoryBecause"] == why
    assert (await made(desk, "zzz", "sw-hall", category="power"))["suggestedCategory"] is None
    await made(desk, "grumble", "prn-01", category="compute")
    by_type = await asked("zzz", "prn-02")
    assert by_type["category"] == "compute"
    assert by_type["because"].endswith("that affected an element of the same type")
    by_words = await asked("wobble wibble")
    assert by_words["because"].endswith("that were told in like words")


# --- why it is as grave and as urgent as it is ---------------------------------------------------


async def test_the_reasons_name_service_path_and_agreement(desk: Desk) -> None:
    found = await made(desk, "slow", "engine")
    impact, urgency = found["because"][:2]
    assert impact.endswith("; by the path mail (mail) ← a CI"), impact
    assert urgency.endswith("; the tightest agreement is 'gold' of mail (mail): 20 h to resolve it")
    other = await made(desk, "slow", "prn-01")
    assert "by the path Print service (svc-print) ← a CI" in other["because"][0]
    assert "'gold'" not in other["because"][1]
    alone = await made(desk, "slow", "far")
    assert "path" not in alone["because"][0], "no service gets worse"
