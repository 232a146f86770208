"""The steps of a standard change, which are done with what followed it (PR12.2)."""

from fitsm_graph.chm.within import Row
from fitsm_graph.flow.steps import Run
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.model.steps import OVER, StepState

CHANGE = "Change"


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
