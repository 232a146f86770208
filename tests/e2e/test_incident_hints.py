"""What is known already is shown at an incident: known errors, the same cause, changes before."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import somebody
from e2e.desk import HOUR, Desk, opened
from fitsm_graph.chm.approvals import approve_change
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms import accounts
from fitsm_graph.sms.roles import assign_role

HINTS = """query H($of: ID!, $days: Int) { incidentHints(of: $of, days: $days) {
  knownErrors { key at workaround } sameCause { key resolution }
  changes { key hops status hoursBefore weight } } }"""
PROBLEM = """mutation P($i: RegisterProblemInput!) { registerProblem(input: $i) {
  ok problem { key } } }"""
KNOWN = """mutation K($i: RegisterKnownErrorInput!) { registerKnownError(input: $i) {
  ok errors { message } knownError { key } } }"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    async with opened(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        yield made


async def known(desk: Desk, element: str, workaround: str) -> str:
    """A known error of a problem that shows at an element."""
    given = {"title": "it stops", "investigates": [element]}
    problem = (await desk.caller.ask(PROBLEM, i=given))["registerProblem"]["problem"]["key"]
    said = {"problem": problem, "workaround": workaround, "concerns": [element]}
    told = (await desk.caller.ask(KNOWN, i=said))["registerKnownError"]
    assert told["ok"], told
    key: str = told["knownError"]["key"]
    return key


async def approved(desk: Desk, key: str) -> None:
    """Let the manager of changes approve one, and put it into the schedule now."""
    product, setup = desk.caller.product, Request(actor="setup", via="test")
    write, manager = product.graph.write, {"process": Process.CHM, "replacing": True}
    await write(assign_role, setup, RoleWord.PROCESS_MANAGER, "sam", **manager)
    if not (await product.graph.rows("sms.account_context", login="boss", sees=[], person=""))[0][
        "account"
    ]:
        await write(accounts.create_account, setup, "boss", ["editor"], "x", person="sam")
    assess = "mutation A($ref: ID!) { assessChange(input: {ref: $ref}) { ok } }"
    assert (await desk.caller.ask(assess, ref=key))["assessChange"]["ok"]
    reaching = Reaches(await product.snapshot.current())
    boss = Request(actor="boss", via="test")
    await write(approve_change, boss, product.policies, reaching, key)
    now = desk.clock.now()
    window = {"s": to_text(now - HOUR), "e": to_text(now + HOUR)}
    schedule = """mutation S($ref: ID!, $s: DateTime, $e: DateTime) {
      scheduleChange(input: {ref: $ref, startsAt: $s, endsAt: $e}) { ok } }"""
    assert (await desk.caller.ask(schedule, ref=key, **window))["scheduleChange"]["ok"]


async def changed(desk: Desk, element: str, title: str) -> str:
    """A change of an element that is implemented."""
    register = """mutation C($i: RegisterChangeInput!) { registerChange(input: $i) {
      ok change { key } } }"""
    hit = [{"element": element, "effect": "AT_RISK"}]
    told = await desk.caller.ask(register, i={"title": title, "changes": hit})
    key: str = told["registerChange"]["change"]["key"]
    await approved(desk, key)
    for verb in ("beginChange", "completeChange"):
        document = f"mutation B($ref: ID!) {{ {verb}(input: {{ref: $ref}}) {{ ok }} }}"
        assert (await desk.caller.ask(document, ref=key))[verb]["ok"]
    return key


async def hints(desk: Desk, of: str, days: int = 14) -> Any:
    return (await desk.caller.ask(HINTS, of=of, days=days))["incidentHints"]


async def test_releases_near_it_are_named(desk: Desk) -> None:
    """PR13.out.1: those that are planned, of elements that it depends on, and no others."""
    register = """mutation C($i: RegisterChangeInput!) { registerChange(input: $i) {
      ok change { key } } }"""
    keys = {}
    for element in ("engine", "store"):
        hit = [{"element": element, "effect": "AT_RISK"}]
        told = await desk.caller.ask(register, i={"title": "x", "changes": hit})
        change = told["registerChange"]["change"]["key"]
        await approved(desk, change)
        named = """mutation R($t: String!) { registerRelease(input: {title: $t}) {
          ok release { key } } }"""
        made = (await desk.caller.ask(named, t=f"release of {element}"))["registerRelease"]
        keys[element] = made["release"]["key"]
        took = """mutation I($ref: ID!, $c: [ID!]!) {
          includeInRelease(input: {ref: $ref, changes: $c}) { ok errors { message } } }"""
        assert (await desk.caller.ask(took, ref=keys[element], c=[change]))["includeInRelease"][
            "ok"
        ]
    incident = await desk.new("engine")
    asked = """query H($of: ID!) { incidentHints(of: $of) {
      releases { key hops status deployedAt outcome } } }"""
    found = (await desk.caller.ask(asked, of=incident["key"]))["incidentHints"]["releases"]
    near = {"hops": 0, "status": "registered", "deployedAt": None, "outcome": None}
    assert [each for each in found if each["key"] in keys.values()] == [
        {"key": keys["engine"], **near}
    ]


async def test_years_are_reported_only_to_who_may_read_a_lot(desk: Desk) -> None:
    reader = await somebody(desk.caller, "reporter", "reader")
    asked = """query R($since: DateTime!) {
      incidentReport(since: $since, until: "2026-01-02T00:00:00Z") { registered } }"""
    assert await reader.code(asked, since="2024-01-01T00:00:00Z") == "BAD_INPUT"
    for caller, since in ((reader, "2025-01-01T00:00:00Z"), (desk.caller, "2024-01-01T00:00:00Z")):
        told = (await caller.ask(asked, since=since))["incidentReport"]
        assert told["registered"] == 0


async def test_what_is_known_already_is_shown(desk: Desk) -> None:
    here, there = await known(desk, "engine", "restart"), await known(desk, "mail", "wait")
    same = await known(desk, "store", "pray")
    past = await desk.new("engine")
    ended = {"resolution": "a new pump", "causedIn": "engine"}
    await desk.done("resolveIncident", ref=past["key"], **ended)
    change = await changed(desk, "engine", "a new version")
    await changed(desk, "store", "elsewhere")
    desk.clock.advance(12 * HOUR)
    found = await hints(desk, (await desk.new("engine"))["key"])
    near = [each for each in found["knownErrors"] if each["at"] != "supertype"]
    assert near == [
        {"key": here, "at": "element", "workaround": "restart"},
        {"key": there, "at": "service", "workaround": "wait"},
        {"key": same, "at": "type", "workaround": "pray"},
    ]
    assert found["sameCause"] == [{"key": past["key"], "resolution": "a new pump"}]
    assert found["changes"] == [
        {"key": change, "hops": 0, "status": "implemented", "hoursBefore": 12.0, "weight": 0.7071}
    ]
    far = await desk.done("registerIncident", title="x", affects=[{"element": "mail"}])
    assert [(each["key"], each["hops"]) for each in (await hints(desk, far["key"]))["changes"]] == [
        (change, 1)
    ]
    assert await desk.caller.code(HINTS, of=past["key"], days=0) == "BAD_INPUT"
    assert await desk.caller.code(HINTS, of="INC-999999", days=1) == "NOT_FOUND"


async def test_all_that_helps_is_shown_the_likeliest_first(desk: Desk) -> None:
    """PR10.3: the way of the known error itself and others, with their counts; no retired one."""
    await desk.emptied()
    here = await known(desk, "engine", "restart")
    register = """mutation W($i: RegisterWorkaroundInput!) { registerWorkaround(input: $i) {
      ok workaround { key } } }"""
    keys = []
    for said in ("use the web page", "wait", "pray"):
        given = {"knownError": here, "workaround": said, "carriedOutBy": "users"}
        keys.append(
            (await desk.caller.ask(register, i=given))["registerWorkaround"]["workaround"]["key"]
        )
    page, wait, pray = keys
    why = 'mutation R($r: ID!) { retireWorkaround(input: {ref: $r, why: "no"}) { ok } }'
    assert (await desk.caller.ask(why, r=pray))["retireWorkaround"]["ok"]
    incident = (await desk.new())["key"]
    for verb, ref, helped in (
        ("tryKnownError", here, False),
        ("tryWorkaround", page, True),
    ):
        tried = f"""mutation T($r: ID!, $i: ID!, $h: Boolean!) {{
          {verb}(input: {{ref: $r, incident: $i, helped: $h}}) {{ ok }} }}"""
        assert (await desk.caller.ask(tried, r=ref, i=incident, h=helped))[verb]["ok"]
    asked = """query H($of: ID!) { incidentHints(of: $of) { knownErrors { key workaround
      workarounds { key workaround carriedOutBy verifiedAt used helped } } } }"""
    found = (await desk.caller.ask(asked, of=incident))["incidentHints"]["knownErrors"]
    (told,) = [each for each in found if each["key"] == here]
    assert told["workaround"] == "restart"
    by_users = {"carriedOutBy": "users", "verifiedAt": None}
    assert told["workarounds"] == [
        {"key": page, "workaround": "use the web page", **by_users, "used": 1, "helped": 1},
        {"key": wait, "workaround": "wait", **by_users, "used": 0, "helped": 0},
        {
            "key": here,
            "workaround": "restart",
            "carriedOutBy": "",
            "verifiedAt": None,
            "used": 1,
            "helped": 0,
        },
    ]
    await retired(desk, here)
    await desk.emptied()


async def test_deviations_before_it_are_suspected(desk: Desk) -> None:
    """Of what it depends on, found before it began; not of anything else, nor later."""
    raised = """mutation D($e: ID!) {
      registerDeviation(input: {deviatesAt: $e, title: "other disks"}) { ok deviation { key } } }"""
    keys = {}
    for element in ("engine", "store"):
        told = (await desk.caller.ask(raised, e=element))["registerDeviation"]
        keys[element] = told["deviation"]["key"]
    desk.clock.advance(12 * HOUR)
    incident = await desk.done("registerIncident", title="x", affects=[{"element": "mail"}])
    desk.clock.advance(HOUR)
    await desk.caller.ask(raised, e="mail")
    asked = """query H($of: ID!) { incidentHints(of: $of) {
      deviations { key title status source hops hoursBefore weight closedAt } } }"""
    found = (await desk.caller.ask(asked, of=incident["key"]))["incidentHints"]["deviations"]
    near = {"title": "other disks", "status": "open", "source": "person", "closedAt": None}
    assert found == [
        {"key": keys["engine"], **near, "hops": 1, "hoursBefore": 12.0, "weight": 0.3536}
    ]
    await desk.emptied()


async def test_known_errors_back_off_to_the_types_above(desk: Desk) -> None:
    element = "mutation E($i: RegisterElementInput!) { registerElement(input: $i) { ok } }"
    for type, key in (("WebServer", "os"), ("Switch", "sw"), ("Library", "lib")):
        given = {"kind": "CI", "type": type, "key": key, "name": key}
        assert (await desk.caller.ask(element, i=given))["registerElement"]["ok"], type
    near, far = await known(desk, "os", "patch it"), await known(desk, "sw", "replug it")
    found = (await hints(desk, (await desk.new("lib"))["key"]))["knownErrors"]
    told = {each["key"]: each["at"] for each in found}
    assert told[near] == "supertype"
    assert far not in told, "they have no type in common"


async def test_what_is_known_was_shown_once_to_who_began(desk: Desk) -> None:
    """PR10.4: at the element and at the service; not what is retired, nor what is of the type."""
    await desk.emptied()
    at_engine, at_mail = await known(desk, "engine", "kick it"), await known(desk, "mail", "wait")
    gone, near = await known(desk, "engine", "hit it"), await known(desk, "store", "hum")
    await retired(desk, gone)
    first, second = await desk.new(), await desk.new()
    before = await shown_for(desk)
    assert not set(before) & {first["key"], second["key"]}, "nobody has begun"
    for each in (first, second):
        await desk.done("beginIncident", ref=each["key"])
    told = {each["key"]: each["shown"] for each in await known_hints(desk, second["key"])}
    assert (told[at_engine], told[at_mail], told[near]) == (2, 2, 0)
    assert gone not in told
    await desk.done("resolveIncident", ref=first["key"], resolution="over")
    await desk.done("reopenIncident", ref=first["key"], why="not over")
    assert {at_engine, at_mail} <= set((await shown_for(desk))[first["key"]])
    assert gone not in (await shown_for(desk))[first["key"]]
    for each in (at_engine, at_mail, near):
        await retired(desk, each)
    await desk.emptied()


async def retired(desk: Desk, key: str) -> None:
    retire = "mutation R($ref: ID!) { retireKnownError(input: {ref: $ref}) { ok } }"
    assert (await desk.caller.ask(retire, ref=key))["retireKnownError"]["ok"]


async def known_hints(desk: Desk, key: str) -> Any:
    asked = """query H($of: ID!) { incidentHints(of: $of) { knownErrors { key shown } } }"""
    return (await desk.caller.ask(asked, of=key))["incidentHints"]["knownErrors"]


async def shown_for(desk: Desk) -> dict[str, list[str]]:
    """Keys of known errors that were shown, by incident, asked from either end."""
    asked = """{ incidents(first: 200) { nodes { key shown { key } } }
      knownErrors(first: 200) { nodes { key shownFor { key } } } }"""
    told = await desk.caller.ask(asked)
    incidents, errors = told["incidents"]["nodes"], told["knownErrors"]["nodes"]
    found = {each["key"]: [one["key"] for one in each["shown"]] for each in incidents}
    pairs = {(key, one) for key, keys in found.items() for one in keys}
    assert pairs == {(one["key"], each["key"]) for each in errors for one in each["shownFor"]}
    return {key: keys for key, keys in found.items() if keys}
