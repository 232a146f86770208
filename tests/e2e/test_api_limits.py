"""The API's edge over HTTP: what is refused and how, what every answer carries, and when."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import orjson
import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied, register
from e2e.wire import wired
from fitsm_graph.api.limits import Limits
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.kernel.errors import Unavailable

LIMIT = Limits().body


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as one:
        yield one


def first(answer: httpx.Response) -> dict[str, Any]:
    """The first error's extensions; a refusal always says why and what to do."""
    told: dict[str, Any] = answer.json()["errors"][0]["extensions"]
    assert told["why"], told
    assert told["remedy"], told
    return told


def padded(size: int) -> bytes:
    """A right request of an exact size."""
    body = orjson.dumps({"query": "{ ledgerHead }", "x": ""})
    return body[:-2] + b"x" * (size - len(body)) + b'"}'


async def in_pieces(body: bytes, size: int = 4_096) -> AsyncIterator[bytes]:
    """A body without a length told beforehand."""
    for start in range(0, len(body), size):
        yield body[start : start + size]


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
async def test_a_body_at_the_limit_passes_and_one_byte_more_does_not(
    caller: Caller, *, chunked: bool
) -> None:
    for size, status in ((LIMIT, 200), (LIMIT + 1, 413), (20 * LIMIT, 413)):
        body = padded(size)
        assert len(body) == size
        content: Any = in_pieces(body) if chunked else body
        answer = await caller.http.post("/graphql", content=content, headers=caller.signed(**JSON))
        assert answer.status_code == status
        if status == 413:
            assert first(answer)["code"] == "BODY_TOO_LARGE"
            assert "65,536" in first(answer)["why"]


async def test_a_body_that_never_ends_is_left_after_the_limit(caller: Caller) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 4_096
            yield b" " * 4_096

    answer = await caller.http.post("/graphql", content=endless(), headers=caller.signed(**JSON))
    assert answer.status_code == 413
    assert sent <= LIMIT + 2 * 4_096


BODIES = {
    b"": "INVALID_JSON",
    b"{": "INVALID_JSON",
    b'{"query": "\xff"}': "INVALID_JSON",
    b'{"query": "\\ud800"}': "INVALID_JSON",
    b'{"query": NaN}': "INVALID_JSON",
    b"[" * 5_000: "INVALID_JSON",
    b"[]": "BATCH_UNSUPPORTED",
    b'[{"query": "{ ledgerHead }"}]': "BATCH_UNSUPPORTED",
    b'"{ ledgerHead }"': "INVALID_REQUEST",
    b"null": "INVALID_REQUEST",
    b"{}": "QUERY_MISSING",
    b'{"query": null}': "QUERY_MISSING",
    b'{"query": " "}': "QUERY_MISSING",
    b'{"query": ["{ ledgerHead }"]}': "QUERY_MISSING",
    b'{"extensions": {"persistedQuery": {"sha256Hash": "00"}}}': "INVALID_DOCUMENT_ID",
    b'{"extensions": {"persistedQuery": {"sha256Hash": 7}}}': "INVALID_REQUEST",
    b'{"extensions": {"persistedQuery": {}}}': "QUERY_MISSING",
    b'{"documentId": ["00"]}': "INVALID_REQUEST",
    b'{"query": "{ ledgerHead }", "variables": []}': "INVALID_REQUEST",
    b'{"query": "{ ledgerHead }", "variables": "{}"}': "INVALID_REQUEST",
    b'{"query": "{ ledgerHead }", "operationName": 1}': "INVALID_REQUEST",
    b'{"query": "{ ledgerHead }", "extensions": []}': "INVALID_REQUEST",
    b'{"query": "{ ledgerHead }", "extensions": {"atLeast": "x"}}': "INVALID_AT_LEAST",
    b'{"query": "{ ledgerHead }", "extensions": {"atLeast": -1}}': "INVALID_AT_LEAST",
    b'{"query": "{ ledgerHead }", "extensions": {"atLeast": true}}': "INVALID_AT_LEAST",
    b'{"query": "{ ledgerHead }", "operationName": "Other"}': "UNKNOWN_OPERATION",
    b'{"query": "{ ledgerHead }", "variables": {"x": ' + b"[" * 33 + b"]" * 33 + b"}}": (
        "VARIABLES_TOO_DEEP"
    ),
}


@pytest.mark.parametrize("body", BODIES, ids=lambda each: each[:60].decode(errors="replace"))
async def test_what_is_no_request_is_refused_by_name(caller: Caller, body: bytes) -> None:
    answer = await caller.http.post("/graphql", content=body, headers=caller.signed(**JSON))
    assert answer.status_code == 400
    assert first(answer)["code"] == BODIES[body]
    assert "data" not in answer.json()


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/jsonp",
    ],
)
async def test_what_a_form_could_send_is_refused(caller: Caller, kind: str) -> None:
    headers = caller.signed(**({"Content-Type": kind} if kind else {}))
    content = b'{"query": "{ ledgerHead }"}'
    answer = await caller.http.post("/graphql", content=content, headers=headers)
    assert (answer.status_code, first(answer)["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_compressed_body_is_refused(caller: Caller) -> None:
    headers = caller.signed(**JSON, **{"Content-Encoding": "gzip"})
    answer = await caller.http.post("/graphql", content=b"x", headers=headers)
    assert (answer.status_code, first(answer)["code"]) == (415, "UNSUPPORTED_ENCODING")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "QUERY"])
async def test_other_methods_are_refused_with_those_there_are(caller: Caller, method: str) -> None:
    headers = caller.signed(Origin="http://x.test")
    answer = await caller.http.request(method, "/graphql", headers=headers)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_document_in_an_address_is_refused(caller: Caller, method: str) -> None:
    url = "/graphql?query={ledgerHead}"
    answer = await caller.http.request(method, url, headers=caller.signed(Origin="http://x.test"))
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_options_says_what_is_there_and_lets_no_other_site_in(caller: Caller) -> None:
    wanted = {"Origin": "http://x.test", "Access-Control-Request-Method": "POST"}
    answer = await caller.http.options("/graphql", headers=wanted)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_the_media_type_is_what_the_client_accepts(caller: Caller) -> None:
    good, bad = {"query": "{ ledgerHead }"}, {"query": "{ nothing }"}
    for accept, kind, statuses in (
        ("*/*", "application/json", (200, 200)),
        ("application/json", "application/json", (200, 200)),
        (
            "application/graphql-response+json, application/json;q=0.9",
            "application/graphql-response+json",
            (200, 400),
        ),
    ):
        answers = [await caller.post(body, Accept=accept) for body in (good, bad)]
        assert tuple(each.status_code for each in answers) == statuses
        assert {each.headers["content-type"] for each in answers} == {f"{kind}; charset=utf-8"}
    refused = await caller.post(good, Accept="text/html")
    assert (refused.status_code, first(refused)["code"]) == (406, "NOT_ACCEPTABLE")


async def test_documents_are_refused_with_a_code_why_and_remedy(caller: Caller) -> None:
    for document, code in (
        ("{ ledgerHead", "SYNTAX_ERROR"),
        ("{ ledgerHeads }", "INVALID_DOCUMENT"),
        ("{" + " ".join(f"x{n}: ledgerHead" for n in range(31)) + "}", "TOO_MANY_ALIASES"),
        ("{ cis(first: 9999) { nodes { relations(first: 1000) { type } } } }", "TOO_COSTLY"),
        ("query Q($n: Int!) { cis(first: $n) { totalCount } }", "INVALID_VARIABLES"),
        ("{ cis(first: 10001) { totalCount } }", "PAGE_TOO_LARGE"),
        ("{ cis(first: -1) { totalCount } }", "BAD_INPUT"),
        ('{ ciHistory(by: {key: "none"}) { seq } }', "NOT_FOUND"),
        ("query A { ledgerHead } query B { ledgerHead }", "OPERATION_NAME_MISSING"),
    ):
        answer = await caller.post({"query": document})
        assert first(answer)["code"] == code


async def test_the_schema_is_shown_to_those_who_are_signed_in_only(caller: Caller) -> None:
    document = "{ __schema { queryType { name } } }"
    assert (await caller.ask(document))["__schema"] == {"queryType": {"name": "Query"}}
    anonymous = await caller.http.post("/graphql", json={"query": document})
    assert anonymous.status_code == 401
    assert anonymous.headers["www-authenticate"] == "Bearer"
    inside = await caller.product.api.execute(document, None, None)
    assert inside["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_the_whole_schema_can_be_read_and_costs_nothing_the_second_time(
    caller: Caller,
) -> None:
    from graphql import build_client_schema, get_introspection_query

    document = get_introspection_query()
    whole = await caller.ask(document)
    assert build_client_schema(whole).get_type("CI") is not None
    start = time.process_time()
    assert await caller.ask(document) == whole
    assert time.process_time() - start < 0.2


# --- the ledger's number -------------------------------------------------------------------------


async def test_every_answer_says_which_entry_it_shows(caller: Caller) -> None:
    seq = await register(caller, "seen-1")
    told = await caller.told("{ ledgerHead }")
    assert told["extensions"]["seq"] == told["data"]["ledgerHead"] == seq
    for document in ("{ nothing }", '{ ciHistory(by: {key: "none"}) { seq } }'):
        assert (await caller.told(document))["extensions"]["seq"] == seq
    document = """mutation { registerElement(input: {
        kind: "ServiceComponent", key: "seen-2", name: "x" }) { seq } }"""
    told = await caller.told(document)
    assert told["extensions"]["seq"] == told["data"]["registerElement"]["seq"] == seq + 1


async def test_what_was_written_can_be_read_at_once_with_its_state(caller: Caller) -> None:
    for n in range(5):
        document = """mutation R($key: String!) { registerElement(input: {
            kind: "ServiceComponent", key: $key, name: $key }) { element { key state } } }"""
        done = await caller.ask(document, key=f"own-{n}")
        assert done["registerElement"]["element"] == {"key": f"own-{n}", "state": "UP"}
        found = await caller.ask("query E($k: ID!) { element(id: $k) { state } }", k=f"own-{n}")
        assert found["element"] == {"state": "UP"}


async def test_an_entry_can_be_demanded_by_extension_or_header(caller: Caller) -> None:
    seq = await register(caller, "demanded")
    body = {"query": "{ ledgerHead }"}
    for answer in (
        await caller.post({**body, "extensions": {"atLeast": seq}}),
        await caller.post(body, fitsm_at_least=str(seq)),
    ):
        assert answer.json()["data"]["ledgerHead"] >= seq
    wrong = await caller.post(body, fitsm_at_least="soon")
    assert first(wrong)["code"] == "INVALID_AT_LEAST"


async def test_an_entry_that_does_not_come_is_waited_for_a_second(caller: Caller) -> None:
    seq = await register(caller, "waited")
    start = time.monotonic()
    body = {"query": "{ ledgerHead }", "extensions": {"atLeast": seq + 5}}
    answer = await caller.post(body)
    waited = time.monotonic() - start
    assert (answer.status_code, first(answer)["code"]) == (503, "STALE")
    assert answer.headers["retry-after"]
    assert 0.9 < waited < 3
    assert "data" not in answer.json()


async def test_an_entry_that_comes_meanwhile_is_shown(caller: Caller) -> None:
    seq = await register(caller, "before")
    body = {"query": '{ element(id: "meanwhile") { state } }', "extensions": {"atLeast": seq + 1}}
    asking = asyncio.ensure_future(caller.post(body))
    await asyncio.sleep(0.2)
    assert not asking.done()
    await register(caller, "meanwhile")
    assert (await asking).json()["data"] == {"element": {"state": "UP"}}


async def test_an_operation_costs_its_root_fields_and_one_check(caller: Caller) -> None:
    graph = caller.product.graph
    await caller.ask("{ cis { nodes { state } } }")
    for document, roots in (
        ("{ cis(first: 9) { nodes { key state } } }", 1),
        ("{ a: cis { totalCount } b: services { totalCount } c: cis { nodes { why } } }", 3),
    ):
        await asyncio.sleep(0.3)  # longer than anything is remembered
        before = graph.statements
        await caller.ask(document)
        cold = graph.statements - before
        await caller.ask(document)
        warm = graph.statements - before - cold
        assert cold == roots + 1, "sign-in and freshness share one statement"
        assert warm in {roots, roots + 1}, "remembered for a quarter of a second"


async def test_what_is_skipped_is_not_answered(caller: Caller) -> None:
    await register(caller, "skipped")
    document = """query S($no: Boolean!) { ciHistory(by: { key: "skipped" }) {
        seq @include(if: $no) changes @include(if: $no) { op } } }"""
    assert (await caller.ask(document, no=False))["ciHistory"] == [{}]


@contextmanager
def answered_by(caller: Caller, resolve: Any) -> Iterator[None]:
    """Let something else answer `ledgerHead`."""
    field = caller.product.api.editions.current.pipeline.schema.query_type.fields["ledgerHead"]
    kept, field.resolve = field.resolve, resolve
    try:
        yield
    finally:
        field.resolve = kept


# --- errors --------------------------------------------------------------------------------------


async def test_an_unknown_error_is_told_by_a_reference_that_the_log_has(
    caller: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> object:
        return {}["MATCH (n) RETURN n // a secret"]

    with caplog.at_level(logging.ERROR, logger="fitsm_graph.api"), answered_by(caller, broken):
        answer = await caller.post({"query": "{ ledgerHead }"})
    told = first(answer)
    assert told["code"] == "INTERNAL"
    assert "MATCH" not in answer.text
    assert "Traceback" not in answer.text
    assert told["reference"] in caplog.text
    assert "KeyError" in caplog.text


async def test_a_question_that_the_database_leaves_unanswered_is_told_by_status(
    caller: Caller,
) -> None:
    def away(*_: object) -> object:
        raise Unavailable("the database does not answer", why="w", remedy="r")

    with answered_by(caller, away):
        alone = await caller.post({"query": "{ ledgerHead }"})
        beside = await caller.post({"query": '{ cis { totalCount } node(id: "x") { id } }'})
    assert (alone.status_code, first(alone)["code"]) == (503, "UNAVAILABLE")
    assert alone.headers["retry-after"]
    assert beside.status_code == 200


async def test_an_error_outside_the_schema_is_told_alike(
    caller: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    api = caller.product.api
    kept, api.freshness = api.freshness, None  # type: ignore[assignment]
    try:
        with caplog.at_level(logging.ERROR, logger="fitsm_graph.api"):
            answer = await caller.post({"query": "{ ledgerHead }"})
    finally:
        api.freshness = kept
    assert (answer.status_code, first(answer)["code"]) == (500, "INTERNAL")
    assert "NoneType" not in answer.text
    assert first(answer)["reference"] in caplog.text


# --- probes and headers --------------------------------------------------------------------------


async def test_probes_say_how_it_stands(caller: Caller) -> None:
    live, ready = await caller.http.get("/livez"), await caller.http.get("/readyz")
    assert live.json() == {"status": "alive"}
    told = ready.json()
    assert (ready.status_code, told["status"], told["warnings"]) == (200, "ready", [])
    assert told["seq"] >= told["types"] > 0
    assert (await caller.http.post("/readyz")).status_code == 405


@pytest.mark.parametrize("path", ["/graphql", "/livez", "/readyz"])
async def test_answers_may_not_be_kept_framed_or_read_from_elsewhere(
    caller: Caller, path: str
) -> None:
    answer = await caller.http.get(path, headers={"Origin": "http://other.test"})
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not [name for name in answer.headers if name.startswith("access-control")]


# --- the database is away ------------------------------------------------------------------------


async def test_a_database_that_is_away_is_told_in_time_and_found_again(
    neo4j_endpoint: Endpoint, tmp_path: Any
) -> None:
    limits = Limits(seconds=3)
    async with (
        wired(neo4j_endpoint) as (wire, endpoint),
        calling(endpoint, tmp_path, limits=limits) as caller,
    ):
        await caller.ask("{ cis { nodes { state } } }")
        for stop in (wire.silence, wire.cut):
            done = stop()
            if done is not None:
                await done
            await asyncio.sleep(0.3)
            await _told_away(caller)
            if done is None:
                wire.sound()
            else:
                await wire.up()
            await _found_again(caller)


async def _told_away(caller: Caller) -> None:
    start = time.monotonic()
    query, write, ready = await asyncio.gather(
        caller.post({"query": "{ cis { nodes { key } } }"}),
        caller.post({"query": 'mutation { retireElement(input: {ref: "x"}) { ok } }'}),
        caller.http.get("/readyz"),
    )
    assert time.monotonic() - start < 8
    for answer in (query, write):
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert first(answer)["code"] in {"UNAVAILABLE", "TIMEOUT"}
    assert (ready.status_code, ready.json()["status"]) == (503, "not ready")
    assert (await caller.http.get("/livez")).status_code == 200


async def _found_again(caller: Caller) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if (await caller.post({"query": "{ cis { nodes { state } } }"})).status_code == 200:
            return
        await asyncio.sleep(0.2)
    raise AssertionError("the database is back and was not found")
