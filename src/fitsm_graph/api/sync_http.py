"""Sync over HTTP: runs in numbered chunks, a stream or a file in one request (PR11.3).

    POST /sync/v1/{source}/{scope}/runs                       begin
    POST /sync/v1/{source}/{scope}/runs/{n}/chunks/{k}        NDJSON in, a result for each row out
                                                              (?first= number of its first line)
    POST /sync/v1/{source}/{scope}/runs/{n}/end|abort|resume
    GET  /sync/v1/{source}/{scope}/runs[/{n}]                 what is going on
    POST /sync/v1/{source}/{scope}?format=&mode=&plan=…       all of it in one request
    GET  /sync/v1/schema                                      JSON Schema of a record

The fence that `begin` returned goes with every later request as `Fitsm-Fence`.
"""

import hashlib
import io
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from fitsm_graph.api.admission import Throttled, Turns
from fitsm_graph.api.api import Api, status_of, within
from fitsm_graph.api.asked import HttpRefusal, json_in
from fitsm_graph.api.failures import Caught, told_of_caught
from fitsm_graph.api.headers import RETRY_SECONDS, SAFE, entrant, respond
from fitsm_graph.api.sync_asked import begin_asked, end_asked, resume_asked
from fitsm_graph.api.sync_body import SyncLimits, whole_body
from fitsm_graph.api.sync_once import Once, Readers
from fitsm_graph.api.sync_rights import may_look, who_of
from fitsm_graph.api.withheld import withheld_from
from fitsm_graph.confm.sync_sessions import Who, run_named
from fitsm_graph.confm.sync_told import result_lines
from fitsm_graph.confm.sync_views import one_run, some_runs
from fitsm_graph.kernel.errors import BadInput, FitsmError, NotFound
from fitsm_graph.model.principal import Principal
from fitsm_graph.sms.rights import require

PREFIX = "/sync/v1/"
NDJSON = "application/x-ndjson"
FENCE = "fitsm-fence"
REQUEST_COST = 1_000
"""Values of the budget that a request of sync costs."""
Told = dict[str, Any]


@dataclass(slots=True)
class Call:
    """One request.

    Attributes:
        place: Steps of the path after the prefix.
        query: Parameters of the address.
    """

    method: str
    place: list[str]
    query: dict[str, str]
    headers: Headers
    receive: Receive
    principal: Principal
    who: Who

    @property
    def fence(self) -> str:
        """The fence that came along."""
        return self.headers.get(FENCE, "")

    @property
    def run(self) -> str:
        """Key of the run that the path names."""
        return "/".join((*self.place[:2], self.place[3]))


class SyncEdge:
    """Sync over HTTP.

    A principal's requests of sync take turns of their own, beside those of its questions: a source
    that streams for minutes must not keep its owner from asking. Each pays a little of the same
    budget before it is looked at; what a stream brings is bounded by its limits.

    Args:
        api: Knows tokens, types and the sessions of runs.
        readers: Read what is sent.
        limits: For requests.
    """

    def __init__(self, api: Api, readers: Readers, limits: SyncLimits | None = None) -> None:
        self._api = api
        self._readers = readers
        self._limits = limits or SyncLimits()
        asked = api.limits
        self._turns = Turns(asked.at_once, asked.waiting, asked.waiting_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever it is."""
        answering = _Answering(send)
        with Caught() as caught:
            call = await self._call(scope, receive)
            async with self._turns.turn(call.principal.login):
                self._api.admission.spend(call.principal, REQUEST_COST)
                await self._route(call, answering)
        if caught.error is not None:
            await answering.failed(caught.error)

    async def _call(self, scope: Scope, receive: Receive) -> Call:
        headers = Headers(scope=scope)
        principal = await entrant(self._api, scope, headers)
        async with within(self._api.limits.seconds):
            seen = await self._api.freshness.seen()
            edition = await self._api.editions.at(seen.types)
            await self._api.policies.at(seen.policies)
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        place = scope["path"].removeprefix(PREFIX).split("/")
        who = who_of(principal, edition.registry)
        return Call(scope["method"], place, query, headers, receive, principal, who)

    async def _route(self, call: Call, answering: "_Answering") -> None:
        match (call.method, call.place):
            case ("GET", ["schema"]):
                await answering.json(200, self._readers.schema())
            case ("GET", [_, _, "runs", *rest]) if len(rest) < 2:
                await answering.json(200, await self._look(call, rest))
            case ("POST", [_, _, "runs", *rest]) if len(rest) in {0, 2, 3}:
                require(call.principal, "sync.elements", self._api.rights())
                await self._act(call, rest, answering)
            case ("POST", [source, part]) if source and part:
                require(call.principal, "sync.elements", self._api.rights())
                withheld = withheld_from(call.principal, call.who.registry, self._api.rights())
                once = Once(self._api, self._readers, self._limits, call.who, withheld)
                lines = once.lines(call.receive, call.headers, (source, part), call.query)
                await answering.lines(lines)
            case _:
                raise _nothing_there(call.method)

    async def _look(self, call: Call, rest: list[str]) -> Told:
        sources = may_look(call.principal, self._api.rights())
        place = "/".join(call.place[:2])
        if rest:
            return await one_run(self._api.graph, f"{place}/{rest[0]}", sources)
        return await some_runs(self._api.graph, place, sources)

    async def _act(self, call: Call, rest: list[str], answering: "_Answering") -> None:
        sync = self._api.sync
        match rest:
            case []:
                mode, types, parts, fence = begin_asked(await self._options(call))
                source, scope, *_ = call.place
                begun = await sync.begin(
                    call.who, source, scope, mode, types=types, parts=parts, fence=fence
                )
                await answering.json(201, begun)
            case [_, "chunks", number]:
                await answering.lines(self._chunk(call, _number(number, "chunk")))
            case [_, "end"]:
                ending, failed, chunks = end_asked(await self._options(call))
                told = await sync.end(
                    call.who, call.run, call.fence, ending, failed=failed, chunks=chunks
                )
                await answering.json(200, told)
            case [_, "abort"]:
                await answering.json(200, await sync.abort(call.who, call.run, call.fence))
            case [_, "resume"]:
                mode = resume_asked(await self._options(call))
                await answering.json(200, await sync.resume(call.who, call.run, mode))
            case _:
                raise _nothing_there(call.method)

    async def _chunk(self, call: Call, number: int) -> AsyncIterator[Told]:
        """Take in a chunk: a line for each row that is told of, and the acknowledgement."""
        run_named(call.run)
        body = await whole_body(call.receive, call.headers, self._limits.chunk, self._limits)
        digest = hashlib.blake2b(body, digest_size=16).hexdigest()
        first = _number(call.query.get("first", "1"), "first")
        rows = self._readers.records(io.BytesIO(body), first)
        answer = await self._api.sync.take(call.who, call.run, call.fence, number, digest, rows)
        for line in result_lines(answer):
            yield line
        shown = {name: answer[name] for name in ("chunk", "counts", "replayed")}
        yield {"ack": shown}

    async def _options(self, call: Call) -> Mapping[str, Any]:
        body = await whole_body(call.receive, call.headers, self._limits.options, self._limits)
        if not body.strip():
            return {}
        given = json_in(body, remedy="send an object of options, or nothing")
        if not isinstance(given, dict):
            raise BadInput("the body is no object", code="INVALID_REQUEST", remedy="send {…}")
        return given


class _Answering:
    """An answer as JSON, or line by line; an error that comes late is the last line."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._begun = False

    async def json(self, status: int, body: Told) -> None:
        """Answer at once."""
        await respond(self._send, status, orjson.dumps(body), {})

    async def lines(self, lines: AsyncIterator[Told]) -> None:
        """Answer with lines as they come; the next one is asked for when the last one is sent."""
        waiting = bytearray()
        async for line in lines:
            waiting += orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
            if len(waiting) > _BLOCK or "ack" in line:
                await self._part(bytes(waiting))
                waiting.clear()
        await self._part(bytes(waiting), last=True)

    async def failed(self, error: Exception) -> None:
        """Tell an error: by its status, or as the last line of an answer that has begun."""
        told = {"errors": told_of_caught(error)}
        if self._begun:
            await self._part(orjson.dumps(told) + b"\n", last=True)
            return
        status = status_of(error)
        more = {"Retry-After": RETRY_SECONDS} if status == 503 else {}
        more |= {"Retry-After": str(error.seconds)} if isinstance(error, Throttled) else {}
        more |= {"WWW-Authenticate": "Bearer"} if status == 401 else {}
        await respond(self._send, status, orjson.dumps(told), more)

    async def _part(self, data: bytes, *, last: bool = False) -> None:
        if not self._begun:
            headers = [(b"content-type", NDJSON.encode()), *SAFE]
            await self._send({"type": "http.response.start", "status": 200, "headers": headers})
            self._begun = True
        await self._send({"type": "http.response.body", "body": data, "more_body": not last})


_BLOCK = 64 << 10


def _number(text: str, name: str) -> int:
    if not text.isdecimal() or len(text) > 9 or int(text) < 1:
        raise BadInput(
            f"'{name}' is no number from 1", why="it counts", remedy="count on", path=(name,)
        )
    return int(text)


def _nothing_there(method: str) -> FitsmError:
    if method not in {"GET", "POST"}:
        return HttpRefusal(
            405,
            f"{method[:20]} is not offered here",
            code="METHOD_NOT_ALLOWED",
            why="sync is read with GET and done with POST",
            remedy="see docs/how-to/sync-a-source.md",
        )
    return NotFound(
        "there is nothing at this address",
        remedy="POST /sync/v1/{source}/{scope}/runs begins a run",
    )
