"""The file of a backup: a header, numbered chunks, a trailer; each bound to what stands before it.

    {"format":"fitsm-graph backup", …}                                   header, one line
    {"chunk":1,"kind":"records","rows":5000,"bytes":81321,"digest":"…"}  head of a chunk
    …81,321 bytes: zlib over JSON, one row a line…
    …
    {"trailer":…,"chunks":12,"counts":{…},"digest":"…"}                  trailer, one line

A digest covers the digest before it, the head and the bytes. So a chunk that is changed, left
out, repeated, moved or taken from another backup is found, and its place is told. Digests find
damage; they are no signature (signed checkpoints of the ledger are).
"""

import base64
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

import orjson

from fitsm_graph.kernel.canonical import canonical, digest
from fitsm_graph.kernel.errors import BadInput, Broken

FORMAT: Final = "fitsm-graph backup"
VERSION: Final = 1
KINDS: Final = (
    "migrations",
    "records",
    "relations",
    "entries",
    "keys",
    "credentials",
    "scopes",
    "buckets",
    "runs",
    "parked",
    "head",
)
"""Kinds of chunks, in the order in which they stand in the file and are restored."""
LONGEST_LINE: Final = 1 << 20
LARGEST_CHUNK: Final = 1 << 28
LARGEST_ROWS: Final = 1 << 30
_BYTES: Final = "base64"
_LEVEL: Final = 3
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk as it stands in a file.

    Attributes:
        number: From 1.
        kind: One of `KINDS`.
        rows: How many rows it holds.
        data: Packed rows.
    """

    number: int
    kind: str
    rows: int
    data: bytes


@dataclass(slots=True)
class Contents:
    """What a file says about itself, once all of it was checked."""

    header: Told
    trailer: Told

    @property
    def identity(self) -> str:
        """Digest over everything; no two backups share it."""
        return str(self.trailer["digest"])

    @property
    def counts(self) -> dict[str, int]:
        """Rows by kind."""
        return {**dict.fromkeys(KINDS, 0), **self.trailer["counts"]}


def pack(rows: Iterable[Any]) -> bytes:
    """Write rows as they stand in a chunk.

    Raises:
        Broken: A value is none that the product writes, such as a date of Neo4j's own.
    """
    try:
        lines = b"".join(
            orjson.dumps(row, default=_bytes, option=orjson.OPT_APPEND_NEWLINE) for row in rows
        )
    except orjson.JSONEncodeError as error:
        raise Broken(
            "a value cannot be written to the backup",
            code="BACKUP_VALUE",
            why=str(error),
            remedy="the product writes no such values: find it with `fitsm-graph doctor`",
        ) from error
    return zlib.compress(lines, _LEVEL)


def unpack(data: bytes) -> list[Any]:
    """Read what `pack` wrote.

    Raises:
        ValueError: The bytes are no packed rows, or too many.
    """
    reader = zlib.decompressobj()
    try:
        lines = reader.decompress(data, LARGEST_ROWS)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not reader.eof or reader.unconsumed_tail:
        raise ValueError("it is cut, or unpacks to more than a chunk may hold")
    return [orjson.loads(line) for line in lines.splitlines()]


def raw(properties: dict[str, Any]) -> dict[str, Any]:
    """Turn texts that stand for bytes back into bytes."""
    return {
        name: base64.b64decode(value[_BYTES]) if isinstance(value, dict) else value
        for name, value in properties.items()
    }


def _bytes(value: Any) -> Any:
    if isinstance(value, bytes | bytearray):
        return {_BYTES: base64.b64encode(bytes(value)).decode()}
    raise TypeError(f"a value of type {type(value).__name__}")


# --- writing -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Writer:
    """Writes header, chunks and trailer to an open file.

    Attributes:
        counts: Rows written so far by kind.
        chunks: Chunks written so far.
    """

    out: IO[bytes]
    header: Told
    counts: dict[str, int] = field(default_factory=dict)
    chunks: int = 0
    _before: str = ""

    def __post_init__(self) -> None:
        """Write the header."""
        line = canonical({"format": FORMAT, "version": VERSION, **self.header})
        self._before = digest(line)
        self.out.write(line + b"\n")

    def rows(self, kind: str, rows: list[Any]) -> None:
        """Write rows as one chunk; none for no rows."""
        if rows:
            self.packed(kind, len(rows), pack(rows))

    def packed(self, kind: str, rows: int, data: bytes) -> None:
        """Write a chunk that is packed already."""
        self.chunks += 1
        head: Told = {"chunk": self.chunks, "kind": kind, "rows": rows, "bytes": len(data)}
        self._before = head["digest"] = _chunk_digest(self._before, head, data)
        self.out.write(canonical(head) + b"\n" + data)
        self.counts[kind] = self.counts.get(kind, 0) + rows

    def finish(self, more: Told) -> Told:
        """Write the trailer and return it."""
        counts = {kind: self.counts.get(kind, 0) for kind in KINDS}
        trailer: Told = {"trailer": True, "chunks": self.chunks, "counts": counts, **more}
        trailer["digest"] = digest(self._before.encode(), canonical(trailer))
        self.out.write(canonical(trailer) + b"\n")
        self.out.flush()
        os.fsync(self.out.fileno())
        return trailer


def _chunk_digest(before: str, head: Told, data: bytes) -> str:
    named = {name: head[name] for name in ("chunk", "kind", "rows", "bytes")}
    return digest(before.encode(), canonical(named), data)


# --- reading -------------------------------------------------------------------------------------


class Reader:
    """Reads a backup from front to back and refuses what does not fit, with its place.

    Attributes:
        header: What the first line says.
        trailer: What the last line says; None before the end was reached.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = 0
        self._number = 0
        self.trailer: Told | None = None
        self.header: Told = {}
        self._before = ""
        self._counts = dict.fromkeys(KINDS, 0)

    def chunks(self) -> Iterator[Chunk]:
        """Give all chunks in order; when it ends by itself, the whole file was in order.

        Raises:
            BadInput: BACKUP_DAMAGED with chunk and byte, BACKUP_FORMAT, BACKUP_MISSING.
        """
        try:
            with self._path.open("rb") as file:
                yield from self._read(file)
        except OSError as error:
            raise BadInput(
                f"{self._path} cannot be read",
                code="BACKUP_MISSING",
                why=error.strerror or type(error).__name__,
                remedy="name the file that `fitsm-graph backup` wrote",
            ) from error

    def _read(self, file: IO[bytes]) -> Iterator[Chunk]:
        self._read_header(file)
        last = 0
        while True:
            self._at = file.tell()
            head = self._line(file, f"the head of chunk {self._number + 1}")
            if "trailer" in head:
                self._check_trailer(head, file)
                return
            chunk = self._chunk(head, file)
            if KINDS.index(chunk.kind) < last:
                raise self._damaged(f"{chunk.kind} do not belong here")
            last = KINDS.index(chunk.kind)
            yield chunk

    def _read_header(self, file: IO[bytes]) -> None:
        line = file.readline(LONGEST_LINE)
        try:
            header = orjson.loads(line)
        except orjson.JSONDecodeError:
            header = None
        if not isinstance(header, dict) or header.get("format") != FORMAT:
            raise BadInput(
                f"{self._path.name} is no backup of this product",
                code="BACKUP_FORMAT",
                why=f"it does not begin with {FORMAT!r}",
                remedy="name the file that `fitsm-graph backup` wrote",
            )
        if header.get("version") != VERSION:
            raise BadInput(
                f"{self._path.name} is a backup of format {header.get('version')}",
                code="BACKUP_FORMAT",
                why=f"this version reads format {VERSION}",
                remedy=f"restore it with fitsm-graph {header.get('product', 'of its time')}",
            )
        self.header, self._before = header, digest(line.rstrip(b"\n"))

    def _chunk(self, head: Told, file: IO[bytes]) -> Chunk:
        wanted = self._number + 1
        if head.get("chunk") != wanted:
            raise self._damaged(f"chunk {head.get('chunk')} stands where chunk {wanted} belongs")
        kind, rows, size = head.get("kind"), head.get("rows"), head.get("bytes")
        if kind not in KINDS or not isinstance(rows, int) or not isinstance(size, int):
            raise self._damaged("the head of the chunk says what cannot be")
        if not 0 <= size <= LARGEST_CHUNK:
            raise self._damaged(f"a chunk of {size:,} bytes is none of ours")
        self._number = wanted
        data = file.read(size)
        if len(data) < size:
            raise self._damaged(f"the file ends {size - len(data):,} bytes before the chunk does")
        self._before_is(_chunk_digest(self._before, head, data), head)
        self._counts[kind] += rows
        return Chunk(wanted, kind, rows, data)

    def _before_is(self, found: str, told: Told) -> None:
        if found != told.get("digest"):
            raise self._damaged("its digest does not fit: it was changed, or is from elsewhere")
        self._before = found

    def _check_trailer(self, trailer: Told, file: IO[bytes]) -> None:
        body = {name: value for name, value in trailer.items() if name != "digest"}
        self._number += 1
        self._before_is(digest(self._before.encode(), canonical(body)), trailer)
        if (
            trailer["chunks"] != self._number - 1
            or {
                **dict.fromkeys(KINDS, 0),  # an older backup has fewer kinds
                **trailer["counts"],
            }
            != self._counts
        ):
            raise self._damaged("the trailer counts other chunks or rows than there are")
        self._at = file.tell()
        if file.read(1):
            raise self._damaged("something follows the trailer")
        self.trailer = trailer

    def _line(self, file: IO[bytes], what: str) -> Told:
        line = file.readline(LONGEST_LINE)
        if not line:
            raise self._damaged(f"the file ends where {what} or the trailer belongs")
        try:
            told = orjson.loads(line)
        except orjson.JSONDecodeError:
            told = None
        if not isinstance(told, dict) or not line.endswith(b"\n"):
            raise self._damaged(f"{what} cannot be read")
        return told

    def rows(self, chunk: Chunk) -> list[Any]:
        """The rows of a chunk.

        Raises:
            BadInput: BACKUP_DAMAGED.
        """
        try:
            rows = unpack(chunk.data)
        except ValueError as error:
            raise self._damaged("its rows cannot be unpacked") from error
        if len(rows) != chunk.rows:
            raise self._damaged(f"it holds {len(rows)} rows and not {chunk.rows}")
        return rows

    def _damaged(self, why: str) -> BadInput:
        return BadInput(
            f"the backup {self._path.name} is damaged",
            code="BACKUP_DAMAGED",
            why=why,
            remedy="use another copy of it, or an earlier backup",
            path=(self._path.name, f"chunk {max(self._number, 1)}", f"byte {self._at}"),
        )


def inspect(path: Path) -> Contents:
    """Read a whole file and check every digest and count; nothing is unpacked.

    Raises:
        BadInput: Those of `Reader.chunks`.
    """
    reader = Reader(path)
    for _chunk in reader.chunks():
        pass
    if reader.trailer is None:
        raise BadInput(f"{path.name} has no trailer", code="BACKUP_DAMAGED")
    return Contents(reader.header, reader.trailer)
