"""Verbs over the steps of a record, alike for all kinds that are dealt with by them.

What a step is and who takes it is in `step_taking`.
"""

from typing import Annotated

from fitsm_graph.flow import step_taking
from fitsm_graph.flow.declaring import declare
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import snake
from fitsm_graph.flow.step_form import REQUIREMENTS
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.model.steps import STEPPED

_BEGIN = "    step_list: Name of the step list; `fsg policy list --kind step-list` shows them.\n"
_COMPLETE = (
    "    number: Of the step, from 1 on; they are taken in order.\n"
    "    note: What there is to say of it.\n"
)
_SKIP = "    number: Of the step.\n    why: Why it is set aside.\n"
_REFUSE = "    number: Of the step.\n    why: Why one does not agree.\n"
_CALLED = {"ServiceRequest": "request"}
"""What a kind is called in names of functions, where that is not its own."""
BEGUN_BY_A_STEP = "ServiceRequest"
"""Its first step begins the record as well: the room declares how a step of it is done."""


def _declare(kind: str) -> None:
    """Declare the verbs over the steps of a kind of record."""
    asked, word = REQUIREMENTS[kind], _CALLED.get(kind, snake(kind))

    async def begin_steps(
        tx: Tx, policies: Policies, ref: Annotated[str, Of(kind)], step_list: str
    ) -> Properties:
        return await step_taking.begin_steps(tx, policies, kind, ref, step_list)

    async def complete_step(
        tx: Tx, policies: Policies, ref: Annotated[str, Of(kind)], number: int, *, note: str = ""
    ) -> Properties:
        return await step_taking.complete_step(tx, policies, kind, ref, number, note=note)

    async def skip_step(
        tx: Tx, policies: Policies, ref: Annotated[str, Of(kind)], number: int, why: str
    ) -> Properties:
        return await step_taking.skip_step(tx, policies, kind, ref, number, why)

    async def refuse_step(
        tx: Tx, policies: Policies, ref: Annotated[str, Of(kind)], number: int, why: str
    ) -> Properties:
        return await step_taking.refuse_step(tx, policies, kind, ref, number, why)

    for run, does, doc, args, example in (
        (begin_steps, "begin_{}_steps", "Begin a step list for it", _BEGIN, "disk-full"),
        (complete_step, "complete_{}_step", "Say that a step of it is done", _COMPLETE, "1"),
        (skip_step, "skip_{}_step", "Set a step of it aside", _SKIP, '1 "no need"'),
        (refuse_step, "refuse_{}_step", "Do not agree to a step", _REFUSE, '1 "too dear"'),
    ):
        if run is complete_step and kind == BEGUN_BY_A_STEP:
            continue
        declare(
            kind,
            run.__name__,
            run,
            f"{doc} ({asked})",
            args=args,
            example=example,
            called=does.format(word),
            anytime=True,
            takes_step=run is not begin_steps,
        )


for _kind in STEPPED:
    _declare(_kind)
