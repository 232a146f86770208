"""`/export`: a GraphQL request that is answered with a file.

Parameters in the address say how: `format`, `rows`, `lists=json`, `trailer=true`, `still=true`,
`name`. What is asked is in the body, as at `/graphql`, for addresses are kept in logs; a registered
document may be asked for by its digest in the address, by GET.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from urllib.parse import parse_qsl

import orjson
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from fitsm_graph.api.api import Api, status_of
from fitsm_graph.api.asked import Asked, read_address, read_asked, read_body
from fitsm_graph.api.export.exporter import Export, Exporter, Failed, Wanted
from fitsm_graph.api.export.forms import form_accepted, form_named
from fitsm_graph.api.failures import Caught, told_of_caught
from fitsm_graph.kernel.errors import BadInput, Unavailable
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.principal import Principal

AT_ONCE = 4
"""Exports of one process at the same time; more are asked to come again."""
STALLED_SECONDS = 60.0
"""How long a client may take nothing before its export is given up."""
Entrant = Callable[[Scope, Headers], Awaitable[Principal]]
Respond = Callable[..., Awaitable[None]]
_KNOWN = ("format", "rows", "lists", "trailer", "still", "name")
_ASKED = ("documentId", "variables", "operationName", "extensions", "query")
_NAME = re.compile(r"[\w][\w .-]{0,80}")


@dataclass(frozen=True, slots=True)
class Edge:
    """What the endpoint shares with that of GraphQL.

    Attributes:
        check_method: Refuses other methods of HTTP.
        entrant: Knows who asks.
        respond: Sends a body with the headers of every answer.
        safe: These headers.
    """

    check_method: Callable[..., None]
    entrant: Entrant
    respond: Respond
    safe: tuple[tuple[bytes, bytes], ...]


class ExportEndpoint:
    """Answers with files.

    Args:
        api: Answers.
        edge: What is the same as for GraphQL.
    """

    def __init__(self, api: Api, edge: Edge) -> None:
        self._api = api
        self._edge = edge
        self._exporter = Exporter(api)
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request: a file, or an error as GraphQL tells it."""
        sending = _Sending(scope, receive, send, self._edge)
        with Caught() as caught:
            headers = Headers(scope=scope)
            self._edge.check_method(scope, "GET", "POST")
            wanted, name = _wanted(scope, headers)
            principal = await self._edge.entrant(scope, headers)
            asked = await self._asked(scope, receive, headers)
            self._take_place()
            try:
                export = await self._exporter.export(asked, principal, wanted)
                await sending.file(export, name or export.name)
            finally:
                self._running -= 1
        if caught.error is not None:
            await sending.failed(caught.error)

    async def _asked(self, scope: Scope, receive: Receive, headers: Headers) -> Asked:
        """What is asked: in the body, or a registered document by its digest in the address."""
        if scope["method"] == "GET":
            return read_address(scope["query_string"], headers, self._api.limits)
        body = await read_body(receive, headers, self._api.limits)
        return read_asked(body, headers, self._api.limits)

    def _take_place(self) -> None:
        if self._running >= AT_ONCE:
            raise Unavailable(
                "too many exports are running",
                code="EXPORT_BUSY",
                why=f"{AT_ONCE} at the same time",
                remedy="ask again in a moment",
            )
        self._running += 1


class _Sending:
    """One answer on its way."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, edge: Edge) -> None:
        self._headers = Headers(scope=scope)
        self._receive = receive
        self._send = send
        self._edge = edge
        self._begun = False

    async def file(self, export: Export, name: str) -> None:
        """Send the file, chunk by chunk, as fast as it is taken.

        Raises:
            FitsmError: It could not be finished; what was sent ends with an error, or not at all.
        """
        tag = f'"{export.tag}"' if export.tag else ""
        if tag and tag in self._headers.get("if-none-match", ""):
            await self._start(304, export, tag, name)
            await self._send({"type": "http.response.body", "body": b""})
            return
        gone = asyncio.ensure_future(_disconnected(self._receive))
        try:
            async with aclosing(export.chunks) as chunks:  # type: ignore[type-var]  # generators
                async for chunk in chunks:
                    if gone.done():
                        return
                    if chunk:
                        await self._chunk(chunk, export, tag, name)
            await self._start(200, export, tag, name)
            await self._send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()

    async def _chunk(self, chunk: bytes, export: Export, tag: str, name: str) -> None:
        await self._start(200, export, tag, name)
        async with asyncio.timeout(STALLED_SECONDS):
            await self._send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def _start(self, status: int, export: Export, tag: str, name: str) -> None:
        """Send status and headers, once."""
        if self._begun:
            return
        self._begun = True
        file = f"{name}.{export.form.suffix}"
        more = {
            "content-type": export.form.media,
            "content-disposition": f'attachment; filename="{file}"',
            "fitsm-seq": str(export.begun),
            **({} if export.total is None else {"fitsm-total": str(export.total)}),
            **({"etag": tag, "cache-control": "private, no-cache"} if tag else {}),
            "vary": "authorization, accept",
        }
        given = [(name.encode(), value.encode()) for name, value in more.items()]
        safe = [each for each in self._edge.safe if each[0].decode() not in more]
        await self._send(
            {"type": "http.response.start", "status": status, "headers": [*given, *safe]}
        )

    async def failed(self, error: Exception) -> None:
        """Say what went wrong; where a part was sent already, cut the connection.

        Raises:
            RuntimeError: To have it cut, which clients see.
        """
        if self._begun:
            raise RuntimeError("an export could not be finished") from error
        errors = error.answer.errors if isinstance(error, Failed) else told_of_caught(error)
        status = _status(error)
        more = {"Retry-After": str(getattr(error, "seconds", 2))} if status in {429, 503} else {}
        if status == 401:
            more = {"WWW-Authenticate": "Bearer"}
        await self._edge.respond(self._send, status, orjson.dumps({"errors": errors}), more)


def _status(error: Exception) -> int:
    """HTTP status of an export that was refused."""
    if isinstance(error, Failed):
        code = error.problem.code
        named = {"FORBIDDEN": 403, "NOT_FOUND": 404, "INTERNAL": 500, "BROKEN": 500}
        return 503 if error.answer.away else named.get(code, 400)
    return status_of(error)


async def _disconnected(receive: Receive) -> None:
    """Wait until the client has gone away."""
    while (await receive())["type"] != "http.disconnect":
        continue


def _wanted(scope: Scope, headers: Headers) -> tuple[Wanted, str]:
    """What the address says about the file.

    Raises:
        BadInput: EXPORT_FORMAT or EXPORT_OPTION.
    """
    given = dict(
        parse_qsl(scope["query_string"].decode("ascii", "replace"), keep_blank_values=True)
    )
    asked = _ASKED if scope["method"] == "GET" else ()
    for name in given:
        if name not in (*_KNOWN, *asked):
            raise _option(name, "it is not known", did_you_mean(name, _KNOWN))
    named = given.get("format")
    form = form_named(named) if named else form_accepted(headers.get("accept", ""))
    wanted = Wanted(
        form,
        lists_as_json=_choice(given, "lists", {"refuse": False, "json": True}, default=False),
        rows=_rows(given),
        trailer=_choice(given, "trailer", _YES_NO, default=False),
        still=_choice(given, "still", _YES_NO, default=False),
    )
    name = given.get("name", "")
    if name and not _NAME.fullmatch(name):
        raise _option("name", "letters, digits, blanks, dots and dashes", "name=servers")
    return wanted, name


_YES_NO = {"true": True, "false": False}


def _choice(given: dict[str, str], name: str, values: dict[str, bool], *, default: bool) -> bool:
    if name not in given:
        return default
    if given[name] not in values:
        raise _option(name, f"it is {' or '.join(values)}", f"{name}={next(iter(values))}")
    return values[given[name]]


def _rows(given: dict[str, str]) -> int | None:
    text = given.get("rows")
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 12 or int(text) == 0:
        raise _option("rows", "it is a number from 1", "rows=1000")
    return int(text)


def _option(name: str, why: str, remedy: str) -> BadInput:
    return BadInput(
        f"'{name[:40]}' cannot be taken as it is",
        code="EXPORT_OPTION",
        why=why,
        remedy=remedy,
        path=(name[:40],),
    )
