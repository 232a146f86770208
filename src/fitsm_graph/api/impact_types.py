"""The types of impact answers in the schema."""

from typing import Any

import strawberry

from fitsm_graph.api.types import CustomerSummary, DateTime, ElementSummary, State


@strawberry.input(description="What is assumed; elements by id or key.")
class ScenarioInput:
    """Nothing is written."""

    fail: list[strawberry.ID] | None = None
    degrade: list[strawberry.ID] | None = None
    at_risk: list[strawberry.ID] | None = None
    restore: list[strawberry.ID] | None = None
    maintain: list[strawberry.ID] | None = None
    remove: list[strawberry.ID] | None = None


@strawberry.type(description="How much there is, and how much of it is shown.")
class Completeness:
    """The computation itself has no limit."""

    complete: bool
    affected_count: int
    shown_count: int
    hidden_count: int
    note: str


@strawberry.type(description="An element that is worse in the scenario.")
class Affected:
    """Before and after, and how far from the nearest seed."""

    element: ElementSummary
    before: State | None
    after: State
    hops: int | None
    margin: int | None


@strawberry.type(description="Affected elements.")
class AffectedList:
    """The first ones, and how many there are."""

    nodes: list[Affected]
    total_count: int


@strawberry.type(description="An element in the same state with less margin.")
class Exposed:
    """It can bear fewer further failures."""

    element: ElementSummary
    margin_before: int | None
    margin_after: int | None


@strawberry.type(description="Exposed elements.")
class ExposedList:
    """The first ones, and how many there are."""

    nodes: list[Exposed]
    total_count: int


@strawberry.type(description="A service that is worse in the scenario.")
class AffectedService:
    """With who receives it."""

    element: ElementSummary
    before: State | None
    after: State
    criticality: int
    customers: list[CustomerSummary]


@strawberry.type(description="An element that is not UP without any fault: the model is wrong.")
class ModellingError:
    """A need above what is there, or a circle without a source."""

    element: ElementSummary
    state: State
    why: str


@strawberry.type(description="The requirement that decides, with its numbers.")
class RequirementNumbers:
    """Weights: needed, in all, and left."""

    id: str
    label: str
    need: int
    total: int
    any: int


@strawberry.type(description="Why an element is in its state; follow `because` down to own states.")
class ProofStep:
    """Exactly one of: own state, a requirement with its lost members, an unfounded set."""

    element: ElementSummary
    level: State
    requirement: RequirementNumbers | None
    because: list[ElementSummary]
    unfounded: list[ElementSummary]
    text: str


@strawberry.type(description="How sure the proofs are.")
class ConfidenceSummary:
    """The least sure relation on any of them."""

    level: float
    reasons: list[str]


@strawberry.type(description="A redundancy group's numbers.")
class GroupNumbers:
    """Needed, in all, and not DOWN."""

    need: int
    total: int
    up: int


@strawberry.type(description="An element in the picture.")
class DrawnElement(ElementSummary):
    """With its states."""

    before: State
    after: State
    hops: int
    group: GroupNumbers | None


@strawberry.type(description="From who is needed to who needs it.")
class DrawnEdge:
    """Loss travels along it."""

    source: strawberry.ID
    target: strawberry.ID
    label: str
    requirement: str


@strawberry.type(description="A flat graph for pictures.")
class FlatGraph:
    """What is left out is counted."""

    elements: list[DrawnElement]
    edges: list[DrawnEdge]
    omitted: int


def _limited(kind: Any, doc: str) -> Any:
    """A field with `first`; answers come shaped, so that nothing calls the resolver."""

    def limited(first: int | None = None) -> Any:
        raise AssertionError(first)

    return strawberry.field(resolver=limited, graphql_type=kind, description=doc)


@strawberry.type(description="A scenario compared with the baseline, all parts on one snapshot.")
class ImpactAnswer:
    """The answer to `impact` and `whatIf`."""

    version: int = strawberry.field(description="Ledger entry the answer rests on.")
    as_of: DateTime | None
    completeness: Completeness
    seeds: list[ElementSummary]
    services: list[AffectedService]
    affected: Any = _limited(
        AffectedList, "Worse in the scenario: the worst first, then the nearest, then by key."
    )
    exposed: Any = _limited(ExposedList, "Same state, less margin.")
    modelling_errors: list[ModellingError]
    proofs: list[ProofStep]
    confidence: ConfidenceSummary
    graph: Any = _limited(FlatGraph, "For pictures.")


@strawberry.type(description="What could take an element down.")
class PointsOfFailure:
    """Each verified by the engine."""

    element: ElementSummary
    level: State
    complete: bool = strawberry.field(description="Whether the whole cone was examined.")
    examined: int
    cone: int
    already: bool
    elements: list[ElementSummary]
    pairs: list[list[ElementSummary]]
