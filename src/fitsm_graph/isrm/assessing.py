"""How grave and how urgent an incident is, and why (PR9.1).

Impact comes from the services that it reaches, urgency from the redundancy and the time that are
left, priority from the matrix. What was promised does not move: the targets are those of the
priority before any time was used, and only the order of work follows the time that is left. A
person may decide otherwise and has to say why; what was computed stays beside it. Sentences name
services only: whoever may read the incident sees those.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from fitsm_graph.flow.agreements import ServiceClock, agreements_for
from fitsm_graph.flow.criteria import Facts
from fitsm_graph.flow.overriding import Override, check_override, overridden
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.weighing import IMPACT, MATRIX, Behind, facts_of, in_force, services_told
from fitsm_graph.flow.weighing import priority as weighed
from fitsm_graph.impact.reach import GONE, Reach
from fitsm_graph.isrm.intake_rules import intake_of
from fitsm_graph.isrm.matrix import URGENCY
from fitsm_graph.kernel.text import plural

MAJOR = "major-incident-criteria"
_KEPT = 100
"""Services that a record names."""
HIGHEST = 1
"""The priority of a major incident."""
_FIRST = "priority 1: it is a major incident"
Clock = Callable[[Mapping[str, Any]], ServiceClock | None]
"""The tightest clock of the time to resolve a record, given new values of it."""


def no_clock(_record: Mapping[str, Any]) -> None:
    """Nobody has looked which agreement is the tightest."""


def assessed(
    policies: Policies,
    reach: Reach,
    behind: Behind,
    override: Override,
    *,
    clock: Clock = no_clock,
    linked: int | None = None,
    major: bool = False,
    known: bool = True,
) -> dict[str, Any]:
    """Values of an incident's record: classes, priority, and why.

    Args:
        policies: In force; what one that is not would say is unknown, and the reason tells so.
        reach: What the incident does to services.
        behind: Who receives them.
        override: What a person decided.
        clock: Says which agreement is the tightest, and so how much of its time is left.
        linked: Incidents that report the same, itself included; None: nobody has counted.
        major: It goes before everything.
        known: It is known what it affects; else impact is what the rules of intake say.

    Raises:
        BadInput: A class is unknown, or a reason is missing.
    """
    check_override(override, in_force(policies, MATRIX))
    facts = {**facts_of(reach, behind), "linked_incidents": linked}
    impact, impact_why = _impact(policies, facts, reach, behind) if known else _unknown(policies)
    promised = _promised(policies, reach, impact, override)
    promised |= {"target_priority": HIGHEST} if major else {}
    shown = clock(promised)
    urgency, said = _urgency(policies, reach, shown.share_left if shown else None)
    final = override.impact or impact, override.urgency or urgency
    priority, why = (HIGHEST, _FIRST) if major else weighed(policies, *final)
    met, tightest = _major(policies, facts), _tightest(policies, reach, shown)
    return {
        "impact": final[0],
        "urgency": final[1],
        "priority": priority,
        "computed_impact": impact,
        "computed_urgency": urgency,
        "computed_priority": weighed(policies, impact, urgency)[0],
        **promised,
        **override.kept(),
        "because": [impact_why, said + tightest, *overridden(override), why, *_may(met)],
        "major_criteria": met,
        **_counts(reach, behind, known=known),
    }


def _counts(reach: Reach, behind: Behind, *, known: bool) -> dict[str, Any]:
    return {
        "needs_element": None if known else True,
        "services_down": len(reach.down),
        "services_reached": len(reach.services),
        "customers_reached": behind.customers,
        "users_reached": behind.users,
        "assessed_seq": reach.seq,
        "services": [each.key for each in reach.services[:_KEPT]],
    }


def _major(policies: Policies, facts: Facts) -> list[str]:
    """Criteria of a major incident that some facts meet."""
    found = in_force(policies, MAJOR)
    return list(found.met(facts)) if found else []


def _may(met: Sequence[str]) -> list[str]:
    return [f"may be a major incident: {', '.join(met)}"] if met else []


def different(incident: Mapping[str, Any], after: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an assessment changes; one that says the same at a later entry changes nothing."""
    told = {name: value for name, value in after.items() if name != "assessed_seq"}
    same = all(incident.get(name) == value for name, value in told.items())
    return {} if same else after


def _impact(
    policies: Policies, facts: Facts, reach: Reach, behind: Behind
) -> tuple[str | None, str]:
    rules = in_force(policies, IMPACT)
    if rules is None:
        return None, f"impact unknown: no {IMPACT} are in force"
    word, rule = rules.class_of(facts)
    return word, _impact_told(word, rule, reach, behind)


def _unknown(policies: Policies) -> tuple[str | None, str]:
    """The class of impact of what is not known to affect anything."""
    rules = in_force(policies, IMPACT)
    if rules is None:
        return None, f"impact unknown: no {IMPACT} are in force"
    word = intake_of(policies).unknown(rules.classes)
    return word, f"impact {word} until it is known which element it is about"


def _promised(
    policies: Policies, reach: Reach, impact: str | None, override: Override
) -> dict[str, Any]:
    """What is agreed on for the services that are reached: the targets' priority and versions."""
    rules = in_force(policies, URGENCY)
    urgency = rules.urgency(margin=_margin(reach)) if rules is not None else None
    classes = override.impact or impact, override.urgency or urgency
    agreements = agreements_for(policies, [each.key for each in reach.services])
    keys = [key for each in agreements for key in each.keys]
    return {"target_priority": weighed(policies, *classes)[0], "agreed": keys}


def _urgency(policies: Policies, reach: Reach, left: float | None) -> tuple[str | None, str]:
    rules = in_force(policies, URGENCY)
    if rules is None:
        return None, f"urgency unknown: no {URGENCY} are in force"
    margin = _margin(reach)
    word, calm = rules.urgency(slack=left, margin=margin), rules.urgency(margin=margin)
    if word != calm and left is not None:
        bound = min(below for below, _ in rules.slack if left < below)
        return word, f"urgency {word}: less than {bound:.0%} of the time to resolve it is left"
    return word, _urgency_told(word, reach)


def _tightest(policies: Policies, reach: Reach, clock: ServiceClock | None) -> str:
    """Which agreement is the tightest, and for which service that is reached."""
    if clock is None:
        return ""
    found = policies.by_key(clock.agreement)
    name, keys = (found.name, found.value.services) if found else (clock.agreement, ())
    services = [each for each in reach.services if each.key in keys] or reach.services[:1]
    whom = f" of {services[0].name} ({services[0].key})" if services else ""
    hours = clock.target.within / timedelta(hours=1)
    return f"; the tightest agreement is '{name}'{whom}: {hours:g} h to resolve it"


def _margin(reach: Reach) -> int | None:
    """Failures that can still be borne: none where a service is DOWN already."""
    return GONE if reach.down else reach.margin


def _impact_told(word: str, rule: str, reach: Reach, behind: Behind) -> str:
    by = f"by the rule '{rule}'" if rule else "as no rule says more"
    if not reach.services:
        return f"impact {word} {by}: no service gets worse"
    people = f"{plural(behind.customers, 'customer')} with {plural(behind.users, 'user')}"
    return f"impact {word} {by}: {services_told(reach.services)}; {people}{_way(reach)}"


def _way(reach: Reach) -> str:
    """The path to the first service, which is the worst and of those the most critical."""
    return f"; by the path {' ← '.join(map(str, reach.path))}" if len(reach.path) > 1 else ""


def _urgency_told(word: str, reach: Reach) -> str:
    if reach.down:
        return f"urgency {word}: a service is DOWN already"
    if reach.margin is None:
        return f"urgency {word}: no redundancy is lost"
    if reach.margin < 0:
        return f"urgency {word}: redundancy is used up"
    left = plural(reach.margin, "failure")
    return f"urgency {word}: where redundancy is lost, {left} more can be borne"
