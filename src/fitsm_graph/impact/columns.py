"""Compact columns: texts as one piece of bytes, relations as parallel arrays, rows by number.

A million elements with four million relations have to fit into a few hundred megabytes beside
the network, so nothing here keeps one Python object a row.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int8 = NDArray[np.int8]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

_FEWER = 16  # so many times fewer rows than keys are sorted instead of counted
INHERIT = -1
"""Strength or grounding of a relation that has none of its own: its type's holds."""


@dataclass(frozen=True, slots=True, eq=False)
class TextColumn:
    """Many texts as UTF-8 in one array.

    Attributes:
        blob: The bytes, uint8.
        starts: Where each text begins, with the end at last, int64[n + 1].
    """

    blob: NDArray[np.uint8]
    starts: Int64

    @classmethod
    def of(cls, texts: Sequence[str]) -> "TextColumn":
        """Pack texts."""
        return cls.packed([text.encode() for text in texts])

    @classmethod
    def packed(cls, texts: Sequence[bytes]) -> "TextColumn":
        """Pack texts that are encoded already."""
        starts = np.zeros(len(texts) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=starts[1:])
        return cls(np.frombuffer(b"".join(texts), np.uint8), starts)

    @classmethod
    def joined(cls, parts: Sequence["TextColumn"]) -> "TextColumn":
        """Put columns one after the other."""
        sizes = np.concatenate([np.zeros(1, np.int64), *(np.diff(part.starts) for part in parts)])
        blob = np.concatenate([np.zeros(0, np.uint8), *(part.blob for part in parts)])
        return cls(blob, np.cumsum(sizes))

    def take(self, rows: NDArray[np.integer]) -> "TextColumn":
        """Pick rows in the order given; a hundred thousand at a time, to spare memory."""
        sizes = np.diff(self.starts)[rows]
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        blob = np.empty(int(starts[-1]), np.uint8)
        for first in range(0, rows.size, 100_000):
            part = rows[first : first + 100_000]
            end = min(first + 100_000, rows.size)
            blob[starts[first] : starts[end]] = self.blob[positions(self.starts, part)]
        return TextColumn(blob, starts)

    def rows_of(self, text: str) -> Iterator[int]:
        """Rows that hold exactly a text; one pass over the bytes, with no index to keep."""
        wanted, whole = text.encode(), self.blob.tobytes()
        at = whole.find(wanted) if wanted else -1
        while at >= 0:
            row = int(np.searchsorted(self.starts, at, "right")) - 1
            if self.starts[row] == at and self.starts[row + 1] == at + len(wanted):
                yield row
            at = whole.find(wanted, at + 1)

    def encoded(self, rows: NDArray[np.integer]) -> list[bytes]:
        """Some rows in the order given; as UTF-8 they are in the order of their code points."""
        taken = self.take(rows)
        whole, starts = taken.blob.tobytes(), taken.starts.tolist()
        return [whole[a:b] for a, b in pairwise(starts)]

    def __len__(self) -> int:
        return self.starts.size - 1

    def __getitem__(self, row: int) -> str:
        return self.blob[self.starts[row] : self.starts[row + 1]].tobytes().decode()


def positions(starts: NDArray[np.integer], rows: NDArray[np.integer]) -> Int64:
    """Positions of all entries of some compressed rows, one row after the other."""
    begin = starts[rows].astype(np.int64)
    sizes = starts[np.asarray(rows) + 1].astype(np.int64) - begin
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if ends.size else 0
    shift: Int64 = np.repeat(begin - ends + sizes, sizes)
    return np.arange(total, dtype=np.int64) + shift


@dataclass(frozen=True, slots=True, eq=False)
class Relations:
    """Relations as parallel columns of equal length.

    Attributes:
        source: Element it starts from, int32.
        type: Number of its relation type, int16.
        target: Element it ends at, int32.
        strength: Own strength or `INHERIT`, int8.
        grounded: Own grounding 0 or 1, or `INHERIT`, int8.
        weight: Weight of a member, int32 or int64.
        confidence: 0 – 1, float32.
        verified: Seconds since 1970 UTC, uint32; 0: never.
    """

    source: Int32
    type: NDArray[np.int16]
    target: Int32
    strength: Int8
    grounded: Int8
    weight: NDArray[np.integer]
    confidence: NDArray[np.float32]
    verified: NDArray[np.uint32]

    def __len__(self) -> int:
        return self.source.size

    def take(self, rows: NDArray[np.integer] | Bool) -> "Relations":
        """Pick rows by number or by mask."""
        return Relations(*(getattr(self, name)[rows] for name in RELATION_COLUMNS))

    @classmethod
    def joined(cls, parts: Sequence["Relations"]) -> "Relations":
        """Put tables one after the other."""
        tables = [EMPTY_RELATIONS, *parts]
        arrays: list[Any] = [
            np.concatenate([getattr(table, name) for table in tables]) for name in RELATION_COLUMNS
        ]
        return cls(*arrays)

    @classmethod
    def of_rows(cls, rows: Iterable[tuple[int, int, int, "Facets"]]) -> "Relations":
        """Make a table of (source, type, target, facets)."""
        flat = [(s, t, d, *facets) for s, t, d, facets in rows]
        columns = list(zip(*flat, strict=True)) or [()] * len(RELATION_COLUMNS)
        pairs = zip(RELATION_COLUMNS, columns, strict=True)
        arrays: list[Any] = [_column(name, values) for name, values in pairs]
        return cls(*arrays)

    def ordered(self, element_count: int, type_count: int) -> "Relations":
        """Sort by source, type and target."""
        return self.take(np.argsort(self.keys(element_count, type_count)))

    def keys(self, element_count: int, type_count: int) -> Int64:
        """One number for each relation that orders by source, type, target."""
        source = self.source.astype(np.int64)
        keys: Int64 = (source * type_count + self.type) * element_count + self.target
        return keys

    def facets(self, row: int) -> "Facets":
        """All but the ends and the type of one row."""
        return (
            int(self.strength[row]),
            int(self.grounded[row]),
            int(self.weight[row]),
            float(self.confidence[row]),
            int(self.verified[row]),
        )


Facets = tuple[int, int, int, float, int]
"""Own strength, own grounding, weight, confidence, time of verification, coded as columns."""

RELATION_COLUMNS = tuple(f.name for f in fields(Relations))
_DTYPES: dict[str, Any] = {
    "source": np.int32,
    "type": np.int16,
    "target": np.int32,
    "strength": np.int8,
    "grounded": np.int8,
    "weight": np.int32,
    "confidence": np.float32,
    "verified": np.uint32,
}
_NARROW = 2**31 - 1


def _column(name: str, values: Sequence[float]) -> NDArray[Any]:
    if name == "weight" and values and max(values) > _NARROW:
        return np.asarray(values, np.int64)
    return np.asarray(values, _DTYPES[name])


def _empty() -> Relations:
    arrays: list[Any] = [np.zeros(0, _DTYPES[name]) for name in RELATION_COLUMNS]
    return Relations(*arrays)


EMPTY_RELATIONS = _empty()


def row_starts(keys: NDArray[np.integer], count: int) -> Int32:
    """Where the rows of each of ``count`` keys begin once they are sorted, int32[count + 1]."""
    if keys.size < count // _FEWER:
        ends = np.concatenate([[-1], np.sort(keys), [count]])
        return np.repeat(np.arange(keys.size + 1, dtype=np.int32), np.diff(ends))
    starts = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(keys, minlength=count), out=starts[1:])
    return starts
