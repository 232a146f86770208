"""Generated questions about the graph and aggregates, asked by a limited reader.

Nothing hidden stands anywhere in an answer. Questions about records are answered as if what is
hidden had never been: compared with networkx over the rows without it. Questions about needs give
everybody the same counts and distances.
"""

import json
import random
from collections import Counter
from itertools import permutations
from typing import Any

from e2e.test_graph_questions import subtypes
from e2e.test_row_rules import MARK, Estate, Reader, estate
from graph.syncing import run
from oracles import naive_walks
from oracles.naive_walks import Declared, Rows

__all__ = ["estate"]
VISIBLE = {"Application", "VirtualMachine"}
TYPES = ["HAS_MEMBER", "RUNS_ON", "DEPENDS_ON", "MOUNTED_IN", "LINKED_TO"]
SEEN = ["svc", "app", "spare", "vm", "pair"]
NODES = "nodes { id hops hidden element { id key name description type } }"
EDGES = "edges { source target type need strength weight confidence verifiedAt }"
WALKED = f"{{ totalCount hiddenCount complete note byHops {{ hops count }} {NODES} {EDGES} }}"
KEYS = ["type", "key", "name", "owner", "state", "service", "kind", "lifecycle", "serialNumber"]
ROUNDS = 60


async def rows_of(estate: Estate) -> Rows:
    registry, graph = estate.product.registry, estate.product.graph
    declared = {
        name: Declared(
            each.dependency.value,
            each.strength.value,
            each.neighbours.value == "group",
            frozenset(s for n in each.needed_by for s in (n, *subtypes(registry, n))),
        )
        for name, each in registry.relationship_types.items()
    }
    relations = await run(graph, naive_walks.RELATIONS)
    return Rows.of(await run(graph, naive_walks.ELEMENTS), relations, declared)


async def read(estate: Estate, reader: Reader, document: str) -> Any:
    text = await reader.text(document)
    if reader is estate.limited:
        assert not estate.leaks(text), (document, text)
    answer = json.loads(text)
    assert "errors" not in answer, (document, answer)
    return next(iter(answer["data"].values()))


def some_types(pick: random.Random) -> list[str] | None:
    return pick.sample(TYPES, pick.randint(1, 4)) if pick.random() < 0.6 else None


async def test_walks_over_records_are_those_without_what_is_hidden(estate: Estate) -> None:
    pick, rows = random.Random(7), await rows_of(estate)
    types = {row.type for row in rows.elements.values() if row.type} - VISIBLE
    seen, differing = rows.without(types), 0
    for _ in range(ROUNDS):
        key, way, given = pick.choice(SEEN), pick.choice(["OUT", "IN", "BOTH"]), some_types(pick)
        hops = pick.randint(0, 5)
        typed = f", types: {json.dumps(given)}" if given else ""
        document = (
            f'{{ neighbourhood(of: "{key}", hops: {hops}, direction: {way}{typed}) {WALKED} }}'
        )
        answer = await read(estate, estate.limited, document)
        wanted = naive_walks.hops(seen.walked(way, given), [rows.id(key)])
        wanted = {id: far for id, far in wanted.items() if far <= hops}
        assert {node["id"]: node["hops"] for node in answer["nodes"]} == wanted
        assert (answer["totalCount"], answer["hiddenCount"]) == (len(wanted) - 1, 0)
        counted = Counter(far for far in wanted.values() if far)
        assert {each["hops"]: each["count"] for each in answer["byHops"]} == counted
        edges = {(e["source"], e["type"], e["target"]) for e in answer["edges"]}
        assert edges == {k for *_, k in seen.walked(way, given).subgraph(wanted).edges(keys=True)}
        full = await read(estate, estate.full, document)
        differing += full["totalCount"] != answer["totalCount"]
    assert differing > 5, "the control: others see more"


async def test_needs_are_counted_alike_and_told_by_tokens(estate: Estate) -> None:
    pick, hidden = random.Random(11), 0
    for _ in range(ROUNDS):
        way, first = pick.choice(["UPSTREAM", "DOWNSTREAM"]), pick.choice([1, 2, 100])
        weakest = pick.choice(["INFO", "SOFT", "HARD"])
        document = (
            f'{{ dependencies(of: "{pick.choice(SEEN)}", direction: {way}, first: {first}, '
            f"weakest: {weakest}) {WALKED} }}"
        )
        mine = await read(estate, estate.limited, document)
        full = await read(estate, estate.full, document)
        assert (mine["totalCount"], mine["byHops"]) == (full["totalCount"], full["byHops"])
        tokens = {node["id"] for node in mine["nodes"] if node["hidden"]}
        assert all(id.startswith("hidden-") for id in tokens)
        assert all((node["element"] is None) is node["hidden"] for node in mine["nodes"])
        for edge in mine["edges"]:
            if {edge["source"], edge["target"]} & tokens:
                assert set(edge.values()) == {edge["source"], edge["target"], None}
        hidden += len(tokens)
    assert hidden > 10


async def test_paths_tell_nothing_of_what_they_lead_through(estate: Estate) -> None:
    pick, through = random.Random(13), 0
    ways = ["UPSTREAM", "DOWNSTREAM", "BOTH", "OUT", "IN"]
    plain = [(ends, way, None) for ends in permutations(SEEN, 2) for way in ways[:2]]
    chosen = [(pick.sample(SEEN, 2), pick.choice(ways), some_types(pick)) for _ in range(ROUNDS)]
    for ends, way, given in [*plain, *chosen]:
        typed = f", types: {json.dumps(given)}" if given else ""
        document = (
            f'{{ path(from: "{ends[0]}", to: "{ends[1]}", k: 5, direction: {way}{typed}) '
            f"{{ paths {{ length elements }} hiddenCount {NODES} {EDGES} }} }}"
        )
        mine = await read(estate, estate.limited, document)
        full = await read(estate, estate.full, document)
        lengths = [[path["length"] for path in each["paths"]] for each in (mine, full)]
        if way in {"UPSTREAM", "DOWNSTREAM"} and not given:
            assert lengths[0] == lengths[1]
        else:
            assert mine["hiddenCount"] == 0
        through += mine["hiddenCount"]
    assert through > 0


async def test_groups_are_those_of_what_is_seen(estate: Estate) -> None:
    pick, differing = random.Random(17), 0
    for _ in range(ROUNDS):
        lists = pick.choice(["cis", "elements"])
        keys = pick.sample(KEYS, pick.randint(0, 3))
        by = ", ".join(f'{{field: "{key}"}}' for key in keys)
        document = f"""{{ {lists}Aggregate(groupBy: [{by}], first: 200) {{ groupCount rows {{
            keys {{ name value }} count names: countDistinct(field: "name") min(field: "key")
            max(field: "key") last: max(field: "description") }} }} }}"""
        mine = await read(estate, estate.limited, document)
        full = await read(estate, estate.full, document)
        listed = f"{{ {lists}(first: 100) {{ nodes {{ key kind }} }} }}"
        seen = await read(estate, estate.limited, listed)
        if "service" not in keys:
            assert sum(row["count"] for row in mine["rows"]) == len(seen["nodes"])
        told = {row[name] for row in mine["rows"] for name in ("min", "max")}
        assert told <= {node["key"] for node in seen["nodes"]} | {None}
        differing += mine != full
    assert differing > ROUNDS // 2


async def test_a_hidden_one_cannot_be_grouped_by_naming_it(estate: Estate) -> None:
    for where in (f'{{key: {{eq: "{MARK}-host"}}}}', '{type: {isA: "Server"}}'):
        document = f"{{ cisAggregate(where: {where}) {{ rows {{ count }} }} }}"
        text = await estate.limited.text(document)
        assert json.loads(text)["data"]["cisAggregate"]["rows"] == [{"count": 0}]
