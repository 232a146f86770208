"""Who holds which role: given, replaced, ended, over what and for how long (GR4.1)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.confm.drafts import ElementDraft
from fitsm_graph.confm.service import register_element
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import ManualClock
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms import accounts
from fitsm_graph.sms.roles import assign_role, end_role
from fitsm_graph.sms.service import register_party
from graph.syncing import REGISTRY, emptied, run

pytestmark = pytest.mark.asyncio(loop_scope="session")
NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
MANAGER, OWNER = RoleWord.PROCESS_MANAGER, RoleWord.SERVICE_OWNER


class Office:
    """A graph with three persons and a service, an hour of which passes with each act."""

    def __init__(self, graph: Graph, clock: ManualClock) -> None:
        self.graph, self.clock = graph, clock

    async def act(self, verb: Any, *given: Any, **more: Any) -> Any:
        self.clock.advance(timedelta(hours=1))
        return (await self.graph.write(verb, Request(actor="test"), *given, **more)).value

    async def held(self) -> list[tuple[str, str, str, str | None]]:
        """Role, person, from when, until when."""
        rows = await run(
            self.graph,
            """MATCH (p:Person)-[h:HOLDS]->(r:Role)
            RETURN r.key, p.key, h.starts_at, h.ends_at ORDER BY r.key, h.starts_at""",
        )
        return [tuple(row) for row in rows]


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def building(neo4j_endpoint: Endpoint) -> AsyncIterator[Office]:
    clock = ManualClock(NINE)
    async with emptied(neo4j_endpoint, clock=clock) as graph:
        made = Office(graph, clock)
        for key in ("ada", "bob"):
            await made.act(register_party, "Person", {"key": key, "name": key})
        mail = ElementDraft(kind="Service", key="mail", name="Mail")
        await made.act(register_element, REGISTRY, mail)
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def office(building: Office) -> Office:
    """The same office, where nobody holds anything."""
    await run(building.graph, "MATCH (role:Role) DETACH DELETE role")
    return building


async def test_a_role_of_one_person_passes_on(office: Office) -> None:
    first = await office.act(assign_role, MANAGER, "ada", process=Process.CHM)
    assert (first["key"], first["name"]) == ("process_manager/chm", "Process manager, CHM")
    with pytest.raises(Refused) as refused:
        await office.act(assign_role, MANAGER, "bob", process=Process.CHM)
    assert refused.value.code == "ROLE_HELD"
    await office.act(assign_role, MANAGER, "bob", process=Process.RDM)  # another process
    second = await office.act(assign_role, MANAGER, "bob", process=Process.CHM, replacing=True)
    assert second["id"] == first["id"]
    chm = [each for each in await office.held() if each[0] == first["key"]]
    (_, ada, since, until), (_, bob, then, ends) = chm
    assert (ada, bob, ends) == ("ada", "bob", None)
    assert since < until == then


async def test_it_is_held_for_a_time(office: Office) -> None:
    times = {"starts_at": "2027-01-01T00:00:00Z", "ends_at": "2027-02-01T00:00:00Z"}
    await office.act(assign_role, RoleWord.SMS_OWNER, "ada", **times)
    before = {"starts_at": "2026-12-01T00:00:00Z", "ends_at": times["starts_at"]}
    await office.act(assign_role, RoleWord.SMS_OWNER, "bob", **before)  # half-open: they meet
    with pytest.raises(Refused):
        await office.act(assign_role, RoleWord.SMS_OWNER, "bob")
    later = {"starts_at": times["ends_at"], "ends_at": times["starts_at"]}
    with pytest.raises(BadInput):
        await office.act(assign_role, RoleWord.SMS_OWNER, "bob", **later)


async def test_giving_it_again_changes_nothing(office: Office) -> None:
    await office.act(assign_role, RoleWord.CAB_MEMBER, "ada")
    await office.act(assign_role, RoleWord.CAB_MEMBER, "bob")  # several are members
    known = await office.held()
    await office.act(assign_role, RoleWord.CAB_MEMBER, "ada")
    assert await office.held() == known
    assert [each[0] for each in known] == ["cab_member/chm"] * 2


async def test_it_ends_and_begins_again(office: Office) -> None:
    role = await office.act(assign_role, OWNER, "ada", service="mail")
    assert role["key"] == "service_owner/mail"
    (over,) = await run(office.graph, "MATCH (:Role)-[:OVER]->(s:Service) RETURN s.key")
    assert list(over) == ["mail"]
    await office.act(end_role, role["key"], "ada")
    ((_, _, since, until),) = await office.held()
    assert since < until
    with pytest.raises(NotFound):
        await office.act(end_role, role["key"], "ada")
    (mail,) = await run(office.graph, "MATCH (s:Service) RETURN s.id")
    again = await office.act(assign_role, OWNER, "ada", service=mail[0])
    assert again["id"] == role["id"]  # by id or key, it is the same role
    ((_, _, begins, ends),) = await office.held()
    assert (begins > until, ends) == (True, None)


@pytest.mark.parametrize(
    ("role", "given"),
    [
        (RoleWord.CASE_OWNER, {}),
        (RoleWord.REQUESTER, {"process": Process.CHM}),
        (MANAGER, {}),
        (MANAGER, {"process": Process.SMS}),
        (MANAGER, {"process": Process.CHM, "service": "mail"}),
        (RoleWord.SMS_OWNER, {"process": Process.CHM}),
        (RoleWord.CAB_MEMBER, {"process": Process.PM}),
        (OWNER, {}),
        (OWNER, {"process": Process.CHM, "service": "mail"}),
    ],
)
async def test_over_what_it_is_held_is_checked(
    office: Office, role: RoleWord, given: dict[str, Any]
) -> None:
    with pytest.raises(BadInput) as wrong:
        await office.act(assign_role, role, "ada", **given)
    assert wrong.value.code == "ROLE_OVER_WHAT"
    assert await office.held() == []


async def test_who_is_not_there_holds_nothing(office: Office) -> None:
    with pytest.raises(NotFound):
        await office.act(assign_role, RoleWord.SMS_OWNER, "nobody")
    with pytest.raises(NotFound):
        await office.act(assign_role, OWNER, "ada", service="nothing")
    with pytest.raises(NotFound):
        await office.act(end_role, "sms_owner", "ada")


async def test_an_account_acts_for_one_person(office: Office) -> None:
    await office.act(accounts.create_account, "ada", ["reader"], "digest", person="ada")
    await office.act(accounts.change_account, "ada", person="bob")
    with pytest.raises(NotFound):
        await office.act(accounts.change_account, "ada", person="nobody")
    rows = await run(office.graph, "MATCH (:Account)-[:ACTS_FOR]->(p:Person) RETURN p.key")
    assert [list(row) for row in rows] == [["bob"]]
