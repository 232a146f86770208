"""A backup of a graph that is being written to: its state at one ledger entry, in one file.

`backup_reading` comes to one entry while others write; here the file is made of it. Pages lie in
a spool beside the file until the entry is known, so that the file holds one state and nothing
else. What it holds is compared with the store's own counts before it gets its name.

Memory: a page, and what was touched while the pages were read.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fitsm_graph import __version__
from fitsm_graph.graph.backup_draft import new_file, size_of
from fitsm_graph.graph.backup_file import Told, Writer
from fitsm_graph.graph.backup_reading import PAGE, Reading, seq_of, triple_of
from fitsm_graph.graph.backup_spool import Spool
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.local.fetch import Progress, silent
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.errors import Broken
from fitsm_graph.kernel.ids import new_id

_COUNTED = ("records", "entries", "credentials", "head")


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds.

    Attributes:
        identity: Digest over everything; the same as in the trailer.
        seq: The ledger entry it stands at.
        counts: Rows by kind.
        size: Of the file, in bytes.
        written_meanwhile: Entries that were made while it was read, and are in it.
        held_seconds: How long others could not write.
        left_out: Nodes that the product does not know of, by their labels.
    """

    file: Path
    identity: str
    seq: int
    hash: str
    at: str
    counts: dict[str, int]
    chunks: int
    size: int
    written_meanwhile: int
    held_seconds: float
    seconds: float
    left_out: dict[str, int] = field(default_factory=dict)


async def backup(
    graph: Graph,
    file: Path,
    *,
    pepper_mark: str = "",
    progress: Progress = silent,
    page: int = PAGE,
) -> BackupReport:
    """Write the state of a graph at one ledger entry into a new file.

    Args:
        graph: Where to read; others may write to it.
        file: Must not exist; is there only when the backup is complete.
        pepper_mark: Fingerprint of the pepper beside the database, kept in the header.
        progress: Told what is being read and how far.
        page: Rows read at once.

    Raises:
        Conflict: BACKUP_EXISTS.
        Refused: NOT_MIGRATED, RESTORE_UNFINISHED.
        Unavailable: DISK_FULL, FOLDER_NOT_WRITABLE, and what the database says.
        Broken: BACKUP_MISMATCH, when the file does not hold what the store counts.
    """
    begun = time.monotonic()
    with new_file(file) as (out, pages):
        reading = Reading(graph, Spool(pages), progress, page=page)
        await reading.read_pages()
        await reading.follow()
        writer = Writer(out, _header(graph, reading, pepper_mark))
        _write_all(writer, reading, progress)
        _check(writer.counts, reading)
        stand = {name: reading.head[name] for name in ("seq", "hash", "at")}
        trailer = writer.finish({**stand, "left_out": reading.left_out})
    return BackupReport(
        file=file,
        identity=trailer["digest"],
        seq=trailer["seq"],
        hash=trailer["hash"],
        at=trailer["at"],
        counts=trailer["counts"],
        chunks=trailer["chunks"],
        size=size_of(file),
        written_meanwhile=trailer["seq"] - reading.start,
        held_seconds=reading.held_seconds,
        seconds=time.monotonic() - begun,
        left_out=trailer["left_out"],
    )


def _header(graph: Graph, reading: Reading, pepper_mark: str) -> Told:
    now = graph.clock.now()
    names = ("number", "name", "checksum", "done", "total")
    return {
        "id": new_id(now),
        "made_at": to_text(now),
        "product": __version__,
        "pepper": pepper_mark,
        "migrations": [{n: each[n] for n in names} for each in reading.asides["migrations"]],
    }


def _write_all(writer: Writer, reading: Reading, progress: Progress) -> None:
    """Write the state at the entry that was reached, in the order of `backup_file.KINDS`."""

    def write(kind: str, fresh: Mapping[Any, Any], name: Callable[[Any], Any], total: int) -> None:
        """Pages without what was touched, then what was touched as it is."""
        for rows, data in reading.spool.sifted(kind, fresh.keys(), name):
            writer.packed(kind, rows, data)
            progress(f"writing {kind}", min(writer.counts[kind], total), total)
        rest = [row for _, row in sorted(fresh.items()) if row is not None]
        for at in range(0, len(rest), PAGE):
            writer.rows(kind, rest[at : at + PAGE])

    known, asides = reading.census["known"], reading.asides
    writer.rows("migrations", asides["migrations"])
    write("records", reading.records, lambda row: row[0], known["records"])
    write("relations", _relations(reading), triple_of, reading.census["relations"])
    write("entries", reading.entries, seq_of, known["entries"])
    write("keys", reading.keys, lambda row: row["key"], known["keys"])
    writer.rows("credentials", asides["credentials"])
    writer.rows("scopes", [_released(each) for each in asides["scopes"]])
    for _, key in sorted(asides["buckets"]):
        writer.rows("buckets", [reading.buckets[key]])
    for kind in ("runs", "parked"):
        for at in range(0, len(asides[kind]), PAGE):
            writer.rows(kind, asides[kind][at : at + PAGE])
    writer.rows("head", [reading.head])


def _relations(reading: Reading) -> dict[Any, Any]:
    return {
        triple: None if properties is None else [*triple, properties]
        for triple, properties in reading.relations.items()
    }


def _released(scope: Told) -> Told:
    """A scope without the lease of a run that is over by the time of a restore."""
    return {name: value for name, value in scope.items() if not name.startswith("lease_")}


def _check(counts: Mapping[str, int], reading: Reading) -> None:
    """Compare with the store's counts, which were taken while nobody could write."""
    census = reading.census
    wanted = {name: census["known"][name] for name in _COUNTED}
    if not reading.left_out:
        kept = census["kept"]
        wanted["relations"] = census["relations"] - sum(kept.values())
    for kind, count in wanted.items():
        if counts.get(kind, 0) != count:
            raise Broken(
                f"the backup would hold {counts.get(kind, 0):,} {kind} of {count:,}",
                code="BACKUP_MISMATCH",
                why="the graph was changed past the ledger",
                remedy="run `fitsm-graph doctor`; it names what does not fit",
            )
