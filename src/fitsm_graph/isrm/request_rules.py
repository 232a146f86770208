"""How urgent a service request is, what its steps are, and who may take them (PR9.1, PR9.2)."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from fitsm_graph.flow.agreements import agreements_for
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import told
from fitsm_graph.flow.weighing import MATRIX, in_force
from fitsm_graph.flow.weighing import priority as weighed
from fitsm_graph.isrm.assessing import Override, TimeLeft, check_override, overridden, untouched
from fitsm_graph.isrm.matrix import URGENCY
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused

MOST_STEPS = 50


class StepKind(StrEnum):
    """What a step of a request is."""

    MANUAL = "manual"
    APPROVAL = "approval"
    RAISE_CHANGE = "raise_change"
    NOTIFY = "notify"


class OfferingStep(NamedTuple):
    """A step by which requests of an offering are fulfilled.

    Attributes:
        title: What is done, in a line.
        kind: What it is; manual unless said otherwise.
    """

    title: str
    kind: StepKind = StepKind.MANUAL


def step_texts(steps: Sequence[OfferingStep]) -> list[str]:
    """Steps as an offering keeps them.

    Raises:
        BadInput: There are none, or too many.
    """
    if not 0 < len(steps) <= MOST_STEPS:
        raise BadInput(
            "an offering has no steps" if not steps else "an offering has too many steps",
            why=f"1 to {MOST_STEPS} say how it is fulfilled",
            remedy="say what is done, one step after another",
            path=("steps",),
            requirement="PR9.2",
        )
    return [
        f"{StepKind(kind)}: {told(title, 'steps', 'say what is done')}" for title, kind in steps
    ]


def steps_in(texts: Sequence[str]) -> list[OfferingStep]:
    """The same read back."""
    parts = [each.partition(": ") for each in texts]
    return [OfferingStep(title, StepKind(kind)) for kind, _, title in parts]


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
    impact = override.impact or offering.get("impact") or (matrix.impacts[-1] if matrix else None)
    calm = override.urgency or offering.get("urgency") or (matrix.urgencies[-1] if matrix else None)
    agreed = [key for each in agreements_for(policies, [service]) for key in each.keys]
    promised = {"target_priority": weighed(policies, impact, calm)[0], "agreed": agreed}
    urgency, why = _urgency(policies, calm, override, left(promised))
    priority, priority_why = weighed(policies, impact, urgency)
    return {
        "impact": impact,
        "urgency": urgency,
        "priority": priority,
        **promised,
        "override_impact": override.impact or None,
        "override_urgency": override.urgency or None,
        "override_reason": override.why.strip() if override else None,
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


def step_numbered(steps: Sequence[Mapping[str, Any]], number: int) -> Mapping[str, Any]:
    """The step of a request that is to be taken now.

    Raises:
        NotFound: There is none of that number.
        Refused: STEP_DONE or STEPS_IN_ORDER.
    """
    step = next((each for each in steps if each["number"] == number), None)
    if step is None:
        raise NotFound(f"there is no step {number}", remedy=f"1 to {len(steps)}", path=("number",))
    if step.get("done_at"):
        raise Refused(
            f"step {number} is done already",
            code="STEP_DONE",
            why=f"{step['done_by']} did it at {step['done_at']}",
            remedy="go on with the next one",
            requirement="PR9.2",
        )
    before = [
        each["number"] for each in steps if each["number"] < number and not each.get("done_at")
    ]
    if before:
        raise Refused(
            f"step {number} comes later",
            code="STEPS_IN_ORDER",
            why=f"step {before[0]} is not done",
            remedy="take the steps in their order",
            requirement="PR9.2",
        )
    return step


def check_step(
    step: Mapping[str, Any],
    row: Mapping[str, Any],
    record: Mapping[str, Any],
    actor: str,
    others: Collection[str] = (),
) -> None:
    """Refuse an approval by who asked for it, and a change that nobody has raised.

    Args:
        step: That is to be taken.
        row: Of `isrm.case_context`.
        record: The request.
        actor: Login of who acts.
        others: Logins of the other accounts of the same person.

    Raises:
        Refused: SEPARATION_OF_DUTIES or CHANGE_NOT_RAISED.
    """
    if step["step_kind"] == StepKind.APPROVAL:
        own = row["requester"] is not None and row["requester"] == row["actor"]
        if own or record["registered_by"] in {actor, *others}:
            raise Refused(
                "nobody approves what they asked for",
                code="SEPARATION_OF_DUTIES",
                why=f"{actor} asks for {record['key']}, or registered it",
                remedy="let somebody else approve it",
                requirement="PR9.2",
            )
    if step["step_kind"] == StepKind.RAISE_CHANGE and not row["raised"]:
        raise Refused(
            f"no change was raised from {record['key']}",
            code="CHANGE_NOT_RAISED",
            why="this step is done by raising one",
            remedy="`fsg change from-service-request` raises it",
            requirement="PR9.2",
        )


def check_fulfilled(steps: Sequence[Mapping[str, Any]], key: str) -> None:
    """Refuse to call fulfilled what has open steps.

    Raises:
        Refused: STEPS_OPEN.
    """
    going = [f"{each['number']} {each['title']}" for each in steps if not each.get("done_at")]
    if going:
        raise Refused(
            f"{key} is not fulfilled yet",
            code="STEPS_OPEN",
            why=f"not done: {', '.join(going)}",
            remedy="complete them first",
            requirement="PR9.2",
        )
