"""What it means to give a change another plan, whichever verb does so (PR12.1)."""

from collections.abc import Mapping, Sequence
from typing import Any

from fitsm_graph.chm import catalogue, deciding, difference
from fitsm_graph.chm.deciding import Override
from fitsm_graph.chm.within import Row, altered_anew
from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.planned import defines_types
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.weighing import behind
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.model.registry import TypeRegistry


def differing(tx: Tx, registry: TypeRegistry, given: Mapping[str, Any]) -> dict[str, Any]:
    """A planned difference of which nothing is carried out, and who planned it.

    Raises:
        BadInput: With everything that is wrong with its form.
    """
    text = difference.text_of(given, registry.sensitive)
    return anew(text, tx.actor if tx.as_person else None)


def anew(text: str | None, by: str | None) -> dict[str, Any]:
    """A planned difference of which nothing is carried out.

    Args:
        text: As canonical JSON; None: there is none.
        by: Login of who planned it, if they acted for a person.
    """
    said = {"difference": text, "difference_done": 0, "difference_by": by}
    return {**said, "difference_aside": None}


async def altered(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    reaching: Reaches,
    row: Row,
    named: tuple[Mapping[str, Effect], Sequence[Properties]],
) -> dict[str, Any]:
    """Let a change alter other elements; its type with them.

    Args:
        tx: The transaction.
        policies: In force.
        registry: The types in force.
        reaching: Says what its elements do to services meanwhile.
        row: The change, with all else that is new of it.
        named: The state of each element while it is implemented, by id; ``{ref, labels}`` of each.

    Raises:
        Refused: OUTSIDE_THE_STANDARD.
    """
    hit, elements = named
    if row.standard is not None:
        catalogue.check_alters(registry, row.standard, elements)
    altered_anew(tx, row, hit)
    reach = reaching.alone(hit)
    urgent, override = bool(row.change.get("urgent")), Override.of(row.change)
    people = await behind(tx, reach)
    types = defines_types(row.change.get("difference"))
    given: dict[str, Any] = {"urgent": urgent, "types": types, "override": override}
    given["kinds"] = reaching.kinds(hit)
    return deciding.typed(policies, reach, people, **given)


def unapproved(policies: Policies, change: Mapping[str, Any]) -> dict[str, Any]:
    """What the catalogue approved was another plan: the change waits to be assessed."""
    if not change.get("approved_at"):
        return {}
    initial = life_of(policies, "Change").initial
    return {"status": initial, "approved_at": None, "approved_until": None}
