"""Open incidents are weighed again by themselves, as the graph and the time change (PR9.1).

A job goes through them, some in a turn, and computes beside the ledger what they would be now. Only
where a class, the priority, the services or the criteria of a major incident differ, a verb writes
it, and its entry says why; what a person decided stays. What is graver counts at once. What is less
grave counts when nothing has changed of the record for a while, so that what comes and goes does
not flap.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple

from fitsm_graph.flow.agreements import ServiceClock
from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.overriding import Override
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Job, OneByOne, Turn, Went
from fitsm_graph.flow.weighing import Behind, behind, in_force
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, check_version
from fitsm_graph.graph.verb import Request, verb
from fitsm_graph.impact.own import OwnStates
from fitsm_graph.impact.reach import Reach, Reaches
from fitsm_graph.isrm.assessing import assessed, different
from fitsm_graph.isrm.cases import INCIDENT, Case, allowed, case_of, changed
from fitsm_graph.isrm.matrix import LOWEST, SETTLED, URGENCY, UrgencyRules
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.declare import Process
from fitsm_graph.model.disturbance import Effect

EVERY = timedelta(minutes=1)
LOOKED_AT, COMPUTED = 200, 20
"""Incidents that a turn reads, and of how many it computes how far they reach."""
ANEW = timedelta(hours=1)
"""After so long all are computed again: whoever receives a service is no part of the topology."""
PRIORITISE = "incident.prioritise"
"""Where a person may weigh an incident, it is weighed again."""
WORDS = {
    "computed_impact": "impact",
    "computed_urgency": "urgency",
    "computed_priority": "priority",
    "target_priority": "targets of priority",
}
OF_TIME = frozenset({"computed_urgency", "urgency", "computed_priority", "priority"})
"""What the time that is left changes; anything else is of the graph."""
MATTERS = (*WORDS, "impact", "urgency", "priority", "major_criteria", "services", "services_down")
"""What has to differ, so that anything is written: how many users there are alone is no reason."""


class Found(NamedTuple):
    """What an incident was found to do, beside the ledger.

    Attributes:
        effects: What it affects, and how hard, by id of the element.
        reach: What that does to services.
    """

    effects: Mapping[str, Effect]
    reach: Reach


@verb("incident.weigh", room=Process.ISRM, requirement="PR9.1", on=INCIDENT, anytime=True)
async def weigh_incident(
    tx: Tx,
    policies: Policies,
    ref: Annotated[str, Of(INCIDENT)],
    found: Found,
    *,
    expected_version: int | None = None,
) -> Properties:
    """Weigh an open incident again; what a person decided stays (PR9.1).

    Where it affects something else than what was looked at, nothing changes: it was weighed with
    that, and the next turn looks again.

    Raises:
        NotFound: There is no such incident.
        Refused: It is over.
        Conflict: VERSION_CONFLICT.
    """
    case = await case_of(tx, INCIDENT, ref)
    check_version(allowed(policies, case, PRIORITISE), expected_version)
    if case.effects != found.effects:
        return case.record
    people, linked = await behind(tx, found.reach), len(case.parts) + 1
    return changed(tx, policies, case, anew(policies, case, found.reach, people, linked, tx.at))


def anew(
    policies: Policies, case: Case, reach: Reach, people: Behind, linked: int, at: str
) -> Mapping[str, Any]:
    """What an assessment changes of an incident that nobody has asked to be weighed.

    As long as it reaches the same services as gravely, what was promised stays, also where the
    versions in force are others by now.
    """
    record, services = case.record, [each.key for each in reach.services]

    def promised(after: Mapping[str, Any]) -> dict[str, Any]:
        same = after["target_priority"] == record.get("target_priority")
        kept = same and set(services) == set(record.get("services") or ())
        return {**after, "agreed": record.get("agreed") or []} if kept else dict(after)

    def clock(after: Mapping[str, Any]) -> ServiceClock | None:
        return case.clock(policies, at, promised(after))

    after = assessed(
        policies,
        reach,
        people,
        Override.of(record),
        clock=clock,
        linked=linked,
        major=case.is_major,
        known=bool(case.effects),
    )
    return different(record, promised(after))


# --- the job -------------------------------------------------------------------------------------


def weighing_again(
    graph: Graph,
    policies: Callable[[], Awaitable[Policies]],
    reaches: Callable[[], Awaitable[Reaches]],
) -> Job:
    """The job that weighs what is open again, some incidents in a turn."""
    rounds = _Rounds(graph)

    async def run(turn: Turn) -> Went:
        return await rounds.turn(_Look(await policies(), await reaches(), turn.now), turn.cursor)

    doc = "Weighs open incidents again, as the graph and the time change."
    return Job("weigh", EVERY, run, doc)


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """What reaches and classes are computed from.

    Attributes:
        parts: Of the topology: the same objects as long as nothing of it is touched.
        since: When it was first computed on.
    """

    policies: Policies
    parts: tuple[object, ...]
    own: OwnStates
    since: datetime

    @classmethod
    def of(cls, policies: Policies, reaching: Reaches, now: datetime) -> "_Ground":
        """What is in force now."""
        standing = reaching.standing
        topology = standing.mapped.topology
        layers = topology.base, topology.elements, topology.texts, topology.groups, topology.links
        return cls(policies, (standing.mapped.network, *layers), standing.own, now)

    def still(self, now: "_Ground") -> bool:
        """Whether what was computed on this counts on another as well."""
        same = all(one is other for one, other in zip(self.parts, now.parts, strict=True))
        ruled = self.policies is now.policies and self.own == now.own
        return same and ruled and now.since - self.since < ANEW


@dataclass(slots=True)
class _Look:
    """One turn's look at incidents.

    Attributes:
        computed: Of how many was computed how far they reach.
        written: Keys of those that are something else now.
    """

    policies: Policies
    reaching: Reaches
    now: datetime
    computed: int = 0
    written: list[str] = field(default_factory=list)


class _Rounds:
    """Goes through what is open, again and again; what is no different is not computed twice."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._ground: _Ground | None = None
        # Versions of incidents that were found no different on this ground, by id.
        self._calm: dict[str, int] = {}

    async def turn(self, look: _Look, after: str) -> Went:
        """Look at the next incidents; where a round is over, the next one begins with the first."""
        ground = _Ground.of(look.policies, look.reaching, look.now)
        if self._ground is None or not self._ground.still(ground):
            self._ground, self._calm = ground, {}
        states = life_of(look.policies, INCIDENT).sources(PRIORITISE)
        given = {"states": states, "after": after, "limit": LOOKED_AT}
        rows = await self._graph.rows("isrm.cases_to_weigh", **given)
        done, cursor = OneByOne(), ""
        for number, row in enumerate(rows, 1):
            case = Case(INCIDENT, {**row, "parts": []})
            await done.do(case.record["key"], self._looked_at(look, case))
            enough = look.computed == COMPUTED and number < len(rows)
            if enough or number == LOOKED_AT:
                cursor = str(case.record["id"])
                break
        said = done.said(f"{plural(len(look.written), 'incident')} weighed again")
        return Went(said if look.written or done.left else "", cursor, again=bool(cursor))

    async def _looked_at(self, look: _Look, case: Case) -> None:
        """Compute what an incident would be now, and write it where it is something else."""
        if self._is_calm(look, case):
            return
        look.computed += 1
        record, effects = case.record, case.effects
        reach = await asyncio.to_thread(look.reaching.of, effects, record["key"])
        given = await self._people(reach), int(case.row["linked"]), to_text(look.now)
        after = {**record, **anew(look.policies, case, reach, *given)}
        names = differing(record, after)
        if not names:
            self._calm[record["id"]] = record["version"]
        elif is_graver(record, after) or has_settled(look.policies, record, look.now):
            await self._write(look, record, told(record, after, names), Found(effects, reach))

    async def _write(self, look: _Look, record: Properties, why: str, found: Found) -> None:
        request = Request(actor="system", via="scheduler", reason=why)
        given = (look.policies, record["id"], found)
        seen = record["version"]
        await self._graph.write(weigh_incident, request, *given, expected_version=seen)
        look.written.append(record["key"])

    def _is_calm(self, look: _Look, case: Case) -> bool:
        """Whether neither the graph nor the time can have changed anything."""
        record = case.record
        if self._calm.get(record["id"]) != record["version"]:
            return False
        rules: UrgencyRules | None = in_force(look.policies, URGENCY)
        known = record.get("computed_urgency")
        if rules is None or known not in rules.classes:
            return True
        word = rules.urgency(slack=case.left(look.policies, to_text(look.now), {}))
        return rules.classes.index(word) >= rules.classes.index(known)

    async def _people(self, reach: Reach) -> Behind:
        if not reach.services:
            return Behind(0, 0)
        ids = [each.id for each in reach.services]
        return Behind(**(await self._graph.rows("flow.people_behind", services=ids))[0])


def differing(record: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Names of the values that matter and are others; the order of lists is of no matter."""
    return [name for name in MATTERS if _plain(record.get(name)) != _plain(after.get(name))]


def is_graver(record: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether an incident has become more pressing, or meets a criterion that it did not."""
    higher = any(
        _number(after, name) < _number(record, name)
        for name in ("priority", "computed_priority", "target_priority")
    )
    met, new = (set(each.get("major_criteria") or ()) for each in (record, after))
    return higher or bool(new - met)


def has_settled(policies: Policies, record: Mapping[str, Any], now: datetime) -> bool:
    """Whether nothing has changed of an incident for so long that it may become less grave."""
    rules: UrgencyRules | None = in_force(policies, URGENCY)
    settled = rules.settles_after if rules is not None else SETTLED
    return now - from_text(record["updated_at"]) >= settled


def told(record: Mapping[str, Any], after: Mapping[str, Any], names: list[str]) -> str:
    """Why an incident was weighed again, in words for the ledger."""
    said = [
        f"{word} {record.get(name) or 'unknown'} → {after.get(name) or 'unknown'}"
        for name, word in WORDS.items()
        if name in names
    ]
    said += ["other services"] if {"services", "services_down"} & set(names) else []
    said += ["other criteria of a major incident"] if "major_criteria" in names else []
    why = "less of its time is left" if OF_TIME.issuperset(names) else "the graph has changed"
    return f"{why}: {', '.join(said or ['other classes'])}"


def _plain(value: Any) -> Any:
    return (sorted(value) if isinstance(value, list) else value) or None


def _number(record: Mapping[str, Any], name: str) -> int:
    """A priority; what has none is below the lowest."""
    return int(record.get(name) or LOWEST + 1)
