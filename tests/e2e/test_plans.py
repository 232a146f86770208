"""What is compiled of a document once answers every later request as if it were compiled anew."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied, register, somebody
from fitsm_graph.api.pipeline import Entry
from fitsm_graph.confm.types import define_scope
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.sms import accounts
from graph.syncing import REGISTRY, REQUEST

FIXED = """query P($key: String!) { ci(by: {key: $key}) { key type ...More } }
  fragment More on CI { owner { key } relations(first: 3, direction: OUT) { type } }"""
BELOW = """query P($key: String!, $n: Int!) { ci(by: {key: $key}) {
  key relations(first: $n) { element { key } } } }"""
SKIPPED = """query P($key: String!, $no: Boolean!) { ci(by: {key: $key}) {
  key name @skip(if: $no) } }"""
TIMED = """query P($key: String!) { ci(by: {key: $key}) { key
  related(where: {element: {freshness: {olderThan: "PT0S"}}}) { totalCount } } }"""
SPREAD = """query P($key: String!, $more: Boolean!) { ci(by: {key: $key}) { key }
  ...Root @include(if: $more) } fragment Root on Query { ci(by: {key: $key}) { name } }"""
BOTH = """query P($key: String!, $id: ID!) { a: ci(by: {key: $key}) { key }
  b: ci(by: {id: $id}) { name } c: element(id: $id) { kind } }"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("plans")) as made:
        await register(made, "s-1", kind="CI", type="Server")
        await register(made, "v-1", kind="CI", type="VirtualMachine")
        tie = 'relateElements(input: {type: "RUNS_ON", source: "v-1", target: "s-1"}) { ok }'
        assert (await made.ask(f"mutation {{ {tie} }}"))["relateElements"]["ok"]
        yield made


def entry(caller: Caller, document: str) -> Entry:
    """What is kept of a document."""
    return caller.product.api.editions.current.pipeline.prepare(document, {"n": 1}).entry


async def test_a_fixed_selection_is_compiled_once_and_asks_about_any_element(
    caller: Caller,
) -> None:
    relations: dict[str, Any] = {"s-1": [], "v-1": [{"type": "RUNS_ON"}]}
    for key in ("s-1", "v-1", "s-1", "none"):
        told = (await caller.ask(FIXED, key=key))["ci"]
        assert (told and told["relations"]) == relations.get(key)
    (plan,) = entry(caller, FIXED).plans.values()
    assert plan is not None
    assert "s-1" not in str(plan.parameters)


async def test_what_variables_or_the_time_change_is_compiled_each_time(caller: Caller) -> None:
    for n in (1, 0, 1):
        told = (await caller.ask(BELOW, key="s-1", n=n))["ci"]
        assert len(told["relations"]) == n
    for no in (True, False, True):
        told = (await caller.ask(SKIPPED, key="s-1", no=no))["ci"]
        assert ("name" in told) is not no
    for _ in range(2):
        assert (await caller.ask(TIMED, key="s-1"))["ci"]["related"] == {"totalCount": 1}
    for document in (BELOW, SKIPPED, TIMED):
        assert list(entry(caller, document).plans.values()) == [None]


async def test_fields_of_one_document_have_plans_of_their_own(caller: Caller) -> None:
    for key in ("s-1", "v-1"):
        told = await caller.ask(BOTH, key=key, id=key)
        assert told == {"a": {"key": key}, "b": None, "c": {"kind": "CI"}}
    assert len(entry(caller, BOTH).plans) == 4, "element by id, and by key where it is no id"


async def test_each_reader_has_what_it_may_see(caller: Caller) -> None:
    graph = caller.product.graph
    what = REGISTRY, "machines", "Machines are ours.", ["VirtualMachine"]
    scope = (await graph.write(define_scope, REQUEST, *what)).value["key"]
    lea = await somebody(caller, "lea", "reader")
    await graph.write(accounts.change_account, REQUEST, "lea", sees=[scope])
    for _ in range(2):
        for who, seen in ((caller, True), (lea, False)):
            told = await who.ask(f"{FIXED} # of two", key="s-1")
            assert (told["ci"] is not None) is seen
        assert (await lea.ask(f"{BELOW} # of one", key="v-1", n=3))["ci"]["relations"] == []
    assert len(entry(caller, f"{FIXED} # of two").plans) == 2


async def test_what_is_selected_of_it_elsewhere_counts_where_it_is_selected(
    caller: Caller,
) -> None:
    """A root field is selected as often as fragments say, which variables may leave out."""
    for more in (False, True, False):
        told = (await caller.ask(SPREAD, key="s-1", more=more))["ci"]
        assert list(told) == (["key", "name"] if more else ["key"])
