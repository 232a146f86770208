"""Compiled questions against the naive oracle, on a real Neo4j: random documents, equal answers."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import pytest_asyncio
from graphql import build_client_schema, get_introspection_query, print_schema
from hypothesis import HealthCheck, Phase, given, settings

from e2e.calling import Caller, calling, emptied
from fitsm_graph import bootstrap
from fitsm_graph.api.limits import Limits
from fitsm_graph.confm.types import define_scope
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.sms import accounts
from graph.naive_documents import Asked, documents
from graph.naive_estate import REQUEST, differences, load, snapshot
from graph.naive_filter_documents import Values
from oracles.naive_graphql import CURSOR, Database, Naive, camel
from oracles.naive_graphql_flaws import FLAWED

FULL = bool(os.environ.get("FITSM_FULL"))
DOCUMENTS = 2_000 if FULL else 150
CORPUS = 120
GENEROUS = Limits(
    tokens=50_000, fields=50_000, aliases=1_000, directives=1_000, cost=10_000_000,
    repeats=1_000_000, depth=30, budget=10**15,
)  # fmt: skip
"""What a document may weigh has its own tests."""
STATES = "{ elements(first: 1000) { totalCount nodes { id state } } }"


@dataclass
class Bench:
    """The product and the oracle, on one organisation.

    Attributes:
        cursors: The cursors of lists that were asked for, with the oracle's.
    """

    caller: Caller
    sdl: str
    database: Database
    naive: Naive
    values: Values
    cursors: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    async def told(self, asked: Asked) -> tuple[Any, int]:
        """The product's answer, and how many statements it took."""
        variables = asked.variables | {
            name: place[0] if place else None for name, place in (await self.placed(asked)).items()
        }
        before = self.caller.product.graph.statements
        told = await self.caller.told(asked.document, **variables)
        return told, self.caller.product.graph.statements - before

    async def placed(self, asked: Asked) -> dict[str, tuple[str, str] | None]:
        """Cursors that a document needs: those of the server, and what the oracle calls them."""
        found: dict[str, tuple[str, str] | None] = {}
        for variable, document, number in asked.places:
            if document not in self.cursors:
                edges = (await self.caller.ask(document))["list"]["edges"]
                self.cursors[document] = [
                    (each["cursor"], f"{CURSOR}{each['node']['id']}") for each in edges
                ]
            places = self.cursors[document]
            found[variable] = places[number % len(places)] if places else None
        return found

    def faults(self, asked: Asked, told: Any, naive: Naive) -> list[str]:
        """What the answer has otherwise than an oracle; the product has answered before."""
        variables = dict(asked.variables)
        for variable, document, number in asked.places:
            places = self.cursors[document]
            variables[variable] = places[number % len(places)][1] if places else None
        expected = naive.answer(asked.document, variables)
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
        told = (await caller.ask(STATES))["elements"]
        assert len(told["nodes"]) == told["totalCount"]
        states = {each["id"]: each["state"] for each in told["nodes"]}
        database = replace(await snapshot(caller.product), states=states)
        naive = Naive(sdl, database)
        yield Bench(caller, sdl, database, naive, _values(naive))


def _values(naive: Naive) -> Values:
    rows = list(naive.elements.values())
    names = {stored: name for name, stored in naive.stored.items()}
    live = {row["type"] for row in rows if "CI" in row["labels"]}
    ties = [values for row in rows for *_, values in naive.relations_of(row)]
    return Values(
        ids=[*(row["id"] for row in rows), "nowhere"],
        keys=[*(row["key"] for row in rows), "gone-1", "nowhere"],
        names=[*(row["name"] for row in rows), "Zwilling", "", "zzz"],
        owners=[*_owners(naive), "nobody"],
        types=sorted(live),
        general=_general(naive, live),
        fields=_distinct(
            (names[stored], value)
            for row in rows
            for stored, value in row.items()
            if stored not in NOT_PICKED
        ),
        relation=_distinct(
            (camel(name), value) for each in ties for name, value in each.items() if name in CARRIED
        ),
        relations=sorted(naive.meanings),
    )


NOT_PICKED = {"id", "key", "name", "labels", "type", "retired", "lifecycle", "strength"}
CARRIED = {"weight", "confidence", "verified_at"}


def _distinct(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    """Some values of each name, in lists item by item."""
    found: dict[str, list[Any]] = {}
    for name, value in pairs:
        known = found.setdefault(name, [])
        for each in value if isinstance(value, list) else [value]:
            if each is not None and each not in known and len(known) < 40:
                known.append(each)
    return {name: found[name] for name in sorted(found)}


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


@pytest.mark.timeout(3_600 if FULL else 600)
async def test_every_document_is_answered_as_the_naive_oracle_answers_it(bench: Bench) -> None:
    await asyncio.to_thread(law_of(bench, asyncio.get_running_loop()))


@pytest.mark.timeout(3_600 if FULL else 600)
async def test_a_limited_reader_is_answered_as_if_what_is_hidden_were_not_there(
    limited: Bench,
) -> None:
    await asyncio.to_thread(law_of(limited, asyncio.get_running_loop()))


def law_of(bench: Bench, loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    """That documents are answered as the oracle answers them, and by how many statements."""

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

    return law


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def limited(bench: Bench) -> Bench:
    """A reader who sees machines only, and an oracle for which there is nothing else."""
    product = bench.caller.product
    write, registry = product.graph.write, product.registry
    scope = await write(define_scope, REQUEST, registry, "machines", "Hosts only.", ["Host"])
    sees = [scope.value["key"]]
    await write(accounts.create_account, REQUEST, "lea", ["reader"], "digest", sees=sees)
    token = (await bootstrap.new_token(product, "lea", 1, [])).secret
    shown = set(registry.subtypes("Host"))
    records = {
        id: row
        for id, row in bench.database.records.items()
        if "CI" not in row["labels"] or row["type"] in shown
    }
    assert len(records) < len(bench.database.records)
    relations = tuple(
        each for each in bench.database.relations if {each[0], each[2]} <= set(records)
    )
    database = Database(records, relations, bench.database.states)
    caller = Caller(product, bench.caller.http, token)
    return Bench(caller, bench.sdl, database, Naive(bench.sdl, database), bench.values)


async def test_an_oracle_that_sees_everything_is_found_out_by_a_limited_reader(
    bench: Bench, limited: Bench
) -> None:
    for document in SURE:
        asked = Asked(document, {}, 1)
        told, _ = await limited.told(asked)
        assert limited.faults(asked, told, limited.naive) == []
        if limited.faults(asked, told, bench.naive):
            return
    raise AssertionError("what is hidden shows in no answer to anybody")


SURE = (
    '{ cis(where: {type: {isA: "Host"}}) { totalCount } }',
    '{ cis(where: {type: {eq: "Server"}, name: {eq: "Zwilling"}}) { totalCount } }',
    '{ cis(where: {owner: {key: {eq: "grp-facilities"}}}) { totalCount } }',
    "{ cis(where: {cpuCount: {ne: 64}}) { totalCount } }",
    "{ cis(where: {cpuCount: {gt: 64}}) { totalCount } }",
    '{ elements(where: {name: {startsWith: "zwil"}}) { totalCount } }',
    "{ elements(where: {dependsOn: {every: {weight: {eq: 3}}}}) { totalCount } }",
    "{ elements(where: {usedBy: {none: {}}}) { totalCount } }",
    "{ services { nodes { dependsOn { totalCount } usedBy { totalCount } } } }",
    """{ elements(where: {reaches: {direction: DOWNSTREAM, to: {kind: {eq: "Service"}}}}) {
        totalCount } }""",
    """{ elements(where: {reaches: {direction: UPSTREAM, to: {key: {eq: "srv-x05"}}}}) {
        totalCount nodes { key } } }""",
    "{ cis(orderBy: [{cpuCount: DESC}, {name: ASC}], first: 30) { nodes { id } } }",
    "{ cis(orderBy: [{cpuCount: DESC}, {name: ASC}], last: 30) { nodes { id } } }",
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


@pytest.mark.timeout(900)
async def test_the_oracle_without_a_flaw_finds_nothing(
    bench: Bench, answered: list[tuple[Asked, Any]]
) -> None:
    assert len(answered) >= CORPUS
    faults = [bench.faults(asked, told, bench.naive) for asked, told in answered]
    assert [each for each in faults if each] == []


@pytest.mark.timeout(900)
@pytest.mark.parametrize("flawed", FLAWED, ids=lambda each: each.__name__)
async def test_an_oracle_with_a_flaw_is_found_out(
    bench: Bench, answered: list[tuple[Asked, Any]], flawed: type[Naive]
) -> None:
    naive = flawed(bench.sdl, bench.database)
    assert any(bench.faults(asked, told, naive) for asked, told in answered)


REFUSED = {
    '{ cis(where: {type: {isA: "Nothing"}}) { totalCount } }': "UNKNOWN_TYPE",
    '{ cis(where: {attribute: [{name: "nothing", eq: 1}]}) { totalCount } }': "BAD_INPUT",
    '{ cis { nodes { relations(types: ["NOTHING"]) { type } } } }': "UNKNOWN_TYPE",
    "{ cis { nodes { relations(first: 1001) { type } } } }": "BAD_INPUT",
    "{ cis { nodes { x: key } edges { node { x: name } } } }": "BAD_INPUT",
    "{ cis(first: 1, last: 1) { totalCount } }": "BAD_INPUT",
    '{ cis(last: 1, after: "x") { totalCount } }': "BAD_INPUT",
    '{ cis(before: "x") { totalCount } }': "BAD_INPUT",
    "{ cis(orderBy: [{key: ASC, name: ASC}]) { totalCount } }": "INVALID_DOCUMENT",
    '{ cis(where: {updatedAt: {olderThan: "P1M"}}) { totalCount } }': "BAD_INPUT",
    '{ cis(where: {updatedAt: {lt: "yesterday"}}) { totalCount } }': "BAD_INPUT",
    '{ cis(where: {managementAddress: {eq: "300.1.1.1"}}) { totalCount } }': "BAD_INPUT",
    '{ cis(where: {attribute: [{name: "model", has: "x"}]}) { totalCount } }': "BAD_INPUT",
    '{ elements(where: {kind: {eq: "Server"}}) { totalCount } }': "BAD_INPUT",
    '{ cis(where: {text: "--"}) { totalCount } }': "BAD_INPUT",
    "{ cis(where: {reaches: {direction: UPSTREAM, maxDepth: 0, to: {}}}) { key: totalCount } }": (
        "BAD_INPUT"
    ),
    f"{{ cis(where: {'{NOT: ' * 9}{{}}{'}' * 9}) {{ totalCount }} }}": "FILTER_TOO_DEEP",
    f"{{ cis(where: {{OR: [{'{key: {isNull: true}}, ' * 200}]}}) {{ totalCount }} }}": (
        "FILTER_TOO_LARGE"
    ),
}


@pytest.mark.parametrize("document", REFUSED)
async def test_what_is_not_there_is_refused_and_not_answered_with_nothing(
    bench: Bench, document: str
) -> None:
    assert await bench.caller.code(document) == REFUSED[document]


PLACES = """query P($o: [CIOrderBy!], $w: CIWhere, $a: String) {
    cis(orderBy: $o, where: $w, after: $a) { edges { cursor } } }"""
BY_NAME = [{"name": "ASC"}]


async def test_a_cursor_of_another_list_order_or_filter_is_refused(bench: Bench) -> None:
    edges = (await bench.caller.ask(PLACES, o=BY_NAME))["cis"]["edges"]
    cursor = edges[3]["cursor"]
    others: list[dict[str, Any]] = [
        {"o": [{"key": "ASC"}]}, {"o": [{"name": "DESC"}]}, {"o": [*BY_NAME, {"key": "ASC"}]}, {},
        {"o": BY_NAME, "w": {"name": {"ne": "x"}}},
    ]  # fmt: skip
    for other in others:
        assert await bench.caller.code(PLACES, **other, a=cursor) == "INVALID_CURSOR"
    for garbage in ("x", "e30", "WyJJRCJd", "\u00e9", cursor[:-3]):
        assert await bench.caller.code(PLACES, o=BY_NAME, a=garbage) == "INVALID_CURSOR"
    for field_name in ("services", "elements", "incidents"):
        document = f"query I($a: String) {{ {field_name}(after: $a) {{ totalCount }} }}"
        assert await bench.caller.code(document, a=cursor) == "INVALID_CURSOR"
    same = await bench.caller.ask(PLACES, o=[*BY_NAME, {"id": "DESC"}][:1], a=cursor)
    assert same["cis"]["edges"][0] == edges[4]


@pytest.mark.parametrize("first", [-1, 10_001])
async def test_a_page_out_of_bounds_is_refused(bench: Bench, first: int) -> None:
    document = "query P($n: Int!) { cis(first: $n) { nodes { id } } }"
    assert await bench.caller.code(document, n=first) == "BAD_INPUT"


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
