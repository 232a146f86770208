"""What the time of a release collides with: its changes are work like any other (PR12.6, PR13.3).

A release is held against other work as a whole, since it is deployed as one; what of that concerns
one of its changes stands at the change, as if it had been scheduled by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitsm_graph.chm import assessing
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.rdm.within import Row, gravest

OUTSIDE = "it lies outside of the windows for maintenance"


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Other work in the time of a release.

    Attributes:
        whole: What it collides with as a whole, in words.
        of: What each of its changes collides with, by id of the change.
    """

    whole: Sequence[str]
    of: Mapping[str, Sequence[str]]


async def meanwhile(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    row: Row,
    changes: Sequence[Properties],
    when: Mapping[str, Any],
) -> Meanwhile:
    """Hold a release and each of its changes against other work in a time.

    Args:
        tx: The transaction.
        policies: In force; say when there is maintenance.
        reaching: Says what elements do to services.
        row: The release.
        changes: ``{change, alters}`` of all that it contains then.
        when: The planned time.
    """
    ids = [row.release["id"], *(each["change"]["id"] for each in changes)]
    given = {"starts": when["planned_starts_at"], "ends": when["planned_ends_at"]}
    read = await tx.one("chm.work_meanwhile", records=ids, **given)
    people = dict(read["people"])
    busy = sorted({one for each in people.values() for one in each})
    hit = gravest([each["alters"] for each in changes])
    met = assessing.collisions(reaching, hit, read["work"], busy)
    meets = {each.record for each in met}
    # What a part of it collides with, the whole does: only that is looked at for each change.
    work = [each for each in read["work"] if each["id"] in meets]
    of: dict[str, list[str]] = {}
    for each in changes:
        mine = people.get(each["change"]["id"], ())
        alone = assessing.collisions(reaching, gravest([each["alters"]]), work, mine)
        said = [one.because for one in alone]
        if assessing.in_maintenance(policies, {**each["change"], **when}) is False:
            said.append(OUTSIDE)
        of[each["change"]["id"]] = said
    whole = [each.because for each in met]
    return Meanwhile(
        [*whole, OUTSIDE] if any(OUTSIDE in each for each in of.values()) else whole, of
    )
