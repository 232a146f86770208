"""A sensitive attribute is read by those with the right only, by whatever way it could be told."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied, somebody
from fitsm_graph.confm import service
from fitsm_graph.confm.drafts import ElementDraft
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import to_text

SECRET, LATER = "serve --password zz-first", "serve --password zz-second"
REQUEST = Request(actor="setup", via="test")
BY_NAME = {
    "field": "{ cis { nodes { key ... on Container { command } } } }",
    "one": '{ ci(by: {key: "web"}) { ... on Container { command } } }',
    "filter": '{ cis(where: {command: {contains: "zz-"}}) { totalCount } }',
    "negated filter": "{ cis(where: {NOT: {command: {isNull: true}}}) { totalCount } }",
    "filter by name": '{ cis(where: {attribute: [{name: "command", contains: "zz-"}]}) '
    "{ totalCount } }",
    "filter of others": '{ services(where: {relations: {some: {element: {command: {contains: "zz"'
    "}}}}}) { totalCount } }",
    "order": "{ cis(orderBy: [{command: ASC}]) { nodes { key } } }",
    "past": '{ ci(by: {key: "web"}, asOf: "2999-01-01T00:00:00Z") '
    "{ ... on Container { command } } }",
}
"""Questions that name it: refused, for an answer of null would be taken for a value."""
AROUND = {
    "attributes": '{ ci(by: {key: "web"}) { key attributes { name value } } }',
    "attributes, past": '{ ci(by: {key: "web"}, asOf: "2999-01-01T00:00:00Z") '
    "{ key attributes { name value } } }",
    "history": '{ ciHistory(by: {key: "web"}) { changes { before after } } }',
    "ledger": '{ ledgerEntries(since: "BETWEEN") { changes { before after } } }',
    "difference": '{ topologyDiff(from: "BETWEEN", to: "2999-01-01T00:00:00Z") '
    "{ changed { fields { name old new } } } }",
}
"""Questions whose answer it would be in."""
UPDATE = """mutation { updateElement(input: {ref: "web", set: {command: "serve"}}, dryRun: true)
  { ok errors { code } changes { before after } } }"""


class Place:
    """Readers of a product with one container, and a moment before its command changed."""

    def __init__(self, readers: dict[str, Caller], between: str) -> None:
        self.readers, self.between = readers, between

    async def text(self, login: str, document: str) -> str:
        asked = {"query": document.replace("BETWEEN", self.between)}
        return (await self.readers[login].post(asked)).text


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def place(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Place]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("withheld")) as caller:
        graph, registry = caller.product.graph, caller.product.registry
        draft = ElementDraft(
            kind="CI", type="Container", key="web", name="web",
            attributes={"container_id": "c1", "command": SECRET},
        )  # fmt: skip
        await graph.write(service.register_element, REQUEST, registry, draft)
        between = to_text(graph.clock.now())
        await graph.write(service.update_element, REQUEST, registry, "web", {"command": LATER})
        readers = {
            "eda": await somebody(caller, "eda", "editor"),
            "pia": await somebody(caller, "pia", "process_manager"),
        }
        yield Place(readers, between)


@pytest.mark.parametrize("name", BY_NAME)
async def test_is_refused_by_name(place: Place, name: str) -> None:
    told = await place.text("eda", BY_NAME[name])
    assert '"FORBIDDEN"' in told, told
    assert "zz-" not in told, told
    assert "errors" not in await place.text("pia", BY_NAME[name])


@pytest.mark.parametrize("name", AROUND)
async def test_is_in_no_answer(place: Place, name: str) -> None:
    told = await place.text("eda", AROUND[name])
    assert '"errors"' not in told, told
    assert "zz-" not in told, told
    assert "zz-" in await place.text("pia", AROUND[name])


async def test_history_tells_that_it_changed(place: Place) -> None:
    def changed(answer: Any) -> list[Any]:
        steps = answer["ciHistory"]
        return [each["before"].get("command") for step in steps for each in step["changes"]]

    assert changed(await place.readers["eda"].ask(AROUND["history"])) == [None, "(withheld)"]
    assert changed(await place.readers["pia"].ask(AROUND["history"])) == [None, SECRET]


async def test_a_verb_does_not_tell_what_was_there(place: Place) -> None:
    told = await place.text("eda", UPDATE)
    assert '"ok":true' in told, told
    assert "zz-" not in told, told
    assert "zz-second" in await place.text("pia", UPDATE)
