"""The analyst's questions on the demo organisation: golden answers, checked by other means too.

Each question is a document in `questions/` with its variables and its answer beside it. Answers are
compared as they are, with keys in place of ids, and once more with what the demo's own description
and networkx say.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied
from e2e.test_graph_questions import rows_of
from fitsm_graph.cli.run import load_demo
from fitsm_graph.discovery.demo.estate import estate as described
from fitsm_graph.discovery.demo.showcase import SHOWCASE
from fitsm_graph.graph.driver import Endpoint
from oracles import naive_groups, naive_walks
from oracles.naive_walks import Rows

FOLDER = Path(__file__).parent / "questions"
DOCUMENTS = sorted(FOLDER.glob("*.graphql"))
VARIABLES = json.loads((FOLDER / "variables.json").read_text())
LEDGER = 8
"""Statements that one question to the ledger may take beside: entries, images, standing still."""
MORE = {
    "02": 1,  # customers of the services
    "05": LEDGER,
    "06": LEDGER,
    "08": 1,  # who is reached
    "11": 1,
}
"""Statements beyond one for each root field and one for freshness."""
STORY = (
    """registerElement(input: {kind: "CI", type: "Server", key: "qa-new", name: "Spare"})""",
    """relateElements(input: {type: "RUNS_ON", source: "db-science-2", target: "qa-new",
       strength: SOFT})""",
    """updateElement(input: {ref: "sto-c", set: {name: "Array C, second shelf"}})""",
    """unrelateElements(input: {type: "HAS_MEMBER", source: "grp-core", target: "rtr-n1"})""",
    """registerIncident(input: {title: "Queries hang", affects: [
       {element: "db-science-1", effect: DOWN}]})""",
)


class Asked:
    """A caller on the demo after its story, the moment before it, and all rows."""

    def __init__(self, caller: Caller, loaded: str, rows: Rows) -> None:
        self.caller, self.loaded, self.rows = caller, loaded, rows
        self.keys = {id: row.key for id, row in rows.elements.items()}
        self.given = {o.key: o for o in described().observations}

    def variables(self, name: str) -> dict[str, Any]:
        text = json.dumps(VARIABLES[name[:2]])
        return dict(json.loads(text.replace("LOADED", self.loaded)))

    async def answer(self, name: str) -> Any:
        """The answer with keys for ids."""
        document = (FOLDER / f"{name}.graphql").read_text()
        return self.keyed(await self.caller.ask(document, **self.variables(name)))

    def keyed(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self.keyed(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.keyed(each) for each in value]
        return self.keys.get(value, value) if isinstance(value, str) else value


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def asked(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Asked]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("questions")) as caller:
        yield await told(caller)


async def told(caller: Caller) -> Asked:
    """Load the demo and let its story happen."""
    await load_demo(caller.product)
    loaded = caller.product.clock.now().isoformat()
    await asyncio.sleep(0.003)
    for act in STORY:
        done = (await caller.ask(f"mutation {{ done: {act} {{ ok errors {{ message }} }} }}"))[
            "done"
        ]
        assert done["ok"], (act, done)
    return Asked(caller, loaded, await rows_of(caller))


def names() -> list[str]:
    return [each.stem for each in DOCUMENTS]


def test_there_are_twelve_with_variables_and_answers() -> None:
    assert [name[:2] for name in names()] == [f"{n:02}" for n in range(1, 13)]
    assert sorted(VARIABLES) == [name[:2] for name in names()]
    assert all((FOLDER / f"{name}.json").exists() for name in names())


@pytest.mark.parametrize("name", names())
async def test_the_answer_is_the_golden_one(asked: Asked, name: str) -> None:
    golden = json.loads((FOLDER / f"{name}.json").read_text())
    assert in_order(await asked.answer(name)) == in_order(golden)


def in_order(value: Any) -> Any:
    """Edges, lists that stand for sets, and rows that are ordered by id, in the order of texts."""
    if isinstance(value, dict):
        return {name: _sorted(name, in_order(each)) for name, each in value.items()}
    return [in_order(each) for each in value] if isinstance(value, list) else value


def _sorted(name: str, value: Any) -> Any:
    by_id = {"edges", "members", "requirements", "providers", "elements"}
    return sorted(value, key=_text) if name in by_id and isinstance(value, list) else value


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("name", names())
async def test_each_root_field_costs_one_statement(asked: Asked, name: str) -> None:
    graph = asked.caller.product.graph
    document = (FOLDER / f"{name}.graphql").read_text()
    answer = await asked.caller.ask(document, **asked.variables(name))
    before = graph.statements
    await asked.caller.ask(document, **asked.variables(name))
    most = len(answer) + 1 + MORE.get(name[:2], 0)
    assert graph.statements - before <= most


# --- the same by other means ---------------------------------------------------------------------


async def test_01_neighbours_by_need_are_those_of_the_rows(asked: Asked) -> None:
    ci = (await asked.answer("01-whole-picture"))["ci"]
    walked = asked.rows.walked("UPSTREAM")
    id = asked.rows.id("sto-a")
    needs = sorted((k[1], asked.keys[end]) for _, end, k in walked.out_edges(id, keys=True))
    used = sorted((k[1], asked.keys[end]) for end, _, k in walked.in_edges(id, keys=True))
    for name, wanted in (("dependsOn", needs), ("usedBy", used)):
        rows = [(row["type"], row["element"]["key"]) for row in ci[name]["nodes"]]
        assert rows == wanted
        assert ci[name]["totalCount"] == len(wanted)
    stated = asked.given["sto-a"]
    values = {each["name"]: each["value"] for each in ci["attributes"]}
    assert {n: v for n, v in stated.attributes.items() if n != "name"} == values
    owner = next(each.key for each in stated.relations if each.type == "OWNED_BY")
    assert ci["owner"]["key"] == owner


async def test_02_services_are_those_of_the_showcase(asked: Asked) -> None:
    answer = (await asked.answer("02-blast-radius"))["impact"]
    shown = next(each for each in SHOWCASE if each.fail == ("fw-sto-a",))
    after = {row["element"]["key"]: row["after"] for row in answer["services"]}
    assert after == {key: state for key, state in shown.expect.items() if state != "UP"}
    counted = answer["completeness"]
    assert (counted["complete"], counted["hiddenCount"]) == (True, 0)
    assert counted["affectedCount"] == answer["affected"]["totalCount"]


async def test_04_single_points_alone_take_the_service_down_and_nothing_else_does(
    asked: Asked,
) -> None:
    answer = await asked.answer("04-single-points-of-failure")
    found = {row["key"] for row in answer["singlePointsOfFailure"]["elements"]}
    walked = asked.rows.walked("UPSTREAM", weakest="hard")
    upstream = nx.descendants(walked, asked.rows.id("svc-storage"))
    assert answer["singlePointsOfFailure"]["cone"] == len(upstream)
    document = """query W($of: [ID!]!) { impact(of: $of) { services { element { key } after } } }"""
    for id in sorted(upstream):
        services = (await asked.caller.ask(document, of=[id]))["impact"]["services"]
        down = {"key": "svc-storage"} in [
            row["element"] for row in services if row["after"] == "DOWN"
        ]
        assert (asked.keys[id] in found) is down, asked.keys[id]
    critical = [row["key"] for row in answer["services"]["nodes"]]
    stated = [o for o in asked.given.values() if o.type == "Service"]
    ranked = sorted((o.attributes.get("criticality", 3), o.key) for o in stated)
    assert critical == [key for rank, key in ranked if rank <= 2]


async def test_05_the_hit_element_is_among_what_it_depends_on(asked: Asked) -> None:
    answer = await asked.answer("05-before-the-incident")
    upstream = naive_walks.hops(asked.rows.walked("UPSTREAM"), [asked.rows.id("dbc-science")])
    found = {row["element"]["key"]: row["hops"] for row in answer["dependencies"]["nodes"]}
    every = {asked.keys[id]: far for id, far in upstream.items()}
    assert answer["dependencies"]["totalCount"] == len(every) - 1
    assert found.items() <= every.items()
    assert max(found.values()) <= min(far for key, far in every.items() if key not in found)
    assert found["db-science-1"] > 0
    assert len(answer["ledgerEntries"]) == len(STORY)


async def test_06_what_is_different_is_what_the_story_did(asked: Asked) -> None:
    diff = (await asked.answer("06-what-is-different"))["topologyDiff"]
    counts = [diff[f"{name}Count"] for name in ("added", "removed", "changed", "relinked")]
    assert counts == [1, 0, 1, 2]
    assert diff["added"][0]["element"] == {"key": "qa-new", "kind": "CI", "name": "Spare"}
    [field] = diff["changed"][0]["fields"]
    was = asked.given["sto-c"].attributes["name"]
    assert field == {"name": "name", "old": was, "new": "Array C, second shelf"}
    links = {(r["source"], r["type"], r["target"]): r["action"] for r in diff["relinked"]}
    assert links == {
        ("db-science-2", "RUNS_ON", "qa-new"): "ADDED",
        ("grp-core", "HAS_MEMBER", "rtr-n1"): "REMOVED",
    }


async def test_07_and_09_groups_are_those_of_the_description(asked: Asked) -> None:
    unowned = await asked.answer("07-stale-or-unowned")
    assert [row["key"] for row in unowned["elements"]["nodes"]] == ["qa-new"]
    cis = [
        {"type": o.type, **o.attributes, "owner": owner_of(o)}
        for o in asked.given.values()
        if o.type not in {"Service", "ServiceComponent", "RedundancyGroup"}
    ]
    owned = naive_groups.groups([*cis, {"type": "Server"}], [naive_groups.plain("owner")])
    told = {
        row["keys"][0]["value"]: (row["count"], row["types"]) for row in unowned["byOwner"]["rows"]
    }
    assert told == {
        place[0]: (len(rows), len({row["type"] for row in rows})) for place, rows in owned.items()
    }
    grouped = await asked.answer("09-elements-by-service-and-state")
    bought = naive_groups.groups(
        [*cis, {}], [lambda row: [(row.get("purchased_on") or "")[:4] or None]]
    )
    assert {r["keys"][0]["value"]: r["count"] for r in grouped["purchases"]["rows"]} == {
        place[0]: len(rows) for place, rows in bought.items()
    }
    machines = [row for row in cis if "cpu_count" in row]
    systems = naive_groups.groups(machines, [naive_groups.plain("os_name")])
    for row in grouped["machines"]["rows"]:
        rows = systems.pop((row["keys"][0]["value"],))
        memory = naive_groups.measured(rows, "memory_mib")
        assert row["cores"] == sum(each["cpu_count"] for each in rows)
        assert (row["count"], row["least"]) == (len(rows), memory["min"])
        assert (row["p50"], row["p95"]) == pytest.approx((memory["p50"], memory["p95"]))
    assert all(len(rows) < 2 for rows in systems.values())


def owner_of(observation: Any) -> Any:
    return next((each.key for each in observation.relations if each.type == "OWNED_BY"), None)


async def test_08_and_11_services_are_those_from_which_it_is_reached(asked: Asked) -> None:
    walked = asked.rows.walked("DOWNSTREAM")
    ends = await asked.answer("08-what-ends-soon")
    before = VARIABLES["08"]["before"]
    soon = {key for key, o in asked.given.items() if o.attributes.get("valid_until", "9") < before}
    assert {row["key"] for row in ends["cis"]["nodes"]} == soon
    uses = await asked.answer("11-who-uses-this-software")
    for answer, sources in ((ends, soon), (uses, set(VARIABLES["11"]["keys"]))):
        reached = naive_walks.hops(walked, map(asked.rows.id, sources))
        wanted = {asked.keys[id] for id in reached if asked.rows.elements[id].kind == "Service"}
        assert {row["key"] for row in answer["services"]["nodes"]} == wanted
        assert wanted
    down = naive_walks.hops(walked, map(asked.rows.id, VARIABLES["11"]["refs"]))
    assert uses["dependencies"]["totalCount"] == len(down) - 1


async def test_12_no_way_is_shorter_and_none_of_that_length_comes_before(asked: Asked) -> None:
    found = (await asked.answer("12-why-does-it-depend"))["path"]
    made = nx.DiGraph(asked.rows.walked("UPSTREAM"))
    ends = [asked.rows.id(VARIABLES["12"][name]) for name in ("from", "to")]
    every = nx.shortest_simple_paths(made, *ends)
    paths: list[list[str]] = []
    for path in every:
        if len(paths) >= 3 and len(path) > len(paths[2]):
            break
        paths.append([asked.keys[id] for id in path])
    wanted = sorted(paths, key=lambda path: (len(path), path))[:3]
    assert [each["elements"] for each in found["paths"]] == wanted
    assert found["complete"]
