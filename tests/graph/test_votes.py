"""Owners of all services that a change reaches vote, and who is away lets others vote (PR12.4)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from inspect import signature
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.chm.approvals import approve_change, reject_change
from fitsm_graph.chm.assessments import assess_change
from fitsm_graph.chm.cab import convene_cab
from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.chm.delegating import delegate_votes, recall_votes
from fitsm_graph.chm.scheduling import schedule_change
from fitsm_graph.chm.service import classify_change, plan_change, register_change
from fitsm_graph.chm.standard import (
    approve_standard_change,
    raise_standard_change,
    register_standard_change,
    suspend_standard_change,
)
from fitsm_graph.chm.tasks import register_change_task
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.service import register_element, relate
from fitsm_graph.flow.outbox import Outbox
from fitsm_graph.flow.scheduler import Turn
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import VERBS, Request
from fitsm_graph.handover.releases import include_in_release
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.rdm.service import exclude_from_release, register_release
from fitsm_graph.sms import accounts
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.roles import assign_role, end_role
from graph.syncing import POLICIES, REGISTRY, emptied, run

SYSTEM = Request(actor="setup", via="test")
PEOPLE = ("ann", "bob", "cas", "dan", "eve", "fay", "gil")
MAIL, WEB = {"service": "mail"}, {"service": "web"}


class Voting:
    """Ann manages changes, Bob owns Mail, Cas Web; Dan and Fay nothing; Eve asks for changes."""

    def __init__(self, graph: Graph, clock: ManualClock) -> None:
        self.graph, self.clock = graph, clock
        self.snapshot = Snapshot(graph, REGISTRY)

    async def act(self, actor: str, verb: Any, *given: Any, **more: Any) -> Any:
        self.clock.advance(timedelta(seconds=1))
        request = Request(actor=actor, via="test")
        lent: dict[str, Any] = {"policies": POLICIES, "registry": REGISTRY}
        lent["reaching"] = Reaches(await self.snapshot.current())
        asked = [lent[each] for each in signature(verb).parameters if each in lent]
        return (await self.graph.write(verb, request, *asked, *given, **more)).value

    async def steps(self, ref: str) -> set[str]:
        """States of the steps of a change."""
        of_it = "MATCH (:Change {key: $k})<-[:CHANGE_STEP_OF]-(s) RETURN DISTINCT s.state"
        return {state for (state,) in await run(self.graph, of_it, k=ref)}

    async def major(self, requester: str = "eve", *hits: str) -> str:
        """A major change that is assessed; it takes two of manager, owners and board."""
        hit = [(key, "down") for key in hits or ("host",)]
        key = (await self.act(requester, register_change, "x", hit))["key"]
        major = {"type": ChangeType.MAJOR, "override_reason": "it is seen by all"}
        await self.act("ann", classify_change, key, **major)
        await self.act("ann", assess_change, key)
        return str(key)

    def soon(self, days: int = 1) -> str:
        return to_text(self.clock.now() + timedelta(days=days))


@pytest_asyncio.fixture(scope="module")
async def it(neo4j_endpoint: Endpoint) -> AsyncIterator[Voting]:
    clock = ManualClock(datetime(2026, 11, 24, 9, tzinfo=UTC))
    async with emptied(neo4j_endpoint, clock) as graph:
        for kind, type, key in (
            ("CI", "Server", "host"),
            ("CI", "Server", "spare"),
            ("Service", "", "mail"),
            ("Service", "", "web"),
        ):
            draft = ElementDraft(kind=kind, type=type, key=key, name=key)
            await graph.write(register_element, SYSTEM, REGISTRY, draft)
        for key in ("mail", "web"):
            tie = RelationDraft(type="DEPENDS_ON", source=key, target="host")
            await graph.write(relate, SYSTEM, REGISTRY, tie)
        for key in PEOPLE:
            await graph.write(sms.register_party, SYSTEM, "Person", {"key": key, "name": key})
            given = (key, ["editor"], "digest")
            await graph.write(accounts.create_account, SYSTEM, *given, person=key)
        manager = RoleWord.PROCESS_MANAGER
        await graph.write(assign_role, SYSTEM, manager, "ann", process=Process.CHM)
        await graph.write(assign_role, SYSTEM, manager, "gil", process=Process.CONFM)
        await graph.write(assign_role, SYSTEM, RoleWord.SERVICE_OWNER, "bob", **MAIL)
        await graph.write(assign_role, SYSTEM, RoleWord.SERVICE_OWNER, "cas", **WEB)
        yield Voting(graph, clock)


async def test_each_owner_has_a_vote(it: Voting) -> None:
    ref = await it.major()
    first = await it.act("bob", approve_change, ref)
    assert (first["status"], first["owners_missing"]) == ("assessed", ["web"])
    assert first["votes_missing"] == ["process_manager", "service_owner", "cab_member"]
    second = await it.act("ann", approve_change, ref)
    assert (second["status"], second["owners_missing"]) == ("assessed", ["web"])
    third = await it.act("cas", approve_change, ref)
    assert (third["status"], third["owners_missing"]) == ("approved", [])
    rows = await run(
        it.graph,
        """MATCH (:Change {key: $k})<-[:DECIDES_ON]-(a:Approval)
        RETURN a.voter, a.owner_of ORDER BY a.voter""",
        k=ref,
    )
    assert rows == [["ann", None], ["bob", ["mail"]], ["cas", ["web"]]]


async def test_the_owner_who_asked_for_it_has_no_vote_and_is_not_waited_for(it: Voting) -> None:
    ref = await it.major("bob")
    with pytest.raises(Refused, match="SELF_APPROVAL"):
        await it.act("bob", approve_change, ref)
    first = await it.act("cas", approve_change, ref)
    assert first["owners_missing"] == []
    assert (await it.act("ann", approve_change, ref))["status"] == "approved"


async def test_who_was_given_votes_casts_them_for_a_time(it: Voting) -> None:
    early = await it.major()
    with pytest.raises(Refused, match="NOT_AN_APPROVER"):
        await it.act("dan", approve_change, early)
    await it.act("cas", delegate_votes, "dan", "on leave", ends_at=it.soon())
    await it.act("bob", approve_change, early)
    voted = await it.act("dan", approve_change, early)
    assert voted["owners_missing"] == []
    rows = await run(
        it.graph,
        """MATCH (:Change {key: $k})<-[:DECIDES_ON]-(a:Approval {voter: 'dan'})
        RETURN a.stood_for, a.owner_of, a.on_behalf_of""",
        k=early,
    )
    assert rows == [[["service_owner"], ["web"], ["cas"]]]
    it.clock.advance(timedelta(days=1))
    late = await it.major()
    with pytest.raises(Refused, match="NOT_AN_APPROVER"):
        await it.act("dan", approve_change, late)


async def test_votes_never_go_to_the_requester_nor_come_from_one(it: Voting) -> None:
    """Eve asks, and Ann's votes are hers; Ann asks, and hers are with Dan."""
    for deputy in ("eve", "dan"):
        await it.act("ann", delegate_votes, deputy, "ill", ends_at=it.soon())
    asked_by_deputy = await it.major("eve")
    with pytest.raises(Refused, match="SELF_APPROVAL"):
        await it.act("eve", approve_change, asked_by_deputy)
    own = await it.major("ann")
    with pytest.raises(Refused, match="NOT_AN_APPROVER"):
        await it.act("dan", approve_change, own)
    other = await it.major("bob")
    await it.act("dan", approve_change, other)
    for deputy in ("eve", "dan"):
        await it.act("ann", recall_votes, deputy)
    with pytest.raises(Refused, match="NOT_AN_APPROVER"):
        await it.act("dan", approve_change, await it.major("bob"))


async def test_votes_are_not_passed_on(it: Voting) -> None:
    await it.act("ann", delegate_votes, "dan", "ill", ends_at=it.soon())
    await it.act("dan", delegate_votes, "eve", "ill too", ends_at=it.soon())
    ref = await it.major("bob")
    with pytest.raises(Refused, match="NOT_AN_APPROVER"):
        await it.act("eve", approve_change, ref)
    await it.act("ann", recall_votes, "dan")
    await it.act("dan", recall_votes, "eve")


@pytest.mark.parametrize("order", [("dan", "ann"), ("ann", "dan")])
async def test_nobody_votes_twice_by_a_deputy(it: Voting, order: tuple[str, str]) -> None:
    """Ann manages changes and is on the board: two roles of the two that it takes, and one vote."""
    await it.act("ann", assign_role, RoleWord.CAB_MEMBER, "ann")
    try:
        await it.act("ann", delegate_votes, "dan", "ill", ends_at=it.soon())
        ref = await it.major("eve")
        first, second = order
        assert (await it.act(first, approve_change, ref))["status"] == "assessed"
        with pytest.raises(Refused, match="ALREADY_VOTED"):
            await it.act(second, approve_change, ref)
        await it.act("ann", recall_votes, "dan")
        with pytest.raises(Refused, match="ALREADY_VOTED"):
            await it.act("ann", approve_change, ref)
        await it.act("bob", approve_change, ref)
        assert (await it.act("cas", approve_change, ref))["status"] == "approved", "it goes on"
    finally:
        await it.act("ann", end_role, "cab_member/chm", "ann")


async def test_of_two_deputies_one_votes(it: Voting) -> None:
    await it.act("ann", assign_role, RoleWord.CAB_MEMBER, "ann")
    for deputy in ("dan", "fay"):
        await it.act("ann", delegate_votes, deputy, "ill", ends_at=it.soon())
    try:
        ref = await it.major("eve")
        assert (await it.act("dan", approve_change, ref))["status"] == "assessed"
        with pytest.raises(Refused, match="ALREADY_VOTED"):
            await it.act("fay", approve_change, ref)
        rows = await run(
            it.graph,
            "MATCH (:Change {key: $k})<-[:DECIDES_ON]-(a:Approval) RETURN a.voter, a.on_behalf_of",
            k=ref,
        )
        assert rows == [["dan", ["ann"]]]
    finally:
        for deputy in ("dan", "fay"):
            await it.act("ann", recall_votes, deputy)
        await it.act("ann", end_role, "cab_member/chm", "ann")


async def test_a_deputy_takes_the_vote_back_that_they_cast_but_not_another(it: Voting) -> None:
    """Who approved for somebody may still reject for them; who approved themselves may not be."""
    await it.act("ann", delegate_votes, "dan", "ill", ends_at=it.soon())
    try:
        ref = await it.major("eve")
        await it.act("dan", approve_change, ref)
        assert {"open", "waiting"} <= await it.steps(ref)
        gone = await it.act("dan", reject_change, ref, "no")
        assert (gone["status"], gone["steps_open"]) == ("rejected", 0)
        assert await it.steps(ref) == {"dropped"}, "nobody is asked for a step of what is over"
        own = await it.major("eve")
        await it.act("ann", approve_change, own)
        with pytest.raises(Refused, match="NOT_AN_APPROVER"):
            await it.act("dan", reject_change, own, "no")
    finally:
        await it.act("ann", recall_votes, "dan")


async def test_what_is_no_delegation(it: Voting) -> None:
    with pytest.raises(Refused, match="DELEGATED_TO_ONESELF"):
        await it.act("ann", delegate_votes, "ann", "x", ends_at=it.soon())
    for wrong in (it.soon(-1), it.soon(100)):
        with pytest.raises(BadInput):
            await it.act("ann", delegate_votes, "bob", "x", ends_at=wrong)
    with pytest.raises(NotFound):
        await it.act("ann", delegate_votes, "nobody", "x", ends_at=it.soon())
    with pytest.raises(NotFound):
        await it.act("ann", recall_votes, "eve")
    with pytest.raises(Refused, match="NOBODY_BEHIND"):
        await it.act("setup", delegate_votes, "bob", "x", ends_at=it.soon())


async def test_a_token_that_acts_for_no_person_gives_no_votes_away(it: Voting) -> None:
    token = Request(actor="ann", via="test", as_person=False)
    with pytest.raises(Refused, match="NOBODY_BEHIND"):
        await it.graph.write(delegate_votes, token, "dan", "x", ends_at=it.soon())
    await it.act("ann", delegate_votes, "dan", "ill", ends_at=it.soon())
    with pytest.raises(Refused, match="NOBODY_BEHIND"):
        await it.graph.write(recall_votes, token, "dan")
    await it.act("ann", recall_votes, "dan")


SAUNA = {"types": [{"ci_types": {"Sauna": {"doc": "Where admins rest.", "extends": "Room"}}}]}


@pytest_asyncio.fixture
async def board(it: Voting) -> AsyncIterator[Voting]:
    """Fay is on the board meanwhile, so that two decide on what reaches no service."""
    await it.act("ann", assign_role, RoleWord.CAB_MEMBER, "fay")
    yield it
    await it.act("ann", end_role, "cab_member/chm", "fay")


async def _defines(it: Voting, planner: str) -> str:
    """A change of a spare server, which is harmless but for the types that it defines."""
    key = (await it.act("eve", register_change, "x", [("spare", "at_risk")]))["key"]
    assert (await it.act("ann", assess_change, key))["type"] == "normal"
    await it.act(planner, plan_change, key, difference_of_graph=SAUNA)
    assessed = await it.act("ann", assess_change, key)
    assert (assessed["type"], assessed["computed_type"]) == ("major", "normal")
    assert assessed["types_vote_missing"] is True
    return str(key)


async def test_types_are_agreed_to_by_who_answers_for_them(board: Voting) -> None:
    """Gil manages the configuration, and has no vote on what defines no types."""
    ref = await _defines(board, "eve")
    normal = {"type": ChangeType.NORMAL, "override_reason": "it is small"}
    classified = await board.act("ann", classify_change, ref, **normal)
    assert classified["type"] == "major", "nor is it made a small one"
    await board.act("ann", approve_change, ref)
    second = await board.act("fay", approve_change, ref)
    assert (second["status"], second["votes_missing"]) == ("assessed", [])
    assert second["types_vote_missing"] is True
    third = await board.act("gil", approve_change, ref)
    assert (third["status"], third["types_vote_missing"]) == ("approved", False)
    rows = await run(
        board.graph,
        """MATCH (:Change {key: $k})<-[:DECIDES_ON]-(a:Approval)
        RETURN a.voter, a.stood_for, a.for_types ORDER BY a.voter""",
        k=ref,
    )
    assert rows == [
        ["ann", ["process_manager"], False],
        ["fay", ["cab_member"], False],
        ["gil", [], True],
    ]
    with pytest.raises(Refused, match="NOT_AN_APPROVER"):
        await board.act("gil", approve_change, await board.major("eve", "spare"))


async def test_who_answers_for_types_and_planned_them_has_agreed(board: Voting) -> None:
    ref = await _defines(board, "gil")
    await board.act("ann", approve_change, ref)
    assert (await board.act("fay", approve_change, ref))["status"] == "approved"


async def test_the_vote_of_who_answers_for_types_is_no_vote_of_the_rule(board: Voting) -> None:
    ref = await _defines(board, "eve")
    first = await board.act("gil", approve_change, ref)
    assert (first["status"], first["types_vote_missing"]) == ("assessed", False)
    second = await board.act("ann", approve_change, ref)
    assert (second["status"], len(second["votes_missing"])) == ("assessed", 2)
    assert (await board.act("fay", approve_change, ref))["status"] == "approved"


async def test_who_asked_is_invited_to_the_meeting(it: Voting) -> None:
    ref = await it.major("dan")
    meeting = await it.act("ann", convene_cab, starts_at=it.soon(), discusses=[ref])
    rows = await run(
        it.graph,
        "MATCH (:CABMeeting {key: $k})-[:INVITES]->(p) RETURN p.key",
        k=meeting["key"],
    )
    assert ["dan"] in rows


async def test_what_a_suspended_standard_change_approved_is_not_scheduled(it: Voting) -> None:
    steps = {"steps": ["pull it"], "may_alter": ["Server"]}
    model = (await it.act("bob", register_standard_change, "a disk", **steps))["key"]
    await it.act("ann", approve_standard_change, model)
    window = {"planned_starts_at": it.soon(1), "planned_ends_at": it.soon(2)}
    hit = [("spare", "at_risk")]
    ref = (await it.act("eve", raise_standard_change, model, hit, **window))["key"]
    assert (await it.act("eve", schedule_change, ref))["status"] == "scheduled"
    await it.act("ann", suspend_standard_change, model, "other screws")
    with pytest.raises(Refused, match="REASSESS_FIRST"):
        await it.act("eve", schedule_change, ref)


async def test_owners_are_told_when_a_release_takes_a_change_in_or_out(it: Voting) -> None:
    """PR12.case_owner.4: that of the change and who asked for it, and that of the release."""
    taken = (await it.act("eve", register_change, "x", [("spare", "at_risk")]))["key"]
    await it.act("ann", assess_change, taken)
    await it.act("ann", approve_change, taken)
    left = await it.major("eve", "spare")
    for ref, owner in ((taken, "bob"), (left, "cas")):
        await it.act("ann", VERBS["change.assign"].run, ref, owner)
    release = (await it.act("ann", register_release, "spring"))["key"]
    await it.act("ann", VERBS["release.assign"].run, release, "dan")
    cursor = str((await it.graph.head()).seq)
    await it.act("ann", include_in_release, release, [taken, left])
    assert await _told(it, cursor) == [
        ["bob", taken, f"{taken} is in {release}: x"],
        ["cas", left, f"{left} is not in {release}: x"],
        ["dan", release, f"{release} contains other changes: spring"],
        ["eve", taken, f"{taken} is in {release}: x"],
    ]
    cursor = str((await it.graph.head()).seq)
    await it.act("ann", exclude_from_release, release, [taken])
    assert await _told(it, cursor) == [
        ["bob", taken, f"{taken} is out of {release}: x"],
        ["dan", release, f"{release} contains other changes: spring"],
        ["eve", taken, f"{taken} is out of {release}: x"],
    ]


async def _told(it: Voting, cursor: str) -> list[Any]:
    async def policies() -> Any:
        return POLICIES

    async def reaches() -> Reaches:
        return Reaches(await it.snapshot.current())

    await run(it.graph, "MATCH (d:Delivery) DETACH DELETE d")
    outbox = Outbox(it.graph, policies, reaches, {})
    await outbox.notify(Turn(it.clock.now(), cursor))
    return await run(
        it.graph,
        """MATCH (d:Delivery) MATCH (p:Person {id: d.person})
        RETURN p.key, d.key, d.subject ORDER BY p.key, d.key""",
    )


async def test_the_same_people_at_the_same_time_collide(it: Voting) -> None:
    """Who owns one, or has a task of it, owns the other; at another time they do not meet."""
    window = {"planned_starts_at": it.soon(3), "planned_ends_at": it.soon(4)}
    later = {"planned_starts_at": it.soon(5), "planned_ends_at": it.soon(6)}
    keys = []
    for when, element in ((window, "spare"), (window, "other"), (later, "third")):
        draft = ElementDraft(kind="CI", type="Server", key=element, name=element)
        if element != "spare":
            await it.graph.write(register_element, SYSTEM, REGISTRY, draft)
        made = await it.act("eve", register_change, "x", [(element, "at_risk")], **when)
        keys.append(made["key"])
    first, second, third = keys
    await it.act("ann", VERBS["change.assign"].run, first, "bob")
    await it.act("ann", assess_change, second)
    assert await _met(it, second) == [], "nobody owns it yet"
    task = await it.act("ann", register_change_task, second, "pull it")
    for ref in (task["key"], third):
        verb = "change_task" if ref == task["key"] else "change"
        await it.act("ann", VERBS[f"{verb}.assign"].run, ref, "bob")
    for ref in (second, third):
        await it.act("ann", assess_change, ref)
    said = f"{first} takes the same people at the same time"
    assert await _met(it, second) == [["same_people", said]]
    assert await _met(it, third) == []
    await it.act("ann", approve_change, second)
    scheduled = await it.act("ann", schedule_change, second)
    assert said in scheduled["schedule_findings"]


async def _met(it: Voting, ref: str) -> list[Any]:
    return await run(
        it.graph,
        """MATCH (c:Change {key: $k})<-[:ASSESSES]-(a:ChangeAssessment {fingerprint: c.fingerprint})
        MATCH (a)-[met:COLLIDES]->(other) WHERE a.created_at = c.assessed_at
        RETURN met.how, met.because ORDER BY other.key""",
        k=ref,
    )
