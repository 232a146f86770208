"""Who answers for a record that nobody is named for is computed, and written nowhere."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.desk import Desk, opened
from fitsm_graph.confm.service import assign_owner
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request

ASKED = "query W($of: ID!) { whoAnswers(of: $of) { by through parties { key kind } } }"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    async with opened(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        yield made


async def answers(desk: Desk, key: str) -> tuple[str, str | None, list[str]]:
    told = (await desk.caller.ask(ASKED, of=key))["whoAnswers"]
    return told["by"], told["through"], [each["key"] for each in told["parties"]]


async def test_who_is_nearest_answers(desk: Desk) -> None:
    await desk.sign_in()
    made: dict[str, Any] = {}
    for name in ("engine", "mail", "store"):
        made[name] = (await desk.new(name))["key"]
    assert await answers(desk, made["engine"]) == ("element", "engine", ["developers"])
    assert await answers(desk, made["mail"]) == ("service_owner", "mail", ["olga"])
    assert await answers(desk, made["store"]) == ("role", "process_manager/isrm", ["pia"])
    shown = '{ incident(by: {key: "%s"}) { owner { key } } }'
    for key in made.values():
        assert (await desk.caller.ask(shown % key))["incident"]["owner"] is None
    await desk.done("assignIncident", ref=made["engine"], owner="ada")
    assert await answers(desk, made["engine"]) == ("owner", None, ["ada"])
    await desk.done("mergeIncident", ref=made["store"], into=made["engine"])
    assert await answers(desk, made["store"]) == ("whole", made["engine"], ["ada"])


async def test_what_is_hit_hardest_comes_first(desk: Desk) -> None:
    await desk.sign_in()
    asked = Request(actor="test", via="test")
    await desk.caller.product.graph.write(assign_owner, asked, "wiki", "second")
    hit = [{"element": "wiki", "effect": "AT_RISK"}, {"element": "engine", "effect": "DOWN"}]
    key = (await desk.done("registerIncident", title="both", affects=hit))["key"]
    assert await answers(desk, key) == ("element", "engine", ["developers"])
    await desk.done("setIncidentEffect", ref=key, element="engine", effect="AT_RISK")
    await desk.done("setIncidentEffect", ref=key, element="wiki", effect="DOWN")
    assert await answers(desk, key) == ("element", "wiki", ["second"])


async def test_a_record_that_is_not_there_is_said_so(desk: Desk) -> None:
    await desk.sign_in()
    assert await desk.caller.code(ASKED, of="INC-999999") == "NOT_FOUND"
    assert await desk.caller.code(ASKED, of="engine") == "NOT_FOUND"
