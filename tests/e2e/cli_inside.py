"""The command line in this very process: as it is called, without the second that a start takes."""

import contextlib
import io
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from e2e.calling import Caller, calling, emptied
from e2e.cli_line import Done, Line
from e2e.streaming import listening
from fitsm_graph.cli import main
from fitsm_graph.graph.driver import Endpoint


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    stdout: str
    stderr: str


@contextmanager
def environment(env: Mapping[str, str]) -> Iterator[None]:
    """These settings of the product, and no others."""
    before = dict(os.environ)
    for name in [name for name in before if name.startswith("FITSM_")]:
        del os.environ[name]
    os.environ.update(env)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def command(env: Mapping[str, str], *words: str) -> Said:
    """Run a command to its end."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    argv, sys.argv, code = sys.argv, ["fsg", *words], 0
    try:
        with (
            environment(env),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.argv = argv
    said = [each.buffer.getvalue().decode() for each in (out, err)]  # type: ignore[attr-defined]
    return Said(code, *said)


class LineInside(Line):
    """The same line without a process for each command; but for what reads from a pipe."""

    def _run(self, words: tuple[str, ...], env: dict[str, str], **more: Any) -> Done:
        if more:
            return super()._run(words, env, **more)
        said = command(env, *words)
        return Done(words, said.code, said.stdout, said.stderr)


@dataclass(frozen=True)
class Served:
    """A server in a thread of its own, and a token of its administrator."""

    url: str
    token: str


@contextmanager
def served(endpoint: Endpoint, folder: Path) -> Iterator[Served]:
    """An empty database with a server on it."""
    import asyncio

    made: list[Served] = []
    ready, over = threading.Event(), threading.Event()

    async def serve() -> None:
        await emptied(endpoint)
        async with calling(endpoint, folder) as caller, _listening(caller) as url:
            made.append(Served(url, caller.token))
            ready.set()
            await asyncio.to_thread(over.wait)

    def work() -> None:
        try:
            asyncio.run(serve())
        finally:
            ready.set()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        ready.wait()
        yield made[0]
    finally:
        over.set()
        thread.join()


@contextlib.asynccontextmanager
async def _listening(caller: Caller):  # type: ignore[no-untyped-def]  # a string
    async with listening(caller.product) as address:
        yield f"http://{address}"
