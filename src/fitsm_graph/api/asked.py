"""A request over HTTP, read with all its limits, as what it asks."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from starlette.datastructures import Headers, QueryParams
from starlette.types import Receive

from fitsm_graph.api.limits import Limits
from fitsm_graph.api.pipeline import too_deep
from fitsm_graph.kernel.errors import BadInput, FitsmError
from fitsm_graph.sms.documents import read_digest

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"
AT_LEAST_HEADER = "fitsm-at-least"


class HttpRefusal(FitsmError):
    """A request that is refused by a status of HTTP of its own."""

    def __init__(self, status: int, message: str, **more: str) -> None:
        super().__init__(message, **more)
        self.status = status


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks.

    Attributes:
        document: Its text; empty where it is asked for by its digest alone.
        at_least: Ledger entry that the answer has to show.
        digest: SHA-256 of the document, where the client sent it.
        by_address: Asked by GET: a registered document that only reads.
        checked: It is made here, of a document that may be asked.
    """

    document: str
    variables: dict[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    at_least: int | None = None
    digest: str | None = None
    by_address: bool = False
    checked: bool = False


async def read_body(receive: Receive, headers: Headers, limits: Limits) -> bytes:
    """Read a body; what is too large is refused while it arrives, announced or not.

    Raises:
        HttpRefusal: BODY_TOO_LARGE, BODY_TOO_SLOW, BODY_CUT_OFF or UNSUPPORTED_ENCODING.
    """
    if headers.get("content-encoding", "identity").casefold() != "identity":
        raise HttpRefusal(
            415,
            "the body is compressed",
            code="UNSUPPORTED_ENCODING",
            why="what it unpacks to cannot be known before",
            remedy="send it as it is",
        )
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:18]) > limits.body:
        raise _too_large(f"{int(announced[:18]):,} bytes are announced", limits)
    try:
        async with asyncio.timeout(limits.body_seconds):
            return await _received(receive, limits)
    except TimeoutError as error:
        raise HttpRefusal(
            408,
            "the body does not arrive",
            code="BODY_TOO_SLOW",
            why=f"{limits.body_seconds:g} seconds at most",
            remedy="send the request again",
        ) from error


async def _received(receive: Receive, limits: Limits) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HttpRefusal(
                400,
                "the body ends too soon",
                code="BODY_CUT_OFF",
                why="the connection was closed",
                remedy="send it again",
            )
        body += message.get("body", b"")
        if len(body) > limits.body:
            raise _too_large(f"more than {limits.body:,} bytes have arrived", limits)
        if not message.get("more_body", False):
            return bytes(body)


def _too_large(found: str, limits: Limits) -> HttpRefusal:
    return HttpRefusal(
        413,
        "the request is too large",
        code="BODY_TOO_LARGE",
        why=f"{found}; {limits.body:,} bytes at most",
        remedy="send less at once; large data goes in by sync",
    )


def read_asked(body: bytes, headers: Headers, limits: Limits) -> Asked:
    """Read what a body asks.

    Raises:
        HttpRefusal: UNSUPPORTED_MEDIA_TYPE.
        BadInput: INVALID_JSON, BATCH_UNSUPPORTED, INVALID_REQUEST, QUERY_MISSING,
            INVALID_DOCUMENT_ID, VARIABLES_TOO_DEEP or INVALID_AT_LEAST.
    """
    check_content_type(headers)
    given = json_in(body)
    if isinstance(given, list):
        raise BadInput(
            "a batch of requests is not taken",
            code="BATCH_UNSUPPORTED",
            why="limits hold for one operation",
            remedy="send them one by one, or ask for several root fields in one operation",
        )
    if not isinstance(given, dict):
        raise _invalid("the request", "an object", given, ())
    return asked_in(given, limits, headers.get(AT_LEAST_HEADER))


def read_address(query_string: bytes, headers: Headers, limits: Limits) -> Asked:
    """Read what an address asks: a registered document with its variables.

    Raises:
        BadInput: As `read_asked` does.
    """
    parameters = QueryParams(query_string)
    given: dict[str, Any] = {name: parameters[name] for name in _TEXTS if parameters.get(name)}
    for name in ("variables", "extensions"):
        if parameters.get(name):
            given[name] = json_in(parameters[name].encode(), f"'{name}'", path=(name,))
    return replace(asked_in(given, limits, headers.get(AT_LEAST_HEADER)), by_address=True)


_REMEDY = 'send {"query": "…", "variables": {…}} in UTF-8'
_TEXTS = ("query", "documentId", "operationName")


def json_in(
    text: bytes, what: str = "the body", *, remedy: str = _REMEDY, path: tuple[str, ...] = ()
) -> Any:
    """What a text of JSON says.

    Raises:
        BadInput: INVALID_JSON.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadInput(
            f"{what} is not JSON",
            code="INVALID_JSON",
            why=f"line {error.lineno}, column {error.colno}",
            remedy=remedy,
            path=path,
        ) from error


def asked_in(given: Mapping[str, Any], limits: Limits, header: str | None = None) -> Asked:
    """What an object asks, with the entry that a header of HTTP names.

    Raises:
        BadInput: INVALID_REQUEST, QUERY_MISSING, VARIABLES_TOO_DEEP or INVALID_AT_LEAST.
    """
    extensions = _member(given, "extensions", dict, "an object") or {}
    digest = _digest(given, extensions)
    document = given.get("query")
    if not isinstance(document, str) or not document.strip():
        if digest is None or document is not None:
            raise BadInput(
                "there is no query",
                code="QUERY_MISSING",
                why="'query' holds the document as text, or 'documentId' names a registered one",
                remedy='send {"query": "{ ledgerHead }"}',
                path=("query",),
            )
        document = ""
    variables = _member(given, "variables", dict, "an object") or {}
    name = _member(given, "operationName", str, "text")
    if too_deep(variables, limits.variables_depth):
        raise BadInput(
            "the variables are nested too deeply",
            code="VARIABLES_TOO_DEEP",
            why=f"{limits.variables_depth} lists and objects within one another at most",
            remedy="send flat values",
            path=("variables",),
        )
    wanted = [_entry(extensions.get("atLeast")), _entry(_number(header))]
    entries = [each for each in wanted if each is not None]
    return Asked(document, variables, name or None, max(entries, default=None), digest)


def _digest(given: Mapping[str, Any], extensions: Mapping[str, Any]) -> str | None:
    """The digest of the document, as `documentId` or in the way of Apollo's clients."""
    persisted = _member(extensions, "persistedQuery", dict, "an object") or {}
    for place, name in ((given, "documentId"), (persisted, "sha256Hash")):
        digest = _member(place, name, str, "text")
        if digest is not None:
            return read_digest(digest)
    return None


def _member(given: Mapping[str, Any], name: str, kind: type[Any], words: str) -> Any:
    value = given.get(name)
    if value is not None and not isinstance(value, kind):
        raise _invalid(f"'{name}'", words, value, (name,))
    return value


def _invalid(what: str, words: str, value: object, path: tuple[str, ...]) -> BadInput:
    return BadInput(
        f"{what} is not {words}",
        code="INVALID_REQUEST",
        why=f"it is {_KINDS.get(type(value), 'something else')}",
        remedy='send {"query": "…", "variables": {…}, "operationName": "…"}',
        path=path,
    )


_KINDS = {
    str: "text",
    int: "a number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


def _number(header: str | None) -> object:
    return int(header) if header is not None and header.isdecimal() and len(header) < 19 else header


def _entry(value: object) -> int | None:
    if value is None:
        return None
    if type(value) is not int or value < 0:
        raise BadInput(
            "'atLeast' is no ledger entry",
            code="INVALID_AT_LEAST",
            why="entries are numbered from 1",
            remedy="send the `seq` that a mutation returned",
            path=("extensions", "atLeast"),
        )
    return value


def check_content_type(headers: Headers) -> None:
    """Refuse what is not JSON.

    Raises:
        HttpRefusal: UNSUPPORTED_MEDIA_TYPE.
    """
    kind, _, more = headers.get("content-type", "").partition(";")
    charset = more.strip().casefold().removeprefix("charset=").strip('"')
    if kind.strip().casefold() != JSON or charset not in {"", "utf-8"}:
        raise HttpRefusal(
            415,
            "the body is of another media type",
            code="UNSUPPORTED_MEDIA_TYPE",
            why="forms and text could be sent by any page of another site",
            remedy=f"send Content-Type: {JSON}",
        )


def wanted_type(headers: Headers) -> str:
    """The media type to answer with: what the client names first of those that there are.

    Raises:
        HttpRefusal: NOT_ACCEPTABLE.
    """
    accept = headers.get("accept", "*/*")
    for each in accept.split(","):
        kind = each.partition(";")[0].strip().casefold()
        if kind in {GRAPHQL_JSON, EVENT_STREAM}:
            return kind
        if kind in {JSON, "*/*", "application/*"}:
            return JSON
    raise HttpRefusal(
        406,
        "no media type that you accept is offered",
        code="NOT_ACCEPTABLE",
        why=f"answers are {GRAPHQL_JSON}, {JSON} or {EVENT_STREAM}",
        remedy=f"send Accept: {GRAPHQL_JSON}",
    )
