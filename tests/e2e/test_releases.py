"""Releases by the documents of the activities of their process, and against abuse (PR13)."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied, somebody
from fitsm_graph import bootstrap
from fitsm_graph.confm.types import define_scope
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms import accounts
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.roles import assign_role

pytestmark = pytest.mark.asyncio(loop_scope="session")
DOCUMENTS = Path(__file__).parent / "processes" / "rdm"
SYSTEM = Request(actor="setup", via="test")
ESTATE = [
    {"kind": "Service", "key": "portal", "name": "Portal", "criticality": 3},
    {"kind": "Service", "key": "wiki", "name": "Wiki", "criticality": 3},
    {"kind": "ServiceComponent", "key": "front", "name": "Front"},
    {"kind": "RedundancyGroup", "key": "pair", "name": "Pair", "need": 1},
    *({"kind": "CI", "type": "Server", "key": key, "name": key} for key in ("a", "b", "x", "lone")),
    {"kind": "CI", "type": "Application", "key": "app", "name": "app"},
]
TIES = [
    ("DEPENDS_ON", "portal", "pair"),
    ("HAS_MEMBER", "pair", "a"),
    ("HAS_MEMBER", "pair", "b"),
    ("DEPENDS_ON", "wiki", "lone"),
    ("RUNS_ON", "app", "x"),
]
ELEMENT = "mutation E($i: RegisterElementInput!) { registerElement(input: $i) { ok } }"
TIE = "mutation T($i: RelateInput!) { relateElements(input: $i) { ok errors { message } } }"
CHANGE = """mutation C($i: RegisterChangeInput!) {
  registerChange(input: $i) { ok errors { code } change { key } } }"""
PLAN = """mutation P($ref: ID!, $d: JSON!) {
  planChange(input: {ref: $ref, differenceOfGraph: $d}) { ok errors { code } } }"""
APPROVED = """mutation A($ref: ID!) {
  assessChange(input: {ref: $ref}) { ok errors { code } }
  approveChange(input: {ref: $ref}) { ok errors { code why } change { status } } }"""
APPROVE = """mutation A($ref: ID!) {
  approveChange(input: {ref: $ref}) { ok errors { code why } change { status } } }"""
JUNIT = """<testsuites><testsuite tests="99"><testcase name="t1" classname="m"/>
<testcase name="t2" classname="m"><failure/></testcase>
<testcase name="t3"><skipped/></testcase></testsuite></testsuites>"""


class Team:
    """Ann manages changes and releases, Eve asks for them, Bob deploys."""

    def __init__(self, admin: Caller, people: dict[str, Caller]) -> None:
        self.admin, self.people = admin, people

    async def do(self, who: str, name: str, **given: Any) -> Any:
        text = (DOCUMENTS / f"{name}.graphql").read_text("utf-8")
        return next(iter((await self.people[who].ask(text, **given)).values()))

    async def right(self, who: str, name: str, **given: Any) -> Any:
        """The record of an act that is possible."""
        told = await self.do(who, name, **given)
        assert told["ok"], told
        return next(each for each in told.values() if isinstance(each, dict))

    async def wrong(self, who: str, name: str, **given: Any) -> str:
        """The code of an act that is not."""
        told = await self.do(who, name, **given)
        assert not told["ok"], told
        return str(told["errors"][0]["code"])

    async def change(self, *hits: str, difference: Any = None, approve: bool = True) -> str:
        """A change that Eve asks for and Ann approves."""
        changes = [dict(zip(("element", "effect"), hit.split("="), strict=False)) for hit in hits]
        made = await self.people["eve"].ask(CHANGE, i={"title": "x", "changes": changes})
        key = str(made["registerChange"]["change"]["key"])
        if difference:
            assert (await self.people["eve"].ask(PLAN, ref=key, d=difference))["planChange"]["ok"]
        if approve:
            told = (await self.people["ann"].ask(APPROVED, ref=key))["approveChange"]
            assert told["ok"], told
        return key

    async def release(self, *changes: str, **more: Any) -> str:
        """A release that Eve registers, with changes in it."""
        input = {"title": "spring", **more}
        key = str((await self.right("eve", "02-register", input=input))["key"])
        taken = await self.right("eve", "03-include", ref=key, changes=list(changes))
        assert {each["key"] for each in taken["contains"]} == set(changes), taken
        return key

    async def accepted(self, release: str) -> list[str]:
        """Planned, scheduled, built, tested and accepted; keys of its waves."""
        await self.right("eve", "05-schedule", ref=release, **window())
        plan = await self.right("eve", "04-plan", ref=release)
        waves = [each["key"] for each in plan["waves"] if each["status"] == "planned"]
        for each in waves:
            await self.right("bob", "11-prepare", ref=each)
        await self.right("bob", "08-build", ref=release, build="1.0")
        given = {"ref": release, "kind": "FUNCTIONAL"}
        await self.right("bob", "09-test", **given, passed=3, failed=0)
        assert (await self.right("ann", "10-accept", ref=release))["status"] == "accepted"
        return waves


def window() -> dict[str, str]:
    now = datetime.now(UTC)
    return {
        "startsAt": to_text(now - timedelta(minutes=5)),
        "endsAt": to_text(now + timedelta(hours=3)),
    }


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def team(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Team]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as admin:
        graph, people = admin.product.graph, {}
        for each in ESTATE:
            assert (await admin.ask(ELEMENT, i=each))["registerElement"]["ok"]
        for type, source, target in TIES:
            tie = {"type": type, "source": source, "target": target}
            told = (await admin.ask(TIE, i=tie))["relateElements"]
            assert told["ok"], told
        for key in ("ann", "bob", "eve"):
            await graph.write(sms.register_party, SYSTEM, "Person", {"key": key, "name": key})
            people[key] = await somebody(admin, key, "editor")
            await graph.write(accounts.change_account, SYSTEM, key, person=key)
        for process in (Process.CHM, Process.RDM):
            role = RoleWord.PROCESS_MANAGER
            await graph.write(assign_role, SYSTEM, role, "ann", process=process)
        yield Team(admin, people)


async def test_a_release_goes_its_whole_way(team: Team) -> None:
    """Every activity of the process, by those whose task it is."""
    gaps = await team.do("eve", "01-strategies")
    assert (gaps["components"], gaps["cis"]) == (1, 0)
    assert gaps["elements"] == [{"key": "front", "kind": "ServiceComponent"}]
    pair = await team.change("a", "b", difference={"add": [ADDED]})
    waiting = await team.change("x", approve=False)
    release = (await team.right("eve", "02-register", input={"title": "spring"}))["key"]
    taken = await team.right("eve", "03-include", ref=release, changes=[pair, waiting])
    assert [each["key"] for each in taken["contains"]] == [pair]
    ((left),) = taken["leftOut"]
    assert left["record"]["key"] == waiting
    assert left["because"] == "it is registered, and not approved"
    assert taken["strategy"].startswith("release-strategy/rolling/")
    assert (await team.right("eve", "05-schedule", ref=release, **window()))["contains"][0][
        "status"
    ] == "scheduled"
    plan = await team.right("eve", "04-plan", ref=release)
    assert (plan["wavesPlanned"], plan["wavesLeast"]) == (2, 2), "one of the pair at a time"
    assert [len(each["deploys"]) for each in plan["waves"]] == [1, 1]
    assert {each["name"]: each["met"] for each in plan["criteria"]} == MINOR
    await _told_and_trained(team, release)
    waves = [each["key"] for each in plan["waves"]]
    await _accepted(team, release, waves)
    await _deployed(team, waves, pair)
    await _closed(team, release)


async def test_what_was_released_once_is_released_again_without_its_changes(team: Team) -> None:
    first = await team.release(await team.change("x"), description="the old", urgent=True)
    made = await team.right("bob", "02-clone", input={"ref": first, "title": "summer"})
    assert (made["status"], made["title"], made["requester"]) == ("registered", "summer", "bob")
    assert (made["description"], made["urgent"], made["contains"]) == ("the old", True, [])
    assert made["clonedFrom"] == {"key": first}


async def test_what_is_missing_is_asked_for_and_said(team: Team) -> None:
    ref = (await team.right("eve", "02-register", input={"title": "asked"}))["key"]
    assert await team.wrong("eve", "02-answer", ref=ref, answer="we do") == "ILLEGAL_TRANSITION"
    given = await team.right("ann", "02-return", ref=ref, question="who tests it?")
    assert (given["status"], given["decision"]) == ("returned", "who tests it?")
    assert await team.wrong("ann", "04-plan", ref=ref) == "ILLEGAL_TRANSITION"
    told = await team.right("eve", "02-answer", ref=ref, answer="we do")
    assert (told["status"], told["description"]) == ("registered", "who tests it?\nwe do")


ADDED = {"kind": "Service", "key": "search", "name": "Search"}
MINOR = {"functional": False, "back-out": False}


async def _told_and_trained(team: Team, release: str) -> None:
    told = await team.right("bob", "06-communicate", release=release, title="what is new")
    assert (await team.right("bob", "06-communicated", ref=told["key"]))["performedBy"] == "bob"
    planned = await team.right("bob", "07-train", release=release)
    assert planned["status"] == "planned"
    assert (await team.right("bob", "07-trained", ref=planned["key"]))["status"] == "performed"


async def _accepted(team: Team, release: str, waves: list[str]) -> None:
    assert await team.wrong("ann", "10-accept", ref=release) == "ILLEGAL_TRANSITION"
    given = {"ref": release, "kind": "FUNCTIONAL"}
    assert await team.wrong("bob", "09-test", **given, passed=1, failed=0) == "ILLEGAL_TRANSITION"
    await team.right("bob", "08-build", ref=release, build="1.0")
    seen = await team.right("bob", "09-test", **given, junit=JUNIT)
    assert (seen["passed"], seen["failed"], seen["skipped"]) == (1, 1, 1)
    assert seen["failures"] == ["m.t2"]
    assert await team.wrong("ann", "10-accept", ref=release) == "CRITERIA_OPEN"
    await team.right("bob", "09-test", **given, passed=3, failed=0)
    for each in waves:
        await team.right("bob", "11-prepare", ref=each)
    kept = (await team.right("bob", "10-evaluate", ref=release))["criteria"]
    assert {each["name"]: each["met"] for each in kept} == dict.fromkeys(MINOR, True)
    assert await team.wrong("eve", "10-accept", ref=release) == "SELF_APPROVAL"
    assert await team.wrong("bob", "10-accept", ref=release) == "NOT_AN_APPROVER"
    assert (await team.right("ann", "10-accept", ref=release))["acceptedBy"] == "ann"


async def _deployed(team: Team, waves: list[str], change: str) -> None:
    first, second = waves
    assert await team.wrong("bob", "12-deploy", ref=second) == "WAVE_ORDER"
    begun = await team.right("bob", "12-deploy", ref=first)
    assert (begun["status"], begun["waveOf"]["status"]) == ("deploying", "deploying")
    assert await team.wrong("bob", "12-deploy", ref=first) == "ILLEGAL_TRANSITION", "twice"
    assert await team.wrong("bob", "12-deploy", ref=second) == "WAVE_ORDER"
    states = '{ services(where: {key: {eq: "portal"}}) { nodes { state } } }'
    assert (await team.admin.ask(states))["services"]["nodes"] == [{"state": "AT_RISK"}]
    await team.right("bob", "13-complete", ref=first)
    assert (await team.admin.ask(states))["services"]["nodes"] == [{"state": "UP"}]
    assert await team.wrong("bob", "13-complete", ref=first) == "ILLEGAL_TRANSITION"
    await team.right("bob", "12-deploy", ref=second)
    done = (await team.right("bob", "13-complete", ref=second))["waveOf"]
    assert (done["status"], done["outcome"]) == ("deployed", "successful")
    assert done["contains"] == [{"key": change, "status": "implemented", "differenceDone": 1}]
    found = await team.admin.ask('{ service(by: {key: "search"}) { name } }')
    assert found["service"] == {"name": "Search"}, "in the CMDB in the same transaction"
    assert await team.wrong("bob", "15-back-out", ref=second) == "ILLEGAL_TRANSITION"


async def _closed(team: Team, release: str) -> None:
    assert await team.wrong("ann", "17-close", ref=release) == "ILLEGAL_TRANSITION"
    results = await team.right("bob", "06-communicate", release=release, title="how it went")
    seen = await team.right("ann", "16-review", ref=release, success=True)
    assert seen["deploymentReviews"][0]["reviewer"] == "ann"
    assert await team.wrong("ann", "17-close", ref=release) == "COMMUNICATION_OPEN"
    await team.right("bob", "06-communicated", ref=results["key"])
    assert (await team.right("ann", "17-close", ref=release))["status"] == "closed"
    report = await team.do("eve", "18-report", of=release)
    assert (report["outcome"], report["waves"], report["wavesDeployed"]) == ("successful", 2, 2)


SAUNA = {"ci_types": {"Sauna": {"doc": "Where admins rest.", "extends": "Room", "tag": "Q7"}}}


async def test_a_release_brings_types_into_force_with_its_deployment(team: Team) -> None:
    """PR13.out.2: in the entry in which its last wave is deployed; what else it adds follows.

    It is a major change then, planned by who answers for types, and approved by two.
    """
    new = {"kind": "Service", "key": "steam", "name": "Steam"}
    graph = team.admin.product.graph
    await graph.write(assign_role, SYSTEM, RoleWord.PROCESS_MANAGER, "eve", process=Process.CONFM)
    await graph.write(assign_role, SYSTEM, RoleWord.CAB_MEMBER, "bob", process=Process.CHM)
    change = await team.change("x", difference={"types": [SAUNA], "add": [new]})
    told = (await team.people["bob"].ask(APPROVE, ref=change))["approveChange"]
    assert told["change"] == {"status": "approved"}, told
    release = await team.release(change, urgent=True)
    (wave,) = await team.accepted(release)
    await team.right("bob", "12-deploy", ref=wave)
    async with graph.driver.session() as session:
        there = "MATCH (t:CIType {key: 'Sauna'}) RETURN t.created AS seq"
        assert not [each async for each in await session.run(there)]
        done = (await team.right("bob", "13-complete", ref=wave))["waveOf"]
        entry = (await graph.head()).seq
        assert [each["seq"] async for each in await session.run(there)] == [entry]
    assert done["contains"][0]["differenceDone"] == 1
    told = await team.people["eve"].ask(APPLY, ref=change)
    assert told["applyDifference"]["change"] == {"differenceDone": 2}, told
    found = await team.admin.ask('{ __type(name: "Sauna") { name } }')
    assert found["__type"] == {"name": "Sauna"}


APPLY = """mutation A($ref: ID!) {
  applyDifference(input: {ref: $ref}) { ok errors { code message } change { differenceDone } } }"""


async def test_a_release_that_fails_is_undone_in_the_reverse_order(team: Team) -> None:
    change = await team.change("a", "b")
    release = await team.release(change)
    first, second = await team.accepted(release)
    await team.right("bob", "12-deploy", ref=first)
    await team.right("bob", "13-complete", ref=first)
    await team.right("bob", "12-deploy", ref=second)
    failed = await team.right("bob", "14-fail", ref=second)
    assert (failed["waveOf"]["status"], failed["waveOf"]["failures"]) == ("deploying", 1)
    await team.right("bob", "12-deploy", ref=second)
    assert (await team.right("bob", "14-fail", ref=second))["waveOf"]["status"] == "failed"
    assert await team.wrong("bob", "12-deploy", ref=second) == "ILLEGAL_TRANSITION"
    assert await team.wrong("bob", "15-back-out", ref=first) == "WAVE_ORDER"
    report = await team.do("bob", "18-report", of=release)
    assert (report["nextBackOut"], report["nextWave"]) == (second, None)
    await team.right("bob", "15-back-out", ref=second)
    gone = (await team.right("bob", "15-back-out", ref=first))["waveOf"]
    assert (gone["status"], gone["outcome"]) == ("backed_out", "backed_out")
    assert gone["contains"] == [{"key": change, "status": "backed_out"}]
    assert await team.wrong("ann", "16-review", ref=release, success=True) == "NOT_A_SUCCESS"
    await team.right("ann", "16-review", ref=release, success=False)


async def test_an_impossible_plan_names_what_makes_it_so(team: Team) -> None:
    release = await team.release(await team.change("lone"))
    told = await team.do("eve", "04-plan", ref=release)
    assert told["errors"][0]["code"] == "PLAN_IMPOSSIBLE"
    assert "Wiki (wiki) would be DOWN" in told["errors"][0]["why"]
    assert "lone" not in told["errors"][0]["why"]
    assert await team.wrong("eve", "04-plan", ref=release, worst="DOWN") == "OVERRIDE_REASON"
    plan = await team.right("eve", "04-plan", ref=release, worst="DOWN", why="users know")
    assert plan["worst"] == "down"


async def test_what_changes_after_the_plan_is_noticed(team: Team) -> None:
    change = await team.change("a", "b")
    release = await team.release(change)
    await team.accepted(release)
    begun = 'mutation { beginChange(input: {ref: "CHG"}) { ok errors { code } } }'
    told = await team.people["bob"].ask(begun.replace("CHG", change))
    assert told["beginChange"]["errors"][0]["code"] == "PART_OF_A_RELEASE"
    other = await team.release()
    left = await team.right("eve", "03-include", ref=other, changes=[change])
    assert left["leftOut"][0]["because"] == f"it is in {release}"
    assert (await team.do("eve", "18-report", of=release))["planHolds"]
    await team.admin.ask(TIE, i={"type": "DEPENDS_ON", "source": "wiki", "target": "a"})
    report = await team.do("eve", "18-report", of=release)
    assert not report["planHolds"]
    wave = report["nextWave"]
    assert await team.wrong("bob", "12-deploy", ref=wave) == "REASSESS_FIRST"
    untie = "mutation U($i: UnrelateInput!) { unrelateElements(input: $i) { ok } }"
    await team.admin.ask(untie, i={"type": "DEPENDS_ON", "source": "wiki", "target": "a"})
    gone = 'mutation { cancelChange(input: {ref: "CHG"}) { ok } }'
    await team.people["eve"].ask(gone.replace("CHG", change))
    assert await team.wrong("bob", "12-deploy", ref=wave) == "CHANGE_WITHDRAWN"


async def test_a_wave_waits_for_what_is_wrong_already(team: Team) -> None:
    release = await team.release(await team.change("a", "b"))
    first, _ = await team.accepted(release)
    report = """mutation { registerIncident(input: {title: "x", affects: [{element: "b"}]}) {
      incident { key } } }"""
    made = (await team.people["bob"].ask(report))["registerIncident"]["incident"]["key"]
    told = await team.do("bob", "12-deploy", ref=first)
    assert told["errors"][0]["code"] == "WAVE_UNSAFE"
    assert "Pair (pair)" in told["errors"][0]["why"]
    over = f'mutation {{ resolveIncident(input: {{ref: "{made}", resolution: "x"}}) {{ ok }} }}'
    assert (await team.people["bob"].ask(over))["resolveIncident"]["ok"]
    await team.right("bob", "12-deploy", ref=first)
    await team.right("bob", "15-back-out", ref=first)


async def test_providers_come_first_and_dry_runs_write_nothing(team: Team) -> None:
    release = await team.release(await team.change("app", "x"))
    plan = await team.right("eve", "04-plan", ref=release)
    assert [each["deploys"][0]["element"]["key"] for each in plan["waves"]] == ["x", "app"]
    assert await team.wrong("bob", "10-waive", ref=release, criterion="x") == "ILLEGAL_TRANSITION"
    await team.right("bob", "08-build", ref=release, build="1")
    given = {"ref": release, "criterion": "functional"}
    assert await team.wrong("eve", "10-waive", **given) == "SELF_APPROVAL"
    assert await team.wrong("bob", "10-waive", **given) == "NOT_AN_APPROVER"
    seen = await team.right("ann", "10-waive", **given)
    assert {each["waivedBy"] for each in seen["criteria"]} == {"ann", ""}
    await team.right("bob", "08-build", ref=release, build="2")
    await team.right("eve", "05-schedule", ref=release, **window())
    told = await team.do("ann", "10-accept", ref=release)
    assert "functional" in told["errors"][0]["why"], "a waiver is worth the build it was given for"


async def test_who_sees_a_part_learns_nothing_of_the_rest(team: Team) -> None:
    release = await team.release(await team.change("app", "x"))
    ref = {element: await _id(team, element) for element in ("app", "x")}
    product = team.admin.product
    what = (product.registry, "apps", "Ours.", ["Application"])
    scope = (await product.graph.write(define_scope, SYSTEM, *what)).value["key"]
    token = await bootstrap.new_token(product, "eve", 1, ["editor"], [scope])
    part = Caller(product, team.admin.http, token.secret)
    made = await part.ask(PLAN_SEEN, ref=release)
    text = json.dumps(made)
    assert made["planRelease"]["ok"], made
    assert ref["app"] in text
    assert ref["x"] not in text
    assert [len(each["deploys"]) for each in made["planRelease"]["release"]["waves"]] == [0, 1]
    gaps = (await part.ask("{ strategyGaps { cis components } }"))["strategyGaps"]
    assert gaps == {"cis": 0, "components": 1}


PLAN_SEEN = """mutation P($ref: ID!) { planRelease(input: {ref: $ref}) {
  ok errors { code why } changes { op kind id target }
  release { because waves { because title deploys { element { id } } } } } }"""


async def _id(team: Team, key: str) -> str:
    return str((await team.admin.ask(f'{{ ci(by: {{key: "{key}"}}) {{ id }} }}'))["ci"]["id"])
