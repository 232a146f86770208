"""Who answers for CIs that have no owner: the group that their type names, its own or inherited."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied
from fitsm_graph.confm import checks
from fitsm_graph.csi.conformity import examined
from fitsm_graph.flow.periods import Period
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.sms import service as sms

REQUEST = Request(actor="test", via="test")
EVER = Period("2020-01-01T00:00:00.000000Z", "2999-01-01T00:00:00.000000Z")
TYPES = """mutation T($ci: JSON) { defineTypes(input: {ciTypes: $ci, acceptBreaks: true}) {
  ok errors { message why } } }"""
ELEMENT = "mutation E($i: RegisterElementInput!) { registerElement(input: $i) { ok } }"
COMPLETE = "{ completeness { byOwner { name checked } } }"
ANSWERS = "query W($of: ID!) { whoAnswers(of: $of) { by parties { key } } }"
INCIDENT = """mutation I($key: ID!) { registerIncident(input: {title: "x",
  affects: [{element: $key}]}) { incident { key } } }"""


@pytest_asyncio.fixture(loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        for key in ("ops", "lab"):
            await made.product.graph.write(
                sms.register_party, REQUEST, "Group", {"key": key, "name": key}
            )
        await define(made, "ops")
        for key, type in (("dish", "Dish"), ("host", "Server")):
            given = {"kind": "CI", "type": type, "key": key, "name": key}
            assert (await made.ask(ELEMENT, i=given))["registerElement"]["ok"]
        yield made


async def define(caller: Caller, group: str) -> None:
    """A type that names a group, and one that inherits it."""
    antenna = {"doc": "Antenna.", "tag": "Q1", "extends": "Equipment", "owner_group": group}
    dish = {"doc": "Dish.", "tag": "Q2", "extends": "Antenna"}
    wanted = {"Antenna": antenna, "Dish": dish} if group == "ops" else {"Antenna": antenna}
    told = (await caller.ask(TYPES, ci=wanted))["defineTypes"]
    assert told["ok"], told


async def unowned(caller: Caller) -> set[str]:
    (finding,) = await examined(caller.product.graph, ["PR11.2"], EVER)
    return {each.key for each in finding.violations if each.indicator == "ci_unowned"}


async def owners(caller: Caller) -> dict[str, int]:
    rows = (await caller.ask(COMPLETE))["completeness"]["byOwner"]
    return {each["name"]: each["checked"] for each in rows}


async def told_by_doctor(caller: Caller) -> str:
    check = await checks.owners(caller.product.graph, caller.product.registry)
    return f"{check}"


async def answered_for(caller: Caller, key: str) -> Any:
    made = (await caller.ask(INCIDENT, key=key))["registerIncident"]["incident"]["key"]
    return (await caller.ask(ANSWERS, of=made))["whoAnswers"]


async def test_a_group_of_the_type_counts_everywhere_alike(caller: Caller) -> None:
    assert await unowned(caller) == {"host"}, "the control: nobody answers for its type"
    assert (await owners(caller))["ops"] == 1
    doctor = await told_by_doctor(caller)
    assert ("host" in doctor, "dish" in doctor) == (True, False)
    answered = await answered_for(caller, "dish")
    assert answered == {"by": "type", "parties": [{"key": "ops"}]}
    (row,) = await caller.product.graph.rows("kpi.ci_owned", until=EVER.until)
    assert (row["numerator"], row["denominator"]) == (1, 2)


async def test_what_inherits_follows_its_base(caller: Caller) -> None:
    await define(caller, "lab")
    assert (await answered_for(caller, "dish"))["parties"] == [{"key": "lab"}]
    assert (await owners(caller))["lab"] == 1
    await define(caller, "nobody")
    assert await unowned(caller) == {"host", "dish"}, "there is no such group"
    assert await answered_for(caller, "dish") is None
