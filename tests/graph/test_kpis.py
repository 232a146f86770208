"""What every formula says, against plain Python that was written from its words alone (PR14)."""

import os
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import pytest_asyncio

from fitsm_graph.csi.formulas import formulas
from fitsm_graph.csi.kpis import Indicator, Standing, given_to, in_force, measured, query_of
from fitsm_graph.csi.kpis import told as read
from fitsm_graph.flow.periods import Period
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.kernel.clock import to_text
from graph.conformity_story import Story, told
from graph.kpi_oracle import ORACLE, Told, World, instant, world
from graph.kpi_story import Year
from graph.syncing import POLICIES

pytestmark = pytest.mark.asyncio(loop_scope="session")
INDICATORS: list[Indicator] = [each.value for each in in_force(POLICIES)]
FULL = bool(os.environ.get("FITSM_FULL"))
ROUNDS, SEED, SAMPLES = (9, 2, 200) if FULL else (3, 1, 12)
EVER = Period("2020-01-01T00:00:00.000000Z", "2040-01-01T00:00:00.000000Z")
Seen = tuple[Story, World, list[Period]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def seen(neo4j_endpoint: Endpoint) -> AsyncIterator[Seen]:
    """Some years, all that was recorded of them, and periods to look at."""
    async with told(neo4j_endpoint) as story:
        await Year(story, SEED).goes_on(ROUNDS)
        there = await world(story.graph)
        yield story, there, periods(there, story.clock.now())


def periods(there: World, now: datetime) -> list[Period]:
    """Quarters; and periods that begin and end at the very moments at which something was done."""
    starts = [datetime(2026 + n // 4, n % 4 * 3 + 1, 1, tzinfo=UTC) for n in range(20)]
    starts = [each for each in starts if each < now]
    found = [Period(to_text(a), to_text(b)) for a, b in pairwise(starts)]
    moments = sorted({entry["at"] for entry in there.entries.values()})
    chance = random.Random(7)
    found += [Period(*sorted(chance.sample(moments, 2))) for _ in range(SAMPLES)]
    return [*found, EVER]


def expected(there: World, indicator: Indicator, period: Period) -> Told:
    asked = ORACLE[indicator.formula.name]
    return asked(there, period.since, period.until, **indicator.parameters)


async def said(story: Story, indicator: Indicator, period: Period) -> Told:
    it = await measured(story.graph, story.policies, indicator, period)
    assert (it.standing is Standing.NOTHING_TO_MEASURE) == (it.denominator == 0)
    assert (it.value is None) == (it.denominator == 0)
    return it.value, it.numerator, it.denominator


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda each: each.name)
async def test_a_formula_says_what_plain_python_says(seen: Seen, indicator: Indicator) -> None:
    """To the last digit, and not always the same."""
    story, there, among = seen
    kinds = set()
    for period in among:
        found = await said(story, indicator, period)
        assert found == expected(there, indicator, period), period
        kinds.add(found)
    assert len({value for value, *_ in kinds if value is not None}) > 1, "always the same"


# --- the control ---------------------------------------------------------------------------------

_BEGIN = ("$since <=", ">= $since", "datetime($since) <=")
LATER = (("< $until", "<= $until"), (">= $until", "> $until"), ("< datetime(", "<= datetime("))
SOONER = (
    ("$since <=", "$since <"),
    (">= $since", "> $since"),
    ("datetime($since) <=", "datetime($since) <"),
)
BEGUN, ENDED = EVER.since, EVER.until


@pytest.mark.parametrize(
    "indicator",
    [each for each in INDICATORS if each.name != "availability_kept"],
    ids=lambda each: each.name,
)
async def test_a_border_that_is_moved_is_noticed(seen: Seen, indicator: Indicator) -> None:
    """A formula that counts what happened at the very end of a period, or not at its beginning.

    What lasts no time at the end of a period makes no service unavailable.
    """
    _, there, _ = seen
    ends = [Period(BEGUN, each) for each in moments(there, indicator)]
    await noticed(seen, indicator, LATER, ends)
    if "$since" in query_of(indicator).text:
        begins = [Period(each, ENDED) for each in moments(there, indicator)]
        await noticed(seen, indicator, SOONER, begins)


async def noticed(
    seen: Seen,
    indicator: Indicator,
    mutation: tuple[tuple[str, str], ...],
    among: list[Period],
) -> None:
    """The comparison fails for a formula that is wrong by the least there is."""
    story, there, _ = seen
    text = query_of(indicator).text
    for old, new in mutation:
        text = text.replace(old, new)
    assert text != query_of(indicator).text
    for period in among:
        right = expected(there, indicator, period)
        shifted = Period(*(_later(each) for each in (period.since, period.until)))
        if expected(there, indicator, shifted) != right:
            given = given_to(story.policies, indicator, period)
            (row,) = await story.graph.ask(text, given)
            it = read(story.policies, indicator, period, row)
            if (it.value, it.numerator, it.denominator) != right:
                return
    pytest.fail("the formula was changed, and nothing differs")


def moments(there: World, indicator: Indicator) -> list[str]:
    """Moments that records speak of, in no order; and so many days after them."""
    days = timedelta(days=indicator.parameters.get("days", 0))
    told = {
        value
        for row in there.records.values()
        for name, value in row.items()
        if name.endswith("_at") and isinstance(value, str)
    }
    told |= {entry["at"] for entry in there.entries.values()}
    told |= {to_text(instant(each) + days) for each in told}
    return random.Random(3).sample(sorted(told), len(told))


def _later(moment: str) -> str:
    return to_text(instant(moment) + timedelta(microseconds=1))


# --- all there is ---------------------------------------------------------------------------------


async def test_every_formula_has_a_twin() -> None:
    assert set(ORACLE) == set(formulas())
