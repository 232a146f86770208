"""Steps by which records are dealt with, whatever the process (PR9.2, PR12.2).

(:CaseStep)-[:STEP_OF]->(:Incident|:ServiceRequest)
(:ChangeStep)-[:CHANGE_STEP_OF]->(:Change)

A step is what a step list says, as it was when it was begun: a later version of the list changes
nothing about it. Each room keeps those of its own records; what they say is the same.
"""

from enum import StrEnum
from typing import Annotated

from fitsm_graph.model.declare import Doc, Indexed, base
from fitsm_graph.model.record import Record

STEP_LABEL = "Step"
STEP_LABELS = (STEP_LABEL,)
STEPPED = {"Incident": "CaseStep", "ServiceRequest": "CaseStep", "Change": "ChangeStep"}
"""Kinds of records that are dealt with by steps, with the kind of these."""
TYPES = {
    "Incident": ("major",),
    "ServiceRequest": (),
    "Change": ("standard", "normal", "major", "emergency"),
}
"""What a record of a kind can be, so that a step list applies to it."""


class StepState(StrEnum):
    """Where a step stands."""

    WAITING = "waiting"
    OPEN = "open"
    REFUSED = "refused"
    DONE = "done"
    SKIPPED = "skipped"
    DROPPED = "dropped"


OVER = frozenset({StepState.DONE, StepState.SKIPPED, StepState.DROPPED})
"""States of a step that nobody has to take any more."""


class StepKind(StrEnum):
    """What a step is."""

    MANUAL = "manual"
    APPROVAL = "approval"
    RAISE_CHANGE = "raise_change"
    NOTIFY = "notify"


@base
class Step(Record):
    """What is done about a record, in a line; who may do it, and who did."""

    number: Annotated[int, Doc("Its place among the steps of its record, from 1 on.")]
    step_kind: Annotated[str, Doc("manual, approval, raise_change or notify.")]
    title: Annotated[str, Doc("What is done.")]
    state: Annotated[
        str,
        Indexed(),
        Doc("waiting, open, refused, done, skipped, or dropped: not needed."),
    ] = StepState.OPEN
    step_list: Annotated[
        str,
        Indexed(),
        Doc("What it is of: a version of a step list, or the key of a record."),
    ] = ""
    step_key: Annotated[str, Doc("What it is called there.")] = ""
    by_rule: Annotated[bool, Doc("Its list was begun by what the record is; else by somebody.")] = (
        False
    )
    asked_by: Annotated[str, Doc("Login of who began its list; empty: by rule.")] = ""
    role: Annotated[str, Doc("Who may take it: a word of a role; empty: not bound to one.")] = ""
    group: Annotated[str, Doc("Likewise: the key of a group.")] = ""
    any_time: Annotated[bool, Doc("It waits for no other step, and none waits for it.")] = False
    obligatory: Annotated[bool, Doc("Only who answers for the process may set it aside.")] = True
    holds: Annotated[bool, Doc("Its record is not over before it is.")] = True
    template: Annotated[str, Doc("The words of its message; empty: people tell it.")] = ""
    tells: Annotated[
        list[str] | None, Doc("Who gets its message, such as `role:process_staff/isrm`.")
    ] = None
    channels: Annotated[list[str] | None, Doc("How its message is sent.")] = None
    done_at: Annotated[str | None, Doc("Since when it is over, UTC; null: it is not.")] = None
    done_by: Annotated[str, Doc("Login of who did it, set it aside or refused it.")] = ""
    done_seq: Annotated[int | None, Doc("Ledger entry by which it is over.")] = None
    note: Annotated[str, Doc("What there is to say of it, or why it was not done.")] = ""


StepLists = Annotated[
    list[str] | None, Doc("Step lists that were begun for it, as versions or keys of records.")
]
StepsTotal = Annotated[int, Doc("Its steps, without those that were dropped.")]
StepsOpen = Annotated[int, Doc("Those of them that are not over.")]
StepListNamed = Annotated[
    str, Doc("Name of the step list by which it is dealt with; empty: none is named.")
]
