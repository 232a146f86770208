"""Events of other systems and messages of people, as they are posted: each is taken in once."""

import itertools
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
import pytest_asyncio

from e2e.calling import Caller, somebody
from e2e.desk import Desk, agreed, opened
from fitsm_graph import bootstrap
from fitsm_graph.confm.types import define_scope
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.sms import accounts
from fitsm_graph.sms.service import register_party, update_party

STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
REQUEST = Request(actor="setup", via="test")
BRIDGE: list[str] = []
"""The token of the mail server: the last one."""
NUMBERS = itertools.count(1)
FAN = {
    "rules": [
        {
            "when": {"type": "fan.*", "source": "/racks/*"},
            "register": "incident",
            "elements": ["subject", "data.host"],
            "effect": "degraded",
            "severity": "data.severity",
            "effects": {"critical": "down"},
            "title": "{type} at {subject}{data.host}",
            "description": "{data.message}",
        },
        {"when": {"type": "box.wanted"}, "register": "service_request", "offering": "OFFERING"},
    ]
}
DESK = {
    "addresses": [
        {"to": "desk@*", "register": "incident", "element": "engine", "effect": "at_risk"},
        {"to": "open@*", "register": "incident"},
        {"to": "changes@*", "register": "change", "effect": "degraded"},
        {"to": "boxes@*", "register": "service_request", "offering": "OFFERING"},
        {"to": "list@*", "register": "nothing"},
    ]
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    async with opened(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        caller, write = made.caller, made.caller.product.graph.write
        offered = await caller.ask(
            """mutation { registerRequestOffering(
            input: {title: "a box", service: "mail", steps: [{title: "bring it"}]}) {
            ok errors { code } requestOffering { key } } }"""
        )
        key = offered["registerRequestOffering"]["requestOffering"]["key"]
        for kind, said in (("event-mapping", FAN), ("message-mapping", DESK)):
            document = json.loads(json.dumps(said).replace("OFFERING", key))
            await agreed(caller.product, kind, "hall", document)
            await agreed(caller.product, kind, "other", document)
        for person in ("ada", "pia"):
            known = await caller.ask(f'{{ person(by: {{key: "{person}"}}) {{ id version }} }}')
            email = {"email": f"{person}@example.org"}
            await write(update_party, REQUEST, known["person"]["id"], email)
        await write(
            register_party, REQUEST, "Person", {"key": "una", "name": "U", "email": "una@x.org"}
        )
        sources = ["messages/hall", "messages/other"]
        BRIDGE.append(
            (await bootstrap.new_token(caller.product, "admin", 60, [], sources=sources)).secret
        )
        yield made


def event(**more: Any) -> dict[str, Any]:
    said = {"specversion": "1.0", "id": str(next(NUMBERS)), "source": "/racks/4"}
    return {**said, "type": "fan.failed", "subject": "engine", **more}


def message(**more: Any) -> dict[str, Any]:
    said = {"from": "Ada <ada@example.org>", "to": "desk@hall.org", "text": "see there"}
    sent = {"subject": "no mail", "message-id": f"<{next(NUMBERS)}@hall>"}
    return {**said, **sent, **{name.replace("_", "-"): each for name, each in more.items()}}


async def posted(
    desk: Desk, path: str, body: Any, media: str = STRUCTURED, token: str = "", **headers: str
) -> httpx.Response:
    own = BRIDGE[-1] if path.startswith("/messages/") else desk.caller.token
    sent = {"Authorization": f"Bearer {token or own}", "Content-Type": media}
    content = body if isinstance(body, str) else json.dumps(body)
    return await desk.caller.http.post(path, content=content, headers={**sent, **headers})


async def taken(desk: Desk, body: Any, path: str = "/events/hall", **more: Any) -> Any:
    answer = await posted(desk, path, body, **more)
    assert answer.status_code == 200, answer.text
    (told,) = answer.json()[path.split("/")[1]]
    return told


async def mailed(desk: Desk, **said: Any) -> Any:
    return await taken(desk, message(**said), "/messages/hall", media="application/json")


async def shown(desk: Desk, key: str, kind: str = "incident") -> Any:
    affects = "affects { effect element { key } }" if kind == "incident" else ""
    document = f"""{{ {kind}(by: {{key: "{key}"}}) {{ title description {affects}
      comments {{ text author public }} arrivals {{ way source outcome eventType
      sender {{ key }} }} }} }}"""
    return (await desk.caller.ask(document))[kind]


async def counted(desk: Desk) -> Mapping[str, int]:
    kinds = ("incidents", "serviceRequests", "changes", "comments", "arrivals")
    asked = " ".join(f"{each} {{ totalCount }}" for each in kinds)
    found = await desk.caller.ask(f"{{ {asked} }}")
    return {each: found[each]["totalCount"] for each in kinds}


async def test_an_event_is_an_incident_however_often_and_in_which_mode_it_is_sent(
    desk: Desk,
) -> None:
    said = event(
        data={"message": "it is loud", "severity": "critical"}, time="2025-12-31T23:00:00Z"
    )
    told = await taken(desk, said)
    assert (told["ok"], told["outcome"], told["id"]) == (True, "registered", said["id"])
    found = await shown(desk, told["record"])
    assert (found["title"], found["description"]) == ("fan.failed at engine", "it is loud")
    assert found["affects"] == [{"effect": "DOWN", "element": {"key": "engine"}}]
    (arrival,) = found["arrivals"]
    assert (arrival["source"], arrival["eventType"]) == ("hall", "fan.failed")
    before = await counted(desk)
    binary = {f"ce-{name}": str(said[name]) for name in said if name != "data"}
    again = [
        await taken(desk, said),
        await taken(desk, json.dumps(said["data"]), media="application/json", **binary),
        await taken(desk, [said], media=BATCH),
    ]
    assert {each["record"] for each in again} == {told["record"]}
    assert await counted(desk) == before


async def test_binary_mode_says_the_same_as_structured_mode(desk: Desk) -> None:
    given = {"ce-specversion": "1.0", "ce-id": f"b{next(NUMBERS)}", "ce-source": "/racks/%C3%A4"}
    given |= {"ce-type": "fan.slow", "ce-subject": "engine"}
    body = json.dumps({"message": "slow"})
    told = await taken(desk, body, media="application/json; charset=utf-8", **given)
    assert (await shown(desk, told["record"]))["description"] == "slow"
    whole = event(id=given["ce-id"], source="/racks/ä", type="fan.slow")
    assert (await taken(desk, whole))["record"] == told["record"]


async def test_events_that_no_rule_takes_leave_nothing_behind(desk: Desk) -> None:
    before = await counted(desk)
    for other in ({"type": "door.open"}, {"source": "/halls"}):
        told = await taken(desk, event(**other))
        assert (told["ok"], told["outcome"], told["record"]) == (True, "nothing", None)
    assert await counted(desk) == before


async def test_what_is_too_long_for_a_title_stands_in_the_description(desk: Desk) -> None:
    told = await taken(desk, event(data={"host": "x" * 300, "message": "hot"}))
    found = await shown(desk, told["record"])
    whole = f"fan.failed at engine{'x' * 300}"
    assert (found["title"], found["description"]) == (whole[:200], f"{whole}\n\nhot")
    subject = "y" * 300
    found = await shown(desk, (await mailed(desk, subject=subject, text="hot"))["record"])
    assert (found["title"], found["description"]) == (subject[:200], f"{subject}\n\nhot")


async def test_an_event_may_ask_for_what_is_offered(desk: Desk) -> None:
    told = await taken(desk, event(type="box.wanted", source="/shop"))
    found = await shown(desk, told["record"], "serviceRequest")
    assert found["title"] == "box.wanted"


async def test_what_is_wrong_with_one_keeps_no_other_out(desk: Desk) -> None:
    given = [event(subject="moon"), event(), {"id": "1"}, event(data={"host": "store"}, subject="")]
    answer = await posted(desk, "/events/hall", given, BATCH)
    assert answer.status_code == 422
    told = answer.json()["events"]
    assert [each["ok"] for each in told] == [True, True, False, True]
    codes = [each["code"] for one in told for each in one["errors"]]
    assert codes == ["EVENT_NOT_READ"]


@pytest.mark.parametrize("path", ["/events/hall", "/messages/hall"])
async def test_what_is_deep_or_long_is_refused_and_not_repeated(desk: Desk, path: str) -> None:
    deep: Any = "x"
    for _ in range(254):
        deep = [deep]
    kind = path.split("/")[1]
    for odd in (deep, "x" * 600, 7):
        names = ("id", "source") if kind == "events" else ("message-id",)
        said = {**(event() if kind == "events" else message()), **dict.fromkeys(names, odd)}
        answer = await posted(desk, path, said)
        assert answer.status_code == 422, answer.text
        (told,) = answer.json()[kind]
        assert told["errors"][0]["code"] in {"EVENT_NOT_READ", "MESSAGE_NOT_READ"}
        echoed = {told.get(name) for name in names}
        assert echoed == {odd[:500] if isinstance(odd, str) else None}


async def test_a_token_of_one_way_in_is_for_that_alone(desk: Desk) -> None:
    caller = desk.caller
    await caller.product.graph.write(
        accounts.create_account, REQUEST, "racks", ["sync", "reader"], "digest"
    )
    made = await bootstrap.new_token(caller.product, "racks", 60, [], sources=["events/hall"])
    token = made.secret
    assert (await taken(desk, event(), token=token))["outcome"] == "registered"
    for path, body in (
        ("/events/other", event()),
        ("/messages/hall", message()),
        ("/sync/v1/hall/default/runs", {}),
        ("/alerts/alertmanager", {"alerts": []}),
    ):
        answer = await posted(desk, path, body, token=token)
        assert answer.status_code == 403, path
    document = """mutation($e: JSON!) { takeEvent(input: {source: "other", event: $e}) {
      ok errors { code } } }"""
    body = {"query": document, "variables": {"e": event()}}
    answer = await caller.http.post(
        "/graphql", json=body, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.json()["errors"][0]["extensions"]["code"] == "SOURCE_NOT_YOURS"


async def test_who_may_only_bring_something_reads_nothing_by_it(desk: Desk) -> None:
    key = (await mailed(desk, subject="a secret"))["record"]
    await desk.caller.product.graph.write(
        accounts.create_account, REQUEST, "bringer", ["sync"], "digest"
    )
    ways = ["messages/hall", "events/hall"]
    made = await bootstrap.new_token(desk.caller.product, "bringer", 1, [], sources=ways)
    bringer = Caller(desk.caller.product, desk.caller.http, made.secret)
    document = """mutation($m: JSON!, $dry: Boolean!) {
      takeMessage(input: {source: "hall", message: $m}, dryRun: $dry) {
        ok errors { code } arrival { outcome WHAT } } }"""
    before = await counted(desk)
    for what in ("became { title }", "x: became { key ... on Incident { description } }"):
        for dry in (True, False):
            said = message(subject=key)
            code = await bringer.code(document.replace("WHAT", what), m=said, dry=dry)
            assert code == "FORBIDDEN", what
    assert await counted(desk) == before, "what is refused is not done"
    said = message(subject=key)
    for _ in range(2):
        asked = document.replace("WHAT", "became { key kind } x: sender { key }")
        arrival = (await bringer.ask(asked, m=said, dry=False))["takeMessage"]["arrival"]
        assert arrival == {
            "outcome": "commented",
            "became": {"key": key, "kind": "Incident"},
            "x": None,
        }
    told = await taken(desk, event(), token=bringer.token)
    assert told["record"], "the way in itself says the key"


async def test_only_who_may_is_let_in_and_only_events_are_read(desk: Desk) -> None:
    http = desk.caller.http
    assert (await http.post("/events/hall", json=event())).status_code == 401
    reader = await somebody(desk.caller, "looker", "reader")
    assert (await posted(desk, "/events/hall", event(), token=reader.token)).status_code == 403
    assert (await posted(desk, "/events/none", event())).status_code == 404
    own = {"token": desk.caller.token}
    assert (await posted(desk, "/messages/", message(), **own)).status_code == 404
    signed = {"Authorization": f"Bearer {desk.caller.token}"}
    assert (await http.get("/events/hall", headers=signed)).status_code == 405
    for body, media in (
        ("{", STRUCTURED),
        ("[1]", BATCH),
        ("{}", BATCH),
        ("[]", STRUCTURED),
        (json.dumps([{}] * 501), BATCH),
        ("x", "text/plain"),
    ):
        assert (await posted(desk, "/events/hall", body, media)).status_code == 400, body[:20]
    large = event(data="x" * desk.caller.product.api.limits.body)
    assert (await posted(desk, "/events/hall", large)).status_code == 413


async def test_a_message_is_what_its_address_says(desk: Desk) -> None:
    told = await mailed(desk, subject="Fwd: no mail", text="since 8")
    found = await shown(desk, told["record"])
    assert (found["title"], found["description"]) == ("no mail", "since 8")
    assert found["affects"] == [{"effect": "AT_RISK", "element": {"key": "engine"}}]
    assert found["arrivals"][0]["sender"] == {"key": "ada"}
    asked = await mailed(desk, to=["x@y.org", "boxes@hall.org"], subject="a box")
    document = f"""{{ serviceRequest(by: {{key: "{asked["record"]}"}}) {{
      title requester {{ key }} }} }}"""
    assert (await desk.caller.ask(document))["serviceRequest"] == {
        "title": "a box",
        "requester": {"key": "ada"},
    }
    named = await mailed(desk, to="open@hall.org", text="element: store\nit is full")
    affects = (await shown(desk, named["record"]))["affects"]
    assert affects == [{"effect": "DEGRADED", "element": {"key": "store"}}]
    before = await counted(desk)
    for nothing in ({"to": "list@hall.org"}, {"to": "x@y.org"}, {"auto_submitted": "auto-replied"}):
        assert (await mailed(desk, **nothing))["outcome"] == "nothing"
    assert await counted(desk) == before


async def test_who_asks_for_a_change_by_mail_never_approves_it(desk: Desk) -> None:
    pia = await somebody(desk.caller, "pia-account", "administrator")
    await desk.caller.product.graph.write(
        accounts.change_account, REQUEST, "pia-account", person="pia"
    )
    told = await mailed(
        desk, **{"from": "pia@example.org"}, to="changes@hall.org", text="Elements: engine, store"
    )
    document = f"""{{ change(by: {{key: "{told["record"]}"}}) {{ requester
      alters {{ effect element {{ key }} }} }} }}"""
    found = (await desk.caller.ask(document))["change"]
    assert found["requester"] == "pia-account"
    assert {each["element"]["key"] for each in found["alters"]} == {"engine", "store"}
    key = told["record"]
    for verb in ("assessChange", "approveChange"):
        who = desk.caller if verb == "assessChange" else pia
        done = await who.ask(
            f'mutation {{ {verb}(input: {{ref: "{key}"}}) {{ ok errors {{ code }} }} }}'
        )
    assert [each["code"] for each in done["approveChange"]["errors"]] == ["SELF_APPROVAL"]


async def test_nobody_speaks_for_others_but_the_way_in(desk: Desk) -> None:
    """Whoever approves changes cannot have somebody else ask for them."""
    write = desk.caller.product.graph.write
    olga = await somebody(desk.caller, "olga-account", "editor")
    await write(accounts.change_account, REQUEST, "olga-account", person="olga")
    known = await desk.caller.ask('{ person(by: {key: "olga"}) { id } }')
    await write(update_party, REQUEST, known["person"]["id"], {"email": "olga@example.org"})
    before = await counted(desk)
    for other in ("ada@example.org", "nobody@x.org"):
        for who in (olga, desk.caller):
            said = message(**{"from": other}, to="changes@hall.org", text="element: engine")
            answer = await posted(desk, "/messages/hall", said, "application/json", token=who.token)
            (error,) = answer.json()["messages"][0]["errors"]
            assert error["code"] == "SENDER_NOT_YOU", "it is not told whether others are known"
    assert await counted(desk) == before
    said = message(**{"from": "olga@example.org"}, to="changes@hall.org", text="element: engine")
    told = await taken(desk, said, "/messages/hall", media="application/json", token=olga.token)
    document = f"""{{ change(by: {{key: "{told["record"]}"}}) {{ requester }} }}"""
    assert (await desk.caller.ask(document))["change"] == {"requester": "olga-account"}


async def test_an_answer_is_a_comment_on_what_it_answers(desk: Desk) -> None:
    first = message(to="desk@hall.org")
    told = await taken(desk, first, "/messages/hall")
    key = told["record"]
    by_id = await mailed(desk, to="list@hall.org", in_reply_to=first["message-id"], text="still")
    by_key = await mailed(desk, subject=f"Re: [{key}] no mail", text="more")
    assert {by_id["record"], by_key["record"]} == {key}
    assert {by_id["outcome"], by_key["outcome"]} == {"commented"}
    comments = (await shown(desk, key))["comments"]
    assert {each["text"] for each in comments} == {"still", "more"}
    assert all(each["public"] for each in comments), "ada has no account: it is a user who writes"
    again = message(subject=key, text="once")
    for _ in range(2):
        assert (await taken(desk, again, "/messages/hall"))["record"] == key
    assert len((await shown(desk, key))["comments"]) == 3


async def test_an_answer_to_a_digest_is_about_no_record(desk: Desk) -> None:
    key = (await mailed(desk))["record"]
    made = """MERGE (d:Delivery {id: $id}) SET d += {record: $record, person: $ada}
      RETURN d.id AS id"""
    known = await desk.caller.ask(
        f'{{ person(by: {{key: "ada"}}) {{ id }} incident(by: {{key: "{key}"}}) {{ id }} }}'
    )
    ada, incident = known["person"]["id"], known["incident"]["id"]
    many, one = f"{1:012d}-many", f"{1:012d}-one"
    async with desk.caller.product.graph.driver.session() as session:
        for id, record in ((many, ""), (one, incident)):
            await (await session.run(made, id=id, record=record, ada=ada)).consume()
    before = await counted(desk)
    said = message(in_reply_to=f"<{many}@x.org>", subject=f"Re: {key}")
    answer = await posted(desk, "/messages/hall", said)
    (error,) = answer.json()["messages"][0]["errors"]
    assert error["code"] == "ANSWERS_MANY"
    assert await counted(desk) == before
    assert (await mailed(desk, in_reply_to=f"<{one}@x.org>"))["record"] == key


async def test_whoever_may_not_see_a_record_does_not_find_it(desk: Desk) -> None:
    told = await mailed(desk, subject="of ada alone")
    key = told["record"]
    other = await mailed(desk, **{"from": "una@x.org"}, subject=f"Re: {key}", text="whose?")
    none = await mailed(desk, **{"from": "una@x.org"}, subject="Re: INC-999999", text="whose?")
    assert (other["outcome"], none["outcome"]) == ("registered", "registered")
    assert other["record"] != key
    assert (await shown(desk, key))["comments"] == []
    silent = await mailed(desk, **{"from": "una@x.org"}, to="list@hall.org", subject=key)
    assert (silent["outcome"], silent["record"]) == ("nothing", None)


async def test_an_account_that_reads_finds_any_record(desk: Desk) -> None:
    await somebody(desk.caller, "sam-account", "reader")
    write = desk.caller.product.graph.write
    await write(accounts.change_account, REQUEST, "sam-account", person="sam")
    known = await desk.caller.ask('{ person(by: {key: "sam"}) { id } }')
    await write(update_party, REQUEST, known["person"]["id"], {"email": "sam@example.org"})
    key = (await mailed(desk))["record"]
    said = {"from": "Sam <SAM@example.org>", "subject": key, "text": "I look"}
    assert (await mailed(desk, **said))["record"] == key
    (comment,) = (await shown(desk, key))["comments"]
    assert comment == {"text": "I look", "author": "sam-account", "public": False}


async def test_an_address_is_found_however_its_letters_are_written(desk: Desk) -> None:
    write = desk.caller.product.graph.write
    for key, first in (("cara", "Cara@Example.org"), ("dora", "x@example.org")):
        given = {"key": key, "name": key, "email": first}
        await write(register_party, REQUEST, "Person", given)
    known = await desk.caller.ask('{ person(by: {key: "dora"}) { id } }')
    await write(update_party, REQUEST, known["person"]["id"], {"email": "DORA@example.org"})
    for said in ("cara@example.org", "CARA@EXAMPLE.ORG", "dora@example.org", "Dora@example.org"):
        assert (await mailed(desk, **{"from": said}))["outcome"] == "registered", said


async def test_an_unknown_sender_is_refused_and_told_so(desk: Desk) -> None:
    before = await counted(desk)
    answer = await posted(desk, "/messages/hall", message(**{"from": "nobody@x.org"}))
    assert answer.status_code == 422
    (told,) = answer.json()["messages"]
    (error,) = told["errors"]
    assert (error["code"], error["why"]) == ("SENDER_UNKNOWN", "no person has it")
    assert await counted(desk) == before
    write = desk.caller.product.graph.write
    for key in ("twin", "brother"):
        given = {"key": key, "name": key, "email": "twins@x.org"}
        await write(register_party, REQUEST, "Person", given)
    answer = await posted(desk, "/messages/hall", message(**{"from": "twins@x.org"}))
    assert answer.json()["messages"][0]["errors"][0]["why"] == "several persons have it"


async def test_who_is_shut_out_writes_no_more(desk: Desk) -> None:
    """A disabled account gives no sight of more elements, and no comment as a user."""
    write = desk.caller.product.graph.write
    await write(
        register_party, REQUEST, "Person", {"key": "rex", "name": "R", "email": "rex@x.org"}
    )
    assert (await mailed(desk, **{"from": "rex@x.org"}))["outcome"] == "registered"
    for login in ("rex-one", "rex-two"):
        await somebody(desk.caller, login, "editor")
        await write(accounts.change_account, REQUEST, login, person="rex")
    await write(accounts.change_account, REQUEST, "rex-one", disabled=True)
    assert (await mailed(desk, **{"from": "rex@x.org"}))["outcome"] == "registered"
    await write(accounts.change_account, REQUEST, "rex-two", disabled=True)
    before = await counted(desk)
    answer = await posted(desk, "/messages/hall", message(**{"from": "rex@x.org"}))
    (error,) = answer.json()["messages"][0]["errors"]
    assert error["code"] == "SENDER_UNKNOWN"
    assert await counted(desk) == before


async def test_who_sees_a_part_cannot_name_the_rest(desk: Desk) -> None:
    """Neither whoever writes, nor whoever brings the message."""
    caller, write = desk.caller, desk.caller.product.graph.write
    types = caller.product.registry, "racks only", "racks", ["Rack"]
    scope = (await write(define_scope, REQUEST, *types)).value["key"]
    ulf = {"key": "ulf", "name": "ulf", "email": "ulf@x.org"}
    await write(register_party, REQUEST, "Person", ulf)
    await somebody(caller, "ulf-account", "editor")
    given = {"person": "ulf", "sees": [scope]}
    await write(accounts.change_account, REQUEST, "ulf-account", **given)
    try:
        codes = []
        for element in ("engine", "no-such-element"):
            said = {"from": "ulf@x.org", "to": "open@hall.org", "text": f"element: {element}"}
            answer = await posted(desk, "/messages/hall", message(**said))
            (error,) = answer.json()["messages"][0]["errors"]
            codes.append((error["code"], error["why"].replace(element, "X")))
        assert len(set(codes)) == 1
        assert codes[0][0] == "MESSAGE_WITHOUT_ELEMENT"
    finally:
        await write(accounts.change_account, REQUEST, "ulf-account", disabled=True)
    token = await bootstrap.new_token(caller.product, "admin", 60, [], [scope])
    answer = await posted(desk, "/events/hall", event(), token=token.secret)
    (told,) = answer.json()["events"]
    asked = f"""{{ incident(by: {{key: "{told["record"]}"}}) {{ needsElement
      affects {{ effect }} suggestedElements {{ score }} }} }}"""
    found = (await caller.ask(asked))["incident"]
    assert found == {"needsElement": True, "affects": [], "suggestedElements": []}
