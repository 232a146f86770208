"""Many who decide on one change at once: it is approved once, and never by who asked for it."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.chm.approvals import approve_change
from fitsm_graph.chm.assessments import assess_change
from fitsm_graph.chm.service import register_change
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

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.snapshot = Snapshot(graph, REGISTRY)

    async def act(self, actor: str, verb: Any, *given: Any, **more: Any) -> Any:
        request = Request(actor=actor, via="test")
        reaching = Reaches(await self.snapshot.current())
        return (await self.graph.write(verb, request, POLICIES, reaching, *given, **more)).value

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
    async with emptied(neo4j_endpoint, ManualClock(datetime(2026, 11, 24, 9, tzinfo=UTC))) as graph:
        host = ElementDraft(kind="CI", type="Server", key="host", name="host")
        await graph.write(register_element, SYSTEM, REGISTRY, host)
        for key in ("ann", "bob", "cas", "eve"):
            await graph.write(sms.register_party, SYSTEM, "Person", {"key": key, "name": key})
            given = (key, ["editor"], "digest")
            await graph.write(accounts.create_account, SYSTEM, *given, person=key)
        await graph.write(assign_role, SYSTEM, MANAGER, "ann", process=Process.CHM)
        for key in ("bob", "cas", "eve"):
            await graph.write(assign_role, SYSTEM, CAB, key)
        yield Board(graph)


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
