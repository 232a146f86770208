"""The parts of an impact answer in words: plain values for every interface."""

from dataclasses import dataclass

from fitsm_graph.impact.confidence import Confidence
from fitsm_graph.impact.network import Level, Strength
from fitsm_graph.impact.own import OwnCause


@dataclass(frozen=True, slots=True)
class Face:
    """What a reader sees of an element; of a hidden one only the token and that it is hidden."""

    id: str
    key: str
    name: str
    kind: str
    type: str
    criticality: int
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class ShownElement:
    """One row of an answer.

    Attributes:
        face: The element.
        before: State in the baseline; None if the scenario adds it.
        after: State in the scenario.
        hops: Fewest requirements between a seed and it; None where none leads there.
        margin_before: Least margin over its own hard requirements; None without any.
        margin_after: The same in the scenario.
        own: Causes of its own state in the scenario, the worst first.
    """

    face: Face
    before: Level | None
    after: Level
    hops: int | None
    margin_before: int | None
    margin_after: int | None
    own: tuple[OwnCause, ...]


@dataclass(frozen=True, slots=True)
class ShownMember:
    """A member of a requirement: token or id, weight, state in the scenario."""

    id: str
    weight: int
    level: Level


@dataclass(frozen=True, slots=True)
class ShownRequirement:
    """What an element needs, and how far it is from losing it."""

    id: str
    purpose: str
    need: int
    total: int
    reserve: int
    strength: Strength
    grounded: bool
    margin_before: int | None
    margin_after: int
    members: tuple[ShownMember, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a proof: why one element is in its state.

    Exactly one of these holds: ``own`` causes decide; the ``requirement`` decides, because of
    members that have steps of their own; the ``unfounded`` set holds up only itself.
    """

    element: str
    level: Level
    requirement: str | None
    because: tuple[str, ...]
    unfounded: tuple[str, ...]
    own: tuple[OwnCause, ...]


@dataclass(frozen=True, slots=True)
class Proven:
    """A proof down to own states, the element's own step first, and how sure it is."""

    steps: tuple[Step, ...]
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Link:
    """An edge of the flat graph: ``source`` needs ``target``; ``proof`` if it carries the loss."""

    source: str
    target: str
    requirement: str
    strength: Strength
    proof: bool


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much there is, and how much of it is shown; the computation itself has no limit."""

    complete: bool
    affected: int
    affected_shown: int
    affected_hidden: int
    exposed: int
    exposed_shown: int
    exposed_hidden: int
    modelling_errors: int
    row_limit: int | None
    depth_limit: int | None
    levels: dict[Level, int]


@dataclass(frozen=True, slots=True)
class Answer:
    """An impact report in words, for one reader."""

    version: int
    assumptions: tuple[str, ...]
    seeds: tuple[Face, ...]
    affected: tuple[ShownElement, ...]
    services: tuple[ShownElement, ...]
    exposed: tuple[ShownElement, ...]
    improved: tuple[ShownElement, ...]
    modelling_errors: tuple[Face, ...]
    completeness: Completeness
