"""A service whose targets were missed is suggested to be bettered, once (PR14.1)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.service import register_element, relate
from fitsm_graph.csi.missed_targets import suggest_from_targets
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.isrm.request_rules import OfferingStep
from fitsm_graph.isrm.requests import (
    complete_request_step,
    fulfil_service_request,
    register_request_offering,
    register_service_request,
)
from fitsm_graph.isrm.service import register_incident, resolve_incident
from fitsm_graph.kernel.clock import ManualClock, from_text, to_text
from fitsm_graph.kernel.errors import BadInput, Forbidden, NotFound, Refused
from graph.syncing import POLICIES, REGISTRY, emptied, handed, promising, run

REQUEST = Request(actor="tester", via="test")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Desk:
    """Whoever deals with what comes, and the time that it takes."""

    def __init__(self, graph: Graph, clock: ManualClock) -> None:
        self.graph, self.clock = graph, clock

    async def act(self, verb: Any, *given: Any, **more: Any) -> Any:
        self.clock.advance(timedelta(seconds=1))
        asked = await handed(self.graph, verb, given)
        return (await self.graph.write(verb, REQUEST, *asked, **more)).value

    async def estate(self) -> None:
        for kind, type, key in (
            *(("Service", "", key) for key in ("mail", "web", "quiet")),
            *(("CI", "Server", key) for key in "ab"),
        ):
            draft = ElementDraft(kind=kind, type=type, key=key, name=key)
            await self.graph.write(register_element, REQUEST, REGISTRY, draft)
        for source, target in (("mail", "a"), ("web", "b")):
            tie = RelationDraft(type="DEPENDS_ON", source=source, target=target)
            await self.graph.write(relate, REQUEST, REGISTRY, tie)

    async def incident(self, element: str, span: timedelta) -> None:
        made = await self.act(register_incident, "trouble", [(element, "down")])
        self.clock.advance(span)
        await self.act(resolve_incident, made["key"], "it goes on")

    async def request(self, offering: str, span: timedelta) -> None:
        made = await self.act(register_service_request, offering)
        self.clock.advance(span)
        await self.act(complete_request_step, made["key"], 1)
        await self.act(fulfil_service_request, made["key"], "there it is")

    async def suggested(self, service: str, since: datetime, until: datetime) -> Any:
        given = {"since": to_text(since), "until": to_text(until)}
        return await self.act(suggest_from_targets, service, **given)


async def late(graph: Graph, service: str, since: datetime, until: datetime) -> list[int]:
    """Of records as they are, what was answered late and in all, and resolved late and in all."""
    incidents = await run(graph, "MATCH (i:Incident) RETURN properties(i), i.services")
    requests = await run(
        graph,
        """MATCH (r:ServiceRequest)-[:REQUESTS]->()-[:OFFERS]->(s:Service)
        RETURN properties(r), [s.key]""",
    )
    found = [0, 0, 0, 0]
    for record, services in (*incidents, *requests):
        for place, (done, due) in enumerate(
            (("responded_at", "response_due_at"), ("resolved_at", "resolution_due_at"))
        ):
            at = record.get(done)
            if service in (services or ()) and at and since <= from_text(at) < until:
                found[2 * place] += record.get(due) is not None
                found[2 * place + 1] += 1
    return found


async def test_what_was_late_is_suggested_once(neo4j_endpoint: Endpoint) -> None:
    clock = ManualClock(START)
    async with emptied(neo4j_endpoint, clock) as graph:
        desk = Desk(graph, clock)
        await desk.estate()
        steps = [OfferingStep("do it")]
        made = await desk.act(register_request_offering, "a box", "mail", steps=steps)
        offering = made["key"]
        for element, span in (("a", HOUR / 6), ("a", 30 * DAY), ("b", HOUR / 6)):
            await desk.incident(element, span)
        await desk.request(offering, 40 * DAY)
        until = clock.now() + timedelta(seconds=1)
        counts = await late(graph, "mail", START, until)
        assert counts[2] >= 2, "the incident and the request"
        made = await desk.suggested("mail", START, until)
        assert made["title"] == "mail misses its targets"
        said = f"{counts[0]} of {counts[1]} answered late, {counts[2]} of {counts[3]} cases"
        assert said in made["description"]
        assert made["source"] == "measurement"
        improves = "MATCH (:Suggestion)-[:WOULD_IMPROVE]->(e) RETURN e.key"
        assert await run(graph, improves) == [["mail"]]
        again = await desk.suggested("mail", START, until + DAY)
        assert (again["key"], again["times_seen"]) == (made["key"], 2)
        assert await run(graph, "MATCH (s:Suggestion) RETURN count(s)") == [[1]]


async def test_where_nothing_was_late_nothing_is_suggested(neo4j_endpoint: Endpoint) -> None:
    clock = ManualClock(START)
    async with emptied(neo4j_endpoint, clock) as graph:
        desk = Desk(graph, clock)
        await desk.estate()
        await desk.incident("b", HOUR / 60)
        early = clock.now() + timedelta(seconds=1)
        await desk.incident("b", 30 * DAY)
        ended = clock.now() + timedelta(seconds=1)
        for service, since, until in (
            ("web", START, early),
            ("web", ended, ended + DAY),
            ("quiet", START, ended),
            ("mail", START, ended),
        ):
            with pytest.raises(Refused, match="TARGET_NOT_MISSED"):
                await desk.suggested(service, since, until)
        for wrong in ("a", "nobody"):
            with pytest.raises(NotFound):
                await desk.suggested(wrong, START, ended)
        with pytest.raises(BadInput):
            await desk.suggested("web", ended, ended)
        partly = Request(actor="lea", via="test", sight=frozenset({"Server"}))
        asked = await handed(graph, suggest_from_targets, ("web",))
        period = {"since": to_text(START), "until": to_text(ended)}
        with pytest.raises(Forbidden):
            await graph.write(suggest_from_targets, partly, *asked, **period)
        assert await run(graph, "MATCH (s:Suggestion) RETURN count(s)") == [[0]]
        assert await desk.suggested("web", early, ended), "the control"
        day = {"since": to_text(START), "until": to_text(START + DAY)}
        strict = promising(POLICIES, "web", {"percent": 99.99, "per": "day"})
        for ruled, service in ((POLICIES, "web"), (strict, "mail")):
            with pytest.raises(Refused, match="TARGET_NOT_MISSED"):
                await graph.write(suggest_from_targets, REQUEST, ruled, service, **day)
        away = await graph.write(suggest_from_targets, REQUEST, strict, "web", **day)
        assert away.value["times_seen"] == 2, "it is the same finding"
        said = "Less availability than targets/promise/1 says in 1 period."
        assert said in away.value["description"]
