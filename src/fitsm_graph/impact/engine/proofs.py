"""Proofs: why an element is in the state it is in, down to own states.

A proof names the deciding requirement and just enough of its lost members; each of them has a
proof of lower rank, so that following them always ends at own states. Where elements hold up
only one another, the proof is the unfounded set: each of its elements has a grounded requirement
that is not met by the members outside the set that still hold. Every step can be checked with
nothing but design section 4 and the states (algorithms: research on unfounded sets, A1).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from fitsm_graph.impact.engine.ranking import (
    OWN,
    UNFOUNDED,
    UNPROVED,
    Part,
    Ranks,
    part_of,
    rank,
)
from fitsm_graph.impact.engine.solution import Case
from fitsm_graph.impact.network import DEGRADED, Level
from fitsm_graph.kernel.errors import Broken

_MEMO: Final = "proofs"


@dataclass(frozen=True, slots=True)
class Proof:
    """Why one element is in its state.

    Attributes:
        element: The element.
        level: Its state.
        requirement: The deciding requirement; None where the own state decides or the element
            is unfounded.
        because: Just enough lost members of that requirement, each of lower rank; none where
            the need is above the total weight.
        unfounded: The set that holds up only itself, ascending; empty otherwise.
        unmet: For each element of that set a grounded requirement that is not met outside it.
        rank: Height of the proof: 0 for an own state, else one more than the highest below.
    """

    element: int
    level: Level
    requirement: int | None
    because: tuple[int, ...] = ()
    unfounded: tuple[int, ...] = ()
    unmet: tuple[int, ...] = ()
    rank: int = 0


class Proofs:
    """The proofs of a case, worked out when asked for one by one."""

    __slots__ = ("_part", "_ranks", "_sets")

    def __init__(self, part: Part, ranks: Ranks) -> None:
        self._part = part
        self._ranks = ranks
        self._sets = _sets(part, ranks)

    def __len__(self) -> int:
        return self._part.elements.size

    def __iter__(self) -> Iterator[Proof]:
        """The proofs of all elements that are not UP, by element."""
        return (self._proof(at) for at in range(len(self)))

    def of(self, element: int) -> Proof | None:
        """The proof of an element, or None if it is UP."""
        at = self._find(element)
        return None if at is None else self._proof(at)

    def tree(self, element: int) -> dict[int, Proof]:
        """An element's proof and all proofs it rests on, by element; empty if it is UP."""
        found: dict[int, Proof] = {}
        waiting = [element]
        while waiting:
            current = waiting.pop()
            proof = None if current in found else self.of(current)
            if proof is not None:
                found[current] = proof
                waiting.extend(self._rests_on(proof))
        return found

    def _rests_on(self, proof: Proof) -> Iterable[int]:
        """What a proof names, and for an unfounded set the lost members beside it."""
        if not proof.unfounded:
            return proof.because
        part, beside = self._part, set(proof.unfounded)
        for at in (self._find(element) for element in proof.unfounded):
            need = self._ranks.unmet[at]
            members = part.members[part.members_start[need] : part.members_start[need + 1]]
            earlier = members[self._ranks.rank[members] < proof.rank]
            beside.update(part.elements[earlier].tolist())
        return beside

    def _find(self, element: int) -> int | None:
        elements = self._part.elements
        at = int(np.searchsorted(elements, element))
        return at if at < elements.size and elements[at] == element else None

    def _proof(self, at: int) -> Proof:
        part, ranks = self._part, self._ranks
        element, level = int(part.elements[at]), Level(int(part.level[at]))
        reason, height = int(ranks.reason[at]), int(ranks.rank[at])
        if reason == OWN:
            return Proof(element, level, None)
        if reason == UNFOUNDED:
            unfounded, unmet = self._sets[int(ranks.group[at])]
            return Proof(element, level, None, (), unfounded, unmet, height)
        return Proof(
            element, level, int(part.needs[reason]), self._because(at, reason), rank=height
        )

    def _because(self, at: int, need: int) -> tuple[int, ...]:
        """The fewest members derived before that are enough, heaviest first."""
        part, ranks = self._part, self._ranks
        rows = range(int(part.members_start[need]), int(part.members_start[need + 1]))
        if len(rows) == 1 and part.spare[need] >= 0:
            return (int(part.elements[part.members[rows.start]]),)
        earlier = [row for row in rows if ranks.rank[part.members[row]] < ranks.rank[at]]
        earlier.sort(key=lambda row: (-part.weights[row], ranks.rank[part.members[row]], row))
        worse = [row for row in earlier if part.level[part.members[row]] >= DEGRADED]
        ways = [
            _enough(part, earlier, int(part.spare[need])),
            _enough(part, worse, int(part.reserve_spare[need])),
        ]
        chosen = min((way for way in ways if way is not None), key=len)
        return tuple(int(part.elements[part.members[row]]) for row in chosen)


def _enough(part: Part, rows: list[int], spare: int) -> list[int] | None:
    """The first rows whose weight is above what can be spared, or None."""
    lost = 0
    for count, row in enumerate([*rows, -1]):
        if lost > spare:
            return rows[:count]
        lost += int(part.weights[row]) if row >= 0 else 0
    return None


def _sets(part: Part, ranks: Ranks) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Elements and unmet requirements of each unfounded set."""
    members = np.flatnonzero(ranks.group >= 0)
    members = members[np.argsort(ranks.group[members], kind="stable")]
    cuts = np.flatnonzero(np.diff(ranks.group[members])) + 1
    return [
        (
            tuple(part.elements[group].tolist()),
            tuple(part.needs[ranks.unmet[group]].tolist()),
        )
        for group in np.split(members, cuts)
        if group.size
    ]


def proofs(case: Case) -> Proofs:
    """The proofs of a solution or scenario; worked out once and kept with it.

    Raises:
        Broken: An element has no proof, which would be a defect of the engine.
    """
    found: Proofs | None = case.memo.get(_MEMO)
    if found is None:
        part = part_of(case)
        ranks = rank(part)
        if (ranks.reason == UNPROVED).any():
            first = int(part.elements[np.flatnonzero(ranks.reason == UNPROVED)[0]])
            raise Broken(f"element {first} has a state and no proof", code="UNPROVED")
        found = case.memo[_MEMO] = Proofs(part, ranks)
    return found


def proof(case: Case, element: int) -> Proof | None:
    """Why an element of a solution or scenario is in its state; None if it is UP."""
    return proofs(case).of(element)
