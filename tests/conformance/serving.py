"""A product behind a real server on loopback, for tools that speak HTTP; answers are counted."""

import asyncio
import socket
import tempfile
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

from backends import database_for_tests
from e2e.calling import emptied
from fitsm_graph import bootstrap, hosting
from fitsm_graph.api.limits import Limits
from fitsm_graph.cli.run import load_demo
from fitsm_graph.graph.driver import Endpoint

GENEROUS = Limits(budget=10**15, at_once=40)
"""A tool that asks without end is one principal; budgets have tests of their own."""
Message = MutableMapping[str, Any]
Prepare = Callable[[bootstrap.Product], Awaitable[None]]


@dataclass
class Served:
    """A server that is being asked.

    Attributes:
        statuses: How many answers had which status.
        failed: Methods and addresses of answers that blame the server.
    """

    url: str = ""
    token: str = ""
    statuses: Counter[int] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)


@contextmanager
def served(prepare: Prepare = load_demo) -> Iterator[Served]:
    """Serve the demo organisation on an emptied database until the block ends."""
    one, ready, stop = Served(), threading.Event(), threading.Event()
    with database_for_tests() as endpoint, tempfile.TemporaryDirectory() as folder:
        work = _serving(one, ready, stop, endpoint, Path(folder), prepare)
        thread = threading.Thread(target=lambda: asyncio.run(work))
        thread.start()
        try:
            while not ready.wait(1):
                if not thread.is_alive():
                    raise RuntimeError("the server did not start; what it says stands above")
            yield one
        finally:
            stop.set()
            thread.join()


async def _serving(
    one: Served,
    ready: threading.Event,
    stop: threading.Event,
    endpoint: Endpoint,
    folder: Path,
    prepare: Prepare,
) -> None:
    await emptied(endpoint)
    async with bootstrap.opened(endpoint, folder=folder, limits=GENEROUS) as product:
        await bootstrap.first_administrator(product)
        await prepare(product)
        one.token = (await bootstrap.new_token(product, "admin", 1, [])).secret
        application = _counted(hosting.web_application(product), one)
        config = uvicorn.Config(application, log_level="error")
        server = uvicorn.Server(config)
        with socket.create_server(("127.0.0.1", 0)) as listening:  # who comes early waits in line
            one.url = f"http://127.0.0.1:{listening.getsockname()[1]}/graphql"
            running = asyncio.ensure_future(server.serve([listening]))
            ready.set()
            await asyncio.to_thread(stop.wait)
            server.should_exit = True
            await running


def _counted(application: Any, one: Served) -> Any:
    async def counted(scope: Message, receive: Any, send: Any) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                one.statuses[message["status"]] += 1
                if message["status"] >= 500:
                    one.failed.append(f"{message['status']} {scope['method']} {scope['path']}")
            await send(message)

        await application(scope, receive, sending)

    return counted
