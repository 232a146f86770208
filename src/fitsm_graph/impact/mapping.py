"""From the graph to requirements (design section 4): what each element needs, as columns.

The rules, for elements that are in use (neither planned nor retired):

- each relation whose type has a direction of dependency is one requirement of one member;
  parallel relations to one provider merge to the stricter: the hardest strength of any, and
  grounded if one is;
- each redundancy group has one requirement over its members, with its need, or its share of the
  current weight, rounded up; a share of nothing asks for 1, so that an empty group is not UP;
- each end of links of a type with ``neighbours: group`` that is of a kind or type that needs
  it has one grounded requirement of 1 of its neighbours over that type, unless it is a source;
  a link to itself is no neighbour;
- a requirement whose only member is a redundancy group takes the group's ``grounded``.

Planned elements support nothing: they are no members, their weight counts nowhere, and a need
stays what it is, so that what depends on a planned element alone is DOWN and shows as a
modelling error. They have no requirements of their own. Retired ones are gone altogether.

The whole graph and a part of it are mapped by the same code, so following a change gives what
mapping anew gives.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitsm_graph.impact.base import GROUNDED_GROUP, PLANNED, RETIRED, SOURCE
from fitsm_graph.impact.columns import INHERIT, Bool, Int32, Int64, Relations, positions
from fitsm_graph.impact.network import HARD, REST
from fitsm_graph.impact.records import KIND_LABELS, Kind
from fitsm_graph.impact.topology import Topology

MEMBERS = -1
"""What of a requirement over a group's members; a provider's number for a plain one."""
Kept = Mapping[tuple[int, int], tuple[int, int]]
"""Need and strength of requirements, by element and what."""
_ROUNDING = 1e-9  # a share of 0.07 of 100 is 7, although the product of floats is a little more


def neighbours_over(relation_type: int) -> int:
    """What of a requirement over the neighbours of a link type."""
    return -2 - relation_type


@dataclass(frozen=True, slots=True, eq=False)
class Needs:
    """Requirements as columns, ordered by element and by what they are for.

    Attributes:
        of: Element that has the requirement, int32[R].
        what: Provider's number, `MEMBERS`, or `neighbours_over` a type, int32[R].
        need: Weight needed, [R].
        strength: Code of `Strength`, uint8[R].
        grounded: bool[R].
        reserve: Spare weight wanted, or REST, [R].
        start: Where the members of each begin, int32[R + 1].
        member: Members, int32[M].
        weight: Their weights, [M].
    """

    of: Int32
    what: Int32
    need: Int64
    strength: NDArray[np.uint8]
    grounded: Bool
    reserve: Int64
    start: Int32
    member: Int32
    weight: NDArray[np.integer]

    def __len__(self) -> int:
        return self.of.size

    def take(self, rows: NDArray[np.integer]) -> "Needs":
        """Pick requirements in the order given."""
        sizes = np.diff(self.start)[rows]
        at = positions(self.start, rows)
        return Needs(
            self.of[rows],
            self.what[rows],
            self.need[rows],
            self.strength[rows],
            self.grounded[rows],
            self.reserve[rows],
            _starts(sizes),
            self.member[at],
            self.weight[at],
        )


def needs_of(
    topology: Topology,
    owners: Int32 | None = None,
    *,
    kept: Kept | None = None,
) -> Needs:
    """Requirements of all elements, or of some of them.

    Args:
        topology: The graph at one version.
        owners: Elements to map, ascending; all if not given.
        kept: Need and strength that stay what they are, by element and what: in a scenario a
            removed relation takes its weight out and the need stays, also where it is a share,
            and also where the last link is gone.
    """
    table = topology.relations() if owners is None else topology.incident(owners)
    flags = topology.elements.flags
    gone = (flags & RETIRED) != 0
    if gone.any():
        table = table.take(~(gone[table.source] | gone[table.target]))
    parts = [
        _plain(topology, table),
        _groups(topology, table, owners, kept or {}),
        *(_neighbours(topology, table, n) for n in _link_types(topology)),
        _lost(topology, kept or {}),
    ]
    joined = _joined([part for part in parts if len(part)])
    chosen = _wanted(joined, topology, owners)
    keys = (joined.of.astype(np.int64) << 32) + joined.what
    chosen = chosen[np.argsort(keys[chosen], kind="stable")]
    if kept:  # a need that was lost is given for elements that still have it, too
        again = np.r_[False, keys[chosen][1:] == keys[chosen][:-1]]
        chosen = chosen[~again]
    if chosen.size == len(joined) and bool((chosen[1:] > chosen[:-1]).all()):
        return joined
    return joined.take(chosen)


def _link_types(topology: Topology) -> list[int]:
    return [n for n, meaning in enumerate(topology.semantics) if meaning.neighbours]


def _wanted(needs: Needs, topology: Topology, owners: Int32 | None) -> NDArray[np.intp]:
    """Requirements of elements in use, and of those asked for."""
    idle = (topology.elements.flags & (PLANNED | RETIRED)) != 0
    if owners is None:
        return np.flatnonzero(~idle[needs.of])
    asked = np.zeros(topology.size, np.bool_)
    asked[owners] = True
    return np.flatnonzero((asked & ~idle)[needs.of])


def _plain(topology: Topology, table: Relations) -> Needs:
    """One requirement of one member for each owner and provider."""
    by_target = _per_type(topology, "target_needs_source")[table.type]
    directed = by_target | _per_type(topology, "source_needs_target")[table.type]
    rows = np.flatnonzero(directed)
    flip = by_target[rows]
    owner = np.where(flip, table.target[rows], table.source[rows])
    provider = np.where(flip, table.source[rows], table.target[rows])
    keys = (owner.astype(np.int64) << 32) | provider
    order = np.argsort(keys, kind="stable")
    first = _firsts(keys[order])
    part = table.take(rows[order])
    strength = _reduced(np.maximum, _strength(topology, part), first)
    grounded = _reduced(np.logical_or, _grounded(topology, part), first)
    owner, provider = owner[order][first], provider[order][first]
    there = (topology.elements.flags[provider] & PLANNED) == 0
    return _grounded_as_groups(
        topology,
        Needs(
            owner.astype(np.int32),
            provider.astype(np.int32),
            np.ones(owner.size, np.int64),
            strength.astype(np.uint8),
            grounded.astype(np.bool_),
            np.full(owner.size, REST, np.int64),
            _starts(there),
            provider[there].astype(np.int32),
            np.ones(int(there.sum()), np.int32),
        ),
    )


def _groups(
    topology: Topology,
    table: Relations,
    owners: Int32 | None,
    kept: Kept,
) -> Needs:
    """One requirement over the members of each group, those without members included."""
    asked = np.arange(topology.size, dtype=np.int32) if owners is None else owners
    asked = asked[topology.elements.kind[asked] == Kind.GROUP]
    planned = (topology.elements.flags & PLANNED) != 0
    member = np.array([meaning.membership for meaning in topology.semantics] or [False])
    rows = np.flatnonzero(member[table.type] & ~planned[table.target])
    rows = rows[np.argsort(table.source[rows], kind="stable")]
    rows = rows[np.isin(table.source[rows], asked)]
    at = np.searchsorted(asked, table.source[rows])
    sizes = np.bincount(at, minlength=asked.size)
    weight = table.weight[rows]
    sums = np.zeros(asked.size, np.int64)
    np.add.at(sums, at, weight)
    asks = [topology.group(number) for number in asked.tolist()]
    stay = {number: need for (number, what), (need, _) in kept.items() if what == MEMBERS}
    need = [
        int(np.ceil(ask.share * total - _ROUNDING)) or int(ask.share > 0)
        if ask.share is not None
        else ask.need or 0
        for ask, total in zip(asks, sums.tolist(), strict=True)
    ]
    need = [stay.get(number, n) for number, n in zip(asked.tolist(), need, strict=True)]
    reserve = [REST if ask.reserve is None else ask.reserve for ask in asks]
    return _grounded_as_groups(
        topology,
        Needs(
            asked,
            np.full(asked.size, MEMBERS, np.int32),
            np.array(need, np.int64),
            np.array([ask.strength for ask in asks], np.uint8),
            np.array([ask.grounded for ask in asks], np.bool_),
            np.array(reserve, np.int64),
            _starts(sizes),
            table.target[rows],
            weight,
        ),
    )


def _neighbours(topology: Topology, table: Relations, relation_type: int) -> Needs:
    """One grounded requirement of 1 of the neighbours over one link type."""
    links = table.take((table.type == relation_type) & (table.source != table.target))
    ends = np.concatenate([links.source, links.target])
    others = np.concatenate([links.target, links.source])
    strength = np.tile(_strength(topology, links), 2)
    order = np.lexsort((others, ends))
    ends, others, strength = ends[order], others[order], strength[order]
    pair = _firsts((ends.astype(np.int64) << 32) | others)
    owners = _firsts(ends)
    hardest = _reduced(np.maximum, strength, owners)
    flags = topology.elements.flags
    pair = pair[(flags[others[pair]] & PLANNED) == 0]
    owner = ends[owners]
    sizes = np.bincount(np.searchsorted(owner, ends[pair]), minlength=owner.size)
    needs = Needs(
        owner.astype(np.int32),
        np.full(owner.size, neighbours_over(relation_type), np.int32),
        np.ones(owner.size, np.int64),
        hardest.astype(np.uint8),
        np.ones(owner.size, np.bool_),
        np.full(owner.size, REST, np.int64),
        _starts(sizes),
        others[pair].astype(np.int32),
        np.ones(pair.size, np.int32),
    )
    needy = np.flatnonzero(
        ((flags[owner] & SOURCE) == 0) & needs_neighbours(topology, relation_type, owner)
    )
    return _grounded_as_groups(topology, needs.take(needy))


def needs_neighbours(topology: Topology, relation_type: int, owner: NDArray[Any]) -> Bool:
    """Whether elements are of a kind or CI type that needs its neighbours over a link type."""
    named = topology.semantics[relation_type].needed_by
    if not named:
        return np.ones(owner.size, np.bool_)
    of_kind = np.array([label in named for label in KIND_LABELS])
    of_type = np.array([name in named for name in topology.types])
    elements = topology.elements
    needed: Bool = of_kind[elements.kind[owner]] | of_type[elements.type[owner]]
    return needed


def _lost(topology: Topology, kept: Kept) -> Needs:
    """Needs of neighbours that stay although every link of them is gone."""
    pairs = [
        (number, what)
        for number, what in sorted(kept)
        if what < MEMBERS and not topology.elements.flags[number] & SOURCE
    ]
    of = np.array([number for number, _ in pairs], np.int32)
    return Needs(
        of,
        np.array([what for _, what in pairs], np.int32),
        np.array([kept[pair][0] for pair in pairs], np.int64),
        np.array([kept[pair][1] for pair in pairs], np.uint8),
        np.ones(of.size, np.bool_),
        np.full(of.size, REST, np.int64),
        np.zeros(of.size + 1, np.int32),
        np.zeros(0, np.int32),
        np.zeros(0, np.int32),
    )


def _grounded_as_groups(topology: Topology, needs: Needs) -> Needs:
    """Let requirements whose only member is a group take the group's ``grounded``."""
    single = np.flatnonzero(np.diff(needs.start) == 1)
    only = needs.member[needs.start[single]]
    group = topology.elements.kind[only] == Kind.GROUP
    needs.grounded[single[group]] = (topology.elements.flags[only[group]] & GROUNDED_GROUP) != 0
    return needs


def _per_type(topology: Topology, direction: str) -> Bool:
    return np.array([m.dependency == direction for m in topology.semantics] or [False])


def _strength(topology: Topology, table: Relations) -> NDArray[np.int8]:
    default = np.array([int(m.strength) for m in topology.semantics] or [HARD], np.int8)
    return np.where(table.strength == INHERIT, default[table.type], table.strength)


def _grounded(topology: Topology, table: Relations) -> Bool:
    default = np.array([m.grounded for m in topology.semantics] or [False])
    return np.where(table.grounded == INHERIT, default[table.type], table.grounded > 0)


def _firsts(keys: NDArray[Any]) -> NDArray[np.intp]:
    """Where each run of equal sorted keys begins."""
    return np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]][: keys.size])


def _reduced(how: np.ufunc, values: NDArray[Any], first: NDArray[np.intp]) -> NDArray[Any]:
    reduced: NDArray[Any] = how.reduceat(values, first) if first.size else values[:0]
    return reduced


def _starts(sizes: NDArray[Any]) -> Int32:
    starts = np.zeros(sizes.size + 1, np.int32)
    np.cumsum(sizes, out=starts[1:])
    return starts


def _joined(parts: list[Needs]) -> Needs:
    """Put tables of requirements one after the other."""
    if len(parts) == 1:
        return parts[0]
    sizes = [np.zeros(0, np.int64), *(np.diff(part.start) for part in parts)]
    return Needs(
        _stacked([part.of for part in parts], np.int32),
        _stacked([part.what for part in parts], np.int32),
        _stacked([part.need for part in parts], np.int64),
        _stacked([part.strength for part in parts], np.uint8),
        _stacked([part.grounded for part in parts], np.bool_),
        _stacked([part.reserve for part in parts], np.int64),
        _starts(np.concatenate(sizes)),
        _stacked([part.member for part in parts], np.int32),
        _stacked([part.weight for part in parts], np.int32),
    )


def _stacked(columns: list[Any], dtype: Any) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype), *columns])
