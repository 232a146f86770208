"""What can go wrong in the CMDB and with releases, on an estate that is as it should be."""

from datetime import datetime, timedelta
from typing import Any

from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.service import assign_owner, register_element, relate, update_element
from fitsm_graph.confm.sweeping import sweep_deviations
from fitsm_graph.confm.types import define_scope
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.rdm import WorstState
from fitsm_graph.model.rdm_records import KindOfTest
from graph.conformity_plants import plants
from graph.conformity_story import DAY, HOUR, SYSTEM, Story
from graph.syncing import REGISTRY, run, send

WAVES = """MATCH (wave:Deployment)-[:WAVE_OF]->(:Release {key: $key})
RETURN wave.key ORDER BY wave.wave"""

FOUND = """MATCH (d:Deviation {status: 'open'})-[:FOUND_BY]->(:Verification {key: $key})
RETURN d.key"""


async def bare(s: Story, *, owned: bool = False, related: bool = False) -> str:
    """An element of which something is not known."""
    s.count += 1
    key = f"bare-{s.count}"
    draft = ElementDraft(kind="CI", type="Server", key=key, name=key)
    await s.graph.write(register_element, SYSTEM, REGISTRY, draft)
    s.made.append(key)
    if owned:
        await s.graph.write(assign_owner, SYSTEM, key, "ann")
    if related:
        tie = RelationDraft(type="MOUNTED_IN", source=key, target="rack-n1-01")
        await s.graph.write(relate, SYSTEM, REGISTRY, tie)
    return key


# --- PR11 ----------------------------------------------------------------------------------------


@plants("PR11.1 scope_unexplained", on_estate=True)
async def scope_in_a_word(s: Story) -> None:
    s.count += 1
    await s.graph.write(define_scope, SYSTEM, REGISTRY, f"scope {s.count}", "everything")


@plants("PR11.1 source_unregistered", on_estate=True)
async def source_that_nobody_knows(s: Story) -> None:
    s.count += 1
    seen = [{"type": "Server", "key": f"seen-{s.count}", "attributes": {"name": "seen"}}]
    seen[0]["relations"] = [
        {"type": "MOUNTED_IN", "to": {"key": "rack-n1-01"}},
        {"type": "OWNED_BY", "to": {"key": "ann"}},
    ]
    await send(s.graph, seen, source=f"scan{s.count}")
    s.made.append(f"seen-{s.count}")


@plants("PR11.2 ci_unowned", on_estate=True)
async def element_of_nobody(s: Story) -> None:
    await bare(s, related=True)


@plants("PR11.3 unrelated", on_estate=True)
async def element_of_nowhere(s: Story) -> None:
    await bare(s, owned=True)


async def _past_control(s: Story, decision: str) -> None:
    """A controlled attribute altered without a change, found and decided on by somebody else."""
    key = await s.element()
    changes = {"os_version": "9.9"}
    await s.graph.write(update_element, SYSTEM, REGISTRY, key, changes)
    while (await s.graph.write(sweep_deviations, SYSTEM, s.policies, REGISTRY)).value["more"]:
        pass
    asked = "MATCH (d:Deviation {status: 'open'})-[:DEVIATES_AT]->({key: $key}) RETURN d.key"
    ((deviation,),) = await run(s.graph, asked, key=key)
    await s.act("deviation.accept", deviation, decision, by="ann")


@plants("PR11.4 uncontrolled", on_estate=True)
async def altered_past_control(s: Story) -> None:
    await _past_control(s, "it could not wait for the board")


@plants("PR11.4 uncontrolled", "PR11.4 accepted_without_reason", on_estate=True)
async def accepted_for_no_reason(s: Story) -> None:
    await _past_control(s, "fine")


@plants("PR11.5 not_by_owners", on_estate=True)
async def verification_by_machines_alone(s: Story) -> None:
    key = await s.act("verification.begin", "default", by="ann")
    await s.act("verification.compare", key, by="ann")
    for (found,) in await run(s.graph, FOUND, key=key):
        await s.act("deviation.accept", found, "the source sees it with its next run")
    await s.act("verification.finish", key, conclusion="nobody had the time", by="ann")


# --- PR13 ----------------------------------------------------------------------------------------


async def planned(s: Story, hour: int = 2, **more: Any) -> tuple[str, str, str, datetime]:
    """A release of one change, planned and scheduled; it, its wave, its change, its time."""
    change = await s.change(tasks=False)
    await s.approved(change)
    key = str(await s.act("release.register", "firmware of spring"))
    await s.act("release.include", key, [change])
    starts = (s.clock.now() + DAY).replace(hour=hour, minute=0, second=0, microsecond=0)
    while starts.weekday() != 6 or starts < s.clock.now() + 2 * DAY:
        starts += DAY
    times = {"starts_at": to_text(starts), "ends_at": to_text(starts + 3 * HOUR)}
    await s.act("release.schedule", key, **times, by="ann")
    await s.act("release.plan", key, **more)
    ((wave,),) = await run(s.graph, WAVES, key=key)
    return key, wave, change, starts


async def accepted(s: Story, key: str, wave: str, *, skipped: int = 0, tested: bool = True) -> None:
    """Built, tested and accepted."""
    await s.act("deployment.plan_back_out", wave, "load the old one", tested=tested, by="bob")
    await s.act("release.build", key, "1.0", by="bob")
    results = {"passed": 3, "failed": 0, "skipped": skipped}
    await s.act("test_result.record", key, KindOfTest.FUNCTIONAL, **results, by="bob")
    await s.act("release.accept", key, by="ann")


async def deployed(s: Story, wave: str, starts: datetime, *, fails: bool = False) -> None:
    """Deployed in its time, at the first try or at the second."""
    s.clock.set(starts)
    await s.act("deployment.begin", wave, by="bob")
    if fails:
        await s.act("deployment.fail", wave, "it does not start", by="bob")
        await s.act("deployment.begin", wave, by="bob")
    await s.act("deployment.complete", wave, by="bob")


async def closed(s: Story, key: str, change: str, *, after: timedelta = 8 * DAY) -> None:
    """Watched, reviewed and closed."""
    await s.passes(after)
    await s.act("release.review", key, "nobody has noticed", success=True, by="ann")
    await s.act("change.close", change)
    await s.act("release.close", key, by="ann")


@plants("PR13.1 strategy_set_aside", on_estate=True)
async def planned_otherwise(s: Story) -> None:
    given = {"worst": WorstState.DOWN, "override_reason": "it has to be done this week"}
    key, wave, change, starts = await planned(s, **given)
    await accepted(s, key, wave)
    await deployed(s, wave, starts)
    await closed(s, key, change)


@plants("PR12.6 collided", on_estate=True)
async def released_outside_of_maintenance(s: Story) -> None:
    key, wave, change, starts = await planned(s, hour=12)
    await accepted(s, key, wave)
    await deployed(s, wave, starts)
    await closed(s, key, change)


@plants("PR13.2 change_withdrawn", on_estate=True, left=DAY)
async def release_of_what_is_withdrawn(s: Story) -> None:
    _, _, change, _ = await planned(s)
    await s.act("change.cancel", change, why="there is another way")


@plants("PR13.3 people_late", on_estate=True)
async def told_afterwards(s: Story) -> None:
    key, wave, change, starts = await planned(s)
    given = {"due_at": to_text(starts - HOUR)}
    told = await s.act("communication.register", key, "what is new", **given, by="bob")
    await accepted(s, key, wave)
    await deployed(s, wave, starts)
    await s.act("communication.perform", told, by="bob")
    await closed(s, key, change)


@plants("PR13.4 mostly_skipped", on_estate=True)
async def hardly_tested(s: Story) -> None:
    key, wave, change, starts = await planned(s)
    await accepted(s, key, wave, skipped=9)
    await deployed(s, wave, starts)
    await closed(s, key, change)


@plants("PR13.5 failed_untested", on_estate=True)
async def failed_without_a_way_back(s: Story) -> None:
    key, wave, change, starts = await planned(s)
    await accepted(s, key, wave, tested=False)
    await deployed(s, wave, starts, fails=True)
    await closed(s, key, change)


@plants("PR13.6 reviewed_too_early", on_estate=True)
async def reviewed_at_once(s: Story) -> None:
    key, wave, change, starts = await planned(s)
    await accepted(s, key, wave)
    await deployed(s, wave, starts)
    await closed(s, key, change, after=HOUR)
