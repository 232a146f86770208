"""The hash index: what a source said of each row last time, as 16 bytes a row.

A row is a digest of its key and a digest of its content. What a chunk has seen is one new bucket;
when there are many, they are put together into few. Nothing is rewritten for what is unchanged.
Of rows that say when they were observed, the latest such moment is kept beside, in microseconds:
what was observed before it comes too late.
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
        moments: When it was observed last, microseconds since 1970, by digest of the key.
        next_number: Of the next bucket.
        buckets: How many there are.
    """

    def __init__(self, scope: str, buckets: Iterable[tuple[int, bytes, bytes | None]] = ()) -> None:
        self.scope = scope
        self.content: dict[int, int] = {}
        self.moments: dict[int, int] = {}
        self.next_number = 1
        self.buckets = 0
        self._news: dict[int, int] = {}
        self._sent: dict[int, int] = {}
        for number, data, moments in buckets:
            self.content.update(unpack(data))
            self.moments.update(unpack(moments or b""))
            self.next_number = number + 1
            self.buckets += 1
        for key in [key for key, content in self.content.items() if content == GONE]:
            del self.content[key]

    @classmethod
    def of(cls, scope: str, row: Mapping[str, Any]) -> "HashIndex":
        """Read the row of `confm.sync_scope`."""
        return cls(scope, [(number, data, moments) for number, data, moments in row["buckets"]])

    def comes_late(self, key: int, micros: int) -> bool:
        """Whether a row was observed before what is known of it."""
        return micros < self.moments.get(key, 0)

    def observed(self, key: int, micros: int) -> None:
        """Note when a row was observed; kept with the next bucket."""
        if micros > self.moments.get(key, 0):
            self.moments[key] = self._news[key] = micros

    @property
    def has_news(self) -> bool:
        """Whether moments wait to be kept."""
        return bool(self._news)

    def bucket(self, pairs: list[Pair]) -> list[dict[str, Any]]:
        """The bucket that says what a chunk has seen; none for nothing."""
        if not pairs and not self._news:
            return []
        self._sent = dict(self._news)  # more may come in while these are written
        return [self._row(self.next_number, pack(pairs), pack(self._sent.items()))]

    def accept(self, pairs: list[Pair]) -> None:
        """Take in the bucket that was kept."""
        for key, micros in self._sent.items():
            if self._news.get(key) == micros:
                del self._news[key]
        self._sent = {}
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
        parts = [
            pairs[start : start + ROWS_IN_A_BUCKET]
            for start in range(0, len(pairs), ROWS_IN_A_BUCKET)
        ]
        return [
            self._row(self.next_number + n, pack(part), pack(self._moments_of(part)))
            for n, part in enumerate(parts)
        ]

    def _moments_of(self, pairs: Iterable[Pair]) -> list[Pair]:
        if not self.moments:
            return []
        return [(key, self.moments[key]) for key, _ in pairs if key in self.moments]

    def _row(self, number: int, data: bytes, moments: bytes) -> dict[str, Any]:
        key = f"{self.scope}|{number:08d}"
        return {"key": key, "number": number, "data": data, "moments": moments or None}
