"""How deviations are raised and by whom they are decided on; for all that find some (PR11.4)."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.kernel.errors import BadInput, Refused
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.confm_records import DEVIATES_AT, FOUND_BY, REMAINS_OF, DeviationSource
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import camel_case

BESIDES = ("owner", "relations")
"""What can deviate beside fields and attributes."""
LEDGER = "ledger"
"""Who raises what the ledger shows."""


def finding_of(*parts: object) -> str:
    """What tells a finding from others; a digest, as it may tell of what not everybody sees."""
    return sha256("\n".join(map(str, parts)).encode()).hexdigest()


def raised(
    tx: Tx,
    policies: Policies,
    element: str,
    described: Mapping[str, Any],
    *,
    verification: str = "",
    change: str = "",
) -> Properties:
    """A deviation of an element.

    Args:
        tx: The transaction.
        policies: In force.
        element: Its id; empty: there is none yet.
        described: Title, source, fields and whatever else is known.
        verification: Id of the verification that brought it to light; empty: none did.
        change: Id of the change whose planned difference it is the rest of; empty: of none.
    """
    by = LEDGER if described["source"] == DeviationSource.LEDGER else tx.actor
    status = life_of(policies, "Deviation").initial
    made = tx.create("Deviation", {"raised_by": by, **described, "status": status})
    if element:
        tx.relate(DEVIATES_AT.type, made["id"], element)
    if verification:
        tx.relate(FOUND_BY.type, made["id"], verification)
    if change:
        tx.relate(REMAINS_OF.type, made["id"], change)
    return made


def field_names(
    names: Sequence[str], labels: Iterable[str], type: str, registry: TypeRegistry, path: str
) -> list[str]:
    """Stored names of fields and attributes of an element, told in either spelling.

    Raises:
        BadInput: It has none of that name.
    """
    kind = next(each for each in labels if each in RECORDS)
    own = [each.name for each in RECORDS[kind].fields]
    typed = registry.attributes(type) if type in registry.ci_types else {}
    known = {camel_case(each): each for each in (*own, *typed, *BESIDES)}
    known |= {each: each for each in known.values()}
    for number, name in enumerate(names):
        if name not in known:
            told = f"the element has no field '{name[:60]}'"
            raise BadInput(told, remedy=did_you_mean(name, known), path=(path, number))
    return list(dict.fromkeys(known[name] for name in names))


def check_other(tx: Tx, record: Properties, same: Sequence[str], *, makers: bool = False) -> None:
    """Refuse whoever raised a deviation, with any account; or also who made what it is about.

    Raises:
        Refused: SEPARATION_OF_DUTIES.
    """
    mine = {tx.actor, *same}
    if record["raised_by"] in mine:
        raise _own(record, "whoever raises a deviation decides on none of it")
    if makers and record.get("made_by") and record["made_by"] in mine:
        raise _own(record, "whoever made it does not say that it may stay")


def _own(record: Properties, why: str) -> Refused:
    return Refused(
        f"you may not decide on {record['key']}",
        code="SEPARATION_OF_DUTIES",
        why=why,
        remedy="ask somebody else to look at it",
        requirement="PR11.5",
    )
