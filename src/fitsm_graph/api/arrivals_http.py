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

from starlette.datastructures import Headers
from starlette.types import Receive

from fitsm_graph.api.api import Api
from fitsm_graph.api.asked import json_in
from fitsm_graph.api.headers import plain
from fitsm_graph.api.posted import PostedEdge
from fitsm_graph.flow.incoming import LONGEST_NAME, event_of
from fitsm_graph.flow.incoming_rules import EVENTS, MESSAGES
from fitsm_graph.handover.arrivals import NOTHING, way_in
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.model.principal import Principal

EVENTS_PREFIX, MESSAGES_PREFIX = "/events/", "/messages/"
MOST_EVENTS = 500
STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
_CE = "ce-"
_PLAIN = "application/json"
_SEND = "send JSON"
Read = Callable[[bytes, Headers], Sequence[Mapping[str, Any]]]


class ArrivalEdge(PostedEdge):
    """What other systems send.

    Args:
        api: Answers documents.
        document: The one of the verb that takes in one of them.
        kind: ``event`` or ``message``: its name among the input's.
    """

    def __init__(self, api: Api, document: str, kind: str) -> None:
        super().__init__(api, document)
        self._kind = kind
        self._mapping, self._prefix, self._read = _WAYS[kind]

    async def _answer(
        self, principal: Principal, path: str, receive: Receive, headers: Headers
    ) -> tuple[int, dict[str, Any]]:
        name = unquote(path.removeprefix(self._prefix))
        await self._check(principal, f"arrival.take_{self._kind}", way_in(self._kind, name))
        if (await self._api.in_force()).find(self._mapping, name) is None:
            remedy = f"POST {self._prefix}<name of a {self._mapping} that is in force>"
            raise NotFound(f"there is no way in '{name[:60]}'", remedy=remedy)
        given = self._read(await self._body(receive, headers), headers)
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
        answer = await self._done(principal, "arrival", {"source": name, self._kind: given})
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
        given = json_in(body, remedy=_SEND)
        if isinstance(given, list) and len(given) <= MOST_EVENTS:
            return [_object(each) for each in given]
        raise _not_read(f"a batch is a list of {MOST_EVENTS} events at most")
    if media == STRUCTURED:
        return [_object(json_in(body, remedy=_SEND))]
    found: dict[str, Any] = {
        name[len(_CE) :].lower(): unquote(value)
        for name, value in headers.items()
        if name.lower().startswith(_CE)
    }
    if not found:
        raise _not_read("it has no header such as ce-type, and is not of a type of CloudEvents")
    if body:
        is_json = media == _PLAIN or media.endswith("+json")
        found["data"] = json_in(body, remedy=_SEND) if is_json else body.decode(errors="replace")
    return [found]


def messages_in(body: bytes, _headers: Headers) -> Sequence[Mapping[str, Any]]:
    """The message of a request.

    Raises:
        BadInput: INVALID_JSON or INVALID_REQUEST.
    """
    return [_object(json_in(body, remedy=_SEND))]


def _object(given: object) -> Mapping[str, Any]:
    if isinstance(given, dict):
        return given
    raise _not_read("each of them is an object")


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
