"""An empty database as the migrations leave it, without applying them for every test.

They take a second and a half where all that they make is there already; what they left once is
given back as long as the database has the very constraints and indexes that it had then.
"""

from dataclasses import dataclass
from typing import Any

from neo4j import AsyncDriver

from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.migrations import migrate
from fitsm_graph.kernel.clock import SystemClock

ALL = "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS"
LEFT = "MATCH (n) RETURN labels(n) AS labels, properties(n) AS properties"
SCHEMA = (
    "SHOW INDEXES YIELD name, state RETURN 'index ' + name + ' ' + state AS told",
    "SHOW CONSTRAINTS YIELD name RETURN 'constraint ' + name AS told",
)
GIVEN_BACK = "UNWIND $nodes AS node CREATE (n:$(node.labels)) SET n = node.properties"
PLANNED_ANEW = "CALL db.prepareForReplanning(60)"
"""Plans follow what is there now, and not what was there for a test before: for tests of plans."""
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Left:
    """What migrations left: nodes, and which constraints and indexes there are."""

    nodes: Rows
    schema: frozenset[str]


_LEFT: dict[str, Left] = {}


async def as_migrated(driver: AsyncDriver, endpoint: Endpoint) -> None:
    """Take all out, and have there what migrations put there."""
    await _asked(driver, ALL)
    known = _LEFT.get(endpoint.uri)
    if known is not None and known.schema == await _schema(driver):
        await _asked(driver, GIVEN_BACK, nodes=known.nodes)
        return
    await migrate(driver, SystemClock())
    _LEFT[endpoint.uri] = Left(await _asked(driver, LEFT), await _schema(driver))


async def _schema(driver: AsyncDriver) -> frozenset[str]:
    return frozenset([row["told"] for text in SCHEMA for row in await _asked(driver, text)])


async def _asked(driver: AsyncDriver, text: str, **given: Any) -> Rows:
    async with driver.session() as session:
        return await (await session.run(text, given)).data()
