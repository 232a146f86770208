"""What fell due is told once, to whoever is responsible, and settled once it is done (GR5.2)."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from fitsm_graph import bootstrap
from fitsm_graph.api import verbs as _offered  # noqa: F401  # declares every verb
from fitsm_graph.background import looks_of
from fitsm_graph.confm.drafts import ElementDraft
from fitsm_graph.confm.service import register_element
from fitsm_graph.flow.due import Due, Look
from fitsm_graph.flow.outbox import Outbox
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import LEASE, Scheduler
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms import policies as rules
from fitsm_graph.sms.due import reminding
from fitsm_graph.sms.due_rules import DocumentKind, ReviewKind
from fitsm_graph.sms.looking import looking
from fitsm_graph.sms.roles import assign_role
from fitsm_graph.sms.service import register_party
from graph.conformity_story import DAY, START, SYSTEM, Story
from graph.dying import Dying
from graph.syncing import KINDS, REGISTRY, emptied, run

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Office(Story):
    """People, what falls due among them, and schedulers that tell them of it."""

    def scheduler(self, looks: Sequence[Look] | None = None, by: Graph | None = None) -> Scheduler:
        graph = by or self.graph

        async def policies() -> Policies:
            return self.policies

        async def reaches() -> Reaches:
            return Reaches(await self.snapshot.current())

        outbox = Outbox(graph, policies, reaches, {})
        everything = looks_of(KINDS, reaches) if looks is None else looks
        jobs = (*outbox.jobs()[:1], reminding(graph, policies, everything))
        return Scheduler(graph, jobs)

    async def reminded(self, looks: Sequence[Look] | None = None) -> dict[str, tuple[str, str]]:
        """Let a new scheduler do what is due; every reminder by matter: subject, who sees to it."""
        scheduler = self.scheduler(looks)
        await scheduler.run("remind")
        await scheduler.let_go()
        return await self.reminders()

    async def reminders(self) -> dict[str, tuple[str, str]]:
        rows = await run(
            self.graph,
            """MATCH (r:Reminder {status: 'open'}) OPTIONAL MATCH (r)-[:OWNED_BY]->(p)
            RETURN r.matter, r.subject, p.key ORDER BY r.due_at""",
        )
        return {matter: (subject, owner) for matter, subject, owner in rows}


@pytest_asyncio.fixture(loop_scope="session")
async def office(neo4j_endpoint: Endpoint) -> AsyncIterator[Office]:
    clock = ManualClock(START)
    async with emptied(neo4j_endpoint, clock) as graph:
        await graph.write(rules.seed_policies, SYSTEM, KINDS, rules.from_files())
        made = Office(graph, clock)
        await made.people()
        yield made


async def entries(graph: Graph, verb: str) -> int:
    ((count,),) = await run(graph, f"MATCH (e:LedgerEntry {{verb: '{verb}'}}) RETURN count(e)")
    return int(count)


async def test_everything_that_falls_due_is_told_to_somebody(office: Office) -> None:
    o = office
    await o.known(await o.problem())
    improvement = await o.improvement(due_at=o.soon(20 * DAY))
    await o.action(improvement, owner="bob", within=10)
    document = await o.act("management_document.register", "x", DocumentKind.POLICY, text="y")
    await o.act("management_document.approve", document, by="sam", next_review_at=o.soon(5 * DAY))
    audit = await o.act("review.plan", ReviewKind.AUDIT, due_at=o.soon(30 * DAY), owner="cas")
    await o.act("nonconformity.register", "no aims", "PR12.3", owner="eve")
    o.clock.advance(90.5 * DAY)
    told = await o.reminded()
    assert {matter: owner for matter, (_, owner) in told.items()} == {
        "known_error_review": "ann",
        "improvement": "ann",
        "improvement_action": "bob",
        "document_review": "sam",
        "review": "cas",
        "nonconformity": "eve",
        "cab_meeting": "ann",
    } | ({"verification": "ann"} if "verification" in told else {})
    assert told["review"] == (audit, "cas")
    before = (await o.graph.head()).seq
    assert await o.reminded() == told, "another scheduler tells nobody twice"
    assert (await o.graph.head()).seq == before
    await o.act("review.hold", audit, ["all is well"], inputs=["x"], by="cas")
    await o.act("management_document.review", document, by="ann")
    after = await o.reminded()
    assert told.keys() - after.keys() == {"review", "document_review"}
    assert await entries(o.graph, "reminder.settle") == 2


async def test_a_scheduler_that_is_killed_is_followed_by_one_that_doubles_nothing(
    office: Office, neo4j_endpoint: Endpoint
) -> None:
    o = office
    began = to_text(o.clock.now())
    many = [Due("complaint", Process.SMS, f"CPL-{n}", f"number {n}", began) for n in range(230)]

    async def look(_graph: Graph, _policies: Policies, _now: datetime) -> list[Due]:
        return many

    dying = Dying(neo4j_endpoint, clock=o.clock)
    dying.left = 150
    first = o.scheduler([look], dying)
    for _ in range(3):
        await first.run("remind")
    await dying.close()
    assert await entries(o.graph, "reminder.raise") == 150
    o.clock.advance(LEASE * 2)
    second = o.scheduler([look])
    for _ in range(4):
        await second.tick()
        o.clock.advance(timedelta(minutes=11))
    assert await entries(o.graph, "reminder.raise") == 230


async def test_reviews_of_the_programme_are_planned_once_and_come_again(office: Office) -> None:
    o = office
    o.clock.advance(78 * DAY)

    async def planned() -> dict[str, str]:
        await o.reminded([])
        rows = await run(
            o.graph,
            """MATCH (r:Review {status: 'planned'})-[:OWNED_BY]->(p)
            RETURN r.plan, p.key ORDER BY r.plan""",
        )
        return dict(tuple(row) for row in rows)

    of_processes = {
        f"{each}-records": "ann" for each in ("chm", "confm", "csi", "isrm", "pm", "rdm")
    }
    assert await planned() == of_processes
    assert await planned() == of_processes, "once"
    ((key, due),) = await run(
        o.graph, "MATCH (r:Review {plan: 'chm-records'}) RETURN r.key, r.due_at"
    )
    assert due == to_text(START + 91 * DAY)
    await o.act("review.hold", key, ["a third has no aim"], inputs=["9 changes"], by="ann")
    assert "chm-records" not in await planned()
    o.clock.advance(75 * DAY)
    again = await planned()
    assert again["management-review"] == "sam", "as its role says"
    assert "chm-records" not in again
    o.clock.advance(3 * DAY)
    assert (await planned())["chm-records"] == "ann"


async def services(o: Office) -> None:
    """Cas owns mail, and nobody the wiki; a customer receives both."""
    for key in ("mail", "wiki"):
        draft = ElementDraft(kind="Service", key=key, name=key)
        await o.graph.write(register_element, SYSTEM, REGISTRY, draft)
    await o.graph.write(assign_role, SYSTEM, RoleWord.SERVICE_OWNER, "cas", service="mail")
    await o.graph.write(register_party, SYSTEM, "Customer", {"key": "uni", "name": "Uni"})


async def test_who_owns_a_service_is_reminded_of_what_is_written_and_said_of_it(
    office: Office,
) -> None:
    o, due = office, {}
    await services(o)
    for service, sees_to_it in (("mail", "cas"), ("wiki", "sam")):
        given = {"text": "y", "service": service}
        kind = DocumentKind.SERVICE_DESCRIPTION
        document = await o.act("management_document.register", service, kind, **given)
        soon = {"next_review_at": o.soon(5 * DAY)}
        await o.act("management_document.approve", document, by="sam", **soon)
        given = {"service": service, "due_at": o.soon(6 * DAY)}
        review = await o.act("review.plan", ReviewKind.SERVICE_REVIEW, **given)
        complaint = await o.act("complaint.register", "x", "uni", **given)
        due |= dict.fromkeys((document, review, complaint), sees_to_it)
    of_eve = await o.act("review.plan", ReviewKind.SERVICE_REVIEW, owner="eve", **given)
    o.clock.advance(7 * DAY)
    await o.reminded()
    rows = await run(
        o.graph,
        """MATCH (r:Reminder {of_process: 'sms'})-[:OWNED_BY]->(p)
        RETURN r.subject, p.key ORDER BY r.key""",
    )
    assert dict(tuple(row) for row in rows) == {**due, of_eve: "eve"}


async def test_reviews_of_a_service_are_planned_for_who_owns_it(office: Office) -> None:
    o = office
    await services(o)
    one, other = (Request(actor=login, via="test") for login in ("eve", "sam"))
    for service in ("mail", "wiki"):
        plan = {"kind": "service_review", "service": service, "customer": "uni", "every": "P30D"}
        draft = (KINDS, "review-plan", f"{service}-uni", plan)
        made = await o.graph.write(rules.draft_policy, one, *draft)
        await o.graph.write(rules.approve_policy, other, KINDS, made.value["key"])
    o.policies = await rules.from_graph(o.graph, KINDS)
    o.clock.advance(17 * DAY)
    for _ in range(2):
        await o.reminded([])
    rows = await run(
        o.graph,
        """MATCH (p)<-[:OWNED_BY]-(r:Review {kind_of_review: 'service_review'})
        MATCH (r)-[:SPEAKS_OF]->(s:Service) MATCH (r)-[:FROM_CUSTOMER]->(c:Customer)
        RETURN r.plan, s.key, c.key, p.key, r.title ORDER BY r.plan""",
    )
    assert rows == [
        ["mail-uni", "mail", "uni", "cas", "Service review"],
        ["wiki-uni", "wiki", "uni", "sam", "Service review"],
    ]


async def test_whoever_is_responsible_is_told_in_a_message(office: Office) -> None:
    o = office
    scheduler = o.scheduler()
    await scheduler.tick()
    audit = await o.act("review.plan", ReviewKind.AUDIT, due_at=o.soon(DAY), owner="cas")
    o.clock.advance(2 * DAY)
    await scheduler.run("remind")
    await scheduler.run("notify")
    rows = await run(
        o.graph,
        """MATCH (d:Delivery {channel: 'in_app'}) MATCH (p:Person {id: d.person})
        RETURN p.key, d.verb, d.subject ORDER BY d.id""",
    )
    told = [(verb, subject) for who, verb, subject in rows if who == "cas"]
    assert [verb for verb, _ in told] == ["review.plan", "reminder.raise"]
    assert audit in told[1][1]


async def test_a_policy_that_was_looked_at_again_is_due_a_year_later(office: Office) -> None:
    o = office
    o.clock.advance(366 * DAY)
    now = o.clock.now()
    look = looking(KINDS)
    due = {each.subject: each for each in await look(o.graph, o.policies, now)}
    first = due["approval-rule/default/1"]
    assert first.process is Process.CHM
    assert due["life/Problem/1"].process is Process.PM
    assert due["rights/default/1"].process is Process.SMS
    assert due["review-plan/rdm-records/1"].process is Process.RDM
    await o.graph.write(rules.review_policy, SYSTEM, first.subject)
    later = [each.subject for each in await look(o.graph, o.policies, now)]
    assert first.subject not in later
    assert len(later) == len(due) - 1
    held = bootstrap.KINDS.kind("kpi")
    (kpi,) = [each for each in o.policies if each.name == "change_successful"]
    assert held.ruled(kpi.name, kpi.value) is Process.CHM
