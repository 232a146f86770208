"""Messages made from the ledger, and sent over a real SMTP server on this machine (PR9.4)."""

import asyncio
import email
import email.policy
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.service import register_element, relate
from fitsm_graph.flow.mail import FROM, URL, Mail, mail_of
from fitsm_graph.flow.notices import Channel
from fitsm_graph.flow.outbox import KEPT_FOR, PAUSES, TAKEN_FOR, Outbox
from fitsm_graph.flow.policies import InForce, Policies
from fitsm_graph.flow.scheduler import Turn
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import VERBS, Request
from fitsm_graph.handover import alerts, arrivals
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.isrm.parts import merge_incident
from fitsm_graph.isrm.service import register_incident, resolve_incident
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms import (
    accounts,
    policies,
    records,  # noqa: F401 - declares verbs
)
from fitsm_graph.sms.parties import (
    join_group,
    register_group,
    register_person,
    watch_element,
)
from fitsm_graph.sms.roles import assign_role, end_role
from graph.syncing import KINDS, REGISTRY, emptied, run

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROOT = Path(__file__).parents[2]
NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
SENDER = "desk@example.org"


class Post:
    """An SMTP server that keeps what it is given, or refuses it as it is told."""

    def __init__(self) -> None:
        self.kept: list[EmailMessage] = []
        self.refuses = ""

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        read = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(read, EmailMessage)
        self.kept.append(read)
        return "250 kept"


@pytest.fixture
def post() -> Iterator[tuple[Post, Mail]]:
    handler = Post()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        made = mail_of({URL: f"smtp://127.0.0.1:{port}", FROM: SENDER})
        assert made is not None
        yield handler, made
    finally:
        controller.stop()


class House:
    """An estate with people, an outbox, and a clock."""

    def __init__(self, graph: Graph, clock: ManualClock) -> None:
        self.graph, self.clock = graph, clock
        self.senders: dict[Channel, Any] = {}
        self.rules: list[dict[str, Any]] = []
        self.snapshot = Snapshot(graph, REGISTRY)

    async def act(self, verb: Any, *given: Any, actor: str = "system", **more: Any) -> Any:
        self.clock.advance(timedelta(seconds=1))
        return (await self.graph.write(verb, Request(actor=actor), *given, **more)).value

    async def in_force(self) -> Policies:
        known = await policies.from_graph(self.graph, KINDS)
        rules = KINDS.kind("notification-rule").checked("default", {"rules": self.rules})
        return known.with_(InForce("n/1", "notification-rule", "default", "", rules))

    @property
    def outbox(self) -> Outbox:
        async def reaches() -> Reaches:
            return Reaches(await self.snapshot.current())

        address = "https://cmdb.example.org"
        return Outbox(self.graph, self.in_force, reaches, self.senders, address)

    async def incident(self, title: str = "slow", actor: str = "system") -> Any:
        known = await policies.from_graph(self.graph, KINDS)
        reaching = Reaches(await self.snapshot.current())
        hit = [("disk", "down")]
        return await self.act(register_incident, known, reaching, title, hit, actor=actor)

    async def notify(self, cursor: str = "") -> str:
        return (await self.outbox.notify(Turn(self.clock.now(), cursor))).cursor

    async def deliver(self) -> str:
        return (await self.outbox.deliver(Turn(self.clock.now(), ""))).said

    async def told(self) -> list[tuple[str, str, str]]:
        """Person, channel and status of every delivery."""
        rows = await run(
            self.graph,
            """MATCH (d:Delivery) MATCH (p {id: d.person}) RETURN p.key, d.channel, d.status
            ORDER BY p.key, d.channel""",
        )
        return [tuple(row) for row in rows]


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def built(neo4j_endpoint: Endpoint) -> AsyncIterator[House]:
    clock = ManualClock(NINE)
    async with emptied(neo4j_endpoint, clock=clock) as graph:
        house = House(graph, clock)
        await house.act(policies.seed_policies, KINDS, policies.from_files())
        for kind, key, type in (("Service", "mail", ""), ("CI", "disk", "Server")):
            draft = ElementDraft(kind=kind, key=key, name=key.title(), type=type)
            await house.act(register_element, REGISTRY, draft)
        component = ElementDraft(kind="ServiceComponent", key="store", name="Store")
        await house.act(register_element, REGISTRY, component)
        for type, source, target in (
            ("COMPOSED_OF", "mail", "store"),
            ("BUILT_FROM", "store", "disk"),
        ):
            await house.act(
                relate, REGISTRY, RelationDraft(type=type, source=source, target=target)
            )
        for name in ("ada", "bob", "eve", "fay", "gus"):
            await house.act(register_person, name, known_as=name, email=f"{name}@example.org")
        await house.act(register_group, "Desk", known_as="desk")
        await house.act(join_group, "fay", "desk")
        await house.act(assign_role, RoleWord.SERVICE_OWNER, "bob", service="mail")
        await house.act(assign_role, RoleWord.PROCESS_MANAGER, "gus", process=Process.ISRM)
        await house.act(watch_element, "eve", "mail")
        await house.act(accounts.create_account, "ada", ["editor"], "digest", person="ada")
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def house(built: House) -> House:
    """The same, where nobody was told of anything yet."""
    await run(built.graph, "MATCH (delivery:Delivery) DELETE delivery")
    built.rules = [_rule(to=[{"role": "service_owner"}, {"watchers": True}])]
    built.senders = {}
    return built


def _rule(after: str = "incident.register", **more: Any) -> dict[str, Any]:
    return {"after": after, "template": "incident-registered", "by": ["in_app"], **more}


async def test_those_are_told_who_are_meant_and_what_happened(house: House) -> None:
    start = await house.notify()
    assert await house.told() == []  # what was before is nobody's news
    incident = await house.incident("no mail")
    await house.notify(start)
    assert await house.told() == [("bob", "in_app", "sent"), ("eve", "in_app", "sent")]
    ((subject, body),) = await run(
        house.graph, "MATCH (d:Delivery) RETURN DISTINCT d.subject, d.body"
    )
    assert subject == f"{incident['key']} (priority {incident['priority']}): no mail"
    assert "Services: Mail" in body
    assert "https://cmdb.example.org" in body


async def test_what_comes_in_by_itself_is_told_of_once(house: House) -> None:
    """By the rules that come along: events, messages and alerts, each when it is new."""
    seeds = yaml.safe_load((ROOT / "schema" / "policies" / "notices.yaml").read_text())
    house.rules = seeds["notification-rule/default"]["rules"]
    known, cursor = await policies.from_graph(house.graph, KINDS), await house.notify()
    reaching = Reaches(await house.snapshot.current())
    event = {"specversion": "1.0", "id": "1", "source": "/x", "type": "x.down", "subject": "disk"}
    said = {"from": "ada@example.org", "text": "element: disk", "subject": "no mail"}
    labels = {"instance": "disk", "alertname": "Down"}
    desk, wish = (
        {**said, "to": f"{to}@x.org", "message-id": to} for to in ("incidents", "changes")
    )
    answer = {**desk, "message-id": "2", "in-reply-to": "incidents"}
    bridge = Request(actor="system", sources=frozenset({"messages/default"}))
    sent: list[tuple[Any, tuple[Any, ...], bool]] = [
        (arrivals.take_event, (known, reaching, "default", event), True),
        (arrivals.take_event, (known, reaching, "default", event), False),
        (arrivals.take_message, (known, REGISTRY, reaching, "default", desk), True),
        (arrivals.take_message, (known, REGISTRY, reaching, "default", answer), False),
        (arrivals.take_message, (known, REGISTRY, reaching, "default", wish), True),
        (alerts.report_alert, (known, reaching, "f1", labels), True),
        (alerts.report_alert, (known, reaching, "f1", labels), False),
    ]
    for verb, given, new in sent:
        await run(house.graph, "MATCH (delivery:Delivery) DELETE delivery")
        house.clock.advance(timedelta(seconds=1))
        request = bridge if verb is arrivals.take_message else Request(actor="system")
        await house.graph.write(verb, request, *given)
        cursor = await house.notify(cursor)
        told = {person for person, _, _ in await house.told()}
        watches = {"eve"} if given[-1] is not wish else set()
        assert told == ({"bob", *watches} if new else set()), verb


async def test_every_way_to_name_somebody(house: House) -> None:
    start = await house.notify()
    incident = await house.incident()
    assign = VERBS["incident.assign"].run
    await house.act(assign, incident["id"], "desk")
    named = {
        "role": ["case_owner", "process_manager", "sms_owner"],
        "group": ["desk"],
        "person": ["ada"],
    }
    to = [{by: each} for by, keys in named.items() for each in keys]
    house.rules = [_rule("incident.assign", to=to)]
    await house.notify(start)
    assert [person for person, _, _ in await house.told()] == ["ada", "fay", "gus"]


async def test_nobody_is_told_of_what_they_did_themselves(house: House) -> None:
    house.rules = [_rule(to=[{"person": "ada"}, {"person": "bob"}])]
    start = await house.notify()
    await house.incident(actor="ada")
    await house.notify(start)
    assert [person for person, _, _ in await house.told()] == ["bob"]


async def test_a_role_counts_when_it_happened(house: House) -> None:
    house.rules = [_rule(to=[{"role": "cab_member"}, {"role": "process_staff"}])]
    await house.act(assign_role, RoleWord.PROCESS_STAFF, "fay", process=Process.ISRM)
    start = await house.notify()
    await house.incident()
    await house.act(end_role, "process_staff/isrm", "fay")
    await house.notify(start)  # later, when nobody holds it any more
    assert [person for person, _, _ in await house.told()] == ["fay"]


async def test_an_entry_that_is_read_twice_tells_nobody_twice(house: House) -> None:
    start = await house.notify()
    await house.incident()
    for _ in range(3):  # killed before the cursor was kept
        await house.notify(start)
    assert len(await house.told()) == 2
    house.rules.append(_rule(to=[{"person": "gus"}]))
    await house.notify(start)  # the control: who was not told yet is
    assert len(await house.told()) == 3


@pytest.mark.parametrize("incidents", [1, 6])
async def test_many_entries_take_as_many_statements_as_one(house: House, incidents: int) -> None:
    start = await house.notify()
    for number in range(incidents):
        await house.incident(f"slow {number}")
    await house.snapshot.current()
    before = house.graph.statements
    await house.notify(start)
    assert len(await house.told()) == 2 * incidents
    assert house.graph.statements - before <= 8  # policies and the snapshot's look among them


async def test_messages_are_sent_by_e_mail(house: House, post: tuple[Post, Mail]) -> None:
    server, mail = post
    house.senders = {Channel.EMAIL: mail}
    house.rules = [_rule(to=[{"person": "bob"}], by=["email"])]
    start = await house.notify()
    await house.incident("no mail\r\nBcc: all@example.org")
    await house.notify(start)
    assert await house.deliver() == "1 of 1 message sent"
    assert await house.deliver() == ""
    (sent,) = server.kept
    assert (sent["To"], sent["From"]) == ("bob <bob@example.org>", SENDER)
    assert "no mail Bcc: all@example.org" in sent["Subject"]
    assert sent["Bcc"] is None
    assert "Services: Mail" in sent.get_content()
    assert await house.told() == [("bob", "email", "sent")]


async def test_a_server_that_cannot_now_is_tried_again(
    house: House, post: tuple[Post, Mail]
) -> None:
    server, mail = post
    house.senders = {Channel.EMAIL: mail}
    house.rules = [_rule(to=[{"person": "bob"}], by=["email"])]
    start = await house.notify()
    await house.incident()
    await house.notify(start)
    server.refuses = "451 later"
    for pause in PAUSES:
        assert await house.deliver() == "0 of 1 message sent"
        assert await house.deliver() == ""
        house.clock.advance(pause)
    assert await house.told() == [("bob", "email", "waiting")]
    await house.deliver()
    assert await house.told() == [("bob", "email", "dead")]
    server.refuses = ""
    await house.graph.keep(
        "flow.replay_delivery",
        id=(await run(house.graph, "MATCH (d:Delivery) RETURN d.id"))[0][0],
        now=to_text(house.clock.now()),
    )
    await house.deliver()
    assert await house.told() == [("bob", "email", "sent")]


async def test_an_address_that_is_refused_for_good_is_not_tried_again(
    house: House, post: tuple[Post, Mail]
) -> None:
    server, mail = post
    house.senders = {Channel.EMAIL: mail}
    await house.act(register_person, "hal", known_as="hal")  # has no address
    house.rules = [_rule(to=[{"person": "bob"}, {"person": "hal"}], by=["email"])]
    start = await house.notify()
    await house.incident()
    await house.notify(start)
    server.refuses = "550 nobody of this name"
    await house.deliver()
    assert {status for _, _, status in await house.told()} == {"dead"}


async def test_what_was_sent_and_not_noted_is_sent_once_more_with_the_same_id(
    house: House, post: tuple[Post, Mail]
) -> None:
    server, mail = post

    async def killed(delivery: Any) -> None:
        await mail(delivery)
        raise asyncio.CancelledError

    house.rules = [_rule(to=[{"person": "bob"}], by=["email"])]
    start = await house.notify()
    await house.incident()
    await house.notify(start)
    house.senders = {Channel.EMAIL: killed}
    with pytest.raises(asyncio.CancelledError):
        await house.deliver()
    house.senders = {Channel.EMAIL: mail}
    assert await house.deliver() == ""  # whoever took it may still be at it
    house.clock.advance(TAKEN_FOR)
    assert await house.deliver() == "1 of 1 message sent"
    assert len(server.kept) == 2
    assert len({each["Message-ID"] for each in server.kept}) == 1


@pytest.mark.parametrize("odd", ["<bob@example.org>", "@x", "a@(b", "x@[", "x", "a b@c"])
async def test_an_odd_address_stops_nobody_elses_mail(
    house: House, post: tuple[Post, Mail], odd: str
) -> None:
    server, mail = post
    house.senders = {Channel.EMAIL: mail}
    with pytest.raises(BadInput):
        await house.act(register_person, "ivy", known_as="ivy", email=odd)
    if not await run(house.graph, "MATCH (p:Person {key: 'pat'}) RETURN 1"):
        await house.act(register_person, "pat", known_as="pat", email="pat@example.org")
    await run(house.graph, "MATCH (p:Person {key: 'pat'}) SET p.email = $odd", odd=odd)
    house.rules = [_rule(to=[{"person": "pat"}, {"person": "bob"}], by=["email"])]
    start = await house.notify()
    await house.incident()
    await house.notify(start)
    assert await house.deliver() == "1 of 2 messages sent"
    assert await house.told() == [("bob", "email", "sent"), ("pat", "email", "dead")]
    assert [each["To"] for each in server.kept] == ["bob <bob@example.org>"]


async def test_a_fault_of_a_sender_is_told_and_the_others_are_sent(
    house: House, post: tuple[Post, Mail]
) -> None:
    _, mail = post

    async def faulty(delivery: Any) -> None:
        if delivery["email"].startswith("gus"):
            raise LookupError("a fault")
        await mail(delivery)

    house.senders = {Channel.EMAIL: faulty}
    house.rules = [_rule(to=[{"person": "gus"}, {"person": "bob"}], by=["email"])]
    start = await house.notify()
    await house.incident()
    await house.notify(start)
    assert await house.deliver() == "1 of 2 messages sent"
    assert await house.told() == [("bob", "email", "sent"), ("gus", "email", "waiting")]


async def test_a_late_failure_does_not_undo_what_another_has_sent(
    house: House, post: tuple[Post, Mail]
) -> None:
    server, mail = post

    async def slow(_delivery: Any) -> None:
        house.clock.advance(TAKEN_FOR)  # so slow that another process takes it meanwhile
        house.senders = {Channel.EMAIL: mail}
        assert await house.deliver() == "1 of 1 message sent"
        raise OSError("too late")

    house.senders = {Channel.EMAIL: slow}
    house.rules = [_rule(to=[{"person": "bob"}], by=["email"])]
    start = await house.notify()
    await house.incident()
    await house.notify(start)
    assert await house.deliver() == "0 of 1 message sent"
    assert (await house.told(), len(server.kept)) == ([("bob", "email", "sent")], 1)


async def test_of_several_records_each_is_told(house: House) -> None:
    first, second = await house.incident("one"), await house.incident("two")
    known = await policies.from_graph(house.graph, KINDS)
    reaching = Reaches(await house.snapshot.current())
    await house.act(merge_incident, known, reaching, second["key"], first["key"])
    house.rules = [_rule("incident.resolve", to=[{"person": "gus"}])]
    start = await house.notify()
    await house.act(resolve_incident, known, first["key"], "so")
    await house.notify(start)
    rows = await run(house.graph, "MATCH (d:Delivery) RETURN d.key ORDER BY d.key")
    assert [row[0] for row in rows] == sorted([first["key"], second["key"]])


async def test_old_messages_are_forgotten(house: House) -> None:
    start = await house.notify()
    await house.incident()
    await house.notify(start)
    turn = Turn(house.clock.now() + KEPT_FOR - timedelta(minutes=1), "")
    assert (await house.outbox.forget(turn)).said == ""
    turn = Turn(house.clock.now() + KEPT_FOR + timedelta(minutes=1), "")
    assert (await house.outbox.forget(turn)).said == "2 messages forgotten"
    assert await house.told() == []


@pytest.mark.parametrize(
    "env",
    [
        {URL: "mail.example.org", FROM: SENDER},
        {URL: "http://mail.example.org", FROM: SENDER},
        {URL: "smtp://user:" + "secret@mail.example.org:x", FROM: SENDER},
        {URL: "smtp://mail.example.org"},
        {URL: "smtp://mail.example.org", FROM: "desk"},
    ],
)
async def test_settings_that_are_wrong_are_told_without_their_secrets(env: dict[str, str]) -> None:
    with pytest.raises(BadInput) as wrong:
        mail_of(env)
    assert "secret" not in str(wrong.value)


async def test_no_password_goes_to_a_server_elsewhere_without_tls(post: tuple[Post, Mail]) -> None:
    _, here = post
    there = Mail("0.0.0.0", here.port, here.secure, "user", "secret", SENDER)  # noqa: S104 - not by a name of this machine
    with pytest.raises(OSError, match="no TLS"):
        await there({"id": "1", "email": "bob@example.org", "subject": "x", "body": "y"})
    assert "secret" not in repr(there)
