"""What was: the ledger undone from now.

An entry keeps what it replaced. So the state before it follows from the state after it, and the
state at any time follows from now by undoing all later entries, newest first. The images of a
change before and after fall out of the same walk; history, the feed, as-of and verification all
use it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fitsm_graph.graph.changes import (
    SALT,
    Change,
    Properties,
    RecordChange,
    RelationChange,
    kind_of,
)
from fitsm_graph.graph.entry import unpack
from fitsm_graph.kernel.errors import Broken
from fitsm_graph.model.ledger import Op

Triple = tuple[str, str, str]


@dataclass(slots=True)
class RecordImage:
    """One record at some time; its labels are those of now."""

    kind: str
    properties: Properties
    salt: str = ""
    labels: frozenset[str] = frozenset()

    @property
    def live(self) -> bool:
        """Whether it is not retired."""
        return self.properties.get("retired") is None


@dataclass(slots=True)
class GraphImage:
    """Records and relations at some time, as plain dictionaries; whole or a part."""

    records: dict[str, RecordImage] = field(default_factory=dict)
    relations: dict[Triple, Properties] = field(default_factory=dict)

    def add_record(self, id: str, labels: Iterable[str], properties: Mapping[str, Any]) -> None:
        """Put a record in as the database shows it."""
        plain = {name: value for name, value in properties.items() if name != SALT}
        salt = properties.get(SALT, "")
        self.records[id] = RecordImage(kind_of(labels), plain, salt, frozenset(labels))

    def copy(self) -> "GraphImage":
        """Another one that says the same, and is undone by itself; values are never changed."""
        records = {
            id: RecordImage(one.kind, dict(one.properties), one.salt, one.labels)
            for id, one in self.records.items()
        }
        relations = {triple: dict(properties) for triple, properties in self.relations.items()}
        return GraphImage(records, relations)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as read: its properties, what it replaced and what it created.

    Attributes:
        replaced: ``[id, labels, op, before, type, target]`` each.
    """

    properties: Properties
    replaced: tuple[Sequence[Any], ...]
    created_records: tuple[tuple[str, str], ...]
    created_relations: tuple[Triple, ...]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Entry":
        """Read one row of `ledger.changes_between` or `ledger.changes_of`."""
        entry = row["entry"]
        return cls(
            entry,
            tuple(row["changed"]),
            tuple((kind, id) for kind, id in _listed(entry, "created_records", 2)),
            tuple((s, t, o) for s, t, o in _listed(entry, "created_relations", 3)),
        )

    @property
    def seq(self) -> int:
        """Its number."""
        return int(self.properties["seq"])

    def record_ids(self) -> set[str]:
        """Ids of the records it created or changed itself."""
        changed = {row[0] for row in self.replaced if row[4] is None}
        return changed | {id for _, id in self.created_records}

    def ended_births(self) -> set[int]:
        """Numbers of the entries that made the relations which it ended."""
        ended = [row for row in self.replaced if row[2] == Op.UNRELATE]
        return {_image(self, row[3])["created"] for row in ended}

    def triples(self) -> set[Triple]:
        """Relations that it created, changed or ended."""
        changed = {(row[0], row[4], row[5]) for row in self.replaced if row[4] is not None}
        return changed | set(self.created_relations)


def _listed(entry: Mapping[str, Any], name: str, width: int) -> list[list[str]]:
    rows = unpack(entry.get(name))
    if any(len(row) != width for row in rows):
        raise Broken(
            f"ledger entry {entry.get('seq')} has a list that cannot be read",
            code="LEDGER_BROKEN",
            why=f"{name} holds rows of {width}",
            remedy="the data was changed outside the product; compare with a backup",
        )
    return rows


@dataclass(frozen=True, slots=True)
class Step:
    """An entry with its changes, both images of each known."""

    entry: Properties
    changes: tuple[Change, ...]


def undo(image: GraphImage, entry: Entry) -> Step:
    """Take the image from after an entry to before it, and tell what the entry did.

    The image must hold everything the entry touched.

    Raises:
        Broken: LEDGER_BROKEN, when image and entry do not fit together.
    """
    changes: list[Change] = []
    for triple in entry.created_relations:
        after = _taken(image.relations, triple, entry)
        changes.append(RelationChange(Op.RELATE, triple[1], triple[0], triple[2], {}, after))
    for row in entry.replaced:
        undo_row = _undo_record if row[4] is None else _undo_relation
        changes.append(undo_row(image, entry, row))
    for kind, id in entry.created_records:
        record: RecordImage = _taken(image.records, id, entry)
        changes.append(RecordChange(Op.CREATE, kind, id, {}, record.properties))
    return Step(entry.properties, tuple(changes))


def undo_all(image: GraphImage, entries: Iterable[Entry]) -> list[Step]:
    """Undo entries, which come newest first; the steps come back oldest first."""
    steps = [undo(image, entry) for entry in entries]
    steps.reverse()
    return steps


def _undo_record(image: GraphImage, entry: Entry, row: Sequence[Any]) -> RecordChange:
    id, _labels, op, text, *_ = row
    record = image.records.get(id)
    if record is None:
        raise _misfit(entry, f"record {id} is not there")
    before = _image(entry, text)
    after = {name: record.properties.get(name) for name in before}
    _restore(record.properties, before)
    return RecordChange(_op(entry, op), record.kind, id, before, after)


def _undo_relation(image: GraphImage, entry: Entry, row: Sequence[Any]) -> RelationChange:
    source, _labels, op, text, type, target = row
    before = _image(entry, text)
    triple = (source, type, target)
    if _op(entry, op) is Op.UNRELATE:
        if triple in image.relations:
            raise _misfit(entry, f"relation {triple} is still there")
        image.relations[triple] = dict(before)
        return RelationChange(Op.UNRELATE, type, source, target, before, {})
    relation = image.relations.get(triple)
    if relation is None:
        raise _misfit(entry, f"relation {triple} is not there")
    after = {name: relation.get(name) for name in before}
    _restore(relation, before)
    return RelationChange(_op(entry, op), type, source, target, before, after)


def _op(entry: Entry, word: Any) -> Op:
    try:
        return Op(word)
    except ValueError as error:
        raise _misfit(entry, f"nothing is called '{word}'") from error


def _restore(properties: Properties, before: Mapping[str, Any]) -> None:
    for name, value in before.items():
        if value is None:
            properties.pop(name, None)
        else:
            properties[name] = value


def _image(entry: Entry, text: Any) -> Properties:
    try:
        image = json.loads(text)
    except (TypeError, ValueError) as error:
        raise _misfit(entry, "an image cannot be read") from error
    if not isinstance(image, dict):
        raise _misfit(entry, "an image is no object")
    return image


def _taken(things: dict[Any, Any], name: Any, entry: Entry) -> Any:
    if name not in things:
        raise _misfit(entry, f"{name} is not there")
    return things.pop(name)


def _misfit(entry: Entry, why: str) -> Broken:
    return Broken(
        f"ledger entry {entry.properties.get('seq')} does not fit the graph",
        code="LEDGER_BROKEN",
        why=why,
        remedy="the data was changed outside the product; compare with a backup",
    )
