"""While the database is away, whoever sends something is told to send it again later."""

from pathlib import Path
from typing import Any

import httpx

from e2e.calling import Caller, calling, emptied, register
from e2e.wire import wired
from fitsm_graph import bootstrap
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.sms.service import register_party

EVENT = {"specversion": "1.0", "id": "1", "source": "/x", "type": "fan.down", "subject": "engine"}
MESSAGE = {
    "from": "ada@x.org",
    "to": "changes@x.org",
    "text": "element: engine",
    "message-id": "1",
}
ALERT = {"alerts": [{"fingerprint": "1", "labels": {"instance": "engine"}}]}
WAYS = (
    ("/events/default", EVENT, "application/cloudevents+json"),
    ("/messages/default", MESSAGE, "application/json"),
    ("/alerts/alertmanager", ALERT, "application/json"),
)


async def posted(caller: Caller, path: str, body: Any, media: str) -> httpx.Response:
    headers = caller.signed(Content_Type=media)
    return await caller.http.post(path, json=body, headers=headers)


async def test_what_is_sent_meanwhile_is_to_be_sent_again(
    neo4j_endpoint: Endpoint, tmp_path: Path
) -> None:
    await emptied(neo4j_endpoint)
    async with wired(neo4j_endpoint) as (wire, near), calling(near, tmp_path) as caller:
        await register(caller, "engine")
        ada = {"key": "ada", "name": "ada", "email": "ada@x.org"}
        request = Request(actor="test", via="test")
        await caller.product.graph.write(register_party, request, "Person", ada)
        sources = ["events/default", "messages/default", "alerts/alertmanager"]
        bridge = await bootstrap.new_token(caller.product, "admin", 1, [], sources=sources)
        own, caller.token = caller.token, bridge.secret
        assert (await posted(caller, *WAYS[0])).status_code == 200, (
            "it is taken in while all is well"
        )
        await wire.cut()
        for way in WAYS:
            answer = await posted(caller, *way)
            assert answer.status_code == 503, (way, answer.text)
            assert answer.headers["retry-after"]
        await wire.up()
        for way in WAYS:
            assert (await posted(caller, *way)).status_code == 200, way
        caller.token = own
        found = await caller.ask("{ arrivals { totalCount } incidents { totalCount } }")
        assert [each["totalCount"] for each in found.values()] == [2, 2]
