"""Pure decisions about problems: what their incidents cost, and which priority follows (PR10.2)."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from fitsm_graph.flow.overriding import NO_OVERRIDE, Override, check_override, overridden
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.weighing import IMPACT, MATRIX, Behind, facts_of, in_force, priority
from fitsm_graph.impact.reach import Reach
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.text import plural
from fitsm_graph.pm.policies import REVIEW, TARGETS, URGENCY


def cost(incidents: Iterable[Mapping[str, Any]], at: str) -> dict[str, Any]:
    """How many incidents there are, and how long they lasted together; open ones until now.

    Args:
        incidents: ``{startsAt, endsAt}`` of each.
        at: The moment, in the stored form.
    """
    listed = list(incidents)
    spans = [
        from_text(min(each["endsAt"] or at, at)) - from_text(each["startsAt"]) for each in listed
    ]
    lost = sum((span for span in spans if span > timedelta()), timedelta())
    return {
        "incident_count": len(listed),
        "incident_hours": round(lost.total_seconds() / 3600, 2),
    }


def weighed(
    policies: Policies,
    reach: Reach,
    people: Behind,
    incidents: Iterable[Mapping[str, Any]],
    at: str,
    override: Override = NO_OVERRIDE,
) -> dict[str, Any]:
    """Priority of a problem, and why: the reach of its elements, and the cost of its incidents.

    Args:
        policies: In force.
        reach: What its elements do to services when they are down.
        people: Who receives those.
        incidents: That it caused.
        at: The moment.
        override: What a person decided.

    Raises:
        BadInput: A class is unknown, or a reason is missing.
    """
    check_override(override, in_force(policies, MATRIX))
    listed = list(incidents)
    spent = cost(listed, at)
    going = sum(1 for each in listed if each["endsAt"] is None or each["endsAt"] > at)
    impact, impact_why = _impact(policies, reach, people)
    urgency, urgency_why = _urgency(policies, spent, going)
    final = override.impact or impact, override.urgency or urgency
    number, why = priority(policies, *final)
    return {
        **spent,
        "impact": final[0],
        "urgency": final[1],
        "priority": number,
        "computed_impact": impact,
        "computed_urgency": urgency,
        "computed_priority": priority(policies, impact, urgency)[0],
        **override.kept(),
        "because": [impact_why, urgency_why, *overridden(override), why],
        "services_down": len(reach.down),
        "services_reached": len(reach.services),
    }


def _impact(policies: Policies, reach: Reach, people: Behind) -> tuple[str | None, str]:
    rules = in_force(policies, IMPACT)
    if rules is None:
        return None, f"impact unknown: no {IMPACT} are in force"
    word, rule = rules.class_of(facts_of(reach, people))
    down, reached = len(reach.down), len(reach.services)
    told = f"its elements take {plural(down, 'service')} down, {reached} get worse"
    return word, f"impact {word}: {told}{f' ({rule})' if rule else ''}"


def _urgency(policies: Policies, spent: Mapping[str, Any], going: int) -> tuple[str | None, str]:
    rules = in_force(policies, URGENCY)
    if rules is None:
        return None, f"urgency unknown: no {URGENCY} is in force"
    facts = {
        "linked_incidents": spent["incident_count"],
        "open_incidents": going,
        "hours_lost": int(spent["incident_hours"]),
    }
    word, rule = rules.class_of(facts)
    told = f"{plural(spent['incident_count'], 'incident')}, {going} open"
    told += f", {spent['incident_hours']:g} hours together"
    return word, f"urgency {word}: {told}{f' ({rule})' if rule else ''}"


def review_due(policies: Policies, at: str, *, verified: bool) -> str | None:
    """When a known error has to be looked at again; None where no policy says so."""
    rule = in_force(policies, REVIEW)
    if rule is None:
        return None
    return to_text(from_text(at) + (rule.verified if verified else rule.unverified))


def resolution_due(policies: Policies, priority: int | None, registered_at: str) -> str | None:
    """By when a problem is to be resolved; None where no policy says so (PR10.2)."""
    rule = in_force(policies, TARGETS)
    if rule is None:
        return None
    return to_text(from_text(registered_at) + rule.within(priority))
