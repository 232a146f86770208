"""Which format a file has, by its content and never by its name."""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from fitsm_graph.discovery import beginnings, ndjson, netbox
from fitsm_graph.discovery.mapping import Given, Mapping, catalogue, run_mapping
from fitsm_graph.discovery.mapping.values import Unfit, empty
from fitsm_graph.discovery.readers import READERS
from fitsm_graph.discovery.readers.limits import LARGEST_DOCUMENT, LARGEST_SHEET, LARGEST_YAML
from fitsm_graph.discovery.readers.spooled import seekable
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.observation import Observation, Unread

Read = Callable[[BinaryIO], Iterator[Observation | Problem]]
LOOKED_AT = 64 << 10
"""Bytes from the start that decide; all of them where JSON or YAML does not show it there."""
_MARK = b"\xef\xbb\xbf"
_YAML = re.compile(rb"(---|#|%YAML|[\w.\"'-]+ *:(\s|$))")
_SNAPSHOT = ("snapshot", "delta", "enrich")


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be read.

    Attributes:
        fits: Says from the first bytes, without white space before them, whether a file has it.
        mode: Of a run where none is asked for.
        modes: Those a run of it may have; what sees only a part never makes a snapshot.
        complete: Types of which a file lists all that its scope has.
        unread: Gives the rows of a file as they stand, to be read where that is needed.
    """

    name: str
    doc: str
    fits: Callable[[bytes], bool]
    read: Read
    mode: str = "snapshot"
    modes: tuple[str, ...] = _SNAPSHOT
    complete: frozenset[str] = frozenset()
    unread: Callable[[BinaryIO], Iterable[Observation | Problem | Unread]] | None = None

    def rows(self, content: BinaryIO) -> Iterable[Observation | Problem | Unread]:
        """What a file says, for a sync: rows that may be left unread, where the format has such."""
        return (self.unread or self.read)(content)

    def run_mode(self, asked: str) -> str:
        """The mode of a run: what was asked for, or the format's own.

        Raises:
            BadInput: WRONG_MODE: the format sees too little for it.
        """
        if not asked or asked in self.modes:
            return asked or self.mode
        raise BadInput(
            f"a file of {self.name} makes no {asked}",
            code="WRONG_MODE",
            why="it shows a part only, and absence from it means nothing",
            remedy=f"--mode {self.mode}",
            path=("mode",),
        )


def _is_netbox(start: bytes) -> bool:
    body = start.removeprefix(b"[").lstrip()
    models = (b'"contenttypes.', b'"dcim.', b'"ipam.', b'"circuits.', b'"virtualization.')
    return (
        start.startswith(b"[")
        and body.startswith(b"{")
        and b'"fields"' in start
        and (any(model in start for model in models) or (b'"model"' in body[:200]))
    )


def _is_ndjson(start: bytes) -> bool:
    """Records of our own form; other formats have lines of JSON too."""
    first = start.partition(b"\n")[0].rstrip()
    ours = b'"key"' in first and (b'"type"' in first or b'"op"' in first)
    return ours and first.startswith(b"{") and (first.endswith(b"}") or len(start) >= LOOKED_AT)


FORMATS = {
    each.name: each
    for each in (
        Format(
            "ndjson",
            "one record a line (schema/sync.schema.json)",
            _is_ndjson,
            ndjson.read,
            unread=ndjson.unread,
        ),
        Format("netbox", "NetBox, `manage.py dumpdata`", _is_netbox, netbox.read),
    )
}
"""Formats that are read by code; all others are mappings."""


def open_format(
    stream: BinaryIO, name: str = "auto", given: Given | None = None
) -> tuple[Format, BinaryIO]:
    """Find a file's format, and give the file back from its start.

    Args:
        stream: Bytes; need not be seekable.
        name: A format by name, the path of a mapping file, or ``auto``.
        given: What the file does not say itself.

    Raises:
        BadInput: UNKNOWN_FORMAT, telling which formats there are; NOT_JSON and the like where the
            file is broken.
    """
    if name in FORMATS:
        return FORMATS[name], stream
    known = catalogue.all_mappings()
    begin = stream.tell() if stream.seekable() else 0
    start = _fill(stream)
    body = start.removeprefix(_MARK).lstrip()
    found = _Looked(body, len(start) < LOOKED_AT, given or Given())
    content = stream
    if stream.seekable():
        stream.seek(begin)
    else:
        content = io.BufferedReader(_Again(start, stream), LOOKED_AT)
    if name == "auto":
        return found.detected(known, content)
    if name.endswith((".yaml", ".yml")):
        return found.named(catalogue.load_file(Path(name)), content)
    if name not in known:
        remedy = did_you_mean(name, [*FORMATS, *known])
        raise BadInput(f"there is no format '{name}'", code="UNKNOWN_FORMAT", remedy=remedy)
    return found.named(known[name], content)


def list_formats() -> list[tuple[str, str, str]]:
    """Every format: its name, what it is, and the mode of a run."""
    mapped = catalogue.all_mappings()
    made = [(each.name, each.doc, each.mode) for each in FORMATS.values()]
    return sorted([*made, *((each.name, each.doc, each.mode) for each in mapped.values())])


@dataclass(slots=True)
class _Looked:
    """The beginning of a file, whether it is all of it, and what it is of."""

    start: bytes
    whole: bool
    given: Given

    def detected(
        self, known: AnyMapping[str, Mapping], content: BinaryIO
    ) -> tuple[Format, BinaryIO]:
        """The one format that fits.

        Raises:
            BadInput: UNKNOWN_FORMAT, AMBIGUOUS_FORMAT, or why the file cannot be read at all.
        """
        for each in FORMATS.values():
            if each.fits(self.start):
                return each, content
        whole = self.whole
        shown = dict(beginnings.look(self.start, whole=whole))
        if "xlsx" in shown:
            content = seekable(content, LARGEST_SHEET)
            begin = content.tell()
            shown["xlsx"] = beginnings.sheet_columns(content)
            content.seek(begin)
        found = _fitting(known, shown)
        most = 0 if found or whole else _worth_reading(self.start)
        if most:
            content = seekable(content, most)
            begin = content.tell()
            shown = dict(beginnings.look(content.read().removeprefix(_MARK).lstrip(), whole=True))
            content.seek(begin)
            found = _fitting(known, shown)
        if len(found) == 1:
            return self._format(*found[0]), content
        if found:
            raise _ambiguous([mapping.name for mapping, _ in found])
        raise self._unknown(known, content)

    def named(self, mapping: Mapping, content: BinaryIO) -> tuple[Format, BinaryIO]:
        """A format that was named; the reader is still found by content."""
        shown = beginnings.look(self.start, whole=self.whole)
        readers = [each for each in mapping.readers if each in shown]
        return self._format(mapping, (readers or list(mapping.readers))[0]), content

    def _format(self, mapping: Mapping, reader: str) -> Format:
        return Format(
            name=mapping.name,
            doc=mapping.doc,
            fits=lambda _start: True,
            read=partial(_read, mapping, reader, self.given),
            mode=mapping.mode,
            modes=mapping.modes,
            complete=mapping.complete,
        )

    def _unknown(self, known: AnyMapping[str, Mapping], content: BinaryIO) -> BadInput:
        """Why nothing fits: the file is broken, empty, or something else."""
        kinds = {b"{": "json", b"[": "json", b"<": "xml", b"P": "xlsx"}
        reader = kinds.get(self.start[:1])
        if reader and (reader != "xlsx" or self.start.startswith(b"PK\x03\x04")):
            try:
                next(READERS[reader](content), None)
            except BadInput as error:
                return error
        names = ", ".join(sorted([*FORMATS, *known]))
        return BadInput(
            "the file's format is not known" if self.start else "the file is empty",
            code="UNKNOWN_FORMAT",
            why=f"it begins with {self.start[:40]!r}" if self.start else "there is nothing in it",
            remedy=f"name the format, convert it, or describe it in a mapping; known: {names}",
        )


def _fill(stream: BinaryIO) -> bytes:
    """The first bytes, however few at a time the stream gives."""
    found = b""
    while len(found) < LOOKED_AT and (more := stream.read(LOOKED_AT - len(found))):
        found += more
    return found


def _worth_reading(start: bytes) -> int:
    """How many bytes of a file to look at whose beginning does not say what it is.

    Keys in alphabetical order put what tells the format at the end, in JSON and in YAML.
    """
    if start[:1] in (b"{", b"["):
        return LARGEST_DOCUMENT
    return LARGEST_YAML if _YAML.match(start) else 0


def _fitting(known: AnyMapping[str, Mapping], shown: beginnings.Shown) -> list[tuple[Mapping, str]]:
    """Formats that fit what a file shows; those of last resort only where no other does."""
    found = [
        (mapping, reader)
        for mapping in known.values()
        for reader in mapping.readers
        if any(_fits(mapping, document) for document in shown.get(reader, ()))
    ]
    return [each for each in found if not each[0].fallback] or found


def _fits(mapping: Mapping, document: object) -> bool:
    names = {**mapping.tables, "file": [document]}
    try:
        return any(not empty(each(document, names)) for each in mapping.detect)
    except Unfit:
        return False


def _read(
    mapping: Mapping, reader: str, given: Given, stream: BinaryIO
) -> Iterator[Observation | Problem]:
    yield from run_mapping(mapping, READERS[reader](stream), given)


def _ambiguous(names: list[str]) -> BadInput:
    return BadInput(
        "the file could be of several formats",
        code="AMBIGUOUS_FORMAT",
        why=f"{' and '.join(sorted(names))} fit",
        remedy=f"name it: --format {min(names)}",
    )


class _Again(io.RawIOBase):
    """What was read already, and then the rest."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start = io.BytesIO(start)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # a writable buffer, as io promises
        data = self._start.read(len(view)) or self._rest.read(len(view))
        view[: len(data)] = data
        return len(data)
