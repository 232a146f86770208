"""What a statement needs to know before it is sent: computed on the snapshot, sent as ids."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from fitsm_graph.api.context import Context
    from fitsm_graph.api.statement import Question


class Later(Protocol):
    """The value of a parameter that is known only when the statement is about to be sent."""

    async def settle(self, context: "Context") -> Any:
        """Find it out."""
        ...


@dataclass(frozen=True, slots=True)
class StatesAmong:
    """Ids of the elements whose state is among some."""

    states: frozenset[str]

    async def settle(self, context: "Context") -> list[str]:
        """Look at the snapshot; it costs no statement."""
        found: list[str] = await context.impact.ids_in(self.states)
        return found


@dataclass(frozen=True, slots=True)
class ReachedFrom:
    """Ids of the elements from which one that matches is reached along need.

    Attributes:
        matching: Asks for the ids of those that match.
        up: Reached among what the elements depend on; else among what depends on them.
        depth: Steps at most; None: all the way.
        types: Relationship types that are walked over; None: all.
    """

    matching: "Question"
    up: bool
    depth: int | None
    types: frozenset[str] | None = None

    async def settle(self, context: "Context") -> list[str]:
        """Ask for those that match, with one statement, and walk the snapshot from there."""
        far = await context.answer(self.matching)
        found: list[str] = await context.impact.reaching(
            far, up=self.up, depth=self.depth, types=self.types
        )
        return found


@dataclass(frozen=True, slots=True)
class ServicesOf:
    """Keys of the services that need an element, directly or not, by its id."""

    async def settle(self, context: "Context") -> dict[str, list[str]]:
        """Walk the snapshot from each service; it costs no statement."""
        found: dict[str, list[str]] = await context.impact.services_of()
        return found
