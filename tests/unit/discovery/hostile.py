"""Reads damaged files and bombs in a process whose memory is limited; tells how it went.

    python hostile.py FILES [naive]

With `naive` the bombs are read as a careless program would: the control, which must fail.
"""

import io
import json
import random
import resource
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml

from fitsm_graph.discovery.detect import open_format
from fitsm_graph.discovery.mapping import Given, catalogue
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.model.observation import Observation

LIMIT = 256 << 20
SAMPLES = Path(__file__).parents[4] / "shared/samples/discovery"
PIECES = (b"{", b"[", b"]", b"null", b"0", b'"', b"\n- ", b": ", b"\0", b"\xff", b"&a ", b"*a")


class Endless(io.RawIOBase):
    """A file that goes on for 64 MB without a line's end."""

    def __init__(self, start: bytes, filler: bytes) -> None:
        self._start, self._filler = start, filler * ((1 << 20) // len(filler))
        self._left = 64 << 20

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # a writable buffer, as io promises
        part = (self._start or self._filler)[: min(len(view), self._left)]
        self._start = self._start[len(part) :]
        self._left -= len(part)
        view[: len(part)] = part
        return len(part)


def packed_bomb() -> bytes:
    """A workbook whose sheet unpacks to 300 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        with packed.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(300):
                sheet.write(b"<row/>  " * (1 << 17))
        packed.writestr("[Content_Types].xml", b"<Types/>")
    return out.getvalue()


def laughs() -> bytes:
    first = b"a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    names = [(98 + n, b",".join([b"*%c" % (97 + n)] * 10)) for n in range(9)]
    return first + b"".join(b"%c: &%c [%s]\n" % (n, n, inner) for n, inner in names)


def bombs() -> Iterator[io.BufferedIOBase]:
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n + 1, b"&e%d;" % n * 10) for n in range(9))
    whole = [
        packed_bomb(),
        laughs(),
        b'<!DOCTYPE a [<!ENTITY e0 "ha">' + entities + b"]><a>&e9;</a>",
        b"[" * 1_000_000,
        b'[{"targets":[]},' + b"{}," * 10_000_000 + b"{}]",
        b"[," * 500_000,
        b"[x]\n" + b"host '" * 200_000,
        b"[" + b"{}," * 10_000_000 + b"{}]",
        b"<nmaprun>" + b"<a/>" * 2_000_000 + b"</nmaprun>",
        b"apiVersion: v1\nkind: List\nitems: " + b"[" * 500_000,
        '{"a": 1}'.encode("utf-16"),
        "naïve,serial\ncafé,1\n".encode("latin-1"),
    ]
    yield from map(io.BytesIO, whole)
    yield io.BufferedReader(Endless(b'{"type":"Server","key":"', b"x"))
    yield io.BufferedReader(Endless(b"type,key\nServer,", b"x"))
    yield io.BufferedReader(Endless(b'{"type":"Server","key":"a"}\n', b'"\\u202e'))


def damaged(count: int) -> Iterator[io.BufferedIOBase]:
    """Small real files with something cut out and something put in."""
    pick = random.Random(20_260)
    files = [each for each in sorted(SAMPLES.glob("*/*")) if each.is_file()]
    seeds = [each.read_bytes() for each in files if each.stat().st_size < 9_000] or [laughs()]
    for _ in range(count):
        data = pick.choice(seeds)
        for _ in range(pick.choice((1, 1, 1, 3))):
            at, cut = pick.randrange(len(data) + 1), pick.choice((0, 1, 7, 60, 900))
            new = pick.choice(PIECES) * pick.choice((0, 1, 1, 50))
            data = data[:at] + new + data[at + cut :]
        yield io.BytesIO(data)


def read(stream: io.BufferedIOBase) -> str:
    """Take a file in or refuse it; the code, or `taken`."""
    try:
        found, content = open_format(stream, given=Given("s"))  # type: ignore[arg-type]  # binary
        for each in found.read(content):
            assert isinstance(each, Observation | Problem)
    except BadInput as refused:
        return refused.code if refused.problem.remedy or refused.problem.why else "unsaid"
    return "taken"


CARELESSLY_CAUGHT = (ArithmeticError, LookupError, RecursionError, ValueError, yaml.YAMLError)


def careless(stream: io.BufferedIOBase) -> str:
    data, met = stream.read(), ""
    for load in (json.loads, yaml.safe_load):
        try:
            load(data)
        except MemoryError:
            raise
        except CARELESSLY_CAUGHT as error:
            met = type(error).__name__
    return f"taken after {met}" if met else "taken"


def main(count: int, how: str) -> None:
    catalogue.all_mappings()
    read(io.BytesIO(b"name,serial\na,1\n"))  # what is loaded once is not counted
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + LIMIT, held + LIMIT))
    way = careless if how == "naive" else read
    found = Counter(way(each) for each in bombs())
    found += Counter(way(each) for each in damaged(count))
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
