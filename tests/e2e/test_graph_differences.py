"""What differs between two times, against two readings of the database compared by hand."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied
from fitsm_graph.cli.run import load_demo
from fitsm_graph.graph.driver import Endpoint
from graph.syncing import run

DIFF = """query D($from: DateTime!, $to: DateTime, $first: Int! = 200) {
  topologyDiff(from: $from, to: $to, first: $first) {
    fromSeq toSeq complete note addedCount removedCount changedCount relinkedCount
    added { id element { key name } } removed { id element { key name } }
    changed { id action element { key name } fields { name old new } }
    relinked { source type target action fields { name old new } }
    nodes { id action } edges { source type target } } }"""
KEPT = {"version", "updated_at", "created", "created_at", "retired", "salt"}
LINK = 'relateElements(input: {type: "BUILT_FROM", source: "d-part", target: "d-new"'
ACTS = (
    'registerElement(input: {kind: "CI", type: "Server", key: "d-new", name: "new"})',
    'registerElement(input: {kind: "CI", type: "Server", key: "d-gone", name: "gone"})',
    'registerElement(input: {kind: "ServiceComponent", key: "d-part", name: "part"})',
    f"{LINK}, strength: SOFT}})",
    'relateElements(input: {type: "DEPENDS_ON", source: "d-gone", target: "d-new"})',
    'retireElement(input: {ref: "d-gone"})',
    'updateElement(input: {ref: "d-part", set: {name: "Part", lifecycle: "planned"}})',
    'updateElement(input: {ref: "d-new", set: {serialNumber: "s1"}})',
    'updateElement(input: {ref: "d-new", set: {serialNumber: "s2"}})',
    'unrelateElements(input: {type: "BUILT_FROM", source: "d-part", target: "d-new"})',
    f"{LINK}, strength: HARD}})",
    'assignOwner(input: {ref: "d-part", owner: "OWNER"})',
    'updateElement(input: {ref: "d-part", set: {name: "part"}})',
    'retireElement(input: {ref: "d-part"})',
)


class Story:
    """Acts one after the other, with what the database said before and after each."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.moments: list[str] = []
        self.states: list[tuple[dict[str, Any], dict[Any, Any], dict[str, Any]]] = []

    async def note(self) -> None:
        await asyncio.sleep(0.003)
        self.moments.append(self.caller.product.clock.now().isoformat())
        await asyncio.sleep(0.003)
        graph = self.caller.product.graph
        elements = await run(graph, "MATCH (n:Element) RETURN n.id, properties(n)")
        relations = await run(
            graph, "MATCH (a:Element)-[r]->(b:Element) RETURN a.id, type(r), b.id, properties(r)"
        )
        owners = await run(graph, "MATCH (a:Element)-[:OWNED_BY]->(b) RETURN a.id, b.key")
        self.states.append(
            (
                {id: _kept(row) for id, row in elements},
                {(a, t, b): _kept(row) for a, t, b, row in relations},
                dict(owners),
            )
        )


def _kept(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name.lstrip("_") not in KEPT}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def story(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Story]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("diff")) as caller:
        await load_demo(caller.product)
        owner = (await run(caller.product.graph, "MATCH (p:Group) RETURN p.key LIMIT 1"))[0][0]
        made = Story(caller)
        await made.note()
        for act in ACTS:
            document = (
                f"mutation {{ done: {act.replace('OWNER', owner)} {{ ok errors {{ why }} }} }}"
            )
            done = (await caller.ask(document))["done"]
            assert done["ok"], (act, done)
            await made.note()
        yield made


def expected(before: Any, after: Any) -> dict[str, Any]:
    """The difference of two readings."""
    (old, old_links, owned), (new, new_links, owns) = before, after
    changed = {}
    for id in old.keys() & new.keys():
        fields = {
            name: (old[id].get(name), new[id].get(name))
            for name in old[id].keys() | new[id].keys()
            if old[id].get(name) != new[id].get(name)
        }
        if owned.get(id) != owns.get(id):
            fields["owner"] = (owned.get(id), owns.get(id))
        if fields:
            changed[id] = fields
    return {
        "added": new.keys() - old.keys(),
        "removed": old.keys() - new.keys(),
        "changed": changed,
        "links": {
            **dict.fromkeys(new_links.keys() - old_links.keys(), "ADDED"),
            **dict.fromkeys(old_links.keys() - new_links.keys(), "REMOVED"),
            **{
                link: "CHANGED"
                for link in old_links.keys() & new_links.keys()
                if old_links[link] != new_links[link]
            },
        },
    }


def told(answer: Any) -> dict[str, Any]:
    """The same, as the answer has it."""

    def plain(name: str, value: Any) -> Any:
        return value.lower() if name in {"lifecycle", "strength"} and value else value

    stored = {"serialNumber": "serial_number", "isSource": "is_source"}
    return {
        "added": {row["id"] for row in answer["added"]},
        "removed": {row["id"] for row in answer["removed"]},
        "changed": {
            row["id"]: {
                stored.get(each["name"], each["name"]): (
                    plain(each["name"], each["old"]),
                    plain(each["name"], each["new"]),
                )
                for each in row["fields"]
            }
            for row in answer["changed"]
        },
        "links": {
            (row["source"], row["type"], row["target"]): row["action"] for row in answer["relinked"]
        },
    }


async def test_every_pair_of_times_differs_as_two_readings_do(story: Story) -> None:
    last = len(story.moments) - 1
    pairs = [(a, b) for a in range(0, last, 3) for b in (a, a + 1, a + 2, last)]
    differing = 0
    for a, b in pairs:
        asked = await story.caller.ask(
            DIFF, **{"from": story.moments[a]}, to=story.moments[min(b, last)]
        )
        answer = asked["topologyDiff"]
        wanted = expected(story.states[a], story.states[min(b, last)])
        assert told(answer) == wanted, (a, b)
        assert answer["complete"]
        counts = [answer[f"{name}Count"] for name in ("added", "removed", "changed", "relinked")]
        assert counts == [*map(len, (wanted["added"], wanted["removed"])),
                          *map(len, (wanted["changed"], wanted["links"]))]  # fmt: skip
        named = {row["id"] for row in answer["nodes"]}
        assert all({edge["source"], edge["target"]} <= named for edge in answer["edges"])
        differing += any(counts)
    assert differing > 10


async def test_without_an_end_it_ends_now_and_elements_have_all_their_fields(
    story: Story,
) -> None:
    now = (await story.caller.ask(DIFF, **{"from": story.moments[0]}))["topologyDiff"]
    assert told(now) == expected(story.states[0], story.states[-1])
    assert [row["element"]["key"] for row in now["added"]] == ["d-new"]
    document = """query D($from: DateTime!) { topologyDiff(from: $from) {
      added { element { state relations { type } ... on Server { serialNumber } } } } }"""
    asked = await story.caller.ask(document, **{"from": story.moments[0]})
    assert asked["topologyDiff"]["added"] == [
        {"element": {"state": "UP", "relations": [], "serialNumber": "s2"}}
    ]


async def test_elements_of_the_past_are_shown_as_they_were(story: Story) -> None:
    part = ACTS.index(next(act for act in ACTS if "PART" in act.upper() and "update" in act)) + 1
    asked = await story.caller.ask(
        DIFF, **{"from": story.moments[part - 1]}, to=story.moments[part]
    )
    changed = asked["topologyDiff"]["changed"]
    assert [row["element"] for row in changed] == [{"key": "d-part", "name": "Part"}]
    gone = await story.caller.ask(DIFF, **{"from": story.moments[-2]})
    removed = gone["topologyDiff"]["removed"]
    assert [row["element"] for row in removed] == [{"key": "d-part", "name": "part"}]


async def test_limits_of_display_are_said(story: Story) -> None:
    asked = await story.caller.ask(DIFF, **{"from": story.moments[0]}, first=0)
    answer = asked["topologyDiff"]
    assert not answer["complete"]
    assert answer["note"] == "0 of 1 added are shown"
    assert answer["addedCount"] == 1
    assert answer["nodes"] == []


async def test_times_that_make_no_sense_are_refused(story: Story) -> None:
    turned = {"from": story.moments[5], "to": story.moments[0]}
    assert await story.caller.code(DIFF, **turned) == "BAD_INPUT"
    assert await story.caller.code(DIFF, **{"from": "1999-01-01T00:00:00Z"}) == "BEFORE_THE_LEDGER"


async def test_entry_by_entry_it_can_still_be_read(story: Story) -> None:
    document = """query L($since: DateTime!) { ledgerEntries(since: $since) {
        verb changes { op } } }"""
    entries = (await story.caller.ask(document, since=story.moments[0]))["ledgerEntries"]
    assert len(entries) == len(ACTS)


NARROW = """query N($from: DateTime!, $where: ElementWhere) {
  topologyDiff(from: $from, where: $where) {
  addedCount changedCount removedCount relinkedCount complete nodes { element { key } action }
  relinked { source type target action } } }"""


@pytest.mark.parametrize(
    ("moment", "where", "counts", "keys"),
    [
        (0, {}, (1, 0, 0, 0), {"d-new"}),
        (0, {"type": {"eq": "Rack"}}, (0, 0, 0, 0), set()),
        (0, {"serialNumber": {"eq": "s2"}}, (1, 0, 0, 0), {"d-new"}),
        (4, {"name": {"eq": "part"}}, (0, 0, 1, 1), {"d-part", "d-new"}),
        (4, {"key": {"eq": "d-new"}}, (0, 1, 0, 1), {"d-part", "d-new"}),
        (4, {"key": {"eq": "nobody"}}, (0, 0, 0, 0), set()),
    ],
)
async def test_a_filter_leaves_out_what_does_not_match(
    story: Story, moment: int, where: Any, counts: tuple[int, ...], keys: set[str]
) -> None:
    asked = {"from": story.moments[moment], "where": where}
    answer = (await story.caller.ask(NARROW, **asked))["topologyDiff"]
    names = ("added", "changed", "removed", "relinked")
    assert tuple(answer[f"{name}Count"] for name in names) == counts
    assert {row["element"]["key"] for row in answer["nodes"]} == keys
    assert answer["complete"]
