"""The compacted part of a topology.

Elements are numbered in the order of their ids, relations are sorted by source, type and target,
so that two loads of the same graph give the same arrays whatever the order of the chunks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitsm_graph.impact.columns import INHERIT, Facets, Int32, Relations, TextColumn, row_starts
from fitsm_graph.impact.records import ElementRow, GroupNeed, RelationRow

PLANNED, RETIRED, SOURCE, GROUNDED_GROUP = 1, 2, 4, 8
"""Bits of an element's flags; the last is set for redundancy groups whose need is grounded."""


@dataclass(frozen=True, slots=True, eq=False)
class Elements:
    """Columns of the elements, one row an element.

    Attributes:
        kind: Code of `Kind`, uint8.
        type: Number of the CI type, int16.
        flags: PLANNED, RETIRED, SOURCE, GROUNDED_GROUP, uint8.
        criticality: Of services; 0 where there is none, int8.
    """

    kind: NDArray[np.uint8]
    type: NDArray[np.int16]
    flags: NDArray[np.uint8]
    criticality: NDArray[np.int8]

    def __len__(self) -> int:
        return self.kind.size

    def take(self, rows: NDArray[np.integer]) -> "Elements":
        """Pick rows in the order given."""
        return Elements(self.kind[rows], self.type[rows], self.flags[rows], self.criticality[rows])

    def writable(self, extra: int) -> "Elements":
        """A copy with room for more rows at the end, to be filled before it is shared."""
        return Elements(
            _grown(self.kind, extra),
            _grown(self.type, extra),
            _grown(self.flags, extra),
            _grown(self.criticality, extra),
        )


def _grown(column: NDArray[Any], extra: int) -> NDArray[Any]:
    return np.concatenate([column, np.zeros(extra, column.dtype)])


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """What a topology was when it was last compacted.

    Attributes:
        ids: Ids in ascending order of their bytes, fixed width.
        keys: Human keys.
        names: Names.
        groups: Need of each redundancy group by the group's number.
        relations: Sorted by source, type, target.
        by_source: Where the relations of each source begin, int32[n + 1].
        by_target: Where the relations to each target begin in ``to_target``, int32[n + 1].
        to_target: Rows of relations by target, ascending, int32.
    """

    ids: NDArray[np.bytes_]
    keys: TextColumn
    names: TextColumn
    groups: Mapping[int, GroupNeed]
    relations: Relations
    by_source: Int32
    by_target: Int32
    to_target: Int32

    def __len__(self) -> int:
        return self.ids.size

    def find(self, element_id: str) -> int:
        """The number of an id, or -1."""
        text = element_id.encode()
        if len(text) > self.ids.itemsize:
            return -1
        key = np.array(text, self.ids.dtype)  # another width would convert the whole column
        row = int(np.searchsorted(self.ids, key))
        return row if row < self.ids.size and self.ids[row] == text else -1

    def find_all(self, ids: Sequence[str]) -> Int32:
        """The numbers of some ids, -1 for each that is not there; int32 in their order."""
        if not len(self):
            return np.full(len(ids), -1, np.int32)
        texts = [each.encode() for each in ids]
        keys = np.array(texts, self.ids.dtype)  # cuts what is too long to be there
        rows = np.minimum(np.searchsorted(self.ids, keys), len(self) - 1)
        there = self.ids[rows]
        whole = np.char.str_len(there) == np.array(list(map(len, texts)), np.int64)
        found: Int32 = np.where(whole & (there == keys), rows, -1).astype(np.int32)
        return found

    def find_relation(self, source: int, kind: int, target: int) -> int:
        """The row of a relation, or -1."""
        if max(source, target) >= len(self):
            return -1
        first, end = int(self.by_source[source]), int(self.by_source[source + 1])
        types = self.relations.type[first:end]
        low = first + int(np.searchsorted(types, kind, "left"))
        high = first + int(np.searchsorted(types, kind, "right"))
        row = low + int(np.searchsorted(self.relations.target[low:high], target))
        return row if row < high and self.relations.target[row] == target else -1

    @classmethod
    def make(
        cls,
        ids: NDArray[np.bytes_],
        keys: TextColumn,
        names: TextColumn,
        groups: Mapping[int, GroupNeed],
        relations: Relations,
    ) -> "Base":
        """Derive the ways back from sorted columns."""
        count = ids.size
        packed = (relations.target.astype(np.int64) << 32) | np.arange(len(relations))
        packed.sort()
        packed &= 0xFFFFFFFF
        return cls(
            ids,
            keys,
            names,
            groups,
            relations,
            row_starts(relations.source, count),
            row_starts(relations.target, count),
            packed.astype(np.int32),
        )


def flags_of(row: ElementRow) -> int:
    """The flag bits of an element."""
    grounded = row.group is not None and row.group.grounded
    return (
        PLANNED * row.planned
        | RETIRED * row.retired
        | SOURCE * row.is_source
        | GROUNDED_GROUP * grounded
    )


def facets_of(row: RelationRow) -> Facets:
    """The coded facets of a relation."""
    return (
        INHERIT if row.strength is None else int(row.strength),
        INHERIT if row.grounded is None else int(row.grounded),
        row.weight,
        float(np.float32(row.confidence)),
        row.verified_at or 0,
    )
