"""Who listens, looked up again while the stream runs.

A principal is remembered for a quarter of a second, as everywhere, and forgotten at once when the
ledger says that accounts, tokens or scopes have changed: no event that is written later is given
on rights that ended before it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from fitsm_graph.api.credential import Credential
from fitsm_graph.api.entrance import MOST_REMEMBERED, REMEMBERED_SECONDS
from fitsm_graph.graph.follow import Batch
from fitsm_graph.model.principal import Principal

DECIDING = frozenset({"Account", "ApiToken", "ConfigurationScope"})
"""Kinds of records that say who may do and see what."""


class Rights:
    """Looks up who a credential stands for now; one statement for all its streams.

    Args:
        look_up: Asks the records; raises Unauthenticated.
        clock: Seconds, going forward only.
    """

    def __init__(
        self,
        look_up: Callable[[Credential], Awaitable[Principal]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look_up = look_up
        self._clock = clock
        self._known: dict[Credential, tuple[float, asyncio.Task[Principal]]] = {}

    async def principal(self, credential: Credential) -> Principal:
        """Whoever the credential stands for.

        Raises:
            Unauthenticated: Nobody any more.
        """
        known = self._known.get(credential)
        if known is None or self._clock() - known[0] > REMEMBERED_SECONDS:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            asked = asyncio.ensure_future(self._asked(credential))
            known = self._known[credential] = (self._clock(), asked)
        return await asyncio.shield(known[1])

    async def _asked(self, credential: Credential) -> Principal:
        return await self._look_up(credential)

    def told(self, batch: Batch) -> None:
        """Forget what is remembered if entries have changed it."""
        if batch.kinds & DECIDING:
            self._known.clear()
