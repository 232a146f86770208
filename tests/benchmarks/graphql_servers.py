"""The servers of the GraphQL benchmark, each a process of its own on the loopback.

    python -m benchmarks.graphql_servers product|bare|stock PORT

The database comes from FITSM_NEO4J_URI and the like. `bare` is what somebody writes who needs one
answer only: a FastAPI route that runs the product's own statement and dumps the rows. `stock` has
the same statements behind plain strawberry types, completed by graphql-core's own executor.
"""

import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import neo4j
import orjson
import strawberry
import uvicorn
from fastapi import FastAPI, Response
from strawberry.asgi import GraphQL

from benchmarks.graphql_documents import EIGHT
from benchmarks.stored import UNSPENT
from fitsm_graph import bootstrap, hosting
from fitsm_graph.cli import loop
from fitsm_graph.cli.run import Place, server_config
from fitsm_graph.graph.driver import Endpoint, connect
from fitsm_graph.graph.local.backend import named_server
from fitsm_graph.kernel.collector import collect_seldom

HOST = "127.0.0.1"
ROWS = {"thousand": 1_000, "ten_thousand": 10_000, "nested": 100}
"""Rows of each list; the statements bring one more, which says whether there is a next page."""
STATEMENTS = "BENCH_STATEMENTS"
"""A file of the product's statements by row: text and parameters."""


async def serve(kind: str, port: int) -> None:
    """Serve one of the kinds until a signal; all with the settings of the product's process."""
    collect_seldom()
    endpoint = named_server()
    assert endpoint is not None, "FITSM_NEO4J_URI names the database"
    if kind == "product":
        async with bootstrap.opened(endpoint, limits=UNSPENT) as product:
            app: Any = hosting.web_application(product)
            await uvicorn.Server(server_config(app, Place(HOST, port))).serve()
        return
    app = bare(endpoint) if kind == "bare" else stock(endpoint)
    await uvicorn.Server(server_config(app, Place(HOST, port))).serve()


class Asking:
    """Runs the product's statements on the driver, with nothing around them."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.driver = connect(endpoint)
        self.statements = json.loads(Path(os.environ[STATEMENTS]).read_text("utf-8"))

    async def answer(self, name: str, id: str = "") -> Any:
        """The one answer of a statement."""
        text, parameters = self.statements[name]
        given = dict.fromkeys(parameters, id) if id else parameters
        async with self.driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
            result = await session.run(text, given)
            record = await result.single(strict=True)
            return record["answer"]

    async def rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of a statement's page, without the one beyond it."""
        found, _total = await self.answer(name)
        return [_named(row) for row in found[: ROWS[name]]]

    async def row(self, id: str) -> dict[str, Any] | None:
        """The row of one element."""
        found = await self.answer("one", id)
        return None if found is None else _named(found)


_FOUR = ("id", "key", "name", "type")


def _named(row: Sequence[Any]) -> dict[str, Any]:
    """A row with the names of its cells: eight fields, or four and relations below them."""
    if len(row) != 5:
        return dict(zip(EIGHT.split(), row, strict=False))
    relations = [{"type": type, "element": _named(other)} for type, other in row[4]]
    return {**dict(zip(_FOUR, row, strict=False)), "relations": relations}


def bare(endpoint: Endpoint) -> FastAPI:
    """One route for each row."""
    asking = Asking(endpoint)
    app = FastAPI(lifespan=_closing(asking))

    @app.get("/one/{id}")
    async def one(id: str) -> Response:
        row = await asking.row(id)
        return Response(orjson.dumps({"data": {"ci": row}}), media_type="application/json")

    @app.get("/many/{name}")
    async def many(name: str) -> Response:
        shown = {"data": {"cis": {"nodes": await asking.rows(name)}}}
        return Response(orjson.dumps(shown), media_type="application/json")

    return app


def _closing(asking: Asking) -> Any:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await asking.driver.close()

    return lifespan


@strawberry.type
class Element:
    """Eight fields and the way on, resolved by attribute as strawberry does by itself."""

    id: strawberry.ID
    key: str
    name: str
    type: str | None = None
    lifecycle: str | None = None
    description: str | None = None
    created_at: str | None = None
    version: int | None = None
    relations: list["Relation"] = strawberry.field(default_factory=list)


@strawberry.type
class Relation:
    """A relation seen from one of its ends."""

    type: str
    element: Element


def _made(row: dict[str, Any]) -> Element:
    own = {name: value for name, value in row.items() if name not in {"createdAt", "relations"}}
    relations = [
        Relation(type=r["type"], element=_made(r["element"])) for r in row.get("relations", ())
    ]
    return Element(**own, created_at=row.get("createdAt"), relations=relations)


@strawberry.type
class Query:
    """The rows of the benchmark."""

    @strawberry.field
    async def ci(self, info: strawberry.Info, id: strawberry.ID) -> Element | None:
        """One CI."""
        row = await info.context["asking"].row(id)
        return None if row is None else _made(row)

    @strawberry.field
    async def cis(self, info: strawberry.Info, first: int) -> list[Element]:
        """Many CIs."""
        name = "thousand" if first == 1_000 else "ten_thousand"
        return [_made(row) for row in (await info.context["asking"].rows(name))[:first]]

    @strawberry.field
    async def applications(self, info: strawberry.Info, first: int) -> list[Element]:
        """Applications and two levels of what they need."""
        return [_made(row) for row in (await info.context["asking"].rows("nested"))[:first]]


class _Stock(GraphQL[Any, None]):
    asking: Asking

    async def get_context(self, request: Any, response: Any) -> Any:
        return {"request": request, "response": response, "asking": self.asking}


def stock(endpoint: Endpoint) -> Any:
    """Strawberry as its documentation shows it."""
    app = _Stock(strawberry.Schema(Query), graphql_ide=None)
    app.asking = Asking(endpoint)
    return app


if __name__ == "__main__":
    loop.run(serve(sys.argv[1], int(sys.argv[2])))
