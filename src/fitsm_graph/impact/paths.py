"""The shortest simple paths between two elements, in a stated order, with stated limits.

Paths are ordered by their length and then by the rank of their elements, one after the other, so
that the same question has the same answer whoever asks it and whenever the graph is loaded.
Only elements that lie on a short enough way from one end to the other are looked at: with `f`
steps from the start and `b` to the goal, no path through an element is shorter than `f + b`.
"""

import heapq
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from fitsm_graph.impact.columns import Int32
from fitsm_graph.impact.walks import NOT_REACHED, Ways, reach

MOST_ELEMENTS: Final = 5_000
"""Elements between the ends that are looked at, unless the shortest paths alone need more."""
MOST_VISITS: Final = 2_000_000
"""Elements that are visited while paths are compared."""

Path = tuple[int, ...]
"""Element numbers from the start to the goal, each once."""
Rank = Callable[[int], Any]
"""What an element number is ordered by."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Shortest simple paths.

    Attributes:
        paths: The shortest first, then by rank; fewer than asked for where there are no more.
        complete: Whether these are for certain the shortest ones: all there are, or as many as
            were asked for.
        certain: Steps up to which every path was looked at; None: all were.
        between: How many elements lie on any way from the start to the goal.
        examined: How many of them were looked at.
    """

    paths: tuple[Path, ...]
    complete: bool
    certain: int | None
    between: int
    examined: int


def shortest_paths(
    ways: Ways,
    start: int,
    goal: int,
    k: int,
    *,
    rank: Rank = int,
    most_elements: int = MOST_ELEMENTS,
    most_visits: int = MOST_VISITS,
) -> Paths:
    """The k shortest simple paths from one element to another.

    Args:
        ways: What may be walked.
        start: Element number.
        goal: Element number.
        k: How many paths, at least 1.
        rank: What elements are ordered by, those of one rank by number; numbers if not given.
        most_elements: Elements to look at, but for those of the shortest paths.
        most_visits: Elements to visit in all.
    """
    field = _Field.between(ways, start, goal, most_elements)
    if field is None:
        return Paths((), complete=True, certain=None, between=0, examined=0)
    search = _Search(field, rank, most_visits)
    found: list[Path] = []
    for path in search.paths(start, goal):
        if field.certain is not None and len(path) - 1 > field.certain:
            break
        found.append(path)
        if len(found) == k:
            break
    all_of_them = search.exhausted and field.certain is None
    return Paths(
        tuple(found),
        complete=len(found) == k or all_of_them,
        certain=field.certain,
        between=field.size,
        examined=field.elements.size,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    """The elements that are looked at, with the steps between them.

    Attributes:
        elements: Numbers.
        after: Elements one step on, by number.
        certain: Steps up to which every path runs within them; None: all paths do.
        size: How many elements lie on any way.
    """

    elements: Int32
    after: Mapping[int, Sequence[int]]
    certain: int | None
    size: int

    @classmethod
    def between(cls, ways: Ways, start: int, goal: int, most: int) -> "_Field | None":
        """The elements between two ends, those on the shortest ways first; None: no way."""
        there = reach(ways, np.array([start], np.int32)).hops
        back = reach(ways.back, np.array([goal], np.int32)).hops
        through = np.flatnonzero((there != NOT_REACHED) & (back != NOT_REACHED))
        if not through.size:
            return None
        length = there[through] + back[through]
        certain = _certain(length, most)
        elements = through if certain is None else through[length <= certain]
        inside = np.zeros(ways.topology.size, np.bool_)
        inside[elements] = True
        steps = ways.around(elements.astype(np.int32))
        steps = steps.take(inside[steps.far])
        pairs = np.unique(np.column_stack([steps.near, steps.far]), axis=0)
        after: dict[int, list[int]] = {}
        for near, far in pairs.tolist():
            after.setdefault(near, []).append(far)
        return cls(elements.astype(np.int32), after, certain, through.size)


def _certain(length: Int32, most: int) -> int | None:
    """The length of path up to which so many elements can be looked at; None: any length."""
    if length.size <= most:
        return None
    counts = np.cumsum(np.bincount(length))
    return max(int(length.min()), int(np.searchsorted(counts, most, "right")) - 1)


class _Search:
    """Finds simple paths one after the other, each the least of those that are left.

    The least path that leaves the ones known at some element is the least from there on with
    their continuations barred; the least of all such deviations is the next path.
    """

    def __init__(self, field: _Field, rank: Rank, visits: int) -> None:
        inside = sorted(field.elements.tolist(), key=lambda n: (rank(n), n))
        self._rank = {number: place for place, number in enumerate(inside)}
        self._after = {
            number: sorted(others, key=self._rank.__getitem__)
            for number, others in field.after.items()
        }
        self._before: dict[int, list[int]] = {}
        for number, others in self._after.items():
            for other in others:
                self._before.setdefault(other, []).append(number)
        self._visits = visits
        self.exhausted = False

    def paths(self, start: int, goal: int) -> Iterator[Path]:
        """All simple paths in order, as long as visits are left."""
        known: list[Path] = []
        waiting: list[tuple[int, tuple[int, ...], Path]] = []
        self._offer(waiting, self._least((), start, goal, set()))
        while waiting and self._visits > 0:
            path = heapq.heappop(waiting)[2]
            if known and path == known[-1]:
                continue  # two paths deviate into the same one
            known.append(path)
            yield path
            for at in range(len(path) - 1):
                barred = {p[at + 1] for p in known if p[: at + 1] == path[: at + 1]}
                self._offer(waiting, self._least(path[:at], path[at], goal, barred))
        self.exhausted = not waiting and self._visits > 0

    def _offer(self, waiting: list[tuple[int, tuple[int, ...], Path]], path: Path | None) -> None:
        if path is not None:
            order = tuple(self._rank[number] for number in path)
            heapq.heappush(waiting, (len(path), order, path))

    def _least(self, root: Path, start: int, goal: int, barred: set[int]) -> Path | None:
        """The least path that begins with a root and goes on from an element otherwise."""
        if start == goal:
            return None if barred or root else (start,)
        left = self._distances(goal, {*root, start})
        firsts = [n for n in self._after.get(start, ()) if n in left and n not in barred]
        if not firsts:
            return None
        path = [*root, start, min(firsts, key=lambda n: (left[n], self._rank[n]))]
        while path[-1] != goal:
            steps = left[path[-1]] - 1
            path.append(next(n for n in self._after[path[-1]] if left.get(n) == steps))
        return tuple(path)

    def _distances(self, goal: int, closed: set[int]) -> dict[int, int]:
        """Steps to the goal of each element from which a way leads there around some."""
        left, queue = {goal: 0}, deque([goal])
        while queue:
            number = queue.popleft()
            for before in self._before.get(number, ()):
                if before not in left and before not in closed:
                    left[before] = left[number] + 1
                    queue.append(before)
        self._visits -= len(left)
        return left
