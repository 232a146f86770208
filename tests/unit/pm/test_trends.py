"""What stands out among incidents, against a second opinion from the definition (PR10.1)."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from fitsm_graph.flow.periods import Period
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.pm import trends as module
from fitsm_graph.pm.looking import window_of
from fitsm_graph.pm.policies import KINDS as PROBLEM_KINDS
from fitsm_graph.pm.significance import chance, corrected
from fitsm_graph.pm.trend_rules import KIND, TrendRules
from fitsm_graph.pm.trends import Trends, Window, subject_key, trends
from oracles.naive_trends import levels, naive_trends, tail

START = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
KINDS = ("Service", "ServiceComponent", "CI", "CI", "CI", "RedundancyGroup")
DOCUMENT: dict[str, Any] = {
    "every": "week",
    "past": 4,
    "least": 3,
    "significance": 0.05,
    "most": 10,
    "within": "P7D",
    "grows": 1.5,
    "weights": {"1": 8, "2": 4},
    "otherwise": 1,
}
RULES: TrendRules = KIND.checked("default", DOCUMENT)
WINDOW = Window(
    Period(to_text(START + 28 * DAY), to_text(START + 35 * DAY)),
    to_text(START),
    to_text(START - 3 * DAY),
)


def estate(chance_of: random.Random) -> dict[str, Any]:
    """Elements, some of which came only later, and some too late for a past."""
    return {
        f"e{n}": {
            "kind": kind,
            "type": chance_of.choice(["Server", "Switch"]) if kind == "CI" else None,
            "created_at": to_text(START + chance_of.choice([-9, -9, -9, 7, 22, 30]) * DAY),
        }
        for n, kind in enumerate(chance_of.choice(KINDS) for _ in range(12))
    }


def incidents(chance_of: random.Random, there: dict[str, Any]) -> list[dict[str, Any]]:
    """A steady past, and a last week in which a few elements have many more."""
    loud = chance_of.sample(sorted(there), 3)
    found = []
    for number in range(chance_of.randint(30, 160)):
        late = chance_of.random() < 0.4
        day = chance_of.randint(28, 34) if late else chance_of.randint(0, 34)
        made = START + day * DAY + timedelta(seconds=chance_of.randint(0, 86_399))
        hit = loud if late and chance_of.random() < 0.7 else sorted(there)
        begun = made - timedelta(minutes=chance_of.choice([0, 5, 9_000]))
        over = made + timedelta(minutes=chance_of.randint(1, 9_000))
        found.append(
            {
                "id": f"i{number:04}",
                "created_at": to_text(made),
                "starts_at": to_text(begun),
                "ends_at": chance_of.choice([None, to_text(over), to_text(over)]),
                "priority": chance_of.choice([None, 1, 2, 3]),
                "category": chance_of.choice(["", "storage", "network"]),
                "reached": chance_of.choice([None, 0, 1, 4]),
                "services": [e for e in chance_of.sample(hit, 1) if there[e]["kind"] == "Service"],
                "affects": [*chance_of.sample(hit, chance_of.randint(1, 2)), "gone"],
                "causes": chance_of.choice([[], chance_of.sample(hit, 1)]),
            }
        )
    return found


def differing(found: Trends, second: dict[str, Any]) -> list[str]:
    """Where two answers are not the same to the last digit."""
    told = {(str(each.subject.dimension), each.subject.name): each for each in found.tested}
    wrong = sorted(map(str, told.keys() ^ second["tests"].keys()))
    for name, each in told.items():
        other = second["tests"].get(name, {})
        mine = {
            "observed": each.observed,
            "past": each.past,
            "expected": each.expected,
            "p": each.p_value,
            "q": each.q_value,
            "minutes": each.minutes,
            "cost": each.cost,
            "excess_cost": each.excess_cost,
            "incidents": list(each.incidents),
            "significant": each.significant,
        }
        wrong += [f"{name} {key}" for key, value in mine.items() if other.get(key) != value]
    ranked = [(str(each.subject.dimension), each.subject.name) for each in found.significant]
    if ranked != second["ranked"]:
        wrong.append("the order")
    if found.young != second["young"]:
        wrong.append("how many are young")
    return wrong


def second_of(rows: Any, there: Any, **flaw: Any) -> dict[str, Any]:
    return naive_trends(
        rows,
        there,
        {"least": 3, "level": Fraction(1, 20), "weights": {1: 8, 2: 4}, "otherwise": 1},
        {
            "past": WINDOW.past_since,
            "since": WINDOW.period.since,
            "until": WINDOW.period.until,
            "began": WINDOW.began,
        },
        **flaw,
    )


def compared(seeds: range, **flaw: Any) -> tuple[list[str], int, int]:
    """What differs over some random estates; how many stand out in them, how many do not."""
    wrong, loud, still = [], 0, 0
    for seed in seeds:
        chance_of = random.Random(seed)
        there = estate(chance_of)
        rows = incidents(chance_of, there)
        found = trends(rows, there, RULES, WINDOW)
        wrong += differing(found, second_of(rows, there, **flaw))
        loud += len(found.significant)
        still += len(found.tested) - len(found.significant)
    return wrong, loud, still


def test_what_stands_out_is_what_the_definition_says() -> None:
    wrong, loud, still = compared(range(16))
    assert wrong == []
    assert loud > 8, "something stands out"
    assert still > 40, "and not everything does"


def by_number(given: Sequence[Fraction]) -> list[Fraction]:
    return [min(Fraction(1), each * len(given)) for each in given]


FLAWS: dict[str, dict[str, Any]] = {
    "the next higher count": {"tail": lambda hits, of, share: tail(hits + 1, of, share)},
    "half as likely": {"tail": lambda hits, of, share: tail(hits, of, share) / 2},
    "no correction": {"levels": list},
    "a correction by the number alone": {"levels": by_number},
    "a past before it was there": {"young": False},
    "all that it lasted": {"within": False},
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_difference_is_noticed(flaw: str) -> None:
    """The control: an answer that is wrong by a little is not the product's."""
    wrong, *_ = compared(range(5), **FLAWS[flaw])
    assert wrong != []


def test_the_same_rows_in_another_order_give_the_same() -> None:
    chance_of = random.Random(3)
    there = estate(chance_of)
    rows = incidents(chance_of, there)
    first = trends(rows, there, RULES, WINDOW)
    mixed = dict(chance_of.sample(sorted(there.items()), len(there)))
    assert trends(rows, mixed, RULES, WINDOW) == first


@pytest.mark.parametrize("seed", range(5))
def test_chances_and_levels_are_those_of_the_definition(seed: int) -> None:
    chance_of = random.Random(seed)
    told = []
    for _ in range(30):
        later, earlier = chance_of.randint(0, 12), chance_of.randint(0, 40)
        share = Fraction(chance_of.randint(1, 30), 31)
        told.append(chance(later, earlier, share))
        assert told[-1] == tail(later, later + earlier, share)
    assert corrected(told) == levels(told)


def test_many_are_counted_exactly() -> None:
    share = Fraction(7, 91)
    assert chance(700, 6_000, share) == tail(700, 6_700, share)


def test_whole_weeks_are_held_against_whole_weeks_and_other_times_against_as_long_ones() -> None:
    week = Period("2026-02-02T00:00:00.000000Z", "2026-02-09T00:00:00.000000Z")
    assert window_of(RULES, week, "").past_since == "2026-01-05T00:00:00.000000Z"
    odd = Period("2026-02-03T00:00:00.000000Z", "2026-02-04T00:00:00.000000Z")
    assert window_of(RULES, odd, "").past_since == "2026-01-30T00:00:00.000000Z"
    month: TrendRules = KIND.checked("m", {**DOCUMENT, "every": "month", "past": 2})
    march = Period("2026-03-01T00:00:00.000000Z", "2026-04-01T00:00:00.000000Z")
    assert window_of(month, march, "").past_since == "2026-01-01T00:00:00.000000Z"


def test_a_subject_is_the_same_whatever_the_period() -> None:
    subject = module.Subject(module.Dimension.CI, "e1")
    assert subject_key("default", subject) == subject_key("default", subject)
    other = module.Subject(module.Dimension.CAUSE, "e1")
    assert subject_key("default", subject) != subject_key("default", other)


TARGETS = next(each for each in PROBLEM_KINDS if each.name == "problem-targets")
WEEKS: dict[str, Any] = {"priorities": {"1": "P7D", "2": "P14D"}, "otherwise": "P30D"}


def test_the_time_of_a_problem_follows_from_its_priority() -> None:
    rule = TARGETS.checked("default", WEEKS)
    assert [rule.within(each).days for each in (1, 2, 3, None)] == [7, 14, 30, 30]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"otherwise": "P3D"}, "POLICY_ORDER"),
        ({"priorities": {"1": "P9D", "2": "P8D"}}, "POLICY_ORDER"),
        ({"priorities": {"high": "P9D"}}, "POLICY_VALUE"),
        ({"priorities": {"1": "soon"}}, "POLICY_VALUE"),
        ({"otherwise": None}, "POLICY_FIELD"),
    ],
)
def test_times_that_cannot_be_meant_are_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        TARGETS.checked("default", {**WEEKS, **change})
    assert code in {each.code for each in refused.value.problems}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"every": "day"}, "POLICY_VALUE"),
        ({"past": 1}, "POLICY_VALUE"),
        ({"grows": 1}, "POLICY_VALUE"),
        ({"significance": 0.7}, "POLICY_VALUE"),
        ({"weights": {"high": 3}}, "POLICY_VALUE"),
        ({"weights": {"1": 2, "2": 4}}, "POLICY_ORDER"),
        ({"otherwise": 9}, "POLICY_ORDER"),
        ({"within": None}, "POLICY_FIELD"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        KIND.checked("default", {**DOCUMENT, **change})
    assert code in {each.code for each in refused.value.problems}
