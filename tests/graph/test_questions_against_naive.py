"""Compiled questions against the naive oracle, on a real Neo4j: random documents, equal answers."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from graphql import build_client_schema, get_introspection_query, get_named_type, print_schema
from hypothesis import HealthCheck, Phase, given, settings

from e2e.calling import Caller, calling, emptied
from fitsm_graph.api.limits import Limits
from fitsm_graph.graph.driver import Endpoint
from graph.naive_documents import Asked, Values, documents
from graph.naive_estate import differences, load, snapshot
from oracles.naive_graphql import CURSOR, Database, Naive, camel
from oracles.naive_graphql_flaws import FLAWED

FULL = bool(os.environ.get("FITSM_FULL"))
DOCUMENTS = 2_000 if FULL else 40
CORPUS = 120
GENEROUS = Limits(
    tokens=50_000, fields=50_000, aliases=1_000, directives=1_000, cost=10_000_000,
    repeats=1_000_000, depth=30, budget=10**15,
)  # fmt: skip
"""What a document may weigh has its own tests."""
PLACES = """{ %s(orderBy: [{%s: ASC}], first: 1000) { edges { cursor node { id } } } }"""


@dataclass
class Bench:
    """The product and the oracle, on one organisation.

    Attributes:
        places: The oracle's cursor by that of the server.
    """

    caller: Caller
    sdl: str
    database: Database
    naive: Naive
    values: Values
    places: dict[str, str]

    async def told(self, asked: Asked) -> tuple[Any, int]:
        """The product's answer, and how many statements it took."""
        before = self.caller.product.graph.statements
        told = await self.caller.told(asked.document, **asked.variables)
        return told, self.caller.product.graph.statements - before

    def faults(self, asked: Asked, told: Any, naive: Naive) -> list[str]:
        """What the answer has otherwise than an oracle."""
        document = asked.document
        for server, place in self.places.items():
            document = document.replace(server, place) if server in document else document
        given = {
            name: self.places.get(value, value) if isinstance(value, str) else value
            for name, value in asked.variables.items()
        }
        expected = naive.answer(document, given)
        if expected.errors or "errors" in told:
            return [f"errors: {told.get('errors')} and of the oracle: {expected.errors}"]
        return differences(told["data"], expected.data)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bench(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Bench]:
    await emptied(neo4j_endpoint)
    folder = tmp_path_factory.mktemp("product")
    async with calling(neo4j_endpoint, folder, limits=GENEROUS) as caller:
        await load(caller.product)
        sdl = print_schema(build_client_schema(await caller.ask(get_introspection_query())))
        database = await snapshot(caller.product)
        naive = Naive(sdl, database)
        cursors, places = await _cursors(caller)
        values = _values(naive, cursors)
        yield Bench(caller, sdl, database, naive, values, places)


async def _cursors(caller: Caller) -> tuple[dict[tuple[str, str], list[str]], dict[str, str]]:
    """The server's cursors of every list in every order, and what the oracle calls each."""
    cursors: dict[tuple[str, str], list[str]] = {}
    places: dict[str, str] = {}
    for name in ("cis", "services"):
        for order in ("ID", "KEY", "NAME"):
            edges = (await caller.ask(PLACES % (name, order.lower())))[name]["edges"]
            cursors[name, order] = [each["cursor"] for each in edges]
            places |= {each["cursor"]: f"{CURSOR}{order}:{each['node']['id']}" for each in edges}
    return cursors, places


def _values(naive: Naive, cursors: dict[tuple[str, str], list[str]]) -> Values:
    rows = list(naive.elements.values())
    attributes: dict[str, list[Any]] = {}
    lists: dict[str, list[str]] = {}
    for row in rows:
        for each in naive.attributes(row) if "CI" in row["labels"] else ():
            name = camel(each["name"])
            if isinstance(each["value"], list):
                lists.setdefault(name, ["nowhere"]).extend(each["value"])
                continue
            known = attributes.setdefault(name, [] if _checked(naive, name) else list(ABSENT))
            if each["value"] not in known:
                known.append(each["value"])
    live = {row["type"] for row in rows if "CI" in row["labels"]}
    return Values(
        ids=[*(row["id"] for row in rows), "nowhere"],
        keys=[*(row["key"] for row in rows), "gone-1", "nowhere"],
        names=[*(row["name"] for row in rows), "Zwilling", "", "zzz"],
        owners=[*_owners(naive), "nobody"],
        types=sorted(live),
        general=_general(naive, live),
        attributes=attributes,
        lists=lists,
        sources=[*sorted(set(naive.sources.values())), "nowhere"],
        runs=[*sorted(naive.sources), "nowhere"],
        relations=sorted(
            row["key"] for row in naive.records.values() if "RelationshipType" in row["labels"]
        ),
        cursors=cursors,
    )


ABSENT = ("nowhere", -1, True)
"""Values that no element has."""
CHECKED = frozenset({"AddressFilter", "DateFilter", "DateTimeFilter"})


def _checked(naive: Naive, name: str) -> bool:
    """Whether an attribute is compared with what fits its kind only; the rest is refused."""
    declared = naive.schema.type_map["CIWhere"].fields.get(name)
    return declared is not None and get_named_type(declared.type).name in CHECKED


def _general(naive: Naive, live: set[str]) -> list[str]:
    """Types that are live, and those they are of."""
    found: set[str] = set()
    for each in live:
        type: str | None = each
        while type is not None:
            found.add(type)
            type = naive.parents.get(type)
    return sorted(found)


def _owners(naive: Naive) -> list[str]:
    found = {(naive.owner_of(row) or {}).get("key") for row in naive.elements.values()}
    return sorted(each for each in found if each)


LONG = settings(
    max_examples=DOCUMENTS,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.timeout(3_600 if FULL else 300)
async def test_every_document_is_answered_as_the_naive_oracle_answers_it(bench: Bench) -> None:
    loop = asyncio.get_running_loop()

    @LONG
    @given(documents(bench.naive.schema, bench.values))
    def law(asked: Asked) -> None:
        telling = asyncio.run_coroutine_threadsafe(bench.told(asked), loop)
        told, statements = telling.result()
        assert bench.faults(asked, told, bench.naive) == []
        for _ in range(3):  # who and when are asked apart where a machine pauses in between
            if statements > asked.statements + 1:
                telling = asyncio.run_coroutine_threadsafe(bench.told(asked), loop)
                _, statements = telling.result()
        assert statements <= asked.statements + 1, "one each, and one for who and when"

    await asyncio.to_thread(law)


SURE = (
    '{ cis(where: {type: {isA: "Host"}}) { totalCount } }',
    '{ cis(where: {type: {eq: "Server"}, name: {eq: "Zwilling"}}) { totalCount } }',
    '{ cis(where: {owner: {key: {eq: "grp-facilities"}}}) { totalCount } }',
    "{ services(orderBy: [{name: ASC}]) { nodes { key } } }",
    "{ cis(first: 100) { nodes { relations(first: 100) { type direction element { key } } } } }",
    '{ cis(where: {source: {eq: "shelves"}}) { totalCount } }',
    '{ cis(where: {source: {ne: "racks"}}) { totalCount } }',
)
"""Documents that are among the corpus for certain: some flaws show in few others."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def answered(bench: Bench) -> list[tuple[Asked, Any]]:
    """Documents, the same in every run, with the product's answers."""
    corpus: list[Asked] = []

    @settings(
        max_examples=CORPUS,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(documents(bench.naive.schema, bench.values))
    def kept(asked: Asked) -> None:
        corpus.append(asked)

    kept()
    corpus.extend(Asked(each, {}, 1) for each in SURE)
    return [(each, (await bench.told(each))[0]) for each in corpus]


async def test_the_oracle_without_a_flaw_finds_nothing(
    bench: Bench, answered: list[tuple[Asked, Any]]
) -> None:
    assert len(answered) >= CORPUS
    faults = [bench.faults(asked, told, bench.naive) for asked, told in answered]
    assert [each for each in faults if each] == []


@pytest.mark.parametrize("flawed", FLAWED, ids=lambda each: each.__name__)
async def test_an_oracle_with_a_flaw_is_found_out(
    bench: Bench, answered: list[tuple[Asked, Any]], flawed: type[Naive]
) -> None:
    naive = flawed(bench.sdl, bench.database)
    assert any(bench.faults(asked, told, naive) for asked, told in answered)


REFUSED = {
    '{ cis(where: {type: {isA: "Nothing"}}) { totalCount } }': "UNKNOWN_TYPE",
    '{ cis(where: {attribute: [{name: "nothing", eq: 1}]}) { totalCount } }': "BAD_INPUT",
    '{ cis(where: {attribute: [{name: "address", eq: "nowhere"}]}) { totalCount } }': "BAD_INPUT",
    '{ cis(where: {attribute: [{name: "validUntil", in: ["soon"]}]}) { totalCount } }': "BAD_INPUT",
    '{ cis { nodes { relations(types: ["NOTHING"]) { type } } } }': "UNKNOWN_TYPE",
    "{ cis { nodes { relations(first: 10001) { type } } } }": "PAGE_TOO_LARGE",
}


@pytest.mark.parametrize("document", REFUSED)
async def test_what_is_not_there_is_refused_and_not_answered_with_nothing(
    bench: Bench, document: str
) -> None:
    assert await bench.caller.code(document) == REFUSED[document]


async def test_rows_may_be_selected_in_two_ways(bench: Bench) -> None:
    document = "{ services(first: 2) { nodes { x: key } edges { node { x: name id } } } }"
    asked = Asked(document, {}, 1)
    told, _ = await bench.told(asked)
    assert bench.faults(asked, told, bench.naive) == []


@pytest.mark.parametrize("order", ["ID", "KEY", "NAME"])
async def test_a_cursor_of_another_order_or_list_is_refused(bench: Bench, order: str) -> None:
    document = (
        "query P($o: [CIOrderBy!], $a: String) { cis(orderBy: $o, after: $a) { totalCount } }"
    )
    by = [{order.lower(): "ASC"}]
    for other in {"ID", "KEY", "NAME"} - {order}:
        cursor = bench.values.cursors["cis", other][3]
        assert await bench.caller.code(document, o=by, a=cursor) == "INVALID_CURSOR"
    for garbage in ("x", "e30", "WyJJRCJd", "\u00e9", bench.values.cursors["cis", order][3][:-3]):
        assert await bench.caller.code(document, o=by, a=garbage) == "INVALID_CURSOR"
    cursor = bench.values.cursors["cis", "ID"][0]
    incidents = "query I($a: String) { incidents(after: $a) { totalCount } }"
    assert await bench.caller.code(incidents, a=cursor) == "INVALID_CURSOR"


@pytest.mark.parametrize(("first", "code"), [(-1, "BAD_INPUT"), (10_001, "PAGE_TOO_LARGE")])
async def test_a_page_out_of_bounds_is_refused(bench: Bench, first: int, code: str) -> None:
    document = "query P($n: Int!) { cis(first: $n) { nodes { id } } }"
    assert await bench.caller.code(document, n=first) == code


ONCE_WRONG = (
    "{ cis(where: {lifecycle: {in: [PLANNED, RETIRED]}}) { totalCount nodes { key } } }",
    "{ services(where: {lifecycle: {eq: LIVE}}) { totalCount } }",
    "{ cis(where: {type: {}, owner: {key: {}}, name: {}, lifecycle: {}}) { totalCount } }",
    '{ cis(where: {type: {eq: "Rack", isA: "Server"}}) { totalCount } }',
    '{ cis(where: {type: {eq: "Rack", in: []}}) { totalCount } }',
    '{ cis(where: {owner: {key: {eq: "grp-facilities", in: []}}}) { totalCount } }',
    '{ element(id: "srv-x02") { relations(types: []) { type } } }',
    '{ element(id: "srv-x02") { id ... on Service { id ... on Element { key } } } }',
    '{ element(id: "srv-x02") { ... on Service { __typename } __typename } }',
    '{ element(id: "srv-x02") { relations(types: ["CONNECTED_TO"]) { direction confidence } } }',
)
"""Each of these was answered wrongly, or not at all."""


@pytest.mark.parametrize("document", ONCE_WRONG)
async def test_what_was_wrong_once_is_right(bench: Bench, document: str) -> None:
    asked = Asked(document, {}, 1)
    told, _ = await bench.told(asked)
    assert bench.faults(asked, told, bench.naive) == []
