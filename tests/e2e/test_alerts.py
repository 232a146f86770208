"""Alerts as Alertmanager sends them: one incident for each, whatever is sent again."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from e2e.calling import somebody
from e2e.desk import Desk, opened
from fitsm_graph.graph.driver import Endpoint


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    async with opened(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        yield made


def alert(fingerprint: str, *, status: str = "firing", **labels: str) -> dict[str, Any]:
    return {
        "status": status,
        "labels": {"alertname": "Down", "severity": "critical", **labels},
        "annotations": {"summary": f"{fingerprint} is down", "description": "see there"},
        "startsAt": "2025-12-31T23:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "https://monitoring.example.org",
        "fingerprint": fingerprint,
    }


async def sent(desk: Desk, *alerts: Any, token: str = "") -> httpx.Response:
    body = {"version": "4", "status": "firing", "alerts": list(alerts)}
    headers = {"Authorization": f"Bearer {token or desk.caller.token}"}
    return await desk.caller.http.post("/alerts/alertmanager", json=body, headers=headers)


async def shown(desk: Desk, key: str) -> Any:
    document = f"""{{ incident(by: {{key: "{key}"}}) {{ title status startsAt alert alertCount
      resolution affects {{ effect element {{ key }} }} comments {{ text }} }} }}"""
    return (await desk.caller.ask(document))["incident"]


async def test_an_alert_that_is_sent_again_is_the_same_incident_until_it_is_over(
    desk: Desk,
) -> None:
    first = await sent(desk, alert("one", instance="engine.example.org:9100"))
    assert first.status_code == 200, first.text
    (told,) = first.json()["alerts"]
    key = told["incident"]
    assert (told["ok"], told["status"], told["errors"]) == (True, "registered", [])
    again = await sent(desk, alert("one", instance="engine.example.org:9100"))
    assert again.json()["alerts"][0]["incident"] == key
    found = await shown(desk, key)
    assert (found["title"], found["alertCount"]) == ("one is down", 2)
    assert found["startsAt"] == "2025-12-31T23:00:00.000000Z"
    assert found["affects"] == [{"effect": "DOWN", "element": {"key": "engine"}}]
    over = await sent(desk, alert("one", status="resolved"))
    assert over.json()["alerts"][0]["status"] == "resolved"
    assert (await shown(desk, key))["resolution"] == "the alert is over"
    late = await sent(desk, alert("one", status="resolved"))
    assert (late.status_code, late.json()["alerts"][0]["incident"]) == (200, None)
    fresh = await sent(desk, alert("one", instance="engine"))
    assert fresh.json()["alerts"][0]["incident"] != key, "it comes back: a new one"


async def test_whoever_deals_with_it_decides_when_it_is_over(desk: Desk) -> None:
    made = (await sent(desk, alert("two", node="store", severity="warning"))).json()["alerts"][0]
    assert (await shown(desk, made["incident"]))["affects"][0]["effect"] == "DEGRADED"
    await desk.done("beginIncident", ref=made["incident"])
    told = (await sent(desk, alert("two", status="resolved"))).json()["alerts"][0]
    assert (told["incident"], told["status"]) == (made["incident"], "in_progress")
    assert (await shown(desk, made["incident"]))["comments"] == [{"text": "the alert is over"}]


async def test_one_that_somebody_was_told_of_is_not_resolved_by_its_alert(desk: Desk) -> None:
    for name, verb, given in (
        ("owned", "assignIncident", {"owner": "ada"}),
        ("escalated", "escalateIncidentUp", {"why": "late", "byRule": True}),
        ("major", "declareMajorIncident", {"coordinator": "ada", "why": "the director"}),
    ):
        made = (await sent(desk, alert(name, instance="store"))).json()["alerts"][0]["incident"]
        await desk.done(verb, ref=made, **given)
        told = (await sent(desk, alert(name, status="resolved"))).json()["alerts"][0]
        assert (told["incident"], told["status"]) == (made, "registered"), name
        assert (await shown(desk, made))["comments"] == [{"text": "the alert is over"}]


async def test_parts_end_with_the_alert_of_the_whole(desk: Desk) -> None:
    whole, part = [
        (await sent(desk, alert(name, instance="engine"))).json()["alerts"][0]["incident"]
        for name in ("whole", "part")
    ]
    await desk.done("mergeIncident", ref=part, into=whole)
    await sent(desk, alert("whole", status="resolved"))
    found = await shown(desk, part)
    assert (found["status"], found["resolution"]) == (
        "resolved",
        f"with {whole}: the alert is over",
    )


async def test_alerts_without_a_fingerprint_are_told_apart_by_all_of_their_labels(
    desk: Desk,
) -> None:
    long = {"instance": "engine", "job": "j" * 300}
    sent_again = [alert("", **long, zone=zone) for zone in ("a", "b", "a")]
    answer = await sent(desk, *sent_again)
    assert answer.status_code == 200, answer.text
    told = [each["incident"] for each in answer.json()["alerts"]]
    assert told[0] == told[2] != told[1]


async def test_one_that_names_no_element_is_taken_in_and_keeps_no_other_out(desk: Desk) -> None:
    told = await sent(desk, alert("three", instance="moon"), alert("four", instance="store"))
    assert told.status_code == 200, told.text
    lost, good = [await shown(desk, each["incident"]) for each in told.json()["alerts"]]
    assert (lost["affects"], lost["title"]) == ([], "three is down")
    assert [each["element"]["key"] for each in good["affects"]] == ["store"]


async def test_only_who_may_is_let_in_and_only_alerts_are_taken(desk: Desk) -> None:
    http, path = desk.caller.http, "/alerts/alertmanager"
    assert (await http.post(path, json={"alerts": []})).status_code == 401
    reader = await somebody(desk.caller, "watcher", "reader")
    assert (await sent(desk, token=reader.token)).status_code == 403
    headers = {"Authorization": f"Bearer {desk.caller.token}"}
    assert (await http.get(path, headers=headers)).status_code == 405
    assert (await http.post("/alerts/other", json={}, headers=headers)).status_code == 404
    for wrong in ("[1]", "{", '{"alerts": {}}', '{"alerts": [1]}'):
        assert (await http.post(path, content=wrong, headers=headers)).status_code == 400
    assert (await sent(desk)).json() == {"alerts": []}
