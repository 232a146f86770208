"""Taking elements and relations in chunks of columns, as they come from the database."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitsm_graph.impact.base import GROUNDED_GROUP, Base, Elements
from fitsm_graph.impact.columns import INHERIT, Int32, Relations, TextColumn
from fitsm_graph.impact.records import LONGEST_ID, GroupNeed, Kind, RelationSemantics
from fitsm_graph.kernel.errors import BadInput, Problem

_SHOWN = 20


@dataclass(slots=True)
class Loader:
    """Takes elements, then relations, in chunks; `finish` gives columns and base.

    Attributes:
        semantics: Relation types in the order of their numbers.
        types: CI types by number, as they are met.
    """

    semantics: tuple[RelationSemantics, ...]
    types: dict[str, int] = field(default_factory=lambda: {"": 0})
    _index: dict[str, int] = field(default_factory=dict)
    _elements: list[Elements] = field(default_factory=list)
    _ids: list[NDArray[np.bytes_]] = field(default_factory=list)
    _keys: list[TextColumn] = field(default_factory=list)
    _names: list[TextColumn] = field(default_factory=list)
    _groups: dict[int, GroupNeed] = field(default_factory=dict)
    _needs: dict[GroupNeed, GroupNeed] = field(default_factory=dict)
    _relations: list[Relations] = field(default_factory=list)

    def add_elements(
        self,
        ids: Sequence[str],
        *,
        keys: Sequence[str],
        names: Sequence[str],
        kinds: Sequence[Kind] | NDArray[np.uint8],
        types: Sequence[str],
        flags: Sequence[int] | NDArray[np.uint8],
        criticality: Sequence[int] | NDArray[np.int8],
        groups: Mapping[str, GroupNeed],
    ) -> None:
        """Take one chunk of elements, as parallel columns.

        Args:
            ids: Opaque identifiers.
            keys: Human keys.
            names: Names.
            kinds: Service, component, CI or group.
            types: CI types; empty for the other kinds.
            flags: Sum of PLANNED, RETIRED and SOURCE; the group's bit is set here.
            criticality: Of services; 0 where there is none.
            groups: What each redundancy group of the chunk asks, by its id.

        Raises:
            BadInput: An id is met twice or is no proper id, or a group has no need.
        """
        first = len(self._index)
        self._index.update(zip(ids, range(first, first + len(ids)), strict=True))
        if len(self._index) != first + len(ids):
            raise _refused("DUPLICATE_ELEMENT", "an element id is given twice", ids)
        encoded = [text.encode() for text in ids]
        if any(not text or len(text) > LONGEST_ID or b"\0" in text for text in encoded):
            raise _refused("BAD_ELEMENT_ID", f"an id is empty or above {LONGEST_ID} bytes", ids)
        bits = np.asarray(flags, np.uint8).copy()
        kind = np.asarray(kinds, np.uint8)
        self._take_groups(ids, kind, bits, groups, first)
        self._ids.append(np.array(encoded, dtype=np.bytes_))
        self._keys.append(TextColumn.of(keys))
        self._names.append(TextColumn.of(names))
        numbers = [self.types.setdefault(name, len(self.types)) for name in types]
        criticalities = np.asarray(criticality, np.int8)
        self._elements.append(Elements(kind, np.asarray(numbers, np.int16), bits, criticalities))

    def _take_groups(
        self,
        ids: Sequence[str],
        kind: NDArray[np.uint8],
        bits: NDArray[np.uint8],
        groups: Mapping[str, GroupNeed],
        first: int,
    ) -> None:
        bits &= ~np.uint8(GROUNDED_GROUP)
        rows = np.flatnonzero(kind == Kind.GROUP).tolist()
        if {ids[row] for row in rows} != set(groups):
            wrong = sorted({ids[row] for row in rows} ^ set(groups))
            raise _refused("GROUP_NEED_INVALID", "exactly redundancy groups have a need", wrong)
        for row in rows:
            need = groups[ids[row]]
            self._groups[first + row] = self._needs.setdefault(need, need)
            bits[row] |= GROUNDED_GROUP * need.grounded

    def add_relations(
        self,
        sources: Sequence[str],
        types: Sequence[str],
        targets: Sequence[str],
        *,
        strength: Sequence[int] | NDArray[np.int8] | None = None,
        grounded: Sequence[int] | NDArray[np.int8] | None = None,
        weight: Sequence[int] | NDArray[np.integer[Any]] | None = None,
        confidence: Sequence[float] | NDArray[np.float32] | None = None,
        verified: Sequence[int] | NDArray[np.uint32] | None = None,
    ) -> None:
        """Take one chunk of relations, as parallel columns; their elements have come before.

        Args:
            sources: Ids of the elements they start from.
            types: Relation types.
            targets: Ids of the elements they end at.
            strength: Own strengths, or -1 for the type's.
            grounded: Own grounding 0 or 1, or -1 for the type's.
            weight: Weights of members, 1 or more.
            confidence: 0 – 1.
            verified: Seconds since 1970 UTC, 0 for never.

        Raises:
            BadInput: An end or a type is unknown, or a weight is below 1.
        """
        numbers = {meaning.name: number for number, meaning in enumerate(self.semantics)}
        count = len(sources)
        weights = np.ones(count, np.int32) if weight is None else _weights(weight)
        self._relations.append(
            Relations(
                _looked_up(sources, self._index, "UNKNOWN_ELEMENT", np.int32),
                _looked_up(types, numbers, "UNKNOWN_RELATION_TYPE", np.int16),
                _looked_up(targets, self._index, "UNKNOWN_ELEMENT", np.int32),
                _filled(strength, INHERIT, np.int8, count),
                _filled(grounded, INHERIT, np.int8, count),
                weights,
                _filled(confidence, 1.0, np.float32, count),
                _filled(verified, 0, np.uint32, count),
            )
        )

    def take(self, relations: Relations) -> None:
        """Take relations whose elements are numbered in the order they were given here."""
        self._relations.append(relations)

    def finish(self) -> tuple[Elements, Base]:
        """Sort and join what was taken.

        Raises:
            BadInput: DUPLICATE_RELATION, MEMBERSHIP_OF_NO_GROUP.
        """
        ids = np.concatenate([np.zeros(0, "S1"), *self._ids])
        self._index = {}
        order = np.argsort(ids, kind="stable")
        rank = np.empty(ids.size, np.int32)
        rank[order] = np.arange(ids.size, dtype=np.int32)
        elements = _joined(self._elements).take(order)
        relations = _renumbered(Relations.joined(self._relations), rank)
        self._relations = []
        relations = relations.ordered(ids.size, max(len(self.semantics), 1))
        _check(relations, elements, ids[order], self.semantics)
        groups = {int(rank[number]): need for number, need in self._groups.items()}
        keys, names = TextColumn.joined(self._keys), TextColumn.joined(self._names)
        base = Base.make(
            ids[order], keys.take(order), names.take(order), dict(sorted(groups.items())), relations
        )
        return elements, base


def _refused(code: str, message: str, ids: Sequence[str]) -> BadInput:
    twice = [element for element, count in Counter(ids).items() if count > 1]
    shown = ", ".join((twice or list(ids))[:3])
    return BadInput(
        message,
        code=code,
        why="ids are distinct texts of 1 to 64 bytes",
        remedy=f"look at {shown}",
    )


def _weights(weight: Sequence[int] | NDArray[np.integer[Any]]) -> NDArray[np.integer]:
    weights = np.asarray(weight, np.int64)
    if weights.size and int(weights.min()) < 1:
        raise BadInput(
            "a weight is below 1",
            code="BAD_WEIGHT",
            remedy="give integers of 1 or more",
            path=("relations", int(weights.argmin()), "weight"),
        )
    narrow = weights.size == 0 or int(weights.max()) < 2**31
    return weights.astype(np.int32) if narrow else weights


def _looked_up(
    texts: Sequence[str], index: Mapping[str, int], code: str, dtype: Any
) -> NDArray[Any]:
    try:
        return np.fromiter(map(index.__getitem__, texts), dtype, len(texts))
    except KeyError:
        missing = [(row, text) for row, text in enumerate(texts) if text not in index]
    problems = [
        Problem(code, f"{text!r} is not known here", path=("relations", row))
        for row, text in missing[:_SHOWN]
    ]
    raise BadInput.of(problems)


def _filled(
    given: Sequence[float] | NDArray[Any] | None, default: float, dtype: Any, count: int
) -> NDArray[Any]:
    return np.full(count, default, dtype) if given is None else np.asarray(given, dtype)


def _joined(parts: Sequence[Elements]) -> Elements:
    empty = Elements(
        np.zeros(0, np.uint8), np.zeros(0, np.int16), np.zeros(0, np.uint8), np.zeros(0, np.int8)
    )
    tables = [empty, *parts]
    return Elements(
        np.concatenate([t.kind for t in tables]),
        np.concatenate([t.type for t in tables]),
        np.concatenate([t.flags for t in tables]),
        np.concatenate([t.criticality for t in tables]),
    )


def _renumbered(relations: Relations, rank: Int32) -> Relations:
    return Relations(
        rank[relations.source],
        relations.type,
        rank[relations.target],
        relations.strength,
        relations.grounded,
        relations.weight,
        relations.confidence,
        relations.verified,
    )


def _check(
    relations: Relations,
    elements: Elements,
    ids: NDArray[np.bytes_],
    semantics: tuple[RelationSemantics, ...],
) -> None:
    """Refuse relations given twice and memberships that do not start at a group."""
    keys = relations.keys(len(elements), max(len(semantics), 1))
    membership = np.array([meaning.membership for meaning in semantics] or [False])
    twice = np.flatnonzero(keys[1:] == keys[:-1])
    astray = np.flatnonzero(
        membership[relations.type] & (elements.kind[relations.source] != Kind.GROUP)
    )
    for rows, code, what in (
        (twice, "DUPLICATE_RELATION", "a relation is given twice"),
        (astray, "MEMBERSHIP_OF_NO_GROUP", "only redundancy groups have members"),
    ):
        if rows.size:
            row = int(rows[0])
            path = tuple(ids[i].decode() for i in (relations.source[row], relations.target[row]))
            message = f"{what} ({semantics[relations.type[row]].name})"
            raise BadInput(message, code=code, path=path)
