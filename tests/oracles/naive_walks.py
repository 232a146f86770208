"""What questions about the graph have to answer, over rows read from the database, by networkx.

Written from the design's reading of relations and imports nothing of the product.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import networkx as nx

ELEMENTS = """MATCH (n:Element)
RETURN n.id, n.key, [l IN labels(n) WHERE l IN ['Service', 'ServiceComponent', 'CI',
  'RedundancyGroup']][0], n.type, n.lifecycle = 'planned', coalesce(n.is_source, false),
  coalesce(n.strength, 'hard')"""
RELATIONS = """MATCH (a:Element)-[r]->(b:Element)
RETURN a.id, type(r), b.id, r.strength"""
STRENGTHS = ("info", "soft", "hard")


@dataclass(frozen=True)
class Declared:
    """What a relationship type means."""

    dependency: str
    strength: str
    neighbours: bool
    needed_by: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    """An element."""

    id: str
    key: str
    kind: str
    type: str | None
    planned: bool
    source: bool
    strength: str


@dataclass
class Rows:
    """All live elements and the relations among them, as they are stored."""

    elements: dict[str, Row]
    relations: list[tuple[str, str, str, str | None]]
    declared: Mapping[str, Declared]
    hidden: Collection[str] = field(default_factory=set)

    @classmethod
    def of(
        cls, elements: Iterable[Any], relations: Iterable[Any], declared: Mapping[str, Declared]
    ) -> "Rows":
        rows = [Row(*each) for each in elements]
        return cls({row.id: row for row in rows}, [tuple(each) for each in relations], declared)

    def id(self, key: str) -> str:
        return next(row.id for row in self.elements.values() if row.key == key)

    def without(self, hidden: Collection[str]) -> "Rows":
        """The same without some CI types, as if they had never been."""
        kept = {
            id: row
            for id, row in self.elements.items()
            if row.kind != "CI" or row.type not in hidden
        }
        relations = [each for each in self.relations if each[0] in kept and each[2] in kept]
        return Rows(kept, relations, self.declared)

    def walked(
        self, way: str, types: Collection[str] | None = None, weakest: str = "info"
    ) -> "nx.MultiDiGraph[str]":
        """Every step that may be taken, with the relation it goes over."""
        made: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        made.add_nodes_from(self.elements)
        for near, far, relation in self._steps(way, weakest):
            if types is None or relation[1] in types:
                made.add_edge(near, far, key=relation)
        return made

    def _steps(self, way: str, weakest: str) -> Iterator[tuple[str, str, tuple[str, str, str]]]:
        for source, type, target, strength in self.relations:
            relation = (source, type, target)
            if way in {"OUT", "BOTH"}:
                yield source, target, relation
            if way in {"IN", "BOTH"}:
                yield target, source, relation
            if way in {"UPSTREAM", "DOWNSTREAM"}:
                found = self.strength(source, type, strength)
                if STRENGTHS.index(found) >= STRENGTHS.index(weakest):
                    for owner, other in self.needs(source, type, target):
                        ends = (owner, other) if way == "UPSTREAM" else (other, owner)
                        yield (*ends, relation)

    def strength(self, source: str, type: str, own: str | None) -> str:
        """How hard a relation is."""
        if type == "HAS_MEMBER":
            return self.elements[source].strength
        return own or self.declared[type].strength

    def needs(self, source: str, type: str, target: str) -> Iterator[tuple[str, str]]:
        """Who needs whom by a relation."""
        declared = self.declared[type]
        ends: list[tuple[str, str]] = []
        if type == "HAS_MEMBER" or declared.dependency == "source_needs_target":
            ends = [(source, target)]
        elif declared.dependency == "target_needs_source":
            ends = [(target, source)]
        elif declared.neighbours and source != target:
            ends = [
                each
                for each in ((source, target), (target, source))
                if self._wants_neighbour(self.elements[each[0]], declared.needed_by)
            ]
        for owner, other in ends:
            if not self.elements[owner].planned and not self.elements[other].planned:
                yield owner, other

    def _wants_neighbour(self, row: Row, wanted: Collection[str]) -> bool:
        return not row.source and (not wanted or row.kind in wanted or row.type in wanted)


def hops(graph: "nx.MultiDiGraph[str]", sources: Iterable[str]) -> dict[str, int]:
    """Fewest steps to everything that is reached."""
    found = dict.fromkeys(sources, 0)
    for source in list(found):
        for id, far in nx.single_source_shortest_path_length(graph, source).items():
            found[id] = min(far, found.get(id, far))
    return found
