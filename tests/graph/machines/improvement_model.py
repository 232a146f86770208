"""Suggestions, improvements and their actions by the specification: PR14 of the processes page.

Plain Python that shares nothing with the product. Points are those of the policy that comes with
it, as its reference prints them.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from graph.machines.machine import Kept, Model
from graph.machines.stage import Estate

POINTS = {
    "value": {"high": 3, "medium": 2, "low": 1},
    "effort": {"low": 3, "medium": 2, "high": 1},
    "urgency": {"high": 3, "medium": 2, "low": 1},
}
ILLEGAL = "ILLEGAL_TRANSITION"


@dataclass(eq=False)
class Suggestion(Kept):
    finding: str
    status: str = "registered"
    seen: int = 1
    score: int | None = None
    decision: str = ""
    told: str = ""
    closed_at: datetime | None = None
    comments: int = 0
    owner: str = ""


@dataclass(eq=False)
class Improvement(Kept):
    of: Suggestion
    status: str = "planned"
    aims: bool = False
    implemented_at: datetime | None = None
    effect: str = ""
    review: str = ""
    closed_at: datetime | None = None
    comments: int = 0


@dataclass(eq=False)
class Action(Kept):
    of: Improvement
    status: str = "open"
    progress: int = 0
    closed_at: datetime | None = None
    notes: list[str] = field(default_factory=list)


class ImprovementModel(Model):
    """Which verb leads where, what forbids it, and what it does."""

    OVER = frozenset({"accepted", "rejected", "reviewed", "cancelled", "done"})
    WAYS: ClassVar[dict[str, dict[str, str]]] = {
        "act": {"planned": "ongoing", "ongoing": "ongoing"},
        "aim": {"planned": "planned", "ongoing": "ongoing"},
        "implement": {"ongoing": "implemented"},
        "review": {"implemented": "reviewed"},
        "cancel": {"planned": "cancelled", "ongoing": "cancelled"},
    }

    def __init__(self, estate: Estate) -> None:
        super().__init__(estate)
        self.records = {"suggestion": [], "improvement": [], "action": []}

    def levels(self) -> dict[str, str]:
        """Nothing here has an effect on elements."""
        return dict.fromkeys(self.estate.keys, "up")

    def illegal(self, it: Improvement, does: str) -> set[str]:
        return set() if it.status in self.WAYS[does] else {ILLEGAL}

    def go(self, it: Improvement, does: str) -> None:
        it.status = self.WAYS[does][it.status]
        if it.status in self.OVER:
            it.closed_at = self.at

    # --- suggestions (PR14.1, PR14.2) ----------------------------------------------------------

    def suggestion_register(self, title: str, finding: str) -> set[str]:
        """The same finding again is the same suggestion, as long as that is not decided."""
        if not title.strip():
            return {"BAD_INPUT"}
        for each in self.live("suggestion"):
            if finding and each.finding == finding:
                each.seen += 1
                return set()
        self.add("suggestion", Suggestion(finding))
        return set()

    def suggestion_evaluate(
        self, ref: Suggestion, value: str, effort: str, urgency: str
    ) -> set[str]:
        given = {"value": value, "effort": effort, "urgency": urgency}
        wrong = set() if ref.status in {"registered", "evaluated"} else {ILLEGAL}
        if any(word not in POINTS[side] for side, word in given.items()):
            wrong.add("BAD_INPUT")
        if not wrong:
            ref.status = "evaluated"
            ref.score = sum(POINTS[side][word] for side, word in given.items())
        return wrong

    def suggestion_accept(self, suggestion: Suggestion, decision: str) -> set[str]:
        """An improvement follows it; what nobody has evaluated is not decided on."""
        wrong = said(decision) | (set() if suggestion.status == "evaluated" else {ILLEGAL})
        if not wrong:
            suggestion.status, suggestion.closed_at = "accepted", self.at
            suggestion.decision = decision
            self.add("improvement", Improvement(suggestion))
        return wrong

    def suggestion_reject(self, ref: Suggestion, decision: str) -> set[str]:
        wrong = said(decision)
        if ref.status not in {"registered", "returned", "evaluated"}:
            wrong.add(ILLEGAL)
        if not wrong:
            ref.status, ref.closed_at, ref.decision = "rejected", self.at, decision
        return wrong

    def suggestion_return(self, ref: Suggestion, question: str) -> set[str]:
        """Who made it is asked for what is missing; it is evaluated anew after the answer."""
        wrong = said(question)
        if ref.status not in {"registered", "evaluated"}:
            wrong.add(ILLEGAL)
        if not wrong:
            ref.status, ref.decision = "returned", question
        return wrong

    def suggestion_answer(self, ref: Suggestion, answer: str) -> set[str]:
        wrong = said(answer) | (set() if ref.status == "returned" else {ILLEGAL})
        if not wrong:
            both = f"{ref.decision}\n{answer}"
            ref.told = f"{ref.told}\n\n{both}" if ref.told else both
            ref.status, ref.decision = "registered", ""
        return wrong

    def suggestion_clone(self, ref: Suggestion, title: str) -> set[str]:
        """It is no finding, so that the other one is counted when it is found again."""
        self.add("suggestion", Suggestion("", told=ref.told))
        return set()

    def suggestion_comment(self, ref: Suggestion, text: str) -> set[str]:
        ref.comments += 1
        return set()

    def suggestion_assign(self, ref: Suggestion, owner: str) -> set[str]:
        if owner == "nobody":
            return {"NOT_FOUND"}
        ref.owner = owner
        return set()

    # --- improvements (PR14.3) -----------------------------------------------------------------

    def actions(self, it: Improvement) -> list[Action]:
        return [each for each in self.records["action"] if each.of is it]

    def improvement_clone(self, ref: Improvement, title: str) -> set[str]:
        """It follows the same suggestion, whatever became of the other."""
        self.add("improvement", Improvement(ref.of))
        return set()

    def improvement_aim(self, ref: Improvement, kpi: str) -> set[str]:
        wrong = self.illegal(ref, "aim")
        if kpi == "luck":
            wrong.add("NOT_FOUND")
        if not wrong:
            ref.aims = True
        return wrong

    def improvement_implement(self, ref: Improvement) -> set[str]:
        """Only when all actions are done or given up, and one is done."""
        wrong = self.illegal(ref, "implement")
        states = [each.status for each in self.actions(ref)]
        if "open" in states or "done" not in states:
            wrong.add("ACTIONS_OPEN")
        if not wrong:
            ref.implemented_at = self.at
            self.go(ref, "implement")
        return wrong

    def improvement_review(self, ref: Improvement, effect: str, review: str) -> set[str]:
        wrong = self.illegal(ref, "review") | said(review)
        if not wrong:
            ref.effect, ref.review = effect, review
            self.go(ref, "review")
        return wrong

    def improvement_cancel(self, ref: Improvement, why: str) -> set[str]:
        """Its open actions are given up with it."""
        wrong = self.illegal(ref, "cancel") | said(why)
        if not wrong:
            ref.review = why
            self.go(ref, "cancel")
            for each in self.actions(ref):
                if each.status == "open":
                    each.status, each.closed_at = "cancelled", self.at
        return wrong

    def improvement_comment(self, ref: Improvement, text: str) -> set[str]:
        ref.comments += 1
        return set()

    # --- actions -------------------------------------------------------------------------------

    def improvement_action_register(
        self, improvement: Improvement, title: str, due_at: str
    ) -> set[str]:
        wrong = self.illegal(improvement, "act") | said(title)
        if not wrong:
            self.go(improvement, "act")
            self.add("action", Action(improvement))
        return wrong

    def over(self, it: Action) -> set[str]:
        return {ILLEGAL} if it.status != "open" else set()

    def improvement_action_report(self, ref: Action, progress: int) -> set[str]:
        wrong = self.over(ref) | (set() if 0 <= progress <= 100 else {"BAD_INPUT"})
        if not wrong:
            ref.progress = progress
        return wrong

    def improvement_action_complete(self, ref: Action) -> set[str]:
        wrong = self.over(ref)
        if not wrong:
            ref.status, ref.progress, ref.closed_at = "done", 100, self.at
        return wrong

    def improvement_action_cancel(self, ref: Action, why: str) -> set[str]:
        wrong = self.over(ref) | said(why)
        if not wrong:
            ref.status, ref.closed_at = "cancelled", self.at
        return wrong


def said(text: Any) -> set[str]:
    """A text that has to be there."""
    return set() if text else {"BAD_INPUT"}
