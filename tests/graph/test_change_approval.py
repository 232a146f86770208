"""Many who decide on one change at once: it is approved once, and never by who asked for it."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from inspect import signature
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.chm.approvals import approve_change
from fitsm_graph.chm.assessments import assess_change
from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.chm.implementing import begin_change
from fitsm_graph.chm.service import classify_change, plan_change, register_change
from fitsm_graph.chm.standard import (
    approve_standard_change,
    raise_standard_change,
    register_standard_change,
    suspend_standard_change,
)
from fitsm_graph.confm.drafts import ElementDraft
from fitsm_graph.confm.service import register_element
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.kernel.clock import ManualClock
from fitsm_graph.kernel.errors import FitsmError
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms import accounts
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.roles import assign_role
from graph.syncing import POLICIES, REGISTRY, emptied, run

ROUNDS = 1_000 if os.environ.get("FITSM_FULL") else 12
SYSTEM = Request(actor="setup", via="test")
MANAGER, CAB = RoleWord.PROCESS_MANAGER, RoleWord.CAB_MEMBER


class Board:
    """Ann manages changes; Bob, Cas and Eve sit on the board; all of them ask for changes too."""

    def __init__(self, graph: Graph, clock: ManualClock) -> None:
        self.graph, self.clock = graph, clock
        self.snapshot = Snapshot(graph, REGISTRY)

    async def act(self, actor: str, verb: Any, *given: Any, **more: Any) -> Any:
        request = Request(actor=actor, via="test")
        lent: dict[str, Any] = {"policies": POLICIES, "registry": REGISTRY}
        lent["reaching"] = Reaches(await self.snapshot.current())
        asked = [lent[each] for each in signature(verb).parameters if each in lent]
        return (await self.graph.write(verb, request, *asked, *given, **more)).value

    async def waiting(self, actor: str) -> str:
        """A change that somebody asked for, and that waits for its approval."""
        made = await self.act(actor, register_change, "new disk", [("host", "down")])
        await self.act(actor, assess_change, made["key"])
        return str(made["key"])

    async def vote(self, ref: str, actors: Sequence[str]) -> list[Any]:
        """All of them approve at once; what became of each."""
        return await asyncio.gather(
            *(self.act(actor, approve_change, ref) for actor in actors), return_exceptions=True
        )

    async def votes(self, ref: str) -> list[str]:
        rows = await run(
            self.graph,
            """MATCH (:Change {key: $ref})<-[:DECIDES_ON]-(vote:Approval)
            RETURN vote.voter ORDER BY vote.voter""",
            ref=ref,
        )
        return [row[0] for row in rows]

    async def transitions(self, ref: str) -> int:
        """How often the ledger says that the change became approved."""
        rows = await run(
            self.graph,
            """MATCH (change:Change {key: $ref})<-[changed:CHANGED]-(:LedgerEntry)
            WHERE changed.before CONTAINS '"approved_at":null' RETURN count(*)""",
            ref=ref,
        )
        return int(rows[0][0])


@pytest_asyncio.fixture(scope="module")
async def board(neo4j_endpoint: Endpoint) -> AsyncIterator[Board]:
    clock = ManualClock(datetime(2026, 11, 24, 9, tzinfo=UTC))
    async with emptied(neo4j_endpoint, clock) as graph:
        for kind, type, key in (("CI", "Server", "host"), ("Service", "", "mail")):
            draft = ElementDraft(kind=kind, type=type, key=key, name=key)
            await graph.write(register_element, SYSTEM, REGISTRY, draft)
        for key in ("ann", "bob", "cas", "eve"):
            await graph.write(sms.register_party, SYSTEM, "Person", {"key": key, "name": key})
            given = (key, ["editor"], "digest")
            await graph.write(accounts.create_account, SYSTEM, *given, person=key)
        await graph.write(assign_role, SYSTEM, MANAGER, "ann", process=Process.CHM)
        for key in ("bob", "cas", "eve"):
            await graph.write(assign_role, SYSTEM, CAB, key)
        yield Board(graph, clock)


def codes(told: Sequence[Any]) -> list[str]:
    return sorted(each.code for each in told if isinstance(each, FitsmError))


async def test_of_all_who_approve_at_once_one_moves_the_change(board: Board) -> None:
    """Ann asks in every second round: then nobody may, as she alone decides on normal changes."""
    for turn in range(ROUNDS):
        mine = turn % 2 == 0
        ref = await board.waiting("ann" if mine else "bob")
        told = await board.vote(ref, ("ann", "bob", "ann", "cas", "ann", "bob"))
        assert not [each for each in told if isinstance(each, Exception)
                    and not isinstance(each, FitsmError)]  # fmt: skip
        done = [each for each in told if isinstance(each, dict)]
        assert len(done) == (0 if mine else 1), turn
        assert await board.votes(ref) == ([] if mine else ["ann"])
        assert await board.transitions(ref) == (0 if mine else 1)
        expected = {"SELF_APPROVAL": 3} if mine else {"SELF_APPROVAL": 2}
        assert {"SELF_APPROVAL": codes(told).count("SELF_APPROVAL")} == expected


async def test_the_control_without_the_rule_the_requester_would_get_through(board: Board) -> None:
    """A change whose requester was taken away past the product: the race would show it."""
    ref = await board.waiting("ann")
    await run(board.graph, "MATCH (c:Change {key: $ref}) SET c.requester = ''", ref=ref)
    told = await board.vote(ref, ("ann", "bob", "ann", "cas"))
    assert len([each for each in told if isinstance(each, dict)]) == 1
    assert (await board.votes(ref), await board.transitions(ref)) == (["ann"], 1)


async def test_the_control_somebody_elses_vote_is_counted(board: Board) -> None:
    """The same acts in turn, without any race: what the race is measured against."""
    ref = await board.waiting("bob")
    done = await board.act("ann", approve_change, ref)
    assert (done["status"], done["votes_missing"]) == ("approved", [])
    assert (await board.votes(ref), await board.transitions(ref)) == (["ann"], 1)
    with pytest.raises(FitsmError) as late:
        await board.act("ann", approve_change, ref)
    assert late.value.code == "ILLEGAL_TRANSITION"


async def test_another_account_of_the_same_person_is_the_same_person(board: Board) -> None:
    given = ("ann2", ["editor"], "digest")
    await board.graph.write(accounts.create_account, SYSTEM, *given, person="ann")
    own = await board.waiting("ann")
    with pytest.raises(FitsmError) as refused:
        await board.act("ann2", approve_change, own)
    assert refused.value.code == "SELF_APPROVAL"
    other = await board.waiting("bob")
    assert (await board.act("ann2", approve_change, other))["status"] == "approved"


async def test_a_token_without_the_person_has_none_of_their_roles(board: Board) -> None:
    ref = await board.waiting("bob")
    reaching = Reaches(await board.snapshot.current())
    request = Request(actor="ann", via="test", as_person=False)
    with pytest.raises(FitsmError) as refused:
        await board.graph.write(approve_change, request, POLICIES, reaching, ref)
    assert refused.value.code == "NOT_AN_APPROVER"
    assert (await board.act("ann", approve_change, ref))["status"] == "approved"


async def refusal(board: Board, actor: str, verb: Any, *given: Any, **more: Any) -> str:
    """The code by which an act is refused."""
    with pytest.raises(FitsmError) as refused:
        await board.act(actor, verb, *given, **more)
    return str(refused.value.code)


async def test_each_assessment_begins_the_voting_anew(board: Board) -> None:
    """Also one that finds the same: who voted before votes again, and is not counted before."""
    made = await board.act("eve", register_change, "one by two", [("host", "down")])
    ref = made["key"]
    override = {"override_reason": "it is the last one"}
    await board.act("eve", classify_change, ref, type=ChangeType.MAJOR, **override)
    await board.act("eve", assess_change, ref)
    assert (await board.act("bob", approve_change, ref))["status"] == "assessed"
    assert await refusal(board, "bob", approve_change, ref) == "ALREADY_VOTED"
    board.clock.advance(timedelta(seconds=1))
    await board.act("eve", assess_change, ref)
    first = await board.act("ann", approve_change, ref)
    assert first["status"] == "assessed", "the vote of before is not counted"
    assert (await board.act("bob", approve_change, ref))["status"] == "approved"


async def test_whom_a_rule_may_name_of_the_whole_sms_is_found(board: Board) -> None:
    ref = await board.waiting("bob")
    await board.graph.write(assign_role, SYSTEM, RoleWord.SMS_MANAGER, "cas")
    rows = await board.graph.rows(
        "chm.approval_context", ref=ref, actor="cas", at="2026-11-24T10:00:00.000000Z"
    )
    assert rows[0]["standing"][0]["holds"] == ["cab_member", "sms_manager"]


async def catalogued(board: Board) -> str:
    """A standard change by Ann that Bob has approved."""
    said = {"steps": ["do it"], "may_alter": ["Server"]}
    model = await board.act("ann", register_standard_change, "as ever", **said)
    assert (await board.act("bob", approve_standard_change, model["key"]))["approver"] == "bob"
    return str(model["key"])


async def test_who_approves_what_approves_by_itself(board: Board) -> None:
    """PR12.4: by a role of change management, and never what the same person wrote."""
    said = {"steps": ["do it"], "may_alter": ["Server"]}
    ref = (await board.act("bob", register_standard_change, "as ever", **said))["key"]
    given = ("bob2", ["editor"], "digest")
    await board.graph.write(accounts.create_account, SYSTEM, *given, person="bob")
    assert await refusal(board, "nobody", approve_standard_change, ref) == "NOT_AN_APPROVER"
    assert await refusal(board, "bob2", approve_standard_change, ref) == "SEPARATION_OF_DUTIES"
    request = Request(actor="cas", via="test", as_person=False)
    with pytest.raises(FitsmError) as refused:
        await board.graph.write(approve_standard_change, request, POLICIES, ref)
    assert refused.value.code == "NOT_AN_APPROVER"
    assert (await board.act("cas", approve_standard_change, ref))["status"] == "approved"


async def test_a_standard_change_is_no_way_round_approval(board: Board) -> None:
    """What it does beyond its model waits for people, however it is put in."""
    change = await board.act("eve", raise_standard_change, await catalogued(board),
                             [("host", "at_risk")])  # fmt: skip
    ref = change["key"]
    assert (change["status"], bool(change["fingerprint"])) == ("approved", True)
    beyond = {"changes": [("mail", "down")]}
    assert await refusal(board, "eve", plan_change, ref, **beyond) == "OUTSIDE_THE_STANDARD"
    planned = await board.act("eve", plan_change, ref, difference_of_graph={"retire": ["mail"]})
    assert (planned["status"], planned.get("approved_at")) == ("registered", None)
    assert await refusal(board, "eve", begin_change, ref) == "ILLEGAL_TRANSITION"
    seen = await board.act("eve", assess_change, ref)
    assert (seen["type"], seen["status"]) == ("normal", "assessed")
    assert await refusal(board, "eve", begin_change, ref) == "ILLEGAL_TRANSITION"
    gone = await board.act("eve", plan_change, ref, difference_of_graph={})
    assert gone.get("difference") is None
    assert await refusal(board, "ann", approve_change, ref) == "REASSESS_FIRST"
    seen = await board.act("eve", assess_change, ref)
    assert seen["type"] == "normal", "what people are asked to decide on waits for them"


async def test_what_stays_within_the_standard_gets_its_approval_back(board: Board) -> None:
    change = await board.act("eve", raise_standard_change, await catalogued(board),
                             [("host", "at_risk")])  # fmt: skip
    ref = change["key"]
    planned = await board.act("eve", plan_change, ref, changes=[("host", "degraded")])
    assert planned["status"] == "registered"
    back = await board.act("eve", assess_change, ref)
    assert (back["type"], back["status"]) == ("standard", "approved")
    assert (await board.act("eve", begin_change, ref))["status"] == "implementing"


async def test_what_nobody_kept_a_fingerprint_of_is_not_begun(board: Board) -> None:
    change = await board.act("eve", raise_standard_change, await catalogued(board),
                             [("host", "at_risk")])  # fmt: skip
    ref = change["key"]
    await run(board.graph, "MATCH (c:Change {key: $ref}) SET c.fingerprint = ''", ref=ref)
    assert await refusal(board, "eve", begin_change, ref) == "REASSESS_FIRST"
    await board.act("eve", assess_change, ref)
    assert (await board.act("eve", begin_change, ref))["status"] == "implementing"


async def test_what_a_suspended_standard_approved_is_approved_no_more(board: Board) -> None:
    model = await catalogued(board)
    change = await board.act("eve", raise_standard_change, model, [("host", "at_risk")])
    await board.act("ann", suspend_standard_change, model, "the new disks need other screws")
    assert await refusal(board, "eve", begin_change, change["key"]) == "REASSESS_FIRST"
    seen = await board.act("eve", assess_change, change["key"])
    assert (seen["type"], seen["status"]) == ("normal", "assessed")
