"""The hash index: what a source said of each row last time, as 16 bytes a row.

A row is a digest of its key and a digest of its content. What a chunk has seen is one new bucket;
when there are many, they are put together into few. Nothing is rewritten for what is unchanged.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

GONE = 0
"""Content of a row that is to be forgotten."""
UNSETTLED = 1
"""Content of a row that is there, and part of which was refused: it is looked at again."""
MOST_BUCKETS = 16
ROWS_IN_A_BUCKET = 1 << 16
Pair = tuple[int, int]


def pack(pairs: Iterable[Pair]) -> bytes:
    """Write pairs of 8-byte digests, little-endian."""
    flat = [number for pair in pairs for number in pair]
    return np.array(flat, dtype="<u8").tobytes()


def unpack(data: bytes) -> Iterator[Pair]:
    """Read what `pack` wrote."""
    numbers = np.frombuffer(bytes(data), dtype="<u8")
    return zip(numbers[0::2].tolist(), numbers[1::2].tolist(), strict=True)


class HashIndex:
    """Digests of a scope's rows.

    Attributes:
        content: Digest of the content by digest of the key.
        next_number: Of the next bucket.
        buckets: How many there are.
    """

    def __init__(self, scope: str, buckets: Iterable[tuple[int, bytes]] = ()) -> None:
        self.scope = scope
        self.content: dict[int, int] = {}
        self.next_number = 1
        self.buckets = 0
        for number, data in buckets:
            self.content.update(unpack(data))
            self.next_number = number + 1
            self.buckets += 1
        for key in [key for key, content in self.content.items() if content == GONE]:
            del self.content[key]

    @classmethod
    def of(cls, scope: str, row: Mapping[str, Any]) -> "HashIndex":
        """Read the row of `confm.sync_scope`."""
        return cls(scope, [(number, data) for number, data in row["buckets"]])

    def bucket(self, pairs: list[Pair]) -> list[dict[str, Any]]:
        """The bucket that says what a chunk has seen; none for nothing."""
        return [self._row(self.next_number, pack(pairs))] if pairs else []

    def accept(self, pairs: list[Pair]) -> None:
        """Take in the bucket that was kept."""
        for key, content in pairs:
            if content == GONE:
                self.content.pop(key, None)
            else:
                self.content[key] = content
        self.next_number += 1
        self.buckets += 1

    def compacted(self) -> list[dict[str, Any]]:
        """Few large buckets that say the same, numbered after all there are."""
        pairs = sorted(self.content.items())
        return [
            self._row(self.next_number + n, pack(pairs[start : start + ROWS_IN_A_BUCKET]))
            for n, start in enumerate(range(0, len(pairs), ROWS_IN_A_BUCKET))
        ]

    def _row(self, number: int, data: bytes) -> dict[str, Any]:
        return {"key": f"{self.scope}|{number:08d}", "number": number, "data": data}
