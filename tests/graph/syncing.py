"""What the tests of sync share: an estate to send, and the graph as plain values."""

import inspect
import io
import json
import random
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.confm.sync import sync
from fitsm_graph.confm.sync_report import SyncReport
from fitsm_graph.confm.types import default_registry
from fitsm_graph.discovery import ndjson
from fitsm_graph.flow.policies import InForce, Policies
from fitsm_graph.flow.target_form import TARGETS, AgreedAvailability, Per
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request, verb_of
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.kernel.clock import Clock, SystemClock
from fitsm_graph.sms.policies import default_policies
from graph.emptying import as_migrated

REGISTRY = default_registry()
POLICIES = default_policies(KINDS)
REQUEST = Request(actor="tester", via="sync")
Record = dict[str, Any]


@asynccontextmanager
async def emptied(endpoint: Endpoint, clock: Clock | None = None) -> AsyncIterator[Graph]:
    made = Graph(endpoint, clock=clock or SystemClock())
    try:
        await as_migrated(made.driver, endpoint)
        yield made
    finally:
        await made.close()


async def handed(graph: Graph, verb: Any, given: tuple[Any, ...]) -> tuple[Any, ...]:
    """What a verb is given: what the product lends to verbs on records, and what is said."""
    asked = inspect.signature(verb).parameters
    if "policies" not in asked or not verb_of(verb).on:
        return given
    lent = {"policies": POLICIES, "registry": REGISTRY}
    if "reaching" in asked:
        lent["reaching"] = Reaches(await Snapshot(graph, REGISTRY).current())
    return (*(lent[each] for each in asked if each in lent), *given)


def promising(policies: Policies, service: str, availability: Mapping[str, Any]) -> Policies:
    """The same with an agreement on the availability of a service, with the usual times."""
    agreed = AgreedAvailability(availability["percent"], Per(availability["per"]))
    usual = policies.value(TARGETS, "default")
    value = replace(usual, services=(service,), availability=agreed)
    return policies.with_(InForce("targets/promise/1", TARGETS, "promise", "-", value))


async def run(graph: Graph, text: str, **given: Any) -> list[Any]:
    async with graph.driver.session() as session:
        result = await session.run(text, given)
        return [list(row.values()) async for row in result]


async def send(graph: Graph, records: Iterable[Any], **options: Any) -> SyncReport:
    lines = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in records]
    seen = ndjson.unread(io.BytesIO(b"\n".join(lines)))
    options.setdefault("source", "test")
    options.setdefault("request", REQUEST)
    return await sync(graph, REGISTRY, seen, **options)


async def digest(graph: Graph) -> tuple[list[Any], list[Any]]:
    """All that lives, without ids, numbers of entries and moments of the product's own start."""
    records = await run(
        graph,
        "MATCH (n:Record) WHERE NOT n:SyncRun RETURN labels(n), n {.*, id: null, "
        "created: null, created_at: null, version: null, updated_at: null, approved_at: null}",
    )
    relations = await run(
        graph,
        "MATCH (a:Record)-[r]->(b:Record) RETURN a.key, type(r), b.key, r {.*, created: null}",
    )
    return (
        sorted([sorted(labels), sorted(values.items(), key=repr)] for labels, values in records),
        sorted(relations, key=repr),
    )


def record(type: str, key: str, *relations: tuple[Any, ...], **attributes: Any) -> Record:
    return {
        "type": type,
        "key": key,
        "attributes": attributes,
        "relations": [
            {"type": each[0], "to": {"key": each[1]}, **(each[2] if len(each) > 2 else {})}
            for each in relations
        ],
    }


def estate(hosts: int = 6, machines: int = 30) -> list[Record]:
    """Hosts in racks with A and B feeds, machines on hosts, each naming ones that come later."""
    pick = random.Random(7)
    rows = [record("Rack", f"rack-{n}", ("POWERED_BY", f"feeds-{n}")) for n in range(2)]
    for n in range(2):
        feeds = [f"feed-{n}{side}" for side in "ab"]
        rows += [record("PowerFeed", key, is_source=True) for key in feeds]
        group = record("RedundancyGroup", f"feeds-{n}", need=1, grounded=True)
        rows.append(group | {"members": [{"key": key} for key in feeds]})
    rows += [
        record(
            "Server",
            f"host-{n}",
            ("MOUNTED_IN", f"rack-{n % 2}"),
            ("CONNECTED_TO", f"host-{(n + 1) % hosts}"),
            asset_tag=f"T{n}",
        )
        for n in range(hosts)
    ]
    for n in range(machines):
        ties = [("RUNS_ON", f"host-{pick.randrange(hosts)}"), ("USES", f"vm-{(n + 3) % machines}")]
        rows.append(record("VirtualMachine", f"vm-{n}", *ties, cpu_count=n))
    rows.append(
        record("ServiceComponent", "part", ("BUILT_FROM", "vm-0"), ("COMPOSED_OF", "svc", IN))
    )
    rows.append(record("Service", "svc", criticality=1))
    return rows


IN = {"direction": "in"}
