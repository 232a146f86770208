"""Problems and known errors by the specification: PR10 of the processes page.

Plain Python that shares nothing with the product. Classes of urgency and times of review are those
of the policies that come with it, as their reference prints them.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from graph.machines.machine import Kept, Model
from graph.machines.stage import Estate

PRIORITY = {
    ("medium", "high"): 2, ("medium", "medium"): 3, ("medium", "low"): 4,
    ("low", "high"): 3, ("low", "medium"): 4, ("low", "low"): 4,
}  # fmt: skip
OVER = ("resolved", "rejected")


@dataclass(eq=False)
class Fact:
    """An incident, as far as problems look at it."""

    begun: datetime
    ends_at: datetime | None = None
    problem: "Problem | None" = None


@dataclass(eq=False)
class Problem(Kept):
    suspected: set[str]
    status: str = "registered"
    cause: str = ""
    resolution: str = ""
    missing: str = ""
    told: str = ""
    priority: int = 0
    counted: int = 0
    hours: float = 0.0
    closed_at: datetime | None = None
    comments: int = 0
    owner: str = ""


@dataclass(eq=False)
class Known(Kept):
    """A known error.

    Attributes:
        tried: Whether its workaround helped, by number of the incident; another workaround begins
            anew.
    """

    of: Problem
    cause: str
    workaround: str
    review_due: datetime
    status: str = "active"
    verified_at: datetime | None = None
    verified_by: str = ""
    tried: dict[int, bool] = field(default_factory=dict)
    told_at: datetime | None = None
    closed_at: datetime | None = None


class ProblemModel(Model):
    """Which verb leads where, what forbids it, and what it does."""

    OVER = frozenset({*OVER, "retired"})
    UNVERIFIED: ClassVar = timedelta(days=30)
    VERIFIED: ClassVar = timedelta(days=90)
    WAYS: ClassVar[dict[str, dict[str, str]]] = {
        "link": {each: each for each in ("registered", "returned", "diagnosed", "known_error")},
        "prioritise": {
            each: each for each in ("registered", "returned", "diagnosed", "known_error")
        },
        "return": {"registered": "returned"},
        "answer": {"returned": "registered"},
        "diagnose": {
            "registered": "diagnosed", "diagnosed": "diagnosed", "known_error": "known_error",
        },
        "known": dict.fromkeys(("registered", "diagnosed", "known_error"), "known_error"),
        "resolve": dict.fromkeys(("diagnosed", "known_error"), "resolved"),
        "reject": dict.fromkeys(("registered", "returned", "diagnosed", "known_error"), "rejected"),
    }  # fmt: skip

    def __init__(self, estate: Estate) -> None:
        super().__init__(estate)
        self.records = {"problem": [], "known": []}
        self.incidents: list[Fact] = []

    def levels(self) -> dict[str, str]:
        """Problems have no effect; two incidents are open all the time."""
        service, application, server = self.estate.keys
        return {service: "up", application: "up", server: "at_risk"}

    def illegal(self, it: Problem, does: str) -> set[str]:
        return set() if it.status in self.WAYS[does] else {"ILLEGAL_TRANSITION"}

    def go(self, it: Problem, does: str) -> None:
        it.status = self.WAYS[does][it.status]
        if it.status in OVER:
            it.closed_at = self.at
            for each in self.records["known"]:
                if each.of is it and each.status == "active":
                    each.status, each.closed_at = "retired", self.at

    def weigh(self, it: Problem) -> None:
        """By the reach of its elements, and by what its incidents cost (PR10.2)."""
        mine = [each for each in self.incidents if each.problem is it]
        open_ones = [each for each in mine if each.ends_at is None or each.ends_at > self.at]
        spent = sum(((each.ends_at or self.at) - each.begun for each in mine), timedelta())
        it.counted, it.hours = len(mine), round(spent.total_seconds() / 3600, 2)
        again = len(mine) >= 2 or it.hours >= 4
        grave = open_ones or len(mine) >= 5 or it.hours >= 24
        urgency = "high" if grave else "medium" if again else "low"
        down = bool({self.estate.service, self.estate.application} & it.suspected)
        it.priority = PRIORITY["medium" if down else "low", urgency]

    def taken(self, it: Problem | None, numbers: list[int]) -> set[str]:
        """An incident has one cause, unless the problem that it was said to be was rejected."""
        others = [self.incidents[number].problem for number in numbers]
        held = [each for each in others if each not in (None, it) and each.status != "rejected"]
        return {"CAUSED_BY_ANOTHER"} if held else set()

    def linked(self, it: Problem, numbers: list[int], suspected: list[str]) -> None:
        for number in numbers:
            self.incidents[number].problem = it
        it.suspected |= set(suspected)
        self.weigh(it)

    # --- problems ------------------------------------------------------------------------------

    def problem_register(
        self, title: str, investigates: list[str], incidents: list[int]
    ) -> set[str]:
        wrong = self.taken(None, incidents) | ({"BAD_INPUT"} if not title.strip() else set())
        if not wrong:
            it = Problem(set())
            self.add("problem", it)
            self.linked(it, incidents, investigates)
        return wrong

    def problem_link(self, ref: Problem, incidents: list[int], investigates: list[str]) -> set[str]:
        wrong = self.illegal(ref, "link") | self.taken(ref, incidents)
        if not wrong:
            self.linked(ref, incidents, investigates)
        return wrong

    def problem_prioritise(self, ref: Problem) -> set[str]:
        wrong = self.illegal(ref, "prioritise")
        if not wrong:
            self.weigh(ref)
        return wrong

    def problem_return(self, ref: Problem, question: str) -> set[str]:
        """Who reported it is asked for what is missing, as long as nothing is found (PR10.2)."""
        wrong = self.illegal(ref, "return") | said(question)
        if not wrong:
            ref.missing = question
            self.go(ref, "return")
        return wrong

    def problem_answer(self, ref: Problem, answer: str) -> set[str]:
        wrong = self.illegal(ref, "answer") | said(answer)
        if not wrong:
            both = f"{ref.missing}\n{answer}"
            ref.told = f"{ref.told}\n\n{both}" if ref.told else both
            ref.missing = ""
            self.go(ref, "answer")
        return wrong

    def problem_clone(self, ref: Problem, title: str) -> set[str]:
        """Whatever became of it: what it may lie in, in the same words, and none of its incidents."""
        it = Problem(set(), told=ref.told)
        self.add("problem", it)
        self.linked(it, [], sorted(ref.suspected))
        return set()

    def problem_diagnose(self, ref: Problem, cause: str) -> set[str]:
        wrong = self.illegal(ref, "diagnose") | said(cause)
        if not wrong:
            ref.cause = cause
            self.go(ref, "diagnose")
        return wrong

    def problem_resolve(self, ref: Problem, resolution: str) -> set[str]:
        """What removed the cause: that has to be known (PR10.2)."""
        wrong = self.illegal(ref, "resolve") | said(resolution)
        if not wrong:
            ref.resolution = resolution
            self.go(ref, "resolve")
        return wrong

    def problem_reject(self, ref: Problem, why: str) -> set[str]:
        wrong = self.illegal(ref, "reject") | said(why)
        if not wrong:
            ref.resolution = why
            self.go(ref, "reject")
        return wrong

    def problem_assign(self, ref: Problem, owner: str) -> set[str]:
        if owner == "nobody":
            return {"NOT_FOUND"}
        ref.owner = owner
        return set()

    def problem_comment(self, ref: Problem, text: str) -> set[str]:
        ref.comments += 1
        return set()

    def problem_attach(self, ref: Problem, url: str) -> set[str]:
        return set()

    # --- known errors (PR10.3, PR10.4) ---------------------------------------------------------

    def known_error_register(self, problem: Problem, workaround: str) -> set[str]:
        wrong = self.illegal(problem, "known")
        if not workaround and not problem.cause:
            wrong.add("BAD_INPUT")
        if not wrong:
            self.go(problem, "known")
            due = self.at + self.UNVERIFIED
            self.add("known", Known(problem, problem.cause, workaround, due))
        return wrong

    def retired(self, it: Known) -> set[str]:
        return {"ILLEGAL_TRANSITION"} if it.status != "active" else set()

    def known_error_describe(self, ref: Known, workaround: str) -> set[str]:
        wrong = self.retired(ref) | said(workaround)
        if not wrong:
            ref.workaround, ref.verified_at, ref.verified_by = workaround, None, ""
            ref.tried, ref.review_due = {}, self.at + self.UNVERIFIED
        return wrong

    def known_error_verify(self, ref: Known) -> set[str]:
        wrong = self.retired(ref)
        if not wrong:
            ref.verified_at, ref.verified_by = self.at, self.by
            ref.review_due = self.at + self.VERIFIED
        return wrong

    def known_error_try(self, ref: Known, incident: int, helped: bool) -> set[str]:
        wrong = self.retired(ref)
        if not wrong:
            ref.tried[incident] = helped
        return wrong

    def known_error_communicate(self, ref: Known, to: str) -> set[str]:
        wrong = self.retired(ref) | said(to)
        if not wrong:
            ref.told_at = self.at
        return wrong

    def known_error_retire(self, ref: Known) -> set[str]:
        wrong = self.retired(ref)
        if not wrong:
            ref.status, ref.closed_at = "retired", self.at
        return wrong


def said(text: Any) -> set[str]:
    """A text that has to be there."""
    return set() if text else {"BAD_INPUT"}
