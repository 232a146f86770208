"""People who act on a small estate: each verb is given what it asks for beside its arguments.

Mail depends on the host, Web on the host and on the spare; the other server carries nothing.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from inspect import signature
from typing import Any

from fitsm_graph.api import verbs as _offered  # noqa: F401  # declares every verb
from fitsm_graph.bootstrap import KINDS
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.service import register_element, relate
from fitsm_graph.flow.policies import InForce, Policies
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import VERBS, Request
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms import accounts
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.policies import from_files
from fitsm_graph.sms.roles import assign_role
from graph.syncing import POLICIES, REGISTRY, emptied, run

SYSTEM = Request(actor="setup", via="test")
START = datetime(2026, 11, 24, 9, tzinfo=UTC)
PEOPLE = ("ann", "bob", "cas", "dan", "eve")
"""Ann manages all processes, Bob owns Mail, Cas owns Web; Dan and Eve ask for things."""
CIS = ("host", "spare", "other")
TIES = (("mail", "host"), ("web", "host"), ("web", "spare"))


class Acting:
    """What people do, and what is there afterwards."""

    def __init__(self, graph: Graph, clock: ManualClock) -> None:
        self.graph, self.clock, self.policies = graph, clock, POLICIES
        self.snapshot = Snapshot(graph, REGISTRY)

    async def act(self, actor: str, verb: str, *given: Any, **more: Any) -> Any:
        """Do something; the record that comes of it."""
        self.clock.advance(timedelta(seconds=1))
        lent: dict[str, Any] = {"policies": self.policies, "registry": REGISTRY}
        lent["reaching"] = Reaches(await self.snapshot.current())
        run_it = VERBS[verb].run
        asked = [lent[each] for each in signature(run_it).parameters if each in lent]
        request = Request(actor=actor, via="test")
        return (await self.graph.write(run_it, request, *asked, *given, **more)).value

    async def change(self, *hits: str, effect: str = "at_risk", **more: Any) -> str:
        """A change that Dan asks for; its elements are at risk meanwhile."""
        hit = [(key, effect) for key in hits or ("host",)]
        return str((await self.act("dan", "change.register", "x", hit, **more))["key"])

    async def approved(self, *hits: str, **more: Any) -> str:
        """One that is assessed and approved."""
        key = await self.change(*hits, **more)
        await self.act("ann", "change.assess", key)
        await self.act("ann", "change.approve", key)
        return key

    async def element(self, key: str, type: str = "Server", **more: Any) -> None:
        draft = ElementDraft(kind="CI", type=type, key=key, name=key, **more)
        await self.graph.write(register_element, SYSTEM, REGISTRY, draft)

    async def depends(self, source: str, target: str) -> None:
        tie = RelationDraft(type="DEPENDS_ON", source=source, target=target)
        await self.graph.write(relate, SYSTEM, REGISTRY, tie)

    async def record(self, key: str) -> dict[str, Any]:
        found = await run(self.graph, "MATCH (r:Record {key: $k}) RETURN properties(r)", k=key)
        return dict(found[0][0])

    def soon(self, **more: float) -> str:
        return to_text(self.clock.now() + timedelta(**more))


def ruled(policies: Policies, kind: str, name: str = "default", **more: Any) -> Policies:
    """Policies with other fields of one in them; what is not given stays as the product has it."""
    (seed,) = (each for each in from_files() if (each.kind, each.name) == (kind, name))
    document = {**seed.document, **more}
    value = KINDS.kind(kind).checked(name, document)
    return policies.with_(InForce(f"{kind}/{name}/2", kind, name, "", value))


@asynccontextmanager
async def acting(endpoint: Endpoint) -> AsyncIterator[Acting]:
    """An estate, and people who act on it."""
    clock = ManualClock(START)
    async with emptied(endpoint, clock) as graph:
        it = Acting(graph, clock)
        for key in CIS:
            await it.element(key)
        for key in ("mail", "web"):
            draft = ElementDraft(kind="Service", type="", key=key, name=key)
            await graph.write(register_element, SYSTEM, REGISTRY, draft)
        for source, target in TIES:
            await it.depends(source, target)
        for key in PEOPLE:
            await graph.write(sms.register_party, SYSTEM, "Person", {"key": key, "name": key})
            given = (key, ["editor"], "digest")
            await graph.write(accounts.create_account, SYSTEM, *given, person=key)
        for process in list(Process)[:6]:
            manager = (RoleWord.PROCESS_MANAGER, "ann")
            await graph.write(assign_role, SYSTEM, *manager, process=process)
        for key, service in (("bob", "mail"), ("cas", "web")):
            await graph.write(assign_role, SYSTEM, RoleWord.SERVICE_OWNER, key, service=service)
        yield it
