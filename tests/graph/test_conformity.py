"""Each requirement's query on records that conform, on some that do not, and on none (PR14)."""

import pytest

from fitsm_graph.csi.conformity import Period, Verdict, capabilities, examined, provable, wanted
from fitsm_graph.graph.driver import Endpoint
from graph.syncing import emptied

pytestmark = pytest.mark.asyncio(loop_scope="session")
EVER = Period("2020-01-01T00:00:00.000000Z", "2030-01-01T00:00:00.000000Z")


async def test_where_nothing_happened_nothing_conforms(neo4j_endpoint: Endpoint) -> None:
    async with emptied(neo4j_endpoint) as graph:
        found = await examined(graph, wanted(""), EVER)
    assert len(found) == 30
    verdicts = {each.requirement: each.verdict for each in found}
    assert set(verdicts.values()) == {Verdict.NOTHING_TO_CHECK, Verdict.NOT_EXAMINED}
    assert {name for name, word in verdicts.items() if word is Verdict.NOTHING_TO_CHECK} == set(
        provable()
    )
    assert {each.level for each in capabilities(found)} == {0}
