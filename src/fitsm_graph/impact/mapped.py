"""A topology and the network of its requirements, kept in step.

Following a change replaces the requirements of the elements it touches and leaves the arrays
as they are otherwise: requirements that are gone stay as rows that ask for nothing (need 0,
informational), new ones are appended, and the numbers of all others stay the same. The arrays
have room at their end, so that appending writes only what is new; nothing that an earlier
version can see is ever written. Compaction maps anew and drops the empty rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitsm_graph.impact.changes import Followed, compacted
from fitsm_graph.impact.columns import Int32, Relations, row_starts
from fitsm_graph.impact.mapping import MEMBERS, Kept, Needs, needs_of
from fitsm_graph.impact.network import INFO, SOFT, Network, build_network, frozen
from fitsm_graph.impact.topology import COMPACT_ABOVE, Topology

MAP_ANEW_ABOVE = 0.02
"""Share of touched elements above which mapping anew is cheaper than replacing."""
_FEW = 2_000
_APPENDED = ("of", "need", "strength", "grounded", "reserve", "total", "member")
_BLANKED = {"need": 0, "strength": INFO, "grounded": False}


class Room:
    """An array with room at its end; whoever stands at its end may append in place."""

    def __init__(self, array: NDArray[Any]) -> None:
        """Copy an array into a buffer with a twentieth of room."""
        self._buffer = np.empty(array.size + array.size // 20 + 256, array.dtype)
        self._buffer[: array.size] = array
        self._used = array.size
        self._lock = Lock()

    @property
    def view(self) -> NDArray[Any]:
        """What is used, read-only."""
        return frozen(self._buffer[: self._used])

    def appended(self, size: int, rows: NDArray[Any]) -> NDArray[Any] | None:
        """A longer view with new rows, or None if others were faster or the room is too small."""
        with self._lock:
            end = size + rows.size
            if self._used != size or end > self._buffer.size:
                return None
            self._buffer[size:end] = rows
            self._used = end
        return frozen(self._buffer[:end])


@dataclass(frozen=True, slots=True, eq=False)
class Mapped:
    """A topology with its network; elements have the same numbers in both.

    Attributes:
        topology: Elements and relations at one version.
        network: Their requirements.
        what: What each requirement is for (see `Needs`), int32[R].
        blank: Number of rows that ask for nothing any more.
        rooms: Buffers behind the columns that are appended to, by their names.
    """

    topology: Topology
    network: Network
    what: Int32
    blank: int = 0
    rooms: Mapping[str, Room] = field(default_factory=dict, repr=False)

    @property
    def version(self) -> int:
        """Sequence number of the ledger entry it stands at."""
        return self.topology.version

    @property
    def wants_compaction(self) -> bool:
        """Whether more than 1 % of the rows have changed since the last compaction."""
        return self.changed_share > COMPACT_ABOVE

    @property
    def folded_rows(self) -> int:
        """Elements and relations as of the last compaction."""
        return self.topology.folded_rows

    @property
    def changed_share(self) -> float:
        """Rows that changed since then, or requirements that are gone, whichever is more."""
        blank = self.blank / max(self.network.requirement_count, 1)
        return max(blank, self.topology.changed_share)

    @property
    def nbytes(self) -> int:
        """Memory taken by all arrays, in bytes, without the overlay."""
        base = self.topology.base
        columns = [base.ids, base.by_source, base.by_target, base.to_target, self.what]
        columns += [base.keys.blob, base.keys.starts, base.names.blob, base.names.starts]
        elements, table = self.topology.elements, base.relations
        columns += [getattr(elements, name) for name in elements.__slots__]
        columns += [getattr(table, name) for name in table.__slots__]
        return sum(column.nbytes for column in columns) + self.network.nbytes

    def at(self, version: int) -> "Mapped":
        """The same at a later ledger entry, up to which nothing of it was touched."""
        return replace(self, topology=replace(self.topology, version=version))

    def compacted(self) -> "Mapped":
        """The same graph, numbered anew and mapped anew; slow, and safe beside readers."""
        return map_topology(compacted(self.topology))

    def requirement_id(self, requirement: int) -> str:
        """The stable id of a requirement: its element and what it is for.

        ``<element id>#<provider id>``, ``<group id>#members`` or ``<element id>#<link type>``.
        """
        owner = self.topology.id(int(self.network.of[requirement]))
        return f"{owner}#{self.purpose(requirement)}"

    def purpose(self, requirement: int) -> str:
        """What a requirement is for: a provider's id, ``members`` or a link type."""
        what = int(self.what[requirement])
        if what >= 0:
            return self.topology.id(what)
        return "members" if what == MEMBERS else self.topology.semantics[-2 - what].name

    def find_requirement(self, owner: int, what: int) -> int:
        """The number of an element's requirement for something, or -1."""
        has = self.network.requirements(owner)
        found = has[self.what[has] == what]
        return int(found[0]) if found.size else -1

    def origin(self, requirement: int) -> Relations:
        """The relations a requirement comes from."""
        topology, what = self.topology, int(self.what[requirement])
        owner = int(self.network.of[requirement])
        table = topology.incident(np.array([owner], np.int32))
        if what == MEMBERS:
            member = np.array([meaning.membership for meaning in topology.semantics])
            return table.take(member[table.type] & (table.source == owner))
        if what < MEMBERS:
            return table.take((table.type == -2 - what) & (table.source != table.target))
        forward = np.array([m.dependency == "source_needs_target" for m in topology.semantics])
        backward = np.array([m.dependency == "target_needs_source" for m in topology.semantics])
        there = forward[table.type] & (table.source == owner) & (table.target == what)
        back = backward[table.type] & (table.target == owner) & (table.source == what)
        return table.take(there | back)

    def followed(
        self, step: Followed, *, kept: Kept | None = None, aside: bool = False
    ) -> "Mapped":
        """The network of the next topology.

        Args:
            step: The next topology and the elements it touches.
            kept: Needs that stay, for scenarios; see `needs_of`.
            aside: The result lives beside the line of versions (a scenario), so that the room
                at the end of the arrays is left to the line.
        """
        size = step.topology.size
        if step.touched.size > max(_FEW, MAP_ANEW_ABOVE * size):
            return map_topology(step.topology, kept=kept)
        news = needs_of(step.topology, step.touched, kept=kept)
        piece = network_of(size, news)
        if piece.need.itemsize > self.network.need.itemsize:
            return map_topology(step.topology, kept=kept)
        return _Patch(self, step, news, piece, aside=aside).applied()


def map_topology(topology: Topology, *, kept: Kept | None = None) -> Mapped:
    """Map a whole topology.

    Raises:
        BadInput: A weight, need or sum is too large.
    """
    needs = needs_of(topology, kept=kept)
    return Mapped(topology, network_of(topology.size, needs), needs.what)


def network_of(element_count: int, needs: Needs) -> Network:
    """Build the network of some requirements."""
    return build_network(
        element_count,
        of=needs.of,
        need=needs.need,
        strength=needs.strength,
        grounded=needs.grounded,
        member_start=needs.start,
        member=needs.member,
        reserve=needs.reserve,
        weight=needs.weight,
    )


class _Patch:
    """Replaces the requirements of touched elements in a network."""

    def __init__(
        self, old: Mapped, step: Followed, news: Needs, piece: Network, *, aside: bool
    ) -> None:
        self.old, self.step, self.aside = old, step, aside
        self.size = step.topology.size
        touched = step.touched[step.touched < old.network.element_count].tolist()
        gone, new = self._difference(touched, news, piece)
        self.gone = np.array(gone, np.int32)
        self.news = news.take(np.array(new, np.int32))
        self.piece = network_of(self.size, self.news)
        # A room must hold what its column holds: a scenario starts without any.
        self.rooms = {} if aside else dict(old.rooms)

    def _difference(
        self, touched: list[int], news: Needs, piece: Network
    ) -> tuple[list[int], list[int]]:
        """Requirements that are gone, and rows of the new ones that were not there."""
        old, fresh = self.old, dict(zip(_pairs(news.of, news.what), range(len(news)), strict=True))
        gone = []
        for owner in touched:
            for requirement in old.network.requirements(owner).tolist():
                pair = (owner, int(old.what[requirement]))
                row = fresh.get(pair, -1)
                if row >= 0 and same_requirement(old.network, requirement, piece, row):
                    del fresh[pair]
                else:
                    gone.append(requirement)
        return gone, sorted(fresh.values())

    def applied(self) -> Mapped:
        old, network = self.old, self.old.network
        if not self.gone.size and not len(self.news) and self.size == network.element_count:
            return replace(old, topology=self.step.topology)
        first, members = network.requirement_count, network.relation_count
        arrays: dict[str, Any] = {name: self._column(name) for name in _APPENDED}
        ends = self.piece.member_start[1:] + np.int32(members)
        arrays["member_start"] = self._append("member_start", network.member_start, ends)
        arrays |= self._weights()
        arrays |= self._used(first)
        arrays |= self._has(first)
        patched = Network(self.size, **arrays)
        patched.memo.update(self._rings())
        what = self._append("what", old.what, self.news.what)
        return Mapped(self.step.topology, patched, what, old.blank + self.gone.size, self.rooms)

    def _column(self, name: str) -> NDArray[Any]:
        column, rows = getattr(self.old.network, name), getattr(self.piece, name)
        if name in _BLANKED and self.gone.size:
            self.rooms.pop(name, None)
            column = column.copy()
            column[self.gone] = _BLANKED[name]
            return frozen(np.concatenate([column, rows]) if rows.size else column)
        return self._append(name, column, rows)

    def _append(self, name: str, column: NDArray[Any], rows: NDArray[Any]) -> NDArray[Any]:
        rows = rows.astype(column.dtype, copy=False)
        if not rows.size:
            return column
        if self.aside:
            return frozen(np.concatenate([column, rows]))
        room = self.rooms.get(name)
        longer = room.appended(column.size, rows) if room else None
        if longer is None:
            room = self.rooms[name] = Room(column)
            longer = room.appended(column.size, rows)
        if longer is None:
            del self.rooms[name]
            return frozen(np.concatenate([column, rows]))
        return longer

    def _weights(self) -> dict[str, NDArray[Any]]:
        network, piece = self.old.network, self.piece
        if network.unit_weights and piece.unit_weights:
            size = (network.relation_count + piece.relation_count,)
            ones = np.broadcast_to(np.ones((), network.weight.dtype), size)
            return {"weight": ones, "used_weight": ones}
        weight = np.ascontiguousarray(network.weight)
        return {"weight": self._append("weight", weight, np.ascontiguousarray(piece.weight))}

    def _used(self, first: int) -> dict[str, NDArray[Any]]:
        """New requirements come last among the uses of each element."""
        network, piece = self.old.network, self.piece
        starts = _stretched(network.used_start, self.size)
        at = starts[np.sort(piece.member) + 1]
        arrays: dict[str, NDArray[Any]] = {
            "used_start": frozen(starts + piece.used_start),
            "used_by": frozen(_inserted(network.used_by, at, piece.used_by + np.int32(first))),
        }
        if not (network.unit_weights and piece.unit_weights):
            weight = np.ascontiguousarray(network.used_weight)
            arrays["used_weight"] = frozen(_inserted(weight, at, piece.used_weight))
        return arrays

    def _has(self, first: int) -> dict[str, NDArray[Any]]:
        """Rows of the touched elements: without what is gone, then with what is new."""
        network = self.old.network
        starts = _stretched(network.has_start, self.size)
        lost = np.sort(_places(network, self.gone))
        shift = row_starts(self.news.of, self.size) - row_starts(network.of[self.gone], self.size)
        at = starts[self.news.of + 1]
        at = at - np.searchsorted(lost, at).astype(np.int32)
        numbers = np.arange(first, first + len(self.news), dtype=np.int32)
        has = _inserted(_without(network.has, lost), at, numbers)
        return {"has_start": frozen(starts + shift), "has": frozen(has)}

    def _rings(self) -> dict[str, Any]:
        """The rings found so far hold if no grounded requirement comes or goes."""
        network = self.old.network
        rings = network.memo.get("rings")
        came = self.piece.grounded & (self.piece.strength >= SOFT)
        went = network.grounded[self.gone] & (network.strength[self.gone] >= SOFT)
        if rings is None or came.any() or went.any():
            return {}
        extra = np.full(self.size - network.element_count, -1, np.int32)
        return {"rings": rings._replace(place=np.concatenate([rings.place, extra]))}


def _pairs(of: Int32, what: Int32) -> list[tuple[int, int]]:
    return list(zip(of.tolist(), what.tolist(), strict=True))


def same_requirement(a: Network, i: int, b: Network, j: int) -> bool:
    """Whether two requirements of one element ask for the same."""
    plain = all(
        getattr(a, n)[i] == getattr(b, n)[j] for n in _APPENDED if n not in {"of", "member"}
    )
    return (
        plain
        and np.array_equal(a.members(i), b.members(j))
        and np.array_equal(a.weights(i), b.weights(j))
    )


def _stretched(starts: Int32, size: int) -> Int32:
    extra = size + 1 - starts.size
    return np.concatenate([starts, np.full(extra, starts[-1], np.int32)]) if extra else starts


def _places(network: Network, requirements: Int32) -> NDArray[np.intp]:
    """Where requirements stand in ``has``."""
    places = []
    for requirement in requirements.tolist():
        owner = int(network.of[requirement])
        row = network.requirements(owner)
        places.append(int(network.has_start[owner]) + int(np.searchsorted(row, requirement)))
    return np.array(places, np.intp)


def _without(column: NDArray[Any], places: NDArray[np.intp]) -> NDArray[Any]:
    if not places.size:
        return column
    edges = [-1, *places.tolist(), column.size]
    pieces = [column[a + 1 : b] for a, b in pairwise(edges)]
    return np.concatenate(pieces)


def _inserted(column: NDArray[Any], at: NDArray[Any], values: NDArray[Any]) -> NDArray[Any]:
    """Insert values before ascending positions, in their order."""
    if not values.size:
        return column
    if values.size > _FEW:
        return np.insert(column, at, values)
    edges = [0, *at.tolist(), column.size]
    pieces: list[NDArray[Any]] = [column[: edges[1]]]
    for n, value in enumerate(values):
        pieces += [np.array([value], column.dtype), column[edges[n + 1] : edges[n + 2]]]
    return np.concatenate(pieces)
