"""What KPIs said is kept by the scheduler, once for each period and after it (PR14, GR6.1)."""

from datetime import timedelta

import pytest

from fitsm_graph.csi.conformity import examined
from fitsm_graph.csi.due import measuring
from fitsm_graph.csi.formulas import formulas
from fitsm_graph.csi.kpis import Standing, in_force, measured
from fitsm_graph.csi.measuring import measure_kpi, suggest_from_kpi
from fitsm_graph.flow.periods import SETTLED, Period, Step
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Turn, Went
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import Forbidden, NotFound
from fitsm_graph.sms.policies import from_files, seed_policies
from graph.conformity_story import DAY, SYSTEM, Story, told
from graph.syncing import KINDS, POLICIES, emptied, run

pytestmark = pytest.mark.asyncio(loop_scope="session")
JANUARY = Period("2026-01-01T00:00:00.000000Z", "2026-02-01T00:00:00.000000Z")
EVER = Period("2020-01-01T00:00:00.000000Z", "2040-01-01T00:00:00.000000Z")
MINUTE = timedelta(minutes=1)


async def turn(story: Story, *, at: str, before: timedelta = timedelta()) -> Went:
    """What the job does at a moment, or so long after the others have settled."""
    story.clock.set(from_text(at) + SETTLED - before)

    async def policies() -> Policies:
        return story.policies

    return await measuring(story.graph, policies).run(Turn(story.clock.now(), ""))


async def test_each_period_is_kept_once_when_it_is_over(neo4j_endpoint: Endpoint) -> None:
    async with told(neo4j_endpoint) as story:
        months = [it for it in in_force(story.policies) if it.value.every is Step.MONTH]
        weeks = [it for it in in_force(story.policies) if it.value.every is Step.WEEK]
        await story.over(await story.incident())
        await story.incident()
        went = await turn(story, at=JANUARY.until, before=MINUTE)
        assert went.said == f"{len(weeks)} values kept", "the week, and not yet the month"
        assert (await turn(story, at=JANUARY.until)).said == f"{len(months)} values kept"
        assert (await turn(story, at=JANUARY.until)).said == ""
        asked = "MATCH (v:KPIValue) WHERE v.since = $since RETURN properties(v)"
        kept = {row["kpi"]: row for (row,) in await run(story.graph, asked, since=JANUARY.since)}
        assert set(kept) == {it.name for it in months}
        for it in months:
            now = await measured(story.graph, story.policies, it.value, JANUARY)
            row = kept[it.name]
            assert row.get("value") == now.value
            assert (row["numerator"], row["denominator"]) == (now.numerator, now.denominator)
            assert (row["standing"], row["definition"]) == (now.standing, it.key)
            assert row["formula_digest"] == formulas()[row["formula"]].digest
        assert kept["incident_reopened"]["denominator"] == 1
        asked = "MATCH (e:LedgerEntry {verb: 'kpi_value.measure'}) RETURN count(e), collect(e.via)"
        ((entries, vias),) = await run(story.graph, asked)
        assert (entries, set(vias)) == (len(months) + len(weeks), {"scheduler"})


async def test_what_was_before_the_first_entry_is_not_kept(neo4j_endpoint: Endpoint) -> None:
    """And nobody keeps anything who sees a part."""
    async with told(neo4j_endpoint) as story:
        seeing = Request(actor="eve", via="test", sight=frozenset({"Server"}))
        for verb in (measure_kpi, suggest_from_kpi):
            with pytest.raises(Forbidden):
                await story.graph.write(verb, seeing, story.policies, "ci_owned")
            with pytest.raises(NotFound):
                await story.graph.write(verb, seeing, story.policies, "ci_owner")
        went = await turn(story, at=JANUARY.since, before=-5 * DAY)
        assert went.said == ""
        assert await run(story.graph, "MATCH (v:KPIValue) RETURN v") == []


async def test_what_is_missed_and_not_answered_does_not_conform(neo4j_endpoint: Endpoint) -> None:
    """GR6.1: measured in the first hundred days, and something suggested within a month."""
    async with told(neo4j_endpoint) as story:
        seeds = [each for each in from_files() if each.name in {"ci_owned", "ci_fresh"}]
        await story.graph.write(seed_policies, SYSTEM, KINDS, seeds)
        await story.element()
        story.clock.advance(40 * DAY)
        assert await lacking(story) == {}
        await story.act("kpi_value.measure", "ci_owned")
        story.clock.advance(31 * DAY)
        assert await lacking(story) == {"kpi/ci_owned/1": {"missed_unanswered"}}
        story.clock.advance(31 * DAY)
        found = {"ci_owned": {"missed_unanswered"}, "ci_fresh": {"kpi_not_measured"}}
        assert await lacking(story) == {f"kpi/{key}/1": each for key, each in found.items()}
        assert (await lacking(story, DAY)).keys() == {"kpi/ci_fresh/1"}, "that was before"
        await story.act("suggestion.from_kpi", "ci_owned")
        await story.act("kpi_value.measure", "ci_owned")
        story.clock.advance(31 * DAY)
        assert (await lacking(story, 32 * DAY)).keys() == {"kpi/ci_fresh/1"}, "it was answered"


async def lacking(story: Story, since: timedelta = 400 * DAY) -> dict[str, set[str]]:
    """Indicators of GR6.1 that definitions fail until now, by their keys."""
    now = story.clock.now()
    (found,) = await examined(story.graph, ["GR6.1"], Period(to_text(now - since), to_text(now)))
    assert found.checked
    failed: dict[str, set[str]] = {}
    for each in found.violations:
        failed.setdefault(each.key, set()).add(each.indicator)
    return failed


async def test_where_nothing_happened_there_is_nothing_to_measure(
    neo4j_endpoint: Endpoint,
) -> None:
    async with emptied(neo4j_endpoint) as graph:
        for it in in_force(POLICIES):
            indicator = it.value
            found = await measured(graph, POLICIES, indicator, EVER)
            seen = (found.value, found.numerator, found.denominator)
            assert seen == (None, 0, 0), indicator.name
            assert found.standing is Standing.NOTHING_TO_MEASURE
