"""A run breaks at any of its commits: nothing is lost, nothing is there twice.

The short form breaks a few commits of each kind; the long one (FITSM_FULL=1) every commit of both
days in every way. `tests/e2e/test_sync_kills.py` does the same to real processes.
"""

import os
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from graph.breaking import BREAKS, LOST, World, differences, first_rows, later_rows, outcome
from graph.syncing import emptied, run

FULL = bool(os.environ.get("FITSM_FULL"))


@dataclass
class Setting:
    """The database, and what becomes of both days when nothing breaks.

    Attributes:
        head: Of the ledger before anything was written.
        commits: After the first day, and after both.
    """

    graph: Graph
    head: Any
    first: Any
    later: Any
    commits: tuple[int, int]


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def setting(neo4j_endpoint: Endpoint) -> AsyncIterator[Setting]:
    async with emptied(neo4j_endpoint) as graph:
        ((head,),) = await run(graph, "MATCH (head:LedgerHead) RETURN properties(head)")
        world = World(graph.endpoint)
        await world.drive(first_rows())
        first, commits = await outcome(graph), world.commits
        await world.drive(later_rows())
        later = await outcome(graph)
        await world.close()
        yield Setting(graph, head, first, later, (commits, world.commits))


async def clear(setting: Setting) -> None:
    """As it was at first: what counts human keys starts anew too."""
    graph = setting.graph
    await run(graph, "MATCH (n) WHERE NOT n:Migration AND NOT n:LedgerHead DETACH DELETE n")
    await run(graph, "MATCH (head:LedgerHead) SET head = $head", head=setting.head)


async def both_days(setting: Setting, breaks: dict[int, str], seed: int) -> list[str]:
    """What differs after both days, during which this and that broke."""
    await clear(setting)
    world = World(setting.graph.endpoint, breaks, seed)
    try:
        await world.drive(first_rows())
        found = differences(await outcome(setting.graph), setting.first)
        await world.drive(later_rows())
        found += differences(await outcome(setting.graph), setting.later)
        again = await world.drive(later_rows())
        assert again["counts"]["unchanged"] == len(later_rows()) - 1, "one row is bad"
        assert dict(world.broke) == breaks, "all of it broke"
    finally:
        await world.close()
    return found


def cases() -> list[tuple[int, str]]:
    """Shares of all commits in a thousand, and what breaks there."""
    if FULL:
        return [(share, each) for each in BREAKS for share in range(13, 1000, 27)]
    chance = random.Random(5)
    quick = [each for each in BREAKS if each != "database away"]
    return [(chance.randrange(1000), each) for each in quick]


@pytest.mark.parametrize(("share", "broken"), cases())
async def test_a_run_that_breaks_once_gives_the_same_graph(
    setting: Setting, share: int, broken: str
):
    number = 1 + share * setting.commits[1] // 1000
    assert await both_days(setting, {number: broken}, seed=share) == []


@pytest.mark.parametrize("seed", range(200 if FULL else 1))
async def test_runs_that_break_again_and_again_give_the_same_graph(setting: Setting, seed: int):
    chance = random.Random(seed)
    ways = [each for each in BREAKS if each != "database away"]
    numbers = chance.sample(range(1, setting.commits[1] + 1), 5)
    assert await both_days(setting, {n: chance.choice(ways) for n in numbers}, seed) == []


@pytest.mark.parametrize("number", [4, 9])
async def test_control_what_is_acknowledged_before_it_is_committed_is_found(
    setting: Setting, number: int
):
    """The product itself finds it, breaks the run off and sends all again; or the graph differs."""
    await clear(setting)
    world = World(setting.graph.endpoint, {number: LOST})
    try:
        await world.drive(first_rows())
        differ = differences(await outcome(setting.graph), setting.first)
    finally:
        await world.close()
    assert world.refused or differ
