"""What can go wrong at the service desk: one plant or more for each indicator.

A plant does one thing as it should not be, by verbs and by letting time pass, and leaves nothing
open behind it that would go wrong later. Those that say how long they are left before the end
cannot be closed, and are planted last.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from fitsm_graph.flow.target_form import TARGETS
from fitsm_graph.flow.weighing import MATRIX
from fitsm_graph.isrm.updates import UPDATES
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.policies import Seed, from_files, seed_policies
from graph.conformity_story import DAY, HOUR, SYSTEM, Story
from graph.syncing import KINDS

Plant = Callable[[Story], Awaitable[None]]


@dataclass(frozen=True)
class Planted:
    """A plant, and what it is found as.

    Attributes:
        found: Requirement and indicator of each nonconformity that it plants.
        left: How long before the end it is planted; nothing: at any time.
        slow: It takes many acts, and is left to the long form.
    """

    plant: Plant
    found: frozenset[tuple[str, str]]
    left: timedelta | None = None
    slow: bool = False


PLANTS: list[Planted] = []
ON_AN_ESTATE: list[Planted] = []
"""Plants in the CMDB and among releases, which want elements with owners and relations."""


def plants(
    *found: str, left: timedelta | None = None, slow: bool = False, on_estate: bool = False
) -> Callable[[Plant], Plant]:
    """List a plant; what it is found as is written `PR9.2 unowned`."""

    def listed(plant: Plant) -> Plant:
        names = frozenset((one, two) for one, two in (each.split() for each in found))
        among = ON_AN_ESTATE if on_estate else PLANTS
        among.append(Planted(plant, names, left, slow))
        return plant

    return listed


# --- PR9 -----------------------------------------------------------------------------------------


@plants("PR9.1 agreed_and_not_received")
async def agreement_with_who_receives_nothing(s: Story) -> None:
    """Two customers agree on a service, and one of them receives it."""
    service = (await s.element(critical=True)).replace("host", "service")
    customers = [f"{service}-{each}" for each in ("uni", "lab")]
    for key in customers:
        await s.graph.write(sms.register_party, SYSTEM, "Customer", {"key": key, "name": key})
    await s.graph.write(sms.tie, SYSTEM, "RECEIVES", customers[0], service)
    (usual,) = [each for each in from_files() if (each.kind, each.name) == (TARGETS, "default")]
    for name, with_whom in (("kept", customers[:1]), ("broken", customers)):
        agreed = {"kind": "sla", "with": with_whom, "services": [service]}
        seed = Seed(TARGETS, f"{service}-{name}", {**usual.document, **agreed})
        await s.graph.write(seed_policies, SYSTEM, KINDS, [seed])


@plants("PR9.1 unclassified")
async def unclassified_incident(s: Story) -> None:
    await s.over(await s.incident(category=""))


@plants("PR9.1 unprioritised")
async def unprioritised_incident(s: Story) -> None:
    async with s.without(MATRIX):
        await s.over(await s.incident())


@plants("PR9.1 set_aside_without_reason")
async def reasonless_priority(s: Story) -> None:
    await s.over(await s.incident(impact="high", override_reason="because"))


@plants("PR9.1 registered_late")
async def late_registration(s: Story) -> None:
    await s.over(await s.incident(starts_at=s.soon(-2 * DAY)))


@plants("PR9.1 without_element")
async def nobody_says_what_it_is_about(s: Story) -> None:
    key = str(await s.act("incident.register", "trouble", [], category="storage"))
    await s.act("incident.assign", key, "ann")
    await s.act("incident.begin", key)
    await s.over(key)
    await s.passes(1.5 * DAY)


@plants("PR9.2 no_targets")
async def incident_without_targets(s: Story) -> None:
    async with s.without(TARGETS):
        await s.over(await s.incident())


@plants("PR9.2 response_late")
async def late_response(s: Story) -> None:
    key = await s.incident(begun=False)
    await s.passes(1.5 * DAY)
    await s.act("incident.begin", key)
    await s.over(key)


@plants("PR9.2 resolution_late", slow=True)
async def late_resolution(s: Story) -> None:
    key = await s.incident()
    await s.passes(11 * DAY, key)
    await s.over(key)


@plants("PR9.2 waited_long", slow=True)
async def long_wait(s: Story) -> None:
    key = await s.incident()
    await s.act("incident.wait", key, "supplier", "a part is on its way")
    await s.passes(15 * DAY, key)
    await s.act("incident.resume", key)
    await s.over(key)


@plants("PR9.2 case_unowned")
async def incident_of_nobody(s: Story) -> None:
    await s.over(await s.incident(owner=""))


@plants("PR9.2 case_unowned")
async def given_up_incident_of_nobody(s: Story) -> None:
    key = await s.incident(owner="")
    await s.act("incident.reject", key, "withdrawn", "they did not want it any more")


@plants("PR9.2 known_error_ignored", slow=True)
async def ignored_known_error(s: Story) -> None:
    hit = await s.element()
    problem = await s.problem(investigates=[hit])
    await s.known(problem)
    await s.over(await s.incident(hit))
    await s.gone(problem)


@plants("PR9.3 never_escalated", "PR9.2 resolution_late", slow=True)
async def no_escalation(s: Story) -> None:
    key = await s.incident()
    await s.passes(11 * DAY, key, escalates=False)
    await s.over(key)


@plants("PR9.3 escalated_late", slow=True)
async def late_escalation(s: Story) -> None:
    """The scheduler stood still for some hours."""
    key = await s.incident()
    await s.passes(5 * DAY + 5 * HOUR, key, escalates=False)
    await s.escalated()
    await s.over(key)


@plants("PR9.3 escalated_to_nobody", slow=True)
async def escalation_to_nobody(s: Story) -> None:
    key = await s.incident(owner="")
    await s.passes(5.5 * DAY, key)
    await s.act("incident.assign", key, "ann")
    await s.over(key)


@plants("PR9.3 escalation_unanswered")
async def unanswered_escalation(s: Story) -> None:
    key = await s.incident()
    await s.act("incident.escalate_up", key, "somebody has to decide")
    await s.passes(2.5 * DAY)
    await s.over(key)


@plants("PR9.3 handed_around", slow=True)
async def odyssey(s: Story) -> None:
    key = await s.incident()
    for line in ("first", "second", "first", "second"):
        await s.act("incident.escalate", key, "it is not ours", to=line)
    await s.over(key)


@plants("PR9.4 no_update_planned")
async def nobody_says_when_to_update(s: Story) -> None:
    async with s.without(UPDATES):
        key = await s.incident()
        await s.passes(2 * DAY)
        await s.over(key)


@plants("PR9.4 updated_late")
async def late_update(s: Story) -> None:
    key = await s.incident()
    await s.passes(4 * DAY)
    await s.act("incident.update_users", key, "still at it")
    await s.over(key)


@plants("PR9.4 updated_late")
async def no_update_at_all(s: Story) -> None:
    key = await s.incident()
    await s.passes(4 * DAY)
    await s.over(key)


@plants("PR9.4 update_overdue", left=3 * DAY + 6 * HOUR)
async def overdue_update(s: Story) -> None:
    await s.incident()


@plants("PR9.4 waits_untold", left=2 * DAY)
async def wait_for_somebody_who_does_not_know(s: Story) -> None:
    key = await s.incident()
    await s.act("incident.wait", key, "user", "which one is it?")


@plants("PR9.5 closed_unconfirmed")
async def unconfirmed_closure(s: Story) -> None:
    key = await s.incident()
    await s.resolved(key)
    await s.passes(8 * DAY)
    await s.act("incident.close", key)


@plants("PR9.5 case_left_open")
async def late_closure(s: Story) -> None:
    key = await s.incident()
    await s.resolved(key)
    await s.passes(15 * DAY)
    await s.act("incident.close", key, confirmed=True)


@plants("PR9.5 cause_missing")
async def closure_without_a_cause(s: Story) -> None:
    await s.over(await s.incident(), cause="")


@plants("PR9.5 reopened_again", slow=True)
async def resolved_in_name_only(s: Story) -> None:
    key = await s.incident()
    for _ in range(2):
        await s.resolved(key)
        await s.act("incident.reopen", key, "it is not")
    await s.over(key)


@plants("PR9.5 given_up_without_reason")
async def given_up(s: Story) -> None:
    await s.act("incident.reject", await s.incident(), "none_at_all", "no")


@plants("PR9.6 not_declared")
async def major_in_all_but_name(s: Story) -> None:
    key = await s.major(declared=False)
    await s.act("incident.close", key, confirmed=True)


@plants("PR9.6 not_declared")
async def criteria_made_to_disappear(s: Story) -> None:
    """What it affects becomes something else, so that its criteria are not met any more."""
    hit, harmless = await s.element(critical=True), await s.element()
    key = await s.incident(hit, effect="down")
    await s.act("incident.affect", key, harmless, "degraded")
    await s.act("incident.clear", key, hit)
    await s.over(key)


@plants("PR9.6 declared_late", slow=True)
async def late_declaration(s: Story) -> None:
    await _with_its_problem(s, await s.major(after=5 * HOUR))


@plants("PR9.6 major_reviewed_late", slow=True)
async def late_review(s: Story) -> None:
    await _with_its_problem(s, await s.major(), wait=11 * DAY)


async def _with_its_problem(s: Story, key: str, *, wait: timedelta | None = None) -> None:
    """A major incident to its end, with the problem that it comes from."""
    await s.gone(await s.problem(incidents=[key]))
    if wait:
        await s.passes(wait)
    await s.examined(key)
    await s.act("incident.close", key, confirmed=True)
