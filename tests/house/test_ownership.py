"""Who may write what: parsed from every statement and every verb."""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fitsm_graph.graph.statements import names, statement
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import VERBS
from fitsm_graph.kernel.errors import Broken
from fitsm_graph.model.declare import RECORDS, RELATIONS, Process
from house.repository import Module, modules

ROOT = Path(__file__).parents[2]
ROOMS = {each.value for each in Process}
LEDGER = {"LedgerHead", "LedgerEntry", "IdempotencyKey", "Record", "[CHANGED]"}
OF_SYNC = {
    *("SyncScope", "HashBucket", "[INDEXES]", "RunState", "[RAN]"),
    *("RunChunk", "[TOOK]", "ParkedRow", "[PARKED]"),
}
RESTORED = {"Credential", "RestoreMark", "Migration"} | OF_SYNC - {"RunChunk", "[TOOK]"}
BESIDE = {
    "confm": OF_SYNC | {"Sweep"},
    "sms": {"Credential"},
    "flow": {"Duty", "Delivery"},
    "ledger": LEDGER | RESTORED,
}
"""What the statements of a room may write: nothing that the ledger keeps, but for the ledger's."""
ANY = "*"
"""A label or type that is given as a parameter: only the ledger's own statements may do that."""


# --- what a statement writes, from its text -------------------------------------------------------

CLAUSE = re.compile(
    r"\b(OPTIONAL MATCH|MATCH|ON CREATE SET|ON MATCH SET|CREATE|MERGE|SET|REMOVE|DETACH DELETE"
    r"|DELETE|WITH|RETURN|UNWIND|CALL|WHERE|FOREACH|ORDER BY|UNION|COLLECT|EXISTS|COUNT|LIMIT)\b"
)
NODE = re.compile(r"\(\s*(\w*)\s*(?::\s*([\w:&$]+))?")
EDGE = re.compile(r"\[\s*(\w*)\s*(?::\s*([\w|]+|\$))?")
TARGET = re.compile(r"(?:^|,)\s*(\w+)\s*(?=\.|:|=|\+=)")
ADDED = re.compile(r"(?:^|,)\s*\w+\s*:\s*(\w+|\$)")


@dataclass
class Bound:
    """What the names in a statement stand for, as far as it was read."""

    nodes: dict[str, set[str]] = field(default_factory=dict)
    edges: dict[str, set[str]] = field(default_factory=dict)

    def take(self, pattern: str) -> Iterator[str]:
        """Learn the names of a pattern; labels and types of what is new in it come out."""
        for name, labels in NODE.findall(pattern):
            known = name in self.nodes
            if labels or not known:
                yield from _labels(labels) or {ANY}
            if name and not known:
                self.nodes[name] = _labels(labels)
        for name, types in EDGE.findall(pattern):
            found = {ANY} if types in {"", "$"} else {f"[{type}]" for type in types.split("|")}
            if name:
                self.edges[name] = found
            yield from found

    def of(self, name: str) -> set[str]:
        """What a name stands for."""
        return self.nodes.get(name) or self.edges.get(name) or {ANY}


def _labels(text: str) -> set[str]:
    return {ANY if "$" in part else part for part in re.split(r"[:&]", text) if part}


def written(text: str) -> set[str]:
    """Labels and [TYPES] that a statement creates, changes or deletes."""
    text = re.sub(r"'[^']*'", "''", text)
    parts = CLAUSE.split(text)
    bound, found = Bound(), set()
    for clause, body in zip(parts[1::2], parts[2::2], strict=True):
        if clause in {"MATCH", "OPTIONAL MATCH"}:
            list(bound.take(body))
        elif clause in {"CREATE", "MERGE"}:
            found |= set(bound.take(body))
        elif clause.endswith("SET") or clause == "REMOVE":
            for name in TARGET.findall(body):
                found |= bound.of(name)
            found |= {ANY if label == "$" else label for label in ADDED.findall(body)}
        elif clause.endswith("DELETE"):
            for name in re.findall(r"\w+", body):
                found |= bound.of(name)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MATCH (a:CI) RETURN a", set()),
        ("CREATE (a:CI {id: $id})", {"CI"}),
        ("MATCH (a:CI) SET a.name = $name", {"CI"}),
        ("MATCH (a:CI)-[r:RUNS_ON]->(:CI) DELETE r", {"[RUNS_ON]"}),
        ("MATCH (a:CI) MATCH (b:CI) CREATE (a)-[:USES]->(b)", {"[USES]"}),
        ("MATCH (a:CI) MERGE (a)-[r:HAS]->(b:Person) SET r += $more", {"[HAS]", "Person"}),
        ("MATCH (a:CI) SET a:Gone", {"CI", "Gone"}),
        ("MATCH (a:CI) REMOVE a.name, a:CI", {"CI"}),
        ("MATCH (a) DETACH DELETE a", {ANY}),
        ("UNWIND $rows AS row CREATE (n:$(row.labels)) SET n = row.held", {ANY}),
        ("MATCH (a:CI) MERGE (k:Key {key: 'CREATE (x:No)'})", {"Key"}),
        ("MERGE (k:Key {key: $k}) ON CREATE SET k.at = $at", {"Key"}),
    ],
)
def test_the_parser_sees_what_is_written(text: str, expected: set[str]) -> None:
    assert written(text) == expected


@pytest.mark.parametrize("name", names())
def test_a_statement_writes_what_its_room_owns(name: str) -> None:
    chosen, room = statement(name), name.partition(".")[0]
    found = written(chosen.text)
    assert bool(found) == (chosen.mode == "write")
    allowed = BESIDE.get(room, set()) | ({ANY} if room == "ledger" else set())
    assert found <= allowed, f"{room} writes {sorted(found - allowed)}"


def test_no_room_writes_records_past_the_ledger() -> None:
    kept = set(RECORDS) | {"Record", "Element", "Disturbance"} | {f"[{type}]" for type in RELATIONS}
    for room in ROOMS:
        assert not BESIDE.get(room, set()) & kept


def test_what_writes_beside_the_ledger_says_why() -> None:
    writing = [statement(name) for name in names() if statement(name).mode == "write"]
    inside = [one.name for one in writing if not one.outside]
    assert inside == ["ledger.seal_entry", "ledger.write_entry"]


def test_every_label_that_is_written_beside_has_one_owner() -> None:
    rooms = [BESIDE[room] for room in BESIDE if room != "ledger"]
    assert sum(map(len, rooms)) == len(set().union(*rooms))


# --- what a verb may change ----------------------------------------------------------------------

RECORD_ACTS = {"create", "update", "retire", "reinstate", "erase"}
RELATION_ACTS = {"relate", "change_relation", "unrelate"}


def acts(module: Module) -> Iterator[tuple[int, str, ast.expr]]:
    """Calls of a transaction that state a change: line, act, what it is done to."""
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in RECORD_ACTS | RELATION_ACTS
            and ast.unparse(node.func.value) in {"tx", "self.tx"}
            and node.args
        ):
            yield node.lineno, node.func.attr, node.args[0]


def meaning(module: Module, what: ast.expr) -> str | None:
    """The kind or type that an argument names, where the text tells."""
    if isinstance(what, ast.Constant):
        return str(what.value)
    if isinstance(what, ast.Attribute) and what.attr == "type" and isinstance(what.value, ast.Name):
        loaded = importlib.import_module(module.path[4:-3].replace("/", "."))
        return str(getattr(loaded, what.value.id, None) and getattr(loaded, what.value.id).type)
    return None


def process_modules() -> list[Module]:
    return [each for each in modules("src/fitsm_graph") if each.stem.partition("/")[0] in ROOMS]


def test_a_room_changes_only_what_it_owns() -> None:
    seen = 0
    for module in process_modules():
        room = module.stem.partition("/")[0]
        for line, act, what in acts(module):
            named = meaning(module, what)
            if named is None or (act in RELATION_ACTS and named not in RELATIONS):
                continue  # known when it runs: the transaction refuses it then
            owner = (RECORDS if act in RECORD_ACTS else RELATIONS)[named].owner
            assert owner in {room, None}, f"{module.path}:{line}"
            seen += 1
    assert seen > 15, "the search finds the calls"


SHARED = "flow"
"""Where verbs are that several rooms have alike; each belongs to the room of its record."""


def verbs() -> list[str]:
    """Names of all verbs: every file that may declare some is loaded, so that none is missed."""
    for module in [*process_modules(), *modules(f"src/fitsm_graph/{SHARED}")]:
        importlib.import_module(module.path[4:-3].replace("/", ".").removesuffix(".__init__"))
    return sorted(name for name in VERBS if not name.startswith("test."))


@pytest.mark.parametrize("name", verbs())
def test_a_verb_belongs_to_the_room_it_is_in(name: str) -> None:
    _, room, *_ = VERBS[name].run.__module__.split(".")
    rooms = {each.value for each in VERBS[name].rooms}
    if room == SHARED:
        owner = RECORDS[VERBS[name].on].owner
        room = owner.value
    assert len(rooms) >= 2 if room == "handover" else rooms == {room}
    assert VERBS[name].requirement, "a verb serves a requirement"


class Nothing:
    """A reader for a transaction that reads nothing."""

    async def rows(self, _chosen: Any, _given: Any) -> list[dict[str, Any]]:
        return []


def transaction(*rooms: Process) -> Tx:
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    return Tx(Nothing(), seq=1, at="", rooms=frozenset(rooms), counters={}, moment=moment)


CURRENT = {"id": "X", "key": "x", "created_at": "", "salt": "00", "name": "old"}


@pytest.mark.parametrize("room", list(Process))
@pytest.mark.parametrize("kind", sorted(RECORDS))
def test_a_transaction_refuses_records_of_other_rooms(room: Process, kind: str) -> None:
    for act in (
        lambda tx: tx.create(kind, {"key": "x"}),
        lambda tx: tx.update(kind, CURRENT, {"key": "y"}),
        lambda tx: tx.retire(kind, CURRENT),
        lambda tx: tx.reinstate(kind, CURRENT),
        lambda tx: tx.erase(kind, CURRENT, []),
    ):
        assert refused(room, act) == (RECORDS[kind].owner is not room)


@pytest.mark.parametrize("room", list(Process))
@pytest.mark.parametrize("type", [*sorted(RELATIONS), "DEPENDS_ON"])
def test_a_transaction_refuses_relations_of_other_rooms(room: Process, type: str) -> None:
    owner = RELATIONS[type].owner if type in RELATIONS else Process.CONFM
    for act in (
        lambda tx: tx.relate(type, "a", "b"),
        lambda tx: tx.change_relation(type, "a", "b", {}, {"x": 1}),
        lambda tx: tx.unrelate(type, "a", "b", {}),
    ):
        assert refused(room, act) == (owner not in {room, None})


def refused(room: Process, act: Any) -> bool:
    """Whether a transaction of one room refuses an act as another's."""
    tx = transaction(room)
    try:
        act(tx)
    except Broken as error:
        return error.code == "NOT_THE_OWNER" and not tx.changes
    return False


def test_a_handover_writes_in_both_its_rooms() -> None:
    tx = transaction(Process.CONFM, Process.SMS)
    tx.create("CI", {"key": "x"})
    tx.create("Group", {"key": "y"})
    with pytest.raises(Broken):
        tx.create("Incident", {"key": "z"})


# --- nobody else writes --------------------------------------------------------------------------

WRITES = re.compile(r"\b(CREATE|MERGE|DELETE|REMOVE|SET)\s+[(\w]+[.:)\s]")
BOLT = {"begin_transaction", "execute_write", "execute_query", "execute_read"}


def test_only_the_graph_room_speaks_bolt_or_writes_cypher() -> None:
    found = []
    for module in modules("src/fitsm_graph"):
        if module.stem.startswith("graph/"):
            continue
        docs = {id(each) for each in docstrings(module.tree)}
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and node.attr in BOLT:
                found.append(f"{module.path}:{node.lineno} {node.attr}")
            text = node.value if isinstance(node, ast.Constant) and id(node) not in docs else ""
            if isinstance(text, str) and WRITES.search(text):
                found.append(f"{module.path}:{node.lineno} {text[:40]}")
    assert found == []


def docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Texts that stand alone: they explain, and are sent nowhere."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
