"""Records of the processes as a field of elements, held against what the graph says plainly."""

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied, register
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.model.process import PROCESS_LABEL
from graph.syncing import run

ELEMENTS = ("host", "disk", "spare")
ALL = "MATCH (:Element {key: $key})<--(r:ProcessRecord) RETURN DISTINCT r.key, labels(r)"
KINDS = ("Incident", "Problem", "Change", "MaintenanceWindow", "Suggestion")
FUTURE, PAST = "2999-01-01T00:00:00Z", "2020-01-01T00:00:00Z"
ASKED = """query R($key: String!, $kinds: [String!], $open: Boolean, $first: Int = 50,
    $after: String) {
  ci(by: {key: $key}) { key processRecords(kinds: $kinds, open: $open, first: $first, after: $after)
    { nodes { kind key title status ... on Incident { affects { effect element { key } } }
      ... on Change { alters { element { key } } } }
      totalCount pageInfo { hasNextPage endCursor } } } }"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        for key in ELEMENTS:
            await register(made, key, "CI", "Server")
        await _records(made)
        yield made


async def _done(caller: Caller, said: str, one: str) -> str:
    document = f"mutation {{ done: {said} {{ ok errors {{ code why }} {one} {{ key }} }} }}"
    done = (await caller.ask(document))["done"]
    assert done["ok"], done
    return str(done[one]["key"])


async def _records(caller: Caller) -> None:
    """Records of five kinds on one or two of the elements each; some of them are over."""
    drawn = random.Random(5)
    for number in range(14):
        hit = drawn.sample(ELEMENTS[:2], drawn.randint(1, 2))
        hits = ", ".join(f'{{element: "{key}", effect: DEGRADED}}' for key in hit)
        keys = ", ".join(f'"{key}"' for key in hit)
        incident = await _done(
            caller,
            f'registerIncident(input: {{title: "i{number}", affects: [{hits}]}})',
            "incident",
        )
        if number % 3 == 0:
            end = f'resolveIncident(input: {{ref: "{incident}", resolution: "done"'
            await _done(caller, f'{end}, causedIn: "{hit[0]}"}})', "incident")
        if number % 4 == 0:
            given = f'title: "p{number}", incidents: ["{incident}"], investigates: [{keys}]'
            await _done(caller, f"registerProblem(input: {{{given}}})", "problem")
        change = f'registerChange(input: {{title: "c{number}", changes: [{hits}]}})'
        ref = await _done(caller, change, "change")
        if number % 2:
            await _done(caller, f'cancelChange(input: {{ref: "{ref}", why: "no"}})', "change")
        if number % 5 == 0:
            given = f'title: "s{number}", wouldImprove: [{keys}]'
            await _done(caller, f"registerSuggestion(input: {{{given}}})", "suggestion")


async def records(caller: Caller, key: str, **given: Any) -> Any:
    return (await caller.ask(ASKED, key=key, **given))["ci"]["processRecords"]


async def plainly(caller: Caller, key: str) -> dict[str, str]:
    """Kinds of all records that lead to an element by whatever relationship, by key."""
    rows = await run(caller.product.graph, ALL, key=key)
    odd = {"Record", PROCESS_LABEL, "Disturbance"}
    return {found: next(iter(set(labels) - odd)) for found, labels in rows}


@pytest.mark.parametrize("key", ELEMENTS)
async def test_they_are_all_that_lead_to_it_each_once_the_newest_first(
    caller: Caller, key: str
) -> None:
    told, there = await records(caller, key), await plainly(caller, key)
    assert {each["key"]: each["kind"] for each in told["nodes"]} == there
    assert (len(told["nodes"]), told["totalCount"]) == (len(there), len(there))
    assert bool(there) is (key != "spare")
    order = "MATCH (r:ProcessRecord) WHERE r.key IN $keys RETURN r.key ORDER BY r.id DESC"
    rows = await run(caller.product.graph, order, keys=list(there))
    assert [each["key"] for each in told["nodes"]] == [found for (found,) in rows]


async def test_what_a_kind_says_itself_is_shown(caller: Caller) -> None:
    for each in (await records(caller, "host"))["nodes"]:
        links = each.get("affects", each.get("alters"))
        assert each["kind"] not in {"Incident", "Change"} or "host" in {
            one["element"]["key"] for one in links
        }


@pytest.mark.parametrize("kinds", [["Change"], ["Incident", "Problem"], [], ["KnownError"]])
async def test_by_kind(caller: Caller, kinds: list[str]) -> None:
    told, there = await records(caller, "host", kinds=kinds), await plainly(caller, "host")
    expected = {key for key, kind in there.items() if kind in kinds}
    assert {each["key"] for each in told["nodes"]} == expected
    assert told["totalCount"] == len(expected)


async def test_by_whether_they_are_over(caller: Caller) -> None:
    """As each kind's own list says it."""
    going, over = [
        {each["key"] for each in (await records(caller, "host", open=wanted))["nodes"]}
        for wanted in (True, False)
    ]
    assert going
    assert over
    assert not going & over
    assert going | over == set(await plainly(caller, "host"))
    lists = (
        "{ incidents(where: {open: true}, first: 99) { nodes { key } } "
        "changes(where: {open: true}, first: 99) { nodes { key } } }"
    )
    found = await caller.ask(lists)
    listed = {each["key"] for one in found.values() for each in one["nodes"]}
    assert {key for key in going if key[:3] in {"INC", "CHG"}} <= listed
    assert not over & listed


async def test_page_by_page_all_come_once(caller: Caller) -> None:
    whole, found, after = await records(caller, "host"), [], None
    while True:
        page = await records(caller, "host", first=4, after=after)
        found += page["nodes"]
        assert page["totalCount"] == whole["totalCount"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert found == whole["nodes"]


async def test_it_is_one_statement_for_a_whole_list(caller: Caller) -> None:
    """What looks after tokens and the ledger now and then is not in every one of some tries."""
    document = "{ elements { nodes { key processRecords(open: true) { nodes { key } } } } }"
    graph, taken = caller.product.graph, []
    for _ in range(5):
        before = graph.statements
        nodes = (await caller.ask(document))["elements"]["nodes"]
        taken.append(graph.statements - before)
        assert sorted(each["key"] for each in nodes) == sorted(ELEMENTS)
    assert min(taken) == 1


@pytest.mark.parametrize(
    ("kind", "remedy"), [("Changes", "Change"), ("Improvement", ""), ("Server", "")]
)
async def test_a_kind_that_is_about_no_element_is_refused(
    caller: Caller, kind: str, remedy: str
) -> None:
    told = await caller.told(ASKED, key="host", kinds=[kind])
    (error,) = told["errors"]
    assert error["extensions"]["code"] == "UNKNOWN_KIND"
    assert remedy in error["extensions"]["remedy"]


async def test_it_has_no_past(caller: Caller) -> None:
    document = """{ ci(by: {key: "host"}, asOf: "2026-01-01T00:00:00Z") {
      processRecords { totalCount } } }"""
    assert await caller.code(document) == "AS_OF_UNSUPPORTED"
