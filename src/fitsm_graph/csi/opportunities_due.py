"""All services are looked at for what could be better, once for each period (PR14.1)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from fitsm_graph.csi import missed_targets, weak_services
from fitsm_graph.csi.missed_targets import suggest_from_targets, were_late
from fitsm_graph.csi.opportunity_rules import RULES, OpportunityRules
from fitsm_graph.csi.recurrences import finding_of_fate, shared_below, suggest_from_shared_fate
from fitsm_graph.csi.weak_services import points_below, suggest_from_service
from fitsm_graph.flow.periods import PERIOD_OVER, SETTLED, Period, last_whole
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Job, OneByOne, Turn, Went
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.snapshot import Standing
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.text import plural

EVERY = timedelta(minutes=10)
PAGE = 20
"""Services of one turn."""


def seeking(
    graph: Graph,
    policies: Callable[[], Awaitable[Policies]],
    reaches: Callable[[], Awaitable[Reaches]],
) -> Job:
    """The job that looks at all services, some in each turn, after each period."""

    async def run(turn: Turn) -> Went:
        ruled = await policies()
        found = ruled.find(RULES, DEFAULT)
        if found is None:
            return Went(cursor=turn.cursor)
        rules = found.value
        period = last_whole(rules.every, turn.now - SETTLED)[0]
        until, _, after = turn.cursor.partition("|")
        if until == period.until and not after:
            return Went(cursor=turn.cursor)
        after = after if until == period.until else ""
        (row,) = await graph.rows("csi.services_to_look_at", after=after, most=PAGE)
        if not period.saw(row["began"]):
            return Went(cursor=turn.cursor)
        services = row["services"]
        look = _Look(graph, ruled, rules, period, await reaches())
        done = await look.at(services, to_text(turn.now - rules.rests))
        last = services[-1]["key"] if len(services) == PAGE else ""
        said = done.said(f"{plural(done.done, 'opportunity', 'opportunities')} found")
        return Went(said, f"{period.until}|{last}", again=bool(last))

    return Job("opportunities", EVERY, run, "Looks at all services for what could be better.")


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at some services after a period."""

    graph: Graph
    ruled: Policies
    rules: OpportunityRules
    period: Period
    reaching: Reaches

    async def at(self, services: Sequence[Mapping[str, Any]], decided_since: str) -> OneByOne:
        """Suggest what is found, unless it was decided not long ago."""
        found = await self._weak(services) | await self._late(services)
        found |= await self._shared(services) if self.rules.shared_fate else {}
        (row,) = await self.graph.rows(
            "csi.findings_decided", findings=list(found), since=decided_since
        )
        done = OneByOne()
        for finding, suggest in found.items():
            if finding not in row["decided"]:
                await done.do(finding, suggest(self._request(finding)))
        return done

    async def _weak(self, services: Sequence[Mapping[str, Any]]) -> dict[str, "Suggest"]:
        """Those that one element takes down, of services that matter so much."""
        ids = {
            each["id"]: each["key"]
            for each in services
            if each["criticality"] <= self.rules.criticality
        }
        weak = await asyncio.to_thread(_weak_among, self.reaching.standing, ids)

        def suggest(key: str) -> "Suggest":
            given = (self.ruled, self.reaching, key)
            return lambda request: self.graph.write(suggest_from_service, request, *given)

        return {weak_services.finding_of(key): suggest(key) for key in weak}

    async def _shared(self, services: Sequence[Mapping[str, Any]]) -> dict[str, "Suggest"]:
        """Those whose redundancy one element takes down, of services that matter so much."""
        ids = {
            each["id"]: each["key"]
            for each in services
            if each["criticality"] <= self.rules.criticality
        }
        shared = await asyncio.to_thread(_shared_among, self.reaching.standing, ids)

        def suggest(key: str) -> "Suggest":
            given = (self.ruled, self.reaching, key)
            return lambda request: self.graph.write(suggest_from_shared_fate, request, *given)

        return {finding_of_fate(key): suggest(key) for key in shared}

    async def _late(self, services: Sequence[Mapping[str, Any]]) -> dict[str, "Suggest"]:
        """Those whose targets were missed in the period."""
        since, until = self.period.since, self.period.until
        keys = [each["key"] for each in services]
        rows = await self.graph.rows(
            "csi.targets_of_services", services=keys, since=since, until=until
        )

        def suggest(key: str) -> "Suggest":
            given = (self.ruled, key)
            return lambda request: self.graph.write(
                suggest_from_targets, request, *given, since=since, until=until
            )

        late = [each["service"]["key"] for each in rows if were_late(each) >= self.rules.late]
        return {missed_targets.finding_of(key): suggest(key) for key in late}

    def _request(self, finding: str) -> Request:
        """Whose key lets a look that broke off be taken again without counting anything twice."""
        return replace(PERIOD_OVER, idempotency_key=f"opportunity/{self.period.until}/{finding}")


Suggest = Callable[[Request], Awaitable[Any]]


def _weak_among(standing: Standing, services: Mapping[str, str]) -> list[str]:
    return [key for id, key in services.items() if points_below(standing, id)]


def _shared_among(standing: Standing, services: Mapping[str, str]) -> list[str]:
    return [key for id, key in services.items() if shared_below(standing, id)]
