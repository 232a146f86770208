"""Settings → driver → product: the only place that knows everything but how it is served."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fitsm_graph.api.api import Api
from fitsm_graph.api.edition import Editions, make_edition
from fitsm_graph.api.entrance import Entrance
from fitsm_graph.api.freshness import Freshness
from fitsm_graph.api.impact import ImpactAnswers
from fitsm_graph.api.limits import Limits
from fitsm_graph.api.live.rights import Rights
from fitsm_graph.api.live.stream import Live
from fitsm_graph.api.persisted import Documents, Find
from fitsm_graph.background import documents_of, jobs_of
from fitsm_graph.chm import feeds
from fitsm_graph.chm import policies as chm
from fitsm_graph.confm import counting as _ci_counted  # noqa: F401  # declares how a formula counts
from fitsm_graph.confm import policies as confm
from fitsm_graph.confm import types
from fitsm_graph.csi import policies as csi
from fitsm_graph.discovery import ndjson
from fitsm_graph.documents import due as documents_due
from fitsm_graph.flow import incoming_rules
from fitsm_graph.flow.following import PoliciesInForce
from fitsm_graph.flow.life_form import life_kind
from fitsm_graph.flow.policies import Policies, PolicyKinds
from fitsm_graph.flow.scheduler import Scheduler
from fitsm_graph.flow.webhooks import Webhooks, private_hosts
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.follow import Follower
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.local.settings import LocalSettings
from fitsm_graph.graph.migrations import migrate
from fitsm_graph.graph.verb import Request
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.isrm import policies as isrm
from fitsm_graph.kernel.clock import Clock, SystemClock
from fitsm_graph.kernel.errors import FitsmError, Refused
from fitsm_graph.kernel.places import OF_COMMANDS, OF_PAGES
from fitsm_graph.kernel.secret import secret_in
from fitsm_graph.kernel.settings import switch
from fitsm_graph.model.chm_records import FeedOf
from fitsm_graph.model.principal import Principal
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.pm import policies as pm
from fitsm_graph.rdm import policies as rdm
from fitsm_graph.sms import accounts, due_rules, policies, policy_kinds
from fitsm_graph.sms import rights as sms_rights
from fitsm_graph.sms.sessions import Sessions

ADMINISTRATOR = "admin"
TRUSTED_ONLY = "FITSM_TRUSTED_DOCUMENTS_ONLY"
SYSTEM = Request(actor="system", via="system")
LIVES = (
    *(*isrm.LIVES, *pm.LIVES, *confm.LIVES, *chm.LIVES, *rdm.LIVES, *csi.LIVES),
    *due_rules.LIVES,
)
"""Kinds of records whose states are data, of every room."""
KINDS = PolicyKinds(
    (
        *policy_kinds.KINDS,
        *due_rules.KINDS,
        *incoming_rules.KINDS,
        *isrm.KINDS,
        *pm.KINDS,
        *confm.KINDS,
        *chm.KINDS,
        *rdm.KINDS,
        *csi.KINDS,
        *documents_due.KINDS,
        life_kind(LIVES),
    )
)
"""All kinds of policy, of every room."""


@dataclass(slots=True)
class Product:
    """Everything, put together for one database.

    Attributes:
        folder: Where files beside the database are: pepper, saved snapshot, signing key.
        sessions: Of people at the pages.
        live: What streams; closed before the server stops.
        scheduler: Does what is due, where it is let run.
    """

    graph: Graph
    snapshot: Snapshot
    api: Api
    folder: Path
    clock: Clock
    sessions: Sessions
    live: Live
    scheduler: Scheduler

    @property
    def registry(self) -> TypeRegistry:
        """The types in force, as far as this process has seen them."""
        return self.api.editions.current.registry

    @property
    def policies(self) -> Policies:
        """The policies in force, as far as this process has seen them."""
        return self.api.policies.current

    def principal(self, login: str = "system") -> Principal:
        """The local administrator at this machine's command line."""
        return Principal(login, frozenset({"administrator"}))

    async def ask(self, document: str, variables: Mapping[str, Any] | None = None) -> Any:
        """Execute a document as the local administrator."""
        return await self.api.execute(document, dict(variables or {}), self.principal(), via="cli")


def data_folder(env: Mapping[str, str] = os.environ) -> Path:
    """Where the product keeps its files: beside the managed server's folder."""
    return LocalSettings.from_env(env).data.parent


@asynccontextmanager
async def opened(
    endpoint: Endpoint,
    *,
    folder: Path | None = None,
    clock: Clock | None = None,
    limits: Limits | None = None,
    wall: Clock | None = None,
) -> AsyncIterator[Product]:
    """Connect, migrate, bring defaults into force where there is nothing, and put together.

    Args:
        endpoint: The database.
        folder: Where files beside it are; the usual place when left out.
        clock: Says what time it is; the machine's when left out.
        limits: Of requests; the usual ones when left out.
        wall: Says when sessions of people end, where `clock` is driven; else the same.
    """
    graph = Graph(endpoint, clock=clock or SystemClock())
    folder = folder or data_folder()
    try:
        await migrate(graph.driver, graph.clock)
        freshness = Freshness(graph)
        seen = await freshness.seen()
        registry, _ = await types.from_graph(graph)
        if not registry.ci_types:
            await graph.write(types.define_types, SYSTEM, types.from_files())
            seen = await freshness.seen()
            registry, _ = await types.from_graph(graph)
        ruled = await _ruled(graph, freshness)
        snapshot = Snapshot(graph, registry, folder / "topology.snapshot")
        limits = limits or Limits.from_env()
        first = make_edition(seen.types, registry, limits)
        editions = Editions(first, _reader(graph), snapshot.adopt, limits)
        product = _assembled(graph, editions, snapshot, folder, freshness, ruled, wall=wall)
        try:
            yield product
        finally:
            await product.live.close()
        await snapshot.save()
    finally:
        await graph.close()


def _reader(graph: Graph) -> Callable[[], Awaitable[TypeRegistry]]:
    async def read() -> TypeRegistry:
        return (await types.from_graph(graph))[0]

    return read


async def _ruled(graph: Graph, freshness: Freshness) -> PoliciesInForce:
    """Bring the seeds into force that have no version at all, and read what is."""
    seeds = policies.from_files()
    names = (await graph.rows("sms.policy_names"))[0]["names"]
    if {(each.kind, each.name) for each in seeds} - {tuple(each) for each in names}:
        await graph.write(policies.seed_policies, SYSTEM, KINDS, seeds)

    async def read() -> Policies:
        return await policies.from_graph(graph, KINDS)

    seen = await freshness.seen()
    return PoliciesInForce(seen.policies, await read(), read)


def _assembled(
    graph: Graph,
    editions: Editions,
    snapshot: Snapshot,
    folder: Path,
    freshness: Freshness,
    ruled: PoliciesInForce,
    *,
    wall: Clock | None,
) -> Product:
    secret = pepper(folder)

    async def check(token: str) -> Principal:
        entrant = await accounts.token_entrant(graph, graph.clock, secret, token)
        freshness.note(entrant.head)
        return entrant.principal

    def impact_at(registry: TypeRegistry, seq: int) -> ImpactAnswers:
        return ImpactAnswers(graph, snapshot.seen(seq), registry)

    def given() -> sms_rights.Rights:
        return sms_rights.rights_in(ruled.current)

    sessions = Sessions(graph, secret, wall or graph.clock, folder / "ended-sessions")
    entrance = Entrance(check, graph, session=sessions.principal)
    trusted_only = switch(os.environ, TRUSTED_ONLY)
    persisted = Documents(_finder(graph), graph, given, own_documents(), trusted_only=trusted_only)
    api = Api(
        graph,
        editions,
        impact_at,
        entrance.enter,
        freshness,
        persisted,
        editions.limits,
        snapshot,
        ruled,
        KINDS,
        ndjson.unread,
    )
    rights = Rights(entrance.look_up)
    live = Live(api, Follower(graph, rights.told), rights)
    hooks = webhooks_of(folder, graph.clock)
    jobs = (*jobs_of(graph, snapshot, ruled, freshness, hooks, KINDS), documents_of(api))
    scheduler = Scheduler(graph, jobs)
    return Product(graph, snapshot, api, folder, graph.clock, sessions, live, scheduler)


def webhooks_of(folder: Path, clock: Clock) -> Webhooks:
    """What sends events to webhooks, and knows their secrets."""
    return Webhooks(pepper(folder), clock, private_hosts(os.environ))


def _finder(graph: Graph) -> Find:
    async def find(digest: str) -> str | None:
        rows = await graph.rows("sms.document_by_ref", ref=digest)
        return str(rows[0]["document"]["text"]) if rows else None

    return find


def own_documents() -> list[str]:
    """The documents of the product itself: of its pages, and of its command line."""
    return [
        path.read_text(encoding="utf-8")
        for folder in (OF_PAGES, OF_COMMANDS)
        for path in sorted(folder.glob("*.graphql"))
    ]


def pepper(folder: Path) -> bytes:
    """The key of token digests: a file that only its owner can read, made at first use."""
    return secret_in(folder / "pepper")


async def first_administrator(product: Product) -> str | None:
    """Make the administrator at the first start; the password, shown once, or None later."""
    password = secrets.token_urlsafe(15)
    digest = await asyncio.to_thread(accounts.digest_password, password)
    try:
        await product.graph.write(
            accounts.create_account, SYSTEM, ADMINISTRATOR, ["administrator"], digest, first=True
        )
    except Refused:
        return None
    return password


async def new_token(
    product: Product,
    login: str,
    days: int,
    scopes: list[str],
    sees: Sequence[str] = (),
    *,
    sources: Sequence[str] = (),
) -> accounts.NewToken:
    """Make an API token for an account; the secret is shown once."""
    secret, hint, digest = accounts.new_token(pepper(product.folder))
    outcome = await product.graph.write(
        accounts.create_token,
        SYSTEM,
        login,
        scopes,
        accounts.expiry(product.clock.now(), days),
        hint,
        digest,
        sees=sees,
        sources=sources,
    )
    return accounts.NewToken(outcome.value, secret)


async def new_feed(product: Product, of: FeedOf, place: str = "") -> accounts.NewToken:
    """Make a feed of the schedule of changes; the secret of its address is shown once."""
    secret = feeds.MARK + secrets.token_urlsafe(32)
    digest = accounts.digest_token(pepper(product.folder), secret)
    given = (of, place, secret[: accounts.HINT_LENGTH], digest)
    outcome = await product.graph.write(feeds.create_feed, SYSTEM, *given)
    return accounts.NewToken(outcome.value, secret)


def failed(answer: Mapping[str, Any]) -> FitsmError | None:
    """The first error of an answer as the product's own; None where there is none."""
    errors = answer.get("errors")
    if not errors:
        return None
    more = errors[0].get("extensions") or {}
    return FitsmError(
        errors[0]["message"],
        why=more.get("why") or "",
        remedy=more.get("remedy") or "",
        code=more.get("code") or "",
    )
