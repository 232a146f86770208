"""Incidents by the specification: PR9 of the processes page, and the guide of the service desk.

Plain Python that shares nothing with the product. Times and limits are those of the policies that
come with it, as their reference prints them.
"""

from datetime import timedelta
from typing import Any, ClassVar

from graph.machines.incident_records import (
    CATEGORIES,
    CODES,
    LEVELS,
    MATRIX,
    OPEN,
    OVER,
    RESOLUTION,
    RESPONSE,
    UPDATES,
    Incident,
    Review,
)
from graph.machines.machine import Model
from graph.machines.stage import Estate


class IncidentModel(Model):
    """Which verb leads where, what forbids it, and what it does."""

    OVER = frozenset({"closed", "rejected", "completed"})
    CONFIRM_WITHIN: ClassVar = timedelta(days=7)
    REOPEN_WITHIN: ClassVar = timedelta(days=14)
    REOPEN_AT_MOST: ClassVar = 3
    STEPS: ClassVar = 4
    WAYS: ClassVar[dict[str, dict[str, str]]] = {
        "begin": {"registered": "in_progress"},
        "wait": {"registered": "waiting", "in_progress": "waiting"},
        "resume": {"waiting": "in_progress"},
        "resolve": dict.fromkeys(OPEN, "resolved"),
        "reopen": {"resolved": "in_progress"},
        "close": {"resolved": "closed"},
        "reject": dict.fromkeys(OPEN, "rejected"),
    }
    STAYS: ClassVar[dict[str, tuple[str, ...]]] = {
        **dict.fromkeys(("affect", "clear", "classify", "prioritise", "merge", "escalate",
                         "escalate_up", "update_users", "declare_major"), OPEN),
        **dict.fromkeys(("split", "stand_down", "review"), (*OPEN, "resolved")),
    }  # fmt: skip

    def __init__(self, estate: Estate) -> None:
        super().__init__(estate)
        self.records = {"incident": [], "review": []}

    # --- what there is -------------------------------------------------------------------------

    def parts(self, of: Incident) -> list[Incident]:
        return [each for each in self.records["incident"] if each.part_of is of]

    def reviewed(self, it: Incident) -> bool:
        return any(each.of is it and each.status == "completed" for each in self.records["review"])

    def levels(self) -> dict[str, str]:
        service, application, server = self.estate.keys
        own = {key: self.own(key, None) for key in self.estate.keys}
        worst = max(own[service], own[application])
        levels = {service: worst, application: own[application], server: own[server]}
        return {key: LEVELS[level] for key, level in levels.items()}

    def own(self, key: str, without: Incident | None) -> int:
        """How bad an element is by itself, by the incidents that are in effect."""
        hits = [
            each.affects[key]
            for each in self.records["incident"]
            if each.in_effect and each is not without and key in each.affects
        ]
        return max((LEVELS.index(hit) for hit in hits), default=0)

    # --- rules that verbs share ----------------------------------------------------------------

    def illegal(self, it: Incident, does: str) -> set[str]:
        allowed = self.WAYS[does] if does in self.WAYS else self.STAYS[does]
        return set() if it.status in allowed else {"ILLEGAL_TRANSITION"}

    def go(self, it: Incident, does: str) -> None:
        """Lead an incident on; its clocks and its effect follow its state."""
        before, it.status = it.in_effect, self.WAYS[does][it.status]
        it.life.append((self.at, it.status))
        if before and not it.in_effect:
            it.ends_at = self.at
        if it.in_effect:
            it.ends_at = None
        stopped, was = it.status in ("resolved", *OVER), it.resolved_at
        it.resolved_at = (was or self.at) if stopped else None
        it.closed_at = self.at if it.status in OVER else None
        if it.status in OVER:
            it.drop_steps()
        self.clocks(it)

    def clocks(self, it: Incident) -> None:
        """When its targets break or broke, and when users are to hear again."""
        stopped = it.status in ("resolved", *OVER)
        answered = next((moment for moment, state in it.life if state != "registered"), None)
        due = it.life[0][0] + RESPONSE[it.target]
        it.response_due = due if answered is None or answered >= due else None
        within = RESOLUTION[it.target]
        broken = it.broken_at(within, self.at)
        runs = it.status in {"registered", "in_progress"}
        it.resolution_due = broken or (self.at + within - it.used(self.at) if runs else None)
        last = it.told_at or it.life[0][0]
        it.update_due = None if stopped else last + UPDATES[it.priority]

    def weigh(self, it: Incident) -> None:
        """Impact by the services that are reached, urgency by redundancy and by time (PR9.1)."""
        service, application, _ = self.estate.keys
        own = {key: 0 if key in it.affects else self.own(key, it) for key in (service, application)}
        hits = {key: LEVELS.index(hit) for key, hit in it.affects.items()}
        before = max(own.values())
        after = max(hits.get(key, own[key]) for key in own)
        down = after > before and LEVELS[after] == "down"
        impact = it.override[0] or ("medium" if down else "low")
        calm = it.override[1] or ("medium" if down else "low")
        it.target = 1 if it.major else MATRIX[impact, calm]
        within = RESOLUTION[it.target]
        left = max(timedelta(), within - it.used(self.at)) / within
        by_time = "high" if left < 0.25 else "medium" if left < 0.5 else "low"
        urgency = min(by_time, "medium" if down else "low", key=("high", "medium", "low").index)
        it.impact, it.urgency = impact, it.override[1] or urgency
        it.priority = 1 if it.major else MATRIX[it.impact, it.urgency]
        self.clocks(it)

    # --- registration and what is known (PR9.1) ------------------------------------------------

    def incident_register(self, title: str, affects: list[tuple[str, str]]) -> set[str]:
        if not title.strip() or len({key for key, _ in affects}) < len(affects):
            return {"BAD_INPUT"}
        it = Incident(self.at, dict(affects), [(self.at, "registered")])
        self.add("incident", it)
        self.weigh(it)
        return set()

    def incident_clone(self, ref: Incident, title: str, affects: list[tuple[str, str]]) -> set[str]:
        """Whatever became of it: its words and category, and what it affects unless that is said."""
        it = Incident(self.at, dict(affects or ref.affects), [(self.at, "registered")])
        it.category = ref.category
        self.add("incident", it)
        self.weigh(it)
        return set()

    def incident_affect(self, ref: Incident, element: str, effect: str) -> set[str]:
        wrong = self.illegal(ref, "affect")
        if not wrong:
            ref.affects[element] = effect
            self.weigh(ref)
        return wrong

    def incident_clear(self, ref: Incident, element: str) -> set[str]:
        wrong = self.illegal(ref, "clear")
        if element not in ref.affects:
            wrong.add("NOT_FOUND")
        if not wrong:
            del ref.affects[element]
            self.weigh(ref)
        return wrong

    def incident_classify(self, ref: Incident, category: str) -> set[str]:
        wrong = self.illegal(ref, "classify")
        if category not in CATEGORIES:
            wrong.add("UNKNOWN_CATEGORY")
        if not wrong:
            ref.category = category
        return wrong

    def incident_prioritise(
        self, ref: Incident, impact: str, urgency: str, override_reason: str
    ) -> set[str]:
        wrong = self.illegal(ref, "prioritise")
        classes = {"", "high", "medium", "low"}
        if not {impact, urgency} <= classes:
            wrong.add("UNKNOWN_CLASS")
        if (impact or urgency) and not override_reason:
            wrong.add("OVERRIDE_REASON")
        if not wrong:
            ref.override = (impact, urgency)
            self.weigh(ref)
        return wrong

    def incident_merge(self, ref: Incident, into: Incident) -> set[str]:
        wrong = self.illegal(ref, "merge") | self.illegal(into, "merge")
        if ref is into:
            wrong.add("PART_OF_ITSELF")
        if ref.part_of not in (None, into) or into.part_of is not None or self.parts(ref):
            wrong.add("PARTS_NESTED")
        if ref.major and not into.major:
            wrong.add("MAJOR_PART")
        if not wrong and ref.part_of is None:
            ref.part_of = into
            self.weigh(into)
        return wrong

    def incident_split(self, ref: Incident) -> set[str]:
        wrong = self.illegal(ref, "split")
        if ref.part_of is None:
            wrong.add("NO_PART")
        if not wrong:
            ref.part_of = None
        return wrong

    # --- dealing with it (PR9.2 – PR9.4) -------------------------------------------------------

    def incident_begin(self, ref: Incident) -> set[str]:
        wrong = self.illegal(ref, "begin")
        if not wrong:
            self.go(ref, "begin")
        return wrong

    def incident_wait(self, ref: Incident, waiting_for: str, why: str) -> set[str]:
        wrong = self.illegal(ref, "wait") | ({"BAD_INPUT"} if not why else set())
        if not wrong:
            ref.waiting_for = waiting_for
            self.go(ref, "wait")
        return wrong

    def incident_resume(self, ref: Incident) -> set[str]:
        wrong = self.illegal(ref, "resume")
        if not wrong:
            ref.waiting_for = ""
            self.go(ref, "resume")
        return wrong

    def incident_escalate(self, ref: Incident, why: str, to: str) -> set[str]:
        """To who is named, else to who owns what it affects most (PR9.3)."""
        wrong = self.illegal(ref, "escalate")
        owned = self.estate.application in ref.affects and ref.owner != "ops"
        if to == "nobody":
            wrong.add("NOT_FOUND")
        if not to and not owned:
            wrong.add("NOBODY_TO_ESCALATE_TO")
        if not wrong:
            ref.owner = to or "ops"
            ref.escalations.append(("functional", 0, False))
        return wrong

    def incident_escalate_up(self, ref: Incident, why: str, by_rule: bool) -> set[str]:
        """Owner, then manager, then service owner, then SMS owner: the path in force (PR9.3)."""
        wrong = self.illegal(ref, "escalate_up")
        if ref.level >= self.STEPS:
            wrong.add("NOBODY_ABOVE")
        elif ref.level == 0 and not ref.owner and not by_rule:
            wrong.add("NOBODY_TO_ESCALATE_TO")
        if not wrong:
            ref.level += 1
            ref.escalations.append(("hierarchical", ref.level, by_rule))
        return wrong

    def incident_update_users(self, ref: Incident, text: str) -> set[str]:
        wrong = self.illegal(ref, "update_users")
        if not wrong:
            ref.told_at = self.at
            ref.comments += 1
            ref.update_due = self.at + UPDATES[ref.priority]
        return wrong

    def incident_assign(self, ref: Incident, owner: str) -> set[str]:
        if owner == "nobody":
            return {"NOT_FOUND"}
        ref.owner = owner
        return set()

    def incident_comment(self, ref: Incident, text: str) -> set[str]:
        ref.comments += 1
        return set()

    def incident_attach(self, ref: Incident, url: str) -> set[str]:
        ref.links += 1
        return set()

    # --- its end (PR9.2, PR9.5) ----------------------------------------------------------------

    def incident_resolve(
        self, ref: Incident, resolution: str, closure_code: str, caused_in: Any
    ) -> set[str]:
        wrong = self.illegal(ref, "resolve") | ({"BAD_INPUT"} if not resolution else set())
        if closure_code and closure_code not in CODES:
            wrong.add("UNKNOWN_CLOSURE_CODE")
        if wrong:
            return wrong
        for each in (ref, *self.parts(ref)):
            if each.status in OPEN:
                part = each is not ref
                each.resolution = f"with {ref.key}: {resolution}" if part else resolution
                each.code, each.waiting_for = closure_code or CODES[0], ""
                self.go(each, "resolve")
        ref.caused_in = caused_in or ref.caused_in
        return wrong

    def incident_reopen(self, ref: Incident, why: str) -> set[str]:
        wrong = self.illegal(ref, "reopen")
        late = ref.resolved_at is not None and self.at > ref.resolved_at + self.REOPEN_WITHIN
        if ref.reopened >= self.REOPEN_AT_MOST or late:
            wrong.add("REOPEN_LIMIT")
        if not wrong:
            ref.reopened += 1
            ref.code = ""
            self.go(ref, "reopen")
        return wrong

    def incident_close(self, ref: Incident, confirmed: bool) -> set[str]:
        wrong = self.illegal(ref, "close")
        if not confirmed and self.at < (ref.resolved_at or self.at) + self.CONFIRM_WITHIN:
            wrong.add("CONFIRMATION_MISSING")
        going = [each for each in self.parts(ref) if each.status in OPEN]
        ending = [ref, *(each for each in self.parts(ref) if each.status not in OVER)]
        if going:
            wrong.add("PARTS_OPEN")
        if any(each.major_since and not self.reviewed(each) for each in ending):
            wrong.add("MAJOR_REVIEW_MISSING")
        if any(each.steps_open for each in ending):
            wrong.add("STEPS_OPEN")
        if not wrong:
            for each in ending:
                each.confirmed = confirmed
                self.go(each, "close")
        return wrong

    def incident_reject(self, ref: Incident, given_up_as: str, why: str) -> set[str]:
        wrong = self.illegal(ref, "reject")
        if any(each.status not in OVER for each in self.parts(ref)):
            wrong.add("PARTS_OPEN")
        if not wrong:
            ref.code, ref.resolution, ref.waiting_for = given_up_as, why, ""
            self.go(ref, "reject")
        return wrong

    # --- major incidents (PR9.6) ---------------------------------------------------------------

    def incident_declare_major(self, ref: Incident, coordinator: str, why: str) -> set[str]:
        wrong = self.illegal(ref, "declare_major")
        if ref.major:
            wrong.add("MAJOR_ALREADY")
        if coordinator not in {"ada", "bob", "eve", "joe"}:
            wrong.add("NOT_FOUND")
        if not wrong:
            ref.major_since, ref.stood_down_at, ref.coordinator = self.at, None, coordinator
            back = [mark if mark != "dropped" else "" for mark in ref.marks]
            ref.marks = back or [""] * 5
            self.weigh(ref)
        return wrong

    def incident_stand_down(self, ref: Incident, why: str) -> set[str]:
        wrong = self.illegal(ref, "stand_down")
        if not ref.major:
            wrong.add("NOT_MAJOR")
        if not wrong:
            ref.stood_down_at = self.at
            ref.drop_steps()
            self.weigh(ref)
        return wrong

    def incident_complete_step(self, ref: Incident, number: int) -> set[str]:
        wrong = {"ILLEGAL_TRANSITION"} if ref.status in OVER else set()
        if number > len(ref.marks):
            wrong.add("NOT_FOUND")
        elif ref.marks[number - 1]:
            wrong.add("STEP_DONE")
        elif ref.waits(number - 1):
            wrong.add("STEPS_IN_ORDER")
        if not wrong:
            ref.marks[number - 1] = "done"
        return wrong

    def major_incident_review_register(self, incident: Incident) -> set[str]:
        wrong = self.illegal(incident, "review")
        if incident.major_since is None:
            wrong.add("NOT_MAJOR")
        if not wrong:
            self.add("review", Review(incident))
        return wrong

    def major_incident_review_describe(
        self, ref: Review, findings: str, actions: list[str]
    ) -> set[str]:
        wrong = {"ILLEGAL_TRANSITION"} if ref.status != "open" else set()
        if not wrong:
            ref.findings, ref.actions = findings, actions
        return wrong

    def major_incident_review_complete(self, ref: Review) -> set[str]:
        wrong = {"ILLEGAL_TRANSITION"} if ref.status != "open" else set()
        if not ref.findings or not ref.actions:
            wrong.add("REVIEW_EMPTY")
        if not wrong:
            ref.status, ref.closed_at = "completed", self.at
        return wrong
