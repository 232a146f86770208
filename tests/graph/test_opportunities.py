"""All services are looked at after a period, and what could be better is suggested (PR14.1)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.service import register_element, relate
from fitsm_graph.csi.opportunities_due import PAGE, seeking
from fitsm_graph.csi.opportunity_rules import RULES
from fitsm_graph.csi.suggestions import reject_suggestion
from fitsm_graph.flow.periods import SETTLED
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Turn, Went
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.isrm.service import register_incident, resolve_incident
from fitsm_graph.kernel.clock import ManualClock
from graph.syncing import POLICIES, REGISTRY, emptied, handed, promising, run

REQUEST = Request(actor="tester", via="test")
FEBRUARY = datetime(2026, 2, 2, 9, tzinfo=UTC)
MARCH, APRIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SEEN = "MATCH (s:Suggestion) RETURN s.finding, coalesce(s.times_seen, 1) ORDER BY s.finding"
FOUND = {"single-points/mail", "single-points/web", "targets/mail"}


class Office:
    """An estate, its desk, and the job that looks at it."""

    def __init__(self, graph: Graph, clock: ManualClock, policies: Policies) -> None:
        self.graph, self.clock, self.policies = graph, clock, policies

    async def act(self, verb: Any, *given: Any, **more: Any) -> Any:
        self.clock.advance(timedelta(seconds=1))
        asked = await handed(self.graph, verb, given)
        return (await self.graph.write(verb, REQUEST, *asked, **more)).value

    async def estate(self) -> None:
        """Mail and web hang on one server each, twin on two; of them wiki matters little."""
        services = {"mail": 1, "twin": 1, "web": 2, "wiki": 3}
        for key, criticality in services.items():
            draft = ElementDraft(kind="Service", key=key, name=key, criticality=criticality)
            await self.graph.write(register_element, REQUEST, REGISTRY, draft)
        for key in "abc":
            draft = ElementDraft(kind="CI", type="Server", key=key, name=key)
            await self.graph.write(register_element, REQUEST, REGISTRY, draft)
        pair = ElementDraft(kind="RedundancyGroup", key="pair", name="pair", need=1)
        await self.graph.write(register_element, REQUEST, REGISTRY, pair)
        ties = {"DEPENDS_ON": ("mail a", "web b", "wiki b", "twin pair")}
        ties["HAS_MEMBER"] = ("pair b", "pair c")
        for type, source, target in ((t, *each.split()) for t in ties for each in ties[t]):
            tie = RelationDraft(type=type, source=source, target=target)
            await self.graph.write(relate, REQUEST, REGISTRY, tie)

    async def late(self, element: str, *, resolved: datetime) -> None:
        """An incident that was answered and resolved late."""
        made = await self.act(register_incident, "trouble", [(element, "down")])
        self.clock.set(resolved)
        await self.act(resolve_incident, made["key"], "it goes on")

    async def look(self, at: datetime, cursor: str = "") -> Went:
        """What the job does at a moment after others have settled."""
        self.clock.set(at + SETTLED)

        async def policies() -> Policies:
            return self.policies

        async def reaches() -> Reaches:
            return Reaches(await Snapshot(self.graph, REGISTRY).current())

        return await seeking(self.graph, policies, reaches).run(Turn(self.clock.now(), cursor))

    async def seen(self) -> dict[str, int]:
        """How often each finding was made."""
        return dict(await run(self.graph, SEEN))


@asynccontextmanager
async def office(endpoint: Endpoint, policies: Policies = POLICIES) -> AsyncIterator[Office]:
    clock = ManualClock(FEBRUARY)
    async with emptied(endpoint, clock) as graph:
        made = Office(graph, clock, policies)
        await made.estate()
        await made.late("a", resolved=FEBRUARY + 10 * DAY)
        await made.late("a", resolved=FEBRUARY + 20 * DAY)
        yield made


async def test_services_are_looked_at_once_after_each_period(neo4j_endpoint: Endpoint) -> None:
    async with office(neo4j_endpoint) as it:
        early = await it.look(MARCH - MINUTE)
        assert (early.said, await it.seen()) == ("", {}), "the ledger began in the month"
        went = await it.look(MARCH, early.cursor)
        assert (went.said, went.again) == ("3 opportunities found", False)
        assert await it.seen() == dict.fromkeys(FOUND, 1)
        again = await it.look(MARCH + DAY, went.cursor)
        assert (again.said, again.cursor) == ("", went.cursor)
        later = await it.look(APRIL, went.cursor)
        assert later.said == "2 opportunities found", "nothing was late in March"
        assert await it.seen() == {**dict.fromkeys(FOUND, 2), "targets/mail": 1}


async def test_a_look_that_broke_off_counts_nothing_twice(neo4j_endpoint: Endpoint) -> None:
    async with office(neo4j_endpoint) as it:
        await it.look(MARCH)
        await it.look(MARCH + MINUTE)
        assert await it.seen() == dict.fromkeys(FOUND, 1)


async def test_what_was_decided_is_left_alone_for_a_while(neo4j_endpoint: Endpoint) -> None:
    async with office(neo4j_endpoint) as it:
        await it.look(MARCH)
        [[key]] = await run(
            it.graph, "MATCH (s:Suggestion {finding: 'single-points/web'}) RETURN s.key"
        )
        await it.act(reject_suggestion, key, "its site is given up")
        await it.look(APRIL)
        assert (await it.seen())["single-points/web"] == 1
        await it.look(datetime(2026, 10, 1, tzinfo=UTC))
        asked = "MATCH (s:Suggestion {finding: 'single-points/web'}) RETURN count(s)"
        assert await run(it.graph, asked) == [[2]], "half a year is over"


async def test_no_rules_no_look_and_other_rules_another_one(neo4j_endpoint: Endpoint) -> None:
    none = Policies({name: each for name, each in POLICIES.held.items() if name[0] != RULES})
    async with office(neo4j_endpoint, none) as it:
        assert (await it.look(MARCH)).said == ""
        (ruled,) = [each for each in POLICIES if each.kind == RULES]
        strict = replace(ruled, value=replace(ruled.value, criticality=3, late=5))
        it.policies = Policies({**none.held, (RULES, "default"): strict})
        await it.look(MARCH)
        points = {f"single-points/{key}" for key in ("mail", "web", "wiki")}
        assert set(await it.seen()) == points
        it.policies = promising(it.policies, "mail", {"percent": 99, "per": "quarter"})
        await it.look(MARCH)
        assert set(await it.seen()) == points, "the quarter goes on"
        it.policies = promising(it.policies, "mail", {"percent": 99, "per": "month"})
        await it.look(MARCH)
        assert set(await it.seen()) == {*points, "targets/mail"}, "one month is enough"


async def test_many_services_take_several_turns(neo4j_endpoint: Endpoint) -> None:
    async with office(neo4j_endpoint) as it:
        for number in range(PAGE):
            draft = ElementDraft(kind="Service", type="", key=f"n-{number:02}", name="one more")
            await it.graph.write(register_element, REQUEST, REGISTRY, draft)
        first = await it.look(MARCH)
        assert first.again
        assert set(await it.seen()) == {"single-points/mail", "targets/mail"}
        second = await it.look(MARCH, first.cursor)
        assert not second.again
        assert await it.seen() == dict.fromkeys(FOUND, 1)
