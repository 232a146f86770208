"""Who the client is: what it says of itself counts only from a proxy that is trusted."""

from collections.abc import MutableMapping
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse

from fitsm_graph.cli.run import Place, proxies_of, server_config
from fitsm_graph.kernel.errors import BadInput

CLIENT, PROXY, STRANGER = "203.0.113.5", "192.0.2.7", "198.51.100.9"
Message = MutableMapping[str, Any]


async def mirror(scope: Message, receive: Any, send: Any) -> None:
    """Say who the client is taken for, and how it came."""
    request = Request(scope)
    seen = {"host": request.client and request.client.host, "scheme": request.url.scheme}
    await JSONResponse(seen)(scope, receive, send)


async def taken_for(trusted: str, peer: str, *forwarded: str) -> Any:
    config = server_config(mirror, Place("127.0.0.1", 8000, proxies_of(trusted)))
    config.load()
    headers = {"X-Forwarded-For": ", ".join(forwarded), "X-Forwarded-Proto": "https"}
    transport = httpx.ASGITransport(config.loaded_app, client=(peer, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as http:
        answer = (await http.get("/", headers=headers)).json()
    return answer["host"], answer["scheme"]


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "seen"),
    [
        (PROXY, PROXY, (CLIENT,), (CLIENT, "https")),
        ("192.0.2.0/24", PROXY, (CLIENT,), (CLIENT, "https")),
        ("::1, 192.0.2.0/24", PROXY, (CLIENT,), (CLIENT, "https")),
        (PROXY, PROXY, ("1.2.3.4", CLIENT), (CLIENT, "https")),
        ("192.0.2.0/24", PROXY, ("1.2.3.4", CLIENT, "192.0.2.8"), (CLIENT, "https")),
        (PROXY, STRANGER, (CLIENT,), (STRANGER, "http")),
        ("", PROXY, (CLIENT,), (PROXY, "http")),
        ("", "127.0.0.1", (CLIENT,), ("127.0.0.1", "http")),
    ],
)
async def test_a_trusted_proxy_says_who_the_client_is_and_nobody_else(
    trusted: str, peer: str, forwarded: tuple[str, ...], seen: tuple[str, str]
) -> None:
    assert await taken_for(trusted, peer, *forwarded) == seen


@pytest.mark.parametrize("given", ["*", "proxy.example", "10.0.0.1/8", "127.0.0.1;::1"])
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(BadInput) as refused:
        proxies_of(f"127.0.0.1,{given}")
    assert refused.value.problem.path == ("FITSM_TRUSTED_PROXIES",)
    assert refused.value.problem.remedy
