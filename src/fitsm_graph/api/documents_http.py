"""Documents at addresses of their own: as a page, and as the bytes that their digest is of (GR2.3).

    GET /documents/DCM-000001.html
    GET /documents/DCM-000001.json

With an API token, or with the session of somebody at a page: nothing is changed by it, no other
site may read or frame it, and what is shown may be kept by the client alone.
"""

import re

import orjson
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from fitsm_graph.api.api import Api, status_of, within
from fitsm_graph.api.caching import has_tag
from fitsm_graph.api.credential import (
    NOBODY,
    Credential,
    bearer,
    refuse_token_in_address,
    session_of,
)
from fitsm_graph.api.document_content import Shown, shown_to
from fitsm_graph.api.failures import Caught, told_of_caught
from fitsm_graph.api.headers import respond
from fitsm_graph.api.http import check_method
from fitsm_graph.documents.rendering import page_policy
from fitsm_graph.kernel.errors import NotFound

PREFIX = "/documents/"
MEDIA = {"html": "text/html", "json": "application/json"}
KEPT = "private, no-cache"
VARIES = "Authorization, Cookie"
_NAME = re.compile(r"(?P<ref>[A-Za-z0-9][A-Za-z0-9-]{0,63})\.(?P<form>html|json)")


class DocumentEdge:
    """Documents, one at an address.

    Args:
        api: Knows who asks, and the graph.
    """

    def __init__(self, api: Api) -> None:
        self._api = api

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one request, whatever it is."""
        headers = Headers(scope=scope)
        shown, form = None, ""
        with Caught() as caught:
            check_method(scope, "GET", "HEAD")
            named = _NAME.fullmatch(scope["path"].removeprefix(PREFIX))
            if named is None:
                raise _nothing_there()
            form = named["form"]
            async with within(self._api.limits.seconds):
                shown = await self._shown(headers, scope["query_string"], named["ref"])
                body = shown.html.encode() if form == "html" else shown.said
        if shown is None or caught.error is not None:
            await _refused(send, caught.error or _nothing_there())
            return
        more = _headers(shown, form)
        status = 304 if has_tag(headers, more["ETag"]) else 200
        body = body if status == 200 and scope["method"] == "GET" else b""
        await respond(send, status, body, more, MEDIA[form])

    async def _shown(self, headers: Headers, query: bytes, ref: str) -> Shown:
        api = self._api
        principal = await api.enter(_credential(headers, query))
        async with api.admission.turn(principal):
            seen = await api.freshness.seen()
            edition = await api.editions.at(seen.types)
            await api.policies.at(seen.policies)
            context = api.context(edition, seen, principal, "http")
            shown = await shown_to(context, ref)
            api.admission.spend(principal, 1 + shown.document["size"] // _BYTES_A_VALUE)
            return shown


_BYTES_A_VALUE = 20
"""Of a content, in the budget of whoever asks."""


def _credential(headers: Headers, query: bytes) -> Credential:
    """Who asks: a page may be opened by its address, so that a session alone is enough."""
    refuse_token_in_address(query)
    if "authorization" in headers:
        return bearer(headers["authorization"])
    return session_of(headers) or NOBODY


def _headers(shown: Shown, form: str) -> dict[str, str]:
    """Headers of a document; its tag changes with its record, as the page says how it stands."""
    document = shown.document
    key = re.sub(r"[^A-Za-z0-9-]", "_", document["key"])
    how = "inline" if form == "html" else "attachment"
    version = f"-{document['version']}" if form == "html" else ""
    more = {
        "ETag": f'"{document["digest"][:32]}{version}"',
        "Cache-Control": KEPT,
        "Vary": VARIES,
        "Content-Disposition": f'{how}; filename="{key}.{form}"',
    }
    if form == "html":
        more["Content-Security-Policy"] = f"{page_policy()}; frame-ancestors 'none'"
    return more


async def _refused(send: Send, error: Exception) -> None:
    status = status_of(error)
    more = {405: {"Allow": "GET, HEAD"}, 401: {"WWW-Authenticate": "Bearer"}}.get(status, {})
    if status in {429, 503}:
        more = {"Retry-After": str(getattr(error, "seconds", 2))}
    await respond(send, status, orjson.dumps({"errors": told_of_caught(error)}), more)


def _nothing_there() -> NotFound:
    return NotFound(
        "there is no document at this address",
        why="a document is at /documents/<key>.html and /documents/<key>.json",
        remedy="`fitsm-graph document list` shows the keys",
    )
