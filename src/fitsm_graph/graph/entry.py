"""An entry of the ledger: its hash, and the form in which its changes are stored."""

import asyncio
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from fitsm_graph.graph.changes import (
    SALT,
    Change,
    Properties,
    RecordChange,
    RelationChange,
    image_text,
    leaf,
    masked,
    root,
)
from fitsm_graph.kernel.canonical import canonical, digest
from fitsm_graph.kernel.errors import Broken
from fitsm_graph.model.ledger import GENESIS, HEADER, Op


@dataclass(frozen=True, slots=True)
class Head:
    """Where the ledger stands.

    Attributes:
        counters: Last number given for each prefix of human keys, as ``next_SVC``.
    """

    seq: int
    hash: str
    at: str
    counters: dict[str, int]

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> "Head":
        """Read the head node's properties."""
        counters = {name: value for name, value in properties.items() if name.startswith("next_")}
        return cls(properties["seq"], properties["hash"], properties["at"], counters)


HASHED_AT_ONCE = 64
"""Changes of a bulk verb, about a millisecond."""

FIRST_HEAD = Head(0, GENESIS, "", {})


def entry_hash(entry: Mapping[str, Any]) -> str:
    """Digest over the hash before, the header and the root of the changes."""
    header = [entry[name] for name in HEADER]
    return digest(str(entry["prev_hash"]).encode(), canonical(header), str(entry["root"]).encode())


def make_entry(
    head: Head, header: Mapping[str, Any], changes: Sequence[Change], salts: Mapping[str, str]
) -> Properties:
    """Make the properties of the entry that follows the head."""
    entry = open_entry(head, header, changes)
    return {**entry, **seal(entry, changes, leaves(changes, salts))}


def open_entry(head: Head, header: Mapping[str, Any], changes: Sequence[Change]) -> Properties:
    """An entry as far as it is known before its changes are hashed."""
    return {**header, "prev_hash": head.hash, "change_count": len(changes)}


def leaves(changes: Iterable[Change], salts: Mapping[str, str]) -> list[list[str]]:
    """The lines of changes in their entry's digest."""
    return [leaf(change, salts.get(_id(change), "")) for change in changes]


async def leaves_in_turns(changes: Sequence[Change], salts: Mapping[str, str]) -> list[list[str]]:
    """The same of many changes, a few at a time, so that others get a turn."""
    found: list[list[str]] = []
    for start in range(0, len(changes), HASHED_AT_ONCE):
        found += leaves(changes[start : start + HASHED_AT_ONCE], salts)
        await asyncio.sleep(0)
    return found


def seal(entry: Mapping[str, Any], changes: Sequence[Change], lines: list[list[str]]) -> Properties:
    """The rest of an entry: its root and hash, and what it created, packed."""
    sealed: Properties = {"root": root(lines)}
    sealed["hash"] = entry_hash({**entry, **sealed})
    records = [[c.kind, c.id] for c in changes if isinstance(c, RecordChange) and c.op is Op.CREATE]
    relations = [
        [c.source, c.type, c.target]
        for c in changes
        if isinstance(c, RelationChange) and c.op is Op.RELATE
    ]
    if records:
        sealed["created_records"] = pack(records)
    if relations:
        sealed["created_relations"] = pack(relations)
    return sealed


def pack(rows: list[list[str]]) -> bytes:
    """Store what an entry created compactly: no edge for each."""
    return zlib.compress(canonical(rows), 6)


def unpack(data: bytes | None) -> list[list[str]]:
    """Read what `pack` wrote.

    Raises:
        Broken: The bytes were tampered with.
    """
    if data is None:
        return []
    try:
        rows = orjson.loads(zlib.decompress(bytes(data)))
        return [list(map(str, row)) for row in rows]
    except (zlib.error, TypeError, ValueError) as error:
        raise Broken(
            "an entry's list of created records cannot be read",
            code="LEDGER_BROKEN",
            why="its bytes were changed",
            remedy="compare with a backup: `fitsm-graph ledger verify --full`",
        ) from error


def parameters(
    entry: Properties, head: Mapping[str, Any], changes: Iterable[Change], salts: Mapping[str, str]
) -> Properties:
    """The parameters of `ledger.write_entry` for an entry and its changes."""
    lists: dict[str, list[Properties]] = {name: [] for name in _LISTS.values()}
    for change in changes:
        lists[_LISTS[change.op]].append(_row(change, salts))
    lists["related"] = _by_source(lists["related"])
    return {"entry": entry, "head": dict(head), **lists}


def counted(given: Mapping[str, Any]) -> dict[str, int]:
    """How many changes of each sort the database must find, by column of the statement."""
    found = {name: len(given[name]) for name in _FOUND}
    return {**found, "related": sum(len(row["ties"]) for row in given["related"])}


def _by_source(related: Iterable[Properties]) -> list[Properties]:
    """Relations that are made, by the record they leave, which is then looked up once."""
    ties: dict[str, list[Properties]] = {}
    for row in related:
        ties.setdefault(row.pop("source"), []).append(row)
    return [{"source": source, "ties": each} for source, each in ties.items()]


_LISTS = {
    Op.CREATE: "created",
    Op.UPDATE: "updated",
    Op.ERASE: "updated",
    Op.RETIRE: "retired",
    Op.REINSTATE: "reinstated",
    Op.RELATE: "related",
    Op.CHANGE_RELATION: "rerelated",
    Op.UNRELATE: "unrelated",
}
_FOUND = ("updated", "retired", "reinstated", "rerelated", "unrelated")


def _row(change: Change, salts: Mapping[str, str]) -> Properties:
    if isinstance(change, RelationChange):
        row: Properties = {"source": change.source, "type": change.type, "target": change.target}
        if change.op is Op.RELATE:
            return {**row, "properties": change.after}
        return {**row, "before": image_text(change.before), "after": change.after}
    if change.op is Op.CREATE:
        properties = dict(change.after)
        if change.id in salts:
            properties[SALT] = salts[change.id]
        return {"labels": list(change.labels), "properties": properties}
    before = change.before
    after = change.after
    if change.op is Op.ERASE:
        before = masked(change.kind, change.before, salts.get(change.id, ""))
        after = {**after, SALT: None}
    return {
        "id": change.id,
        "op": change.op.value,
        "before": image_text(before),
        "after": after,
        "labels": list(change.labels),
    }


def _id(change: Change) -> str:
    return change.id if isinstance(change, RecordChange) else ""
