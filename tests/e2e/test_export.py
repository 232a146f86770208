"""Files of answers: the same rows as GraphQL's, page after page, whole or visibly not."""

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied, register
from fitsm_graph.api.limits import Limits
from fitsm_graph.graph.driver import Endpoint, connect

ROWS = 2_600
PAGE = 100
LOAD = """UNWIND range(1, $count) AS n CREATE (e:Record:Element:CI:Server {
  id: '02' + right('000000' + n, 6), key: 's-' + n, name: CASE n % 4 WHEN 0 THEN '=1+' + n
  WHEN 1 THEN 'a,"b"' WHEN 2 THEN 'ü\\nline' ELSE '' END, type: 'Server', lifecycle: 'live',
  description: '', is_source: false, created: 1, version: n, created_at: '2026-01-02T03:04:05.678Z',
  updated_at: '2026-01-02T03:04:05.678Z', cpu_count: CASE n % 2 WHEN 0 THEN n END})"""
KEYS = "{ cis(orderBy: {key: ASC}) { nodes { key } } }"
DOCUMENT = """query Servers($n: Int = 5) { cis(first: $n, orderBy: {key: ASC}) { totalCount nodes {
  key label: name createdAt version owner { name } ... on Server { model } } } }"""
FIELDS = "key label: name createdAt version owner { name } ... on Server { model }"
COLUMNS = ["key", "label", "createdAt", "version", "owner.name", "model"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    small = Limits(page=PAGE, large_page=PAGE)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product"), limits=small) as made:
        async with connect(neo4j_endpoint) as driver:
            await driver.execute_query(LOAD, count=ROWS)
        yield made


async def export(caller: Caller, document: str, *, query: str = "", **variables: Any) -> Any:
    body = {"query": document, "variables": variables}
    return await caller.http.post(f"/export?{query}", json=body, headers=caller.signed())


async def code(caller: Caller, document: str, query: str = "format=csv") -> tuple[int, str]:
    told = await export(caller, document, query=query)
    return told.status_code, told.json()["errors"][0]["extensions"]["code"]


async def expected(caller: Caller) -> list[dict[str, Any]]:
    """The rows by GraphQL, page after page."""
    rows: list[dict[str, Any]] = []
    after = None
    while True:
        page = (
            await caller.ask(
                f"""query P($after: String) {{
                cis(first: 100, after: $after, orderBy: {{key: ASC}}) {{
                nodes {{ {FIELDS} }} pageInfo {{ hasNextPage endCursor }} }} }}""",
                after=after,
            )
        )["cis"]
        rows += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return rows
        after = page["pageInfo"]["endCursor"]


async def test_ndjson_has_every_row_as_graphql_answers_it(caller: Caller) -> None:
    told = await export(caller, DOCUMENT, query="format=ndjson")
    assert told.status_code == 200
    assert told.headers["content-type"] == "application/x-ndjson"
    assert told.headers["fitsm-total"] == str(ROWS)
    assert [json.loads(line) for line in told.text.splitlines()] == await expected(caller)


async def test_csv_has_a_column_for_what_is_selected_in_that_order(caller: Caller) -> None:
    told = await export(caller, DOCUMENT, query="format=csv")
    found = list(csv.reader(io.StringIO(told.text, newline="")))
    assert found[0] == COLUMNS
    wanted = await expected(caller)
    assert len(found) == 1 + len(wanted) == 1 + ROWS
    for row, given in zip(found[1:], wanted, strict=True):
        name = given["label"]
        assert row[0] == given["key"]
        assert row[1] == (f"'{name}" if name.startswith("=") else name)
        assert row[2:4] == ["2026-01-02T03:04:05.678Z", str(given["version"])]
        assert row[4:] == ["", ""]


async def test_an_empty_text_and_null_differ_in_csv(caller: Caller) -> None:
    told = await export(caller, DOCUMENT, query="format=csv&rows=3")
    third = told.text.split("\r\n")[1]
    assert third == 's-1,"a,""b""",2026-01-02T03:04:05.678Z,1,,'
    empty = await export(
        caller, '{ cis(where: { key: { eq: "s-3" } }) { nodes { name description } } }',
        query="format=csv",
    )  # fmt: skip
    assert empty.text == 'name,description\r\n"",""\r\n'


async def test_a_workbook_has_texts_moments_and_numbers(caller: Caller) -> None:
    told = await export(caller, DOCUMENT, query="format=xlsx")
    assert told.headers["content-disposition"] == 'attachment; filename="Servers.xlsx"'
    book = openpyxl.load_workbook(io.BytesIO(told.content))
    found = list(book["rows"].iter_rows())
    wanted = await expected(caller)
    assert [cell.value for cell in found[0]] == COLUMNS
    assert len(found) == 1 + ROWS
    for cells, given in zip(found[1:], wanted, strict=True):
        assert cells[0].value == given["key"]
        assert (cells[1].value or "") == given["label"]
        assert cells[1].data_type != "f"
        assert cells[2].value == datetime(2026, 1, 2, 3, 4, 5, 678_000)  # noqa: DTZ001 - as in Excel
        assert cells[3].value == given["version"]
        assert cells[4].value is None
    about = {row[0]: row[1] for row in book["about"].iter_rows(values_only=True)}
    assert about["rows"] == str(ROWS)
    assert about["one_state"] == "True"


async def test_parquet_has_the_types_of_the_schema_even_where_all_is_null(caller: Caller) -> None:
    told = await export(caller, DOCUMENT, query="format=parquet")
    table = pq.read_table(io.BytesIO(told.content))
    assert table.column_names == COLUMNS
    assert [str(each) for each in table.schema.types] == [
        "string", "string", "timestamp[us, tz=UTC]", "int64", "string", "string"]  # fmt: skip
    wanted = await expected(caller)
    assert table["key"].to_pylist() == [row["key"] for row in wanted]
    assert table["label"].to_pylist() == [row["label"] for row in wanted]
    assert table["version"].to_pylist() == [row["version"] for row in wanted]
    about = pq.ParquetFile(io.BytesIO(told.content)).metadata.metadata
    assert about[b"fitsm.complete"] == b"True"
    assert int(about[b"fitsm.rows"]) == ROWS


async def test_the_statements_grow_with_pages_and_not_with_rows(caller: Caller) -> None:
    graph = caller.product.graph
    before = graph.statements
    told = await export(caller, DOCUMENT, query="format=ndjson")
    assert len(told.text.splitlines()) == ROWS
    pages = ROWS // PAGE  # beside them: the token, the ledger's head before and after
    assert pages < graph.statements - before <= 2 * pages + 4  # and once more where time passed


async def test_pages_meet_without_gap_or_repeat(caller: Caller) -> None:
    told = await export(caller, KEYS, query="format=ndjson")
    assert told.status_code == 200, told.text
    keys = [json.loads(line)["key"] for line in told.text.splitlines()]
    assert keys == sorted(f"s-{n}" for n in range(1, ROWS + 1))


async def test_lists_in_rows_are_refused_or_json(caller: Caller) -> None:
    nested = "{ cis { nodes { key relations { type } } } }"
    assert await code(caller, nested) == (400, "EXPORT_NESTED_LIST")
    told = await export(caller, nested, query="format=csv&lists=json&rows=1")
    assert told.text == "key,relations\r\ns-1,[]\r\n"


@pytest.mark.parametrize(
    ("document", "query", "wanted"),
    [
        ("{ ledgerHead }", "format=csv", (400, "EXPORT_NOT_ONE_LIST")),
        ("{ cis { nodes { key } } services { nodes { key } } }", "format=csv",
         (400, "EXPORT_NOT_ONE_LIST")),
        ("{ cis { nodes { key } edges { cursor } } }", "format=csv", (400, "EXPORT_NOT_ONE_LIST")),
        ('mutation { retireElement(input: {ref: {id: "x"}}) { ok } }', "format=csv",
         (400, "EXPORT_WRITES")),
        ("{ cis { nodes { nothing } } }", "format=csv", (400, "INVALID_DOCUMENT")),
        ("{ cis { nodes { key } } }", "", (400, "EXPORT_FORMAT")),
        ("{ cis { nodes { key } } }", "format=doc", (400, "EXPORT_FORMAT")),
        ("{ cis { nodes { key } } }", "format=csv&row=1", (400, "EXPORT_OPTION")),
        ("{ cis { nodes { key } } }", "format=csv&rows=0", (400, "EXPORT_OPTION")),
        ("{ cis { nodes { key } } }", "format=csv&name=a/b", (400, "EXPORT_OPTION")),
        ("{ cis { nodes { key } } }", "format=dot", (400, "EXPORT_NOT_ONE_GRAPH")),
    ],
)  # fmt: skip
async def test_what_cannot_be_a_file_is_refused(
    caller: Caller, document: str, query: str, wanted: tuple[int, str]
) -> None:
    found = await code(caller, document, query)
    assert found == wanted or (wanted[1] == "EXPORT_WRITES" and found[0] == 400)


async def test_nobody_is_let_in_without_a_token(caller: Caller) -> None:
    told = await caller.http.post("/export?format=csv", json={"query": DOCUMENT})
    assert told.status_code == 401
    assert (await caller.http.get("/export?format=csv")).status_code == 401
    assert (await caller.http.put("/export?format=csv")).status_code == 405


async def test_accept_names_the_format(caller: Caller) -> None:
    body = {"query": "{ cis { nodes { key } } }"}
    told = await caller.http.post(
        "/export?rows=2", json=body, headers=caller.signed(accept="text/csv")
    )
    assert told.text == "key\r\ns-1\r\ns-2\r\n"


async def test_the_same_file_is_not_sent_twice(caller: Caller) -> None:
    document = "{ cis { nodes { key } } }"
    first = await export(caller, document, query="format=csv&rows=2")
    tag = first.headers["etag"]
    headers = caller.signed(if_none_match=tag)
    again = await caller.http.post(
        "/export?format=csv&rows=2", json={"query": document}, headers=headers
    )
    assert (again.status_code, again.content) == (304, b"")
    await register(caller, "another")
    changed = await caller.http.post(
        "/export?format=csv&rows=2", json={"query": document}, headers=headers
    )
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    states = await export(caller, "{ cis { nodes { key state } } }", query="format=csv&rows=2")
    assert "etag" not in states.headers


async def test_a_trailer_says_that_all_is_there(caller: Caller) -> None:
    told = await export(
        caller,
        KEYS,
        query="format=csv&rows=2&trailer=true",
    )
    last = told.text.split("\r\n")[-2]
    assert last.startswith("#end,complete=True rows=2 seq=")


async def test_an_export_that_breaks_ends_with_an_error_and_a_cut(caller: Caller) -> None:
    """The second page fails; a whole one is the control."""
    api = caller.product.api
    answer, calls = api.answer, []

    async def failing(asked: Any, *rest: Any) -> Any:
        calls.append(asked)
        if len(calls) > 1:
            asked.variables["exportAfter"] = "nowhere"
        return await answer(asked, *rest)

    document = "{ cis { nodes { key } } }"
    whole = await export(caller, document, query="format=ndjson&trailer=true")
    assert json.loads(whole.text.splitlines()[-1])["end"]["complete"] is True
    api.answer = failing  # type: ignore[method-assign]
    try:
        with pytest.raises(RuntimeError, match="could not be finished"):
            await export(caller, document, query="format=ndjson")
    finally:
        api.answer = answer  # type: ignore[method-assign]
    assert len(calls) > 1


GRAPH = """query G($of: [ID!]!) { impact(of: $of) {
  graph { elements { id key name kind type before after hops }
    edges { source target label } } } }"""


@pytest.mark.parametrize("form", ["graphml", "gexf", "dot", "mermaid", "jgf"])
async def test_an_impact_leaves_as_a_graph(caller: Caller, form: str) -> None:
    told = await export(caller, GRAPH, query=f"format={form}", of=["s-1"])
    assert told.status_code == 200, told.text
    assert "s-1" in told.text
