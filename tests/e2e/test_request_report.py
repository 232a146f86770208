"""The report of service requests, held against what plain Python counts of the same records."""

import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import pytest
import pytest_asyncio

from e2e.desk import Desk, opened
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.kernel.clock import to_text

HOUR = timedelta(hours=1)
RECORDS = """{ serviceRequests(first: 200) { nodes { key status createdAt respondedAt resolvedAt
  closedAt responseDueAt resolutionDueAt reopened priority owner { key }
  requests { key offers { key } } } } }"""
LINES = """name registered resolved responseMet responseBroken resolutionMet resolutionBroken
  hoursToRespond hoursToResolve"""
REPORT = f"""query R($since: DateTime!, $until: DateTime!) {{
  serviceRequestReport(since: $since, until: $until) {{
    registered resolved givenUp reopened responseMet responseBroken resolutionMet resolutionBroken
    hoursToRespond hoursToResolve backlog ageing {{ name count }} byPriority {{ {LINES} }}
    byOffering {{ {LINES} }} byService {{ {LINES} }} byGroup {{ {LINES} }} }} }}"""
Numbers = dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    async with opened(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        yield made


async def act(desk: Desk, verb: str, kind: str, **given: Any) -> str:
    name = f"{verb[0].upper()}{verb[1:]}Input"
    document = f"""mutation A($i: {name}!) {{ {verb}(input: $i) {{
      ok errors {{ code message }} {kind} {{ key }} }} }}"""
    done = (await desk.caller.ask(document, i=given))[verb]
    assert done["ok"], done
    return str(done[kind]["key"])


async def some_requests(desk: Desk, seed: int) -> tuple[datetime, datetime]:
    """Requests of three weeks, dealt with in every way; the second week is looked at."""
    drawn, kind = random.Random(seed), "serviceRequest"
    offerings = [
        await act(
            desk,
            "registerRequestOffering",
            "requestOffering",
            title=f"{service} {seed}",
            service=service,
            steps=[{"title": "do it"}],
        )
        for service in ("mail", "wiki")
    ]
    begun = desk.clock.now()
    for _ in range(18):
        key = await act(desk, "registerServiceRequest", kind, offering=drawn.choice(offerings))
        if drawn.random() < 0.5:
            await act(desk, "assignServiceRequest", kind, ref=key, owner="ada")
        desk.clock.advance(HOUR * drawn.randint(1, 30))
        end = drawn.choice(["open", "begun", "fulfilled", "rejected", "reopened"])
        if end == "rejected":
            given = {"givenUpAs": "NO_LONGER_RELEVANT", "why": "no need"}
            await act(desk, "rejectServiceRequest", kind, ref=key, **given)
        if end in {"begun", "fulfilled", "reopened"}:
            await act(desk, "completeRequestStep", kind, ref=key, number=1)
        if end in {"fulfilled", "reopened"}:
            desk.clock.advance(HOUR * drawn.randint(0, 5))
            await act(desk, "fulfilServiceRequest", kind, ref=key, resolution="there it is")
        if end == "reopened":
            await act(desk, "reopenServiceRequest", kind, ref=key, why="it is not")
            await act(desk, "fulfilServiceRequest", kind, ref=key, resolution="here")
        await desk.sign_in()
    third = (desk.clock.now() - begun) / 3
    return begun + third, begun + third * 2


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def counted(records: list[Any], since: datetime, until: datetime) -> Numbers:
    """What is asked for, counted once more."""

    def within(record: Any, name: str) -> bool:
        at = moment(record[name])
        return at is not None and since <= at < until

    def hours(found: list[Any], name: str) -> float | None:
        spans = [
            (datetime.fromisoformat(each[name]) - datetime.fromisoformat(each["createdAt"])) / HOUR
            for each in found
        ]
        return round(median(spans), 2) if spans else None

    fresh = [each for each in records if within(each, "createdAt")]
    done = [e for e in records if within(e, "resolvedAt") and e["status"] != "rejected"]
    answered = [each for each in records if within(each, "respondedAt")]
    return {
        "registered": len(fresh),
        "resolved": len(done),
        "responseMet": sum(each["responseDueAt"] is None for each in answered),
        "responseBroken": sum(each["responseDueAt"] is not None for each in answered),
        "resolutionMet": sum(each["resolutionDueAt"] is None for each in done),
        "resolutionBroken": sum(each["resolutionDueAt"] is not None for each in done),
        "hoursToRespond": hours(answered, "respondedAt"),
        "hoursToResolve": hours(done, "resolvedAt"),
    }


def by(records: list[Any], name: Any, since: datetime, until: datetime) -> dict[str, Numbers]:
    groups: dict[str, list[Any]] = {}
    for each in records:
        groups.setdefault(name(each), []).append(each)
    lines = {group: counted(found, since, until) for group, found in groups.items()}
    return {group: each for group, each in lines.items() if each["registered"] or each["resolved"]}


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_numbers_are_those_that_python_counts(desk: Desk, seed: int) -> None:
    since, until = await some_requests(desk, seed)
    ends = {"since": to_text(since), "until": to_text(until)}
    told = (await desk.caller.ask(REPORT, **ends))["serviceRequestReport"]
    records = (await desk.caller.ask(RECORDS))["serviceRequests"]["nodes"]
    expected = counted(records, since, until)
    assert {name: told[name] for name in expected} == expected
    assert expected["registered"] > 2
    waits = [
        each
        for each in records
        if datetime.fromisoformat(each["createdAt"]) < until
        and all(
            end is None or end >= until
            for end in (moment(each["resolvedAt"]), moment(each["closedAt"]))
        )
    ]
    assert told["backlog"] == len(waits) == sum(each["count"] for each in told["ageing"])
    given_up = Counter(each["status"] for each in records if _in(each["closedAt"], since, until))
    assert told["givenUp"] == given_up["rejected"]
    groups = {
        "byPriority": lambda each: str(each["priority"]),
        "byOffering": lambda each: each["requests"]["key"],
        "byService": lambda each: each["requests"]["offers"]["key"],
        "byGroup": lambda each: each["owner"]["key"] if each["owner"] else "-",
    }
    for name, of in groups.items():
        found = {each.pop("name"): each for each in told[name]}
        assert found == by(records, of, since, until), name


def _in(text: str | None, since: datetime, until: datetime) -> bool:
    at = moment(text)
    return at is not None and since <= at < until


async def test_it_is_a_document_with_the_same_numbers(desk: Desk) -> None:
    since, until = await some_requests(desk, 4)
    ends = {"since": to_text(since), "until": to_text(until)}
    told = (await desk.caller.ask(REPORT, **ends))["serviceRequestReport"]
    issued = await desk.caller.ask(
        """mutation D($i: IssueDocumentInput!) { issueDocument(input: $i) {
          ok errors { code message } document { key } } }""",
        i={"kind": "SERVICE_REQUEST_REPORT", **ends},
    )
    assert issued["issueDocument"]["ok"], issued
    key = issued["issueDocument"]["document"]["key"]
    content = await desk.caller.ask(f'{{ documentContent(of: "{key}") {{ content html }} }}')
    text = json.dumps(content["documentContent"]["content"])
    assert '"backlog"' in text
    found = content["documentContent"]["html"]
    assert "Service request report" in found
    assert f">{told['registered']}<" in found


async def test_what_went_from_one_to_another_is_counted(desk: Desk) -> None:
    """The first owner is none to whom it was handed on; the same one again is no other."""
    kind, since = "serviceRequest", desk.clock.now()
    offering = await act(
        desk, "registerRequestOffering", "requestOffering", title="a chair", service="mail",
        steps=[{"title": "carry it"}],
    )  # fmt: skip
    key = await act(desk, "registerServiceRequest", kind, offering=offering)
    for owner in ("ada", "first", "first", "ada"):
        await act(desk, "assignServiceRequest", kind, ref=key, owner=owner)
        desk.clock.advance(HOUR)
    ask = """query R($since: DateTime!, $until: DateTime!) {
      serviceRequestReport(since: $since, until: $until) {
        reassigned byOffering { name reassigned } } }"""
    for hours, many in ((4, 2), (2, 1), (1, 0)):
        ends = {"since": to_text(since), "until": to_text(since + HOUR * hours)}
        told = (await desk.caller.ask(ask, **ends))["serviceRequestReport"]
        assert told["reassigned"] == many
        assert {"name": offering, "reassigned": many} in told["byOffering"]


async def test_a_period_that_ends_before_it_begins_is_refused(desk: Desk) -> None:
    ends = {"since": "2026-02-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}
    assert await desk.caller.code(REPORT, **ends) == "BAD_INPUT"
