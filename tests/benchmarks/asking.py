"""How servers are asked by the benchmarks: one connection in turns, or several at once."""

import asyncio
import http.client
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from benchmarks.served import HOST, free_port, listens

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent over and over."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def raw(self) -> bytes:
        """The same as it goes over the wire."""
        named = {"Host": HOST, "Content-Length": str(len(self.body)), **self.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        return f"{self.method} {self.path} HTTP/1.1\r\n{head}\r\n".encode() + self.body


def posted(value: Any, **headers: str) -> Request:
    """A GraphQL request."""
    more = {"Content-Type": "application/json", **headers}
    return Request("POST", "/graphql/", orjson.dumps(value), more)


class Server:
    """A server in a process of its own."""

    def __init__(self, name: str, port: int, process: subprocess.Popen[Any]) -> None:
        self.name = name
        self.port = port
        self._process = process
        self._connection = http.client.HTTPConnection(HOST, port)

    def ask(self, request: Request) -> bytes:
        """Send a request on the one connection and read the whole answer."""
        try:
            response = self._sent(request)
        except ConnectionError:  # some end a connection that was idle while others were asked
            self._connection.close()
            response = self._sent(request)
        body = response.read()
        assert response.status == 200, body[:500]
        return body

    def _sent(self, request: Request) -> http.client.HTTPResponse:
        self._connection.request(
            request.method, request.path, request.body or None, dict(request.headers)
        )
        return self._connection.getresponse()

    def cpu_us(self) -> float:
        """CPU time of the process so far, in microseconds, threads that ended among it."""
        return time.clock_gettime(_cpu_clock(self._process.pid)) * 1_000_000

    def stop(self) -> None:
        """End the process."""
        self._connection.close()
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def started(
    name: str, command: Sequence[str], env: Mapping[str, str], **more: Any
) -> Iterator[Any]:
    """A server that listens on a free port, which its command is given last."""
    port = free_port()
    process = subprocess.Popen([*command, str(port)], env={**os.environ, **env}, **more)
    try:
        listens(port, process)
        yield (server := Server(name, port, process))
        server.stop()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def python_server(kind: str, env: Mapping[str, str]) -> Any:
    """One of the servers of this package."""
    command = (sys.executable, "-m", "benchmarks.graphql_servers", kind)
    return started(kind, command, {"PYTHONPATH": str(ROOT / "tests"), **env})


def in_turns(
    ways: Mapping[str, tuple[Server, Request]], *, rounds: int, warm: int
) -> dict[str, list[float]]:
    """Milliseconds of each request of each way; the ways take turns, one request at a time."""
    _warmed(ways, warm)
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            times[name].append(_timed(*way))
    return times


def in_pairs(
    ways: Mapping[str, tuple[Server, Request]], first: str, *, rounds: int, warm: int
) -> dict[str, tuple[list[float], list[float]]]:
    """Milliseconds of one way and of each other, asked in pairs.

    Who comes first changes from pair to pair: the second finds the database's caches warm, and
    both cores warm from the first. Pairs of different ways take turns, so that all see the same
    machine.

    Returns:
        By name of the other way: times of the first way, and times of the other, pair by pair.
    """
    _warmed(ways, warm)
    others = [name for name in ways if name != first]
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in others}
    for number in range(rounds):
        for name in others:
            pair = [(0, ways[first]), (1, ways[name])]
            for place, way in pair if number % 2 else reversed(pair):
                times[name][place].append(_timed(*way))
    return times


def _warmed(ways: Mapping[str, tuple[Server, Request]], warm: int) -> None:
    for server, request in ways.values():
        for _ in range(warm):
            server.ask(request)


def _timed(server: Server, request: Request) -> float:
    begun = time.perf_counter()
    server.ask(request)
    return (time.perf_counter() - begun) * 1000


def ratio(times: Sequence[float], of: Sequence[float]) -> float:
    """How many times as long: the median over pairs that followed each other."""
    return statistics.median(one / other for one, other in zip(times, of, strict=True))


def _cpu_clock(pid: int) -> int:
    """The clock of a process's CPU time, as clock_getcpuclockid(3) makes it.

    It counts what the scheduler gave, where /proc/…/stat counts who was there at each tick: of
    requests that take a tenth of a tick that is luck.
    """
    return (~pid << 3) | 2


def cpu_each(
    ways: Mapping[str, tuple[Server, Request]], *, rounds: int, count: int
) -> dict[str, list[float]]:
    """CPU of each server's process for one request, in microseconds, round by round.

    In each round each of them is asked so many times, one server after another, so that what a
    server does by itself now and then is in a round or two, and not in a result.
    """
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (server, request) in ways.items():
            begun = server.cpu_us()
            for _ in range(count):
                server.ask(request)
            spent[name].append((server.cpu_us() - begun) / count)
    return spent


def at_once(server: Server, request: Request, *, clients: int, seconds: float) -> tuple[float, Any]:
    """Requests a second of so many clients, and the milliseconds of each request."""
    return asyncio.run(_at_once(server.port, request.raw(), clients, seconds))


async def _at_once(
    port: int, raw: bytes, clients: int, seconds: float
) -> tuple[float, list[float]]:
    times: list[float] = []
    begun = time.perf_counter()
    until = begun + seconds

    async def client() -> None:
        reader, writer = await asyncio.open_connection(HOST, port, limit=2**22)
        while time.perf_counter() < until:
            sent = time.perf_counter()
            writer.write(raw)
            await _received(reader)
            times.append((time.perf_counter() - sent) * 1000)
        writer.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return len(times) / (time.perf_counter() - begun), times


async def _received(reader: asyncio.StreamReader) -> None:
    """Read one answer to its end."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    assert b" 200 " in head[:20], head
    if b"transfer-encoding: chunked" in head:
        while (size := int(await reader.readline(), 16)) > 0:
            await reader.readexactly(size + 2)
        await reader.readline()
        return
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length))
