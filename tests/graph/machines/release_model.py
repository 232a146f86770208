"""Releases by the specification: PR13 of the processes page, and the guide of releases.

Plain Python that shares nothing with the product. Criteria, what deployment takes and how long it is
watched are those of the policies that come with it, as their reference prints them.
"""

from datetime import timedelta
from typing import Any

from graph.machines.machine import Model
from graph.machines.release_records import (
    BEGUN,
    CRITERIA,
    FAILURES,
    LEVELS,
    REVIEW_WITHIN,
    STAYS,
    WATCH,
    WAVES,
    WAYS,
    Change,
    Release,
    Telling,
    Wave,
    person,
)
from graph.machines.stage import Estate


class ReleaseModel(Model):
    """Which verb leads where, what forbids it, and what it does."""

    OVER = frozenset({"closed", "cancelled", "performed"})
    WAYS = WAYS
    STAYS = STAYS
    WAVES = WAVES

    def __init__(self, estate: Estate) -> None:
        super().__init__(estate)
        self.records = {"release": [], "wave": [], "change": [], "telling": []}

    def levels(self) -> dict[str, str]:
        service, application, server = self.estate.keys
        own = dict.fromkeys(self.estate.keys, 0)
        hits = [
            each.hits for each in self.records["wave"] if each.status in {"deploying", "failed"}
        ]
        hits += [each.hits for each in self.records["change"] if each.status == "implementing"]
        for each in hits:
            for key, effect in each.items():
                own[key] = max(own[key], LEVELS.index(effect))
        own[application] = max(own[application], own[server])
        own[service] = max(own[service], own[application])
        return {key: LEVELS[level] for key, level in own.items()}

    # --- rules that verbs share ----------------------------------------------------------------

    def illegal(self, it: Release, does: str) -> set[str]:
        allowed = self.WAYS[does] if does in self.WAYS else self.STAYS[does]
        return set() if it.status in allowed else {"ILLEGAL_TRANSITION"}

    def illegal_wave(self, it: Wave, does: str) -> set[str]:
        """The wave and its release have to stand where the verb begins."""
        wrong = self.illegal(it.of, does) if does != "review" else set()
        if it.status not in self.WAVES[does]:
            wrong.add("GONE" if it.status == "cancelled" else "ILLEGAL_TRANSITION")
        return {"NOT_FOUND"} if "GONE" in wrong else wrong

    def waves(self, it: Release) -> list[Wave]:
        """Those that were not given up, in their order."""
        mine = [each for each in self.records["wave"] if each.of is it]
        return [each for each in mine if each.status != "cancelled"]

    def inside(self, it: Release) -> list[Change]:
        return [each for each in self.records["change"] if it in each.releases]

    def give_up(self, it: Release) -> None:
        for each in self.waves(it):
            if each.status == "planned":
                each.status = "cancelled"

    def anew(self, it: Release, does: str) -> None:
        """What it contains or has to meet is otherwise: it is planned and accepted anew."""
        self.give_up(it)
        it.status, it.accepted_at = self.WAYS[does][it.status], None

    def typed(self, it: Release) -> str:
        return it.override or ("emergency" if it.urgent else "minor")

    def withdrawn(self, it: Release) -> set[str]:
        waiting = {"approved", "scheduled"}
        gone = [each for each in self.inside(it) if each.status not in waiting]
        return {"CHANGE_WITHDRAWN"} if gone else set()

    def decides(self, it: Release) -> set[str]:
        wrong = {"SELF_APPROVAL"} if person(self.by) == person(it.requester) else set()
        return wrong | (set() if person(self.by) == "bob" else {"NOT_AN_APPROVER"})

    def over(self, it: Release, outcome: str) -> None:
        it.outcome, it.deployed_at = outcome, self.at
        it.watched_until = self.at + timedelta(days=WATCH[it.type])
        it.review_due = self.at + timedelta(days=REVIEW_WITHIN[it.type])

    def end_changes(self, it: Release, outcome: str) -> None:
        """Its changes end with it; those that were withdrawn have no outcome."""
        for each in self.inside(it):
            if each.status in {"approved", "scheduled"}:
                each.status = "backed_out" if outcome == "backed_out" else "implemented"
                each.outcome, each.starts_at, each.ends_at = outcome, it.begun_at, self.at

    # --- what it contains (PR13.1 – PR13.3) ----------------------------------------------------

    def release_register(self, title: str, urgent: bool) -> set[str]:
        if not title.strip():
            return {"BAD_INPUT"}
        it = Release(self.by, urgent)
        it.type = self.typed(it)
        self.add("release", it)
        return set()

    def release_describe(self, ref: Release, description: str) -> set[str]:
        return self.illegal(ref, "describe")

    def release_classify(self, ref: Release, type: str, reason: str, urgent: Any) -> set[str]:
        wrong = self.illegal(ref, "classify")
        if type and not reason:
            wrong.add("OVERRIDE_REASON")
        if not wrong:
            ref.override, ref.urgent = type, ref.urgent if urgent is None else urgent
            ref.type = self.typed(ref)
            self.anew(ref, "classify")
        return wrong

    def release_include(self, ref: Release, changes: list[Change]) -> set[str]:
        """What fits is taken in, the rest is left out: no refusal."""
        wrong = self.illegal(ref, "include")
        if wrong:
            return wrong
        fits = []
        for each in changes:
            elsewhere = [of for of in each.releases if of.status not in self.OVER and of is not ref]
            ready = each.status in {"approved", "scheduled"} and each.until > self.at
            if ready and not elsewhere and ref not in each.releases:
                fits.append(each)
        for each in fits:
            each.releases.append(ref)
            if ref.planned:
                each.status, each.planned = "scheduled", ref.planned
        if fits:
            self.anew(ref, "include")
        return wrong

    def release_exclude(self, ref: Release, changes: list[Change]) -> set[str]:
        wrong = self.illegal(ref, "exclude")
        if any(ref not in each.releases for each in changes):
            wrong.add("NOT_FOUND")
        if not wrong:
            for each in changes:
                each.releases.remove(ref)
            self.anew(ref, "exclude")
        return wrong

    def release_schedule(self, ref: Release, window: Any) -> set[str]:
        wrong = self.illegal(ref, "schedule") | self.withdrawn(ref)
        if window[1] <= window[0] or window[1] <= self.at:
            wrong.add("BAD_INPUT")
        if not wrong:
            ref.planned = window
            for each in self.inside(ref):
                each.status, each.planned = "scheduled", window
        return wrong

    def release_plan(self, ref: Release) -> set[str]:
        """Providers before consumers: the server, then the application on it."""
        wrong = self.illegal(ref, "plan")
        hits = {key: effect for each in self.inside(ref) for key, effect in each.hits.items()}
        if not hits:
            wrong.add("RELEASE_EMPTY")
        if wrong:
            return wrong
        before = self.waves(ref)
        self.give_up(ref)
        ref.status, ref.accepted_at = "planned", None
        order = [key for key in (self.estate.server, self.estate.application) if key in hits]
        for place, key in enumerate(order, 1):
            same = [each for each in before if each.hits == {key: hits[key]}]
            back_out = same[0].back_out if same else None
            self.records["wave"].append(Wave(ref, place, {key: hits[key]}, back_out=back_out))
        return wrong

    # --- built, tested, accepted (PR13.4) ------------------------------------------------------

    def release_build(self, ref: Release, build: str) -> set[str]:
        wrong = self.illegal(ref, "build")
        if not wrong:
            ref.build = build
            self.status(ref, "build")
        return wrong

    def status(self, it: Release, does: str) -> None:
        it.status = self.WAYS[does][it.status]

    def test_result_record(
        self, release: Release, kind_of_test: str, passed: int, failed: int
    ) -> set[str]:
        wrong = self.illegal(release, "test")
        if passed < 0 or release.status == "deploying":
            wrong.add("BAD_INPUT")  # then a wave is tested, and none is named
        if not wrong:
            release.tests[release.build, kind_of_test] = passed > 0 and failed == 0
            release.results += 1
        return wrong

    def release_evaluate(self, ref: Release) -> set[str]:
        return self.illegal(ref, "evaluate")

    def release_waive(self, ref: Release, criterion: str, why: str) -> set[str]:
        wrong = self.illegal(ref, "waive") | self.decides(ref)
        if criterion not in CRITERIA[ref.type]:
            wrong.add("BAD_INPUT")
        if not wrong:
            ref.waived[criterion] = ref.build
        return wrong

    def met(self, it: Release, criterion: str) -> bool:
        if it.waived.get(criterion) == it.build:
            return True
        if criterion == "back-out":
            return all(each.back_out for each in self.waves(it))
        if criterion == "people-told":
            mine = [each for each in self.telling(it) if each.status != "cancelled"]
            return bool(mine) and all(each.status == "performed" for each in mine)
        kind = "functional" if criterion == "what-matters" else criterion
        return it.tests.get((it.build, kind), False)

    def release_accept(self, ref: Release) -> set[str]:
        wrong = self.illegal(ref, "accept") | self.decides(ref) | self.withdrawn(ref)
        if not all(self.met(ref, each) for each in CRITERIA[ref.type]):
            wrong.add("CRITERIA_OPEN")
        if not wrong:
            ref.accepted_at = self.at
            self.status(ref, "accept")
        return wrong

    # --- people are told (PR13.3) --------------------------------------------------------------

    def telling(self, it: Release) -> list[Telling]:
        return [each for each in self.records["telling"] if each.of is it]

    def communication_register(self, release: Release, title: str) -> set[str]:
        wrong = self.illegal(release, "tell")
        if not wrong:
            self.add("telling", Telling(release))
        return wrong

    def communication_perform(self, ref: Telling) -> set[str]:
        return self.told(ref, "performed")

    def communication_cancel(self, ref: Telling, why: str) -> set[str]:
        return self.told(ref, "cancelled")

    def told(self, it: Telling, status: str) -> set[str]:
        if it.status != "planned":
            return {"ILLEGAL_TRANSITION"}
        it.status = status
        return set()

    # --- deployed (PR13.5, PR13.6) -------------------------------------------------------------

    def deployment_plan_back_out(self, ref: Wave, steps: str, tested: bool) -> set[str]:
        wrong = self.illegal_wave(ref, "plan_back_out")
        if not wrong:
            ref.back_out = (steps, tested)
        return wrong

    def deployment_begin(self, ref: Wave) -> set[str]:
        wrong, it = self.illegal_wave(ref, "begin"), ref.of
        if any(each.status != "deployed" for each in self.waves(it) if each.number < ref.number):
            wrong.add("WAVE_ORDER")
        tested = it.type == "major"
        if ref.back_out is None or (tested and not ref.back_out[1]):
            wrong.add("BACK_OUT_MISSING")
        if it.type != "emergency":
            if it.planned is None:
                wrong.add("NOT_SCHEDULED")
            elif not it.planned[0] <= self.at < it.planned[1]:
                wrong.add("OUTSIDE_ITS_WINDOW")
        wrong |= self.withdrawn(it)
        if it.begun_at is None and any(each.until <= self.at for each in self.inside(it)):
            wrong.add("REASSESS_FIRST")
        if not wrong:
            self.status(it, "begin")
            it.begun_at = it.begun_at or self.at
            it.deployers.add(self.by)
            ref.status, ref.deployer, ref.attempts = "deploying", self.by, ref.attempts + 1
        return wrong

    def deployment_complete(self, ref: Wave) -> set[str]:
        wrong = self.illegal_wave(ref, "complete")
        if not wrong:
            ref.status = "deployed"
            if all(each.status == "deployed" for each in self.waves(ref.of)):
                self.over(ref.of, "successful")
                self.end_changes(ref.of, "successful")
                self.status(ref.of, "complete")
        return wrong

    def deployment_fail(self, ref: Wave, result: str) -> set[str]:
        wrong = self.illegal_wave(ref, "fail")
        if not wrong:
            ref.status = "failed"
            ref.of.failures += 1
            if ref.of.failures > FAILURES[ref.of.type]:
                self.over(ref.of, "failed")
                self.status(ref.of, "fail")
        return wrong

    def deployment_back_out(self, ref: Wave, result: str) -> set[str]:
        wrong, it = self.illegal_wave(ref, "back_out"), ref.of
        begun = [each for each in self.waves(it) if each.status in BEGUN and each is not ref]
        if any(each.number > ref.number for each in begun):
            wrong.add("WAVE_ORDER")
        if not wrong:
            ref.status = "backed_out"
            if not begun:
                self.over(it, "backed_out")
                self.end_changes(it, "backed_out")
                self.status(it, "back_out")
        return wrong

    def deployment_review(self, ref: Wave, findings: str, success: bool) -> set[str]:
        wrong = self.illegal_wave(ref, "review")
        if ref.deployer and person(self.by) == person(ref.deployer):
            wrong.add("SELF_REVIEW")
        return wrong

    def release_review(self, ref: Release, findings: str, success: bool) -> set[str]:
        wrong = self.illegal(ref, "review")
        involved = {person(each) for each in (ref.requester, *ref.deployers)}
        if ref.type != "minor" and person(self.by) in involved:
            wrong.add("SELF_REVIEW")
        if success and ref.outcome != "successful":
            wrong.add("NOT_A_SUCCESS")
        if not wrong:
            if ref.outcome == "failed":
                self.end_changes(ref, "failed")
            for each in self.waves(ref):
                each.status = "cancelled" if each.status == "planned" else "reviewed"
            ref.review_due = None
            self.status(ref, "review")
        return wrong

    def release_close(self, ref: Release) -> set[str]:
        wrong = self.illegal(ref, "close")
        if any(each.status == "planned" for each in self.telling(ref)):
            wrong.add("COMMUNICATION_OPEN")
        if not wrong:
            self.status(ref, "close")
            ref.closed_at = self.at
        return wrong

    def release_cancel(self, ref: Release, why: str) -> set[str]:
        wrong = self.illegal(ref, "cancel")
        if not wrong:
            self.give_up(ref)
            self.status(ref, "cancel")
            ref.closed_at = self.at
        return wrong

    # --- its changes by themselves -------------------------------------------------------------

    def change_begin(self, ref: Change) -> set[str]:
        wrong = set() if ref.status in {"approved", "scheduled"} else {"ILLEGAL_TRANSITION"}
        if any(each.status not in self.OVER for each in ref.releases):
            wrong.add("PART_OF_A_RELEASE")
        if ref.until <= self.at:
            wrong.add("REASSESS_FIRST")
        if ref.planned is None:
            wrong.add("NOT_SCHEDULED")
        elif not ref.planned[0] <= self.at < ref.planned[1]:
            wrong.add("OUTSIDE_ITS_WINDOW")
        if not wrong:
            ref.status, ref.starts_at = "implementing", self.at
        return wrong

    def change_cancel(self, ref: Change) -> set[str]:
        if ref.status not in {"approved", "scheduled", "implementing"}:
            return {"ILLEGAL_TRANSITION"}
        ref.ends_at = self.at if ref.status == "implementing" else None
        ref.status = "cancelled"
        return set()
