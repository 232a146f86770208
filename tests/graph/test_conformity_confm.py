"""What PR11.1 to PR11.5 find: where all is well, where it is not, and where there is nothing."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.csi.conformity import Finding, Verdict, examined, wanted
from fitsm_graph.flow.periods import Period
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from graph.support import empty, graph_with
from graph.syncing import run

pytestmark = pytest.mark.asyncio(loop_scope="session")
QUARTER = Period("2026-07-01T00:00:00.000000Z", "2026-10-01T00:00:00.000000Z")
EARLY, THEN, LATE = (f"2026-0{month}-01T09:00:00.000000Z" for month in (1, 8, 9))
OLD = "2025-01-01T09:00:00.000000Z"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def clean(neo4j_endpoint: Endpoint) -> AsyncIterator[Graph]:
    async with graph_with(neo4j_endpoint) as made:
        yield made


async def put(graph: Graph, labels: str, key: str, **said: Any) -> None:
    """A record as the ledger would have made it."""
    known = {"id": key, "key": key, "created_at": THEN, "updated_at": THEN, **said}
    await run(graph, f"CREATE (n:Record:{labels}) SET n = $known", known=known)


async def tie(graph: Graph, source: str, type: str, target: str, **said: Any) -> None:
    given = {"source": source, "target": target, "said": said}
    text = f"""MATCH (a:Record {{id: $source}}), (b:Record {{id: $target}})
      CREATE (a)-[r:{type}]->(b) SET r = $said"""
    await run(graph, text, **given)


async def sound(graph: Graph) -> None:
    """An estate with which nothing is wrong."""
    await empty(graph)
    scope = {"statement": "All machines, as we run them.", "excluded_ci_types": ["Desk"]}
    await put(graph, "ConfigurationScope", "SCP-1", name="all", ci_types=[], **scope)
    await put(graph, "CIType", "Server", definition="{}")
    await put(graph, "Person", "ada", name="Ada")
    for key in ("a", "b"):
        await put(graph, "Element:CI:Server", key, type="Server", lifecycle="live", name=key)
        await tie(graph, key, "OWNED_BY", "ada")
    await tie(graph, "a", "CONNECTED_TO", "b")
    await put(graph, "SyncRun", "RUN-1", status="completed", source="netbox")
    await put(graph, "ProcessRecord:ConfigurationSource", "SRC-1", name="netbox")
    await tie(graph, "SRC-1", "OWNED_BY", "ada")
    await put(graph, "ProcessRecord:Baseline", "BSL-1")
    await tie(graph, "BSL-1", "OWNED_BY", "ada")
    plan = {"kind": "verification-plan", "name": "all", "status": "approved"}
    await put(
        graph, "Policy", "verification-plan/all/1", document='{"every":"P90D","within":"P9D"}',
        approved_at=EARLY, **plan,
    )  # fmt: skip
    ended = {"closed_at": LATE, "due_at": LATE, "outcome": "conforming", "status": "finished"}
    await put(graph, "ProcessRecord:Verification", "VER-1", plan="all", **ended)
    await tie(graph, "VER-1", "VERIFIES", "a", attested="as_recorded", by_owner=True)


async def found(graph: Graph) -> dict[str, Finding]:
    return {each.requirement: each for each in await examined(graph, wanted("PR11"), QUARTER)}


async def test_where_all_is_well_all_conforms(clean: Graph) -> None:
    await sound(clean)
    for requirement, each in (await found(clean)).items():
        assert each.violations == (), requirement
        assert each.verdict is Verdict.CONFORMING, requirement
        assert each.evidence, requirement


async def test_where_there_is_nothing_nothing_is_said(clean: Graph) -> None:
    await empty(clean)
    verdicts = {each.verdict for each in (await found(clean)).values()}
    assert verdicts == {Verdict.NOTHING_TO_CHECK}


async def spoilt(graph: Graph) -> None:
    """What no guard would have refused."""
    await put(graph, "ConfigurationScope", "SCP-2", statement="x", excluded_ci_types=["Desk"])
    await put(graph, "CIType", "Tape", definition='{"deprecated":"no tapes any more"}')
    at = {"lifecycle": "live", "name": "x"}
    await put(graph, "Element:CI:Tape", "tape", type="Tape", **at)
    await put(graph, "Element:CI:Desk", "desk", type="Desk", **at)
    old = {"created_at": OLD, "updated_at": OLD}
    await put(graph, "Element:CI:Server", "old", type="Server", **at, **old)
    await put(graph, "SyncRun", "RUN-2", status="failed", source="scanner")
    await put(graph, "SyncRun", "RUN-3", status="completed", source="old", created_at=LATE)
    gone = {"name": "old", "closed_at": THEN}
    await put(graph, "ProcessRecord:ConfigurationSource", "SRC-2", **gone)
    await put(graph, "ProcessRecord:ConfigurationSource", "SRC-3", name="alone")
    await put(graph, "RetirementProposal", "RTP-1", status="proposed", created_at=EARLY)
    await put(graph, "ProcessRecord:Baseline", "BSL-2")
    said = {"source": "ledger", "status": "open", "created_at": THEN}
    await put(graph, "ProcessRecord:Deviation", "DEV-1", **said)
    await tie(graph, "DEV-1", "DEVIATES_AT", "a")
    over = {**said, "status": "accepted", "decision": "fine", "closed_at": LATE}
    await put(graph, "ProcessRecord:Deviation", "DEV-2", **over)
    words = {"source": "attestation", "status": "corrected", "closed_at": LATE}
    await put(graph, "ProcessRecord:Deviation", "DEV-3", created_at=LATE, **words)
    await tie(graph, "DEV-3", "DEVIATES_AT", "b")
    await tie(graph, "DEV-3", "FOUND_BY", "VER-1")
    waits = {"source": "discovery", "status": "open", "created_at": EARLY}
    await put(graph, "ProcessRecord:Deviation", "DEV-4", **waits)
    await tie(graph, "DEV-4", "FOUND_BY", "VER-1")
    plan = {"kind": "verification-plan", "name": "none", "status": "approved"}
    document = '{"every":"P30D","within":"P9D"}'
    await put(
        graph, "Policy", "verification-plan/none/1", document=document, approved_at=EARLY, **plan
    )
    late = {"closed_at": LATE, "due_at": THEN, "outcome": "incomplete", "status": "finished"}
    await put(graph, "ProcessRecord:Verification", "VER-2", plan="other", **late)


async def test_what_no_guard_enforces_is_found(clean: Graph) -> None:
    await sound(clean)
    await spoilt(clean)
    told = {
        requirement: {(each.key, each.indicator) for each in finding.violations}
        for requirement, finding in (await found(clean)).items()
    }
    assert told["PR11.1"] == {
        ("SCP-2", "scope_unexplained"), ("tape", "type_deprecated"), ("desk", "type_undefined"),
        ("desk", "out_of_scope"), ("RUN-2", "source_unregistered"),
        ("RUN-3", "source_unregistered"), ("SRC-3", "source_unowned"),
    }  # fmt: skip
    assert told["PR11.2"] == {
        ("tape", "ci_unowned"), ("desk", "ci_unowned"), ("old", "ci_unowned"), ("old", "stale"),
    }  # fmt: skip
    assert told["PR11.3"] == {
        ("tape", "unrelated"), ("desk", "unrelated"), ("old", "unrelated"),
        ("RUN-2", "run_unfinished"), ("RTP-1", "retirement_undecided"),
    }  # fmt: skip
    assert told["PR11.4"] == {
        ("a", "uncontrolled"), ("DEV-1", "deviation_undecided"), ("BSL-2", "baseline_unowned"),
        ("DEV-2", "accepted_without_reason"),
    }  # fmt: skip
    assert told["PR11.5"] == {
        ("verification-plan/none/1", "overdue"), ("VER-2", "late"), ("VER-2", "unsampled"),
        ("VER-2", "not_by_owners"), ("DEV-3", "corrected_in_words"), ("DEV-4", "finding_undecided"),
    }  # fmt: skip
    for finding in (await found(clean)).values():
        assert finding.verdict is Verdict.NONCONFORMING


async def test_an_attestation_refreshes_what_is_known(clean: Graph) -> None:
    """PR11.2: looked at and found right is as good as changed."""
    await sound(clean)
    await run(clean, "MATCH (n:CI {key: 'a'}) SET n.updated_at = $at", at=OLD)
    before = (await found(clean))["PR11.2"]
    assert [each.indicator for each in before.violations] == ["stale"]
    await run(clean, "MATCH ()-[said:VERIFIES]->() SET said.attested_at = $at", at=LATE)
    assert (await found(clean))["PR11.2"].verdict is Verdict.CONFORMING
