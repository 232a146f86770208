"""The verb by which people say that what they were reminded of is seen to (GR5.2)."""

from typing import Annotated

from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.model.declare import Process
from fitsm_graph.sms.within import led, read

KIND = "Reminder"


@verb("reminder.settle", room=Process.SMS, requirement="GR5.2", on=KIND)
async def settle_reminder(
    tx: Tx, policies: Policies, ref: Annotated[str, Of(KIND)], *, note: str = ""
) -> Properties:
    """Say that what fell due is seen to; where it is done, that happens by itself (GR5.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the reminder.
        note: How it was settled, or why nothing has to be done.

    Examples:
        fsg reminder settle RMD-000001 --note "the next meeting is in January"

    Raises:
        NotFound: There is no such reminder.
        Refused: It is settled already.
    """
    it = await read(tx, ref)
    record = it.record(KIND, ref)
    target = led(policies, KIND, record, "settle", "nothing has to be done")
    return tx.update(KIND, record, {**target, "note": note.strip(), "closed_at": tx.at})
