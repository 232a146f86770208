"""Shared fate over HTTP: every provider is proved by letting it fail, and none is missing."""

from collections.abc import AsyncIterator
from typing import Any

import networkx as nx
import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied
from e2e.test_graph_questions import rows_of
from fitsm_graph.cli.run import load_demo
from fitsm_graph.graph.driver import Endpoint
from oracles.naive_walks import Rows

FATE = """query F($of: ID!, $deep: Boolean! = false, $first: Int! = 100) {
  sharedFate(of: $of, deep: $deep, first: $first) { version complete note
    requirements { id element need total margin members already complete examined cone
      providerCount providers { element members weight } }
    nodes { id hidden element { key kind state } } edges { source target type } } }"""
FAILS = """query W($fail: [ID!]!) { whatIf(scenario: {fail: $fail}) {
  affected { nodes { element { id } after } } } }"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def estate(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Caller, Rows]]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("fate")) as caller:
        await load_demo(caller.product)
        yield caller, await rows_of(caller)


async def downs(caller: Caller, fail: str) -> set[str]:
    answer = (await caller.ask(FAILS, fail=[fail]))["whatIf"]
    return {row["element"]["id"] for row in answer["affected"]["nodes"] if row["after"] == "DOWN"}


@pytest.mark.parametrize("key", ["sto-a", "grp-db-science", "dbc-platform"])
async def test_providers_are_exactly_those_whose_failure_breaks_the_redundancy(
    estate: tuple[Caller, Rows], key: str
) -> None:
    caller, rows = estate
    answer = (await caller.ask(FATE, of=key, deep=True, first=3))["sharedFate"]
    walked = rows.walked("UPSTREAM", weakest="hard")
    names = {node["id"]: node["element"]["key"] for node in answer["nodes"]}
    assert answer["requirements"]
    for need in answer["requirements"]:
        members = set(need["members"])
        upstream = set(members).union(*(nx.descendants(walked, each) for each in members))
        assert need["cone"] == need["examined"] == len(upstream)
        assert need["complete"]
        found = {each["element"]: set(each["members"]) for each in need["providers"]}
        assert need["providerCount"] == len(found)
        for candidate in sorted(upstream):
            lost = await downs(caller, candidate) & members
            breaks = len(lost) > 1 and len(lost) > need["total"] - need["need"]
            assert (candidate in found) is breaks, names.get(candidate, candidate)
            if breaks:
                assert found[candidate] == lost
    ids = {node["id"] for node in answer["nodes"]}
    assert all({edge["source"], edge["target"]} <= ids for edge in answer["edges"])


async def test_a_firmware_is_what_two_controllers_share(estate: tuple[Caller, Rows]) -> None:
    caller, rows = estate
    answer = (await caller.ask(FATE, of="svc-storage", deep=True))["sharedFate"]
    names = {row.id: row.key for row in rows.elements.values()}
    shared = {
        names[each["element"]]: sorted(names[member] for member in each["members"])
        for need in answer["requirements"]
        for each in need["providers"]
    }
    assert shared["fw-sto-a"] == ["sto-ctl-a1", "sto-ctl-a2"]
    fells = {(names[e["source"]], names[e["target"]]) for e in answer["edges"]
             if e["type"] == "FALLS_WITH"}  # fmt: skip
    assert ("sto-ctl-a1", "fw-sto-a") in fells


async def test_limits_are_said(estate: tuple[Caller, Rows]) -> None:
    caller, _ = estate
    every = (await caller.ask(FATE, of="svc-portal", deep=True))["sharedFate"]
    one = (await caller.ask(FATE, of="svc-portal", deep=True, first=1))["sharedFate"]
    assert len(every["requirements"]) > 1
    assert one["requirements"] == every["requirements"][:1]
    assert not one["complete"]
    assert one["note"].startswith("1 of ")
    assert one["note"].endswith(" needs were examined, nearest first")
    none: Any = (await caller.ask(FATE, of="fw-sto-a"))["sharedFate"]
    assert (none["requirements"], none["nodes"], none["complete"]) == ([], [], True)
    assert await caller.code(FATE, of="svc-portal", first=0) == "BAD_INPUT"
    assert await caller.code(FATE, of="no-such") == "NOT_FOUND"


async def test_it_costs_one_statement(estate: tuple[Caller, Rows]) -> None:
    caller, _ = estate
    await caller.ask(FATE, of="svc-storage", deep=True)
    before = caller.product.graph.statements
    await caller.ask(FATE, of="svc-storage", deep=True)
    assert caller.product.graph.statements - before <= 2
