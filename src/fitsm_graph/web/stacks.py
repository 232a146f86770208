"""Stacking siblings, so that a hub with a thousand dependants stays readable.

Six or more elements that share class, state, suppliers and dependants are one cell. Where that
leaves more cells than can be read, coarser likeness is used, step by step: without the
dependants, then by column alone. How many are stacked is always said.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from fitsm_graph.web.report import Edge, Element

THRESHOLD = 6
READABLE = 60


@dataclass(frozen=True, slots=True)
class Cell:
    """One thing drawn: an element, or a stack of alike ones.

    Attributes:
        id: The element's id, or one made from the ids of the stack.
        members: The elements, at least one.
        column: Hops from the seeds.
    """

    id: str
    members: tuple[Element, ...]
    column: int

    @property
    def stacked(self) -> bool:
        """Whether it stands for several elements."""
        return len(self.members) > 1

    @property
    def element(self) -> Element:
        """The element, or the first of the stack, which shares class and state with the rest."""
        return self.members[0]


@dataclass(frozen=True, slots=True)
class Stacked:
    """What is drawn.

    Attributes:
        cells: In the order of the elements.
        edges: Between cells, each once; labels of merged edges that differ are dropped.
        grouped: How many elements stand in stacks.
    """

    cells: tuple[Cell, ...]
    edges: tuple[Edge, ...]
    grouped: int


Likeness = Callable[[Element], Hashable]


def stack(
    elements: Sequence[Element],
    edges: Sequence[Edge],
    columns: Mapping[str, int],
    *,
    single: Iterable[str] = (),
    opened: Iterable[str] = (),
) -> Stacked:
    """Stack alike elements.

    Args:
        elements: What is to be drawn.
        edges: Between them.
        columns: Hops from the seeds, by id.
        single: Ids that are never stacked: the seeds and the element in focus.
        opened: Ids of stacks to show one by one.
    """
    alone, open_stacks = frozenset(single), frozenset(opened)
    cells: list[Cell] = []
    for likeness in _likenesses(edges, columns):
        cells, spread = _cells(elements, likeness, columns, alone, open_stacks)
        if len(cells) - spread <= READABLE:
            break
    return Stacked(
        tuple(cells), _merge(cells, edges), sum(len(c.members) for c in cells if c.stacked)
    )


def _likenesses(edges: Sequence[Edge], columns: Mapping[str, int]) -> tuple[Likeness, ...]:
    suppliers: dict[str, set[str]] = defaultdict(set)
    dependants: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        suppliers[edge.target].add(edge.source)
        dependants[edge.source].add(edge.target)

    def face(element: Element) -> tuple[Hashable, ...]:
        column = columns[element.id]
        return (column, element.kind, element.type, element.before, element.after)

    def close(element: Element) -> Hashable:
        return (*face(element), frozenset(suppliers[element.id]))

    def alike(element: Element) -> Hashable:
        return (close(element), frozenset(dependants[element.id]))

    return (alike, close, face)


def _cells(
    elements: Sequence[Element],
    likeness: Likeness,
    columns: Mapping[str, int],
    alone: frozenset[str],
    opened: frozenset[str],
) -> tuple[list[Cell], int]:
    """Build the cells; the second value is how many come from stacks opened on purpose."""
    families: dict[Hashable, list[Element]] = {}
    for element in elements:
        key: Hashable = ("alone", element.id) if element.id in alone else likeness(element)
        families.setdefault(key, []).append(element)
    cells: list[Cell] = []
    spread = 0
    for family in families.values():
        name = _stack_id(family)
        if len(family) >= THRESHOLD and name not in opened:
            cells.append(Cell(name, tuple(family), columns[family[0].id]))
            continue
        spread += len(family) if len(family) >= THRESHOLD else 0
        cells += [Cell(one.id, (one,), columns[one.id]) for one in family]
    return cells, spread


def _stack_id(family: Sequence[Element]) -> str:
    ids = "\n".join(sorted(element.id for element in family))
    return "stack-" + sha256(ids.encode()).hexdigest()[:12]


def _merge(cells: Sequence[Cell], edges: Sequence[Edge]) -> tuple[Edge, ...]:
    cell_of = {member.id: cell.id for cell in cells for member in cell.members}
    merged: dict[tuple[str, str], Edge] = {}
    for edge in edges:
        ends = (cell_of[edge.source], cell_of[edge.target])
        if ends[0] == ends[1] and edge.source != edge.target:
            continue  # inside one stack
        seen = merged.get(ends)
        same = seen is None or seen.label == edge.label
        merged[ends] = Edge(*ends, edge.label if same else "", edge.requirement)
    return tuple(merged.values())
