"""Every verb driven on one graph, and the graph read as it is, past the product's own readers."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from fitsm_graph.chm.service import cancel_maintenance, plan_maintenance
from fitsm_graph.confm import service as confm
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.types import Definitions, define_scope, define_types, from_files
from fitsm_graph.graph.graph import Graph, Outcome
from fitsm_graph.graph.verb import VERBS, Request, verb_of
from fitsm_graph.isrm.service import affect, register_incident, resolve_incident
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.sms import accounts
from fitsm_graph.sms import service as sms
from graph.syncing import REGISTRY, record, run, send

REQUEST = Request(actor="tester", via="test", reason="to see", change="CHG-000001")
START = datetime(2026, 11, 24, 9, tzinfo=UTC)
Raw = dict[str, Any]
Case = Callable[["Driver"], Awaitable[Any]]

RECORDS = """
MATCH (n:Record) RETURN n.id, [l IN labels(n) WHERE l <> 'Record'], properties(n)
"""
RELATIONS = """
MATCH (a:Record)-[r]->(b:Record) RETURN a.id, type(r), b.id, properties(r)
"""


async def raw(graph: Graph) -> Raw:
    """All records with their labels, and all relations, as the database has them."""
    records = await run(graph, RECORDS)
    relations = await run(graph, RELATIONS)
    return {
        **{id: (sorted(labels), _plain(properties)) for id, labels, properties in records},
        **{f"{a} {type} {b}": _plain(properties) for a, type, b, properties in relations},
    }


def _plain(properties: dict[str, Any]) -> str:
    return json.dumps({k: v for k, v in properties.items() if k != "salt"}, sort_keys=True)


class Driver:
    """Acts on one graph and remembers how the graph looked after each entry."""

    def __init__(self, graph: Graph, clock: ManualClock) -> None:
        self.graph, self.clock = graph, clock
        self.after: dict[int, Raw] = {}
        self.used: set[str] = set()

    async def act(self, verb: Any, *given: Any, request: Request = REQUEST, **more: Any) -> Any:
        """Run one verb, a second later than the one before; keep what the graph is then."""
        self.clock.advance(timedelta(seconds=1))
        outcome: Outcome = await self.graph.write(verb, request, *given, **more)
        self.used.add(verb_of(verb).name)
        await self.look()
        return outcome.value

    async def look(self) -> None:
        """Remember the graph at the entry it stands at."""
        self.after[(await self.graph.head()).seq] = await raw(self.graph)


# --- one case for each verb, in an order in which each finds what it needs ------------------------


async def types(do: Driver) -> None:
    definitions = from_files()
    await do.act(define_types, definitions)
    sauna = {"more": {"Sauna": {"doc": "Where admins rest.", "extends": "Room", "tag": "Q7"}}}
    await do.act(define_types, Definitions(ci_types=sauna, relationship_types={}))


async def scope(do: Driver) -> None:
    await do.act(define_scope, REGISTRY, "all", "Everything is in.")
    await do.act(define_scope, REGISTRY, "all", "Everything but pens is in.")


async def parties(do: Driver) -> None:
    ada = {"key": "ada", "name": "Ada", "email": "ada@example.org"}
    await do.act(sms.register_party, "Person", ada)
    await do.act(sms.register_party, "Person", {"key": "bob", "name": "Bob"})
    await do.act(sms.register_party, "Group", {"key": "ops", "name": "Operations"})
    await do.act(sms.update_party, "ada", {"name": "Ada L."})
    await do.act(sms.tie, "BELONGS_TO", "ada", "ops", {"since": "2026"})
    await do.act(sms.tie, "BELONGS_TO", "ada", "ops", {"since": "2025"})
    await do.act(sms.untie, "BELONGS_TO", "ada", "ops")
    await do.act(sms.tie, "BELONGS_TO", "bob", "ops")
    await do.act(sms.retire_party, "bob")


async def elements(do: Driver) -> None:
    server = ElementDraft(
        kind="CI",
        type="Server",
        key="host",
        name="host",
        owner="ops",
        attributes={"serial_number": "S1"},
    )
    await do.act(confm.register_element, REGISTRY, server)
    app = ElementDraft(kind="CI", type="Application", key="app", name="app")
    await do.act(confm.register_element, REGISTRY, app)
    await do.act(confm.update_element, REGISTRY, "host", {"name": "host 1", "serial_number": "S2"})
    await do.act(confm.update_element, REGISTRY, "host", {"serial_number": None})
    draft = RelationDraft(type="RUNS_ON", source="app", target="host")
    await do.act(confm.relate, REGISTRY, draft)
    surer = RelationDraft(type="RUNS_ON", source="app", target="host", confidence=0.5)
    await do.act(confm.relate, REGISTRY, surer)
    await do.act(confm.unrelate, REGISTRY, "RUNS_ON", "app", "host")
    await do.act(confm.relate, REGISTRY, draft)
    await do.act(confm.assign_owner, "host", "ada")
    await do.act(confm.retire_element, REGISTRY, "app")


async def disturbances(do: Driver) -> None:
    await do.act(register_incident, "no power", [("host", "down")])
    await do.act(affect, "INC-000001", "host", "degraded")
    await do.act(resolve_incident, "INC-000001", "power is back")
    window = {
        "starts_at": to_text(START + timedelta(days=1)),
        "ends_at": to_text(START + timedelta(days=2)),
    }
    await do.act(plan_maintenance, "disk", [("host", "down")], **window)
    await do.act(cancel_maintenance, "MWN-000001")


async def access(do: Driver) -> None:
    await do.act(accounts.create_account, "ada", ["editor"], "digest")
    await do.act(accounts.set_password, "ada", "other digest")
    expires = to_text(START + timedelta(days=5))
    token = await do.act(accounts.create_token, "ada", [], expires, "fsg_abcdefgh", "digest")
    await do.act(accounts.revoke_token, token["key"])


async def syncing(do: Driver) -> None:
    rows = [
        record("Server", "s1", asset_tag="A1"),
        record("VirtualMachine", "v1", ("RUNS_ON", "s1")),
        record("VirtualMachine", "v2", ("RUNS_ON", "s1")),
    ]
    await send(do.graph, rows)
    await do.look()
    moved = [*rows[:2], record("VirtualMachine", "v2", ("RUNS_ON", "host"), cpu_count=4)]
    await send(do.graph, moved)
    await do.look()
    do.used |= {name for name in VERBS if name.startswith("sync.")}


async def erasing(do: Driver) -> None:
    await do.act(sms.erase_party, "ada")
    await do.act(sms.retire_party, "ada")


CASES: tuple[Case, ...] = (types, scope, parties, elements, disturbances, access, syncing, erasing)


async def drive(do: Driver) -> None:
    """Use every verb of the product."""
    for case in CASES:
        await case(do)
