"""How the database answers the kept questions: never by looking at everything there is."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied
from fitsm_graph.graph.driver import Endpoint
from graph.emptying import PLANNED_ANEW
from graph.syncing import run
from oracles.question_cases import Cases

MADE = Cases()
FORBIDDEN = ("AllNodesScan", "CartesianProduct", "DirectedAllRelationshipsScan")
ONE_ROW = ("EagerAggregation", "NodeCountFromCountStore", "Argument", "NodeIndexCountFrom")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        await run(made.product.graph, PLANNED_ANEW)
        yield made


async def plan_of(caller: Caller, text: str, parameters: dict[str, Any]) -> Any:
    """The plan of a statement, which is not executed."""
    async with caller.product.graph.driver.session() as session:
        result = await session.run(f"EXPLAIN {text}", parameters)
        return (await result.consume()).plan


def operators(plan: Any) -> Iterator[str]:
    """All operators that would look at too much; the product of two single rows does not."""
    kind = plan["operatorType"].partition("@")[0]
    children = plan.get("children", [])
    single = all(each["operatorType"].startswith(ONE_ROW) for each in children)
    if kind in FORBIDDEN and not (kind == "CartesianProduct" and single):
        yield kind
    for each in children:
        yield from operators(each)


@pytest.mark.parametrize("name", MADE.names())
async def test_a_question_is_answered_from_labels_and_indexes(caller: Caller, name: str) -> None:
    for key, question in MADE.questions(name):
        parameters = question.parameters | {later: [] for later in question.later}
        plan = await plan_of(caller, question.text, parameters)
        assert list(operators(plan)) == [], (name, key)


async def test_a_list_in_an_indexed_order_stops_where_its_page_ends(caller: Caller) -> None:
    for name in ("plain", "by-name"):
        for _, question in MADE.questions(name):
            shown = str(await plan_of(caller, question.text, question.parameters))
            assert "NodeIndexScan" in shown
            assert "'Top" not in shown


async def test_what_looks_at_everything_is_found_out(caller: Caller) -> None:
    for text in ("MATCH (n) RETURN n", "MATCH (a:CI), (b:CI) RETURN a, b"):
        assert list(operators(await plan_of(caller, text, {})))


async def test_who_wrote_it_is_found_from_the_runs_by_index(caller: Caller) -> None:
    indexes = ("SyncRun(source)", "LedgerEntry(run)"), ("SyncRun(key)", "LedgerEntry(run)")
    for (_, question), sought in zip(MADE.questions("written-by-a-source"), indexes, strict=False):
        shown = str(await plan_of(caller, question.text, question.parameters))
        assert [each for each in sought if each not in shown] == []
