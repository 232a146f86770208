"""A subscription as a client follows it: server-sent events, from where the last one ended.

Every event and every sign of life carries the place that the stream has come to. After a lost
connection the document is asked again with that place as its `since`, so that nothing is lost and
nothing comes twice, whatever server answers then.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import orjson

from fitsm_graph.client import failures
from fitsm_graph.client.address import Address
from fitsm_graph.client.answers import Answer
from fitsm_graph.client.calls import NOISE, Call, answer_of, call_of
from fitsm_graph.client.told import error_of
from fitsm_graph.kernel.errors import FitsmError, Unavailable

EVENT_STREAM = "text/event-stream"
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 10.0
LONGEST_AWAY = 120.0
"""Seconds of waiting without a sign of life after which a server is given up."""
_SINCE = re.compile(r"\bsince\s*:\s*\$(\w+)")


class Following:
    """One subscription over all its connections.

    Args:
        document: The subscription; `since: $since` lets it go on after a lost connection.
        variables: Of the document.
        operation: Which of its operations is meant.

    Attributes:
        ended: Whether the server has said that no more comes.
    """

    def __init__(
        self, document: str, variables: Mapping[str, Any] | None, operation: str = ""
    ) -> None:
        found = _SINCE.search(NOISE.sub(" ", document))
        self._document = document
        self._variables = dict(variables or {})
        self._operation = operation
        self._since = found.group(1) if found else ""
        self._place = ""
        self._left = b""
        self._event: dict[bytes, bytes] = {}
        self._waited = 0.0
        self._pause = FIRST_PAUSE
        self.ended = False

    def call(self) -> Call:
        """What is to be sent now."""
        self._left, self._event = b"", {}
        given = {self._since: self._place} if self._since and self._place else {}
        return call_of(self._document, {**self._variables, **given}, self._operation)

    def check(self, response: httpx.Response, place: Address) -> None:
        """Refuse what is no stream; its body has been read.

        Raises:
            FitsmError: What the server refused.
        """
        told = failures.checked(response, place)
        raise error_of(told, ours=False) or Unavailable(
            "the server answers without a stream",
            code="NOT_GRAPHQL",
            why="the document is no subscription, or something in between has answered",
            remedy="send a subscription; ask questions by query()",
        )

    def taken(self, data: bytes) -> Iterator[Answer]:
        """The events that are whole with what has come.

        Raises:
            FitsmError: The stream ends with an error.
        """
        *lines, self._left = (self._left + data).split(b"\n")
        for line in lines:
            name, _, value = line.rstrip(b"\r").partition(b":")
            if name:
                self._event[name] = value.removeprefix(b" ")
            elif not line.rstrip(b"\r"):
                yield from self._whole()

    def _whole(self) -> Iterator[Answer]:
        event, self._event = self._event, {}
        self._waited, self._pause = 0.0, FIRST_PAUSE
        if event.get(b"event") == b"complete":
            self.ended = True
        elif b"data" in event:
            yield answer_of(orjson.loads(event[b"data"]))
        # a place is passed when whoever follows has taken the event and comes for the next
        self._place = event.get(b"id", b"").decode() or self._place

    def again(self, failure: FitsmError) -> float:
        """Seconds to wait before the next connection.

        Raises:
            FitsmError: There is no place to go on from, or the server was away for too long.
        """
        if not (self._since and self._place) or self._waited >= LONGEST_AWAY:
            raise failure
        pause, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE)
        self._waited += pause
        return pause


def cut_off(place: Address) -> FitsmError:
    """A stream that ended without its end."""
    return Unavailable(
        f"the stream of {place.base} was cut off",
        code="ANSWER_LOST",
        why="the server has stopped, or something in between",
        remedy="subscribe again; with `since: $since` in the document it goes on by itself",
    )


def is_stream(response: httpx.Response) -> bool:
    """Whether a server has begun to tell events."""
    kind = response.headers.get("content-type", "").partition(";")[0]
    return response.status_code == 200 and kind == EVENT_STREAM
