"""Who reported a record: whom to ask for more, and to tell what becomes of it (PR9.1, PR10.1)."""

from collections.abc import Mapping
from typing import Any

from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.kernel.errors import NotFound
from fitsm_graph.model.process import REPORTED_BY


def looked_for(tx: Tx, reporter: str = "") -> dict[str, str]:
    """What a statement that finds ``reporters`` is asked with.

    Args:
        tx: The transaction.
        reporter: Id or key of a person; empty: the person that the account acts for, if any.
    """
    return {"reporter": reporter, "actor": "" if reporter else tx.actor}


NOBODY = {"reporter": "", "actor": ""}
"""The same where nobody reports anything."""


def reported(tx: Tx, made: Properties, row: Mapping[str, Any], reporter: str = "") -> Properties:
    """State who reported a record that is being registered.

    Args:
        tx: The transaction.
        made: The record.
        row: With ``reporters``, ids of persons.
        reporter: Id or key of who was named; empty: nobody was.

    Raises:
        NotFound: There is no such person.
    """
    persons = row["reporters"]
    if reporter and len(persons) != 1:
        told = f"there is no person '{reporter[:80]}'"
        raise NotFound(told, remedy="check the id or key", path=("reporter",))
    for person in persons[:1]:
        tx.relate(REPORTED_BY.type, made["id"], person)
    return made
