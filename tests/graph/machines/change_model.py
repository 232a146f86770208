"""Changes by the specification: PR12 of the processes page, and the guide of changes.

Plain Python that shares nothing with the product. What approval takes and when reviews are due is
that of the policies that come with it, as their reference prints them.
"""

from datetime import timedelta
from typing import Any, ClassVar

from graph.machines.change_records import (
    APPROVERS,
    DUE,
    HOLDS,
    LEVELS,
    STAYS,
    WAYS,
    Change,
    Standard,
    Task,
    Variant,
    Vote,
    person,
)
from graph.machines.machine import Model
from graph.machines.stage import Estate


class ChangeModel(Model):
    """Which verb leads where, what forbids it, and what it does."""

    OVER = frozenset({"closed", "rejected", "cancelled", "retired", "done", "chosen", "declined"})
    FAILURES: ClassVar = 1
    WAYS = WAYS
    STAYS = STAYS

    def __init__(self, estate: Estate) -> None:
        super().__init__(estate)
        self.records = {"change": [], "standard": [], "task": [], "variant": []}

    def levels(self) -> dict[str, str]:
        service, application, server = self.estate.keys
        own = dict.fromkeys(self.estate.keys, 0)
        for each in self.records["change"]:
            if each.status == "implementing":
                for key, effect in each.hits.items():
                    own[key] = max(own[key], LEVELS.index(effect))
        own[service] = max(own[service], own[application])
        return {key: LEVELS[level] for key, level in own.items()}

    # --- rules that verbs share ----------------------------------------------------------------

    def illegal(self, it: Change, does: str) -> set[str]:
        allowed = self.WAYS[does] if does in self.WAYS else self.STAYS[does]
        return set() if it.status in allowed else {"ILLEGAL_TRANSITION"}

    def go(self, it: Change, does: str) -> None:
        before, it.status = it.status, self.WAYS[does][it.status]
        if it.status == "implementing":
            it.starts_at = self.at
        elif before == "implementing":
            it.ends_at = self.at
        if it.status in {"closed", "rejected", "cancelled"}:
            it.closed_at = self.at

    def typed(self, it: Change, *, preapproved: bool = False) -> str:
        """By the criteria: standard, an emergency that cannot wait, else normal (PR12.1)."""
        service, application, _ = self.estate.keys
        down = "down" in {it.hits.get(service), it.hits.get(application)}
        computed = "emergency" if it.urgent and down else "normal"
        return it.override or ("standard" if preapproved else computed)

    def outside(self, hits: dict[str, str]) -> bool:
        """Whether some elements are of kinds that the standard change does not name."""
        return not set(hits) <= {self.estate.application}

    def void(self, it: Change) -> set[str]:
        """Whether what was approved is what there is (PR12.4)."""
        standard = it.follows is not None and it.type == "standard"
        over = it.approved_until is not None and it.approved_until <= self.at
        withdrawn = standard and it.follows is not None and it.follows.status != "approved"
        return {"REASSESS_FIRST"} if over or withdrawn or it.assessed != it.print else set()

    def own(self, it: Change) -> set[str]:
        return {"SELF_APPROVAL"} if person(self.by) == person(it.requester) else set()

    def roles(self, it: Change) -> frozenset[str]:
        return frozenset(HOLDS.get(person(self.by), set()) & self.level(it)[0])

    def level(self, it: Change) -> tuple[set[str], int, timedelta | None]:
        """What approval takes (PR12.4)."""
        return APPROVERS[it.type]

    def counted(self, it: Change) -> list[Vote]:
        """Votes for what it is now: each assessment begins the voting anew."""
        since = it.assessed_at or self.at
        return [each for each in it.votes if each.on == it.assessed and each.at >= since]

    # --- registration (PR12.1) -----------------------------------------------------------------

    def change_register(
        self, title: str, changes: list[tuple[str, str]], urgent: bool, window: Any
    ) -> set[str]:
        wrong = {"BAD_INPUT"} if not title.strip() or backwards(window) else set()
        if not wrong:
            it = Change(self.by, dict(changes), "", urgent=urgent, planned=window)
            it.type = self.typed(it)
            self.add("change", it)
        return wrong

    def change_from_standard(self, follows: Standard, changes: list[tuple[str, str]]) -> set[str]:
        wrong = {"NOT_IN_THE_CATALOGUE"} if follows.status != "approved" else set()
        if self.outside(dict(changes)):
            wrong.add("OUTSIDE_THE_STANDARD")
        if not wrong:
            it = Change(self.by, dict(changes), "standard", follows=follows, status="approved")
            it.assessed, it.approved_at = it.print, self.at
            it.back_out = (follows.back_out, True) if follows.back_out else None
            self.add("change", it)
        return wrong

    def change_describe(self, ref: Change, aim: str) -> set[str]:
        return self.illegal(ref, "describe")

    def change_classify(self, ref: Change, type: str, reason: str, urgent: Any) -> set[str]:
        wrong = self.illegal(ref, "classify")
        if type == "standard":
            wrong.add("CHANGE_TYPE_UNEARNED")
        if type and not reason:
            wrong.add("OVERRIDE_REASON")
        if not wrong:
            ref.override = type
            ref.urgent = ref.urgent if urgent is None else urgent
            ref.type = self.typed(ref)
        return wrong

    def change_plan(
        self, ref: Change, changes: list[tuple[str, str]], difference: int, window: Any
    ) -> set[str]:
        """Other elements, another difference, another time; what is left out stays."""
        wrong = self.illegal(ref, "plan") | ({"BAD_INPUT"} if backwards(window) else set())
        if changes and ref.follows is not None and self.outside(dict(changes)):
            wrong.add("OUTSIDE_THE_STANDARD")
        if wrong:
            return wrong
        ref.planned = window or ref.planned
        if difference >= 0:
            ref.items = ref.version = difference
            ref.carried = 0
        if changes:
            ref.hits = dict(changes)
            ref.type = self.typed(ref)
        if ref.follows is not None and ref.approved_at and (changes or difference >= 0):
            ref.status, ref.approved_at, ref.approved_until = "registered", None, None
        return wrong

    def change_return(self, ref: Change, question: str) -> set[str]:
        wrong = self.illegal(ref, "return")
        if not wrong:
            self.go(ref, "return")
        return wrong

    def change_answer(self, ref: Change, answer: str) -> set[str]:
        wrong = self.illegal(ref, "answer")
        if not wrong:
            self.go(ref, "answer")
        return wrong

    def change_plan_back_out(self, ref: Change, steps: str, tested: bool) -> set[str]:
        wrong = self.illegal(ref, "plan_back_out")
        if not wrong:
            ref.back_out = (steps, tested)
        return wrong

    # --- assessment and decision (PR12.3, PR12.4) ----------------------------------------------

    def change_assess(self, ref: Change) -> set[str]:
        wrong = self.illegal(ref, "assess")
        if wrong:
            return wrong
        approves = (
            ref.follows is not None and ref.follows.status == "approved"
            and not ref.items and ref.status != "assessed" and not self.outside(ref.hits)
        )  # fmt: skip
        ref.type = self.typed(ref, preapproved=approves)
        ref.assessed, ref.assessed_at = ref.print, self.at
        if ref.type == "standard":
            ref.status = ref.status if ref.approved_at else "approved"
            self.settled(ref)
            ref.approved_at, ref.approved_until = self.at, None
        else:
            self.go(ref, "assess")
            ref.approved_at = ref.approved_until = None
        return wrong

    def change_approve(self, ref: Change) -> set[str]:
        wrong = self.own(ref) | self.illegal(ref, "approve")
        holds, cast = self.roles(ref), self.counted(ref)
        if not holds:
            wrong.add("NOT_AN_APPROVER")
        if person(self.by) in {person(each.voter) for each in cast}:
            wrong.add("ALREADY_VOTED")
        if ref.assessed != ref.print:
            wrong.add("REASSESS_FIRST")
        if wrong or ref.assessed is None:
            return wrong
        ref.votes.append(Vote(self.by, holds, ref.assessed, self.at))
        ref.votes_cast += 1
        deciding, quorum, valid = self.level(ref)
        roles = {role for each in self.counted(ref) for role in each.roles}
        if len(roles & deciding) >= quorum:
            self.go(ref, "approve")
            self.settled(ref)
            ref.approved_at = self.at
            ref.approved_until = self.at + valid if valid else None
        return wrong

    def change_reject(self, ref: Change, why: str) -> set[str]:
        wrong = self.own(ref) | self.illegal(ref, "reject")
        if not self.roles(ref):
            wrong.add("NOT_AN_APPROVER")
        if not wrong:
            ref.votes_cast += 1
            self.go(ref, "reject")
            self.settled(ref)
        return wrong

    def change_schedule(self, ref: Change, window: Any) -> set[str]:
        wrong = self.illegal(ref, "schedule") | self.void(ref)
        when = window or ref.planned
        if backwards(window) or when is None or when[1] <= self.at:
            wrong.add("BAD_INPUT")
        if not wrong:
            ref.planned = when
            self.go(ref, "schedule")
        return wrong

    # --- from its beginning to its end (PR12.5) ------------------------------------------------

    def change_begin(self, ref: Change) -> set[str]:
        wrong = self.illegal(ref, "begin") | self.void(ref)
        if ref.type in {"normal", "major"}:
            if ref.planned is None:
                wrong.add("NOT_SCHEDULED")
            elif not ref.planned[0] <= self.at < ref.planned[1]:
                wrong.add("OUTSIDE_ITS_WINDOW")
        if not wrong:
            ref.begun_by = self.by
            self.go(ref, "begin")
        return wrong

    def change_complete(self, ref: Change, outcome: str) -> set[str]:
        wrong = self.illegal(ref, "complete")
        tasks = [each for each in self.tasks(ref) if each.status == "open"]
        well = outcome != "failed"
        if well and tasks and ref.follows is None:
            wrong.add("TASKS_OPEN")
        if not wrong:
            if well:
                for each in tasks:
                    each.status, each.closed_at = "done", self.at
            self.ended(ref, "complete", outcome)
        return wrong

    def change_back_out(self, ref: Change, result: str) -> set[str]:
        wrong = self.illegal(ref, "back_out")
        if not wrong:
            self.ended(ref, "back_out", "backed_out")
        return wrong

    def ended(self, it: Change, does: str, outcome: str) -> None:
        it.outcome, it.done_by = outcome, self.by
        days = DUE.get((it.type, outcome))
        if days is not None:
            it.review_due = self.at + timedelta(days=days)
            it.reviews.append(False)
        self.go(it, does)
        if it.follows is not None:
            failed = outcome in {"failed", "backed_out"}
            it.follows.used += 1
            it.follows.failed += failed
            it.follows.since += failed
            if failed and it.follows.since > self.FAILURES and it.follows.status == "approved":
                it.follows.status = "suspended"

    def change_apply(self, ref: Change) -> set[str]:
        wrong = self.illegal(ref, "apply")
        if ref.outcome == "backed_out":
            wrong.add("ILLEGAL_TRANSITION")
        if ref.carried >= ref.items:
            wrong.add("DIFFERENCE_DONE")
        if not wrong:
            ref.carried += 1
        return wrong

    def change_set_aside(self, ref: Change, why: str) -> set[str]:
        wrong = self.illegal(ref, "set_aside")
        if "process_manager" not in HOLDS.get(person(self.by), set()):
            wrong.add("NOT_RESPONSIBLE")
        if ref.carried >= ref.items:
            wrong.add("DIFFERENCE_DONE")
        if not wrong:
            ref.carried += 1
        return wrong

    def change_suspect(self, ref: Change) -> set[str]:
        return self.illegal(ref, "blame")

    def change_blame(self, ref: Change, incidents: list[str]) -> set[str]:
        wrong = self.illegal(ref, "blame")
        ref.blamed = ref.blamed or not wrong
        return wrong

    def change_review(self, ref: Change, findings: str, aim_met: bool) -> set[str]:
        wrong = self.illegal(ref, "review")
        involved = {person(each) for each in (ref.requester, ref.begun_by, ref.done_by)}
        if ref.type == "emergency" and person(self.by) in involved:
            wrong.add("SELF_REVIEW")
        if not wrong:
            ref.reviews, ref.review_due = [*ref.reviews[:-1], True], None
            self.go(ref, "review")
        return wrong

    def change_close(self, ref: Change) -> set[str]:
        wrong = self.illegal(ref, "close")
        if not all(ref.reviews):
            wrong.add("REVIEW_DUE")
        if ref.outcome == "successful" and ref.carried < ref.items:
            wrong.add("DIFFERENCE_OPEN")
        if not wrong:
            self.go(ref, "close")
        return wrong

    def change_cancel(self, ref: Change) -> set[str]:
        wrong = self.illegal(ref, "cancel")
        if not wrong:
            self.go(ref, "cancel")
            self.settled(ref)
        return wrong

    # --- other ways to carry it out (PR12.3) ---------------------------------------------------

    def proposed(self, it: Change) -> list[Variant]:
        """Its variants that are not decided on."""
        found: list[Variant] = self.live("variant")
        return [each for each in found if each.of is it]

    def settled(self, it: Change) -> None:
        """What was not chosen until now is declined."""
        for each in self.proposed(it):
            each.status = "declined"

    def change_variant_propose(
        self,
        variant_of: Change,
        title: str,
        changes: list[tuple[str, str]],
        difference: int,
        window: Any,
    ) -> set[str]:
        """What is left out is as the change plans it now."""
        wrong = self.illegal(variant_of, "propose")
        if backwards(window):
            wrong.add("BAD_INPUT")
        if not wrong:
            hits = dict(changes) or dict(variant_of.hits)
            version = difference if difference >= 0 else variant_of.version
            planned = window or variant_of.planned
            self.add("variant", Variant(variant_of, hits, planned, version))
        return wrong

    def change_compare_variants(self, ref: Change) -> set[str]:
        wrong = self.illegal(ref, "compare")
        if not self.proposed(ref):
            wrong.add("NO_VARIANT")
        if not wrong:
            for each in self.proposed(ref):
                each.compared = True
        return wrong

    def change_variant_choose(self, ref: Variant, decision: str) -> set[str]:
        """It becomes the plan, which nobody has assessed; the others are declined."""
        it, wrong = ref.of, self.illegal(ref.of, "choose")
        if ref.status != "proposed":
            wrong.add("ILLEGAL_TRANSITION")
        if not decision.strip():
            wrong.add("BAD_INPUT")
        if not all(each.compared for each in self.proposed(it)):
            wrong.add("COMPARE_FIRST")
        if it.follows is not None and self.outside(ref.hits):
            wrong.add("OUTSIDE_THE_STANDARD")
        if wrong:
            return wrong
        it.hits, it.planned = dict(ref.hits), ref.planned or it.planned
        it.items = it.version = ref.version
        it.carried, it.type = 0, self.typed(it)
        self.go(it, "choose")
        self.settled(it)
        ref.status = "chosen"
        return wrong

    def change_variant_decline(self, ref: Variant, decision: str) -> set[str]:
        if ref.status != "proposed":
            return {"ILLEGAL_TRANSITION"}
        ref.status = "declined"
        return set()

    # --- tasks, and the catalogue (PR12.2) -----------------------------------------------------

    def tasks(self, it: Change) -> list[Task]:
        return [each for each in self.records["task"] if each.of is it]

    def change_task_register(self, task_of: Change, title: str) -> set[str]:
        wrong = self.illegal(task_of, "task")
        if not wrong:
            self.add("task", Task(task_of))
        return wrong

    def change_task_complete(self, ref: Task) -> set[str]:
        return self.task_over(ref, "done")

    def change_task_cancel(self, ref: Task, why: str) -> set[str]:
        return self.task_over(ref, "cancelled")

    def task_over(self, it: Task, status: str) -> set[str]:
        if it.status != "open":
            return {"ILLEGAL_TRANSITION"}
        it.status, it.closed_at = status, self.at
        return set()

    def standard_change_register(
        self, title: str, steps: list[str], may_alter: list[str]
    ) -> set[str]:
        self.add("standard", Standard({self.by}))
        return set()

    def standard_change_describe(self, ref: Standard, back_out: str) -> set[str]:
        if ref.status not in {"draft", "suspended"}:
            return {"ILLEGAL_TRANSITION"}
        ref.authors.add(self.by)
        ref.back_out = back_out
        return set()

    def standard_change_approve(self, ref: Standard) -> set[str]:
        wrong = set() if ref.status in {"draft", "suspended"} else {"ILLEGAL_TRANSITION"}
        if person(self.by) in {person(each) for each in ref.authors}:
            wrong.add("SEPARATION_OF_DUTIES")
        if not HOLDS.get(person(self.by)):
            wrong.add("NOT_AN_APPROVER")
        if not wrong:
            ref.status, ref.since = "approved", 0
        return wrong

    def standard_change_suspend(self, ref: Standard, why: str) -> set[str]:
        if ref.status != "approved":
            return {"ILLEGAL_TRANSITION"}
        ref.status = "suspended"
        return set()

    def standard_change_retire(self, ref: Standard, why: str) -> set[str]:
        if ref.status == "retired":
            return {"ILLEGAL_TRANSITION"}
        ref.status = "retired"
        return set()

    def change_comment(self, ref: Change, text: str) -> set[str]:
        ref.comments += 1
        return set()

    def change_assign(self, ref: Change, owner: str) -> set[str]:
        ref.owner = owner
        return set()


def backwards(window: Any) -> bool:
    """A planned time that is none: it ends before it begins."""
    return window is not None and window[1] <= window[0]
