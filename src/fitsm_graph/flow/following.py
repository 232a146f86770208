"""The policies in force, followed by every replica without a restart.

The ledger's head says which entry changed them last. A request is answered by what was in force at
the entry it has seen; what changed is read when the next one asks.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from fitsm_graph.flow.policies import Policies

LOG = logging.getLogger("fitsm_graph.policies")


class PoliciesInForce:
    """What is in force, and the way to what is next.

    Args:
        seq: Entry that changed the policies last.
        first: In force then.
        read: Reads what is in force in the graph.

    Attributes:
        current: In force, as far as this process has seen.
    """

    def __init__(self, seq: int, first: Policies, read: Callable[[], Awaitable[Policies]]) -> None:
        self.current = first
        self._seq = seq
        self._read = read
        self._lock = asyncio.Lock()

    @property
    def warning(self) -> str:
        """Why approved versions are not in force; empty where all are."""
        found = self.current.unreadable
        return "; ".join(f"{each.message}: {each.code}" for each in found[:3])

    async def at(self, seq: int) -> Policies:
        """What is in force for what was seen of the policies.

        Raises:
            Unavailable: The graph does not answer.
        """
        if seq > self._seq:
            async with self._lock:
                if seq > self._seq:
                    self.current, self._seq = await self._read(), seq
                    LOG.info("policies of ledger entry %d are in force", seq)
        return self.current
