"""Steps of records: who takes them at once, how far a record has come, and what is suggested."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from inspect import signature
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.api import verbs as _offered  # noqa: F401 - declares every verb
from fitsm_graph.confm.drafts import ElementDraft
from fitsm_graph.confm.service import register_element
from fitsm_graph.flow.outbox import Outbox
from fitsm_graph.flow.policies import InForce, Policies
from fitsm_graph.flow.scheduler import Turn
from fitsm_graph.flow.steps import state_of, waiting
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import VERBS, Request
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.isrm.request_rules import OfferingStep, StepKind
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.kernel.errors import BadInput, FitsmError
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.pm.recurring import step_lists_wanted
from fitsm_graph.sms import accounts
from fitsm_graph.sms import policies as rules
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.roles import assign_role
from graph.syncing import KINDS, POLICIES, REGISTRY, emptied, run

pytestmark = pytest.mark.asyncio(loop_scope="session")
FULL = bool(os.environ.get("FITSM_FULL"))
ROUNDS = 300 if FULL else 8
WALKS = 40 if FULL else 4
SYSTEM = Request(actor="setup", via="test")
STEPS = """MATCH (:Record {key: $key})<-[:STEP_OF|CHANGE_STEP_OF]-(s:Step)
  RETURN s.number, s.step_list, s.title, s.state, s.done_by ORDER BY s.number"""
PROGRESS = "MATCH (r:Record {key: $key}) RETURN r.step_lists, r.steps_total, r.steps_open"


class Office:
    """Ann manages incidents and changes; Bob and Cas work there."""

    def __init__(self, graph: Graph, clock: ManualClock) -> None:
        self.graph, self.clock = graph, clock
        self.snapshot = Snapshot(graph, REGISTRY)
        self.policies: Policies = POLICIES

    async def act(self, verb: str, *given: Any, by: str = "bob", **more: Any) -> Any:
        run_ = VERBS[verb].run
        lent: dict[str, Any] = {"policies": self.policies, "registry": REGISTRY}
        if "reaching" in signature(run_).parameters:
            lent["reaching"] = Reaches(await self.snapshot.current())
        asked = [lent[each] for each in signature(run_).parameters if each in lent]
        request = Request(actor=by, via="test")
        return (await self.graph.write(run_, request, *asked, *given, **more)).value

    async def code(self, verb: str, *given: Any, **more: Any) -> str:
        with pytest.raises(FitsmError) as caught:
            await self.act(verb, *given, **more)
        return caught.value.code

    async def incident(self, *lists: str, by: str = "bob", **more: Any) -> str:
        made = await self.act("incident.register", "x", [("host", "degraded")], by=by, **more)
        for each in lists:
            await self.act("incident.begin_steps", made["key"], each, by=by)
        return str(made["key"])

    async def steps(self, key: str) -> list[Any]:
        return await run(self.graph, STEPS, key=key)

    async def states(self, key: str) -> list[str]:
        return [row[3] for row in await self.steps(key)]

    async def progress(self, key: str) -> tuple[Any, ...]:
        ((lists, total, left),) = await run(self.graph, PROGRESS, key=key)
        return lists, total, left

    def with_list(self, name: str, document: Any, version: int = 1) -> None:
        value = KINDS.kind("step-list").checked(name, document)
        key = f"step-list/{name}/{version}"
        self.policies = self.policies.with_(InForce(key, "step-list", name, key, value))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared(neo4j_endpoint: Endpoint) -> AsyncIterator[Office]:
    clock = ManualClock(datetime(2026, 11, 24, 9, tzinfo=UTC))
    async with emptied(neo4j_endpoint, clock) as graph:
        await graph.write(rules.seed_policies, SYSTEM, KINDS, rules.from_files())
        for kind, type, key in (("CI", "Server", "host"), ("Service", "", "mail")):
            draft = ElementDraft(kind=kind, type=type, key=key, name=key)
            await graph.write(register_element, SYSTEM, REGISTRY, draft)
        for key in ("ann", "bob", "cas"):
            await graph.write(sms.register_party, SYSTEM, "Person", {"key": key, "name": key})
            given = (key, ["editor"], "digest")
            await graph.write(accounts.create_account, SYSTEM, *given, person=key)
        for process in (Process.ISRM, Process.CHM):
            manager = RoleWord.PROCESS_MANAGER
            await graph.write(assign_role, SYSTEM, manager, "ann", process=process)
        yield Office(graph, clock)


@pytest.fixture
def office(shared: Office) -> Office:
    shared.policies = POLICIES
    shared.clock.advance(timedelta(seconds=1))
    return shared


def codes(told: Sequence[Any]) -> list[str]:
    return sorted(each.code for each in told if isinstance(each, FitsmError))


# --- many at once --------------------------------------------------------------------------------


async def test_of_all_who_take_one_step_at_once_one_does(office: Office) -> None:
    for _ in range(ROUNDS):
        key = await office.incident("disk-full")
        told = await asyncio.gather(
            *(office.act("incident.complete_step", key, 1, by=by) for by in ("bob", "cas") * 3),
            return_exceptions=True,
        )
        assert codes(told) == ["STEP_DONE"] * 5
        assert (await office.states(key))[:2] == ["done", "open"]
        touched = await run(
            office.graph,
            """MATCH (:Record {key: $key})<-[:STEP_OF]-(s {number: 1})<-[c:CHANGED]-(e)
            RETURN e.verb""",
            key=key,
        )
        assert touched == [["incident.complete_step"]], "the ledger knows of one"


async def test_a_requester_never_gets_through_a_race_for_an_approval(office: Office) -> None:
    steps = [OfferingStep("somebody agrees", StepKind.APPROVAL)]
    offering = await office.act("request_offering.register", "a desk", "mail", steps=steps)
    for turn in range(ROUNDS):
        key = (await office.act("service_request.register", offering["key"], by="bob"))["key"]
        rivals = ("bob",) * 4 + (("cas",) if turn % 2 else ())
        told = await asyncio.gather(
            *(office.act("service_request.complete_step", key, 1, by=by) for by in rivals),
            return_exceptions=True,
        )
        assert set(codes(told)) <= {"SEPARATION_OF_DUTIES", "STEP_DONE"}
        ((*_, state, by),) = await office.steps(key)
        assert (state, by or "") == (("done", "cas") if turn % 2 else ("open", ""))


async def test_the_control_without_the_requester_the_race_is_won(office: Office) -> None:
    """A request whose registration was made another's past the product: then bob gets through."""
    steps = [OfferingStep("somebody agrees", StepKind.APPROVAL)]
    offering = await office.act("request_offering.register", "a chair", "mail", steps=steps)
    made = await office.act("service_request.register", offering["key"], by="bob")
    given = {"key": made["key"], "seq": made["created"]}
    await run(
        office.graph,
        """MATCH (r:ServiceRequest {key: $key}) SET r.registered_by = 'x'
        WITH r MATCH (e:LedgerEntry {seq: $seq}) SET e.actor = 'x' RETURN 1""",
        **given,
    )
    try:
        await office.act("service_request.complete_step", made["key"], 1, by="bob")
        assert (await office.states(made["key"])) == ["done"]
    finally:
        await run(office.graph, "MATCH (e:LedgerEntry {seq: $seq}) SET e.actor='bob'", **given)


# --- who may -------------------------------------------------------------------------------------


async def test_a_step_is_taken_by_the_role_that_it_names(office: Office) -> None:
    change = await office.act("change.register", "x", [("host", "down")], by="cas")
    key, major = change["key"], {"type": "major", "override_reason": "so it is"}
    await office.act("change.classify", key, **major)
    place = {title: number for number, _, title, state, _ in await office.steps(key)
             if state != "dropped"}  # fmt: skip
    first, _, agree, tell, last = sorted(place.values())
    assert await office.code("change.complete_step", key, agree, by="ann") == "STEPS_IN_ORDER"
    for number in (first, first + 1):
        await office.act("change.complete_step", key, number)
    assert await office.code("change.complete_step", key, agree, by="bob") == "NOT_YOUR_STEP"
    assert await office.code("change.skip_step", key, agree, "why", by="bob") == "STEP_OBLIGATORY"
    await office.act("change.refuse_step", key, agree, "who stands by?", by="ann")
    assert await office.code("change.complete_step", key, tell) == "STEPS_IN_ORDER"
    await office.act("change.complete_step", key, agree, by="ann")
    assert await office.code("change.refuse_step", key, tell, "no", by="ann") == "NO_APPROVAL"
    await office.act("change.skip_step", key, tell, "they know", by="ann")
    await office.act("change.complete_step", key, last)
    assert (await office.progress(key))[2] == 0


async def test_the_manager_who_asks_for_a_change_agrees_to_none_of_its_steps(
    office: Office,
) -> None:
    change = await office.act("change.register", "x", [("host", "down")], by="ann")
    await office.act("change.classify", change["key"], type="major", override_reason="so it is")
    rows = [row for row in await office.steps(change["key"]) if row[3] != "dropped"]
    first = rows[0][0]
    for number in (first, first + 1):
        await office.act("change.complete_step", change["key"], number)
    for verb in ("complete_step", "skip_step", "refuse_step"):
        more = [] if verb == "complete_step" else ["why"]
        told = await office.code(f"change.{verb}", change["key"], first + 2, *more, by="ann")
        assert told == "SEPARATION_OF_DUTIES"


async def test_a_token_without_its_person_takes_no_step_of_a_role(office: Office) -> None:
    key = await office.incident()
    await office.act("incident.declare_major", key, "cas", "dark", by="cas")
    run_ = VERBS["incident.complete_step"].run
    bare = Request(actor="ann", via="test", as_person=False)
    with pytest.raises(FitsmError) as caught:
        await office.graph.write(run_, bare, office.policies, key, 3)
    assert caught.value.code == "NOT_YOUR_STEP"
    await office.act("incident.complete_step", key, 3, by="ann")


# --- by what a record is -------------------------------------------------------------------------


async def test_steps_follow_the_type_and_a_run_keeps_to_its_version(office: Office) -> None:
    change = await office.act("change.register", "x", [("host", "at_risk")])
    key = change["key"]
    assert await office.progress(key) == (["step-list/normal-change/1"], 4, 4)
    await office.act("change.complete_step", key, 1)
    newer = {
        "title": "Normal",
        "for": {"record": "Change", "type": "normal"},
        "steps": [{"key": "only", "title": "Only this", "kind": "manual"}],
    }
    office.with_list("normal-change", newer, version=2)
    await office.act("change.classify", key)
    assert await office.progress(key) == (["step-list/normal-change/1"], 4, 3), "it keeps to it"
    await office.act("change.classify", key, type="major", override_reason="so it is")
    assert (await office.states(key))[:4] == ["done", "dropped", "dropped", "dropped"]
    lists = ["step-list/normal-change/1", "step-list/major-change/1"]
    assert await office.progress(key) == (lists, 6, 5)
    other = await office.act("change.register", "y", [("host", "at_risk")])
    assert await office.progress(other["key"]) == (["step-list/normal-change/2"], 1, 1)


async def test_an_incident_of_a_category_is_led_by_it(office: Office) -> None:
    office.with_list("power-gone", {
        "title": "No power", "for": {"record": "Incident", "category": "power"},
        "before_closing": True,
        "steps": [{"key": "fuse", "title": "Look at the fuse", "kind": "manual"}],
    })  # fmt: skip
    key = await office.incident()
    assert await office.steps(key) == []
    await office.act("incident.classify", key, "power")
    assert await office.progress(key) == (["step-list/power-gone/1"], 1, 1)
    await office.act("incident.classify", key, "storage")
    assert await office.states(key) == ["dropped"]
    await office.act("incident.classify", key, "power")
    assert await office.states(key) == ["open"], "it comes back, and not twice"
    await office.act("incident.resolve", key, "a new fuse")
    assert await office.code("incident.close", key, confirmed=True) == "STEPS_OPEN"
    await office.act("incident.skip_step", key, 1, "seen by the electrician", by="ann")
    await office.act("incident.close", key, confirmed=True)
    assert await office.code("incident.complete_step", key, 1) == "ILLEGAL_TRANSITION"


@pytest.mark.parametrize("before", ["", "stood down"])
async def test_a_list_that_somebody_has_begun_is_not_begun_again_by_rule(
    office: Office, before: str
) -> None:
    """Named first and then wanted by what the incident is: each step is there once."""
    key = await office.incident()
    if before:
        await office.act("incident.declare_major", key, "cas", "dark", by="cas")
        await office.act("incident.stand_down", key, "light")
        assert set(await office.states(key)) == {"dropped"}
    await office.act("incident.begin_steps", key, "major-incident")
    await office.act("incident.complete_step", key, 6 if before else 1)
    rows = await office.steps(key)
    await office.act("incident.declare_major", key, "cas", "dark again", by="cas")
    assert await office.steps(key) == rows
    assert (await office.progress(key))[1:] == (5, 4)


async def test_the_control_a_list_that_nobody_has_begun_is_begun_by_rule(office: Office) -> None:
    key = await office.incident("disk-full")
    await office.act("incident.declare_major", key, "cas", "dark", by="cas")
    assert (await office.progress(key))[1:] == (9, 9)


OF_NOW = """step_list step_key state by_rule asked_by role group any_time obligatory holds template
  tells channels done_seq"""


async def test_a_request_from_before_steps_had_states_goes_on(office: Office) -> None:
    steps = [OfferingStep("first", StepKind.MANUAL), OfferingStep("second", StepKind.MANUAL)]
    offering = await office.act("request_offering.register", "a lamp", "mail", steps=steps)
    key = (await office.act("service_request.register", offering["key"], by="cas"))["key"]
    await office.act("service_request.assign", key, "bob", by="cas")
    gone = ", ".join(f"s.`{name}`" for name in OF_NOW.split())
    await run(
        office.graph,
        f"""MATCH (r:ServiceRequest {{key: $key}})<-[:STEP_OF]-(s)
        REMOVE {gone}, r.step_lists, r.steps_total, r.steps_open""",
        key=key,
    )

    async def mine(login: str) -> list[tuple[int, str]]:
        at = to_text(office.clock.now())
        found = await waiting(office.graph, office.policies, login, at, 1000)
        rows = [each for each in found["steps"] if each["record"] == key]
        return [(each["step"]["number"], state_of(each["step"])) for each in rows]

    assert await mine("bob") == [(1, "open")]
    assert await mine("cas") == []
    await office.act("service_request.complete_step", key, 1)
    assert await office.states(key) == ["done", "open"]
    assert await office.progress(key) == ([], 2, 1)
    assert await mine("bob") == [(2, "open")]
    await office.act("service_request.complete_step", key, 2)
    await office.act("service_request.fulfil", key, "it is there")
    assert (await office.progress(key))[2] == 0


async def test_what_is_over_leaves_no_step_open(office: Office) -> None:
    office.with_list("tail", {
        "title": "Tail", "for": {"record": "Incident"}, "before_closing": True,
        "steps": [
            {"key": "do", "title": "Do it", "kind": "manual"},
            {"key": "tidy", "title": "Tidy up", "kind": "manual", "optional": True,
             "any_time": True},
        ],
    })  # fmt: skip
    given_up, closed = await office.incident("tail"), await office.incident("tail")
    await office.act("incident.reject", given_up, "withdrawn", "a drill")
    assert await office.states(given_up) == ["dropped", "dropped"]
    await office.act("incident.complete_step", closed, 1)
    await office.act("incident.resolve", closed, "so")
    assert await office.states(closed) == ["done", "open"], "it may be opened again"
    await office.act("incident.close", closed, confirmed=True)
    assert await office.states(closed) == ["done", "dropped"]
    changes = [
        (await office.act("change.register", "x", [("host", "at_risk")]))["key"] for _ in range(2)
    ]
    await office.act("change.complete_step", changes[1], 1)
    await run(
        office.graph, "MATCH (c:Change {key: $key}) SET c.status = 'implemented'", key=changes[1]
    )
    await office.act("change.cancel", changes[0])
    await office.act("change.close", changes[1])
    assert await office.states(changes[0]) == ["dropped"] * 4
    assert await office.states(changes[1]) == ["done", *["dropped"] * 3]
    for key in (given_up, closed, *changes):
        assert (await office.progress(key))[2] == 0
    ((by, why),) = await run(
        office.graph,
        "MATCH (:Change {key: $key})<-[:CHANGE_STEP_OF]-(s {number: 2}) RETURN s.done_by, s.note",
        key=changes[1],
    )
    assert (by, why) == ("", "it is over")


async def test_a_change_that_is_raised_does_the_step_that_asks_for_it(office: Office) -> None:
    key = await office.incident("disk-full")
    await office.act("change.from_incident", key, [("host", "at_risk")])
    assert (await office.states(key))[2] == "waiting", "it was not its turn"
    for number in (1, 2, 3):
        await office.act("incident.complete_step", key, number)
    other = await office.incident("disk-full")
    for number in (1, 2):
        await office.act("incident.complete_step", other, number)
    assert await office.code("incident.complete_step", other, 3) == "CHANGE_NOT_RAISED"
    await office.act("change.from_incident", other, [("host", "at_risk")], by="cas")
    assert (await office.steps(other))[2][3:] == ["done", "cas"]
    assert (await office.progress(other))[2] == 1


async def test_the_message_of_a_step_goes_to_whom_it_names_and_once(office: Office) -> None:
    """Of all that touched a step, the entry that did it tells; read again, it tells nobody."""
    office.with_list("tell", {
        "title": "Tell", "for": {"record": "Incident"},
        "steps": [
            {"key": "look", "title": "Look", "kind": "manual"},
            {"key": "tell", "title": "It is the disk", "kind": "notify", "template": "step-told",
             "to": [{"role": "process_manager"}, {"person": "cas"}], "by": ["in_app"]},
            {"key": "end", "title": "End", "kind": "manual"},
        ],
    })  # fmt: skip
    key = await office.incident("tell")
    cursor = str((await office.graph.head()).seq)

    async def in_force() -> Policies:
        return office.policies

    async def reaches() -> Reaches:
        return Reaches(await office.snapshot.current())

    outbox = Outbox(office.graph, in_force, reaches, {})
    for number in (1, 2, 3):
        await office.act("incident.complete_step", key, number, by="bob")
    for _ in range(2):
        await outbox.notify(Turn(office.clock.now(), cursor))
    told = await run(
        office.graph,
        """MATCH (d:Delivery {key: $key}) MATCH (p {id: d.person})
        RETURN p.key, d.body CONTAINS 'It is the disk' ORDER BY p.key""",
        key=key,
    )
    assert told == [["ann", True], ["cas", True]]


# --- how far a record has come -------------------------------------------------------------------


@dataclass
class Line:
    """A step as somebody with pencil and paper has it."""

    list: str
    kind: str
    anytime: bool = False
    optional: bool = False
    boss: bool = False
    mark: str = ""


@dataclass
class Paper:
    """Lists of steps, crossed off by hand; nothing of it is the product's."""

    lines: list[Line] = field(default_factory=list)
    raised: bool = False

    def begin(self, name: str) -> str:
        if any(each.list == name and not each.mark for each in self.lines):
            return "STEPS_BEGUN"
        if name == "disk-full":
            more = [Line(name, "manual"), Line(name, "manual"),
                    Line(name, "raise", optional=True), Line(name, "manual")]  # fmt: skip
        else:
            agreed = Line(name, "approval", anytime=True, optional=True, boss=True)
            more = [Line(name, "manual"), Line(name, "notify"), agreed,
                    Line(name, "manual"), Line(name, "notify")]  # fmt: skip
        self.lines += more
        return ""

    def waits(self, at: int) -> bool:
        mine = self.lines[at]
        return not mine.anytime and any(
            each.list == mine.list and not each.anytime and not each.mark
            for each in self.lines[:at]
        )

    def take(self, number: int, how: str, by: str) -> str:
        if not 0 < number <= len(self.lines):
            return "NOT_FOUND"
        line = self.lines[number - 1]
        if line.mark:
            return "STEP_DONE"
        if self.waits(number - 1):
            return "STEPS_IN_ORDER"
        if how == "skip" and not line.optional:
            if by != "ann":
                return "STEP_OBLIGATORY"
        elif line.boss and by != "ann":
            return "NOT_YOUR_STEP"
        if how == "complete" and line.kind == "raise" and not self.raised:
            return "CHANGE_NOT_RAISED"
        line.mark = "done" if how == "complete" else "skipped"
        return ""

    def raise_change(self) -> None:
        self.raised = True
        for at, line in enumerate(self.lines):
            if line.kind == "raise" and not line.mark and not self.waits(at):
                line.mark = "done"
                return

    def shown(self) -> list[str]:
        return [
            each.mark or ("waiting" if self.waits(at) else "open")
            for at, each in enumerate(self.lines)
        ]


async def walked(office: Office, seed: int, *, flawed: bool = False) -> list[str]:
    """Take steps at random, and hold each answer and state against the paper."""
    chance, paper, key = random.Random(seed), Paper(), await office.incident(by="cas")
    wrong = []
    for _ in range(25):
        act = chance.choice(("begin", "complete", "complete", "complete", "skip", "raise"))
        by, number = chance.choice(("ann", "bob")), chance.randint(0, len(paper.lines) + 1)
        expected, given = "", [key, number]
        if act == "begin":
            name = chance.choice(("disk-full", "major-incident"))
            expected, given = paper.begin(name), [key, name]
            by = "bob"
        elif act == "raise":
            paper.raise_change()
        else:
            expected = paper.take(number, act, "ann" if flawed else by)
            given += ["why"] if act == "skip" else []
        verb = {"begin": "begin_steps", "raise": ""}.get(act, f"{act}_step")
        told = ""
        try:
            if verb:
                await office.act(f"incident.{verb}", *given, by=by)
            else:
                await office.act("change.from_incident", key, [("host", "at_risk")], by=by)
        except FitsmError as error:
            told = error.code
        wrong += [f"{act} {given[1:]} by {by}: {told} for {expected}"] if told != expected else []
        _, total, left = await office.progress(key)
        shown = paper.shown()
        counts = len(shown), sum(each in {"open", "waiting"} for each in shown)
        states = await office.states(key)
        wrong += [] if states == shown else [f"{act}: {states} for {shown}"]
        wrong += [] if ((total or 0), (left or 0)) == counts else [f"{act}: {total}, {left}"]
    return wrong


@pytest.mark.timeout(600)
async def test_how_far_a_record_has_come_is_what_paper_says(office: Office) -> None:
    for seed in range(WALKS):
        assert await walked(office, seed) == [], seed


async def test_the_control_paper_that_knows_no_roles_is_found_out(office: Office) -> None:
    assert any([await walked(office, seed, flawed=True) for seed in range(3)])


# --- what comes back -----------------------------------------------------------------------------


async def test_what_comes_back_is_suggested_to_get_steps(office: Office) -> None:
    problem = await office.act("problem.register", "full", investigates=["host"])
    known = (await office.act("known_error.register", problem["key"], workaround="rm"))["key"]

    async def wanted() -> list[str]:
        due = await step_lists_wanted(office.graph, office.policies, office.clock.now())
        return [each.subject for each in due]

    last = ""
    for count in range(3):
        assert known not in await wanted(), count
        last = await office.incident()
        await office.act("known_error.try", known, last, helped=True)
        office.clock.advance(timedelta(days=40))
    assert known in await wanted()
    (due,) = [each for each in await step_lists_wanted(
        office.graph, office.policies, office.clock.now()) if each.subject == known]  # fmt: skip
    ((at,),) = await run(office.graph, "MATCH (i {key: $key}) RETURN i.created_at", key=last)
    assert (due.due_at, due.process, due.matter) == (at, Process.ISRM, "step_list_wanted")
    await office.act("known_error.name_steps", known, "disk-full")
    assert known not in await wanted()
    await office.act("known_error.name_steps", known, "")
    assert known in await wanted()
    told = await office.code("known_error.name_steps", known, "new-account")
    assert told == "STEP_LIST_OF_OTHERS"
    await office.act("known_error.retire", known)
    assert known not in await wanted()
    assert await office.code("known_error.name_steps", known, "disk-full") == "ILLEGAL_TRANSITION"


async def test_the_same_cause_without_a_known_error_is_suggested_as_well(office: Office) -> None:
    key = "pump"
    draft = ElementDraft(kind="CI", type="Server", key=key, name=key)
    await office.graph.write(register_element, SYSTEM, REGISTRY, draft)
    made = []
    for _ in range(3):
        one = await office.act("incident.register", "x", [(key, "down")], category="power")
        await office.act("incident.resolve", one["key"], "on again", caused_in=key)
        made.append(one["key"])
        office.clock.advance(timedelta(days=10))
    due = await step_lists_wanted(office.graph, office.policies, office.clock.now())
    assert made[-1] in {each.subject for each in due}
    office.with_list("power-gone", {
        "title": "No power", "for": {"record": "Incident", "category": "power"},
        "steps": [{"key": "fuse", "title": "Look at the fuse", "kind": "manual"}],
    })  # fmt: skip
    due = await step_lists_wanted(office.graph, office.policies, office.clock.now())
    assert made[-1] not in {each.subject for each in due}


async def test_an_offering_has_steps_or_a_list(office: Office) -> None:
    both = {"steps": [OfferingStep("x")], "step_list": "new-account"}
    with pytest.raises(BadInput):
        await office.act("request_offering.register", "x", "mail", **both)
    made = await office.act("request_offering.register", "x", "mail", step_list="new-account")
    key = (await office.act("service_request.register", made["key"]))["key"]
    assert (await office.progress(key))[1:] == (3, 3)
    assert await office.code("service_request.complete_step", key, 1, by="ann") == "NOT_YOUR_STEP"
    assert await office.code("service_request.fulfil", key, "x") == "STEPS_OPEN"
