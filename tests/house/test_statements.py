"""Every named statement, explained by a real server: what its header promises, its plan keeps."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.statements import Statement, names, parse, statement
from fitsm_graph.kernel.errors import Broken, FitsmError
from fitsm_graph.model.declare import RECORDS, RELATIONS
from fitsm_graph.sms.service import register_party, tie
from graph.emptying import PLANNED_ANEW
from graph.support import asking, graph_with
from graph.syncing import estate, run, send

ROOT = Path(__file__).parents[2]
REFUSED = re.compile(
    r"AllNodesScan|AllRelationshipsScan|CartesianProduct|^Eager$|VarLengthExpand\(All\)"
)
SAMPLES: dict[str, Any] = {
    "str": "x",
    "int": 1,
    "float": 0.5,
    "bool": True,
    "map": {"id": "x"},
    "any": "x",
}
KNOWN_LABELS = "UNWIND $names AS name CALL db.createLabel(name)"
KNOWN_TYPES = "UNWIND $names AS name CALL db.createRelationshipType(name)"
READS = {"r", "s"}
"""What the server calls reading data, and reading the schema."""
OPEN_ENDED = re.compile(r"\*(\d+)?(\.\.)?\]|\*\d+\.\.[^\d]")


@pytest_asyncio.fixture(scope="module")
async def graph(neo4j_endpoint: Endpoint) -> AsyncIterator[Graph]:
    """A graph with something of most kinds in it: plans follow the counts.

    Every name is known to the server, as in a graph that was used once: a plan for a name that it
    never saw differs from one for a name of which there is nothing.
    """
    async with graph_with(neo4j_endpoint) as made:
        await run(
            made, KNOWN_LABELS, names=sorted(label for i in RECORDS.values() for label in i.labels)
        )
        await run(made, KNOWN_TYPES, names=sorted(RELATIONS))
        await send(made, estate(20, 300))
        for key in ("ada", "bob", "cyd"):
            await made.write(register_party, asking(), "Person", {"key": key, "name": key})
        await made.write(register_party, asking(), "Group", {"key": "ops", "name": "ops"})
        await made.write(tie, asking(), "BELONGS_TO", "ada", "ops")
        await run(made, "CALL db.awaitIndexes(60)")
        await run(made, PLANNED_ANEW)
        yield made


@pytest_asyncio.fixture(scope="module")
async def indexes(graph: Graph) -> dict[str, str]:
    """How each index shows in a plan, by name, such as ``:CI(type, id)``."""
    rows = await run(
        graph,
        "SHOW INDEXES YIELD name, labelsOrTypes, properties, type WHERE type <> 'LOOKUP' "
        "RETURN name, labelsOrTypes, properties",
    )
    return {name: f":{labels[0]}({', '.join(held)})" for name, labels, held in rows}


async def explained(graph: Graph, chosen: Statement) -> tuple[list[dict[str, Any]], Any, Any]:
    """All operators of a plan, the names of its columns, and what the server says it does."""
    given = {name: sample(type) for name, type in chosen.parameters}
    async with graph.driver.session() as session:
        result = await session.run("EXPLAIN " + chosen.text, given)
        columns = list(result.keys())
        summary = await result.consume()
    return list(operators(summary.plan)), columns, summary.query_type


def sample(type: str) -> Any:
    """A value of a declared type."""
    if type.startswith("list["):
        return [sample(type[5:-1])]
    return SAMPLES[type]


def operators(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All steps of a plan."""
    yield plan
    for child in plan.get("children", []):
        yield from operators(child)


def name_of(step: dict[str, Any]) -> str:
    return str(step["operatorType"]).partition("@")[0]


@pytest.mark.parametrize("name", names())
async def test_a_plan_keeps_its_header(graph: Graph, indexes: dict[str, str], name: str) -> None:
    chosen = statement(name)
    steps, columns, does = await explained(graph, chosen)
    found = {name_of(step) for step in steps if REFUSED.search(name_of(step))}
    allowed = {line.partition(":")[0] for line in chosen.allow}
    assert found <= allowed, "the header allows no such step, with a reason"
    assert all(map(REFUSED.search, allowed)), "the header allows what needs no allowance"
    assert all(line.partition(":")[2].strip() for line in chosen.allow), "a reason is missing"
    assert (does in READS) == (chosen.mode == "read"), "its mode is another"
    assert sorted(columns) == sorted(column for column, _ in chosen.columns)
    assert_seeks(chosen, steps, indexes)


def assert_seeks(chosen: Statement, steps: list[dict[str, Any]], indexes: dict[str, str]) -> None:
    """Each index named is used for seeking, by the plan or by a procedure."""
    used = [str(step["args"].get("Details", "")) for step in steps if is_seek(name_of(step))]
    wanted = [index for index in chosen.seek if index != "-"]
    assert wanted or chosen.seek == ("-",), "a header names the index it seeks, or '-'"
    for index in wanted:
        assert index in indexes, f"no migration makes {index}"
        shown = any(indexes[index] in details for details in used)
        shown = shown or f"'{index}'" in chosen.text or is_nested(indexes[index], steps)
        assert shown, f"{index} is not sought: {used}"


def is_nested(index: str, steps: list[dict[str, Any]]) -> bool:
    """Whether an expression holds a plan of its own over the index's label, which stays unseen."""
    label = index.partition("(")[0].removeprefix(":")
    texts = (str(step["args"].get("Details", "")) for step in steps)
    return any("COLLECT {" in text and re.search(rf":`?{label}\b", text) for text in texts)


def is_seek(operator: str) -> bool:
    """Whether an operator looks up by index; a merge of a unique node does so as well."""
    return bool(re.search(r"Index.*(Seek|Scan)|^MergeUniqueNode|^AssertSameNode", operator))


# --- the check itself can fail -------------------------------------------------------------------

HEADER = "// ledger.made_up (read)\n// None.\n//\n// budget 1 ms\n// why     To fail.\n"


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("MATCH (n) RETURN n.x", "AllNodesScan"),
        ("MATCH (a:CI), (b:CI) RETURN a.id", "CartesianProduct"),
        ("MATCH (a:CI {key: 'x'})-[*]->(b) RETURN b.id", "VarLengthExpand(All)"),
        ("MATCH (a:CI) CREATE (b:CI) WITH a MATCH (c:CI) RETURN c.id", "Eager"),
    ],
)
async def test_what_is_refused_is_seen(graph: Graph, text: str, operator: str) -> None:
    steps, _, _ = await explained(graph, parse("ledger.made_up", HEADER + text))
    assert operator in {name_of(step) for step in steps if REFUSED.search(name_of(step))}


async def test_an_index_that_is_not_sought_is_seen(graph: Graph, indexes: dict[str, str]) -> None:
    header = HEADER.replace("// budget", "// seek    element_key\n// budget")
    chosen = parse("ledger.made_up", header + "MATCH (n:Element {name: 'x'}) RETURN n.id")
    steps, _, _ = await explained(graph, chosen)
    with pytest.raises(AssertionError, match="not sought"):
        assert_seeks(chosen, steps, indexes)


# --- files and their use -------------------------------------------------------------------------


def test_every_statement_is_used_and_every_use_has_one() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "src" / "fitsm_graph").rglob("*.py")
    )
    begun = ("conformity.", "kpi.", *re.findall(r'f"(\w+\.\w+_)\{', source))  # named as asked
    unused = [name for name in names() if f'"{name}"' not in source and not name.startswith(begun)]
    assert unused == []
    rooms = "|".join(sorted({name.partition(".")[0] for name in names()}))
    pattern = (
        rf'(?:rows|one|aside|statement|_pages|_page)\(\s*(?:[a-z_.]+,\s*)?"((?:{rooms})\.\w+)"'
    )
    used = set(re.findall(pattern, source))
    assert used
    assert used <= set(names())


def test_nothing_of_a_statement_is_open_ended() -> None:
    """A path of any length is bounded in the text, whatever its plan says."""
    found = [name for name in names() if OPEN_ENDED.search(statement(name).text)]
    assert found == []


async def test_what_is_asked_cannot_write(graph: Graph) -> None:
    """Whatever a compiled question holds: the server itself refuses."""
    before = await run(graph, "MATCH (n) RETURN count(*)")
    for text in ("CREATE (:CI)", "MATCH (n:CI) SET n.name = 'x'", "MATCH (n:CI) DETACH DELETE n"):
        with pytest.raises(FitsmError):
            await graph.ask(text, {})
    with pytest.raises(Broken):
        await graph.rows("ledger.hold_head", turn="x")
    assert await run(graph, "MATCH (n) RETURN count(*)") == before
