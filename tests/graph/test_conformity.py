"""Each requirement's query on records that conform, on some that do not, and on none (PR14).

What does not conform is planted: by verbs and by the time that passes, never by editing the graph.
"""

import os
import random
from collections import Counter
from datetime import timedelta

import pytest

from fitsm_graph.csi.conformity import (
    Finding,
    Verdict,
    capabilities,
    examined,
    wanted,
)
from fitsm_graph.csi.indicators import indicators, provable
from fitsm_graph.flow.periods import Period
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.kernel.clock import to_text
from graph import conformity_plants_changes as _changes  # noqa: F401  # lists its plants
from graph import conformity_plants_improvements as _improvements  # noqa: F401
from graph import conformity_plants_problems as _problems  # noqa: F401
from graph.conformity_plants import PLANTS, Planted
from graph.conformity_story import DAY, START, Story, told
from graph.syncing import emptied

pytestmark = pytest.mark.asyncio(loop_scope="session")
MINUTE = timedelta(minutes=1)
EVER = Period("2020-01-01T00:00:00.000000Z", "2030-01-01T00:00:00.000000Z")
GROUPS = ("PR9", "PR10", "PR12", "PR14")
"""Processes that the story is about."""
SEEDS = tuple(range(11)) if os.environ.get("FITSM_FULL") else (1,)
ALL = 0
"""The seed of every plant there is."""


async def found(story: Story) -> list[Finding]:
    """What is found of these requirements until now."""
    period = Period(to_text(START), to_text(story.clock.now()))
    asked = [each for group in GROUPS for each in wanted(group)]
    return await examined(story.graph, asked, period, 1_000)


def violated(findings: list[Finding]) -> Counter[tuple[str, str]]:
    """How often each indicator of each requirement was found."""
    return Counter(
        (each.requirement, one.indicator) for each in findings for one in each.violations
    )


async def good(story: Story) -> None:
    """Each process from the first record to the last, as it should be."""
    key = await story.incident()
    await story.passes(6 * DAY, key)
    await story.over(key)
    await story.request()
    major = await story.major()
    problem = await story.problem(incidents=[major])
    await story.known(problem)
    await story.examined(major)
    await story.act("incident.close", major, confirmed=True)
    change = await story.change(type="major", resolves=[problem])
    await story.begun(change, major=True)
    await story.done(change, major=True)
    await story.gone(problem)
    model = await story.model()
    change = await story.act("change.from_standard", model, [(await story.element(), "at_risk")])
    await story.act("change.begin", change)
    await story.done(change)
    await story.act("standard_change.retire", model, "no more of it")
    improvement = await story.improvement()
    await story.improved(improvement, await story.action(improvement))


async def planted(story: Story, chosen: list[Planted]) -> None:
    """Plant one after another; those that stay open last."""
    for each in chosen:
        if each.left is None:
            await each.plant(story)
    await story.passes(200 * DAY)
    rest = sorted((each for each in chosen if each.left), key=lambda each: -(each.left or DAY))
    for place, each in enumerate(rest):
        await each.plant(story)
        after = rest[place + 1].left if place + 1 < len(rest) else None
        await story.passes((each.left or DAY) - (after or 0 * DAY) + MINUTE)


async def test_where_nothing_happened_nothing_conforms(neo4j_endpoint: Endpoint) -> None:
    async with emptied(neo4j_endpoint) as graph:
        found = await examined(graph, wanted(""), EVER)
    assert len(found) == 30
    verdicts = {each.requirement: each.verdict for each in found}
    assert set(verdicts.values()) <= {Verdict.NOTHING_TO_CHECK, Verdict.NOT_EXAMINED}
    assert {name for name, word in verdicts.items() if word is Verdict.NOTHING_TO_CHECK} == {
        each for each in provable() if each.startswith("PR")
    }
    assert {each.level for each in capabilities(found)} == {0}


@pytest.mark.parametrize("seed", SEEDS)
async def test_what_is_planted_is_found_where_it_belongs_and_nowhere_else(
    neo4j_endpoint: Endpoint, seed: int
) -> None:
    """A graph that conforms in all, and then does not: just where something was planted."""
    chosen = drawn(seed)
    async with told(neo4j_endpoint) as story:
        await good(story)
        findings = await found(story)
        assert {each.requirement: each.verdict for each in findings} == {
            each.requirement: Verdict.CONFORMING for each in findings
        }, violated(findings)
        await planted(story, chosen)
        findings = await found(story)
    expected = Counter(one for each in chosen for one in each.found)
    assert violated(findings) == expected, [each.plant.__name__ for each in chosen]


def drawn(seed: int) -> list[Planted]:
    """Plants in any order: sixty of them, or one of each requirement in the short form."""
    chance = random.Random(seed)
    if seed == ALL:
        return chance.sample(PLANTS, len(PLANTS))
    if os.environ.get("FITSM_FULL"):
        return [chance.choice(PLANTS) for _ in range(60)]
    by_requirement: dict[str, list[Planted]] = {}
    for each in (each for each in PLANTS if not each.slow):
        by_requirement.setdefault(min(each.found)[0], []).append(each)
    chosen = [chance.choice(each) for each in by_requirement.values()]
    chance.shuffle(chosen)
    return chosen


async def test_every_indicator_is_planted() -> None:
    known = {
        (requirement, each.name)
        for requirement in provable()
        if requirement.partition(".")[0] in GROUPS
        for each in indicators(requirement)
    }
    assert known == {one for each in PLANTS for one in each.found}
