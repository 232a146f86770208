"""What every answer over HTTP carries, and who may come in at all."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.types import Scope, Send

from fitsm_graph.api.api import Api, within
from fitsm_graph.api.asked import JSON
from fitsm_graph.kernel.errors import Unauthenticated
from fitsm_graph.model.principal import Principal

RETRY_SECONDS = "2"
SAFE = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
"""On every answer of the API. There is no CORS: no other site's page may ask."""
TOKEN_MARK = b"fsg_"


async def entrant(api: Api, scope: Scope, headers: Headers) -> Principal:
    """Whoever brings an API token.

    Raises:
        Unauthenticated: Nobody, or the token is no good.
    """
    if TOKEN_MARK in scope["query_string"]:
        raise Unauthenticated(
            "an API token is in the address",
            code="TOKEN_IN_ADDRESS",
            why="addresses are kept in logs and histories",
            remedy="revoke that token; send a new one as Authorization: Bearer fsg_…",
        )
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.casefold() != "bearer":
        token = ""  # no other way in is known; an empty token is refused like a wrong one
    async with within(api.limits.seconds):
        return await api.authenticate(token.strip())


async def respond(
    send: Send, status: int, body: bytes, more: Mapping[str, str], media: str = JSON
) -> None:
    """Send an answer with the headers that every answer carries."""
    given = {name.casefold().encode(): value.encode() for name, value in more.items()}
    headers = [
        (b"content-type", f"{media}; charset=utf-8".encode()),
        (b"content-length", str(len(body)).encode()),
        *((name, value) for name, value in SAFE if name not in given),
        *given.items(),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
