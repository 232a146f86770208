"""What can go wrong with problems and known errors: one plant or more for each indicator."""

from dataclasses import replace
from datetime import timedelta

from fitsm_graph.pm.policies import REVIEW
from fitsm_graph.pm.trend_rules import RULES
from fitsm_graph.sms.policies import from_files, seed_policies
from graph.conformity_plants import plants
from graph.conformity_story import DAY, SYSTEM, Story
from graph.syncing import KINDS


@plants("PR10.1 problem_unclassified")
async def unclassified_problem(s: Story) -> None:
    await s.gone(await s.problem(category=""))


@plants("PR10.1 unfounded")
async def unfounded_problem(s: Story) -> None:
    await s.gone(await s.problem(incidents=[]))


@plants("PR10.1 major_without_problem", slow=True)
async def major_incident_without_problem(s: Story) -> None:
    key = await s.major()
    await s.examined(key)
    await s.act("incident.close", key, confirmed=True)


@plants("PR10.1 recurring", slow=True)
async def again_and_again(s: Story) -> None:
    hit = await s.element()
    for _ in range(3):
        await s.over(await s.incident(hit))


@plants("PR10.1 recurring", slow=True)
async def again_after_a_rejected_problem(s: Story) -> None:
    """A problem that is registered to be rejected answers for nothing that comes later."""
    hit = await s.element()
    first = await s.over(await s.incident(hit))
    problem = await s.problem(incidents=[first], investigates=[hit], diagnosed=False)
    await s.act("problem.reject", problem, "it is none")
    for _ in range(3):
        await s.over(await s.incident(hit))


@plants("PR10.1 trends_not_reviewed")
async def looked_through_once_and_never_again(s: Story) -> None:
    s.count += 1
    await s.reviewed(s.soon(-timedelta(milliseconds=500)), f"rules-{s.count}")


@plants("PR10.1 trends_undecided", "PR10.1 trends_not_reviewed", slow=True)
async def findings_that_wait_too_long(s: Story) -> None:
    since = await s.again_and_again()
    review = await s.reviewed(since, f"rules-{s.count}")
    await s.passes(8 * DAY)
    first, *rest = await s.undecided(review)
    problem = str(await s.act("trend_finding.accept", first, category="storage"))
    for key in rest:
        await s.act("trend_finding.merge", key, problem)
    await s.act("trend_review.conclude", review, "that one again")
    await s.act("problem.assign", problem, "ann")
    await s.act("problem.diagnose", problem, "the firmware leaks")
    await s.gone(problem)


@plants("PR10.1 trends_never_reviewed")
async def rules_for_trends_that_nobody_looks_by(s: Story) -> None:
    (rules,) = [each for each in from_files() if each.kind == RULES]
    s.count += 1
    seed = replace(rules, name=f"unused-{s.count}")
    await s.graph.write(seed_policies, SYSTEM, KINDS, [seed])


@plants("PR10.2 undiagnosed")
async def late_diagnosis(s: Story) -> None:
    key = await s.problem(diagnosed=False)
    await s.passes(31 * DAY)
    await s.act("problem.diagnose", key, "the firmware leaks")
    await s.gone(key)


@plants("PR10.2 undiagnosed")
async def given_up_undiagnosed(s: Story) -> None:
    key = await s.problem(diagnosed=False)
    await s.passes(31 * DAY)
    await s.act("problem.reject", key, "nobody knows")


@plants("PR10.2 no_action")
async def nothing_done_about_a_cause(s: Story) -> None:
    key = await s.problem()
    await s.known(key)
    await s.passes(61 * DAY)
    await s.gone(key)


@plants("PR10.2 problem_unowned")
async def problem_of_nobody(s: Story) -> None:
    await s.gone(await s.problem(owner=""))


@plants("PR10.2 recurred")
async def not_resolved_after_all(s: Story) -> None:
    hit = await s.element()
    await s.gone(await s.problem(investigates=[hit]))
    await s.passes(5 * DAY)
    await s.over(await s.incident(hit))


@plants("PR10.3 not_registered")
async def cause_without_known_error(s: Story) -> None:
    key = await s.problem()
    await s.passes(15 * DAY)
    await s.gone(key)


@plants("PR10.3 no_workaround")
async def known_error_without_help(s: Story) -> None:
    key = await s.problem()
    await s.known(key, workaround="", verified=False)
    await s.passes(31 * DAY)
    await s.gone(key)


@plants("PR10.3 nobody_carries_out")
async def workaround_of_nobody(s: Story) -> None:
    key = await s.problem()
    await s.known(key, who="")
    await s.gone(key)


@plants("PR10.3 never_verified")
async def untried_workaround(s: Story) -> None:
    key = await s.problem()
    await s.known(key, verified=False)
    await s.passes(31 * DAY)
    await s.gone(key)


async def other_way(s: Story, known: str, *, who: str = "users", verified: bool = True) -> str:
    """Another workaround, of which somebody has seen that it helps."""
    given = {"carried_out_by": who}
    key = str(await s.act("workaround.register", known, "send from the page", **given))
    if verified:
        await s.act("workaround.verify", key)
    return key


@plants("PR10.3 other_of_nobody")
async def other_workaround_of_nobody(s: Story) -> None:
    key = await s.problem()
    await other_way(s, await s.known(key), who="")
    await s.gone(key)


@plants("PR10.3 other_never_verified")
async def other_workaround_that_nobody_tried(s: Story) -> None:
    key = await s.problem()
    await other_way(s, await s.known(key), verified=False)
    await s.passes(31 * DAY)
    await s.gone(key)


@plants("PR10.4 other_reviewed_late")
async def stale_other_workaround(s: Story) -> None:
    """Its known error is looked at in time, and it is not."""
    key = await s.problem()
    known = await s.known(key)
    other = await other_way(s, known)
    await s.raised(key)
    await s.passes(60 * DAY)
    await s.act("known_error.verify", known)
    await s.passes(31 * DAY)
    await s.act("workaround.verify", other)
    await s.gone(key)


@plants("PR10.4 other_does_not_help", slow=True)
async def other_workaround_that_does_not_work(s: Story) -> None:
    hit = await s.element()
    key = await s.problem(investigates=[hit])
    other = await other_way(s, await s.known(key))
    for _ in range(3):
        incident = await s.incident(hit)
        await s.act("workaround.try", other, incident, helped=False)
        await s.over(incident)
    await s.gone(key)


@plants("PR10.4 workaround_reviewed_late")
async def stale_known_error(s: Story) -> None:
    key = await s.problem()
    known = await s.known(key)
    await s.raised(key)
    await s.passes(91 * DAY)
    await s.act("known_error.verify", known)
    await s.gone(key)


@plants("PR10.4 not_communicated")
async def secret_known_error(s: Story) -> None:
    key = await s.problem()
    await s.known(key, told=False)
    await s.passes(8 * DAY)
    await s.gone(key)


@plants("PR10.4 no_review_planned")
async def nobody_says_when_to_look_again(s: Story) -> None:
    key = await s.problem()
    async with s.without(REVIEW):
        await s.known(key)
    await s.gone(key)


@plants("PR10.4 outlived", slow=True)
async def known_error_without_a_cause(s: Story) -> None:
    key = await s.problem()
    await s.known(key)
    change = await s.change(resolves=[key])
    await s.begun(change)
    await s.done(change)
    await s.passes(15 * DAY)
    await s.gone(key)


@plants("PR10.4 does_not_help", slow=True)
async def workaround_that_does_not_work(s: Story) -> None:
    hit = await s.element()
    key = await s.problem(investigates=[hit])
    known = await s.known(key)
    for _ in range(3):
        incident = await s.incident(hit)
        await s.act("known_error.try", known, incident, helped=False)
        await s.over(incident)
    await s.gone(key)
