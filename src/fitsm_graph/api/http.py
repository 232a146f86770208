"""The API over HTTP: one endpoint for GraphQL, probes, and who may come in.

A thin application of its own: what a request costs beside its statement is counted in hundreds of
microseconds, and a framework's routing and middlewares alone are as much.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fitsm_graph.api.admission import Throttled
from fitsm_graph.api.api import Answer, Api, status_of, within
from fitsm_graph.api.asked import (
    EVENT_STREAM,
    JSON,
    Asked,
    HttpRefusal,
    read_address,
    read_asked,
    read_body,
    wanted_type,
)
from fitsm_graph.api.caching import fetched
from fitsm_graph.api.credential import Credential, credential_of
from fitsm_graph.api.export.endpoint import Edge, ExportEndpoint
from fitsm_graph.api.failures import Caught, told_of_caught
from fitsm_graph.api.headers import RETRY_SECONDS, SAFE, entrant, respond
from fitsm_graph.api.limits import Limits
from fitsm_graph.api.live.events import EventStream
from fitsm_graph.api.live.socket import Socket
from fitsm_graph.api.live.stream import Live, Subscription
from fitsm_graph.kernel.errors import FitsmError, NotFound

PROBE_SECONDS = 3.0
Handler = Callable[[Scope, Receive, Send], Awaitable[None]]


def application(
    live: Live, rest: ASGIApp | None = None, edges: Mapping[str, Handler] | None = None
) -> ASGIApp:
    """Build the application.

    Args:
        live: What streams, over what answers.
        rest: Everything beside the API, such as the pages.
        edges: What answers below a path, such as sync.
    """
    api = live.api
    endpoint = _Endpoint(live)
    edge = Edge(check_method, partial(entrant, api), respond, SAFE)
    routes: dict[str, Handler] = {
        "/graphql": endpoint,
        "/graphql/": endpoint,
        "/export": ExportEndpoint(api, edge),
        "/livez": _probe(_livez),
        "/readyz": _probe(lambda: _readyz(api)),
    }

    below = tuple((edges or {}).items())
    beside = _nothing_there if rest is None else _with_small_bodies(rest, api.limits)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] == "websocket":
            await _socket(live, scope, receive, send)
            return
        path = scope["path"]
        edge = next((each for prefix, each in below if path.startswith(prefix)), None)
        handler = routes.get(path) or edge or beside
        await handler(scope, receive, send)

    return app


async def _socket(live: Live, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve a WebSocket at the one address that has any."""
    if scope["path"] in {"/graphql", "/graphql/"}:
        await Socket(live, scope, receive, send).run()
    else:
        await send({"type": "websocket.close", "code": 1008})


class _Endpoint:
    """GraphQL over HTTP: documents by POST, registered ones by GET as well."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._api = live.api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever it is."""
        if scope["method"] == "OPTIONS":
            await respond(send, 204, b"", {"Allow": ", ".join(METHODS)})
            return
        headers, media, answer = Headers(scope=scope), JSON, Answer()
        told: EventStream | None = None
        with Caught() as caught:
            check_method(scope, *METHODS)
            media = wanted_type(headers)
            principal = await entrant(self._api, scope, headers)
            asked = await self._asked(scope, receive, headers)
            answer = await self._api.answer(asked, principal)
            if media == EVENT_STREAM and scope["method"] == "POST":
                credential = credential_of(headers, scope["query_string"])
                told = await self._stream(answer, asked, credential)
        if told is not None:
            await told.run(receive, send, SAFE)
            return
        if caught.error is not None:
            answer = Answer(errors=told_of_caught(caught.error), refusal=caught.error)
        rendered = _rendered(answer, media)
        media = JSON if media == EVENT_STREAM else media
        if scope["method"] == "POST":
            await respond(send, *rendered, media)
            return
        status, body, more = fetched(answer, rendered, headers)
        await respond(send, status, body if scope["method"] == "GET" else b"", more, media)

    async def _asked(self, scope: Scope, receive: Receive, headers: Headers) -> Asked:
        if scope["method"] != "POST":
            return read_address(scope["query_string"], headers, self._api.limits)
        body = await read_body(receive, headers, self._api.limits)
        return read_asked(body, headers, self._api.limits)

    async def _stream(
        self, answer: Answer, asked: Asked, credential: Credential
    ) -> EventStream | None:
        """The stream of a subscription, or of one answer; None where it was refused."""
        if self._live.wants_stream(answer):
            subscription = Subscription(self._live, asked, credential)
            await subscription.begin()
            return EventStream(self._api.limits.live, subscription=subscription)
        return EventStream(self._api.limits.live, answer=answer) if answer.executed else None


def _rendered(answer: Answer, media: str) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and more headers of an answer."""
    status, headers = _status(answer, media)
    with Caught() as caught:
        return status, orjson.dumps(answer.body()), headers
    failed = caught.error or TypeError("an answer that cannot be written")
    return 500, orjson.dumps(Answer(errors=told_of_caught(failed), seq=answer.seq).body()), {}


def _status(answer: Answer, media: str) -> tuple[int, dict[str, str]]:
    """HTTP status: 200 where something was executed; older clients expect it for bad documents."""
    if answer.away:
        return 503, {"Retry-After": RETRY_SECONDS}
    if answer.refusal is None:
        return 200, {}
    status, code = status_of(answer.refusal), getattr(answer.refusal, "code", "")
    if isinstance(answer.refusal, Throttled):
        return status, {"Retry-After": str(answer.refusal.seconds)}
    if status == 503:
        return status, {"Retry-After": RETRY_SECONDS}
    if status == 401:
        return status, {"WWW-Authenticate": "Bearer"}
    if status == 405:
        return status, {"Allow": _ALLOWED.get(code, ", ".join(METHODS))}
    if media == JSON and code in _OF_DOCUMENT:
        return 200, {}
    return status, {}


_OF_DOCUMENT = frozenset({"SYNTAX_ERROR", "INVALID_DOCUMENT", "INVALID_VARIABLES"})
"""Refusals that GraphQL over HTTP answers with 200 as long as `application/json` is asked for."""
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_ALLOWED = dict.fromkeys(("QUERY_IN_ADDRESS", "MUTATION_BY_GET"), "POST")
"""Methods that are left where a request by GET is refused for being one."""


def check_method(scope: Scope, *methods: str) -> None:
    """Refuse other methods of HTTP.

    Raises:
        HttpRefusal: METHOD_NOT_ALLOWED.
    """
    if scope["method"] not in methods:
        raise HttpRefusal(
            405,
            f"{scope['method'][:20]} is not offered here",
            code="METHOD_NOT_ALLOWED",
            why="nothing here is asked for that way",
            remedy=f"send {' or '.join(methods)}",
        )


def _with_small_bodies(rest: ASGIApp, limits: Limits) -> Handler:
    """Everything beside the API, behind the same limit: its forms are small."""

    async def bounded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] in {"GET", "HEAD"}:
            await rest(scope, receive, send)
            return
        try:
            body = await read_body(receive, Headers(scope=scope), limits)
        except HttpRefusal as error:
            told = {"errors": told_of_caught(error)}
            await respond(send, error.status, orjson.dumps(told), {})
            return
        left = [{"type": "http.request", "body": body, "more_body": False}]

        async def replayed() -> Message:
            return left.pop() if left else await receive()

        await rest(scope, replayed, send)

    return bounded


# --- probes --------------------------------------------------------------------------------------


def _probe(look: Callable[[], Awaitable[tuple[int, dict[str, Any]]]]) -> Handler:
    async def probe(scope: Scope, _receive: Receive, send: Send) -> None:
        more: dict[str, str] = {}
        if scope["method"] in {"GET", "HEAD"}:
            status, told = await look()
        else:
            status, told, more = 405, {"status": "method not allowed"}, {"Allow": "GET, HEAD"}
        if status == 503:
            more = {"Retry-After": RETRY_SECONDS}
        await respond(send, status, orjson.dumps(told), more)

    return probe


async def _livez() -> tuple[int, dict[str, Any]]:
    """The process runs; says nothing of the database."""
    return 200, {"status": "alive"}


async def _readyz(api: Api) -> tuple[int, dict[str, Any]]:
    """Whether questions can be answered now, and what an administrator should look at."""
    edition = api.editions.current
    told: dict[str, Any] = {
        "types": edition.types,
        "warnings": [each for each in (api.editions.warning, api.policies.warning) if each],
    }
    try:
        async with within(PROBE_SECONDS):
            head = await api.graph.head()
    except FitsmError as error:
        why = {"code": error.code, "remedy": error.problem.remedy}
        return 503, {"status": "not ready", **why, **told}
    return 200, {"status": "ready", "seq": head.seq, **told}


async def _lifespan(receive: Receive, send: Send) -> None:
    """Start and stop have nothing to do: the product is opened and closed around the server."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _nothing_there(_scope: Scope, _receive: Receive, send: Send) -> None:
    missing = NotFound("there is nothing at this address", remedy="POST /graphql")
    await respond(send, 404, orjson.dumps({"errors": told_of_caught(missing)}), {})
