"""A server in a process of its own, on a wire to the database that can be cut."""

import asyncio
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from e2e.cli_line import COMMAND, clean_environment, free_port
from e2e.wire import Wire
from fitsm_graph.graph.driver import Endpoint

UNTIL = 120.0


class Stage:
    """A server on a wire to the database, and what can be done to both."""

    def __init__(self, endpoint: Endpoint, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.endpoint, self.folder = endpoint, folder
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        host, port = endpoint.uri.rpartition("/")[2].split(":")
        self.wire = Wire(host, int(port))
        self.do(self.wire.up())
        self.server: subprocess.Popen[bytes] | None = None
        self.token = ""

    def do(self, what: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(30)

    def env(self) -> dict[str, str]:
        return {
            **clean_environment(),
            "FITSM_NEO4J_URI": f"bolt://127.0.0.1:{self.wire.port}",
            "FITSM_NEO4J_USER": self.endpoint.user,
            "FITSM_NEO4J_PASSWORD": self.endpoint.password,
            "FITSM_DATA": str(self.folder / "data"),
            "FITSM_PORT": str(self.port),
        }

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            words = [COMMAND, "serve"]
            self.server = subprocess.Popen(words, env=self.env(), stdout=log, stderr=log)
        until = time.monotonic() + UNTIL
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.server.poll() is None, (self.folder / "server.log").read_text()
            time.sleep(0.2)
        raise AssertionError("the server did not start")

    def kill_server(self) -> None:
        assert self.server is not None
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()
        self.start()

    def lose_database(self) -> None:
        self.do(self.wire.cut())
        time.sleep(0.1)
        self.do(self.wire.up())

    def close(self) -> None:
        if self.server is not None:
            self.server.kill()
            self.server.wait()
        self.do(self.wire.cut())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()


@contextmanager
def staged(endpoint: Endpoint, folder: Path) -> Iterator[Stage]:
    stage = Stage(endpoint, folder)
    try:
        stage.start()
        made = subprocess.run(
            [COMMAND, "token", "create"], env=stage.env(), capture_output=True, check=True
        )
        stage.token = made.stdout.decode().strip()
        yield stage
    finally:
        stage.close()
