"""Dependencies, neighbourhoods and paths over HTTP, against networkx over the database's rows."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from typing import Any

import networkx as nx
import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied
from fitsm_graph.cli.run import load_demo
from fitsm_graph.graph.driver import Endpoint
from graph.syncing import run
from oracles import naive_walks
from oracles.naive_walks import Declared, Rows

WALKED = """version complete note totalCount hiddenCount byHops { hops count }
  nodes { id hops hidden element { key } } edges { source target type need strength }
  pageInfo { hasNextPage hasPreviousPage endCursor }"""
DEPENDENCIES = f"""query D($of: [ID!]!, $way: NeedDirection!, $types: [String!],
  $weakest: Strength! = INFO, $first: Int! = 1000, $after: String) {{
  dependencies(of: $of, direction: $way, types: $types, weakest: $weakest, first: $first,
    after: $after) {{ {WALKED} }} }}"""
AROUND = f"""query N($of: [ID!]!, $hops: Int!, $way: Way!, $types: [String!]) {{
  neighbourhood(of: $of, hops: $hops, direction: $way, types: $types, first: 1000)
  {{ {WALKED} }} }}"""
PATH = """query P($a: ID!, $b: ID!, $k: Int!, $way: Way!, $types: [String!]) {
  path(from: $a, to: $b, k: $k, direction: $way, types: $types) {
    complete note paths { length elements } nodes { id hops element { key } }
    edges { source target type } } }"""


class Estate:
    """A caller on the demo organisation, and its rows."""

    def __init__(self, caller: Caller, rows: Rows) -> None:
        self.caller, self.rows = caller, rows

    @property
    def keys(self) -> list[str]:
        return sorted(row.key for row in self.rows.elements.values())

    def keyed(self, hops: dict[str, int]) -> dict[str, int]:
        return {self.rows.elements[id].key: far for id, far in hops.items()}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def estate(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Estate]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("walks")) as caller:
        await load_demo(caller.product)
        yield Estate(caller, await rows_of(caller))


async def rows_of(caller: Caller) -> Rows:
    registry = caller.product.registry
    declared = {
        name: Declared(
            str(each.dependency.value),
            str(each.strength.value),
            each.neighbours.value == "group",
            frozenset(s for n in each.needed_by for s in (n, *subtypes(registry, n))),
        )
        for name, each in registry.relationship_types.items()
    }
    graph = caller.product.graph
    elements = await run(graph, naive_walks.ELEMENTS)
    return Rows.of(elements, await run(graph, naive_walks.RELATIONS), declared)


def subtypes(registry: Any, name: str) -> list[str]:
    return list(registry.subtypes(name)) if name in registry.ci_types else []


def found_hops(answer: Any) -> dict[str, int]:
    return {node["element"]["key"]: node["hops"] for node in answer["nodes"]}


def found_edges(answer: Any) -> set[tuple[str, str, str]]:
    rows = [(edge["source"], edge["type"], edge["target"]) for edge in answer["edges"]]
    assert len(rows) == len(set(rows))
    return set(rows)


def edges_among(graph: "nx.MultiDiGraph[str]", ids: Any) -> set[Any]:
    return {key for _, _, key in graph.subgraph(ids).edges(keys=True)}


@pytest.mark.parametrize("way", ["UPSTREAM", "DOWNSTREAM"])
@pytest.mark.parametrize("types", [None, ["RUNS_ON", "HAS_MEMBER", "LINKED_TO"]])
async def test_dependencies_are_all_there_with_their_distance(
    estate: Estate, way: str, types: list[str] | None
) -> None:
    for key, weakest in itertools.product(estate.keys[::60], ("INFO", "HARD")):
        graph = estate.rows.walked(way, types, weakest.lower())
        asked = await estate.caller.ask(
            DEPENDENCIES, of=[key], way=way, types=types, weakest=weakest
        )
        answer = asked["dependencies"]
        expected = naive_walks.hops(graph, [estate.rows.id(key)])
        assert found_hops(answer) == estate.keyed(expected)
        assert found_edges(answer) == edges_among(graph, expected)
        assert answer["totalCount"] == len(expected) - 1
        assert answer["complete"]
        assert answer["note"] == "complete"
        counted = {each["hops"]: each["count"] for each in answer["byHops"]}
        assert counted == {
            far: list(expected.values()).count(far) for far in set(expected.values()) - {0}
        }


async def test_pages_together_are_the_whole_each_thing_once(estate: Estate) -> None:
    given: dict[str, Any] = {"of": ["svc-portal"], "way": "UPSTREAM", "types": None}
    whole = (await estate.caller.ask(DEPENDENCIES, **given))["dependencies"]
    nodes, edges, after = [], [], None
    while True:
        asked = await estate.caller.ask(DEPENDENCIES, first=37, after=after, **given)
        page = asked["dependencies"]
        known = {node["id"] for node in nodes} | {node["id"] for node in page["nodes"]}
        assert {end for e in page["edges"] for end in (e["source"], e["target"])} <= known
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert not page["complete"]
        assert "are shown" in page["note"]
        nodes += page["nodes"]
        edges += page["edges"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert nodes == whole["nodes"]
    assert len(edges) == len(whole["edges"])
    assert sorted(map(str, edges)) == sorted(map(str, whole["edges"]))
    keys = [(node["hops"], node["element"]["key"]) for node in whole["nodes"]]
    assert keys == sorted(keys)


@pytest.mark.parametrize("way", ["UPSTREAM", "DOWNSTREAM", "OUT", "IN", "BOTH"])
async def test_a_neighbourhood_is_what_is_near_and_says_whether_there_is_more(
    estate: Estate, way: str
) -> None:
    graph = estate.rows.walked(way)
    for key, hops in itertools.product(estate.keys[::150], (0, 1, 2)):
        asked = await estate.caller.ask(AROUND, of=[key], hops=hops, way=way)
        answer = asked["neighbourhood"]
        every = naive_walks.hops(graph, [estate.rows.id(key)])
        near = {id: far for id, far in every.items() if far <= hops}
        assert found_hops(answer) == estate.keyed(near)
        assert found_edges(answer) == edges_among(graph, near)
        assert answer["complete"] is (len(near) == len(every))
        assert ("beyond" in answer["note"]) is (len(near) < len(every))


async def test_edges_say_which_end_needs_the_other(estate: Estate) -> None:
    asked = await estate.caller.ask(AROUND, of=["svc-portal"], hops=4, way="BOTH")
    answer, seen = asked["neighbourhood"], set()
    for edge in answer["edges"]:
        needs = set(estate.rows.needs(edge["source"], edge["type"], edge["target"]))
        ends = (edge["source"], edge["target"])
        word = {0: "NEITHER", 2: "EACH"}.get(len(needs), "SOURCE" if ends in needs else "TARGET")
        assert edge["need"] == word
        seen.add(word)
    assert {"SOURCE", "TARGET", "EACH", "NEITHER"} - seen <= {"NEITHER"}


@pytest.mark.parametrize("way", ["UPSTREAM", "BOTH"])
async def test_paths_are_the_shortest_by_keys(estate: Estate, way: str) -> None:
    graph = nx.DiGraph(estate.rows.walked(way))
    names = {id: row.key for id, row in estate.rows.elements.items()}
    found_some = 0
    for a, b in (
        ("svc-portal", "fw-sto-a"),
        ("svc-database", "sto-a"),
        ("svc-storage", "k8s-main"),
    ):
        start, goal = estate.rows.id(a), estate.rows.id(b)
        try:
            shortest = nx.shortest_path_length(graph, start, goal)
            every = list(nx.all_shortest_paths(graph, start, goal))
        except nx.NetworkXNoPath:
            shortest, every = 0, []
        asked = await estate.caller.ask(PATH, a=a, b=b, k=3, way=way)
        answer = asked["path"]
        expected = sorted([names[id] for id in each] for each in every)[:3]
        paths = [[names[id] for id in each["elements"]] for each in answer["paths"]]
        assert paths[: len(expected)] == expected
        assert all(each["length"] >= shortest for each in answer["paths"])
        assert bool(paths) == bool(every)
        assert answer["complete"]
        on_paths = {id for each in answer["paths"] for id in each["elements"]}
        assert {node["id"] for node in answer["nodes"]} == on_paths
        steps = {pair for each in answer["paths"] for pair in itertools.pairwise(each["elements"])}
        walked = estate.rows.walked(way)
        assert found_edges(answer) == {k for s, t, k in walked.edges(keys=True) if (s, t) in steps}
        found_some += len(paths)
    assert found_some > 3


async def test_every_field_of_elements_can_be_selected_and_costs_one_statement(
    estate: Estate,
) -> None:
    document = """{ dependencies(of: "svc-portal", first: 500) { nodes { hops element {
        __typename key name state why margin owner { name } relations(first: 3) {
          type element { key state } } ... on CI { attributes { name value } }
          ... on Server { serialNumber } ... on RedundancyGroup { members { element { key } } } } }
        again: nodes { element { name } } } }"""
    graph = estate.caller.product.graph
    await estate.caller.ask(document)
    before = graph.statements
    answer = (await estate.caller.ask(document))["dependencies"]
    assert graph.statements - before <= 2, "one statement, and one that asks where the ledger is"
    one = "query($k: String!) { ci(by: {key: $k}) { __typename name state owner { name } } }"
    for node in answer["nodes"][:60:7]:
        if node["element"]["__typename"] in {"Service", "ServiceComponent", "RedundancyGroup"}:
            continue
        single = (await estate.caller.ask(one, k=node["element"]["key"]))["ci"]
        assert {name: node["element"][name] for name in single} == single
    names = [node["element"]["name"] for node in answer["again"]]
    assert names == [node["element"]["name"] for node in answer["nodes"]]


async def test_several_questions_cost_one_statement_each(estate: Estate) -> None:
    document = """{ a: dependencies(of: "svc-portal") { nodes { element { key state } } }
      b: neighbourhood(of: "svc-portal", hops: 2) { nodes { element { key } } }
      c: path(from: "svc-portal", to: "fw-sto-a") { nodes { element { key } } }
      d: dependencies(of: "svc-portal") { totalCount } }"""
    graph = estate.caller.product.graph
    await estate.caller.ask(document)
    before = graph.statements
    await estate.caller.ask(document)
    assert graph.statements - before <= 3 + 1, "counts alone ask nothing"


async def test_the_past_is_walked_as_it_was(estate: Estate) -> None:
    caller = estate.caller
    register = """mutation R($key: String!) { registerElement(input: {
        kind: "ServiceComponent", key: $key, name: $key }) { ok } }"""
    relate = """mutation R($s: ID!, $t: ID!) { relateElements(input: {
        type: "DEPENDS_ON", source: $s, target: $t }) { ok } }"""
    for key in ("then-a", "then-b", "then-c"):
        assert (await caller.ask(register, key=key))["registerElement"]["ok"]
    assert (await caller.ask(relate, s="then-a", t="then-b"))["relateElements"]["ok"]
    before = caller.product.clock.now().isoformat()
    await asyncio.sleep(0.01)
    assert (await caller.ask(relate, s="then-b", t="then-c"))["relateElements"]["ok"]
    rename = 'mutation { updateElement(input: {ref: "then-b", set: {name: "new"}}) { ok } }'
    assert (await caller.ask(rename))["updateElement"]["ok"]
    retire = """mutation { unrelateElements(input: {type: "DEPENDS_ON", source: "then-a",
        target: "then-b"}) { ok } retireElement(input: {ref: "then-a"}) { ok } }"""
    assert all(each["ok"] for each in (await caller.ask(retire)).values())
    document = """query W($t: DateTime) {
      dependencies(of: "then-a", asOf: $t) { asOf nodes { element { key name state kind } } }
      path(from: "then-a", to: "then-b", asOf: $t) { paths { length } }
      neighbourhood(of: "then-b", asOf: $t) { nodes { element { key } } } }"""
    then = await caller.ask(document, t=before)
    assert [node["element"] for node in then["dependencies"]["nodes"]] == [
        {"key": key, "name": key, "state": "UP", "kind": "ServiceComponent"}
        for key in ("then-a", "then-b")
    ]
    assert [each["length"] for each in then["path"]["paths"]] == [1]
    around = [node["element"]["key"] for node in then["neighbourhood"]["nodes"]]
    assert around == ["then-b", "then-a"]
    assert await caller.code(document, t=None) == "NOT_FOUND", "it is retired by now"
    related = """query W($t: DateTime) { dependencies(of: "then-b", asOf: $t) {
        nodes { element { relations { type } } } } }"""
    assert await caller.code(related, t=before) == "AS_OF_UNSUPPORTED"
    id = estate.rows.id("svc-portal")
    past = "query N($id: ID!, $t: DateTime) { node(id: $id, asOf: $t) { key kind } }"
    assert (await caller.ask(past, id=id, t=before))["node"] == {
        "key": "svc-portal",
        "kind": "Service",
    }


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ('{ dependencies(of: "no-such") { totalCount } }', "NOT_FOUND"),
        ("{ dependencies(of: []) { totalCount } }", "BAD_INPUT"),
        ('{ dependencies(of: "svc-portal", first: -1) { totalCount } }', "BAD_INPUT"),
        ('{ dependencies(of: "svc-portal", types: ["NO"]) { totalCount } }', "UNKNOWN_TYPE"),
        ('{ dependencies(of: "svc-portal", after: "x") { totalCount } }', "INVALID_CURSOR"),
        ('{ neighbourhood(of: "svc-portal", hops: -1) { totalCount } }', "BAD_INPUT"),
        ('{ path(from: "svc-portal", to: "svc-storage", k: 0) { note } }', "BAD_INPUT"),
        ('{ path(from: "svc-portal", to: "svc-storage", k: 51) { note } }', "BAD_INPUT"),
    ],
)
async def test_what_cannot_be_asked_is_refused_with_a_code(
    estate: Estate, document: str, code: str
) -> None:
    assert await estate.caller.code(document) == code


REACHES = """query R($where: ElementWhere!) {
  elements(where: $where, first: 1000) { totalCount nodes { id } } }"""
SOME_TYPES = ["RUNS_ON", "HAS_MEMBER", "LINKED_TO"]


def stepped(graph: "nx.MultiDiGraph[str]", id: str, most: int | None) -> set[str]:
    """From where an element is reached in one step or more, and in so many at most."""
    back = graph.reverse()
    return {
        found
        for first in back.successors(id)
        for found, far in nx.single_source_shortest_path_length(back, first).items()
        if most is None or far < most
    }


@pytest.mark.parametrize("way", ["UPSTREAM", "DOWNSTREAM"])
@pytest.mark.parametrize("most", [None, 1, 2])
async def test_reaches_goes_over_the_types_that_are_named(
    estate: Estate, way: str, most: int | None
) -> None:
    told: dict[bool, int] = {True: 0, False: 0}
    for key, named in itertools.product(estate.keys[::60], (True, False)):
        types = SOME_TYPES if named else None
        reaches = {"direction": way, "types": types, "maxDepth": most, "to": {"key": {"eq": key}}}
        answer = (await estate.caller.ask(REACHES, where={"reaches": reaches}))["elements"]
        wanted = stepped(estate.rows.walked(way, types), estate.rows.id(key), most)
        assert {each["id"] for each in answer["nodes"]} == wanted
        assert answer["totalCount"] == len(wanted)
        told[named] += len(wanted)
    assert 0 < told[True] < told[False], "the control: without types more is reached"


async def test_reaches_over_types_that_are_not_there_is_refused(estate: Estate) -> None:
    reaches = {"direction": "UPSTREAM", "types": ["NOTHING"], "to": {}}
    assert await estate.caller.code(REACHES, where={"reaches": reaches}) == "UNKNOWN_TYPE"
    reaches = {"direction": "UPSTREAM", "types": [], "to": {}}
    answer = await estate.caller.ask(REACHES, where={"reaches": reaches})
    assert answer["elements"]["totalCount"] == 0
