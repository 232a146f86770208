"""How sure a proof is: the relations it rests on, and which of them are weak.

A proof is as sure as the least sure of the needs it uses; a need that several relations state
is as sure as the surest of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from fitsm_graph.impact.columns import Bool, Relations
from fitsm_graph.impact.mapped import Mapped

Edge = tuple[int, int]
"""A requirement and one of its members."""


@dataclass(frozen=True, slots=True)
class ConfidenceRule:
    """When a relation is weak.

    Attributes:
        guessed_below: Less sure than this is a guess.
        stale_before: Verified before this second since 1970 UTC is stale; None: never stale.
    """

    guessed_below: float = 0.8
    stale_before: int | None = None


@dataclass(frozen=True, slots=True)
class WeakRelation:
    """A relation a proof rests on that is guessed, unverified or stale.

    ``reasons`` says which of the three, in this order.
    """

    source: str
    type: str
    target: str
    confidence: float
    verified_at: int | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure a proof is.

    Attributes:
        least: Confidence of the least sure need, 0 – 1; 1 where only own states decide.
        weak: Relations that are guessed, unverified or stale, by their ends and type.
    """

    least: float
    weak: tuple[WeakRelation, ...]


def weigh(mapped: Mapped, edges: Iterable[Edge], rule: ConfidenceRule) -> Confidence:
    """Weigh the needs a proof uses.

    Args:
        mapped: The graph they are in.
        edges: Requirements with the members that matter.
        rule: When a relation is weak.
    """
    members: dict[int, set[int]] = {}
    for requirement, member in edges:
        members.setdefault(requirement, set()).add(member)
    least = 1.0
    weak: set[WeakRelation] = set()
    for requirement, ends in members.items():
        origin = mapped.origin(requirement)
        owner = int(mapped.network.of[requirement])
        for end in ends:
            table = origin.take(_between(origin, owner, end))
            if len(table):
                least = min(least, round(float(table.confidence.max()), 6))
                weak.update(_weak(mapped, table, rule))
    return Confidence(least, tuple(sorted(weak, key=lambda w: (w.source, w.type, w.target))))


def _between(table: Relations, one: int, other: int) -> Bool:
    there: Bool = (table.source == one) & (table.target == other)
    back = (table.source == other) & (table.target == one)
    either: Bool = there | back
    return either


def _weak(mapped: Mapped, table: Relations, rule: ConfidenceRule) -> Iterable[WeakRelation]:
    topology = mapped.topology
    for row in range(len(table)):
        link = (int(table.source[row]), int(table.type[row]), int(table.target[row]))
        relation = topology.relation_row(link, table.facets(row))
        at, before = relation.verified_at, rule.stale_before
        told = {
            "guessed": relation.confidence < rule.guessed_below,
            "unverified": at is None,
            "stale": at is not None and before is not None and at < before,
        }
        reasons = tuple(word for word, holds in told.items() if holds)
        if reasons:
            yield WeakRelation(*relation.triple, relation.confidence, at, reasons)
