"""One piece of work for all who want the same at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Together(Generic[T]):
    """Work that is going on, by what it is about.

    Whoever comes while it is going on gets its outcome, an error too; so the key has to say what
    the work must have seen. Nobody who gives up ends it for the others.
    """

    def __init__(self) -> None:
        self._going_on: dict[Hashable, asyncio.Future[T]] = {}

    async def work(self, key: Hashable, begin: Callable[[], Awaitable[T]]) -> T:
        """The outcome of the work that is going on under a key, or is begun now."""
        going_on = self._going_on.get(key)
        if going_on is None:
            going_on = self._going_on[key] = asyncio.ensure_future(begin())

            def done(future: "asyncio.Future[T]") -> None:
                self._going_on.pop(key, None)
                if not future.cancelled():
                    future.exception()  # it is told to whoever still waits, if anybody does

            going_on.add_done_callback(done)
        return await asyncio.shield(going_on)
