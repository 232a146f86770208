"""What the tests of the ledger share: an empty graph of its own, and short ways to act on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fitsm_graph.confm import service as confm
from fitsm_graph.confm.drafts import ElementDraft
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph, Outcome
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import Clock
from graph.emptying import as_migrated
from graph.syncing import REGISTRY, emptied, run

REQUEST = Request(actor="tester", via="test")


@asynccontextmanager
async def graph_with(endpoint: Endpoint, clock: Clock | None = None) -> AsyncIterator[Graph]:
    """A migrated graph that holds nothing, with a clock of the test's choice."""
    async with emptied(endpoint):
        made = Graph(endpoint, clock=clock)
        try:
            yield made
        finally:
            await made.close()


async def empty(graph: Graph) -> None:
    """Take all out but what migrations put there."""
    await as_migrated(graph.driver, graph.endpoint)


def asking(**given: Any) -> Request:
    """A request of the tester, with what differs."""
    return Request(**{"actor": "tester", "via": "test", **given})


def service(key: str, **given: Any) -> ElementDraft:
    """A service to be registered."""
    return ElementDraft(kind="Service", key=key, name=given.pop("name", key), **given)


async def register(graph: Graph, key: str, request: Request = REQUEST, **given: Any) -> Outcome:
    """Register a service."""
    return await graph.write(confm.register_element, request, REGISTRY, service(key, **given))


async def update(
    graph: Graph, key: str, changes: dict[str, Any], request: Request = REQUEST, **given: Any
) -> Outcome:
    """Change a service."""
    return await graph.write(confm.update_element, request, REGISTRY, key, changes, **given)


async def count(graph: Graph, pattern: str) -> int:
    """How often a pattern is in the database."""
    return int((await run(graph, f"MATCH {pattern} RETURN count(*)"))[0][0])
