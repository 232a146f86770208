"""Signing in and out: where it leads, what the cookie is, and forms of other sites."""

import pytest

from fitsm_graph.web import SESSION_COOKIE
from unit.web.browsing import ORIGIN, Markup, client, get
from unit.web.estate import LOGIN, PASSWORD, TOKEN, Doors, demo


@pytest.mark.parametrize("path", ["/", "/impact?of=feed-a&fail=db-1"])
async def test_strangers_are_led_to_the_form_and_back(path):
    estate = demo()
    response = await get(path, estate, signed_in=False)
    assert response.status_code == 303
    assert estate.asked == []
    form = await get(response.headers["location"], signed_in=False)
    onward = next(field for field in Markup(form.text).all("input") if field["name"] == "next")
    assert onward["value"] == path


async def test_strange_programs_get_401():
    for path in ("/impact.json?of=feed-a", "/impact.svg?of=feed-a"):
        response = await get(path, signed_in=False)
        assert response.status_code == 401
        assert response.json()["code"] == "UNAUTHENTICATED"


async def test_a_swap_of_a_stranger_loads_the_form_whole():
    async with client(signed_in=False) as browser:
        response = await browser.get("/impact?of=feed-a", headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response.headers["hx-redirect"].startswith("/sign-in?next=")


async def post(path, headers, doors=None, *, signed_in=False, **fields):
    async with client(signed_in=signed_in, doors=doors) as browser:
        return await browser.post(path, data=fields, headers=headers)


async def test_signing_in_sets_a_cookie_scripts_cannot_read():
    fields = {"login": LOGIN, "password": PASSWORD, "next": "/impact?of=feed-a"}
    response = await post("/sign-in", {"Origin": ORIGIN}, **fields)
    assert (response.status_code, response.headers["location"]) == (303, "/impact?of=feed-a")
    cookie = response.headers["set-cookie"]
    assert cookie.startswith(f"{SESSION_COOKIE}={TOKEN};")
    for mark in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=3600"):
        assert mark in cookie


async def test_a_wrong_password_says_so_and_keeps_the_login():
    fields = {"login": LOGIN, "password": "guess", "next": "/"}
    response = await post("/sign-in", {"Origin": ORIGIN}, **fields)
    assert response.status_code == 401
    assert "Login or password is wrong" in response.text
    assert f'value="{LOGIN}"' in response.text
    assert "guess" not in response.text
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {}, {"Sec-Fetch-Site": "cross-site"}],
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
async def test_forms_of_other_sites_are_refused(path, headers):
    doors = Doors()
    response = await post(path, headers, doors, signed_in=True, login=LOGIN, password=PASSWORD)
    assert response.status_code == 403
    assert "FOREIGN_ORIGIN" in response.text
    assert "set-cookie" not in response.headers
    assert doors.closed == []


async def test_a_browser_that_names_the_site_instead_of_the_origin_is_let_in():
    headers = {"Sec-Fetch-Site": "same-origin"}
    response = await post("/sign-in", headers, login=LOGIN, password=PASSWORD)
    assert response.status_code == 303


@pytest.mark.parametrize(
    "onward",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\r\nX: y",
    ],
)
async def test_signing_in_never_leads_elsewhere(onward):
    fields = {"login": LOGIN, "password": PASSWORD, "next": onward}
    response = await post("/sign-in", {"Origin": ORIGIN}, **fields)
    assert response.headers["location"] == "/"


async def test_signing_out_ends_the_session():
    doors = Doors()
    response = await post("/sign-out", {"Origin": ORIGIN}, doors, signed_in=True)
    assert doors.closed == [TOKEN]
    assert response.headers["location"] == "/sign-in"
    assert 'fitsm_session=""' in response.headers["set-cookie"]
