"""Following the ledger: a topology and differences give the next topology, or an earlier one.

The arrays of the base are shared; what changed lies beside them, so that following a change
costs the change and not the graph (design section 11). Above 1 % of changed rows `compacted`
folds the two together; that may run beside the readers, as nothing here is written in place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fitsm_graph.impact.base import RETIRED, Base, Elements, facets_of, flags_of
from fitsm_graph.impact.columns import Facets, Int32, Relations, TextColumn
from fitsm_graph.impact.records import (
    LONGEST_ID,
    ElementRow,
    GroupNeed,
    Kind,
    RelationRow,
    TopologyChange,
    Triple,
)
from fitsm_graph.impact.topology import Link, Topology
from fitsm_graph.kernel.errors import BadInput, Broken


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """A topology after changes.

    Attributes:
        topology: The next topology.
        touched: Elements whose requirements may differ from before, ascending, int32.
    """

    topology: Topology
    touched: Int32


def follow(topology: Topology, changes: Iterable[TopologyChange], version: int) -> Followed:
    """Apply differences of the feed, in their order.

    Only the net effect counts: the first ``before`` and the last ``after`` of each record. An
    element that goes takes the relations along that it still has.

    Args:
        topology: What the changes start from; unchanged by this.
        changes: Differences, oldest first.
        version: Sequence number the result stands at.

    Raises:
        Broken: SNAPSHOT_DIVERGED, if a change speaks of what is not there, or of a relation
            type the registry did not have: load anew.
    """
    draft = _Draft.of(topology)
    relations: list[tuple[Triple, RelationRow | None]] = []
    for identity, (before, after) in _net(changes).items():
        if isinstance(identity, str):
            _expect(identity, before, there=topology.find(identity) >= 0)
            draft.put_element(identity, after if isinstance(after, ElementRow) else None)
        else:
            _expect(identity, before, there=topology.relation(identity) is not None)
            relations.append((identity, after if isinstance(after, RelationRow) else None))
    for triple, row in relations:
        draft.put_relation(triple, row)
    draft.drop_relations_of_gone()
    return draft.finish(version)


def undo(topology: Topology, changes: Sequence[TopologyChange], version: int) -> Followed:
    """Take differences back: the topology as of an earlier entry.

    Args:
        topology: The topology after the changes.
        changes: The same differences as for `follow`, oldest first.
        version: Sequence number of the entry before the first of them.
    """
    return follow(topology, [change.reversed for change in reversed(changes)], version)


Row = ElementRow | RelationRow


def _net(
    changes: Iterable[TopologyChange],
) -> dict[str | Triple, tuple[Row | None, Row | None]]:
    net: dict[str | Triple, tuple[Row | None, Row | None]] = {}
    for change in changes:
        identity = change.identity
        first = net[identity][0] if identity in net else change.before
        net[identity] = (first, change.after)
    return net


def _expect(identity: str | Triple, before: Row | None, *, there: bool) -> None:
    expected = before is not None and not (isinstance(before, ElementRow) and before.retired)
    if expected != there:
        raise _diverged(f"{identity} is {'there' if there else 'not there'}")


def _diverged(what: str) -> Broken:
    return Broken(
        f"the snapshot does not fit the changes: {what}",
        code="SNAPSHOT_DIVERGED",
        why="a change was missed or read twice",
        remedy="load the topology anew from the database",
    )


@dataclass(slots=True, eq=False)
class _Draft:
    """The next topology while it is being made: copies of the overlay, never of the base."""

    old: Topology
    elements: Elements
    count: int
    added: list[str]
    added_index: dict[str, int]
    types: dict[str, int]
    texts: dict[int, tuple[str, str]]
    groups: dict[int, GroupNeed]
    links: dict[Link, Facets | None]
    links_at: dict[int, frozenset[Link]]
    touched: set[int]
    gone: list[int]

    @classmethod
    def of(cls, old: Topology) -> "_Draft":
        return cls(
            old=old,
            elements=old.elements.writable(0),
            count=old.size,
            added=list(old.added),
            added_index=dict(old.added_index),
            types={name: number for number, name in enumerate(old.types)},
            texts=dict(old.texts),
            groups=dict(old.groups),
            links=dict(old.links),
            links_at=dict(old.links_at),
            touched=set(),
            gone=[],
        )

    def put_element(self, element_id: str, row: ElementRow | None) -> None:
        number = self._number(element_id)
        if number < 0 and (row is None or row.retired):
            return  # came and went between the two versions
        number = self._append(element_id) if number < 0 else number
        before = int(self.elements.flags[number])
        if row is None or row.retired:
            self.elements.flags[number] |= RETIRED
            self.gone.append(number)
            self._touch_around(number)
            return
        old_group, old_type = self._group_of(number), int(self.elements.type[number])
        self._write(number, row)
        if flags_of(row) != before or number >= self.old.size:
            self._touch_around(number)
        elif row.group != old_group or self.elements.type[number] != old_type:
            self.touched.add(number)

    def _append(self, element_id: str) -> int:
        if not element_id or len(element_id.encode()) > LONGEST_ID or "\0" in element_id:
            raise BadInput(
                f"{element_id!r} is no id of an element",
                code="BAD_ELEMENT_ID",
                remedy=f"ids are texts of 1 to {LONGEST_ID} bytes",
            )
        number = self.count
        self.added.append(element_id)
        self.added_index[element_id] = number
        if number >= len(self.elements):
            self.elements = self.elements.writable(1024)
        self.count += 1
        return number

    def _group_of(self, number: int) -> GroupNeed | None:
        return self.groups.get(number) or self.old.base.groups.get(number)

    def _write(self, number: int, row: ElementRow) -> None:
        self.elements.kind[number] = row.kind
        self.elements.type[number] = self.types.setdefault(row.type, len(self.types))
        self.elements.flags[number] = flags_of(row)
        self.elements.criticality[number] = row.criticality
        self.texts[number] = (row.key, row.name)
        if row.group is not None:
            self.groups[number] = row.group

    def _touch_around(self, number: int) -> None:
        """An element's flags decide over its own requirements and its neighbours'."""
        self.touched.add(number)
        if number < self.old.size:
            table = self.old.incident(np.array([number], np.int32))
            self.touched.update(table.source.tolist(), table.target.tolist())

    def put_relation(self, triple: Triple, row: RelationRow | None) -> None:
        if row is None and min(self._number(triple[0]), self._number(triple[2])) < 0:
            return  # came and went between the two versions
        link = self._link(triple)
        self._check_membership(link, triple)
        self._put_link(link, None if row is None else facets_of(row))

    def _put_link(self, link: Link, facets: Facets | None) -> None:
        self.links[link] = facets
        for end in {link[0], link[2]}:
            self.links_at[end] = self.links_at.get(end, frozenset()) | {link}
            self.touched.add(end)

    def _link(self, triple: Triple) -> Link:
        source, target = self._number(triple[0]), self._number(triple[2])
        types = [n for n, m in enumerate(self.old.semantics) if m.name == triple[1]]
        if not types or min(source, target) < 0:
            raise _diverged(f"an end or the type of {triple} is not known")
        return (source, types[0], target)

    def _number(self, element_id: str) -> int:
        number = self.old.number(element_id)
        return number if number >= 0 else self.added_index.get(element_id, -1)

    def _check_membership(self, link: Link, triple: Triple) -> None:
        membership = self.old.semantics[link[1]].membership
        if membership and self.elements.kind[link[0]] != Kind.GROUP:
            raise BadInput(
                f"{triple[0]} is no redundancy group and cannot have members",
                code="MEMBERSHIP_OF_NO_GROUP",
                remedy="relate members to a redundancy group",
                path=triple,
            )

    def drop_relations_of_gone(self) -> None:
        for number in self.gone:
            if number < self.old.size:
                table = self.old.incident(np.array([number], np.int32))
                for link in _links(table):
                    self._put_link(link, None)
            for link in self.links_at.get(number, frozenset()):
                self._put_link(link, None)

    def finish(self, version: int) -> Followed:
        old, rows = self.old, np.arange(self.count)
        elements = self.elements if len(self.elements) == self.count else self.elements.take(rows)
        topology = replace(
            old,
            version=version,
            types=tuple(self.types),
            elements=elements,
            added=tuple(self.added),
            added_index=self.added_index,
            texts=self.texts,
            groups=self.groups,
            links=self.links,
            links_at=self.links_at,
        )
        return Followed(topology, np.array(sorted(self.touched), np.int32))


def _links(table: Relations) -> list[Link]:
    columns = (table.source.tolist(), table.type.tolist(), table.target.tolist())
    return list(zip(*columns, strict=True))


def compacted(topology: Topology) -> Topology:
    """Fold base and overlay into one: the same elements and relations, numbered anew.

    Equal, array by array, to a topology loaded from the same rows.
    """
    base, width = topology.base, max(len(topology.semantics), 1)
    ids = np.concatenate([base.ids, np.array([i.encode() for i in topology.added], np.bytes_)])
    kept = np.flatnonzero(topology.live)
    order = kept[np.argsort(ids[kept], kind="stable")]
    rank = np.full(topology.size, -1, np.int32)
    rank[order] = np.arange(order.size, dtype=np.int32)
    table = topology.relations()
    table = table.take((rank[table.source] >= 0) & (rank[table.target] >= 0))
    table = replace(table, source=rank[table.source], target=rank[table.target])
    groups = dict(base.groups) | dict(topology.groups)
    needs = {int(rank[number]): need for number, need in groups.items() if rank[number] >= 0}
    keys, names = _texts(topology)
    made = Base.make(
        ids[order].astype(f"S{_width(ids[order])}"),
        keys.take(order),
        names.take(order),
        dict(sorted(needs.items())),
        table.ordered(order.size, width),
    )
    elements = topology.elements.take(order)
    return Topology(
        topology.version, topology.registry, topology.semantics, topology.types, elements, made
    )


def _width(ids: NDArray[np.bytes_]) -> int:
    return max(int(np.char.str_len(ids).max()) if ids.size else 1, 1)


def _texts(topology: Topology) -> tuple[TextColumn, TextColumn]:
    """Keys and names of all numbers: those of the base with the changed ones put in."""
    changed = sorted(topology.texts)
    rows = np.arange(topology.size)
    rows[changed] = len(topology.base) + np.arange(len(changed))
    parts = []
    for part, column in enumerate((topology.base.keys, topology.base.names)):
        news = TextColumn.of([topology.texts[number][part] for number in changed])
        parts.append(TextColumn.joined([column, news]).take(rows))
    return parts[0], parts[1]
