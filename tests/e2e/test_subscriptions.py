"""Subscriptions over real sockets: what is told, to whom, in which order, and from where on."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied, register
from e2e.streaming import Wire, events, listening, until, wired
from fitsm_graph import bootstrap
from fitsm_graph.api.live.cursor import Cursor
from fitsm_graph.api.live.listening import Event
from fitsm_graph.api.live.subscriptions import filled
from fitsm_graph.api.selection import Selected
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.follow import Reach
from fitsm_graph.model.principal import Principal

CHANGED = """subscription E($where: ElementWhere, $since: String) {
  elementChanged(where: $where, since: $since) { cursor seq action at actor verb kind id key
    element { key name state ... on CI { type } } changes { field old new }
    relations { op type source target } relationCount } }"""
SHORT = """subscription E($since: String, $where: ElementWhere) {
  elementChanged(since: $since, where: $where) { cursor key action element { name } } }"""
LEDGER = """subscription L($since: String) { ledgerEntries(since: $since) {
  cursor seq entry { seq verb changes { op kind id } } } }"""
RECORDS = """subscription R($kinds: [String!]) { recordChanged(kinds: $kinds) {
  action kind key verb changes { field new } element { key } } }"""
IMPACT = """subscription I($of: [ID!]!, $since: String) { impactChanged(of: $of, since: $since) {
  cursor seq affectedCount
  states { element { key } before after marginBefore marginAfter why }
  effects { element { key } before after } } }"""
UPDATE = """mutation U($ref: ID!, $name: String!) {
  updateElement(input: {ref: $ref, set: {name: $name}}) { ok seq errors { message } } }"""
RELATE = """mutation R($type: String!, $from: ID!, $to: ID!) {
  relateElements(input: {type: $type, source: $from, target: $to}) {
    ok seq errors { message } } }"""
RETIRE = "mutation X($ref: ID!) { retireElement(input: {ref: $ref}) { ok seq errors { message } } }"
FAIL = """mutation F($of: ID!) { registerIncident(input: {
  title: "no power", affects: [{element: $of, effect: DOWN}]}) {
  ok seq errors { message } incident { key } } }"""
MEND = """mutation M($key: ID!) { resolveIncident(input: {
  ref: $key, resolution: "plugged in"}) { ok seq errors { message } } }"""


class Estate:
    """A product that listens at an address, and a client of it."""

    def __init__(self, caller: Caller, address: str) -> None:
        self.caller = caller
        self.address = address
        self.product = caller.product

    async def do(self, document: str, **given: Any) -> Any:
        """A mutation's payload."""
        done = next(iter((await self.caller.ask(document, **given)).values()))
        assert done["ok"], done
        return done

    async def rename(self, key: str, name: str) -> int:
        return int((await self.do(UPDATE, ref=key, name=name))["seq"])

    async def streams(self, count: int) -> None:
        """Wait until so many streams have begun."""
        await until(lambda: len(self.product.live.follower) == count)

    async def subscribed(self, wire: Wire, document: str, id: str = "1", **given: Any) -> None:
        """Subscribe, and wait until it has begun."""
        before = len(self.product.live.follower)
        await wire.subscribe(document, id, **given)
        await self.streams(before + 1)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def estate(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Estate]:
    await emptied(neo4j_endpoint)
    async with (
        calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as caller,
        listening(caller.product) as address,
    ):
        yield Estate(caller, address)


@pytest_asyncio.fixture
async def wire(estate: Estate) -> AsyncIterator[Wire]:
    async with wired(estate.address, token=estate.caller.token) as one:
        yield one
    await estate.streams(0)


async def test_an_element_is_told_from_its_birth_to_its_end(estate: Estate, wire: Wire) -> None:
    await estate.subscribed(wire, CHANGED)
    seq = await register(estate.caller, "app", "CI", "Application")
    born = await wire.event()
    assert (born["action"], born["key"], born["cursor"]) == ("CREATED", "app", str(seq))
    assert (born["actor"], born["verb"], born["kind"]) == ("admin", "element.register", "CI")
    assert born["element"] == {"key": "app", "name": "app", "state": "UP", "type": "Application"}
    assert {"field": "name", "old": None, "new": "app"} in born["changes"]
    await estate.rename("app", "App")
    assert (await wire.event())["changes"] == [{"field": "name", "old": "app", "new": "App"}]
    await register(estate.caller, "vm", "CI", "VirtualMachine")
    vm = await wire.event()
    await estate.do(RELATE, type="RUNS_ON", **{"from": "app", "to": "vm"})
    both = [await wire.event(), await wire.event()]
    assert {each["key"] for each in both} == {"app", "vm"}
    for each in both:
        assert (each["action"], each["changes"], each["relationCount"]) == ("RELATED", [], 1)
        assert each["relations"][0]["source"] == born["id"]
        assert each["relations"][0]["target"] == vm["id"]
    assert both[0]["cursor"] == f"{both[0]['seq']}/{both[0]['id']}", "one more of this entry comes"
    assert both[1]["cursor"] == str(both[1]["seq"])
    await estate.do(RETIRE, ref="app")
    ends = {each["key"]: each for each in [await wire.event(), await wire.event()]}
    assert (ends["app"]["action"], ends["app"]["element"]) == ("RETIRED", None)
    assert ends["vm"]["relations"][0]["op"] == "UNRELATE"


async def test_a_filter_lets_through_what_matches_now_and_what_matched_last(
    estate: Estate, wire: Wire
) -> None:
    where = {"type": {"isA": "Server"}}
    await estate.subscribed(wire, SHORT, where=where)
    await register(estate.caller, "f-app", "CI", "Application")
    await register(estate.caller, "f-host", "CI", "Server")
    await register(estate.caller, "f-svc", "Service")
    await estate.do(RETIRE, ref="f-host")
    told = [await wire.event(), await wire.event()]
    assert [(each["key"], each["action"]) for each in told] == [
        ("f-host", "CREATED"),
        ("f-host", "RETIRED"),
    ]
    wrong = {"type": {"isA": "Nothing"}}
    asked = "query W($where: ElementWhere) { elements(where: $where) { totalCount } }"
    await wire.subscribe(SHORT, "2", where=wrong)
    assert (await wire.refusal("2"))["code"] == await estate.caller.code(asked, where=wrong)


async def test_what_is_retired_before_its_birth_is_told_of_is_told_of(estate: Estate) -> None:
    """A reading may come late: whatever an event was, what is retired matches as it was last."""
    api = estate.product.api
    seq = await register(estate.caller, "late", "CI", "Server")
    id = (await estate.caller.ask('{ element(id: "late") { id } }'))["element"]["id"]
    await estate.do(RETIRE, ref="late")
    seen = await api.freshness.seen()
    edition = await api.editions.at(seen.types)
    context = api.context(edition, seen, Principal("admin", frozenset({"administrator"})), "test")
    born = Event(Cursor(seq, id), {"kind": "CI", "action": "CREATED"})
    what = Selected("elementChanged", "", "ChangeEvent")
    for wanted, told in (("Server", [born.place]), ("Application", [])):
        where = {"type": {"isA": wanted}}
        assert [each.place for each in await filled(context, [born], what, where)] == told


async def test_records_of_some_kinds(estate: Estate, wire: Wire) -> None:
    await register(estate.caller, "r-app", "CI", "Application")
    await estate.subscribed(wire, RECORDS, kinds=["Incident"])
    made = await estate.do(FAIL, of="r-app")
    await estate.do(MEND, key=made["incident"]["key"])
    told = [await wire.event(), await wire.event()]
    assert [each["kind"] for each in told] == ["Incident"] * 2
    assert {each["key"] for each in told} == {made["incident"]["key"]}
    assert [each["action"] for each in told] == ["CREATED", "CHANGED"]
    await wire.subscribe(RECORDS, "2", kinds=["Incidents"])
    refused = await wire.refusal("2")
    assert (refused["code"], refused["path"]) == ("BAD_INPUT", ["kinds"])
    assert "Incident" in refused["remedy"]


async def test_impact_of_a_set_is_told_when_it_changes(estate: Estate, wire: Wire) -> None:
    for key in ("i-db", "i-app", "i-svc", "i-other"):
        await register(estate.caller, key)
    await estate.do(RELATE, type="DEPENDS_ON", **{"from": "i-app", "to": "i-db"})
    start = (await estate.do(RELATE, type="DEPENDS_ON", **{"from": "i-svc", "to": "i-app"}))["seq"]
    await estate.subscribed(wire, IMPACT, of=["i-app", "i-svc"])
    await estate.rename("i-other", "no event")
    made = await estate.do(FAIL, of="i-db")
    down = await wire.event()
    states = {each["element"]["key"]: each for each in down["states"]}
    assert {k: (e["before"], e["after"]) for k, e in states.items()} == {
        "i-app": ("UP", "DOWN"),
        "i-svc": ("UP", "DOWN"),
    }
    assert down["seq"] >= made["seq"]
    assert "i-db" in states["i-app"]["why"]
    await estate.do(MEND, key=made["incident"]["key"])
    up = await wire.event()
    assert {(e["before"], e["after"]) for e in up["states"]} == {("DOWN", "UP")}
    await estate.do(RELATE, type="DEPENDS_ON", **{"from": "i-other", "to": "i-app"})
    more = await wire.event()
    assert more["states"] == []
    effects = [(e["element"]["key"], e["before"], e["after"]) for e in more["effects"]]
    assert effects == [("i-other", None, "DOWN")]
    await estate.subscribed(wire, IMPACT, "2", of=["i-app"], since=str(start))
    caught_up = await wire.event("2")
    assert [e["element"]["key"] for e in caught_up["effects"]] == ["i-other"]
    assert caught_up["states"] == [], "down and up again: as it was"
    await estate.do(RETIRE, ref="i-svc")
    gone = (await wire.event())["states"]
    assert [(e["element"]["key"], e["before"], e["after"]) for e in gone] == [("i-svc", "UP", None)]


async def test_server_sent_events_are_the_same_events(estate: Estate) -> None:
    signed = estate.caller.signed()
    async with events(estate.address, SHORT, signed) as stream:
        assert stream.response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.response.headers["cache-control"] == "no-store"
        await estate.streams(1)
        seq = await register(estate.caller, "sse")
        name, id, body = await stream.next()
        assert (name, id) == ("next", str(seq))
        assert body == {
            "data": {
                "elementChanged": {
                    "cursor": str(seq),
                    "key": "sse",
                    "action": "CREATED",
                    "element": {"name": "sse"},
                }
            }
        }
    await estate.streams(0)
    async with events(estate.address, "{ ledgerHead }", signed) as stream:
        name, _, body = await stream.next()
        assert (name, body["data"]) == ("next", {"ledgerHead": seq})
        assert (await stream.next())[0] == "complete"


async def test_what_is_refused_before_the_first_event_has_a_status(estate: Estate) -> None:
    signed = estate.caller.signed()
    for document, headers, status, code in (
        (SHORT, {"Authorization": "Bearer fsg_no"}, 401, "UNAUTHENTICATED"),
        ("subscription { elementChanged { nothing } }", signed, 400, "INVALID_DOCUMENT"),
        ('subscription { elementChanged(since: "x") { key } }', signed, 400, "INVALID_CURSOR"),
        ('subscription { elementChanged(since: "99999") { key } }', signed, 400, "CURSOR_AHEAD"),
        ('subscription { impactChanged(of: ["no"]) { seq } }', signed, 404, "NOT_FOUND"),
        ("subscription { impactChanged(of: []) { seq } }", signed, 400, "BAD_INPUT"),
    ):
        async with events(estate.address, document, headers) as stream:
            body = await stream.response.aread()
            assert stream.response.status_code == status, body
            assert stream.response.headers["content-type"].startswith("application/json")
            assert f'"{code}"'.encode() in body
    assert await estate.caller.code("subscription { elementChanged { key } }") == (
        "SUBSCRIPTION_NEEDS_STREAM"
    )
    await estate.streams(0)


async def test_a_cursor_too_old_is_refused_by_name(estate: Estate, wire: Wire) -> None:
    await register(estate.caller, "old-1")
    seq = await register(estate.caller, "old-2")
    follower = estate.product.live.follower
    usual, follower.reach = follower.reach, Reach(entries=1)
    try:
        await wire.subscribe(SHORT, "1", since=str(seq - 2))
        assert (await wire.refusal("1"))["code"] == "CURSOR_TOO_OLD"
        await wire.subscribe(SHORT, "2", since=str(seq - 1))
        assert (await wire.event("2"))["key"] == "old-2", "the control: one entry is read back"
    finally:
        follower.reach = usual


async def test_questions_and_mutations_come_over_the_socket_too(wire: Wire) -> None:
    await wire.subscribe("{ ledgerHead }")
    answer = await wire.next()
    assert answer["payload"]["data"]["ledgerHead"] > 0
    assert (await wire.next())["type"] == "complete"
    await wire.subscribe("{ nothing }", "2")
    assert (await wire.refusal("2"))["code"] == "INVALID_DOCUMENT"
    await wire.subscribe(UPDATE, "3", ref="no", name="x")
    errors = (await wire.event("3"))["errors"]
    assert errors[0]["message"] == "there is no element 'no'"


async def test_all_streams_of_a_process_poll_once(estate: Estate, wire: Wire) -> None:
    """Twenty streams that have nothing to tell cost what one does."""
    graph, follower = estate.product.graph, estate.product.live.follower
    for number in range(20):
        await estate.subscribed(wire, SHORT, str(number), where={"key": {"eq": "poll"}})
    polls, statements = follower.polls, graph.statements
    await until(lambda: follower.polls >= polls + 4)
    assert 0 < graph.statements - statements <= follower.polls - polls
    readings = follower.readings
    before = graph.statements
    await register(estate.caller, "poll")
    for number in range(20):
        assert (await wire.event(str(number)))["key"] == "poll"
    assert follower.readings == readings + 1
    shared = graph.statements - before
    assert shared < 20, "what twenty ask alike is asked once"
    await wire.subscribe(SHORT, "one more")
    assert (await wire.refusal("one more"))["code"] == "TOO_MANY_SUBSCRIPTIONS"
    async with wired(estate.address, token=estate.caller.token) as other:
        await other.subscribe(SHORT)
        assert (await other.refusal())["code"] == "TOO_MANY_SUBSCRIPTIONS", "of the account"
        await wire.say(type="complete", id="0")
        await estate.streams(19)
        await estate.subscribed(other, SHORT)


async def test_a_server_that_stops_lets_streams_be_resumed(
    estate: Estate, neo4j_endpoint: Endpoint
) -> None:
    token = estate.caller.token
    async with bootstrap.opened(neo4j_endpoint, folder=estate.product.folder) as product:
        async with listening(product) as address, wired(address, token=token) as wire:
            await wire.subscribe(SHORT)
            await until(lambda: len(product.live.follower) == 1)
            await register(estate.caller, "stop-1")
            cursor = (await wire.event())["cursor"]
            async with events(address, SHORT, estate.caller.signed()) as stream:
                await until(lambda: len(product.live.follower) == 2)
                await product.live.close()
                assert await stream.next() == ("", "", None), "no `complete`"
            assert await wire.closed() == 1001
        await register(estate.caller, "stop-2")
    async with (
        bootstrap.opened(neo4j_endpoint, folder=estate.product.folder) as again,
        listening(again) as address,
        wired(address, token=token) as wire,
    ):
        await wire.subscribe(SHORT, since=cursor)
        assert (await wire.event())["key"] == "stop-2"


async def test_types_that_change_are_in_the_next_event(estate: Estate, wire: Wire) -> None:
    types = {
        "Radio": {
            "extends": "Equipment",
            "doc": "Radio with its aerial.",
            "tag": "Ra",
            "attributes": {"band_mhz": {"kind": "float", "unit": "MHz", "doc": "Its middle."}},
        }
    }
    define = """mutation D($ci: JSON, $prune: Boolean! = false) { defineTypes(
      input: { ciTypes: $ci, prune: $prune, acceptBreaks: true }) { ok seq errors { message } } }"""
    await estate.subscribed(wire, "subscription { elementChanged { key element { __typename } } }")
    await estate.do(define, ci=types)
    await register(estate.caller, "radio-1", "CI", "Radio")
    assert (await wire.event())["element"] == {"__typename": "Radio"}
    typed = "subscription { elementChanged { key element { ... on Radio { bandMhz } } } }"
    await estate.subscribed(wire, typed, "2")
    await estate.rename("radio-1", "first")
    assert (await wire.event("2"))["element"] == {"bandMhz": None}
    await estate.do(RETIRE, ref="radio-1")
    assert (await wire.event("2"))["element"] is None
    await estate.do(define, ci={"Mast": {**types["Radio"], "tag": "Ma"}})
    await register(estate.caller, "mast-1", "CI", "Mast")
    assert (await wire.event("2"))["key"] == "mast-1", "the control: it goes on over a change"
