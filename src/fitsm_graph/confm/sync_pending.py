"""Rows whose elements are there and whose relations are not yet: few in memory, many in a file.

A line is a row as it came in: its place, whether its element was new, and the record.
"""

import tempfile
import zlib
from collections.abc import Iterable, Iterator
from typing import IO

import orjson

from fitsm_graph.confm.sync_rows import Row, RowReader
from fitsm_graph.model.observation import Observation, observation_from, record_of

IN_MEMORY = 2_000
"""A row takes some 3 kB in memory and a tenth of that in the file."""


class Pending:
    """Rows that wait, in the order they came.

    Args:
        reader: Reads rows again that were put into the file.
    """

    def __init__(self, reader: RowReader) -> None:
        self._reader = reader
        self._rows: dict[str, Row] = {}
        self._file: IO[bytes] | None = None

    def add(self, rows: Iterable[Row]) -> None:
        """Let rows wait; of a key that waits in memory already, the later row stands."""
        for row in rows:
            self._rows[row.key] = row
        if len(self._rows) > IN_MEMORY:
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it is empty
            self._file.writelines(to_lines(self._rows.values()))
            self._rows.clear()

    def taken(self) -> Iterator[Row]:
        """Give all rows back, and forget them."""
        if self._file is not None:
            file, self._file = self._file, None
            with file:
                file.seek(0)
                yield from from_lines(file, self._reader)
        rows, self._rows = self._rows, {}
        yield from rows.values()


def to_lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """Write rows, a line each."""
    for row in rows:
        source = row.source
        record = record_of(source) if isinstance(source, Observation) else source
        line = [row.place, row.fresh, *row.digests, record]
        yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def from_lines(
    lines: Iterable[bytes], reader: RowReader, *, resumed: bool = False
) -> Iterator[Row]:
    """Read what `to_lines` wrote.

    Args:
        lines: A row each.
        reader: Knows the types; a row of another process that they do not allow is left out.
        resumed: Another process wrote it, maybe by other types; and what was new to it may have
            relations by now.
    """
    for line in lines:
        place, fresh, key, content, record = orjson.loads(line)
        if not resumed:
            yield reader.related(record, place, (key, content), fresh=fresh)
            continue
        row, _ = reader.read(observation_from(record, place), (key, content))
        if row is not None:
            yield row


def packed(rows: Iterable[Row]) -> bytes:
    """Rows as they are kept in the database."""
    return zlib.compress(b"".join(to_lines(rows)), 1)


def unpacked(data: bytes, reader: RowReader, *, resumed: bool) -> Iterator[Row]:
    """Read what `packed` wrote, maybe by a process that is no more."""
    lines = zlib.decompress(data).splitlines() if data else ()
    return from_lines(lines, reader, resumed=resumed)
