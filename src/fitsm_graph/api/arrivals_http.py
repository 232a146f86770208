"""Events of other systems and messages of people over HTTP (PR9.1, PR12.1).

    POST /events/<name>     CloudEvents 1.0: binary, structured, or a batch
    POST /messages/<name>   an e-mail as JSON

The name is that of a mapping; a token may be made for ``events/<name>`` alone, or for
``messages/<name>``. Each event is a verb
of its own: what is wrong with one keeps no other out. The answer is 200 where all were taken in or
nothing is to become of them, 422 where something is wrong with one and will not pass, 429 and 503
where all of it is to be sent again later: what was taken in is known then.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import orjson
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from fitsm_graph.api.api import Api, check_answered, status_of, within
from fitsm_graph.api.asked import Asked, HttpRefusal, read_body
from fitsm_graph.api.failures import Caught, told_of_caught
from fitsm_graph.api.headers import entrant, plain, respond, retry
from fitsm_graph.flow.incoming import LONGEST_NAME, event_of
from fitsm_graph.flow.incoming_rules import EVENTS, MESSAGES
from fitsm_graph.graph.tx import check_source
from fitsm_graph.handover.arrivals import NOTHING, way_in
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.model.principal import Principal
from fitsm_graph.sms.rights import require

EVENTS_PREFIX, MESSAGES_PREFIX = "/events/", "/messages/"
MOST_EVENTS = 500
STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
_CE = "ce-"
_PLAIN = "application/json"
Read = Callable[[bytes, Headers], Sequence[Mapping[str, Any]]]


class ArrivalEdge:
    """What other systems send.

    Args:
        api: Answers documents.
        document: The one of the verb that takes in one of them.
        kind: ``event`` or ``message``: its name among the input's.
    """

    def __init__(self, api: Api, document: str, kind: str) -> None:
        self._api = api
        self._document = document
        self._kind = kind
        self._mapping, self._prefix, self._read = _WAYS[kind]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever it is."""
        status, body = 200, b""
        with Caught() as caught:
            status, told = await self._answer(scope, receive)
            body = orjson.dumps(told)
        error = caught.error
        if error is not None:
            status, body = status_of(error), orjson.dumps({"errors": told_of_caught(error)})
        more = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
        more |= retry(status, error)
        await respond(send, status, body, more)

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, dict[str, Any]]:
        headers = Headers(scope=scope)
        principal = await entrant(self._api, scope, headers)
        if scope["method"] != "POST":
            raise HttpRefusal(
                405,
                f"{scope['method'][:20]} is not offered here",
                code="METHOD_NOT_ALLOWED",
                why=f"{self._kind}s are posted",
                remedy=f"POST {self._prefix}<name of a mapping>",
            )
        name = unquote(scope["path"].removeprefix(self._prefix))
        async with within(self._api.limits.seconds):
            await self._api.policies.at((await self._api.freshness.seen()).policies)
        require(principal, f"arrival.take_{self._kind}", self._api.rights())
        check_source(principal.sources, way_in(self._kind, name))
        if self._api.policies.current.find(self._mapping, name) is None:
            remedy = f"POST {self._prefix}<name of a {self._mapping} that is in force>"
            raise NotFound(f"there is no way in '{name[:60]}'", remedy=remedy)
        given = self._read(await read_body(receive, headers, self._api.limits), headers)
        taken = [await self._take(principal, name, each) for each in given]
        bad = any(not each["ok"] for each in taken)
        return 422 if bad else 200, {f"{self._kind}s": taken}

    async def _take(
        self, principal: Principal, name: str, given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Take in one, unless nothing is to become of it.

        Raises:
            FitsmError: Nothing can be taken in now.
        """
        named = {name: given.get(name) for name in _NAMED[self._kind]}
        said = {
            name: value[:LONGEST_NAME]
            for name, value in named.items()
            if isinstance(value, str) and value
        }
        if self._kind == "event" and self._is_nothing(name, given):
            return _told(said)
        variables = {"input": {"source": name, self._kind: given}, "dryRun": False, "key": ""}
        answer = await self._api.answer(Asked(self._document, variables), principal, "arrival")
        check_answered(answer)
        payload = (answer.data or {}).get(f"take{self._kind.capitalize()}") or {}
        errors = plain(payload.get("errors") or answer.errors)
        if any(each.get("code") == NOTHING for each in errors):
            return _told(said)
        return _told(said, payload.get("arrival"), errors)

    def _is_nothing(self, name: str, given: Mapping[str, Any]) -> bool:
        """Whether the mapping has no rule for an event: then nothing is asked of the database."""
        try:
            read = event_of(given)
        except BadInput:
            return False  # the verb tells why
        return self._api.policies.current.value(EVENTS, name).of(read) is None


def _told(
    said: Mapping[str, Any],
    arrival: Mapping[str, Any] | None = None,
    errors: Sequence[Any] = (),
) -> dict[str, Any]:
    arrived = arrival or {}
    became = arrived.get("became") or []
    keys = [each["key"] for each in ([became] if isinstance(became, dict) else became)]
    return {
        **said,
        "ok": not errors,
        "outcome": "failed" if errors else arrived.get("outcome") or "nothing",
        "record": next(iter(keys), None),
        "errors": list(errors),
    }


def events_in(body: bytes, headers: Headers) -> Sequence[Mapping[str, Any]]:
    """The events of a request, in whichever mode they come.

    Raises:
        BadInput: INVALID_JSON or INVALID_REQUEST.
    """
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media == BATCH:
        given = _json(body)
        if isinstance(given, list) and len(given) <= MOST_EVENTS:
            return [_object(each) for each in given]
        raise _not_read(f"a batch is a list of {MOST_EVENTS} events at most")
    if media == STRUCTURED:
        return [_object(_json(body))]
    found: dict[str, Any] = {
        name[len(_CE) :].lower(): unquote(value)
        for name, value in headers.items()
        if name.lower().startswith(_CE)
    }
    if not found:
        raise _not_read("it has no header such as ce-type, and is not of a type of CloudEvents")
    if body:
        is_json = media == _PLAIN or media.endswith("+json")
        found["data"] = _json(body) if is_json else body.decode(errors="replace")
    return [found]


def messages_in(body: bytes, _headers: Headers) -> Sequence[Mapping[str, Any]]:
    """The message of a request.

    Raises:
        BadInput: INVALID_JSON or INVALID_REQUEST.
    """
    return [_object(_json(body))]


def _object(given: object) -> Mapping[str, Any]:
    if isinstance(given, dict):
        return given
    raise _not_read("each of them is an object")


def _json(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadInput(
            "the body is not JSON",
            code="INVALID_JSON",
            why=f"line {error.lineno}, column {error.colno}",
            remedy="send JSON",
        ) from error


def _not_read(why: str) -> BadInput:
    return BadInput(
        "the body cannot be read",
        code="INVALID_REQUEST",
        why=why,
        remedy=f"send a CloudEvent as {STRUCTURED}, several as {BATCH}, or a message as JSON",
    )


_WAYS: Mapping[str, tuple[str, str, Read]] = {
    "event": (EVENTS, EVENTS_PREFIX, events_in),
    "message": (MESSAGES, MESSAGES_PREFIX, messages_in),
}
_NAMED = {"event": ("source", "id"), "message": ("message-id",)}
"""By what an answer says which one it is about."""
