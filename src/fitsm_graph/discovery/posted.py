"""What sources send over HTTP, read as records."""

from collections.abc import Iterable
from typing import Any, BinaryIO

from fitsm_graph.confm.sync_intake import Seen
from fitsm_graph.discovery import ndjson
from fitsm_graph.discovery.detect import list_formats, open_format
from fitsm_graph.discovery.form import json_schema
from fitsm_graph.discovery.mapping import Given
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean


class SyncReaders:
    """Reads what sources send over HTTP: our own records, or a file of any format."""

    def records(self, stream: BinaryIO, first: int) -> Iterable[Seen]:
        """Read NDJSON, whose first line has a number."""
        return ndjson.unread(stream, first)

    def file(
        self, stream: BinaryIO, format: str, scope: str, mode: str
    ) -> tuple[str, Iterable[Seen]]:
        """Read a file of a format by name; a path is none, because it would be ours.

        Raises:
            BadInput: UNKNOWN_FORMAT, or the file is broken.
        """
        names = [name for name, *_ in list_formats()]
        if format != "auto" and format not in names:
            raise BadInput(
                f"there is no format '{format[:80]}'",
                code="UNKNOWN_FORMAT",
                remedy=did_you_mean(format, names),
                path=("format",),
            )
        chosen, content = open_format(stream, format, Given.of(scope, ""))
        return chosen.run_mode(mode), chosen.rows(content)

    def schema(self) -> dict[str, Any]:
        """JSON Schema of a record."""
        return json_schema()
