"""How urgent a service request is, and what its steps are (PR9.1, PR9.2)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from fitsm_graph.flow.agreements import agreements_for
from fitsm_graph.flow.overriding import NO_OVERRIDE, Override, check_override, overridden
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import told
from fitsm_graph.flow.step_form import MOST_STEPS, StepLine, StepList
from fitsm_graph.flow.steps import named
from fitsm_graph.flow.weighing import MATRIX, in_force
from fitsm_graph.flow.weighing import priority as weighed
from fitsm_graph.isrm.matrix import URGENCY
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.steps import StepKind

REQUEST = "ServiceRequest"
TimeLeft = Callable[[Mapping[str, Any]], float | None]
"""The share of the time to fulfil a request that is left, given new values of it."""


def untouched(_record: Mapping[str, Any]) -> float | None:
    """Of a request that is just being registered, all time is left."""
    return None


class OfferingStep(NamedTuple):
    """A step by which requests of an offering are fulfilled.

    Attributes:
        title: What is done, in a line.
        kind: What it is; manual unless said otherwise.
    """

    title: str
    kind: StepKind = StepKind.MANUAL


def offered_steps(
    policies: Policies, steps: Sequence[OfferingStep], step_list: str
) -> dict[str, Any]:
    """How requests of an offering are fulfilled, as it keeps it: its own steps, or a step list.

    Raises:
        BadInput: There is neither, there are both, or there are too many steps.
        Refused: NO_POLICY_IN_FORCE, or STEP_LIST_OF_OTHERS.
    """
    if step_list and not steps:
        named(policies, step_list, REQUEST)
        return {"steps": [], "step_list": step_list}
    if step_list or not 0 < len(steps) <= MOST_STEPS:
        wrong = "has too many steps" if steps else "has no steps"
        raise BadInput(
            f"an offering {'has steps and a step list' if step_list else wrong}",
            why=f"1 to {MOST_STEPS} say how it is fulfilled, or a step list that is in force",
            remedy="say what is done, one step after another, or name a step list",
            path=("steps",),
            requirement="PR9.2",
        )
    texts = [
        f"{StepKind(kind)}: {told(title, 'steps', 'say what is done')}" for title, kind in steps
    ]
    return {"steps": texts, "step_list": ""}


def steps_for(policies: Policies, offering: Mapping[str, Any]) -> tuple[str, StepList]:
    """The steps of a request of an offering, and where they come from."""
    if offering.get("step_list"):
        return named(policies, str(offering["step_list"]), REQUEST)
    parts = [each.partition(": ") for each in offering["steps"]]
    lines = tuple(
        StepLine(f"step-{number}", title, StepKind(kind))
        for number, (kind, _, title) in enumerate(parts, 1)
    )
    said = StepList(offering["title"], REQUEST, "", "", before_closing=True, steps=lines)
    return offering["key"], said


def weighed_request(
    policies: Policies,
    offering: Mapping[str, Any],
    service: str,
    override: Override,
    left: TimeLeft = untouched,
) -> dict[str, Any]:
    """Values of a request's record: classes, priority, what is agreed on, and why.

    Args:
        policies: In force.
        offering: Its classes count, unless a person decides otherwise.
        service: Key of the service that it belongs to.
        override: What a person decided.
        left: Says how much of its time is left, which raises the urgency.

    Raises:
        BadInput: A class is unknown, or a reason is missing.
    """
    matrix = in_force(policies, MATRIX)
    check_override(override, matrix)
    offered = offering.get("impact") or (matrix.impacts[-1] if matrix else None)
    soon = offering.get("urgency") or (matrix.urgencies[-1] if matrix else None)
    impact, calm = override.impact or offered, override.urgency or soon
    agreed = [key for each in agreements_for(policies, [service]) for key in each.keys]
    promised = {"target_priority": weighed(policies, impact, calm)[0], "agreed": agreed}
    urgency, why = _urgency(policies, calm, override, left(promised))
    alone, _ = _urgency(policies, soon, NO_OVERRIDE, left(promised))
    priority, priority_why = weighed(policies, impact, urgency)
    return {
        "impact": impact,
        "urgency": urgency,
        "priority": priority,
        "computed_impact": offered,
        "computed_urgency": alone,
        "computed_priority": weighed(policies, offered, alone)[0],
        **promised,
        **override.kept(),
        "because": [
            f"impact {impact}, urgency {calm} by {offering['key']}",
            *why,
            *overridden(override),
            priority_why,
        ],
    }


def _urgency(
    policies: Policies, calm: str | None, override: Override, left: float | None
) -> tuple[str | None, list[str]]:
    """The urgency once time runs out, and why; never less than without that."""
    rules = in_force(policies, URGENCY)
    if rules is None or left is None or override.urgency or calm not in rules.classes:
        return calm, []
    late = rules.urgency(slack=left)
    if rules.classes.index(late) >= rules.classes.index(calm):
        return calm, []
    bound = min(below for below, _ in rules.slack if left < below)
    return late, [f"urgency {late}: less than {bound:.0%} of the time to fulfil it is left"]
