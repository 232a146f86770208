"""GraphiQL in a real browser, on a real server: nothing from elsewhere, nothing blocked, all of it.

Needs Chromium and the browser libraries; without them these tests are skipped, and say so.
"""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio

from e2e.calling import calling, emptied, register
from e2e.streaming import listening, until
from e2e.test_subscriptions import Estate
from fitsm_graph.bootstrap import SYSTEM
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.sms import accounts
from fitsm_graph.web import SESSION_COOKIE
from fitsm_graph.web.assets import library
from fitsm_graph.web.graphiql import shelves

playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.async_playwright", reason="axe is not installed")
CHROMIUM = os.environ.get("FITSM_CHROMIUM") or shutil.which("chromium")
pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is missing: set FITSM_CHROMIUM to its path"),
    pytest.mark.skipif(not library("graphiql"), reason="no browser libraries: run make setup"),
]
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(event.violatedDirective + " " + event.blockedURI));
"""
EDITORS = ".graphiql-query-editor .CodeMirror"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def estate(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Estate]:
    await emptied(neo4j_endpoint)
    async with (
        calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as caller,
        listening(caller.product) as address,
    ):
        await register(caller, "portal", "Service")
        yield Estate(caller, address)


@asynccontextmanager
async def visiting(estate: Estate, path: str, **more: Any) -> AsyncIterator[Any]:
    """A page for somebody who is signed in; nothing was blocked, broken or asked elsewhere."""
    base = f"http://{estate.address}"
    session = await _session(estate)
    async with playwright.async_playwright() as started:
        browser = await started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await browser.new_context(base_url=base, **more)
        await context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": base}])
        page = await context.new_page()
        errors: list[str] = []
        asked: list[str] = []
        await page.add_init_script(WATCH)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(path)
        yield page
        assert await page.evaluate("window.violations") == []
        assert errors == []
        assert [url for url in asked if not url.startswith((base, "data:", "blob:"))] == []
        await browser.close()


async def _session(estate: Estate) -> str:
    login, password = "visitor", "a long enough password"
    graph = estate.product.graph
    if not (await graph.rows("sms.credentials", login=login, hint=None))[0]["account"]:
        digest = accounts.digest_password(password)
        await graph.write(accounts.create_account, SYSTEM, login, ["auditor"], digest)
    return await estate.product.sessions.open(login, password, "127.0.0.1")


async def holds(page: Any, editor: str, words: str) -> None:
    """Wait until an editor has some words; a slow machine fills it after it is there."""
    await page.wait_for_function(
        "([place, words]) => document.querySelector(place)?.CodeMirror.getValue().includes(words)",
        arg=[editor, words],
    )


async def answered(page: Any, words: str) -> None:
    """Wait until an answer has some words."""
    await holds(page, ".result-window .CodeMirror", words)


async def run(page: Any) -> None:
    await page.locator(".graphiql-execute-button").click()


async def test_a_question_is_asked_and_the_schema_is_there(estate: Estate) -> None:
    async with visiting(estate, "/graphiql") as page:
        await page.wait_for_selector(EDITORS)
        await holds(page, EDITORS, "services(first: 10")
        await run(page)
        await answered(page, '"key": "portal"')
        await page.click("[aria-label='Show Documentation Explorer']")
        await page.wait_for_selector(".graphiql-doc-explorer >> text=Subscription")
        found = await axe.Axe().run(page, context="header")
        assert found.response["violations"] == []


async def test_examples_open_in_a_tab_of_their_own_by_keyboard(estate: Estate) -> None:
    name = shelves()[0][1][0].name
    async with visiting(estate, "/graphiql", color_scheme="dark") as page:
        await page.wait_for_selector(EDITORS)
        assert await page.evaluate("getComputedStyle(document.body).colorScheme") == "light dark"
        await page.locator("#example").focus()
        await page.locator("#example").select_option(name)
        await holds(page, EDITORS, name)
        assert await page.locator(".graphiql-tab").count() == 2


async def test_a_subscription_tells_events_until_it_is_stopped(estate: Estate) -> None:
    async with visiting(estate, "/graphiql?question=ElementsAsTheyChange") as page:
        await page.wait_for_selector(EDITORS)
        await holds(page, EDITORS, "elementChanged")
        await run(page)
        await until(lambda: len(estate.product.live.follower) == 1)
        await register(estate.caller, "told-in-the-browser")
        await answered(page, '"key": "told-in-the-browser"')
        await run(page)  # the same button stops it
        await until(lambda: len(estate.product.live.follower) == 0)


async def test_the_query_behind_a_page_opens_with_its_variables(estate: Estate) -> None:
    async with visiting(estate, "/impact?of=portal") as page:
        await page.click("summary:has-text('Query behind this page')")
        await page.click("text=Open it in GraphiQL")
        await page.wait_for_selector(EDITORS)
        await holds(page, EDITORS, "query Impact(")
        await holds(page, ".graphiql-editor-tool .CodeMirror", "portal")
        await run(page)
        await answered(page, '"affectedCount"')


async def test_nobody_sees_it_without_signing_in_and_unknown_questions_are_told(
    estate: Estate,
) -> None:
    http = estate.caller.http
    closed = await http.get("/graphiql")
    assert (closed.status_code, closed.headers["location"]) == (
        303,
        f"/sign-in?next={quote('/graphiql', safe='')}",
    )
    cookies = {"Cookie": f"{SESSION_COOKIE}={await _session(estate)}"}
    missing = await http.get("/graphiql?question=Nothing", headers=cookies)
    assert missing.status_code == 404
    page = await http.get("/graphiql", headers=cookies)
    assert "font-src 'self' data:" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    other = await http.get("/", headers=cookies)
    assert "font-src" not in other.headers["content-security-policy"]
