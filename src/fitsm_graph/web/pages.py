"""The pages: search, blast radius, calendar, desk, sign-in, errors; views over named operations."""

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles

from fitsm_graph.kernel.clock import Clock
from fitsm_graph.kernel.errors import BadInput, FitsmError
from fitsm_graph.web import calendar, desk, failures
from fitsm_graph.web import sign_in as signing
from fitsm_graph.web.answer import answer, search, standing
from fitsm_graph.web.assets import STATIC
from fitsm_graph.web.catalogue import catalogue, marked_up
from fitsm_graph.web.execute import Asker, Execute, operation
from fitsm_graph.web.graphiql import graphiql_page
from fitsm_graph.web.guard import Application, guarded
from fitsm_graph.web.picture import legend
from fitsm_graph.web.question import Question, read_question
from fitsm_graph.web.sign_in import SignIn, principal_of
from fitsm_graph.web.templates import render

RESULTS = 25
SERVICES = 200
"""Services on the first page; of more, the API gives the rest."""
READ = ["GET", "HEAD"]


def pages(execute: Execute, sign_in: SignIn, clock: Clock) -> Application:
    """Build the application of the pages; it is mounted at the root, after the API.

    Args:
        execute: Executes documents of the public schema.
        sign_in: Opens, knows and closes sessions.
        clock: Says which month it is.
    """
    application = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    application.add_middleware(GZipMiddleware, minimum_size=1024)
    application.include_router(signing.router(sign_in))
    application.include_router(_views(execute, sign_in, clock))
    application.mount("/static", StaticFiles(directory=STATIC))
    application.add_exception_handler(FitsmError, failures.on_error)
    application.add_exception_handler(404, failures.on_missing)
    application.add_exception_handler(405, failures.on_wrong_method)
    application.add_exception_handler(500, failures.on_error)
    return guarded(application)


def _views(execute: Execute, sign_in: SignIn, clock: Clock) -> APIRouter:
    routes = APIRouter()

    async def asker(request: Request) -> Asker:
        return Asker(execute, await principal_of(request, sign_in))

    @routes.api_route("/", methods=READ)
    async def home(request: Request) -> Response:
        return await _home(request, await asker(request))

    @routes.api_route("/impact", methods=READ)
    async def impact(request: Request) -> Response:
        return await _impact(request, await asker(request))

    @routes.api_route("/impact.json", methods=READ)
    async def impact_json(request: Request) -> Response:
        return await _impact_json(request, await asker(request))

    @routes.api_route("/impact.svg", methods=READ)
    async def impact_svg(request: Request) -> Response:
        return await _impact_svg(request, await asker(request))

    @routes.api_route("/errors", methods=READ)
    async def errors() -> Response:
        return render("errors.html", signed_in=False, parts=catalogue(), marked_up=marked_up)

    @routes.api_route("/errors.json", methods=READ)
    async def errors_json() -> Response:
        told = [each.told() for part in catalogue() for each in part.entries]
        return JSONResponse({"errors": told})

    @routes.api_route("/graphiql", methods=READ)
    async def graphiql(request: Request) -> Response:
        await asker(request)
        return graphiql_page(request)

    routes.include_router(desk.router(asker))
    routes.include_router(calendar.router(asker, clock))
    return routes


async def _home(request: Request, ask: Asker) -> Response:
    text = request.query_params.get("q", "").strip()
    found = await search(ask, text, RESULTS) if text else None
    now = None if text else await standing(ask, SERVICES)
    named = operation("Search" if text else "Services")
    return render("home.html", found=found, now=now, operation=named, question=Question())


async def _impact(request: Request, ask: Asker) -> Response:
    question = read_question(request.query_params.multi_items())
    if question.empty:
        return RedirectResponse("/", status_code=303)
    page = await answer(ask, question)
    return render("impact.html", page=page, question=question, legend=legend())


async def _impact_json(request: Request, ask: Asker) -> Response:
    """Answer what the API answered, with the question: one answer in every interface."""
    question = _asked(request)
    named = operation("Impact")
    variables = question.variables()
    data = await ask.ask(named.name, variables)
    query = {"operationName": named.name, "query": named.document, "variables": variables}
    return JSONResponse({"data": data, "request": query})


async def _impact_svg(request: Request, ask: Asker) -> Response:
    page = await answer(ask, _asked(request).in_form("picture"))
    drawn = page.picture.svg.source if page.picture else ""
    return Response('<?xml version="1.0" encoding="UTF-8"?>\n' + drawn, media_type="image/svg+xml")


def _asked(request: Request) -> Question:
    question = read_question(request.query_params.multi_items())
    if question.empty:
        raise BadInput(
            "No scenario is given",
            why="a blast radius starts from at least one element",
            remedy="name one, such as /impact.json?of=CI-000123",
            path=("of",),
        )
    return question
