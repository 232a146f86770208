"""Policies over GraphQL and by command, in two replicas; lives that change what verbs do."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied, register, somebody
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.sms.policies import from_files

SEEDS = {(each.kind, each.name): each.document for each in from_files()}
POLICY = "{ key kind name number status document digest authors approver reason owner { key } }"
DRAFT = f"""mutation D($kind: String!, $name: String!, $says: JSON!, $dry: Boolean! = false,
    $key: String! = "") {{
    draftPolicy(dryRun: $dry, idempotencyKey: $key, input: {{kind: $kind, name: $name,
      document: $says, reason: "to see"}}) {{ ok dryRun replayed seq
      errors {{ code message path requirement }} changes {{ op kind }} policy {POLICY} }} }}"""
DECIDE = """mutation D($policy: ID!, $dry: Boolean! = false) {
    %s(dryRun: $dry, input: {policy: $policy}) { ok seq errors { code message requirement }
      changes { op kind after } policy { key status approver } } }"""
APPROVE, RETIRE = DECIDE % "approvePolicy", DECIDE % "retirePolicy"
CHANGE = """mutation C($policy: ID!, $says: JSON!) {
    changePolicy(input: {policy: $policy, document: $says}) {
      ok errors { code } policy { key authors } } }"""
IN_FORCE = f"""query F($kind: String!, $name: String!) {{
    policyInForce(kind: $kind, name: $name) {POLICY} }}"""
CHECK = """query C($kind: String!, $name: String!, $says: JSON!) {
    checkPolicy(kind: $kind, name: $name, document: $says) {
      ok digest errors { code path message remedy } inForce { key digest } } }"""
WEEK = {"zone": "UTC", "week": {"mon-fri": ["09:00-17:00"]}}
SHOP = {"kind": "service-calendar", "name": "shop", "says": WEEK}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def two(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Caller, Caller]]:
    """Two products on one database, as two replicas are; two administrators."""
    await emptied(neo4j_endpoint)
    folder = tmp_path_factory.mktemp("product")
    async with calling(neo4j_endpoint, folder) as one:
        second = await somebody(one, "second", "process_manager")
        async with calling(neo4j_endpoint, folder, token=second.token) as other:
            yield one, other


async def draft(caller: Caller, **given: Any) -> Any:
    return (await caller.ask(DRAFT, **given))["draftPolicy"]


async def decide(caller: Caller, document: str, policy: str, **given: Any) -> Any:
    return next(iter((await caller.ask(document, policy=policy, **given)).values()))


async def brought(one: Caller, other: Caller, kind: str, name: str, document: Any) -> Any:
    """Draft with one and approve with the other."""
    made = await draft(one, kind=kind, name=name, says=document)
    assert made["ok"], made
    done = await decide(other, APPROVE, made["policy"]["key"])
    assert done["ok"], done
    return done


async def test_what_comes_with_the_product_is_in_force(two: tuple[Caller, Caller]) -> None:
    one, _ = two
    pages = await one.ask(f"{{ policies(first: 500) {{ totalCount nodes {POLICY} }} }}")
    found = pages["policies"]
    seeds = [each for each in found["nodes"] if each["approver"] == "system"]
    assert {(each["kind"], each["name"]): each["document"] for each in seeds} == SEEDS
    assert {each["number"] for each in seeds} == {1}
    life = (await one.ask(IN_FORCE, kind="life", name="Change"))["policyInForce"]
    assert life["document"]["initial"] == "registered"
    assert (await one.ask(IN_FORCE, kind="life", name="Poem"))["policyInForce"] is None
    code = await one.code('{ policies(status: "lost") { totalCount } }')
    assert code == "BAD_INPUT"


async def test_a_version_goes_its_way(two: tuple[Caller, Caller]) -> None:
    one, other = two
    dry = await draft(one, **SHOP, dry=True)
    assert (dry["ok"], dry["seq"], dry["policy"]["status"]) == (True, None, "draft")
    made = await draft(one, **SHOP, key="once")
    again = await draft(one, **SHOP, key="once")
    assert (again["replayed"], again["seq"]) == (True, made["seq"])
    key = made["policy"]["key"]
    assert (key.rpartition("/")[0], made["policy"]["reason"]) == ("service-calendar/shop", "to see")
    own = await decide(one, APPROVE, key)
    assert [(each["code"], each["requirement"]) for each in own["errors"]] == [
        ("SEPARATION_OF_DUTIES", "GR2.4")
    ]
    tried = await decide(other, APPROVE, key, dry=True)
    assert (tried["ok"], tried["seq"]) == (True, None)
    done = await decide(other, APPROVE, key)
    assert done["policy"] == {"key": key, "status": "approved", "approver": "second"}
    late = await decide(one, APPROVE, key)
    assert [each["code"] for each in late["errors"]] == ["ILLEGAL_TRANSITION"]
    wider = {**WEEK, "week": "always"}
    second = await draft(one, **{**SHOP, "says": wider})
    changed = await other.ask(CHANGE, policy=second["policy"]["key"], says=WEEK)
    assert changed["changePolicy"]["policy"]["authors"] == ["admin", "second"]
    gone = await decide(other, RETIRE, second["policy"]["key"])
    assert gone["policy"]["status"] == "retired"
    shown = await one.ask(f'{{ policy(key: "{key}") {POLICY} }}')
    assert shown["policy"]["digest"] == made["policy"]["digest"]


async def test_everything_wrong_is_told_without_writing(two: tuple[Caller, Caller]) -> None:
    one, _ = two
    before = (await one.ask("{ ledgerHead }"))["ledgerHead"]
    matrix = json.loads(json.dumps(SEEDS["priority-matrix", "default"]))
    matrix["priorities"]["low"]["low"] = 1
    del matrix["priorities"]["high"]["low"]
    given = {"kind": "priority-matrix", "name": "default", "says": matrix}
    verdict = (await one.ask(CHECK, **given))["checkPolicy"]
    assert (verdict["ok"], verdict["inForce"]["key"]) == (False, "priority-matrix/default/1")
    assert [each["path"] for each in verdict["errors"]] == [["priorities", "high", "low"]]
    refused = await draft(one, **given)
    assert [each["code"] for each in refused["errors"]] == ["MATRIX_NOT_TOTAL"]
    matrix["priorities"]["high"]["low"] = 3
    told = (await one.ask(CHECK, **given))["checkPolicy"]["errors"]
    assert {each["code"] for each in told} == {"MATRIX_NOT_MONOTONE"}
    assert len(told) == 2, "from above and from the left"
    assert (await one.ask("{ ledgerHead }"))["ledgerHead"] == before


REGISTER = """mutation { registerIncident(input: {title: "x", affects: [{element: "pol-svc"}]}) {
    ok seq errors { code } incident { key status } } }"""


async def test_another_life_is_followed_by_the_other_replica_without_a_restart(
    two: tuple[Caller, Caller],
) -> None:
    one, other = two
    await register(one, "pol-svc", "Service")
    first = (await other.ask(REGISTER))["registerIncident"]
    assert first["incident"]["status"] == "registered"
    life = json.loads(json.dumps(SEEDS["life", "Incident"]))
    life["initial"] = "noticed"
    life["states"]["noticed"] = {"pace": "runs", "effect": True, "doc": "Somebody noticed."}
    known = [{**each, "from": "noticed"} for each in life["transitions"]]
    known[0]["to"] = "registered"
    life["transitions"] += known
    done = await brought(one, other, "life", "Incident", life)
    body = {"query": REGISTER, "extensions": {"atLeast": done["seq"]}}
    at_once = (await one.post(body)).json()["data"]["registerIncident"]
    assert at_once["incident"]["status"] == "noticed", "an entry demanded brings its policies"
    until = time.monotonic() + 1
    while (await other.ask(REGISTER))["registerIncident"]["incident"]["status"] != "noticed":
        assert time.monotonic() < until
        await asyncio.sleep(0.05)
    left = json.loads(json.dumps(life))
    del left["states"]["registered"]
    left["transitions"] = [
        {"from": [source], **({"to": to} if to else {}), "by": each["by"], "guard": each["guard"]}
        for each in life["transitions"]
        for source in ([each["from"]] if isinstance(each["from"], str) else each["from"])
        for to in [each.get("to") if each.get("to") != "registered" else "noticed"]
        if source != "registered"
    ]
    made = await draft(one, kind="life", name="Incident", says=left)
    refused = await decide(other, APPROVE, made["policy"]["key"])
    assert [each["code"] for each in refused["errors"]] == ["LIFE_STATE_IN_USE"]


async def test_what_is_damaged_is_told_by_the_probe(two: tuple[Caller, Caller]) -> None:
    one, other = two
    harm = """MATCH (p:Policy {key: 'review-rule/default/1'}), (head:LedgerHead {id: 'head'})
        SET p.kept = p.document, p.document = '{}', head.policies_seq = head.seq + 1"""
    cure = """MATCH (p:Policy {key: 'review-rule/default/1'}), (head:LedgerHead {id: 'head'})
        SET p.document = p.kept, head.policies_seq = head.seq + 2 REMOVE p.kept"""
    for change, said in ((harm, ["POLICY_DAMAGED"]), (cure, [])):
        await one.product.graph.driver.execute_query(change)
        await asyncio.sleep(0.3)
        for each in (one, other):
            await each.ask("{ ledgerHead }")
            told = (await each.http.get("/readyz")).json()["warnings"]
            assert [word for word in said if word in " ".join(told)] == said
            assert bool(told) == bool(said)


async def test_rights(two: tuple[Caller, Caller]) -> None:
    one, _ = two
    reader = await somebody(one, "rita", "reader")
    editor = await somebody(one, "eddy", "editor")
    assert (await reader.ask("{ policies { totalCount } }"))["policies"]["totalCount"] > 0
    for document, given in (
        (DRAFT, SHOP),
        (CHECK, SHOP),
        (APPROVE, {"policy": "x"}),
        (RETIRE, {"policy": "x"}),
    ):
        assert await reader.code(document, **given) == "FORBIDDEN"
    assert (await draft(editor, **SHOP))["ok"]
    assert (await editor.ask(CHECK, **SHOP))["checkPolicy"]["ok"]
    for document in (APPROVE, RETIRE):
        assert await editor.code(document, policy="x") == "FORBIDDEN"
