"""Policies in a real graph: one version after another, who approves, what is in force where."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.chm import standard
from fitsm_graph.chm.implementing import begin_change, complete_change
from fitsm_graph.confm.drafts import ElementDraft
from fitsm_graph.confm.service import register_element
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.kernel.clock import ManualClock
from fitsm_graph.kernel.errors import BadInput, Conflict, FitsmError, NotFound, Refused
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms import accounts, policies
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.checks import outgrown
from fitsm_graph.sms.checks import policies as sound
from fitsm_graph.sms.roles import assign_role
from graph.syncing import KINDS, REGISTRY, emptied, run

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
WEEK: dict[str, Any] = {"zone": "UTC", "week": {"mon-fri": ["09:00-17:00"]}}
SEEDS = {(each.kind, each.name): each.document for each in policies.from_files()}
ROUNDS = 200


class Office:
    """Several people at one graph."""

    def __init__(self, graph: Graph, clock: ManualClock) -> None:
        self.graph, self.clock = graph, clock

    async def act(self, actor: str, verb: Any, *given: Any, **more: Any) -> Any:
        self.clock.advance(timedelta(seconds=1))
        request = Request(actor=actor, via="test")
        return (await self.graph.write(verb, request, *given, **more)).value

    async def draft(self, actor: str, kind: str, name: str, document: Any, **more: Any) -> str:
        made = await self.act(actor, policies.draft_policy, KINDS, kind, name, document, **more)
        return str(made["key"])

    async def approve(self, actor: str, key: str) -> Any:
        return await self.act(actor, policies.approve_policy, KINDS, key)

    async def brought(self, kind: str, name: str, document: Any) -> str:
        key = await self.draft("ada", kind, name, document)
        await self.approve("bob", key)
        return key

    async def in_force(self) -> Policies:
        return await policies.from_graph(self.graph, KINDS)

    async def statuses(self, kind: str, name: str) -> list[str]:
        rows = await run(
            self.graph,
            "MATCH (p:Policy {kind: $kind, name: $name}) RETURN p.status ORDER BY p.number",
            kind=kind,
            name=name,
        )
        return [row[0] for row in rows]


@pytest_asyncio.fixture(scope="module")
async def office(neo4j_endpoint: Endpoint) -> AsyncIterator[Office]:
    async with emptied(neo4j_endpoint):
        clock = ManualClock(NINE)
        graph = Graph(neo4j_endpoint, clock=clock)
        made = Office(graph, clock)
        for login in ("ada", "bob", "cyd"):
            await made.act("system", accounts.create_account, login, ["process_manager"], "digest")
        await made.act("system", policies.seed_policies, KINDS, policies.from_files())
        yield made
        await graph.close()


def refused(error: pytest.ExceptionInfo[FitsmError]) -> str:
    return error.value.code


async def test_seeds_are_in_force_once_and_replace_nothing(office: Office) -> None:
    assert (await office.in_force()).held.keys() >= SEEDS.keys()
    again = await office.act("system", policies.seed_policies, KINDS, policies.from_files())
    assert again == {"seeded": 0}
    mine = {**SEEDS["priority-matrix", "default"], "priorities": {}}
    mine["priorities"] = {
        "high": {"high": 1, "medium": 1, "low": 2},
        "medium": {"high": 2, "medium": 2, "low": 3},
        "low": {"high": 3, "medium": 3, "low": 3},
    }
    key = await office.brought("priority-matrix", "default", mine)
    await office.act("system", policies.seed_policies, KINDS, policies.from_files())
    found = (await office.in_force()).find("priority-matrix", "default")
    assert found is not None
    assert (found.key, found.value.priority("high", "medium")) == (key, 1)


async def test_a_version_comes_into_force_and_the_one_before_goes(office: Office) -> None:
    first = await office.draft("ada", "service-calendar", "desk", WEEK, reason="a new desk")
    assert first == "service-calendar/desk/1"
    assert (await office.in_force()).find("service-calendar", "desk") is None
    done = await office.approve("bob", first)
    assert (done["status"], done["approver"]) == ("approved", "bob")
    assert (done["reason"], done["authors"]) == ("a new desk", ["ada"])
    second = await office.draft("bob", "service-calendar", "desk", {**WEEK, "week": "always"})
    assert second == "service-calendar/desk/2"
    before = (await office.graph.head()).seq
    await office.approve("cyd", second)
    assert (await office.graph.head()).seq == before + 1, "both in one entry"
    assert await office.statuses("service-calendar", "desk") == ["retired", "approved"]
    rows = await run(
        office.graph,
        "MATCH (p:Policy {name: 'desk'})-[:APPROVED_BY]->(a:Account) RETURN p.number, a.key "
        "ORDER BY p.number",
    )
    assert rows == [[1, "bob"], [2, "cyd"]]
    head = (await office.graph.rows("ledger.read_head"))[0]["head"]
    assert head["policies_seq"] == before + 1


async def test_nobody_approves_what_they_wrote_or_changed(office: Office) -> None:
    key = await office.draft("ada", "service-calendar", "shop", WEEK)
    await office.act("bob", policies.change_policy, KINDS, key, {**WEEK, "week": "always"})
    for actor in ("ada", "bob"):
        with pytest.raises(Refused) as error:
            await office.approve(actor, key)
        assert refused(error) == "SEPARATION_OF_DUTIES"
        assert error.value.problem.requirement == "GR2.4"
    same = await office.act("cyd", policies.change_policy, KINDS, key, {**WEEK, "week": "always"})
    assert same["authors"] == ["ada", "bob"], "who changed nothing wrote nothing"
    assert (await office.approve("cyd", key))["status"] == "approved"


async def test_verbs_refuse_what_is_no_draft_and_what_is_not_there(office: Office) -> None:
    key = await office.brought("service-calendar", "hall", WEEK)
    for verb in (policies.change_policy, policies.approve_policy):
        with pytest.raises(Refused, match="is approved") as error:
            await office.act("cyd", verb, KINDS, key)
        assert refused(error) == "ILLEGAL_TRANSITION"
    retired = await office.act("cyd", policies.retire_policy, KINDS, key)
    assert (retired["status"], retired["retired_at"]) == ("retired", retired["updated_at"])
    assert (await office.in_force()).find("service-calendar", "hall") is None
    with pytest.raises(Refused, match="is retired"):
        await office.act("cyd", policies.retire_policy, KINDS, key)
    for verb in (policies.change_policy, policies.approve_policy, policies.retire_policy):
        with pytest.raises(NotFound):
            await office.act("cyd", verb, KINDS, "service-calendar/hall/9")
    draft = await office.draft("ada", "service-calendar", "hall", WEEK)
    with pytest.raises(Conflict):
        await office.act("cyd", policies.approve_policy, KINDS, draft, expected_version=1)
    with pytest.raises(BadInput) as wrong:
        await office.draft("ada", "service-calendar", "hall", {"zone": "Mars", "hours": 1})
    assert {each.path for each in wrong.value.problems} == {("zone",), ("week",), ("hours",)}


async def test_an_owner_is_kept_from_version_to_version(office: Office) -> None:
    await office.act("ada", sms.register_party, "Group", {"key": "desk", "name": "Desk"})
    await office.act("ada", sms.register_party, "Person", {"key": "eve", "name": "Eve"})
    with pytest.raises(NotFound):
        await office.draft("ada", "service-calendar", "owned", WEEK, owner="nobody")
    await office.draft("ada", "service-calendar", "owned", WEEK, owner="desk")
    second = await office.draft("ada", "service-calendar", "owned", WEEK)
    owners = (
        "MATCH (o)-[:ANSWERS_FOR]->(p:Policy {name: 'owned'}) RETURN p.number, o.key ORDER BY 1"
    )
    assert await run(office.graph, owners) == [[1, "desk"], [2, "desk"]]
    await office.act("bob", policies.change_policy, KINDS, second, owner="eve")
    assert await run(office.graph, owners) == [[1, "desk"], [2, "eve"]]
    assert (await office.approve("bob", second))["authors"] == ["ada"]


async def test_an_escalation_path_leads_to_somebody_who_is_there(office: Office) -> None:
    def path(**to: str) -> Any:
        return {"steps": [{"at": 0.5, "to": [to]}]}

    with pytest.raises(NotFound) as gone:
        await office.draft("ada", "escalation-path", "night", path(group="night-shift"))
    assert refused(gone) == "PARTY_NOT_FOUND"
    shift = {"key": "night-shift", "name": "Night"}
    await office.act("ada", sms.register_party, "Group", shift)
    with pytest.raises(BadInput) as nobody:
        await office.draft("ada", "escalation-path", "night", path(group="night-shift"))
    assert refused(nobody) == "ESCALATION_TO_NOBODY"
    await office.act("ada", sms.register_party, "Person", {"key": "fay", "name": "Fay"})
    await office.act("ada", sms.tie, "BELONGS_TO", "fay", "night-shift")
    key = await office.draft("ada", "escalation-path", "night", path(group="night-shift"))
    await office.act("ada", sms.untie, "BELONGS_TO", "fay", "night-shift")
    with pytest.raises(BadInput) as later:
        await office.approve("bob", key)
    assert refused(later) == "ESCALATION_TO_NOBODY"
    await office.act("ada", sms.tie, "BELONGS_TO", "fay", "night-shift")
    await office.approve("bob", key)


async def test_an_agreement_is_with_somebody_who_is_there(office: Office) -> None:
    base = SEEDS["targets", "default"]
    await office.act("ada", sms.register_party, "Person", {"key": "gus", "name": "Gus"})
    for kind, party in (("sla", "college"), ("sla", "gus"), ("ola", "gus"), ("ola", "college")):
        document = {**base, "kind": kind, "with": [party]}
        with pytest.raises(NotFound) as gone:
            await office.draft("ada", "targets", "college", document)
        assert refused(gone) == "PARTY_NOT_FOUND"
    customer = {"key": "college", "name": "College"}
    await office.act("ada", sms.register_party, "Customer", customer)
    await office.act("ada", sms.register_party, "Group", {"key": "college-it", "name": "IT"})
    with pytest.raises(BadInput) as nobody:
        await office.draft(
            "ada", "targets", "college", {**base, "kind": "ola", "with": ["college-it"]}
        )
    assert refused(nobody) == "ESCALATION_TO_NOBODY"
    for kind, party in (("sla", "college"), ("ua", "Disks Ltd, contract 7")):
        document = {**base, "services": [kind], "kind": kind, "with": [party]}
        key = await office.draft("ada", "targets", kind, document)
        approved = await office.approve("bob", key)
        assert approved.get("parties") == (["college"] if kind == "sla" else None)
        found = (await office.in_force()).value("targets", kind)
        assert (found.kind, found.parties) == (kind, (party,))
    key = await office.draft("ada", "targets", "told", {**base, "communication": "often"})
    with pytest.raises(BadInput) as rules:
        await office.approve("bob", key)
    assert refused(rules) == "POLICY_MISSING"


async def test_what_others_lean_on_stays(office: Office) -> None:
    for key, why in (
        ("service-calendar/24x7/1", "targets 'default' count the time"),
        ("life/Incident/1", "no Incident could be dealt with"),
    ):
        with pytest.raises(Refused) as error:
            await office.act("ada", policies.retire_policy, KINDS, key)
        assert refused(error) == "POLICY_NEEDED"
        assert why in error.value.problem.why
    other = {**SEEDS["targets", "default"], "calendar": "nowhere"}
    key = await office.draft("ada", "targets", "gold", other)
    with pytest.raises(BadInput) as missing:
        await office.approve("bob", key)
    assert refused(missing) == "POLICY_MISSING"


async def test_a_life_is_replaced_where_no_record_is_left_behind(office: Office) -> None:
    """Another life of changes, with one state less; the states in use decide."""
    draft_of = ElementDraft(kind="Service", key="svc", name="svc")
    await office.act("ada", register_element, REGISTRY, draft_of)
    now = await office.in_force()
    said = {"steps": ["do it"], "may_alter": ["Service"]}
    model = await office.act("ada", standard.register_standard_change, now, REGISTRY, "fan", **said)
    await office.act("ada", sms.register_party, "Person", {"key": "per-bob", "name": "Bob"})
    await office.act("ada", accounts.change_account, "bob", person="per-bob")
    await office.act("ada", assign_role, RoleWord.CAB_MEMBER, "per-bob")
    await office.act("bob", standard.approve_standard_change, now, model["key"])

    async def raised(policies: Policies) -> Any:
        reaching = Reaches(await Snapshot(office.graph, REGISTRY).current())
        given = (policies, REGISTRY, reaching, model["key"], [("svc", "down")])
        made = await office.act("ada", standard.raise_standard_change, *given)
        return made, reaching

    change, reaching = await raised(now)
    short = json.loads(json.dumps(SEEDS["life", "Change"]))
    del short["states"]["implementing"]
    short["states"]["checked"] = {"pace": "waits", "doc": "It is looked at."}
    for each in short["transitions"]:
        for end in ("from", "to"):
            each[end] = _instead(each.get(end))
    await office.act("ada", begin_change, now, reaching, change["key"])
    key = await office.draft("ada", "life", "Change", short)
    with pytest.raises(Refused, match="implementing") as error:
        await office.approve("bob", key)
    assert refused(error) == "LIFE_STATE_IN_USE"
    await office.act("ada", complete_change, now, change["key"])
    await office.approve("bob", key)
    then = await office.in_force()
    second, reaching = await raised(then)
    begun = await office.act("ada", begin_change, then, reaching, second["key"])
    assert (begun["status"], begun.get("starts_at")) == ("checked", None), "no effect here"
    await office.brought("targets", "silver", SEEDS["targets", "default"])
    assert (await sound(office.graph, KINDS)).word == "ok"


def _instead(states: Any) -> Any:
    """Other names of states, where one goes by another."""
    if isinstance(states, list):
        return [_instead(each) for each in states]
    return "checked" if states == "implementing" else states


async def test_of_two_who_approve_one_does_and_never_the_author(office: Office) -> None:
    """Concurrently, round by round: the author, and somebody else."""
    rounds = ROUNDS if os.environ.get("FITSM_FULL") else 15
    head = (await office.graph.head()).seq
    for _ in range(rounds):
        key = await office.draft("ada", "service-calendar", "race", WEEK)
        told = await asyncio.gather(
            *(office.approve(actor, key) for actor in ("ada", "bob", "ada", "cyd", "ada")),
            return_exceptions=True,
        )
        done = [each for each in told if isinstance(each, dict)]
        assert len(done) == 1
        assert done[0]["approver"] in {"bob", "cyd"}
        codes = [each.code for each in told if isinstance(each, FitsmError)]
        assert sorted(set(codes)) in (
            ["ILLEGAL_TRANSITION", "SEPARATION_OF_DUTIES"],
            ["ILLEGAL_TRANSITION"],
        )
    assert (await office.graph.head()).seq == head + 2 * rounds
    statuses = await office.statuses("service-calendar", "race")
    assert statuses == ["retired"] * (rounds - 1) + ["approved"]


async def test_doctor_tells_what_was_changed_past_the_product(office: Office) -> None:
    assert (await outgrown(office.graph, KINDS)).word == "ok"
    for harm, told in (
        ("SET p.document = '{\"x\":1}'", "the digests differ"),
        ("SET p.digest = 'x'", "the digests differ"),
        ("SET p.status = 'draft'", "no life 'Incident' is in force"),
    ):
        find = "MATCH (p:Policy {key: 'life/Incident/1'}) "
        kept = (await run(office.graph, find + "RETURN properties(p)"))[0][0]
        await run(office.graph, find + harm)
        check = await sound(office.graph, KINDS)
        assert (check.word, told in check.cause) == ("failed", True), check
        await run(office.graph, find + "SET p = $kept", kept=kept)
    assert (await sound(office.graph, KINDS)).word == "ok"
