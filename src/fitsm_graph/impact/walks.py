"""Walks over relations: what an element depends on, what depends on it, and what is around it.

A walk follows relations of some types in one direction, round by round, and costs what it
reaches. Dependencies are followed as the mapping reads them (design section 4), so that without
a choice of types a walk up or down reaches exactly the cone of the requirements.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from fitsm_graph.impact.base import PLANNED, RETIRED, SOURCE
from fitsm_graph.impact.columns import INHERIT, Bool, Int32, Relations
from fitsm_graph.impact.mapping import needs_neighbours
from fitsm_graph.impact.network import Strength
from fitsm_graph.impact.topology import Topology

NOT_REACHED = -1
"""Hops of an element that a walk does not reach."""


class Way(StrEnum):
    """Which way relations are followed, seen from the element one stands at."""

    UPSTREAM = "UPSTREAM"
    DOWNSTREAM = "DOWNSTREAM"
    OUT = "OUT"
    IN = "IN"
    BOTH = "BOTH"

    @property
    def back(self) -> "Way":
        """The way on which one returns."""
        return _BACK.get(self, self)

    @property
    def needs(self) -> bool:
        """Whether it follows needs, whatever direction their relations are stored in."""
        return self in {Way.UPSTREAM, Way.DOWNSTREAM}


_BACK = {
    Way.UPSTREAM: Way.DOWNSTREAM,
    Way.DOWNSTREAM: Way.UPSTREAM,
    Way.OUT: Way.IN,
    Way.IN: Way.OUT,
}


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Single steps of a walk as columns of equal length.

    Attributes:
        near: Element number where each step begins, int32.
        far: Where it ends, int32.
        row: Row of the relation in `relations`; a link that is walked both ways is there twice.
        relations: The relations, as stored.
    """

    near: Int32
    far: Int32
    row: NDArray[np.intp]
    relations: Relations

    def __len__(self) -> int:
        return self.near.size

    def take(self, rows: NDArray[np.integer] | Bool) -> "Steps":
        """Pick steps by number or by mask."""
        return Steps(self.near[rows], self.far[rows], self.row[rows], self.relations)

    def distinct(self) -> Relations:
        """The relations that are stepped over, each once, in their order."""
        return self.relations.take(np.unique(self.row))


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """What may be walked.

    Attributes:
        topology: Elements and relations at one version.
        way: Direction.
        types: Relationship types by name; None: all.
        passable: Which elements may be met, bool[size]; None: all.
        weakest: Follow only relations of this strength or more; of account for needs.
    """

    topology: Topology
    way: Way
    types: frozenset[str] | None = None
    passable: Bool | None = None
    weakest: Strength = Strength.INFO

    @property
    def back(self) -> "Ways":
        """The same, walked the other way."""
        return Ways(self.topology, self.way.back, self.types, self.passable, self.weakest)

    def around(self, elements: Int32) -> Steps:
        """All steps from some elements."""
        standing = np.zeros(self.topology.size, np.bool_)
        standing[elements] = True
        steps = self.at(elements)
        return steps.take(standing[steps.near])

    def at(self, elements: Int32) -> Steps:
        """All steps that begin or end at some elements."""
        table = self._chosen(self.topology.incident(np.unique(elements)))
        return self._needed(table) if self.way.needs else self._stored(table)

    def _chosen(self, table: Relations) -> Relations:
        """Relations of the types wanted between elements that may be met."""
        open_ = self.topology.live if self.passable is None else self.topology.live & self.passable
        kept = open_[table.source] & open_[table.target]
        if self.types is not None:
            named = [meaning.name in self.types for meaning in self.topology.semantics]
            kept &= np.array(named or [False])[table.type]
        return table.take(kept)

    def _stored(self, table: Relations) -> Steps:
        rows = np.arange(len(table))
        if self.way is Way.OUT:
            return Steps(table.source, table.target, rows, table)
        if self.way is Way.IN:
            return Steps(table.target, table.source, rows, table)
        return Steps(
            np.concatenate([table.source, table.target]),
            np.concatenate([table.target, table.source]),
            np.concatenate([rows, rows]),
            table,
        )

    def _needed(self, table: Relations) -> Steps:
        """Steps from who needs to who is needed, or back."""
        forward, backward = dependent_ends(self.topology, table)
        source_needs, target_needs = np.flatnonzero(forward), np.flatnonzero(backward)
        rows = np.concatenate([source_needs, target_needs])
        owner = np.concatenate([table.source[source_needs], table.target[target_needs]])
        provider = np.concatenate([table.target[source_needs], table.source[target_needs]])
        flags = self.topology.elements.flags
        kept = ((flags[owner] & (PLANNED | RETIRED)) == 0) & ((flags[provider] & PLANNED) == 0)
        if self.weakest is not Strength.INFO:
            kept &= strengths(self.topology, table)[rows] >= self.weakest
        near, far = (owner, provider) if self.way is Way.UPSTREAM else (provider, owner)
        return Steps(near[kept], far[kept], rows[kept], table)


def dependent_ends(topology: Topology, table: Relations) -> tuple[Bool, Bool]:
    """Relations whose source needs the target, and those whose target needs the source."""
    meanings = topology.semantics
    out = np.array([m.dependency == "source_needs_target" or m.membership for m in meanings])
    back = np.array([m.dependency == "target_needs_source" for m in meanings])
    forward, backward = _by_type(out, table), _by_type(back, table)
    for number, meaning in enumerate(meanings):
        if meaning.neighbours:
            links = (table.type == number) & (table.source != table.target)
            forward |= links & _needy(topology, number, table.source)
            backward |= links & _needy(topology, number, table.target)
    return forward, backward


def _needy(topology: Topology, number: int, ends: Int32) -> Bool:
    """Whether elements need their neighbours over a type of link."""
    source: Bool = (topology.elements.flags[ends] & SOURCE) != 0
    needy: Bool = needs_neighbours(topology, number, ends) & ~source
    return needy


def _by_type(of_type: NDArray[np.bool_], table: Relations) -> Bool:
    chosen: Bool = of_type[table.type] if of_type.size else np.zeros(len(table), np.bool_)
    return chosen


def strengths(topology: Topology, table: Relations) -> NDArray[np.int8]:
    """Strength of relations: their own, that of the group, or their type's; int8."""
    default = np.array([int(m.strength) for m in topology.semantics] or [0], np.int8)
    found = np.where(table.strength == INHERIT, default[table.type], table.strength)
    member = _by_type(np.array([m.membership for m in topology.semantics]), table)
    for row in np.flatnonzero(member).tolist():
        found[row] = topology.group(int(table.source[row])).strength
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """What a walk reaches.

    Attributes:
        elements: Numbers, nearest first, then by number; the sources come first.
        hops: Fewest steps from a source to each element number, or `NOT_REACHED`, int32[size].
        ended: Whether nothing lies beyond; False where the hops were limited and more is there.
    """

    elements: Int32
    hops: Int32
    ended: bool


def reach(ways: Ways, sources: Int32, most_hops: int | None = None) -> Reach:
    """Walk from some elements.

    Args:
        ways: What may be walked.
        sources: Where to begin; 0 hops.
        most_hops: How far to go; None: to the end.
    """
    hops = np.full(ways.topology.size, NOT_REACHED, np.int32)
    front = np.unique(sources).astype(np.int32)
    rounds, distance = [front], 0
    hops[front] = 0
    while front.size:
        far = ways.around(front).far
        front = np.unique(far[hops[far] == NOT_REACHED]).astype(np.int32)
        if distance == most_hops:
            break
        distance += 1
        hops[front] = distance
        rounds.append(front)
    return Reach(np.concatenate(rounds), hops, not front.size)


def stepped_to(ways: Ways, sources: Sequence[int], most_hops: int | None = None) -> Int32:
    """Elements that are one step or more away from some, in the order of their numbers.

    A source is among them only where a step leads to it: from another source, or in a circle.
    """
    begin = np.asarray(sources, np.int32)
    walked = reach(ways, begin, None if most_hops is None else most_hops - 1)
    return np.unique(ways.around(walked.elements).far).astype(np.int32)
