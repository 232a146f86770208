"""Reports on one service and on one process, held against what the database says (PR14.1)."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, register, somebody
from e2e.desk import BERLIN, CLOSED, agreed, opened, ordinary
from e2e.told_documents import Office, Said, begun, people, sign_in, story
from fitsm_graph.flow.periods import Step, begin_of
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.declare import Process
from fitsm_graph.sms import accounts
from graph.kpi_oracle import ORACLE, instant, world
from graph.syncing import run
from oracles import service_time

pytestmark = pytest.mark.asyncio(loop_scope="session")
SETUP = Request(actor="setup", via="test")
YEAR = {"since": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"}
BEFORE = {"since": "2025-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}
NEEDS = "MATCH (s:Service {key: $of})-[:DEPENDS_ON|RUNS_ON*0..9]->(e) RETURN collect(e.key)"
"""What a service needs on this estate, itself included."""
LISTS = {
    "Incidents that reached it": "MATCH (r:Incident) WHERE $of IN r.services",
    "Problems": """MATCH (r:Problem) WHERE EXISTS { (r)-[:INVESTIGATES]->(e) WHERE e.key IN $needs }
      OR EXISTS { (r)<-[:CAUSED_BY]-(i:Incident) WHERE $of IN i.services }""",
    "Known errors": """MATCH (r:KnownError)
      WHERE EXISTS { (r)-[:CONCERNS]->(e) WHERE e.key IN $needs }""",
    "Changes": """MATCH (r:Change) WHERE EXISTS { (r)-[:CHANGES]->(e) WHERE e.key IN $needs }""",
    "Releases": """MATCH (r:Release)-[:CONTAINS]->(c:Change)-[:CHANGES]->(e)
      WHERE e.key IN $needs""",
    "Deviations": "MATCH (r:Deviation)-[:DEVIATES_AT]->(e) WHERE e.key IN $needs",
    "Descriptions": "MATCH (r:ManagementDocument)-[:DESCRIBES]->(:Service {key: $of})",
    "Reviews with its customers": "MATCH (r:Review)-[:SPEAKS_OF]->(:Service {key: $of})",
    "Complaints": "MATCH (r:Complaint)-[:SPEAKS_OF]->(:Service {key: $of})",
    "Satisfaction": "MATCH (r:SatisfactionResult)-[:SPEAKS_OF]->(:Service {key: $of})",
    "Suggestions": "MATCH (r:Suggestion)-[:WOULD_IMPROVE]->(e) WHERE e.key IN $needs",
    "Improvements": """MATCH (r:Improvement)-[:FOLLOWS]->(:Suggestion)-[:WOULD_IMPROVE]->(e)
      WHERE e.key IN $needs""",
}
"""Of each list, the records that belong into it, as Cypher."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    async with opened(neo4j_endpoint, tmp_path_factory.mktemp("product")) as desk:
        made = Office(desk)
        await begun(made)
        await people(made)
        await estate(made)
        await story(made)
        await spoken(made)
        await sign_in(made)
        yield made


async def estate(office: Office) -> None:
    """A host below the engine of mail, its front, and a service of which nobody has heard."""
    for key in ("host", "front"):
        await register(office.admin, key, "CI", "Server")
    await register(office.admin, "quiet", "Service")
    tie = "mutation T($i: RelateInput!) { relateElements(input: $i) { ok } }"
    for type, source, target in (("RUNS_ON", "engine", "host"), ("DEPENDS_ON", "mail", "front")):
        given = {"type": type, "source": source, "target": target}
        assert (await office.admin.ask(tie, i=given))["relateElements"]["ok"]


async def spoken(office: Office) -> None:
    """What concerns mail beside the story: on its host, on the engine, and by its customer."""
    admin = office.admin
    await down(office)
    for each in ("host", "engine", "front"):
        await office.done(admin, "registerDeviation", deviatesAt=each, title=f"{each} is not so")
    given = {"customer": "uni", "service": "mail"}
    await office.done(admin, "registerComplaint", title="too slow", **given)
    await office.done(admin, "recordSatisfactionResult", title="spring", score=60, **given)
    paper = {"title": "Mail", "kindOfDocument": "SERVICE_DESCRIPTION", "text": "For everybody."}
    await office.done(admin, "registerManagementDocument", **paper, service="mail")
    look = {"kindOfReview": "SERVICE_REVIEW", "title": "a year of mail", "dueAt": YEAR["until"]}
    await office.done(admin, "planReview", **look, **given)
    made = await office.done(admin, "registerSuggestion", title="two hosts", wouldImprove=["host"])
    classes = {"value": "high", "effort": "low", "urgency": "high", "valueReason": "users wait"}
    await office.done(admin, "evaluateSuggestion", ref=made["key"], **classes)
    taken = {"suggestion": made["key"], "decision": "worth it", "owner": "ada"}
    await office.done(admin, "acceptSuggestion", **taken)
    steps = [{"title": "do it"}]
    offering = {"title": "a box", "service": "mail", "steps": steps}
    key = (await office.done(admin, "registerRequestOffering", **offering))["key"]
    for _ in range(2):
        await office.done(admin, "registerServiceRequest", offering=key)


async def down(office: Office) -> None:
    """Eight hours in which mail is in trouble by one incident or two, down in the last five."""
    keys = []
    for element, effect in (("front", "DEGRADED"), ("engine", "DOWN")):
        hit = [{"element": element, "effect": effect}]
        made = await office.done(office.admin, "registerIncident", title="trouble", affects=hit)
        keys.append(made["key"])
        office.passes(hours=3)
    for key in keys:
        await office.done(office.admin, "resolveIncident", ref=key, resolution="over")
        office.passes(hours=2)


async def counted(office: Office, question: str, **given: Any) -> list[Any]:
    """What the database itself says, in one row."""
    (row,) = await run(office.admin.product.graph, question, **given)
    return list(row)


async def told_of(office: Office, service: str) -> Said:
    return await office.said("service_report", about=service, **YEAR)


# --- one service ---------------------------------------------------------------------------------


@pytest.mark.parametrize("service", ["mail", "wiki", "quiet"])
async def test_a_service_is_told_of_over_all_processes(office: Office, service: str) -> None:
    """SMS.service_owner.7: every list has exactly the records that concern the service."""
    said = await told_of(office, service)
    (needs,) = await counted(office, NEEDS, of=service)
    for heading, found in LISTS.items():
        question = f"{found} RETURN collect(DISTINCT r.key)"
        (keys,) = await counted(office, question, of=service, needs=needs)
        told = [row["key"] for row in said.rows(heading)]
        assert (sorted(told), len(told)) == (sorted(keys), len(set(told))), heading
        assert service != "mail" or heading == "Releases" or keys, f"{heading}: nothing to find"
        assert service != "quiet" or not keys, heading
    assert service != "wiki" or said.rows("Releases"), "the release changes the store"


async def test_it_says_what_the_service_is(office: Office) -> None:
    facts = (await told_of(office, "mail")).facts("The service")
    assert (facts["key"], facts["criticality"], facts["customers"]) == ("mail", 1, ["uni (900)"])
    assert facts["agreement"] == ["targets/gold/1"]
    assert facts["agreed_with"] == ["sla: uni"]
    assert facts["times"][0] == "priority 1: response PT1H, resolution PT2H"
    assert len(facts["times"]) == 4
    other = (await told_of(office, "wiki")).facts("The service")
    assert other["agreement"] == ["targets/default/1"], "gold does not name it"
    assert other["agreed_with"] == []


async def test_its_availability_is_held_against_what_was_agreed_on(office: Office) -> None:
    """Of the office hours of the month in which it was down, minute by minute; wiki has no such."""
    await office.desk.until(10, ordinary)
    await sign_in(office)
    hit = [{"element": "engine", "effect": "DOWN"}]
    made = await office.done(office.admin, "registerIncident", title="stops", affects=hit)
    office.passes(hours=4)
    await office.done(office.admin, "resolveIncident", ref=made["key"], resolution="over")
    rows = await run(
        office.admin.product.graph,
        """MATCH (i:Incident) WHERE 'mail' IN i.services[0..i.services_down]
        AND i.status <> 'rejected' RETURN i.starts_at, i.ends_at ORDER BY i.starts_at""",
    )
    last = instant(rows[-1][0])
    since = begin_of(Step.MONTH, last.replace(tzinfo=UTC))
    until = begin_of(Step.MONTH, since + timedelta(days=40))
    period = {"since": to_text(since), "until": to_text(until)}
    said = await office.said("service_report", about="mail", **period)
    (row,) = said.rows("Availability")
    told = [row[name] for name in ("agreement", "kind", "with", "agreed", "per", "periods")]
    assert told == ["targets/gold/1", "sla", ["uni"], 99.5, "month", 1]
    first, over = instant(row["since"]), min(instant(row["until"]), office.desk.clock.now())
    assert (first.astimezone(BERLIN).day, first.astimezone(BERLIN).hour) == (1, 0)
    week = (((540, 1020),),) * 5 + ((),) * 2
    days = dict.fromkeys(CLOSED, ())
    spans = [(instant(a), instant(b) if b else over) for a, b in rows]
    down = sum(
        service_time.counts("Europe/Berlin", week, days, minute)
        and any(begins <= minute < ends for begins, ends in spans)
        for minute in minutes(first, over)
    )
    in_all = service_time.minutes_between("Europe/Berlin", week, days, first, over)
    assert row["hours_down"] == pytest.approx(down / 60, abs=len(spans) / 30)
    assert row["hours_of_service"] == pytest.approx(in_all / 60, abs=0.1)
    assert row["measured"] == pytest.approx(100 - 100 * down / in_all, abs=0.1)
    assert (down > 0, row["missed"], row["kept"]) == (True, 1, False)
    said = await office.said("service_report", about="wiki", **period)
    assert said.rows("Availability") == []
    asked = """query R($since: DateTime!, $until: DateTime!) { incidentReport(since: $since,
      until: $until) { availability { service agreement missed parties } } }"""
    (line,) = (await office.admin.ask(asked, **period))["incidentReport"]["availability"]
    whole = {"service": "mail", "agreement": "targets/gold/1", "missed": 1, "parties": ["uni"]}
    assert line == whole, "without a service all that agreements name are told"


def minutes(first: datetime, over: datetime) -> Iterator[datetime]:
    while first < over:
        yield first
        first += timedelta(minutes=1)


@pytest.mark.parametrize("service", ["mail", "wiki", "quiet"])
async def test_its_incidents_and_requests_are_counted(office: Office, service: str) -> None:
    said = await told_of(office, service)
    rows = await run(
        office.admin.product.graph,
        "MATCH (i:Incident) WHERE $of IN i.services RETURN properties(i)",
        of=service,
    )
    records = [row for (row,) in rows]
    facts = said.facts("Incidents")
    done = [each for each in records if each.get("resolved_at") and each["status"] != "rejected"]
    late = [each for each in done if each.get("resolution_due_at")]
    told = [facts[name] for name in ("registered", "resolved", "resolution_broken")]
    assert told == [len(records), len(done), len(late)]
    now = office.desk.clock.now()
    assert facts["hours_in_effect"] == pytest.approx(hours(records, now), abs=0.01)
    down = [each for each in records if service in each["services"][: each["services_down"]]]
    assert facts["hours_down"] == pytest.approx(hours(down, now), abs=0.01)
    assert service != "mail" or 0 < facts["hours_down"] < facts["hours_in_effect"]
    (requests,) = await counted(
        office,
        """MATCH (r:ServiceRequest)-[:REQUESTS]->()-[:OFFERS]->(:Service {key: $of})
        RETURN count(r)""",
        of=service,
    )
    assert said.facts("Service requests")["registered"] == requests
    by_offering = said.rows("Service requests by what is asked for")
    assert sum(row["registered"] for row in by_offering) == requests
    assert service != "mail" or requests >= 2


def hours(records: list[Any], now: datetime) -> float:
    """Hours of 2026 in which one of some incidents was in effect: between each two moments."""
    first = instant("2026-01-01T00:00:00.000000Z")
    spans = [
        (max(first, instant(each["starts_at"])), min(now, end_of(each, now)))
        for each in records
        if each["status"] != "rejected"
    ]
    moments = sorted({moment for span in spans for moment in span})
    together = timedelta()
    for one, other in pairwise(moments):
        if any(begins <= one and other <= ends for begins, ends in spans):
            together += other - one
    return together / timedelta(hours=1)


def end_of(record: Any, now: datetime) -> datetime:
    return instant(record["ends_at"]) if record.get("ends_at") else now


async def test_what_takes_it_down_alone_is_named(office: Office) -> None:
    said = await told_of(office, "wiki")
    told = {row["key"] for row in said.rows("Single points of failure")}
    already = said.facts("Redundancy")["already"]
    assert told == {"store"} or already
    assert not said.rows("Single points of failure") or not already


async def test_of_a_time_in_which_nothing_happened_it_says_so(office: Office) -> None:
    said = await office.said("service_report", about="mail", **BEFORE)
    for heading in LISTS:
        assert said.rows(heading) == [], heading
    for heading in ("Incidents", "Service requests"):
        assert set(said.facts(heading).values()) <= {0, None}, heading
    assert said.facts("The service")["key"] == "mail", "the service is there"


async def test_versions_of_one_service_and_period_are_a_series(office: Office) -> None:
    (id,) = await counted(office, "MATCH (s:Service {key: 'quiet'}) RETURN s.id")
    first = await office.issued("service_report", about="quiet", **YEAR)
    second = await office.issued("service_report", about=id, **YEAR)
    other = await office.issued("service_report", about="wiki", **YEAR)
    assert (second["series"], second["number"]) == (first["series"], first["number"] + 1)
    assert other["series"] != first["series"]
    asked = f"""{{ document(by: {{key: "{second["key"]}"}}) {{
      reportsOnService {{ key }} reportsOn {{ key }} }} }}"""
    told = (await office.admin.ask(asked))["document"]
    assert told == {"reportsOnService": {"key": "quiet"}, "reportsOn": None}
    page = (await office.content(second["key"]))["html"]
    assert page.count("<h1>") == 1
    assert "Service report: quiet" in page


async def test_what_is_none_is_refused(office: Office) -> None:
    for wrong in ("nobody", "engine", office.keys["done"]):
        given = {"kind": "SERVICE_REPORT", "about": wrong, **YEAR}
        assert await office.code(office.admin, "issueDocument", **given) == "NOT_FOUND"
    for given in (YEAR, {"about": "mail"}, {"about": "mail", **YEAR, "since": YEAR["until"]}):
        code = await office.code(office.admin, "issueDocument", kind="SERVICE_REPORT", **given)
        assert code == "BAD_INPUT"
    asked = """query I($of: ID!) { incidentReport(since: "2026-01-01T00:00:00Z",
      until: "2027-01-01T00:00:00Z", service: $of) { registered } }"""
    assert await office.admin.code(asked, of="nobody") == "NOT_FOUND"


async def test_who_sees_a_part_is_told_of_that(office: Office) -> None:
    """Lea sees servers: the front is told, the engine in no list and no fact.

    What mail needs by the engine alone deviates for those who see the engine.
    """
    made = await office.issued("service_report", caller=office.lea, about="mail", **YEAR)
    content = await office.content(made["key"], office.lea)
    said = Said(content["content"])
    assert made["sees"] == ["Hypervisor", "Server"]
    assert {row["element"] for row in said.rows("Deviations")} == {"front"}
    for name in ("engine", "store"):
        assert f'"{name}"' not in content["text"]
        assert f">{name}<" not in content["html"]
    whole = await told_of(office, "mail")
    found = {row["element"] for row in whole.rows("Deviations")}
    assert found == {"front", "engine", "host"}, "the control"
    assert '"engine"' in json.dumps(whole.content)
    assert made["series"] != (await office.issued("service_report", about="mail", **YEAR))["series"]
    full = await office.issued("service_report", about="mail", **YEAR)
    asked = f'{{ documentContent(of: "{full["key"]}") {{ text }} }}'
    assert await office.lea.code(asked) == "DOCUMENT_LIMITED"


async def test_who_owns_a_service_reports_on_it_and_on_no_other(office: Office) -> None:
    """SMS.service_owner.7: by the role, without any right on other documents."""
    owner = await owning(office, "olga")
    made = await office.issued("service_report", caller=owner, about="mail", **YEAR)
    assert (made["issuer"], made["status"]) == ("olga", "issued")
    document = """mutation I($i: IssueDocumentInput!) { issueDocument(input: $i) {
      ok errors { code } } }"""
    for given in (
        {"kind": "SERVICE_REPORT", "about": "wiki", **YEAR},
        {"kind": "INCIDENT_REPORT", **YEAR},
        {"kind": "PROCESS_REPORT", "about": "isrm", **YEAR},
        {"kind": "RELEASE_REPORT", "about": office.keys["release"]},
        {"kind": "KEDB"},
    ):
        assert await owner.code(document, i=given) == "FORBIDDEN", given


async def owning(office: Office, login: str) -> Caller:
    """An account of a person who owns mail, which may only read by itself."""
    client = await somebody(office.admin, login, "reader")
    await office.admin.product.graph.write(accounts.change_account, SETUP, login, person=login)
    return client


# --- one process ---------------------------------------------------------------------------------


@pytest.mark.parametrize("process", [each.value for each in list(Process)[:6]])
async def test_a_process_is_told_with_its_indicators(office: Office, process: str) -> None:
    """SMS.process_manager.5: each value is what a second computation says of the period."""
    said = await office.said("process_report", about=process, **YEAR)
    asked = """query K($process: String!) { kpis(process: $process) {
      key formula parameters target } }"""
    known = {each["key"]: each for each in (await office.admin.ask(asked, process=process))["kpis"]}
    rows = {row["key"]: row for row in said.rows("Indicators")}
    assert rows.keys() == known.keys() != set()
    all_there_is = await world(office.admin.product.graph)
    now = to_text(office.desk.clock.now())
    for key, row in rows.items():
        if key == "availability_kept":
            assert row["denominator"] >= 1, "what is agreed on is in a test of its own"
            continue
        run_it = ORACLE[known[key]["formula"]]
        more = known[key]["parameters"]
        value, top, bottom = run_it(all_there_is, "2026-01-01T00:00:00.000000Z", now, **more)
        assert (row["numerator"], row["denominator"]) == (top, bottom), key
        assert row["value"] == (None if value is None else pytest.approx(value)), key
        assert row["target"] == known[key]["target"]
    trend = said.rows("Trend of the indicators")
    assert {row["key"] for row in trend} == rows.keys()
    assert len(trend) == 6 * len(rows)
    assert all(row["until"] <= now for row in trend)


async def test_what_its_requirements_lack_is_told(office: Office) -> None:
    """SMS.sms_manager.6: of this process alone, every record that lacks something."""
    said = await office.said("process_report", about="PM", **YEAR)
    assert said.content["about"] == {"kind": "Process", "key": "pm"}
    rows = said.rows("Requirements")
    assert [row["requirement"] for row in rows] == ["PR10.1", "PR10.2", "PR10.3", "PR10.4"]
    lacking = {(row["requirement"], row["key"]) for row in said.rows("What does not conform")}
    failing = {row["requirement"]: row["checked"] - row["conforming"] for row in rows}
    assert {name: len([1 for each in lacking if each[0] == name]) for name in failing} == failing
    (problems,) = await counted(office, "MATCH (p:Problem) RETURN count(p)")
    assert problems
    assert sum(row["checked"] for row in rows) > 0
    assert said.facts("The process")["process"] == ["pm"]
    months = {row["since"] for row in said.rows("Trend of conformity")}
    assert len(months) >= 5


async def test_of_a_time_before_all_a_process_has_nothing_to_measure(office: Office) -> None:
    said = await office.said("process_report", about="rdm", **BEFORE)
    assert {row["standing"] for row in said.rows("Indicators")} == {"nothing_to_measure"}
    assert said.rows("What does not conform") == []


async def test_who_sees_a_part_reports_on_no_process(office: Office) -> None:
    given = {"kind": "PROCESS_REPORT", "about": "isrm", **YEAR}
    asked = "mutation I($i: IssueDocumentInput!) { issueDocument(input: $i) { ok } }"
    assert await office.lea.code(asked, i=given) == "FORBIDDEN"
    unknown = {**given, "about": "cooking"}
    assert await office.code(office.admin, "issueDocument", **unknown) == "NOT_FOUND"
    (kept,) = await counted(
        office,
        "MATCH (d:Document {kind_of_document: 'process_report', issuer: 'lea'}) RETURN count(d)",
    )
    assert kept == 0


# --- by a plan -----------------------------------------------------------------------------------


async def test_both_are_issued_as_plans_say(office: Office) -> None:
    """GR2.3: once for each whole month, for the service and the process that a plan names."""
    product, clock = office.admin.product, office.desk.clock
    for name, document in (
        ("mail", {"kind": "service_report", "about": "mail", "every": "month", "to": ["sam"]}),
        ("isrm", {"kind": "process_report", "about": "isrm", "every": "month"}),
        ("gone", {"kind": "service_report", "about": "no-such", "every": "month"}),
    ):
        await agreed(product, "document-plan", name, document)
    clock.advance(timedelta(days=70))
    await sign_in(office)
    went = await product.scheduler.run("documents")
    assert "1 left: document-plan/gone/1 (NOT_FOUND)" in went["said"], "the others are issued"
    await product.scheduler.run("documents")
    ends = begin_of(Step.MONTH, clock.now())
    found = await run(
        product.graph,
        """MATCH (d:Document {issuer: 'system', ends_at: $ends})
        WHERE d.kind_of_document IN ['service_report', 'process_report']
        RETURN d.kind_of_document, d.series, d.number,
               [(d)-[:REPORTS_ON_SERVICE]->(s) | s.key], [(d)-[:DISTRIBUTED_TO]->(p) | p.key]
        ORDER BY d.kind_of_document""",
        ends=to_text(ends),
    )
    since = to_text(begin_of(Step.MONTH, ends - timedelta(days=1)))
    assert [list(row) for row in found] == [
        ["process_report", f"process_report/isrm/{since}/{to_text(ends)}", 1, [], []],
        ["service_report", f"service_report/mail/{since}/{to_text(ends)}", 1, ["mail"], ["sam"]],
    ]
