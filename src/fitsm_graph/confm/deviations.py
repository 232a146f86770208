"""Verbs over deviations: raised by hand, corrected, accepted (PR11.4, PR11.5)."""

from collections.abc import Sequence
from typing import Annotated

from fitsm_graph.confm.raising import check_other, field_names, raised
from fitsm_graph.flow.lives import stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import kept, titled, told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact import effects
from fitsm_graph.model.confm_records import DeviationSource
from fitsm_graph.model.declare import Process
from fitsm_graph.model.registry import TypeRegistry

ADeviation = Annotated[str, Of("Deviation")]


@verb("deviation.register", room=Process.CONFM, requirement="PR11.4", on="Deviation")
async def register_deviation(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    deviates_at: Annotated[str, Of("Element")],
    title: str,
    *,
    fields: Sequence[str] = (),
    description: str = "",
) -> Properties:
    """Say that an element is not what its record says (PR11.4).

    Args:
        tx: The transaction.
        policies: In force.
        registry: The types in force.
        deviates_at: Id or key of the element.
        title: What is wrong, in a line.
        fields: Fields and attributes that deviate, `owner` or `relations`; all when left out.
        description: What is known.

    Examples:
        fsg deviation register sto-a "it has 8 disks" --fields disk_count

    Raises:
        NotFound: The element is not there.
        BadInput: It has no such field.
    """
    said = titled(title)
    rows = effects.seen(tx, await tx.rows("confm.elements_by_ref", refs=[deviates_at]))
    found = [{**row, "id": row["element"]["id"]} for row in rows]
    id = effects.named(found, [deviates_at], "deviatesAt")[deviates_at]
    row = rows[0]
    names = field_names(fields, row["labels"], row["element"].get("type", ""), registry, "fields")
    described = {
        "title": said,
        "description": description,
        "source": DeviationSource.PERSON,
        "fields": names,
    }
    return raised(tx, policies, id, described)


@verb("deviation.correct", room=Process.CONFM, requirement="PR11.5", on="Deviation")
async def correct_deviation(
    tx: Tx, policies: Policies, ref: ADeviation, decision: str
) -> Properties:
    """Say that record and element are the same again, and how that came about (PR11.5).

    Whoever raised it leaves that to somebody else.

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the deviation.
        decision: How it was corrected.

    Examples:
        fsg deviation correct DEV-000001 "the record says 8 disks now"

    Raises:
        NotFound: There is no such deviation.
        Refused: SEPARATION_OF_DUTIES, or it is decided already.
    """
    said = told(decision, "decision", "say how it was corrected", "PR11.5")
    return await _decided(tx, policies, ref, "deviation.correct", said)


@verb("deviation.accept", room=Process.CONFM, requirement="PR11.5", on="Deviation")
async def accept_deviation(
    tx: Tx, policies: Policies, ref: ADeviation, decision: str
) -> Properties:
    """Let a deviation stay as it is, and say why (PR11.5).

    Neither whoever raised it nor whoever made it decides so.

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the deviation.
        decision: Why it may stay.

    Examples:
        fsg deviation accept DEV-000001 "the vendor patched it on the phone"

    Raises:
        NotFound: There is no such deviation.
        Refused: SEPARATION_OF_DUTIES, or it is decided already.
    """
    said = told(decision, "decision", "say why it may stay", "PR11.5")
    return await _decided(tx, policies, ref, "deviation.accept", said)


async def _decided(tx: Tx, policies: Policies, ref: str, verb: str, said: str) -> Properties:
    record = (await kept(tx, "Deviation", ref)).record
    target = stepped(policies, "Deviation", record, verb)
    rows = await tx.rows("flow.same_person", login=tx.actor)
    same = rows[0]["logins"] if rows else []
    check_other(tx, record, same, makers=verb == "deviation.accept")
    after = {"status": target, "decision": said, "decided_by": tx.actor, "closed_at": tx.at}
    return tx.update("Deviation", record, after)
