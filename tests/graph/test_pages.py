"""Following pages to the end: every row that was there all along, once, in the declared order."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied
from fitsm_graph.confm import service as confm
from fitsm_graph.confm.drafts import ElementDraft
from fitsm_graph.graph.driver import Endpoint
from graph.naive_estate import NAMES, REQUEST
from graph.syncing import run

PAGE = """query P($o: [CIOrderBy!], $n: Int!, $a: String, $w: CIWhere) {
  cis(orderBy: $o, first: $n, after: $a, where: $w) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    nodes { id key name ... on Server { model } } edges { cursor } } }"""
ORDERS = {"ID": "id", "KEY": "key", "NAME": "name"}
SIZES = (1, 2, 7, 21, 22, 63, 64, 1_000)
COPIES = 3
NUMBERS = count()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        for number, name in enumerate(NAMES * COPIES):
            await registered(made, f"{name.strip()}-{number}", name, model=number % 2 == 0)
        yield made


async def registered(caller: Caller, key: str, name: str, *, model: bool = False) -> str:
    """Register a server, with or without its one attribute."""
    attributes = {"model": name} if model else {}
    draft = ElementDraft(kind="CI", type="Server", key=key, name=name, attributes=attributes)
    product = caller.product
    done = await product.graph.write(confm.register_element, REQUEST, product.registry, draft)
    return str(done.value["id"])


async def stored(caller: Caller) -> list[dict[str, Any]]:
    """All live CIs, without any order."""
    rows = await run(
        caller.product.graph,
        "MATCH (n:CI) WHERE n.retired IS NULL RETURN n {.id, .key, .name, .model}",
    )
    return [row for (row,) in rows]


def ordered(rows: list[dict[str, Any]], order: str) -> list[dict[str, Any]]:
    """By code points, ties by id."""
    return sorted(rows, key=lambda row: (row[ORDERS[order]], row["id"]))


async def followed(caller: Caller, order: str, size: int, meanwhile: Any = None) -> list[Any]:
    """All pages to the end; something may be done between them."""
    pages: list[Any] = []
    after = None
    while not pages or pages[-1]["pageInfo"]["hasNextPage"]:
        page = (await caller.ask(PAGE, o=[{ORDERS[order]: "ASC"}], n=size, a=after))["cis"]
        pages.append(page)
        after = page["pageInfo"]["endCursor"]
        if meanwhile is not None:
            await meanwhile(len(pages))
    return pages


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("order", ORDERS)
async def test_all_pages_together_are_all_rows_once_and_in_order(
    caller: Caller, order: str, size: int
) -> None:
    rows = ordered(await stored(caller), order)
    pages = await followed(caller, order, size)
    assert [row for page in pages for row in page["nodes"]] == rows
    assert {page["totalCount"] for page in pages} == {len(rows)}
    assert {len(page["nodes"]) for page in pages[:-1]} <= {size}
    assert len(pages) == -(-len(rows) // size)
    assert [each["pageInfo"]["hasPreviousPage"] for each in pages] == [
        number > 0 for number in range(len(pages))
    ]


@pytest.mark.parametrize("order", ORDERS)
async def test_every_row_has_a_cursor_that_leads_behind_it(caller: Caller, order: str) -> None:
    (page,) = await followed(caller, order, 1_000)
    cursors = [each["cursor"] for each in page["edges"]]
    assert len(set(cursors)) == len(cursors) == len(page["nodes"])
    assert page["pageInfo"]["startCursor"] == cursors[0]
    assert page["pageInfo"]["endCursor"] == cursors[-1]
    for place in (0, 9, 10, 11, len(cursors) - 1):
        rest = (await caller.ask(PAGE, o=[{ORDERS[order]: "ASC"}], n=1_000, a=cursors[place]))[
            "cis"
        ]
        assert rest["nodes"] == page["nodes"][place + 1 :]
        assert rest["totalCount"] == len(cursors)


@pytest.mark.parametrize("order", ORDERS)
async def test_a_filter_holds_on_every_page(caller: Caller, order: str) -> None:
    where = {"name": {"in": ["Zwilling", "Ω"]}}
    wanted = [row for row in await stored(caller) if row["name"] in {"Zwilling", "Ω"}]
    seen: list[Any] = []
    after, more = None, True
    while more:
        page = (await caller.ask(PAGE, o=[{ORDERS[order]: "ASC"}], n=4, a=after, w=where))["cis"]
        seen += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        assert page["totalCount"] == len(wanted)
    assert seen == ordered(wanted, order)


@pytest.mark.parametrize("order", ORDERS)
async def test_rows_that_live_all_along_are_there_once_whatever_comes_and_goes(
    caller: Caller, order: str
) -> None:
    lasting = ordered(await stored(caller), order)
    passing = [await _passing(caller, "Zwilling") for _ in range(6)]
    new: list[str] = []

    async def meanwhile(page: int) -> None:
        """Retire one that may be the row of the cursor, and register before and behind it."""
        retired = [_retired(caller, passing.pop())] if passing else []
        names = (NAMES[page % len(NAMES)], "~~~") if page <= 6 else ()
        made = [_passing(caller, name) for name in names]
        done = await asyncio.gather(*made, *retired)
        new.extend(each for each in done if each)

    try:
        pages = await followed(caller, order, 5, meanwhile)
    finally:
        await asyncio.gather(*(_retired(caller, id) for id in (*new, *passing)))
    seen = [row for page in pages for row in page["nodes"]]
    ids = [row["id"] for row in seen]
    assert len(ids) == len(set(ids))
    there = {row["id"] for row in lasting}
    assert [row for row in seen if row["id"] in there] == lasting
    assert seen == ordered(seen, order)


@pytest.mark.parametrize("order", ORDERS)
async def test_a_cursor_outlives_its_row(caller: Caller, order: str) -> None:
    id = await _passing(caller, "Zwilling")
    (page,) = await followed(caller, order, 1_000)
    place = [row["id"] for row in page["nodes"]].index(id)
    cursor = page["edges"][place]["cursor"]
    await _retired(caller, id)
    rest = (await caller.ask(PAGE, o=[{ORDERS[order]: "ASC"}], n=1_000, a=cursor))["cis"]
    assert rest["nodes"] == page["nodes"][place + 1 :]


async def _passing(caller: Caller, name: str) -> str:
    return await registered(caller, f"passing-{next(NUMBERS)}", name)


async def _retired(caller: Caller, id: str) -> None:
    product = caller.product
    await product.graph.write(confm.retire_element, REQUEST, product.registry, id)


@pytest.mark.parametrize("order", ["KEY", "NAME"])
async def test_names_beyond_the_first_plane_follow_those_at_its_end(
    caller: Caller, order: str
) -> None:
    names = ("\uff21", "\U0001f5a5")
    made = [await registered(caller, f"{name}-{next(NUMBERS)}", name) for name in names]
    try:
        pages = await followed(caller, order, 1)
    finally:
        for id in made:
            await _retired(caller, id)
    seen = [row["id"] for page in pages for row in page["nodes"]]
    assert set(made) <= set(seen)
