"""Pages against a small estate: what they say, what they refuse, and that nothing gets in."""

import json
import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from fitsm_graph.kernel.errors import Unavailable
from fitsm_graph.web.question import read_question
from unit.web.browsing import Markup, client, get
from unit.web.estate import PRINCIPAL, Estate, demo, hub

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGES = [
    "/",
    "/?q=post",
    "/?q=nothing-like-it",
    "/impact?of=feed-a",
    "/impact?of=feed-a&fail=db-2&degrade=sw-b&maintain=host-1&restore=ctl-a&focus=dbs",
    "/impact?of=feed-a&view=list&sort=-hops",
    "/impact?of=feed-a&view=outline&q=post",
    "/impact?of=web",
    "/impact?of=feed-a&first=3",
    "/calendar",
    "/calendar?month=2026-12",
    "/calendar?month=x",
    "/report",
    "/report?of=db-1",
    "/report/incident/INC-000009",
    "/sign-in",
    "/nowhere",
    "/impact?off=1",
    "/impact?of=nowhere",
]


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_keeps_the_policy(path):
    response = await get(path)
    assert response.headers["content-security-policy"] == POLICY
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    page = Markup(response.text)
    for tag, attributes in page.tags:
        assert tag != "style"
        assert tag != "base"
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith(("on", "hx-on"))]
        assert not [value for value in attributes.values() if (value or "").startswith("js:")]
    assert all(script.get("src", "").startswith("/static/") for script in page.all("script"))
    assert not page.all("script") or "<script>" not in response.text


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_names_another_host(path):
    response = await get(path)
    for tag, attributes in Markup(response.text).tags:
        for name in ("href", "src", "action", "srcset", "data", "poster", "hx-get", "content"):
            value = attributes.get(name) or ""
            assert not re.match(r"(\w+:)?//", value), (tag, name, value)
    assert set(re.findall(r"https?://[^\"'<\s]*", response.text)) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_has_title_landmarks_and_a_way_past_the_header(path):
    page = Markup((await get(path)).text)
    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("title")) >= 1
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == len(page.all("footer")) == 1
    first_link = page.all("a")[0]
    assert first_link["href"] == "#main"
    assert page.all("main")[0]["id"] == "main"
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", PAGES)
async def test_every_link_leads_to_a_page_that_answers(path):
    async with client() as browser:
        page = Markup((await browser.get(path)).text)
        links = {a["href"] for a in page.all("a") if not a["href"].startswith("#")}
        assert links
        for link in sorted(links):
            parts = urlsplit(link)
            if parts.path == "/impact":
                assert read_question(parse_qsl(parts.query)).url() == link
            else:
                assert (await browser.get(link)).status_code < 400, link


async def test_static_files_are_served_with_their_types():
    async with client() as browser:
        page = Markup((await browser.get("/")).text)
        files = [tag["href"] for tag in page.all("link")] + [
            tag["src"] for tag in page.all("script")
        ]
        for file in [*files, "/static/picture.js"]:
            response = await browser.get(file)
            assert response.status_code == 200
            kind = {"css": "text/css", "js": "javascript", "svg": "svg"}[file.rsplit(".", 1)[1]]
            assert kind in response.headers["content-type"]
            assert response.headers["content-security-policy"] == POLICY


async def test_home_shows_services_the_worst_first():
    text = (await get("/")).text
    assert "All 4 services are up." in text
    estate = demo()
    estate.own["help"] = 3
    text = (await get("/", estate)).text
    assert "1 of 4 services not up." in text
    names = [tag["href"] for tag in Markup(text).all("a") if "fail=" in tag.get("href", "")]
    assert names[0] == "/impact?fail=help"
    assert len(names) == 4


async def test_home_without_services_says_how_to_begin():
    assert "fitsm-graph sync" in (await get("/", Estate())).text


async def test_home_finds():
    found = (await get("/?q=postgres")).text
    assert "4 matches" in found
    assert "/impact?fail=db-1" in found
    assert "Nothing is called like" in (await get("/?q=zzz")).text


async def test_impact_begins_with_completeness_and_services():
    text = (await get("/impact?of=feed-a")).text.split("<main", 1)[1]
    order = [
        text.index(word)
        for word in ("35 elements affected", "Complete.", "Batch computing", "<svg")
    ]
    assert order == sorted(order)
    assert "graph version" in text


async def test_a_cut_answer_says_so_first():
    text = (await get("/impact?of=feed-a&first=3")).text
    assert "Complete." not in text
    assert "Shown: the first 3" in text
    assert "3 of 35 affected listed" in text


async def test_an_incomplete_answer_says_so():
    estate = demo()
    estate.hidden = 4
    text = (await get("/impact?of=feed-a", estate)).text
    assert "Not complete" in text
    assert "4 elements you may not see: reckoned with, counted, not named." in text


async def test_the_three_forms_show_the_same_elements():
    estate = demo()
    names = [row["name"] for row in estate.elements.values()]
    shown = {}
    for form in ("picture", "list", "outline"):
        page = Markup((await get(f"/impact?of=feed-a&view={form}", estate)).text)
        words = " ".join(page.words) + " ".join(str(a.get("aria-label")) for a in page.all("a"))
        shown[form] = {
            name for name in names if name in words and not name.startswith("compute-vm")
        }
    affected = shown["list"]
    assert len(affected) == 23
    assert affected <= shown["picture"]
    assert affected <= shown["outline"]


async def test_exposed_elements_are_listed_with_margins():
    estate = Estate()
    for id in ("a", "b", "c"):
        estate.add(id, f"host-{id}", type="Host")
    estate.add("s", "service", "Service")
    estate.need("s", "a", "b", "c", need=1, strength="UP")
    text = (await get("/impact?of=a&view=list", estate)).text
    assert "Exposed: in the same state, with less margin" in text
    row = text[text.index("Exposed:") :]
    assert re.search(r">2</td><td class=\"number\">1</td>", row)


async def test_modelling_errors_are_listed_apart():
    estate = Estate()
    estate.add("a", "host-a")
    estate.add("g", "pair of one", "RedundancyGroup")
    estate.need("g", "a", need=2)
    text = (await get("/impact?of=a", estate)).text
    assert "Errors of the model" in text
    assert "needs more than there is" in text


async def test_the_what_if_bar_takes_back_and_adds():
    page = (await get("/impact?of=feed-a&fail=db-2&q=hyper")).text
    assert 'aria-label="Take back: fails postgres-2"' in page
    assert "/impact?of=feed-a&amp;fail=db-2&amp;maintain=host-1" in page


async def test_query_behind_the_page_is_the_one_that_was_sent():
    estate = demo()
    page = Markup(
        (await get("/impact?of=feed-a&degrade=db-1&as_of=2026-11-23T08:30:00Z", estate)).text
    )
    text = "".join(page.words)
    ((name, variables, principal),) = [call for call in estate.asked if call[0] == "Impact"]
    assert (name, principal) == ("Impact", PRINCIPAL)
    assert variables["asOf"] == "2026-11-23T08:30:00Z"
    assert json.dumps(variables, indent=2) in text
    assert "query Impact(" in text


async def test_json_holds_answer_and_question():
    response = await get("/impact.json?of=feed-a")
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert body["data"]["whatIf"]["affected"]["totalCount"] == 35
    assert body["request"]["variables"]["fail"] == ["feed-a"]
    outcome = await demo().execute(
        body["request"]["operationName"],
        body["request"]["query"],
        body["request"]["variables"],
        PRINCIPAL,
    )
    assert outcome.data == body["data"]


async def test_svg_is_a_file_of_its_own():
    response = await get("/impact.svg?of=feed-a")
    assert response.headers["content-type"] == "image/svg+xml"
    assert response.text.startswith("<?xml")
    assert 'xmlns="http://www.w3.org/2000/svg"' in response.text


async def test_a_hub_of_a_thousand_is_readable():
    estate = hub(1000)
    text = (await get("/impact?of=hub&first=5000", estate)).text
    assert text.count('role="listitem"') <= 60
    assert "1,000 elements grouped in 1 stack" in text
    assert "Complete." in text


HOSTILE = "</title><script>alert(1)</script>\"' onload=x \u202eevil"


@pytest.mark.parametrize("form", ["picture", "list", "outline"])
async def test_hostile_names_stay_text_everywhere(form):
    estate = Estate()
    estate.add("a", HOSTILE, type="Host")
    estate.add("s", HOSTILE, "Service", customers=[HOSTILE])
    estate.need("s", "a", label=HOSTILE)
    response = await get(f"/impact?of=a&view={form}&q=alert&focus=s", estate)
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    assert "\u202e" not in response.text
    page = Markup(response.text)
    assert not [attributes for _, attributes in page.tags if "onload" in attributes]


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "\"'><svg onload=x>", "x" * 200, "\u202e"]
)
async def test_hostile_searches_stay_text(text):
    async with client() as browser:
        response = await browser.get("/", params={"q": text})
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    assert "<svg onload" not in response.text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nowhere", 404, "There is no such page"),
        ("/impact?of=nowhere", 404, "search for its name"),
        ("/impact?off=1", 400, "did you mean &#39;of&#39;?"),
        ("/sign-out", 405, "METHOD_NOT_ALLOWED"),
    ],
)
async def test_error_pages_say_what_why_remedy_and_code(path, status, words):
    response = await get(path)
    assert response.status_code == status
    assert words in response.text
    for heading in ("Why", "What to do", "Code"):
        assert f"<dt>{heading}</dt>" in response.text


async def test_programs_get_problem_details():
    response = await get("/impact.json?of=nowhere")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "NOT_FOUND"
    assert response.json()["remedy"] == "search for its name"
    assert (await get("/impact.json")).json()["path"] == ["of"]


async def test_an_unavailable_database_is_503():
    estate = demo()

    async def execute(*_):
        raise Unavailable("The database does not answer", remedy="try again in a minute")

    estate.execute = execute
    response = await get("/impact?of=feed-a", estate)
    assert response.status_code == 503
    assert "try again in a minute" in response.text


async def test_a_defect_tells_nothing_of_its_inside():
    estate = demo()

    async def execute(*_):
        raise RuntimeError("secret inside")

    estate.execute = execute
    response = await get("/impact?of=feed-a", estate)
    assert response.status_code == 500
    assert "BROKEN" in response.text
    assert "secret" not in response.text
    assert response.headers["content-security-policy"] == POLICY


async def test_impact_without_a_scenario_leads_to_the_search():
    response = await get("/impact")
    assert (response.status_code, response.headers["location"]) == (303, "/")
