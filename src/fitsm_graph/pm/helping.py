"""What is kept of a way that helps: who saw it help, and how often it was tried (PR10.3, PR10.4).

A known error keeps one itself, and others beside it are records of their own (`Workaround`). Their
fields have the same names, so that both are written down, verified and tried here.
"""

from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.kernel.errors import NotFound
from fitsm_graph.model.declare import RelationInfo
from fitsm_graph.pm import rules


def described(tx: Tx, policies: Policies, workaround: str, carried_out_by: str = "") -> Properties:
    """What stands there of a way that is written down anew: nobody has verified or tried it.

    Args:
        tx: The transaction.
        policies: In force; say when it is to be looked at.
        workaround: What helps, step by step.
        carried_out_by: Who does that; as before when left out.
    """
    after: Properties = {
        "workaround": workaround,
        "verified_at": None,
        "verified_by": "",
        "used": 0,
        "helped": 0,
        "described_seq": tx.seq,
        "review_due_at": rules.review_due(policies, tx.at, verified=False),
    }
    if carried_out_by:
        after["carried_out_by"] = carried_out_by
    return after


def verified(tx: Tx, policies: Policies) -> Properties:
    """What stands there once somebody has looked at a way, and seen that it holds."""
    due = rules.review_due(policies, tx.at, verified=True)
    return {"verified_at": tx.at, "verified_by": tx.actor, "review_due_at": due}


def tried(
    tx: Tx, by: RelationInfo, way: Properties, row: Properties, named: str, *, helped: bool
) -> Properties:
    """Note on an incident whether a way helped there, and count that; each incident counts once.

    Args:
        tx: The transaction.
        by: Relation from an incident to what was tried on it.
        way: What was tried.
        row: ``{incident, tried}`` as the contexts have it.
        named: How the incident was named.
        helped: Whether it helped.

    Returns:
        The counts as they are then.

    Raises:
        NotFound: The incident is not there.
    """
    incident = row["incident"]
    if incident is None:
        told = f"there is no incident '{named}'"
        raise NotFound(told, remedy="check the id or key", path=("incident",))
    before = row["tried"][0]["properties"] if row["tried"] else None
    said = {"helped": helped, "tried_seq": tx.seq}
    if before is None:
        tx.relate(by.type, incident["id"], way["id"], said)
    else:
        tx.change_relation(by.type, incident["id"], way["id"], before, said)
    last = _counted(way, before)
    return {
        "used": way.get("used", 0) + (last is None),
        "helped": way.get("helped", 0) + helped - bool(last and last["helped"]),
    }


def _counted(way: Properties, before: Properties | None) -> Properties | None:
    """What was said of an incident before, where that was about the words of now."""
    if before is None or before.get("tried_seq", 0) < way.get("described_seq", 0):
        return None
    return before
