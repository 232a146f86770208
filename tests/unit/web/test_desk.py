"""The form of the service desk: what it registers, once; what it keeps when it is refused."""

from urllib.parse import urlsplit

import pytest

from unit.web.browsing import ORIGIN, Markup, client, get
from unit.web.estate import demo

INCIDENT = {
    "element": "db-1", "effect": "DEGRADED", "title": "Slow <queries>",
    "description": "since\nthe morning", "starts": "2026-11-23T07:15:00", "once": "k1",
}  # fmt: skip
REQUEST = {"offering": "OFR-000001", "description": "for ada", "once": "k2"}


async def post(estate, path, fields, **headers):
    async with client(estate) as browser:
        return await browser.post(path, data=fields, headers={"Origin": ORIGIN} | headers)


async def test_an_incident_is_registered_and_shown():
    estate = demo()
    sent = await post(estate, "/report/incident", INCIDENT)
    assert (sent.status_code, sent.headers["location"]) == (303, "/report/incident/INC-000001")
    name, variables, _ = estate.asked[-1]
    assert (name, variables["once"]) == ("ReportIncident", "k1")
    assert variables["input"] == {
        "title": "Slow <queries>", "description": "since\nthe morning",
        "affects": [{"element": "db-1", "effect": "DEGRADED"}], "startsAt": "2026-11-23T07:15:00Z",
    }  # fmt: skip
    page = await get(sent.headers["location"], estate)
    assert page.status_code == 200
    for words in ("INC-000001", "Slow &lt;queries&gt;", "priority 2", "2026-11-23 07:15 UTC",
                  "Service desk", "1 service is down", "We look at it."):  # fmt: skip
        assert words in page.text
    assert "The disk again?" not in page.text  # was not said to users


async def test_a_service_is_asked_for_and_its_steps_are_in_order():
    estate = demo()
    sent = await post(estate, "/report/request", REQUEST)
    assert sent.headers["location"] == "/report/request/SRQ-000001"
    text = (await get(sent.headers["location"], estate)).text
    assert text.index("1. <bdi>agree") < text.index("2. <bdi>make it")


async def test_what_is_sent_twice_is_one_record():
    estate = demo()
    first = await post(estate, "/report/incident", INCIDENT)
    again = await post(estate, "/report/incident", INCIDENT)
    assert first.headers["location"] == again.headers["location"]
    other = await post(estate, "/report/incident", INCIDENT | {"once": "k3"})
    assert other.headers["location"] != first.headers["location"]


async def test_each_form_has_a_key_of_its_own():
    keys = set()
    for _ in range(2):
        fields = Markup((await get("/report")).text).all("input")
        keys |= {each["value"] for each in fields if each.get("name") == "once"}
    assert len(keys) == 2
    assert all(len(key) >= 20 for key in keys)


@pytest.mark.parametrize(("path", "fields"), [
    ("/report/incident", INCIDENT), ("/report/request", REQUEST)
])  # fmt: skip
async def test_what_is_refused_keeps_what_was_entered(path, fields):
    estate = demo()
    estate.desk.allowed = False
    refused = await post(estate, path, fields)
    assert refused.status_code == 403
    assert "You may not register incidents" in refused.text
    assert "ask the administrator" in refused.text
    page = Markup(refused.text)
    chosen = {each["value"] for each in page.all("option") if "selected" in each}
    if path == "/report/incident":
        assert chosen == {"db-1"}
        checked = {each["value"] for each in page.all("input") if "checked" in each}
        assert checked == {"DEGRADED"}
        assert "since\nthe morning" in refused.text
    else:
        assert chosen == {"OFR-000001"}
        assert "for ada" in refused.text
    assert not estate.desk.cases


async def test_errors_of_the_operation_itself_are_shown_in_the_form():
    estate = demo()
    wrong = await post(estate, "/report/incident", INCIDENT | {"element": "web", "effect": "ODD"})
    assert wrong.status_code >= 400
    assert 'role="alert"' in wrong.text
    assert "Slow &lt;queries&gt;" in wrong.text


async def test_an_element_can_be_named_that_is_no_service():
    page = Markup((await get("/report?of=db-1")).text)
    (chosen,) = [each for each in page.all("option") if "selected" in each]
    assert chosen["value"] == "db-1"
    page = Markup((await get("/report?of=web")).text)
    assert len([each for each in page.all("option") if each["value"] == "web"]) == 1


async def test_where_nothing_is_offered_the_page_says_so():
    estate = demo()
    estate.desk.offerings = []
    assert "Nothing is offered yet." in (await get("/report", estate)).text


async def test_what_the_list_leaves_out_is_said():
    estate = demo()
    for n in range(501):
        estate.add(f"s{n}", f"service {n}", "Service")
    assert "5 services more are not in the list." in (await get("/report", estate)).text


async def test_foreign_forms_are_refused_and_strangers_are_led_to_sign_in():
    estate = demo()
    foreign = await post(estate, "/report/incident", INCIDENT, Origin="https://evil.example")
    assert foreign.status_code == 403
    assert not estate.desk.cases
    async with client(estate, signed_in=False) as browser:
        sent = await browser.post("/report/incident", data=INCIDENT, headers={"Origin": ORIGIN})
    assert urlsplit(sent.headers["location"]).path == "/sign-in"
    led = await get("/report/incident", estate)
    assert led.headers["location"] == "/report#incident"


@pytest.mark.parametrize("path", ["/report/problem", "/report/problem/X", "/report/incident/X"])
async def test_what_is_not_there_is_told(path):
    assert (await get(path)).status_code == 404
