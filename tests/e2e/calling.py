"""A product on the tests' database, and clients of it with tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from fitsm_graph import bootstrap, hosting
from fitsm_graph.api.limits import Limits
from fitsm_graph.graph.driver import Endpoint, connect
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import Clock
from fitsm_graph.sms import accounts
from graph.emptying import as_migrated


class Caller:
    """A client with a token, on one product."""

    def __init__(self, product: bootstrap.Product, http: httpx.AsyncClient, token: str) -> None:
        self.product = product
        self.http = http
        self.token = token
        self.app: Any = None

    @asynccontextmanager
    async def at(self, address: str) -> AsyncIterator["Caller"]:
        """The same product, asked from another address."""
        transport = httpx.ASGITransport(self.app, client=(address, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            yield Caller(self.product, http, self.token)

    async def post(self, body: Any, **headers: str) -> httpx.Response:
        """Send anything as JSON."""
        return await self.http.post("/graphql", json=body, headers=self.signed(**headers))

    def signed(self, **headers: str) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Authorization": f"Bearer {self.token}", **named}

    async def told(self, document: str, **variables: Any) -> Any:
        """The whole answer."""
        return (await self.post({"query": document, "variables": variables})).json()

    async def ask(self, document: str, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = await self.told(document, **variables)
        assert "errors" not in answer, answer
        return answer["data"]

    async def code(self, document: str, **variables: Any) -> str:
        """The code of the first error."""
        answer = await self.told(document, **variables)
        return str(answer["errors"][0]["extensions"]["code"])


@asynccontextmanager
async def calling(
    endpoint: Endpoint,
    folder: Path,
    *,
    limits: Limits | None = None,
    token: str = "",
    clock: Clock | None = None,
) -> AsyncIterator[Caller]:
    """Open a product; with an administrator's token, unless another is given."""
    async with bootstrap.opened(endpoint, folder=folder, limits=limits, clock=clock) as product:
        await bootstrap.first_administrator(product)
        secret = token or (await bootstrap.new_token(product, "admin", 1, [])).secret
        app = hosting.web_application(product)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            made = Caller(product, http, secret)
            made.app = app
            yield made


async def emptied(endpoint: Endpoint) -> None:
    """Take everything out of the database but what migrations put there."""
    async with connect(endpoint) as driver:
        await as_migrated(driver, endpoint)


REGISTER = """mutation R($key: String!, $kind: String!, $type: String! = "") { registerElement(
    input: { kind: $kind, key: $key, name: $key, type: $type }) {
    ok seq errors { code message } } }"""


async def register(caller: Caller, key: str, kind: str = "ServiceComponent", type: str = "") -> int:
    """Register an element and return the ledger entry that did."""
    done = (await caller.ask(REGISTER, key=key, kind=kind, type=type))["registerElement"]
    assert done["ok"], done
    return int(done["seq"])


async def somebody(caller: Caller, login: str, *roles: str) -> Caller:
    """Another principal on the same product."""
    request = Request(actor="test", via="test")
    await caller.product.graph.write(accounts.create_account, request, login, list(roles), "digest")
    token = await bootstrap.new_token(caller.product, login, 1, [])
    return Caller(caller.product, caller.http, token.secret)
