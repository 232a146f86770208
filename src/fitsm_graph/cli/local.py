"""The command line as the local administrator's tool: open the product, do something, close it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Any, TypeVar

from fitsm_graph.bootstrap import Product, failed, opened
from fitsm_graph.cli.output import aside
from fitsm_graph.graph.local.backend import backend
from fitsm_graph.graph.local.settings import LocalSettings

R = TypeVar("R")


def with_product(work: Callable[[Product], Awaitable[R]]) -> R:
    """Open the product on the Neo4j in use, and close it afterwards."""
    with backend(LocalSettings.from_env(), progress()) as chosen:

        async def run() -> R:
            async with opened(chosen.endpoint) as product:
                return await work(product)

        return asyncio.run(run())


def asked(document: str, variables: dict[str, Any]) -> Any:
    """Execute a document of the public schema and return its data."""

    async def work(product: Product) -> Any:
        return await product.ask(document, variables)

    answer = with_product(work)
    error = failed(answer)
    if error is not None:
        raise error
    return answer["data"]


def progress() -> Callable[[str, int, int], None]:
    """A progress line on stderr for what takes long, such as fetching the server."""
    last = {"text": ""}

    def told(text: str, done: int, total: int) -> None:
        if text != last["text"]:
            last["text"] = text
            aside.print(f"{text} …", markup=False)
        elif aside.is_terminal and total > 1:
            aside.print(f"  {done}/{total}", end="\r", markup=False)

    with nullcontext():
        return told
