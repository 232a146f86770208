"""One page of what a walk reaches: in a stable order, with the relations that belong to it.

Elements come nearest first, then by key; hidden ones come last, so that their place tells
nothing. A relation belongs to the page of its later end, so that the pages together have each
relation once. The elements asked about stand on the first page and are not counted.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from fitsm_graph.api.paging import nowhere, read_cursor, write_cursor
from fitsm_graph.impact.columns import Bool, Int32
from fitsm_graph.impact.topology import Topology
from fitsm_graph.impact.walks import NOT_REACHED, Reach

ORDER = "HOPS"
_SEEN, _HIDDEN = "seen", "hidden"
_LONGEST_NUMBER = 9

Place = tuple[int, int, str, str]
"""Where an element stands: seed, seen or hidden; hops or place among the hidden; key; id."""


@dataclass(slots=True)
class Page:
    """Elements of one page.

    Attributes:
        numbers: Element numbers in their order.
        before: How many come before them.
        total: How many there are in all.
    """

    numbers: list[int]
    before: int
    total: int

    @property
    def more(self) -> bool:
        """Whether elements come after them."""
        return self.before + len(self.numbers) < self.total


class Listing:
    """What a walk has reached, in the order of its pages.

    Args:
        topology: The version that was walked in.
        found: What was reached.
        visible: Which elements the reader sees, bool[size].
    """

    def __init__(self, topology: Topology, found: Reach, visible: Bool) -> None:
        self._topology = topology
        self._hops = found.hops
        self._sorted: dict[int, list[tuple[str, str, int]]] = {}
        seeds = found.hops[found.elements] == 0
        self.seeds: list[int] = found.elements[seeds].tolist()
        others = found.elements[~seeds]
        self._seen: Int32 = others[visible[others]]
        self.hidden: list[int] = others[~visible[others]].tolist()
        self._levels = found.hops[self._seen]

    @property
    def total(self) -> int:
        """How many elements were reached, without those asked about."""
        return self._seen.size + len(self.hidden)

    def by_hops(self) -> list[tuple[int, int]]:
        """How many elements are at each distance, hidden ones among them."""
        hops = np.concatenate([self._levels, self._hops[self.hidden]])
        counts = np.bincount(hops) if hops.size else np.zeros(0, np.int64)
        return [(distance, int(n)) for distance, n in enumerate(counts.tolist()) if n]

    def page(self, first: int, after: str | None) -> Page:
        """The elements after a place.

        Args:
            first: How many.
            after: A cursor; None: from the beginning.
        """
        before = self._after(after) if after else 0
        return Page(list(self._from(before, before + first)), before, self.total)

    def cursor(self, number: int) -> str:
        """The place of an element, opaque."""
        kind, place, key, id = self.place(number)
        return write_cursor(ORDER, [_HIDDEN if kind == 2 else _SEEN, str(place), key, id])

    def place(self, number: int) -> Place:
        """Where an element stands among all."""
        if number in self._hidden_places:
            return (2, self._hidden_places[number], "", "")
        key = self._topology.key_and_name(number)[0]
        hops = int(self._hops[number])
        return (int(hops > 0), hops, key, self._topology.id(number))

    def token(self, number: int) -> str:
        """What a hidden element is called in this answer, and on all pages of its version."""
        return f"hidden-{self._hidden_places[number] + 1}"

    def holds(self, numbers: Int32) -> Bool:
        """Which of some elements were reached."""
        reached: Bool = self._hops[numbers] != NOT_REACHED
        return reached

    @cached_property
    def _hidden_places(self) -> dict[int, int]:
        return {number: place for place, number in enumerate(self.hidden)}

    def _from(self, start: int, end: int) -> Iterator[int]:
        """Numbers from one place to before another; only levels that are shown are sorted."""
        at = start
        while at < min(end, self._seen.size):
            hops = int(self._levels[at])
            begin = int(np.searchsorted(self._levels, hops))
            level = self._level(hops)
            yield from (number for *_, number in level[at - begin : end - begin])
            at = begin + len(level)
        size = self._seen.size
        yield from self.hidden[max(start - size, 0) : max(end - size, 0)]

    def _level(self, hops: int) -> list[tuple[str, str, int]]:
        """Elements at one distance by key, then by id."""
        if hops not in self._sorted:
            ends = np.searchsorted(self._levels, [hops, hops + 1])
            topology = self._topology
            self._sorted[hops] = sorted(
                (topology.key_and_name(n)[0], topology.id(n), n)
                for n in self._seen[ends[0] : ends[1]].tolist()
            )
        return self._sorted[hops]

    def _after(self, cursor: str) -> int:
        """How many elements come up to a place, which may be that of one that is gone."""
        values = read_cursor(cursor, ORDER, 4)
        kind, place, key, id = map(str, values)
        if values != [kind, place, key, id] or kind not in {_SEEN, _HIDDEN}:
            raise nowhere("after")
        if not place.isdecimal() or len(place) > _LONGEST_NUMBER:
            raise nowhere("after")
        if kind == _HIDDEN:
            return self._seen.size + min(int(place) + 1, len(self.hidden))
        begin = int(np.searchsorted(self._levels, int(place)))
        level = [(each_key, each_id) for each_key, each_id, _ in self._level(int(place))]
        return begin + bisect_right(level, (key, id))


def page_info(listing: Listing, page: Page) -> dict[str, Any]:
    """Where a page stands among all."""
    ends = page.numbers[:1] + page.numbers[-1:]
    cursors = [listing.cursor(number) for number in ends]
    return {
        "hasNextPage": page.more,
        "hasPreviousPage": page.before > 0,
        "startCursor": cursors[0] if cursors else None,
        "endCursor": cursors[-1] if cursors else None,
        "__typename": "PageInfo",
    }
