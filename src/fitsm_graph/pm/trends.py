"""Trends of incidents: what had more of them in a period than in its own past (PR10.1).

Counted is by the elements that incidents affect, by the services they reach, by CI type, by
category, and by the element that the cause lay in. Each subject is held against its own past alone,
and all are tested together. They are ranked by what the incidents beyond expectation cost, so that
what always has many does not stand first for ever. Pure: the same rows give the same answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from fitsm_graph.flow.periods import Period
from fitsm_graph.kernel.canonical import digest_value
from fitsm_graph.kernel.clock import from_text
from fitsm_graph.pm.significance import chance, corrected
from fitsm_graph.pm.trend_rules import TrendRules

Row = Mapping[str, Any]
MINUTE = 60_000_000
"""Microseconds."""


class Dimension(StrEnum):
    """What incidents are counted by."""

    SERVICE = "service"
    COMPONENT = "component"
    CI = "ci"
    GROUP = "group"
    TYPE = "type"
    CATEGORY = "category"
    CAUSE = "cause"


OF_KIND = {
    "Service": Dimension.SERVICE,
    "ServiceComponent": Dimension.COMPONENT,
    "CI": Dimension.CI,
    "RedundancyGroup": Dimension.GROUP,
}
OF_ELEMENTS = frozenset({*OF_KIND.values(), Dimension.CAUSE})
"""Dimensions whose subjects are elements, by id; those of the others are words."""


class Subject(NamedTuple):
    """Something that incidents are counted of.

    Attributes:
        name: Id of an element, or a word.
    """

    dimension: Dimension
    name: str


@dataclass(frozen=True, slots=True)
class Window:
    """A period and the past that it is compared with, which ends where it begins.

    Attributes:
        began: When the records begin; of a time before nothing can be known.
    """

    period: Period
    past_since: str
    began: str


@dataclass(frozen=True, slots=True)
class Trend:
    """What was found of one subject; the exact numbers are told as the nearest there are.

    Attributes:
        observed: Incidents in the period.
        past: Incidents in its own past.
        expected: Incidents that the period would have had at the past rate.
        p_value: Chance of as many or more at that rate.
        q_value: The same, corrected for all tests.
        minutes: How long its incidents lasted together, within the period.
        cost: The same, weighted.
        excess_cost: The part of the cost that is beyond expectation.
        incidents: Ids of those of the period, in order.
        significant: It stands out.
    """

    subject: Subject
    observed: int
    past: int
    expected: Fraction
    p_value: Fraction
    q_value: Fraction
    minutes: Fraction
    cost: Fraction
    excess_cost: Fraction
    incidents: tuple[str, ...]
    significant: bool

    @property
    def excess(self) -> Fraction:
        """How many more incidents than expected."""
        return self.observed - self.expected


@dataclass(frozen=True, slots=True)
class Trends:
    """What a period shows.

    Attributes:
        incidents: How many it had.
        young: How many subjects have no past of their own that is long enough.
        tested: All that were, those that stand out first, by rank.
    """

    window: Window
    incidents: int
    young: int
    tested: tuple[Trend, ...]

    @property
    def significant(self) -> tuple[Trend, ...]:
        """Those that stand out, by rank."""
        return tuple(each for each in self.tested if each.significant)


@dataclass(slots=True)
class _Count:
    """Incidents of one subject."""

    now: list[Row] = field(default_factory=list)
    before: list[Row] = field(default_factory=list)


def subject_key(rules: str, subject: Subject) -> str:
    """What tells a subject from others, whatever the period."""
    return digest_value([rules, subject.dimension.value, subject.name])


def trends(
    rows: Sequence[Row], elements: Mapping[str, Row], rules: TrendRules, window: Window
) -> Trends:
    """Count, test and rank.

    Args:
        rows: Of `pm.trend_incidents`, from the beginning of the past to the end of the period.
        elements: Of `pm.trend_elements` by id: ``{kind, type, created_at}``.
        rules: In force.
        window: What is looked at.
    """
    since = window.period.since
    counts: dict[Subject, _Count] = {}
    for row in rows:
        for subject in subjects_of(row, elements):
            count = counts.setdefault(subject, _Count())
            (count.now if row["created_at"] >= since else count.before).append(row)
    found, young = [], 0
    for subject, count in sorted(counts.items()):
        past_since = past_of(subject, elements, window)
        told = [each for each in count.before if each["created_at"] >= past_since]
        if len(count.now) + len(told) < rules.least:
            continue
        share = _share(window.period, past_since)
        if share is None:
            young += 1
        else:
            found.append((subject, count.now, len(told), share))
    tested = sorted(_tested(found, rules, window.period), key=_place)
    return Trends(window, sum(each["created_at"] >= since for each in rows), young, tuple(tested))


def subjects_of(row: Row, elements: Mapping[str, Row]) -> set[Subject]:
    """What an incident is counted of, each once."""
    found = {Subject(Dimension.SERVICE, each) for each in row["services"] if each in elements}
    for id in row["affects"]:
        it = elements.get(id)
        if it is not None:
            found.add(Subject(OF_KIND[it["kind"]], id))
            if it["type"]:
                found.add(Subject(Dimension.TYPE, it["type"]))
    found |= {Subject(Dimension.CAUSE, each) for each in row["causes"] if each in elements}
    if row["category"]:
        found.add(Subject(Dimension.CATEGORY, row["category"]))
    return found


def past_of(subject: Subject, elements: Mapping[str, Row], window: Window) -> str:
    """When the own past of a subject begins: not before it, or the records, were there."""
    born = elements[subject.name]["created_at"] if subject.dimension in OF_ELEMENTS else ""
    return max(window.past_since, window.began, born)


def _share(period: Period, past_since: str) -> Fraction | None:
    """Length of the period, of it and the past together; None where the past is the shorter."""
    length = _micros(period.since, period.until)
    past = _micros(past_since, period.since)
    return Fraction(length, length + past) if past >= length else None


def _tested(
    found: Iterable[tuple[Subject, list[Row], int, Fraction]], rules: TrendRules, period: Period
) -> list[Trend]:
    listed = list(found)
    chances = [chance(len(now), before, share) for _, now, before, share in listed]
    made = []
    for one, p, q in zip(listed, chances, corrected(chances), strict=True):
        subject, now, before, share = one
        observed, expected = len(now), before * share / (1 - share)
        minutes = sum((_minutes(row, period) for row in now), Fraction())
        cost = sum((_minutes(row, period) * _weight(row, rules) for row in now), Fraction())
        beyond = max(observed - expected, Fraction())
        excess_cost = cost * beyond / observed if observed else Fraction()
        stands_out = q <= rules.significance and observed >= rules.least
        ids = tuple(row["id"] for row in now)
        numbers = (observed, before, expected, p, q, minutes, cost, excess_cost)
        made.append(Trend(subject, *numbers, ids, significant=stands_out and beyond > 0))
    return made


def _place(trend: Trend) -> tuple[Any, ...]:
    """By what is beyond expectation: cost first, then number, then how unlikely it is."""
    beyond = (-trend.excess_cost, -trend.excess, trend.p_value)
    return (not trend.significant, *beyond, trend.subject)


def _minutes(row: Row, period: Period) -> Fraction:
    """How long an incident of the period lasted within it."""
    begins = max(row["starts_at"], period.since)
    ends = min(row["ends_at"] or period.until, period.until)
    return Fraction(max(_micros(begins, ends), 0), MINUTE)


def _weight(row: Row, rules: TrendRules) -> int:
    """What a minute of an incident counts: by its priority, for each service that it reaches."""
    return rules.weight(row["priority"]) * max(row["reached"] or 0, 1)


def _micros(begins: str, ends: str) -> int:
    span = from_text(ends) - from_text(begins)
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds
