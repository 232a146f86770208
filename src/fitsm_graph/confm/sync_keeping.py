"""What is kept of a run under way: what it has seen, and that it still holds its scope."""

from collections.abc import Mapping, Sequence
from typing import Any

from fitsm_graph.confm.sync_index import Pair
from fitsm_graph.confm.sync_runs import Run, check_lease, counts_text, lease_end
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.model.declare import Process


@verb("sync.renew", room=Process.CONFM, requirement="PR11.3")
async def renew(tx: Tx, run: Run) -> None:
    """Go on holding a scope; never take one that is not held any more (PR11.3).

    Raises:
        Conflict: SYNC_LEASE_LOST.
    """
    held = await tx.one("confm.sync_lease", scope=run.place, run="")
    check_lease(tx, run, held["token"])
    _prolong(tx, run, [])


@verb("sync.remember", room=Process.CONFM, requirement="PR11.3")
async def remember(
    tx: Tx,
    run: Run,
    pairs: list[Pair],
    *,
    buckets: Sequence[Mapping[str, Any]] = (),
    below: int = 0,
) -> None:
    """Keep what was seen, or put the index together; no record changes (PR11.3).

    The lease is prolonged.

    Args:
        tx: The transaction.
        run: Must hold its scope.
        pairs: What was seen.
        buckets: Some of those that the index is put together into.
        below: Buckets of a smaller number go, once all of these are kept.

    Raises:
        Conflict: SYNC_LEASE_LOST.
    """
    held = await tx.one("confm.sync_lease", scope=run.place, run="")
    check_lease(tx, run, held["token"])
    if buckets or below:
        tx.aside("confm.sync_compact_index", scope=run.place, buckets=buckets, below=below)
    else:
        keep(tx, run, pairs)


def keep(tx: Tx, run: Run, pairs: list[Pair]) -> None:
    """Keep what a chunk has seen, in the transaction that wrote it."""
    if run.token:
        _prolong(tx, run, run.index.bucket(pairs))


def _prolong(tx: Tx, run: Run, buckets: list[dict[str, Any]]) -> None:
    tx.aside(
        "confm.sync_keep_index",
        scope=run.place,
        until=lease_end(tx.at),
        buckets=buckets,
        run=run.key,
        counts=counts_text(run.counts),
        at=tx.at,
    )
