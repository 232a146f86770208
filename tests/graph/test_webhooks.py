"""Events to webhooks: what they say, that they are signed, and where they never go (PR9.4).

Signatures are checked by the library of Standard Webhooks, which shares no code with the product.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook, WebhookVerificationError

from fitsm_graph.confm.drafts import ElementDraft
from fitsm_graph.confm.service import register_element
from fitsm_graph.flow.events import CHANNEL, MOST, wanted
from fitsm_graph.flow.outbox import Outbox, Undeliverable
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Turn
from fitsm_graph.flow.webhooks import Webhooks, private_hosts
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import ManualClock, SystemClock
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused
from fitsm_graph.sms import policies
from fitsm_graph.sms.parties import register_person
from fitsm_graph.sms.webhooks import create_webhook, revoke_webhook, rotate_webhook
from graph.syncing import KINDS, REGISTRY, emptied, run

pytestmark = pytest.mark.asyncio(loop_scope="session")
PEPPER = b"p" * 32
HERE = frozenset({"127.0.0.1", "localhost"})
SOURCE = "https://cmdb.example.org"


class Receiver:
    """An HTTP server that keeps what it is sent, and answers as it is told."""

    def __init__(self) -> None:
        self.status = 204
        self.kept: list[tuple[str, dict[str, str], bytes]] = []
        self.more: list[tuple[bytes, bytes]] = []
        self.gathered: asyncio.Barrier | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        asked = scope["path"] + ("?" if scope["query_string"] else "")
        self.kept.append((asked + scope["query_string"].decode(), headers, body))
        if self.gathered is not None:
            await self.gathered.wait()
        head = {"type": "http.response.start", "status": self.status, "headers": self.more}
        await send(head)
        await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def listening(receiver: Receiver, **more: Any) -> AsyncIterator[int]:
    config = uvicorn.Config(receiver, "127.0.0.1", 0, log_level="error", lifespan="off", **more)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:  # noqa: ASYNC110 - the library tells it in no other way
            await asyncio.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


class House:
    """A graph with an outbox, and a receiver."""

    def __init__(self, graph: Graph, clock: ManualClock, receiver: Receiver, port: int) -> None:
        self.graph, self.clock, self.receiver, self.port = graph, clock, receiver, port
        self.sends = Webhooks(PEPPER, clock, HERE)
        self.cursor = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?for=us"

    @property
    def outbox(self) -> Outbox:
        async def in_force() -> Policies:
            return await policies.from_graph(self.graph, KINDS)

        async def reaches() -> Reaches:
            raise AssertionError("events ask nothing of the topology")

        return Outbox(self.graph, in_force, reaches, {CHANNEL: self.sends}, SOURCE)

    async def act(self, verb: Any, *given: Any, actor: str = "system", **more: Any) -> Any:
        self.clock.advance(timedelta(seconds=1))
        return (await self.graph.write(verb, Request(actor=actor), *given, **more)).value

    async def hook(self, *verbs: str) -> Any:
        return await self.act(create_webhook, "chat", self.url, verbs or ["*"])

    async def person(self, key: str, **more: Any) -> None:
        await self.act(register_person, key.title(), known_as=key, **more)

    async def told(self) -> str:
        turn = Turn(self.clock.now(), self.cursor)
        self.cursor = (await self.outbox.notify(turn)).cursor
        return (await self.outbox.deliver(Turn(self.clock.now(), ""))).said

    def events(self) -> list[Any]:
        return [json.loads(body) for _, _, body in self.receiver.kept]


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def graph(neo4j_endpoint: Endpoint) -> AsyncIterator[Graph]:
    async with emptied(neo4j_endpoint, clock=ManualClock(datetime.now(UTC))) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def house(graph: Graph) -> AsyncIterator[House]:
    """A graph without records, of which nobody was told anything yet."""
    await run(graph, "MATCH (n:Record|Delivery) DETACH DELETE n")
    receiver, clock = Receiver(), graph.clock
    assert isinstance(clock, ManualClock)
    async with listening(receiver) as port:
        made = House(graph, clock, receiver, port)
        await made.told()
        yield made


async def test_what_was_done_is_told_in_an_event_that_says_little(house: House) -> None:
    await house.hook("person.*")
    await house.person("ada", email="ada@example.org")
    draft = ElementDraft(kind="CI", key="disk", name="Disk", type="Server")
    await house.act(register_element, REGISTRY, draft)  # nobody wanted to be told of that
    assert await house.told() == "1 of 1 message sent"
    ((path, headers, body),) = house.receiver.kept
    assert path == "/hooks?for=us"
    assert headers["content-type"] == "application/cloudevents+json"
    assert headers["host"] == f"127.0.0.1:{house.port}"
    (event,) = house.events()
    ((seq, at, id),) = await run(
        house.graph,
        """MATCH (e:LedgerEntry {verb: 'person.register'}), (p:Person)
        RETURN e.seq, e.at, p.id ORDER BY e.seq DESC LIMIT 1""",
    )
    assert event == {
        "specversion": "1.0",
        "id": str(seq),
        "source": SOURCE,
        "type": "fitsm-graph.person.register.v1",
        "time": at,
        "sequence": f"{seq:020d}",
        "datacontenttype": "application/json",
        "subject": "ada",
        "data": {
            "seq": seq,
            "verb": "person.register",
            "requirement": "GR3.1",
            "actor": "system",
            "records": [{"id": id, "kind": "Person", "key": "ada"}],
            "more": 0,
        },
    }
    assert b'example.org",' not in body.replace(SOURCE.encode(), b"")  # no word of the record's


async def test_signatures_hold_and_nothing_else_does(house: House) -> None:
    hook = await house.hook()
    await house.person("ada")
    await house.told()
    ((_, headers, body),) = house.receiver.kept
    right = Webhook(house.sends.secret(hook["id"], 1))
    right.verify(body, headers)
    for wrong in (
        Webhook(house.sends.secret(hook["id"], 2)),
        Webhook(Webhooks(b"q" * 32, house.clock).secret(hook["id"], 1)),
    ):
        with pytest.raises(WebhookVerificationError):
            wrong.verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        right.verify(body + b" ", headers)


async def test_after_a_rotation_both_secrets_sign_for_a_day(house: House) -> None:
    hook = await house.hook("person.*")
    await house.act(rotate_webhook, hook["key"])
    first, second = (Webhook(house.sends.secret(hook["id"], each)) for each in (1, 2))
    await house.person("ada")
    await house.told()
    _, headers, body = house.receiver.kept[-1]
    first.verify(body, headers)
    second.verify(body, headers)
    await run(house.graph, "MATCH (w:Webhook) SET w.rotated_at = '2020-01-01T00:00:00.000000Z'")
    await house.person("bob")
    await house.told()
    _, headers, body = house.receiver.kept[-1]
    second.verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        first.verify(body, headers)


async def test_what_was_before_it_or_after_its_end_is_not_told(house: House) -> None:
    await house.person("ada")
    hook = await house.hook("person.*")
    await house.person("bob")
    await house.told()
    assert [each["subject"] for each in house.events()] == ["bob"]
    await house.person("eve")
    await house.outbox.notify(Turn(house.clock.now(), house.cursor))
    await house.act(revoke_webhook, hook["key"])  # while a message waits
    await house.person("fay")
    assert await house.told() == "0 of 1 message sent"
    assert [each["subject"] for each in house.events()] == ["bob"]
    for verb in (revoke_webhook, rotate_webhook):
        with pytest.raises(Refused, match="was revoked"):
            await house.act(verb, hook["key"])


async def test_an_entry_that_is_read_twice_is_told_once(house: House) -> None:
    await house.hook("person.*")
    await house.person("ada")
    start = house.cursor
    for _ in range(3):
        house.cursor = start  # killed before it was kept
        await house.told()
    assert len(house.receiver.kept) == 1


async def test_a_slow_receiver_keeps_no_other_waiting(house: House) -> None:
    """The first event is answered when the second has come: one after the other, it never is."""
    receiver = house.receiver
    await house.hook("person.*")
    await house.person("ada")
    await house.person("bob")
    receiver.gathered = asyncio.Barrier(2)
    assert await house.told() == "2 of 2 messages sent"
    assert len(receiver.kept) == 2


@pytest.mark.parametrize("status", [500, 404, 302])
async def test_a_receiver_that_cannot_now_is_tried_again(house: House, status: int) -> None:
    house.receiver.status = status
    house.receiver.more = [(b"location", f"http://127.0.0.1:{house.port}/else".encode())]
    await house.hook("person.*")
    await house.person("ada")
    assert await house.told() == "0 of 1 message sent"
    assert [path for path, _, _ in house.receiver.kept] == ["/hooks?for=us"]  # not sent elsewhere
    house.receiver.status = 200
    assert await house.told() == ""
    house.clock.advance(timedelta(minutes=1))
    assert await house.told() == "1 of 1 message sent"
    first, second = house.receiver.kept
    assert first[1]["webhook-id"] == second[1]["webhook-id"]


async def test_one_that_is_gone_for_good_is_given_up(house: House) -> None:
    house.receiver.status = 410
    await house.hook("person.*")
    await house.person("ada")
    await house.told()
    rows = await run(house.graph, "MATCH (d:Delivery) RETURN d.status, d.error")
    assert rows == [["dead", "127.0.0.1 says that it is gone for good (410)"]]


async def test_an_event_names_some_records_and_counts_the_rest(house: House) -> None:
    await house.hook("policy.seed")
    await house.act(policies.seed_policies, KINDS, policies.from_files())
    await house.told()
    (event,) = house.events()
    ((made,),) = await run(house.graph, "MATCH (p:Policy) RETURN count(p)")
    assert len(event["data"]["records"]) == MOST
    assert event["data"]["more"] == made - MOST
    assert "subject" not in event


@pytest.mark.parametrize(
    ("name", "url", "verbs", "path"),
    [
        (" ", "https://a.example.org", ["*"], "name"),
        ("x", "ftp://a.example.org", ["*"], "url"),
        ("x", "https://", ["*"], "url"),
        ("x", f"https://{'ada:secret'}@a.example.org", ["*"], "url"),
        ("x", "https://a.example.org:99999", ["*"], "url"),
        ("x", "https://a.example.org/#here", ["*"], "url"),
        ("x", "https://a.example.org", [], "verbs"),
        ("x", "https://a.example.org", ["incidents.*"], "verbs"),
    ],
)
async def test_what_makes_no_webhook_is_refused(
    house: House, name: str, url: str, verbs: list[str], path: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        await house.act(create_webhook, name, url, verbs)
    assert refusal.value.problem.path[0] == path
    assert "secret" not in str(refusal.value)
    with pytest.raises(NotFound):
        await house.act(revoke_webhook, "WHK-000009")


def _delivery(url: str) -> dict[str, Any]:
    return {"id": "1", "webhook": "w", "url": url, "body": "{}", "secret_number": 1}


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "10.1.2.3"),
        "0.0.0.0",  # noqa: S104 - nothing listens there
        *("192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "[::ffff:10.0.0.1]"),
        *("[fe80::1]", "[fc00::1]", "[2002:7f00:1::]", "224.0.0.1"),
    ],
)
async def test_nothing_is_sent_inside(host: str) -> None:
    receiver = Receiver()
    async with listening(receiver) as port:
        with pytest.raises(Undeliverable, match="inside"):
            await Webhooks(PEPPER, SystemClock())(_delivery(f"https://{host}:{port}/"))
        if host in HERE:  # the control: what the settings allow is reached
            sends = Webhooks(PEPPER, SystemClock(), private_hosts({"FITSM_WEBHOOK_PRIVATE": host}))
            await sends(_delivery(f"http://{host}:{port}/"))
    assert len(receiver.kept) == (host in HERE)


async def test_without_tls_nothing_is_sent_outside() -> None:
    with pytest.raises(Undeliverable, match="https only"):
        await Webhooks(PEPPER, SystemClock())(_delivery("http://192.0.2.1/"))


async def test_a_name_that_is_not_known_may_be_later() -> None:
    with pytest.raises(OSError, match=r"."):
        await Webhooks(PEPPER, SystemClock())(_delivery("https://nobody.invalid/"))


async def test_the_certificate_is_that_of_the_name(tmp_path: Path) -> None:
    """The connection goes to an address, and still only to the host that was named."""
    certificate, key = _certificate(tmp_path, "localhost")
    receiver = Receiver()
    async with listening(receiver, ssl_certfile=certificate, ssl_keyfile=key) as port:

        def own() -> ssl.SSLContext:
            return ssl.create_default_context(cafile=str(certificate))

        url = f"https://localhost:{port}/"
        await Webhooks(PEPPER, SystemClock(), HERE, own)(_delivery(url))
        with pytest.raises(OSError, match="ConnectError"):  # nobody known has signed it
            await Webhooks(PEPPER, SystemClock(), HERE)(_delivery(url))
        other = f"https://127.0.0.1:{port}/"
        with pytest.raises(OSError, match="ConnectError"):  # it is of another name
            await Webhooks(PEPPER, SystemClock(), HERE, own)(_delivery(other))
    assert len(receiver.kept) == 1


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, secret


async def test_patterns_are_of_whole_names() -> None:
    known = ["change.apply", "change.approve", "xchange.apply"]
    assert wanted(["change.*"], known) == {"change.apply", "change.approve"}
    assert wanted(["*"], known) == set(known)
    assert wanted(["change.appl"], known) == frozenset()
    assert wanted(["change?apply"], known) == frozenset()
