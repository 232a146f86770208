"""What records show of the system as a whole (GR1 to GR7), and of periods that are over (PR14)."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from fitsm_graph.csi.conformity import Verdict, examined, wanted
from fitsm_graph.csi.indicators import KIND as LIMITS
from fitsm_graph.csi.nonconformities import suggest_from_conformity
from fitsm_graph.flow.periods import Period
from fitsm_graph.flow.policies import InForce, Policies
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.kernel.errors import BadInput, Forbidden, Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms import goals, policies
from fitsm_graph.sms import management_documents as documents
from fitsm_graph.sms.due_rules import DocumentKind
from fitsm_graph.sms.looking import looking
from fitsm_graph.sms.roles import assign_role, end_role
from graph.conformity_story import DAY, START, SYSTEM, Story, told
from graph.syncing import KINDS, POLICIES, emptied

pytestmark = pytest.mark.asyncio(loop_scope="session")
look = looking(KINDS)
WEEK = {"zone": "UTC", "week": {"mon": ["09:00-17:00"]}}


async def found(story: Story, asked: str, since: timedelta = 5000 * DAY) -> Counter[str]:
    """Indicators that a requirement finds until now."""
    now = story.clock.now()
    period = Period(to_text(now - since), to_text(now))
    (finding,) = await examined(story.graph, [asked], period)
    assert finding.checked, asked
    return Counter(each.indicator for each in finding.violations)


async def test_roles_are_held_by_somebody(neo4j_endpoint: Endpoint) -> None:
    async with told(neo4j_endpoint) as story:
        story.clock.advance(DAY)
        assert not await found(story, "GR1.1")
        assert not await found(story, "GR5.2")
        write = story.graph.write
        await write(end_role, SYSTEM, "sms_owner", "sam")
        for word in ("process_owner", "process_manager"):
            await write(end_role, SYSTEM, f"{word}/pm", "olga" if word[8] == "o" else "ann")
        story.clock.advance(DAY)
        assert await found(story, "GR1.1") == {"vacant": 1}
        assert await found(story, "GR5.2") == {"no_owner": 1, "no_manager": 1}
        await write(assign_role, SYSTEM, RoleWord.SMS_OWNER, "bob")
        story.clock.advance(DAY)
        assert await found(story, "GR1.1") == {"interrupted": 1}
        story.clock.advance(9 * DAY)
        assert not await found(story, "GR1.1", DAY), "that was before"
        await write(assign_role, SYSTEM, RoleWord.PROCESS_OWNER, "eve", process=Process.PM)
        story.clock.advance(DAY)
        assert await found(story, "GR5.2") == {"no_manager": 1}


async def test_policies_are_approved_owned_and_looked_at_again(neo4j_endpoint: Endpoint) -> None:
    """GR2.3, GR2.4, GR7.1."""
    clock = ManualClock(START)
    async with emptied(neo4j_endpoint, clock) as graph:
        story = Story(graph, clock)
        await story.people(("ann",), (), groups=False)
        one, other = (Request(actor=login, via="test") for login in ("eve", "ann"))
        given: tuple[Any, ...] = (KINDS, "service-calendar", "shop", WEEK)
        write = graph.write
        made = (await write(policies.draft_policy, one, *given, owner="ann")).value
        await write(policies.approve_policy, other, KINDS, made["key"])
        story.clock.advance(DAY)
        assert not await found(story, "GR2.4")
        mine = (KINDS, "service-calendar", "office", WEEK)
        await write(policies.draft_policy, one, *mine)
        story.clock.advance(31 * DAY)
        assert await found(story, "GR2.4") == {"policy_unowned": 1, "draft_left": 1}
        story.clock.advance(335 * DAY)
        assert (await found(story, "GR2.4"))["policy_not_reviewed"] == 1
        seeds = [each for each in policies.from_files() if each.kind == "targets"]
        await write(policies.seed_policies, SYSTEM, KINDS, seeds)
        story.clock.advance(DAY)
        assert (await found(story, "GR2.4"))["approved_by_nobody"] == len(seeds)
        assert await found(story, "GR2.3") == {"nothing_recorded": 6}
        again = {"source": "audit", "finding": "audit/7"}
        improvement = await story.improvement(await story.suggestion(**again))
        await story.improved(improvement, await story.action(improvement))
        story.clock.advance(DAY)
        assert not await found(story, "GR7.1")
        assert await found(story, "GR2.3") == {"nothing_recorded": 5}
        await story.suggestion(**again)
        story.clock.advance(DAY)
        assert await found(story, "GR7.1") == {"came_back": 1}


async def test_where_there_is_nothing_nothing_of_the_system_conforms(
    neo4j_endpoint: Endpoint,
) -> None:
    async with emptied(neo4j_endpoint) as graph:
        findings = await examined(graph, wanted("GR"), Period("2026", "2027"))
    verdicts = {each.requirement: each.verdict for each in findings}
    assert len(verdicts) == 17
    assert set(verdicts.values()) == {Verdict.NOTHING_TO_CHECK}


async def test_what_no_record_proves_says_why(neo4j_endpoint: Endpoint) -> None:
    """None is so today; one that is says so instead of passing."""
    period, why = Period("2026", "2027"), {"GR5.1": "People know."}
    async with emptied(neo4j_endpoint) as graph:
        (finding,) = await examined(graph, ["GR5.1"], period, unprovable=why)
    assert (finding.verdict, finding.title) == (Verdict.NOT_PROVABLE, "People know.")


async def test_goals_of_the_plan_are_followed_to_their_day(neo4j_endpoint: Endpoint) -> None:
    """GR5.1."""
    clock = ManualClock(START)
    async with emptied(neo4j_endpoint, clock) as graph:
        story = Story(graph, clock)
        await story.people(("ann", "bob"), (), groups=False)
        one, other = (Request(actor=login, via="test") for login in ("eve", "ann"))
        write, plan = graph.write, DocumentKind.PLAN
        given = {"text": "By the end of the year.", "owner": "ann"}
        lent = (POLICIES, "Service management plan", plan)
        made = await write(documents.register_management_document, one, *lent, **given)
        key = made.value["key"]
        await write(documents.approve_management_document, other, POLICIES, key)
        story.clock.advance(DAY)
        assert await found(story, "GR5.1") == {"plan_without_goals": 1}
        until = to_text(story.clock.now() + 30 * DAY)
        goals_of = [
            (await write(goals.set_goal, one, POLICIES, title, until, plan=key, owner=owner)).value
            for title, owner in (("owners", "ann"), ("windows", "bob"), ("names", ""))
        ]
        story.clock.advance(DAY)
        assert await found(story, "GR5.1") == {"goal_unowned": 1}
        first, second, third = (each["key"] for each in goals_of)
        await write(goals.reach_goal, one, POLICIES, first, "the list of today")
        await write(goals.give_goal_up, one, POLICIES, third, "nobody wants it")
        story.clock.advance(40 * DAY)
        assert not await found(story, "GR5.1", 5 * DAY), "ten days are no neglect"
        story.clock.advance(10 * DAY)
        assert await found(story, "GR5.1", 5 * DAY) == {"goal_undecided": 1}
        late = await look(graph, POLICIES, story.clock.now())
        assert [each.subject for each in late if each.matter == "goal"] == [second]
        await write(goals.miss_goal, one, POLICIES, second, "two have none")
        late = await look(graph, POLICIES, story.clock.now())
        assert not [each for each in late if each.matter == "goal"]
        story.clock.advance(20 * DAY)
        assert not await found(story, "GR5.1", DAY), "that it was missed is told, and followed"
        with pytest.raises(Refused, match="ILLEGAL_TRANSITION"):
            await write(goals.reach_goal, one, POLICIES, second, "after all")
        with pytest.raises(BadInput):
            await write(goals.set_goal, one, POLICIES, "x", to_text(START))


async def test_a_period_tells_what_stood_at_its_end(neo4j_endpoint: Endpoint) -> None:
    """What was late later is no matter of before, and what is over is no matter of afterwards."""
    clock = ManualClock(START)
    async with emptied(neo4j_endpoint, clock) as graph:
        story = Story(graph, clock)
        key = await story.suggestion()
        clock.advance(40 * DAY)
        await story.act("suggestion.reject", key, "there is no money for it")
        clock.advance(40 * DAY)

        async def at(since: int, until: int) -> tuple[int, int]:
            first, last = (to_text(START + each * DAY) for each in (since, until))
            (finding,) = await examined(graph, ["PR14.2"], Period(first, last))
            return finding.checked, len(finding.violations)

        assert await at(-9, 0) == (0, 0), "it was not there"
        assert await at(0, 20) == (1, 0)
        assert await at(20, 35) == (1, 1)
        assert await at(30, 80) == (1, 1), "it was answered, and late"
        assert await at(60, 80) == (0, 0), "it was over before"


async def test_how_long_it_may_take_is_a_policy(neo4j_endpoint: Endpoint) -> None:
    clock = ManualClock(START)
    async with emptied(neo4j_endpoint, clock) as graph:
        await Story(graph, clock).suggestion()
        period = Period(to_text(START), to_text(START + 40 * DAY))

        async def why(policies: Policies | None) -> list[str]:
            (finding,) = await examined(graph, ["PR14.2"], period, policies=policies)
            return [each.why for each in finding.violations]

        assert await why(None) == ["it was not decided on within 30 days"]
        for limit, failed in (("P45D", []), ("P1W", ["it was not decided on within 7 days"])):
            value = LIMITS.checked("default", {"PR14.2": {"suggestion_unanswered": limit}})
            held = InForce("POL-000001", LIMITS.name, "default", "", value)
            assert await why(Policies().with_(held)) == failed


async def test_a_nonconformity_becomes_a_suggestion_once(neo4j_endpoint: Endpoint) -> None:
    clock = ManualClock(START)
    async with emptied(neo4j_endpoint, clock) as graph:
        story = Story(graph, clock)
        verb = "suggestion.from_conformity"
        with pytest.raises(Refused) as none:
            await story.act(verb, "PR14.1", "bare")
        assert none.value.code == "CONFORMS"
        for wrong in (("PR15", "bare"), ("PR14.1", "bald")):
            with pytest.raises(BadInput):
                await story.act(verb, *wrong)
        bare = await story.suggestion(description="", evaluated=False)
        first = await story.act(verb, "pr14.1", "bare")
        assert await story.act(verb, "PR14.1", "bare") == first
        assert await story.act(verb, "PR14.1", "bare", since=to_text(START)) == first
        (row,) = await graph.rows(
            "csi.suggestion_context",
            finding="conformity/PR14.1/bare",
            elements=[],
            reporter="",
            actor="",
        )
        made = row["known"][0]["record"]
        assert (made["times_seen"], made["source"]) == (3, "nonconformity")
        assert made["description"] == f"Of 2 records 1 fail: {bare}"
        await story.act("suggestion.reject", first, "it is said in the title")
        assert await story.act(verb, "PR14.1", "bare") != first, "that was decided"
        sees = Request(actor="eve", via="test", sight=frozenset({"Server"}))
        with pytest.raises(Forbidden):
            await graph.write(suggest_from_conformity, sees, story.policies, "PR14.1", "bare")
