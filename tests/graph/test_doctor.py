"""Doctor on a real Neo4j: each fault planted past the product is found, by its own check alone."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.cli.doctor import examined, of_database
from fitsm_graph.confm import types
from fitsm_graph.confm.service import assign_owner
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.impact.checks import FILE
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.kernel.checks import Check, Word
from fitsm_graph.kernel.errors import FitsmError
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms import accounts, policies
from fitsm_graph.sms.roles import assign_role
from fitsm_graph.sms.service import register_party, retire_party
from graph.syncing import KINDS, REGISTRY, emptied, estate, run, send

FULL = bool(os.environ.get("FITSM_FULL"))
REQUEST = Request(actor="tester", via="test")
TOPOLOGY = {"snapshot", "grounded_chains", "modelling"}


@dataclass(frozen=True)
class Plant:
    """A fault, what undoes it, and which checks must see it; no other may.

    Attributes:
        fault: Cypher; `;` divides statements.
        cure: Likewise.
        found: Names of the checks that are not ok.
        says: A part of the cause of the first of them.
        word: What the first one says.
    """

    name: str
    fault: str
    cure: str
    found: str
    says: str = ""
    word: Word = Word.FAILED


PERSON = "MATCH (p:Person {key: 'ann'}) "
HOST = "MATCH (h:Server {key: 'host-0'}) "
GROUP = "MATCH (g:RedundancyGroup {key: 'feeds-0'}) "
MATRIX = "MATCH (p:Policy {key: 'priority-matrix/default/1'}) "
LAST = "MATCH (m:Migration) WITH m ORDER BY m.number DESC LIMIT 1 "

PLANTS = (
    # constraints and indexes
    Plant(
        "constraint dropped",
        "DROP CONSTRAINT person_key",
        "CREATE CONSTRAINT person_key FOR (person:Person) REQUIRE person.key IS UNIQUE",
        "constraints",
        "person_key",
    ),
    Plant(
        "index dropped",
        "DROP INDEX element_name",
        "CREATE INDEX element_name FOR (element:Element) ON (element.name)",
        "constraints",
        "element_name",
    ),
    Plant(
        "constraint on another property",
        "DROP CONSTRAINT role_key; CREATE CONSTRAINT role_key FOR (r:Role) REQUIRE r.no IS UNIQUE",
        "DROP CONSTRAINT role_key; CREATE CONSTRAINT role_key FOR (r:Role) REQUIRE r.key IS UNIQUE",
        "constraints",
        "role_key",
    ),
    Plant(
        "index nobody declared",
        "CREATE INDEX extra FOR (ci:CI) ON (ci.colour)",
        "DROP INDEX extra",
        "constraints",
        "extra",
        Word.WARNING,
    ),
    # migrations
    Plant(
        "migration missing",
        f"{LAST}SET m:Gone REMOVE m:Migration",
        "MATCH (m:Gone) SET m:Migration REMOVE m:Gone",
        "migrations strangers",
        "not applied",
    ),
    Plant(
        "migration half applied",
        f"{LAST}SET m.total = m.total + 1",
        f"{LAST}SET m.total = m.total - 1",
        "migrations",
        "not applied",
    ),
    Plant(
        "migration changed",
        f"{LAST}SET m.checksum = m.checksum + 'x'",
        f"{LAST}SET m.checksum = left(m.checksum, 64)",
        "migrations",
        "was changed",
    ),
    Plant(
        "graph is newer",
        "CREATE (:Migration {number: 9999, name: 'later', checksum: '', done: 1, total: 1})",
        "MATCH (m:Migration {number: 9999}) DELETE m",
        "migrations",
        "lacks",
    ),
    # the ledger
    Plant(
        "entry changed",
        "MATCH (e:LedgerEntry {seq: 2}) SET e.actor = e.actor + '!'",
        "MATCH (e:LedgerEntry {seq: 2}) SET e.actor = left(e.actor, size(e.actor) - 1)",
        "ledger",
        "entry 2: its hash does not fit",
    ),
    Plant(
        "head moved",
        "MATCH (h:LedgerHead) SET h.kept = h.hash, h.hash = 'ff'",
        "MATCH (h:LedgerHead) SET h.hash = h.kept REMOVE h.kept",
        "ledger",
        "the head is not the last entry",
    ),
    Plant(
        "record in no entry",
        f"{PERSON}CREATE (n:Record:Person) SET n = p {{.*, id: 'planted', key: 'planted'}}",
        "MATCH (n:Record {id: 'planted'}) DELETE n",
        "ledger",
        "name it",
    ),
    # records
    Plant(
        "null key",
        f"{PERSON}SET p.kept = p.key REMOVE p.key",
        "MATCH (p:Person) WHERE p.kept IS NOT NULL SET p.key = p.kept REMOVE p.kept",
        "mandatory_properties",
        "1 records lack what they must have",
    ),
    Plant(
        "null id",
        "MATCH (r:Role) SET r.kept = r.id REMOVE r.id",
        "MATCH (r:Role) SET r.id = r.kept REMOVE r.kept",
        "mandatory_properties",
        "id",
    ),
    Plant(
        "mandatory property missing",
        "MATCH (r:Role) SET r.kept = r.name REMOVE r.name",
        "MATCH (r:Role) SET r.name = r.kept REMOVE r.kept",
        "mandatory_properties",
        "name",
    ),
    Plant(
        "duplicate key",
        "DROP CONSTRAINT person_key; "
        "MATCH (p:Person {key: 'bob'}) SET p.key = 'ann', p.was = 'bob'",
        "MATCH (p:Person {was: 'bob'}) SET p.key = 'bob' REMOVE p.was; "
        "CREATE CONSTRAINT person_key FOR (person:Person) REQUIRE person.key IS UNIQUE",
        "duplicates constraints",
        "Person.key ann",
    ),
    Plant(
        "two kinds at once",
        f"{PERSON}SET p:Role",
        f"{PERSON}REMOVE p:Role",
        "labels",
        "ann",
    ),
    Plant(
        "live label on a retired record",
        f"{PERSON}SET p.retired = p.version",
        f"{PERSON}REMOVE p.retired",
        "labels",
        "ann",
    ),
    Plant(
        "node that looks like a record",
        "CREATE (:Person {key: 'shadow'})",
        "MATCH (n:Person {key: 'shadow'}) DELETE n",
        "loose_nodes strangers",
        "shadow",
    ),
    Plant(
        "record of a later entry",
        f"{PERSON}SET p.kept = p.version, p.version = 100000",
        f"{PERSON}SET p.version = p.kept REMOVE p.kept",
        "dangling_records",
        "ann",
    ),
    Plant(
        "relation twice",
        f"{HOST}MATCH (h)-[:OWNED_BY]->(o) CREATE (h)-[:OWNED_BY {{created: 1, twin: true}}]->(o)",
        "MATCH ()-[r:OWNED_BY {twin: true}]->() DELETE r",
        "parallel_relations",
        "host-0 OWNED_BY",
    ),
    Plant(
        "credential of nobody",
        "CREATE (:Credential {id: 'nobody', secret: 'x'})",
        "MATCH (c:Credential {id: 'nobody'}) DELETE c",
        "credentials",
        "credential of nobody: nobody",
    ),
    Plant(
        "account without credential",
        "MATCH (c:Credential) SET c.kept = c.secret REMOVE c.secret",
        "MATCH (c:Credential) SET c.secret = c.kept REMOVE c.kept",
        "credentials",
        "account without credential: admin",
    ),
    Plant(
        "foreign nodes",
        "CREATE (:Foreign), (:Foreign)",
        "MATCH (n:Foreign) DELETE n",
        "strangers",
        "Foreign (2)",
        Word.WARNING,
    ),
    # policies
    Plant(
        "policy changed past the product",
        f"{MATRIX}SET p.kept = p.document, p.document = replace(p.document, '4', '3')",
        f"{MATRIX}SET p.document = p.kept REMOVE p.kept",
        "policies",
        "the digests differ",
    ),
    Plant(
        "life that is another's",
        "MATCH (p:Policy {key: 'life/Change/1'}) SET p.name = 'Incident'",
        "MATCH (p:Policy {key: 'life/Change/1'}) SET p.name = 'Change'",
        "policies policies_outgrown",
        "life/Change/1 cannot be used",
    ),
    Plant(
        "role of one that nobody holds",
        "MATCH ()-[h:HOLDS]->(:Role {key: 'sms_owner'}) "
        "SET h.ends_at = '2020-01-01T00:00:00.000000Z'",
        "MATCH ()-[h:HOLDS]->(:Role {key: 'sms_owner'}) REMOVE h.ends_at",
        "roles",
        "sms_owner is held by nobody",
        Word.WARNING,
    ),
    # the registry
    Plant(
        "types differ from the files",
        "MATCH (t:CIType {key: 'Server'}) SET t.kept = t.definition, "
        "t.definition = replace(t.definition, 'Firmware it runs.', 'Firmware.')",
        "MATCH (t:CIType {key: 'Server'}) SET t.definition = t.kept REMOVE t.kept",
        "registry",
        "ci_types/Server",
        Word.WARNING,
    ),
    # configuration data
    Plant(
        "wrong ends",
        f"{HOST}MATCH (s:Service) CREATE (s)-[:MOUNTED_IN {{created: 1}}]->(h)",
        "MATCH (:Service)-[r:MOUNTED_IN]->() DELETE r",
        "relation_ends",
        "none leads from a Service to a Server",
    ),
    Plant(
        "wrong ends of a fixed type",
        f"{HOST}{PERSON}CREATE (p)-[:OWNED_BY {{created: 1}}]->(h)",
        "MATCH (:Person)-[r:OWNED_BY]->() DELETE r",
        "relation_ends",
        "none leads from a Person to a CI",
    ),
    Plant(
        "relation of no type",
        f"{HOST}{PERSON}CREATE (h)-[:ADMIRES {{created: 1}}]->(p)",
        "MATCH ()-[r:ADMIRES]->() DELETE r",
        "relation_ends",
        "no relationship type has this name",
    ),
    Plant(
        "relation without its entry",
        f"{HOST}MATCH (h)-[r:OWNED_BY]->() SET r.kept = r.created REMOVE r.created",
        f"{HOST}MATCH (h)-[r:OWNED_BY]->() SET r.created = r.kept REMOVE r.kept",
        "relation_ends",
        "1 without the entry",
    ),
    Plant(
        "relation to a retired record",
        f"{PERSON}MATCH (g:RetiredGroup) CREATE (p)-[:BELONGS_TO {{created: 1}}]->(g)",
        "MATCH ()-[r:BELONGS_TO]->(:RetiredGroup) DELETE r",
        "relation_ends",
        "an end is retired",
    ),
    Plant(
        "one relation too many",
        f"{HOST}MATCH (r:Rack {{key: 'rack-1'}}) CREATE (h)-[:MOUNTED_IN {{created: 1}}]->(r)",
        f"{HOST}MATCH (h)-[m:MOUNTED_IN]->(:Rack {{key: 'rack-1'}}) DELETE m",
        "cardinality",
        "host-0: MOUNTED_IN to 2",
    ),
    Plant(
        "no owner",
        f"{HOST}MATCH (h)-[o:OWNED_BY]->(g) CREATE (h)-[k:KEPT]->(g) SET k = o DELETE o; "
        "MATCH (a)-[k:KEPT]->(b) CREATE (a)-[:CARED_FOR]->(b)",
        "MATCH (h)-[k:KEPT]->(g) CREATE (h)-[o:OWNED_BY]->(g) SET o = k DELETE k; "
        "MATCH ()-[c:CARED_FOR]->() DELETE c",
        "owners relation_ends",
        "host-0",
        Word.WARNING,
    ),
    Plant(
        "identifier of nobody",
        f"{HOST}MATCH (h)-[i:IDENTIFIED_BY]->(n) SET n.was = i.created DELETE i",
        f"{HOST}MATCH (n:Identifier) WHERE n.was IS NOT NULL "
        "CREATE (h)-[:IDENTIFIED_BY {created: n.was}]->(n) REMOVE n.was",
        "identifiers",
        "host-0: asset_tag",
    ),
    Plant(
        "identifier of two",
        f"{HOST}MATCH (h)-[:IDENTIFIED_BY]->(n) MATCH (o:Server {{key: 'host-1'}}) "
        "CREATE (o)-[:IDENTIFIED_BY {created: 1}]->(n)",
        f"{HOST}MATCH (h)-[:IDENTIFIED_BY]->(n)<-[r:IDENTIFIED_BY]-(:Server {{key: 'host-1'}}) "
        "DELETE r",
        "identifiers",
        "asset_tag|t0",
    ),
    Plant(
        "leaf label lost",
        "MATCH (v:VirtualMachine {key: 'vm-0'}) REMOVE v:VirtualMachine",
        "MATCH (v:CI {key: 'vm-0'}) SET v:VirtualMachine",
        "ci_types relation_ends",
        "vm-0: VirtualMachine",
    ),
    Plant(
        "type that does not exist",
        "MATCH (v:CI {key: 'vm-0'}) SET v.type = 'Abacus'",
        "MATCH (v:CI {key: 'vm-0'}) SET v.type = 'VirtualMachine'",
        "ci_types",
        "vm-0: Abacus",
    ),
    Plant(
        "required attribute missing",
        "MATCH (v:Vlan) SET v.kept = v.vlan_number REMOVE v.vlan_number",
        "MATCH (v:Vlan) SET v.vlan_number = v.kept REMOVE v.kept",
        "attributes",
        "vlan: vlan_number",
    ),
    # impact
    Plant(
        "need above capacity",
        f"{GROUP}SET g.need = 5",
        f"{GROUP}SET g.need = 1",
        "modelling",
        "feeds-0 is DOWN (needs 5 of 2)",
        Word.WARNING,
    ),
    Plant(
        "ungrounded link in a grounded ring",
        f"{GROUP}{HOST}CREATE (g)-[:HAS_MEMBER {{created: 1, weight: 1}}]->(h)",
        f"{GROUP}{HOST}MATCH (g)-[r:HAS_MEMBER]->(h) DELETE r",
        "grounded_chains",
        "host-0",
    ),
)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def clean(neo4j_endpoint: Endpoint) -> AsyncIterator[Graph]:
    """A graph with something of everything, and nothing wrong."""
    async with emptied(neo4j_endpoint) as graph:
        await graph.write(types.define_types, REQUEST, types.from_files())
        seeds = policies.from_files()
        await graph.write(policies.seed_policies, REQUEST, KINDS, seeds)
        sent = await send(graph, [*estate(2, 3), vlan()])
        assert sent.problems == []
        owner = await graph.write(register_party, REQUEST, "Group", {"key": "ops", "name": "Ops"})
        gone = await graph.write(register_party, REQUEST, "Group", {"key": "old", "name": "Old"})
        await graph.write(retire_party, REQUEST, gone.value["id"])
        for kind, key in (("Person", "ann"), ("Person", "bob")):
            await graph.write(register_party, REQUEST, kind, {"key": key, "name": key})
        await graph.write(assign_role, REQUEST, RoleWord.SMS_OWNER, "ann")
        for row in await run(graph, "MATCH (e:Element) RETURN e.key"):
            await graph.write(assign_owner, REQUEST, row[0], owner.value["id"])
        login = accounts.digest_password("correct horse battery")
        await graph.write(accounts.create_account, REQUEST, "admin", ["administrator"], login)
        yield graph
        assert await wrong(graph, Path("none")) == {}, "a cure is none"


def vlan() -> dict[str, Any]:
    return {"type": "Vlan", "key": "vlan", "attributes": {"vlan_number": 7}}


async def wrong(graph: Graph, folder: Path, **options: Any) -> dict[str, Check]:
    checks = await of_database(graph.endpoint, folder, **options)
    assert len({each.name for each in checks}) == len(checks)
    for each in checks:
        assert bool(each.cause) == (each.word is not Word.OK)
        assert bool(each.fix) == (each.word in {Word.FAILED, Word.WARNING})
    return {each.name: each for each in checks if each.word is not Word.OK}


async def do(graph: Graph, text: str) -> None:
    for statement in text.split("; "):
        await run(graph, statement)
    await run(graph, "CALL db.awaitIndexes(60)")


@asynccontextmanager
async def planted(graph: Graph, fault: str, cure: str) -> AsyncIterator[None]:
    await do(graph, fault)
    try:
        yield
    finally:
        await do(graph, cure)


async def test_a_clean_graph_has_nothing_wrong(clean: Graph, tmp_path: Path) -> None:
    assert await wrong(clean, tmp_path, full=True) == {}


@pytest.mark.parametrize("plant", PLANTS, ids=lambda each: each.name)
async def test_a_planted_fault_is_found_and_nothing_else(
    clean: Graph, tmp_path: Path, plant: Plant
) -> None:
    async with planted(clean, plant.fault, plant.cure):
        found = await wrong(clean, tmp_path)
    assert set(found) == set(plant.found.split())
    first = found[plant.found.split()[0]]
    assert plant.says in first.cause
    assert first.word is plant.word
    if FULL:
        assert await wrong(clean, tmp_path) == {}, "the cure is none"


async def test_what_the_saved_topology_does_not_say_is_found(clean: Graph, tmp_path: Path) -> None:
    snapshot = Snapshot(clean, REGISTRY, tmp_path / FILE)
    await snapshot.current()
    await snapshot.save()
    assert await wrong(clean, tmp_path) == {}
    async with planted(
        clean,
        f"{HOST}SET h.name = h.name + ' elsewhere'",
        f"{HOST}SET h.name = replace(h.name, ' elsewhere', '')",
    ):
        found = await wrong(clean, tmp_path)
    assert set(found) == {"snapshot"}
    assert "host-0" in found["snapshot"].cause
    async with planted(
        clean,
        f"{HOST}MATCH (r:Rack) CREATE (h)-[:CONNECTED_TO {{created: 1, x: 1}}]->(r)",
        "MATCH ()-[r:CONNECTED_TO {x: 1}]->() DELETE r",
    ):
        found = await wrong(clean, tmp_path)
    assert "CONNECTED_TO" in found["snapshot"].cause


async def test_only_the_full_form_sees_a_value_that_was_changed(
    clean: Graph, tmp_path: Path
) -> None:
    async with planted(
        clean,
        "MATCH (r:Role) SET r.name = r.name + '!'",
        "MATCH (r:Role) SET r.name = left(r.name, size(r.name) - 1)",
    ):
        quick, full = await wrong(clean, tmp_path), await wrong(clean, tmp_path, full=True)
    assert quick == {}
    assert set(full) == {"ledger_in_full"}


async def test_types_that_contradict_each_other_are_found_and_the_rest_goes_on(
    clean: Graph, tmp_path: Path
) -> None:
    await do(
        clean, "MATCH (t:CIType {key: 'Server'}) SET t.was = t.definition, t.definition = '{}'"
    )
    broken = await wrong(clean, tmp_path)
    await do(clean, "MATCH (t:CIType {key: 'Server'}) SET t.definition = t.was REMOVE t.was")
    assert broken["registry"].word is Word.FAILED
    assert {each.word for name, each in broken.items() if name != "registry"} == {Word.SKIPPED}
    assert set(broken) > TOPOLOGY
    assert await wrong(clean, tmp_path) == {}


async def test_a_restore_that_was_cut_short_is_all_that_is_told(
    clean: Graph, tmp_path: Path
) -> None:
    mark = "CREATE (:RestoreMark {id: 'restore', backup: 'b', chunk: 3})"
    async with planted(clean, mark, "MATCH (m:RestoreMark) DELETE m"):
        found = await wrong(clean, tmp_path)
    assert found.pop("migrations").word is Word.FAILED
    assert {each.word for each in found.values()} == {Word.SKIPPED}
    assert set(found) > {"ledger", "labels", "registry", *TOPOLOGY}


async def test_a_group_without_a_need_is_found(clean: Graph, tmp_path: Path) -> None:
    async with planted(clean, f"{GROUP}REMOVE g.need", f"{GROUP}SET g.need = 1"):
        found = await wrong(clean, tmp_path)
    assert "feeds-0" in found["redundancy_groups"].cause
    assert set(found) <= {"redundancy_groups", *TOPOLOGY}


async def test_an_element_without_key_and_owner_is_found_by_both_checks(
    clean: Graph, tmp_path: Path
) -> None:
    async with planted(
        clean,
        "CREATE (:Record:Element:Service {id: 'x', name: 'x', created: 1})",
        "MATCH (n:Record {id: 'x'}) DELETE n",
    ):
        found = await wrong(clean, tmp_path)
    assert {"mandatory_properties", "owners", "ledger"} <= set(found)


async def test_a_database_that_is_away_leaves_a_report(clean: Graph, tmp_path: Path) -> None:
    expected = {each.name for each in await of_database(clean.endpoint, tmp_path)}
    for endpoint in (
        replace(clean.endpoint, uri="bolt://127.0.0.1:1"),
        replace(clean.endpoint, password="wrong password"),
    ):
        checks = {each.name: each for each in await of_database(endpoint, tmp_path)}
        assert set(checks) == expected
        assert checks.pop("neo4j").word is Word.FAILED
        assert {each.word for each in checks.values()} == {Word.SKIPPED}


async def test_the_command_reports_this_machine_and_the_database(
    clean: Graph, tmp_path: Path
) -> None:
    nowhere = await asyncio.to_thread(examined, {"FITSM_DATA": str(tmp_path / "none")})
    words = {each.name: each.word for each in nowhere}
    assert words["python"] is Word.OK
    assert words["neo4j"] is words["ledger"] is Word.SKIPPED
    env = {
        "FITSM_DATA": str(tmp_path),
        "FITSM_NEO4J_URI": clean.endpoint.uri,
        "FITSM_NEO4J_USER": clean.endpoint.user,
        "FITSM_NEO4J_PASSWORD": clean.endpoint.password,
    }
    checks = await asyncio.to_thread(examined, env)
    assert {each.word for each in checks} == {Word.OK}
    told = json.dumps([dict(each.facts) for each in checks])
    assert clean.endpoint.password not in told


def test_an_error_of_one_check_is_its_finding() -> None:
    async def broken(_graph: Graph) -> Check:
        raise FitsmError("it is too large", why="memory", remedy="ask for less", code="TOO_LARGE")

    from fitsm_graph.graph.checks import run_checks

    made = asyncio.run(run_checks(None, {"one": broken}))  # type: ignore[arg-type]  # not asked
    assert [(each.name, each.word, each.cause) for each in made] == [
        ("one", Word.FAILED, "it is too large: memory")
    ]
