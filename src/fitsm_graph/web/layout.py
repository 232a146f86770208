"""Layered layout: where things stand in the picture. Pure, and the same input gives the same bytes.

Columns are given (hops from the seeds). The order within columns comes from barycentre sweeps
(Sugiyama, Tagawa and Toda 1981), the best order met by number of crossings being kept; heights
come from least-squares placement with minimal distances (pool adjacent violators), so that
chains run straight. An edge that skips columns gets a place in each of them and so curves
around what stands there. Lengths are in pixels, x to the right, y down.
"""

import itertools
from bisect import bisect_right, insort
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SWEEPS = 12
Slot = str | tuple[str, int]
"""What takes a place in a column: an item, or an edge from an item passing through a column."""


@dataclass(frozen=True, slots=True)
class Item:
    """A thing to place.

    Attributes:
        id: Unique among the items.
        column: 0 or more.
        sort_key: Decides wherever the sweeps do not; must not depend on the order of input.
    """

    id: str
    column: int
    sort_key: str


@dataclass(frozen=True, slots=True)
class Sizes:
    """Lengths of the picture.

    Attributes:
        width: Of an item.
        height: Of an item.
        gap: Between columns.
        spacing: Between items of a column.
        passage: Height an edge takes in a column it passes through.
        margin: Around everything.
        header: Above the columns.
    """

    width: int = 200
    height: int = 52
    gap: int = 64
    spacing: int = 16
    passage: int = 10
    margin: int = 24
    header: int = 34


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands.

    Attributes:
        x: Left edge.
        y: Upper edge.
        column: Its column.
        row: Its position among the items of the column.
    """

    x: int
    y: int
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Route:
    """The way of an edge.

    Attributes:
        source: Item it leaves.
        target: Item it reaches.
        path: Path data of the curve, in the syntax of SVG.
    """

    source: str
    target: str
    path: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture without paint.

    Attributes:
        places: By item.
        routes: In the order of the edges.
        columns: Left edge of each column.
        width: Of the whole.
        height: Of the whole.
    """

    places: dict[str, Place]
    routes: tuple[Route, ...]
    columns: tuple[int, ...]
    width: int
    height: int


def columns_of(hops: Mapping[str, int | None], edges: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Find a column for each element: its hops, or one beside the nearest element that has hops.

    A supplier that did not fail stands one column before whom it supplies, others one behind.
    Elements tied to nothing stand in column 0.
    """
    found = {id: max(hop, 0) for id, hop in hops.items() if hop is not None}
    beside: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for source, target in edges:
        beside[target].append((source, -1))
        beside[source].append((target, 1))
    queue = deque(sorted(found, key=lambda one: (found[one], one)))
    while queue:
        here = queue.popleft()
        for other, step in sorted(beside[here]):
            if other in hops and other not in found:
                found[other] = max(found[here] + step, 0)
                queue.append(other)
    return {id: found.get(id, 0) for id in hops}


def lay_out(
    items: Sequence[Item], edges: Sequence[tuple[str, str]], sizes: Sizes | None = None
) -> Layout:
    """Place items in columns and route edges between them.

    Args:
        items: What to place.
        edges: Pairs (source, target) of item ids; parallel edges share a way.
        sizes: Lengths, in pixels.
    """
    sizes = sizes or Sizes()
    columns = {item.id: item.column for item in items}
    wires = _Wires(columns)
    ways = [wires.lead(source, target) for source, target in edges]
    layers = _first_order(items, wires)
    _order(layers, wires)
    heights = _heights(layers, wires, sizes)
    lefts = tuple(sizes.margin + index * (sizes.width + sizes.gap) for index in range(len(layers)))
    places = _places(layers, heights, lefts, sizes)
    routes = tuple(
        Route(source, target, _curve(way, columns, heights, lefts, sizes))
        for (source, target), way in zip(edges, ways, strict=True)
    )
    bottom = max((place.y for place in places.values()), default=0) + sizes.height
    lowest = max((int(middle) + sizes.passage for middle in heights.values()), default=0)
    return Layout(
        places,
        routes,
        lefts,
        (lefts[-1] if lefts else 0) + sizes.width + sizes.margin,
        max(bottom, lowest) + sizes.margin,
    )


class _Wires:
    """Who is tied to whom from column to column, with passages of long edges in between."""

    def __init__(self, columns: Mapping[str, int]) -> None:
        self.columns = columns
        self.before: dict[Slot, list[Slot]] = defaultdict(list)
        self.after: dict[Slot, list[Slot]] = defaultdict(list)
        self.passages: dict[tuple[str, int], None] = {}
        self._tied: set[tuple[Slot, Slot]] = set()

    def lead(self, source: str, target: str) -> list[Slot]:
        """Lead an edge from column to column; edges from one source share passages."""
        start, end = self.columns[source], self.columns[target]
        step = 1 if end >= start else -1
        between = [(source, column) for column in range(start + step, end, step)]
        self.passages.update(dict.fromkeys(between))
        way: list[Slot] = [source, *between, target]
        if start != end:
            for left, right in itertools.pairwise(way):
                self._tie(*((left, right) if step > 0 else (right, left)))
        return way

    def _tie(self, left: Slot, right: Slot) -> None:
        if (left, right) not in self._tied:
            self._tied.add((left, right))
            self.after[left].append(right)
            self.before[right].append(left)


def _first_order(items: Sequence[Item], wires: _Wires) -> list[list[Slot]]:
    """Start from the sort keys; passages stand where their source does."""
    layers: list[list[Slot]] = [[] for _ in range(max((i.column for i in items), default=-1) + 1)]
    key = {item.id: (item.sort_key, item.id) for item in items}
    for item in items:
        layers[item.column].append(item.id)
    for source, column in wires.passages:
        layers[column].append((source, column))
    for layer in layers:
        layer.sort(key=lambda slot: (key[slot], 0) if isinstance(slot, str) else (key[slot[0]], 1))
    return layers


def _order(layers: list[list[Slot]], wires: _Wires) -> None:
    """Sweep right and left, and keep the order with the fewest crossings."""
    best, fewest = [list(layer) for layer in layers], _crossings(layers, wires)
    for sweep in range(SWEEPS):
        if fewest == 0:
            break
        if sweep % 2 == 0:
            for index in range(1, len(layers)):
                _by_barycentre(layers[index], layers[index - 1], wires.before)
        else:
            for index in range(len(layers) - 2, -1, -1):
                _by_barycentre(layers[index], layers[index + 1], wires.after)
        crossings = _crossings(layers, wires)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
    layers[:] = best


def _by_barycentre(layer: list[Slot], fixed: list[Slot], near: Mapping[Slot, list[Slot]]) -> None:
    """Sort a layer by the mean position of its neighbours; the loose ones keep their position."""
    position = {slot: index for index, slot in enumerate(fixed)}
    scale = len(fixed) / max(len(layer), 1)
    weight: dict[Slot, float] = {}
    for index, slot in enumerate(layer):
        tied = near.get(slot)
        weight[slot] = (
            sum([position[other] for other in tied]) / len(tied) if tied else index * scale
        )
    layer.sort(key=weight.__getitem__)


def _crossings(layers: Sequence[Sequence[Slot]], wires: _Wires) -> int:
    """Count crossings between neighbouring columns, as inversions."""
    count = 0
    for left, right in itertools.pairwise(layers):
        position = {slot: index for index, slot in enumerate(right)}
        seen: list[int] = []
        for slot in left:
            ends = sorted([position[other] for other in wires.after.get(slot, ())])
            count += sum([len(seen) - bisect_right(seen, end) for end in ends])
            for end in ends:
                insort(seen, end)
    return count


def _heights(layers: Sequence[Sequence[Slot]], wires: _Wires, sizes: Sizes) -> dict[Slot, float]:
    """Return the middle of each slot: close to its neighbours, in order, not overlapping."""
    heights: dict[Slot, float] = {}
    offsets = [_offsets(layer, sizes) for layer in layers]
    for layer, offset in zip(layers, offsets, strict=True):
        heights.update(zip(layer, offset, strict=True))
    for sweep in range(6):
        near = wires.before if sweep % 2 == 0 else wires.after
        order = range(len(layers)) if sweep % 2 == 0 else range(len(layers) - 1, -1, -1)
        for index in order:
            _settle(layers[index], offsets[index], near, heights)
    _down_to(sizes.margin + sizes.header + sizes.height / 2, heights)
    return heights


def _offsets(layer: Sequence[Slot], sizes: Sizes) -> list[float]:
    """Return the middles of slots packed as close as allowed."""
    offsets, bottom = [], 0.0
    for slot in layer:
        height = sizes.height if isinstance(slot, str) else sizes.passage
        offsets.append(bottom + height / 2)
        bottom += height + sizes.spacing
    return offsets


def _settle(
    layer: Sequence[Slot],
    offsets: Sequence[float],
    near: Mapping[Slot, list[Slot]],
    heights: dict[Slot, float],
) -> None:
    """Move a layer towards its neighbours: least squares under minimal distances.

    With the packed offsets taken off, the distances become "not decreasing", which pooling
    adjacent violators solves exactly in one pass.
    """
    pools: list[tuple[float, int]] = []  # (sum of wishes, how many)
    for slot, offset in zip(layer, offsets, strict=True):
        tied = near.get(slot)
        middle = sum([heights[other] for other in tied]) / len(tied) if tied else heights[slot]
        pools.append((middle - offset, 1))
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] > pools[-1][0] * pools[-2][1]:
            total, count = pools.pop()
            pools[-1] = (pools[-1][0] + total, pools[-1][1] + count)
    shifts = [total / count for total, count in pools for _ in range(count)]
    for slot, offset, shift in zip(layer, offsets, shifts, strict=True):
        heights[slot] = offset + shift


def _down_to(top: float, heights: dict[Slot, float]) -> None:
    """Move everything so that the uppermost middle is at `top`."""
    least = min(heights.values(), default=0.0)
    for slot in heights:
        heights[slot] += top - least


def _places(
    layers: Sequence[Sequence[Slot]],
    heights: Mapping[Slot, float],
    lefts: Sequence[int],
    sizes: Sizes,
) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for column, layer in enumerate(layers):
        items = [slot for slot in layer if isinstance(slot, str)]
        for row, id in enumerate(items):
            y = round(heights[id] - sizes.height / 2)
            places[id] = Place(lefts[column], y, column, row)
    return places


def _curve(
    way: Sequence[Slot],
    columns: Mapping[str, int],
    heights: Mapping[Slot, float],
    lefts: Sequence[int],
    sizes: Sizes,
) -> str:
    """Write the path of an edge: out of the side of its source, into the side of its target."""
    source, target = way[0], way[-1]
    first, last = columns[str(source)], columns[str(target)]
    if first == last:
        return _bow(
            heights[source], heights[target], lefts[first] + sizes.width, loop=source == target
        )
    forward = last > first
    points = [(lefts[first] + (sizes.width if forward else 0), round(heights[source]))]
    for passage in way[1:-1]:
        left, y = lefts[int(passage[1])], round(heights[passage])
        ends = [(left, y), (left + sizes.width, y)]
        points += ends if forward else ends[::-1]
    points.append((lefts[last] + (0 if forward else sizes.width), round(heights[target])))
    return _smooth(points)


def _smooth(points: Sequence[tuple[int, int]]) -> str:
    """Join points by curves that leave and arrive level; passages are straight."""
    parts = [f"M{points[0][0]} {points[0][1]}"]
    for (x, y), (to_x, to_y) in itertools.pairwise(points):
        if y == to_y:
            parts.append(f"H{to_x}")
        else:
            half = (x + to_x) // 2
            parts.append(f"C{half} {y} {half} {to_y} {to_x} {to_y}")
    return "".join(parts)


def _bow(start: float, end: float, x: int, *, loop: bool) -> str:
    """Join two items of one column by a bow on their right; a loop for an item and itself."""
    out = x + 34
    if loop:
        start, end = start - 10, end + 10
    return f"M{x} {round(start)}C{out} {round(start)} {out} {round(end)} {x} {round(end)}"
