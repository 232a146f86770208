"""Where the ledger stands, asked once for each operation and at most a quarter of a second old.

An answer says which entry it shows at least. Whoever needs an entry names it (`atLeast`) and is
kept waiting for a second at most; everybody else may be answered from what was known a moment ago.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.together import Together

LAG_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Seen:
    """Where the ledger stood at a moment.

    Attributes:
        seq: Its last entry.
        types: The last entry that changed CI types or relationship types.
        policies: The last entry that changed which policies are in force.
        at: When, in seconds of a clock that only goes forward.
    """

    seq: int
    types: int
    policies: int
    at: float

    @classmethod
    def of(cls, head: Mapping[str, Any], at: float) -> "Seen":
        """Read the head's properties, seen at a moment."""
        seq, types, policies = (
            int(head.get(name, 0)) for name in ("seq", "types_seq", "policies_seq")
        )
        return cls(seq, types, policies, at)


class Freshness:
    """What this process knows of the ledger's head.

    Args:
        graph: Asked where nothing young enough is known.
        lag: Seconds for which an answer may be behind.
        clock: Seconds, going forward only.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        lag: float = LAG_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._graph = graph
        self._lag = lag
        self._clock = clock
        self._known: Seen | None = None
        self._written = 0
        self._commits = 0
        self._asking: Together[Seen] = Together()
        graph.on_commit(self._committed)

    def note(self, head: Mapping[str, Any] | None) -> None:
        """Take in the head's properties that another statement brought along."""
        if head is not None:
            self._keep(Seen.of(head, self._clock()))

    async def seen(self, at_least: int | None = None) -> Seen:
        """Where the ledger stands.

        Args:
            at_least: An entry that has to be visible.

        Raises:
            Conflict: STALE, when it is not visible within a second.
        """
        wanted = at_least or 0
        known = self._known
        if known is not None and known.seq >= wanted and self._clock() - known.at <= self._lag:
            return known
        # what was asked for before a commit of this process may not show it
        found = await self._asking.work(self._commits, self._asked)
        if found.seq < wanted:
            await self._graph.at_least(wanted)
            found = await self._asked()
        return found

    async def _asked(self) -> Seen:
        asked = self._clock()
        rows = await self._graph.rows("ledger.read_head")
        head = rows[0]["head"] if rows else {"seq": 0}
        found = Seen.of(head, asked)
        self._keep(found)
        return found

    def _keep(self, found: Seen) -> None:
        """Remember the newest; never something older than what this process has written."""
        if found.seq >= max(self._written, self._known.seq if self._known else 0):
            self._known = found

    def _committed(self, seq: int, _changes: object) -> None:
        """Forget what was known: this process has written."""
        self._written = max(self._written, seq)
        self._commits += 1
        self._known = None
