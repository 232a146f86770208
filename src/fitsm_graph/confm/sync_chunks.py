"""Chunks that a client numbers: each is taken in once, and answered alike when it comes again."""

from dataclasses import dataclass, field
from typing import Any

from fitsm_graph.confm.sync_runs import Run, check_lease, check_running, counts_text, lease_end
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.errors import Conflict
from fitsm_graph.model.declare import Process


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is kept of a chunk that was taken in.

    Attributes:
        digest: Of what it held.
        answer: What was answered, packed.
        seen: Digests of keys and contents, packed.
        pending: Rows whose relations wait for the end of the run, packed.
        state: What is known of the run by now.
    """

    number: int
    digest: str
    answer: bytes
    seen: bytes
    pending: bytes
    state: dict[str, Any] = field(default_factory=dict)


@verb("sync.chunk", room=Process.CONFM, requirement="PR11.3")
async def keep_chunk(tx: Tx, run: Run, chunk: Chunk) -> None:
    """Remember that a chunk was taken in; its rows are in the graph already (PR11.3).

    Raises:
        NotFound: There is no such run.
        Conflict: SYNC_LEASE_LOST, RUN_OVER.
    """
    held = await tx.one("confm.sync_lease", scope=run.place, run=run.key)
    check_running(run, held["state"])
    check_lease(tx, run, held["token"])
    kept = {
        "key": chunk_key(run.key, chunk.number),
        "number": chunk.number,
        "digest": chunk.digest,
        "answer": chunk.answer,
        "seen": chunk.seen,
        "pending": chunk.pending,
    }
    tx.aside(
        "confm.sync_keep_chunk",
        scope=run.place,
        until=lease_end(tx.at),
        run=run.key,
        at=tx.at,
        chunk=kept,
        counts=counts_text(run.counts),
        state=chunk.state,
    )


def chunk_key(run: str, number: int) -> str:
    """Key of a chunk."""
    return f"{run}|{number:09d}"


async def earlier_answer(graph: Graph, run: str, number: int, digest: str) -> bytes | None:
    """What was answered to a chunk that was taken in before; None where it is new.

    Raises:
        Conflict: CHUNK_MISMATCH, when another payload came under its number.
    """
    rows = await graph.rows("confm.sync_chunk", key=chunk_key(run, number))
    if not rows:
        return None
    if rows[0]["digest"] != digest:
        raise Conflict(
            f"chunk {number} of {run} was another one",
            code="CHUNK_MISMATCH",
            why="a number stands for one payload, so that it can be sent again",
            remedy="give what is new the next number",
            path=("chunk",),
        )
    return bytes(rows[0]["answer"])


def check_chunks(taken: set[int], sent: int | None) -> None:
    """Refuse to end a run of which chunks are missing.

    Raises:
        Conflict: CHUNKS_MISSING, naming some.
    """
    last = max(taken, default=0) if sent is None else sent
    missing = sorted(set(range(1, last + 1)) - taken)
    if missing or (sent is not None and len(taken) > sent):
        some = ", ".join(map(str, missing[:5])) if missing else f"{len(taken)} instead of {sent}"
        raise Conflict(
            f"chunks are missing: {some}" if missing else f"too many chunks arrived: {some}",
            code="CHUNKS_MISSING",
            why="the end of a run says that all of it arrived, and what is missing may be there",
            remedy="send them, and the end once more",
            path=("chunks",),
        )
