"""What indicators, checks, incidents and changes of a period tell is suggested by itself (PR14.1).

One kind of finding in each turn: checks of conformity are asked one requirement after the other.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fitsm_graph.csi import kpis
from fitsm_graph.csi.indicators import ROOM, limits_of, provable
from fitsm_graph.csi.looking import Suggest, suggested
from fitsm_graph.csi.measuring import identity_of, suggest_from_kpi
from fitsm_graph.csi.nonconformities import suggest_from_conformity
from fitsm_graph.csi.opportunities_due import EVERY
from fitsm_graph.csi.opportunity_rules import RULES, OpportunityRules
from fitsm_graph.csi.recurrences import (
    failing_types,
    finding_of_changes,
    finding_of_incidents,
    suggest_from_changes,
    suggest_from_incidents,
)
from fitsm_graph.flow.periods import SETTLED, Period, last_whole
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Job, Turn, Went
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import from_text
from fitsm_graph.kernel.text import plural

KPIS, INCIDENTS, CHANGES = "kpis", "incidents", "changes"
MOST_LOOKED_AT = 1_000
"""Records that fail a requirement's checks, of which they are counted."""


def finding(graph: Graph, policies: Callable[[], Awaitable[Policies]]) -> Job:
    """The job that goes through what a period tells, a kind of finding in each turn."""

    async def run(turn: Turn) -> Went:
        ruled = await policies()
        found = ruled.find(RULES, DEFAULT)
        if found is None:
            return Went(cursor=turn.cursor)
        rules: OpportunityRules = found.value
        period = last_whole(rules.every, turn.now - SETTLED)[0]
        until, _, last = turn.cursor.partition("|")
        steps = [KPIS, INCIDENTS, CHANGES, *provable()]
        done = steps.index(last) + 1 if until == period.until and last in steps else 0
        (row,) = await graph.rows("csi.services_to_look_at", after="", most=0)
        if done == len(steps) or not period.saw(row["began"]):
            return Went(cursor=turn.cursor)
        what = await _Look(graph, ruled, rules, period).at(steps[done])
        went = await suggested(graph, what, job="finding", period=period, rules=rules, turn=turn)
        said = went.said(f"{plural(went.done, 'finding')} suggested")
        again = done + 1 < len(steps)
        told = said if went.done or went.left else ""
        return Went(told, f"{period.until}|{steps[done]}", again=again)

    return Job("findings", EVERY, run, "Looks at what a period tells for what could be better.")


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at one kind of finding of a period."""

    graph: Graph
    ruled: Policies
    rules: OpportunityRules
    period: Period

    async def at(self, step: str) -> dict[str, Suggest]:
        """What is found of one kind, with what suggests it."""
        ways = {KPIS: self._kpis, INCIDENTS: self._incidents, CHANGES: self._changes}
        return await ways[step]() if step in ways else await self._conformity(step)

    async def _kpis(self) -> dict[str, Suggest]:
        """Indicators whose kept value of their last period missed the target."""
        if not self.rules.missed:
            return {}
        defined = {}
        for each in kpis.in_force(self.ruled):
            period = last_whole(each.value.every, from_text(self.period.until))[0]
            defined[identity_of(each, period)] = each.name, period
        rows = await self.graph.rows("csi.values_missed", identities=list(defined))

        def suggest(name: str, period: Period) -> Suggest:
            given = {"since": period.since, "until": period.until}
            return lambda request: self.graph.write(
                suggest_from_kpi, request, self.ruled, name, **given
            )

        missed = [defined[each["identity"]] for each in rows]
        return {f"kpi/{name}": suggest(name, period) for name, period in missed}

    async def _incidents(self) -> dict[str, Suggest]:
        """Elements at which so many incidents came again."""
        if not self.rules.recurring:
            return {}
        given = {"refs": [], "least": self.rules.recurring, **self._within}
        rows = await self.graph.rows("csi.recurring_incidents", **given)

        def suggest(id: str) -> Suggest:
            return lambda request: self.graph.write(
                suggest_from_incidents, request, self.ruled, id, **self._within
            )

        return {finding_of_incidents(each["id"]): suggest(each["id"]) for each in rows}

    async def _changes(self) -> dict[str, Suggest]:
        """Types of changes of which so many failed."""
        if not self.rules.failing:
            return {}
        rows = await self.graph.rows("csi.changes_by_type", **self._within)

        def suggest(type: str) -> Suggest:
            return lambda request: self.graph.write(
                suggest_from_changes, request, self.ruled, type, **self._within
            )

        share = self.rules.failing_share
        types = failing_types(rows, least=self.rules.failing, share=share)
        return {finding_of_changes(each): suggest(each) for each in types}

    async def _conformity(self, requirement: str) -> dict[str, Suggest]:
        """Checks of a requirement that so many records fail."""
        least = self.rules.nonconforming
        if not least:
            return {}
        limits = limits_of(requirement, self.ruled)
        given = {**self._within, "limit": MOST_LOOKED_AT, "limits": limits}
        (row,) = await self.graph.rows(f"{ROOM}.{requirement}", **given)
        counts: dict[str, int] = {}
        for each in row["violations"]:
            counts[each["indicator"]] = counts.get(each["indicator"], 0) + 1

        def suggest(indicator: str) -> Suggest:
            return lambda request: self.graph.write(
                suggest_from_conformity,
                request,
                self.ruled,
                requirement,
                indicator,
                since=self.period.since,
            )

        return {
            f"{ROOM}/{requirement}/{name}": suggest(name)
            for name, count in counts.items()
            if count >= least
        }

    @property
    def _within(self) -> dict[str, str]:
        return {"since": self.period.since, "until": self.period.until}
