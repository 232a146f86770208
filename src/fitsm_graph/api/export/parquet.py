"""Parquet: columns with the types of the schema, a row group for some thousand rows."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib import import_module
from io import BytesIO
from typing import Any

from fitsm_graph.api.export.columns import Column, Kind
from fitsm_graph.api.export.writing import Ending, Rows, typed
from fitsm_graph.kernel.errors import Problem, Unsupported

GROUP_ROWS = 50_000
"""Rows of a row group: large enough to be read fast, small enough to wait in memory."""


class ParquetWriter:
    """Rows are sent group by group; the footer comes last, and without it no reader opens it."""

    def __init__(self, columns: Sequence[Column], *, about: Sequence[tuple[str, str]]) -> None:
        self._arrow, parquet = _arrow()
        self._columns = columns
        self._about = about
        kinds = {
            Kind.INTEGER: self._arrow.int64(),
            Kind.NUMBER: self._arrow.float64(),
            Kind.BOOLEAN: self._arrow.bool_(),
            Kind.MOMENT: self._arrow.timestamp("us", tz="UTC"),
        }
        text = self._arrow.string()
        self._schema = self._arrow.schema(
            [(each.name, kinds.get(each.kind, text)) for each in columns]
        )
        self._sink = BytesIO()
        self._file = parquet.ParquetWriter(
            _Forward(self._sink), self._schema, compression="zstd", version="2.6"
        )
        self._waiting: list[Any] = []

    def begin(self) -> bytes:
        """The first bytes."""
        return self._sent()

    def rows(self, rows: Rows) -> bytes:
        """Row groups that are full."""
        self._waiting += rows
        if len(self._waiting) >= GROUP_ROWS:
            self._group()
        return self._sent()

    def end(self, ending: Ending) -> Iterator[bytes]:
        """The last group and the footer."""
        if self._waiting:
            self._group()
        told = {**dict(self._about), **ending.told()}
        self._file.add_key_value_metadata({f"fitsm.{k}": str(v) for k, v in told.items()})
        self._file.close()
        yield self._sent()

    def broken(self, problem: Problem) -> bytes:  # noqa: ARG002 - a reader looks for the footer only
        """Nothing: without its footer the file does not open."""
        return b""

    def _group(self) -> None:
        arrays = [
            self._arrow.array(_values(column, self._waiting), field.type)
            for column, field in zip(self._columns, self._schema, strict=True)
        ]
        self._file.write_table(
            self._arrow.Table.from_arrays(arrays, schema=self._schema), row_group_size=GROUP_ROWS
        )
        self._waiting = []

    def _sent(self) -> bytes:
        sent = self._sink.getvalue()
        self._sink.seek(0)
        self._sink.truncate()
        return sent


class _Forward:
    """A file that is only ever written forward; what was sent is forgotten."""

    closed = False

    def __init__(self, sink: BytesIO) -> None:
        self._sink = sink
        self._written = 0

    def write(self, data: Any) -> int:
        """Take some bytes."""
        self._written += len(data)
        return self._sink.write(data)

    def tell(self) -> int:
        """Bytes since the beginning of the file."""
        return self._written

    def flush(self) -> None:
        """Take note of nothing: bytes are fetched by whoever sends them."""
        return

    def close(self) -> None:
        """End it."""
        self.closed = True


def _values(column: Column, rows: Rows) -> list[Any]:
    values = typed(column, rows)
    if column.kind is Kind.MOMENT:
        return [None if value is None else datetime.fromisoformat(value) for value in values]
    if column.kind in {Kind.TEXT, Kind.JSON}:
        return [None if value is None else str(value) for value in values]
    return values


def _arrow() -> tuple[Any, Any]:
    """The library, which is large and comes with the extra `export`.

    Raises:
        Unsupported: EXPORT_LIBRARY_MISSING.
    """
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise Unsupported(
            "this server writes no Parquet",
            code="EXPORT_LIBRARY_MISSING",
            why="pyarrow is not installed",
            remedy="install fitsm-graph[export] on the server, or ask for CSV or NDJSON",
        ) from error
