"""Rules of looking through incidents for trends, as policy (PR10.1).

trend-rules/default: {every: week, past: 12, least: 3, significance: 0.05, most: 50, within: P7D,
grows: 1.5, weights: {"1": 8, "2": 4}, otherwise: 1}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

from fitsm_graph.flow.periods import Step
from fitsm_graph.flow.policies import PolicyKind
from fitsm_graph.flow.reading import Reader

RULES = "trend-rules"
LONGEST_PAST = 60
"""Periods of the past."""
MOST_FINDINGS = 500
HEAVIEST = 1_000
_FIELDS = (
    *("every", "past", "least", "significance", "most", "within"),
    *("grows", "weights", "otherwise"),
)


@dataclass(frozen=True, slots=True)
class TrendRules:
    """How incidents are looked through.

    Attributes:
        every: How long the periods are, and how often that is done.
        past: How many such periods before one are its past.
        least: Incidents that something has in a period and its past together, to be tested at all;
            and in the period alone, to be a finding.
        significance: Up to which corrected chance something stands out.
        most: How many findings one period makes.
        within: How long people have to decide on them.
        grows: How many times as many incidents it takes that what was dismissed comes back.
        weights: What a minute of an incident counts, by priority.
        otherwise: The same for every other one.
    """

    every: Step
    past: int
    least: int
    significance: Fraction
    most: int
    within: timedelta
    grows: Fraction
    weights: Mapping[int, int]
    otherwise: int

    def weight(self, priority: int | None) -> int:
        """What a minute of an incident of a priority counts."""
        return self.weights.get(priority or 0, self.otherwise)


def parse_rules(_name: str, document: Any, read: Reader) -> TrendRules | None:
    """Read rules of looking through incidents."""
    given = read.fields(document, (), _FIELDS, _FIELDS)
    every = read.one_of(given.get("every"), ("every",), [each.value for each in Step])
    past = read.whole(given.get("past"), ("past",), 2, LONGEST_PAST)
    least = read.whole(given.get("least"), ("least",), 1, 1_000)
    significance = read.number(given.get("significance"), ("significance",), 0, 0.5)
    most = read.whole(given.get("most"), ("most",), 1, MOST_FINDINGS)
    within = read.span(given.get("within"), ("within",))
    grows = read.number(given.get("grows"), ("grows",), 1, 100)
    otherwise = read.whole(given.get("otherwise"), ("otherwise",), 0, HEAVIEST)
    weights = _weights(given.get("weights"), otherwise, read)
    if not every or within is None:
        return None
    return TrendRules(
        Step(every),
        past,
        least,
        exact(significance),
        most,
        within,
        exact(grows),
        weights,
        otherwise,
    )


def _weights(given: object, otherwise: int, read: Reader) -> dict[int, int]:
    """Weights by priority; a higher one never counts less."""
    found: dict[int, int] = {}
    for name, number in read.mapping(given, ("weights",), "weights by priority").items():
        path = ("weights", name)
        if not (name.isascii() and name.isdecimal() and 1 <= int(name) <= 99):
            what = f"'{name[:20]}' is no priority"
            read.wrong("POLICY_VALUE", path, what, "a whole number from 1 to 99")
            continue
        found[int(name)] = read.whole(number, path, 0, HEAVIEST)
    falling = [*(found[each] for each in sorted(found)), otherwise]
    if falling != sorted(falling, reverse=True):
        what = "a lower priority would count more than a higher one"
        read.wrong("POLICY_ORDER", ("weights",), what, "give 1 the most, and `otherwise` the least")
    return found


def exact(number: float) -> Fraction:
    """A number as it is written, and not as the machine rounds it.

    >>> exact(0.1)
    Fraction(1, 10)
    """
    return Fraction(str(number))


KIND = PolicyKind(
    RULES, "By what trends of incidents are found, and how often.", "PR10.1", parse_rules
)
