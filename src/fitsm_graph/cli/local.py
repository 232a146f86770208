"""The command line as the local administrator's tool: the product, open for one command."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from typing import Any, TypeVar

from fitsm_graph.bootstrap import Product, opened
from fitsm_graph.cli import loop
from fitsm_graph.cli.choices import AT_END, CHOSEN
from fitsm_graph.cli.documents import document
from fitsm_graph.cli.output import aside, is_quiet, note
from fitsm_graph.client.told import error_of
from fitsm_graph.graph.local.backend import backend
from fitsm_graph.graph.local.settings import LocalSettings
from fitsm_graph.kernel.errors import Unsupported

R = TypeVar("R")
PATIENCE_SECONDS = 0.7
TRIES = 6


class Here:
    """The product on the Neo4j in use: opened when it is needed, closed when the command ends."""

    def __init__(self) -> None:
        self._product: Product | None = None
        self._runner: asyncio.Runner | None = None

    def run(self, work: Callable[[Product], Awaitable[R]]) -> R:
        """Do something with the product."""

        async def working(product: Product) -> R:
            return await work(product)

        product, runner = self._opened()
        return runner.run(working(product))

    def _opened(self) -> tuple[Product, asyncio.Runner]:
        if self._product is None or self._runner is None:
            with ExitStack() as stack:  # what was opened before something failed is closed again
                stack.callback(self._forget)
                chosen = stack.enter_context(backend(LocalSettings.from_env(), progress()))
                self._runner = stack.enter_context(loop.runner())
                manager = opened(chosen.endpoint)
                self._product = self._runner.run(manager.__aenter__())
                leave = manager.__aexit__
                stack.callback(lambda: self._runner and self._runner.run(leave(None, None, None)))
                AT_END.push(stack.pop_all())
        return self._product, self._runner

    def _forget(self) -> None:
        self._product = self._runner = None


HERE = Here()


def with_product(work: Callable[[Product], Awaitable[R]]) -> R:
    """Do something with the product on this machine.

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
    return HERE.run(work)


def execute(
    name: str, variables: Mapping[str, Any], *, repeatable: bool = False
) -> Mapping[str, Any]:
    """Execute a named document in this process, as the local administrator."""
    return HERE.run(
        lambda product: patiently(product, name, variables, tries=TRIES if repeatable else 1)
    )


async def patiently(
    product: Product, name: str, variables: Mapping[str, Any], *, tries: int = TRIES
) -> Mapping[str, Any]:
    """Ask, and ask again where the first answer of a machine takes too long.

    The impact engine is compiled when it is used first; on a slow machine that takes longer than
    an answer may. What is compiled stays so, and the next try gets further.
    """
    answer: Mapping[str, Any] = await product.ask(document(name), dict(variables))
    for _ in range(1, tries):
        error = error_of(answer)
        if error is None or error.code != "TIMEOUT":
            break
        note("the impact engine is being compiled, once on this machine; asking again …")
        answer = await product.ask(document(name), dict(variables))
    return answer


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
