"""What every answer over HTTP carries, and who may come in at all."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Scope, Send

from fitsm_graph.api.admission import Throttled
from fitsm_graph.api.api import Api, within
from fitsm_graph.api.asked import JSON
from fitsm_graph.api.credential import credential_of
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


async def entrant(api: Api, scope: Scope, headers: Headers) -> Principal:
    """Whoever brings an API token, or has a session and asks from a page of ours.

    Raises:
        Unauthenticated: Nobody, or what is brought is no good.
    """
    credential = credential_of(headers, scope["query_string"])
    async with within(api.limits.seconds):
        return await api.enter(credential)


def retry(status: int, error: Exception | None) -> dict[str, str]:
    """When a machine is to send again what could not be answered now; nothing where it need not."""
    if status not in {429, 503}:
        return {}
    return {"Retry-After": str(error.seconds) if isinstance(error, Throttled) else RETRY_SECONDS}


def plain(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Errors as machines are told them, whether a verb refused or its whole operation was."""
    return [
        {**each["extensions"], "message": each["message"]} if "extensions" in each else dict(each)
        for each in errors
    ]


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
