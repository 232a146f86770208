"""Pages on their way into a backup: written down as read, sifted when it is known what changed.

A page of records is read while others write, so some of its rows are older than others. They lie
in a file beside the backup until the entry is known that the backup stands at; then rows that
were touched since the beginning are left out, and come again as they are at that entry. Pages
without such a row are copied as they are.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import IO, Any

from fitsm_graph.graph.backup_file import pack, unpack


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page lies, and between which names its rows are."""

    kind: str
    rows: int
    start: int
    size: int
    first: Any
    last: Any


class Spool:
    """Pages in a file, in the order they came.

    Args:
        file: Open for reading and writing, empty.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._pages: list[Page] = []

    def add(self, kind: str, rows: list[Any], name: Callable[[Any], Any]) -> None:
        """Write a page down."""
        if not rows:
            return
        data = pack(rows)
        start = self._file.tell()
        self._file.write(data)
        names = [name(row) for row in rows]
        self._pages.append(Page(kind, len(rows), start, len(data), min(names), max(names)))

    def sifted(
        self, kind: str, touched: Collection[Any], name: Callable[[Any], Any]
    ) -> Iterator[tuple[int, bytes]]:
        """Give the pages of a kind as row count and packed rows, without touched rows.

        Args:
            kind: Which pages.
            touched: Names of rows to leave out.
            name: Tells a row's name; the same function as in `add`.
        """
        known, ordered = set(touched), sorted(touched)
        for page in self._pages:
            if page.kind != kind:
                continue
            data = self._data(page)
            if not _within(ordered, page):
                yield page.rows, data
                continue
            kept = [row for row in unpack(data) if name(row) not in known]
            if kept:
                yield len(kept), pack(kept)

    def _data(self, page: Page) -> bytes:
        self._file.seek(page.start)
        return self._file.read(page.size)


def _within(ordered: list[Any], page: Page) -> bool:
    """Whether any touched name lies between the first and the last of a page."""
    at = bisect_left(ordered, page.first)
    return at < len(ordered) and bool(ordered[at] <= page.last)
