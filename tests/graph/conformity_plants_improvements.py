"""What can go wrong with improvements: one plant or more for each indicator."""

from graph.conformity_plants import plants
from graph.conformity_story import DAY, Story


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


@plants("PR14.3 action_overdue")
async def overdue_action(s: Story) -> None:
    key = await s.improvement()
    action = await s.action(key, within=5)
    await s.passes(6 * DAY)
    await s.improved(key, action)


@plants("PR14.3 action_overdue")
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


@plants("PR14.3 undated")
async def improvement_without_a_day(s: Story) -> None:
    key = await s.improvement(due_at=None)
    await s.improved(key, await s.action(key))


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
