"""Elements by the source or the run that wrote them, on two sources and what people did."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied, register
from fitsm_graph import bootstrap
from fitsm_graph.confm import service
from fitsm_graph.confm.drafts import RelationDraft
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.sms import accounts
from graph.syncing import REGISTRY, REQUEST, record, send

KEYS = "{ elements(where: %s, orderBy: [{key: ASC}]) { totalCount nodes { key } } }"


class Place:
    """A caller, the moment before anything was written, and keys of the runs in their order."""

    def __init__(self, caller: Caller, began: str, runs: list[str]) -> None:
        self.caller, self.began, self.runs = caller, began, runs

    def named(self, where: str) -> str:
        """A filter with the keys of runs in it."""
        for number, each in enumerate(self.runs, 1):
            where = where.replace(f"RUN{number}", each)
        return where

    async def keys(self, where: str, caller: Caller | None = None) -> str:
        """What a filter lets through, counted and in order."""
        told = (await (caller or self.caller).ask(KEYS % self.named(where)))["elements"]
        assert told["totalCount"] == len(told["nodes"])
        return " ".join(each["key"] for each in told["nodes"])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def place(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Place]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("written")) as caller:
        began = to_text(caller.product.clock.now())
        yield Place(caller, began, await written(caller))


async def written(caller: Caller) -> list[str]:
    """Racks writes a, b and c, then changes c; farm makes d and changes b; a person has e."""
    graph = caller.product.graph
    racks = [record("Server", key, asset_tag=key) for key in ("a", "b", "c")]
    runs = [
        await send(graph, racks, source="racks"),
        await send(
            graph,
            [record("VirtualMachine", "d", ("RUNS_ON", "a")), record("Server", "b", model="X")],
            source="farm",
        ),
        await send(graph, [*racks[:2], record("Server", "c", asset_tag="new")], source="racks"),
    ]
    await register(caller, "e", kind="Service")
    for source, target in (("e", "d"), ("c", "a")):
        tie = RelationDraft(type="DEPENDS_ON", source=source, target=target)
        await graph.write(service.relate, REQUEST, REGISTRY, tie)
    await graph.write(service.update_element, REQUEST, REGISTRY, "a", {"name": "by hand"})
    return [each.run for each in runs]


WHERE = {
    '{source: {eq: "racks"}}': "a b c",
    '{source: {eq: "farm"}}': "b d",
    '{source: {in: ["farm", "racks", "none"]}}': "a b c d",
    '{source: {ne: "farm"}}': "a c e",
    '{source: {notIn: ["farm", "racks"]}}': "e",
    "{source: {isNull: true}}": "e",
    "{source: {isNull: false}}": "a b c d",
    '{source: {eq: "none"}}': "",
    "{source: {in: []}}": "",
    "{source: {}}": "a b c d e",
    "{source: {eq: null}}": "a b c d e",
    '{source: {eq: "racks", ne: "farm"}}': "a c",
    '{run: {eq: "RUN1"}}': "a b c",
    '{run: {eq: "RUN2"}}': "b d",
    '{run: {eq: "RUN3"}}': "c",
    '{run: {in: ["RUN2", "RUN3"]}}': "b c d",
    '{run: {notIn: ["RUN1"]}, source: {isNull: false}}': "d",
    '{AND: [{source: {eq: "racks"}}, {source: {eq: "farm"}}]}': "b",
    '{OR: [{run: {eq: "RUN3"}}, {NOT: {source: {isNull: false}}}]}': "c e",
    '{dependsOn: {some: {element: {source: {eq: "farm"}}}}}': "e",
    '{reaches: {direction: UPSTREAM, to: {run: {eq: "RUN1"}}}}': "c d e",
}


@pytest.mark.parametrize("where", WHERE)
async def test_a_filter_finds_what_runs_have_made_or_changed(place: Place, where: str) -> None:
    assert await place.keys(where) == WHERE[where]


async def test_a_run_that_changed_nothing_wrote_nothing(place: Place) -> None:
    again = await send(
        place.caller.product.graph,
        [record("VirtualMachine", "d", ("RUNS_ON", "a")), record("Server", "b", model="X")],
        source="farm",
    )
    assert await place.keys(f'{{run: {{eq: "{again.run}"}}}}') == ""


async def test_it_is_one_statement_with_the_page_the_total_and_an_order(place: Place) -> None:
    graph = place.caller.product.graph
    for document in (KEYS % '{source: {eq: "racks"}}', KEYS % "{run: {isNull: true}}"):
        before = graph.statements
        await place.caller.ask(document)
        assert graph.statements - before <= 3, "one, and one each for who and when"


GROUPS = """{ cisAggregate(where: {source: {eq: "racks"}}, groupBy: [{field: "type"}]) {
  rows { count } } }"""
SINCE = """query S($from: DateTime!) { topologyDiff(from: $from, where: {source: {eq: "farm"}}) {
  added { element { key } } } }"""


async def test_groups_and_differences_take_it_too(place: Place) -> None:
    assert (await place.caller.ask(GROUPS))["cisAggregate"]["rows"] == [{"count": 3}]
    added = (await place.caller.ask(SINCE, **{"from": place.began}))["topologyDiff"]["added"]
    assert sorted(each["element"]["key"] for each in added) == ["b", "d"]


@pytest.mark.parametrize("roles", [["reader"], ["administrator"]])
async def test_runs_of_sources_that_are_not_ones_own_are_not_there(
    place: Place, roles: list[str]
) -> None:
    product = place.caller.product
    login = f"of-farm-{roles[0]}"
    await product.graph.write(accounts.create_account, REQUEST, login, roles, "-")
    made = await bootstrap.new_token(product, login, 1, [], sources=["farm"])
    limited = Caller(product, place.caller.http, made.secret)
    for where, found in {
        '{source: {eq: "racks"}}': "",
        '{run: {eq: "RUN1"}}': "",
        '{source: {eq: "farm"}}': "b d",
        "{source: {isNull: true}}": "a c e",
        '{reaches: {direction: UPSTREAM, to: {source: {eq: "racks"}}}}': "",
    }.items():
        assert await place.keys(where, limited) == found, where


@pytest.mark.parametrize("where", ["{source: {eq: 1}}", '{run: {like: "x"}}', "{source: []}"])
async def test_what_does_not_fit_is_refused(place: Place, where: str) -> None:
    assert await place.caller.code(KEYS % where) == "INVALID_DOCUMENT"
