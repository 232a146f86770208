"""Changes laid over a topology, and folded into its arrays beside those who ask.

Folding costs the whole graph and not the change. Where that is little, or most of what there is
has changed, it is done at once; otherwise a question begins it and a later one takes it: nobody
waits for it, as an overlay answers the same.
"""

import asyncio
from collections.abc import Callable

from fitsm_graph.impact import changes
from fitsm_graph.impact.mapped import Mapped
from fitsm_graph.impact.records import TopologyChange

FEW_ROWS = 20_000
"""Elements and relations that are folded faster than anybody notices."""
MOST_ASIDE = 0.1
"""Share of changed rows above which what lies beside the arrays takes too much memory."""


class Folding:
    """What one snapshot folds; used under its lock.

    Args:
        few_rows: Topologies up to this size are folded at once.
        most_aside: Share of changed rows above which others are, too.
        fold: What folds one.
    """

    def __init__(
        self,
        few_rows: int = FEW_ROWS,
        most_aside: float = MOST_ASIDE,
        fold: Callable[[Mapped], Mapped] = Mapped.compacted,
    ) -> None:
        self._few_rows = few_rows
        self._most_aside = most_aside
        self._fold = fold
        self._going: asyncio.Task[Mapped] | None = None
        self._since: list[TopologyChange] = []

    @property
    def is_going(self) -> bool:
        """Whether a folding has begun that nobody has taken yet."""
        return self._going is not None

    def forget(self) -> None:
        """What was begun belongs to a topology that is not followed any more."""
        self._going = None
        self._since = []

    async def after(self, mapped: Mapped, steps: list[TopologyChange], version: int) -> Mapped:
        """The version after some changes.

        Args:
            mapped: The version before.
            steps: Differences between the two, in their order.
            version: Ledger entry that the result stands at.

        Raises:
            Broken: SNAPSHOT_DIVERGED, see `changes.follow`.
        """
        if not steps:
            return mapped.at(version)
        try:
            if self._going is not None:
                self._since += steps
                if self._going.done():
                    mapped, steps = self._going.result(), self._since
                    self.forget()
            return await self._folded(await asyncio.to_thread(laid_over, mapped, steps, version))
        except BaseException:
            self.forget()  # who asked has gone, or changes do not fit: they will come again
            raise

    async def _folded(self, mapped: Mapped) -> Mapped:
        if not mapped.wants_compaction:
            return mapped
        if mapped.folded_rows <= self._few_rows or mapped.changed_share > self._most_aside:
            self.forget()
            return await asyncio.to_thread(self._fold, mapped)
        if self._going is None:
            self._going = asyncio.create_task(asyncio.to_thread(self._fold, mapped))
        return mapped


def laid_over(mapped: Mapped, steps: list[TopologyChange], version: int) -> Mapped:
    """A topology with changes beside its arrays."""
    return mapped.followed(changes.follow(mapped.topology, steps, version))
