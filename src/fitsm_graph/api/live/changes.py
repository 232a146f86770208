"""What entries did, record by record, as far as a reader sees it."""

from collections.abc import Iterable, Mapping
from typing import Any

from fitsm_graph.api.history import change_of, ends_of, entry_of, sees
from fitsm_graph.api.live.cursor import Cursor
from fitsm_graph.api.live.listening import Event
from fitsm_graph.api.live.words import ACTIONS, Action
from fitsm_graph.api.withheld import Withheld
from fitsm_graph.graph.changes import Change, RecordChange
from fitsm_graph.graph.follow import Batch
from fitsm_graph.graph.history import RecordImage, Step
from fitsm_graph.graph.sight import Sight
from fitsm_graph.model.record import BOOKKEEPING
from fitsm_graph.model.registry_types import camel_case

Images = Mapping[str, RecordImage]
_OMITTED = frozenset({*BOOKKEEPING, "id"})


async def record_events(batch: Batch, sight: Sight, withheld: Withheld) -> list[Event]:
    """One event for each entry and each record in it, by entry and id."""
    images = await batch.images()
    shown = {id for id, image in images.items() if sees(sight, image)}
    return [
        _event(step, id, images[id], changes, withheld)
        for step in batch.steps
        for id, changes in sorted(_by_record(_seen(step, shown)).items())
    ]


async def entry_events(batch: Batch, sight: Sight, withheld: Withheld) -> list[Event]:
    """One event for each entry with what is seen of it; what is not seen at all is not told."""
    images = await batch.images()
    shown = {id for id, image in images.items() if sees(sight, image)}
    events = []
    for step in batch.steps:
        changes = _seen(step, shown)
        if changes or sight is None:
            seq = int(step.entry["seq"])
            events.append(
                Event(Cursor(seq), {"seq": seq, "entry": entry_of(step, changes, withheld)})
            )
    return events


def _seen(step: Step, shown: set[str]) -> list[Change]:
    return [change for change in step.changes if ends_of(change) <= shown]


def _by_record(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """Changes by every record they are about; a relation is about both of its ends."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        for id in ends_of(change):
            found.setdefault(id, []).append(change)
    return found


def _event(
    step: Step, id: str, image: RecordImage, changes: list[Change], withheld: Withheld
) -> Event:
    own = next((each for each in changes if isinstance(each, RecordChange)), None)
    relations = [change_of(each, withheld) for each in changes if each is not own]
    seq = int(step.entry["seq"])
    fields = {
        **{name: step.entry.get(name) or "" for name in _OF_ENTRY},
        "seq": seq,
        "action": str(ACTIONS[own.op] if own is not None else Action.RELATED),
        "kind": image.kind,
        "id": id,
        "key": str(image.properties.get("key") or ""),
        "changes": _fields(own, withheld) if own is not None else [],
        "relations": [_relation(each) for each in relations],
        "relationCount": len(relations),
    }
    return Event(Cursor(seq, id), fields)


_OF_ENTRY = ("at", "actor", "via", "verb", "requirement", "reason")


def _fields(change: RecordChange, withheld: Withheld) -> list[dict[str, Any]]:
    """What changed; that a withheld attribute did is told, not from what to what."""
    names = sorted({*change.before, *change.after} - _OMITTED)
    changed = [name for name in names if change.before.get(name) != change.after.get(name)]
    told = change_of(change, withheld)
    return [
        {
            "__typename": "FieldChange",
            "field": camel_case(name),
            "old": told["before"].get(name),
            "new": told["after"].get(name),
        }
        for name in changed
    ]


def _relation(change: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "__typename": "RelationChange",
        "op": change["op"],
        "type": change["kind"],
        "source": change["id"],
        "target": change["target"],
        "before": change["before"],
        "after": change["after"],
    }
