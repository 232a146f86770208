"""An estate and who keeps it: sources of its data, types that its CIs are brought along with."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied, somebody
from e2e.cli_inside import command
from e2e.streaming import listening
from fitsm_graph import bootstrap
from fitsm_graph.bootstrap import KINDS
from fitsm_graph.confm.deviations import register_deviation
from fitsm_graph.confm.drafts import ElementDraft
from fitsm_graph.confm.service import assign_owner, register_element
from fitsm_graph.confm.source_register import sources_due
from fitsm_graph.confm.types import define_scope, from_graph
from fitsm_graph.confm.verifying import begin_verification
from fitsm_graph.flow.policies import InForce
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.model.declare import Process
from fitsm_graph.sms import accounts
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.due_rules import ReviewKind
from fitsm_graph.sms.reviews import plan_review
from graph.syncing import record, run, send

pytestmark = pytest.mark.asyncio(loop_scope="session")
SETUP = Request(actor="setup", via="test")
START = datetime(2026, 11, 24, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
REGISTER = """query R($states: [String!], $first: Int!, $after: String) {
  sourceRegister(states: $states, first: $first, after: $after) {
    total unregistered overdue endCursor sources { name key state owner { key } ciTypes dueAt runs
      lastRun lastRunStatus lastCompleted lastCompletedAt elements } } }"""


class Desk:
    """A product, its clock, and whoever acts."""

    def __init__(self, admin: Caller, clock: ManualClock) -> None:
        self.admin, self.clock = admin, clock

    async def done(self, verb: str, *, dry_run: bool = False, **given: Any) -> Any:
        name = f"{verb[0].upper()}{verb[1:]}"
        document = f"""mutation A($i: {name}Input!, $dry: Boolean!) {{
          {verb}(input: $i, dryRun: $dry) {{ ok errors {{ code path }} configurationSource {{
            key name status title ciTypes expectedHours why owner {{ key }} }} }} }}"""
        self.clock.advance(timedelta(seconds=1))
        return (await self.admin.ask(document, i=given, dry=dry_run))[verb]

    async def register(self, by: Caller | None = None, **given: Any) -> Any:
        asked = {"first": 50, **given}
        return (await (by or self.admin).ask(REGISTER, **asked))["sourceRegister"]

    async def states(self) -> dict[str, str]:
        return {each["name"]: each["state"] for each in (await self.register())["sources"]}

    async def sent(self, source: str, *keys: str, **more: Any) -> None:
        rows = [record("Server" if key[0] == "s" else "Rack", key) for key in keys]
        await send(self.admin.product.graph, rows, source=source, **more)
        self.clock.advance(timedelta(seconds=1))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    await emptied(neo4j_endpoint)
    clock = ManualClock(START)
    folder = tmp_path_factory.mktemp("sources")
    async with calling(neo4j_endpoint, folder, clock=clock) as admin:
        graph = admin.product.graph
        await graph.write(sms.register_party, SETUP, "Group", {"key": "ops", "name": "Ops"})
        lasting = await bootstrap.new_token(admin.product, "admin", 99, [])
        yield Desk(Caller(admin.product, admin.http, lasting.secret), clock)


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def nothing_known(desk: Desk) -> None:
    """No source, and no run of one."""
    graph = desk.admin.product.graph
    await run(
        graph, "MATCH (n:ConfigurationSource|ConfigurationScope|RunState|SyncScope) DETACH DELETE n"
    )


async def test_how_a_source_stands_follows_from_its_runs(desk: Desk) -> None:
    """PR11.1: late by its last completed run; what runs unregistered is found, and not barred."""
    tried = await desk.done("defineConfigurationSource", dry_run=True, name="netbox")
    assert tried["configurationSource"]["status"] == "in_use"
    assert (await desk.register())["total"] == 0, "a dry run leaves nothing"
    given = {"ciTypes": ["Server", "Rack"], "expectedHours": 24, "owner": "ops"}
    made = await desk.done("defineConfigurationSource", name="netbox", **given)
    key = made["configurationSource"]["key"]
    assert made["configurationSource"] == {
        "key": key, "name": "netbox", "status": "in_use", "title": "netbox",
        "ciTypes": ["Server", "Rack"], "expectedHours": 24, "why": "", "owner": {"key": "ops"},
    }  # fmt: skip
    again = await desk.done("defineConfigurationSource", name="netbox")
    assert [each["code"] for each in again["errors"]] == ["SOURCE_IN_USE"]
    assert await desk.states() == {"netbox": "in_time"}
    desk.clock.advance(25 * HOUR)
    assert await desk.states() == {"netbox": "overdue"}, "it never came"
    await desk.sent("netbox", "s1", "s2", "r1")
    await desk.sent("script", "s3")
    product = desk.admin.product
    assert await sources_due(product.graph, product.policies, desk.clock.now()) == []
    desk.clock.advance(20 * HOUR)
    await desk.sent("netbox", "s1", "r1", mode="delta")
    told = await desk.register()
    assert (told["total"], told["unregistered"], told["overdue"]) == (2, 1, 0)
    script, netbox = told["sources"]
    assert (script["name"], script["key"], script["state"]) == ("script", None, "unregistered")
    assert (netbox["runs"], netbox["lastCompleted"], netbox["elements"]) == (
        2, "netbox/default/2", 3,
    )  # fmt: skip
    assert (netbox["owner"], script["owner"], script["elements"]) == ({"key": "ops"}, None, 1)
    desk.clock.advance(25 * HOUR)
    late = await sources_due(product.graph, product.policies, desk.clock.now())
    assert [(each.matter, each.subject) for each in late] == [("source_overdue", key)]
    assert late[0].due_at == (await desk.register(states=["overdue"]))["sources"][0]["dueAt"]
    await desk.done("changeConfigurationSource", ref=key, expectedHours=0)
    assert (await desk.states())["netbox"] == "unscheduled"
    await desk.done("retireConfigurationSource", ref=key, why="it was switched off")
    assert await desk.states() == {"script": "unregistered"}
    await desk.sent("netbox", "s4", mode="delta")
    assert await desk.states() == {"script": "unregistered", "netbox": "unregistered"}
    back = await desk.done("defineConfigurationSource", name="netbox")
    assert back["configurationSource"]["key"] > key


async def test_the_register_by_pages_and_by_what_one_sees(desk: Desk) -> None:
    graph, registry = desk.admin.product.graph, desk.admin.product.registry
    for number in range(3):
        await desk.sent(f"source{number}", f"sa{number}", f"ra{number}")
    rows, after = [], None
    while True:
        page = await desk.register(first=2, after=after)
        rows += page["sources"]
        assert (page["total"], page["unregistered"]) == (3, 3)
        after = page["endCursor"]
        if after is None:
            break
    assert [each["name"] for each in rows] == ["source0", "source1", "source2"]
    assert {each["elements"] for each in rows} == {2}
    scope = await graph.write(define_scope, SETUP, registry, "servers", "No racks.", ["Server"])
    lea = await somebody(desk.admin, "lea", "process_manager")
    await graph.write(accounts.change_account, SETUP, "lea", sees=[scope.value["key"]])
    seen = (await desk.register(by=lea))["sources"]
    assert {each["elements"] for each in seen} == {1}
    asked = '{ sourceRegister(states: ["late"]) { total } }'
    assert await desk.admin.code(asked) == "BAD_INPUT"
    bad = {"name": "x y", "ciTypes": ["Serverr"], "expectedHours": 9_999}
    for name, value in bad.items():
        told = await desk.done("defineConfigurationSource", **{"name": "ok", name: value})
        assert [each["code"] for each in told["errors"]] == ["BAD_INPUT"], name
    assert await run(graph, "MATCH (s:ConfigurationSource) RETURN s.key") == []
    async with listening(desk.admin.product) as address:
        here = {"FITSM_URL": f"http://{address}", "FITSM_TOKEN": desk.admin.token}
        shown = await asyncio.to_thread(command, here, "configuration-source", "standing")
    assert (shown.code, shown.stdout.count("unregistered")) == (0, 3), shown
    assert "3 not registered, 0 overdue" in shown.stderr


# --- types with their CIs ------------------------------------------------------------------------

CHECK = """query C($ci: JSON, $steps: [MigrationStepInput!], $first: Int! = 50,
    $after: String! = "") {
  typesCheck(ciTypes: $ci, steps: $steps, first: $first, after: $after) {
    unfitCount migrates complete failingCount failing { key why }
    differences { path breaks unfitCount unfit { key name type why } } } }"""
DEFINE = """mutation D($ci: JSON, $steps: [MigrationStepInput!]! = [], $dry: Boolean! = false,
    $portion: Int! = 0) {
  defineTypes(dryRun: $dry, input: {
      ciTypes: $ci, steps: $steps, portion: $portion, reason: "new"}) {
    ok seq migrated left errors { code message path } changes { op kind id before after } } }"""
TEXT = {"kind": "string", "doc": "Said."}


def instrument(name: str, **attributes: Any) -> dict[str, Any]:
    about = {"extends": "Equipment", "doc": "An instrument.", "tag": f"{name[0]}9"}
    return {name: {**about, "attributes": attributes}}


def before(name: str) -> dict[str, Any]:
    mode = {"kind": "enum", "values": ["a", "b"], "doc": "M."}
    return instrument(name, size=TEXT, mode=mode, note=TEXT)


def then(name: str) -> dict[str, Any]:
    usage = {"kind": "enum", "values": ["x", "b"], "doc": "M."}
    size = {"kind": "float", "unit": "m", "doc": "Size."}
    return instrument(name, size=size, usage=usage, site={**TEXT, "required": True})


def steps(name: str) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = [
        {"kind": "CONVERT", "attribute": "size"},
        {"kind": "RENAME", "attribute": "mode", "to": "usage"},
        {"kind": "MAP", "attribute": "usage", "values": {"a": "x"}},
        {"kind": "FILL", "attribute": "site", "value": "hill"},
        {"kind": "DROP", "attribute": "note", "reason": "nobody reads it"},
    ]
    return [{"type": name, **each} for each in said]


HELD: dict[str, dict[str, Any]] = {
    "t1": {"size": "4.2", "mode": "a", "note": "old"},
    "t2": {"size": "1", "mode": "b"},
    "t3": {},
}


def brought(held: dict[str, Any]) -> dict[str, Any]:
    """What a telescope is to have afterwards, said once more."""
    made: dict[str, Any] = {"site": "hill"}
    if "size" in held:
        made["size"] = float(held["size"])
    if "mode" in held:
        made["usage"] = {"a": "x", "b": "b"}[held["mode"]]
    return made


async def attributes(desk: Desk, name: str) -> dict[str, dict[str, Any]]:
    text = "MATCH (t:CI {type: $name}) RETURN t.name, properties(t)"
    names = ("size", "mode", "note", "usage", "site")
    rows = await run(desk.admin.product.graph, text, name=name)
    return {key: {n: held[n] for n in names if n in held} for key, held in rows}


async def told_of(desk: Desk, document: str, name: str, **given: Any) -> Any:
    return (await desk.admin.ask(document, **given))[name]


async def instruments(desk: Desk, name: str) -> None:
    done = await told_of(desk, DEFINE, "defineTypes", ci=before(name))
    assert done["ok"], done
    registry = (await from_graph(desk.admin.product.graph))[0]
    for key, held in HELD.items():
        draft = ElementDraft(kind="CI", type=name, key=f"{name}-{key}", name=key, attributes=held)
        await desk.admin.product.graph.write(register_element, SETUP, registry, draft)


MANY = """UNWIND range(1, 2001) AS n CREATE (:Record:Element:CI:Quadrant {
  id: 'm' + n, key: 'm' + n, name: 'm', type: 'Quadrant', version: 1, created: 1})"""


async def test_types_come_into_force_with_their_cis_or_not_at_all(desk: Desk) -> None:
    """PR11.1: who would not conform is named; steps bring all along, in one entry."""
    await instruments(desk, "Telescope")
    now, taken = then("Telescope"), steps("Telescope")
    found = await told_of(desk, CHECK, "typesCheck", ci=now)
    assert (found["unfitCount"], found["complete"], found["migrates"]) == (3, True, 0)
    unfit = {
        each["path"][3]: [one["name"] for one in each["unfit"]]
        for each in found["differences"]
        if each["path"][2] == "attributes"
    }
    assert unfit == {
        "size": ["t1", "t2"], "mode": ["t1", "t2"], "note": ["t1"], "usage": [],
        "site": ["t1", "t2", "t3"],
    }  # fmt: skip
    page = await told_of(desk, CHECK, "typesCheck", ci=now, first=1, after="Telescope-t1")
    site = next(each for each in page["differences"] if each["path"][-1] == "site")
    assert (site["unfitCount"], [one["name"] for one in site["unfit"]]) == (3, ["t2"])
    refused = await told_of(desk, DEFINE, "defineTypes", ci=now)
    assert [each["code"] for each in refused["errors"]] == ["TYPES_BREAK"]
    found = await told_of(desk, CHECK, "typesCheck", ci=now, steps=taken)
    assert (found["unfitCount"], found["migrates"], found["failingCount"]) == (0, 3, 0)
    was = await attributes(desk, "Telescope")
    assert was == HELD
    tried = await told_of(desk, DEFINE, "defineTypes", ci=now, steps=taken, dry=True)
    assert (tried["ok"], tried["seq"], tried["migrated"]) == (True, None, 3)
    assert await attributes(desk, "Telescope") == was, "a dry run leaves nothing"
    done = await told_of(desk, DEFINE, "defineTypes", ci=now, steps=taken)
    assert (done["ok"], done["migrated"], done["left"]) == (True, 3, False), done
    shown = [each for each in tried["changes"] if each["kind"] == "CI"]
    assert [(e["id"], e["before"]) for e in shown] == [
        (e["id"], e["before"]) for e in done["changes"] if e["kind"] == "CI"
    ]
    assert await attributes(desk, "Telescope") == {key: brought(held) for key, held in HELD.items()}
    ((reason, count),) = await run(
        desk.admin.product.graph,
        """MATCH (e:LedgerEntry {seq: $seq})-[:CHANGED]->(t:Telescope)
        RETURN e.reason, count(t)""",
        seq=done["seq"],
    )
    assert (reason, count) == ("new", 3)
    again = await told_of(desk, DEFINE, "defineTypes", ci=now, steps=taken[3:4])
    assert (again["ok"], again["seq"], again["migrated"]) == (True, None, 0)


async def test_what_cannot_be_migrated_changes_nothing(desk: Desk) -> None:
    graph = desk.admin.product.graph
    await instruments(desk, "Quadrant")
    now, taken = then("Quadrant"), steps("Quadrant")
    await run(graph, "MATCH (t:Quadrant {name: 't2'}) SET t.size = 'large'")
    found = await told_of(desk, CHECK, "typesCheck", ci=now, steps=taken)
    assert [each["key"] for each in found["failing"]] == ["Quadrant-t2"]
    done = await told_of(desk, DEFINE, "defineTypes", ci=now, steps=taken)
    assert (done["ok"], done["errors"][0]["code"]) == (False, "TYPES_BREAK")
    fill = {"kind": "FILL", "type": "Quadrant", "attribute": "note", "value": "x"}
    for portion, left in ((1, True), (1, False), (1, False)):
        done = await told_of(desk, DEFINE, "defineTypes", steps=[fill], portion=portion)
        assert (done["ok"], done["left"]) == (True, left), done
    held = await attributes(desk, "Quadrant")
    assert {key: each["note"] for key, each in held.items()} == {"t1": "old", "t2": "x", "t3": "x"}
    with_types = await told_of(desk, DEFINE, "defineTypes", ci=now, steps=taken, portion=1)
    assert not with_types["ok"]
    await run(graph, MANY)
    done = await told_of(desk, DEFINE, "defineTypes", steps=[fill])
    assert [each["code"] for each in done["errors"]] == ["MIGRATION_TOO_LARGE"]
    done = await told_of(desk, DEFINE, "defineTypes", steps=[fill], portion=2000)
    assert (done["migrated"], done["left"]) == (2000, True)
    await run(graph, "MATCH (t:Quadrant) WHERE t.name = 'm' DETACH DELETE t")


# --- what waits for an owner ---------------------------------------------------------------------

WORK = """query W($of: ID, $kinds: [String!], $first: Int! = 99, $after: String) {
  estateWork(of: $of, kinds: $kinds, first: $first, after: $after) {
    elements total counts { kind count } endCursor
    work { kind subject element { key type } toDo missing since due } } }"""
EVERYTHING = {"every": "P90D", "within": "P21D", "sample": {"share": 1}}


async def owned_estate(desk: Desk) -> Caller:
    """Ada owns a server, her group a rack and a source; something waits at each, and elsewhere."""
    product, write = desk.admin.product, desk.admin.product.graph.write
    await write(sms.register_party, SETUP, "Person", {"key": "ada", "name": "Ada"})
    await write(sms.tie, SETUP, "BELONGS_TO", "ada", "ops")
    ada = await somebody(desk.admin, "ada", "reader")
    await write(accounts.change_account, SETUP, "ada", person="ada")
    await desk.done("defineConfigurationSource", name="own", owner="ops", expectedHours=1)
    racks = ["ra-1", "ra-2", "ra-3", "ra-4", "ra-5"]
    await desk.sent("own", "se-1", "se-2", *racks)
    for key, owner in (("se-1", "ada"), ("ra-5", "ops")):
        await write(assign_owner, SETUP, key, owner)
    await desk.sent("own", "se-1", "se-2", *racks[:4])
    ruled = product.policies
    plan = KINDS.kind("verification-plan").checked("default", EVERYTHING)
    whole = ruled.with_(InForce("verification-plan/x/1", "verification-plan", "default", "", plan))
    await write(begin_verification, SETUP, whole, product.registry, "default", seed="x")
    for key in ("se-1", "se-2"):
        await write(register_deviation, SETUP, ruled, product.registry, key, "8 disks")
    due = to_text(desk.clock.now() + HOUR)
    reviewed = {"process": Process.CONFM, "due_at": due, "owner": "ada"}
    await write(plan_review, SETUP, ruled, ReviewKind.PROCESS_REVIEW, **reviewed)
    desk.clock.advance(2 * HOUR)
    return ada


async def test_what_waits_for_an_owner_is_one_list(desk: Desk) -> None:
    """PR11.2: of one's own and of one's groups, what is due first; of what one sees."""
    ada = await owned_estate(desk)
    told = (await ada.ask(WORK))["estateWork"]
    assert told["elements"] == 2
    waits = [(each["kind"], each["element"] and each["element"]["key"]) for each in told["work"]]
    scored = "{ completeness(first: 99) { work { key owner missing } } }"
    poor = (await desk.admin.ask(scored))["completeness"]["work"]
    mine = {each["key"]: each["missing"] for each in poor if each["owner"] in {"ada", "ops"}}
    assert sorted(waits, key=str) == sorted([
        ("source", None), ("review", None), ("attestation", "ra-5"), ("attestation", "se-1"),
        ("retirement", "ra-5"), ("deviation", "se-1"), *(("incomplete", key) for key in mine),
    ], key=str)  # fmt: skip
    assert mine
    shown = {e["element"]["key"]: e["missing"] for e in told["work"] if e["kind"] == "incomplete"}
    assert shown == mine, "as the work list of completeness says"
    dues = [each["due"] for each in told["work"]]
    assert dues == sorted(dues, key=lambda due: (due is None, due or "")), "what is due first"
    assert {each["kind"]: each["count"] for each in told["counts"]} == Counter(k for k, _ in waits)
    rows, after = [], None
    while True:
        page = (await ada.ask(WORK, first=2, after=after))["estateWork"]
        rows += page["work"]
        assert page["total"] == len(waits)
        after = page["endCursor"]
        if after is None:
            break
    assert rows == told["work"]
    only = (await desk.admin.ask(WORK, of="ops", kinds=["source", "retirement"]))["estateWork"]
    assert [each["kind"] for each in only["work"]] == ["source", "retirement"]
    nobody = (await desk.admin.ask(WORK))["estateWork"]
    assert (nobody["elements"], nobody["total"]) == (0, 0), "the administrator is nobody"
    assert await desk.admin.code(WORK, of="nobody") == "NOT_FOUND"
    assert await desk.admin.code(WORK, kinds=["rest"]) == "BAD_INPUT"
    scope = await desk.admin.product.graph.write(
        define_scope, SETUP, desk.admin.product.registry, "hosts", "No racks.", ["Server"]
    )
    await desk.admin.product.graph.write(
        accounts.change_account, SETUP, "ada", sees=[scope.value["key"]]
    )
    part = (await ada.ask(WORK))["estateWork"]
    assert {each["element"]["key"] for each in part["work"] if each["element"]} == {"se-1"}
    assert part["elements"] == 1
