"""Verbs over baselines: a named state of a selection of elements, to compare with (PR11.4).

A baseline refers to an entry of the ledger, which keeps what was. Its digest tells alike states
from different ones without comparing them, and that the ledger still says the same.
"""

from collections.abc import Sequence
from typing import Annotated

from fitsm_graph.confm.selections import Held, Selection, check_types, held_by, image_at, nothing
from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import kept, titled, told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.model.confm_records import HOLDS_OWNED_BY, HOLDS_SERVICE
from fitsm_graph.model.declare import Process
from fitsm_graph.model.registry import TypeRegistry


@verb("baseline.take", room=Process.CONFM, requirement="PR11.4", on="Baseline")
async def take_baseline(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    title: str,
    *,
    types: Sequence[str] = (),
    services: Sequence[Annotated[str, Of("Element")]] = (),
    owners: Sequence[Annotated[str, Of("Party")]] = (),
    at: Moment | None = None,
    description: str = "",
) -> Properties:
    """Take a baseline of what there is, or was: of all that one sees, or of a part (PR11.4).

    Args:
        tx: The transaction.
        policies: In force.
        registry: The types in force.
        title: What it is taken for, in a line.
        types: CI types, with their subtypes, and kinds of other elements; all when left out.
        services: Services: they and what they need; whatever needs it when left out.
        owners: Persons and groups; whoever answers for it when left out.
        at: The moment whose state it is, RFC 3339; now when left out.
        description: What is known.

    Examples:
        fsg baseline take "before the move" --services mail
        fsg baseline take "end of the year" --types Server --at 2026-12-31T23:00:00Z

    Raises:
        NotFound: A service or an owner is not there, or BEFORE_THE_LEDGER.
        BadInput: A type is unknown, the moment is to come, or NOTHING_SELECTED.
    """
    said = {"title": titled(title), "description": description}
    moment = _moment(tx, at)
    given = {"services": list(services), "owners": list(owners)}
    row = await tx.one("confm.estate_at", at=moment, since=None, **given)
    if row["seq"] is None:
        raise _before(moment)
    wanted = Selection(
        check_types(types, registry, tx.sight),
        frozenset(named(row["services"], services, "services")),
        frozenset(named(row["owners"], owners, "owners")),
    )
    held = held_by(wanted, image_at(row), registry, tx.sight)
    if not held.elements:
        raise nothing(f"no element that you see fits all that is asked for at {moment}")
    said |= {"status": life_of(policies, "Baseline").initial, "state_at": moment}
    return _kept(tx, {**said, "entry": row["seq"]}, wanted, held)


def _kept(tx: Tx, said: Properties, wanted: Selection, held: Held) -> Properties:
    """The baseline with what it holds, and what it was asked for."""
    counted = {
        "types": list(wanted.types),
        "digest": held.digest,
        "elements": len(held.elements),
        "relations": len(held.relations),
    }
    baseline = tx.create("Baseline", {**said, **counted})
    for type, ids in ((HOLDS_SERVICE, wanted.services), (HOLDS_OWNED_BY, wanted.owners)):
        for id in sorted(ids):
            tx.relate(type.type, baseline["id"], id)
    return baseline


def _before(moment: str) -> NotFound:
    return NotFound(
        f"nothing was recorded at {moment}",
        code="BEFORE_THE_LEDGER",
        remedy="name a later moment",
        path=("at",),
    )


@verb("baseline.retire", room=Process.CONFM, requirement="PR11.4", on="Baseline")
async def retire_baseline(
    tx: Tx, policies: Policies, ref: Annotated[str, Of("Baseline")], why: str
) -> Properties:
    """Say that nobody compares with a baseline any more, and why (PR11.4).

    It stays what it is, and can still be compared with.

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the baseline.
        why: Why nobody needs it.

    Examples:
        fsg baseline retire BSL-000001 "the move is over"

    Raises:
        NotFound: There is no such baseline.
        Refused: It is retired already.
    """
    said = told(why, "why", "say why nobody needs it", "PR11.4")
    record = (await kept(tx, "Baseline", ref)).record
    target = stepped(policies, "Baseline", record, "baseline.retire")
    return tx.update("Baseline", record, {"status": target, "why": said, "closed_at": tx.at})


# --- within --------------------------------------------------------------------------------------


def _moment(tx: Tx, at: str | None) -> str:
    if at is None:
        return tx.at
    moment = to_text(from_text(at, path=("at",)))
    if moment > tx.at:
        raise BadInput(
            "that moment is to come", remedy="name one that is over, or none", path=("at",)
        )
    return moment


def named(rows: Sequence[Properties], refs: Sequence[str], path: str) -> list[str]:
    """Ids of services or owners that are meant, of a row of `confm.estate_at`.

    Raises:
        NotFound: One is not there.
    """
    found = {each["ref"]: each["id"] for each in rows if each.get("kind") != ""}
    for number, ref in enumerate(refs):
        if ref not in found:
            raise NotFound(
                f"there is no {'service' if path == 'services' else 'person or group'} '{ref}'",
                remedy="check the id or key",
                path=(path, number),
            )
    return [found[ref] for ref in refs]
