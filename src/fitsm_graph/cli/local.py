"""The command line as the local administrator's tool: open the product, do something, close it."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from fitsm_graph.bootstrap import Product, opened
from fitsm_graph.cli.choices import CHOSEN
from fitsm_graph.cli.documents import document
from fitsm_graph.cli.output import aside, is_quiet, note
from fitsm_graph.graph.local.backend import backend
from fitsm_graph.graph.local.settings import LocalSettings
from fitsm_graph.kernel.errors import Unsupported

R = TypeVar("R")
PATIENCE_SECONDS = 0.7


def with_product(work: Callable[[Product], Awaitable[R]]) -> R:
    """Open the product on the Neo4j in use, and close it afterwards.

    Raises:
        Unsupported: A server was named, and this command works on the local database only.
    """
    if CHOSEN.url:
        raise Unsupported(
            "this command works on the database of this machine",
            code="LOCAL_ONLY",
            why=f"the server at {CHOSEN.url} was named (--url or FITSM_URL)",
            remedy="run it on the server's machine, or leave --url out and unset FITSM_URL",
        )
    return _opened(work)


def execute(name: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """Execute a named document in this process, as the local administrator."""

    async def work(product: Product) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = await product.ask(document(name), dict(variables))
        return answer

    return _opened(work)


def _opened(work: Callable[[Product], Awaitable[R]]) -> R:
    with backend(LocalSettings.from_env(), progress()) as chosen:

        async def run() -> R:
            async with opened(chosen.endpoint) as product:
                return await work(product)

        return asyncio.run(run())


def progress() -> Callable[[str, int, int], None]:
    """A progress line on stderr for what takes long; what is done at once is not told."""
    last: dict[str, Any] = {"text": "", "timer": None}

    def told(text: str, done: int, total: int) -> None:
        if text != last["text"]:
            _forget(last["timer"])
            last["text"], last["timer"] = text, _later(text)
        elif aside.is_terminal and total > 1 and not is_quiet():
            aside.print(f"  {done}/{total}", end="\r", markup=False)
        if done >= total:
            _forget(last["timer"])

    return told


def _later(text: str) -> threading.Timer:
    """Tell of a step that is still going on after a while."""
    timer = threading.Timer(PATIENCE_SECONDS, note, [f"{text} …"])
    timer.daemon = True
    timer.start()
    return timer


def _forget(timer: threading.Timer | None) -> None:
    if timer is not None:
        timer.cancel()
