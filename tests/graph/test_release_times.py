"""A release that is scheduled is held against other work, as a change is (PR12.6, PR13.3)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.service import register_element, relate
from fitsm_graph.graph.driver import Endpoint
from graph.acting import SYSTEM, Acting, acting
from graph.syncing import REGISTRY, run

OUTSIDE = "it lies outside of the windows for maintenance"
FOUND = """
MATCH (r:Release {key: $k})-[:CONTAINS]->(c:Change)
RETURN r.schedule_findings, c.key, c.schedule_findings ORDER BY c.key
"""


@pytest_asyncio.fixture
async def it(neo4j_endpoint: Endpoint) -> AsyncIterator[Acting]:
    async with acting(neo4j_endpoint) as made:
        yield made


def window(it: Acting, day: int = 3) -> dict[str, str]:
    return {"starts_at": it.soon(days=day), "ends_at": it.soon(days=day, hours=2)}


async def released(it: Acting, *changes: str) -> str:
    """A release of some changes."""
    key = str((await it.act("dan", "release.register", "spring"))["key"])
    await it.act("ann", "release.include", key, list(changes))
    return key


async def found(it: Acting, release: str) -> tuple[Any, dict[str, list[str]]]:
    rows = await run(it.graph, FOUND, k=release)
    return rows[0][0], {key: said for _, key, said in rows}


async def test_what_a_release_collides_with_stands_at_it_and_at_its_changes(it: Acting) -> None:
    """The same element, above or below, and the same people; none of its own."""
    await it.element("guest")
    await it.depends("guest", "host")
    same, above, alone = [await it.approved(each) for each in ("host", "guest", "other")]
    busy = await it.approved("spare")
    await it.act("ann", "change.assign", busy, "eve")
    await it.act("ann", "change.assign", alone, "eve")
    release = await released(it, same, above, alone)
    await it.act("ann", "release.schedule", release, **window(it, 9))
    assert (await found(it, release))[0] == [OUTSIDE], "nothing else is planned then"
    other = await it.approved("host")
    for key in (other, busy):
        await it.act("ann", "change.schedule", key, **window(it))
    await it.act("ann", "release.schedule", release, **window(it))
    whole, of = await found(it, release)
    assert of[same] == [f"{other} alters the same at the same time", OUTSIDE]
    assert of[above] == [f"{other} works above or below it at the same time", OUTSIDE]
    assert of[alone] == [f"{busy} takes the same people at the same time", OUTSIDE]
    assert f"{other} alters the same at the same time" in whole
    assert any(busy in each for each in whole)
    assert not any(key in each for each in whole for key in (same, above, alone)), "its own"


async def test_what_breaks_a_service_with_another_is_joint(it: Acting) -> None:
    """Two members of a group that can lose one: each alone is harmless."""
    for key in ("first", "second"):
        await it.element(key)
    pair = ElementDraft(kind="RedundancyGroup", key="pair", name="pair", need=1)
    await it.graph.write(register_element, SYSTEM, REGISTRY, pair)
    twin = ElementDraft(kind="Service", key="twin", name="twin")
    await it.graph.write(register_element, SYSTEM, REGISTRY, twin)
    for type, source, target in (
        ("HAS_MEMBER", "pair", "first"),
        ("HAS_MEMBER", "pair", "second"),
        ("DEPENDS_ON", "twin", "pair"),
    ):
        tie = RelationDraft(type=type, source=source, target=target)
        await it.graph.write(relate, SYSTEM, REGISTRY, tie)
    mine, other = [await it.approved(each, effect="down") for each in ("first", "second")]
    release = await released(it, mine)
    await it.act("ann", "change.schedule", other, **window(it))
    await it.act("ann", "release.schedule", release, **window(it))
    whole, of = await found(it, release)
    assert whole == of[mine] == [f"together with {other}: twin (twin) DOWN", OUTSIDE]


async def test_what_is_taken_into_a_planned_release_is_held_against_its_time(it: Acting) -> None:
    other = await it.approved("other")
    first, second = await it.approved("host"), await it.approved("other")
    release = await released(it, first)
    await it.act("ann", "change.schedule", other, **window(it))
    await it.act("ann", "release.schedule", release, **window(it))
    assert (await found(it, release))[0] == [OUTSIDE]
    await it.act("ann", "release.include", release, [second])
    whole, of = await found(it, release)
    assert of[second] == [f"{other} alters the same at the same time", OUTSIDE]
    assert of[first] == [OUTSIDE]
    assert whole == of[second]
