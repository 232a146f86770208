"""Fields of an answer come in the order of the selection, as GraphQL says, in every root field.

Documents are made up from the printed schema. The oracle is graphql-core: it executes the same
document over the answer, and must come to the very same text.
"""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    execute_sync,
    parse,
    print_schema,
    validate,
)

from e2e.calling import Caller, calling, emptied
from e2e.record_cases import one_of_each
from e2e.test_nothing_hidden import built
from fitsm_graph.api.aggregates import aggregate_of
from fitsm_graph.api.limits import Limits
from fitsm_graph.api.links import asked_kinds, plural, singular
from fitsm_graph.chm.maintenance import plan_maintenance
from fitsm_graph.chm.service import register_change
from fitsm_graph.flow.due import Due
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.declare import Process
from fitsm_graph.rdm.deploying import review_deployment
from fitsm_graph.rdm.service import register_release
from fitsm_graph.sms import accounts
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.due import raise_reminder
from graph.any_documents import MARK, Pools, Shuffled
from graph.syncing import record, send

FULL = bool(os.environ.get("FITSM_FULL"))
EACH = 40 if FULL else 2
"""Answers of each root field; in the short form one of those of records, which are made alike."""
TRIES = 8
"""Documents for each answer: many name what is not there."""
LIMITS = Limits(
    tokens=100_000, fields=100_000, aliases=10_000, directives=1_000, cost=10**9, budget=10**15,
    repeats=10**7, depth=40, body=10**6, fragments=10_000,
)  # fmt: skip
"""What a document may weigh has its own tests."""
REQUEST = Request(actor="setup", via="test")
WITHOUT = frozenset({"after", "before", "last", "having", "where", "types", "orderBy", "groupBy"})
POLICIES = "{ policies(first: 1) { nodes { key kind name } } }"


def executed(schema: GraphQLSchema, document: str, data: Any) -> Any:
    """The answer as graphql-core puts it together from what the answer holds."""

    def resolve(source: dict[str, Any], info: GraphQLResolveInfo, /, **_: Any) -> Any:
        return source[str(info.path.key)]

    told = execute_sync(
        schema,
        parse(document),
        data,
        field_resolver=resolve,
        type_resolver=lambda value, *_: value[MARK],
    )
    return told.data if told.errors is None else [str(each) for each in told.errors]


async def _estate(caller: Caller) -> Pools:
    graph = caller.product.graph
    ids = await built(graph, caller.product.registry)
    hits = [("vm-1", "down"), ("app-1", "degraded")]
    ruled = caller.product.policies
    reaching = Reaches(await caller.product.snapshot.current())
    await graph.write(register_change, REQUEST, ruled, reaching, "a new fan", hits)
    await graph.write(register_release, REQUEST, ruled, reaching, "new fans", urgent=True)
    times = {"starts_at": "2999-01-01T00:00:00Z", "ends_at": "2999-01-02T00:00:00Z"}
    await graph.write(plan_maintenance, REQUEST, ruled, "fans", hits, **times)
    for kind in ("Person", "Group"):
        await graph.write(sms.register_party, REQUEST, kind, {"key": kind, "name": kind})
    await graph.write(accounts.change_account, REQUEST, "admin", person="Person")
    for document in one_of_each("vm-1"):
        done = (await caller.ask(document))["done"]
        assert done["ok"], (document, done)
    await graph.write(review_deployment, REQUEST, ruled, "DEP-000001", "bad", success=False)
    late = Due("meeting", Process.CHM, "cab", "the board is to meet", "2026-01-01T00:00:00.000000Z")
    await graph.write(raise_reminder, REQUEST, ruled, late)
    keys = ["mail", "vm-1"]
    named = {"key": keys, "id": [ids[key] for key in keys]}
    brought = await send(graph, [record("Server", "brought")], source="racks")
    policy = (await caller.ask(POLICIES))["policies"]["nodes"][0]
    named_by = {
        "syncRun.run": brought.run,
        "policy.key": policy["key"],
        "policyInForce.kind": policy["kind"],
        "policyInForce.name": policy["name"],
        "serviceClocks.of": "INC-000001",
        "releaseReport.of": "REL-000001",
        "deploymentFindings.of": "DEP-000001",
        "changeApproval.of": "CHG-000001",
        "changeComparison.of": "CHG-000001",
        "changeWindows.since": to_text(datetime.now(UTC)),
        "changeWindows.until": to_text(datetime.now(UTC) + timedelta(days=30)),
        "whoIsAffected.of": "INC-000001",
        "whoAnswers.of": "INC-000001",
        "incidentHints.of": "INC-000001",
        "suggestCategory.title": "again",
        "problemTimeline.of": "PRB-000001",
        "recordHistory.kind": "Incident",
        "recordHistory.of": "INC-000001",
        "plannedState.of": keys[0],
        "incidentReport.since": "2020-01-01T00:00:00Z",
        "incidentReport.service": "mail",
        "serviceRequestReport.since": "2020-01-01T00:00:00Z",
        "serviceRequestReport.service": "mail",
        "problemReport.since": "2020-01-01T00:00:00Z",
        "problemReport.service": "mail",
        "recordQuality.process": "pm",
        "recordQuality.kind": "Problem",
        "releasesReport.since": "2020-01-01T00:00:00Z",
        "baselineDiff.of": "BSL-000001",
        "baselineCheck.of": "BSL-000001",
        "verificationReport.of": "VER-000001",
        "documentContent.of": "DCM-000001",
        "estateWork.of": "Person",
        "kpis.process": "isrm",
        "kpis.keys": ["incident_backlog"],
    }
    arguments = {place: [json.dumps(value)] for place, value in named_by.items()}
    for kind in asked_kinds():
        made = await caller.ask(f"{{ {plural(kind)}(first: 1) {{ nodes {{ id key }} }} }}")
        assert made[plural(kind)]["nodes"], f"one_of_each makes no {kind}"
        (one,) = made[plural(kind)]["nodes"]
        ways = [f'{{{name}: "{value}"}}' for name, value in one.items()]
        arguments[f"{singular(kind)}.by"] = ways
    return Pools([*ids, *ids.values()], ("2999-01-01T00:00:00Z",), WITHOUT, named, arguments)


@pytest.mark.timeout(900)  # questions by the hundred, each of which the database plans anew
async def test_fields_come_in_the_order_of_the_selection(
    neo4j_endpoint: Endpoint, tmp_path: Path
) -> None:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path, limits=LIMITS) as caller:
        pools = await _estate(caller)
        offered = caller.product.api.editions.current.pipeline.schema
        schema = build_schema(print_schema(offered))
        alike = {
            name
            for kind in asked_kinds()
            for name in (singular(kind), plural(kind), aggregate_of(kind))
        }
        seen: dict[str, int] = {}
        wrong: list[tuple[str, str, str]] = []
        for root in schema.query_type.fields:
            enough = 1 if root in alike and not FULL else EACH
            for seed in range(EACH * TRIES):
                if seen.get(root, 0) >= enough:
                    break
                document = Shuffled(offered, pools, seed).document(root)
                if validate(offered, parse(document)):  # two types differ in what a name means
                    continue
                told = await caller.told(document)
                if told.get("data") is None or "errors" in told:
                    continue
                expected = executed(schema, document, told["data"])
                seen[root] = seen.get(root, 0) + (told["data"][root] is not None)
                shown, wanted = json.dumps(told["data"]), json.dumps(expected)
                if shown != wanted:
                    wrong.append((document, shown, wanted))
        assert wrong == []
        assert [root for root in schema.query_type.fields if not seen.get(root)] == []
