"""Messages and what is due, over the API: everybody sees their own (PR9.4)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied, somebody
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.sms import accounts
from fitsm_graph.sms.parties import register_person, watch_element

pytestmark = pytest.mark.asyncio(loop_scope="session")
SYSTEM = Request(actor="system", via="test")
MINE = """query M($unread: Boolean = false, $first: Int = 50, $after: String) {
  notifications(unread: $unread, first: $first, after: $after) { totalCount
    nodes { id verb key subject body createdAt readAt }
    pageInfo { hasNextPage endCursor } } }"""
ALL = """query A($status: String) { deliveries(status: $status) { totalCount
  nodes { id verb key channel status attempts createdAt nextAt sentAt error } } }"""
DUTIES = "{ duties { heldUntil jobs { name beganAt endedAt nextAt said error failures } } }"
READ = "mutation R($ids: [ID!]) { readNotifications(ids: $ids) { ok read } }"
REPLAY = "mutation P($id: ID!) { replayDelivery(id: $id) { ok } }"
REGISTER = """mutation R($title: String!) { registerIncident(
  input: { title: $title, affects: [{ element: "mail" }] }) { ok } }"""


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def callers(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, Caller]]:
    """An administrator and two people; the first of them was told of three incidents."""
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("duties")) as made:
        write, people = made.product.graph.write, {"admin": made}
        for name in ("ada", "bob"):
            await write(register_person, SYSTEM, name, known_as=name)
            people[name] = await somebody(made, name, "reader")
            await write(accounts.change_account, SYSTEM, name, person=name)
        done = await made.ask(
            """mutation { registerElement(input: { kind: "Service", key: "mail", name: "Mail" }) {
            ok } }"""
        )
        assert done["registerElement"]["ok"]
        await write(watch_element, SYSTEM, "ada", "mail")
        scheduler = made.product.scheduler
        await scheduler.tick()
        for number in range(3):
            assert (await made.ask(REGISTER, title=f"slow {number}"))["registerIncident"]["ok"]
        assert (await scheduler.run("notify"))["said"] == "3 entries told of in 3 messages"
        yield people


async def _mine(caller: Caller, **given: Any) -> Any:
    return (await caller.ask(MINE, **given))["notifications"]


async def test_everybody_sees_their_own_messages(callers: dict[str, Caller]) -> None:
    mine = await _mine(callers["ada"])
    assert mine["totalCount"] == 3
    assert [each["key"] for each in mine["nodes"]] == [f"INC-00000{n}" for n in (3, 2, 1)]
    assert "slow 2" in mine["nodes"][0]["subject"]
    assert (await _mine(callers["bob"]))["totalCount"] == 0
    assert (await _mine(callers["admin"]))["totalCount"] == 0  # acts for nobody


async def test_pages_follow_one_another(callers: dict[str, Caller]) -> None:
    first = await _mine(callers["ada"], first=2)
    assert first["pageInfo"]["hasNextPage"]
    rest = await _mine(callers["ada"], first=2, after=first["pageInfo"]["endCursor"])
    ids = [each["id"] for each in (*first["nodes"], *rest["nodes"])]
    assert len(set(ids)) == 3
    assert not rest["pageInfo"]["hasNextPage"]


async def test_reading_is_said_in_ones_own_name(callers: dict[str, Caller]) -> None:
    (newest, *_) = (await _mine(callers["ada"]))["nodes"]
    assert (await callers["bob"].ask(READ, ids=[newest["id"]]))["readNotifications"]["read"] == 0
    assert (await callers["ada"].ask(READ, ids=[newest["id"]]))["readNotifications"]["read"] == 1
    unread = await _mine(callers["ada"], unread=True)
    assert newest["id"] not in {each["id"] for each in unread["nodes"]}
    assert (await callers["ada"].ask(READ, ids=[]))["readNotifications"]["read"] == 0
    assert (await callers["ada"].ask(READ))["readNotifications"]["read"] == unread["totalCount"]
    assert (await _mine(callers["ada"], unread=True))["totalCount"] == 0


async def test_deliveries_and_duties_need_a_right(callers: dict[str, Caller]) -> None:
    for document in (ALL, DUTIES):
        assert await callers["ada"].code(document) == "FORBIDDEN"
    assert await callers["ada"].code(REPLAY, id="x") == "FORBIDDEN"
    told = (await callers["admin"].ask(ALL))["deliveries"]
    assert {each["status"] for each in told["nodes"]} == {"sent"}
    assert (await callers["admin"].ask(ALL, status="dead"))["deliveries"]["totalCount"] == 0
    assert await callers["admin"].code(ALL, status="lost") == "BAD_INPUT"
    assert await callers["admin"].code(REPLAY, id="nothing") == "NOT_FOUND"
    found = (await callers["admin"].ask(DUTIES))["duties"]
    assert {each["name"] for each in found["jobs"]} >= {"notify", "deliver", "forget"}
    assert found["heldUntil"]
