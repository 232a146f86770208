"""The API over HTTP: one endpoint for GraphQL, probes, and who may come in."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import strawberry
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.types import Receive, Scope, Send
from strawberry.asgi import GraphQL

from fitsm_graph.api.context import Context
from fitsm_graph.api.questions import Compiler
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.errors import Broken, FitsmError, Unauthenticated
from fitsm_graph.model.principal import Principal
from fitsm_graph.model.registry import TypeRegistry

LARGEST_BODY = 64 * 1024
Authenticate = Callable[[str], Awaitable[Principal]]
"""Turns a bearer token into a principal, or raises Unauthenticated."""


class Api:
    """The schema with everything a request needs."""

    def __init__(
        self,
        graph: Graph,
        registry: TypeRegistry,
        impact: Any,
        schema: strawberry.Schema,
        authenticate: Authenticate,
    ) -> None:
        self.graph = graph
        self.registry = registry
        self.schema = schema
        self.authenticate = authenticate
        self._impact = impact
        self._compiler = Compiler(registry)

    def context(self, principal: Principal | None, via: str = "graphql") -> Context:
        """Make the context of one request."""
        return Context(self.graph, self.registry, self._compiler, self._impact, principal, via)

    async def execute(
        self,
        document: str,
        variables: dict[str, Any] | None,
        principal: Principal | None,
        *,
        operation_name: str | None = None,
        via: str = "graphql",
    ) -> dict[str, Any]:
        """Execute a document in this process, with the same rights and limits as over HTTP."""
        result = await self.schema.execute(
            document,
            variable_values=variables,
            context_value=self.context(principal, via),
            operation_name=operation_name,
        )
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [error.formatted for error in result.errors]
        return answer


class _Endpoint(GraphQL[Context, None]):
    """GraphQL over HTTP with orjson; whoever comes here has been let in."""

    def __init__(self, api: Api) -> None:
        super().__init__(
            api.schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=(),
        )
        self._api = api

    async def get_context(self, request: Any, response: Any) -> Context:  # noqa: ARG002 - the base class names both
        """Make the context for the principal that was let in."""
        return self._api.context(request.scope["fitsm_principal"])

    def encode_json(self, data: object) -> bytes:
        """Encode an answer."""
        return orjson.dumps(data)


def application(api: Api) -> FastAPI:
    """Build the application of the API; pages are mounted beside it."""
    app = FastAPI(title="fitsm-graph", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/livez")
    async def livez() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz")
    async def readyz() -> Response:
        try:
            head = await api.graph.head()
        except FitsmError as error:
            return problem(error, 503)
        return JSONResponse({"status": "ready", "seq": head.seq})

    app.add_exception_handler(FitsmError, _on_error)
    app.mount("/graphql", _guarded(api))
    return app


def problem(error: FitsmError, status: int) -> JSONResponse:
    """An error as a GraphQL answer without data, with a fitting status."""
    told = error.problem
    body = {
        "errors": [
            {
                "message": told.message,
                "extensions": {"code": told.code, "why": told.why, "remedy": told.remedy},
            }
        ]
    }
    headers = {"Retry-After": "5"} if status == 503 else {}
    return JSONResponse(body, status_code=status, headers=headers)


async def _on_error(_request: Request, error: Exception) -> Response:
    told = error if isinstance(error, FitsmError) else Broken("something went wrong")
    return problem(told, 400)


def _guarded(api: Api) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """Let in whoever brings an API token; refuse bodies that are too large."""
    endpoint = _Endpoint(api)

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
            refusal = FitsmError(
                "the request is too large",
                code="BODY_TOO_LARGE",
                why=f"{LARGEST_BODY:,} bytes at most",
                remedy="send less, or sync in chunks",
            )
            await problem(refusal, 413)(scope, receive, send)
            return
        try:
            kind, _, token = request.headers.get("authorization", "").partition(" ")
            if kind.casefold() != "bearer":
                token = ""  # no other way in is known; an empty token is refused like a wrong one
            scope["fitsm_principal"] = await api.authenticate(token.strip())
        except Unauthenticated as error:
            await problem(error, 401)(scope, receive, send)
            return
        except FitsmError as error:
            await problem(error, 503)(scope, receive, send)
            return
        scope = {**scope, "path": "/", "root_path": ""}
        await endpoint(scope, receive, send)

    return guarded
