"""Rules of what about services is suggested by itself, as policy (PR14.1).

opportunity-rules/default: {every: month, criticality: 2, late: 3, rests: P180D}
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fitsm_graph.flow.periods import Step
from fitsm_graph.flow.policies import PolicyKind
from fitsm_graph.flow.reading import Reader

RULES = "opportunity-rules"
_FIELDS = ("every", "criticality", "late", "rests")
_LEAST_CRITICAL = 4
_MOST_LATE = 10_000


@dataclass(frozen=True, slots=True)
class OpportunityRules:
    """What is suggested by itself.

    Attributes:
        every: How long the periods are, after each of which services are looked at.
        criticality: Services of this one and of higher ones should stand the failure of any single
            element; 1 is the highest.
        late: How many targets a service has to miss in a period.
        rests: How long what was decided is left alone.
    """

    every: Step
    criticality: int
    late: int
    rests: timedelta


def parse_rules(_name: str, document: Any, read: Reader) -> OpportunityRules | None:
    """Read rules of looking at services."""
    given = read.fields(document, (), _FIELDS, _FIELDS)
    every = read.one_of(given.get("every"), ("every",), [each.value for each in Step])
    criticality = read.whole(given.get("criticality"), ("criticality",), 1, _LEAST_CRITICAL)
    late = read.whole(given.get("late"), ("late",), 1, _MOST_LATE)
    rests = read.span(given.get("rests"), ("rests",))
    if not every or rests is None:
        return None
    return OpportunityRules(Step(every), criticality, late, rests)


KIND = PolicyKind(
    RULES, "What about services is suggested to be bettered by itself.", "PR14.1", parse_rules
)
