"""The schedule of changes at an address that calendars fetch (PR12.6).

    GET /calendar/fsc_….ics

Calendars bring no token in a header, so that the address itself holds the secret. Whatever is wrong
with it, the answer is the same: there is nothing here.
"""

import hmac
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from fitsm_graph.api.api import Api, status_of, within
from fitsm_graph.api.caching import has_tag
from fitsm_graph.api.failures import Caught, told_of_caught
from fitsm_graph.api.headers import respond
from fitsm_graph.api.http import check_method
from fitsm_graph.chm import feed_text
from fitsm_graph.chm.assessing import WINDOW
from fitsm_graph.chm.feeds import MARK
from fitsm_graph.flow.agreements import agreements_for
from fitsm_graph.flow.policies import Policies
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.errors import NotFound
from fitsm_graph.sms.accounts import HINT_LENGTH, digest_token

PREFIX = "/calendar/"
MEDIA = "text/calendar"
KEPT = "private, max-age=300"
"""Five minutes: calendars ask seldom, and those who open one twice need no second answer."""
_LENGTH = len(MARK) + 43


class CalendarEdge:
    """Feeds of the schedule of changes.

    Args:
        api: Knows the graph.
        pepper: Key of digests of secrets.
    """

    def __init__(self, api: Api, pepper: bytes) -> None:
        self._api = api
        self._pepper = pepper

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one request, whatever it is."""
        body, headers = b"", Headers(scope=scope)
        with Caught() as caught:
            check_method(scope, "GET", "HEAD")
            secret = scope["path"].removeprefix(PREFIX).removesuffix(".ics")
            body = await self._feed(secret)
        if caught.error is not None:
            told = {"errors": told_of_caught(caught.error)}
            allow = {"Allow": "GET, HEAD"} if status_of(caught.error) == 405 else {}
            await respond(send, status_of(caught.error), orjson.dumps(told), allow)
            return
        tag = feed_text.tag_of(body)
        more = {"ETag": tag, "Cache-Control": KEPT}
        status = 304 if has_tag(headers, tag) else 200
        shown = body if status == 200 and scope["method"] == "GET" else b""
        await respond(send, status, shown, more, MEDIA)

    async def _feed(self, secret: str) -> bytes:
        """The feed of a secret.

        Raises:
            NotFound: Nothing is at this address, or nothing any more.
        """
        if len(secret) != _LENGTH or not secret.startswith(MARK):
            raise _nothing_there()
        graph = self._api.graph
        now = graph.clock.now()
        hint, since = secret[:HINT_LENGTH], to_text(feed_text.since(now))
        async with within(self._api.limits.seconds):
            feed = self._fitting(secret, await graph.rows("chm.feed_by_hint", hint=hint))
            shown = {"of": feed["of"], "place": feed["place"], "since": since}
            shown["at"] = to_text(now)
            rows = await graph.rows("chm.schedule", **shown)
            policies = await self._api.in_force()
        zone = _zone(policies, rows[0]["service"])
        windows = [each for each in policies if each.kind == WINDOW]
        return feed_text.calendar_of(feed["name"], rows[0]["work"], zone, windows)

    def _fitting(self, secret: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """The feed that a secret is of: whoever has none costs one seek, and not the schedule."""
        kept = rows[0]["secret"] if rows else None
        known = kept or digest_token(self._pepper, "")
        fits = hmac.compare_digest(known, digest_token(self._pepper, secret))
        if not fits or not rows or rows[0]["feed"].get("revoked"):
            raise _nothing_there()
        feed: dict[str, Any] = rows[0]["feed"]
        return feed


def _nothing_there() -> NotFound:
    return NotFound(
        "there is no calendar at this address",
        why="it was never given out, or it was revoked",
        remedy="`fitsm-graph calendar create` makes one",
    )


def _zone(policies: Policies, service: str | None) -> str:
    """The zone of a service's calendar, where one agreement says; else UTC."""
    if service is None:
        return feed_text.UTC
    agreed = agreements_for(policies, [service])
    zones = {each.calendar.zone for each in agreed}
    return zones.pop() if len(zones) == 1 else feed_text.UTC
