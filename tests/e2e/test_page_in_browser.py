"""The pages in a real browser: keyboard, screen-reader rules, policy, width, no foreign host.

Needs Chromium; without it these tests are skipped, and say so.
"""

import os
import shutil
import socket
import threading
import time
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
import uvicorn

from fitsm_graph.web import SESSION_COOKIE
from fitsm_graph.web.assets import library
from unit.web.estate import LOGIN, PASSWORD, TOKEN, application, demo

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
CHROMIUM = os.environ.get("FITSM_CHROMIUM") or shutil.which("chromium")
pytestmark = pytest.mark.skipif(
    not CHROMIUM, reason="Chromium is missing: install it, or set FITSM_CHROMIUM to its path"
)
SCREENS = {
    "home": "/",
    "results": "/?q=post",
    "picture": "/impact?of=feed-a&fail=db-2&focus=web",
    "list": "/impact?of=feed-a&view=list&q=post",
    "outline": "/impact?of=feed-a&view=outline",
    "cut": "/impact?of=feed-a&first=3",
    "error": "/impact?off=1",
    "calendar": "/calendar",
    "report": "/report?of=db-1",
    "sign-in": "/sign-in",
}
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(event.violatedDirective + " " + event.blockedURI));
"""


@pytest.fixture(scope="module")
def base():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(application(demo()), port=port, log_level="error", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, base):
    """Open a page signed in; afterwards nothing was blocked, broken or asked of another host."""

    @contextmanager
    def opened(path, *, signed_in=True, **more):
        context = chromium.new_context(base_url=base, **more)
        if signed_in:
            context.add_cookies([{"name": SESSION_COOKIE, "value": TOKEN, "url": base}])
        page = context.new_page()
        errors, asked = [], []
        page.add_init_script(WATCH)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path)
        yield page
        assert page.evaluate("window.violations") == []
        assert errors == []
        assert [url for url in asked if not url.startswith((base, "data:"))] == []
        context.close()

    return opened


def active(page):
    return page.evaluate("document.activeElement.closest('[data-id]')?.dataset.id ?? null")


def asked(page):
    return parse_qs(urlsplit(page.url).query)


def arrived(page, **words):
    """Wait until the address asks just this; a slow machine may ask for less of it before."""
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query) == words)


def into_picture(page):
    page.locator("#canvas [data-id] > a[tabindex='0']").focus()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing(visit, screen, scheme):
    with visit(SCREENS[screen], signed_in=screen != "sign-in", color_scheme=scheme) as page:
        found = axe.Axe().run(page).response["violations"]
        assert [(one["id"], one["impact"], one["nodes"][0]["html"][:200]) for one in found] == []


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_runs_over_at_320_pixels(visit, screen):
    small = {"width": 320, "height": 640}
    with visit(SCREENS[screen], signed_in=screen != "sign-in", viewport=small) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_tab_walk_shows_focus_and_passes_the_picture_in_one_stop(visit):
    with visit(SCREENS["picture"]) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        stops, in_picture = 0, []
        while page.evaluate("document.activeElement !== document.body") and stops < 120:
            visible = page.evaluate(
                "(() => { const b = document.activeElement.getBoundingClientRect();"
                " return b.width > 0 && b.height > 0; })()"
            )
            assert visible
            if active(page):
                in_picture.append(active(page))
            stops += 1
            page.keyboard.press("Tab")
        assert 15 < stops < 120
        assert in_picture == ["web"]


def test_arrows_follow_edges(visit):
    with visit("/impact?of=feed-a") as page:
        into_picture(page)
        assert active(page) == "hpc"
        page.keyboard.press("ArrowLeft")
        assert active(page) in {"queue", "idp"}
        page.keyboard.press("Home")
        assert active(page) == "feed-a"
        page.keyboard.press("ArrowLeft")
        assert active(page) == "feed-a"
        page.keyboard.press("ArrowRight")
        first = active(page)
        page.keyboard.press("ArrowDown")
        assert active(page) not in {first, "feed-a"}
        page.keyboard.press("ArrowUp")
        assert active(page) == first
        assert page.locator("#canvas a[tabindex='0']").count() == 1


def test_enter_explains_in_place_and_keeps_the_focus(visit):
    with visit("/impact?of=feed-a") as page:
        page.evaluate("window.same = true")
        into_picture(page)
        page.keyboard.press("Home")
        page.keyboard.press("ArrowRight")
        chosen = active(page)
        page.keyboard.press("Enter")
        page.wait_for_url("**focus=*")
        page.wait_for_function(
            f"() => document.activeElement.closest('[data-id]')?.dataset.id == '{chosen}'"
        )
        assert asked(page)["focus"] == [chosen]
        assert page.evaluate("window.same") is (True if library("htmx.org") else None)


def test_f_lets_an_element_fail_and_takes_it_back(visit):
    with visit("/impact?of=feed-a&focus=feed-b") as page:
        into_picture(page)
        page.keyboard.press("Home")
        page.keyboard.press("f")
        page.wait_for_url(lambda url: "of=" not in url)
        assert "of" not in asked(page)
    with visit("/impact?of=feed-a") as page:
        into_picture(page)
        page.keyboard.press("f")
        page.wait_for_url("**fail=hpc*")
        assert asked(page) == {"of": ["feed-a"], "fail": ["hpc"]}
        page.wait_for_function("() => document.querySelectorAll('.assumption').length == 2")
        into_picture(page)
        page.keyboard.press("f")
        page.wait_for_url(lambda url: "fail=" not in url)


def test_w_goes_to_the_explanation(visit):
    with visit("/impact?of=feed-a") as page:
        into_picture(page)
        page.keyboard.press("w")
        assert page.evaluate("document.activeElement.id") == "why"
        into_picture(page)
        page.keyboard.press("ArrowLeft")
        chosen = active(page)
        page.keyboard.press("w")
        page.wait_for_function("() => document.activeElement.id == 'why'")
        assert asked(page)["focus"] == [chosen]


def test_slash_question_mark_and_escape(visit):
    with visit("/impact?of=feed-a") as page:
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "top-search"
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        assert page.locator("#help").is_visible()
        page.keyboard.press("Escape")
        assert not page.locator("#help").is_visible()


def test_zoom_changes_the_size_and_comes_back(visit):
    with visit("/impact?of=feed-a") as page:
        width = "Number(document.querySelector('#canvas > svg').getAttribute('width'))"
        before = page.evaluate(width)
        page.keyboard.press("+")
        assert page.evaluate(width) > before
        page.keyboard.press("-")
        page.keyboard.press("-")
        assert page.evaluate(width) < before
        page.keyboard.press("0")
        assert page.evaluate(width) == before


def test_search_finds_while_typing(visit):
    if not library("htmx.org"):
        pytest.skip("htmx is not installed: run python tools/browser_assets.py")
    with visit("/") as page:
        page.locator("#search").press_sequentially("postgres")
        arrived(page, q=["postgres"])
        page.wait_for_selector("text=4 matches")
        assert page.evaluate("document.activeElement.id") == "search"
        page.click("text=postgres-2")
        page.wait_for_selector("h1:has-text('If postgres-2 fails')")


def test_what_if_without_scripts(visit):
    with visit("/", java_script_enabled=False) as page:
        page.fill("#search", "feed-a")
        page.click("button:has-text('Search')")
        page.click(".hits a")
        page.fill("#add", "postgres-2")
        page.click("button:has-text('Find')")
        page.click("a[aria-label='Fail postgres-2']")
        arrived(page, fail=["feed-a", "db-2"])
        page.click("nav a:has-text('Outline')")
        arrived(page, fail=["feed-a", "db-2"], view=["outline"])
        page.click("a[aria-label='Take back: fails feed-a']")
        arrived(page, fail=["db-2"], view=["outline"])


def test_back_returns_to_the_question_before(visit):
    with visit("/impact?of=feed-a") as page:
        page.click("nav a:has-text('List')")
        page.wait_for_selector("table")
        page.go_back()
        page.wait_for_selector("#canvas")
        assert "view" not in asked(page)


def test_signing_in_leads_on_and_out(visit):
    with visit("/impact?of=feed-a", signed_in=False) as page:
        page.fill("#login", LOGIN)
        page.fill("#password", "wrong")
        page.click("form button")
        page.wait_for_selector("[role=alert]")
        page.fill("#password", PASSWORD)
        page.click("form button")
        page.wait_for_selector("h1:has-text('If feed-a fails')")
        page.click("text=Sign out")
        page.wait_for_selector("h1:has-text('Sign in')")


def test_the_way_to_the_questions_is_on_the_first_page(visit):
    with visit("/") as page:
        page.click("header >> text=Ask in GraphQL")
        page.wait_for_selector("h1:has-text('GraphiQL')")


def test_print_shows_the_answer_and_no_controls(visit):
    with visit("/impact?of=feed-a") as page:
        page.emulate_media(media="print")
        assert page.locator("#canvas svg").is_visible()
        assert not page.locator(".controls").is_visible()


def test_forced_colours_keep_borders(visit):
    with visit("/impact?of=feed-a", forced_colors="active") as page:
        stroke = "getComputedStyle(document.querySelector('#canvas .box')).stroke"
        fill = "getComputedStyle(document.querySelector('#canvas .box')).fill"
        assert page.evaluate(stroke) != page.evaluate(fill)
