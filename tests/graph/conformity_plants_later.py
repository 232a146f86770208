"""What can go wrong with changes and improvements: one plant for each indicator."""

from datetime import timedelta

from fitsm_graph.chm.classifying import ChangeType
from graph.conformity_plants import NO_TYPES, plants
from graph.conformity_story import DAY, HOUR, Story

MINUTE = timedelta(minutes=1)


async def dropped(s: Story, key: str) -> None:
    await s.act("change.cancel", key, why="there is another way")


# --- PR12.1, PR12.2 ------------------------------------------------------------------------------


@plants("PR12.1 untyped")
async def change_without_a_type(s: Story) -> None:
    s.policies, before = s.policies.without(*NO_TYPES), s.policies
    key = await s.change()
    s.policies = before
    await dropped(s, key)


@plants("PR12.1 after_the_fact")
async def change_after_the_fact(s: Story) -> None:
    given = {"planned_starts_at": s.soon(-2 * HOUR), "planned_ends_at": s.soon(HOUR)}
    await dropped(s, await s.change(**given))


@plants("PR12.1 after_the_fact")
async def change_after_the_fact_planned_anew(s: Story) -> None:
    given = {"planned_starts_at": s.soon(-2 * HOUR), "planned_ends_at": s.soon(HOUR)}
    key = await s.change(**given)
    later = {"planned_starts_at": s.soon(9 * DAY), "planned_ends_at": s.soon(10 * DAY)}
    await s.act("change.plan", key, **later)
    await dropped(s, key)


@plants("PR12.1 played_down")
async def change_played_down(s: Story) -> None:
    key = await s.change(await s.element(critical=True), effect="down")
    given = {"type": ChangeType.NORMAL, "override_reason": "it will be quick, they say"}
    await s.act("change.classify", key, **given)
    await dropped(s, key)


@plants("PR12.1 type_without_reason")
async def type_without_a_reason(s: Story) -> None:
    key = await s.change()
    await s.act("change.classify", key, type=ChangeType.MAJOR, override_reason="exams")
    await dropped(s, key)


@plants("PR12.1 emergency_that_waited")
async def patient_emergency(s: Story) -> None:
    key = await s.change(type="emergency")
    await s.passes(2 * DAY + HOUR)
    await dropped(s, key)


@plants("PR12.1 aimless")
async def change_without_an_aim(s: Story) -> None:
    await dropped(s, await s.change(aim=""))


@plants("PR12.2 approved_unchanged")
async def suspended_for_nothing(s: Story) -> None:
    model = await s.model()
    await s.act("standard_change.suspend", model, "it went wrong")
    await s.act("standard_change.approve", model, by="cas")
    await s.act("standard_change.retire", model, "no more of it")


@plants("PR12.2 fails_often", slow=True)
async def failing_standard_change(s: Story) -> None:
    model = await s.model()
    for outcome in ("successful", "failed", "successful"):
        key = await s.act("change.from_standard", model, [(await s.element(), "at_risk")])
        await s.act("change.begin", key)
        await s.done(key, outcome=outcome)
    await s.act("standard_change.retire", model, "no more of it")


@plants("PR12.2 not_looked_at")
async def forgotten_standard_change(s: Story) -> None:
    model = await s.model()
    await s.passes(181 * DAY)
    await s.act("standard_change.retire", model, "no more of it")


@plants("PR12.2 no_steps", slow=True)
async def major_change_without_steps(s: Story) -> None:
    key = await s.change(type="major", tasks=False)
    await s.begun(key, major=True)
    await s.done(key, major=True)


# --- PR12.3, PR12.4 ------------------------------------------------------------------------------


@plants("PR12.3 assessed_late")
async def late_assessment(s: Story) -> None:
    key = await s.change()
    await s.passes(31 * DAY)
    await s.act("change.assess", key)
    await dropped(s, key)


@plants("PR12.3 assessed_late")
async def never_assessed(s: Story) -> None:
    key = await s.change()
    await s.passes(31 * DAY)
    await dropped(s, key)


@plants("PR12.3 not_described")
async def undescribed_change(s: Story) -> None:
    key = await s.change(feasibility="")
    await s.begun(key)
    await s.done(key)


@plants("PR12.3 no_back_out")
async def change_without_a_way_back(s: Story) -> None:
    key = await s.change(back_out=False)
    await s.begun(key)
    await s.act("change.plan_back_out", key, "written while it is done", tested=True)
    await s.done(key)


@plants("PR12.3 back_out_untested", slow=True)
async def untested_way_back(s: Story) -> None:
    key = await s.change(type="major", tested=False)
    await s.begun(key, major=True)
    await s.done(key, major=True)


@plants("PR12.4 decided_late")
async def late_decision(s: Story) -> None:
    key = await s.change()
    await s.act("change.assess", key)
    await s.passes(15 * DAY)
    await dropped(s, key)


@plants("PR12.4 approval_expired")
async def expired_approval(s: Story) -> None:
    key = await s.change()
    await s.approved(key)
    await s.scheduled(key, more=33 * DAY)
    await s.passes(31 * DAY)
    await dropped(s, key)


@plants("PR12.4 board_not_heard", slow=True)
async def major_change_without_the_board(s: Story) -> None:
    key = await s.change(type="major")
    await s.begun(key, major=True, board=False)
    await s.done(key, major=True)


@plants("PR12.4 condition_forgotten")
async def forgotten_condition(s: Story) -> None:
    key = await s.change()
    await s.begun(key, conditions="tell the users before")
    await s.done(key)


@plants("PR12.4 meeting_left")
async def meeting_without_an_end(s: Story) -> None:
    key = await s.change()
    await s.act("change.assess", key)
    given = {"starts_at": s.soon(HOUR), "discusses": [key]}
    meeting = await s.act("cab.convene", by="ann", **given)
    await s.act("change.reject", key, "not now", by="ann")
    await s.passes(8 * DAY)
    await s.act("cab.cancel", meeting, by="ann")


# --- PR12.5, PR12.6 ------------------------------------------------------------------------------


@plants("PR12.5 change_reviewed_late", slow=True)
async def late_review_of_a_change(s: Story) -> None:
    key = await s.change(type="major")
    await s.begun(key, major=True)
    await s.act("change.complete", key)
    await s.passes(21 * DAY)
    await s.act("change.review", key, "all is well", aim_met=True, by="bob")
    await s.act("change.close", key)


@plants("PR12.5 change_left_open")
async def change_left_open(s: Story) -> None:
    key = await s.change()
    await s.begun(key)
    await s.act("change.complete", key)
    await s.passes(31 * DAY)
    await s.act("change.close", key)


@plants("PR12.5 suspects_left", slow=True)
async def unconfirmed_suspects(s: Story) -> None:
    hit = await s.element()
    key = await s.change(hit)
    await s.begun(key)
    await s.over(await s.incident(hit))
    await s.act("change.suspect", key)
    await s.done(key)
    await s.passes(15 * DAY)


@plants("PR12.5 cancelled_under_way")
async def change_cancelled_under_way(s: Story) -> None:
    key = await s.change()
    await s.begun(key)
    await dropped(s, key)


@plants("PR12.6 not_scheduled")
async def change_in_no_schedule(s: Story) -> None:
    key = await s.change()
    await s.approved(key)
    await s.passes(15 * DAY)
    await dropped(s, key)


@plants("PR12.6 outside_window")
async def change_outside_of_its_time(s: Story) -> None:
    model = await s.model()
    given = {"planned_starts_at": s.soon(2 * DAY), "planned_ends_at": s.soon(3 * DAY)}
    hit = [(await s.element(), "at_risk")]
    key = await s.act("change.from_standard", model, hit, **given)
    await s.act("change.begin", key)
    await s.done(key)
    await s.act("standard_change.retire", model, "no more of it")


@plants("PR12.6 overran")
async def change_that_took_long(s: Story) -> None:
    key = await s.change()
    await s.begun(key)
    await s.passes(3 * HOUR)
    await s.done(key)


@plants("PR12.6 missed")
async def change_that_was_not_begun(s: Story) -> None:
    key = await s.change()
    await s.approved(key)
    starts = await s.scheduled(key)
    s.clock.set(starts + 3 * HOUR)
    await dropped(s, key)


@plants("PR12.6 missed", slow=True)
async def change_that_was_scheduled_anew_afterwards(s: Story) -> None:
    key = await s.change()
    await s.approved(key)
    starts = await s.scheduled(key)
    s.clock.set(starts + 3 * HOUR)
    s.clock.set(await s.scheduled(key))
    await s.act("change.begin", key)
    await s.done(key)


@plants("PR12.6 collided")
async def change_outside_of_maintenance(s: Story) -> None:
    key = await s.change()
    await s.approved(key)
    s.clock.set(await s.scheduled(key, hour=12))
    await s.act("change.begin", key)
    await s.done(key)


@plants("PR12.6 short_notice")
async def change_at_short_notice(s: Story) -> None:
    key = await s.change()
    await s.approved(key)
    now = s.clock.now()
    s.clock.set((now + (12 - now.weekday()) * DAY).replace(hour=20))
    s.clock.set(await s.scheduled(key, more=MINUTE))
    await s.act("change.begin", key)
    await s.done(key)


# --- PR14 ----------------------------------------------------------------------------------------


async def turned_down(s: Story, key: str) -> None:
    await s.act("suggestion.reject", key, "there is no money for it")


@plants("PR14.1 untraceable")
async def finding_of_nowhere(s: Story) -> None:
    await turned_down(s, await s.suggestion(source="audit"))


@plants("PR14.1 bare")
async def suggestion_in_a_line(s: Story) -> None:
    await turned_down(s, await s.suggestion(description=""))


@plants("PR14.2 suggestion_unanswered")
async def late_answer(s: Story) -> None:
    key = await s.suggestion()
    await s.passes(31 * DAY)
    await turned_down(s, key)


@plants("PR14.2 rejected_unseen")
async def rejected_unseen(s: Story) -> None:
    await turned_down(s, await s.suggestion(evaluated=False))


@plants("PR14.2 against_the_points")
async def accepted_against_the_points(s: Story) -> None:
    key = await s.improvement(await s.suggestion(worth="low"))
    await s.improved(key, await s.action(key))


@plants("PR14.2 no_actions")
async def improvement_without_actions(s: Story) -> None:
    key = await s.improvement()
    await s.passes(31 * DAY)
    await s.improved(key, await s.action(key))


@plants("PR14.2 no_actions")
async def improvement_given_up_without_actions(s: Story) -> None:
    key = await s.improvement()
    await s.passes(31 * DAY)
    await s.act("improvement.cancel", key, "there is no money for it")


@plants("PR14.3 overdue")
async def overdue_action(s: Story) -> None:
    key = await s.improvement()
    action = await s.action(key, within=5)
    await s.passes(6 * DAY)
    await s.improved(key, action)


@plants("PR14.3 overdue")
async def overdue_action_given_up(s: Story) -> None:
    key = await s.improvement()
    await s.action(key, within=5)
    await s.passes(6 * DAY)
    await s.act("improvement.cancel", key, "there is no money for it")


@plants("PR14.3 silent")
async def silent_action(s: Story) -> None:
    key = await s.improvement()
    action = await s.action(key)
    await s.passes(46 * DAY)
    await s.improved(key, action)


@plants("PR14.3 improvement_unowned")
async def action_of_nobody(s: Story) -> None:
    key = await s.improvement()
    await s.improved(key, await s.action(key, owner=""))


@plants("PR14.3 implemented_late")
async def late_improvement(s: Story) -> None:
    key = await s.improvement(due_at=s.soon(5 * DAY))
    action = await s.action(key)
    await s.passes(6 * DAY)
    await s.improved(key, action)


@plants("PR14.3 improvement_not_reviewed")
async def improvement_without_a_review(s: Story) -> None:
    key = await s.improvement()
    await s.act("improvement_action.complete", await s.action(key))
    await s.act("improvement.implement", key)
    await s.passes(91 * DAY)
    await s.act("improvement.review", key, "improved", "never down since")


@plants("PR14.3 effect_not_shown")
async def asserted_effect(s: Story) -> None:
    key = await s.improvement()
    await s.improved(key, await s.action(key), seen="good")
