"""Policies of problem management: urgency, reviews of known errors, trends, worth of options."""

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
RATING, SIDES = "option-rating", ("effort", "risk", "effect")
LIVES = (
    Lived(
        "Problem",
        also=("known_error.register", "problem_cause.suspect", "problem_option.propose"),
    ),
    Lived("ProblemCause"),
    Lived("ProblemOption"),
    Lived("KnownError"),
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


KINDS = (
    PolicyKind(
        URGENCY,
        "How urgent a problem is, from the incidents that it caused.",
        "PR10.2",
        class_rules((criteria.LINKED_INCIDENTS, criteria.OPEN_INCIDENTS, criteria.HOURS_LOST)),
    ),
    PolicyKind(REVIEW, "By when a known error is looked at again.", "PR10.4", parse_review),
    trend_rules.KIND,
    PolicyKind(RATING, "What options are worth, in points.", "PR10.2", points_for(SIDES)),
)
