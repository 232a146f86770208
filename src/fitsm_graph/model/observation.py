"""What a source says it saw: one observation for each element, from any format (PR11.3).

The published form is `schema/sync.schema.json`; one observation is one NDJSON line:

    {"op": "upsert", "type": "VirtualMachine", "key": "vm-042", "attributes": {"name": "vm-042"},
     "relations": [{"type": "RUNS_ON", "to": {"key": "host-07"}}]}
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Operation(StrEnum):
    """What an observation says about its element."""

    UPSERT = "upsert"
    DELETE = "delete"
    TOUCH = "touch"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedRelation:
    """A relation that the source saw, from or to the observed element.

    Attributes:
        type: Relationship type of the registry, HAS_MEMBER or OWNED_BY.
        key: Key of the other end; may be observed later in the same run.
        incoming: The other end is the source of the relation.
        properties: weight, strength, grounded, confidence, verified_at.
    """

    type: str
    key: str
    incoming: bool = False
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One element as a source saw it.

    Attributes:
        type: CI type of the registry, or Service, ServiceComponent, RedundancyGroup.
        key: The source's own key of the element; permanent within its scope.
        attributes: Fields and typed attributes by name; name defaults to the key.
        identifiers: Kind and value of what names the element elsewhere.
        place: Where in the input it stands, for messages: a line or a path.
    """

    type: str
    key: str
    op: Operation = Operation.UPSERT
    attributes: Mapping[str, Any] = field(default_factory=dict)
    identifiers: tuple[tuple[str, str], ...] = ()
    relations: tuple[ObservedRelation, ...] = ()
    observed_at: str = ""
    confidence: float | None = None
    place: str = ""
