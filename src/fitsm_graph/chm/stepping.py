"""The steps of changes: begun, taken, set aside, refused (PR12.2).

What a step is and who takes it is in `flow`; here are the verbs of this room.
"""

from fitsm_graph.chm.within import AChange, Row
from fitsm_graph.flow import step_taking
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.steps import Run
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.model.declare import Process
from fitsm_graph.model.steps import OVER, StepState

CHANGE = "Change"


@verb("change.begin_steps", room=Process.CHM, requirement="PR12.2", on=CHANGE, anytime=True)
async def begin_change_steps(
    tx: Tx, policies: Policies, ref: AChange, step_list: str
) -> Properties:
    """Begin a step list for a change, beside those that its type has begun (PR12.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the change.
        step_list: Name of the step list.

    Examples:
        fsg change begin-steps CHG-000001 night-work

    Raises:
        NotFound: There is no such change.
        Refused: NO_POLICY_IN_FORCE, STEP_LIST_OF_OTHERS, STEPS_BEGUN, or it is over.
    """
    return await step_taking.begin_steps(tx, policies, CHANGE, ref, step_list)


@verb("change.complete_step", room=Process.CHM, requirement="PR12.2", on=CHANGE, anytime=True)
async def complete_change_step(
    tx: Tx, policies: Policies, ref: AChange, number: int, *, note: str = ""
) -> Properties:
    """Say that a step of a change is done; who asked for it approves none of it (PR12.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the change.
        number: Of the step, from 1 on; they are taken in order.
        note: What there is to say of it.

    Examples:
        fsg change complete-step CHG-000001 1 --note "nobody else is at it"

    Raises:
        NotFound: The change or the step is not there.
        Refused: STEP_DONE, STEPS_IN_ORDER, NOT_YOUR_STEP, SEPARATION_OF_DUTIES, or it is over.
    """
    return await step_taking.complete_step(tx, policies, CHANGE, ref, number, note=note)


@verb("change.skip_step", room=Process.CHM, requirement="PR12.2", on=CHANGE, anytime=True)
async def skip_change_step(
    tx: Tx, policies: Policies, ref: AChange, number: int, why: str
) -> Properties:
    """Set a step of a change aside; an obligatory one if one answers for the process (PR12.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the change.
        number: Of the step.
        why: Why it is set aside.

    Examples:
        fsg change skip-step CHG-000001 2 "nobody uses it at night"

    Raises:
        NotFound: The change or the step is not there.
        Refused: STEP_DONE, STEPS_IN_ORDER, STEP_OBLIGATORY, NOT_YOUR_STEP, SEPARATION_OF_DUTIES,
            or it is over.
    """
    return await step_taking.skip_step(tx, policies, CHANGE, ref, number, why)


@verb("change.refuse_step", room=Process.CHM, requirement="PR12.2", on=CHANGE, anytime=True)
async def refuse_change_step(
    tx: Tx, policies: Policies, ref: AChange, number: int, why: str
) -> Properties:
    """Do not agree to a step of a change that asks for it; it stays open (PR12.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the change.
        number: Of the step.
        why: Why one does not agree.

    Examples:
        fsg change refuse-step CHG-000001 2 "not in the exam week"

    Raises:
        NotFound: The change or the step is not there.
        Refused: NO_APPROVAL, STEP_DONE, STEPS_IN_ORDER, NOT_YOUR_STEP, SEPARATION_OF_DUTIES, or
            it is over.
    """
    return await step_taking.refuse_step(tx, policies, CHANGE, ref, number, why)


def steps_done(tx: Tx, row: Row, change: Properties) -> Properties:
    """The steps of a standard change are done with what followed it and went well.

    Args:
        tx: The transaction.
        row: The change as it was, with its steps.
        change: What the verb has made of it.
    """
    if row.standard is None:
        return change
    run = Run(tx, CHANGE, change, row.steps)
    for each in run.rows:
        if each["step_list"] == row.standard["key"] and each["state"] not in OVER:
            run.end(each, StepState.DONE, "with the change")
    return run.kept()
