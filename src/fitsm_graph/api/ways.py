"""Which relations lead on from an element: by type and direction, or along declared need."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fitsm_graph.impact.reading import semantics
from fitsm_graph.impact.records import RelationSemantics
from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.registry import TypeRegistry

OUT, IN, BOTH = "OUT", "IN", "BOTH"
DEPENDS_ON, USED_BY = "dependsOn", "usedBy"
MEMBERS = "HAS_MEMBER"
_ARROWS = {OUT: ("-", "->"), IN: ("<-", "-"), BOTH: ("-", "-")}


class Making(Protocol):
    """A statement in the making."""

    def value(self, value: object) -> str:
        """Put a value into a parameter and return its name in the text."""
        ...


@dataclass(frozen=True, slots=True)
class Way:
    """Relations that lead on from an element.

    Attributes:
        types: Relationship types; none: nothing is led to.
        along: `dependsOn` or `usedBy`, where only those count over which one end needs the other.
    """

    types: tuple[str, ...]
    direction: str = BOTH
    along: str = ""

    def pattern(self, variable: str, bond: str, other: str) -> str:
        """From the element over the relation to the other end."""
        left, right = _ARROWS[self.direction]
        return f"({variable}){left}[{bond}:{'|'.join(self.types)}]{right}({other}:Element)"


class Need:
    """Which end of a relation cannot do without the other, as the registry declares it.

    The same relations that impact is computed over: from who needs to whom it needs over types
    with a direction of dependency, from a group to its members, and between neighbours where
    every end of some kind needs one of its neighbours.
    """

    def __init__(self, registry: TypeRegistry) -> None:
        meanings = semantics(registry)
        self._forward = [
            each.name for each in meanings if each.dependency == "source_needs_target"
        ] + [each.name for each in meanings if each.membership]
        self._backward = [
            each.name for each in meanings if each.dependency == "target_needs_source"
        ]
        self._links = [each for each in meanings if each.neighbours]

    def ways(self, along: str, types: Sequence[str] | None = None) -> Way:
        """The way to what an element needs, or to what needs it, maybe over some types only."""
        links = [each.name for each in self._links]
        known = [*self._forward, *self._backward, *links]
        return Way(tuple(each for each in known if types is None or each in types), BOTH, along)

    def condition(self, made: Making, way: Way, variable: str, bond: str, other: str) -> str:
        """That the relation is need in the way's direction."""
        needer = variable if way.along == DEPENDS_ON else other
        forward = made.value([each for each in self._forward if each in way.types])
        backward = made.value([each for each in self._backward if each in way.types])
        parts = [
            f"type({bond}) IN {forward} AND startNode({bond}) = {needer}",
            f"type({bond}) IN {backward} AND endNode({bond}) = {needer}",
        ]
        parts += [
            _needs_neighbour(made, each, needer, bond)
            for each in self._links
            if each.name in way.types
        ]
        return " OR ".join(f"({each})" for each in parts)


def _needs_neighbour(made: Making, link: RelationSemantics, needer: str, bond: str) -> str:
    """That an end needs one of its neighbours; a source does not, nor is one its own neighbour."""
    found = (
        f"type({bond}) = {made.value(link.name)} AND startNode({bond}) <> endNode({bond})"
        f" AND NOT coalesce({needer}.is_source, false)"
    )
    if not link.needed_by:
        return found
    kinds = [each for each in ELEMENT_KINDS if each in link.needed_by and each != "CI"]
    types = made.value(sorted(link.needed_by - set(ELEMENT_KINDS)))
    among = [f"coalesce({needer}.type IN {types}, false)", *(f"{needer}:{each}" for each in kinds)]
    return f"{found} AND ({' OR '.join(among)})"
