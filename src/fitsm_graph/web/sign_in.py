"""Signing in: a form, a cookie, and callables given at start-up that know about accounts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from fitsm_graph.kernel.cookies import SESSION_COOKIE
from fitsm_graph.kernel.errors import Unauthenticated
from fitsm_graph.web.guard import local_path, require_same_origin
from fitsm_graph.web.templates import render


@dataclass(frozen=True, slots=True)
class Session:
    """An open session.

    Attributes:
        token: The secret the browser keeps; opaque.
        seconds: How long it lasts.
    """

    token: str
    seconds: int


@dataclass(frozen=True, slots=True)
class SignIn:
    """What the pages need to know about sessions.

    Attributes:
        principal: Returns whoever a session token stands for, or None.
        open: Opens a session for login, password and the address of the client; raises
            `Unauthenticated` or another `FitsmError`, such as one that asks to wait.
        close: Ends the session of a token.
    """

    principal: Callable[[str], Awaitable[object | None]]
    open: Callable[[str, str, str], Awaitable[Session]]
    close: Callable[[str], Awaitable[None]]


async def principal_of(request: Request, sign_in: SignIn) -> object:
    """Return whoever is signed in.

    Raises:
        Unauthenticated: Nobody is, or the session has ended.
    """
    token = request.cookies.get(SESSION_COOKIE, "")
    principal = await sign_in.principal(token) if token else None
    if principal is None:
        raise Unauthenticated("Nobody is signed in", remedy="sign in at /sign-in")
    return principal


def sign_in_address(request: Request) -> str:
    """Return the address of the sign-in page that leads back to where the request wanted to go."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/sign-in?next={quote(wanted, safe='')}"


def router(sign_in: SignIn) -> APIRouter:
    """Build the routes ``/sign-in`` and ``/sign-out``."""
    routes = APIRouter()

    @routes.api_route("/sign-in", methods=["GET", "HEAD"])
    async def form(request: Request) -> Response:
        return _form(local_path(request.query_params.get("next", "/")))

    @routes.post("/sign-in")
    async def enter(request: Request) -> Response:
        require_same_origin(request)
        return await _enter(request, sign_in)

    @routes.post("/sign-out")
    async def leave(request: Request) -> Response:
        require_same_origin(request)
        await sign_in.close(request.cookies.get(SESSION_COOKIE, ""))
        response = RedirectResponse("/sign-in", status_code=303)
        response.delete_cookie(SESSION_COOKIE, path="/")
        return response

    return routes


async def _enter(request: Request, sign_in: SignIn) -> Response:
    sent = await request.form()
    login, password = str(sent.get("login", "")), str(sent.get("password", ""))
    onward = local_path(str(sent.get("next", "/")))
    try:
        session = await sign_in.open(login, password, request.client.host if request.client else "")
    except Unauthenticated as error:
        return _form(onward, login=login, error=error)
    response = RedirectResponse(onward, status_code=303)
    response.set_cookie(
        SESSION_COOKIE,
        session.token,
        max_age=session.seconds,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return response


def _form(onward: str, *, login: str = "", error: Unauthenticated | None = None) -> Response:
    status = 401 if error else 200
    return render(
        "sign_in.html",
        status=status,
        signed_in=False,
        onward=onward,
        login=login,
        problem=error.problem if error else None,
    )
