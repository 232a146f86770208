"""Relations that rows state, and what their types allow."""

from dataclasses import dataclass, field, replace
from typing import Any

from fitsm_graph.confm.ties import stored_tie
from fitsm_graph.model.observation import ObservedRelation

Properties = dict[str, Any]
TIE_PROPERTIES = ("weight", "strength", "grounded", "confidence", "verified_at")


@dataclass(frozen=True, slots=True)
class TieType:
    """What a relationship type allows.

    Attributes:
        sources: Kinds other than CI, and CI types, that it may start from.
        targets: The same of where it may end.
        one_source: An element has at most one relation of it that ends there.
        one_target: An element has at most one relation of it that starts there.
        symmetric: It has no direction, and is stored from the smaller key to the larger.
        limited: Any end has at most one.
    """

    name: str
    sources: frozenset[str]
    targets: frozenset[str]
    one_source: bool = False
    one_target: bool = False
    symmetric: bool = False
    limited: bool = field(init=False)

    def __post_init__(self) -> None:
        """Say at once whether any end allows one relation only."""
        object.__setattr__(self, "limited", self.one_source or self.one_target)


@dataclass(slots=True)  # not frozen, which takes twice as long to make: a bulk load makes many
class Tie:
    """A relation that a row states.

    Attributes:
        source: Key of the element it starts from.
        target: Key of the one it leads to; one without direction goes from the smaller key.
        trace: Tells it from others within a run.
    """

    type: TieType
    other: str
    properties: Properties
    source: str
    target: str
    trace: int

    @classmethod
    def of(cls, declared: TieType, key: str, given: ObservedRelation) -> "Tie":
        """The relation that the row of a key states, its properties in order."""
        other = given.key
        turned = given.incoming if not declared.symmetric else other < key
        source, target = (other, key) if turned else (key, other)
        trace = hash((declared.name, source, target))
        return cls(declared, other, stored_tie(given.properties), source, target, trace)


def believed(given: ObservedRelation, confidence: float | None) -> ObservedRelation:
    """A relation with the confidence of its row, where it says none itself."""
    if confidence is None or confidence >= 1:
        return given
    properties = {"confidence": confidence, **given.properties}
    return replace(given, properties=properties)
