"""What differs between two versions of the topology.

Two versions of one line share their base, so that only what changed is looked at; others are
compared row by row.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from fitsm_graph.impact.records import ElementRow, RelationRow, TopologyChange, Triple
from fitsm_graph.impact.topology import Link, Topology


@dataclass(frozen=True, slots=True)
class Differences:
    """What it takes to get from one topology to another, each list in order of identity.

    Attributes:
        earlier: Version compared from.
        later: Version compared to.
        added: Elements and relations that are new.
        removed: Those that are gone.
        changed: Those that are different.
    """

    earlier: int
    later: int
    added: tuple[TopologyChange, ...]
    removed: tuple[TopologyChange, ...]
    changed: tuple[TopologyChange, ...]

    @property
    def changes(self) -> tuple[TopologyChange, ...]:
        """All of them; `changes.follow` applied to the first topology gives the second."""
        return (*self.added, *self.changed, *self.removed)


def differences(a: Topology, b: Topology) -> Differences:
    """Compare two topologies.

    Args:
        a: Compared from.
        b: Compared to.
    """
    pairs: list[tuple[ElementRow | RelationRow | None, ElementRow | RelationRow | None]] = []
    pairs += [(_element(a, i), _element(b, i)) for i in sorted(_element_ids(a, b))]
    pairs += [(a.relation(t), b.relation(t)) for t in sorted(_triples(a, b))]
    found = [TopologyChange(was, now) for was, now in pairs if was != now]
    return Differences(
        a.version,
        b.version,
        tuple(change for change in found if change.before is None),
        tuple(change for change in found if change.after is None),
        tuple(change for change in found if change.before and change.after),
    )


def _element(topology: Topology, element_id: str) -> ElementRow | None:
    number = topology.find(element_id)
    return topology.row(number) if number >= 0 else None


def _element_ids(a: Topology, b: Topology) -> set[str]:
    if a.base is not b.base:
        return {row.id for topology in (a, b) for row in topology.rows()}
    inside = len(a.base)
    flagged = a.elements.flags[:inside] != b.elements.flags[:inside]
    gone = {a.id(number) for number in flagged.nonzero()[0].tolist()}
    return gone | {topology.id(n) for topology in (a, b) for n in topology.texts}


def _triples(a: Topology, b: Topology) -> set[Triple]:
    if a.base is b.base:
        return {triple for topology in (a, b) for triple in _named(topology, topology.links)}
    return {triple for topology in (a, b) for triple in _named(topology, _links(topology))}


def _links(topology: Topology) -> Iterable[Link]:
    table = topology.relations()
    columns = (table.source.tolist(), table.type.tolist(), table.target.tolist())
    return zip(*columns, strict=True)


def _named(topology: Topology, links: Iterable[Link]) -> Iterable[Triple]:
    names = [meaning.name for meaning in topology.semantics]
    return ((topology.id(s), names[t], topology.id(d)) for s, t, d in links)
