"""What the ledger tells of records: their history, and entry by entry what was done (PR11.4).

To a reader with a limited sight only changes of elements that it sees are told, and relations
between them; what else an entry changed is not there.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from fitsm_graph.api import types as words
from fitsm_graph.api.answers import Info, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.references import ref_of
from fitsm_graph.api.selection import pick
from fitsm_graph.api.withheld import NOTHING, Withheld, veiled
from fitsm_graph.graph import feed, histories
from fitsm_graph.graph.changes import Change, RecordChange, RelationChange, kind_of
from fitsm_graph.graph.history import RecordImage, Step
from fitsm_graph.graph.sight import Sight
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import NotFound
from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.registry_types import CI
from fitsm_graph.sms.rights import READ_LEDGER

_TOLD = frozenset({*ELEMENT_KINDS, "Person", "Group", "Customer"})
"""Kinds of records that a limited reader may be told of."""
PIECES = {"DocumentPart": frozenset({"text"})}
"""Fields that are no news by themselves: what a document says is told as a whole, and compared."""


def sees(sight: Sight, image: RecordImage) -> bool:
    """Whether a reader sees a record, live or retired."""
    if sight is None:
        return True
    return image.kind in _TOLD and (image.kind != "CI" or image.properties.get("type") in sight)


async def ci_history(info: Info, by: words.ElementRef) -> object:
    """What happened to a record and to the relations that start at it, oldest first."""
    context = info.context
    context.allow(READ_LEDGER)
    ref = ref_of(by)
    rows = await context.graph.rows("confm.any_element", **{"id": None, "key": None, **ref})
    if not rows or rows[0]["id"] not in await _seen_ids(context, [rows[0]["id"]]):
        raise NotFound(
            f"there is no element '{next(iter(ref.values()))}'",
            why="no record that you may see has this id or key",
            remedy="`search` finds elements by words",
            path=("by",),
        )
    steps = await histories.history_of(context.graph, rows[0]["id"])
    what = asked_of(info)
    return [pick(entry, what) for entry in await _told(context, steps)]


async def ledger_entries(
    info: Info, since: words.DateTime, until: words.DateTime | None = None
) -> object:
    """Entries with their changes after one time, up to another."""
    context = info.context
    context.allow(READ_LEDGER)
    start = await feed.seq_at(context.graph, to_text(from_text(since, path=("since",))))
    _, steps = await feed.since(context.graph, start)
    end = to_text(from_text(until, path=("until",))) if until else None
    what = asked_of(info)
    wanted = [step for step in steps if end is None or step.entry["at"] <= end]
    return [pick(entry, what) for entry in await _told(context, wanted)]


async def _told(context: Context, steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Entries with the changes that the reader may see; entries without any are left out."""
    if context.sight is None:
        return [entry_of(step, step.changes, context.withheld) for step in steps]
    shown = await _seen(context, steps)
    kept = [(step, [each for each in step.changes if ends_of(each) <= shown]) for step in steps]
    return [entry_of(step, changes, context.withheld) for step, changes in kept if changes]


async def seen_changes(context: Context, changes: Sequence[Change]) -> list[Change]:
    """What a verb changed, as far as its actor sees it; what it made itself is seen."""
    if context.sight is None:
        return list(changes)
    made = {each.id for each in changes if isinstance(each, RecordChange) and not each.before}
    shown = made | await _seen_ids(context, {id for each in changes for id in ends_of(each)})
    return [each for each in changes if ends_of(each) <= shown]


async def _seen(context: Context, steps: Sequence[Step]) -> set[str]:
    """Ids of the records in some entries that the reader sees."""
    ids = {id for step in steps for change in step.changes for id in ends_of(change)}
    return await _seen_ids(context, ids)


async def _seen_ids(context: Context, ids: Iterable[str]) -> set[str]:
    if context.sight is None:
        return set(ids)
    rows = await context.graph.rows("ledger.records_now", ids=sorted(ids))
    images = ((row["id"], RecordImage(kind_of(row["labels"]), row["properties"])) for row in rows)
    return {id for id, image in images if sees(context.sight, image)}


def ends_of(change: Change) -> set[str]:
    """Ids of the record, or of both ends of the relation."""
    if isinstance(change, RelationChange):
        return {change.source, change.target}
    return {change.id}


def entry_of(step: Step, changes: Sequence[Change], withheld: Withheld) -> dict[str, Any]:
    """An entry with some of its changes, with the names of the schema."""
    return {**step.entry, "changes": [change_of(change, withheld) for change in changes]}


def change_of(change: Change, withheld: Withheld) -> dict[str, Any]:
    """One change with the names of the schema; what is withheld is told to have changed."""
    kind = change.kind if isinstance(change, RecordChange) else ""
    veil = withheld if kind == CI else PIECES.get(kind, NOTHING)
    return {
        "op": change.op.name,
        "kind": change.type if isinstance(change, RelationChange) else change.kind,
        "id": change.source if isinstance(change, RelationChange) else change.id,
        "target": change.target if isinstance(change, RelationChange) else None,
        "before": veiled(change.before, veil),
        "after": veiled(change.after, veil),
    }
