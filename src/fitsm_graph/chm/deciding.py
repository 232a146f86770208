"""Which type a change is of, and why: by the criteria in force, or as a person decided (PR12.1).

What was computed stays beside what was decided. Sentences name services only: whoever may read the
change sees those.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitsm_graph.chm.classifying import ChangeType, ChangeTypeCriteria
from fitsm_graph.flow.criteria import Facts
from fitsm_graph.flow.overriding import check_reason
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.weighing import DEFAULT, Behind, facts_of, in_force, services_told
from fitsm_graph.impact.reach import Reach
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import plural

CRITERIA = "change-type-criteria"


@dataclass(frozen=True, slots=True)
class Override:
    """What a person decided instead of the criteria; None: they decide.

    Attributes:
        why: Needed where a type is given.
    """

    type: ChangeType | None = None
    why: str = ""

    @classmethod
    def of(cls, change: Mapping[str, Any]) -> "Override":
        """What stands in a change's record."""
        word = change.get("override_type")
        return cls(ChangeType(word) if word else None, change.get("override_reason") or "")


NO_OVERRIDE = Override()


def typed(
    policies: Policies,
    reach: Reach,
    people: Behind,
    *,
    urgent: bool,
    preapproved: bool = False,
    types: bool = False,
    kinds: frozenset[str] = frozenset(),
    override: Override = NO_OVERRIDE,
) -> dict[str, Any]:
    """Values of a change's record: its type, and why.

    Where no criteria are in force, the type stays unknown and the reason tells so: a change is
    registered all the same.

    Args:
        policies: In force.
        reach: What its elements do to services while it is implemented.
        people: Who receives those.
        urgent: It cannot wait for the usual steps.
        preapproved: It follows a standard change that is approved.
        types: It defines types of CIs or relations, which concern elements that it does not name.
        kinds: Kinds and types of the elements that it alters, with those that they inherit from.
        override: What a person decided.

    Raises:
        BadInput: A reason is missing, or the type has to be earned.
    """
    _check(override)
    facts: Facts = {
        **facts_of(reach, people),
        "margin_left": reach.margin,
        "urgent": int(urgent),
        "preapproved": int(preapproved),
    }
    computed, why = _computed(policies, facts, kinds)
    decided = [f"{override.type} as a person decided: {override.why.strip()}"]
    type, least = _at_least(override.type or computed, types=types)
    return {
        "type": type,
        "computed_type": computed,
        "override_type": override.type,
        "override_reason": override.why.strip() if override.type else None,
        "because": [why, meanwhile_told(reach), *(decided if override.type else []), *least],
        "services_down": len(reach.down),
        "services_reached": len(reach.services),
        "margin_left": reach.margin,
        "classified_seq": reach.seq,
    }


def meanwhile_told(reach: Reach) -> str:
    """What happens to services while a change is implemented, in a sentence."""
    if not reach.services:
        return "no service gets worse meanwhile"
    return f"meanwhile: {services_told(reach.services)}{_margin_told(reach)}"


def _margin_told(reach: Reach) -> str:
    if reach.margin is None:
        return ""
    if reach.margin < 0:
        return "; redundancy is used up"
    return f"; {plural(reach.margin, 'failure')} more can be borne"


def _at_least(type: ChangeType | None, *, types: bool) -> tuple[ChangeType | None, tuple[str, ...]]:
    """The type of a change that defines types, which is no small one; and why it is another."""
    if not types or type in {ChangeType.MAJOR, ChangeType.EMERGENCY}:
        return type, ()
    return ChangeType.MAJOR, ("major at least, as it defines types",)


def _computed(
    policies: Policies, facts: Facts, kinds: frozenset[str]
) -> tuple[ChangeType | None, str]:
    criteria: ChangeTypeCriteria | None = in_force(policies, CRITERIA)
    if criteria is None:
        return None, f"type unknown: no {CRITERIA} '{DEFAULT}' are in force"
    rule = criteria.rule_of(facts, kinds)
    if rule is not None:
        bounds = [f"{name} {facts[name]}" for name in sorted(rule.when)]
        bounds += [f"altering a {name}" for name in sorted(rule.of & kinds)]
        return ChangeType(rule.key), f"{rule.key} by {', '.join(bounds)}"
    return criteria.otherwise, f"{criteria.otherwise}, as no rule says more"


def _check(override: Override) -> None:
    if override.type is None:
        return
    if override.type is ChangeType.STANDARD:
        raise BadInput(
            "a change is not made standard by decision",
            code="CHANGE_TYPE_UNEARNED",
            why="standard is what follows a standard change that was approved before",
            remedy="`change from-standard`, or another type",
            path=("type",),
            requirement="PR12.2",
        )
    check_reason(override.why, remedy="say why the type is another", requirement="PR12.1")
