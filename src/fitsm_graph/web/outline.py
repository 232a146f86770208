"""The answer as a nested list: what fails, and under it what it affects."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from fitsm_graph.web.layout import columns_of
from fitsm_graph.web.report import Edge, Element
from fitsm_graph.web.words import look


@dataclass(slots=True)
class Branch:
    """An element and what it affects.

    Attributes:
        element: The element.
        branches: Under it, the worst first.
        also: Affected elements that stand elsewhere in the outline, nearer to a seed.
    """

    element: Element
    branches: list["Branch"] = field(default_factory=list)
    also: list[Element] = field(default_factory=list)


def outline(elements: Sequence[Element], edges: Sequence[Edge]) -> list[Branch]:
    """Build the outline: each element once, under its nearest supplier.

    Elements that no other supplies stand at the top.
    """
    branches = {one.id: Branch(one) for one in elements}
    kept = [edge for edge in edges if edge.source in branches and edge.target in branches]
    parents = _parents(elements, kept)
    tops: list[Branch] = []
    for one in sorted(elements, key=_rank):
        parent = parents.get(one.id)
        (branches[parent].branches if parent else tops).append(branches[one.id])
    for source, target in sorted({(edge.source, edge.target) for edge in kept}):
        if parents.get(target) != source and source != target:
            branches[source].also.append(branches[target].element)
    return tops


def _parents(elements: Sequence[Element], edges: Sequence[Edge]) -> dict[str, str]:
    """Choose for each element the supplier one column before it; so there are no circles."""
    ends = [(edge.source, edge.target) for edge in edges]
    columns = columns_of({one.id: one.hops for one in elements}, ends)
    by_id = {one.id: one for one in elements}
    suppliers: dict[str, list[str]] = defaultdict(list)
    for source, target in ends:
        if columns[source] < columns[target]:
            suppliers[target].append(source)
    return {
        target: min(found, key=lambda one: (-columns[one], _rank(by_id[one])))
        for target, found in suppliers.items()
    }


def _rank(element: Element) -> tuple[int, str, str]:
    return (-look(element.after).rank, element.label, element.id)
