"""What a request comes in with: an API token, or the session of somebody at a page."""

from dataclasses import dataclass, field
from enum import StrEnum
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from fitsm_graph.kernel.cookies import SESSION_COOKIE
from fitsm_graph.kernel.errors import Forbidden, Unauthenticated

TOKEN_MARK = b"fsg_"
PAGE_HEADER = "fitsm-page"
"""A page sends it with any value; pages of other sites cannot, since there is no CORS."""


class Way(StrEnum):
    """How somebody comes in."""

    TOKEN = "token"  # noqa: S105 - the word for it, not one
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret, and what kind it is; never in a log."""

    way: Way
    secret: str = field(repr=False)


NOBODY = Credential(Way.TOKEN, "")
"""Refused like a wrong token."""


def refuse_token_in_address(query: bytes) -> None:
    """Refuse an address with an API token in it.

    Raises:
        Unauthenticated: TOKEN_IN_ADDRESS.
    """
    if TOKEN_MARK in query:
        raise Unauthenticated(
            "an API token is in the address",
            code="TOKEN_IN_ADDRESS",
            why="addresses are kept in logs and histories",
            remedy="revoke that token; send a new one as Authorization: Bearer fsg_…",
        )


def credential_of(headers: Headers, query: bytes = b"") -> Credential:
    """What a request comes in with; a token goes before a session.

    Raises:
        Unauthenticated: TOKEN_IN_ADDRESS.
        Forbidden: FOREIGN_ORIGIN or PAGE_HEADER_MISSING, for a session.
    """
    refuse_token_in_address(query)
    if "authorization" in headers:
        return bearer(headers["authorization"])
    session = session_of(headers)
    if session is None:
        return NOBODY
    require_own_page(headers)
    if PAGE_HEADER not in headers:
        raise Forbidden(
            "it is not clear that a page of this server asks",
            code="PAGE_HEADER_MISSING",
            why="a browser sends the session along for other sites as well",
            remedy=f"send the header {PAGE_HEADER}: 1, or an API token instead of the session",
        )
    return session


def bearer(authorization: str) -> Credential:
    """The token of an `Authorization` value; of any other kind none is known."""
    kind, _, token = authorization.partition(" ")
    return Credential(Way.TOKEN, token.strip()) if kind.casefold() == "bearer" else NOBODY


def session_of(headers: Headers) -> Credential | None:
    """The session in the cookies, if there is one."""
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(headers.get("cookie", ""))
    except CookieError:
        return None
    found = cookies.get(SESSION_COOKIE)
    return Credential(Way.SESSION, found.value) if found is not None and found.value else None


def require_own_page(headers: Headers) -> None:
    """Refuse what a page of another site sends; programs say no origin at all.

    Raises:
        Forbidden: FOREIGN_ORIGIN.
    """
    origin = headers.get("origin")
    site = headers.get("sec-fetch-site", "same-origin")
    own = (
        site == "same-origin" if origin is None else urlsplit(origin).netloc == headers.get("host")
    )
    if not own:
        raise Forbidden(
            "this does not come from a page of this server",
            code="FOREIGN_ORIGIN",
            why="another site could otherwise act in your name",
            remedy="open the page of this server, or send an API token",
        )
