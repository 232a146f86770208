"""Elements and relations of the graph at one version, immutable, in memory.

A topology is a compacted `Base` and what changed since. A change makes a new topology that
shares the base and the unchanged numbers: an element keeps its number until the next
compaction, one that goes leaves a gap. Forward changes come from the ledger's feed; undoing the
same changes gives the topology as of an earlier entry (design sections 4 and 5).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fitsm_graph.impact.base import (
    GROUNDED_GROUP,
    PLANNED,
    RETIRED,
    SOURCE,
    Base,
    Elements,
    facets_of,
    flags_of,
)
from fitsm_graph.impact.columns import INHERIT, Bool, Facets, Int32, Int64, Relations, positions
from fitsm_graph.impact.loading import Loader
from fitsm_graph.impact.network import Strength
from fitsm_graph.impact.records import (
    KINDS,
    ElementRow,
    GroupNeed,
    Kind,
    RelationRow,
    RelationSemantics,
    Triple,
)
from fitsm_graph.kernel.errors import NotFound

Link = tuple[int, int, int]
"""A relation's identity in numbers: source, type, target."""
COMPACT_ABOVE = 0.01
"""Share of changed rows above which a compaction pays."""


@dataclass(frozen=True, slots=True, eq=False)
class Topology:
    """All elements and relations at one version; numbers are valid within one line of versions.

    Attributes:
        version: Sequence number of the ledger entry it stands at.
        registry: Version of the registry whose semantics are used.
        semantics: Relation types by number.
        types: CI types by number; the first is the empty one.
        elements: Columns of all elements, those gone included.
        base: What was there at the last compaction.
        added: Ids of the elements since, in the order of their numbers.
        added_index: Their numbers by id.
        texts: Key and name of the elements added or renamed since.
        groups: Needs of the groups added or changed since.
        links: Relations added or changed since, by their numbers; None: gone.
        links_at: The same relations' numbers by each of their ends.
    """

    version: int
    registry: str
    semantics: tuple[RelationSemantics, ...]
    types: tuple[str, ...]
    elements: Elements
    base: Base
    added: tuple[str, ...] = ()
    added_index: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    groups: Mapping[int, GroupNeed] = field(default_factory=dict)
    links: Mapping[Link, Facets | None] = field(default_factory=dict)
    links_at: Mapping[int, frozenset[Link]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Number of element numbers in use, gaps included."""
        return len(self.elements)

    @property
    def live(self) -> Bool:
        """Which numbers stand for an element that is there, bool[size]."""
        live: Bool = (self.elements.flags & RETIRED) == 0
        return live

    @property
    def element_count(self) -> int:
        """Number of elements that are there, planned ones included."""
        return int(np.count_nonzero(self.live))

    @property
    def relation_count(self) -> int:
        """Number of relations that are there."""
        return len(self.base.relations) + sum(
            (facets is not None) - (self.base.find_relation(*link) >= 0)
            for link, facets in self.links.items()
        )

    @property
    def wants_compaction(self) -> bool:
        """Whether more than 1 % of the rows have changed since the last compaction."""
        return self.changed_share > COMPACT_ABOVE

    @property
    def folded_rows(self) -> int:
        """Elements and relations as of the last compaction."""
        return len(self.base) + len(self.base.relations)

    @property
    def changed_share(self) -> float:
        """Rows that changed since then, as a share of those there were."""
        return (len(self.links) + len(self.texts)) / max(self.folded_rows, 1)

    def find(self, element_id: str) -> int:
        """The number of an element that is there, or -1."""
        number = self.number(element_id)
        return number if number >= 0 and not self.elements.flags[number] & RETIRED else -1

    def find_all(self, ids: Sequence[str]) -> Int32:
        """The numbers of elements, -1 for each that is not there; int32 in the order of ids."""
        numbers = self.base.find_all(ids)
        for place in np.flatnonzero(numbers < 0).tolist() if self.added_index else ():
            numbers[place] = self.added_index.get(ids[place], -1)
        there = np.flatnonzero(numbers >= 0)
        numbers[there[(self.elements.flags[numbers[there]] & RETIRED) != 0]] = -1
        return numbers

    def number(self, element_id: str) -> int:
        """The number an id has or had, or -1."""
        found = self.base.find(element_id)
        return found if found >= 0 else self.added_index.get(element_id, -1)

    def find_key(self, key: str) -> int:
        """The number of the element that is there under a human key, or -1."""
        said = (number for number, (text, _) in self.texts.items() if text == key)
        kept = (number for number in self.base.keys.rows_of(key) if number not in self.texts)
        flags = self.elements.flags
        return next((n for n in (*said, *kept) if not flags[n] & RETIRED), -1)

    def index(self, element_id: str) -> int:
        """The number of an element.

        Raises:
            NotFound: ELEMENT_NOT_FOUND.
        """
        number = self.find(element_id)
        if number < 0:
            raise NotFound(
                f"no element {element_id!r} at version {self.version}",
                code="ELEMENT_NOT_FOUND",
                remedy="look the id up with a search for its key or name",
            )
        return number

    def id(self, number: int) -> str:
        """The id of an element number."""
        if number < len(self.base):
            return bytes(self.base.ids[number]).decode()
        return self.added[number - len(self.base)]

    def key_and_name(self, number: int) -> tuple[str, str]:
        """What people cite and what they call it."""
        text = self.texts.get(number)
        return text if text is not None else (self.base.keys[number], self.base.names[number])

    def by_key(self, numbers: Int32) -> Int64:
        """Places of some elements in the order of their keys, which ids tell nothing of."""
        inside = numbers[numbers < len(self.base)]
        keys = dict(zip(inside.tolist(), self.base.keys.encoded(inside), strict=True))
        wanted = numbers.tolist()
        keys |= {each: self.texts[each][0].encode() for each in wanted if each in self.texts}
        places = sorted(range(len(wanted)), key=lambda place: keys[wanted[place]])
        return np.array(places, np.int64)

    def kind(self, number: int) -> Kind:
        """Service, component, CI or group."""
        return KINDS[int(self.elements.kind[number])]

    def group(self, number: int) -> GroupNeed:
        """What a redundancy group asks of its members."""
        need = self.groups.get(number)
        return need if need is not None else self.base.groups[number]

    def row(self, number: int) -> ElementRow:
        """An element as a value."""
        key, name = self.key_and_name(number)
        flags = int(self.elements.flags[number])
        kind = self.kind(number)
        return ElementRow(
            id=self.id(number),
            key=key,
            name=name,
            kind=kind,
            type=self.types[self.elements.type[number]],
            planned=bool(flags & PLANNED),
            retired=bool(flags & RETIRED),
            is_source=bool(flags & SOURCE),
            criticality=int(self.elements.criticality[number]),
            group=self.group(number) if kind is Kind.GROUP else None,
        )

    def rows(self) -> Iterator[ElementRow]:
        """All elements that are there, by their numbers."""
        return (self.row(number) for number in np.flatnonzero(self.live).tolist())

    def facets(self, link: Link) -> Facets | None:
        """The facets of a relation, or None where there is none."""
        if link in self.links:
            return self.links[link]
        row = self.base.find_relation(*link)
        return self.base.relations.facets(row) if row >= 0 else None

    def relation(self, triple: Triple) -> RelationRow | None:
        """A relation as a value, or None where there is none."""
        link = self.link(triple)
        facets = self.facets(link) if link else None
        return None if link is None or facets is None else self.relation_row(link, facets)

    def relation_row(self, link: Link, facets: Facets) -> RelationRow:
        """A coded relation as a value."""
        strength, grounded, weight, confidence, verified = facets
        return RelationRow(
            self.id(link[0]),
            self.semantics[link[1]].name,
            self.id(link[2]),
            None if strength == INHERIT else Strength(strength),
            None if grounded == INHERIT else bool(grounded),
            weight,
            round(confidence, 6),
            verified or None,
        )

    def link(self, triple: Triple) -> Link | None:
        """A relation's identity in numbers, or None if an end or the type is not known."""
        numbers = [n for n, meaning in enumerate(self.semantics) if meaning.name == triple[1]]
        ends = (self.number(triple[0]), self.number(triple[2]))
        return (ends[0], numbers[0], ends[1]) if numbers and min(ends) >= 0 else None

    def incident(self, numbers: Int32) -> Relations:
        """Relations at any of some elements, at either end, each once, sorted."""
        base = self.base
        inside = numbers[numbers < len(base)]
        rows = np.union1d(
            positions(base.by_source, inside),
            base.to_target[positions(base.by_target, inside)],
        )
        changed = {
            link: self.links[link]
            for number in (numbers.tolist() if self.links_at else ())
            for link in self.links_at.get(number, ())
        }
        return self._overlaid(base.relations.take(rows), changed)

    def relations(self) -> Relations:
        """All relations that are there, sorted by source, type, target."""
        return self._overlaid(self.base.relations, self.links)

    def _overlaid(self, table: Relations, changed: Mapping[Link, Facets | None]) -> Relations:
        """Replace the rows of changed relations and sort again."""
        if not changed:
            return table
        width = max(len(self.semantics), 1)
        spoken = Relations.of_rows((*link, (0, 0, 1, 0.0, 0)) for link in changed)
        kept = ~np.isin(table.keys(self.size, width), spoken.keys(self.size, width))
        news = Relations.of_rows(
            (*link, facets) for link, facets in changed.items() if facets is not None
        )
        return Relations.joined([table.take(kept), news]).ordered(self.size, width)


def add_rows(loader: Loader, rows: Sequence[ElementRow]) -> None:
    """Give a loader one chunk of elements as values."""
    loader.add_elements(
        [row.id for row in rows],
        keys=[row.key for row in rows],
        names=[row.name for row in rows],
        kinds=[row.kind for row in rows],
        types=[row.type for row in rows],
        flags=[flags_of(row) & ~GROUNDED_GROUP for row in rows],
        criticality=[row.criticality for row in rows],
        groups={row.id: row.group for row in rows if row.group is not None},
    )


def build_topology(
    elements: Iterable[ElementRow],
    relations: Iterable[RelationRow],
    semantics: Sequence[RelationSemantics],
    *,
    version: int = 0,
    registry: str = "",
) -> Topology:
    """Build a topology from values; large graphs use a `Loader` and `from_loader`.

    Raises:
        BadInput: An element or relation is given twice, or an end or a type is unknown.
    """
    loader = Loader(tuple(semantics))
    add_rows(loader, list(elements))
    rows = list(relations)
    coded = [facets_of(row) for row in rows]
    loader.add_relations(
        [row.source for row in rows],
        [row.type for row in rows],
        [row.target for row in rows],
        strength=[facets[0] for facets in coded],
        grounded=[facets[1] for facets in coded],
        weight=[facets[2] for facets in coded],
        confidence=[facets[3] for facets in coded],
        verified=[facets[4] for facets in coded],
    )
    return from_loader(loader, version=version, registry=registry)


def from_loader(loader: Loader, *, version: int, registry: str) -> Topology:
    """Make the topology of what a loader has taken.

    Args:
        loader: With all elements and relations.
        version: Sequence number of the ledger entry the rows were read at.
        registry: Version of the registry the semantics come from.
    """
    elements, base = loader.finish()
    return Topology(version, registry, loader.semantics, tuple(loader.types), elements, base)
