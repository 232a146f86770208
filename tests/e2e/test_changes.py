"""Change management from the request to its closing, by the documents of its activities (PR12)."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import vobject

from e2e.calling import Caller, calling, emptied, somebody
from fitsm_graph import bootstrap
from fitsm_graph.chm import feeds
from fitsm_graph.chm.delegating import delegate_votes, recall_votes
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.model.chm_records import FeedOf
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms import accounts, policies
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.roles import assign_role
from fitsm_graph.web import SESSION_COOKIE
from graph.syncing import KINDS

DOCUMENTS = Path(__file__).parent / "processes" / "chm"
SYSTEM = Request(actor="setup", via="test")
ESTATE = [
    {"kind": "Service", "key": "mail", "name": "Mail", "criticality": 1, "owner": "bob"},
    {"kind": "Service", "key": "web", "name": "Web", "criticality": 1},
    *({"kind": "CI", "type": "Server", "key": key, "name": key} for key in "abcd"),
    {"kind": "RedundancyGroup", "key": "pair", "name": "Pair", "need": 1},
]
TIES = [
    ("DEPENDS_ON", "mail", "a"),
    ("DEPENDS_ON", "web", "pair"),
    ("HAS_MEMBER", "pair", "b"),
    ("HAS_MEMBER", "pair", "c"),
]
ELEMENT = (
    "mutation E($i: RegisterElementInput!) { registerElement(input: $i) { ok errors { message } } }"
)
TIE = "mutation T($i: RelateInput!) { relateElements(input: $i) { ok errors { message } } }"
PEOPLE = ("ann", "bob", "cas", "eve")
ROLES: tuple[tuple[str, RoleWord, dict[str, Any]], ...] = (
    ("ann", RoleWord.PROCESS_MANAGER, {"process": Process.CHM}),
    ("bob", RoleWord.SERVICE_OWNER, {"service": "mail"}),
    ("cas", RoleWord.CAB_MEMBER, {}),
)
NOW = datetime.now(UTC)


def text_of(name: str) -> str:
    return (DOCUMENTS / f"{name}.graphql").read_text(encoding="utf-8")


STATES = """query S($ref: String!, $list: String!) {
  changeSteps(where: {stepOfChange: {some: {key: {eq: $ref}}}, stepList: {eq: $list}},
    orderBy: [{number: ASC}]) { nodes { state } } }"""


class Team:
    """Four people at one product: the manager, the owner of Mail, a member of the board, a user."""

    def __init__(self, admin: Caller, people: dict[str, Caller]) -> None:
        self.admin, self.people = admin, people

    async def do(self, who: str, document: str, /, **variables: Any) -> Any:
        """What the last field of a document answers."""
        told = await self.people[who].ask(text_of(document), **variables)
        return list(told.values())[-1]

    async def right(self, who: str, document: str, /, **variables: Any) -> Any:
        """The record of an act that is possible."""
        told = await self.do(who, document, **variables)
        assert told["ok"], told
        return next(value for name, value in reversed(told.items()) if isinstance(value, dict))

    async def wrong(self, who: str, document: str, /, **variables: Any) -> str:
        """The code of an act that is not."""
        told = await self.do(who, document, **variables)
        assert not told["ok"]
        return str(told["errors"][0]["code"])

    async def refused(self, who: str, document: str, /, **variables: Any) -> str:
        """The code of an act that somebody has no right to."""
        return await self.people[who].code(text_of(document), **variables)

    async def register(self, who: str, *hits: str, **more: Any) -> Any:
        changes = [{"element": key} for key in hits]
        input = {"title": "new firmware", "changes": changes, **more}
        return await self.right(who, "1_register", input=input)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def team(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Team]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as admin:
        graph = admin.product.graph
        for key in PEOPLE:
            await graph.write(sms.register_party, SYSTEM, "Person", {"key": key, "name": key})
        for each in ESTATE:
            told = (await admin.ask(ELEMENT, i=each))["registerElement"]
            assert told["ok"], told
        for type, source, target in TIES:
            tie = {"type": type, "source": source, "target": target}
            told = (await admin.ask(TIE, i=tie))["relateElements"]
            assert told["ok"], told
        people = {}
        for key in PEOPLE:
            people[key] = await somebody(admin, key, "editor")
            await graph.write(accounts.change_account, SYSTEM, key, person=key)
        for key, role, over in ROLES:
            await graph.write(assign_role, SYSTEM, role, key, **over)
        yield Team(admin, people)


def soon(hours: int = 0) -> dict[str, str]:
    """A planned time that has begun, or begins in some hours."""
    starts = NOW + timedelta(hours=hours) - timedelta(minutes=5)
    ends = starts + timedelta(hours=2)
    return {"plannedStartsAt": to_text(starts), "plannedEndsAt": to_text(ends)}


async def test_a_major_change_goes_its_whole_way(team: Team) -> None:
    """Every activity of the process, by those whose task it is."""
    problem = await team.people["eve"].ask(
        'mutation { registerProblem(input: {title: "a stops"}) { problem { key } } }'
    )
    key = problem["registerProblem"]["problem"]["key"]
    change = await team.register("eve", "a", aim="no more stops", resolves=[key], **soon())
    ref = change["key"]
    assert (change["status"], change["type"], change["requester"]) == ("registered", "major", "eve")
    assert change["because"][0] == "major by criticality 1, services_down 1"
    assert "Mail (mail) UP → DOWN" in change["because"][1]
    assert await team.wrong("ann", "6_implement", ref=ref) == "ILLEGAL_TRANSITION"
    await _assessed(team, ref)
    await _decided(team, ref)
    await _implemented(team, ref)
    assert await team.wrong("ann", "8_close", ref=ref) == "REVIEW_DUE"
    held = {"ref": ref, "findings": "no stops since", "aimMet": True}
    seen = await team.right("bob", "7_review", **held)
    assert (seen["status"], seen["reviews"][0]["reviewer"]) == ("reviewed", "bob")
    closed = await team.right("ann", "8_close", ref=ref)
    assert (closed["status"], closed["closedAt"] is not None) == ("closed", True)


async def test_what_was_asked_for_once_is_asked_for_again(team: Team) -> None:
    first = await team.register("eve", "d", aim="no more stops", **soon())
    plan = f"""mutation {{ planBackOut(input: {{ref: "{first["key"]}", steps: "load 4.2",
      tested: true}}) {{ ok }}
      registerChangeTask(input: {{taskOf: "{first["key"]}", title: "buy",
        dueAt: "2099-01-01T00:00Z"}}) {{ ok }} }}"""
    done = await team.people["ann"].ask(plan)
    assert all(each["ok"] for each in done.values()), done
    made = await team.right("bob", "1_clone", input={"ref": first["key"]})
    assert (made["status"], made["type"]) == ("registered", first["type"])
    assert (made["requester"], made["aim"], made["approvedAt"]) == ("bob", "no more stops", None)
    assert made["title"] == "new firmware"
    assert made["alters"] == [{"effect": "DOWN", "element": {"key": "d"}}]
    assert made["tasks"] == [{"title": "buy", "status": "open", "dueAt": None}]
    assert made["backOutPlans"] == [{"steps": "load 4.2", "tested": False, "author": "bob"}]
    assert made["clonedFrom"] == {"key": first["key"], "clones": [{"key": made["key"]}]}
    old = {"kind": "CI", "type": "Server", "key": "old", "name": "Old"}
    assert (await team.admin.ask(ELEMENT, i=old))["registerElement"]["ok"]
    other = await team.register("eve", "old")
    await team.admin.ask('mutation { retireElement(input: {ref: "old"}) { ok } }')
    refused = await team.wrong("bob", "1_clone", input={"ref": other["key"]})
    assert refused == "CLONE_OF_RETIRED"


async def _assessed(team: Team, ref: str) -> None:
    told = {"benefits": "quiet nights", "effort": "2 hours", "feasibility": "tried on d"}
    given = await team.right("ann", "3_return", ref=ref, question="who is told of it?")
    assert given["status"] == "returned"
    assert await team.wrong("ann", "3_assess", ref=ref, **told) == "ILLEGAL_TRANSITION"
    answered = await team.right("eve", "3_answer", ref=ref, answer="all users of Mail")
    assert answered["status"] == "registered"
    assessed = await team.right("ann", "3_assess", ref=ref, **told)
    assert (assessed["status"], assessed["votesNeeded"]) == ("assessed", 2)
    assert assessed["votesMissing"] == ["process_manager", "service_owner", "cab_member"]
    (found,) = assessed["assessments"]
    assert found["services"] == [
        {"meanwhile": "DOWN", "ifFails": "DOWN", "element": {"key": "mail"}}
    ]
    assert (found["singlePoints"], found["risk"]) == ([{"key": "a"}], assessed["risk"])
    assert found["risk"] == found["probability"] * found["consequence"]
    assert any("nothing says how it is undone" in each for each in found["because"])


async def _decided(team: Team, ref: str) -> None:
    board = await team.right("ann", "4_board", at=to_text(NOW + timedelta(hours=1)))
    assert {"key": ref} in board["discusses"]
    assert {each["key"] for each in board["invites"]} >= {"bob", "cas"}
    (item,) = [each for each in board["agenda"] if each.startswith(ref)]
    assert item.startswith(f"{ref} new firmware: major, risk")
    assert await team.wrong("eve", "4_approve", ref=ref) == "SELF_APPROVAL"
    first = await team.right("bob", "4_approve", ref=ref, conditions="tell the users")
    missing = ["process_manager", "cab_member"]
    assert (first["status"], first["votesMissing"]) == ("assessed", missing)
    assert await team.wrong("bob", "4_approve", ref=ref) == "ALREADY_VOTED"
    second = await team.right("cas", "4_approve", ref=ref)
    assert (second["status"], second["votesMissing"]) == ("approved", [])
    stood = {each["voter"]: each["stoodFor"] for each in second["approvals"]}
    assert stood == {"bob": ["service_owner"], "cas": ["cab_member"]}
    assert second["approvedUntil"] is not None
    held = await team.right("ann", "4_hold", ref=board["key"], minutes="two for it")
    assert (held["status"], held["minutes"]) == ("held", "two for it")


async def _implemented(team: Team, ref: str) -> None:
    plan = {"action": "tell the users", "steps": "the old firmware"}
    scheduled = await team.right("ann", "5_schedule", ref=ref, **plan)
    assert scheduled["status"] == "scheduled"
    window = {"from": to_text(NOW), "until": to_text(NOW + timedelta(hours=1))}
    listed = (await team.people["eve"].ask(text_of("5_schedule_of_changes"), **window))["changes"]
    assert ref in [each["key"] for each in listed["nodes"]]
    begun = await team.right("ann", "6_implement", ref=ref)
    assert (begun["status"], begun["begunBy"]) == ("implementing", "ann")
    done = {"ref": ref, "outcome": "SUCCESSFUL"}
    assert await team.wrong("ann", "6_complete", **done) == "TASKS_OPEN"
    await team.right("ann", "6_task", ref=begun["tasks"][0]["key"])
    over = await team.right("ann", "6_complete", **done)
    assert (over["status"], over["outcome"]) == ("implemented", "successful")
    assert over["resolves"][0]["status"] == "registered", "it is shown, and not resolved by itself"
    due = from_text(over["reviewDueAt"]) - from_text(over["endsAt"])
    assert due == timedelta(days=20)


async def test_a_decision_against_it_is_kept(team: Team) -> None:
    change = await team.register("eve", "d")
    assert change["type"] == "normal"
    await team.right("ann", "3_assess", ref=change["key"])
    why = {"ref": change["key"], "why": "not before the exams"}
    assert await team.wrong("eve", "4_reject", **why) == "SELF_APPROVAL"
    assert await team.wrong("cas", "4_reject", **why) == "NOT_AN_APPROVER"
    gone = await team.right("ann", "4_reject", **why)
    assert (gone["status"], gone["decision"]) == ("rejected", "not before the exams")
    assert gone["approvals"][0]["vote"] == "rejected"
    assert None not in (gone["closedAt"], gone["endsAt"])


async def test_a_role_that_is_over_decides_no_more(team: Team) -> None:
    """A service owner stands for the services that the change reaches, and while they own them."""
    change = await team.register("eve", "b", "c")
    assert change["type"] == "major", "the pair is down"
    await team.right("ann", "3_assess", ref=change["key"])
    assert await team.wrong("bob", "4_approve", ref=change["key"]) == "NOT_AN_APPROVER"
    given = {"service": "web"}
    graph = team.admin.product.graph
    ended = {"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-01-02T00:00:00Z"}
    await graph.write(assign_role, SYSTEM, RoleWord.SERVICE_OWNER, "bob", **given, **ended)
    assert await team.wrong("bob", "4_approve", ref=change["key"]) == "NOT_AN_APPROVER"
    await graph.write(
        assign_role,
        SYSTEM,
        RoleWord.SERVICE_OWNER,
        "bob",
        **given,
        starts_at="2026-01-03T00:00:00Z",
    )
    voted = await team.right("bob", "4_approve", ref=change["key"])
    assert voted["votesMissing"] == ["process_manager", "cab_member"]


async def test_a_deputy_votes_by_the_right_of_who_lent_the_vote(team: Team) -> None:
    """Gus and Hal may read and have no role; Ann lends Gus her votes, and nothing else of hers."""
    graph = team.admin.product.graph
    for key in ("gus", "hal"):
        await graph.write(sms.register_party, SYSTEM, "Person", {"key": key, "name": key})
        team.people[key] = await somebody(team.admin, key, "reader")
        await graph.write(accounts.change_account, SYSTEM, key, person=key)
    lends, until = Request(actor="ann", via="test"), to_text(NOW + timedelta(days=1))
    await graph.write(delegate_votes, lends, "gus", "on leave", ends_at=until)
    try:
        change = await team.register("eve", "d", **soon())
        await team.right("ann", "3_assess", ref=change["key"])
        assert await team.refused("hal", "4_approve", ref=change["key"]) == "FORBIDDEN"
        voted = await team.right("gus", "4_approve", ref=change["key"])
        assert voted["status"] == "approved"
        assert await team.refused("gus", "6_implement", ref=change["key"]) == "FORBIDDEN"
    finally:
        await graph.write(recall_votes, lends, "gus")


async def test_what_changed_under_it_is_assessed_again(team: Team) -> None:
    """PR12.4: an approval is worth what was assessed."""
    change = await team.register("eve", "d", **soon())
    ref = change["key"]
    assert await team.wrong("ann", "4_approve", ref=ref) == "ILLEGAL_TRANSITION"
    await team.right("ann", "3_assess", ref=ref)
    tie = {"type": "RUNS_ON", "source": "app", "target": "d"}
    app = {"kind": "CI", "type": "Application", "key": "app", "name": "app"}
    assert (await team.admin.ask(ELEMENT, i=app))["registerElement"]["ok"]
    assert (await team.admin.ask(TIE, i=tie))["relateElements"]["ok"]
    assert await team.wrong("ann", "4_approve", ref=ref) == "REASSESS_FIRST"
    await team.right("ann", "3_assess", ref=ref)
    assert (await team.right("ann", "4_approve", ref=ref))["status"] == "approved"
    plan = {"action": "none", "steps": "as it was"}
    await team.right("ann", "5_schedule", ref=ref, **plan)
    changed = """mutation P($ref: ID!) { planChange(input: {ref: $ref,
      changes: [{element: "d", effect: DEGRADED}]}) { ok change { status alters { effect } } } }"""
    planned = (await team.people["eve"].ask(changed, ref=ref))["planChange"]
    assert planned["change"]["alters"] == [{"effect": "DEGRADED"}]
    assert await team.wrong("ann", "6_implement", ref=ref) == "REASSESS_FIRST"
    again = await team.right("ann", "3_assess", ref=ref)
    assert (again["status"], len(again["assessments"])) == ("assessed", 3)
    assert again["votesMissing"] == ["process_manager"], "votes for another plan count no more"


async def test_an_emergency_does_not_wait_and_is_reviewed_by_somebody_else(team: Team) -> None:
    change = await team.register("eve", "a", urgent=True)
    ref = change["key"]
    assert change["type"] == "emergency"
    await team.right("eve", "3_assess", ref=ref)
    approved = await team.right("bob", "4_approve", ref=ref)
    assert (approved["status"], approved["votesNeeded"]) == ("approved", 1)
    begun = await team.right("ann", "6_implement", ref=ref)
    assert begun["status"] == "implementing", "without a schedule"
    await team.right("cas", "6_complete", ref=ref, outcome="BACKED_OUT", result="no disks")
    held = {"ref": ref, "findings": "read the notes first", "aimMet": False}
    for who in ("eve", "ann", "cas"):
        assert await team.wrong(who, "7_review", **held) == "SELF_REVIEW", who
    assert (await team.right("bob", "7_review", **held))["status"] == "reviewed"


async def test_standard_changes_are_approved_before_and_lose_that_by_failures(team: Team) -> None:
    """PR12.2."""
    said = {"title": "new disk", "steps": ["pull it", "put another in"], "mayAlter": ["Server"]}
    model = await team.right("ann", "standard_catalogue", input={**said, "backOut": "the old one"})
    ref = model["key"]
    assert (model["status"], model["authors"]) == ("draft", ["ann"])
    follow = {"follows": ref, "changes": [{"element": "d", "effect": "AT_RISK"}]}
    assert await team.wrong("eve", "standard_follow", input=follow) == "NOT_IN_THE_CATALOGUE"
    assert await team.wrong("ann", "standard_approve", ref=ref) == "SEPARATION_OF_DUTIES"
    assert await team.wrong("bob", "standard_approve", ref=ref) == "NOT_AN_APPROVER"
    assert (await team.right("cas", "standard_approve", ref=ref))["approver"] == "cas"
    beyond = {**follow, "changes": [{"element": "mail"}]}
    assert await team.wrong("eve", "standard_follow", input=beyond) == "OUTSIDE_THE_STANDARD"
    for outcome in ("SUCCESSFUL", "FAILED", "FAILED"):
        change = await team.right("eve", "standard_follow", input=follow)
        assert (change["status"], change["type"]) == ("approved", "standard")
        own = [each["title"] for each in change["changeSteps"] if each["stepList"] == ref]
        assert own == said["steps"]
        await team.right("eve", "6_implement", ref=change["key"])
        await team.right("eve", "6_complete", ref=change["key"], outcome=outcome)
        asked = {"ref": change["key"], "list": ref}
        states = (await team.people["eve"].ask(STATES, **asked))["changeSteps"]["nodes"]
        ended = [{"state": "done"}, {"state": "done"}]
        going = [{"state": "open"}, {"state": "waiting"}]
        assert states == (ended if outcome == "SUCCESSFUL" else going), "done with the change"
    shown = """query S($ref: String!) { standardChange(by: {key: $ref}) {
      status used failed failedSince why } }"""
    now = (await team.people["eve"].ask(shown, ref=ref))["standardChange"]
    assert (now["status"], now["used"], now["failed"]) == ("suspended", 3, 2)
    assert "2 failures since it was approved; 1 are allowed" in now["why"]
    assert await team.wrong("eve", "standard_follow", input=follow) == "NOT_IN_THE_CATALOGUE"


async def test_work_at_the_same_time_that_is_harmless_alone_collides(team: Team) -> None:
    """PR12.3: each alone harmless, together they break a service; at the same; above or below."""
    one = await team.register("eve", "b", **soon(100))
    for element, how in (("c", "joint"), ("b", "same_element"), ("web", "joint"), ("d", None)):
        other = await team.register("eve", element, **soon(101))
        met = (await team.right("ann", "3_assess", ref=other["key"]))["assessments"][0]
        found = {each["record"]["key"]: each["how"] for each in met["collisions"]}
        expected = "in_cone" if element == "web" else how
        assert found.get(one["key"]) == expected, element
        drop = "mutation D($ref: ID!) { cancelChange(input: {ref: $ref}) { ok } }"
        assert (await team.people["eve"].ask(drop, ref=other["key"]))["cancelChange"]["ok"]
    later = await team.register("eve", "c", **soon(200))
    met = (await team.right("ann", "3_assess", ref=later["key"]))["assessments"][0]
    assert met["collisions"] == [], "the control: another time"


async def test_ways_to_carry_it_out_are_compared_and_one_is_chosen(team: Team) -> None:
    """PR12.3: side by side with the plan, kept for who looks later, chosen with a reason."""
    change = await team.register("eve", "b", "c", **soon(300))
    ref, given = change["key"], {"variantOf": change["key"], "title": "one after the other"}
    await team.right("ann", "3_assess", ref=ref)
    hits = [{"element": "b", "effect": "DOWN"}, {"element": "c", "effect": "AT_RISK"}]
    one = await team.right("eve", "3_variant", input={**given, "changes": hits})
    assert one["wouldAlter"][0]["element"]["key"] in {"b", "c"}
    assert one["plannedStartsAt"] == change["plannedStartsAt"], "what is left out is as planned"
    later = await team.right("ann", "3_variant", input={**given, "title": "later", **soon(400)})
    lost = await team.right("ann", "3_variant", input={**given, "title": "never"})
    reader = await somebody(team.admin, "rae", "reader")
    team.people["rae"] = reader
    choice = {"ref": one["key"], "decision": "nobody notices it"}
    assert await team.refused("rae", "3_choose", **choice) == "FORBIDDEN"
    assert await team.wrong("ann", "3_choose", **choice) == "COMPARE_FIRST"
    gone = {"ref": lost["key"], "decision": "it is the plan again"}
    assert (await team.right("eve", "3_decline", **gone))["status"] == "declined"
    await team.right("ann", "3_compare", ref=ref, dry=True)
    rows = (await team.people["rae"].ask(text_of("3_comparison"), of=ref))["changeComparison"]
    assert [each["seq"] is None for each in rows] == [False, True, True, True], "nothing is kept"
    compared = await team.right("ann", "3_compare", ref=ref, note="before the board meets")
    assert {each["key"] for each in compared["variants"]} == {
        one["key"],
        later["key"],
        lost["key"],
    }
    rows = (await team.people["rae"].ask(text_of("3_comparison"), of=ref))["changeComparison"]
    shown = {each["key"]: each for each in rows}
    assert [each["key"] for each in rows] == [ref, one["key"], later["key"], lost["key"]]
    both, apart = shown[ref], shown[one["key"]]
    assert (both["worst"], both["services"][0]["key"]) == ("DOWN", "web")
    assert (apart["worst"], apart["worstIfFails"], apart["marginLeft"]) == ("AT_RISK", "DOWN", 0)
    assert apart["services"] == [{"key": "web", "meanwhile": "AT_RISK", "ifFails": "DOWN"}]
    assert (apart["minutes"], apart["holds"], both["holds"]) == (120, True, True)
    assert apart["risk"] == apart["probability"] * apart["consequence"]
    assert shown[lost["key"]]["holds"] is None
    assert await team.wrong("ann", "3_choose", ref=one["key"], decision=" ") == "BAD_INPUT"
    await _chosen(team, choice, later["key"], apart["type"])


async def _chosen(team: Team, choice: dict[str, str], later: str, type: str) -> None:
    """The change is planned so, what else there was is declined, and it is assessed anew."""
    chosen = await team.right("ann", "3_choose", **choice)
    assert (chosen["decision"], chosen["decidedBy"]) == ("nobody notices it", "ann")
    plan = chosen["variantOf"]
    assert plan["status"] == "registered", "votes for another plan are no votes for this"
    assert {each["element"]["key"]: each["effect"] for each in plan["alters"]} == {
        "b": "DOWN",
        "c": "AT_RISK",
    }
    decided = {each["key"]: each["decision"] for each in plan["variants"]}
    assert decided[later] == f"{choice['ref']} was chosen"
    assert await team.wrong("ann", "3_choose", **choice) == "ILLEGAL_TRANSITION"
    again = await team.right("ann", "3_assess", ref=plan["key"])
    assert (again["status"], again["type"]) == ("assessed", type)


async def exams(team: Team) -> datetime:
    """A freeze that comes again by a rule, whose first time is over; a moment of the next one."""
    graph, day = team.admin.product.graph, NOW + timedelta(days=30)
    asked = "{ changeWindows(effect: FREEZE, first: 1) { name } }"
    if (await team.people["eve"].ask(asked))["changeWindows"]:
        return day
    first = day - timedelta(days=13 * 7)
    period = {"from": first.strftime("%Y-%m-%dT00:00"), "why": "exams"}
    period["until"] = (first + timedelta(days=1)).strftime("%Y-%m-%dT00:00")
    period["repeats"] = "FREQ=WEEKLY;INTERVAL=13"
    freeze = {"effect": "freeze", "zone": "UTC", "periods": [period]}
    freeze["types"] = ["standard", "normal", "major"]
    given = ("change-window", "exams", json.loads(json.dumps(freeze)))
    made = await graph.write(policies.draft_policy, SYSTEM, KINDS, *given)
    other = Request(actor="other", via="test")
    await graph.write(policies.approve_policy, other, KINDS, made.value["key"])
    return day


async def test_a_freeze_holds_up_what_is_no_emergency(team: Team) -> None:
    """It comes again by a rule; its first time is over, and the next one is asked for."""
    day = await exams(team)
    asked = """{ changeWindows(effect: FREEZE, first: 1) { name startsAt endsAt why types } }"""
    (found,) = (await team.people["eve"].ask(asked))["changeWindows"]
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    assert (found["name"], found["why"], found["types"]) == (
        *("exams", "exams"),
        ["major", "normal", "standard"],
    )
    assert (from_text(found["startsAt"]), from_text(found["endsAt"])) == (
        midnight,
        midnight + timedelta(days=1),
    )
    many = "{ changeWindows(since: %s, until: %s) { name } }"
    for since, until in (("2027-01-01", "2029-01-01"), ("2101-01-01", "2101-02-01")):
        times = tuple(f'"{each}T00:00:00Z"' for each in (since, until))
        assert await team.admin.code(many % times) == "BAD_INPUT"
    change = await team.register("eve", "d")
    ref = change["key"]
    await team.right("ann", "3_assess", ref=ref)
    await team.right("ann", "4_approve", ref=ref)
    plan = {"action": "none", "steps": "as it was"}
    noon = {"starts": to_text(day.replace(hour=12)), "ends": to_text(day.replace(hour=14))}
    assert await team.wrong("ann", "5_schedule", ref=ref, **plan, **noon) == "FROZEN"
    later = {name: to_text(from_text(each) + timedelta(days=2)) for name, each in noon.items()}
    done = await team.right("ann", "5_schedule", ref=ref, **plan, **later)
    assert done["scheduleFindings"] == ["it lies outside of the windows for maintenance"]
    assert await team.wrong("ann", "6_implement", ref=ref) == "OUTSIDE_ITS_WINDOW"


async def test_what_a_person_decides_about_the_type_needs_a_reason(team: Team) -> None:
    ref = (await team.register("eve", "d"))["key"]
    given = {"ref": ref, "type": "MAJOR"}
    assert await team.wrong("ann", "2_classify", input=given) == "OVERRIDE_REASON"
    given["overrideReason"] = "the exams begin"
    decided = await team.right("ann", "2_classify", input=given)
    assert (decided["type"], decided["computedType"]) == ("major", "normal")
    again = await team.right("ann", "2_classify", input={"ref": ref})
    assert (again["type"], again["overrideType"]) == ("normal", None)


async def test_incidents_near_a_change_are_suggested_and_confirmed(team: Team) -> None:
    """PR12.5: by graph and time, and by a person."""
    follow = {"follows": await _model(team), "changes": [{"element": "a", "effect": "AT_RISK"}]}
    ref = (await team.right("eve", "standard_follow", input=follow))["key"]
    register = """mutation I($on: ID!) { registerIncident(input: {title: "x",
      affects: [{element: $on, effect: AT_RISK}]}) { incident { key } } }"""
    eve, keys = team.people["eve"], {}
    before = (await eve.ask(register, on="mail"))["registerIncident"]["incident"]["key"]
    await team.right("eve", "6_implement", ref=ref)
    for element in ("mail", "d"):
        made = await eve.ask(register, on=element)
        keys[element] = made["registerIncident"]["incident"]["key"]
    near = (await team.right("eve", "7_suspect", ref=ref))["suspects"]
    assert near == [keys["mail"]], f"{before} began before it, {keys['d']} is elsewhere"
    done = await team.right("eve", "7_blame", ref=ref, incidents=near)
    assert done["caused"] == [{"key": keys["mail"]}]
    assert not done["suspects"]
    again = (await team.right("eve", "7_suspect", ref=ref))["suspects"]
    assert not again, "what is confirmed is no suggestion"
    await team.right("eve", "6_complete", ref=ref, outcome="FAILED")


async def test_the_planned_difference_comes_into_the_graph(team: Team) -> None:
    """By the rules of configuration management; a successful change is closed with it."""
    follow = {"follows": await _model(team), "changes": [{"element": "d", "effect": "AT_RISK"}]}
    ref = (await team.right("eve", "standard_follow", input={**follow, **soon()}))["key"]
    planned = {
        "add": [{"kind": "CI", "type": "Server", "key": "e", "name": "E"}],
        "relate": [{"type": "DEPENDS_ON", "source": "mail", "target": "e"}],
        "retire": ["e"],
    }
    plan = """mutation P($ref: ID!, $to: JSON) { planChange(input: {ref: $ref,
      differenceOfGraph: $to}) { ok errors { code path } change { differenceDone } } }"""
    wrong = {"add": [{"kind": "CI", "key": "e", "name": "E"}]}
    told = (await team.people["eve"].ask(plan, ref=ref, to=wrong))["planChange"]
    where = ["differenceOfGraph", "add", "0", "type"]
    assert told["errors"] == [{"code": "POLICY_FIELD", "path": where}]
    secret = {"change": [{"key": "d", "attributes": {"command": "run --token x"}}]}
    told = (await team.people["eve"].ask(plan, ref=ref, to=secret))["planChange"]
    assert told["errors"][0]["code"] == "SENSITIVE_IN_DIFFERENCE"
    assert (await team.people["eve"].ask(plan, ref=ref, to=planned))["planChange"]["ok"]
    assert await team.wrong("eve", "6_carry_out", ref=ref) == "ILLEGAL_TRANSITION"
    assert await team.wrong("eve", "6_implement", ref=ref) == "ILLEGAL_TRANSITION"
    assert (await team.right("eve", "3_assess", ref=ref))["type"] == "normal"
    await team.right("ann", "4_approve", ref=ref)
    await team.right("eve", "6_implement", ref=ref)
    assert (await team.right("eve", "6_carry_out", ref=ref))["differenceDone"] == 1
    await team.right("eve", "6_complete", ref=ref, outcome="SUCCESSFUL")
    assert await team.wrong("eve", "8_close", ref=ref) == "DIFFERENCE_OPEN"
    await team.right("eve", "6_carry_out", ref=ref)
    assert await team.wrong("eve", "6_carry_out", ref=ref) == "STILL_NEEDED", "as CONFM rules"
    drop = """mutation { unrelateElements(input: {type: "DEPENDS_ON", source: "mail",
      target: "e"}) { ok } }"""
    assert (await team.admin.ask(drop))["unrelateElements"]["ok"]
    assert (await team.right("eve", "6_carry_out", ref=ref))["differenceDone"] == 3
    assert await team.wrong("eve", "6_carry_out", ref=ref) == "DIFFERENCE_DONE"
    assert (await team.right("eve", "8_close", ref=ref))["status"] == "closed"


async def _model(team: Team) -> str:
    """A standard change that is approved."""
    said = {"title": "another host", "steps": ["do it"], "mayAlter": ["Server"]}
    model = await team.right("ann", "standard_catalogue", input=said)
    await team.right("cas", "standard_approve", ref=model["key"])
    return str(model["key"])


async def test_calendars_fetch_the_schedule(team: Team) -> None:
    """PR12.6: of a service, of an owner, of all; by an address that can be taken back."""
    ref = (await team.register("eve", "a", urgent=True, **soon(300)))["key"]
    await team.right("eve", "3_assess", ref=ref)
    product, http = team.admin.product, team.admin.http
    await exams(team)
    addresses = {}
    for of, place in ((FeedOf.ALL, ""), (FeedOf.SERVICE, "mail"), (FeedOf.SERVICE, "web"),
                      (FeedOf.OWNER, "cas")):  # fmt: skip
        made = await bootstrap.new_feed(product, of, place)
        addresses[place or "all"] = f"/calendar/{made.secret}.ics"

    windows = vobject.readOne((await http.get(addresses["all"])).text).contents["vevent"]
    told = {each.summary.value for each in windows}
    assert {"freeze exams", "maintenance window weekly-maintenance"} <= told

    async def events(name: str) -> dict[str, Any]:
        answer = await http.get(addresses[name])
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/calendar")
        read = vobject.readOne(answer.text).contents.get("vevent", [])
        return {each.summary.value.split()[0]: each for each in read}

    assert ref not in await events("all"), "nobody has approved it"
    await team.right("bob", "4_approve", ref=ref)
    assert [ref in await events(name) for name in addresses] == [True, True, False, False]
    own = 'mutation O($ref: ID!) { assignChange(input: {ref: $ref, owner: "cas"}) { ok } }'
    assert (await team.people["ann"].ask(own, ref=ref))["assignChange"]["ok"]
    before = (await events("cas"))[ref]
    assert "Mail" in before.description.value
    tag = (await http.get(addresses["cas"])).headers["etag"]
    again = await http.get(addresses["cas"], headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    drop = "mutation D($ref: ID!) { cancelChange(input: {ref: $ref}) { ok } }"
    assert (await team.people["eve"].ask(drop, ref=ref))["cancelChange"]["ok"]
    after = (await events("cas"))[ref]
    assert (before.status.value, after.status.value) == ("CONFIRMED", "CANCELLED")
    assert before.uid.value == after.uid.value
    assert int(before.sequence.value) < int(after.sequence.value)
    assert (await http.get(addresses["cas"], headers={"If-None-Match": tag})).status_code == 200
    assert (await http.post(addresses["all"])).status_code == 405
    feed = (await product.graph.rows("chm.feeds"))[0]["feeds"][0]
    assert "secret" not in feed
    await product.graph.write(feeds.revoke_feed, SYSTEM, feed["key"])
    gone, never = await http.get(addresses["all"]), await http.get(f"/calendar/fsc_{'x' * 43}.ics")
    assert (gone.status_code, gone.json()) == (404, never.json()), "nothing tells the two apart"


async def test_the_page_of_a_month_has_what_is_planned(team: Team) -> None:
    """PR12.6: what is approved, with the way to what it reaches, for whoever is signed in."""
    ref = (await team.register("eve", "a", urgent=True, **soon(320)))["key"]
    await team.right("eve", "3_assess", ref=ref)
    product, http = team.admin.product, team.admin.http
    digest = accounts.digest_password("a long enough password")
    await product.graph.write(accounts.create_account, SYSTEM, "guest", ["reader"], digest)
    session = await product.sessions.open("guest", "a long enough password", "127.0.0.1")
    month = soon(320)["plannedStartsAt"][:7]

    async def page() -> str:
        cookie = {"Cookie": f"{SESSION_COOKIE}={session}"}
        answer = await http.get(f"/calendar?month={month}", headers=cookie)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    assert ref not in await page(), "nobody has approved it"
    await team.right("bob", "4_approve", ref=ref)
    told = await team.people["eve"].ask('{ ci(by: {key: "a"}) { id } }')
    text = await page()
    assert ref in text
    assert f'href="/impact?fail={told["ci"]["id"]}"' in text
    assert (await http.get("/calendar")).headers["location"].startswith("/sign-in?next=")


async def test_each_activity_names_its_requirement() -> None:
    for path in sorted(DOCUMENTS.glob("*.graphql")):
        assert path.read_text(encoding="utf-8").startswith("# PR12."), path.name
