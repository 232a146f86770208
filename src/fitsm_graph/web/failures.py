"""Errors as pages for people and as problem details (RFC 9457) for programs."""

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from fitsm_graph.kernel.errors import FitsmError, Problem
from fitsm_graph.web.sign_in import sign_in_address
from fitsm_graph.web.templates import render

STATUS = {
    "BAD_INPUT": 400,
    "CONTRADICTION": 400,
    "UNSUPPORTED": 400,
    "AS_OF_UNSUPPORTED": 400,
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "FOREIGN_ORIGIN": 403,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "CONFLICT": 409,
    "VERSION_CONFLICT": 409,
    "REFUSED": 409,
    "TOO_MANY_ATTEMPTS": 429,
    "BUDGET_SPENT": 429,
    "TOO_MANY_AT_ONCE": 429,
    "BROKEN": 500,
    "UNAVAILABLE": 503,
    "STALE": 503,
}
BY_EXIT = {2: 400, 3: 404, 4: 403, 5: 409, 6: 503}
SWAP_WHOLE = {"HX-Retarget": "main", "HX-Reselect": "main", "HX-Reswap": "outerHTML"}

NO_SUCH_PAGE = Problem(
    "NOT_FOUND",
    "There is no such page",
    why="the address is wrong, or the page has moved",
    remedy="search for the element you want to look at",
)
NO_SUCH_METHOD = Problem(
    "METHOD_NOT_ALLOWED",
    "This page is not asked that way",
    why="it knows another method of HTTP",
    remedy="open it by its link or its form",
)
DEFECT = Problem(
    "BROKEN",
    "Something in this product is broken",
    why="an error that no rule foresees; its traces are in the server's log",
    remedy="try again; if it stays, tell the administrator when and at which address it happened",
)


def status_of(error: FitsmError) -> int:
    """Return the HTTP status of an error: by its code, else by its kind."""
    return STATUS.get(error.code) or BY_EXIT.get(error.exit_status, 500)


async def on_error(request: Request, error: Exception) -> Response:
    """Answer with what happened, why and the remedy; somebody not signed in is led to the form."""
    if not isinstance(error, FitsmError):
        return _answer(request, 500, (DEFECT,))
    status = status_of(error)
    if status == 401 and not _is_for_programs(request):
        where = sign_in_address(request)
        if "hx-request" in request.headers:
            return Response(status_code=401, headers={"HX-Redirect": where})
        return RedirectResponse(where, status_code=303)
    return _answer(request, status, error.problems)


async def on_missing(request: Request, _: Exception) -> Response:
    """Answer that there is no such page."""
    return _answer(request, 404, (NO_SUCH_PAGE,))


async def on_wrong_method(request: Request, _: Exception) -> Response:
    """Answer that the page knows another method."""
    return _answer(request, 405, (NO_SUCH_METHOD,))


def _is_for_programs(request: Request) -> bool:
    return request.url.path.endswith((".json", ".svg"))


def _answer(request: Request, status: int, problems: tuple[Problem, ...]) -> Response:
    if _is_for_programs(request):
        return _details(status, problems)
    return render(
        "error.html",
        status=status,
        headers=SWAP_WHOLE,
        signed_in=status != 401,
        problems=problems,
    )


def _details(status: int, problems: tuple[Problem, ...]) -> Response:
    rows = [
        {
            "code": problem.code,
            "message": problem.message,
            "why": problem.why,
            "remedy": problem.remedy,
            "path": list(problem.path),
            "requirement": problem.requirement,
        }
        for problem in problems
    ]
    body = {"title": problems[0].message, "status": status, **rows[0], "problems": rows}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")
