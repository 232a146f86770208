"""The real server in a process of its own, which can be killed and started again."""

import asyncio
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from e2e.calling import emptied
from e2e.cli_line import COMMAND, clean_environment, free_port
from fitsm_graph.graph.driver import Endpoint

PATIENCE = 300.0
"""Seconds after which a server that does not start is taken as broken."""


class Stage:
    """A server on a database, and a token of its administrator.

    Attributes:
        url: Where the server listens; the same before and after a kill.
        token: Made when the stage was set.
    """

    def __init__(self, endpoint: Endpoint, folder: Path) -> None:
        self.endpoint = endpoint
        self.folder = folder
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.token = ""
        self._server: subprocess.Popen[bytes] | None = None

    def env(self) -> dict[str, str]:
        """Settings of a process that works on the database itself."""
        return {
            **clean_environment(),
            "FITSM_NEO4J_URI": self.endpoint.uri,
            "FITSM_NEO4J_USER": self.endpoint.user,
            "FITSM_NEO4J_PASSWORD": self.endpoint.password,
            "FITSM_DATA": str(self.folder / "data"),
        }

    def set(self) -> None:
        """Begin with nothing: an empty database, a new server, a new token."""
        self.kill()
        asyncio.run(emptied(self.endpoint))
        self.start()
        made = subprocess.run(
            [COMMAND, "token", "create", "--quiet"],
            env=self.env(),
            capture_output=True,
            text=True,
            check=True,
        )
        self.token = made.stdout.strip()

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        words = [COMMAND, "serve", "--port", str(self._port)]
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(words, env=self.env(), stdout=log, stderr=log)
        until = time.monotonic() + PATIENCE
        while not self._answers():
            assert self._server.poll() is None, self.log.read_text()[-2_000:]
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.05)

    @property
    def log(self) -> Path:
        """What the server said."""
        return self.folder / "server.log"

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/livez", trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """End the server as a power cut would (SIGKILL)."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None


@contextmanager
def staged(endpoint: Endpoint, folder: Path) -> Iterator[Stage]:
    """A stage that is set, and struck afterwards."""
    stage = Stage(endpoint, folder)
    try:
        stage.set()
        yield stage
    finally:
        stage.kill()
