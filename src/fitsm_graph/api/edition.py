"""The schema in force, made anew when the types change, in every replica and without a restart.

An edition is one registry with everything that follows from it. A request takes the edition of
the entry it has seen and keeps it to its end; the next one may get another.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache

import strawberry
from graphql import GraphQLError
from strawberry.exceptions import StrawberryException

from fitsm_graph.api.limits import Limits
from fitsm_graph.api.pipeline import Pipeline
from fitsm_graph.api.questions import Compiler
from fitsm_graph.api.schema import build_schema, core_of
from fitsm_graph.kernel.errors import FitsmError, Unavailable
from fitsm_graph.model.registry import TypeRegistry

LOG = logging.getLogger("fitsm_graph.api")
UNREADABLE = (
    FitsmError,
    GraphQLError,
    StrawberryException,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
)
"""What reading definitions or making a schema of them raises when they are no good."""


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """One registry with what follows from it.

    Attributes:
        types: Ledger entry that changed the types last.
    """

    types: int
    registry: TypeRegistry
    schema: strawberry.Schema
    compiler: Compiler
    pipeline: Pipeline


def make_edition(types: int, registry: TypeRegistry, limits: Limits) -> Edition:
    """Make the edition of a registry; takes a second or two, unless the types were met before."""
    schema = _schema_of(_ByContent(registry))
    return Edition(types, registry, schema, Compiler(registry), Pipeline(core_of(schema), limits))


class _ByContent:
    """A registry that is equal to another of the same types in the same order."""

    def __init__(self, registry: TypeRegistry) -> None:
        self.registry = registry
        self._content = registry.version, *registry.ci_types, *registry.relationship_types

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByContent) and other._content == self._content

    def __hash__(self) -> int:
        return hash(self._content)


@lru_cache(maxsize=2)
def _schema_of(types: _ByContent) -> strawberry.Schema:
    """The schema of a registry: a process with several products makes it once."""
    return build_schema(types.registry)


class Editions:
    """The edition in force, and the way to the next.

    Args:
        first: In force now.
        read: Reads the registry that is in force in the graph.
        adopt: Told of a new registry before anybody is answered with it.
        limits: For documents.

    Attributes:
        current: The edition in force.
        warning: Why newer types are not in force; empty where all is well.
    """

    def __init__(
        self,
        first: Edition,
        read: Callable[[], Awaitable[TypeRegistry]],
        adopt: Callable[[TypeRegistry], Awaitable[None]],
        limits: Limits,
    ) -> None:
        self.current = first
        self.warning = ""
        self._read = read
        self._adopt = adopt
        self.limits = limits
        self._refused = first.types
        self._lock = asyncio.Lock()

    async def at(self, types: int) -> Edition:
        """The edition for what was seen of the types; made where it is not there yet.

        Definitions that cannot be read leave the edition as it is, with a warning: nobody is
        refused because of them, and they are tried again when they change.

        Raises:
            Unavailable: The graph does not answer.
        """
        if types <= max(self.current.types, self._refused):
            return self.current
        async with self._lock:
            if types > max(self.current.types, self._refused):
                await self._renew(types)
        return self.current

    async def _renew(self, types: int) -> None:
        try:
            registry = await self._read()
            edition = await asyncio.to_thread(make_edition, types, registry, self.limits)
        except Unavailable:
            raise
        except UNREADABLE as error:
            self._refused = types
            self.warning = f"the types of ledger entry {types} are not in force: {_reason(error)}"
            LOG.warning(self.warning, exc_info=error)
            return
        await self._adopt(registry)
        self.current, self.warning = edition, ""
        LOG.info("types of ledger entry %d are in force", types)


def _reason(error: BaseException) -> str:
    """A reason that may be shown to anybody: no values, no traceback."""
    return error.code if isinstance(error, FitsmError) else "UNREADABLE"
