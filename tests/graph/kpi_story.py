"""A year of an organisation whose processes go well and badly, by its verbs and a driven clock.

What becomes of records takes turns, so that a short year holds all of it; how long it takes is left
to chance.
"""

import random
from collections import Counter
from datetime import timedelta
from typing import Any

from fitsm_graph.chm.approving import ChangeOutcome
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.service import register_element, relate
from fitsm_graph.confm.sweeping import sweep_deviations
from fitsm_graph.confm.types import define_types, from_files
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.confm_records import Attested
from fitsm_graph.model.rdm_records import KindOfTest
from graph.conformity_story import DAY, HOUR, SYSTEM, Story
from graph.syncing import REGISTRY, promising, run


class Year:
    """What happens, as chance decides how long it takes."""

    def __init__(self, story: Story, seed: int) -> None:
        self.story, self.chance = story, random.Random(seed)
        self.act = story.act
        self.turns: Counter[str] = Counter()
        self.host = self.promised = ""

    def pick(self, what: str, *choices: Any) -> Any:
        """One of some choices, each in its turn."""
        self.turns[what] += 1
        return choices[(self.turns[what] - 1) % len(choices)]

    async def passes(self, most: timedelta) -> None:
        await self.story.passes(most * self.chance.random() + timedelta(microseconds=1_234))

    async def goes_on(self, rounds: int) -> None:
        """So many rounds, in each of which something of every process happens."""
        await self.story.graph.write(define_types, SYSTEM, from_files())
        self.host = await self.story.element()
        await self.promise()
        await self.story.graph.keep("confm.keep_sweep", seq=0)
        for _ in range(rounds):
            for happens in (
                *(self.incidents, self.requests, self.problem, self.hosting, self.changes),
                *(self.away, self.release, self.deviations, self.verification, self.improvements),
                self.trends,
            ):
                await happens()
                await self.passes(4 * DAY)

    async def keys(self, asked: str, key: str) -> list[str]:
        return [each for (each,) in await run(self.story.graph, asked, key=key)]

    async def promise(self) -> None:
        """A service that has to be there for 99 of 100 hours of each month."""
        host = await self.story.element()
        service = ElementDraft(kind="Service", key="promised", name="promised", criticality=1)
        await self.story.graph.write(register_element, SYSTEM, REGISTRY, service)
        tie = RelationDraft(type="DEPENDS_ON", source="promised", target=host)
        await self.story.graph.write(relate, SYSTEM, REGISTRY, tie)
        agreed = {"percent": 99, "per": "month"}
        self.story.policies = promising(self.story.policies, "promised", agreed)
        self.promised = host

    async def away(self) -> None:
        """It is away for hours, or for a day; twice at once."""
        given = {"effect": "down", "owner": "", "begun": False}
        first = await self.story.incident(self.promised, **given)
        second = await self.story.incident(self.promised, **given)
        await self.story.passes(self.pick("away", HOUR, DAY))
        await self.story.resolved(first)
        await self.story.passes(self.pick("longer", HOUR, HOUR, DAY))
        await self.story.resolved(second)
        if self.pick("confirmed", "yes", "no") == "yes":
            await self.act("incident.assign", second, "ann")
            await self.act("incident.close", second, confirmed=True)

    # --- incidents and requests ------------------------------------------------------------

    async def incident(self) -> str:
        return await self.story.incident(self.host, owner="", begun=False)

    async def incidents(self) -> None:
        """Some are resolved sooner or later, some opened again, rejected, or left."""
        for _ in range(5):
            key = await self.incident()
            await self.passes(self.pick("time", HOUR, 9 * DAY, 4 * DAY))
            ends = self.pick("end", "resolved", "again", "rejected", "reopened", "left", "closed")
            if ends == "rejected":
                await self.act("incident.reject", key, "withdrawn", "it was none")
            elif ends != "left":
                await self.story.resolved(key)
            if ends in {"again", "reopened"}:
                await self.passes(3 * DAY)
                await self.act("incident.reopen", key, "it is there again")
            if ends == "again":
                await self.passes(9 * DAY)
                await self.story.resolved(key)
            if ends == "closed":
                await self.act("incident.close", key, confirmed=True)

    async def requests(self) -> None:
        if not self.turns["offering"]:
            await self.story.request()
        self.turns["offering"] += 1
        for _ in range(2):
            key = await self.act("service_request.register", "OFR-000001", requester="bob")
            await self.passes(self.pick("request", HOUR, 40 * DAY, 20 * DAY))
            await self.act("service_request.complete_step", key, 1)
            await self.act("service_request.fulfil", key, "it is there")

    # --- problems --------------------------------------------------------------------------

    async def problem(self) -> None:
        """With incidents before and after its known error, whose workaround may help."""
        first = await self.incident()
        given = {"incidents": [first], "investigates": [self.host], "owner": ""}
        problem = await self.story.problem(**given)
        await self.act("problem.register", "it is slow", source="analysis")
        await self.passes(20 * DAY)
        how = self.pick("known", "unverified", "verified")
        known = await self.story.known(problem, verified=how == "verified", told=False)
        second = await self.incident()
        await self.act("problem.link", problem, incidents=[second])
        for key in (first, second):
            helped = self.pick("tried", "helped", "did not", "helped") == "helped"
            await self.act("known_error.try", known, key, helped=helped)
        await self.passes(self.pick("review", 300 * DAY, DAY))
        if self.pick("looked at", "again", "not") == "again":
            await self.act("known_error.verify", known)
        ends = self.pick("solved", "left", "resolved", "rejected")
        if ends == "resolved":
            await self.story.gone(problem)
        elif ends == "rejected":
            await self.act("problem.reject", problem, "it went away")

    async def trends(self) -> None:
        """What stands out is accepted or merged, dismissed, or left."""
        review = await self.story.reviewed(await self.story.again_and_again())
        problem = ""
        for key in await self.story.undecided(review):
            how = self.pick("trend", "answered", "dismissed", "answered", "left")
            if how == "dismissed":
                await self.act("trend_finding.dismiss", key, "it is over")
            elif how == "answered" and problem:
                await self.act("trend_finding.merge", key, problem)
            elif how == "answered":
                problem = await self.act("trend_finding.accept", key)
            await self.passes(9 * DAY)

    # --- changes ---------------------------------------------------------------------------

    async def changes(self) -> None:
        for _ in range(2):
            emergency = self.pick("type", "", "emergency", "")
            bare = {"tasks": False, "back_out": False}
            key = await self.story.change(self.host, type=emergency, **bare)
            if emergency:
                await self.story.approved(key)
                await self.act("change.begin", key)
            else:
                await self.story.begun(key)
            outcome = self.pick("outcome", "successful", "failed", "successful")
            await self.act("change.complete", key, outcome=ChangeOutcome(outcome))
            if self.pick("blamed", "yes", "no", "no") == "yes":
                await self.act("change.blame", key, [await self.incident()])
            if outcome == "failed" or emergency:
                await self.passes(self.pick("reviewed", DAY, 60 * DAY))
                await self.act("change.review", key, "looked at it", aim_met=True, by="bob")

    # --- releases --------------------------------------------------------------------------

    async def release(self) -> None:
        """One that succeeds at once, at the second attempt and late, or is undone."""
        act = self.act
        change = await self.story.change(self.host, tasks=False, back_out=False)
        await self.story.approved(change)
        release = await act("release.register", "new version")
        await act("release.include", release, [change])
        starts = self.story.clock.now() + HOUR
        await act("release.schedule", release, to_text(starts), to_text(starts + 4 * HOUR))
        await act("release.plan", release)
        await act("release.build", release, "1.0")
        failed = self.pick("tests", 0, 1)
        await act("test_result.record", release, KindOfTest.FUNCTIONAL, passed=9, failed=failed)
        asked = "MATCH (:Release {key: $key})<-[:WAVE_OF]-(w) WHERE w.status = 'planned'"
        (wave,) = await self.keys(f"{asked} RETURN w.key", release)
        await act("deployment.plan_back_out", wave, "the old one", tested=True)
        await act("release.evaluate", release)
        asked = "MATCH (:Release {key: $key})<-[:CRITERION_OF]-(c) WHERE NOT c.met RETURN c.name"
        for name in await self.keys(asked, release):
            await act("release.waive", release, name, "it is known", by="ann")
        await act("release.accept", release, by="ann")
        self.story.clock.set(starts)
        await self.deployed(release, wave)

    async def deployed(self, release: str, wave: str) -> None:
        ends = self.pick("deployed", "well", "undone", "late")
        await self.act("deployment.begin", wave)
        if ends != "well":
            await self.act("deployment.fail", wave, "it does not start")
        if ends == "undone":
            await self.act("deployment.back_out", wave, "the old one runs")
        if ends == "late":
            await self.act("deployment.begin", wave)
            await self.story.passes(5 * HOUR)
        if ends != "undone":
            await self.act("deployment.complete", wave)
        if ends == "well":
            await self.incident()
        await self.story.passes(20 * DAY)
        well = ends != "undone"
        await self.act("release.review", release, "seen", success=well, by="ann")

    # --- configuration ---------------------------------------------------------------------

    async def hosting(self) -> None:
        """CIs come, get another owner, are changed past change control, and go."""
        first, second = await self.story.element(), await self.story.element()
        await self.act("element.own", first, "first")
        known = {"serial_number": "4711", "model": "R7", "os_name": "linux"}
        full = ElementDraft(
            kind="CI", type="Server", key=f"{first}-full", name="full", attributes=known
        )
        await self.story.graph.write(register_element, SYSTEM, REGISTRY, full)
        await self.act("element.own", full.key, "first")
        await self.passes(3 * DAY)
        await self.act("element.own", first, "second")
        await self.act("element.update", self.host, {"role": f"role {self.pick('role', *'abc')}"})
        for version in ("12", "13"):
            await self.act("element.update", second, {"os_version": version})
            given = (self.story.policies, REGISTRY)
            await self.story.graph.write(sweep_deviations, SYSTEM, *given, most=100_000)
            await self.passes(DAY)
        await self.act("element.retire", self.pick("gone", first, second))

    async def deviations(self) -> None:
        for _ in range(3):
            key = await self.act("deviation.register", self.host, "8 disks", fields=["name"])
            await self.passes(10 * DAY)
            verb = self.pick("decided", "correct", "left", "accept", "correct")
            if verb != "left":
                await self.act(f"deviation.{verb}", key, "so be it", by="ann")

    async def verification(self) -> None:
        for _ in range(2):
            key = await self.act("verification.begin", "default", seed=str(self.chance.random()))
            asked = "MATCH (:Verification {key: $key})-[:VERIFIES]->(n) RETURN n.key ORDER BY n.key"
            seen = (await self.keys(asked, key))[0]
            await self.act("verification.attest", key, seen, Attested.AS_RECORDED, by="ann")
            await self.passes(self.pick("verified", DAY, 30 * DAY, 60 * DAY))
            if self.pick("ended", "finished", "finished", "not") == "finished":
                await self.act("verification.finish", key, conclusion="it is so", by="ann")
            else:
                await self.act("verification.cancel", key, "another day")

    # --- improvements ----------------------------------------------------------------------

    async def improvements(self) -> None:
        for source in ("nonconformity", "audit"):
            given: dict[str, Any] = {"source": source, "finding": str(self.chance.random())}
            suggestion = await self.story.suggestion(**given)
            await self.passes(self.pick("answered", 5 * DAY, 90 * DAY, 40 * DAY))
            if self.pick("wanted", "yes", "yes", "no") == "yes":
                await self.improvement(suggestion)
            else:
                await self.act("suggestion.reject", suggestion, "no room")

    async def improvement(self, suggestion: str) -> None:
        due = self.story.soon(20 * DAY * self.chance.random())
        key = await self.story.improvement(suggestion, due_at=due)
        actions = [await self.story.action(key, within=each) for each in (3, 30)]
        await self.passes(25 * DAY)
        await self.act("improvement_action.complete", actions[0])
        if self.pick("needed", "no", "yes") == "yes":
            await self.act("improvement_action.complete", actions[1])
        else:
            await self.act("improvement_action.cancel", actions[1], "no need")
        if self.pick("ready", "yes", "no") == "yes":
            await self.implemented(key)

    async def implemented(self, key: str) -> None:
        await self.act("improvement.implement", key)
        await self.passes(10 * DAY)
        if self.pick("reviews", "yes", "yes", "no") == "yes":
            effect = self.pick("effect", "improved", "no_effect")
            await self.act("improvement.review", key, effect, "seen")
