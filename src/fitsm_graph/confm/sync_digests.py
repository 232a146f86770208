"""A number for each of many digests, in some 17 bytes each: what a run of a million rows remembers.

A dictionary takes ten times as much. What came lately is in a small one; when it has grown, it is
put into two sorted arrays.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, MutableMapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]
RECENT = 50_000
"""So many are in the dictionary at most; putting them into arrays takes some 20 ms at a million."""


class Digests(MutableMapping[int, int]):
    """Numbers below 2^64 by digests below 2^64."""

    __slots__ = ("_keys", "_recent", "_values")

    def __init__(self) -> None:
        self._keys: array[int] = array("Q")
        self._values: array[int] = array("Q")
        self._recent: dict[int, int | None] = {}

    @classmethod
    def of(cls, pairs: Numbers, without: int | None = None) -> Self:
        """Those of some pairs, uint64[n, 2]; of a digest that comes twice the last pair counts.

        Args:
            pairs: Digests and numbers.
            without: Digests with this number are left out.
        """
        made = cls()
        keys, newest = np.unique(pairs[::-1, 0], return_index=True)
        values = pairs[::-1, 1][newest]
        if without is not None:
            kept = values != without
            keys, values = keys[kept], values[kept]
        made._put(keys, values)
        return made

    def __len__(self) -> int:
        """How many digests have a number."""
        return int(self.arrays()[0].size)

    def __iter__(self) -> Iterator[int]:
        """The digests, in ascending order."""
        return iter(self.arrays()[0].tolist())

    def __getitem__(self, key: int) -> int:
        """The number of a digest."""
        found: int | None = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __contains__(self, key: object) -> bool:
        """Whether a digest has a number."""
        return isinstance(key, int) and self.get(key) is not None

    def get(self, key: int, default: Any = None) -> Any:
        """The number of a digest, or something else."""
        found = self._recent.get(key, _OLDER)
        if found is _OLDER:  # each row of a run comes here: no call that need not be
            keys = self._keys
            at = bisect_left(keys, key)
            found = self._values[at] if at < len(keys) and keys[at] == key else None
        return default if found is None else found

    def __setitem__(self, key: int, value: int) -> None:
        """Give a digest a number."""
        self._recent[key] = value
        if len(self._recent) >= RECENT:
            self._settle()

    def __delitem__(self, key: int) -> None:
        """Take the number of a digest away."""
        if key not in self:
            raise KeyError(key)
        self._recent[key] = None

    def arrays(self) -> tuple[Numbers, Numbers]:
        """All digests in ascending order, and their numbers beside them."""
        self._settle()
        return _view(self._keys), _view(self._values)

    def without(self, others: "Digests") -> set[int]:
        """The digests that have no number among others."""
        mine, theirs = self.arrays()[0], others.arrays()[0]
        return set(np.setdiff1d(mine, theirs, assume_unique=True).tolist())

    def numbers_of(self, keys: Numbers) -> tuple[NDArray[np.bool_], Numbers]:
        """Which of some digests have a number, and the numbers of those that have one."""
        mine, values = self.arrays()
        if not mine.size:
            return np.zeros(keys.size, bool), np.zeros(0, np.uint64)
        at = np.minimum(np.searchsorted(mine, keys), mine.size - 1)
        there = mine[at] == keys
        return there, values[at[there]]

    def _settle(self) -> None:
        """Put what is recent into the arrays."""
        if not self._recent:
            return
        recent, self._recent = self._recent, {}
        keys, values = _view(self._keys), _view(self._values).copy()
        gone = np.array([k for k, value in recent.items() if value is None], np.uint64)
        pairs = sorted((k, value) for k, value in recent.items() if value is not None)
        fresh = np.array(pairs, np.uint64).reshape(-1, 2)
        at = np.searchsorted(keys, fresh[:, 0])
        known = np.zeros(at.size, bool)
        inside = at < keys.size
        known[inside] = keys[at[inside]] == fresh[inside, 0]
        values[at[known]] = fresh[known, 1]
        news = fresh[~known]
        values = np.insert(values, at[~known], news[:, 1])
        keys = np.insert(keys, at[~known], news[:, 0])
        kept = ~np.isin(keys, gone) if gone.size else slice(None)
        self._put(keys[kept], values[kept])

    def _put(self, keys: Numbers, values: Numbers) -> None:
        self._keys = array("Q", keys.astype(np.uint64).tobytes())
        self._values = array("Q", values.astype(np.uint64).tobytes())


_OLDER: Any = object()


def _view(numbers: "array[int]") -> Numbers:
    return np.frombuffer(numbers, np.uint64) if numbers else np.zeros(0, np.uint64)
