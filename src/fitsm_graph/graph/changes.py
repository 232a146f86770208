"""What a verb decides: a list of changes, each to one record or one relation.

A verb never writes by itself. It reads, decides changes, and the transaction writes them with
their ledger entry. So a dry run is the same code without the last step, the ledger cannot miss
a write, and every change can be undone.

Images are what the ledger's hash covers: for a creation everything it wrote, for an update the
properties it touched, before and after.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fitsm_graph.kernel.canonical import canonical, digest, digest_value
from fitsm_graph.kernel.errors import Broken
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.model.ledger import Op

Properties = dict[str, Any]
SALT = "salt"
MASK = "erasable"
"""Key of the object that stands for a personal value in an image: ``{"erasable": digest}``."""

FORMER_KINDS: Mapping[str, str] = {"CaseStep": "RequestStep"}
"""Kinds that a migration has given another name, by that: what the ledger says of them before."""


@dataclass(slots=True)  # not frozen, which takes twice as long to make: a bulk load makes many
class RecordChange:
    """A change to one record.

    Attributes:
        kind: Kind of the record, such as ``CI``.
        labels: Live labels that the change adds (create, reinstate) or takes away (retire).
        before: Replaced properties, None where there was none; empty for a creation.
        after: The same properties afterwards.
    """

    op: Op
    kind: str
    id: str
    before: Properties
    after: Properties
    labels: tuple[str, ...] = ()


@dataclass(slots=True)  # not frozen, which takes twice as long to make: a bulk load makes many
class RelationChange:
    """A change to the one relation of a type from a source to a target."""

    op: Op
    type: str
    source: str
    target: str
    before: Properties
    after: Properties

    @property
    def triple(self) -> tuple[str, str, str]:
        """What identifies the relation."""
        return (self.source, self.type, self.target)


Change = RecordChange | RelationChange


def masked(kind: str, image: Mapping[str, Any], salt: str) -> Properties:
    """Replace personal values by salted digests; values already erased stay as they are.

    The salt itself is no part of any image: erasing drops it.
    """
    info = RECORDS.get(kind)
    personal = info.personal if info else frozenset()
    if not personal and SALT not in image:
        return dict(image)
    return {
        name: mask(value, salt) if name in personal else value
        for name, value in image.items()
        if name != SALT
    }


def mask(value: Any, salt: str) -> Any:
    """Replace one value by its salted digest; null and what is masked already stay."""
    if value is None or (isinstance(value, dict) and MASK in value):
        return value
    return {MASK: digest_value(value, salt=salt)}


def leaf(change: Change, salt: str = "") -> list[str]:
    """The line of one change in an entry's digest: op, kind, id, digests of both images."""
    if isinstance(change, RelationChange):
        return [
            change.op.value,
            change.type,
            f"{change.source} {change.target}",
            _image_digest(change.before),
            _image_digest(change.after),
        ]
    return [
        change.op.value,
        change.kind,
        change.id,
        _image_digest(masked(change.kind, change.before, salt)),
        _image_digest(masked(change.kind, change.after, salt)),
    ]


def as_formerly(changes: Iterable[Change]) -> list[Change]:
    """Changes of records as the ledger says them from before their kinds were called otherwise.

    A creation keeps its kind in its entry; of all else the kind is that of the record as it is now.
    """
    return [
        replace(each, kind=FORMER_KINDS[each.kind])
        if isinstance(each, RecordChange) and each.op is not Op.CREATE and each.kind in FORMER_KINDS
        else each
        for each in changes
    ]


def _image_digest(image: Mapping[str, Any]) -> str:
    """Of an image; the empty one is every second of a bulk load's."""
    return digest_value(image) if image else _EMPTY_IMAGE


_EMPTY_IMAGE = digest_value({})


def root(leaves: list[list[str]]) -> str:
    """Digest over the sorted lines of all changes of an entry."""
    return digest(*(canonical(line) for line in sorted(leaves)))


def image_text(image: Mapping[str, Any]) -> str:
    """An image as it is stored: canonical JSON."""
    return canonical(dict(image)).decode()


def retired_label(kind: str) -> str:
    """The label that a retired record has instead of its live ones."""
    return f"Retired{kind}"


def kind_of(labels: Iterable[str]) -> str:
    """The kind of a record, live or retired, from its labels.

    Raises:
        Broken: None of them names a kind.
    """
    for label in labels:
        kind = label.removeprefix("Retired")
        if kind in RECORDS:
            return kind
    raise Broken(
        "a record has no kind",
        why=f"its labels are {sorted(labels)}",
        remedy="run `fitsm-graph ledger verify --full`",
    )


def coalesced(changes: Iterable[Change]) -> list[Change]:
    """Bring several changes of one record or relation together: an entry has one for each.

    Raises:
        Broken: They have no common meaning, such as an update after a retirement.
    """
    kept: dict[tuple[str, ...], Change] = {}
    for change in changes:
        place = change.triple if isinstance(change, RelationChange) else (change.id,)
        earlier = kept.get(place)
        if earlier is None:
            kept[place] = change
            continue
        joined = _joined(earlier, change)
        if joined is None:
            del kept[place]
        else:
            kept[place] = joined
    return list(kept.values())


def _joined(first: Change, second: Change) -> Change | None:
    """One change that does what two in a row do; None when they cancel out."""
    pair = (first.op, second.op)
    if pair == (Op.RELATE, Op.UNRELATE):
        return None
    if pair in _JOINED_AS:
        made = first.op is Op.CREATE or first.op is Op.RELATE
        after = {**first.after, **second.after}
        if made:
            after = {name: value for name, value in after.items() if value is not None}
        keep = second if pair == (Op.UPDATE, Op.RETIRE) else first
        before = {} if made else {**second.before, **first.before}
        return replace(keep, op=_JOINED_AS[pair], before=before, after=after)
    raise Broken(
        f"one verb states {first.op} and then {second.op} of the same thing",
        why="an entry has one change for each record and relation",
    )


_JOINED_AS = {
    (Op.CREATE, Op.UPDATE): Op.CREATE,
    (Op.UPDATE, Op.UPDATE): Op.UPDATE,
    (Op.UPDATE, Op.RETIRE): Op.RETIRE,
    (Op.RELATE, Op.CHANGE_RELATION): Op.RELATE,
    (Op.CHANGE_RELATION, Op.CHANGE_RELATION): Op.CHANGE_RELATION,
}
