"""What a source says it saw: one observation for each element, from any format (PR11.3).

The published form is `schema/sync.schema.json`; one observation is one NDJSON line:

    {"op": "upsert", "type": "VirtualMachine", "key": "vm-042", "attributes": {"name": "vm-042"},
     "relations": [{"type": "RUNS_ON", "to": {"key": "host-07"}}]}
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fitsm_graph.kernel.errors import Problem

SOURCE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
"""What a source, or a part of it, may be called."""
WAY_IN = re.compile(f"(?:(?:events|messages|alerts)/)?{SOURCE_NAME.pattern}")
"""What a token may be made for: a source of sync, or a way in with its name."""
NAMED = "1 to 64 letters, digits, dots, dashes or underscores"


class Operation(StrEnum):
    """What an observation says about its element."""

    UPSERT = "upsert"
    DELETE = "delete"
    TOUCH = "touch"


@dataclass(slots=True, kw_only=True)  # not frozen, which takes twice as long to make
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


@dataclass(slots=True, kw_only=True)  # not frozen, for the same reason
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


@dataclass(slots=True)
class Unread:
    """A row as it came, which need not be read where it came just so the last time.

    Attributes:
        data: The row, whole: equal bytes say the same.
        place: Where in the input it stands, for messages.
        open: Reads it: an observation, or what is wrong with it, or both.
    """

    data: bytes
    place: str
    open: Callable[[bytes, str], Iterable[Observation | Problem]]

    def read(self) -> list[Observation | Problem]:
        """What the row says."""
        return list(self.open(self.data, self.place))


def record_of(it: Observation) -> dict[str, Any]:
    """The observation in the published form; what is empty is left out."""
    optional: dict[str, Any] = {
        "attributes": dict(it.attributes),
        "identifiers": [{"kind": kind, "value": value} for kind, value in it.identifiers],
        "relations": [_relation_record(relation) for relation in it.relations],
        "observed_at": it.observed_at,
    }
    line: dict[str, Any] = {"op": str(it.op), "type": it.type, "key": it.key}
    line |= {name: value for name, value in optional.items() if value}
    return line if it.confidence is None else {**line, "confidence": it.confidence}


def _relation_record(it: ObservedRelation) -> dict[str, Any]:
    said: dict[str, Any] = {"type": it.type, "to": {"key": it.key}}
    if it.incoming:
        said["direction"] = "in"
    if it.properties:
        said["properties"] = dict(it.properties)
    return said


def observation_from(record: Mapping[str, Any], place: str = "") -> Observation:
    """The observation that `record_of` wrote; nothing is checked again."""
    return Observation(
        type=record["type"],
        key=record["key"],
        op=Operation(record["op"]),
        attributes=record.get("attributes") or {},
        identifiers=tuple((i["kind"], i["value"]) for i in record.get("identifiers", ())),
        relations=tuple(relations_from(record)),
        observed_at=record.get("observed_at", ""),
        confidence=record.get("confidence"),
        place=place,
    )


def relations_from(record: Mapping[str, Any]) -> Iterator[ObservedRelation]:
    """The relations of a record that `record_of` wrote."""
    for each in record.get("relations", ()):
        yield ObservedRelation(
            type=each["type"],
            key=each["to"]["key"],
            incoming=each.get("direction") == "in",
            properties=each.get("properties") or {},
        )
