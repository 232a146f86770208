"""The hash index: what a source said of each row last time, as 16 bytes a row.

A row is a digest of its key and a digest of its content. What a chunk has seen is one new bucket;
when there are many, they are put together into few. Nothing is rewritten for what is unchanged.
Of rows that say when they were observed, the latest such moment is kept beside, in microseconds:
what was observed before it comes too late. Of rows that came as lines, a digest of the line is
kept too: who says the same in the same words again need not even be read.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitsm_graph.confm.sync_digests import Digests, Numbers, stored

GONE = 0
"""Content of a row that is to be forgotten."""
UNSETTLED = 1
"""Content of a row that is there, and part of which was refused or is still to come: it is looked
at again."""
NO_WORDING = 0
MOST_BUCKETS = 16
ROWS_IN_A_BUCKET = 1 << 16
_PAIR = 16
Pair = tuple[int, int]
Bucket = tuple[int, bytes, bytes | None, bytes | None]
"""Number, and pairs by digest of the key: contents, moments, wordings."""


def pack(pairs: Iterable[Pair]) -> bytes:
    """Write pairs of 8-byte digests, little-endian."""
    flat = [number for pair in pairs for number in pair]
    return np.array(flat, dtype="<u8").tobytes()


def unpack(data: bytes) -> Iterator[Pair]:
    """Read what `pack` wrote."""
    numbers = np.frombuffer(bytes(data), dtype="<u8")
    return zip(numbers[0::2].tolist(), numbers[1::2].tolist(), strict=True)


@dataclass(slots=True)
class Wordings:
    """In which words rows came: sorted digests of lines, and of the keys beside them."""

    lines: "array[int]" = field(default_factory=lambda: array("Q"))
    keys: "array[int]" = field(default_factory=lambda: array("Q"))

    @classmethod
    def of(cls, buckets: Sequence[Bucket], latest: "_Latest") -> "Wordings":
        """Those of some buckets; of a key, only words that came with its latest content count."""
        worded = _pairs([words or b"" for *_, words in buckets])
        if not worded.size:
            return cls()
        brought = _places([words or b"" for *_, words in buckets])
        at = np.minimum(np.searchsorted(latest.keys, worded[:, 0]), latest.keys.size - 1)
        kept = (latest.keys[at] == worded[:, 0]) & (latest.places[at] == brought)
        del at, brought
        worded = worded[kept]
        order = np.argsort(worded[:, 1], kind="stable")
        return cls(stored(worded[order, 1]), stored(worded[order, 0]))

    def key_of(self, line: int) -> int | None:
        """Digest of the key of the row that came in these words."""
        at = bisect_left(self.lines, line)
        return self.keys[at] if at < len(self.lines) and self.lines[at] == line else None

    def pairs(self) -> Numbers:
        """Digests of keys and of lines, uint64[n, 2]."""
        columns = [np.frombuffer(each, np.uint64) for each in (self.keys, self.lines) if each]
        return np.column_stack(columns) if columns else np.zeros((0, 2), np.uint64)


@dataclass(slots=True)
class _Latest:
    """The latest content of each key, and the place of the bucket that has it."""

    keys: Numbers
    contents: Numbers
    places: NDArray[np.int32]

    @classmethod
    def of(cls, buckets: Sequence[Bucket]) -> "_Latest":
        blobs = [data for _, data, *_ in buckets]
        pairs = _pairs(blobs)
        keys, newest = np.unique(pairs[::-1, 0], return_index=True)
        return cls(keys, pairs[::-1, 1][newest], _places(blobs)[::-1][newest])


def _pairs(blobs: Sequence[bytes]) -> Numbers:
    """Pairs of all blobs."""
    parts = [np.frombuffer(each, dtype="<u8").reshape(-1, 2) for each in blobs if each]
    return np.concatenate(parts) if parts else np.zeros((0, 2), np.uint64)


def _places(blobs: Sequence[bytes]) -> NDArray[np.int32]:
    """For each pair of all blobs, which of them it is in."""
    each = np.arange(len(blobs), dtype=np.int32)
    return np.repeat(each, [len(blob) // _PAIR for blob in blobs])


def _packed(keys: Numbers, numbers: Numbers) -> bytes:
    """Pairs as `pack` writes them."""
    return np.column_stack((keys, numbers)).astype("<u8").tobytes()


def _packed_of(numbers: Digests, keys: Numbers) -> bytes:
    there, found = numbers.numbers_of(keys)
    return _packed(keys[there], found)


class HashIndex:
    """Digests of a scope's rows.

    Attributes:
        content: Digest of the content by digest of the key.
        moments: When it was observed last, microseconds since 1970, by digest of the key.
        next_number: Of the next bucket.
        buckets: How many there are.
    """

    def __init__(self, scope: str, buckets: Sequence[Bucket] = ()) -> None:
        self.scope = scope
        latest = _Latest.of(buckets)
        self.content = Digests.of_sorted(latest.keys, latest.contents, without=GONE)
        self.moments = Digests.of(_pairs([moments or b"" for *_, moments, _ in buckets]))
        self.next_number = max((number for number, *_ in buckets), default=0) + 1
        self.buckets = len(buckets)
        self._news: dict[int, int] = {}
        self._sent: dict[int, int] = {}
        self._wordings = Wordings.of(buckets, latest)
        self._worded = Digests()
        self._kept = Digests()

    @classmethod
    def of(cls, scope: str, row: Mapping[str, Any]) -> "HashIndex":
        """Read the row of `confm.sync_scope`."""
        return cls(scope, [tuple(each) for each in row["buckets"]])

    def comes_late(self, key: int, micros: int) -> bool:
        """Whether a row was observed before what is known of it."""
        known: int = self.moments.get(key, 0)
        return micros < known

    def observed(self, key: int, micros: int) -> None:
        """Note when a row was observed; kept with the next bucket."""
        if micros > self.moments.get(key, 0):
            self.moments[key] = self._news[key] = micros

    def said_as(self, line: int) -> int | None:
        """Digest of the key of the row that came in these words when the index was read."""
        return self._wordings.key_of(line)

    def worded(self, key: int, line: int) -> None:
        """Note in which words a row came; kept with its content."""
        self._worded[key] = line

    @property
    def has_news(self) -> bool:
        """Whether moments wait to be kept."""
        return bool(self._news)

    def bucket(self, pairs: list[Pair]) -> list[dict[str, Any]]:
        """The bucket that says what a chunk has seen; none for nothing."""
        if not pairs and not self._news:
            return []
        self._sent = dict(self._news)  # more may come in while these are written
        wordings = pack(self._wordings_of(pairs))
        return [self._row(self.next_number, pack(pairs), pack(self._sent.items()), wordings)]

    def _wordings_of(self, pairs: Iterable[Pair]) -> list[Pair]:
        worded = self._worded
        said = ((k, worded.get(k)) for k, content in pairs if content > UNSETTLED)
        return [(k, words) for k, words in said if words]

    def accept(self, pairs: list[Pair]) -> None:
        """Take in the bucket that was kept."""
        for key, micros in self._sent.items():
            if self._news.get(key) == micros:
                del self._news[key]
        self._sent = {}
        for key, content in pairs:
            words = self._worded.get(key, NO_WORDING) if content > UNSETTLED else NO_WORDING
            self._kept[key] = words
            if words:
                self._worded[key] = NO_WORDING  # they count once
            if content == GONE:
                self.content.pop(key, None)
            else:
                self.content[key] = content
        self.next_number += 1
        self.buckets += 1

    def compacted(self) -> Iterator[dict[str, Any]]:
        """Few large buckets that say the same, one after the other, numbered after all there are.

        All of them together are 32 MB for a million rows: they are made as they are kept, and until
        the last one is, those before them still say everything.
        """
        keys, contents = self.content.arrays()
        wordings = self._wordings_by_key()
        starts = range(0, keys.size, ROWS_IN_A_BUCKET)
        for number, start in enumerate(starts, start=self.next_number):
            part = keys[start : start + ROWS_IN_A_BUCKET]
            said = _packed(part, contents[start : start + ROWS_IN_A_BUCKET])
            more = _packed_of(self.moments, part), _packed_of(wordings, part)
            yield self._row(number, said, *more)

    def _wordings_by_key(self) -> Digests:
        """Words that count, by key: those kept in this run before those of earlier ones."""
        keys, words = self._kept.arrays()
        earlier = self._wordings.pairs()
        if earlier.size:
            pairs = np.concatenate([earlier, np.column_stack((keys, words))])
            return Digests.of(pairs, without=NO_WORDING)
        return Digests.of_sorted(keys, words, without=NO_WORDING)

    def _row(self, number: int, data: bytes, moments: bytes, wordings: bytes) -> dict[str, Any]:
        return {
            "key": f"{self.scope}|{number:08d}",
            "number": number,
            "data": data,
            "moments": moments or None,
            "wordings": wordings or None,
        }
