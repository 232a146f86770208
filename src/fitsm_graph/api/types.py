"""The words of the schema: inputs, enums and the types that no registry changes."""

from enum import StrEnum
from typing import Any, NewType

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter

from fitsm_graph.model.confm import Lifecycle, Strength
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.model.ledger import Op

DateTime = NewType("DateTime", str)
Duration = NewType("Duration", str)
JSON = NewType("JSON", object)

SCALARS: dict[object, Any] = {
    DateTime: strawberry.scalar(
        name="DateTime",
        description="A moment, RFC 3339, with its offset; answers are in UTC.",
        serialize=lambda value: value,
        parse_value=str,
    ),
    Duration: strawberry.scalar(
        name="Duration",
        description="A length of time in ISO 8601, in weeks, or in days, hours, minutes, seconds.",
        serialize=lambda value: value,
        parse_value=str,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value.",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    ),
}


class _Names(NameConverter):
    """The library's names, each made once: it makes those of arguments with every call."""

    def __init__(self) -> None:
        super().__init__(auto_camel_case=True)
        self._made: dict[str, str] = {}

    def apply_naming_config(self, name: str) -> str:
        """Name in the schema of what is called so in Python."""
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = super().apply_naming_config(name)
        return made


CONFIG = StrawberryConfig(scalar_map=SCALARS, name_converter=_Names())

strawberry.enum(Lifecycle, description="Where an element stands between thought of and gone.")
strawberry.enum(Strength, description="How much of a provider's loss reaches who needs it.")
strawberry.enum(Effect, description="How hard a disturbance hits an element by itself.")
strawberry.enum(Op, description="What happened to a record or relation.")


@strawberry.enum(description="How well an element can do its work.")
class State(StrEnum):
    """UP < AT_RISK < DEGRADED < DOWN."""

    UP = "UP"
    AT_RISK = "AT_RISK"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"


@strawberry.enum(description="Which end of a relation an element is.")
class Direction(StrEnum):
    """Seen from the element."""

    OUT = "OUT"
    IN = "IN"
    BOTH = "BOTH"


@strawberry.input(description="One element: by id or by key.", one_of=True)
class ElementRef:
    """Exactly one of the two."""

    id: strawberry.Maybe[strawberry.ID]
    key: strawberry.Maybe[str]


@strawberry.type(description="Where a page stands among all.")
class PageInfo:
    """As Relay has it."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type(description="A typed attribute with its value.")
class Attribute:
    """For clients that do not know the type."""

    name: str
    value: JSON


@strawberry.type(description="A person or group that answers for something.")
class Party:
    """Personal values are null once they are erased."""

    id: strawberry.ID
    key: str
    name: str | None
    kind: str


@strawberry.type(description="A customer in short, as services and computed answers name it.")
class CustomerSummary:
    """With the users behind it."""

    id: strawberry.ID
    key: str
    name: str
    user_count: int


@strawberry.type(description="An element in short, as computed answers name it.")
class ElementSummary:
    """Hidden elements have a placeholder for id, key and name."""

    id: strawberry.ID
    key: str
    name: str
    kind: str
    type: str | None = strawberry.field(description="CI type.")
    tag: str = strawberry.field(description="Two letters for pictures.")


@strawberry.type(description="A change as the ledger has it.")
class RecordedChange:
    """Both images; for a creation the first is empty."""

    op: Op
    kind: str = strawberry.field(description="Kind of record, or relationship type.")
    id: strawberry.ID = strawberry.field(description="The record, or the relation's source.")
    target: strawberry.ID | None = strawberry.field(description="The relation's target.")
    before: JSON
    after: JSON


@strawberry.type(description="A ledger entry with its changes.")
class HistoryEntry:
    """Who did what, when, why and under which change."""

    seq: int
    at: DateTime
    actor: str
    via: str
    verb: str
    requirement: str
    reason: str
    change: str | None
    run: str | None
    changes: list[RecordedChange]


@strawberry.interface(description="Something a client did wrong, or a rule that forbids it.")
class UserError:
    """What happened, why, and what to do."""

    code: str
    message: str
    why: str
    remedy: str
    path: list[str]
    requirement: str | None


@strawberry.type(description="The input cannot be understood or breaks a declared rule.")
class InvalidInput(UserError):
    """Nothing was changed."""


@strawberry.type(description="No such record, or none that you may see.")
class RecordNotFound(UserError):
    """Nothing was changed."""


@strawberry.type(description="A rule of a process forbids it.")
class RuleViolation(UserError):
    """The requirement says which."""


@strawberry.type(description="Somebody else was there first.")
class WriteConflict(UserError):
    """Read again, and decide on what it is now."""


USER_ERRORS = [InvalidInput, RecordNotFound, RuleViolation, WriteConflict]
"""Types of errors that no field names; the schema lists them."""
