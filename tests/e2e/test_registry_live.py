"""A change of types is in force everywhere within a second, without a restart."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied, register
from fitsm_graph.graph.driver import Endpoint, connect

DEFINE = """mutation D($ci: JSON, $rel: JSON, $dry: Boolean! = false, $prune: Boolean! = false,
                       $accept: Boolean! = false) {
    defineTypes(dryRun: $dry, input: { ciTypes: $ci, relationshipTypes: $rel, prune: $prune,
                                       acceptBreaks: $accept }) {
        ok dryRun seq errors { code message why remedy } ciTypes { defined changed unchanged }
        differences { path breaks types } } }"""


@pytest_asyncio.fixture(loop_scope="session")
async def two(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Caller, Caller]]:
    """Two products on one database, as two replicas are, with one pepper."""
    await emptied(neo4j_endpoint)
    folder = tmp_path_factory.mktemp("product")
    async with (
        calling(neo4j_endpoint, folder) as one,
        calling(neo4j_endpoint, folder, token=one.token) as other,
    ):
        yield one, other


def telescope(**more: Any) -> dict[str, Any]:
    return {
        "extends": "Equipment",
        "doc": "Telescope with its mount.",
        "tag": "Tk",
        "attributes": {"aperture_m": {"kind": "float", "unit": "m", "doc": "Of the main mirror."}},
        **more,
    }


async def define(caller: Caller, **given: Any) -> Any:
    done = (await caller.ask(DEFINE, **given))["defineTypes"]
    assert done["ok"], done
    return done


async def within_a_second(caller: Caller, document: str) -> Any:
    """The data of a document, tried until a second is over."""
    until = time.monotonic() + 1
    while True:
        answer = await caller.told(document)
        if "errors" not in answer:
            return answer["data"]
        assert time.monotonic() < until, answer
        await asyncio.sleep(0.05)


NEW_TYPE = """{ cis(where: { type: { isA: "Telescope" } }) { nodes {
    __typename key ... on Telescope { apertureM } } } }"""


async def test_a_new_type_is_answered_by_the_other_replica_within_a_second(
    two: tuple[Caller, Caller],
) -> None:
    one, other = two
    for each in two:
        assert await each.code(NEW_TYPE) == "INVALID_DOCUMENT", "the control: it was refused"
    done = await define(one, ci={"Telescope": telescope()})
    assert done["ciTypes"] == {"defined": 1, "changed": 0, "unchanged": 0}
    assert (await within_a_second(other, NEW_TYPE))["cis"]["nodes"] == []
    register_one = """mutation { registerElement(input: { kind: "CI", type: "Telescope",
        key: "tel-1", name: "first", attributes: { apertureM: 8.2 } }) {
        ok errors { message } } }"""
    assert (await other.ask(register_one))["registerElement"]["ok"]
    expected = [{"__typename": "Telescope", "key": "tel-1", "apertureM": 8.2}]
    for each in two:
        assert (await within_a_second(each, NEW_TYPE))["cis"]["nodes"] == expected
    types = await other.ask('{ ciTypes(names: ["Telescope"]) { doc attributes { name unit } } }')
    assert {"name": "apertureM", "unit": "m"} in types["ciTypes"][0]["attributes"]


async def test_an_entry_demanded_brings_its_types_at_once(two: tuple[Caller, Caller]) -> None:
    one, other = two
    await other.ask("{ ledgerHead }")
    seq = (await define(one, ci={"Telescope": telescope()}))["seq"]
    body = {"query": NEW_TYPE, "extensions": {"atLeast": seq}}
    answer = (await other.post(body)).json()
    assert "errors" not in answer, answer
    assert answer["extensions"]["seq"] >= seq


async def test_a_changed_relationship_type_changes_impact_everywhere(
    two: tuple[Caller, Caller],
) -> None:
    one, other = two
    for key in ("leans-a", "leans-b"):
        await register(one, key)
    leans = {
        "doc": "Leans on it; nothing is needed.",
        "sentence": "{source} leans on {target}",
        "sources": ["ServiceComponent"],
        "targets": ["ServiceComponent"],
        "dependency": "none",
    }
    await define(one, rel={"LEANS_ON": leans})
    relate = """mutation { relateElements(input: { type: "LEANS_ON", source: "leans-a",
        target: "leans-b" }) { ok errors { message } } }"""
    assert (await one.ask(relate))["relateElements"]["ok"]
    assert await states(one, other) == [set(), set()], "the control: no need, no impact"
    needs = {**leans, "dependency": "source_needs_target", "strength": "hard"}
    await define(one, rel={"LEANS_ON": needs}, accept=True)
    await asyncio.sleep(0.3)
    assert await states(one, other) == [{"leans-a"}, {"leans-a"}]


async def states(*callers: Caller) -> list[set[str]]:
    """Who else is hit when leans-b fails, as each replica tells it."""
    document = '{ impact(of: ["leans-b"]) { affected { nodes { element { key } } } } }'
    told = []
    for each in callers:
        rows = (await each.ask(document))["impact"]["affected"]["nodes"]
        told.append({row["element"]["key"] for row in rows} - {"leans-b"})
    return told


async def test_a_request_in_flight_ends_on_the_schema_it_began_with(
    two: tuple[Caller, Caller],
) -> None:
    one, _ = two
    api = one.product.api
    before = api.editions.current
    field = before.pipeline.schema.query_type.fields["ledgerHead"]
    began, go = asyncio.Event(), asyncio.Event()
    stock = field.resolve

    async def slow(*args: Any, **given: Any) -> Any:
        began.set()
        await go.wait()
        return await stock(*args, **given)

    field.resolve = slow
    asking = asyncio.ensure_future(one.told("{ ledgerHead }"))
    await began.wait()
    await define(one, ci={"Telescope": telescope()})
    await one.ask(NEW_TYPE)
    assert api.editions.current is not before
    assert not asking.done()
    go.set()
    assert "errors" not in await asking


async def test_a_dry_run_tells_the_difference_and_changes_nothing(
    two: tuple[Caller, Caller],
) -> None:
    one, _ = two
    done = await define(one, ci={"Telescope": telescope()}, dry=True)
    assert (done["dryRun"], done["seq"]) == (True, None)
    assert ["ci_types", "Telescope"] in [each["path"] for each in done["differences"]]
    assert await one.code(NEW_TYPE) == "INVALID_DOCUMENT"


async def test_types_that_make_no_sense_are_refused_and_nothing_changes(
    two: tuple[Caller, Caller],
) -> None:
    one, _ = two
    await define(one, ci={"Telescope": telescope()})
    await one.ask(NEW_TYPE)
    before = one.product.api.editions.current
    for ci, code in (
        ({"Other": telescope(extends="Nothing", tag="Or")}, ""),
        ({"Party": telescope(tag="Pa")}, "NO_SCHEMA"),
        ({"ImpactAnswer": telescope(tag="Ia")}, "NO_SCHEMA"),
        (["Telescope"], "BAD_INPUT"),
        ({"Telescope": telescope(abstract=True)}, ""),
    ):
        done = (await one.ask(DEFINE, ci=ci))["defineTypes"]
        assert not done["ok"], ci
        error = done["errors"][0]
        assert error["code"] == code or not code, error
        assert error["message"]
    await one.ask(NEW_TYPE)
    assert one.product.api.editions.current is before
    assert one.product.api.editions.warning == ""


async def test_somebody_without_the_right_defines_nothing(two: tuple[Caller, Caller]) -> None:
    from fitsm_graph import bootstrap

    one, _ = two
    secret = (await bootstrap.new_token(one.product, "admin", 1, ["reader"])).secret
    reader = Caller(one.product, one.http, secret)
    assert await reader.code(DEFINE, ci={"Telescope": telescope()}) == "FORBIDDEN"


async def test_a_registry_that_cannot_be_read_leaves_the_old_one_with_a_warning(
    two: tuple[Caller, Caller], neo4j_endpoint: Endpoint
) -> None:
    one, other = two
    await define(one, ci={"Telescope": telescope()})
    for each in two:
        await within_a_second(each, NEW_TYPE)
    for damage in ("{", json.dumps({"doc": 1, "extends": "Nothing"})):
        await damaged(neo4j_endpoint, damage)
        await asyncio.sleep(0.3)
        for each in two:
            assert (await each.ask(NEW_TYPE))["cis"]["nodes"] == []
            ready = (await each.http.get("/readyz")).json()
            assert ready["status"] == "ready"
            assert "not in force" in ready["warnings"][0]
    whole = telescope(doc="Mended.")
    await damaged(neo4j_endpoint, json.dumps(whole))
    await asyncio.sleep(0.3)
    told = await other.ask('{ ciTypes(names: ["Telescope"]) { doc } }')
    assert told["ciTypes"] == [{"doc": "Mended."}]
    assert (await other.http.get("/readyz")).json()["warnings"] == []


async def damaged(endpoint: Endpoint, definition: str) -> None:
    """Write a definition past the verb, as nobody should."""
    text = """MATCH (type:CIType {key: 'Telescope'}), (head:LedgerHead {id: 'head'})
        SET type.definition = $definition, head.types_seq = head.types_seq + 1"""
    async with connect(endpoint) as driver, driver.session() as session:
        await (await session.run(text, {"definition": definition})).consume()


async def test_a_type_alone_costs_no_load_of_the_topology(two: tuple[Caller, Caller]) -> None:
    one, _ = two
    await register(one, "there")
    await one.ask('{ element(id: "there") { state } }')
    loads = one.product.snapshot.loads
    await define(one, ci={"Telescope": telescope()})
    await one.ask('{ element(id: "there") { state } }')
    assert one.product.snapshot.loads == loads
