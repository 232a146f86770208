"""The API over HTTP, on a real Neo4j with the demo organisation."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from e2e.calling import emptied
from fitsm_graph import bootstrap, hosting
from fitsm_graph.chm.approvals import approve_change
from fitsm_graph.cli.run import load_demo
from fitsm_graph.discovery.demo.showcase import SHOWCASE, Scenario
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.sms import accounts

A_SERVER = '{ cis(first: 1, where: {type: {isA: "Server"}}) { nodes { key } } }'


class Client:
    """A client with a token."""

    def __init__(self, product: bootstrap.Product, http: httpx.AsyncClient, token: str) -> None:
        self.product = product
        self.http = http
        self.headers = {"Authorization": f"Bearer {token}"}

    async def ask(self, document: str, **variables: Any) -> Any:
        body = {"query": document, "variables": variables}
        answer = (await self.http.post("/graphql/", json=body, headers=self.headers)).json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def errors(self, document: str, **variables: Any) -> Any:
        body = {"query": document, "variables": variables}
        answer = (await self.http.post("/graphql/", json=body, headers=self.headers)).json()
        return answer["errors"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def client(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    folder: Path = tmp_path_factory.mktemp("product")
    await emptied(neo4j_endpoint)
    async with bootstrap.opened(neo4j_endpoint, folder=folder) as product:
        await bootstrap.first_administrator(product)
        await load_demo(product)
        made = await bootstrap.new_token(product, "admin", 1, [])
        transport = httpx.ASGITransport(hosting.web_application(product))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            yield Client(product, http, made.secret)


async def test_nobody_comes_in_without_a_token(client: Client) -> None:
    answer = await client.http.post("/graphql/", json={"query": "{ ledgerHead }"})
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_page_of_cis_has_a_total_and_leads_to_the_next(client: Client) -> None:
    document = """query P($after: String) { cis(first: 100, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes { id key } } }"""
    seen: list[str] = []
    after, total = None, None
    while True:
        page = (await client.ask(document, after=after))["cis"]
        seen += [row["id"] for row in page["nodes"]]
        total = page["totalCount"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert len(seen) == len(set(seen)) == total > 600


async def test_null_for_a_page_size_is_as_if_none_were_given(client: Client) -> None:
    nulls = "types: null, first: null, where: null, orderBy: null"
    plain, given = [
        (await client.ask(f'{{ ci(by: {{key: "sto-a"}}) {{ relations{each} {{ type }} }} }}'))["ci"]
        for each in ("", f"({nulls})")
    ]
    assert given == plain
    assert plain["relations"]


@pytest.mark.parametrize("way", ["ASC", "DESC"])
async def test_lists_are_ordered_by_who_answers_and_nobody_comes_last(
    client: Client, way: str
) -> None:
    document = """query P($o: [CIOrderBy!], $after: String) {
        cis(first: 150, after: $after, orderBy: $o) {
        totalCount pageInfo { hasNextPage endCursor } nodes { id owner { key } } } }"""
    nobody = f'input: {{ kind: "CI", type: "Application", key: "nobodys-{way}", name: "x" }}'
    await client.ask(f"mutation {{ registerElement({nobody}) {{ ok }} }}")
    rows: list[tuple[str, str]] = []
    page: dict[str, Any] = {"pageInfo": {"hasNextPage": True, "endCursor": None}}
    while page["pageInfo"]["hasNextPage"]:
        after = page["pageInfo"]["endCursor"]
        page = (await client.ask(document, o=[{"owner": way}], after=after))["cis"]
        rows += [((each["owner"] or {}).get("key", ""), each["id"]) for each in page["nodes"]]
    known = sorted(row for row in rows if row[0])
    if way == "DESC":
        known.sort(key=lambda row: row[0], reverse=True)
    assert len({row[0] for row in known}) > 2
    assert rows == [*known, *sorted(row for row in rows if not row[0])]
    assert len({row[1] for row in rows}) == page["totalCount"] > len(known)


async def test_fragments_give_attributes_of_their_type_only(client: Client) -> None:
    document = """{ search(text: "storage controller a1", first: 5) { nodes {
        __typename key ... on StorageController { serialNumber }
        ... on Server { serialNumber } } } }"""
    nodes = (await client.ask(document))["search"]["nodes"]
    assert any(row["__typename"] == "StorageController" and "serialNumber" in row for row in nodes)
    others = [row for row in nodes if row["__typename"] not in {"StorageController", "Server"}]
    assert all("serialNumber" not in row for row in others)


async def test_nodes_and_edges_of_one_page_agree(client: Client) -> None:
    document = """{ services(first: 3) { nodes { key name } edges { cursor node { key } } } }"""
    page = (await client.ask(document))["services"]
    assert [edge["node"] for edge in page["edges"]] == [{"key": n["key"]} for n in page["nodes"]]


@pytest.mark.parametrize("scenario", SHOWCASE, ids=lambda each: each.name)
async def test_the_showcase_is_what_it_says(client: Client, scenario: Scenario) -> None:
    document = """query W($s: ScenarioInput!) { whatIf(scenario: $s) {
        services { element { key } after } affected { nodes { element { key } after } } } }"""
    given = {"fail": list(scenario.fail), "degrade": list(scenario.degrade)}
    answer = (await client.ask(document, s=given))["whatIf"]
    services = {row["element"]["key"]: row["after"] for row in answer["services"]}
    assert services == {key: state for key, state in scenario.expect.items() if state != "UP"}
    states = {row["element"]["key"]: row["after"] for row in answer["affected"]["nodes"]}
    for key, state in scenario.also.items():
        assert states.get(key, "UP") == state


async def test_one_question_costs_one_statement_and_one_freshness_check(client: Client) -> None:
    graph = client.product.graph
    document = "{ cis(first: 200) { nodes { key state relations { element { key state } } } } }"
    await client.product.ask(document)
    before = graph.statements
    await client.product.ask(document)
    assert 1 <= graph.statements - before <= 2, (
        "the head is asked for when it was seen too long ago"
    )


RELATE = """mutation R($at: DateTime) { relateElements(input: {
    type: "USES", source: "moment-a", target: "moment-b", verifiedAt: $at}) {
    ok errors { code path } } }"""
MOMENTS = """mutation M($key: String!) { registerElement(input: {
    kind: "ServiceComponent", key: $key, name: $key }) { ok } }"""
VERIFIED = """query V($where: ElementWhere!) { elements(where: $where) { nodes {
    relations(types: ["USES"], direction: OUT) { verifiedAt } } } }"""


async def test_moments_of_relations_have_one_form_and_none_that_is_no_moment(
    client: Client,
) -> None:
    """A bad one would be in the way of every answer about impact."""
    for key in ("moment-a", "moment-b"):
        assert (await client.ask(MOMENTS, key=key))["registerElement"]["ok"]
    for wrong in ("yesterday", "2026-11-23T08:30:00", "0001-01-01T00:00:00+14:00"):
        told = (await client.ask(RELATE, at=wrong))["relateElements"]
        assert told == {
            "ok": False,
            "errors": [{"code": "BAD_VALUE", "path": ["verified_at"]}],
        }
    assert (await client.ask(RELATE, at="2026-11-23T09:30:00+01:00"))["relateElements"]["ok"]
    second = {"some": {"verifiedAt": {"eq": "2026-11-23T08:30:00Z"}}}
    where = {"key": {"eq": "moment-a"}, "relations": second}
    [row] = (await client.ask(VERIFIED, where=where))["elements"]["nodes"]
    assert row["relations"] == [{"verifiedAt": "2026-11-23T08:30:00.000000Z"}]
    answer = await client.ask('{ impact(of: ["moment-b"]) { completeness { complete } } }')
    assert answer["impact"]["completeness"]["complete"]


async def test_a_dry_run_tells_and_writes_nothing(client: Client) -> None:
    head = (await client.ask("{ ledgerHead }"))["ledgerHead"]
    document = """mutation { updateElement(dryRun: true,
        input: { ref: "svc-portal", set: { description: "other" } }) {
        ok dryRun seq changes { op kind } } }"""
    told = (await client.ask(document))["updateElement"]
    assert told["ok"]
    assert told["dryRun"]
    assert told["seq"] is None
    assert [change["op"] for change in told["changes"]] == ["UPDATE"]
    assert (await client.ask("{ ledgerHead }"))["ledgerHead"] == head


async def test_a_key_answers_a_repeat_with_the_first_outcome(client: Client) -> None:
    document = """mutation R($key: String!, $name: String!) { registerElement(
        idempotencyKey: $key, input: { kind: "ServiceComponent", name: $name }) {
        ok replayed seq errors { code } element { key } } }"""
    first = (await client.ask(document, key="k-1", name="one"))["registerElement"]
    again = (await client.ask(document, key="k-1", name="one"))["registerElement"]
    other = (await client.ask(document, key="k-1", name="two"))["registerElement"]
    assert first["element"] == again["element"]
    assert again["replayed"]
    assert [error["code"] for error in other["errors"]] == ["IDEMPOTENCY_MISMATCH"]


async def test_the_past_of_an_answer_is_what_it_was(client: Client) -> None:
    register = """mutation R($key: String!) { registerElement(input: {
        kind: "ServiceComponent", key: $key, name: $key }) { ok errors { message } } }"""
    relate = """mutation R($s: ID!, $t: ID!) { relateElements(input: {
        type: "DEPENDS_ON", source: $s, target: $t, strength: HARD }) {
        ok errors { message why } } }"""
    impact = """query I($of: [ID!]!, $asOf: DateTime) { impact(of: $of, asOf: $asOf) {
        affected { nodes { element { key } after } } } }"""
    for key in ("past-a", "past-b"):
        assert (await client.ask(register, key=key))["registerElement"]["ok"]
    before = client.product.clock.now().isoformat()
    await asyncio.sleep(0.01)
    assert (await client.ask(relate, s="past-b", t="past-a"))["relateElements"]["ok"]
    now = (await client.ask(impact, of=["past-a"]))["impact"]["affected"]["nodes"]
    then = (await client.ask(impact, of=["past-a"], asOf=before))["impact"]["affected"]["nodes"]
    assert {row["element"]["key"] for row in now} == {"past-a", "past-b"}
    assert {row["element"]["key"] for row in then} == {"past-a"}


async def test_lists_refuse_the_past_by_name(client: Client) -> None:
    moment = client.product.clock.now().isoformat()
    document = "query C($t: DateTime) { cis(asOf: $t) { totalCount } }"
    errors = await client.errors(document, t=moment)
    assert errors[0]["extensions"]["code"] == "AS_OF_UNSUPPORTED"


async def test_the_page_and_the_api_give_the_same_answer(client: Client) -> None:
    password = "a password of many words"
    from fitsm_graph.sms import accounts

    digest = accounts.digest_password(password)
    await client.product.graph.write(accounts.set_password, bootstrap.SYSTEM, "admin", digest)
    form = {"login": "admin", "password": password}
    headers = {"Origin": "http://127.0.0.1"}
    transport = httpx.ASGITransport(hosting.web_application(client.product))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
        entered = await browser.post("/sign-in", data=form, headers=headers)
        assert entered.status_code == 303, entered.text
        page = await browser.get("/impact.json", params={"of": "fw-sto-a"})
        drawn = await browser.get("/impact", params={"of": "fw-sto-a"})
    assert page.status_code == 200, page.text
    shown = page.json()["data"]["whatIf"]["affected"]["nodes"]
    document = '{ impact(of: ["fw-sto-a"]) { affected { nodes { element { key } after } } } }'
    asked = (await client.ask(document))["impact"]["affected"]["nodes"]
    assert [(row["element"]["key"], row["after"]) for row in shown] == [
        (row["element"]["key"], row["after"]) for row in asked
    ]
    assert "svc-storage" in drawn.text


async def test_an_incident_puts_elements_into_their_state_until_it_is_resolved(
    client: Client,
) -> None:
    page = (await client.ask(A_SERVER))["cis"]
    key = page["nodes"][0]["key"]
    state = "query($key: String!) { ci(by: {key: $key}) { state why } }"
    before = (await client.ask(state, key=key))["ci"]["state"]
    made = await client.ask(
        """mutation($key: ID!) { registerIncident(
        input: {title: "no power", affects: [{element: $key, effect: DOWN}]}) {
        ok errors { code } incident { key status affects { effect element { key } } } } }""",
        key=key,
    )
    incident = made["registerIncident"]["incident"]
    assert incident["affects"] == [{"effect": "DOWN", "element": {"key": key}}]
    now = (await client.ask(state, key=key))["ci"]
    assert (before, now["state"]) == ("UP", "DOWN")
    assert "no power" in now["why"]
    assert incident["key"] in now["why"]
    listed = (await client.ask("{ incidents(where: {open: true}) { totalCount nodes { key } } }"))[
        "incidents"
    ]
    assert incident["key"] in {row["key"] for row in listed["nodes"]}
    resolve = """mutation($key: ID!) { resolveIncident(
        input: {ref: $key, resolution: "plugged in"}) { ok errors { code } } }"""
    assert (await client.ask(resolve, key=incident["key"]))["resolveIncident"]["ok"]
    assert (await client.ask(state, key=key))["ci"]["state"] == "UP"
    again = (await client.ask(resolve, key=incident["key"]))["resolveIncident"]
    assert [error["code"] for error in again["errors"]] == ["ILLEGAL_TRANSITION"]
    left = await client.ask("{ incidents(where: {open: true}) { totalCount } }")
    assert left["incidents"]["totalCount"] == 0


async def _approved(client: Client, ref: str) -> None:
    """Let somebody else approve a change, and put it into the schedule now."""
    graph = client.product.graph
    setup, manager = Request(actor="setup", via="test"), {"person": "per-brandt"}
    await graph.write(accounts.create_account, setup, "boss", ["editor"], "x", **manager)
    assess = "mutation($ref: ID!) { assessChange(input: {ref: $ref}) { ok } }"
    assert (await client.ask(assess, ref=ref))["assessChange"]["ok"]
    reaching = Reaches(await client.product.snapshot.current())
    boss = Request(actor="boss", via="test")
    await graph.write(approve_change, boss, client.product.policies, reaching, ref)
    now = graph.clock.now()
    window = {"s": to_text(now - timedelta(days=1)), "e": to_text(now + timedelta(days=1))}
    schedule = """mutation($ref: ID!, $s: DateTime, $e: DateTime) {
      scheduleChange(input: {ref: $ref, startsAt: $s, endsAt: $e}) { ok } }"""
    assert (await client.ask(schedule, ref=ref, **window))["scheduleChange"]["ok"]


CHANGE = "change { key status plannedStartsAt startsAt endsAt alters { effect } }"


async def test_a_change_puts_elements_into_their_state_while_it_is_implemented(
    client: Client,
) -> None:
    page = (await client.ask(A_SERVER))["cis"]
    key = page["nodes"][0]["key"]
    state = "query($key: String!) { ci(by: {key: $key}) { state why } }"
    register = f"""mutation($key: ID!, $dry: Boolean!) {{ registerChange(dryRun: $dry, input: {{
        title: "new fan", changes: [{{element: $key, effect: DEGRADED}}],
        plannedStartsAt: "2026-01-01T00:00:00Z", plannedEndsAt: "2026-01-01T02:00:00Z"}}) {{
        ok seq errors {{ code }} {CHANGE} }} }}"""
    tried = (await client.ask(register, key=key, dry=True))["registerChange"]
    assert (tried["ok"], tried["seq"]) == (True, None)
    assert (await client.ask("{ changes { totalCount } }"))["changes"]["totalCount"] == 0
    made = (await client.ask(register, key=key, dry=False))["registerChange"]["change"]
    assert made["alters"] == [{"effect": "DEGRADED"}]
    assert (made["status"], made["startsAt"]) == ("registered", None)
    assert made["plannedStartsAt"] == "2026-01-01T00:00:00.000000Z"
    assert (await client.ask(state, key=key))["ci"]["state"] == "UP"

    async def go(verb: str) -> Any:
        payload = f"{{ ok errors {{ code requirement }} {CHANGE} }}"
        document = f"mutation($ref: ID!) {{ {verb}(input: {{ref: $ref}}) {payload} }}"
        return (await client.ask(document, ref=made["key"]))[verb]

    refused = (await go("beginChange"))["errors"]
    assert refused == [{"code": "ILLEGAL_TRANSITION", "requirement": "PR12.4"}]
    await _approved(client, made["key"])
    assert (await go("beginChange"))["change"]["status"] == "implementing"
    now = (await client.ask(state, key=key))["ci"]
    assert now["state"] == "DEGRADED"
    assert made["key"] in now["why"]
    listed = (await client.ask("{ changes { nodes { key status } } }"))["changes"]["nodes"]
    assert listed == [{"key": made["key"], "status": "implementing"}]
    done = (await go("completeChange"))["change"]
    assert (done["status"], done["endsAt"] > done["startsAt"]) == ("implemented", True)
    assert (await client.ask(state, key=key))["ci"]["state"] == "UP"
    assert (await go("closeChange"))["change"]["status"] == "closed"
    left = (await client.ask("{ changes(where: {open: true}) { totalCount } }"))["changes"]
    assert left["totalCount"] == 0
    every = (await client.ask("{ changes { totalCount } }"))["changes"]
    assert every["totalCount"] == 1
    assert (await go("cancelChange"))["errors"] == [
        {"code": "ILLEGAL_TRANSITION", "requirement": "PR12.2"}
    ]


async def test_a_window_is_planned_and_cancelled(client: Client) -> None:
    page = (await client.ask(A_SERVER))["cis"]
    document = """mutation($key: ID!) { planMaintenance(input: {
        title: "disk", covers: [{element: $key}],
        startsAt: "2126-01-01T00:00:00Z", endsAt: "2126-01-01T02:00:00+01:00"}) {
        ok errors { code message } maintenanceWindow { key status startsAt endsAt } } }"""
    made = (await client.ask(document, key=page["nodes"][0]["key"]))["planMaintenance"]
    window = made["maintenanceWindow"]
    assert (window["status"], window["endsAt"]) == ("planned", "2126-01-01T01:00:00.000000Z")
    listed = (await client.ask("{ maintenanceWindows { nodes { key } } }"))["maintenanceWindows"]
    assert [row["key"] for row in listed["nodes"]] == [window["key"]]
    cancel = "mutation($key: ID!) { cancelMaintenance(input: {ref: $key}) { ok } }"
    assert (await client.ask(cancel, key=window["key"]))["cancelMaintenance"]["ok"]
