"""The form of the service desk on a real server: what it registers, the API tells (PR9.1)."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied, register, somebody
from fitsm_graph.bootstrap import SYSTEM
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.sms import accounts
from fitsm_graph.web import SESSION_COOKIE

PASSWORD = "a long enough password"
ORIGIN = {"Origin": "http://127.0.0.1"}
INCIDENTS = """{ incidents(first: 10) { totalCount nodes {
  key title priority startsAt affects { effect element { key } } } } }"""
REQUESTS = "{ serviceRequests(first: 10) { totalCount nodes { key description steps { title } } } }"
OFFER = """mutation O($i: RegisterRequestOfferingInput!) { registerRequestOffering(input: $i) {
  ok errors { code } requestOffering { key } } }"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        await register(made, "mail", "Service")
        await register(made, "mail-db", "ServiceComponent")
        steps = [{"title": "create it", "kind": "MANUAL"}]
        given = {"title": "A mailbox", "service": "mail", "steps": steps}
        offered = await made.ask(OFFER, i=given)
        assert offered["registerRequestOffering"]["ok"], offered
        for login, role in (("clerk", "editor"), ("guest", "reader"), ("robot", "sync")):
            digest = accounts.digest_password(PASSWORD)
            graph = made.product.graph
            await graph.write(accounts.create_account, SYSTEM, login, [role], digest)
        yield made


async def as_(caller: Caller, login: str) -> dict[str, str]:
    """Headers of a browser in which somebody is signed in."""
    session = await caller.product.sessions.open(login, PASSWORD, "127.0.0.1")
    return {"Cookie": f"{SESSION_COOKIE}={session}", **ORIGIN}


async def form(caller: Caller, headers: dict[str, str], path: str = "/report") -> dict[str, Any]:
    """What the form offers: keys of sending once, and values to choose by what they are called."""
    page = await caller.http.get(path, headers=headers)
    assert page.status_code == 200, page.text
    once = re.search(r'name="once" value="([^"]+)"', page.text)
    assert once is not None
    choices = re.findall(r'<option value="([^"]+)"[^>]*>([^<(]+)', page.text)
    return {"once": once[1], **{words.strip(): value for value, words in choices}}


async def test_an_incident_comes_in_by_the_form_once(caller: Caller) -> None:
    """Whoever has an account may report."""
    headers = await as_(caller, "guest")
    offered = await form(caller, headers)
    fields = {
        "element": offered["mail"], "effect": "DEGRADED", "title": "Mail is slow",
        "description": "since the morning", "starts": "2026-11-01T07:15:00",
        "once": offered["once"],
    }  # fmt: skip
    sent = [
        await caller.http.post("/report/incident", data=fields, headers=headers) for _ in range(2)
    ]
    assert [each.status_code for each in sent] == [303, 303]
    assert sent[0].headers["location"] == sent[1].headers["location"]
    told = (await caller.ask(INCIDENTS))["incidents"]
    assert told["totalCount"] == 1
    (incident,) = told["nodes"]
    assert incident["startsAt"].startswith("2026-11-01T07:15:00")
    assert incident["affects"] == [{"effect": "DEGRADED", "element": {"key": "mail"}}]
    page = await caller.http.get(sent[0].headers["location"], headers=headers)
    assert page.status_code == 200
    for words in (incident["key"], "Mail is slow", f"priority {incident['priority']}"):
        assert words in page.text
    named = await form(caller, headers, "/report?of=mail-db")
    assert "mail-db" in named


async def test_a_request_comes_in_by_the_form_with_its_steps(caller: Caller) -> None:
    headers = await as_(caller, "clerk")
    offered = await form(caller, headers)
    fields = {
        "offering": offered["A mailbox"], "description": "for ada", "once": offered["once"]
    }  # fmt: skip
    sent = await caller.http.post("/report/request", data=fields, headers=headers)
    (request,) = (await caller.ask(REQUESTS))["serviceRequests"]["nodes"]
    assert sent.headers["location"] == f"/report/request/{request['key']}"
    assert request["description"] == "for ada"
    page = await caller.http.get(sent.headers["location"], headers=headers)
    assert "1. <bdi>create it</bdi>" in page.text


async def test_what_is_refused_says_why_and_registers_nothing(caller: Caller) -> None:
    before = await caller.ask(INCIDENTS)
    clerk = await as_(caller, "clerk")
    offered = await form(caller, clerk)
    fields = {
        "element": offered["mail"], "effect": "DOWN", "title": "Mail <is> down",
        "once": offered["once"],
    }  # fmt: skip
    wrong = (
        (clerk, fields | {"element": "nothing-like-it"}, 422, "ELEMENT_NOT_FOUND"),
        (clerk, fields | {"title": ""}, 400, "BAD_INPUT"),
        (clerk, fields | {"starts": "yesterday"}, 400, "BAD_INPUT"),
    )
    for headers, given, status, code in wrong:
        sent = await caller.http.post("/report/incident", data=given, headers=headers)
        codes = re.findall(r"Code <code>(\w+)</code>", sent.text)
        assert (sent.status_code, codes) == (status, [code])
        assert given["title"].replace("<", "&lt;").replace(">", "&gt;") in sent.text
    assert await caller.ask(INCIDENTS) == before
    robot = await as_(caller, "robot")
    assert (await caller.http.get("/report", headers=robot)).status_code == 403
    sent = await caller.http.post("/report/incident", data=fields, headers=robot)
    assert sent.status_code == 403
    assert await caller.ask(INCIDENTS) == before


async def test_nobody_sees_a_case_without_signing_in(caller: Caller) -> None:
    stranger = await somebody(caller, "nobody")
    for path in ("/report", "/report/incident/INC-000001"):
        led = await stranger.http.get(path)
        assert led.headers["location"].startswith("/sign-in?next=")
