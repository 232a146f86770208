"""What can go wrong with changes: one plant or more for each indicator."""

from datetime import timedelta

from fitsm_graph.chm.approving import ChangeOutcome
from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.chm.deciding import CRITERIA
from fitsm_graph.chm.implementing import REVIEW
from graph.conformity_plants import plants
from graph.conformity_story import DAY, HOUR, Story

MINUTE = timedelta(minutes=1)


async def dropped(s: Story, key: str) -> None:
    await s.act("change.cancel", key, why="there is another way")


# --- PR12.1, PR12.2 ------------------------------------------------------------------------------


@plants("PR12.1 untyped")
async def change_without_a_type(s: Story) -> None:
    async with s.without(CRITERIA):
        key = await s.change()
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
    hit = await s.element(critical=True)
    key = await s.change(hit, effect="down", urgent=True)
    await s.passes(2 * DAY + HOUR)
    await dropped(s, key)


@plants("PR12.1 made_an_emergency")
async def emergency_by_decision(s: Story) -> None:
    await dropped(s, await s.change(type="emergency"))


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


@plants("PR12.3 begun_without_back_out")
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


@plants("PR12.5 closed_unreviewed")
async def failed_change_that_nobody_looked_at(s: Story) -> None:
    key = await s.change()
    await s.begun(key)
    async with s.without(REVIEW):
        await s.act("change.complete", key, outcome=ChangeOutcome.FAILED)
    await s.act("change.close", key)


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
