"""Rules of what about services is suggested by itself, as policy (PR14.1).

opportunity-rules/default:
  {every: month, criticality: 2, late: 3, rests: P180D, shared_fate: true, recurring: 3,
   failing: 3, failing_share: 0.2, missed_targets: true, nonconforming: 5}

What is left out after `rests` is not looked for.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fitsm_graph.flow.periods import Step
from fitsm_graph.flow.policies import PolicyKind
from fitsm_graph.flow.reading import Reader

RULES = "opportunity-rules"
_FIELDS = ("every", "criticality", "late", "rests")
_MORE = ("shared_fate", "recurring", "failing", "failing_share", "missed_targets", "nonconforming")
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
        shared_fate: Redundancy that one element takes down is looked for.
        recurring: How many incidents have to come again at an element; 0: none are looked for.
        failing: How many changes of a type have to fail; 0: none are looked for.
        failing_share: What part of all changes of the type that is at least.
        missed: Indicators that missed their targets are looked for.
        nonconforming: How many records have to fail a check; 0: none are looked for.
    """

    every: Step
    criticality: int
    late: int
    rests: timedelta
    shared_fate: bool = False
    recurring: int = 0
    failing: int = 0
    failing_share: float = 0.0
    missed: bool = False
    nonconforming: int = 0


def parse_rules(_name: str, document: Any, read: Reader) -> OpportunityRules | None:
    """Read rules of looking at services."""
    given = read.fields(document, (), (*_FIELDS, *_MORE), _FIELDS)
    every = read.one_of(given.get("every"), ("every",), [each.value for each in Step])
    criticality = read.whole(given.get("criticality"), ("criticality",), 1, _LEAST_CRITICAL)
    late = read.whole(given.get("late"), ("late",), 1, _MOST_LATE)
    rests = read.span(given.get("rests"), ("rests",))
    share = given.get("failing_share")
    more = {
        name: read.whole(given.get(name), (name,), least, _MOST_LATE) if given.get(name) else 0
        for name, least in (("recurring", 2), ("failing", 1), ("nonconforming", 1))
    }
    if not every or rests is None:
        return None
    return OpportunityRules(
        Step(every),
        criticality,
        late,
        rests,
        shared_fate=read.flag(given.get("shared_fate"), ("shared_fate",)),
        missed=read.flag(given.get("missed_targets"), ("missed_targets",)),
        failing_share=read.number(share, ("failing_share",), 0, 1) if share is not None else 0.0,
        **more,
    )


KIND = PolicyKind(
    RULES, "What about services is suggested to be bettered by itself.", "PR14.1", parse_rules
)
