"""All services are looked at for what could be better, once for each period (PR14.1)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fitsm_graph.csi import missed_targets
from fitsm_graph.csi.looking import Suggest, suggested
from fitsm_graph.csi.missed_targets import missed_of, suggest_from_targets
from fitsm_graph.csi.opportunity_rules import RULES, OpportunityRules
from fitsm_graph.csi.recurrences import finding_of_fate, shared_below, suggest_from_shared_fate
from fitsm_graph.csi.weak_services import finding_of as single_points
from fitsm_graph.csi.weak_services import points_below, suggest_from_service
from fitsm_graph.flow.periods import SETTLED, Period, last_whole
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Job, Turn, Went
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.graph import Graph
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
        what = await _Look(graph, ruled, rules, period, await reaches(), turn.now).at(services)
        done = await suggested(
            graph, what, job="opportunity", period=period, rules=rules, turn=turn
        )
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
    now: datetime

    async def at(self, services: Sequence[Mapping[str, Any]]) -> dict[str, Suggest]:
        """What is found of some services, with what suggests it."""
        found = await self._below(services, points_below, suggest_from_service, single_points)
        found |= await self._late(services)
        if self.rules.shared_fate:
            way = shared_below, suggest_from_shared_fate, finding_of_fate
            found |= await self._below(services, *way)
        return found

    async def _below(
        self,
        services: Sequence[Mapping[str, Any]],
        looks: Callable[[Standing, str], Sequence[str]],
        verb: Callable[..., Awaitable[Any]],
        finding_of: Callable[[str], str],
    ) -> dict[str, Suggest]:
        """Those below which a look finds something, of services that matter so much."""
        standing = self.reaching.standing
        ids = {
            each["id"]: each["key"]
            for each in services
            if each["criticality"] <= self.rules.criticality
        }

        def look() -> list[str]:
            return [key for id, key in ids.items() if looks(standing, id)]

        def suggest(key: str) -> Suggest:
            given = (self.ruled, self.reaching, key)
            return lambda request: self.graph.write(verb, request, *given)

        return {finding_of(key): suggest(key) for key in await asyncio.to_thread(look)}

    async def _late(self, services: Sequence[Mapping[str, Any]]) -> dict[str, Suggest]:
        """Those that missed their targets in the period often enough, or their availability."""
        since, until = self.period.since, self.period.until
        keys = [each["key"] for each in services]
        now = to_text(self.now)
        given = missed_targets.asked(self.ruled, keys, self.period, now)
        rows = await self.graph.rows(missed_targets.TARGETS_OF, **given)

        def suggest(key: str) -> Suggest:
            return lambda request: self.graph.write(
                suggest_from_targets, request, self.ruled, key, since=since, until=until
            )

        found = []
        for row in rows:
            missed = missed_of(self.ruled, row, self.period, now)
            if missed.late >= self.rules.late or missed.away:
                found.append(row["service"]["key"])
        return {missed_targets.finding_of(key): suggest(key) for key in found}
