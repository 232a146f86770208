"""The words of subscriptions in the schema."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import strawberry

from fitsm_graph.api import types as words
from fitsm_graph.model.ledger import Op


@strawberry.enum(description="What happened to a record.")
class Action(StrEnum):
    """The same as the ledger's, seen from the record."""

    CREATED = "CREATED"
    CHANGED = "CHANGED"
    RETIRED = "RETIRED"
    REINSTATED = "REINSTATED"
    ERASED = "ERASED"
    RELATED = "RELATED"


ACTIONS: Mapping[Op, Action] = {
    Op.CREATE: Action.CREATED,
    Op.UPDATE: Action.CHANGED,
    Op.RETIRE: Action.RETIRED,
    Op.REINSTATE: Action.REINSTATED,
    Op.ERASE: Action.ERASED,
}
"""Of the record itself; where only relations changed it is RELATED."""


@strawberry.type(description="A field before and after.")
class FieldChange:
    """Null where there was or is no value."""

    field: str = strawberry.field(description="Its GraphQL name.")
    old: words.JSON
    new: words.JSON


@strawberry.type(description="A relation that began, changed or ended, seen by the ledger.")
class RelationChange:
    """Both ends are seen by whoever is told."""

    op: Op
    type: str
    source: strawberry.ID
    target: strawberry.ID
    before: words.JSON
    after: words.JSON


CURSOR_DOC = "Send it as `since` to go on from here; the entry's number, as a rule."
EVENT_DOCS = {
    "cursor": CURSOR_DOC,
    "seq": "The ledger entry.",
    "action": "RELATED: only relations of the record changed.",
    "verb": "What was done, such as element.update.",
    "id": "The record.",
    "key": "As it is now.",
    "element": "As it is now; null for other records and for what is retired.",
    "changes": "Fields with their values before and after, by name; bookkeeping left out.",
    "relations": "Relations of the record, at either end.",
    "relation_count": "All of them, also those that `first` left out.",
}


def event_type(element: Any) -> Any:
    """Make the type of an event about one record."""

    def relations(first: int = 100) -> Any:
        """Relations of the record, at either end."""
        raise AssertionError(first)  # events come shaped; nothing calls this

    hints: dict[str, Any] = {
        "cursor": str,
        "seq": int,
        "action": Action,
        "at": words.DateTime,
        "actor": str,
        "via": str,
        "verb": str,
        "requirement": str,
        "reason": str,
        "kind": str,
        "id": strawberry.ID,
        "key": str,
        "element": element | None,
        "changes": list[FieldChange],
        "relation_count": int,
    }
    body: dict[str, Any] = {"__annotations__": hints}
    for name in hints:
        body[name] = strawberry.field(description=EVENT_DOCS.get(name))
    body["relations"] = strawberry.field(
        resolver=relations,
        graphql_type=list[RelationChange],
        description=EVENT_DOCS["relations"],
    )
    made = type("ChangeEvent", (), body)
    return strawberry.type(made, description="What one ledger entry did to one record.")


@strawberry.type(description="A ledger entry, as it is written.")
class LedgerEvent:
    """With its changes."""

    cursor: str = strawberry.field(description=CURSOR_DOC)
    seq: int
    entry: words.HistoryEntry


@strawberry.type(description="The state of a watched element before and after.")
class WatchedState:
    """A state is null where the element is not there, or no longer seen."""

    element: words.ElementSummary
    before: words.State | None
    after: words.State | None
    margin_before: int | None
    margin_after: int | None
    why: str | None


@strawberry.type(description="What the failure of all watched elements would do to another one.")
class WatchedEffect:
    """Null: it would not be affected."""

    element: words.ElementSummary
    before: words.State | None
    after: words.State | None


@strawberry.type(description="What has changed in the impact answers of a set of elements.")
class ImpactEvent:
    """Compared with the event before, or with the time the stream began or was resumed from."""

    cursor: str = strawberry.field(description=CURSOR_DOC)
    seq: int = strawberry.field(description="The ledger entry that it shows.")
    at: words.DateTime
    states: list[WatchedState] = strawberry.field(description="Those that changed.")
    effects: list[WatchedEffect] = strawberry.field(
        description="Of the failure of the whole set: those that changed. Asked for, they are "
        "worked out at each entry."
    )
    affected_count: int = strawberry.field(
        description="Elements you see that the failure of the whole set would affect now."
    )
