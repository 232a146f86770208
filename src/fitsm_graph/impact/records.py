"""What the graph tells about elements and relations, as plain values without a database.

The words are those of the model; the meaning of a relation type for impact is a
`RelationSemantics`, so that the mapping needs neither YAML nor the registry.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

from fitsm_graph.impact.network import Strength
from fitsm_graph.kernel.errors import BadInput, Contradiction

Direction = Literal["none", "source_needs_target", "target_needs_source"]
_DIRECTIONS: dict[str, Direction] = {
    "none": "none",
    "source_needs_target": "source_needs_target",
    "target_needs_source": "target_needs_source",
}
MEMBERSHIP = "HAS_MEMBER"
LONGEST_ID = 64


class Kind(IntEnum):
    """The four kinds of element; the value is the code in the arrays."""

    SERVICE = 0
    COMPONENT = 1
    CI = 2
    GROUP = 3

    @property
    def label(self) -> str:
        """The label in the graph and the type in the interface."""
        return KIND_LABELS[self]

    @classmethod
    def of(cls, label: str) -> "Kind":
        """Find the kind of a label.

        Raises:
            BadInput: KIND_UNKNOWN, if it is none of the four.
        """
        if label not in KIND_LABELS:
            raise BadInput(
                f"{label!r} is no kind of element",
                code="KIND_UNKNOWN",
                remedy=f"one of {', '.join(KIND_LABELS)}",
            )
        return cls(KIND_LABELS.index(label))


KINDS = tuple(Kind)
"""By their codes: for thousands of rows a call of the class would be what costs."""
KIND_LABELS = ("Service", "ServiceComponent", "CI", "RedundancyGroup")


def strength_of(word: str) -> Strength:
    """Find the code of ``hard``, ``soft`` or ``info``.

    Raises:
        BadInput: STRENGTH_UNKNOWN, if it is none of the three.
    """
    for strength in Strength:
        if strength.name.lower() == word:
            return strength
    raise BadInput(
        f"{word!r} is no strength", code="STRENGTH_UNKNOWN", remedy="one of hard, soft, info"
    )


@dataclass(frozen=True, slots=True)
class RelationSemantics:
    """What a relation type means for impact.

    Attributes:
        name: The type, such as ``DEPENDS_ON``.
        dependency: Which end needs the other; ``none`` gives no requirement.
        strength: Strength where the relation has none of its own.
        grounded: Whether support must come from a source, where the relation does not say.
        neighbours: Each end needs one of its neighbours over this type, grounded.
        needed_by: With ``neighbours``, the kinds and CI types that have this need, subtypes
            spelled out; empty: all. The others are sources by nature.
        symmetric: A link that both ends see alike; it is never a plain need.
        membership: From a redundancy group to its members.

    Raises:
        Contradiction: A type with two of these meanings.
    """

    name: str
    dependency: Direction = "none"
    strength: Strength = Strength.HARD
    grounded: bool = False
    neighbours: bool = False
    symmetric: bool = False
    membership: bool = False
    needed_by: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        directed = self.dependency != "none"
        if directed + self.neighbours + self.membership > 1:
            raise Contradiction(
                f"{self.name} has two meanings for impact",
                code="SEMANTICS_CONTRADICT",
                why="a type is a need in one direction, a link between neighbours or a membership",
                remedy="keep one of dependency, neighbours, membership",
                path=(self.name,),
            )
        if self.symmetric and (directed or self.membership):
            raise Contradiction(
                f"{self.name} is symmetric and has a direction",
                code="SEMANTICS_CONTRADICT",
                why="symmetric links are never two plain needs",
                remedy="say neighbours: group, or drop the dependency",
                path=(self.name,),
            )

    @classmethod
    def read(cls, declaration: Mapping[str, Any]) -> "RelationSemantics":
        """Convert a declared relationship type, given as a mapping of its fields.

        The fields are those of the registry: ``name``, ``dependency`` (null is none),
        ``strength``, ``grounded``, ``neighbours`` (``group`` or nothing), ``symmetric``,
        ``needed_by`` (names of kinds and CI types; the caller adds their subtypes).
        """
        name = str(declaration["name"])
        dependency = str(declaration.get("dependency") or "none")
        if dependency not in _DIRECTIONS:
            raise BadInput(
                f"{dependency!r} is no direction of dependency",
                code="DIRECTION_UNKNOWN",
                remedy=f"one of {', '.join(_DIRECTIONS)}",
                path=(name, "dependency"),
            )
        membership = name == MEMBERSHIP
        return cls(
            name=name,
            dependency="none" if membership else _DIRECTIONS[dependency],
            strength=strength_of(str(declaration.get("strength") or "hard")),
            grounded=bool(declaration.get("grounded")),
            neighbours=declaration.get("neighbours") == "group",
            symmetric=bool(declaration.get("symmetric")),
            membership=membership,
            needed_by=frozenset(declaration.get("needed_by") or ()),
        )


@dataclass(frozen=True, slots=True)
class GroupNeed:
    """What a redundancy group asks of its members.

    Attributes:
        need: Weight of members that must be there; or
        share: the same as a share of the current weight, 0 – 1, rounded up.
        strength: How hard the loss of the need hits the group.
        grounded: Members must be supported from a source, not in a circle.
        reserve: Weight beyond the need that should be there; None: all the rest.

    Raises:
        BadInput: GROUP_NEED_INVALID, if neither or both are given or a number is out of range.
    """

    need: int | None = None
    share: float | None = None
    strength: Strength = Strength.HARD
    grounded: bool = False
    reserve: int | None = None

    def __post_init__(self) -> None:
        wrong = self._wrong()
        if wrong:
            raise BadInput(
                f"a redundancy group's need is invalid: {wrong}",
                code="GROUP_NEED_INVALID",
                why="a group asks for a weight (need) or for a share of it (need_share)",
                remedy="give one of need >= 0 and 0 <= need_share <= 1, and a reserve >= 0 or none",
            )

    def _wrong(self) -> str:
        if (self.need is None) == (self.share is None):
            return "neither or both of need and need_share are given"
        if self.need is not None and self.need < 0:
            return f"need is {self.need}"
        if self.share is not None and not 0 <= self.share <= 1:
            return f"need_share is {self.share}"
        if self.reserve is not None and self.reserve < 0:
            return f"reserve is {self.reserve}"
        return ""


@dataclass(frozen=True, slots=True)
class ElementRow:
    """One element as the impact analysis sees it.

    Attributes:
        id: Opaque identifier.
        key: What people cite, such as ``CI-000123``.
        name: What people call it.
        kind: Service, component, CI or group.
        type: CI type; empty for the other kinds.
        planned: Not in use yet: supports nothing and needs nothing.
        retired: Gone.
        is_source: Supply begins here; it needs no neighbour.
        criticality: Of a service, 1 highest to 4 lowest; 0 where there is none.
        group: What a redundancy group asks; None for the other kinds.
    """

    id: str
    key: str = ""
    name: str = ""
    kind: Kind = Kind.CI
    type: str = ""
    planned: bool = False
    retired: bool = False
    is_source: bool = False
    criticality: int = 0
    group: GroupNeed | None = None

    def __post_init__(self) -> None:
        if (self.kind is Kind.GROUP) != (self.group is not None):
            raise BadInput(
                f"element {self.id}: a redundancy group has a need, and nothing else has one",
                code="GROUP_NEED_INVALID",
                remedy="give need or need_share to groups only",
                path=(self.id,),
            )


Triple = tuple[str, str, str]
"""A relation's identity: source id, type, target id."""


@dataclass(frozen=True, slots=True)
class RelationRow:
    """One relation as the impact analysis sees it; (source, type, target) identifies it.

    Attributes:
        source: Id of the element it starts from.
        type: Relationship type.
        target: Id of the element it ends at.
        strength: Own strength; None takes the type's.
        grounded: Own grounding; None takes the type's.
        weight: Of a member in its group, an integer >= 1.
        confidence: How sure the sources are, 0 – 1.
        verified_at: When it was last verified, seconds since 1970 UTC; None: never.
    """

    source: str
    type: str
    target: str
    strength: Strength | None = None
    grounded: bool | None = None
    weight: int = 1
    confidence: float = 1.0
    verified_at: int | None = None

    def __post_init__(self) -> None:
        if self.weight < 1 or not 0 <= self.confidence <= 1:
            raise BadInput(
                f"relation {'-'.join(self.triple)}: weight {self.weight}, "
                f"confidence {self.confidence}",
                code="RELATION_INVALID",
                why="a weight is an integer >= 1, a confidence lies in 0 – 1",
                remedy="correct the relation's weight or confidence",
                path=self.triple,
            )

    @property
    def triple(self) -> Triple:
        """What identifies it."""
        return (self.source, self.type, self.target)


@dataclass(frozen=True, slots=True)
class TopologyChange:
    """One difference of the ledger's feed, or of a what-if: what was and what is instead.

    Exactly one pair is used: rows of elements or rows of relations. ``before`` None is an
    addition, ``after`` None a removal.
    """

    before: ElementRow | RelationRow | None = None
    after: ElementRow | RelationRow | None = None

    def __post_init__(self) -> None:
        rows = [row for row in (self.before, self.after) if row is not None]
        if not rows or len({identity(row) for row in rows}) > 1:
            raise BadInput(
                "a change speaks of one element or one relation",
                code="CHANGE_INVALID",
                remedy="give before, after or both, of the same record",
            )

    @property
    def identity(self) -> str | Triple:
        """The element's id or the relation's triple."""
        row = self.after if self.after is not None else self.before
        return identity(row) if row is not None else ""

    @property
    def reversed(self) -> "TopologyChange":
        """The change that undoes this one."""
        return TopologyChange(before=self.after, after=self.before)


def identity(row: ElementRow | RelationRow) -> str | Triple:
    """What a row is known by: an element's id or a relation's triple."""
    return row.id if isinstance(row, ElementRow) else row.triple
