"""Policies of problem management: urgency, reviews of known errors, trends, worth of options."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fitsm_graph.flow import criteria
from fitsm_graph.flow.class_rules import class_rules
from fitsm_graph.flow.lives import Lived
from fitsm_graph.flow.points import points_for
from fitsm_graph.flow.policies import PolicyKind
from fitsm_graph.flow.reading import Reader
from fitsm_graph.pm import trend_rules

URGENCY, REVIEW = "problem-urgency", "known-error-review"
TARGETS, PATH_NAME = "problem-targets", "problem"
RATING, SIDES = "option-rating", ("effort", "risk", "effect")
LIVES = (
    Lived(
        "Problem",
        also=("known_error.register", "problem_cause.suspect", "problem_option.propose"),
    ),
    Lived("ProblemCause"),
    Lived("ProblemOption"),
    Lived("KnownError", also=("workaround.register",)),
    Lived("Workaround"),
    Lived("TrendReview", also=("trend_review.begin",)),
    Lived("TrendFinding", also=("trend_review.begin", "trend_finding.accept")),
)


@dataclass(frozen=True, slots=True)
class ReviewOfKnownErrors:
    """How long a known error holds before somebody has to look at it again (PR10.4).

    Attributes:
        unverified: Where nobody has seen its workaround help.
        verified: Where somebody has.
    """

    unverified: timedelta
    verified: timedelta


def parse_review(_name: str, document: Any, read: Reader) -> ReviewOfKnownErrors | None:
    """Read when known errors are reviewed."""
    fields = ("unverified", "verified")
    given = read.fields(document, (), fields, fields)
    unverified = read.span(given.get("unverified"), ("unverified",))
    verified = read.span(given.get("verified"), ("verified",))
    if unverified is None or verified is None:
        return None
    if unverified > verified:
        what = "what nobody has verified would be looked at later than what somebody has"
        read.wrong("POLICY_ORDER", ("unverified",), what, "give it as long or less")
    return ReviewOfKnownErrors(unverified, verified)


@dataclass(frozen=True, slots=True)
class ProblemTargets:
    """How long problems may take until they are resolved (PR10.2).

    Attributes:
        priorities: By priority.
        otherwise: For every other one, and where none is known.
    """

    priorities: Mapping[int, timedelta]
    otherwise: timedelta

    def within(self, priority: int | None) -> timedelta:
        """How long a problem of a priority may take."""
        return self.priorities.get(priority or 0, self.otherwise)


def parse_targets(_name: str, document: Any, read: Reader) -> ProblemTargets | None:
    """Read how long problems may take."""
    fields = ("priorities", "otherwise")
    given = read.fields(document, (), fields, fields)
    otherwise = read.span(given.get("otherwise"), ("otherwise",))
    found: dict[int, timedelta] = {}
    for name, said in read.mapping(given.get("priorities"), ("priorities",), "spans").items():
        span = read.span(said, ("priorities", name))
        if not (name.isascii() and name.isdecimal() and 1 <= int(name) <= 99):
            what = f"'{name[:20]}' is no priority"
            read.wrong("POLICY_VALUE", ("priorities", name), what, "a whole number from 1 to 99")
        elif span is not None:
            found[int(name)] = span
    if otherwise is None:
        return None
    rising = [*(found[each] for each in sorted(found)), otherwise]
    if rising != sorted(rising):
        what = "a higher priority would have more time than a lower one"
        read.wrong("POLICY_ORDER", ("priorities",), what, "the higher, the less; `otherwise` most")
    return ProblemTargets(found, otherwise)


KINDS = (
    PolicyKind(
        URGENCY,
        "How urgent a problem is, from the incidents that it caused.",
        "PR10.2",
        class_rules((criteria.LINKED_INCIDENTS, criteria.OPEN_INCIDENTS, criteria.HOURS_LOST)),
    ),
    PolicyKind(REVIEW, "By when a known error is looked at again.", "PR10.4", parse_review),
    PolicyKind(TARGETS, "By when problems are to be resolved.", "PR10.2", parse_targets),
    trend_rules.KIND,
    PolicyKind(RATING, "What options are worth, in points.", "PR10.2", points_for(SIDES)),
)
