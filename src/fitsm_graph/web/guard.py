"""What every response carries, and what every form must come from.

The policy allows nothing but files of this server: no inline script or style, no foreign host,
no framing, no `<base>`.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request

from fitsm_graph.kernel.errors import Forbidden

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FONTS = f"{POLICY}; font-src 'self' data:"
"""For the one page whose sheet brings its fonts along."""
OF_PAGES = {"/graphiql": FONTS}
HEADERS = (
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
)


def guarded(application: Application) -> Application:
    """Add the headers to every response, errors and files among them."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        static = scope.get("path", "").startswith("/static/")
        policy = ("content-security-policy", OF_PAGES.get(scope.get("path", ""), POLICY))
        cache = ("cache-control", "no-cache" if static else "no-store")

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = [
                    (name.encode(), value.encode()) for name, value in (policy, *HEADERS, cache)
                ]
                message["headers"] = [*message.get("headers", ()), *more]
            await send(message)

        await application(scope, receive, add)

    return guard


def require_same_origin(request: Request) -> None:
    """Refuse a form that was not sent from a page of this server.

    Browsers name the origin of every POST. The session cookie is SameSite=Lax besides.

    Raises:
        Forbidden: The origin is foreign, or not given at all.
    """
    origin = request.headers.get("origin")
    if origin is not None:
        own = urlsplit(origin).netloc == request.headers.get("host")
    else:
        own = request.headers.get("sec-fetch-site") == "same-origin"
    if not own:
        raise Forbidden(
            "This form was not sent from a page of this server",
            why="another site could otherwise act in your name",
            remedy="open the page of this server and send the form from there",
            code="FOREIGN_ORIGIN",
        )


def local_path(path: str) -> str:
    r"""Return a path of this server to go on to, or ``/`` for anything that leads elsewhere.

    >>> local_path("/impact?of=x"), local_path("//evil.example"), local_path("/\\evil")
    ('/impact?of=x', '/', '/')
    """
    inside = path.startswith("/") and path[1:2] not in {"/", "\\"} and path.isprintable()
    return path if inside else "/"
