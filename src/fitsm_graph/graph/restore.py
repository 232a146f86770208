"""Restoring a backup into an empty graph, one chunk a transaction.

The whole file is checked before anything is written. Each chunk is written together with a note
of its number, so that a restore that was killed goes on where it was when it is started again
with the same file. Until the end there is no head, so nothing can be written, and the product
does not open a graph that carries the mark of a restore. At the end the counts are compared with
the trailer, and the ledger's chain is verified from its first entry to the head of the backup.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fitsm_graph.graph import migrations, verify
from fitsm_graph.graph.backup_file import Chunk, Contents, Reader, inspect, raw
from fitsm_graph.graph.driver import translated
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.local.fetch import Progress, silent
from fitsm_graph.graph.statements import statement
from fitsm_graph.kernel.errors import Broken, Conflict, FitsmError, Refused

Rows = list[dict[str, Any]]
_ASIDES = ("keys", "credentials", "scopes", "buckets", "runs", "parked")
_CENSUS = {"records": "records", "entries": "entries", "keys": "keys", "scopes": "scopes"}
_CENSUS |= {"credentials": "credentials", "buckets": "buckets", "head": "head"}
_CENSUS |= {"runs": "runs", "parked": "parked"}


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What was restored.

    Attributes:
        identity: Digest of the backup.
        resumed_at: Chunks that an earlier, unfinished restore had brought; 0 for a fresh one.
        migrated: Migrations applied afterwards, because the backup is older than the product.
        pepper_mark: Fingerprint of the pepper that the tokens in it were made with, or empty.
    """

    identity: str
    seq: int
    hash: str
    at: str
    counts: dict[str, int]
    chunks: int
    resumed_at: int
    migrated: tuple[str, ...]
    pepper_mark: str
    seconds: float


async def restore(graph: Graph, file: Path, *, progress: Progress = silent) -> RestoreReport:
    """Bring a backup into an empty graph, or go on with a restore of the same file.

    Raises:
        BadInput: BACKUP_DAMAGED with its place, BACKUP_FORMAT, BACKUP_MISSING; nothing is written.
        Refused: BACKUP_IS_NEWER, BACKUP_UNFINISHED_MIGRATION; nothing is written.
        Conflict: NOT_EMPTY, RESTORE_OTHER; nothing is written. RESTORE_TWICE.
        Broken: RESTORE_MISMATCH, when the graph does not hold what the backup says.
    """
    begun = time.monotonic()
    progress("checking the file", 0, 1)
    contents = inspect(file)
    last = _last_migration(contents.header["migrations"])
    done = await _prepare(graph, contents, last)
    await _bring_chunks(graph, file, contents, done, progress)
    progress("verifying the ledger", 0, 1)
    await _check(graph, contents)
    await _write(graph, [("ledger.restore_end", {})])
    later = await migrations.migrate(graph.driver, graph.clock)
    trailer = contents.trailer
    return RestoreReport(
        identity=contents.identity,
        seq=trailer["seq"],
        hash=trailer["hash"],
        at=trailer["at"],
        counts=contents.counts,
        chunks=trailer["chunks"],
        resumed_at=done,
        migrated=tuple(each.name for each in later),
        pepper_mark=contents.header.get("pepper", ""),
        seconds=time.monotonic() - begun,
    )


# --- before -------------------------------------------------------------------------------------


def _last_migration(applied: Sequence[Mapping[str, Any]]) -> int:
    """The migration the backup stands at; the product must have it, with the same content."""
    known = {each.number: each for each in migrations.load()}
    for each in applied:
        mine = known.get(each["number"])
        if mine is None or mine.checksum != each["checksum"]:
            raise Refused(
                f"the backup has migration {each['number']} '{each['name']}', which differs here",
                code="BACKUP_IS_NEWER",
                why="another version of the product wrote it",
                remedy="restore it with that version",
            )
        if each["done"] < each["total"]:
            raise Refused(
                f"migration {each['number']} '{each['name']}' was half applied",
                code="BACKUP_UNFINISHED_MIGRATION",
                why="the backup was made while the product was being upgraded",
                remedy="use the backup before it or after it",
            )
    return max((int(each["number"]) for each in applied), default=0)


async def _prepare(graph: Graph, contents: Contents, last: int) -> int:
    """Make an empty graph ready; return the chunk that was restored last."""
    marks = await graph.rows("ledger.backup_mark")
    if not marks:
        _refuse_content((await graph.rows("ledger.restore_target"))[0])
        await _write(graph, [("ledger.restore_begin", {"backup": contents.identity})])
        marks = await graph.rows("ledger.backup_mark")
    if len(marks) != 1 or marks[0]["backup"] != contents.identity:
        raise Conflict(
            "another restore into this graph is unfinished",
            code="RESTORE_OTHER",
            why="it was started with another backup",
            remedy="finish it with its file, or empty the graph: `fitsm-graph db reset`",
        )
    done = int(marks[0]["chunk"])
    await migrations.migrate(graph.driver, graph.clock, until=last, restoring=True)
    if done == 0:
        await _write(graph, [("ledger.restore_head", {"heads": []})])
    return done


def _refuse_content(target: Mapping[str, Any]) -> None:
    heads = list(target["heads"])
    empty = target["nodes"] == target["migrations"] + len(heads) and sum(heads) == 0
    if not empty:
        raise Conflict(
            "the database is not empty",
            code="NOT_EMPTY",
            why=f"it holds {target['nodes']:,} nodes, and a restore never mixes or overwrites",
            remedy="name an empty one (FITSM_DATA, FITSM_NEO4J_URI), or empty this one: "
            "`fitsm-graph db down`, `fitsm-graph db reset`",
        )


# --- chunks -------------------------------------------------------------------------------------


async def _bring_chunks(
    graph: Graph, file: Path, contents: Contents, done: int, progress: Progress
) -> None:
    reader, total = Reader(file), contents.trailer["chunks"]
    for chunk in reader.chunks():
        if chunk.number <= done:
            continue
        progress(f"restoring {chunk.kind}", chunk.number, total)
        step = {"backup": contents.identity, "chunk": chunk.number}
        taken, *told = await _write(
            graph, [("ledger.restore_step", step), *_statements(chunk, reader.rows(chunk))]
        )
        if not taken:
            raise Conflict(
                f"chunk {chunk.number} was restored by another",
                code="RESTORE_TWICE",
                why="two restores of this backup run at once",
                remedy="let the other one finish",
            )
        _check_chunk(chunk, told)


def _statements(chunk: Chunk, rows: list[Any]) -> list[tuple[str, dict[str, Any]]]:
    """The statement that brings the rows of a chunk; none where the migrations have done so."""
    if chunk.kind == "migrations":
        return []
    if chunk.kind == "head":
        return [("ledger.restore_head", {"heads": rows})]
    if chunk.kind in _ASIDES:
        empty: dict[str, Rows] = {kind: [] for kind in _ASIDES}
        return [("ledger.restore_asides", {**empty, chunk.kind: _aside_rows(chunk.kind, rows)})]
    made = [_row(chunk.kind, row) for row in rows]
    return [(f"ledger.restore_{chunk.kind}", {"rows": made})]


def _row(kind: str, row: list[Any]) -> dict[str, Any]:
    if kind == "records":
        return {"labels": row[1], "properties": row[2]}
    if kind == "relations":
        return {"source": row[0], "type": row[1], "target": row[2], "properties": row[3]}
    images = [{"id": id, "properties": properties} for id, properties in row[1]]
    return {"entry": raw(row[0]), "changed": images}


def _aside_rows(kind: str, rows: list[Any]) -> Rows:
    if kind not in {"buckets", "runs", "parked"}:
        return rows
    return [{"scope": scope, "properties": raw(properties)} for scope, properties in rows]


def _check_chunk(chunk: Chunk, told: list[Rows]) -> None:
    for rows in told:
        if rows[0]["made"] != chunk.rows:
            raise _mismatch(f"chunk {chunk.number}: {rows[0]['made']} of {chunk.rows} rows fit")


async def _write(graph: Graph, wanted: Sequence[tuple[str, dict[str, Any]]]) -> list[Rows]:
    """Run statements in one transaction, which the driver repeats while the trouble passes.

    Repeating is harmless: a chunk's step finds that it was taken, and the caller then compares.
    """
    with translated():
        async with graph.driver.session() as session:

            async def work(tx: Any) -> list[Rows]:
                told = []
                for name, given in wanted:
                    result = await tx.run(statement(name).text, given)
                    told.append([record.data() async for record in result])
                    if name == "ledger.restore_step" and not told[-1]:
                        break
                return told

            return await session.execute_write(work)


# --- afterwards ---------------------------------------------------------------------------------


async def _check(graph: Graph, contents: Contents) -> None:
    """Compare the graph with the trailer, and verify the chain up to the head it names."""
    census = (await graph.rows("ledger.backup_census"))[0]
    found = {kind: census["known"][name] for kind, name in _CENSUS.items()}
    kept = census["kept"]
    found["relations"] = census["relations"] - sum(kept.values())
    for kind, count in found.items():
        if count != contents.counts[kind]:
            raise _mismatch(f"{count:,} {kind} of {contents.counts[kind]:,}")
    verdict = await verify.chain(graph)
    stand = (verdict.head.seq, verdict.head.hash)
    if not verdict.holds or stand != (contents.trailer["seq"], contents.trailer["hash"]):
        raise _mismatch(verdict.findings[0].what if verdict.findings else "the head is another")


def _mismatch(why: str) -> FitsmError:
    return Broken(
        "the graph does not hold what the backup says",
        code="RESTORE_MISMATCH",
        why=why,
        remedy="empty it (`fitsm-graph db reset`) and restore again, or use an earlier backup",
    )
