"""Persisted documents over HTTP: registered, asked for by digest, by POST and by GET."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied, register, somebody
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.sms.documents import digest_of

REGISTER = """mutation R($name: String!, $text: String!, $dry: Boolean! = false) {
    registerPersistedDocument(input: {name: $name, text: $text}, dryRun: $dry) {
        ok seq errors { code message remedy } document { key name digest text } } }"""
RETIRE = """mutation R($ref: String!) { retirePersistedDocument(input: {ref: $ref}) {
    ok errors { code } } }"""
PAGE = "query Page($first: Int!) { services(first: $first, orderBy: {key: ASC}) { nodes { key } } }"
MISSING = '{ ciHistory(by: {key: "none"}) { seq } }'


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as one:
        yield one


async def registered(caller: Caller, text: str, name: str = "a page") -> str:
    done = (await caller.ask(REGISTER, name=name, text=text))["registerPersistedDocument"]
    assert done["ok"], done
    assert done["document"]["digest"] == digest_of(text)
    return str(done["document"]["digest"])


async def got(caller: Caller, digest: str, method: str = "GET", **more: Any) -> httpx.Response:
    """Ask by address."""
    headers = caller.signed(**more.pop("headers", {}))
    given = {"documentId": f"sha256:{digest}", **more}
    parameters = {k: v if isinstance(v, str) else json.dumps(v) for k, v in given.items()}
    return await caller.http.request(method, "/graphql", params=parameters, headers=headers)


def code(answer: httpx.Response) -> str:
    told = answer.json()["errors"][0]["extensions"]
    assert told["docs"] == f"/errors#{told['code']}"
    return str(told["code"])


async def test_a_document_is_registered_asked_for_and_retired(caller: Caller) -> None:
    key = (await caller.ask(REGISTER, name="first", text=PAGE))["registerPersistedDocument"]
    digest = digest_of(PAGE)
    for body in (
        {"documentId": digest, "variables": {"first": 3}},
        {"documentId": f"sha256:{digest}", "variables": {"first": 3}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}},
         "variables": {"first": 3}},
    ):  # fmt: skip
        answer = await caller.post(body)
        assert (answer.status_code, list(answer.json()["data"])) == (200, ["services"])
    listed = await caller.ask("{ persistedDocuments { totalCount nodes { name digest text } } }")
    assert {"name": "first", "digest": digest, "text": PAGE} in listed["persistedDocuments"][
        "nodes"
    ]
    assert (await caller.ask(RETIRE, ref=key["document"]["key"]))["retirePersistedDocument"]["ok"]
    gone = await caller.post({"documentId": digest, "variables": {"first": 3}})
    assert code(gone) == "PERSISTED_QUERY_NOT_FOUND"
    again = (await caller.ask(RETIRE, ref=digest))["retirePersistedDocument"]
    assert [each["code"] for each in again["errors"]] == ["NOT_FOUND"]
    assert await registered(caller, PAGE, "again") == digest, "a digest is free again"


async def test_registering_twice_is_once_and_a_new_name_is_a_change(caller: Caller) -> None:
    text = "{ a: ledgerHead }"
    first = (await caller.ask(REGISTER, name="one", text=text))["registerPersistedDocument"]
    second = (await caller.ask(REGISTER, name="one", text=text))["registerPersistedDocument"]
    third = (await caller.ask(REGISTER, name="two", text=text))["registerPersistedDocument"]
    assert first["seq"]
    assert second["seq"] is None, "nothing had to change"
    assert third["seq"] == first["seq"] + 1
    assert first["document"]["key"] == third["document"]["key"]


async def test_only_what_could_be_asked_is_registered(caller: Caller) -> None:
    for text, expected in (
        ("{ nothing }", "INVALID_DOCUMENT"),
        ("{", "SYNTAX_ERROR"),
        ("fragment F on Query { ledgerHead }", "NO_OPERATION"),
        ("{ cis(first: 9999) { nodes { relations(first: 1000) { type } } } }", "TOO_COSTLY"),
        ("query A { ledgerHead } query B { nothing }", "INVALID_DOCUMENT"),
    ):
        done = (await caller.ask(REGISTER, name="x", text=text))["registerPersistedDocument"]
        assert [each["code"] for each in done["errors"]] == [expected], text
    for name in ("", " ", "x" * 201):
        done = (await caller.ask(REGISTER, name=name, text=PAGE))["registerPersistedDocument"]
        assert [each["code"] for each in done["errors"]] == ["BAD_INPUT"]


async def test_registering_is_a_right(caller: Caller) -> None:
    reader = await somebody(caller, "rita", "reader")
    for document, variables in (
        (REGISTER, {"name": "x", "text": "{ nothing }"}),
        (RETIRE, {"ref": "x"}),
    ):
        assert await reader.code(document, **variables) == "FORBIDDEN"


async def test_a_client_of_apollo_s_kind_sends_a_document_once(caller: Caller) -> None:
    text = "query Once { ledgerHead }"
    hashed = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest_of(text)}}}
    first = await caller.post(hashed)
    assert first.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    assert code(first) == "PERSISTED_QUERY_NOT_FOUND"
    assert (await caller.post({"query": text, **hashed})).status_code == 200
    assert (await caller.post(hashed)).json()["data"]["ledgerHead"] > 0
    assert (await got(caller, digest_of(text))).status_code == 404, "seen is not registered"
    wrong = await caller.post({"query": text + " ", **hashed})
    assert (wrong.status_code, code(wrong)) == (400, "PERSISTED_QUERY_MISMATCH")
    unfit = "{ nothing }"
    other = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest_of(unfit)}}}
    assert code(await caller.post({"query": unfit, **other})) == "INVALID_DOCUMENT"
    assert code(await caller.post(other)) == "PERSISTED_QUERY_NOT_FOUND", (
        "what is refused is not kept"
    )


# --- by address ----------------------------------------------------------------------------------


async def test_a_get_is_kept_by_the_client_and_asked_for_again(caller: Caller) -> None:
    digest = await registered(caller, PAGE)
    await register(caller, "svc-1", "Service")
    answer = await got(caller, digest, variables={"first": 5})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "authorization" in answer.headers["vary"].casefold()
    tag = answer.headers["etag"]
    same = await got(caller, digest, variables={"first": 5}, headers={"If-None-Match": tag})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    await register(caller, "svc-2", "Service")
    other = await got(caller, digest, variables={"first": 5}, headers={"If-None-Match": tag})
    assert other.status_code == 200
    assert [row["key"] for row in other.json()["data"]["services"]["nodes"]] == ["svc-1", "svc-2"]
    assert other.headers["etag"] != tag


async def test_an_entry_without_meaning_for_the_answer_changes_no_tag(caller: Caller) -> None:
    digest = await registered(caller, PAGE)
    before = (await got(caller, digest, variables={"first": 0})).headers["etag"]
    await register(caller, "beside")
    assert (await got(caller, digest, variables={"first": 0})).headers["etag"] == before


async def test_head_says_what_get_would_and_sends_nothing(caller: Caller) -> None:
    digest = await registered(caller, PAGE)
    full, head = [await got(caller, digest, way, variables={"first": 2}) for way in ("GET", "HEAD")]
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == full.headers["etag"]


@pytest.mark.parametrize(
    ("text", "variables", "status", "expected"),
    [
        (PAGE, {}, 400, "INVALID_VARIABLES"),
        (PAGE, {"first": "many"}, 400, "INVALID_VARIABLES"),
        (MISSING, {}, 404, "NOT_FOUND"),
        ("{ services(first: -1) { totalCount } }", {}, 400, "BAD_INPUT"),
        ('{ a: ledgerHead ciHistory(by: {key: "none"}) { seq } }', {}, 404, "NOT_FOUND"),
    ],
)
async def test_errors_of_a_get_are_told_by_status(
    caller: Caller, text: str, variables: dict[str, Any], status: int, expected: str
) -> None:
    digest = await registered(caller, text)
    accept = {"Accept": "application/graphql-response+json"}
    answer = await got(caller, digest, variables=variables, headers=accept)
    assert (answer.status_code, code(answer)) == (status, expected)
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


async def test_a_get_never_changes_anything(caller: Caller) -> None:
    text = 'mutation { retireElement(input: {ref: "svc-1"}) { ok } }'
    digest = await registered(caller, text)
    before = (await caller.ask("{ ledgerHead }"))["ledgerHead"]
    answer = await got(caller, digest)
    assert (answer.status_code, code(answer)) == (405, "MUTATION_BY_GET")
    assert answer.headers["allow"] == "POST"
    assert (await caller.ask("{ ledgerHead }"))["ledgerHead"] == before


@pytest.mark.parametrize(
    ("parameters", "status", "expected"),
    [
        ({"query": "{ unknown: ledgerHead }"}, 405, "QUERY_IN_ADDRESS"),
        ({}, 400, "QUERY_MISSING"),
        ({"documentId": "x"}, 400, "INVALID_DOCUMENT_ID"),
        ({"documentId": "0" * 64}, 404, "PERSISTED_QUERY_NOT_FOUND"),
        ({"documentId": "0" * 64, "variables": "{"}, 400, "INVALID_JSON"),
        ({"documentId": "0" * 64, "variables": "[]"}, 400, "INVALID_REQUEST"),
        ({"documentId": "0" * 64, "extensions": '{"atLeast": -1}'}, 400, "INVALID_AT_LEAST"),
    ],
)
async def test_addresses_that_ask_nothing_are_refused_by_name(
    caller: Caller, parameters: dict[str, str], status: int, expected: str
) -> None:
    answer = await caller.http.get("/graphql", params=parameters, headers=caller.signed())
    assert (answer.status_code, code(answer)) == (status, expected)
    anonymous = await caller.http.get("/graphql", params=parameters)
    assert anonymous.status_code == 401


async def test_an_address_may_hold_the_text_of_a_registered_document(caller: Caller) -> None:
    text = "query Typed($name: String!) { __type(name: $name) { name } }"
    parameters = {"query": text, "variables": '{"name": "CI"}'}
    refused = await caller.http.get("/graphql", params=parameters, headers=caller.signed())
    assert (refused.status_code, code(refused)) == (405, "QUERY_IN_ADDRESS")
    await registered(caller, text)
    answer = await caller.http.get("/graphql", params=parameters, headers=caller.signed())
    assert (answer.status_code, answer.json()["data"]) == (200, {"__type": {"name": "CI"}})


async def test_a_get_shows_an_entry_that_is_named(caller: Caller) -> None:
    digest = await registered(caller, "{ ledgerHead }")
    seq = (await caller.ask("{ ledgerHead }"))["ledgerHead"]
    answer = await got(caller, digest, headers={"Fitsm-At-Least": str(seq)})
    assert answer.json()["data"]["ledgerHead"] >= seq
    late = await got(caller, digest, extensions={"atLeast": seq + 5})
    assert (late.status_code, code(late)) == (503, "STALE")


# --- trusted only --------------------------------------------------------------------------------


async def test_a_hardened_server_answers_registered_documents_only(caller: Caller) -> None:
    reader, documents = await somebody(caller, "rolf", "reader"), caller.product.api.documents
    digest = await registered(caller, PAGE)
    documents.trusted_only = True
    try:
        for free in ("{ free: ledgerHead }", "{ __schema { queryType { name } } }", PAGE + " "):
            assert await reader.code(free) == "DOCUMENT_NOT_TRUSTED"
        body = {"documentId": digest, "variables": {"first": 1}}
        assert (await reader.post(body)).status_code == 200
        assert (await reader.post({"query": PAGE, "variables": {"first": 1}})).status_code == 200
        assert await caller.ask("{ ledgerHead }"), "whoever may register a document may ask it"
        await caller.ask(RETIRE, ref=digest)
        assert await reader.code(PAGE, first=1) == "DOCUMENT_NOT_TRUSTED"
    finally:
        documents.trusted_only = False


async def test_the_product_s_own_documents_are_trusted(caller: Caller) -> None:
    from fitsm_graph.cli.documents import document

    reader, documents = await somebody(caller, "rosa", "reader"), caller.product.api.documents
    documents.trusted_only = True
    try:
        body = {"query": document("ListServices"), "variables": {"first": 1}}
        assert (await reader.post(body)).json()["data"]["services"]["totalCount"] >= 0
        by_digest = {"documentId": digest_of(document("ListServices")), "variables": {"first": 1}}
        assert (await reader.post(by_digest)).status_code == 200
    finally:
        documents.trusted_only = False


async def test_a_registered_document_is_exported_by_its_address(caller: Caller) -> None:
    for key in ("x-1", "x-2"):
        await register(caller, key)
    text = "query X($first: Int!) { components(first: $first) { nodes { key } } }"
    digest = await registered(caller, text, "components as a file")

    async def exported(method: str = "GET", **given: str) -> httpx.Response:
        asked = {"variables": '{"first": 1}', "format": "csv", **given}
        return await caller.http.request(method, "/export", params=asked, headers=caller.signed())

    told = await exported(documentId=digest)
    assert (told.status_code, set(told.text.split())) >= (200, {"key", "x-1", "x-2"})
    assert told.headers["content-disposition"] == 'attachment; filename="X.csv"'
    assert code(await exported(query=PAGE.replace("Page", "Y"))) == "QUERY_IN_ADDRESS"
    assert code(await exported(documentId="0" * 64)) == "PERSISTED_QUERY_NOT_FOUND"
    body = {"documentId": digest, "variables": {"first": 1}}
    sent = await caller.http.post("/export?format=csv", json=body, headers=caller.signed())
    assert sent.text == told.text
    assert (await exported("PUT", documentId=digest)).status_code == 405
