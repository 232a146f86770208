"""How the changes of one ledger entry are stated backwards, on what is there now."""

from collections.abc import Sequence
from typing import Any

from fitsm_graph.confm.sync_runs import Run, check_lease
from fitsm_graph.graph.changes import Change, Properties, RecordChange, RelationChange
from fitsm_graph.graph.tx import Tx
from fitsm_graph.model.ledger import Op
from fitsm_graph.model.record import BOOKKEEPING

Triple = tuple[str, str, str]


class Undoing:
    """What is there now of what an entry changed."""

    def __init__(self, context: Properties) -> None:
        self.records: dict[str, Properties] = {row[0]: row[2] for row in context["records"]}
        self.relations: dict[Triple, Properties] = {
            (source, type, target): properties
            for source, type, target, properties in context["relations"]
        }
        self.ties: dict[str, set[Triple]] = {}
        for id, *triple in context["ties"]:
            self.ties.setdefault(id, set()).add((triple[0], triple[1], triple[2]))

    @staticmethod
    def asked(run: Run, changes: Sequence[Change]) -> dict[str, Any]:
        """Parameters of `confm.revert_context`."""
        ids = sorted({each.id for each in changes if isinstance(each, RecordChange)})
        triples = [list(each.triple) for each in changes if isinstance(each, RelationChange)]
        return {"scope": run.place, "ids": ids, "triples": triples}

    def key(self, id: str) -> str:
        """Key of a record, for messages."""
        return str(self.records.get(id, {}).get("key", id))


def undo_entry(tx: Tx, run: Run, changes: Sequence[Change], context: Properties) -> list[str]:
    """State the changes of an entry backwards; tells what is not as the entry left it.

    Raises:
        Conflict: SYNC_LEASE_LOST.
    """
    check_lease(tx, run, context["token"])
    now = Undoing(context)
    faults: list[str] = []
    for change in changes:
        if isinstance(change, RelationChange):
            faults += _undo_relation(tx, now, change)
    for change in changes:
        if isinstance(change, RecordChange):
            faults += _undo_record(tx, now, change)
    return faults


def _undo_relation(tx: Tx, now: Undoing, change: RelationChange) -> list[str]:
    current = now.relations.get(change.triple)
    type, source, target = change.type, change.source, change.target
    if change.op is Op.UNRELATE:
        if current is not None:
            return [f"{type} of {source} is there again"]
        given = {name: value for name, value in change.before.items() if name != "created"}
        tx.relate(type, source, target, given)
        return []
    if current is None:
        return [f"{type} of {source} is gone"]
    if change.op is Op.CHANGE_RELATION:
        tx.change_relation(type, source, target, current, change.before)
        return []
    for ties in now.ties.values():
        ties.discard(change.triple)
    tx.unrelate(type, source, target, current)
    return []


def _undo_record(tx: Tx, now: Undoing, change: RecordChange) -> list[str]:
    current = now.records.get(change.id)
    if current is None:
        return [f"{change.id} is gone"]
    if change.op is Op.CREATE:
        left = sorted({type for _, type, _ in now.ties.get(change.id, ()) if type not in _TOLD_ON})
        if left or current.get("retired") is not None:
            return [f"{now.key(change.id)}: {', '.join(left) or 'retired'}"]
        tx.retire(change.kind, current, **_ended(change.kind))
        return []
    wrong = [
        name
        for name, value in change.after.items()
        if name not in BOOKKEEPING and current.get(name) != value
    ]
    if wrong:
        return [f"{now.key(change.id)}: {', '.join(sorted(wrong))}"]
    before = {name: value for name, value in change.before.items() if name not in BOOKKEEPING}
    if change.op is Op.RETIRE:
        tx.reinstate(change.kind, current, **before)
    else:
        tx.update(change.kind, current, before)
    return []


_TOLD_ON = frozenset({"AFFECTS", "COVERS", "PROPOSES"})
"""Relations that stay with what is retired: they tell what happened."""


def _ended(kind: str) -> Properties:
    return {} if kind == "Identifier" else {"lifecycle": "retired"}
