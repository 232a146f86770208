"""An empty graph for each test of the ledger."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import ManualClock
from graph.support import empty, graph_with


@pytest.fixture(scope="module")
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 24, 9, tzinfo=UTC))


@pytest_asyncio.fixture(scope="module")
async def migrated(neo4j_endpoint: Endpoint, clock: ManualClock) -> AsyncIterator[Graph]:
    async with graph_with(neo4j_endpoint, clock) as made:
        yield made


@pytest_asyncio.fixture
async def graph(migrated: Graph) -> Graph:
    await empty(migrated)
    return migrated
