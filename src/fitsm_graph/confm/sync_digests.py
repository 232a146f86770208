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
RECENT = 20_000
"""So many are in the dictionary at most; putting them into arrays takes some 10 ms at a million."""


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
        keys, newest = np.unique(pairs[::-1, 0], return_index=True)
        return cls.of_sorted(keys, pairs[::-1, 1][newest], without)

    @classmethod
    def of_sorted(cls, keys: Numbers, values: Numbers, without: int | None = None) -> Self:
        """Those of digests in ascending order, none of them twice; see `of`."""
        made = cls()
        if without is not None and not (kept := values != without).all():
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
        gone = [k for k, value in recent.items() if value is None]
        pairs = sorted((k, value) for k, value in recent.items() if value is not None)
        fresh = np.array(pairs, np.uint64).reshape(-1, 2)
        keys, values = _view(self._keys), _view(self._values)
        at = np.searchsorted(keys, fresh[:, 0])
        known = np.zeros(at.size, bool)
        inside = at < keys.size
        known[inside] = keys[at[inside]] == fresh[inside, 0]
        values[at[known]] = fresh[known, 1]
        if not known.all():
            at, news = at[~known], fresh[~known]
            self._keys = _merged(keys, at, news[:, 0])
            self._values = _merged(values, at, news[:, 1])
        if gone:
            self._drop(np.array(gone, np.uint64))

    def _drop(self, gone: Numbers) -> None:
        keys, values = _view(self._keys), _view(self._values)
        kept = ~np.isin(keys, gone)
        self._put(keys[kept], values[kept])

    def _put(self, keys: Numbers, values: Numbers) -> None:
        self._keys, self._values = stored(keys), stored(values)


_OLDER: Any = object()


def _view(numbers: "array[int]") -> Numbers:
    return np.frombuffer(numbers, np.uint64) if numbers else np.zeros(0, np.uint64)


def stored(numbers: Numbers) -> "array[int]":
    """Numbers in an array, which finds one of them ten times as fast as numpy."""
    made = array("Q", (0,)) * numbers.size
    if numbers.size:
        _view(made)[:] = numbers
    return made


def _merged(old: Numbers, at: NDArray[np.intp], news: Numbers) -> "array[int]":
    """Old numbers with new ones put in before ascending places; nothing else is made."""
    made = array("Q", (0,)) * (old.size + news.size)
    places = at + np.arange(at.size)
    kept = np.ones(len(made), bool)
    kept[places] = False
    view = _view(made)
    view[kept] = old
    view[places] = news
    return made
