"""Who is told by the rules that come along: each kind of recipient, and who must not (PR9.4)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.service import register_element, relate
from fitsm_graph.flow.outbox import Outbox
from fitsm_graph.flow.scheduler import Turn
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.request_rules import OfferingStep
from fitsm_graph.isrm.weighing_again import weighing_again
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.rdm_records import CommunicationWay
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.model.sms_documents import DocumentWord
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.content import packed
from fitsm_graph.sms.issuing import Draft, Wanted
from fitsm_graph.sms.roles import assign_role
from graph.conformity_plants_estate import accepted, closed, deployed, planned
from graph.conformity_story import DAY, HOUR, PEOPLE, START, SYSTEM, Story
from graph.syncing import REGISTRY, emptied, run

pytestmark = pytest.mark.asyncio(loop_scope="session")
IN, MAIL = "in_app", "email"
BOTH = {IN, MAIL}
MORE = ("una", "uta", "isa", "ria", "dev", "gil")
"""Una and Uta use services, Isa answers calls, Ria deploys, Dev stands in, Gil is of a group."""
TOLD = """MATCH (d:Delivery) WHERE d.seq > $since AND d.verb = $verb
  MATCH (p:Person {id: d.person})
  RETURN p.key, d.channel, d.subject, d.body, d.key ORDER BY p.key, d.channel"""


class Told(Story):
    """A story whose people are told of it."""

    def __init__(self, graph: Graph, clock: ManualClock) -> None:
        super().__init__(graph, clock)
        self.rows: list[tuple[str, str, str, str, str]] = []

    async def reaches(self) -> Reaches:
        return Reaches(await self.snapshot.current())

    @asynccontextmanager
    async def telling(self, verb: str, *, of: str = "") -> AsyncIterator[dict[str, set[str]]]:
        """Whom a verb has told, over which channels, of messages whose subject says something."""

        async def policies() -> Any:
            return self.policies

        since = (await self.graph.head()).seq
        heard: dict[str, set[str]] = {}
        yield heard
        box = Outbox(self.graph, policies, self.reaches, {}, "https://cmdb.example.org")
        cursor, again = str(since), True
        while again:
            went = await box.notify(Turn(self.clock.now(), cursor))
            cursor, again = went.cursor, went.again
        self.rows = [tuple(row) for row in await run(self.graph, TOLD, since=since, verb=verb)]
        self.rows = [row for row in self.rows if of in row[2]]
        for person, channel, *_ in self.rows:
            heard.setdefault(person, set()).add(channel)

    async def received(self, *customers: str) -> str:
        """A server without which a service is down that some customers receive."""
        host = await self.element(critical=True)
        for customer in customers:
            service = host.replace("host", "service")
            await self.graph.write(sms.tie, SYSTEM, "RECEIVES", customer, service)
        return host


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def it(neo4j_endpoint: Endpoint) -> AsyncIterator[Told]:
    """Una uses what the lab receives, as Ulf without an account and Uwe without an address do."""
    clock = ManualClock(START)
    async with emptied(neo4j_endpoint, clock) as graph:
        story = Told(graph, clock)
        await story.people((*PEOPLE, *MORE))
        for key in (*PEOPLE, *MORE):
            await graph.write(sms.update_party, SYSTEM, key, {"email": f"{key}@example.org"})
        for key, address in (("ulf", {"email": "ulf@example.org"}), ("uwe", {})):
            person = {"key": key, "name": key, **address}
            await graph.write(sms.register_party, SYSTEM, "Person", person)
        for key in ("lab", "shop"):
            await graph.write(sms.register_party, SYSTEM, "Customer", {"key": key, "name": key})
        for user, customer in (("una", "lab"), ("ulf", "lab"), ("uwe", "lab"), ("uta", "shop")):
            await story.act("person.enrol", user, customer)
        await story.act("person.join", "gil", "second")
        for word, who, process in (
            (RoleWord.PROCESS_STAFF, "isa", Process.ISRM),
            (RoleWord.PROCESS_STAFF, "ria", Process.RDM),
        ):
            await graph.write(assign_role, SYSTEM, word, who, process=process)
        yield story


async def test_users_of_customers_that_receive_it_hear_what_is_written_for_them(it: Told) -> None:
    key = await it.incident(await it.received("lab"), effect="down")
    other = await it.incident(await it.received("shop"), effect="down")
    async with it.telling("incident.update_users") as heard:
        await it.act("incident.update_users", key, "a new disk comes at noon")
    assert heard == {"una": BOTH, "ulf": {MAIL}}, "not Uta, nor Uwe, whom nothing reaches"
    assert {body.splitlines()[0] for *_, body, _ in it.rows} == {"a new disk comes at noon"}
    assert all(key in subject for _, _, subject, _, _ in it.rows)
    await it.act("person.disenrol", "una", "lab")
    with pytest.raises(NotFound):
        await it.act("person.disenrol", "una", "lab")
    async with it.telling("incident.update_users") as heard:
        await it.act("incident.update_users", key, "it is in")
        await it.act("incident.update_users", other, "we look at it")
    assert heard == {"ulf": {MAIL}, "uta": BOTH}
    await it.act("person.enrol", "una", "lab")


async def test_stakeholders_of_customers_hear_of_what_reaches_these(it: Told) -> None:
    owners = (("lab", "second"), ("shop", "bob"))
    known = [
        await it.act("stakeholder.register", customer, customer=customer, owner=owner)
        for customer, owner in owners
    ]
    key = await it.incident(await it.received("lab"), effect="down")
    async with it.telling("incident.declare_major") as heard:
        await it.act("incident.declare_major", key, "cas", "nobody can work")
    assert heard == {"cas": BOTH, "ann": BOTH, "gil": BOTH}, "coordinator, owner, stakeholder"
    assert {body.splitlines()[0] for *_, body, _ in it.rows} == {"nobody can work"}
    for each in known:
        await it.act("stakeholder.retire", each, "the next test begins anew")


async def test_who_asked_for_a_service_request_hears_what_becomes_of_it(it: Told) -> None:
    async with it.telling("service_request.register", of="is registered") as heard:
        await it.request()  # by Eve, for Bob
    assert heard == {"bob": BOTH}
    async with it.telling("service_request.fulfil", of="is fulfilled") as heard:
        await it.request()
    assert heard == {"bob": BOTH, "ann": {IN}}, "who asked for it, and who owns it"
    assert any("it is there" in body for *_, body, _ in it.rows)
    async with it.telling("service_request.assign") as heard:
        await it.request()
    assert heard == {"ann": BOTH}


async def test_who_asked_is_asked_for_what_is_missing(it: Told) -> None:
    name = (await it.element(critical=True)).replace("host", "service")
    given = {"steps": [OfferingStep("make it")]}
    offering = await it.act("request_offering.register", "a desk", name, **given)
    key = await it.act("service_request.register", offering, requester="una")
    async with it.telling("service_request.return") as heard:
        await it.act("service_request.return", key, "how high?")
    assert heard == {"una": BOTH}
    assert all("how high?" in body for *_, body, _ in it.rows)
    release = await it.act("release.register", "spring", by="eve")
    async with it.telling("release.return") as heard:
        await it.act("release.return", release, "who tests it?", by="ann")
    assert heard == {"eve": BOTH}
    assert all("who tests it?" in body for *_, body, _ in it.rows)


async def test_who_reported_it_is_asked_for_what_is_missing(it: Told) -> None:
    for kind in ("problem", "suggestion"):
        by_eve = await it.act(f"{kind}.register", "it stops", by="eve")
        for_una = await it.act(f"{kind}.register", "it stops", by="eve", reporter="una")
        for key, who in ((by_eve, "eve"), (for_una, "una")):
            async with it.telling(f"{kind}.return") as heard:
                await it.act(f"{kind}.return", key, "how often?", by="ann")
            assert heard == {who: BOTH}
            assert all("how often?" in body for *_, body, _ in it.rows)


async def test_who_reported_an_incident_hears_that_it_is_over(it: Told) -> None:
    key = await it.incident(await it.received("lab"), reporter="una")
    async with it.telling("incident.resolve", of="") as heard:
        await it.act("incident.resolve", key, "a new disk")
    assert heard["una"] == BOTH


async def test_who_asked_for_a_service_request_is_updated(it: Told) -> None:
    name = (await it.element(critical=True)).replace("host", "service")
    given = {"steps": [OfferingStep("make it")], "category": "account"}
    offering = await it.act("request_offering.register", "a mailbox", name, **given)
    key = await it.act("service_request.register", offering, requester="ulf")
    async with it.telling("service_request.update_users") as heard:
        await it.act("service_request.update_users", key, "it is on its way")
    assert heard == {"ulf": {MAIL}}
    assert "it is on its way" in it.rows[0][3]
    async with it.telling("service_request.update_users") as heard:
        await it.act("service_request.update_users", key, "it is here", by="una")
    assert heard == {"ulf": {MAIL}}, "whoever writes it"


async def test_an_escalation_tells_whom_it_goes_to_and_nobody_of_one_before(it: Told) -> None:
    key = await it.incident(owner="bob")
    async with it.telling("incident.escalate") as heard:
        await it.act("incident.escalate", key, "we cannot solve it", to="second")
    assert heard == {"gil": BOTH}
    assert all("we cannot solve it" in body for *_, body, _ in it.rows)
    async with it.telling("incident.escalate") as heard:
        await it.act("incident.escalate", key, "nor can they", to="cas")
    assert heard == {"cas": BOTH}, "neither Bob nor Gil, who had it before"
    async with it.telling("incident.escalate_up") as heard:
        await it.act("incident.escalate_up", key, "it takes too long")
        await it.act("incident.escalate_up", key, "somebody has to decide")
    assert heard == {"cas": BOTH, "ann": BOTH}, "its owner first, then the process manager"


async def test_time_warns_before_a_target_breaks(it: Told) -> None:
    key = await it.incident(await it.received(), effect="down", owner="bob")
    ((due,),) = await run(
        it.graph, "MATCH (i:Incident {key: $key}) RETURN i.resolution_due_at", key=key
    )
    async with it.telling("incident.escalate_up", of=key) as heard:
        while it.soon(timedelta()) < due and not await run(
            it.graph, "MATCH (:Incident {key: $key})<-[:ESCALATES]-(e) RETURN e.key", key=key
        ):
            await it.passes(timedelta(minutes=10))
            await it.escalated()
    assert heard == {"bob": BOTH}
    assert it.soon(timedelta()) < due, "nothing is broken yet"
    assert any("is used" in body for *_, body, _ in it.rows)


async def test_a_problem_and_a_change_tell_whom_they_are_escalated_to(it: Told) -> None:
    problem, change = await it.problem(owner="bob"), await it.change()
    await it.act("change.assign", change, "bob")
    async with it.telling("problem.escalate") as heard:
        await it.act("problem.escalate", problem, "it is beyond us", to="second")
    assert heard == {"gil": BOTH}
    async with it.telling("change.escalate_up") as heard:
        await it.act("change.escalate_up", change, "it is late")
        await it.act("change.escalate_up", change, "it is still late")
    assert heard == {"bob": BOTH, "ann": BOTH, "olga": BOTH}
    steps = {person: body for person, _, _, body, _ in it.rows}
    assert steps.keys() == {"bob", "ann", "olga"}


async def test_what_may_be_a_major_incident_is_said_once(it: Told) -> None:
    host, quiet = await it.received(), await it.element()
    async with it.telling("incident.register", of="may be a major") as heard:
        key = await it.incident(host, effect="down")
        await it.incident(quiet, effect="down")
    assert heard == {"ann": BOTH}
    assert {row[4] for row in it.rows} == {key}, "no critical service is down by the other"
    assert all("critical-service-down" in body for *_, body, _ in it.rows)
    async with it.telling("incident.affect", of="may be a major") as heard:
        await it.act("incident.affect", key, quiet)
    assert heard == {}, "it was one before"


async def test_what_becomes_a_candidate_by_being_weighed_again_is_said(it: Told) -> None:
    host, other = await it.element(), await it.element()
    key = await it.incident(host, effect="down")
    await it.incident(other, effect="down")

    async def policies() -> Any:
        return it.policies

    draft = ElementDraft(kind="Service", key="pay", name="Pay", criticality=1)
    await it.graph.write(register_element, SYSTEM, REGISTRY, draft)
    tie = RelationDraft(type="DEPENDS_ON", source="pay", target=host)
    await it.graph.write(relate, SYSTEM, REGISTRY, tie)
    async with it.telling("incident.weigh", of="may be a major") as heard:
        job, cursor, again = weighing_again(it.graph, policies, it.reaches), "", True
        while again:
            went = await job.run(Turn(it.clock.now(), cursor))
            cursor, again = went.cursor, went.again
    assert heard == {"ann": BOTH}
    assert {row[4] for row in it.rows} == {key}


async def test_those_are_told_whose_vote_a_change_waits_for(it: Told) -> None:
    host = await it.element(critical=True)
    service = host.replace("host", "service")
    await it.graph.write(assign_role, SYSTEM, RoleWord.SERVICE_OWNER, "olga", service=service)
    await it.act("person.delegate_votes", "dev", "on leave", ends_at=it.soon(DAY), by="cas")
    key = await it.change(host, effect="down", type=ChangeType.MAJOR)
    async with it.telling("change.assess") as heard:
        await it.act("change.assess", key)
    assert heard == {"ann": BOTH, "cas": BOTH, "olga": BOTH, "dev": BOTH}, "not Eve, who asked"
    async with it.telling("change.assess") as heard:
        await it.act("change.assess", key)
        await it.act("change.approve", key, by="ann")
    assert "olga" in heard
    assert "eve" not in heard


async def test_who_asked_for_a_change_has_no_vote_to_be_told_of(it: Told) -> None:
    host = await it.element(critical=True)
    service = host.replace("host", "service")
    await it.graph.write(assign_role, SYSTEM, RoleWord.SERVICE_OWNER, "eve", service=service)
    key = await it.change(host, effect="down", type=ChangeType.MAJOR)
    async with it.telling("change.assess") as heard:
        await it.act("change.assess", key, by="bob")
    assert "eve" not in heard
    assert {"ann", "cas"} <= heard.keys()


async def test_who_asked_for_a_change_hears_of_the_decision_and_not_of_each_vote(it: Told) -> None:
    key = await it.change(type=ChangeType.MAJOR)
    await it.act("change.assess", key)
    async with it.telling("change.approve") as heard:
        await it.act("change.approve", key, by="ann")
    assert heard == {}, "a vote is missing"
    async with it.telling("change.approve") as heard:
        await it.act("change.approve", key, by="cas", conditions="not on Friday")
    assert heard == {"eve": BOTH}
    assert all("not on Friday" in body for *_, body, _ in it.rows)
    for verb, said in (("change.return", "say more"), ("change.reject", "no need")):
        one = await it.change()
        await it.act("change.assess", one)
        async with it.telling(verb) as heard:
            await it.act(verb, one, said, by="ann")
        assert heard == {"eve": BOTH}, verb
        assert all(said in body for *_, body, _ in it.rows)


async def test_those_are_told_who_are_invited(it: Told) -> None:
    key = await it.change()
    await it.act("change.assign", key, "second")
    await it.act("change.assess", key)
    async with it.telling("cab.convene") as heard:
        meeting = await it.act("cab.convene", starts_at=it.soon(HOUR), discusses=[key], by="ann")
    assert heard == {"gil": BOTH, "cas": BOTH, "eve": BOTH}, "owner's group, board, who asked"
    assert any(key in body for *_, body, _ in it.rows)
    async with it.telling("cab.cancel") as heard:
        await it.act("cab.cancel", meeting, by="ann")
    assert heard.keys() == {"gil", "cas", "eve"}


async def test_owners_of_what_is_sampled_are_told(it: Told) -> None:
    for key, owner in ((await it.element(), "second"), (await it.element(), "bob")):
        await it.act("element.own", key, owner)
    async with it.telling("verification.begin") as heard:
        key = await it.act("verification.begin", "default", seed="x", by="ann")
    sampled = await run(
        it.graph,
        """MATCH (:Verification {key: $key})-[:VERIFIES]->()-[:OWNED_BY]->(o)
        RETURN DISTINCT o.key""",
        key=key,
    )
    owners = {"gil" if owner == "second" else owner for (owner,) in sampled} - {"ann"}
    assert heard == dict.fromkeys(owners, BOTH)
    await it.act("verification.cancel", key, "it was to see who is told", by="ann")


async def test_isrm_hears_of_changes_and_releases_and_nobody_else_by_that(it: Told) -> None:
    change = await it.change()
    await it.act("change.assess", change)
    await it.act("change.approve", change, by="ann")
    async with it.telling("change.schedule") as heard:
        it.clock.set(await it.scheduled(change))
    assert heard == {"isa": {IN}}, "not Ann, who did it, nor Ria, who deploys"
    for verb, more in (("change.begin", {}), ("change.complete", {"outcome": "successful"})):
        async with it.telling(verb) as heard:
            await it.act(verb, change, **more)
        assert heard == {"isa": {IN}, "ann": {IN}}, verb
    async with it.telling("release.schedule") as heard:
        release, wave, _, starts = await planned(it)
    assert heard == {"isa": {IN}}
    await accepted(it, release, wave)
    async with it.telling("deployment.begin") as heard:
        it.clock.set(starts)
        await it.act("deployment.begin", wave, by="bob")
    assert heard == {"isa": {IN}, "ann": {IN}}
    async with it.telling("deployment.fail") as heard:
        await it.act("deployment.fail", wave, "it does not start", by="bob")
    assert heard == {"isa": {IN}, "ann": {IN}}
    async with it.telling("deployment.begin") as heard:
        await it.act("deployment.begin", wave, by="bob")
    assert heard == {}, "it had begun"
    async with it.telling("deployment.complete") as heard:
        await it.act("deployment.complete", wave, by="bob")
    assert heard == {"isa": BOTH, "ann": BOTH}
    assert {(row[4], "successful" in row[2]) for row in it.rows} == {(release, True)}


async def test_a_release_says_how_isrm_was_told_of_it(it: Told) -> None:
    """By the rule; where there is none by people, and where nobody did, it says nothing."""
    rule, before = "notification-rule", it.policies
    asked = "MATCH (r:Release {key: $key}) RETURN r.status, r.isrm_told"
    found = []
    for told in ("rule", "people", "nobody"):
        it.policies = before if told == "rule" else before.without(rule, "isrm")
        release, wave, change, starts = await planned(it)
        for audience in ("ISRM staff",) if told == "people" else ("users",):
            action = await it.act("communication.register", release, "news", audience=audience)
            await it.act("communication.perform", action)
        await accepted(it, release, wave)
        await deployed(it, wave, starts)
        await closed(it, release, change)
        ((status, how),) = await run(it.graph, asked, key=release)
        assert status == "closed"
        found.append(how.replace(action, "COM"))
    it.policies = before
    assert found[0].startswith("isrm/")
    assert found[0].endswith(" after deployment.complete")
    assert found[1:] == ["COM", ""]


async def test_a_message_goes_to_whom_it_is_addressed_and_they_are_counted(it: Told) -> None:
    """PR13.3, act by act: persons, groups, users of customers, who answers for stakeholders."""
    release, _, _, _ = await planned(it)
    holder = await it.act("stakeholder.register", "shop", customer="shop", owner="dev")
    given = {"way": CommunicationWay.MESSAGE, "text": "search is new"}
    for wrong in ({"text": ""}, {}):
        with pytest.raises(BadInput, match="a message"):
            await it.act("communication.register", release, "news", **{**given, **wrong})
    with pytest.raises(NotFound, match="customers"):
        await it.act("communication.register", release, "news", customers=["nobody"], **given)
    to = {"to": ["isa", "second"], "customers": ["lab"], "stakeholders": [holder]}
    key = await it.act("communication.register", release, "news", **to, **given)
    asked = """MATCH (c:CommunicationAction {key: $key})
    RETURN c.status, c.people_told, c.sent_at IS NOT NULL, c.performed_by"""
    assert await run(it.graph, asked, key=key) == [["planned", None, False, None]]
    with pytest.raises(BadInput, match="counted"):
        await it.act("communication.perform", key, people=3, by="bob")
    async with it.telling("communication.perform") as heard:
        await it.act("communication.perform", key, by="bob")
    assert heard == {**dict.fromkeys(("isa", "gil", "una", "dev"), BOTH), "ulf": {MAIL}}
    assert {(row[2], row[3].splitlines()[0]) for row in it.rows} == {("news", "search is new")}
    assert await run(it.graph, asked, key=key) == [["performed", len(heard), True, "bob"]]
    await it.act("stakeholder.retire", holder, "the next test begins anew")


async def test_all_users_of_what_a_release_reaches_are_told(it: Told) -> None:
    """And what goes another way tells nobody by itself."""
    host = await it.received("shop")
    change = await it.change(host)
    await it.approved(change)
    release = await it.act("release.register", "new disks")
    await it.act("release.include", release, [change])
    given = {"to_users": True, "way": CommunicationWay.MESSAGE, "text": "it is slow on Sunday"}
    key = await it.act("communication.register", release, "disks", **given)
    async with it.telling("communication.perform") as heard:
        await it.act("communication.perform", key)
    assert heard == {"uta": BOTH}
    reached = "MATCH (:CommunicationAction {key: $key})-[:TELLS_USERS_OF]->(s) RETURN s.key"
    assert await run(it.graph, reached, key=key) == [[host.replace("host", "service")]]
    empty = await it.act("release.register", "nothing yet")
    nobody = await it.act("communication.register", empty, "disks", **given)
    with pytest.raises(Refused, match="NOBODY_TO_TELL"):
        await it.act("communication.perform", nobody)
    given = {"to": ["isa"], "way": CommunicationWay.MEETING}
    said = await it.act("communication.register", release, "disks", **given)
    async with it.telling("communication.perform") as heard:
        await it.act("communication.perform", said, people=12)
    assert heard == {}
    counted = "MATCH (c:CommunicationAction {key: $key}) RETURN c.people_told"
    assert await run(it.graph, counted, key=said) == [[12]]


@pytest.mark.parametrize(("word", "approved"), [("kedb", False), ("standard_changes", True)])
async def test_who_a_document_is_meant_for_hears_once_it_is_issued(
    it: Told, word: str, *, approved: bool
) -> None:
    """GR2.4: at once, or when somebody else has approved it; persons, and members of groups."""
    kind, content = DocumentWord(word), packed({"sections": []})
    of = (Wanted(kind), "all", word, "", approved, None, None, 1, 1, to_text(START), None)
    async with it.telling("document.issue") as heard:
        key = await it.act("document.issue", Draft(*of, content), kind, to=["isa", "second"])
    expected = {"isa": BOTH, "gil": BOTH}
    assert heard == ({} if approved else expected)
    if approved:
        async with it.telling("document.approve") as heard:
            await it.act("document.approve", key, by="bob")
        assert heard == expected
    assert {row[2] for row in it.rows} == {f"{key} is issued: all"}
    assert all(f"https://cmdb.example.org/documents/{key}.html" in row[3] for row in it.rows)
    async with it.telling("document.withdraw") as heard:
        await it.act("document.withdraw", key, "it was wrong")
    assert heard == {}
