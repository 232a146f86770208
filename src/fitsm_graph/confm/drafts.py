"""What a person or a source says of an element before it is one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fitsm_graph.model.confm import Lifecycle, Strength


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementDraft:
    """A new element.

    Attributes:
        kind: Service, ServiceComponent, CI or RedundancyGroup.
        type: CI type; for CIs only.
        key: Given, or made by the ledger when empty.
        attributes: Typed attributes of a CI by name.
        owner: Id or key of a person or group.
    """

    kind: str
    name: str
    type: str = ""
    key: str = ""
    description: str = ""
    lifecycle: Lifecycle = Lifecycle.LIVE
    is_source: bool = False
    criticality: int | None = None
    need: int | None = None
    need_share: float | None = None
    strength: Strength | None = None
    grounded: bool | None = None
    reserve: int | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationDraft:
    """A relation between two elements.

    Attributes:
        source: Id or key of the element it starts from.
        target: Id or key of the element it ends at.
        weight: For HAS_MEMBER: how much the member counts, 1 or more.
        strength: Overrides the default of the relationship type.
        grounded: Overrides the default of the relationship type.
        confidence: How sure its source is, from 0 to 1; null: certain.
        verified_at: When somebody or something last confirmed it, UTC.
    """

    type: str
    source: str
    target: str
    weight: int | None = None
    strength: Strength | None = None
    grounded: bool | None = None
    confidence: float | None = None
    verified_at: str | None = None

    def properties(self) -> dict[str, Any]:
        """What the relation itself carries."""
        return {
            "weight": self.weight,
            "strength": self.strength,
            "grounded": self.grounded,
            "confidence": self.confidence,
            "verified_at": self.verified_at,
        }
