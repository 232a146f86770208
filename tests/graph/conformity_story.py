"""An organisation that does all as it should, by its verbs and a clock that is driven.

Each step of a process is a method, and what is left out is an argument: so that a nonconformity is
planted by leaving one thing out, and by nothing else.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from inspect import signature
from typing import Any

from fitsm_graph.api import verbs as _offered  # noqa: F401  # declares every verb
from fitsm_graph.chm.approving import ChangeOutcome
from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.service import register_element, relate
from fitsm_graph.flow.periods import Period
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Turn
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import VERBS, Request
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.isrm.due import escalating
from fitsm_graph.isrm.request_rules import OfferingStep
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.pm.looking import look
from fitsm_graph.pm.trend_rules import RULES
from fitsm_graph.sms import accounts
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.roles import assign_role
from graph.syncing import POLICIES, REGISTRY, emptied, run

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SYSTEM = Request(actor="setup", via="test")
EVERY = (Process.ISRM, Process.PM, Process.CONFM, Process.CHM, Process.RDM, Process.CSI)
PEOPLE = ("ann", "bob", "cas", "eve", "olga", "sam")
Held = tuple[RoleWord, str, Process | None]
ROLES: tuple[Held, ...] = (
    (RoleWord.SMS_OWNER, "sam", None),
    *((RoleWord.PROCESS_OWNER, "olga", each) for each in EVERY),
    *((RoleWord.PROCESS_MANAGER, "ann", each) for each in EVERY),
    (RoleWord.CAB_MEMBER, "cas", None),
)


class Story:
    """Time passes while people work: Eve does, Ann manages, Cas sits on the board, Bob reviews."""

    def __init__(self, graph: Graph, clock: ManualClock) -> None:
        self.graph, self.clock, self.policies = graph, clock, POLICIES
        self.snapshot = Snapshot(graph, REGISTRY)
        self.count = 0
        self.made: list[str] = []

    async def people(
        self, keys: Sequence[str] = PEOPLE, roles: Sequence[Held] = ROLES, *, groups: bool = True
    ) -> None:
        """Who is there, and what they answer for."""
        write = self.graph.write
        for key in keys:
            await write(sms.register_party, SYSTEM, "Person", {"key": key, "name": key})
            given = (key, ["editor"], "digest")
            await write(accounts.create_account, SYSTEM, *given, person=key)
        for key in ("first", "second") if groups else ():
            await write(sms.register_party, SYSTEM, "Group", {"key": key, "name": key})
        for word, key, process in roles:
            await write(assign_role, SYSTEM, word, key, process=process)

    async def act(
        self, verb: str, *given: Any, by: str = "eve", policies: Policies | None = None, **more: Any
    ) -> Any:
        """Let somebody do something, a second after what was done before; the key of the record."""
        self.clock.advance(timedelta(seconds=1))
        run = VERBS[verb].run
        lent: dict[str, Any] = {"policies": policies or self.policies, "registry": REGISTRY}
        if "reaching" in signature(run).parameters:
            lent["reaching"] = Reaches(await self.snapshot.current())
        asked = [lent[each] for each in signature(run).parameters if each in lent]
        outcome = await self.graph.write(run, Request(actor=by, via="test"), *asked, *given, **more)
        return outcome.value["key"]

    @asynccontextmanager
    async def without(self, kind: str) -> AsyncIterator[None]:
        """As if somebody had retired a policy for some time."""
        before, self.policies = self.policies, self.policies.without(kind, DEFAULT)
        try:
            yield
        finally:
            self.policies = before

    def soon(self, after: timedelta) -> str:
        return to_text(self.clock.now() + after)

    async def passes(self, span: timedelta, *tended: str, escalates: bool = True) -> None:
        """Let time pass, in which the scheduler runs and users hear of some open incidents."""
        until = self.clock.now() + span
        if not tended:
            self.clock.set(until)
            return
        turn = 0
        while (now := self.clock.now()) < until:
            self.clock.set(min(now + DAY / 2, until))
            turn += 1
            if escalates:
                await self.escalated()
            for key in tended if turn % 3 == 0 else ():
                await self.act("incident.update_users", key, "we are at it")

    async def escalated(self) -> None:
        """Take the steps that time has made due."""

        async def policies() -> Policies:
            return self.policies

        async def reaches() -> Reaches:
            return Reaches(await self.snapshot.current())

        job = escalating(self.graph, policies, reaches)
        await job.run(Turn(self.clock.now(), ""))

    async def element(self, *, critical: bool = False) -> str:
        """A new server; where it is critical, a service is down without it."""
        self.count += 1
        key = f"host-{self.count}"
        draft = ElementDraft(kind="CI", type="Server", key=key, name=key)
        await self.graph.write(register_element, SYSTEM, REGISTRY, draft)
        self.made.append(key)
        if critical:
            name = f"service-{self.count}"
            service = ElementDraft(kind="Service", key=name, name=name, criticality=1)
            await self.graph.write(register_element, SYSTEM, REGISTRY, service)
            tie = RelationDraft(type="DEPENDS_ON", source=name, target=key)
            await self.graph.write(relate, SYSTEM, REGISTRY, tie)
        return key

    # --- incidents and requests ------------------------------------------------------------

    async def incident(
        self,
        element: str = "",
        *,
        effect: str = "degraded",
        owner: str = "ann",
        begun: bool = True,
        **more: Any,
    ) -> str:
        """An incident that somebody owns and deals with."""
        hit = [(element or await self.element(), effect)]
        given = {"category": "storage", **more}
        key = str(await self.act("incident.register", "trouble", hit, **given))
        if owner:
            await self.act("incident.assign", key, owner)
        if begun:
            await self.act("incident.begin", key)
        return key

    async def resolved(self, key: str, *, cause: str = "worn out") -> None:
        await self.act("incident.resolve", key, "a new one is in", cause=cause)

    async def over(self, key: str, *, cause: str = "worn out") -> str:
        """The incident resolved and closed at once."""
        await self.resolved(key, cause=cause)
        await self.act("incident.close", key, confirmed=True)
        return key

    async def request(self) -> str:
        """A service request from what is offered to its end."""
        self.count += 1
        name = f"service-{self.count}"
        draft = ElementDraft(kind="Service", key=name, name=name, criticality=3)
        await self.graph.write(register_element, SYSTEM, REGISTRY, draft)
        steps = [OfferingStep("make it")]
        given = {"steps": steps, "category": "account"}
        offering = await self.act("request_offering.register", "a mailbox", name, **given)
        key = str(await self.act("service_request.register", offering, requester="bob"))
        await self.act("service_request.assign", key, "ann")
        await self.act("service_request.complete_step", key, 1)
        await self.act("service_request.fulfil", key, "it is there")
        await self.act("service_request.close", key, confirmed=True)
        return key

    async def major(self, *, declared: bool = True, after: timedelta | None = None) -> str:
        """A major incident that is resolved and reviewed, but not closed."""
        hit = await self.element(critical=True)
        key = await self.incident(hit, effect="down")
        if after:
            await self.act("incident.wait", key, "supplier", "a part is on its way")
            await self.passes(after / 2)
            await self.act("incident.update_users", key, "a part is on its way")
            await self.passes(after / 2)
        if declared:
            await self.act("incident.declare_major", key, "ann", "nobody can work")
        await self.act("incident.update_users", key, "we know of it")
        if after:
            await self.act("incident.resume", key)
        await self.resolved(key)
        for number in (1, 2, 4, 5) if declared else ():
            await self.act("incident.complete_step", key, number)
        return key

    async def examined(self, key: str) -> None:
        """The review of a major incident."""
        review = await self.act("major_incident_review.register", key)
        given = {"actions": ["ann: buy a spare"]}
        await self.act("major_incident_review.describe", review, "no spare was there", **given)
        await self.act("major_incident_review.complete", review)

    # --- problems --------------------------------------------------------------------------

    async def again_and_again(self, element: str = "") -> str:
        """Five incidents of an element that has long been there; when they began."""
        hit = element or await self.element()
        await self.passes(20 * DAY)
        since = to_text(self.clock.now())
        for _ in range(5):
            await self.over(await self.incident(hit))
        return since

    async def reviewed(self, since: str, rules: str = DEFAULT) -> str:
        """A look through the incidents from some time until now, by rules of some name."""
        version = self.policies.find(RULES, DEFAULT)
        assert version is not None
        version = replace(version, name=rules)
        period = Period(since, to_text(self.clock.now()))
        mapped = (await self.snapshot.current()).mapped
        looked = await look(self.graph, mapped, version, period)
        given = {"rules": rules, "since": period.since, "until": period.until}
        with_it = self.policies.with_(version)
        return str(await self.act("trend_review.begin", looked, policies=with_it, **given))

    async def undecided(self, review: str) -> list[str]:
        """Keys of the findings of a review on which nobody has decided, by rank."""
        asked = """MATCH (:TrendReview {key: $key})<-[:BROUGHT_UP_IN]-(finding)
          WHERE finding.status = 'open' RETURN finding.key ORDER BY finding.rank"""
        return [key for (key,) in await run(self.graph, asked, key=review)]

    async def problem(self, *, owner: str = "ann", diagnosed: bool = True, **more: Any) -> str:
        """A problem that somebody owns, and whose cause is known."""
        if "investigates" not in more:
            more["investigates"] = [await self.element()]
        if "incidents" not in more:
            more["source"] = "analysis"
        key = str(await self.act("problem.register", "it stops", **{"category": "storage", **more}))
        if owner:
            await self.act("problem.assign", key, owner)
        if diagnosed:
            await self.act("problem.diagnose", key, "the firmware leaks")
        return key

    async def gone(self, key: str) -> None:
        await self.act("problem.resolve", key, "there is new firmware")

    async def known(
        self,
        problem: str,
        *,
        workaround: str = "restart it",
        who: str = "the desk",
        told: bool = True,
        verified: bool = True,
    ) -> str:
        """A known error with a workaround that somebody has tried and told of."""
        given = {"workaround": workaround, "carried_out_by": who}
        key = str(await self.act("known_error.register", problem, **given))
        if told:
            await self.act("known_error.communicate", key, "the desk")
        if verified:
            await self.act("known_error.verify", key)
        return key

    async def raised(self, problem: str) -> str:
        """A change raised for a problem, and given up: an action that was looked at."""
        hit = [(await self.element(), "degraded")]
        key = str(await self.act("change.from_problem", problem, hit))
        await self.act("change.describe", key, aim="no more stops")
        await self.act("change.cancel", key, why="there is another way")
        return key

    # --- changes ---------------------------------------------------------------------------

    async def change(
        self,
        element: str = "",
        *,
        type: str = "",
        tasks: bool = True,
        back_out: bool = True,
        tested: bool = True,
        **more: Any,
    ) -> str:
        """A request for change that is described and can be undone."""
        hit = [(element or await self.element(), more.pop("effect", "degraded"))]
        given = {
            "benefits": "quiet",
            "effort": "an hour",
            "feasibility": "tried",
            "aim": "no stops",
        }
        key = str(await self.act("change.register", "new firmware", hit, **{**given, **more}))
        if type:
            reason = "it is the only one of its kind"
            await self.act("change.classify", key, type=ChangeType(type), override_reason=reason)
        if back_out:
            await self.act("change.plan_back_out", key, "load the old one", tested=tested)
        if tasks:
            task = await self.act("change_task.register", key, "load it")
            await self.act("change_task.complete", task)
        return key

    async def approved(
        self, key: str, *, board: bool = True, conditions: str = "", major: bool = False
    ) -> None:
        await self.act("change.assess", key)
        if board and major:
            meeting = await self.act(
                "cab.convene", starts_at=self.soon(HOUR), discusses=[key], by="ann"
            )
            await self.act("cab.hold", meeting, "so be it", by="ann")
        await self.act("change.approve", key, by="ann", conditions=conditions)
        if major:
            await self.act("change.approve", key, by="cas")

    async def scheduled(self, key: str, *, more: timedelta = DAY, hour: int = 2) -> datetime:
        """The change in the schedule, in the next window for maintenance after some time."""
        starts = (self.clock.now() + more).replace(hour=hour, minute=0, second=0, microsecond=0)
        while starts.weekday() != 6 or starts < self.clock.now() + more:
            starts += DAY
        given = {"starts_at": to_text(starts), "ends_at": to_text(starts + 2 * HOUR)}
        await self.act("change.schedule", key, by="ann", **given)
        return starts

    async def begun(self, key: str, *, major: bool = False, **more: Any) -> None:
        """The change approved, scheduled, and begun in its time."""
        await self.approved(key, major=major, **more)
        self.clock.set(await self.scheduled(key))
        await self.act("change.begin", key)

    async def done(self, key: str, *, major: bool = False, outcome: str = "successful") -> None:
        """The change implemented, reviewed where that is due, and closed."""
        await self.act("change.complete", key, outcome=ChangeOutcome(outcome))
        if major or outcome == "failed":
            await self.act("change.review", key, "looked at it", aim_met=not major, by="bob")
        await self.act("change.close", key)

    async def model(self) -> str:
        """A standard change that is approved."""
        given = {"steps": ["do it"], "may_alter": ["Server"], "back_out": "undo it"}
        key = str(await self.act("standard_change.register", "new disk", **given))
        await self.act("standard_change.approve", key, by="cas")
        return key

    # --- improvements ----------------------------------------------------------------------

    async def suggestion(self, *, evaluated: bool = True, worth: str = "high", **more: Any) -> str:
        """A suggestion that says what it is about, and is evaluated."""
        given = {"description": "it has failed twice", **more}
        key = str(await self.act("suggestion.register", "a spare", **given))
        if evaluated:
            other = "high" if worth == "low" else "low"
            classes = {"value": worth, "effort": other, "urgency": worth}
            await self.act("suggestion.evaluate", key, **classes)
        return key

    async def improvement(self, suggestion: str = "", **more: Any) -> str:
        """An improvement that somebody answers for."""
        given = {"owner": "ann", "due_at": self.soon(400 * DAY), **more}
        ref = suggestion or await self.suggestion()
        return str(await self.act("suggestion.accept", ref, "it is worth it", **given))

    async def action(self, improvement: str, *, owner: str = "ann", within: int = 100) -> str:
        """One of its actions, with a day and somebody who does it."""
        given = {"due_at": self.soon(within * DAY), "owner": owner}
        return str(await self.act("improvement_action.register", improvement, "buy it", **given))

    async def improved(self, key: str, action: str, *, seen: str = "never down since") -> None:
        """The improvement implemented and reviewed at once."""
        await self.act("improvement_action.complete", action)
        await self.act("improvement.implement", key)
        await self.act("improvement.review", key, "improved", seen)


@asynccontextmanager
async def told(endpoint: Endpoint) -> AsyncIterator[Story]:
    """A story that begins with its people, on an empty graph."""
    clock = ManualClock(START)
    async with emptied(endpoint, clock) as graph:
        story = Story(graph, clock)
        await story.people()
        yield story
